// The signed-in balance route (GET /certificates: token, proof, session, certificates, invoices with their lines and ledger
// sums) beside what does the least that such a call needs, on the same server software and database, in the same run: A
// verifies a proof by jose and reads a row through `@libsql/client`; B verifies it at once, by a key read before, and reads the
// row through `libsql`. Read the ratios, of requests a second and of processor time: the rest is the machine's.
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { createClient } from '@libsql/client';
import { type Context, Hono } from 'hono';
import { EmbeddedJWK, type JWK, jwtVerify } from 'jose';
import Database from 'libsql';
import { dpopNonce } from '../../server/accounts/sessions/dpop.ts';
import { addInvoice, PUBLIC_URL, startTestApp, type TestApp } from '../support/app.ts';
import { BROWSER } from '../support/browser-key.ts';
import { signIn } from '../support/payer.ts';
import { load } from './programs/load.ts';

const HOLDERS = 5_000;
const ROUNDS = 5;
const ROUND_MS = 2_000;
/** Until the engine has compiled what is asked often: on a busy machine a round has a hundred requests. */
const WARM_REQUESTS = 3_000;
const PATH = '/v1/regroupements/petits-bouleaux/certificates';
const ROW = 'SELECT id, name, email, lang, created_at FROM accounts WHERE id = ?';

interface Served {
  url: string;
  headers: object;
  close(): void;
}
interface Round {
  perSecond: number;
  /** Of the server, milliseconds a request. */
  cpuMs: number;
}

export async function run(): Promise<{ name: string; lines: string[] }> {
  const t = await startTestApp();
  t.deps.log = { debug() {}, info() {}, warn() {}, error() {} };
  await fillBooks(t);
  const payer = await signIn(t, 'marie-eve@example.org');
  const headers = await balanceHeaders(t, payer);
  const a = withClient(t.deps.config.databaseUrl, payer.accountId);
  const b = withDriver(t.deps.config.databaseUrl, payer.accountId);
  const ours = await listen(t.app.fetch, headers);
  const servers: Record<string, Served> = {
    'a bare Hono route': await listen(new Hono().get('*', (c) => c.json({ status: 'ok' })).fetch),
    'baseline A': await listen(new Hono().get('*', a.route).fetch, headers),
    'baseline B': await listen(new Hono().get('*', b.route).fetch, headers),
    'GET /certificates': { ...ours, url: ours.url + PATH },
  };
  try {
    const rounds = await measure(servers);
    const of = (name: string, what: keyof Round) => (rounds.get(name) ?? []).map((one) => one[what]);
    const mid = (name: string, what: keyof Round) => median(of(name, what));
    // Of each round by itself: what the machine does besides changes from one to the next.
    const times = (to: string, what: keyof Round) => {
      const its = of(to, what);
      return median(of('GET /certificates', what).map((mine, i) => mine / (its[i] ?? Number.NaN))).toFixed(2);
    };
    return {
      name: `Signed-in balance route (3 invoices of one holder among ${HOLDERS} with 3 each)`,
      lines: Object.keys(servers).map(
        (name) =>
          `${name.padEnd(18)} ${mid(name, 'perSecond').toFixed(0).padStart(6)} requests/s, ${mid(name, 'cpuMs').toFixed(2)} ms of processor time` +
          (name === 'GET /certificates'
            ? ''
            : `; ours × ${times(name, 'perSecond')}, × ${times(name, 'cpuMs')} the processor time`),
      ),
    };
  } finally {
    for (const server of Object.values(servers)) server.close();
    a.close();
    b.close();
    await t.close();
  }
}

/** Headers of her GET /certificates; a proof of reading may be repeated. */
export async function balanceHeaders(t: TestApp, { accessToken }: { accessToken: string }): Promise<object> {
  const proof = await BROWSER.proof({
    method: 'GET',
    url: PUBLIC_URL + PATH,
    nonce: dpopNonce(t.deps),
    accessToken,
  });
  return { Authorization: `DPoP ${accessToken}`, DPoP: proof };
}

async function measure(servers: Record<string, Served>): Promise<Map<string, Round[]>> {
  const rounds = new Map<string, Round[]>();
  for (const { url, headers } of Object.values(servers))
    for (let asked = 0; asked < WARM_REQUESTS; ) asked += (await load(url, ROUND_MS, { headers })).requests;
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, { url, headers }] of Object.entries(servers)) {
      const before = process.cpuUsage();
      const { requestsPerSecond, failures, requests } = await load(url, ROUND_MS, { headers });
      if (failures > 0) throw new Error(`${name}: ${failures} requests failed`);
      const { user, system } = process.cpuUsage(before);
      rounds.set(name, [
        ...(rounds.get(name) ?? []),
        { perSecond: requestsPerSecond, cpuMs: (user + system) / 1000 / requests },
      ]);
    }
  return rounds;
}

/** A proof by jose, a row by the client. */
function withClient(url: string, id: string) {
  const client = createClient({ url });
  return {
    route: async (c: Context) => {
      await jwtVerify(c.req.header('DPoP') ?? '', EmbeddedJWK, { typ: 'dpop+jwt', algorithms: ['ES256'] });
      const { rows } = await client.execute({ sql: ROW, args: [id] });
      return c.json(rows[0]);
    },
    close: () => client.close(),
  };
}

/** A proof verified at once by a key that is kept by its thumbprint, a row by the driver. */
function withDriver(url: string, id: string) {
  const db = new Database(url.replace(/^file:/, ''));
  const statement = db.prepare(ROW);
  const keys = new Map<string, KeyObject>();
  return {
    route: (c: Context) => {
      const [header = '', claims = '', signature = ''] = (c.req.header('DPoP') ?? '').split('.');
      const { jwk } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { jwk: JWK };
      const { crv, kty, x, y } = jwk;
      const jkt = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
      const key = keys.get(jkt) ?? createPublicKey({ key: jwk, format: 'jwk' });
      keys.set(jkt, key);
      const isSound = verify(
        'sha256',
        Buffer.from(`${header}.${claims}`),
        { key, dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      );
      JSON.parse(Buffer.from(claims, 'base64url').toString());
      return isSound ? c.json(statement.get(id) as object) : c.json({}, 401);
    },
    close: () => db.close(),
  };
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
  headers: object = {},
): Promise<Served> {
  return await new Promise((resolve) => {
    const server = serve({ fetch, port: 0, hostname: '127.0.0.1' }, (info: AddressInfo) => {
      resolve({ url: `http://127.0.0.1:${info.port}`, headers, close: () => server.close() });
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
