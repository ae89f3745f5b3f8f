// How long whoever looks at her balance, and whoever clicks « Confirmer », waits while 100,000 invoices come in, by another process
// and in the server itself, against an idle server in the same run; and how long the other process holds the write lock.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ImportThread } from '../../server/import/thread.ts';
import { confirmPayment } from '../../server/payments/confirm.ts';
import type { StoredPayment } from '../../server/payments/store.ts';
import { PayPal } from '../../server/paypal/client.ts';
import { checkReversals } from '../../server/refunds/check-reversals.ts';
import { regroupementBySlug } from '../../server/regroupements/regroupements.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { signIn } from '../support/payer.ts';
import { balanceHeaders, fillBooks, listen } from './balance.ts';
import { approved, BASE, payPalInProcess } from './confirm.ts';
import { writeList } from './import-file.ts';
import { type Load, load, percentile } from './programs/load.ts';

const ROWS = Number(process.env.ROWS ?? 100_000);
const IDLE_MS = 10_000;
const ROUND_MS = 5_000;
/** Few, who think between two looks: not a test of strength. */
const LOOKING = 2;

/** Payments confirmed one after the other, with a rest between two. */
const CONFIRMED = 60;
const REST_MS = 200;

interface Waits {
  p99Ms: number;
  maxMs: number;
  /** Of each « Confirmer », PayPal's time apart. */
  confirms: number[];
}

export async function run(): Promise<{ name: string; lines: string[] }> {
  const t = await startTestApp({ paypalBaseUrl: BASE });
  const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-bench-'));
  t.deps.log = { debug() {}, info() {}, warn() {}, error() {} };
  await fillBooks(t);
  const server = await listen(t.app.fetch);
  try {
    const file = join(folder, 'liste.csv');
    await writeList(file, ROWS);
    const headers = await balanceHeaders(t, await signIn(t, 'marie-eve@example.org'));
    const url = `${server.url}/v1/regroupements/petits-bouleaux/certificates`;
    const confirming = await confirmations(t);
    const look = (during: Promise<unknown>) => waits(confirming, url, headers, during);
    await load(url, 1_000, { connections: LOOKING, headers });
    const idle = await look(sleep(IDLE_MS));
    const path = t.deps.config.databaseUrl.replace(/^file:/, '');
    let held = { heldMs: 0, heldMs99: 0 };
    const elsewhere = await look(
      inAnotherProcess(path, file).then((child) => {
        held = child;
      }),
    );
    const here = await look(
      new ImportThread(t.deps).importFile({
        by: 'cli:bench',
        regroupement: 'la-farandole',
        name: 'liste.csv',
        bytes: new Uint8Array(readFileSync(file)),
      }),
    );
    const said = ({ p99Ms, maxMs, confirms }: Waits) => {
      const [ofConfirms, ofIdle] = [percentile(confirms, 0.99), percentile(idle.confirms, 0.99)];
      return (
        `balance: 99 in 100 within ${p99Ms.toFixed(0)} ms (${(p99Ms / idle.p99Ms).toFixed(1)} times idle), longest ${maxMs.toFixed(0)} ms; ` +
        `« Confirmer », ${confirms.length} times: half within ${percentile(confirms, 0.5).toFixed(0)} ms, 99 in 100 within ${ofConfirms.toFixed(0)} ms (${(ofConfirms / ofIdle).toFixed(1)} times idle), longest ${percentile(confirms, 1).toFixed(0)} ms`
      );
    };
    return {
      name: `Her balance while ${ROWS.toLocaleString('en-CA')} invoices come in`,
      lines: [
        `idle                        ${said(idle)}`,
        `import by another process   ${said(elsewhere)}`,
        `import in the server itself ${said(here)}`,
        `the other process held the write lock for ${held.heldMs99.toFixed(0)} ms at most in 99 of 100 transactions, ${held.heldMs.toFixed(0)} ms the longest`,
      ],
    };
  } finally {
    server.close();
    await t.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Payments that wait for « Confirmer »; each call confirms the next, and answers its milliseconds, PayPal's apart. */
async function confirmations(t: TestApp): Promise<() => Promise<number | null>> {
  const { standIn, away } = payPalInProcess(t);
  const regroupement = await regroupementBySlug(t.deps, 'petits-bouleaux');
  const paypal = new PayPal(t.deps);
  const waiting: StoredPayment[] = [];
  for (let n = 0; n < 3 * CONFIRMED; n++)
    waiting.push(await approved(t, standIn, { paypal, regroupement }, `C-${n}`));
  return async () => {
    const payment = waiting.pop();
    if (payment === undefined) return null;
    const [started, before] = [performance.now(), away.ms];
    const done = await confirmPayment(t.deps, paypal, checkReversals, regroupement, payment, 10_000);
    if (done.state !== 'completed') throw new Error(done.state);
    return performance.now() - started - (away.ms - before);
  };
}

/** Asks for the balance, and confirms a payment now and then, until `during` is over. */
async function waits(
  confirm: () => Promise<number | null>,
  url: string,
  headers: object,
  during: Promise<unknown>,
): Promise<Waits> {
  let over = false;
  const end = during.finally(() => {
    over = true;
  });
  const confirms: number[] = [];
  const confirming = (async () => {
    while (!over && confirms.length < CONFIRMED) {
      const ms = await confirm();
      if (ms === null) return;
      confirms.push(ms);
      await sleep(REST_MS);
    }
  })();
  const rounds: Load[] = [];
  while (!over) rounds.push(await load(url, ROUND_MS, { connections: LOOKING, headers }));
  await Promise.all([end, confirming]);
  const failures = rounds.reduce((sum, round) => sum + round.failures, 0);
  if (failures > 0) throw new Error(`${failures} requests failed`);
  return {
    p99Ms: percentile(
      rounds.map(({ p99 }) => p99),
      0.5,
    ),
    maxMs: Math.max(...rounds.map(({ max }) => max)),
    confirms,
  };
}

async function inAnotherProcess(
  database: string,
  file: string,
): Promise<{ heldMs: number; heldMs99: number }> {
  const program = join(import.meta.dirname, 'import-child.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [program, database, file]);
  return JSON.parse(stdout) as { heldMs: number; heldMs99: number };
}

if (import.meta.main) {
  const { name, lines } = await run();
  console.log([name, ...lines].join('\n'));
}
