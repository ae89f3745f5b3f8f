// From the pile into the books: new rows, and what rows of before become, in short batches that nobody sees; then one batch
// that makes all of it visible, or nothing; then, in short batches again, what rows became is taken over into their columns.
import { type Actor, audited } from '../audit.ts';
import { type Db, guard, type Statement } from '../db/db.ts';
import type { ImportDeps } from './import-deps.ts';
import { CHANGEABLE, type Changed, COLUMNS, ORDER, type Target } from './rows/targets.ts';

const TABLES: Readonly<Record<Target, string>> = {
  holders: 'holder_rows',
  certificates: 'certificate_rows',
  invoices: 'invoice_rows',
  invoice_lines: 'invoice_lines',
  endorsements: 'endorsement_rows',
  ledger_entries: 'ledger_rows',
};
/** Bears the number of the import that hides it. Lines are seen once their invoice says that they are in force. */
const isHidden = (target: Target): boolean => target !== 'invoice_lines';
/** Between two batches, whoever waits for the lock gets it. */
const PAUSE_MS = 5;
const SWEEP_AT_ONCE = 500;
/** Each is ten columns of JSON. */
const TAKEN_AT_ONCE = 200;

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
 * Brings in what the staging database holds. Throws (guard), with nothing visible, when another import has taken over, or
 * when a payment began to hold an invoice whose amount would change, or anybody has changed what it changes meanwhile.
 */
export async function merge(
  deps: ImportDeps,
  staging: Db,
  importId: string,
  { report, conflicts, regroupementId, actor, progress }: Merging,
): Promise<void> {
  const no = await hide(deps, importId);
  // Whoever lost the lease may have lost hidden rows too: nothing more is written, and nothing half is shown.
  const alive = [
    guard("EXISTS (SELECT 1 FROM leases WHERE name = 'import' AND holder = ?)", [importId]),
    guard('EXISTS (SELECT 1 FROM hidden_imports WHERE no = ? AND abandoned = 0)', [no]),
  ];
  for (let after = 0; ; ) {
    const { rows } = await staging.execute<Pile>(
      `SELECT seq, target, changes, rows FROM import_writes WHERE seq > ?
       ORDER BY seq LIMIT ${ORDER.length}`,
      [after],
    );
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.seq;
    await deps.db.batch([...alive, ...rows.flatMap((pile) => written(pile, no))]);
    await progress();
    await deps.sleep(PAUSE_MS);
  }
  await deps.db.batch([
    ...alive,
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

/**
 * Puts in order what imports leave behind: takes over what rows became, and removes what an import wrote that ended before
 * it was visible. Without `importId`, of all, which whoever holds the lease may ask.
 */
export async function sweepImports(deps: ImportDeps, importId: string | null = null): Promise<void> {
  const { rows } = await deps.db.execute<{ no: number; import_id: string }>(
    'SELECT no, import_id FROM hidden_imports WHERE ?1 IS NULL OR import_id = ?1',
    [importId],
  );
  for (const { no } of rows) await removeHidden(deps, no);
  for (const target of Object.keys(CHANGEABLE) as Changed[]) {
    const columns = CHANGEABLE[target].map((column) => `${column} = next ->> '${column}'`);
    await inShortBatches(
      deps,
      `UPDATE ${TABLES[target]} SET ${columns.join(', ')}, next_no = NULL, next = NULL
       WHERE rowid IN (SELECT z.rowid FROM ${TABLES[target]} z
         WHERE z.next_no IS NOT NULL AND z.next_no NOT IN (SELECT no FROM hidden_imports) LIMIT ${TAKEN_AT_ONCE})`,
    );
  }
}

async function inShortBatches(deps: ImportDeps, sql: string, args: number[] = []): Promise<void> {
  while ((await deps.db.execute(sql, args)).changes > 0) await deps.sleep(PAUSE_MS);
}

async function removeHidden(deps: ImportDeps, no: number): Promise<void> {
  await deps.db.execute('UPDATE hidden_imports SET abandoned = 1 WHERE no = ?', [no]);
  await removeChanges(deps, no);
  for (const target of ORDER.filter(isHidden).toReversed()) {
    const table = TABLES[target];
    for (let after = 0; ; ) {
      const { rows } = await deps.db.execute<{ at: number }>(
        `SELECT rowid AS at FROM ${table} WHERE rowid > ? AND import_no = ? ORDER BY rowid LIMIT ${SWEEP_AT_ONCE}`,
        [after, no],
      );
      const last = rows.at(-1);
      if (last === undefined) break;
      after = last.at;
      const these = `IN (SELECT rowid FROM ${table} WHERE rowid IN (SELECT value FROM json_each(?1)) AND import_no = ?2)`;
      const args = [JSON.stringify(rows.map(({ at }) => at)), no];
      await deps.db.batch([
        ...(target === 'invoices'
          ? [
              {
                sql: `DELETE FROM invoice_lines WHERE invoice_id IN (SELECT id FROM invoice_rows WHERE rowid ${these})`,
                args,
              },
            ]
          : []),
        { sql: `DELETE FROM ${table} WHERE rowid ${these}`, args },
      ]);
      await deps.sleep(PAUSE_MS);
    }
  }
  await deps.db.execute('DELETE FROM hidden_imports WHERE no = ? AND abandoned = 1', [no]);
}

async function removeChanges(deps: ImportDeps, no: number): Promise<void> {
  // Lines that were laid ready for invoices of before, and came never in force.
  await inShortBatches(
    deps,
    `DELETE FROM invoice_lines WHERE rowid IN (SELECT l.rowid FROM invoice_rows i
       JOIN invoice_lines l ON l.invoice_id = i.id AND l.revision = i.next ->> 'revision'
       WHERE i.next_no = ? AND i.revision <> i.next ->> 'revision' LIMIT ${SWEEP_AT_ONCE})`,
    [no],
  );
  for (const target of Object.keys(CHANGEABLE) as Changed[])
    await inShortBatches(
      deps,
      `UPDATE ${TABLES[target]} SET next_no = NULL, next = NULL
       WHERE rowid IN (SELECT z.rowid FROM ${TABLES[target]} z WHERE z.next_no = ? LIMIT ${SWEEP_AT_ONCE})`,
      [no],
    );
}
