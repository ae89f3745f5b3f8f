// What staff say of a column is remembered; what is not read is said.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { reportText } from '../../../server/import/report-text.ts';
import type { ImportRequest } from '../../../server/import/run.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { importText } from '../../support/invoice-list.ts';

let t: TestApp;
beforeEach(async () => {
  t = await startTestApp();
});
afterEach(() => t.close());

const list = (title: string, cell: string, more: Partial<ImportRequest> = {}) =>
  importText(
    t.deps,
    `Prénom;Nom;# certificat;No facture;Date facture;Période;Total;${title};Ville\nZoé;Roy;PB-000001;F1;2026-03-01;2026-04-01/2027-03-31;296,13;${cell};Rimouski\n`,
    more,
  );

test('a column that speaks of money and is not understood refuses the file until it is said what it is; then it is known', async () => {
  assert.match((await list('Solde 2026', '0,00')).refused[0]?.reason ?? '', /« Solde 2026 »/);
  const columns = [{ title: 'Solde 2026', field: 'balance' as const }];
  const trial = await list('Solde 2026', '0,00', { columns, dryRun: true });
  assert.equal(trial.balanceCents, 0);
  assert.equal((await list('Solde 2026', '0,00')).accepted, 0, 'a trial remembers nothing');
  assert.equal((await list('Solde 2026', '0,00', { columns })).accepted, 1);
  const later = await list('SOLDE 2026', '296,13');
  assert.deepEqual(later.conflicts, [
    { line: 2, invoice: 'F1', fileBalanceCents: 29_613, ourBalanceCents: 0 },
  ]);
  const { rows } = await t.deps.db.execute<{ n: number }>(
    "SELECT COUNT(*) AS n FROM ledger_entries WHERE source = 'import-opening:F1'",
  );
  assert.equal(rows[0]?.n, 1, 'what was paid before posts once');
});

test('a column that is set aside, or says nothing that counts, is named in the report', async () => {
  const columns = [{ title: 'Commission', field: 'ignore' as const }];
  const report = await list('Commission', '12,00', { columns });
  assert.deepEqual(report.unread, ['Commission', 'Ville']);
  assert.match(reportText(report, 'fr'), /colonnes non lues : « Commission », « Ville »/);
});

test('a title that the file does not have is told, and remembered by nobody', async () => {
  const columns = [{ title: 'Solde 2027', field: 'balance' as const }];
  assert.match(
    (await list('Note', '', { columns })).refused[0]?.reason ?? '',
    /aucune colonne.*« Solde 2027 »/,
  );
  const { rows } = await t.deps.db.execute<{ n: number }>('SELECT COUNT(*) AS n FROM import_columns');
  assert.equal(rows[0]?.n, 0);
});
