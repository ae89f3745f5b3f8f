// From the pile into the books: new rows, and what rows of before become, in short batches that nobody sees; then one batch
// that makes all of it visible, or nothing. What rows became is taken over into their columns afterwards (sweep.ts).
import { type Actor, audited } from '../audit.ts';
import { type Db, guard, isGuardFailure, type Statement } from '../db/db.ts';
import { type Attempt, hindrance } from './hindrance.ts';
import type { ImportDeps } from './import-deps.ts';
import { LEASE } from './lease.ts';
import type { Refusal } from './refusal.ts';
import { type Changed, COLUMNS, ORDER, type Target } from './rows/targets.ts';
import { isHidden, PAUSE_MS, TABLES } from './tables.ts';

interface Pile {
  seq: number;
  target: Target;
  changes: 0 | 1;
  rows: string;
}
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
  /** After each batch. */
  progress: () => Promise<void>;
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
  const attempt = { importId, no: await hide(deps, importId), written: 0 };
  try {
    for await (const seq of write(deps, staging, attempt)) {
      attempt.written = seq;
      await merging.progress();
      await deps.sleep(PAUSE_MS);
    }
    await show(deps, attempt, merging);
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

/** Writes all of it, hidden; answers after each batch how far it came. */
async function* write(deps: ImportDeps, staging: Db, attempt: Attempt): AsyncGenerator<number> {
  for (let after = 0; ; ) {
    const piles = await pilesAfter(staging, after);
    const last = piles.at(-1);
    if (last === undefined) return;
    after = last.seq;
    await deps.db.batch([...alive(attempt), ...piles.flatMap((pile) => written(pile, attempt.no))]);
    yield after;
  }
}

async function pilesAfter(staging: Db, after: number): Promise<Pile[]> {
  const { rows } = await staging.execute<Pile>(
    `SELECT seq, target, changes, rows FROM import_writes WHERE seq > ? ORDER BY seq LIMIT ${ORDER.length}`,
    [after],
  );
  return rows;
}

/** So many are enough to know how fast the machine is now. */
const MOST_TRIED = 10;
/** The number of no import. */
const NOBODYS = 0;

/**
 * About how many milliseconds `merge` and the sweep after it would take: its first batch is written a few times, and undone;
 * and each time as much text as it holds is written for good, beside the import, for what the disk takes.
 */
export async function mergeMs(deps: ImportDeps, staging: Db, importId: string): Promise<number> {
  const { rows } = await staging.execute<{ piles: number; changes: number }>(
    'SELECT COUNT(*) AS piles, COALESCE(SUM(changes), 0) AS changes FROM import_writes',
  );
  const [all = { piles: 0, changes: 0 }] = rows;
  const batches = Math.ceil(all.piles / ORDER.length);
  const piles = await pilesAfter(staging, 0);
  const undone = [...piles.flatMap((pile) => written(pile, NOBODYS)), guard('0')];
  const report = JSON.stringify(piles);
  const tries = Math.min(batches, MOST_TRIED);
  const started = deps.now();
  for (let time = 0; time < tries; time++) {
    await deps.db.batch(undone).catch((error: unknown) => {
      if (!isGuardFailure(error)) throw error;
    });
    await deps.db.execute('UPDATE imports SET report = ? WHERE id = ?', [report, importId]);
    await deps.sleep(PAUSE_MS);
  }
  const eachMs = (deps.now() - started) / Math.max(1, tries);
  await deps.db.execute("UPDATE imports SET report = '{}' WHERE id = ?", [importId]);
  // What rows of before become is written once more, into their columns: a pile at a time.
  return (batches + all.changes / 2) * eachMs;
}

async function show(
  deps: ImportDeps,
  attempt: Attempt,
  { report, conflicts, regroupementId, actor }: Merging,
): Promise<void> {
  const { importId, no } = attempt;
  await deps.db.batch([
    ...alive(attempt),
    guard(
      `NOT EXISTS (SELECT 1 FROM invoice_holds h CROSS JOIN ledger_rows e ON e.invoice_id = h.invoice_id
         WHERE e.import_no = ? AND e.kind = 'adjustment')`,
      [no],
    ),
    {
      sql: 'UPDATE imports SET merged_at = ?, report = ? WHERE id = ?',
      args: [deps.now(), JSON.stringify({ ...report, conflicts }), importId],
    },
    audited(deps, {
      regroupementId,
      actor,
      act: 'file-imported',
      target: `imports:${importId}`,
      before: null,
      after: { ...report, evenSo: Object.keys(report.evenSo) },
    }),
    { sql: 'DELETE FROM hidden_imports WHERE no = ?', args: [no] },
  ]);
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

/** The statements that write a pile; asked twice, they write once. */
function written({ target, changes, rows }: Pile, no: number): Statement[] {
  if (changes === 1) return changed(target as Changed, rows, no);
  const columns = COLUMNS[target];
  const values = columns.map((_, i) => `value ->> ${i}`);
  const once = target === 'invoice_lines' || target === 'ledger_entries' ? '' : '(id)';
  return [
    isHidden(target)
      ? {
          sql: `INSERT INTO ${TABLES[target]}(${columns.join(', ')}, import_no)
                SELECT ${values.join(', ')}, ?2 FROM json_each(?1) WHERE true ON CONFLICT${once} DO NOTHING`,
          args: [rows, no],
        }
      : {
          sql: `INSERT INTO ${TABLES[target]}(${columns.join(', ')})
                SELECT ${values.join(', ')} FROM json_each(?1) WHERE true ON CONFLICT${once} DO NOTHING`,
          args: [rows],
        },
  ];
}

/** Lays beside rows of before what they become. */
function changed(target: Changed, rows: string, no: number): Statement[] {
  const table = TABLES[target];
  const redrawn = target === 'invoices' ? "OR z.revision <> value ->> 'was_revision'" : '';
  return [
    // As they were read, and of nobody else.
    guard(
      `NOT EXISTS (SELECT 1 FROM json_each(?1) JOIN ${table} z ON z.id = value ->> 'id' WHERE z.next_no <> ?2 ${redrawn})`,
      [rows, no],
    ),
    {
      sql: `UPDATE ${table} SET next_no = ?2, next = value FROM json_each(?1) WHERE ${table}.id = value ->> 'id'`,
      args: [rows, no],
    },
  ];
}
