// E-mail addresses that were kept before there was one writing of each (text.ts): a domain as `xn--`, or with what nobody
// sees. Written as they would be today, once, when a database comes from an older version: or nobody could sign in with them.
import { emailKey, emailText } from '../text.ts';
import type { Db, Row, Statement } from './db.ts';

const KEY = 'email_key';
/** Every table that addresses are looked up in, or compared with those, and their columns. */
const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  accounts: ['email', KEY],
  holders: ['email', KEY],
  holder_rows: ['email', KEY],
  sign_ups: ['email', KEY],
  password_resets: [KEY],
  email_changes: ['email', KEY, 'old_email'],
  outbox: ['recipient'],
};

/**
 * Rewrites the addresses of the tables that are there. Where two accounts of a regroupement had one address in two
 * writings, the one of the other writing stays as it is. May be run again.
 */
export async function rewriteKeptEmails(db: Db): Promise<void> {
  const { rows: tables } = await db.execute<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table'",
  );
  for (const [table, columns] of Object.entries(ADDRESSES)) {
    if (!tables.some(({ name }) => name === table)) continue;
    const odd = columns.map((column) => `${column} LIKE '%xn--%' OR ${column} GLOB '*[^ -~]*'`).join(' OR ');
    const { rows } = await db.execute(
      `SELECT rowid AS row, ${columns.join(', ')} FROM ${table} WHERE ${odd}`,
    );
    const changes = rows.flatMap((row) => rewritten(table, columns, row));
    if (changes.length > 0) await db.batch(changes);
  }
}

function rewritten(table: string, columns: readonly string[], row: Row): Statement[] {
  const values = columns.map((column) => {
    const kept = row[column];
    return typeof kept !== 'string' ? null : column === KEY ? emailKey(kept) : emailText(kept);
  });
  if (values.every((value, i) => value === (row[columns[i] ?? ''] ?? null))) return [];
  const set = columns.map((column) => `${column} = ?`).join(', ');
  return [
    { sql: `UPDATE OR IGNORE ${table} SET ${set} WHERE rowid = ?`, args: [...values, Number(row.row)] },
  ];
}
