// Lists are read page after page, each from where the one before ended: by its last row, whose place in the order never changes.
import type { Deps } from './deps.ts';
import { Problem } from './problems/problem.ts';

/** What a list answers at most, where its caller does not say. */
export const PAGE_SIZE = 1_000;

/** `next`, which asks for what comes after a full page; nothing after one that is not. */
export function nextOf(rows: readonly { id: string }[], limit = PAGE_SIZE): { next?: string } {
  const last = rows.at(-1);
  return last === undefined || rows.length < limit ? {} : { next: last.id };
}

/**
 * SQL: `AND` the rows of `table`, called `alias`, that come after the regroupement's one with this id, in the order of `column`
 * and id, or of `column` and age backwards; nothing without an id. Throws `validation` where there is no such row: an empty
 * page would be taken for the end of the list.
 */
export async function afterRow(
  deps: Pick<Deps, 'db'>,
  [table, alias, column, order]: [table: string, alias: string, column: string, order: 'oldest' | 'newest'],
  regroupementId: string,
  after: string | undefined,
): Promise<{ sql: string; args: (string | number)[] }> {
  if (after === undefined) return { sql: '', args: [] };
  const [tie, comes] = order === 'oldest' ? ['id', '>'] : ['rowid', '<'];
  const { rows } = await deps.db.execute<{ at: number; tie: string | number }>(
    `SELECT z.${column} AS at, z.${tie} AS tie FROM ${table} z WHERE z.id = ? AND z.regroupement_id = ?`,
    [after, regroupementId],
  );
  const [last] = rows;
  if (last === undefined)
    throw new Problem('validation', { errors: [{ pointer: '/after', code: 'unknown' }] });
  return { sql: `AND (${alias}.${column}, ${alias}.${tie}) ${comes} (?, ?)`, args: [last.at, last.tie] };
}
