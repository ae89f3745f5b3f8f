// From the pile into the books: new rows, and what rows of before become, in short batches that nobody sees; then one batch
// that makes all of it visible, or nothing. What rows became is taken over into their columns afterwards (sweep.ts).
import { type Actor, audited } from '../../audit.ts';
import { type Db, guard, isGuardFailure, type Statement } from '../../db/db.ts';
import type { ImportDeps } from '../import-deps.ts';
import { LEASE } from '../lease.ts';
import type { Refusal } from '../refusal.ts';
import { type Attempt, hindrance } from './hindrance.ts';
import { Pace } from './pace.ts';
import { endOf, type Place, partsFrom, rowsOf, START, written } from './parts.ts';
import { PAUSE_MS } from './tables.ts';

interface Merging {
  /** How many rows the file has, and what became of them. */
  report: {
    rows: number;
    accepted: number;
    refused: number;
    /** What was let through, and how often. */
    evenSo: Readonly<Record<string, number>>;
  };
  /** Where the file's balance is not ours: kept for the staff's list. */
  conflicts: readonly object[];
  /** Whose import it is, for the audit. */
  regroupementId: string;
  actor: Actor;
  /** When the books began to be read for it. */
  since: number;
  /** After each batch: how many rows are written. */
  progress: (rows: number) => Promise<void>;
}

/** For `since`, before the books are read: now, or when the last import came in, where another machine's clock is ahead. */
export async function readingSince(deps: ImportDeps): Promise<number> {
  const { rows } = await deps.db.execute<{ last: number | null }>(
    'SELECT max(merged_at) AS last FROM imports WHERE no IS NOT NULL',
  );
  return Math.max(deps.now(), rows[0]?.last ?? 0);
}

/** What the batch does that makes all of it visible, beside that. */
export interface Shown {
  progress: (rows: number) => Promise<void>;
  statements: readonly Statement[];
}

/**
 * Brings in what the staging database holds, or answers why nothing of it is visible: another import has taken over, a payment
 * began to hold an invoice whose amount would change, or somebody has changed what it changes. Throws ImportBusy.
 */
export async function merge(
  deps: ImportDeps,
  staging: Db,
  importId: string,
  merging: Merging,
): Promise<Refusal | null> {
  return await mergeAs(deps, staging, importId, merging.since, (no) => ({
    progress: merging.progress,
    statements: imported(deps, importId, no, merging),
  }));
}

/** The same for what is no file: `shown` is given the number that the rows are hidden by. */
export async function mergeAs(
  deps: ImportDeps,
  staging: Db,
  importId: string,
  since: number,
  shown: (no: number) => Shown,
): Promise<Refusal | null> {
  const attempt: Attempt = { importId, no: await hide(deps, importId), since, written: START };
  const { progress, statements } = shown(attempt.no);
  try {
    let rows = 0;
    for await (const { place, many } of write(deps, staging, attempt)) {
      attempt.written = place;
      rows += many;
      await progress(rows);
      await deps.sleep(PAUSE_MS);
    }
    await show(deps, attempt, statements);
    return null;
  } catch (error) {
    if (!isGuardFailure(error)) throw error;
    return await hindrance(deps, staging, attempt);
  }
}

// Whoever lost the lease may have lost hidden rows too: nothing more is written, and nothing half is shown.
function alive({ importId, no }: Attempt): Statement[] {
  return [
    guard('EXISTS (SELECT 1 FROM leases WHERE name = ? AND holder = ?)', [LEASE, importId]),
    guard('EXISTS (SELECT 1 FROM hidden_imports WHERE no = ? AND abandoned = 0)', [no]),
  ];
}

/** Writes all of it, hidden; answers after each batch how far it came, and how many rows it wrote. */
async function* write(
  deps: ImportDeps,
  staging: Db,
  attempt: Attempt,
): AsyncGenerator<{ place: Place; many: number }> {
  const pace = await Pace.measured(deps, () => deps.db.batch(alive(attempt)));
  for (let place: Place = START; ; ) {
    const parts = await partsFrom(staging, place, pace.rows);
    if (parts.length === 0) return;
    const started = deps.now();
    await deps.db.batch([
      ...alive(attempt),
      ...parts.flatMap((part) => written(part, attempt.no, attempt.since)),
    ]);
    pace.saw(rowsOf(parts), deps.now() - started);
    place = endOf(parts, place);
    yield { place, many: rowsOf(parts) };
  }
}

async function show(deps: ImportDeps, attempt: Attempt, statements: readonly Statement[]): Promise<void> {
  const { no } = attempt;
  await deps.db.batch([
    ...alive(attempt),
    guard(
      `NOT EXISTS (SELECT 1 FROM invoice_holds h CROSS JOIN ledger_rows e ON e.invoice_id = h.invoice_id
         WHERE e.import_no = ? AND e.kind = 'adjustment')`,
      [no],
    ),
    ...statements,
    { sql: 'DELETE FROM hidden_imports WHERE no = ?', args: [no] },
  ]);
}

function imported(
  deps: ImportDeps,
  importId: string,
  no: number,
  { report, conflicts, regroupementId, actor }: Merging,
): Statement[] {
  return [
    {
      sql: 'UPDATE imports SET merged_at = ?, report = ?, no = ?, by = ? WHERE id = ?',
      args: [deps.now(), JSON.stringify({ ...report, conflicts }), no, actor, importId],
    },
    audited(deps, {
      regroupementId,
      actor,
      act: 'file-imported',
      target: `imports:${importId}`,
      before: null,
      after: { ...report, evenSo: Object.keys(report.evenSo) },
    }),
  ];
}

async function hide(deps: ImportDeps, importId: string): Promise<number> {
  await deps.db.execute('INSERT INTO hidden_imports(import_id) VALUES (?) ON CONFLICT DO NOTHING', [
    importId,
  ]);
  const { rows } = await deps.db.execute<{ no: number }>(
    'SELECT no FROM hidden_imports WHERE import_id = ?',
    [importId],
  );
  const [hidden] = rows;
  if (hidden === undefined) throw new Error('an import that was begun is not there');
  return hidden.no;
}
