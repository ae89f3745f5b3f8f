// Parts of the piles of rows that wait in the staging database, so many rows as go into one transaction, and the statements that
// write them.
import { type Db, guard, type Statement } from '../../db/db.ts';
import { type Changed, COLUMNS, ORDER, type Target } from '../rows/targets.ts';
import { kept } from './changes.ts';
import { isHidden, TABLES } from './tables.ts';

/** In the piles, in their order: rows before it, the first `row` of pile `seq` among them, are written. */
export interface Place {
  seq: number;
  row: number;
}
export const START: Place = { seq: 0, row: 0 };

interface Pile {
  seq: number;
  target: Target;
  changes: 0 | 1;
  many: number;
  rows: string;
}
/** Rows of a pile, from one to before another. */
export interface Part {
  pile: Pile;
  from: number;
  to: number;
}

/** More than go into one batch are seldom there. */
const PILES_AT_ONCE = 2 * ORDER.length;

/** The next so many rows, pile by pile; none at the end. */
export async function partsFrom(staging: Db, place: Place, rows: number): Promise<Part[]> {
  const { rows: piles } = await staging.execute<Pile>(
    `SELECT seq, target, changes, many, rows FROM import_writes WHERE seq >= ? ORDER BY seq LIMIT ${PILES_AT_ONCE}`,
    [place.seq],
  );
  const parts: Part[] = [];
  for (let left = rows; left > 0; ) {
    const pile = piles.shift();
    if (pile === undefined) break;
    const from = pile.seq === place.seq ? place.row : 0;
    const to = Math.min(pile.many, from + left);
    if (to > from) parts.push({ pile, from, to });
    left -= to - from;
  }
  return parts;
}

/** Where the next ones begin. */
export function endOf(parts: readonly Part[], before: Place): Place {
  const last = parts.at(-1);
  return last === undefined ? before : { seq: last.pile.seq, row: last.to };
}

/** How many rows. */
export function rowsOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { from, to }) => sum + to - from, 0);
}

/**
 * The statements that write a part of a pile; asked twice, they write once. A guard fails where somebody changed a row after `since`,
 * when they began to be read.
 */
export function written({ pile, from, to }: Part, no: number, since: number): Statement[] {
  const { target, changes, rows } = pile;
  if (changes === 1)
    return [...kept(pile, from, to, no), ...changed(target as Changed, rows, { from, to, no, since })];
  const columns = COLUMNS[target];
  const values = columns.map((_, i) => `value ->> ${i}`);
  const once = target === 'invoice_lines' || target === 'ledger_entries' ? '' : '(id)';
  return [
    ...kept(pile, from, to, no),
    isHidden(target)
      ? {
          sql: `INSERT INTO ${TABLES[target]}(${columns.join(', ')}, import_no)
                SELECT ${values.join(', ')}, ?4 FROM ${PART} WHERE true ON CONFLICT${once} DO NOTHING`,
          args: [rows, from, to, no],
        }
      : {
          sql: `INSERT INTO ${TABLES[target]}(${columns.join(', ')})
                SELECT ${values.join(', ')} FROM ${PART} WHERE true ON CONFLICT${once} DO NOTHING`,
          args: [rows, from, to],
        },
  ];
}
/** Whether somebody has changed the row `z` since then, beside the import of this number. */
export const changedSince = (no: string, since: string): string =>
  `(z.updated_at > ${since} AND z.import_no IS NOT ${no} AND z.next_no IS NOT ${no})`;
const PART = '(SELECT value FROM json_each(?1) WHERE key >= ?2 AND key < ?3)';

/** Lays beside rows of before what they become. */
function changed(
  target: Changed,
  rows: string,
  { from, to, no, since }: { from: number; to: number; no: number; since: number },
): Statement[] {
  const table = TABLES[target];
  const redrawn = target === 'invoices' ? "OR z.revision <> value ->> 'was_revision'" : '';
  return [
    // As they were read, and of nobody else.
    guard(
      `NOT EXISTS (SELECT 1 FROM ${PART} JOIN ${table} z ON z.id = value ->> 'id' WHERE z.next_no <> ?4 OR ${changedSince('?4', '?5')} ${redrawn})`,
      [rows, from, to, no, since],
    ),
    {
      sql: `UPDATE ${table} SET next_no = ?4, next = value FROM ${PART} WHERE ${table}.id = value ->> 'id'`,
      args: [rows, from, to, no],
    },
  ];
}
