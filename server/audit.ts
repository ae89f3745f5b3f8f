// Who did what, with the state before and after: append-only, and written in the batch of the act itself, so that neither
// stands without the other. Ids, amounts, states and settings, and a secret only as `•••`. What is of a person, and what people
// say in words, stands beside it, where it can be erased (I9).
import { hashUnder, sha256 } from './crypto.ts';
import type { Statement } from './db/db.ts';
import { sql } from './db/sql.ts';
import { type Deps, newSecret } from './deps.ts';
import { currentRequest } from './request-id.ts';

/** Who acts: a program by its key, a person of the staff, the command line's user; or the server, which nobody asked. */
export type Actor = `key:${string}` | `staff:${string}` | `cli:${string}` | 'server';

type AuditAct =
  | 'payment-recorded'
  | 'recorded-payment-reversed'
  | 'deposit-opened'
  | 'deposit-closed'
  | 'refund-asked'
  | 'payment-released'
  | 'payments-resumed'
  | 'holder-changed'
  | 'work-assigned'
  | 'work-settled'
  | 'manual-invoice-made'
  | 'invoice-cancelled'
  | 'credit-note-made'
  | 'credit-applied'
  | 'plan-made'
  | 'plan-ended'
  | 'credit-transfer-undone'
  | 'office-set'
  | 'exception-closed'
  | 'message-retried'
  | 'link-approved'
  | 'link-refused'
  | 'link-undone'
  | 'file-imported'
  | 'import-undone'
  | 'columns-mapped'
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
  | 'alerts-set'
  | 'staff-changed'
  | 'staff-removed'
  | 'staff-factor-reset'
  | 'audit-words-erased'
  | 'people-exported';

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
  /** Kept for a time, and erased for whoever may ask it. */
  words?: AuditWords;
}

/** What may name a person. */
interface AuditWords {
  /** Why, as whoever acted says it. */
  reason?: string;
  before?: Facts;
  after?: Facts;
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
  deps: Pick<Deps, 'now' | 'randomBytes'>,
  { regroupementId, actor, act, target, before, after, words }: Act,
  { ifChanged = false } = {},
): Statement {
  const state = isStatement(before) ? { ...before, sql: `(${before.sql})` } : json(before);
  const at = deps.now();
  const request = currentRequest();
  const fingerprint = sha256(
    JSON.stringify([at, actor, regroupementId, act, target, before, after, request]),
  );
  const key = words === undefined ? null : newSecret(deps);
  const text = words === undefined ? null : JSON.stringify(words);
  const hash = key === null || text === null ? null : hashUnder(key, text);
  return sql`INSERT INTO audit_acts(fingerprint, at, actor, regroupement_id, act, target, before, after, request_id, words_hash,
      hash_key, words)
    SELECT ${fingerprint}, ${at}, ${actor}, ${regroupementId}, ${act}, ${target}, ${state}, ${json(after)}, ${request}, ${hash},
      ${key}, ${text}
    WHERE ${{ sql: ifChanged ? 'changes() > 0' : 'true' }}`;
}

function isStatement(before: Act['before']): before is Statement {
  return typeof before?.sql === 'string';
}

function json(facts: Facts | null): string | null {
  return facts === null ? null : JSON.stringify(facts);
}
