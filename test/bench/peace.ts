// How long whoever looks at her balance waits while 100,000 invoices come in, by another process and in the server itself,
// against an idle server in the same run; and how long a write of one row waits for the lock.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ImportThread } from '../../server/import/thread.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { signIn } from '../support/payer.ts';
import { balanceHeaders, fillBooks, listen } from './balance.ts';
import { writeList } from './import-file.ts';
import { type Load, load, percentile } from './programs/load.ts';

const ROWS = Number(process.env.ROWS ?? 100_000);
const IDLE_MS = 10_000;
const ROUND_MS = 5_000;
/** Few, who think between two looks: not a test of strength. */
const LOOKING = 2;

interface Waits {
  p99Ms: number;
  maxMs: number;
  /** Of the write of one row. */
  writeMs: number;
}

export async function run(): Promise<{ name: string; lines: string[] }> {
  const t = await startTestApp();
  const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-bench-'));
  t.deps.log = { debug() {}, info() {}, warn() {}, error() {} };
  await fillBooks(t);
  const server = await listen(t.app.fetch);
  try {
    const file = join(folder, 'liste.csv');
    await writeList(file, ROWS);
    const headers = await balanceHeaders(t, await signIn(t, 'marie-eve@example.org'));
    const url = `${server.url}/v1/regroupements/petits-bouleaux/certificates`;
    const look = (during: Promise<unknown>) => waits(t, url, headers, during);
    await load(url, 1_000, { connections: LOOKING, headers });
    const idle = await look(sleep(IDLE_MS));
    const path = t.deps.config.databaseUrl.replace(/^file:/, '');
    const elsewhere = await look(inAnotherProcess(path, file));
    const here = await look(
      new ImportThread(t.deps).importFile({
        by: 'cli:bench',
        regroupement: 'la-farandole',
        name: 'liste.csv',
        bytes: new Uint8Array(readFileSync(file)),
      }),
    );
    const said = ({ p99Ms, maxMs, writeMs }: Waits) =>
      `99 in 100 within ${p99Ms.toFixed(0)} ms (${(p99Ms / idle.p99Ms).toFixed(1)} times idle), longest ${maxMs.toFixed(0)} ms; a write within ${writeMs.toFixed(0)} ms`;
    return {
      name: `Her balance while ${ROWS.toLocaleString('en-CA')} invoices come in`,
      lines: [
        `idle                        ${said(idle)}`,
        `import by another process   ${said(elsewhere)}`,
        `import in the server itself ${said(here)}`,
      ],
    };
  } finally {
    server.close();
    await t.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Asks for the balance, and writes a row now and then, until `during` is over. */
async function waits(t: TestApp, url: string, headers: object, during: Promise<unknown>): Promise<Waits> {
  let over = false;
  const end = during.finally(() => {
    over = true;
  });
  let writeMs = 0;
  const writing = (async () => {
    while (!over) {
      const asked = performance.now();
      await t.deps.db.execute(
        "INSERT INTO leases(name, holder, until) VALUES ('bench', 'b', 0) ON CONFLICT(name) DO UPDATE SET until = until + 1",
      );
      writeMs = Math.max(writeMs, performance.now() - asked);
      await sleep(50);
    }
  })();
  const rounds: Load[] = [];
  while (!over) rounds.push(await load(url, ROUND_MS, { connections: LOOKING, headers }));
  await Promise.all([end, writing]);
  const failures = rounds.reduce((sum, round) => sum + round.failures, 0);
  if (failures > 0) throw new Error(`${failures} requests failed`);
  return {
    p99Ms: percentile(
      rounds.map(({ p99 }) => p99),
      0.5,
    ),
    maxMs: Math.max(...rounds.map(({ max }) => max)),
    writeMs,
  };
}

async function inAnotherProcess(database: string, file: string): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'import-child.ts'), database, file], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error('the import failed');
}

if (import.meta.main) {
  const { name, lines } = await run();
  console.log([name, ...lines].join('\n'));
}
