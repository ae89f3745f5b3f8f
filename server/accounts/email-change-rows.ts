// What other doors need to know of pending changes of e-mail: they end with whatever makes the account hers again (I5).
import type { Statement } from '../db/db.ts';

/** A statement that voids the pending changes of the account with this e-mail. */
export function endEmailChanges(regroupementId: string, emailKey: string, now: number): Statement {
  return {
    sql: `UPDATE email_changes SET ended_at = ? WHERE used_at IS NULL AND ended_at IS NULL AND account_id IN
            (SELECT id FROM accounts WHERE regroupement_id = ? AND email_key = ?)`,
    args: [now, regroupementId, emailKey],
  };
}
