// Statements written with their values where they are used.
import type { Statement, Value } from './db.ts';

/**
 * A statement whose `${…}` are bound, never written into its text; a statement among them stands there with its own values.
 *
 * @example
 * deps.db.batch([sql`UPDATE accounts SET name = ${name} WHERE id = ${id} AND ${{ sql: 'erased_at IS NULL' }}`]);
 */
export function sql(
  texts: TemplateStringsArray,
  ...values: readonly (Value | Statement)[]
): Required<Statement> {
  let text = texts[0] ?? '';
  const args: Value[] = [];
  for (const [i, value] of values.entries()) {
    const isStatement = typeof value === 'object' && value !== null && 'sql' in value;
    text += (isStatement ? value.sql : '?') + (texts[i + 1] ?? '');
    args.push(...(isStatement ? (value.args ?? []) : [value]));
  }
  return { sql: text, args };
}

/**
 * A statement's text that is made of one of a few others, once for each: a text that is put together at each call is read whole
 * each time that it is looked up. What else is given goes with the part.
 */
export function madeOnce<Rest extends unknown[]>(
  make: (part: string, ...rest: Rest) => string,
): (part: string, ...rest: Rest) => string {
  const made = new Map<string, string>();
  return (part, ...rest) => {
    const known = made.get(part);
    if (known !== undefined) return known;
    const text = make(part, ...rest);
    made.set(part, text);
    return text;
  };
}
