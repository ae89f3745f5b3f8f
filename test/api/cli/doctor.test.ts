// `doctor`, on a production that is one: served over TLS, with a mail server, PayPal's stand-in, its files on disk. All is
// green; then each thing is broken, once, and is red with its cure.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';
import { SMTPServer } from 'smtp-server';
import { createMailbox, type Mailbox } from '../../../demo/mailbox/mailbox.ts';
import { readConfig } from '../../../server/config.ts';
import { encrypt } from '../../../server/crypto.ts';
import { vacuumInto } from '../../../server/operations/backup.ts';
import { lookAtSettings } from '../../../server/operations/doctor/settings.ts';
import { type RunningServer, startServer } from '../../../server/process.ts';
import { addRegroupement } from '../../support/app.ts';
import { file } from '../../support/certificates/host.ts';
import { MERCHANTS, type RunningStandIn, startStandIn } from '../../support/paypal-stand-in.ts';
import { smallDisk } from '../../support/small-disk.ts';

const LAUNCHER = fileURLToPath(new URL('../../../server/cli/amisgest-pay.js', import.meta.url));
const MAIL_ROOT = fileURLToPath(new URL('../../support/certificates/mail-root.pem', import.meta.url));
const EVENTS = [
  'CHECKOUT.ORDER.APPROVED',
  'PAYMENT.CAPTURE.COMPLETED',
  'PAYMENT.CAPTURE.DENIED',
  'PAYMENT.CAPTURE.PENDING',
  'PAYMENT.CAPTURE.REFUNDED',
  'PAYMENT.CAPTURE.REVERSED',
  'CUSTOMER.DISPUTE.CREATED',
  'CUSTOMER.DISPUTE.RESOLVED',
];

interface Line {
  check: string;
  ok: boolean;
  said: string;
  cure?: string;
}

describe('amisgest-pay doctor', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'amisgest-pay-doctor-'));
  const place = (name: string) => join(dataDir, name);
  const database = place('amisgest-pay.db');
  const backups = place('backups');
  const fronts: Server[] = [];
  let mailbox: Mailbox;
  let paypal: RunningStandIn;
  let server: RunningServer;
  let settings: Record<string, string>;
  let deaf = false;

  /** TLS before the server, as Caddy or nginx stands there. */
  async function front(certificate: string): Promise<string> {
    const tls = createServer(
      { cert: file(`${certificate}.pem`), key: file('mail.key') },
      ({ url, method, headers, socket }, answer) => {
        if (deaf && method === 'POST') return void answer.writeHead(403).end();
        const forwarded = { ...headers, 'x-forwarded-for': socket.remoteAddress ?? '' };
        request({ port: server.port, host: '127.0.0.1', path: url, method, headers: forwarded }, (theirs) => {
          answer.writeHead(theirs.statusCode ?? 502, theirs.headers);
          theirs.pipe(answer);
        }).end(method === 'POST' ? '{}' : undefined);
      },
    );
    // Whom nobody believes is hung up on.
    tls.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => tls.listen(0, '0.0.0.0', resolve));
    fronts.push(tls);
    // This machine, and no loopback to whoever reads it.
    return `https://0.0.0.0:${(tls.address() as AddressInfo).port}`;
  }

  before(async () => {
    mailbox = await createMailbox();
    paypal = await startStandIn();
    settings = {
      PORT: '0',
      DATA_DIR: dataDir,
      PUBLIC_URL: await front('mail'),
      SMTP_URL: mailbox.smtpUrl,
      MAIL_FROM: 'paiement@pay.test',
      PAYPAL_BASE_URL: paypal.url,
      SECRET_KEY: 'test-key-of-at-least-thirty-two-characters',
      TRUSTED_PROXIES: '1',
      DATA_PLACE: 'OVH, Beauharnois (Québec)',
      MAIL_PLACE: 'OVH, Beauharnois (Québec)',
      BACKUP_DIR: backups,
      LOG_LEVEL: 'silent',
    };
    server = await startServer(readConfig(settings));
    await add('petits-bouleaux', await webhook('/v1/paypal/webhooks/petits-bouleaux', EVENTS));
    writeFileSync(
      place('settings.env'),
      Object.entries(settings)
        .map(([name, value]) => `${name}="${value}"\n`)
        .join(''),
      { mode: 0o600 },
    );
    mkdirSync(backups, { mode: 0o700 });
    vacuumInto(database, join(backups, '2026-11-30.db'));
  });
  after(async () => {
    await server?.stop();
    await paypal?.close();
    await mailbox?.close();
    for (const tls of fronts) tls.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  /** A regroupement with an account at PayPal's stand-in. */
  async function add(slug: string, webhookId: string | null): Promise<void> {
    const id = await addRegroupement(server.deps, slug, {});
    const [{ clientId, clientSecret }] = MERCHANTS;
    await server.deps.db.execute(
      'UPDATE regroupements SET paypal_client_id = ?, paypal_secret = ?, paypal_webhook_id = ? WHERE id = ?',
      [clientId, encrypt(server.deps, `paypal-secret:${id}`, clientSecret), webhookId, id],
    );
  }
  const change = (what: string, args: (string | null)[] = []) =>
    server.deps.db.execute(`UPDATE regroupements SET ${what} WHERE slug = 'petits-bouleaux'`, args);

  /** A mail server that knows no password. */
  async function refusing(): Promise<{ port: number; close(): void }> {
    const strict = new SMTPServer({
      allowInsecureAuth: true,
      onAuth: (_given, _session, done) => done(new Error('no')),
    });
    strict.on('error', () => undefined);
    await new Promise<void>((resolve) => strict.listen(0, '127.0.0.1', () => resolve()));
    return { port: (strict.server.address() as AddressInfo).port, close: () => strict.close() };
  }

  async function webhook(path: string, events: readonly string[]): Promise<string> {
    const response = await fetch(`${paypal.url}/v1/notifications/webhooks`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${await paypal.token()}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({
        url: settings.PUBLIC_URL + path,
        event_types: events.map((name) => ({ name })),
      }),
    });
    return ((await response.json()) as { id: string }).id;
  }

  function run(args: string[], env: NodeJS.ProcessEnv): Promise<{ status: number | null; output: string }> {
    const child = spawn(process.execPath, [LAUNCHER, 'doctor', ...args], {
      env: { PATH: process.env.PATH, DATA_DIR: dataDir, NODE_EXTRA_CA_CERTS: MAIL_ROOT, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    return new Promise((resolve) => child.once('close', (status) => resolve({ status, output })));
  }
  /** What it says in English, and that it says so to a script, too. */
  async function lines(env: NodeJS.ProcessEnv = {}, ...args: string[]): Promise<Line[]> {
    const { status, output } = await run(['--json', '--lang', 'en', ...args], env);
    const { ok, findings } = JSON.parse(output) as { ok: boolean; findings: Line[] };
    assert.equal(status, ok ? 0 : 1);
    assert.equal(
      ok,
      findings.every((line) => line.ok),
    );
    return findings;
  }
  /** Exactly these are red, each with these words and a cure. */
  function assertRed(found: readonly Line[], expected: Readonly<Record<string, RegExp>>): void {
    const reds = found.filter(({ ok }) => !ok);
    assert.deepEqual(
      reds.map(({ check }) => check).sort(),
      Object.keys(expected).sort(),
      JSON.stringify(reds),
    );
    for (const { check, said, cure } of reds) {
      assert.match(said, expected[check] ?? /^$/);
      assert.ok((cure ?? '').length > 10, `${check} has no cure`);
    }
  }
  /** The settings without the folder in which they stand. */
  function rest(): NodeJS.ProcessEnv {
    const { DATA_DIR: _here, DATABASE_URL: _its, ...others } = settings;
    return others;
  }
  /** A copy of the database, changed. */
  function copy(name: string, sql: string): string {
    const path = place(name);
    vacuumInto(database, path);
    const db = new Database(path);
    db.exec(sql);
    db.close();
    return `file:${path}`;
  }

  test('a good installation is green throughout, and a message has come', async () => {
    const { status, output } = await run([], {});
    assert.equal(status, 0, output);
    assert.deepEqual(
      output.split('\n').map((text) => text.replace(/ : .*/, '')),
      [
        '✓ variables',
        '✓ proxy',
        '✓ database',
        '✓ disk',
        '✓ files',
        '✓ backups',
        '✓ clock',
        '✓ tls',
        '✓ server',
        '✓ mail',
        '✓ regroupement petits-bouleaux',
        '✓ paypal petits-bouleaux',
        '✓ webhook petits-bouleaux',
        'Tout est en ordre.',
        '',
      ],
    );
    assert.deepEqual(
      mailbox.messages().map(({ to, subject }) => [to, subject]),
      [['paiement@pay.test', 'amisgest-pay doctor']],
    );
    assertRed(await lines({}, '--mail-to', 'operateur@example.org'), {});
    assert.equal(mailbox.messages()[0]?.to, 'operateur@example.org');
  });

  test('settings that would not start a server are red, each by its name, and never repeated', async () => {
    const { status, output } = await run([], { PUBLIC_URL: 'pay.example.org', SECRET_KEY: 'hunter-two' });
    assert.equal(status, 1);
    assert.match(output, /^✗ variables : PUBLIC_URL is not valid.*\n {4}→ .*settings\.env/m);
    assert.match(output, /^✗ variables : SECRET_KEY is not valid/m);
    assert.match(output, /^À corriger : 2\.$/m);
    assert.doesNotMatch(output, /hunter-two/);
  });

  test('a folder in which no server ever ran is red, and stays without a database', async () => {
    const found = await lines({ DATABASE_URL: `file:${place('none.db')}` });
    assertRed(found, { database: /no file .*none\.db/ });
    assert.equal(existsSync(place('none.db')), false);
  });

  test('what is careless on the machine, and keys that open nothing', async () => {
    chmodSync(database, 0o644);
    chmodSync(dataDir, 0o755);
    utimesSync(join(backups, '2026-11-30.db'), new Date(), new Date(Date.now() - 40 * 3_600_000));
    await change('pages = ?', ['[]']);
    const found = await lines({
      DATA_PLACE: 'x',
      MAIL_PLACE: ' ',
      TRUSTED_PROXIES: '0',
      SMTP_URL: 'smtp://127.0.0.1:1',
      SECRET_KEY: 'another-key-of-at-least-thirty-two-characters',
      PUBLIC_URL: await front('mail-over'),
    });
    chmodSync(dataDir, 0o700);
    await change('pages = ?', ['["https://petits-bouleaux.test/payer"]']);
    assertRed(found, {
      variables: /missing: MAIL_PLACE/,
      proxy: /TRUSTED_PROXIES names nobody/,
      files: /other users can read .*amisgest-pay\.db/,
      backups: /is 40 hours old/,
      mail: /not sent: ESOCKET|ECONNECTION/,
      tls: /CERT_HAS_EXPIRED/,
      server: /no answer/,
      'regroupement petits-bouleaux': /no page/,
      'paypal petits-bouleaux': /SECRET_KEY does not open/,
    });
  });

  test('others who refuse: the mail server its user, PayPal its client; and nobody at the address', async () => {
    utimesSync(join(backups, '2026-11-30.db'), new Date(), new Date());
    chmodSync(join(backups, '2026-11-30.db'), 0o644);
    chmodSync(backups, 0o755);
    const strict = await refusing();
    await change("paypal_client_id = 'somebody'");
    const found = await lines({
      SMTP_URL: `smtp://lise:secret@127.0.0.1:${strict.port}`,
      PUBLIC_URL: 'http://127.0.0.1:1',
    });
    chmodSync(backups, 0o700);
    strict.close();
    await change('paypal_client_id = ?', [MERCHANTS[0].clientId]);
    assertRed(found, {
      backups: /other users can read/,
      mail: /not sent: EAUTH 535/,
      tls: /PUBLIC_URL is not https/,
      server: /127\.0\.0\.1:1\/readyz: no answer/,
      'paypal petits-bouleaux': /PayPal refuses this client or secret/,
    });
    assertRed(await lines({ BACKUP_DIR: place('nowhere') }), { backups: /none in .*nowhere/ });
  });

  test('a clock that is off, and a certificate that nobody renews', async () => {
    const years = 99.92 * 365.25 * 86_400_000;
    const found = await lines({
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`const now=Date.now;Date.now=()=>now()+${years}`)}`,
    });
    const said = (check: string) => found.find((line) => line.check === check && !line.ok)?.said ?? '';
    assert.match(said('clock'), /seconds ahead of PayPal/);
    assert.match(said('tls'), /^the certificate ends in -?\d+ days$/);
    const asleep = await lines({ PAYPAL_BASE_URL: 'http://127.0.0.1:1' });
    assertRed(asleep, {
      clock: /does not answer: its time is not known/,
      'paypal petits-bouleaux': /PayPal does not answer as it should/,
    });
  });

  test('another database than the server’s: an older one, the demo’s, or one of before its keys', async () => {
    const older = copy(
      'older.db',
      'DELETE FROM schema_migrations WHERE name = (SELECT max(name) FROM schema_migrations)',
    );
    assertRed(await lines({ DATABASE_URL: older }), { database: /1 steps? behind/ });
    const newer = copy('newer.db', "INSERT INTO schema_migrations VALUES ('9999_tomorrow.sql', 0)");
    assertRed(await lines({ DATABASE_URL: newer }), { database: /newer than this program/ });
    const demo = copy('demo.db', 'INSERT INTO demo_mark(id, made_at) VALUES (1, 0)');
    assertRed(await lines({ DATABASE_URL: demo }), { database: /made by `npm start`/ });
    const empty = copy('empty.db', 'DELETE FROM signing_keys');
    assertRed(await lines({ DATABASE_URL: empty }), { server: /another server, or the same one/ });
  });

  test('a database that does not open: a server that is silent, a file that is none', async () => {
    const gone = { DATABASE_URL: 'http://127.0.0.1:9', DATA_DIR: place('nowhere'), ...rest() };
    assertRed(await lines(gone), { database: /does not open: unreachable/, disk: /no folder .*nowhere/ });
    writeFileSync(place('broken.db'), 'neither a database nor a part of one\n'.repeat(100));
    assertRed(await lines({ DATABASE_URL: `file:${place('broken.db')}` }), {
      database: /does not open: failing/,
    });
  });

  test('a port at which nobody speaks TLS', async () => {
    const found = await lines({ PUBLIC_URL: `https://127.0.0.1:${server.port}` });
    const tls = found.find(({ check, ok }) => check === 'tls' && !ok);
    assert.match(tls?.said ?? '', /WRONG_VERSION/);
    assert.match(tls?.cure ?? '', /does not speak TLS/);
  });

  test('a full disk; a file that the server’s user does not own', async (t) => {
    const disk = smallDisk();
    try {
      if (!disk.real) return t.skip('this machine mounts no disk');
      const path = join(disk.folder, 'small.db');
      vacuumInto(database, path);
      chownSync(path, 65_534, 65_534);
      assertRed(await lines({ DATABASE_URL: `file:${path}` }), {
        disk: /only 0 GB are left/,
        files: /another user owns .*small\.db/,
      });
    } finally {
      disk.remove();
    }
  });

  test('PayPal’s sandbox pays nobody', () => {
    const config = readConfig({ ...settings, PAYPAL_BASE_URL: 'https://api-m.sandbox.paypal.com' });
    const [first] = lookAtSettings(config);
    assert.match(first?.said.en ?? '', /sandbox: nobody is paid/);
  });

  test('PayPal’s webhooks: unknown, elsewhere, of too few events, or stopped on the way', async () => {
    deaf = true;
    assertRed(await lines(), { 'webhook petits-bouleaux': /lets no POST through/ });
    deaf = false;
    const own = (slug: string) => `/v1/paypal/webhooks/${slug}`;
    await add('inconnu', null);
    await add('ailleurs', await webhook(own('autre'), EVENTS));
    await add('sourd', await webhook(own('sourd'), EVENTS.slice(0, -1)));
    await add('tout', await webhook(own('tout'), ['*']));
    assertRed(await lines(), {
      'webhook inconnu': /PayPal knows none of that id/,
      'webhook ailleurs': /PayPal calls https:.*\/autre/,
      'webhook sourd': /will not tell of CUSTOMER\.DISPUTE\.RESOLVED/,
    });
  });
});
