// Amounts that cannot be: more paid than is owed, cents that were lost on the way.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { ImportRequest } from '../../../server/import/run.ts';
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

const PLAIN = 'Prénom;Nom;# certificat;No facture;Date facture;Période;Total';
const plain = 'Zoé;Roy;PB-000001;F1;2026-03-01;2026-04-01/2027-03-31;296,13';

test('a day or a cheque of a payment, with nothing that says how much, charges nobody in full', async () => {
  for (const [title, cell] of [
    ['Payé le', '2026-05-01'],
    ['Date de paiement', '2026-05-01'],
    ['No chèque', '0417'],
  ] as const) {
    const file = (more: string, cells: string) =>
      bring(`${PLAIN};${title}${more}\n${plain};${cell}${cells}\n`, { dryRun: true });
    for (const [more, cells] of [
      ['', ''],
      [';Solde', ';296,13'],
    ] as const)
      assert.match(
        (await file(more, cells)).refused[0]?.reason ?? '',
        new RegExp(
          `« ${title} » dit « ${cell} », comme si un paiement était reçu.*--column "${title}=ignore"`,
        ),
      );
    assert.equal((await file(';Solde', ';0,00')).accepted, 1);
    assert.equal((await bring(`${PLAIN};${title}\n${plain};\n`, { dryRun: true })).accepted, 1);
  }
  assert.equal((await bring(`${PLAIN};Référence\n${plain};R-12\n`, { dryRun: true })).accepted, 1);
});

test('« 1 » under « Payé » may be a yes: it is no dollar', async () => {
  assert.match(
    (await bring(`${PLAIN};Payé\n${plain};1\n`)).refused[0]?.reason ?? '',
    /« Payé » : « 1 » est peut-être un oui/,
  );
});

test('another currency than the Canadian dollar is refused, in a list and in payments', async () => {
  const words = /« Devise » : « USD » n’est pas le dollar canadien \(CAD\)/;
  const file = (currency: string) => bring(`${PLAIN};Devise\n${plain};${currency}\n`);
  assert.match((await file('USD')).refused[0]?.reason ?? '', words);
  assert.equal((await file('CAD')).accepted, 1);
  const paid = await bring(
    'No paiement;No facture;Montant;Devise;Date paiement\n1;F1;100,00;USD;2026-05-01\n',
  );
  assert.match(paid.refused[0]?.reason ?? '', words);
});

test('a payment of a year that cannot be is refused', async () => {
  await list(row());
  for (const [day, words] of [
    ['2062-05-01', /« Date paiement » : 2062-05-01 est dans plus d’un an/],
    ['2016-05-01', /« Date paiement » : 2016-05-01 est à plus de trois ans de la date de la facture F-1/],
  ] as const)
    assert.match((await payments(`P1;F-1;50,00;${day}`)).refused[0]?.reason ?? '', words);
});

test('an impossible payment names the column of its amount', async () => {
  await list(row());
  assert.match(
    (await payments('P1;F-1;500,00;2026-05-01')).refused[0]?.reason ?? '',
    /^« Montant » : ce paiement \(500,00\s\$\) dépasse ce qui reste dû/,
  );
});
