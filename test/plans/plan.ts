// How a statement reads its tables, by what SQLite says that it will do, and whether that grows with the books.
import type { Db, Row } from '../../server/db/db.ts';

/** Tables that stay small however long a server runs and however many people pay; every other one grows. */
const SMALL = new Set([
  'api_keys',
  'backup_mark',
  // A few a regroupement.
  'coordinating_offices',
  // A few names a day, for two years.
  'counters',
  'demo_mark',
  'guard',
  // A row an import under way, killed or undone.
  'hidden_imports',
  // A row a title that staff explained.
  'import_columns',
  // A row a file of the last seven days.
  'import_files',
  // A row a file that staff brought.
  'imports',
  'incidents',
  // A row an invoice that is being paid.
  'invoice_holds',
  // A row a year.
  'invoice_series',
  'leases',
  'logos',
  // A few people an office.
  'memberships',
  'payment_stops',
  // A row a state.
  'payment_counts',
  'paypal_accounts',
  // A row a day.
  'reconciliations',
  'regroupements',
  'schema_migrations',
  // A row a person and regroupement.
  'staff_alerts',
  'signing_keys',
  'sqlite_master',
  // Kept for a year; those below are of a few people an office.
  'staff_invitations',
  'staff_totp',
  'staff_users',
  'write_probe',
]);

/** Partial indexes that hold what is under way only: to read one whole is to read the work at hand. */
const AT_HAND = new Set([
  // Of all books, few are owed money.
  'credits_by_age',
  'endorsements_without_invoice',
  'payments_unconfirmed',
  'recorded_payments_doubtful',
  'disputes_open',
  // What an import changes, until it is taken over.
  'certificates_next',
  'endorsements_next',
  'holders_next',
  'invoices_next',
  'exceptions_open',
  'link_requests_pending',
  'outbox_asked',
  'outbox_own',
  'outbox_unsent',
  'payments_held',
  // What banks took back: few, and of the past.
  'payments_reversed',
  'payments_unsettled',
  'refunds_unchecked',
  'refunds_unsettled',
  'webhook_events_open',
  'webhook_events_waiting',
]);

/** Columns that a large part of a table has in common: equal to one of them is no narrowing. */
const COMMON = new Set(['regroupement_id', 'state', 'kind', 'method', 'asked_by', 'level', 'status', 'lang']);

/** What of a plan grows with the tables; empty for a statement that costs the same with a million payments. */
export async function growingSteps(db: Db, sql: string): Promise<string[]> {
  // No id is ever changed: only a DELETE looks for rows that refer to the one that goes.
  const references = /^\s*DELETE\b/i.test(sql) ? 'ON' : 'OFF';
  await db.execute(`PRAGMA foreign_keys = ${references}`);
  const { rows } = await db.execute<Row & { detail: string; parent: number }>(
    `EXPLAIN QUERY PLAN ${sql}`,
    Array.from({ length: placeholders(sql) }, () => null),
  );
  const [tables, views] = [await namesOf(db, 'table'), await viewedTables(db)];
  const parts = levels(sql);
  // What a view asks within itself bears names that stand in the view alone.
  const within = [...(await viewQueries(db))].flatMap(([view, query]) =>
    new RegExp(`\\b${view}\\b`).test(sql) ? levels(query) : [],
  );
  const sorting = new Set(
    rows
      .filter(({ detail }) => /TEMP B-TREE FOR (ORDER BY|GROUP BY|DISTINCT)/.test(detail))
      .map(({ parent }) => parent),
  );
  const growing = rows.filter(({ detail, parent }) => {
    const read = /^(SCAN|SEARCH) (\w+)(.*)$/.exec(detail);
    if (read === null) return false;
    const [, how, name = '', rest = ''] = read;
    // MATCH asks a full-text index, whose plan is called a scan.
    if (/^ VIRTUAL TABLE INDEX \d+:M/.test(rest)) return false;
    const all = parts.flatMap((part) =>
      named(part.own, name, tables, views).map((table) => ({ part, table })),
    );
    // A view's name is not in the plan, nor whether it stood in this query: a step at the top is the outermost one's.
    const top = all.filter(({ part }) => parent === 0 && part === parts.at(-1));
    const places = top.length > 0 ? top : all;
    if (places.length === 0)
      for (const part of within)
        for (const table of named(part.own, name, tables, views)) places.push({ part, table });
    // A reference that a DELETE looks through is not written in its text.
    if (places.length === 0 && tables.has(name)) places.push({ part: { own: '', whole: '' }, table: name });
    if (!places.some(({ table }) => !SMALL.has(table))) return false;
    const index = / INDEX (\w+)/.exec(rest)?.[1];
    if (index !== undefined && AT_HAND.has(index)) return false;
    if (how === 'SEARCH' && isNarrow(rest)) return false;
    const ends = places.every(({ part }) => /\bLIMIT\b/i.test(part.own) && skipsNothing(part.own, rest));
    // One end of an index, or of the table itself, is one step.
    const isExtreme =
      (/COVERING/.test(rest) || (how === 'SEARCH' && rest === '')) &&
      places.every(({ part }) => /\b(MAX|MIN)\s*\(/i.test(part.whole) && !/\bGROUP BY\b/i.test(part.own));
    return !((ends || isExtreme) && !sorting.has(parent) && (how === 'SEARCH' || index !== undefined));
  });
  return growing.map(({ detail }) => detail);
}

/** By more than what many rows share, or between two ends. */
function isNarrow(rest: string): boolean {
  if (/AUTOMATIC/.test(rest)) return false;
  const terms = /\(([^()]*)\)\s*(?:LEFT-JOIN)?$/.exec(rest)?.[1]?.split(' AND ') ?? [];
  const isEqual = (term: string) => /^(\w+|<expr>)=\?$/.test(term) && !COMMON.has(term.replace('=?', ''));
  const lower = terms.some((term) => />\?$/.test(term));
  const upper = terms.some((term) => /<\?$/.test(term));
  return terms.some(isEqual) || (lower && upper);
}

/** Whether the index leads to what is wanted only: a page of what is rare among the rest reads the rest, LIMIT or not. */
function skipsNothing(query: string, rest: string): boolean {
  const where = /\bWHERE\b(.*?)(?:\b(?:ORDER BY|GROUP BY|LIMIT)\b|$)/is.exec(query)?.[1];
  if (where === undefined) return true;
  const terms = [...rest.matchAll(/(\w+|<expr>)[=<>]+\?/g)].map(([, column]) => column);
  const equal = [...where.matchAll(/\b(\w+)\s*=(?!=)/g)].map(([, column = '']) => column);
  return terms.length > 0 && equal.every((column) => !COMMON.has(column) || terms.includes(column));
}

/** A query within a statement: its text without those inside it, and with them. */
interface Part {
  own: string;
  whole: string;
}

/** What stands between each pair of parentheses, and the whole. */
function levels(sql: string): Part[] {
  const done: Part[] = [];
  const open: Part[] = [{ own: '', whole: '' }];
  for (const sign of sql.replace(/'[^']*'|--[^\n]*/g, "''").replaceAll('"', '')) {
    const here = open.at(-1);
    if (sign === '(') open.push({ own: '', whole: '' });
    else if (sign === ')' && open.length > 1) {
      const inner = open.pop();
      const outer = open.at(-1);
      if (inner === undefined || outer === undefined) throw new Error(`parentheses of: ${sql}`);
      done.push(inner);
      outer.own += '()';
      outer.whole += `(${inner.whole})`;
    } else if (here !== undefined) {
      here.own += sign;
      here.whole += sign;
    }
  }
  return [...done, ...open];
}

/** The tables that a name of a plan stands for in one query: of a view, a plan names the table that it shows. */
function named(
  part: string,
  name: string,
  tables: ReadonlySet<string>,
  views: ReadonlyMap<string, string>,
): string[] {
  const found: string[] = [];
  for (const [, table = '', alias] of part.matchAll(
    /\b(?:FROM|JOIN|INTO|UPDATE(?: OR \w+)?|,)\s+(\w+)\b(?!\.)(?:\s+(?:AS\s+)?(?!(?:FROM|WHERE|SET|ON|JOIN|LEFT|CROSS|ORDER|GROUP|LIMIT|INDEXED|INNER|UNION|AND|SELECT|VALUES|DEFAULT|RETURNING|HAVING|EXCEPT)\b)(\w+))?/gi,
  )) {
    if (tables.has(table) && name === (alias ?? table)) found.push(table);
    if (name === views.get(table)) found.push(name);
  }
  return found;
}

async function namesOf(db: Db, type: 'table' | 'view'): Promise<ReadonlySet<string>> {
  const { rows } = await db.execute<{ name: string }>('SELECT name FROM sqlite_master WHERE type = ?', [
    type,
  ]);
  return new Set(rows.map(({ name }) => name));
}

/** The table that each view shows rows of. */
async function viewedTables(db: Db): Promise<ReadonlyMap<string, string>> {
  const views = new Map<string, string>();
  for (const view of await namesOf(db, 'view')) {
    const { rows } = await db.execute<{ detail: string }>(`EXPLAIN QUERY PLAN SELECT * FROM ${view}`);
    views.set(view, /^SCAN (\w+)$/.exec(rows[0]?.detail ?? '')?.[1] ?? '');
  }
  return views;
}

async function viewQueries(db: Db): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.execute<{ name: string; sql: string }>(
    "SELECT name, sql FROM sqlite_master WHERE type = 'view'",
  );
  return new Map(rows.map(({ name, sql }) => [name, sql]));
}

function placeholders(sql: string): number {
  const marks = sql.replace(/'[^']*'|"[^"]*"|--[^\n]*/g, '').match(/\?\d*/g) ?? [];
  return marks.reduce((most, mark) => (mark === '?' ? most + 1 : Math.max(most, Number(mark.slice(1)))), 0);
}
