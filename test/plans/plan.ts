// How a statement reads its tables, by what SQLite says that it will do, and whether that grows with the books.
import type { Db, Row } from '../../server/db/db.ts';

/** Tables that stay small however long a server runs and however many people pay; every other one grows. */
const SMALL = new Set([
  'api_keys',
  'backup_mark',
  // A few names a day, for two years.
  'counters',
  'guard',
  // A row a title that staff explained.
  'import_columns',
  // A row a file that staff brought.
  'imports',
  'incidents',
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
  'disputes_open',
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
  const tables = await tableNames(db);
  const parts = levels(sql);
  const sorting = new Set(
    rows
      .filter(({ detail }) => /TEMP B-TREE FOR (ORDER BY|GROUP BY|DISTINCT)/.test(detail))
      .map(({ parent }) => parent),
  );
  const growing = rows.filter(({ detail, parent }) => {
    const read = /^(SCAN|SEARCH) (\w+)(.*)$/.exec(detail);
    if (read === null) return false;
    const [, how, name = '', rest = ''] = read;
    const places = parts.flatMap((part) => named(part.own, name, tables).map((table) => ({ part, table })));
    // A reference that a DELETE looks through is not written in its text.
    if (places.length === 0 && tables.has(name)) places.push({ part: { own: '', whole: '' }, table: name });
    if (!places.some(({ table }) => !SMALL.has(table))) return false;
    const index = / INDEX (\w+)/.exec(rest)?.[1];
    if (index !== undefined && AT_HAND.has(index)) return false;
    if (how === 'SEARCH' && isNarrow(rest)) return false;
    const ends = places.every(({ part }) => /\bLIMIT\b/i.test(part.own));
    // One end of an index is one step.
    const isExtreme =
      /COVERING/.test(rest) &&
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

/** A query within a statement: its text without those inside it, and with them. */
interface Part {
  own: string;
  whole: string;
}

/** What stands between each pair of parentheses, and the whole. */
function levels(sql: string): Part[] {
  const done: Part[] = [];
  const open: Part[] = [{ own: '', whole: '' }];
  for (const sign of sql.replace(/'[^']*'|--[^\n]*/g, "''")) {
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

/** The tables that a name stands for in one query. */
function named(part: string, name: string, tables: ReadonlySet<string>): string[] {
  const found: string[] = [];
  for (const [, table = '', alias] of part.matchAll(
    /\b(?:FROM|JOIN|INTO|UPDATE(?: OR \w+)?|,)\s+(\w+)\b(?!\.)(?:\s+(?:AS\s+)?(?!(?:FROM|WHERE|SET|ON|JOIN|LEFT|CROSS|ORDER|GROUP|LIMIT|INDEXED|INNER|UNION|AND|SELECT|VALUES|DEFAULT|RETURNING|HAVING|EXCEPT)\b)(\w+))?/gi,
  )) {
    if (tables.has(table) && name === (alias ?? table)) found.push(table);
  }
  return found;
}

async function tableNames(db: Db): Promise<ReadonlySet<string>> {
  const { rows } = await db.execute<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'");
  return new Set(rows.map(({ name }) => name));
}

function placeholders(sql: string): number {
  const marks = sql.replace(/'[^']*'|"[^"]*"|--[^\n]*/g, '').match(/\?\d*/g) ?? [];
  return marks.reduce((most, mark) => (mark === '?' ? most + 1 : Math.max(most, Number(mark.slice(1)))), 0);
}
