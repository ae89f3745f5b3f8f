// Rows that an undone import had made go out of sight, with their numbers free for another import. They stay in their tables: the
// ledger, which only grows, refers to them.
import { type Db, guard } from '../../db/db.ts';
import type { ImportDeps } from '../import-deps.ts';
import { LEASE } from '../lease.ts';
import { changesOf } from '../writing/changes.ts';
import { PAUSE_MS, TABLES } from '../writing/tables.ts';
import type { Undone } from './report.ts';

const AT_ONCE = 200;
/** In `hidden_imports.abandoned`, of what is withdrawn: numbers are still to be freed, or are free. */
export const TO_BE_FREED = 3;
const FREE = 4;

/** Before the id of the import, in `hidden_imports.import_id`. */
export const UNDONE = 'undone:';

const ALL: readonly Undone[] = ['endorsements', 'invoices', 'certificates', 'holders'];

/** Whose undoing it is. */
export interface Undoer {
  importId: string;
  /** The number of that import. */
  no: number;
  /** By which it holds the lease. */
  undoId: string;
}

/**
 * Numbers the rows that go, so that one row of `hidden_imports` then takes them all out of sight; a row that stays loses the number
 * that an attempt before gave it. A guard fails where somebody else is at it, or has done it: what they keep is never numbered.
 */
export async function numberWithdrawn(
  deps: ImportDeps,
  staging: Db,
  { importId, no, undoId }: Undoer,
  turn: () => Promise<void>,
): Promise<void> {
  for (const target of ALL)
    for (let after = ''; ; ) {
      const { rows } = await staging.execute<{ id: string; withdrawn: 0 | 1 }>(
        `SELECT row_id AS id, withdrawn FROM undo_rows WHERE target = ? AND made = 1 AND row_id > ? ORDER BY row_id LIMIT ${AT_ONCE}`,
        [target, after],
      );
      const last = rows.at(-1);
      if (last === undefined) break;
      after = last.id;
      const numbered = (withdrawn: 0 | 1) => ({
        sql: `UPDATE ${TABLES[target]} SET import_no = ?2 WHERE id IN (SELECT value FROM json_each(?1)) AND import_no = -?2`,
        args: [
          JSON.stringify(rows.filter((row) => row.withdrawn === withdrawn).map(({ id }) => id)),
          withdrawn === 1 ? -no : no,
        ],
      });
      await deps.db.batch([
        guard('EXISTS (SELECT 1 FROM leases WHERE name = ? AND holder = ?)', [LEASE, undoId]),
        guard('EXISTS (SELECT 1 FROM imports WHERE id = ? AND undone_at IS NULL)', [importId]),
        numbered(1),
        numbered(0),
      ]);
      await turn();
      await deps.sleep(PAUSE_MS);
    }
}

/** Takes the numbers back that `numberWithdrawn` gave, where nothing was undone. */
export async function numberAsBefore(
  deps: ImportDeps,
  staging: Db,
  undoer: Undoer,
  turn: () => Promise<void>,
): Promise<void> {
  await staging.execute('UPDATE undo_rows SET withdrawn = 0');
  await numberWithdrawn(deps, staging, undoer, turn);
}

const FREED: Readonly<Record<Undone, string>> = {
  endorsements: "external_id = external_id || ' ~' || id",
  invoices: "number = number || ' ~' || id, status = 'cancelled'",
  certificates: "number_key = number_key || ' ~' || id",
  holders: "external_id = external_id || ' ~' || id",
};
const NUMBERED: Readonly<Record<Undone, string>> = {
  endorsements: 'external_id',
  invoices: 'number',
  certificates: 'number_key',
  holders: 'external_id',
};

/** Frees the numbers of what is withdrawn, wherever that was cut short too. */
export async function freeNumbers(deps: ImportDeps): Promise<void> {
  const { rows: all } = await deps.db.execute<{ no: number }>(
    `SELECT no FROM hidden_imports WHERE no < 0 AND abandoned = ${TO_BE_FREED}`,
  );
  for (const { no } of all) {
    await freeNumbersOf(deps, no);
    await deps.db.execute(`UPDATE hidden_imports SET abandoned = ${FREE} WHERE no = ?`, [no]);
  }
}

async function freeNumbersOf(deps: ImportDeps, no: number): Promise<void> {
  let [from, to] = changesOf(-no);
  for (;;) {
    const { rows } = await deps.db.execute<{ last: number | null; ids: string; redrawn: string }>(
      `SELECT max(seq) AS last, json_group_array(row_id) FILTER (WHERE before IS NULL) AS ids,
         json_group_array(json_array(row_id, after ->> 'revision')) FILTER (WHERE target = 'invoices' AND before IS NOT NULL) AS redrawn
       FROM (SELECT * FROM import_changes WHERE seq >= ? AND seq < ? ORDER BY seq LIMIT ${AT_ONCE})`,
      [from, to],
    );
    const [page] = rows;
    if (page === undefined || page.last === null) return;
    from = page.last + 1;
    await deps.db.batch([
      ...ALL.map((target) => ({
        sql: `UPDATE ${TABLES[target]} SET ${FREED[target]} WHERE id IN (SELECT value FROM json_each(?1)) AND import_no = ?2
                AND ${NUMBERED[target]} NOT LIKE '% ~' || id`,
        args: [page.ids, no],
      })),
      {
        // Another import may give its lines the same number. Lines that a later import replaced stay: undoing that one needs them.
        sql: `DELETE FROM invoice_lines WHERE (invoice_id, revision) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?) WHERE
                value ->> 1 > (SELECT revision FROM invoices WHERE id = value ->> 0))`,
        args: [page.redrawn],
      },
    ]);
    await deps.sleep(PAUSE_MS);
  }
}

/** The regroupements of which an import was undone: numbers of theirs may be in the ledger twice. */
export async function withUndone(deps: Pick<ImportDeps, 'db'>): Promise<Set<string>> {
  const { rows } = await deps.db.execute<{ id: string }>(
    `SELECT DISTINCT i.regroupement_id AS id FROM hidden_imports h JOIN imports i ON i.id = substr(h.import_id, ${UNDONE.length + 1})
     WHERE h.no < 0`,
  );
  return new Set(rows.map(({ id }) => id));
}
