// Lists are read page after page, each from where the one before ended: by its last row, whose place in the order never changes.

/** What a list answers at most, where its caller does not say. */
export const PAGE_SIZE = 1_000;

/** `next`, which asks for what comes after a full page; nothing after one that is not. */
export function nextOf(rows: readonly { id: string }[], limit = PAGE_SIZE): { next?: string } {
  const last = rows.at(-1);
  return last === undefined || rows.length < limit ? {} : { next: last.id };
}

/**
 * SQL: `AND` the rows of `table`, called `alias`, that come after the regroupement's one with this id, in the order of `column`
 * and id, or of `column` and age backwards; nothing without an id.
 */
export function afterRow(
  [table, alias, column, order]: [table: string, alias: string, column: string, order: 'oldest' | 'newest'],
  regroupementId: string,
  after: string | undefined,
): { sql: string; args: string[] } {
  if (after === undefined) return { sql: '', args: [] };
  const [tie, comes] = order === 'oldest' ? ['id', '>'] : ['rowid', '<'];
  return {
    sql: `AND (${alias}.${column}, ${alias}.${tie}) ${comes}
      (SELECT z.${column}, z.${tie} FROM ${table} z WHERE z.id = ? AND z.regroupement_id = ?)`,
    args: [after, regroupementId],
  };
}
