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
