// What is asked of the database costs the same with a million payments in the books as with a thousand: no plan reads or
// sorts a whole table that grows.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Db } from '../../server/db/db.ts';
import { openDb } from '../../server/db/open.ts';
import { copyMigrated, newDatabase, type TestDatabase } from '../support/database.ts';
import { growingSteps } from './plan.ts';

/** Where the processes of the API tests wrote what they asked (capture.ts, test/run.ts). */
const SEEN = process.env.SQL_SEEN;

/** What may read all there is, and why. */
const EXCEPTIONS: readonly { from: RegExp; sql: RegExp; why: string }[] = [
  {
    from: /^server\/cli\/commands\/accounts\.ts/,
    sql: /^(UPDATE sessions SET ended_at|INSERT INTO audit.* FROM sessions WHERE regroupement_id)/,
    why: '`accounts sign-out --all`: everybody at once, and nobody left signed in half way; sessions are kept for five weeks',
  },
  {
    from: /^server\/import\/warnings\.ts/,
    sql: /^SELECT MAX\(number_key\) AS last/,
    why: 'an import: which open invoices its file does not have any more; the file itself is read whole',
  },
  {
    from: /^server\/import\/(undo|writing)\//,
    sql: /^INSERT INTO guard\(ok\) SELECT \(NOT EXISTS \(SELECT 1 FROM (ledger_rows p|(invoice_rows|links|link_requests) r) WHERE [pr]\.rowid >/,
    why: 'undoing an import: what came since it was looked at, the newest of the ledger, the invoices and the links',
  },
  {
    from: /^server\/staff\/work\/worklist\.ts/,
    sql: /FROM cancellations x CROSS JOIN invoices i/,
    why: '« À traiter »: which of the invoices that staff cancelled, some dozens a year, are owed again',
  },
  {
    from: /^server\/staff\/work\/today\.ts/,
    sql: /^SELECT count\(\*\) FILTER \(WHERE NOT planned\) AS count/,
    why: '« Aujourd’hui »: what is overdue, in all: every open invoice of before today is looked at, by an index',
  },
  {
    from: /^server\/staff\/books\/all-payments\.ts/,
    sql: /id IN \(SELECT b\.reverses FROM recorded_payments b/,
    why: '« Paiements », what went back: of what staff took back, some dozens a year, rather than of all that they wrote down',
  },
  {
    from: /^server\/operations\/restore\.ts/,
    sql: /^(UPDATE|DELETE FROM|SELECT r\.slug, o\.id)/,
    why: '`restore`: all that an older database promises is looked through, while no server runs',
  },
  {
    from: /^server\/operations\/move\.ts/,
    sql: /^(UPDATE file_search|SELECT (count\(\*\) AS many|name, seq FROM sqlite_sequence|.*FROM ledger))/,
    why: '`move`: both copies are compared whole, and the copy’s files are to be indexed anew, while no server runs',
  },
  {
    from: /^server\/certificates\/links\/invoice-secrets\.ts/,
    sql: /^SELECT c\.holder_id AS holderId.* NOT EXISTS/,
    why: '`secrets make` without numbers: everyone who has none yet, to be printed',
  },
  {
    from: /^server\/certificates\/links\/link-undo\.ts/,
    sql: /^SELECT count\(\*\) AS n FROM links/,
    why: 'once, when staff choose a stricter policy: how many links the one before it opened',
  },
  {
    from: /^server\/ledger\/premium-tax\.ts/,
    sql: /^SELECT i\.id, i\.number_key AS key/,
    why: 'each hour, and `tax`: all invoices are looked through, a page at a time; hardly any of them is not open',
  },
];

interface Seen {
  sql: string;
  from: string;
}

describe('plans', () => {
  let database: TestDatabase;
  let db: Db;
  before(async () => {
    database = await newDatabase();
    await copyMigrated(database.url, 0);
    db = await openDb(database.url);
    await db.execute(
      'CREATE VIEW sums_of_payments AS SELECT a.payment_id, sum(a.amount_cents) AS cents FROM allocations a GROUP BY a.payment_id',
    );
  });
  after(async () => {
    db.close();
    await database.remove();
  });

  const GROW: Readonly<Record<string, string>> = {
    'a scan': 'SELECT * FROM payments WHERE failure = ?',
    'a scan under another name': 'SELECT p.number FROM regroupements r JOIN payments p ON p.page = r.slug',
    'a scan within another query':
      'SELECT 1 FROM regroupements WHERE id IN (SELECT regroupement_id FROM outbox)',
    'a scan of an index': 'SELECT count(*) FROM sessions',
    'all that a regroupement has': 'SELECT * FROM ledger_entries WHERE regroupement_id = ?',
    'all of one state': "SELECT number FROM payments WHERE regroupement_id = ? AND state = 'completed'",
    'a page of what is sorted first':
      'SELECT number FROM payments WHERE regroupement_id = ? ORDER BY amount_cents LIMIT 10',
    'a page of what is rare among the rest':
      "SELECT number FROM payments WHERE regroupement_id = ? AND state = 'pending' ORDER BY completed_at LIMIT 10",
    'some of what is older, without an index of its own':
      'DELETE FROM outbox WHERE rowid IN (SELECT z.rowid FROM outbox z WHERE z.sent_at < ? LIMIT 9)',
    'all that is older': 'DELETE FROM security_log WHERE at < ?',
    'a scan beside a page':
      'SELECT number, (SELECT count(*) FROM receipts) AS n FROM payments WHERE regroupement_id = ? ORDER BY created_at LIMIT 9',
    'a scan through a view': 'SELECT i.id FROM invoices i WHERE i.issued_on = ?',
    'a scan of a view that is joined':
      'SELECT h.email FROM accounts a LEFT JOIN holders h ON h.usual_name = a.name WHERE a.id = ?',
    'a scan within a view':
      'SELECT x.value, (SELECT s.cents FROM sums_of_payments s WHERE s.payment_id = x.value) AS cents FROM json_each(?) x',
    'rows that refer to the one that goes': 'DELETE FROM regroupements WHERE id = ?',
  };
  for (const [what, sql] of Object.entries(GROW))
    test(`${what} grows with the books`, async () => {
      assert.notDeepEqual(await growingSteps(db, sql), []);
    });

  const FLAT: Readonly<Record<string, string>> = {
    'one row': 'SELECT * FROM payments WHERE id = ?',
    'a payer’s rows, sorted': 'SELECT * FROM payments WHERE account_id = ? ORDER BY amount_cents',
    'a page': 'SELECT * FROM payments WHERE regroupement_id = ? ORDER BY created_at DESC LIMIT 100',
    'a page after a row': `SELECT * FROM payments WHERE regroupement_id = ? AND (payments.created_at, payments.rowid) <
      (SELECT z.created_at, z.rowid FROM payments z WHERE z.id = ?) ORDER BY created_at DESC, rowid DESC LIMIT ?`,
    'a day': 'SELECT 1 FROM payments WHERE regroupement_id = ? AND completed_at >= ? AND completed_at < ?',
    'the highest number': 'SELECT max(number) + 1 FROM receipts WHERE regroupement_id = ?',
    'some of what is older':
      'DELETE FROM security_log WHERE rowid IN (SELECT z.rowid FROM security_log z WHERE z.at < ? LIMIT 9)',
    'what waits': "SELECT count(*) FROM outbox WHERE state = 'waiting' AND asked_by = ''",
    'a row through a view':
      'SELECT * FROM invoices i JOIN certificates c ON c.id = i.certificate_id WHERE i.id = ?',
    'a row changed through a view': 'UPDATE invoices SET status = ? WHERE id = ?',
    'a page through a view':
      'SELECT number_key FROM invoices WHERE regroupement_id = ? AND number_key > ? ORDER BY number_key LIMIT 9',
    'all regroupements': 'SELECT * FROM regroupements ORDER BY name',
  };
  for (const [what, sql] of Object.entries(FLAT))
    test(`${what} costs the same`, async () => {
      assert.deepEqual(await growingSteps(db, sql), []);
    });

  const skip =
    SEEN === undefined && 'for `npm test -- plans`, which has the API tests’ statements written down';
  test('nothing that the server, its jobs, its commands or the staff’s API ask grows', { skip }, async () => {
    const seen = statements(SEEN ?? '');
    for (const part of ['server/cli/', 'server/privacy/retention.ts', 'server/operations/metrics-routes.ts'])
      assert.ok(
        seen.some(({ from }) => from.startsWith(part)),
        `${part} was not listened to`,
      );
    const growing: string[] = [];
    const used = new Set<object>();
    for (const { sql, from } of seen) {
      if (/^\s*(PRAGMA|VACUUM|ATTACH|DETACH|CREATE|DROP)\b/i.test(sql)) continue;
      // Of the database in which one file's rows wait.
      if (/\b(import_(rows|writes|made)|undo_rows)\b/.test(sql)) continue;
      const steps = await growingSteps(db, sql);
      if (steps.length === 0) continue;
      const exception = EXCEPTIONS.find((one) => one.from.test(from) && one.sql.test(sql));
      if (exception !== undefined) used.add(exception);
      else growing.push(`${from}\n  ${sql}\n  => ${steps.join(' | ')}`);
    }
    assert.equal(growing.join('\n'), '');
    assert.deepEqual(
      EXCEPTIONS.filter((one) => !used.has(one)),
      [],
      'exceptions that nothing needs',
    );
  });
});

function statements(folder: string): Seen[] {
  const found = new Map<string, Seen>();
  for (const file of readdirSync(folder))
    for (const line of readFileSync(`${folder}/${file}`, 'utf8').split('\n').filter(Boolean)) {
      const one = JSON.parse(line) as Seen;
      const sql = one.sql.replace(/\s+/g, ' ');
      found.set(sql, { ...one, sql });
    }
  return [...found.values()];
}
