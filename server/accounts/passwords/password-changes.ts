// A new password by somebody who knows the present one (ASVS 5.0 6.2.2, 6.2.3). What was open elsewhere ends.
import { guard, isGuardFailure } from '../../db/db.ts';
import { type Deps, newId } from '../../deps.ts';
import { emailKey } from '../../fields.ts';
import { enqueueMail } from '../../mail/outbox.ts';
import { Problem } from '../../problems/problem.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';
import { securityEvent } from '../../security-log.ts';
import { guessFits, passwordWasRight, tryNewPassword, tryPassword } from '../account-limits.ts';
import { type Account, accountById } from '../accounts.ts';
import { endEmailChanges } from '../emailed-links.ts';
import type { Session } from '../sessions/access-tokens.ts';
import { endSessionsBut } from '../sessions/sessions.ts';
import { checkPassword } from './password-rules.ts';
import { hashPassword } from './passwords.ts';

/**
 * The account of the session, once its password is given again: before anything that would take it from her. Throws
 * `password-wrong`, `too-many-requests`, `busy`.
 */
export async function provePassword(
  deps: Deps,
  session: Session,
  password: string,
  clientAddress: string,
): Promise<Account> {
  const account = await accountById(deps, session.regroupementId, session.accountId);
  if (account === undefined) throw new Problem('unauthenticated');
  const caller = {
    regroupementId: session.regroupementId,
    emailKey: emailKey(account.email),
    clientAddress,
  };
  await tryPassword(deps, caller);
  if (!(await guessFits(deps, caller, account.passwordHash, password))) {
    await deps.db.batch([securityEvent(deps, session.regroupementId, 'password-proof-failed', account.id)]);
    throw new Problem('password-wrong');
  }
  await passwordWasRight(deps, caller);
  return account;
}

/**
 * Puts the new password in place of the present one; this browser's session goes on, every other ends. Throws
 * `password-wrong`, `validation` for the new one, `too-many-requests`, `busy`.
 */
export async function changePassword(
  deps: Deps,
  regroupement: Regroupement,
  session: Session,
  given: { currentPassword: string; password: string },
  clientAddress: string,
): Promise<void> {
  const account = await provePassword(deps, session, given.currentPassword, clientAddress);
  await tryNewPassword(deps, clientAddress);
  checkPassword(given.password, { email: account.email, regroupement });
  const passwordHash = await hashPassword(deps, given.password);
  const key = emailKey(account.email);
  const now = deps.now();
  const owner = { regroupementId: regroupement.id, accountId: account.id };
  try {
    await deps.db.batch([
      guard('EXISTS (SELECT 1 FROM accounts WHERE id = ? AND password_hash = ?)', [
        account.id,
        account.passwordHash,
      ]),
      {
        sql: 'UPDATE accounts SET password_hash = ?, updated_at = ? WHERE id = ? AND regroupement_id = ?',
        args: [passwordHash, now, account.id, regroupement.id],
      },
      {
        sql: `UPDATE password_resets SET ended_at = ?
              WHERE used_at IS NULL AND ended_at IS NULL AND regroupement_id = ? AND email_key = ?`,
        args: [now, regroupement.id, key],
      },
      endEmailChanges(regroupement.id, key, now),
      endSessionsBut(owner, session.sessionId, 'password-changed', now),
      enqueueMail(deps, {
        regroupementId: regroupement.id,
        dedupeKey: `password-changed:${newId(deps)}`,
        kind: 'password-changed',
        recipient: account.email,
        lang: account.lang,
        payload: {},
      }),
      securityEvent(deps, regroupement.id, 'password-changed', account.id),
    ]);
  } catch (error) {
    if (!isGuardFailure(error)) throw error;
    // Another change was faster, and the password that she gave is not the present one any more; or it was this one.
    const present = await accountById(deps, regroupement.id, account.id);
    if (present?.passwordHash !== passwordHash) throw new Problem('password-wrong');
  }
}
