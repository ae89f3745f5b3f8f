// The end of an account (P-39.1, s. 23 and 28; I9). What is hers goes: name, e-mail, password, sessions, links, messages.
// The books stay, pointing to a row with nothing in it; her file at the regroupement is the regroupement's to correct.
import { securityEvent } from '../accounts/security-log.ts';
import { guard, isGuardFailure, type Statement } from '../db/db.ts';
import type { Deps } from '../deps.ts';
import { emailKey, type Lang } from '../http/fields.ts';
import { Problem } from '../http/problem.ts';
import { enqueueMail } from '../mail/outbox.ts';

/** What a late document of the books shows instead of the name. */
export const ERASED_NAME = 'Compte supprimé / Deleted account';

interface Account {
  id: string;
  regroupementId: string;
  email: string;
  lang: Lang;
}

/** What erasing asks of the outside. */
type Eraser = Pick<Deps, 'db' | 'now' | 'randomBytes'>;

/**
 * Erases the account and tells its address, once. Throws `payment-in-progress` while a payment of hers waits for her, for
 * PayPal or for an answer: money under way must find its owner. Nothing happens to an account that is erased already.
 */
export async function eraseAccount(
  deps: Eraser,
  regroupementId: string,
  accountId: string,
  why: 'asked' | 'unused' | 'staff',
): Promise<void> {
  const account = await livingAccount(deps, regroupementId, accountId);
  if (account === undefined) return;
  try {
    await deps.db.batch([
      guard(
        `NOT EXISTS (SELECT 1 FROM payments WHERE account_id = ?1 AND state IN ('approved','capturing','unknown','pending'))
         AND NOT EXISTS (SELECT 1 FROM refunds r JOIN payments p ON p.id = r.payment_id
           WHERE p.account_id = ?1 AND r.state IN ('asked','unknown','pending'))`,
        [account.id],
      ),
      ...forget(deps.now(), account),
      enqueueMail(deps, {
        regroupementId,
        dedupeKey: `account-erased:${account.id}`,
        kind: 'account-erased',
        recipient: account.email,
        lang: account.lang,
        payload: {},
      }),
      securityEvent(deps, regroupementId, 'account-erased', account.id, { why }),
    ]);
  } catch (error) {
    if (isGuardFailure(error)) throw new Problem('payment-in-progress');
    throw error;
  }
}

/** Erases an account that was erased before, and that an older database brought back: she was told then. */
export async function eraseAgain(deps: Eraser, regroupementId: string, accountId: string): Promise<boolean> {
  const account = await livingAccount(deps, regroupementId, accountId);
  if (account === undefined) return false;
  await deps.db.batch([
    ...forget(deps.now(), account),
    securityEvent(deps, regroupementId, 'account-erased', account.id, { why: 'restored' }),
  ]);
  return true;
}

async function livingAccount(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  accountId: string,
): Promise<Account | undefined> {
  const { rows } = await deps.db.execute<Account>(
    `SELECT id, regroupement_id AS regroupementId, email, lang FROM accounts
     WHERE id = ? AND regroupement_id = ? AND erased_at IS NULL`,
    [accountId, regroupementId],
  );
  return rows[0];
}

function forget(now: number, account: Account): Statement[] {
  const { id, regroupementId } = account;
  const key = emailKey(account.email);
  const hers = ['links', 'link_challenges', 'link_requests', 'email_changes', 'sessions'];
  // Messages to the other addresses that she gave, or had.
  const changes = `regroupement_id = ?1 AND dedupe_key IN (SELECT kind || ':' || id FROM email_changes WHERE account_id = ?2)`;
  return [
    {
      sql: `DELETE FROM outbox WHERE ${changes} AND kind = 'email-change' AND state = 'waiting'`,
      args: [regroupementId, id],
    },
    {
      sql: `UPDATE outbox SET recipient = '', payload = '{}' WHERE ${changes} AND state <> 'waiting'`,
      args: [regroupementId, id],
    },
    {
      sql: 'DELETE FROM refresh_tokens WHERE session_id IN (SELECT id FROM sessions WHERE account_id = ?)',
      args: [id],
    },
    ...hers.map((table) => ({
      sql: `DELETE FROM ${table} WHERE account_id = ? AND regroupement_id = ?`,
      args: [id, regroupementId],
    })),
    ...['sign_ups', 'password_resets'].map((table) => ({
      sql: `DELETE FROM ${table} WHERE regroupement_id = ? AND email_key = ?`,
      args: [regroupementId, key],
    })),
    {
      // Receipts still leave. What she got as the holder on file, and not as this account, is not this account's.
      sql: `DELETE FROM outbox WHERE regroupement_id = ? AND recipient = ? AND state = 'waiting'
            AND kind NOT IN ('receipt', 'refund-receipt', 'linked', 'link-code')`,
      args: [regroupementId, account.email],
    },
    {
      sql: `UPDATE outbox SET recipient = '', payload = '{}' WHERE regroupement_id = ? AND recipient = ? AND state <> 'waiting'`,
      args: [regroupementId, account.email],
    },
    {
      sql: `UPDATE accounts SET name = ?, email = '', email_key = 'erased:' || id, password_hash = '', updated_at = ?, erased_at = ?
            WHERE id = ? AND regroupement_id = ?`,
      args: [ERASED_NAME, now, now, id, regroupementId],
    },
  ];
}
