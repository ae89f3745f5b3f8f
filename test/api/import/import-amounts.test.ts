// Amounts that cannot be: more paid than is owed, cents that were lost on the way.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { ImportRequest } from '../../../server/import/import-file.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { importText, listOf, row } from '../../support/invoice-list.ts';

let t: TestApp;
beforeEach(async () => {
  t = await startTestApp();
});
afterEach(() => t.close());

const bring = (text: string, more: Partial<ImportRequest> = {}) => importText(t.deps, text, more);
const list = (...rows: string[]) => bring(listOf(...rows));
const payments = (...rows: string[]) =>
  bring(`${['No paiement;No facture;Montant;Date paiement', ...rows].join('\n')}\n`);
const lines = (report: Awaited<ReturnType<typeof bring>>) => report.refused.map(({ line }) => line);

test('payments of one file are counted together: the third of two halves is refused', async () => {
  await list(row());
  const half = (n: number) => `P${n};F-1;54,50;2026-05-0${n}`;
  assert.deepEqual(lines(await payments(half(1), half(2), half(3))), [4]);
  assert.equal((await payments(half(1), half(2))).accepted, 2);
  assert.deepEqual(lines(await payments(half(3))), [2]);
});

test('what a list called paid may be told payment by payment, and no more', async () => {
  await list(row({ balance: '0,00 $', status: 'payée' }));
  assert.equal((await payments('P1;F-1;100,00;2026-05-01', 'P2;F-1;9,00;2026-05-02')).accepted, 2);
  assert.deepEqual(lines(await payments('P3;F-1;9,00;2026-05-03')), [2]);
});

test('a refund above what was paid is refused', async () => {
  await list(row());
  await payments('P1;F-1;50,00;2026-05-01');
  assert.match(
    (await payments('P2;F-1;-60,00;2026-05-02')).refused[0]?.reason ?? '',
    /remboursement \(60,00\s\$\) dépasse ce qui a été payé sur la facture F-1 \(50,00\s\$\)/,
  );
  assert.equal((await payments('P2;F-1;-50,00;2026-05-02')).accepted, 1);
});

test('an amount that lost its decimal comma is refused, by its digits or by what the books have', async () => {
  const bare = { premium: '', tax: '', fees: '' };
  assert.match(
    (await list(row({ ...bare, total: '29613', balance: '29613' }))).refused[0]?.reason ?? '',
    /« Total » : « 29613 » a peut-être perdu sa virgule/,
  );
  await list(row());
  assert.match(
    (await list(row({ ...bare, total: '10 900,00', balance: '10 900,00' }))).refused[0]?.reason ?? '',
    /perdu sa virgule/,
  );
});

test('what was paid cannot be negative, nor far above the total', async () => {
  const paid = (cell: string) =>
    bring(
      `Prénom;Nom;# certificat;No facture;Date facture;Période;Total;Payé\nZoé;Roy;PB-000001;F1;2026-03-01;2026-04-01/2027-03-31;296,13;${cell}\n`,
    );
  for (const cell of ['-296,13', '29 613,00'])
    assert.match(
      (await paid(cell)).refused[0]?.reason ?? '',
      /« Payé » : .* ne peut pas aller avec un total/,
      cell,
    );
});

test('decimal commas without quotation marks are told; whole amounts with cents elsewhere are fine', async () => {
  const header = 'Prénom,Nom,# certificat,No facture,Date facture,Période,Total,Solde,Note,Ville';
  const line = (amounts: string) => `Zoé,Roy,PB-000001,F1,2026-03-01,2026-04-01/2027-03-31,${amounts}`;
  assert.match(
    (await bring(`${header}\n${line('296,13,296,13')}\n`)).refused[0]?.reason ?? '',
    /« Total » : 296,13 est peut-être tombé dans deux cases/,
  );
  assert.equal((await bring(`${header}\n${line('296.13,50,,')}\n`)).accepted, 1);
});

test('a row that a decimal comma made too wide is refused for that; another number beside an amount refuses nothing', async () => {
  const header = 'Prénom,Nom,# certificat,No facture,Total,BC,Date facture,Période';
  const row = (amount: string, bc = '12') =>
    `${header}\nZoé,Roy,PB-000001,F1,${amount},${bc},2026-03-01,2026-04-01/2027-03-31\n`;
  const reason = async (text: string) => (await bring(text)).refused[0]?.reason ?? '';
  assert.match(
    await reason(row('296,13')),
    /^296,13 est peut-être tombé dans deux cases : la virgule sépare/,
  );
  assert.match(await reason(row('1,296.13')), /un point et sans autre signe \(1296\.13\)/);
  assert.match(await reason(row('296.13', 'Rimouski, Est')), /9 cases pour 8 titres : un « , »/);
  assert.equal((await bring(row('300'))).accepted, 1, 'the days stand where they should');
});
