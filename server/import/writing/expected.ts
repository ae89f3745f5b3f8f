// How long an import takes to write, for whoever tries it first (`--dry-run`).
import { type Db, guard, isGuardFailure } from '../../db/db.ts';
import type { ImportDeps } from '../import-deps.ts';
import { Pace } from './pace.ts';
import { type Part, partsFrom, rowsOf, START, written } from './parts.ts';
import { PAUSE_MS } from './tables.ts';

/** So many are enough to know how fast the machine is now. */
const MOST_TRIED = 10;
/** The number of no import. */
const NOBODYS = 0;

/**
 * About how many milliseconds `merge` and the sweep after it would take: its first batches are written, and undone; and each
 * time as much text as they hold is written for good, beside the import, for what the disk takes.
 */
export async function mergeMs(deps: ImportDeps, staging: Db, importId: string): Promise<number> {
  const { rows } = await staging.execute<{ many: number; changed: number }>(
    'SELECT COALESCE(SUM(many), 0) AS many, COALESCE(SUM(many * changes), 0) AS changed FROM import_writes',
  );
  const [all = { many: 0, changed: 0 }] = rows;
  const pace = await Pace.measured(deps, () => undone(deps, []));
  const tries: Tried[] = [];
  while (tries.length < MOST_TRIED && sum(tries).rows < all.many) {
    const started = deps.now();
    // Always the first: others refer to rows that were undone.
    const parts = await partsFrom(staging, START, pace.rows);
    await undone(deps, parts);
    pace.saw(rowsOf(parts), deps.now() - started);
    await deps.db.execute('UPDATE imports SET report = ? WHERE id = ?', [textOf(parts), importId]);
    await deps.sleep(PAUSE_MS);
    tries.push({ rows: rowsOf(parts), ms: deps.now() - started });
  }
  await deps.db.execute("UPDATE imports SET report = '{}' WHERE id = ?", [importId]);
  const tried = sum(tries);
  // The later ones found their size.
  const restMs = (all.many - tried.rows) * rowMs(tries.slice(tries.length / 2));
  // What rows of before become is written once more, into their columns, as many at once as the first time.
  const takenOverMs = (all.changed / 2) * rowMs(tries.slice(0, 1));
  return tried.ms + restMs + takenOverMs;
}

/** How many rows wait to be written. */
export async function rowsToWrite(staging: Db): Promise<number> {
  const { rows } = await staging.execute<{ many: number }>(
    'SELECT COALESCE(SUM(many), 0) AS many FROM import_writes',
  );
  return rows[0]?.many ?? 0;
}

interface Tried {
  rows: number;
  ms: number;
}
function sum(tries: readonly Tried[]): Tried {
  return tries.reduce((a, b) => ({ rows: a.rows + b.rows, ms: a.ms + b.ms }), { rows: 0, ms: 0 });
}

function rowMs(tries: readonly Tried[]): number {
  const { rows, ms } = sum(tries);
  return ms / Math.max(1, rows);
}

/** As long as what the parts hold. */
function textOf(parts: readonly Part[]): string {
  const texts = parts.map(({ pile: { rows, many }, from, to }) =>
    rows.slice(0, (rows.length * (to - from)) / many),
  );
  return JSON.stringify(texts);
}

async function undone(deps: ImportDeps, parts: readonly Part[]): Promise<void> {
  const statements = [
    ...parts.flatMap((part) => written(part, NOBODYS, Number.MAX_SAFE_INTEGER)),
    guard('0'),
  ];
  await deps.db.batch(statements).catch((error: unknown) => {
    if (!isGuardFailure(error)) throw error;
  });
}
