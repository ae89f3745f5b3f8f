// Days as spreadsheets and programs write them: read where they are sure, else refused with the true reason.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { importText, listOf, row } from '../../support/invoice-list.ts';

let t: TestApp;
beforeEach(async () => {
  t = await startTestApp();
});
afterEach(() => t.close());

const bring = (...rows: string[]) => importText(t.deps, listOf(...rows));
const days = async () =>
  (
    await t.deps.db.execute<{ issued: string; due: string; start: string }>(
      'SELECT issued_on AS issued, due_on AS due, period_start AS start FROM invoices ORDER BY number',
    )
  ).rows.map(({ issued, due, start }) => [issued, due, start]);
const other = { invoice: 'F-2', certificate: 'PB-000002', first: 'Ana', email: 'ana@example.org' };

test('an instant is the day it has in Toronto', async () => {
  assert.deepEqual(
    (await bring(row({ issued: '2026-03-01T03:30:00Z', due: '2026-04-01T03:59:59.999Z' }))).refused,
    [],
  );
  assert.deepEqual(await days(), [['2026-02-28', '2026-03-31', '2026-04-01']]);
});

test('midnight at Greenwich alone may be a day or an instant: it is refused, saying so', async () => {
  const report = await bring(row({ due: '2026-04-01T00:00:00Z' }));
  assert.match(
    report.refused[0]?.reason ?? '',
    /« Échéance » : « 2026-04-01T00:00:00Z » est minuit à Greenwich/,
  );
});

test('1-mars-26 is a day; 01/03/26 is refused for its year, mars-26 for its day', async () => {
  assert.deepEqual(
    (await bring(row({ issued: '1-mars-26', period: '1-avr-26 au 31-mars-27', due: '1-avr-26' }))).refused,
    [],
  );
  assert.deepEqual(await days(), [['2026-03-01', '2026-04-01', '2026-04-01']]);
  assert.match((await bring(row({ due: '01/04/26' }))).refused[0]?.reason ?? '', /année de deux chiffres/);
  assert.match((await bring(row({ due: 'avr-26' }))).refused[0]?.reason ?? '', /mais pas de jour/);
});

test('a number of Excel is a day where the row’s other days, or today, leave one reading; else both are named', async () => {
  assert.deepEqual((await bring(row({ due: '46113' }))).refused, [], 'near the period');
  assert.deepEqual(await days(), [['2026-03-01', '2026-04-01', '2026-04-01']]);
  const apple = row({ ...other, due: '44651' });
  assert.deepEqual((await bring(row(), apple)).refused, [], 'counted from 1904');
  assert.deepEqual((await days())[1], ['2026-03-01', '2026-04-01', '2026-04-01']);
  const alone = row({ issued: '46082', due: '46113', period: '46113 au 46477', invoice: 'F-3' });
  assert.deepEqual((await bring(row(), alone.replace('PB-000001', 'PB-000003'))).refused, [], 'near today');
  const old = row({ issued: '44621', due: '44651', period: '44651 au 45015', invoice: 'F-4' });
  assert.match(
    (await bring(old)).refused[0]?.reason ?? '',
    /« 44651 » est une date sous forme de nombre, qui peut être le 2022-03-31 ou le 2026-04-01/,
  );
});

test('in a file with both orders the row’s own days decide; what they leave open is refused for that', async () => {
  const french = row({ due: '01/04/2026', period: '01/04/2026 au 31/03/2027' });
  const american = row({ ...other, due: '04/01/2026', period: '04/01/2026 to 03/31/2027' });
  assert.deepEqual((await bring(french, american)).refused, []);
  assert.deepEqual(
    (await days()).map(([, due]) => due),
    ['2026-04-01', '2026-04-01'],
  );
  const open = row({ invoice: 'F-3', certificate: 'PB-000003', due: '01/04/2026' });
  assert.match((await bring(french, american, open)).refused[0]?.reason ?? '', /dans les deux ordres/);
});

test('a period says which of its days is wrong', async () => {
  for (const [period, words] of [
    ['01/04/2026 au 01/05/2026', /« Période » : « 01\/04\/2026 » peut se lire de deux façons/],
    ['2026-2027', /n’a pas une date de début et une date de fin/],
    ['2027-03-31/2026-04-01', /finit \(2026-04-01\) avant de commencer \(2027-03-31\)/],
    ['2026-02-30/2027-03-31', /« 2026-02-30 » n’est pas une date/],
    ['1er avril au 31 mars 2027', /« Période » : « 1er avril » a un jour et un mois, mais pas d’année/],
    ['2026-04-01/2062-03-31', /la période irait du 2026-04-01 au 2062-03-31, plus de 5 ans/],
  ] as const)
    assert.match((await bring(row({ period }))).refused[0]?.reason ?? '', words);
});

test('a period in two lines of a cell, or in numbers of Excel, is read', async () => {
  for (const period of ['"2026-04-01\n2027-03-31"', '2026-04-01 2027-03-31', '46113/46477', '46113 - 46477'])
    assert.deepEqual((await bring(row({ period }))).refused, [], period);
  assert.deepEqual(await days(), [['2026-03-01', '2026-04-01', '2026-04-01']]);
});

test('« Période » beside « Début » and « Fin » that say otherwise is refused', async () => {
  const report = await importText(
    t.deps,
    `${listOf(row()).replace('Période', 'Période;Début').replace('2027-03-31;', '2027-03-31;2025-04-01;')}`,
  );
  assert.match(
    report.refused[0]?.reason ?? '',
    /« Période » \(2026-04-01\/2027-03-31\) et « Début » \(2025-04-01\) ne disent pas la même période/,
  );
});

test('a day of a year long ago, or years away from the invoice’s, is a slip of the finger', async () => {
  const reasonOf = async (due: string) => (await bring(row({ due }))).refused[0]?.reason ?? '';
  assert.match(await reasonOf('1926-04-01'), /« 1926-04-01 » : l’année 1926 n’est celle d’aucune facture/);
  for (const due of ['2062-04-01', '2002-04-01'])
    assert.match(
      await reasonOf(due),
      /^« Échéance » : .* est à plus de trois ans de la date de la facture \(2026-03-01\)\. Corrigez/,
    );
  assert.deepEqual((await bring(row({ due: '2028-04-01' }))).refused, []);
  await t.deps.db.execute("UPDATE invoices SET due_on = '2062-04-01'");
  assert.deepEqual((await bring(row({ due: '2062-04-01' }))).refused, [], 'as it is in the books');
});
