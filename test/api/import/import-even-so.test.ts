// What is doubtful is refused by its cause, and let through only under that cause's name.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { importFile } from '../../../server/import/import-file.ts';
import { reportText } from '../../../server/import/report.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { HEADER, row } from '../../support/invoice-list.ts';

let t: TestApp;
beforeEach(async () => {
  t = await startTestApp();
  await t.deps.db.execute(
    "UPDATE regroupements SET certificate_pattern = '[A-Z]{2}-\\d{6}', certificate_example = 'PB-004512' WHERE slug = 'petits-bouleaux'",
  );
});
afterEach(() => t.close());

const bring = (text: string, more: object = {}) =>
  importFile(t.deps, {
    by: 'cli:test',
    regroupement: 'petits-bouleaux',
    name: 'liste.csv',
    bytes: new TextEncoder().encode(text),
    ...more,
  });
const list = (more: object, ...rows: string[]) => bring(`${[HEADER, ...rows].join('\r\n')}\r\n`, more);

test('a certificate of another form than the regroupement’s is refused, unless told, and that is counted', async () => {
  const odd = row({ certificate: 'M-00012' });
  assert.match(
    (await list({}, odd)).refused[0]?.reason ?? '',
    /« M-00012 » n’a pas la forme des certificats de petits-bouleaux \(comme PB-004512\).*--even-so pattern/,
  );
  assert.equal((await list({ evenSo: ['name'] }, odd)).refused.length, 1, 'another cause');
  const told = await list({ evenSo: ['pattern'] }, odd, row({ invoice: 'F-2' }));
  assert.deepEqual([told.accepted, told.evenSo], [2, { pattern: 1 }]);
  assert.match(reportText(told, 'fr'), /acceptées malgré pattern : 1/);
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
