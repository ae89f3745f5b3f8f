// What imports leave behind, put in order in short batches: what rows became is taken over into their columns, and what an
// import wrote that ended before it was visible is removed. Each import does that at its end; what a killed one left, a
// server's job does (process.ts) or the next import. Two may do it at once: each batch is right by itself.
import type { ImportDeps } from '../import-deps.ts';
import { endLeaseOfGone, isImportAtWork, LEASE } from '../lease.ts';
import { CHANGEABLE, type Changed, ORDER, type Target } from '../rows/targets.ts';
import { freeNumbers } from '../undo/withdraw.ts';
import { changesOf } from './changes.ts';
import { isHidden, PAUSE_MS, TABLES } from './tables.ts';

const REMOVED_AT_ONCE = 200;
/** Each is ten columns of JSON. */
const TAKEN_AT_ONCE = 200;
/** Hidden rows are found by walking through the table, which has no index of them. */
const WALKED_AT_ONCE = 5_000;

/** Whether anything was left behind, and no import is at work, which would put it in order. */
export async function isSweepDue(deps: ImportDeps): Promise<boolean> {
  const changed = CHANGED.map((target) => `SELECT 1 FROM ${TABLES[target]} WHERE next_no IS NOT NULL`);
  const { rows } = await deps.db.execute<{ left: 0 | 1 }>(
    `SELECT ${['SELECT 1 FROM hidden_imports WHERE no > 0 OR abandoned = 3', ...changed].map((any) => `EXISTS (${any})`).join(' OR ')} AS left`,
  );
  return rows[0]?.left === 1 && !(await isImportAtWork(deps));
}
const CHANGED = Object.keys(CHANGEABLE) as Changed[];

/** Puts in order what imports left behind that are over. */
export async function sweepImports(deps: ImportDeps): Promise<void> {
  await endLeaseOfGone(deps);
  // Not the one that is at work, or begins now.
  await sweep(deps, 2, 'import_id NOT IN (SELECT holder FROM leases WHERE name = ? AND until >= ?)', [
    LEASE,
    deps.now(),
  ]);
  await freeNumbers(deps);
}

/** The same, of an import by itself at its end. */
export async function sweepImport(deps: ImportDeps, importId: string): Promise<void> {
  await sweep(deps, 1, 'import_id = ?', [importId]);
}

async function sweep(
  deps: ImportDeps,
  abandoned: 1 | 2,
  which: string,
  args: (string | number)[],
): Promise<void> {
  const { rows } = await deps.db.execute<{ no: number }>(
    `UPDATE hidden_imports SET abandoned = ${abandoned} WHERE no > 0 AND ${which} RETURNING no`,
    args,
  );
  for (const { no } of rows) {
    await removeChanges(deps, no);
    for (const target of ORDER.filter(isHidden).toReversed()) await removeRows(deps, target, no);
    await inShortBatches(
      deps,
      `DELETE FROM import_changes WHERE seq IN (SELECT seq FROM import_changes WHERE seq >= ? AND seq < ? LIMIT ${WALKED_AT_ONCE})`,
      changesOf(no),
    );
    await deps.db.execute('DELETE FROM hidden_imports WHERE no = ?', [no]);
  }
  for (const target of CHANGED) await takeOver(deps, target);
}

/** What rows of before became since an import ended. */
async function takeOver(deps: ImportDeps, target: Changed): Promise<void> {
  const table = TABLES[target];
  const columns = CHANGEABLE[target].map((column) => `${column} = next ->> '${column}'`);
  await inShortBatches(
    deps,
    `UPDATE ${table} SET ${columns.join(', ')}, next_no = NULL, next = NULL
     WHERE rowid IN (SELECT z.rowid FROM ${table} z
       WHERE z.next_no IS NOT NULL AND z.next_no NOT IN (SELECT no FROM hidden_imports) LIMIT ${TAKEN_AT_ONCE})`,
  );
}

async function inShortBatches(deps: ImportDeps, sql: string, args: number[] = []): Promise<void> {
  while ((await deps.db.execute(sql, args)).changes > 0) await deps.sleep(PAUSE_MS);
}

async function removeRows(deps: ImportDeps, target: Target, no: number): Promise<void> {
  const table = TABLES[target];
  const { rows: ends } = await deps.db.execute<{ last: number | null }>(
    `SELECT MAX(rowid) AS last FROM ${table}`,
  );
  for (let last = ends[0]?.last ?? 0; last > 0; ) {
    const { rows } = await deps.db.execute<{ at: number }>(
      `SELECT rowid AS at FROM ${table} WHERE rowid > ?1 - ${WALKED_AT_ONCE} AND rowid <= ?1 AND import_no = ?2
       ORDER BY rowid DESC LIMIT ${REMOVED_AT_ONCE}`,
      [last, no],
    );
    last = rows.length < REMOVED_AT_ONCE ? last - WALKED_AT_ONCE : (rows.at(-1)?.at ?? 0) - 1;
    if (rows.length === 0) continue;
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

async function removeChanges(deps: ImportDeps, no: number): Promise<void> {
  // Lines that were laid ready for invoices of before, and came never in force.
  await inShortBatches(
    deps,
    `DELETE FROM invoice_lines WHERE rowid IN (SELECT l.rowid FROM invoice_rows i
       JOIN invoice_lines l ON l.invoice_id = i.id AND l.revision = i.next ->> 'revision'
       WHERE i.next_no = ? AND i.revision <> i.next ->> 'revision' LIMIT ${REMOVED_AT_ONCE})`,
    [no],
  );
  for (const target of CHANGED)
    await inShortBatches(
      deps,
      `UPDATE ${TABLES[target]} SET next_no = NULL, next = NULL
       WHERE rowid IN (SELECT z.rowid FROM ${TABLES[target]} z WHERE z.next_no = ? LIMIT ${REMOVED_AT_ONCE})`,
      [no],
    );
}
