// What is doubtful is refused by its cause, and let through only under that cause's name.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { reportText } from '../../../server/import/report-text.ts';
import type { ImportRequest } from '../../../server/import/run.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { HEADER, importText, listOf, row } from '../../support/invoice-list.ts';

let t: TestApp;
beforeEach(async () => {
  t = await startTestApp();
  await t.deps.db.execute(
    "UPDATE regroupements SET certificate_pattern = '[A-Z]{2}-\\d{6}', certificate_example = 'PB-004512' WHERE slug = 'petits-bouleaux'",
  );
});
afterEach(() => t.close());

const bring = (text: string, more: Partial<ImportRequest> = {}) => importText(t.deps, text, more);
const list = (more: Partial<ImportRequest>, ...rows: string[]) => bring(listOf(...rows), more);

test('a certificate of another form than the regroupement’s is refused, unless told, and that is counted', async () => {
  const odd = row({ certificate: 'M-00012' });
  assert.match(
    (await list({}, odd)).refused[0]?.reason ?? '',
    /« M-00012 » n’a pas la forme des certificats de petits-bouleaux \(comme PB-004512\).*--even-so pattern/,
  );
  assert.equal((await list({ evenSo: ['name'] }, odd)).refused.length, 1, 'another cause');
  const told = await list({ evenSo: ['pattern'] }, odd, row({ invoice: 'F-2' }));
  assert.deepEqual([told.accepted, told.evenSo], [2, { pattern: 1 }]);
  assert.match(
    reportText(told, 'fr'),
    /1 ligne acceptée malgré tout \(--even-so pattern : forme du certificat\)/,
  );
  for (const certificate of ['PB 000001', 'pb-000001'])
    assert.deepEqual(
      (await list({ dryRun: true }, row({ certificate, invoice: 'F-9' }))).refused,
      [],
      certificate,
    );
});

test('a new last name on the same certificate is let through when told, never another person', async () => {
  await list({}, row());
  const married = row({ last: 'Tremblay' });
  assert.equal((await list({}, married)).refused.length, 1);
  const other = row({ first: 'Nadia', last: 'Haddad', email: 'n@example.org' });
  const sameFirst = row({ last: 'Haddad', email: 'n@example.org' });
  for (const one of [other, sameFirst])
    assert.equal((await list({ evenSo: ['name'] }, one)).refused.length, 1);
  const told = await list({ evenSo: ['name'] }, married);
  assert.deepEqual([told.accepted, told.evenSo], [1, { name: 1 }]);
});

test('a new last name on her e-mail, or on her certificate the year after, is told likewise; « Nom d’usage » works', async () => {
  await list({}, row());
  const nextYear = {
    issued: '2027-03-01',
    due: '2027-04-01',
    period: '2027-04-01/2028-03-31',
    invoice: 'F-2',
  };
  const byEmail = row({ ...nextYear, last: 'Tremblay', certificate: 'PB-000009' });
  const byCertificate = row({ ...nextYear, last: 'Tremblay', email: '' });
  for (const [married, words] of [
    [byEmail, /^« Nom » : ce courriel est déjà au nom de Ginette Roy\..*« Nom d’usage ».*--even-so name/],
    [byCertificate, /^« Nom » : le certificat PB-000001 est déjà au nom de Ginette Roy\..*« Nom d’usage »/],
  ] as const) {
    assert.match((await list({ dryRun: true }, married)).refused[0]?.reason ?? '', words);
    const told = await list({ evenSo: ['name'], dryRun: true }, married);
    assert.deepEqual([told.refused, told.evenSo], [[], { name: 1 }]);
    const usual = `${HEADER};Nom d’usage\n${married.replace('Tremblay', 'Roy')};Tremblay\n`;
    assert.deepEqual((await bring(usual, { dryRun: true })).refused, []);
  }
  const another = row({ ...nextYear, first: 'Nadia', last: 'Haddad', certificate: 'PB-000009' });
  assert.deepEqual((await list({}, another)).refused, [], 'two people of one household, one e-mail');
});

test('no first name is no proof that she married: a whole name under « Nom » goes to nobody else', async () => {
  const only = (name: string) =>
    `Nom;# certificat;No facture;Date facture;Période;Total\n${name};PB-000001;F1;2026-03-01;2026-04-01/2027-03-31;296,13\n`;
  await bring(only('Zoé Roy'));
  assert.equal((await bring(only('Ana Haddad'), { evenSo: ['name'] })).refused.length, 1);
});

test('what was let through is counted in rows that came in, and kept with the import', async () => {
  const odd = row({ certificate: 'M-00012' });
  const wrong = row({ certificate: 'M-00013', invoice: 'F-2', total: '1,00 $' });
  const told = await list({ evenSo: ['pattern', 'name'], acceptValid: true }, odd, wrong);
  assert.deepEqual([told.accepted, told.refused.length, told.evenSo], [1, 1, { pattern: 1 }]);
  const { rows } = await t.deps.db.execute<{ report: string }>('SELECT report FROM imports');
  assert.deepEqual(JSON.parse(rows[0]?.report ?? ''), {
    rows: 2,
    accepted: 1,
    refused: 1,
    evenSo: { pattern: 1 },
    conflicts: [],
  });
});
