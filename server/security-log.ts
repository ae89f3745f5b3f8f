// What happened around accounts, append-only, without anything personal: ids and codes (I9).
import type { Statement } from './db/db.ts';
import { sql } from './db/sql.ts';
import { type Deps, newId } from './deps.ts';

export type SecurityEvent =
  | 'signed-up'
  | 'sign-up-for-existing-account'
  | 'resend-asked'
  | 'activated'
  | 'activation-failed'
  | 'signed-in'
  | 'sign-in-failed'
  | 'signed-out'
  | 'refresh-reused'
  | 'reset-asked'
  | 'password-reset'
  | 'password-changed'
  | 'password-proof-failed'
  | 'email-change-asked'
  | 'email-changed'
  | 'email-change-undone'
  | 'session-ended-elsewhere'
  | 'sessions-ended-by-staff'
  | 'data-exported'
  | 'account-erased'
  | 'lookup-missed'
  | 'lookup-alert'
  | 'link-asked'
  | 'link-code-wrong'
  | 'link-approved'
  | 'link-refused'
  | 'invoice-secrets-made'
  | 'certificate-linked'
  | 'certificate-link-undone'
  | 'webhook-refused'
  | 'payment-of-another'
  | 'staff-key-created'
  | 'staff-key-revoked'
  | 'staff-key-used'
  | 'staff-key-overstepped'
  | 'staff-overstepped'
  | 'staff-signed-in'
  | 'staff-sign-in-failed'
  | 'staff-signed-out'
  | 'staff-enrolled'
  | 'staff-factor-changed'
  | 'staff-factor-reset'
  | 'staff-reset-asked'
  | 'staff-password-changed';

/**
 * A statement that records the event, to stand in the batch of what it records. `ifChanged`: only when the statement
 * just before it changed a row, so that asking for nothing again and again does not swell the log.
 */
export function securityEvent(
  deps: Pick<Deps, 'now' | 'randomBytes'>,
  regroupementId: string,
  event: SecurityEvent,
  accountId?: string | null,
  detail: Readonly<Record<string, string>> = {},
  { ifChanged = false } = {},
): Statement {
  const condition = { sql: ifChanged ? 'changes() > 0' : 'true' };
  return sql`INSERT INTO security_log(id, regroupement_id, at, event, account_id, detail)
    SELECT ${newId(deps)}, ${regroupementId}, ${deps.now()}, ${event}, ${accountId ?? null}, ${JSON.stringify(detail)}
    WHERE ${condition} ON CONFLICT DO NOTHING`;
}
