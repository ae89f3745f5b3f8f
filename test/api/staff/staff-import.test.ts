// A program of the regroupement's sends its list of invoices, with a key that may do that and nothing else.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { ImportThread } from '../../../server/import/thread.ts';
import { createKey, type Scope } from '../../../server/staff/api-keys.ts';
import { addInvoice, PUBLIC_URL, startTestApp, type TestApp } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';

const LIST = `Facture;Certificat;Nom;Prénom;Courriel;Date;Échéance;Début;Fin;Prime;Taxe sur les primes;Total;Solde
F-10;PB-000010;Roy;Ève;eve@example.org;2026-03-01;2026-04-01;2026-04-01;2027-03-31;100,00;9,00;109,00;109,00
F-11;PB-000011;Côté;Anne;anne@example.org;2026-03-01;2026-04-01;2026-04-01;2027-03-31;100,00;9,00;109,00;109,00
`;

describe('an import by a program', () => {
  let t: TestApp;
  let secret: string;
  const keyWith = async (scopes: Scope[]) =>
    (
      await createKey(t.deps, await regroupementId(t), {
        name: 'logiciel',
        scopes,
        lifeMs: 86_400_000,
        by: 'cli:test',
      })
    ).secret;
  beforeEach(async () => {
    t = await startTestApp();
    secret = await keyWith(['import']);
  });
  afterEach(() => t.close());

  const send = async (
    body: string | Uint8Array<ArrayBuffer>,
    { query = '', type = 'text/csv; charset=utf-8', key = secret, slug = 'petits-bouleaux' } = {},
  ) => {
    const answer = await t.app.request(`${PUBLIC_URL}/v1/backoffice/${slug}/imports${query}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': type },
      body,
    });
    return { status: answer.status, body: await answer.json() };
  };
  const invoices = async () =>
    (await t.deps.db.execute<{ number: string }>('SELECT number FROM invoices ORDER BY number')).rows.map(
      ({ number }) => number,
    );

  test('brings the file in, and says what it did; the same again changes nothing', async () => {
    const first = await send(LIST);
    assert.deepEqual(
      [first.status, first.body.imported, first.body.accepted, first.body.totalCents],
      [200, true, 2, 21_800],
      JSON.stringify(first.body),
    );
    assert.deepEqual(await invoices(), ['F-10', 'F-11']);
    const again = await send(LIST);
    assert.deepEqual([again.status, again.body.accepted, again.body.unchanged], [200, 0, 2]);
  });

  test('reads what Excel writes in Québec, as the command line does', async () => {
    const bytes = new Uint8Array(
      readFileSync(new URL('../../support/files/01_excel_frCA_cp1252_pointvirgule.csv', import.meta.url)),
    );
    // Its rows name their regroupements: a name that is nobody's here would be refused.
    const names = new Set(
      new TextDecoder('windows-1252')
        .decode(bytes)
        .split('\n')
        .map((line) => line.split(';')[0]),
    );
    await t.deps.db.execute("UPDATE regroupements SET aliases = ? WHERE slug = 'petits-bouleaux'", [
      JSON.stringify([...names].filter((name) => name)),
    ]);
    const { status, body } = await send(bytes, { query: '?dryRun=true', type: 'application/octet-stream' });
    assert.deepEqual([status, body.encoding, body.imported, body.dryRun], [200, 'windows-1252', false, true]);
    assert.ok(body.accepted > 0);
    assert.deepEqual(await invoices(), []);
  });

  test('takes the meaning of a column with an unknown title, and remembers it', async () => {
    const titled = LIST.replace(';Solde\n', ';Solde 2026\n');
    assert.match((await send(titled)).body.report.refused[0].reason, /« Solde 2026 »/);
    const told = await send(titled, { query: '?column=Solde%202026%3Dbalance&column=Total%3Dtotal' });
    assert.deepEqual([told.status, told.body.balanceCents], [200, 21_800], JSON.stringify(told.body));
    assert.equal((await send(titled)).body.unchanged, 2);
    assert.equal((await send(titled, { query: '?column=Solde%3Dnothing' })).status, 400);
  });

  test('takes all or nothing, unless told to take what is sound', async () => {
    const bad = `${LIST}F-12;;Gagnon;Lise;;2026-03-01;2026-04-01;2026-04-01;2027-03-31;1,00;0,09;abc;1,09\n`;
    const refused = await send(bad, { query: '?lang=en' });
    assert.deepEqual([refused.status, refused.body.type], [422, '/problems/import-refused']);
    assert.equal(refused.body.report.refused[0].line, 4);
    assert.deepEqual(await invoices(), []);
    const partly = await send(bad, { query: '?acceptValid=true' });
    assert.deepEqual([partly.status, partly.body.imported, partly.body.refused.length], [200, true, 1]);
    assert.deepEqual(await invoices(), ['F-10', 'F-11']);
  });

  test('never writes into another regroupement, though the rows name it', async () => {
    const named = LIST.replace('Facture;', 'Regroupement;Facture;').replaceAll(/^F-/gm, 'la-farandole;F-');
    const { status, body } = await send(named);
    assert.equal(status, 422, JSON.stringify(body));
    assert.deepEqual(await invoices(), []);
    assert.equal((await send(LIST, { slug: 'la-farandole' })).status, 401);
  });

  test('refuses rows of a regroupement that nobody knows', async () => {
    const named = LIST.replace('Facture;', 'Regroupement;Facture;').replaceAll(/^F-/gm, 'RSG Montérégie;F-');
    const { status, body } = await send(named);
    assert.equal(status, 422);
    assert.match(body.report.refused[0].reason, /aucun regroupement d’ici ne s’appelle « RSG Montérégie »/);
    assert.deepEqual(await invoices(), []);
  });

  test('takes a key with that scope, of that regroupement, and is on the record', async () => {
    for (const scopes of [['read'], ['record', 'refund', 'links']] as Scope[][])
      assert.equal((await send(LIST, { key: await keyWith(scopes) })).status, 403);
    await send(LIST);
    const { rows } = await t.deps.db.execute<{ event: string }>(
      "SELECT event FROM security_log WHERE event LIKE 'staff-key-%' AND event <> 'staff-key-created'",
    );
    assert.deepEqual(
      rows.map(({ event }) => event),
      ['staff-key-overstepped', 'staff-key-overstepped', 'staff-key-used'],
    );
    const answer = await t.app.request(`${PUBLIC_URL}/v1/backoffice/petits-bouleaux/payments`, {
      headers: { Authorization: `Bearer ${secret}` },
    });
    assert.equal(answer.status, 403);
  });

  test('answers what is no file, too much of one, or another import under way, and is open again after', async () => {
    assert.equal(
      (await send('{}', { type: 'application/json' })).body.type,
      '/problems/unsupported-media-type',
    );
    assert.equal((await send('')).body.type, '/problems/import-refused');
    assert.equal((await send('\u0000\u0001PK')).body.type, '/problems/import-refused');
    const big = new Uint8Array(10 * 1024 * 1024 + 1).fill(97);
    assert.equal((await send(big)).body.type, '/problems/too-large');
    await t.deps.db.execute("INSERT INTO leases(name, holder, until) VALUES ('import', 'other', ?)", [
      t.clock.now + 60_000,
    ]);
    assert.equal((await send(LIST)).body.type, '/problems/import-at-work');
    await t.deps.db.execute('DELETE FROM leases');
    assert.equal((await send(LIST)).status, 200);
  });

  test('leaves the process to whoever is served while a file comes in, and takes one at a time', async () => {
    const [titles = '', first = ''] = LIST.split('\n');
    const many = Array.from({ length: 2_000 }, (_, i) => first.replaceAll('10;', `${10_000 + i};`));
    const before = performance.eventLoopUtilization();
    const { status } = await send([titles, ...many].join('\n'));
    const { utilization } = performance.eventLoopUtilization(before);
    assert.equal(status, 200);
    assert.ok(utilization < 0.5, `${Math.round(utilization * 100)} % of the event loop's time`);
    const answers = await Promise.all([send(LIST), send(LIST)]);
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 409]);
  });

  test('a thread that dies holds nobody up: the file is refused, and the next one comes in at once', async () => {
    const [titles = '', first = ''] = LIST.split('\n');
    // Each is refused, with a sentence that is kept.
    const many = Array.from({ length: 60_000 }, (_, i) =>
      first.replace('F-10;PB-000010', `F-${100_000 + i};`),
    );
    const bytesOf = (text: string) => new TextEncoder().encode(text);
    const request = { by: 'cli:test', regroupement: 'petits-bouleaux', name: 'liste.csv' } as const;
    const imports = new ImportThread(t.deps, 18);
    const report = await imports.importFile({ ...request, bytes: bytesOf([titles, ...many].join('\n')) });
    assert.match(report.refused[0]?.reason ?? '', /divisez-le en plusieurs fichiers/);
    assert.deepEqual((await t.deps.db.execute('SELECT holder FROM leases')).rows, []);
    const next = await imports.importFile({ ...request, bytes: bytesOf(LIST) });
    assert.equal(next.imported, true, JSON.stringify(next.refused));
    assert.deepEqual(await invoices(), ['F-10', 'F-11']);
  });

  test('leaves what was paid here as it is', async () => {
    await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Ève',
      lastName: 'Roy',
      email: 'eve@example.org',
      certificate: 'PB-000010',
      invoice: 'F-10',
      totalCents: 10_900,
    });
    const { status } = await send(LIST);
    assert.equal(status, 200);
    const { rows } = await t.deps.db.execute<{ cents: number }>(
      "SELECT SUM(amount_cents) AS cents FROM ledger_entries e JOIN invoices i ON i.id = e.invoice_id WHERE i.number = 'F-10'",
    );
    assert.equal(rows[0]?.cents, 10_900);
  });
});
