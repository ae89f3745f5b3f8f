// An import is undone: whatever has money on it, a payment under way, or was changed since, is kept, and it is said how to go on.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { importFile } from '../../../server/import/import-file.ts';
import { undoImport } from '../../../server/import/undo/undo-import.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { pay, regroupementId } from '../../support/books.ts';
import { listOf, row } from '../../support/invoice-list.ts';
import { justBefore } from '../../support/just-before.ts';
import { type Staff, staffWith } from '../../support/staff.ts';

let t: TestApp;
let call: Staff;
let id: string;
let round = 0;
before(async () => {
  t = await startTestApp();
  call = await staffWith(t, ['import', 'read']);
  id = await regroupementId(t);
});
after(() => t.close());
beforeEach(() => {
  round += 1;
  t.clock.advance(60_000);
});

const invoice = (n: number) => `F-${round}-${n}`;
const rowOf = (n: number, more: Parameters<typeof row>[0] = {}) =>
  row({
    last: `Roy${'abcdefgh'[n]}`,
    email: `roy${round}${n}@example.org`,
    certificate: `PB-${round}0000${n}`,
    invoice: invoice(n),
    ...more,
  });
async function bring(...rows: string[]): Promise<string> {
  const report = await importFile(t.deps, {
    by: 'cli:test',
    regroupement: 'petits-bouleaux',
    name: 'liste.csv',
    bytes: new TextEncoder().encode(listOf(...rows)),
  });
  assert.equal(report.imported, true, JSON.stringify(report.refused));
  return report.importId ?? '';
}
const undo = (importId: string) => undoImport(t.deps, { by: 'cli:test', regroupementId: id, importId });
const invoiceOf = async (n: number) =>
  (
    await t.deps.db.execute<{ id: string; status: string; due: string; owed: number }>(
      `SELECT id, status, due_on AS due, (SELECT sum(amount_cents) FROM ledger_entries WHERE invoice_id = i.id) AS owed
       FROM invoices i WHERE number = ?`,
      [invoice(n)],
    )
  ).rows[0];

test('a paid invoice is kept with its certificate and file; the others go, and their numbers are free', async () => {
  const importId = await bring(rowOf(1), rowOf(2));
  const paid = await invoiceOf(1);
  await pay(t, paid?.id ?? '', 10_900);
  const report = await undo(importId);
  assert.deepEqual(report.reversed, { invoices: 1, certificates: 1, holders: 1, endorsements: 0 });
  assert.deepEqual(
    report.keptRows.map(({ target, why }) => [target, why]),
    [
      ['invoices', 'paid'],
      ['certificates', 'referred-to'],
      ['holders', 'referred-to'],
    ],
  );
  assert.match(report.keptRows[0]?.message ?? '', /^La facture F-1-1 est gardée : .*Remboursez/);
  assert.deepEqual([(await invoiceOf(1))?.owed, await invoiceOf(2)], [0, undefined]);
  const { rows } = await t.deps.db.execute<{ kind: string; cents: number }>(
    `SELECT e.kind, e.amount_cents AS cents FROM ledger_entries e JOIN invoice_rows i ON i.id = e.invoice_id
     WHERE i.number LIKE ? AND i.status = 'cancelled' ORDER BY e.rowid`,
    [`${invoice(2)} ~%`],
  );
  assert.deepEqual(rows, [
    { kind: 'charge', cents: 10_900 },
    { kind: 'adjustment', cents: -10_900 },
  ]);
  await assert.rejects(undo(importId), { kind: 'not-undoable' });
});

test('what a payment holds is kept, and goes later', async () => {
  const importId = await bring(rowOf(1));
  await t.deps.db.execute('PRAGMA foreign_keys = OFF');
  await t.deps.db.execute('INSERT INTO invoice_holds(invoice_id, payment_id, created_at) VALUES (?, ?, 1)', [
    (await invoiceOf(1))?.id ?? '',
    'p',
  ]);
  const report = await undoImport(t.deps, { by: 'cli:test', regroupementId: id, importId, dryRun: true });
  assert.equal(report.keptRows[0]?.why, 'held');
  await t.deps.db.execute('DELETE FROM invoice_holds');
  assert.equal((await undo(importId)).reversed.invoices, 1);
});

test('a field is restored while it is as the import wrote it, and kept when it was changed since', async () => {
  await bring(rowOf(1), rowOf(2), rowOf(3));
  const importId = await bring(
    rowOf(1, { due: '2026-05-01', premium: '200,00 $', total: '209,00 $', balance: '209,00 $' }),
    rowOf(2, { due: '2026-05-01' }),
    rowOf(3, { premium: '200,00 $', total: '209,00 $', balance: '209,00 $' }),
  );
  await t.deps.db.execute('UPDATE invoices SET due_on = ? WHERE number = ?', ['2026-06-01', invoice(2)]);
  await pay(t, (await invoiceOf(3))?.id ?? '', 20_900);
  const report = await undo(importId);
  assert.deepEqual(report.keptRows.map(({ number, why }) => [number, why]).sort(), [
    [invoice(2), 'changed-since'],
    [invoice(3), 'paid'],
  ]);
  const [one, two, three] = [await invoiceOf(1), await invoiceOf(2), await invoiceOf(3)];
  assert.deepEqual([one?.due, one?.owed], ['2026-04-01', 10_900]);
  assert.deepEqual([two?.due, two?.owed], ['2026-06-01', 10_900]);
  assert.equal(three?.owed, 0);
});

test('a payment that comes while it is being undone: nothing is undone', async () => {
  const importId = await bring(rowOf(1));
  const { db } = t.deps;
  const paidMeanwhile: typeof db = {
    execute: (sql, args) => db.execute(sql, args),
    async batch(statements, options) {
      if (statements.some(({ sql }) => sql.includes('undone_at = ?')))
        await pay(t, (await invoiceOf(1))?.id ?? '', 10_900);
      return await db.batch(statements, options);
    },
    close: () => undefined,
  };
  const report = await undoImport(
    { ...t.deps, db: paidMeanwhile },
    { by: 'cli:test', regroupementId: id, importId },
  );
  assert.deepEqual([report.undone, (await invoiceOf(1))?.owed], [false, 0]);
  assert.match(report.refused ?? '', /Rien n’a été annulé/);
  assert.equal((await undo(importId)).keptRows[0]?.why, 'paid');
  assert.equal((await invoiceOf(1))?.owed, 0, 'what was paid is still seen');
});

test('an account that is linked while it is being undone: nothing is undone', async () => {
  const importId = await bring(rowOf(1));
  await t.deps.db.batch([
    {
      sql: `INSERT INTO accounts(id, regroupement_id, name, email, email_key, password_hash, lang, created_at, updated_at)
            VALUES ('a', ?, 'A', 'a@example.org', 'a@example.org', '', 'fr-CA', 0, 0)`,
      args: [id],
    },
  ]);
  const linked = () =>
    t.deps.db.execute(
      `INSERT INTO links(id, regroupement_id, account_id, holder_id, number_key, level, method, created_at)
       SELECT 'l', regroupement_id, 'a', holder_id, number_key, 'pay', 'name', 0 FROM certificates WHERE number = ?`,
      [`PB-${round}00001`],
    );
  const report = await justBefore(t, /undone_at = \?/, linked, () => undo(importId));
  assert.equal(report.undone, false);
  assert.deepEqual(
    (await undo(importId)).keptRows.map(({ target, why }) => [target, why]),
    [
      ['certificates', 'linked'],
      ['holders', 'referred-to'],
    ],
  );
});

test('a process that stood still while another undid the import takes nothing away when it goes on', async () => {
  const importId = await bring(rowOf(1), rowOf(2));
  const report = await justBefore(
    t,
    /SET import_no/,
    async () => {
      t.clock.advance(61_000);
      await pay(t, (await invoiceOf(1))?.id ?? '', 10_900);
      assert.equal((await undo(importId)).undone, true);
    },
    () => undo(importId),
  );
  assert.equal(report.undone, false);
  assert.deepEqual([(await invoiceOf(1))?.owed, await invoiceOf(2)], [0, undefined]);
});

test('an import that is kept because a later one changed its invoice leaves what undoing that one needs', async () => {
  await bring(rowOf(1));
  const second = await bring(rowOf(1, { premium: '200,00 $', total: '209,00 $', balance: '209,00 $' }));
  t.clock.advance(60_000);
  const third = await bring(rowOf(1, { premium: '300,00 $', total: '309,00 $', balance: '309,00 $' }));
  assert.equal((await undo(second)).keptRows[0]?.why, 'changed-since');
  assert.deepEqual((await undo(third)).keptRows, []);
  const { rows } = await t.deps.db.execute<{ cents: number }>(
    `SELECT sum(l.amount_cents) AS cents FROM invoices i JOIN invoice_lines l ON l.invoice_id = i.id AND l.revision = i.revision
     WHERE i.number = ?`,
    [invoice(1)],
  );
  assert.deepEqual([rows[0]?.cents, (await invoiceOf(1))?.owed], [20_900, 20_900]);
});

test('rows that the command line brought to a neighbour are not undone by page', async () => {
  const { imported, importId, refused } = await importFile(t.deps, {
    by: 'cli:test',
    regroupement: 'petits-bouleaux',
    name: 'liste.csv',
    bytes: new TextEncoder().encode(listOf(rowOf(1), rowOf(2, { regroupement: 'La Farandole' }))),
  });
  assert.equal(imported, true, JSON.stringify(refused));
  for (const act of ['undo/preview', 'undo'])
    assert.equal((await call('POST', `/imports/${importId}/${act}`, {})).status, 409, act);
  assert.equal((await invoiceOf(2))?.owed, 10_900);
});

test('by a key: previewed, undone, told in the list, the journal and the events; a neighbour’s is not found', async () => {
  const importId = await bring(rowOf(1));
  const preview = await (await call('POST', `/imports/${importId}/undo/preview`, {})).json();
  assert.deepEqual([preview.undone, preview.reversed.invoices, preview.balanceCents], [false, 1, -10_900]);
  const other = await staffWith(t, ['import'], 'la-farandole');
  assert.equal((await other('POST', `/imports/${importId}/undo`, {})).status, 404);
  const answer = await (await call('POST', `/imports/${importId}/undo`, {})).json();
  assert.deepEqual(answer, { ...preview, dryRun: false, undone: true });
  const { imports } = await (await call('GET', '/imports?limit=1')).json();
  assert.deepEqual([imports[0].id, imports[0].undoable, imports[0].undone.reversed], [importId, false, 3]);
  const { rows } = await t.deps.db.execute('SELECT act FROM audit WHERE target = ? ORDER BY seq', [
    `imports:${importId}`,
  ]);
  assert.deepEqual(rows, [{ act: 'file-imported' }, { act: 'import-undone' }]);
  const { rows: events } = await t.deps.db.execute('SELECT kind FROM events ORDER BY seq DESC LIMIT 1');
  assert.deepEqual(events, [{ kind: 'import.undone' }]);
  assert.equal((await call('POST', `/imports/${importId}/undo`, {})).status, 409);
});
