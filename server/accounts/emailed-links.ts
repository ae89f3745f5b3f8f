// What the e-mailed links (activation, reset, change of e-mail) have in common (I4): a secret stored hashed, used
// once, by a person's POST.
import type { Statement } from '../db/db.ts';
import { Problem } from '../problems/problem.ts';

/** Instants in a link's row, UTC milliseconds. */
export interface LinkRow {
  expires_at: number;
  used_at: number | null;
  ended_at: number | null;
}

/** Answers the row of a link that can still be used. Throws `link-used`, or `link-invalid` for every other reason. */
export function stillValid<Row extends LinkRow>(row: Row | undefined, now: number): Row {
  if (row?.used_at != null) throw new Problem('link-used');
  if (row === undefined || row.ended_at !== null || row.expires_at <= now) throw new Problem('link-invalid');
  return row;
}

/** SQL: the link's row can still be used at `now` (the one parameter, named by the caller). */
export function live(now: string): string {
  return `used_at IS NULL AND ended_at IS NULL AND expires_at > ${now}`;
}

/** A statement that voids the pending changes of e-mail of the account with this address: whatever makes it hers again ends them (I5). */
export function endEmailChanges(regroupementId: string, emailKey: string, now: number): Statement {
  return {
    sql: `UPDATE email_changes SET ended_at = ? WHERE used_at IS NULL AND ended_at IS NULL AND account_id IN
            (SELECT id FROM accounts WHERE regroupement_id = ? AND email_key = ?)`,
    args: [now, regroupementId, emailKey],
  };
}
