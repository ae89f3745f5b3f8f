// `npm run simulate -- --seed N --histories M`: plays histories, exit 0 when every rule held. A history that goes wrong
// prints its seed; `--seed S --histories 1` tells it again.
import { rmSync } from 'node:fs';
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
        stage.strike();
      }
      progress(n + 1);
    }
    return { histories, seen, steps, failed: null };
  } finally {
    rmSync(template.folder, { recursive: true, force: true });
  }
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
  'taken back': 0.2,
  held: 0.1,
  disputed: 0.1,
  'dispute won': 0.1,
  'dispute lost': 0.05,
  'given back': 0.02,
};

/** What was seen too seldom in these histories. */
export function seldom({ seen, histories }: Outcome): string[] {
  return Object.entries(COVERAGE).flatMap(([what, least]) => {
    const each = (seen.get(what) ?? 0) / histories;
    return each < least ? [`${what}: ${each.toFixed(2)} a history, at least ${least} wanted`] : [];
  });
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { seed: { type: 'string', default: '1' }, histories: { type: 'string', default: '1000' } },
  });
  const started = Date.now();
  const outcome = await simulate(Number(values.seed), Number(values.histories), (done) => {
    if (done % 100 === 0) process.stderr.write(`${done} histories\n`);
  });
  const seconds = (Date.now() - started) / 1000;
  console.log(
    `${outcome.histories} histories, ${outcome.steps} steps, ${seconds.toFixed(1)} s (${(outcome.histories / seconds).toFixed(1)} a second)`,
  );
  for (const [what, times] of [...outcome.seen].sort())
    console.log(`  ${(times / outcome.histories).toFixed(2).padStart(8)}  ${what}`);
  if (outcome.failed !== null) {
    console.log(
      `\nseed ${outcome.failed.seed} went wrong: npm run simulate -- --seed ${outcome.failed.seed} --histories 1`,
    );
    console.error(outcome.failed.error);
    process.exitCode = 1;
  } else if (Number(values.histories) >= 50) {
    const missing = seldom(outcome);
    for (const line of missing) console.log(`seen too seldom: ${line}`);
    if (missing.length > 0) process.exitCode = 1;
  }
}
