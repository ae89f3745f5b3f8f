// What a server process takes before its first request and after many: processor time to ready, and resident memory at rest, after
// twenty thousand signed-in balances and after a hundred thousand more; beside a bare Hono server. Reads /proc: on Linux only.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { issueAccessToken } from '../../server/accounts/sessions/access-tokens.ts';
import { dpopNonce } from '../../server/accounts/sessions/dpop.ts';
import { addInvoice, PUBLIC_URL, startTestApp } from '../support/app.ts';
import { BROWSER } from '../support/browser-key.ts';
import { signIn } from '../support/payer.ts';
import { load } from './programs/load.ts';

const STARTS = 5;
const REQUESTS = [20_000, 40_000, 80_000, 120_000];
const ROUND_MS = 10_000;
/** Linux counts in hundredths of a second. */
const MS_A_TICK = 10;
const PAGE_BYTES = 4096;
const ROOT = join(import.meta.dirname, '../..');

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
    const ours = () => start('server/main.ts', env);
    const bare = () => start('test/bench/programs/bare.ts', {});
    const [took, least] = [await cpuToReady(ours), await cpuToReady(bare)];
    return {
      name: 'A server process',
      lines: [
        `processor time to ready: ${took.toFixed(0)} ms, a bare Hono server ${least.toFixed(0)} ms: ratio ${(took / least).toFixed(1)}`,
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
  // A token lives for ten minutes, and a busy machine takes longer than that; a proof of reading may be repeated.
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

/** Starts a program that says on which port it is ready. */
export async function start(program: string, env: Record<string, string>): Promise<Started> {
  const child = spawn(process.execPath, [program], {
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
export function cpuMsOf(child: ChildProcess): number {
  const [, user = 0, system = 0] = /\) \S+(?: \S+){10} (\d+) (\d+)/.exec(proc(child, 'stat')) ?? [];
  return (Number(user) + Number(system)) * MS_A_TICK;
}

async function cpuToReady(begin: () => Promise<Started>): Promise<number> {
  const times = [];
  // The first compiles.
  for (let i = 0; i <= STARTS; i++) {
    const { child, cpuMs } = await begin();
    child.kill();
    if (i > 0) times.push(cpuMs);
  }
  return times.sort((a, b) => a - b)[STARTS >> 1] ?? 0;
}

async function memory(
  { child, port }: Started,
  path: string,
  headers: () => Promise<object>,
): Promise<string> {
  const megabytes = () =>
    `${((Number(proc(child, 'statm').split(' ')[1]) * PAGE_BYTES) / 1e6).toFixed(0)} MB`;
  try {
    const told = [`${megabytes()} at rest`];
    let done = 0;
    for (const many of REQUESTS) {
      while (done < many) {
        const { requests, failures } = await load(`http://127.0.0.1:${port}${path}`, ROUND_MS, {
          headers: await headers(),
        });
        if (failures > 0) throw new Error(`${failures} requests failed`);
        done += requests;
      }
      told.push(`${megabytes()} after ${done.toLocaleString('en-CA')} requests`);
    }
    return told.join(', ');
  } finally {
    child.kill();
  }
}

function proc({ pid }: ChildProcess, file: string): string {
  return readFileSync(`/proc/${pid}/${file}`, 'utf8');
}

if (import.meta.main) {
  const { name, lines } = await run();
  console.log([name, ...lines].join('\n'));
}
