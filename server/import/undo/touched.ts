// Which rows an import made or changed, each once, with what it was before the import and what the import made of it.
import type { Db } from '../../db/db.ts';
import { Problem } from '../../problems/problem.ts';
import type { ImportDeps } from '../import-deps.ts';
import { changesOf } from '../writing/changes.ts';
import type { Undone } from './report.ts';

/** A row that the import touched. `before` null: the import made it; both null: it only posted on it. */
export interface Touched {
  id: string;
  made: 0 | 1;
  before: string | null;
  after: string | null;
}

const AT_ONCE = 500;

const TABLE = `CREATE TABLE undo_rows (
  target TEXT NOT NULL,
  row_id TEXT NOT NULL,
  made INTEGER NOT NULL,
  before TEXT,
  after TEXT,
  withdrawn INTEGER NOT NULL DEFAULT 0, -- it goes away, because the import made it
  PRIMARY KEY (target, row_id)
) STRICT, WITHOUT ROWID`;

/** Gathers them in the staging database. */
export async function gatherTouched(
  deps: ImportDeps,
  staging: Db,
  no: number,
  turn: () => Promise<void>,
): Promise<void> {
  await staging.execute(TABLE);
  let [from, to] = changesOf(no);
  for (;;) {
    // In one text: the driver takes long to hand over row by row.
    const { rows } = await deps.db.execute<{ last: number | null; found: string }>(
      `SELECT max(seq) AS last, json_group_array(json_array(iif(target = 'ledger_entries', 'invoices', target),
         iif(target = 'ledger_entries', (SELECT invoice_id FROM ledger_rows e WHERE e.id = row_id), row_id),
         target <> 'ledger_entries' AND before IS NULL, before, after)) AS found
       FROM (SELECT * FROM import_changes WHERE seq >= ? AND seq < ? ORDER BY seq LIMIT ${AT_ONCE})`,
      [from, to],
    );
    const [page] = rows;
    if (page === undefined || page.last === null) return;
    await staging.execute(
      `INSERT INTO undo_rows(target, row_id, made, before, after)
       SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?) WHERE true
       ON CONFLICT DO UPDATE SET made = max(made, excluded.made), before = coalesce(before, excluded.before),
         after = coalesce(excluded.after, after)`,
      [page.found],
    );
    from = page.last + 1;
    await turn();
  }
}

/** Those of one table, some at a time. */
export async function* touched(staging: Db, target: Undone): AsyncGenerator<Touched[]> {
  for (let after = ''; ; ) {
    const { rows } = await staging.execute<Touched>(
      `SELECT row_id AS id, made, before, after FROM undo_rows WHERE target = ? AND row_id > ? ORDER BY row_id LIMIT ${AT_ONCE}`,
      [target, after],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
    yield rows;
  }
}

/** Says of rows that they go away. */
export async function markWithdrawn(staging: Db, target: Undone, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await staging.execute(
    'UPDATE undo_rows SET withdrawn = 1 WHERE target = ? AND row_id IN (SELECT value FROM json_each(?))',
    [target, JSON.stringify(ids)],
  );
}

/** Which of these stay. */
export async function staying(staging: Db, target: Undone, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await staging.execute<{ id: string }>(
    `SELECT value AS id FROM json_each(?2)
     WHERE NOT EXISTS (SELECT 1 FROM undo_rows WHERE target = ?1 AND row_id = value AND withdrawn = 1)`,
    [target, JSON.stringify(ids)],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Throws `not-undoable` where one is not of the regroupement `only`; null: whosever they are. */
export function refuseOthers(rows: Iterable<{ regroupementId: string }>, only: string | null): void {
  if (only !== null && [...rows].some(({ regroupementId }) => regroupementId !== only))
    throw new Problem('not-undoable');
}
