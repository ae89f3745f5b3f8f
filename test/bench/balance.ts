// Requests per second of the signed-in balance route (GET /certificates: token, proof, session, certificates, invoices
// with their lines and ledger sums) against a bare Hono route on the same server software, in the same run. Read
// the ratio: the absolute numbers are the machine's.
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { dpopNonce } from '../../server/accounts/sessions/dpop.ts';
import { addInvoice, PUBLIC_URL, startTestApp, type TestApp } from '../support/app.ts';
import { BROWSER } from '../support/browser-key.ts';
import { signIn } from '../support/payer.ts';
import { load } from './load.ts';

const HOLDERS = 5_000;
const ROUNDS = 3;
const ROUND_MS = 2_000;

export async function run(): Promise<{ name: string; lines: string[] }> {
  const t = await startTestApp();
  t.deps.log = { debug() {}, info() {}, warn() {}, error() {} };
  await fillBooks(t);
  const payer = await signIn(t, 'marie-eve@example.org');
  const bare = await listen(new Hono().get('/', (c) => c.json({ status: 'ok' })).fetch);
  const ours = await listen(t.app.fetch);
  try {
    const url = `${ours.url}/v1/regroupements/petits-bouleaux/certificates`;
    const headers = await balanceHeaders(t, payer);
    await load(url, 500, 16, headers);
    await load(bare.url, 500);
    const rounds = [];
    for (let i = 0; i < ROUNDS; i++) {
      rounds.push({
        bare: await load(bare.url, ROUND_MS),
        ours: await load(url, ROUND_MS, 16, headers),
      });
    }
    const failures = rounds.reduce((sum, round) => sum + round.ours.failures + round.bare.failures, 0);
    if (failures > 0) throw new Error(`${failures} requests failed`);
    const a = median(rounds.map((round) => round.ours.requestsPerSecond));
    const b = median(rounds.map((round) => round.bare.requestsPerSecond));
    return {
      name: 'Signed-in balance route against a bare Hono route',
      lines: [
        `GET /certificates  ${a} requests/s (3 invoices of one holder among ${HOLDERS} with 3 each)`,
        `bare Hono route    ${b} requests/s`,
        `ratio              ${(a / b).toFixed(2)}`,
      ],
    };
  } finally {
    ours.close();
    bare.close();
    await t.close();
  }
}

/** Headers of her GET /certificates; a proof of reading may be repeated. */
export async function balanceHeaders(t: TestApp, { accessToken }: { accessToken: string }): Promise<object> {
  const proven = await BROWSER.proof({
    method: 'GET',
    url: `${PUBLIC_URL}/v1/regroupements/petits-bouleaux/certificates`,
    nonce: dpopNonce(t.deps),
    accessToken,
  });
  return { Authorization: `DPoP ${accessToken}`, DPoP: proven };
}

// One holder to look at, among thousands, so that a missing index would show.
export async function fillBooks(t: TestApp): Promise<void> {
  const first = { firstName: 'Marie-Ève', lastName: 'L’Écuyer-Tremblay', certificate: 'PB-004512' };
  const { holderId } = await addInvoice(t.deps, 'petits-bouleaux', {
    ...first,
    email: 'marie-eve@example.org',
    invoice: 'PB-1',
    totalCents: 29_613,
  });
  for (const invoice of ['PB-2', 'PB-3']) {
    await addInvoice(t.deps, 'petits-bouleaux', { ...first, holderId, invoice, totalCents: 6_000 });
  }
  const series = (n: number) =>
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${n})`;
  const r = "(SELECT id FROM regroupements WHERE slug = 'petits-bouleaux')";
  await t.deps.db.batch([
    {
      sql: `INSERT INTO holders(id, regroupement_id, first_name, last_name, email, email_key, created_at, updated_at)
            ${series(HOLDERS)} SELECT 'h' || i, ${r}, 'Prénom', 'Nom', 'h' || i || '@example.org', 'h' || i || '@example.org', 1, 1 FROM n`,
    },
    {
      sql: `INSERT INTO certificates(id, regroupement_id, holder_id, number, number_key, period_start, period_end, created_at, updated_at)
            ${series(HOLDERS)} SELECT 'c' || i, ${r}, 'h' || i, 'N-' || i, 'N' || i, '2026-04-01', '2027-03-31', 1, 1 FROM n`,
    },
    {
      sql: `INSERT INTO invoices(id, regroupement_id, certificate_id, number, issued_on, due_on, period_start, period_end, created_at, updated_at)
            ${series(3 * HOLDERS)} SELECT 'i' || i, ${r}, 'c' || (i % ${HOLDERS} + 1), 'F-' || i, '2026-03-01', '2026-12-01',
              '2026-04-01', '2027-03-31', 1, 1 FROM n`,
    },
    {
      sql: `INSERT INTO invoice_lines(invoice_id, revision, position, code, description, amount_cents)
            SELECT 'i' || (i % ${3 * HOLDERS} + 1), 1, i / ${3 * HOLDERS} + 2, 'PRIME', 'Prime', 10000
            FROM (${series(9 * HOLDERS)} SELECT i - 1 AS i FROM n)`,
    },
    {
      sql: `INSERT INTO ledger_entries(id, regroupement_id, invoice_id, kind, amount_cents, source, day, occurred_at, posted_at)
            ${series(3 * HOLDERS)} SELECT 'e' || i, ${r}, 'i' || i, 'charge', 30000, 'invoice:' || i, '2026-03-01', 1, 1 FROM n`,
    },
  ]);
}

export async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
): Promise<{ url: string; close(): void }> {
  return await new Promise((resolve) => {
    const server = serve({ fetch, port: 0, hostname: '127.0.0.1' }, (info: AddressInfo) => {
      resolve({ url: `http://127.0.0.1:${info.port}`, close: () => server.close() });
    });
  });
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

if (import.meta.main) {
  const { name, lines } = await run();
  console.log([name, ...lines].join('\n'));
}
