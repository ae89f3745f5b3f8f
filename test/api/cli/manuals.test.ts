// The commands of the manuals do what the manuals say: each line of a ```sh block is run as it is written, in the order of
// the page, on the demo's data. Only what cannot be the same everywhere is replaced: a folder, a day, a payment's number.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { MERCHANTS } from '../../../demo/data/regroupements.ts';
import { seed } from '../../../demo/data/seed.ts';
import { createPayPalStandIn } from '../../../demo/paypal/stand-in.ts';
import type { Payment } from '../../../server/payments/schemas.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { inlineCode, manuals, ROOT, shellLines } from '../../support/manuals.ts';
import { signIn } from '../../support/payer.ts';
import { payByCard, type RunningStandIn, startStandIn } from '../../support/paypal-stand-in.ts';

/** What is not run here, and why. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'npm ci && npm start': 'installs from the registry, and does not end; the journeys run `npm start`',
  'npm install amisgest-pay':
    'is for other projects, from the registry; what it would install is judged by its own test',
  'npm ci && npm test': 'installs from the registry, and would run this test; .ci/run runs it',
};
const SITE = 'https://petits-bouleaux.test';
const DEMO_PAYPAL = 'http://127.0.0.1:8787/demo/paypal';
const TOTAL = 30_528;

const documents = manuals();
const lines = documents.flatMap((manual) =>
  shellLines(manual).map((line) => ({ manual: manual.path, line })),
);
const bare = (line: string) => line.replace(/\s+#.*$/, '');
const isOurs = (line: string) => line.startsWith('npx amisgest-pay ');
const isCurl = (line: string) => line.startsWith('curl ');

test('every command of a manual is run here, or is on the list of those that cannot be', () => {
  const others = lines.map(({ line }) => bare(line)).filter((line) => !isOurs(line) && !isCurl(line));
  assert.deepEqual(others.toSorted(), Object.keys(NOT_RUN).toSorted());
});

describe('the commands of the manuals', () => {
  const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-manuals-'));
  const place = (name: string) => join(folder, name);
  let world: World;
  before(async () => {
    for (const name of ['made', 'data', 'elsewhere', 'work', 'bin']) mkdirSync(place(name));
    world = await makeWorld(place('made'), place('data'));
    copyFileSync(join(ROOT, 'demo/data/factures.csv'), join(place('work'), 'factures.csv'));
    // `npx` without its search for the package: the launcher, with the words of the line.
    const npx = join(place('bin'), 'npx');
    const launcher = join(ROOT, 'server/cli/amisgest-pay.js');
    writeFileSync(npx, `#!/bin/sh\nshift\nexec "${process.execPath}" "${launcher}" "$@"\n`);
    chmodSync(npx, 0o755);
  });
  after(() => {
    world?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (line: string) =>
    new Promise<{ status: number | null; output: string }>((resolve, reject) => {
      const env = { PATH: `${place('bin')}${delimiter}${process.env.PATH}`, DATA_DIR: place('data') };
      const child = spawn('sh', ['-c', line], { cwd: place('work'), env, stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text;
        });
      child.once('error', reject);
      child.once('close', (status) => resolve({ status, output }));
    });
  const here = (line: string) =>
    line
      .replace('/mnt/ailleurs/2026-11-23.db', () =>
        join(place('elsewhere'), readdirSync(place('elsewhere'))[0] ?? ''),
      )
      .replace('/mnt/ailleurs', place('elsewhere'))
      // Another file takes it as a server does (move.test.ts moves it to a real one, where there is one).
      .replace('https://base.example.org', () => `file:${join(place('elsewhere'), 'moved.db')}`)
      .replace('P-XXXXXXXXXX', world.paid.number)
      .replace('P-YYYYYYYYYY', world.doubtful.number);

  for (const { manual, line } of lines.filter((one) => isOurs(one.line)))
    test(`${manual}: ${bare(line)}`, async () => {
      const { status, output } = await run(here(line));
      assert.equal(status, 0, output);
    });
});

describe('the manual of the PayPal stand-in', () => {
  const manual =
    documents.find(({ path }) => path === 'demo/paypal/README.md') ?? assert.fail('is not there');
  let standIn: RunningStandIn;
  before(async () => {
    standIn = await startStandIn();
  });
  after(() => standIn?.close());

  for (const line of shellLines(manual))
    test(bare(line), async () => {
      const [, method, address = '', body] =
        /^curl (?:-X (\w+) )?(\S+)(?: -d '(.*)')?$/.exec(bare(line)) ?? assert.fail('no call of this form');
      assert.ok(address.startsWith(DEMO_PAYPAL), address);
      const answer = await fetch(address.replace(DEMO_PAYPAL, standIn.url), {
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        ...(body === undefined ? {} : { body }),
      });
      assert.ok(answer.ok, `${answer.status} ${await answer.text()}`);
    });

  test('each call that it names is one', () => {
    const routes = standIn.app.routes.map(
      ({ method, path }) =>
        `${method} ${path.replaceAll(/:\w+\{(.*?)\}/g, '($1)').replaceAll(/:\w+/g, '[^/]+')}`,
    );
    const calls = inlineCode(manual).flatMap((code) => [...code.matchAll(/^(GET|POST|DELETE) ([^\s?]+)/g)]);
    assert.ok(calls.length > 15);
    for (const [call] of calls) {
      const path = call.replaceAll(/\{\w+\}/g, 'x');
      assert.ok(
        routes.some((route) => new RegExp(`^${route}$`).test(path)),
        call,
      );
    }
  });

  test('each fault that it names can be ordered, of each operation that it is for', async () => {
    const named = (text = '') =>
      [...text.replaceAll(/\(.*?\)/gs, '').matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name);
    const all = named(/^Operations: (.*?), and/m.exec(manual.text)?.[1]);
    const rows = [...manual.text.matchAll(/^\| (`.*?) +\| (all|`.*?) +\|/gm)];
    assert.ok(all.length > 8 && rows.length > 10);
    const order = (operation: string, kind: string) =>
      standIn.fault(operation, kind === 'slow' ? { kind, ms: 10 } : { kind });
    for (const [, kinds, takers] of rows)
      for (const kind of named(kinds))
        for (const operation of takers === 'all' ? all : named(takers)) await order(operation, kind);
    const webhooks = named(/^For `webhook`, the next deliveries are: (.*?)\. /ms.exec(manual.text)?.[1]);
    assert.ok(webhooks.length > 6);
    for (const kind of webhooks) await order('webhook', kind);
  });
});

interface World {
  /** Paid whole, by card. */
  paid: Payment;
  /** Confirmed, and nobody knows what PayPal made of it. */
  doubtful: Payment;
  close(): void;
}

/** The demo's data, two payments, and PayPal's stand-in; no server runs any more. */
async function makeWorld(made: string, dataDir: string): Promise<World> {
  const outer = new Hono();
  const server = createServer(getRequestListener(outer.fetch));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const paypalUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/demo/paypal`;
  const standIn = createPayPalStandIn({
    now: Date.now,
    randomBytes,
    publicUrl: paypalUrl,
    merchants: MERCHANTS,
  });
  outer.route('/demo/paypal', standIn.app);
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  const t = await startTestApp({ folder: made, paypalBaseUrl: paypalUrl, now: Date.now() });
  try {
    // The demo brings its own of that name; only those are at this PayPal.
    await t.deps.db.execute("UPDATE regroupements SET slug = slug || '-test', paypal_client_id = NULL");
    await seed(t.deps, SITE);
    const paid = await pay(
      t,
      paypalUrl,
      'marie-eve.lecuyer@example.org',
      'PB-F-2026-0001',
      async () => undefined,
    );
    assert.equal(paid.state, 'completed');
    const doubtful = await pay(t, paypalUrl, 'stremblay.garde@example.com', 'PB-F-2026-0003', async () =>
      standIn.faults.add('capture', { kind: '500' }, 10),
    );
    assert.equal(doubtful.state, 'unknown');
    standIn.faults.clear();
    const settings = [
      `PAYPAL_BASE_URL=${paypalUrl}`,
      'PUBLIC_URL=http://127.0.0.1:8787',
      `SECRET_KEY=${t.deps.config.secretKeys[0]}`,
    ];
    writeFileSync(join(dataDir, 'settings.env'), settings.join('\n'));
    // A copy, which this process has never opened: `restore` asks that nobody has.
    for (const part of ['', '-wal'])
      if (existsSync(join(made, `test.db${part}`)))
        copyFileSync(join(made, `test.db${part}`), join(dataDir, `amisgest-pay.db${part}`));
    return { paid, doubtful, close };
  } catch (error) {
    close();
    throw error;
  } finally {
    await t.close();
  }
}

async function pay(
  t: TestApp,
  paypalUrl: string,
  email: string,
  invoice: string,
  beforeConfirm: () => Promise<void>,
): Promise<Payment> {
  const payer = await signIn(t, email);
  const { rows } = await t.deps.db.execute<{ id: string }>('SELECT id FROM invoices WHERE number = ?', [
    invoice,
  ]);
  const wish = { invoiceIds: [rows[0]?.id], expectedTotalCents: TOTAL, page: `${SITE}/`, lang: 'fr-CA' };
  const begun = await payer.call('POST', '/payments', wish, { 'Idempotency-Key': `key-for-${invoice}` });
  assert.equal(begun.status, 201, await begun.clone().text());
  const { payment, approveUrl } = (await begun.json()) as { payment: Payment; approveUrl: string };
  const order = new URL(approveUrl).searchParams.get('token') ?? '';
  const agreed = await payByCard({ url: paypalUrl }, order);
  assert.equal((await t.app.request(agreed.headers.get('Location') ?? '')).status, 303);
  await beforeConfirm();
  const confirmed = await payer.call('POST', `/payments/${payment.id}/confirm`, {
    expectedTotalCents: TOTAL,
  });
  return ((await confirmed.json()) as { payment: Payment }).payment;
}
