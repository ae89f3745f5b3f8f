// What a statement is, before it reaches a driver.
import type { Value } from './db.ts';

const WRITES =
  /^\s*(?:(?:INSERT|UPDATE|DELETE|REPLACE|CREATE|ALTER|DROP)\b|WITH\b[\s\S]*\b(?:INSERT|UPDATE|DELETE|REPLACE)\b)/i;

/**
 * How many values a statement wants, and whether it needs the write lock. One that only looks as if it did waits for it
 * in vain, and is as right.
 */
export function describe(sql: string): { wanted: number; writes: boolean } {
  const bare = sql.replace(/'[^']*'|"[^"]*"|--[^\n]*/g, '');
  return { wanted: placeholders(bare), writes: WRITES.test(bare) };
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
