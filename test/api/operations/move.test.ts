// A database moved elsewhere is the same: every row, what watches over them, and the ledger to the cent.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Db } from '../../../server/db/db.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { openDb } from '../../../server/db/open.ts';
import { MoveRefused, move } from '../../../server/operations/move.ts';
import { regroupementId } from '../../support/books.ts';
import { type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';
import { newServer, SQLD } from '../../support/database.ts';

const LAUNCHER = fileURLToPath(new URL('../../../server/cli/amisgest-pay.js', import.meta.url));

describe('a database that is moved', () => {
  let c: Checkout;
  let folder: string;
  let to: Db;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-move-'));
    c = await startCheckout();
    await c.paid();
    const { db } = c.t.deps;
    await db.execute("INSERT INTO write_probe(at, filler) VALUES (1, x'00ff10')");
    // An import is under way: what it brings, and what it changes, is hidden.
    await db.execute("INSERT INTO hidden_imports(import_id) VALUES ('before'), ('under way')");
    await db.execute("DELETE FROM hidden_imports WHERE import_id = 'before'");
    await db.execute(`UPDATE holder_rows SET next_no = 2, next = '{"first_name":"Ève\\u0301 « 2 »"}'`);
    to = await openDb(`file:${join(folder, 'new.db')}`);
  });
  afterEach(async () => {
    to.close();
    await c.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** All that it holds, by table; the index of the search apart, which is made anew. */
  const all = async (db: Db) => {
    const { rows: tables } = await db.execute<{ name: string }>(
      String.raw`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
        AND name NOT LIKE 'libsql\_%' ESCAPE '\' AND name NOT LIKE 'file\_trigrams%' ESCAPE '\' ORDER BY name`,
    );
    const found = new Map<string, unknown>();
    for (const { name } of [...tables, { name: 'sqlite_sequence' }]) {
      const quoted = name === 'write_probe' ? 'at, hex(filler) AS filler' : '*';
      const { rows } = await db.execute(`SELECT rowid AS at_row, ${quoted} FROM "${name}" ORDER BY rowid`);
      found.set(
        name,
        rows.map((row) => ({ ...row })),
      );
    }
    return found;
  };

  test('has every row at its place, and says how many and what the ledger comes to', async () => {
    const report = await move(c.t.deps.db, to);
    assert.deepEqual(await all(to), await all(c.t.deps.db));
    assert.equal(report.rows.receipts, 1);
    const { rows } = await to.execute<{ kind: string; cents: number }>(
      'SELECT kind, sum(amount_cents) AS cents FROM ledger_entries GROUP BY kind ORDER BY kind',
    );
    assert.deepEqual(
      report.ledger.map(({ kind, cents }) => ({ kind, cents })),
      rows,
    );
    assert.ok(report.ledger.some(({ kind, cents }) => kind === 'payment' && cents === -TOTAL));
  });

  test('is watched over as before: the ledger stays as it is, counts go on, a number is never given twice', async () => {
    await move(c.t.deps.db, to);
    assert.deepEqual(await migrate(to, 1), []);
    await assert.rejects(to.execute('UPDATE ledger_rows SET amount_cents = 0'), /append-only/);
    await assert.rejects(to.execute('DELETE FROM ledger_rows'), /append-only/);
    await to.execute("UPDATE payments SET state = 'refunded'");
    const { rows } = await to.execute('SELECT state, count FROM payment_counts WHERE count <> 0');
    assert.deepEqual(
      rows.map((row) => ({ ...row })),
      [{ state: 'refunded', count: 1 }],
    );
    const { rows: hidden } = await to.execute<{ no: number }>(
      "INSERT INTO hidden_imports(import_id) VALUES ('next') RETURNING no",
    );
    assert.equal(hidden[0]?.no, 3);
  });

  test('has no index of the search until it is made there', async () => {
    await c.t.deps.db.batch([
      { sql: "UPDATE file_search SET folded = ' roy', indexed = 1" },
      { sql: 'INSERT INTO file_trigrams(rowid, folded) SELECT no, folded FROM file_search' },
    ]);
    await move(c.t.deps.db, to);
    const { rows } = await to.execute(
      'SELECT (SELECT sum(indexed) FROM file_search) AS indexed, (SELECT count(*) FROM file_trigrams) AS there',
    );
    assert.deepEqual({ ...rows[0] }, { indexed: 0, there: 0 });
    await to.execute("INSERT INTO file_trigrams(rowid, folded) VALUES (1, ' roy')");
  });

  test('goes nowhere where there is one already', async () => {
    await migrate(to, 1);
    const before = await all(to);
    await assert.rejects(move(c.t.deps.db, to), MoveRefused);
    assert.deepEqual(await all(to), before);
  });

  test('that is written to meanwhile is said to differ', async () => {
    const { db } = c.t.deps;
    const id = await regroupementId(c.t);
    const busy: Db = {
      execute: async (sql, args) => {
        if (sql.startsWith('SELECT name, seq'))
          await db.execute(
            `INSERT INTO ledger_entries(id, regroupement_id, invoice_id, kind, amount_cents, source, day, occurred_at, posted_at)
             VALUES ('late', ?, ?, 'adjustment', -100, 'late', '2026-11-23', 1, 1)`,
            [id, c.invoiceId],
          );
        return await db.execute(sql, args);
      },
      batch: (...call) => db.batch(...call),
      close() {},
    };
    await assert.rejects(move(busy, to), { trouble: 'differs' });
  });

  test('to a libSQL server and back is the same', {
    skip: SQLD === undefined && 'no libSQL server',
  }, async () => {
    const server = await newServer(SQLD ?? '');
    const remote = await openDb(server.url);
    try {
      const there = await move(c.t.deps.db, remote);
      const back = await move(remote, to);
      assert.deepEqual(back, there);
      assert.deepEqual(await all(to), await all(c.t.deps.db));
    } finally {
      remote.close();
      await server.remove();
    }
  });
});

describe('the command `move`', () => {
  test('copies a file while nobody uses it, and refuses while somebody does', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-move-'));
    try {
      const run = async (...args: string[]) =>
        (
          await promisify(execFile)(process.execPath, [LAUNCHER, ...args], {
            env: { PATH: process.env.PATH, DATA_DIR: folder },
          })
        ).stdout;
      await run('migrate');
      const target = `file:${join(folder, 'new.db')}`;
      const { rows } = JSON.parse(await run('move', target, '--json'));
      assert.ok(rows.schema_migrations > 20);
      await assert.rejects(run('move', target), /déjà une base/);
      const db = await openDb(`file:${join(folder, 'amisgest-pay.db')}`);
      await assert.rejects(
        run('move', `file:${join(folder, 'other.db')}`),
        /Un serveur ou une commande utilise la base/,
      );
      db.close();
      const usage = spawnSync(process.execPath, [LAUNCHER, 'move'], { env: { PATH: process.env.PATH } });
      assert.equal(usage.status, 2);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
