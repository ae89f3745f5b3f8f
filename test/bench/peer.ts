// A peer beside us: a session looked at and a sign-in of better-auth's, by the processor, each server on a SQLite file of its own, in
// the same run and process. Its session is a cookie, signed, whose row is read at each call; ours is a token and a proof of this
// browser's key, both verified at each call, beside the rows. It brings 80 MB that nothing else here needs: installed aside.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { dpopNonce } from '../../server/accounts/sessions/dpop.ts';
import { PUBLIC_URL, startTestApp, type TestApp } from '../support/app.ts';
import { BROWSER } from '../support/browser-key.ts';
import { signIn } from '../support/payer.ts';

const VERSION = '1.7.25';
const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'node_modules/.cache/better-auth');
const INSTALLED = join(FOLDER, 'node_modules/better-auth/dist');
const CHECKS = 500;
const SIGN_INS = 10;
const ROUNDS = 5;
const EMAIL = 'marie-eve@example.org';
/** What `signIn` of test/support gives an account. */
const PASSWORD = 'sept grenouilles bleues';
const BASE = `${PUBLIC_URL}/v1/regroupements/petits-bouleaux`;

type Fetch = (request: Request) => Response | Promise<Response>;
interface Server {
  fetch: Fetch;
  /** One call of each kind, as a browser sends it. */
  check(): Promise<Request>;
  signIn(): Promise<Request>;
}

export async function run(): Promise<{ name: string; lines: string[] }> {
  const name = `Beside better-auth ${VERSION}, milliseconds of processor time`;
  if (!existsSync(INSTALLED))
    return {
      name,
      lines: [
        `not measured; to install it: npm install --prefix ${relative(ROOT, FOLDER)} --no-save --ignore-scripts better-auth@${VERSION}`,
      ],
    };
  const t = await startTestApp();
  t.deps.log = { debug() {}, info() {}, warn() {}, error() {} };
  const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-peer-'));
  const database = new DatabaseSync(join(folder, 'peer.db'));
  try {
    const servers = [await ours(t), await betterAuth(database)] as const;
    return {
      name,
      lines: [
        line('a session looked at', await compared(servers, 'check', CHECKS)),
        line('a sign-in', await compared(servers, 'signIn', SIGN_INS)),
      ],
    };
  } finally {
    database.close();
    await t.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function line(what: string, [mine, its]: readonly [number, number]): string {
  return `${what}: ours ${mine.toFixed(2)}, its ${its.toFixed(2)}; ours × ${(mine / its).toFixed(2)}`;
}

/** Medians of rounds that take turns. */
async function compared(
  servers: readonly [Server, Server],
  what: 'check' | 'signIn',
  times: number,
): Promise<readonly [number, number]> {
  const spent: [number[], number[]] = [[], []];
  // The first round fills caches.
  for (let round = 0; round <= ROUNDS; round++)
    for (const [i, server] of servers.entries()) {
      const ms = await cpuMs(server, what, times);
      if (round > 0) spent[i as 0 | 1].push(ms);
    }
  const mid = (of: number[]) => of.toSorted((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN;
  return [mid(spent[0]), mid(spent[1])];
}

async function cpuMs(server: Server, what: 'check' | 'signIn', times: number): Promise<number> {
  // What a browser does is not counted.
  const requests: Request[] = [];
  for (let i = 0; i < times; i++) requests.push(await server[what]());
  const before = process.cpuUsage();
  for (const request of requests) {
    const answer = await server.fetch(request);
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / times;
}

async function ours(t: TestApp): Promise<Server> {
  const { accessToken } = await signIn(t, EMAIL);
  const nonce = dpopNonce(t.deps);
  const proof = await BROWSER.proof({ method: 'GET', url: `${BASE}/me`, nonce, accessToken });
  return {
    fetch: t.app.fetch,
    check: async () =>
      new Request(`${BASE}/me`, { headers: { Authorization: `DPoP ${accessToken}`, DPoP: proof } }),
    signIn: async () => {
      // Its limits are for people.
      await t.deps.db.execute('DELETE FROM rate_limits');
      const url = `${BASE}/sessions`;
      return posted(
        url,
        { email: EMAIL, password: PASSWORD },
        {
          DPoP: await BROWSER.proof({ method: 'POST', url, nonce }),
        },
      );
    },
  };
}

async function betterAuth(database: DatabaseSync): Promise<Server> {
  const load = (path: string) => import(pathToFileURL(join(INSTALLED, path)).href);
  const { betterAuth: make } = await load('index.mjs');
  const { getMigrations } = await load('db/get-migration.mjs');
  const options = {
    database,
    emailAndPassword: { enabled: true },
    secret: 'test-key-of-at-least-thirty-two-characters',
    baseURL: PUBLIC_URL,
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
  };
  await (await getMigrations(options)).runMigrations();
  const { handler } = make(options) as { handler: Fetch };
  const at = (path: string) => `${PUBLIC_URL}/api/auth${path}`;
  const post = (path: string, json: object) => posted(at(path), json, { Origin: PUBLIC_URL });
  const signIn = () => post('/sign-in/email', { email: EMAIL, password: PASSWORD });
  await handler(post('/sign-up/email', { name: 'Marie-Ève', email: EMAIL, password: PASSWORD }));
  const cookie = (await handler(signIn())).headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  return {
    fetch: handler,
    check: async () => new Request(at('/get-session'), { headers: { Cookie: cookie } }),
    signIn: async () => signIn(),
  };
}

function posted(url: string, json: object, headers: Record<string, string>): Request {
  return new Request(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(json),
  });
}

if (import.meta.main) {
  const { name, lines } = await run();
  console.log([name, ...lines].join('\n'));
}
