// What was closed after a backup was made, and stays closed when it is put back: who asked to be forgotten stays so, and
// nobody gets back in where a key was revoked, a link undone, an e-mail taken back or a password changed. Nothing of the
// replaced database lets anyone in again: it may be what was attacked.
import { existsSync } from 'node:fs';
import Database from 'libsql';
import type { Db, Statement } from '../db/db.ts';
import { emailKey } from '../fields.ts';

export interface Closed {
  /** Accounts that were erased. */
  erased: { id: string; regroupementId: string }[];
  /** Ids of staff keys that were revoked. */
  revoked: string[];
  /** Links that were undone, whole: one that came after the backup shuts its account out too. */
  undone: object[];
  /** Ids of changes of e-mail that were taken back. */
  takenBack: string[];
  /** Each account's password, hashed. */
  passwords: Record<string, string>;
  /** People of the staff whose access to a regroupement was taken away. */
  removed: { staffId: string; regroupementId: string }[];
  /** Since when each person of the staff has the second factor and the password that she has; null: none. */
  enrolled: Record<string, string | null>;
}

/** SQL: what changes when a person of the staff sets up her second factor or her password anew. */
export const ENROLMENT = "enrolled_at || ' ' || password_hash";

/** What the database that a backup replaces can still say; one that is gone, damaged or older says less, or nothing. */
export function closedIn(path: string): Closed {
  const closed: Closed = {
    ...{ erased: [], revoked: [], undone: [], takenBack: [], passwords: {} },
    ...{ removed: [], enrolled: {} },
  };
  if (!existsSync(path)) return closed;
  const db = new Database(path);
  try {
    const ids = (table: string, since: string) =>
      (db.prepare(`SELECT id FROM ${table} WHERE ${since} IS NOT NULL`).all() as { id: string }[]).map(
        ({ id }) => id,
      );
    closed.undone = db.prepare('SELECT * FROM links WHERE undone_at IS NOT NULL').all() as object[];
    const accounts = db
      .prepare('SELECT id, password_hash AS hash FROM accounts WHERE erased_at IS NULL')
      .all() as {
      id: string;
      hash: string;
    }[];
    closed.passwords = Object.fromEntries(accounts.map(({ id, hash }) => [id, hash]));
    closed.erased = db
      .prepare('SELECT id, regroupement_id AS regroupementId FROM accounts WHERE erased_at IS NOT NULL')
      .all() as Closed['erased'];
    closed.revoked = ids('api_keys', 'revoked_at');
    closed.takenBack = ids('email_changes', 'undone_at');
    closed.removed = db
      .prepare(
        'SELECT staff_id AS staffId, regroupement_id AS regroupementId FROM memberships WHERE removed_at IS NOT NULL',
      )
      .all() as Closed['removed'];
    const staff = db.prepare(`SELECT id, ${ENROLMENT} AS enrolment FROM staff_users`).all() as {
      id: string;
      enrolment: string | null;
    }[];
    closed.enrolled = Object.fromEntries(staff.map(({ id, enrolment }) => [id, enrolment]));
  } catch {
    // What could be read holds.
  } finally {
    db.close();
  }
  return closed;
}

/** The e-mails before those changes, as the backup itself knows them: one change after the other back to the first. */
export async function formerEmails(
  db: Db,
  changes: readonly string[],
  now: number,
): Promise<{ count: number; statements: Statement[] }> {
  const { rows } = await db.execute<{ id: string; account: string; email: string }>(
    `SELECT id, account_id AS account, old_email AS email FROM email_changes
     WHERE used_at IS NOT NULL AND undone_at IS NULL AND id IN (SELECT value FROM json_each(?)) ORDER BY used_at DESC`,
    [JSON.stringify(changes)],
  );
  const statements = rows.flatMap(({ id, account, email }): Statement[] => [
    {
      sql: 'UPDATE OR IGNORE accounts SET email = ?, email_key = ?, updated_at = ? WHERE id = ?',
      args: [email, emailKey(email), now, account],
    },
    { sql: 'UPDATE email_changes SET undone_at = ? WHERE id = ?', args: [now, id] },
  ]);
  return { count: rows.length, statements };
}
