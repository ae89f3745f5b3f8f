// What a storm does to whoever looks at her balance meanwhile: five hundred receipts asked for at once, fifty sign-ins a
// second, a thousand connections that trickle; then ten thousand messages that leave (mail.ts). Each with its bound. A server as it runs in production, the storm and the one who looks each in
// a process of their own; the time of the slowest of a hundred looks against that of the same run without a storm.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashPassword } from '../../server/accounts/passwords/passwords.ts';
import { dpopNonce } from '../../server/accounts/sessions/dpop.ts';
import { openSession } from '../../server/accounts/sessions/sessions.ts';
import { readConfig } from '../../server/config.ts';
import type { Deps } from '../../server/deps.ts';
import { type RunningServer, startServer } from '../../server/process.ts';
import type { ReceiptDocument } from '../../server/receipts/document.ts';
import { documentUrls } from '../../server/receipts/links.ts';
import { regroupementBySlug } from '../../server/regroupements/regroupements.ts';
import { addInvoice, addRegroupement } from '../support/app.ts';
import { BROWSER } from '../support/browser-key.ts';
import { run as mail } from './mail.ts';
import { type Load, load, percentile } from './programs/load.ts';
import { type Answer, offer } from './programs/offered.ts';

const PUBLIC_URL = 'https://pay.test';
/** The slowest of a hundred looks, against those without a storm. */
const MOST_TIMES_IDLE = 3;
/** Until whoever cannot be served is told so. */
const TOLD_WITHIN_MS = 2_000;
const RECEIPTS = 500;
const SIGN_INS_A_SECOND = 50;
const SECONDS = 30;
const TRICKLING = 1_000;
const PASSWORD = 'trois castors sous la pluie';
const LOOK_MS = 12_000;
/** Between two looks of one of four. */
const REST_MS = 20;

export async function run(): Promise<{ name: string; lines: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-storms-'));
  const config = readConfig({
    PORT: '0',
    DATA_DIR: folder,
    PUBLIC_URL,
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'paiement@pay.test',
    PAYPAL_BASE_URL: 'http://127.0.0.1:1',
    SECRET_KEY: 'test-key-of-at-least-thirty-two-characters',
    TRUSTED_PROXIES: '1',
    LOG_LEVEL: 'silent',
  });
  const server = await startServer(config, { prepare: fill });
  try {
    const look = await looking(server);
    await look(2_000);
    const idle = await look(LOOK_MS);
    const lines = [`nothing else                       p50 ${ms(idle.p50)}, p99 ${ms(idle.p99)}`];
    for (const [name, storm] of [
      [`${RECEIPTS} receipts at once`, () => receipts(server)],
      ['the same again', () => receipts(server)],
      [`${SIGN_INS_A_SECOND} sign-ins a second for ${SECONDS} s`, () => signIns(server)],
      [`${TRICKLING} connections that trickle`, () => trickle(server)],
    ] as const) {
      const [seen, told] = await Promise.all([
        look(name.includes('sign-ins') ? SECONDS * 1000 : LOOK_MS),
        storm(),
      ]);
      lines.push(
        `${name.padEnd(34)} p50 ${ms(seen.p50)}, p99 ${ms(seen.p99)} (× ${(seen.p99 / idle.p99).toFixed(1)}, at most ${MOST_TIMES_IDLE}: ${kept(seen.p99 <= MOST_TIMES_IDLE * idle.p99)}); ${told}`,
      );
    }
    return {
      name: 'The balance while a storm goes on, and mail',
      lines: [...lines, ...(await mail()).lines],
    };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const kept = (is: boolean) => (is ? 'kept' : 'NOT KEPT');

/** Four who look at a balance, again and again for so many milliseconds. */
async function looking({ port, deps }: RunningServer): Promise<(forMs: number) => Promise<Load>> {
  const regroupement = await regroupementBySlug(deps, 'petits-bouleaux');
  const { accessToken } = await openSession(deps, regroupement, 'a0', BROWSER);
  const path = '/v1/regroupements/petits-bouleaux/certificates';
  return async (forMs) => {
    const nonce = dpopNonce(deps);
    // A proof of reading may be repeated.
    const proof = await BROWSER.proof({ method: 'GET', url: PUBLIC_URL + path, nonce, accessToken });
    const headers = { Authorization: `DPoP ${accessToken}`, DPoP: proof };
    const seen = await load(`http://127.0.0.1:${port}${path}`, forMs, {
      connections: 4,
      headers,
      restMs: REST_MS,
    });
    if (seen.failures > 0) throw new Error(`${seen.failures} looks failed`);
    return seen;
  };
}

async function receipts({ port, deps }: RunningServer): Promise<string> {
  const urls = await Promise.all(
    Array.from({ length: RECEIPTS }, (_, i) => documentUrls(deps, { kind: 'receipt', id: `r${i}` })),
  );
  const answers = await offer(
    urls.map(({ pdfUrl }) => ({
      method: 'GET',
      url: pdfUrl.replace(PUBLIC_URL, `http://127.0.0.1:${port}`),
    })),
  );
  return counted(answers);
}

async function signIns({ port, deps }: RunningServer): Promise<string> {
  const path = '/v1/regroupements/petits-bouleaux/sessions';
  const nonce = dpopNonce(deps);
  const requests = [];
  for (let i = 0; i < SIGN_INS_A_SECOND * SECONDS; i++)
    requests.push({
      method: 'POST',
      url: `http://127.0.0.1:${port}${path}`,
      headers: {
        'Content-Type': 'application/json',
        'X-Forwarded-For': `198.51.${i >> 8}.${i & 255}`,
        DPoP: await BROWSER.proof({ method: 'POST', url: PUBLIC_URL + path, nonce }),
      },
      body: JSON.stringify({ email: `a${i}@example.org`, password: PASSWORD }),
    });
  const answers = await offer(requests, SIGN_INS_A_SECOND);
  const refused = answers.filter(({ status }) => status !== 201).map((one) => one.ms);
  const last = percentile(refused, 1);
  return `${counted(answers)}; told within ${ms(last)}, at most ${ms(TOLD_WITHIN_MS)}: ${kept(last <= TOLD_WITHIN_MS)}`;
}

async function trickle({ port }: RunningServer): Promise<string> {
  const child = fork(new URL('./programs/trickle.ts', import.meta.url), [String(port), String(TRICKLING)]);
  const [opened] = (await once(child, 'message')) as [number];
  await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  child.kill();
  return `${opened} were open`;
}

/** How many had which answer, and when the last of them had it. */
function counted(answers: readonly Answer[]): string {
  return [...Map.groupBy(answers, ({ status }) => status)]
    .sort(([a], [b]) => a - b)
    .map(([status, of]) => {
      const took = of.map((one) => one.ms);
      return `${of.length} × ${status} (p50 ${ms(percentile(took, 0.5))}, max ${ms(percentile(took, 1))})`;
    })
    .join(', ');
}

const DOCUMENT: ReceiptDocument = {
  version: 1,
  lang: 'fr-CA',
  payee: {
    name: 'Regroupement des Petits Bouleaux',
    address: '12, rue de la Grève',
    email: 'a@b.test',
    phone: '418 555-0123',
    gstNumber: null,
    qstNumber: null,
  },
  payer: { name: 'Marie-Ève L’Écuyer-Tremblay', email: 'marie-eve@example.org' },
  confirmationNumber: 'P-7KQ2M9XDAB',
  paypalTransaction: '3A34A7DVSHLKCRQ6L',
  paidAt: '2026-04-01T03:30:00.000Z',
  invoices: [
    {
      number: 'F-1',
      certificateNumber: 'PB-004512',
      periodStart: '2026-04-01',
      periodEnd: '2027-03-31',
      lines: [
        { code: 'PRIME', description: 'Prime', amountCents: 26_250, rate: null },
        { code: 'TPA', description: '', amountCents: 2_363, rate: '0.09' },
      ],
      totalCents: 28_613,
      paidBeforeCents: 0,
      amountCents: 28_613,
      remainingCents: 0,
    },
  ],
  onlineFeeCents: 0,
  totalPaidCents: 28_613,
};

/** An account for each sign-in, the first with three invoices and every receipt. */
async function fill(deps: Deps): Promise<void> {
  await addRegroupement(deps, 'petits-bouleaux', {});
  const series = (n: number) =>
    `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${n - 1})`;
  const r = "(SELECT id FROM regroupements WHERE slug = 'petits-bouleaux')";
  const hash = await hashPassword(deps, PASSWORD);
  await deps.db.execute(
    `INSERT INTO accounts(id, regroupement_id, name, email, email_key, password_hash, lang, created_at, updated_at)
     ${series(SIGN_INS_A_SECOND * SECONDS)} SELECT 'a' || i, ${r}, 'x', 'a' || i || '@example.org', 'a' || i || '@example.org', ?, 'fr-CA', 1, 1 FROM n`,
    [hash],
  );
  const person = { firstName: 'Marie-Ève', lastName: 'Tremblay', certificate: 'PB-004512' };
  const { holderId } = await addInvoice(deps, 'petits-bouleaux', {
    ...person,
    email: 'a0@example.org',
    invoice: 'PB-1',
    totalCents: 29_613,
  });
  for (const invoice of ['PB-2', 'PB-3'])
    await addInvoice(deps, 'petits-bouleaux', { ...person, holderId, invoice, totalCents: 6_000 });
  await deps.db.execute(
    `INSERT INTO payments(id, regroupement_id, account_id, number, state, amount_cents, lang, idempotency_key, request_hash, nonce_hash,
       page, paypal_version, order_id, capture_id, created_at, updated_at, completed_at)
     ${series(RECEIPTS)} SELECT 'p' || i, ${r}, 'a0', 'P-' || i, 'completed', 100, 'fr-CA', 'k' || i, '', 'n' || i, '', 1, 'O' || i, 'C' || i, 1, 1, 1 FROM n`,
  );
  await deps.db.execute(
    `INSERT INTO receipts(id, regroupement_id, number, payment_id, account_id, issued_at, document)
     ${series(RECEIPTS)} SELECT 'r' || i, ${r}, i + 1, 'p' || i, 'a0', 1, ? FROM n`,
    [JSON.stringify(DOCUMENT)],
  );
}

function ms(value: number): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} ms`;
}

if (import.meta.main) {
  const { name, lines } = await run();
  console.log([name, ...lines].join('\n'));
}
