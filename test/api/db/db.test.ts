// The promises of the database port, on a real libSQL file and, where there is one, on a real libSQL server.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { type Db, guard, isGuardFailure, isUniqueViolation, type Value } from '../../../server/db/db.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { openDb } from '../../../server/db/open.ts';
import { newDatabase, SQLD, type TestDatabase } from '../../support/database.ts';
import { type LossyWay, startHttpWay } from '../../support/lossy-way.ts';

const WAYS = ['a server by its WebSocket', 'a server that takes none'] as const;

for (const way of SQLD === undefined ? (['a file'] as const) : WAYS)
  describe(`database port (${way})`, () => {
    let database: TestDatabase;
    let overHttp: LossyWay | undefined;
    let url: string;
    let db: Db;
    before(async () => {
      database = await newDatabase();
      if (way === 'a server that takes none') overHttp = await startHttpWay(database.url);
      url = overHttp?.url ?? database.url;
      db = await openDb(url);
      await migrate(db, 1);
      await db.execute('CREATE TABLE pairs (name TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT');
    });
    after(async () => {
      db.close();
      overHttp?.close();
      await database.remove();
    });

    test('a unit of work whose condition does not hold leaves nothing behind', async () => {
      const unit = (condition: string) =>
        db.batch([{ sql: "INSERT INTO pairs VALUES ('guarded', 1)" }, guard(condition, [])]);
      await assert.rejects(unit("EXISTS (SELECT 1 FROM pairs WHERE name = 'absent')"), isGuardFailure);
      assert.equal((await db.execute("SELECT 1 FROM pairs WHERE name = 'guarded'")).rows.length, 0);
      await unit("EXISTS (SELECT 1 FROM pairs WHERE name = 'guarded')");
      assert.equal((await db.execute("SELECT 1 FROM pairs WHERE name = 'guarded'")).rows.length, 1);
      assert.equal((await db.execute('SELECT 1 FROM guard')).rows.length, 0);
    });

    test('a condition that is NULL is a condition that does not hold', async () => {
      await assert.rejects(
        db.batch([guard('SELECT n FROM pairs WHERE name = ?', ['nobody'])]),
        isGuardFailure,
      );
    });

    test('values that the driver would cut, lose or crash on are refused', async () => {
      const refused: unknown[] = ['cut\0here', true, undefined, Number.NaN, {}, Symbol('x')];
      for (const value of refused) {
        await assert.rejects(db.execute('SELECT ?', [value as Value]), TypeError);
      }
    });

    test('half a character is kept as what stands for one, and no other call is the worse for it', async () => {
      const others = Promise.all(Array.from({ length: 10 }, () => db.execute('SELECT 1 AS one')));
      const half = await db.execute('SELECT ? AS text', ['x\udfffy']);
      assert.deepEqual(half.rows, [{ text: 'x\ufffdy' }]);
      await db.batch([{ sql: 'INSERT INTO pairs VALUES (?, 1)', args: ['half \ud83d'] }]);
      assert.equal((await db.execute("SELECT 1 FROM pairs WHERE name = 'half \ufffd'")).rows.length, 1);
      assert.equal((await others).length, 10);
    });

    test('a missing or an extra value is refused, instead of bound as NULL or dropped', async () => {
      await assert.rejects(db.execute('SELECT ?, ?', [1]), /2 placeholders but 1 values/);
      await assert.rejects(db.execute('SELECT ?1, ?1', [1, 2]), /1 placeholders but 2 values/);
      assert.deepEqual((await db.execute("SELECT ?1 AS a, '?' AS b", [7])).rows[0]?.a, 7);
    });

    test('a duplicate is told apart from other failures', async () => {
      await db.execute("INSERT INTO pairs VALUES ('twice', 1)");
      await assert.rejects(db.execute("INSERT INTO pairs VALUES ('twice', 1)"), isUniqueViolation);
      await assert.rejects(db.execute('SELECT nonsense'), (error) => !isUniqueViolation(error));
    });

    test('what a refused statement leaves is no trouble for the next, asked in the same words', async () => {
      const insert = (name: string) => db.execute('INSERT INTO pairs VALUES (?, 1) RETURNING name', [name]);
      for (let n = 0; n < 3; n++) {
        await insert(`again-${n}`);
        await assert.rejects(insert(`again-${n}`), isUniqueViolation);
        await assert.rejects(
          db.batch([{ sql: 'INSERT INTO pairs VALUES (?, 1) RETURNING name', args: [`again-${n}`] }]),
          isUniqueViolation,
        );
      }
      const { rows } = await db.execute("SELECT name FROM pairs WHERE name LIKE 'again-%' ORDER BY name");
      assert.deepEqual(rows, [{ name: 'again-0' }, { name: 'again-1' }, { name: 'again-2' }]);
    });

    test('what a statement returns of what it wrote is written: another connection reads it', async () => {
      const other = await openDb(url);
      const { rows } = await db.execute("INSERT INTO pairs VALUES ('returned', 5) RETURNING n");
      assert.deepEqual(rows, [{ n: 5 }]);
      assert.deepEqual((await other.execute("SELECT n FROM pairs WHERE name = 'returned'")).rows, [{ n: 5 }]);
      const { changes } = await other.execute("UPDATE pairs SET n = 6 WHERE name = 'returned'");
      assert.equal(changes, 1);
      other.close();
    });

    test('a number that JavaScript would round is refused; the largest that it would not is whole', async () => {
      assert.deepEqual((await db.execute('SELECT 9007199254740991 AS n')).rows, [
        { n: 9_007_199_254_740_991 },
      ]);
      await assert.rejects(db.execute('SELECT 9007199254740993 AS n'), RangeError);
      await assert.rejects(db.execute('SELECT -9007199254740993 AS n'), RangeError);
    });

    test('an answer with two columns of one name is refused, instead of losing one', async () => {
      await assert.rejects(db.execute('SELECT 1 AS n, 2 AS n'), /two columns of one name/);
    });

    test('when another process changes a table, every value goes on having its own column’s name', async () => {
      const other = await openDb(url);
      await db.execute('CREATE TABLE amounts (id INTEGER, paid INTEGER, due INTEGER) STRICT');
      await db.execute('INSERT INTO amounts VALUES (1, 20, 300)');
      const look = async () => (await db.execute('SELECT * FROM amounts')).rows[0];
      for (let n = 0; n < 3; n++) assert.deepEqual(await look(), { id: 1, paid: 20, due: 300 });
      await other.batch([
        { sql: 'ALTER TABLE amounts DROP COLUMN paid' },
        { sql: 'ALTER TABLE amounts ADD COLUMN taxes INTEGER' },
      ]);
      for (let n = 0; n < 3; n++) assert.deepEqual(await look(), { id: 1, due: 300, taxes: null });
      other.close();
    });

    test('the ledger refuses UPDATE and DELETE', async () => {
      await db.batch([
        {
          sql: `INSERT INTO regroupements(id, slug, name, email, phone, address, privacy_title, privacy_email, created_at, updated_at)
              VALUES ('r', 'r', 'R', 'r@r.test', '1', 'a', 'p', 'p@r.test', 1, 1)`,
        },
        {
          sql: "INSERT INTO holders(id, regroupement_id, first_name, created_at, updated_at) VALUES ('h', 'r', 'H', 1, 1)",
        },
        {
          sql: `INSERT INTO certificates(id, regroupement_id, holder_id, number, number_key, period_start, period_end, created_at, updated_at)
              VALUES ('c', 'r', 'h', '1', '1', '2026-04-01', '2027-03-31', 1, 1)`,
        },
        {
          sql: `INSERT INTO invoices(id, regroupement_id, certificate_id, number, issued_on, due_on, period_start, period_end, created_at, updated_at)
              VALUES ('i', 'r', 'c', '1', '2026-03-01', '2026-04-01', '2026-04-01', '2027-03-31', 1, 1)`,
        },
        {
          sql: `INSERT INTO ledger_entries(id, regroupement_id, invoice_id, kind, amount_cents, source, day, occurred_at, posted_at)
              VALUES ('e', 'r', 'i', 'charge', 100, 's', '2026-03-01', 1, 1)`,
        },
      ]);
      await assert.rejects(db.execute('UPDATE ledger_entries SET amount_cents = 1'), /append-only/);
      await assert.rejects(db.execute('DELETE FROM ledger_entries'), /append-only/);
    });

    test('two processes writing at once lose and repeat nothing', async () => {
      const program = `
      const { openDb } = await import(${JSON.stringify(new URL('../../../server/db/open.ts', import.meta.url).href)});
      const db = await openDb(${JSON.stringify(url)});
      for (let i = 0; i < 200; i++) await db.batch([
        { sql: "INSERT INTO pairs VALUES ('counter', 0) ON CONFLICT DO NOTHING" },
        { sql: "UPDATE pairs SET n = n + 1 WHERE name = 'counter'" },
      ]);
      db.close();`;
      const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
      await Promise.all([run(), run(), run()]);
      const { rows } = await db.execute<{ n: number }>("SELECT n FROM pairs WHERE name = 'counter'");
      assert.equal(rows[0]?.n, 600);
    });

    test('a long loop of queries leaves timers running', async () => {
      let ticks = 0;
      const timer = setInterval(() => ticks++, 1);
      for (let i = 0; i < 2_000; i++) await db.execute('SELECT 1');
      clearInterval(timer);
      assert.ok(ticks > 5, `${ticks} ticks`);
    });

    test('migrating twice changes nothing; a database from the future is refused', async () => {
      assert.deepEqual(await migrate(db, 2), []);
      await db.execute("INSERT INTO schema_migrations VALUES ('9999_future.sql', 1)");
      await assert.rejects(migrate(db, 3), /newer than the program/);
      await db.execute("DELETE FROM schema_migrations WHERE name = '9999_future.sql'");
    });
  });
