// Bringing in 100,000 invoices against the least that an honest import could do, in the same run; the same file again; and
// how much memory it takes at 50,000 and at 300,000, which must not grow with the file.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeList } from './import-file.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Measured {
  seconds: number;
  cpu: number;
}
interface Import extends Measured {
  /** The longest that a transaction held the write lock, and what ninety-nine in a hundred did not reach. */
  heldMs: number;
  heldMs99: number;
  /** Of a trial. */
  expectedSeconds: number | null;
  megabytes: number;
}

export async function run(): Promise<{ name: string; lines: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-bench-'));
  const of = (name: string) => join(folder, name);
  try {
    for (const rows of [50_000, 100_000, 300_000]) await writeList(of(`${rows}.csv`), rows);
    const child = <M extends Measured>(program: string, ...args: string[]) => measured<M>(program, args);
    const bring = (rows: number, ...how: string[]) =>
      child<Import>('import-child.ts', of(`${rows}.db`), of(`${rows}.csv`), ...how);
    const [small, trial, whole] = [bring(50_000), bring(100_000, 'trial'), bring(100_000)];
    const least = child<Measured>('least-work.ts', of('100000.db'), of('least.db'));
    const again = bring(100_000);
    const large = bring(300_000);
    const ratio = (one: Measured) =>
      `${one.seconds.toFixed(1)} s, ${(one.seconds / least.seconds).toFixed(1)} times the least (processor ${(one.cpu / least.cpu).toFixed(1)} times)`;
    return {
      name: 'Import of 100,000 invoices, one a row, beside the same rows written ready made in one transaction',
      lines: [
        `the least ${least.seconds.toFixed(1)} s`,
        `import ${ratio(whole)}`,
        `its trial foretold ${trial.expectedSeconds ?? 0} s`,
        `the same file again, unchanged ${ratio(again)}`,
        `the write lock held for ${whole.heldMs99.toFixed(0)} ms at most in 99 of 100 transactions, ${whole.heldMs.toFixed(0)} ms the longest`,
        `peak memory ${small.megabytes} MB at 50,000 rows, ${large.megabytes} MB at 300,000: ratio ${(large.megabytes / small.megabytes).toFixed(2)}`,
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A process of its own, so that its peak memory is its own. */
function measured<M>(program: string, args: readonly string[]): M {
  const child = spawnSync(process.execPath, [join('test/bench', program), ...args], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout) as M;
}

if (import.meta.main) {
  const { name, lines } = await run();
  console.log([name, ...lines].join('\n'));
}
