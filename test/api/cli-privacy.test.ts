// The person in charge of privacy, at the command line: somebody asks for her data, wants to be forgotten, or fears that
// her account is in other hands; an incident is written down.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { csvLine } from '../../server/backoffice/csv.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { EMAIL, outcome, join as signUp } from '../support/newcomer.ts';

const LAUNCHER = fileURLToPath(new URL('../../server/backoffice/amisgest-pay.js', import.meta.url));

describe('the person in charge', () => {
  let t: TestApp;
  let dataDir: string;
  before(async () => {
    t = await startTestApp({ now: Date.now() });
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

  test('reads the security log of some days, which names nobody', async () => {
    await signUp(t, { email: 'nouvelle@example.org' });
    const today = new Date().toISOString().slice(0, 10);
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

  test('a spreadsheet gets text as text', () => {
    assert.equal(csvLine(['a;b', '"x"', -3, null, '-3', '@x', true]), '"a;b";"""x""";-3;;\'-3;\'@x;true\r\n');
  });
});
