// `npm run crash -- --payments 100 --kills 40`: the real server, payments at once, kill -9 at random moments, started again
// each time. At the end PayPal's books, ours and the e-mails must agree: nobody charged twice, nothing lost.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { createMailbox } from '../../demo/mailbox/mailbox.ts';
import { ROOT_FILE } from '../../demo/paypal/signing.ts';
import { createPayPalStandIn, type StandIn } from '../../demo/paypal/stand-in.ts';
import { dpopNonce } from '../../server/accounts/sessions/dpop.ts';
import { openSession } from '../../server/accounts/sessions/sessions.ts';
import { migrate } from '../../server/db/migrate.ts';
import { openDb } from '../../server/db/open.ts';
import { type Deps, newId } from '../../server/deps.ts';
import { createLog } from '../../server/log.ts';
import { contentPdf } from '../../server/pdf/draw.ts';
import { regroupementBySlug } from '../../server/regroupements/regroupements.ts';
import { publicSites } from '../../server/staff/pages/public-sites.ts';
import { addInvoice, addRegroupement, merchantIdOf } from '../support/app.ts';
import { BROWSER, withProof } from '../support/browser-key.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SLUG = 'petits-bouleaux';
const CARD = '4111 1111 1111 1111';
const SECRET_KEY = randomBytes(32).toString('base64url');
/** A claim of a dead process lasts two minutes, and the sweeper comes each minute. */
const PATIENCE_MS = 8 * 60_000;

export interface CrashReport {
  payments: number;
  kills: number;
  seconds: number;
  /** What does not agree; empty when all is well. */
  wrong: string[];
}

/** Drives `payments` payments at once while the server is killed `kills` times. */
export async function crash(payments: number, kills: number): Promise<CrashReport> {
  const started = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-crash-'));
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const mailbox = await createMailbox({ kept: 10_000 });
  const paypal = await servePayPal(publicUrl);
  const db = await openDb(`file:${join(folder, 'amisgest-pay.db')}`);
  const deps = setUpDeps(db, publicUrl, paypal.url);
  await migrate(db, Date.now());
  const people = await addPeople(deps, publicUrl, payments);
  const env = {
    PATH: process.env.PATH ?? '',
    PORT: String(port),
    PUBLIC_URL: publicUrl,
    DATA_DIR: folder,
    SMTP_URL: mailbox.smtpUrl,
    MAIL_FROM: 'paiement@example.org',
    PAYPAL_BASE_URL: paypal.url,
    PAYPAL_WEBHOOK_CA: ROOT_FILE,
    SECRET_KEY,
    LOG_LEVEL: 'error',
  };
  const server = { child: await launch(env), killed: 0 };
  let over = false;
  const killer = (async () => {
    while (server.killed < kills && !over) {
      await sleep(100 + Math.random() * 900);
      server.child.kill('SIGKILL');
      await new Promise((resolve) => server.child.once('exit', resolve));
      server.killed++;
      server.child = await launch(env);
    }
  })();
  const webhooks = setInterval(() => void paypal.standIn.deliveries.deliverDue(fetch), 300);
  const ends = await Promise.all(people.map((person) => pay(deps, publicUrl, paypal.url, person, started)));
  over = true;
  await killer;
  clearInterval(webhooks);
  await until(
    async () => (await count(db, "SELECT COUNT(*) AS n FROM outbox WHERE state = 'waiting'")) === 0,
  );
  const wrong = ends.flatMap((end) => (end === null ? [] : [end]));
  wrong.push(...(await compare(db, paypal.standIn, mailbox, payments)));
  server.child.kill('SIGTERM');
  await new Promise((resolve) => server.child.once('exit', resolve));
  db.close();
  await mailbox.close();
  paypal.close();
  rmSync(folder, { recursive: true, force: true });
  return { payments, kills: server.killed, seconds: (Date.now() - started) / 1000, wrong };
}

interface Person {
  accountId: string;
  invoiceId: string;
  cents: number;
}

// She clicks, and clicks again when the page does not answer, until it says that she has paid.
async function pay(
  deps: Deps,
  api: string,
  paypalUrl: string,
  person: Person,
  started: number,
): Promise<string | null> {
  const regroupement = await regroupementBySlug(deps, SLUG);
  const key = `key-of-${person.accountId}`;
  const call = async (
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Record<string, never> | null> => {
    try {
      const { accessToken } = await openSession(deps, regroupement, person.accountId, BROWSER);
      const url = `${api}/v1/regroupements/${SLUG}${path}`;
      const answer = await fetch(url, {
        method,
        headers: await withProof(method, url, dpopNonce(deps), {
          Authorization: `DPoP ${accessToken}`,
          'Content-Type': 'application/json',
          'Idempotency-Key': key,
        }),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(20_000),
      });
      return (await answer.json()) as Record<string, never>;
    } catch {
      return null;
    }
  };
  await sleep(Math.random() * 3_000);
  while (Date.now() - started < PATIENCE_MS) {
    const made = (await call('POST', '/payments', {
      invoiceIds: [person.invoiceId],
      expectedTotalCents: person.cents,
      page: `${api}/p/${SLUG}`,
      lang: 'fr-CA',
    })) as { payment?: { id: string; state: string }; approveUrl?: string } | null;
    const { payment } = made ?? {};
    if (payment === undefined) {
      const list = (await call('GET', '/payments')) as { payments?: { state: string }[] } | null;
      if (list?.payments?.some(({ state }) => state === 'completed')) return null;
      await sleep(300 + Math.random() * 500);
      continue;
    }
    if (payment.state === 'completed') return null;
    if (payment.state === 'created')
      await fetch(`${paypalUrl}/checkoutnow/card${new URL(made?.approveUrl ?? api).search}`, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({
          number: CARD,
          expiry: '12/30',
          cvv: '123',
          givenName: 'A',
          surname: 'B',
          postalCode: 'G5L 3A1',
          email: 'a@b.ca',
        }),
      });
    await call('POST', `/payments/${payment.id}/confirm`, { expectedTotalCents: person.cents });
    await sleep(200 + Math.random() * 400);
  }
  return `${person.accountId} never read that she has paid`;
}

async function compare(
  db: Awaited<ReturnType<typeof openDb>>,
  standIn: StandIn,
  mailbox: Awaited<ReturnType<typeof createMailbox>>,
  payments: number,
): Promise<string[]> {
  const wrong: string[] = [];
  const captured = new Map<string, number>();
  for (const capture of standIn.books.captures.values()) captured.set(capture.id, capture.amountCents);
  const { rows: posted } = await db.execute<{ capture_id: string; cents: number }>(
    `SELECT p.capture_id, -SUM(e.amount_cents) AS cents FROM payments p JOIN ledger_entries e ON e.payment_id = p.id
     WHERE e.kind = 'payment' GROUP BY p.id`,
  );
  if (captured.size !== payments) wrong.push(`${captured.size} charges at PayPal for ${payments} invoices`);
  if (posted.length !== payments)
    wrong.push(`${posted.length} payments in the ledger for ${payments} invoices`);
  for (const { capture_id, cents } of posted)
    if (captured.get(capture_id) !== cents) wrong.push(`${capture_id}: the ledger and PayPal differ`);
  const { rows: numbers } = await db.execute<{ number: number }>(
    'SELECT number FROM receipts ORDER BY number',
  );
  if (numbers.some(({ number }, i) => number !== i + 1) || numbers.length !== payments)
    wrong.push('receipts are not numbered 1, 2, 3…');
  const receipts = mailbox.messages().filter(({ subject }) => /^Reçu/.test(subject));
  const people = new Set(receipts.map(({ to }) => to));
  if (people.size !== payments) wrong.push(`${people.size} people have a receipt by e-mail`);
  const owing = await count(
    db,
    'SELECT COUNT(*) AS n FROM (SELECT SUM(amount_cents) AS left FROM ledger_entries GROUP BY invoice_id) WHERE left <> 0',
  );
  if (owing > 0) wrong.push(`${owing} invoices are not paid to the cent`);
  if ((await count(db, 'SELECT COUNT(*) AS n FROM invoice_holds')) > 0)
    wrong.push('an invoice is still held');
  if ((await count(db, 'SELECT COUNT(*) AS n FROM exceptions')) > 0) wrong.push('something needs a person');
  return wrong;
}

async function count(db: Awaited<ReturnType<typeof openDb>>, sql: string): Promise<number> {
  return (await db.execute<{ n: number }>(sql)).rows[0]?.n ?? -1;
}

async function addPeople(deps: Deps, publicUrl: string, many: number): Promise<Person[]> {
  await addRegroupement(deps, SLUG, { pages: [`${publicUrl}/p/${SLUG}`] });
  await deps.db.execute("UPDATE regroupements SET paypal_webhook_id = 'WEBHOOKCRASH'");
  const { id } = await regroupementBySlug(deps, SLUG);
  const people: Person[] = [];
  for (let n = 0; n < many; n++) {
    const accountId = newId(deps);
    const email = `person-${n}@example.org`;
    const cents = 10_000 + n;
    const { invoiceId } = await addInvoice(deps, SLUG, {
      firstName: `Prénom${n}`,
      lastName: `Nom${n}`,
      email,
      certificate: `PB-${String(n).padStart(6, '0')}`,
      invoice: `F-${n}`,
      totalCents: cents,
    });
    await deps.db.execute(
      `INSERT INTO accounts(id, regroupement_id, name, email, email_key, password_hash, lang, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, '', 'fr-CA', 0, 0)`,
      [accountId, id, `Nom ${n}`, email, email],
    );
    people.push({ accountId, invoiceId, cents });
  }
  return people;
}

function setUpDeps(db: Deps['db'], publicUrl: string, paypalBaseUrl: string): Deps {
  return {
    db,
    config: {
      port: 0,
      publicUrl,
      databaseUrl: '',
      databaseAuthToken: undefined,
      smtpUrl: '',
      mailFrom: '',
      paypalBaseUrl,
      paypalWebhookCa: undefined,
      paypalIntermediates: [],
      secretKeys: [SECRET_KEY],
      trustedProxies: 0,
      metricsToken: undefined,
      logLevel: 'error',
      staffIdleMinutes: 30,
    },
    now: Date.now,
    sleep: (ms) => sleep(ms),
    randomBytes: (n) => new Uint8Array(randomBytes(n)),
    fetch,
    sites: publicSites,
    mail: { send: async () => undefined, close: () => undefined },
    pdf: contentPdf,
    log: createLog('silent', Date.now, () => undefined),
  };
}

async function servePayPal(publicUrl: string): Promise<{ standIn: StandIn; url: string; close(): void }> {
  const outer = new Hono();
  const server = createAdaptorServer({ fetch: outer.fetch });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/paypal`;
  const standIn = createPayPalStandIn({
    now: Date.now,
    randomBytes: (n) => new Uint8Array(randomBytes(n)),
    publicUrl: url,
    merchants: [
      {
        clientId: `client-${SLUG}`,
        clientSecret: `secret-${SLUG}`,
        merchantId: merchantIdOf('petits-bouleaux'),
        name: SLUG,
      },
    ],
    webhooks: [
      { id: 'WEBHOOKCRASH', clientId: `client-${SLUG}`, url: `${publicUrl}/v1/paypal/webhooks/${SLUG}` },
    ],
  });
  outer.route('/paypal', standIn.app);
  return {
    standIn,
    url,
    close: () => {
      if ('closeAllConnections' in server) server.closeAllConnections();
      server.close();
    },
  };
}

async function launch(env: Record<string, string>): Promise<ChildProcess> {
  for (;;) {
    const child = spawn(process.execPath, ['server/main.js'], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ready = await new Promise<boolean>((resolve) => {
      child.stdout.on('data', (text: Buffer) => {
        if (String(text).includes('ready')) resolve(true);
      });
      child.once('exit', () => resolve(false));
    });
    if (ready) return child;
    await sleep(200);
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 120_000;
  while (!(await holds()) && Date.now() < end) await sleep(300);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      payments: { type: 'string', default: '100' },
      kills: { type: 'string', default: '40' },
    },
  });
  const report = await crash(Number(values.payments), Number(values.kills));
  console.log(
    `${report.payments} payments, ${report.kills} kills, ${report.seconds.toFixed(0)} s: ${report.wrong.length === 0 ? 'the three books agree' : 'WRONG'}`,
  );
  for (const line of report.wrong) console.log(`  ${line}`);
  process.exitCode = report.wrong.length === 0 ? 0 : 1;
}
