// Policy « secret »: the code printed on the invoice, made on the command line, asked beside name and number.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { newInvoiceSecret, readInvoiceSecret } from '../../../server/certificates/links/invoice-secrets.ts';
import { addInvoice, startTestApp, type TestApp } from '../../support/app.ts';
import { look, waiting } from '../../support/links.ts';
import { balance, type Payer, signIn } from '../../support/payer.ts';

const LAUNCHER = fileURLToPath(new URL('../../../server/cli/amisgest-pay.js', import.meta.url));
const HEATHER = ['MacDougall', 'Heather', 'PB-100'] as const;
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

describe('policy « secret »', () => {
  let t: TestApp;
  let dataDir: string;
  let people = 0;
  const someone = (): Promise<Payer> => signIn(t, `personne${++people}@example.com`);
  before(async () => {
    t = await startTestApp();
    for (const [firstName, lastName, certificate] of [
      ['Heather', 'MacDougall', 'PB-100'],
      ['Ève', 'Roy', 'PB-200'],
    ] as const)
      await addInvoice(t.deps, 'petits-bouleaux', {
        firstName,
        lastName,
        email: `${certificate}@example.org`,
        certificate,
        invoice: `F-${certificate}`,
        totalCents: 500,
      });
    dataDir = mkdtempSync(join(tmpdir(), 'amisgest-pay-cli-'));
    writeFileSync(
      join(dataDir, 'settings.env'),
      `DATABASE_URL=${t.deps.config.databaseUrl}\nPUBLIC_URL=https://pay.test\n`,
    );
  });
  after(async () => {
    await t.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [LAUNCHER, ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '', DATA_DIR: dataDir },
    });
  const made = (...args: string[]) => {
    const { status, stdout, stderr } = run('secrets', 'make', 'petits-bouleaux', '--csv', ...args);
    assert.equal(status, 0, stderr);
    const rows: string[][] = parse(stdout, { bom: true, delimiter: ';', from_line: 2 });
    return rows.map(([certificat, nom, secret, adresse]) => ({ certificat, nom, secret, adresse }));
  };

  test('not made for an address that a browser would not sign in on: what is printed cannot be taken back', () => {
    for (const PUBLIC_URL of ['http://pay.test', 'pay.test', 'https://pay.test/app']) {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [LAUNCHER, 'secrets', 'make', 'petits-bouleaux', '--csv'],
        { encoding: 'utf8', env: { PATH: process.env.PATH ?? '', DATA_DIR: dataDir, PUBLIC_URL } },
      );
      assert.deepEqual([status, stdout], [1, ''], PUBLIC_URL);
      assert.match(stderr, /^PUBLIC_URL is not valid: /);
    }
  });

  test('made once for each certificate, shown once; with it her whole file opens, and she is told', async () => {
    assert.equal(run('regroupement', 'set', 'petits-bouleaux', '--link-policy', 'never').status, 2);
    assert.equal(run('regroupement', 'set', 'petits-bouleaux', '--link-policy', 'secret').status, 0);
    const rows = made();
    assert.deepEqual(
      rows.map(({ certificat, nom }) => [certificat, nom]),
      [
        ['PB-100', 'Heather MacDougall'],
        ['PB-200', 'Ève Roy'],
      ],
    );
    const [hers, eves] = rows;
    const secret = hers?.secret ?? '';
    assert.match(secret, /^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
    assert.equal(hers?.adresse, `https://pay.test/p/petits-bouleaux#certificat=${secret.replace('-', '')}`);
    assert.deepEqual(made(), [], 'they all have one');
    const { rows: kept } = await t.deps.db.execute('SELECT * FROM invoice_secrets');
    assert.ok(!JSON.stringify(kept).includes(secret.replace('-', '')), 'kept hashed');

    const profile = (await (await t.call('GET', '')).json()) as { linkPolicy: string };
    assert.equal(profile.linkPolicy, 'secret');
    const payer = await someone();
    const without = await look(payer, HEATHER);
    assert.deepEqual(
      [without.status, without.body.errors],
      [400, [{ pointer: '/invoiceSecret', code: 'required' }]],
    );
    const slip = secret.replace(/.$/, (last) => (last === '7' ? '8' : '7'));
    const mistyped = await look(payer, HEATHER, slip);
    assert.deepEqual(
      [mistyped.status, mistyped.body.errors],
      [400, [{ pointer: '/invoiceSecret', code: 'mistyped' }]],
    );

    const misses = [];
    for (const [typed, given] of [
      [HEATHER, eves?.secret],
      [['Roy', 'Heather', 'PB-100'], secret],
      [['MacDougall', 'Heather', 'PB-999'], secret],
    ] as const) {
      const { status, body } = await look(await someone(), typed, given ?? '');
      misses.push([status, body.type]);
    }
    assert.deepEqual(misses, Array(3).fill([404, '/problems/lookup-not-found']));

    const found = await look(
      payer,
      HEATHER,
      ` ${secret.toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l')} `,
    );
    assert.equal(found.status, 201);
    assert.deepEqual(
      found.body.certificates?.map((c) => [c.number, c.level, c.holderName]),
      [['PB-100', 'verified', 'Heather MacDougall']],
    );
    const [told] = await waiting(t, 'linked');
    assert.equal(told?.recipient, 'PB-100@example.org');
    assert.equal((await t.call('POST', '/link-undo', { token: told?.payload.undoToken })).status, 200);
    assert.equal((await look(payer, HEATHER, secret)).status, 404, 'not again for that account');
  });

  test('a new secret takes the old one’s place; a number that is not there is told, and nothing is made', async () => {
    const [first] = made('--certificates', 'PB-200');
    const [second] = made('--certificates', 'pb 200');
    const eve = ['Roy', 'Ève', 'PB-200'] as const;
    assert.equal((await look(await someone(), eve, first?.secret)).status, 404);
    assert.equal((await look(await someone(), eve, second?.secret)).status, 201);
    const unknown = run('secrets', 'make', 'petits-bouleaux', '--certificates', 'PB-200,PB-777');
    assert.deepEqual([unknown.status, unknown.stdout], [1, '']);
    assert.equal((await look(await someone(), eve, second?.secret)).status, 201);
  });

  test('made by two of the staff at once: each certificate has one code, on one of the two sheets', async () => {
    for (let n = 0; n < 320; n++)
      await addInvoice(t.deps, 'petits-bouleaux', {
        firstName: 'Line',
        lastName: 'Gagné',
        certificate: `PX-${1_000 + n}`,
        invoice: `F-PX-${n}`,
        totalCents: 500,
      });
    // Cards fill the pipe: this one stops after its first hundreds, until the others are made.
    const slow = spawn(process.execPath, [LAUNCHER, 'secrets', 'make', 'petits-bouleaux', '--cards'], {
      env: { PATH: process.env.PATH ?? '', DATA_DIR: dataDir },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      let cards = '';
      let others: ReturnType<typeof made> = [];
      for await (const piece of slow.stdout) {
        cards += String(piece);
        if (others.length === 0 && cards.includes('<article')) others = made();
      }
      assert.ok(others.length > 0);
      assert.equal(others.length + (cards.match(/<article/g)?.length ?? 0), 320);
      const [one] = others;
      assert.ok(one?.certificat && !cards.includes(one.certificat));
      const hers = ['Gagné', 'Line', one.certificat] as const;
      assert.equal((await look(await someone(), hers, one.secret)).status, 201);
    } finally {
      slow.kill();
    }
  });

  test('into a file for the staff’s eyes only; where one is already, nothing is made', async () => {
    const file = join(dataDir, 'codes.csv');
    const make = () =>
      run('secrets', 'make', 'petits-bouleaux', '--certificates', 'PB-200', '--lang', 'en', '--out', file);
    assert.deepEqual([make().status, statSync(file).mode & 0o777], [0, 0o600]);
    const [row] = parse(readFileSync(file), { bom: true, columns: true }) as Record<string, string>[];
    assert.deepEqual([row?.['Certificate #'], row?.Name], ['PB-200', 'Ève Roy']);
    assert.deepEqual(make().status, 1);
    const eve = ['Roy', 'Ève', 'PB-200'] as const;
    assert.equal((await look(await someone(), eve, row?.['Invoice code'])).status, 201);
  });

  test('under « name and number » it raises a link to the whole file; each of the two can be undone, and takes both', async () => {
    assert.equal(run('regroupement', 'set', 'petits-bouleaux', '--link-policy', 'name-and-number').status, 0);
    const [row] = made('--certificates', 'PB-100');
    const payer = await someone();
    const level = async () => (await balance(payer)).certificates.map((c) => c.level);
    await look(payer, HEATHER);
    assert.deepEqual(await level(), ['pay']);
    await look(payer, HEATHER, row?.secret);
    assert.deepEqual(await level(), ['verified']);
    const [first] = (await waiting(t, 'linked')).slice(-2);
    assert.equal((await t.call('POST', '/link-undo', { token: first?.payload.undoToken })).status, 200);
    assert.deepEqual(await level(), []);
  });

  test('staff’s commands list a request, approve it and refuse it', async () => {
    assert.equal(run('regroupement', 'set', 'petits-bouleaux', '--link-policy', 'approval').status, 0);
    const payer = await someone();
    for (const typed of [HEATHER, ['Roy', 'Ève', 'PB-200']] as const) {
      await look(payer, typed);
      t.clock.advance(1_000);
    }
    const pending = () =>
      JSON.parse(run('links', 'pending', 'petits-bouleaux', '--json').stdout) as Record<string, string>[];
    const [heathers, eves] = pending();
    assert.deepEqual(
      [heathers?.accountEmail, heathers?.certificateNumber],
      [`personne${people}@example.com`, 'PB-100'],
    );
    assert.match(run('links', 'pending', 'petits-bouleaux').stdout, /PB-200/);
    assert.equal(run('links', 'approve', 'petits-bouleaux', heathers?.id ?? '').status, 0);
    assert.equal(run('links', 'refuse', 'petits-bouleaux', eves?.id ?? '').status, 0);
    assert.equal(run('links', 'approve', 'petits-bouleaux', eves?.id ?? '').status, 1);
    assert.equal(run('links', 'approve', 'petits-bouleaux').status, 2);
    assert.deepEqual(pending(), []);
    assert.deepEqual(
      (await balance(payer)).certificates.map((c) => c.number),
      ['PB-100'],
    );
  });

  test('its check character catches every wrong character and every two that are swapped', () => {
    for (let i = 0; i < 20; i++) {
      const secret = newInvoiceSecret(t.deps);
      assert.equal(readInvoiceSecret(secret), secret);
      for (let at = 0; at < secret.length; at++) {
        for (const other of ALPHABET)
          if (other !== secret[at])
            assert.equal(readInvoiceSecret(secret.slice(0, at) + other + secret.slice(at + 1)), null);
        for (let to = at + 1; to < secret.length; to++) {
          const swapped = [...secret];
          [swapped[at], swapped[to]] = [swapped[to] ?? '', swapped[at] ?? ''];
          if (secret[at] !== secret[to]) assert.equal(readInvoiceSecret(swapped.join('')), null);
        }
      }
    }
    for (const odd of ['', '0', 'U'.repeat(10), '0'.repeat(11), '\u{1f600}'.repeat(5), '0'.repeat(9)])
      assert.equal(readInvoiceSecret(odd), null);
  });
});
