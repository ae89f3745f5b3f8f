// Who did what, with the state before and after: append-only, and written in the batch of the act itself, so that neither
// stands without the other. Ids, amounts, states and settings; nothing personal (I9), and a secret only as `•••`.
import { sha256 } from './crypto.ts';
import type { Statement } from './db/db.ts';
import { sql } from './db/sql.ts';
import type { Deps } from './deps.ts';

/** Who acts: a program by its key, a person of the staff, the command line's user; or the server, which nobody asked. */
export type Actor = `key:${string}` | `staff:${string}` | `cli:${string}` | 'server';

type AuditAct =
  | 'payment-recorded'
  | 'recorded-payment-reversed'
  | 'refund-asked'
  | 'payment-released'
  | 'payments-resumed'
  | 'holder-changed'
  | 'work-assigned'
  | 'work-settled'
  | 'manual-invoice-made'
  | 'office-set'
  | 'exception-closed'
  | 'message-retried'
  | 'link-approved'
  | 'link-refused'
  | 'link-undone'
  | 'file-imported'
  | 'invoice-secrets-made'
  | 'account-signed-out'
  | 'everyone-signed-out'
  | 'account-erased'
  | 'incident-recorded'
  | 'regroupement-added'
  | 'settings-changed'
  | 'key-created'
  | 'key-revoked'
  | 'signing-key-rotated'
  | 'secrets-reencrypted'
  | 'database-restored'
  | 'staff-invited'
  | 'staff-joined'
  | 'staff-removed'
  | 'staff-factor-reset';

type Facts = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

export interface Act {
  /** Null: an act on the whole server. */
  regroupementId: string | null;
  actor: Actor;
  act: AuditAct;
  /** What it was done to, as `table:id`. */
  target: string;
  /** The state before; a statement reads it in the batch, where it cannot have changed meanwhile. Null: there was none. */
  before: Facts | Statement | null;
  /** The state after. Null: it is no more. */
  after: Facts | null;
}

/** What stands in the place of a secret. */
export const MASKED = '•••';

/**
 * The statement that writes the act down, for its batch. `ifChanged`: only when the statement just before it changed a
 * row, so that an act which found nothing to do leaves nothing.
 *
 * @example
 * deps.db.batch([
 *   { sql: 'UPDATE … WHERE closed_at IS NULL', args },
 *   audited(deps, { regroupementId, actor, act: 'exception-closed', target: `exceptions:${id}`, … }, { ifChanged: true }),
 * ]);
 */
export function audited(
  deps: Pick<Deps, 'now'>,
  { regroupementId, actor, act, target, before, after }: Act,
  { ifChanged = false } = {},
): Statement {
  const state = isStatement(before) ? { ...before, sql: `(${before.sql})` } : json(before);
  const at = deps.now();
  const fingerprint = sha256(JSON.stringify([at, actor, regroupementId, act, target, before, after]));
  return sql`INSERT INTO audit(fingerprint, at, actor, regroupement_id, act, target, before, after)
    SELECT ${fingerprint}, ${at}, ${actor}, ${regroupementId}, ${act}, ${target}, ${state}, ${json(after)}
    WHERE ${{ sql: ifChanged ? 'changes() > 0' : 'true' }} ON CONFLICT DO NOTHING`;
}

function isStatement(before: Act['before']): before is Statement {
  return typeof before?.sql === 'string';
}

function json(facts: Facts | null): string | null {
  return facts === null ? null : JSON.stringify(facts);
}
