// `npm run simulate -- --seed N --histories M --jobs J`: plays histories, exit 0 when every rule held. A history that goes
// wrong prints its seed; `--seed S --histories 1` tells it again.
import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import { makeTemplate, Stage } from './fixture.ts';
import { playHistory } from './history.ts';

export interface Outcome {
  histories: number;
  /** How often each thing was seen. */
  seen: Map<string, number>;
  steps: number;
  failed: { seed: number; error: unknown } | null;
}

/** Plays `histories` from `seed` on, one seed each; stops at the first that goes wrong. */
export async function simulate(
  seed: number,
  histories: number,
  progress: (done: number) => void = () => {},
): Promise<Outcome> {
  const template = await makeTemplate();
  const seen = new Map<string, number>();
  let steps = 0;
  try {
    for (let n = 0; n < histories; n++) {
      const stage = await Stage.set(template, seed + n, seen);
      try {
        await playHistory(stage);
      } catch (error) {
        return { histories: n + 1, seen, steps, failed: { seed: seed + n, error } };
      } finally {
        steps += stage.world.steps;
      }
      progress(n + 1);
    }
    return { histories, seen, steps, failed: null };
  } finally {
    template.database.remove();
  }
}

/** The same in `jobs` processes, each with a range of the seeds; the first seed that went wrong is the lowest one. */
export async function simulateInProcesses(seed: number, histories: number, jobs: number): Promise<Outcome> {
  const bound = (n: number) => Math.floor((histories * n) / jobs);
  const outcomes = await Promise.all(
    Array.from({ length: jobs }, (_, n) => playedBy(seed + bound(n), bound(n + 1) - bound(n))),
  );
  const seen = new Map<string, number>();
  for (const outcome of outcomes)
    for (const [what, times] of outcome.seen) seen.set(what, (seen.get(what) ?? 0) + times);
  return {
    histories: outcomes.reduce((sum, one) => sum + one.histories, 0),
    seen,
    steps: outcomes.reduce((sum, one) => sum + one.steps, 0),
    failed: outcomes.find(({ failed }) => failed !== null)?.failed ?? null,
  };
}

// The process is this very file, and answers with its outcome as a message.
async function playedBy(seed: number, histories: number): Promise<Outcome> {
  const child = fork(import.meta.filename, ['--seed', String(seed), '--histories', String(histories)], {
    serialization: 'advanced',
  });
  return new Promise((resolve, reject) => {
    child.once('message', (outcome) => resolve(outcome as Outcome));
    child.once('error', reject);
    child.once('disconnect', () => reject(new Error(`the process from seed ${seed} on ended early`)));
  });
}

/** What each history must show on average: a simulation that seldom captures proves nothing. */
export const COVERAGE: Readonly<Record<string, number>> = {
  capture: 0.8,
  'crash before': 0.1,
  'crash after': 0.1,
  'capture lost before': 0.02,
  'capture lost after': 0.02,
  'refund by staff': 0.1,
  'refund lost after': 0.05,
  'confirm beside another call': 0.3,
  cheque: 0.3,
  'approved declined': 0.1,
  'approved pending': 0.1,
  'mail trouble': 0.1,
  'attachment drawn': 0.1,
  'taken back': 0.2,
  held: 0.1,
  disputed: 0.1,
  'dispute won': 0.1,
  'dispute lost': 0.05,
  'given back': 0.02,
  'given back before she confirms': 0.05,
  'held before she confirms': 0.01,
  'confirm of what came again': 0.04,
};

/** What was seen too seldom in these histories. */
export function seldom({ seen, histories }: Outcome): string[] {
  return Object.entries(COVERAGE).flatMap(([what, least]) => {
    const each = (seen.get(what) ?? 0) / histories;
    return each < least ? [`${what}: ${each.toFixed(2)} a history, at least ${least} wanted`] : [];
  });
}

const USAGE = `npm run simulate -- [--seed N] [--histories M] [--jobs J]

Plays M histories (1000), one for each seed from N (1) on, in J processes (1).
Exit 0: every rule held. Exit 1: a history went wrong, or too little happened to prove anything.`;

// What was asked for; null where it is not understood.
function asked(): { seed: number; histories: number; jobs: number } | null {
  const option = (otherwise: number) => ({ type: 'string', default: String(otherwise) }) as const;
  try {
    const { values } = parseArgs({
      options: { seed: option(1), histories: option(1000), jobs: option(1) },
    });
    const [seed = 0, histories = 0, jobs = 0] = [values.seed, values.histories, values.jobs].map((text) =>
      /^\d{1,9}$/.test(text) ? Number(text) : 0,
    );
    return histories > 0 && jobs > 0 && jobs <= histories ? { seed, histories, jobs } : null;
  } catch {
    return null;
  }
}

function report(outcome: Outcome, seconds: number): void {
  const each = (outcome.histories / seconds).toFixed(1);
  console.log(
    `${outcome.histories} histories, ${outcome.steps} steps, ${seconds.toFixed(1)} s (${each} a second)`,
  );
  for (const [what, times] of [...outcome.seen].sort())
    console.log(`  ${(times / outcome.histories).toFixed(2).padStart(8)}  ${what}`);
  if (outcome.failed !== null) {
    const { seed, error } = outcome.failed;
    console.log(`\nseed ${seed} went wrong: npm run simulate -- --seed ${seed} --histories 1`);
    console.error(error);
    process.exitCode = 1;
  } else if (outcome.histories >= 50) {
    const missing = seldom(outcome);
    for (const line of missing) console.log(`seen too seldom: ${line}`);
    if (missing.length > 0) process.exitCode = 1;
  }
}

async function main(): Promise<void> {
  const wanted = asked();
  if (wanted === null) {
    console.log(USAGE);
    process.exitCode = process.argv.includes('--help') ? 0 : 2;
    return;
  }
  // One of several processes ends with the first.
  process.once('disconnect', () => process.exit(1));
  const { seed, histories, jobs } = wanted;
  const started = Date.now();
  const outcome =
    jobs > 1
      ? await simulateInProcesses(seed, histories, jobs)
      : await simulate(seed, histories, (done) => {
          if (done % 100 === 0) process.stderr.write(`${done} histories from seed ${seed} on\n`);
        });
  if (process.send === undefined) report(outcome, (Date.now() - started) / 1000);
  else process.send(outcome, undefined, undefined, () => process.exit());
}

if (import.meta.main) await main();
