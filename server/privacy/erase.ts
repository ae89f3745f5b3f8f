// The end of an account (P-39.1, s. 23 and 28; I9). What is hers goes: name, e-mail, password, sessions, links, messages.
// The books stay, pointing to a row with nothing in it; her file at the regroupement is the regroupement's to correct.
import { type Actor, audited } from '../audit.ts';
import { guard, isGuardFailure, type Statement } from '../db/db.ts';
import type { Deps } from '../deps.ts';
import { emailKey, type Lang } from '../fields.ts';
import { enqueueMail, OFFICE_KINDS } from '../mail/outbox.ts';
import { Problem } from '../problems/problem.ts';
import { securityEvent } from '../security-log.ts';

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
 * Erases the account and tells its address, once. Throws `account-in-use` while a payment of hers waits for her, for
 * PayPal or for an answer: money under way must find its owner. Nothing happens to an account that is erased already, or,
 * when it is `unused`, used again. `provenBy`: the hash that her password fitted; throws `password-wrong` when it is not
 * the account's any more, so that a stale proof ends nothing that was taken back meanwhile. `by`: whom of the staff she
 * asked, for the audit.
 */
export async function eraseAccount(
  deps: Eraser,
  regroupementId: string,
  accountId: string,
  reason: { why: 'asked'; provenBy: string } | { why: 'unused' } | { why: 'staff'; by: Actor },
): Promise<void> {
  const account = await livingAccount(deps, regroupementId, accountId);
  if (account === undefined) return;
  const former = await formerAddresses(deps, account);
  const unchanged = `EXISTS (SELECT 1 FROM accounts WHERE id = ?1 AND email = ?2 AND password_hash = coalesce(?3, password_hash)
    AND (?4 <> 'unused' OR ending_told_at IS NOT NULL))`;
  const { why } = reason;
  const asRead = [account.id, account.email, why === 'asked' ? reason.provenBy : null, why];
  try {
    await deps.db.batch([
      guard(unchanged, asRead),
      guard(
        `NOT EXISTS (SELECT 1 FROM payments WHERE account_id = ?1 AND state IN ('approved','capturing','unknown','pending'))
         AND NOT EXISTS (SELECT 1 FROM refunds r JOIN payments p ON p.id = r.payment_id
           WHERE p.account_id = ?1 AND r.state IN ('asked','unknown','pending'))`,
        [account.id],
      ),
      ...forget(deps.now(), account, former),
      enqueueMail(deps, {
        regroupementId,
        dedupeKey: `account-erased:${account.id}`,
        kind: 'account-erased',
        recipient: account.email,
        lang: account.lang,
        payload: {},
      }),
      securityEvent(deps, regroupementId, 'account-erased', account.id, { why }),
      ...(why === 'staff' ? [erasedBy(deps, account, reason.by)] : []),
    ]);
  } catch (error) {
    if (!isGuardFailure(error)) throw error;
    const { rows } = await deps.db.execute(`SELECT 1 WHERE ${unchanged}`, asRead);
    if (rows.length > 0) throw new Problem('account-in-use');
    if (why === 'asked') throw new Problem('password-wrong');
    if (why === 'staff') await eraseAccount(deps, regroupementId, accountId, reason); // her e-mail changed in between
  }
}

function erasedBy(deps: Eraser, account: Account, actor: Actor): Statement {
  return audited(deps, {
    regroupementId: account.regroupementId,
    actor,
    act: 'account-erased',
    target: `accounts:${account.id}`,
    before: { erased: false },
    after: { erased: true },
  });
}

/** Erases an account that was erased before, and that an older database brought back: she was told then. */
export async function eraseAgain(deps: Eraser, regroupementId: string, accountId: string): Promise<boolean> {
  const account = await livingAccount(deps, regroupementId, accountId);
  if (account === undefined) return false;
  await deps.db.batch([
    ...forget(deps.now(), account, await formerAddresses(deps, account)),
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

/** An address that was hers until then (UTC milliseconds). */
interface Address {
  email: string;
  until: number;
}

async function formerAddresses(deps: Pick<Deps, 'db'>, { id, regroupementId }: Account): Promise<Address[]> {
  const { rows } = await deps.db.execute<Address>(
    `SELECT old_email AS email, used_at AS until FROM email_changes
     WHERE account_id = ? AND regroupement_id = ? AND used_at IS NOT NULL AND old_email IS NOT NULL`,
    [id, regroupementId],
  );
  return rows;
}

const RECEIPTS = ['receipt', 'refund-receipt', 'recorded-receipt', 'receipt-cancelled'];

function forgetAddress(regroupementId: string, { email, until }: Address): Statement[] {
  const args = [regroupementId, emailKey(email), until];
  const toAddress = `regroupement_id = ?1 AND lower(recipient) = ?2 AND recipient <> '' AND created_at <= ?3
    AND kind NOT IN (SELECT value FROM json_each(?4))`;
  return [
    ...['sign_ups', 'password_resets'].map((table) => ({
      sql: `DELETE FROM ${table} WHERE regroupement_id = ? AND email_key = ? AND created_at <= ?`,
      args,
    })),
    // Receipts still leave, and what she gets as the holder on file.
    {
      sql: `DELETE FROM outbox WHERE ${toAddress} AND state = 'waiting'`,
      args: [...args, JSON.stringify([...OFFICE_KINDS, 'linked', 'link-code', ...RECEIPTS])],
    },
    {
      sql: `UPDATE outbox SET recipient = '', payload = '{}' WHERE ${toAddress} AND state <> 'waiting'`,
      args: [...args, JSON.stringify(OFFICE_KINDS)],
    },
  ];
}

// ?1: the account. What acts of staff may have been done to that concerned it.
const HER_TARGETS = `SELECT 'accounts:' || ?1
  UNION ALL SELECT 'links:' || id FROM links WHERE account_id = ?1
  UNION ALL SELECT 'link_requests:' || id FROM link_requests WHERE account_id = ?1
  UNION ALL SELECT 'payments:' || id FROM payments WHERE account_id = ?1
  UNION ALL SELECT 'refunds:' || r.id FROM payments p JOIN refunds r ON r.payment_id = p.id WHERE p.account_id = ?1
  UNION ALL SELECT 'exceptions:' || x.id FROM payments p JOIN exceptions x ON x.payment_id = p.id WHERE p.account_id = ?1`;

function forget(now: number, account: Account, former: readonly Address[]): Statement[] {
  const { id, regroupementId } = account;
  const tables = ['links', 'link_challenges', 'link_requests', 'email_changes', 'sessions'];
  // Messages to the other addresses that she gave, or had.
  const changes = `regroupement_id = ?1 AND dedupe_key IN (SELECT k.value || ':' || c.id
    FROM email_changes c, json_each('["email-change","email-changed"]') k WHERE c.account_id = ?2)`;
  return [
    // While what they were done to is still known to be hers. What staff wrote of her payments stays beside the money.
    {
      sql: `DELETE FROM audit_words WHERE seq IN (SELECT seq FROM audit WHERE target IN (${HER_TARGETS}))`,
      args: [id],
    },
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
    ...tables.map((table) => ({
      sql: `DELETE FROM ${table} WHERE account_id = ? AND regroupement_id = ?`,
      args: [id, regroupementId],
    })),
    ...[{ email: account.email, until: now }, ...former].flatMap((one) => forgetAddress(regroupementId, one)),
    {
      sql: `UPDATE accounts SET name = ?, email = '', email_key = 'erased:' || id, password_hash = '', updated_at = ?, erased_at = ?
            WHERE id = ? AND regroupement_id = ?`,
      args: [ERASED_NAME, now, now, id, regroupementId],
    },
  ];
}
