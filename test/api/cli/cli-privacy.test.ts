// The person in charge of privacy, at the command line: somebody asks for her data, wants to be forgotten, or fears that
// her account is in other hands; an incident is written down.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { csvLine } from '../../../server/csv.ts';
import { torontoDay } from '../../../server/ledger/toronto.ts';
import type { HolderData } from '../../../server/privacy/export.ts';
import { addInvoice, addRegroupement, PUBLIC_URL, startTestApp, type TestApp } from '../../support/app.ts';
import { search, signIn } from '../../support/payer.ts';
import { EMAIL, outcome, join as signUp } from '../../support/sign-up.ts';

const LAUNCHER = fileURLToPath(new URL('../../../server/cli/amisgest-pay.js', import.meta.url));

describe('the person in charge', () => {
  let t: TestApp;
  let dataDir: string;
  before(async () => {
    t = await startTestApp({ now: Date.now() });
    await addRegroupement(t.deps, 'outaouais', {});
    dataDir = mkdtempSync(join(tmpdir(), 'amisgest-pay-cli-'));
    writeFileSync(join(dataDir, 'settings.env'), `DATABASE_URL=${t.deps.config.databaseUrl}`);
  });
  after(async () => {
    await t.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [LAUNCHER, ...args], {
      env: { PATH: process.env.PATH ?? '', DATA_DIR: dataDir },
      encoding: 'utf8',
    });
  const me = (accessToken: string) =>
    t.call('GET', '/me', undefined, { Authorization: `DPoP ${accessToken}` });

  test('hands over what is held on someone, signs her out everywhere, and erases her account', async () => {
    const { accessToken } = await signUp(t);
    const neighbour = await signUp(t, { email: 'voisine@example.org' });
    const exported = run('accounts', 'export', 'petits-bouleaux', '--email', EMAIL.toUpperCase());
    assert.equal(exported.status, 0, exported.stderr);
    assert.equal(JSON.parse(exported.stdout).account.email, EMAIL);
    assert.equal((await me(accessToken)).status, 200);

    assert.equal(run('accounts', 'sign-out', 'petits-bouleaux', '--email', EMAIL).status, 0);
    assert.deepEqual(await outcome(me(accessToken)), [401, 'unauthenticated']);
    assert.equal((await me(neighbour.accessToken)).status, 200);
    assert.equal(run('accounts', 'sign-out', 'la-farandole', '--all').status, 0);
    assert.equal((await me(neighbour.accessToken)).status, 200);
    assert.equal(run('accounts', 'sign-out', 'petits-bouleaux', '--all', '--json').status, 0);
    assert.deepEqual(await outcome(me(neighbour.accessToken)), [401, 'unauthenticated']);

    assert.equal(run('accounts', 'erase', 'la-farandole', '--email', EMAIL).status, 1);
    assert.equal(run('accounts', 'erase', 'petits-bouleaux', '--email', EMAIL).status, 0);
    const again = run('accounts', 'erase', 'petits-bouleaux', '--email', EMAIL, '--lang', 'en');
    assert.deepEqual([again.status, again.stderr.trim()], [1, 'No account has this e-mail.']);
    assert.equal(run('accounts', 'erase', 'petits-bouleaux', '--all').status, 2);
    assert.equal(run('accounts', 'erase', 'petits-bouleaux').status, 2);
  });

  test('hands over what is held on someone on file who has no account, and nothing of whoever searched for her', async () => {
    const her = { firstName: 'Anne-Sophie', lastName: 'D’Août', email: 'anne@example.org' };
    const { holderId } = await addInvoice(t.deps, 'petits-bouleaux', {
      ...{ ...her, certificate: 'PB-004533', invoice: 'F-1', totalCents: 29_613 },
    });
    const more = { certificate: 'PB-900', invoice: 'F-2', totalCents: 500, holderId };
    await addInvoice(t.deps, 'petits-bouleaux', { ...her, ...more });
    const payer = await signIn(t, 'paul@example.com');
    assert.equal((await search(payer, 'D’Août', 'Anne-Sophie', 'PB-004533')).status, 201);

    const exported = run('accounts', 'export', 'petits-bouleaux', '--certificate', 'pb 004533');
    assert.equal(exported.status, 0, exported.stderr);
    const { files, links, messages, ...rest } = JSON.parse(exported.stdout);
    assert.deepEqual(Object.keys(rest), ['madeAt', 'regroupement']);
    assert.deepEqual(
      files.map((file: HolderData['files'][number]) => [
        file.certificateNumber,
        file.holder.email,
        file.invoices[0]?.entries.length,
      ]),
      [
        ['PB-004533', her.email, 1],
        ['PB-900', her.email, 1],
      ],
    );
    assert.deepEqual(
      links.map((link: HolderData['links'][number]) => [link.accountEmailMasked, link.certificateNumber]),
      [['p•••@example.com', 'PB-004533']],
    );
    assert.deepEqual(
      messages.map(({ kind }: { kind: string }) => kind),
      ['linked'],
    );
    const page = run('accounts', 'export', 'petits-bouleaux', '--certificate', 'PB-004533', '--html');
    assert.match(page.stdout, /^<!doctype html><html lang="fr-CA">/);
    assert.match(page.stdout, /Les comptes liés à vos certificats[\s\S]*p•••@example\.com/);
    assert.doesNotMatch(page.stdout, /mot de passe|Vos connexions/, 'she has none here');
    for (const { stdout } of [exported, page])
      for (const his of ['paul@', 'Une Personne', payer.accountId]) assert.ok(!stdout.includes(his), his);
    const { rows } = await t.deps.db.execute<{ account_id: string | null; detail: string }>(
      "SELECT account_id, detail FROM security_log WHERE event = 'data-exported' AND detail ->> 'holder' = ?",
      [holderId],
    );
    assert.deepEqual(
      rows.map(({ account_id, detail }) => [account_id, /"by":"cli:/.test(detail)]),
      [
        [null, true],
        [null, true],
      ],
    );

    const nobody = run('accounts', 'export', 'la-farandole', '--certificate', 'PB-004533', '--lang', 'en');
    assert.deepEqual([nobody.status, nobody.stdout], [1, '']);
    assert.equal(nobody.stderr.trim(), 'No file has this certificate number.');
    for (const wrong of [
      ['export', '--certificate', 'PB-900', '--email', EMAIL],
      ['export'],
      ['erase', '--certificate', 'PB-900'],
      ['sign-out', '--certificate', 'PB-900'],
      ['erase', '--email', EMAIL, '--html'],
    ])
      assert.equal(run('accounts', wrong[0] ?? '', 'petits-bouleaux', ...wrong.slice(1)).status, 2);
  });

  test('mixes no two people who had one certificate number in turn', async () => {
    const number = { certificate: 'PB-77', totalCents: 500 };
    const [before, since] = [
      { ...number, firstName: 'Réal', lastName: 'Roy', invoice: 'F-3', periodStart: '2025-04-01' },
      { ...number, firstName: 'Zoé', lastName: 'Œuvrard', invoice: 'F-4', periodStart: '2026-04-01' },
    ];
    for (const one of [before, since]) await addInvoice(t.deps, 'petits-bouleaux', one);
    const exported = (...more: string[]) =>
      run('accounts', 'export', 'petits-bouleaux', '--certificate', 'PB-77', ...more);
    const unclear = exported();
    assert.deepEqual([unclear.status, unclear.stdout], [1, '']);
    assert.match(unclear.stderr, /--period 2025-04-01 {2}Réal Roy\n.*--period 2026-04-01 {2}Zoé Œuvrard/);
    const clear = exported('--period', '2025-04-01');
    assert.deepEqual(
      [clear.status, clear.stdout.includes('Réal'), clear.stdout.includes('Zoé')],
      [0, true, false],
    );
    assert.equal(exported('--period', '2024-04-01').status, 1);
  });

  test('writes an incident down, corrects it by another, and exports both', () => {
    const days = ['--on', '2026-11-20', '--known', '2026-11-21'];
    const what = ['--what', 'Liste envoyée à la mauvaise adresse; 12 noms', '--persons', '12'];
    const made = run('incidents', 'record', 'petits-bouleaux', ...days, ...what, '--json');
    assert.equal(made.status, 0, made.stderr);
    const { id } = JSON.parse(made.stdout);
    const measures = ['--serious', '--measures', '=SOMME(A1)', '--told', 'CAI le 22', '--corrects', id];
    assert.equal(run('incidents', 'record', 'petits-bouleaux', ...days, ...what, ...measures).status, 0);
    assert.equal(run('incidents', 'record', 'la-farandole', ...days, ...what, ...measures).status, 1);
    assert.equal(run('incidents', 'record', 'petits-bouleaux', '--on', 'hier', ...what).status, 2);

    const csv = run('incidents', 'export', 'petits-bouleaux').stdout;
    assert.ok(csv.startsWith('\ufeffid;on;known;what;'));
    assert.ok(csv.includes('"Liste envoyée à la mauvaise adresse; 12 noms";12;false'));
    assert.ok(csv.includes(";'=SOMME(A1);"), 'no formula');
    const rows = run('incidents', 'export', 'petits-bouleaux', '--json').stdout.trim().split('\n');
    assert.deepEqual(
      rows.map((row) => JSON.parse(row).corrects),
      [null, id],
    );
    assert.equal(run('incidents', 'export', 'la-farandole', '--json').stdout, '');
  });

  test('writes down all that the Regulation asks for, and is told what is still missing', () => {
    const record = (...more: string[]) =>
      run('incidents', 'record', 'outaouais', '--on', '2026-03-01', '--persons', '3', ...more);
    const known = ['--known', '2026-03-09', '--what', 'Un portable volé'];
    const first = record(...known, '--serious');
    assert.equal(first.status, 0, first.stderr);
    assert.match(first.stderr, /--information --risk --commission --people --measures/);
    const id = first.stdout.trim();
    const whole = record(
      ...[...known, '--until', '2026-03-03', '--serious', '--information', 'Noms et courriels'],
      ...['--risk', 'Peu sensibles; hameçonnage possible', '--commission', '2026-03-10'],
      ...[
        '--people',
        '2026-03-11',
        '--told',
        'Par courriel; aucun avis public',
        '--measures',
        'Disque chiffré',
      ],
      ...['--corrects', id],
    );
    assert.deepEqual([whole.status, whole.stderr], [0, '']);
    const last = run('incidents', 'export', 'outaouais', '--json').stdout.trim().split('\n').at(-1) ?? '';
    const { id: _, recordedBy, recordedAt, ...written } = JSON.parse(last);
    assert.ok(recordedBy && recordedAt);
    assert.deepEqual(written, {
      occurredOn: '2026-03-01',
      occurredUntil: '2026-03-03',
      knownOn: '2026-03-09',
      information: 'Noms et courriels',
      what: 'Un portable volé',
      persons: 3,
      serious: true,
      risk: 'Peu sensibles; hameçonnage possible',
      commissionToldOn: '2026-03-10',
      personsToldOn: '2026-03-11',
      told: 'Par courriel; aucun avis public',
      measures: 'Disque chiffré',
      corrects: id,
    });
    const csv = run('incidents', 'export', 'outaouais').stdout;
    for (const cell of ['2026-03-03', 'Noms et courriels', '2026-03-10', '2026-03-11'])
      assert.ok(csv.includes(`;${cell};`), cell);
    // What is written down stays: slips of the pen are refused before.
    const slips = [
      ['--known', '2026-02-30'],
      ['--known', '2026-02-28'],
      ['--known', '2126-03-09'],
      ['--known', '2026-03-09', '--until', '2026-02-01'],
    ];
    for (const slip of slips) assert.equal(record('--what', 'x', ...slip).status, 2, slip.join(' '));
  });

  test('reads the security log of some days, which names nobody', async () => {
    await signUp(t, { email: 'nouvelle@example.org' });
    const today = torontoDay(Date.now());
    const log = run('incidents', 'log', 'petits-bouleaux', '--from', today).stdout;
    assert.match(log, /;activated;/);
    assert.doesNotMatch(log, /@|nouvelle|Lécuyer/);
    assert.equal(run('incidents', 'log', 'petits-bouleaux', '--to', '2020-01-01', '--json').stdout, '');
    const count = (await t.deps.db.execute<{ n: number }>('SELECT count(*) AS n FROM security_log')).rows[0]
      ?.n;
    const all = run('incidents', 'log', 'petits-bouleaux', '--json').stdout.trim().split('\n').length;
    const other = run('incidents', 'log', 'la-farandole', '--json').stdout.trim().split('\n').length;
    assert.equal(all + other, count);
  });

  test('reads the security log of a Toronto day, its evening too', async () => {
    const at = async (instant: string) =>
      t.deps.db.execute(
        "INSERT INTO security_log(id, regroupement_id, at, event) SELECT ?, id, ?, 'signed-in' FROM regroupements WHERE slug = 'outaouais'",
        [instant, Date.parse(instant)],
      );
    // A day of 25 hours: from midnight at UTC-4 to midnight at UTC-5.
    const [before, first, last, after] = ['01T03:59', '01T04:00', '02T04:59', '02T05:00'];
    for (const one of [before, first, last, after]) await at(`2026-11-${one}:00.000Z`);
    const read = run('incidents', 'log', 'outaouais', '--from', '2026-11-01', '--to', '2026-11-01', '--json');
    assert.deepEqual(
      read.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).at.slice(8, 16)),
      [first, last],
    );
  });

  test('whoever writes about a payment is told, before, that its payer may read it', async () => {
    for (const command of ['refund', 'release', 'record', 'exceptions']) {
      assert.match(run(command, '--help').stdout, /se li(t|sent) dans la copie .* de ses renseignements/);
      assert.match(run(command, '--help', '--lang', 'en').stdout, /can be read in the copy .* of her data/);
    }
    const spec = await (await t.app.request(`${PUBLIC_URL}/openapi.json`)).json();
    const { paths, components } = spec as {
      paths: Record<string, { post?: { requestBody?: object } }>;
      components: { schemas: Record<string, object> };
    };
    const written = (body: object) =>
      JSON.stringify(body).replace(/\{"\$ref":"#\/components\/schemas\/(\w+)"\}/g, (_, name: string) =>
        JSON.stringify(components.schemas[name]),
      );
    const fields = Object.entries(paths)
      .filter(([path]) => path.startsWith('/v1/backoffice/'))
      .flatMap(([, { post }]) => [
        ...written(post?.requestBody ?? {}).matchAll(/"(?:reason|reference|note)":\{[^}]*\}/g),
      ]);
    assert.equal(fields.length, 11);
    for (const [field] of fields) assert.match(field, /stands in the copy of/);
  });

  test('a spreadsheet gets text as text', () => {
    assert.equal(csvLine(['a;b', '"x"', -3, null, '-3', '@x', true]), '"a;b";"""x""";-3;;\'-3;\'@x;true\r\n');
  });
});
