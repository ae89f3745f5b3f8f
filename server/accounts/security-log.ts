// What happened around accounts, append-only, without anything personal: ids and codes (I9).
import type { Statement } from '../db/db.ts';
import { type Deps, newId } from '../deps.ts';

export type SecurityEvent =
  | 'signed-up'
  | 'sign-up-for-existing-account'
  | 'activated'
  | 'activation-failed'
  | 'signed-in'
  | 'sign-in-failed'
  | 'signed-out'
  | 'refresh-reused'
  | 'reset-asked'
  | 'password-reset';

/** A statement that records the event, to stand in the batch of what it records. */
export function securityEvent(
  deps: Pick<Deps, 'now' | 'randomBytes'>,
  regroupementId: string,
  event: SecurityEvent,
  accountId: string | null = null,
): Statement {
  return {
    sql: 'INSERT INTO security_log(id, regroupement_id, at, event, account_id) VALUES (?, ?, ?, ?, ?)',
    args: [newId(deps), regroupementId, deps.now(), event, accountId],
  };
}
