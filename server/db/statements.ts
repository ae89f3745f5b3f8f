// What a statement is, before it reaches a driver.
import type { Value } from './db.ts';

const WRITES =
  /^\s*(?:(?:INSERT|UPDATE|DELETE|REPLACE|CREATE|ALTER|DROP)\b|WITH\b[\s\S]*\b(?:INSERT|UPDATE|DELETE|REPLACE)\b)/i;

/** Columns of an answer that the table names. */
const EVERY_COLUMN = /(?:\b(?:SELECT|RETURNING|DISTINCT|ALL)|,|\.)\s*\*/i;

interface Described {
  /** How many values go with it. */
  wanted: number;
  /** It needs the write lock. One that only looks as if it did waits for it in vain, and is as right. */
  writes: boolean;
  /** What it answers may be named by the table, as that is by then; more are taken for such than are. */
  everyColumn: boolean;
}

const described = new Map<string, Described>();
const KEPT_DESCRIPTIONS = 1_000;

/** What there is to know of a statement by its text alone. */
export function describe(sql: string): Described {
  const known = described.get(sql);
  if (known !== undefined) return known;
  const bare = sql.replace(/'[^']*'|"[^"]*"|--[^\n]*/g, '');
  const made = {
    wanted: placeholders(bare),
    writes: WRITES.test(bare),
    everyColumn: EVERY_COLUMN.test(bare),
  };
  if (described.size >= KEPT_DESCRIPTIONS) described.clear();
  described.set(sql, made);
  return made;
}

/** Throws TypeError for what a driver would lose, cut or crash on: it binds NULL to what is missing and drops what is left. */
export function checkValues(sql: string, args: readonly Value[], wanted: number): void {
  for (const value of args) {
    const kind = typeof value;
    const fine =
      value === null ||
      (kind === 'string' && !(value as string).includes('\0')) ||
      (kind === 'number' && Number.isFinite(value)) ||
      kind === 'bigint' ||
      value instanceof Uint8Array;
    if (!fine) throw new TypeError(`cannot bind a ${kind} to: ${sql.slice(0, 80)}`);
  }
  if (wanted !== args.length) {
    throw new TypeError(`${wanted} placeholders but ${args.length} values for: ${sql.slice(0, 80)}`);
  }
}

function placeholders(bare: string): number {
  const marks = bare.match(/\?\d*/g) ?? [];
  return marks.reduce((most, mark) => (mark === '?' ? most + 1 : Math.max(most, Number(mark.slice(1)))), 0);
}

/** Throws TypeError where two columns of an answer have one name: a row would lose one of them. */
export function refuseSameNames(sql: string, columns: readonly string[]): void {
  if (new Set(columns).size < columns.length)
    throw new TypeError(`two columns of one name: ${sql.slice(0, 80)}`);
}
