// A database moved from a file to a libSQL server, or back, while nothing uses it: its tables, then every row with its rowid, then
// what watches over them (indexes, views, triggers), which would otherwise act upon the copying. Both sides are counted
// and summed afterwards. The schema's own list comes last: before that no server starts on a copy that is not whole.
import type { Db, Row } from '../db/db.ts';

/** Why a database was not moved. */
export type MoveTrouble = 'not-empty' | 'differs';

export class MoveRefused extends Error {
  readonly trouble: MoveTrouble;
  constructor(trouble: MoveTrouble, detail: string) {
    super(`${trouble}: ${detail}`);
    this.trouble = trouble;
  }
}

export interface MoveReport {
  /** Rows of each table. */
  rows: Record<string, number>;
  /** What the ledger comes to: a line a regroupement and kind of entry. */
  ledger: { regroupement: string; kind: string; entries: number; cents: number }[];
}

const AT_ONCE = 500;
const LAST = 'schema_migrations';
/** Made anew from what is copied, by a job; its own tables are made with it. */
const INDEX = 'file_trigrams';

interface Part {
  type: 'table' | 'index' | 'view' | 'trigger';
  name: string;
  sql: string;
}

/**
 * Copies the migrated database `from` into the empty `to`. Throws MoveRefused: `not-empty` before anything is written; `differs`
 * when the copy is not what it was made from, or that was written to meanwhile: then `to` is to be thrown away.
 */
export async function move(from: Db, to: Db): Promise<MoveReport> {
  const there = await partsOf(to);
  if (there.length > 0) throw new MoveRefused('not-empty', String(there[0]?.name));
  const parts = await partsOf(from);
  const tables = (await inOrder(from, parts)).filter(({ name }) => name !== INDEX);
  for (const { sql } of parts.filter(({ type }) => type === 'table')) await to.execute(sql);
  for (const { name } of tables) if (name !== LAST) await copyRows(from, to, name);
  await copySequences(from, to);
  await to.execute('UPDATE file_search SET indexed = 0 WHERE indexed = 1');
  for (const type of ['index', 'view', 'trigger'] as const)
    for (const part of parts) if (part.type === type) await to.execute(part.sql);
  await copyRows(from, to, LAST);
  const [was, is] = [await contentsOf(from, tables), await contentsOf(to, tables)];
  const different = Object.keys(was.sums).find((name) => was.sums[name] !== is.sums[name]);
  if (different !== undefined) throw new MoveRefused('differs', different);
  return is.report;
}

async function partsOf(db: Db): Promise<Part[]> {
  const { rows } = await db.execute<Part & Row>(
    String.raw`SELECT type, name, sql FROM sqlite_master
      WHERE sql IS NOT NULL AND name NOT LIKE '${INDEX}\_%' ESCAPE '\' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name NOT LIKE 'libsql\_%' ESCAPE '\' ORDER BY rowid`,
  );
  return rows;
}

// What a row refers to stands before it.
async function inOrder(db: Db, parts: readonly Part[]): Promise<Part[]> {
  let left = parts.filter(({ type }) => type === 'table');
  const ordered: Part[] = [];
  const { rows } = await db.execute<{ name: string; to: string }>(
    `SELECT m.name, lower(f."table") AS "to" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`,
  );
  while (left.length > 0) {
    const waiting = new Set(left.map(({ name }) => name.toLowerCase()));
    const free = left.filter(({ name }) =>
      rows.every((one) => one.name !== name || one.to === name.toLowerCase() || !waiting.has(one.to)),
    );
    if (free.length === 0) throw new Error(`tables that refer to each other: ${[...waiting].join(', ')}`);
    ordered.push(...free);
    left = left.filter((table) => !free.includes(table));
  }
  return ordered;
}

interface Columns {
  names: string[];
  /** A JSON list of the row's values; bytes in hexadecimal. */
  list: string;
  /** The same back from the JSON `value`. */
  values: string[];
}

async function columnsOf(db: Db, table: string): Promise<Columns> {
  // What is made from others is not copied.
  const { rows } = await db.execute<{ name: string; type: string; pk: number }>(
    'SELECT name, upper(type) AS type, pk FROM pragma_table_xinfo(?) WHERE hidden = 0 ORDER BY cid',
    [table],
  );
  // An INTEGER PRIMARY KEY is the rowid itself.
  const keys = rows.filter(({ pk }) => pk > 0);
  const isRowid = keys.length === 1 && keys[0]?.type === 'INTEGER';
  const columns = [...(isRowid ? [] : [{ name: 'rowid', type: 'INTEGER' }]), ...rows];
  return {
    names: columns.map(({ name }) => `"${name}"`),
    list: `json_array(${columns.map(({ name, type }) => (type === 'BLOB' ? `hex("${name}")` : `"${name}"`)).join(', ')})`,
    values: columns.map(({ type }, i) => (type === 'BLOB' ? `unhex(value ->> ${i})` : `value ->> ${i}`)),
  };
}

async function copyRows(from: Db, to: Db, table: string): Promise<void> {
  const { names, list, values } = await columnsOf(from, table);
  let after = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const { rows } = await from.execute<{ at: number; list: string }>(
      `SELECT rowid AS at, ${list} AS list FROM "${table}" WHERE rowid > ? ORDER BY rowid LIMIT ${AT_ONCE}`,
      [after],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    // Asked twice, since a server's answer may have been lost, it changes nothing.
    await to.execute(
      `INSERT INTO "${table}"(${names.join(', ')}) SELECT ${values.join(', ')} FROM json_each(?) WHERE true ON CONFLICT DO NOTHING`,
      [`[${rows.map((row) => row.list).join(',')}]`],
    );
    after = last.at;
  }
}

// Numbers that are never given twice.
async function copySequences(from: Db, to: Db): Promise<void> {
  const { rows } = await from.execute<{ name: string; seq: number }>('SELECT name, seq FROM sqlite_sequence');
  await to.batch([
    { sql: 'DELETE FROM sqlite_sequence' },
    ...rows.map(({ name, seq }) => ({
      sql: 'INSERT INTO sqlite_sequence(name, seq) VALUES (?, ?)',
      args: [name, seq],
    })),
  ]);
}

async function contentsOf(
  db: Db,
  tables: readonly Part[],
): Promise<{ report: MoveReport; sums: Record<string, string> }> {
  const rows: MoveReport['rows'] = {};
  const sums: Record<string, string> = {};
  for (const { name } of tables) {
    const { list } = await columnsOf(db, name);
    const { rows: found } = await db.execute<{ many: number; letters: number }>(
      `SELECT count(*) AS many, coalesce(sum(length(${list})), 0) AS letters FROM "${name}"`,
    );
    rows[name] = found[0]?.many ?? 0;
    sums[name] = JSON.stringify([found[0]?.many, found[0]?.letters]);
  }
  const { rows: ledger } = await db.execute<MoveReport['ledger'][number] & Row>(
    `SELECT r.slug AS regroupement, e.kind, count(*) AS entries, sum(e.amount_cents) AS cents
     FROM ledger_entries e JOIN regroupements r ON r.id = e.regroupement_id GROUP BY 1, 2 ORDER BY 1, 2`,
  );
  sums.ledger_entries = JSON.stringify(ledger.map((line) => Object.values(line)));
  sums.schema = JSON.stringify((await partsOf(db)).map(({ name, sql }) => [name, sql]).sort());
  return { report: { rows, ledger }, sums };
}
