// What a server process takes before its first request and after many: processor time to ready, and resident memory at rest, after
// twenty thousand signed-in balances and after a hundred thousand more; beside a bare Hono server. Reads /proc: on Linux only.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { issueAccessToken } from '../../server/accounts/sessions/access-tokens.ts';
import { dpopNonce } from '../../server/accounts/sessions/dpop.ts';
import { addInvoice, PUBLIC_URL, startTestApp } from '../support/app.ts';
import { BROWSER } from '../support/browser-key.ts';
import { signIn } from '../support/payer.ts';

const STARTS = 9;
/** Twenty thousand fill what is kept; a hundred thousand more must add nothing. `REQUESTS=1000` for a short one. */
const FILLING = Number(process.env.REQUESTS ?? 20_000);
const REQUESTS = [1, 2, 4, 6].map((times) => times * FILLING);
/** Between two moments the garbage collector may have left as much. */
const LEVEL_MB = 15;
/** By connections that each ask for some answers at once: to wait for one before asking for the next takes both sides far longer. */
const CONNECTIONS = 4;
const AT_ONCE = 10;
/** A token lives for ten minutes, and a busy machine takes longer than that for all of them; a proof of reading may be repeated. */
const WITH_ONE_TOKEN = Math.min(4_000, FILLING);
/** Linux counts in hundredths of a second. */
const MS_A_TICK = 10;
const PAGE_BYTES = 4096;
const ROOT = join(import.meta.dirname, '../..');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: { server: string };
};
/** As `npm run server`, the image and the service start it. */
export const OURS = scripts.server.replace(/^node /, '');

export interface Started {
  child: ChildProcess;
  port: number;
  cpuMs: number;
}

export async function run(): Promise<{ name: string; lines: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-start-'));
  let end = async () => {};
  try {
    const { path, headers, env, close } = await prepare(folder);
    end = close;
    const ours = () => start(OURS, env);
    const bare = () => start('test/bench/programs/bare.ts', {});
    // TypeScript, like all that is written here; plain JavaScript spares it the loading of what strips types.
    const plain = () => start('test/bench/programs/bare-plain.js', {});
    const [took = 0, least = 0, plainly = 0] = await cpuToReady([ours, bare, plain]);
    return {
      name: 'A server process',
      lines: [
        `processor time to ready: ${took.toFixed(0)} ms, a bare Hono server ${least.toFixed(0)} ms: ratio ${(took / least).toFixed(1)} (aim 3); one in plain JavaScript ${plainly.toFixed(0)} ms: ratio ${(took / plainly).toFixed(1)}`,
        `resident memory, ours: ${await memory(await ours(), path, headers)}`,
        `resident memory, a bare Hono server: ${await memory(await bare(), path, headers)}`,
      ],
    };
  } finally {
    await end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A database with somebody signed in, and the settings of a server on it. */
export async function prepare(folder: string) {
  const t = await startTestApp({ folder, now: Date.now() });
  await addInvoice(t.deps, 'petits-bouleaux', {
    firstName: 'Marie-Ève',
    lastName: 'Tremblay',
    email: 'marie-eve@example.org',
    certificate: 'PB-004512',
    invoice: 'PB-1',
    totalCents: 29_613,
  });
  const { aud, sub, sid, cnf } = decodeJwt<{ sid: string; cnf: { jkt: string } }>(
    (await signIn(t, 'marie-eve@example.org')).accessToken,
  );
  const session = { sessionId: sid, accountId: sub ?? '', regroupementId: String(aud) };
  const deps = { ...t.deps, now: Date.now };
  const path = '/v1/regroupements/petits-bouleaux/certificates';
  const proof = async () => {
    const accessToken = await issueAccessToken(deps, session, cnf.jkt);
    const nonce = dpopNonce(deps);
    return {
      Authorization: `DPoP ${accessToken}`,
      DPoP: await BROWSER.proof({ method: 'GET', url: PUBLIC_URL + path, nonce, accessToken }),
    };
  };
  const { databaseUrl, secretKeys } = t.deps.config;
  return {
    close: () => t.close(),
    path,
    headers: proof,
    env: {
      PORT: '0',
      DATABASE_URL: databaseUrl,
      PUBLIC_URL,
      SMTP_URL: 'smtp://127.0.0.1:1',
      MAIL_FROM: 'paiement@pay.test',
      PAYPAL_BASE_URL: 'http://127.0.0.1:1',
      SECRET_KEY: secretKeys.join(','),
      LOG_LEVEL: 'silent',
    },
  };
}

/** Starts a program, with Node's flags before it, that says on which port it is ready. */
export async function start(program: string, env: Record<string, string>): Promise<Started> {
  const child = spawn(process.execPath, program.split(' '), {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const chunk of child.stdout) {
    said += String(chunk);
    const port = /ready on port (\d+)/.exec(said)?.[1];
    if (port === undefined) continue;
    return { child, port: Number(port), cpuMs: cpuMsOf(child) };
  }
  throw new Error(`${program} ended: ${said}`);
}

/** What the process took of the processor until now. */
export function cpuMsOf(child: Pick<ChildProcess, 'pid'>): number {
  const [, user = 0, system = 0] = /\) \S+(?: \S+){10} (\d+) (\d+)/.exec(proc(child, 'stat')) ?? [];
  return (Number(user) + Number(system)) * MS_A_TICK;
}

// By turns: what else the machine does falls on each alike.
async function cpuToReady(programs: readonly (() => Promise<Started>)[]): Promise<number[]> {
  const times: number[][] = programs.map(() => []);
  // The first compiles.
  for (let i = 0; i <= STARTS; i++)
    for (const [which, begin] of programs.entries()) {
      const { child, cpuMs } = await begin();
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill();
      await ended;
      if (i > 0) times[which]?.push(cpuMs);
    }
  return times.map((of) => of.sort((a, b) => a - b)[STARTS >> 1] ?? 0);
}

async function memory(
  { child, port }: Started,
  path: string,
  headers: () => Promise<object>,
): Promise<string> {
  const megabytes = () => (Number(proc(child, 'statm').split(' ')[1]) * PAGE_BYTES) / 1e6;
  try {
    const told = [`${megabytes().toFixed(0)} MB at rest`];
    const seen: number[] = [];
    let done = 0;
    for (const many of REQUESTS) {
      for (; done < many; done += WITH_ONE_TOKEN) await ask(port, path, await headers(), WITH_ONE_TOKEN);
      seen.push(megabytes());
      told.push(`${megabytes().toFixed(0)} MB after ${done.toLocaleString('en-CA')} requests`);
    }
    const added = (seen.at(-1) ?? Number.NaN) - (seen[0] ?? Number.NaN);
    const kept = added <= LEVEL_MB ? 'kept' : 'NOT KEPT';
    return `${told.join(', ')}: ${added.toFixed(0)} MB added since the first of these (at most ${LEVEL_MB}: ${kept})`;
  } finally {
    child.kill();
  }
}

/** Asks for `path` so many times. Throws when an answer is not 200. */
async function ask(port: number, path: string, headers: object, many: number): Promise<void> {
  const lines = Object.entries({ Host: 'localhost', ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const requests = `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`.repeat(AT_ONCE);
  const each = many / CONNECTIONS;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, () => askOn(connect(port, '127.0.0.1'), requests, each)),
  );
}

async function askOn(socket: Socket, requests: string, many: number): Promise<void> {
  let answered = 0;
  let rest = '';
  socket.setEncoding('latin1').write(requests);
  for await (const chunk of socket) {
    const statuses = (rest + chunk).match(/HTTP\/1\.1 \d{3}/g) ?? [];
    rest = (rest + chunk).slice(1 - 'HTTP/1.1 200'.length);
    const failed = statuses.find((status) => !status.endsWith('200'));
    if (failed !== undefined) throw new Error(`a request was answered ${failed}`);
    answered += statuses.length;
    if (answered >= many) return;
    if (statuses.length > 0 && answered % AT_ONCE === 0) socket.write(requests);
  }
  throw new Error('the server hung up');
}

function proc({ pid }: Pick<ChildProcess, 'pid'>, file: string): string {
  return readFileSync(`/proc/${pid}/${file}`, 'utf8');
}

if (import.meta.main) {
  const { name, lines } = await run();
  console.log([name, ...lines].join('\n'));
}
