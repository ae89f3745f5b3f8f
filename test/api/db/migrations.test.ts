// A database that was in use before a migration that makes a table anew: everything in it is there afterwards, with what
// guarded it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Db, Row } from '../../../server/db/db.ts';
import { rewriteKeptEmails } from '../../../server/db/kept-emails.ts';
import { knownMigrations, migrate, split } from '../../../server/db/migrate.ts';
import { openDb } from '../../../server/db/open.ts';
import { newDatabase, type TestDatabase } from '../../support/database.ts';

const FOLDER = new URL('../../../server/db/migrations/', import.meta.url);
const BEFORE = '0014';

describe('the states of a payment, made anew beneath payments that are there', () => {
  let database: TestDatabase;
  let db: Db;
  let referring: string[];
  let triggers: Row[];
  const rows = async <R = Row>(sql: string) => (await db.execute<R>(sql)).rows.map((row) => ({ ...row }));
  const count = async (table: string) =>
    (await rows<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`))[0]?.n;
  const tables = ['payments', 'allocations', 'payment_events', 'receipts', 'refunds', 'refund_receipts'];
  const before14: Record<string, Row[]> = {};

  before(async () => {
    database = await newDatabase();
    db = await openDb(database.url);
    await db.execute(
      'CREATE TABLE schema_migrations (name TEXT PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT',
    );
    for (const name of knownMigrations().filter((one) => one < BEFORE))
      await db.batch([
        { sql: 'INSERT INTO schema_migrations VALUES (?, 1)', args: [name] },
        ...split(readFileSync(new URL(name, FOLDER), 'utf8')),
      ]);
    await db.batch(
      split(`
INSERT INTO regroupements(id, slug, name, email, phone, address, privacy_title, privacy_email, created_at, updated_at)
  VALUES ('r', 'r', 'R', 'r@r.ca', '', '', '', '', 1, 1);
INSERT INTO accounts(id, regroupement_id, name, email, email_key, password_hash, lang, created_at, updated_at)
  VALUES ('a', 'r', 'A', 'a@a.ca', 'a@a.ca', '', 'fr-CA', 1, 1);
INSERT INTO holders(id, regroupement_id, first_name, created_at, updated_at) VALUES ('h', 'r', 'H', 1, 1);
INSERT INTO certificates(id, regroupement_id, holder_id, number, number_key, period_start, period_end, created_at, updated_at)
  VALUES ('c', 'r', 'h', 'C', 'C', '2026-04-01', '2027-03-31', 1, 1);
INSERT INTO invoices(id, regroupement_id, certificate_id, number, issued_on, due_on, period_start, period_end, created_at, updated_at)
  VALUES ('i', 'r', 'c', 'F-1', '2026-03-01', '2026-04-01', '2026-04-01', '2027-03-31', 1, 1);`),
    );
    for (const [n, state] of ['created', 'completed', 'partly-refunded', 'reversed', 'expired'].entries())
      await db.batch([
        {
          sql: `INSERT INTO payments(id, regroupement_id, account_id, number, state, amount_cents, lang, idempotency_key, request_hash,
                  nonce_hash, page, paypal_version, order_id, capture_id, created_at, updated_at, completed_at, paypal_fee_cents, looked_at)
                VALUES (?1, 'r', 'a', ?1, ?2, 29613, 'fr-CA', ?1, '', ?1, '', 1, ?1, ?1, 1, 2, 3, 4, 5)`,
          args: [`p${n}`, state],
        },
        { sql: "INSERT INTO allocations VALUES (?, 'i', 29613, 29613)", args: [`p${n}`] },
        {
          sql: "INSERT INTO payment_events(id, payment_id, at, event, to_state) VALUES (?1, ?1, 1, 'x', 'x')",
          args: [`p${n}`],
        },
      ]);
    await db.batch(
      split(`
INSERT INTO receipts VALUES ('t', 'r', 1, 'p3', 'a', 1, '{}');
INSERT INTO refunds(id, regroupement_id, payment_id, amount_cents, origin, state, refund_id, created_at, updated_at, completed_at)
  VALUES ('f', 'r', 'p3', 29613, 'reversal', 'completed', 'REVERSAL-p3', 1, 1, 1);
INSERT INTO refunds(id, regroupement_id, payment_id, amount_cents, origin, state, refund_id, created_at, updated_at, completed_at)
  VALUES ('g', 'r', 'p2', 100, 'staff', 'completed', 'G', 1, 1, 1);
INSERT INTO refund_receipts VALUES ('u', 'r', 1, 'g', 'a', 1, '{}');
INSERT INTO exceptions(id, regroupement_id, dedupe_key, kind, payment_id, opened_at) VALUES ('e', 'r', 'e', 'reversed', 'p3', 1);
INSERT INTO invoice_holds VALUES ('i', 'p0', 1);`),
    );
    triggers = await rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name");
    referring = (
      await rows<{ name: string }>(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%REFERENCES payments(id)%' ORDER BY name",
      )
    ).map(({ name }) => name);
    for (const table of tables) before14[table] = await rows(`SELECT * FROM ${table} ORDER BY rowid`);
    await migrate(db, 2);
  });
  after(async () => {
    db.close();
    await database.remove();
  });

  test('nothing is lost or changed', async () => {
    for (const table of tables) {
      const now = await rows(`SELECT * FROM ${table} ORDER BY rowid`);
      const old = before14[table] ?? [];
      assert.equal(now.length, old.length, table);
      for (const [n, row] of old.entries()) assert.deepEqual({ ...now[n], ...row }, now[n], table);
    }
    assert.equal(await count('payments_before').catch(() => 'gone'), 'gone');
  });

  test('the payments of each state are counted', async () => {
    assert.deepEqual(
      await rows('SELECT regroupement_id, state, count FROM payment_counts WHERE count > 0 ORDER BY 2'),
      await rows(
        'SELECT regroupement_id, state, count(*) AS count FROM payments GROUP BY regroupement_id, state ORDER BY 2',
      ),
    );
  });

  test('what refers to a payment still does, and nothing else may', async () => {
    assert.deepEqual(await rows('PRAGMA foreign_key_check'), []);
    const still = await rows<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%REFERENCES payments(id)%' ORDER BY name",
    );
    for (const name of referring)
      assert.ok(
        still.some((one) => one.name === name),
        name,
      );
    await assert.rejects(db.execute("DELETE FROM payments WHERE id = 'p3'"), /FOREIGN KEY/);
    await assert.rejects(
      db.execute(
        "INSERT INTO allocations(payment_id, invoice_id, amount_cents, owed_cents) VALUES ('nobody', 'i', 1, 1)",
      ),
      /FOREIGN KEY/,
    );
  });

  test('the triggers that keep things as they are', async () => {
    const now = await rows<{ name: string; sql: string }>(
      "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    );
    // Those of the ledger went with its table when that got another name (0022).
    for (const trigger of triggers.filter(({ name }) => !String(name).startsWith('ledger_')))
      assert.ok(
        now.some((one) => one.sql === trigger.sql),
        String(trigger.name),
      );
    await db.execute(
      `INSERT INTO ledger_entries(id, regroupement_id, invoice_id, kind, amount_cents, source, day, occurred_at, posted_at)
       VALUES ('l', 'r', 'i', 'charge', 100, 's', '2026-03-01', 1, 1)`,
    );
    for (const table of ['ledger_entries', 'ledger_rows']) {
      await assert.rejects(db.execute(`UPDATE ${table} SET amount_cents = 1`), /append-only/);
      await assert.rejects(db.execute(`DELETE FROM ${table}`), /append-only/);
    }
    await assert.rejects(db.execute("UPDATE payment_events SET event = 'y'"), /append-only/);
    await assert.rejects(db.execute("UPDATE receipts SET document = 'y'"), /never changes/);
  });

  test('the new states, and no other', async () => {
    for (const state of ['disputed', 'partly-reversed', 'reversed', 'completed'])
      await db.execute("UPDATE payments SET state = ? WHERE id = 'p1'", [state]);
    await assert.rejects(db.execute("UPDATE payments SET state = 'lost' WHERE id = 'p1'"), /CHECK/);
    await assert.rejects(
      db.execute("UPDATE payments SET capture_id = 'p2' WHERE id = 'p1'"),
      /UNIQUE/,
      'its own keys are there too',
    );
  });

  test('what was written down as taken back without an id of PayPal’s is to be compared, and nothing else', async () => {
    assert.deepEqual(await rows('SELECT id, unchecked FROM refunds ORDER BY id'), [
      { id: 'f', unchecked: 1 },
      { id: 'g', unchecked: 0 },
    ]);
  });
});

describe('e-mail addresses that were kept before each had one writing', () => {
  const OLD = 'Marie@XN--garderie-t-j7ab.ca';
  const OLD_KEY = OLD.toLowerCase();
  const NOW = 'Marie@garderie-été.ca';
  const KEY = 'marie@garderie-été.ca';

  test('are rewritten wherever they are looked up, and a second time, should a start stop half way', async () => {
    const database = await newDatabase();
    const db = await openDb(database.url);
    try {
      await db.execute(
        'CREATE TABLE schema_migrations (name TEXT PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT',
      );
      for (const name of knownMigrations().filter((one) => one < BEFORE))
        await db.batch([
          { sql: 'INSERT INTO schema_migrations VALUES (?, 1)', args: [name] },
          ...split(readFileSync(new URL(name, FOLDER), 'utf8')),
        ]);
      await db.batch([
        {
          sql: `INSERT INTO regroupements(id, slug, name, email, phone, address, privacy_title, privacy_email, created_at, updated_at)
                VALUES ('r', 'r', 'R', 'r@r.ca', '', '', '', '', 1, 1)`,
        },
        ...[
          ['a', OLD],
          ['plain', 'Plain@xn--bad-.ca'],
          ['twice-old', 'twice@xn--garderie-t-j7ab.ca'],
          ['twice-new', 'twice@garderie-été.ca'],
        ].map(([id = '', email = '']) => ({
          sql: `INSERT INTO accounts(id, regroupement_id, name, email, email_key, password_hash, lang, created_at, updated_at)
                VALUES (?1, 'r', 'A', ?2, lower(?2), '', 'fr-CA', 1, 1)`,
          args: [id, email],
        })),
        ...[
          ['h', OLD],
          ['unseen', 'ma\u200brie@example.org'],
          ['none', null],
        ].map(([id = '', email = null]) => ({
          sql: `INSERT INTO holders(id, regroupement_id, first_name, email, email_key, created_at, updated_at)
                VALUES (?1, 'r', 'H', ?2, lower(?2), 1, 1)`,
          args: [id, email],
        })),
        {
          sql: `INSERT INTO email_changes(id, regroupement_id, account_id, email, email_key, token_hash, created_at, expires_at, old_email)
                VALUES ('c', 'r', 'a', 'new@example.org', 'new@example.org', 't', 1, 1, ?)`,
          args: [OLD],
        },
        {
          sql: `INSERT INTO outbox(id, regroupement_id, dedupe_key, kind, recipient, lang, payload, next_at, created_at)
                VALUES ('o', 'r', 'o', 'exists', ?, 'fr-CA', '{}', 1, 1)`,
          args: [OLD],
        },
      ]);
      const read = async <R = Row>(sql: string) => (await db.execute<R>(sql)).rows.map((row) => ({ ...row }));
      await migrate(db, 2);
      assert.deepEqual(await read("SELECT email, email_key FROM accounts WHERE id IN ('a', 'plain')"), [
        { email: NOW, email_key: KEY },
        { email: 'Plain@xn--bad-.ca', email_key: 'plain@xn--bad-.ca' },
      ]);
      assert.deepEqual(await read("SELECT email_key FROM accounts WHERE id LIKE 'twice%' ORDER BY id"), [
        { email_key: 'twice@garderie-été.ca' },
        { email_key: 'twice@xn--garderie-t-j7ab.ca' },
      ]);
      assert.deepEqual(await read('SELECT email, email_key FROM holders ORDER BY rowid'), [
        { email: NOW, email_key: KEY },
        { email: 'marie@example.org', email_key: 'marie@example.org' },
        { email: null, email_key: null },
      ]);
      assert.deepEqual(await read('SELECT email, old_email FROM email_changes'), [
        { email: 'new@example.org', old_email: NOW },
      ]);
      assert.deepEqual(await read('SELECT recipient FROM outbox'), [{ recipient: NOW }]);
      await db.execute("UPDATE accounts SET email = ?1, email_key = ?2 WHERE id = 'a'", [OLD, OLD_KEY]);
      await rewriteKeptEmails(db);
      assert.deepEqual(await read("SELECT email_key FROM accounts WHERE id = 'a'"), [{ email_key: KEY }]);
    } finally {
      db.close();
      await database.remove();
    }
  });
});
