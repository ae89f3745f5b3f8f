import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDatabaseError } from '../../server/db/db.ts';
import { makeTemplate } from './fixture.ts';

test('each history begins with the rows of the first, and with every trigger', async () => {
  const { database, invoices } = await makeTemplate();
  const { db } = database;
  const everything = async () => {
    const { rows: tables } = await db.execute<{ name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
    );
    const rows = tables.map(async ({ name }) => (await db.execute(`SELECT * FROM ${name}`)).rows);
    const { rows: schema } = await db.execute(
      'SELECT type, name, sql FROM sqlite_schema ORDER BY type, name',
    );
    return { rows: await Promise.all(rows), schema };
  };
  const charge = (source: string) =>
    db.execute(
      `INSERT INTO ledger_entries(id, regroupement_id, invoice_id, kind, amount_cents, source, day, occurred_at, posted_at)
       SELECT ?1, regroupement_id, id, 'charge', 100, ?1, '2026-11-02', 0, 0 FROM invoices WHERE id = ?2`,
      [source, invoices[0] ?? ''],
    );
  try {
    await database.reset();
    const first = await everything();
    for (const source of ['a', 'b']) {
      await charge(source);
      await db.execute('DELETE FROM links');
      assert.notDeepEqual(await everything(), first);
      await assert.rejects(db.execute('DELETE FROM ledger_entries'), isDatabaseError);
      await database.reset();
      assert.deepEqual(await everything(), first);
    }
    assert.deepEqual((await db.execute('PRAGMA integrity_check')).rows, [{ integrity_check: 'ok' }]);
    assert.deepEqual((await db.execute('PRAGMA foreign_key_check')).rows, []);
  } finally {
    database.remove();
  }
});
