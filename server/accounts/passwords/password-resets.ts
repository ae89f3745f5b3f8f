// A forgotten password (S13). The link proves the mailbox; what it opens, nobody else keeps: every session and pending
// link ends and the old password dies (I5). With only unfinished sign-ups to its name, it activates.
import { sha256 } from '../../crypto.ts';
import { guard, isGuardFailure } from '../../db/db.ts';
import { type Deps, newId } from '../../deps.ts';
import { emailKey, type Lang } from '../../fields.ts';
import { enqueueMail } from '../../mail/outbox.ts';
import { Problem } from '../../problems/problem.ts';
import { type Regroupement, registeredPage } from '../../regroupements/regroupements.ts';
import { securityEvent } from '../../security-log.ts';
import { tryNewPassword, tryReset } from '../account-limits.ts';
import { accountByEmail } from '../accounts.ts';
import { endEmailChanges, type LinkRow, live, stillValid } from '../emailed-links.ts';
import { endSessionsOf, type NewBrowser, openSession, type Tokens } from '../sessions/sessions.ts';
import { accountFromNewestAttempt, endAttempts, newestAttempt } from '../sign-up/sign-up.ts';
import { checkPassword } from './password-rules.ts';
import { hashPassword } from './passwords.ts';
import { sendReset } from './reset-mail.ts';

interface ResetRow extends LinkRow {
  id: string;
  email_key: string;
  page: string | null;
}

/**
 * Sends a link to the e-mail on file, if there is an account or a pending sign-up; else sends nothing. The caller
 * cannot tell. Earlier links go on working, since e-mails arrive in any order. Whatever others ask about her, a link leaves
 * within `LATER_MS`. Throws `too-many-requests` for the caller's address.
 */
export async function requestReset(
  deps: Deps,
  regroupement: Regroupement,
  given: { email: string; lang: Lang; page?: string | undefined },
  clientAddress: string,
): Promise<void> {
  const key = emailKey(given.email);
  const leave = await tryReset(deps, { regroupementId: regroupement.id, emailKey: key, clientAddress });
  const account = await accountByEmail(deps, regroupement.id, given.email);
  const attempt = await newestAttempt(deps, regroupement.id, key);
  await deps.db.batch([
    ...sendReset(
      deps,
      regroupement,
      { ...given, key, recipient: account?.email ?? attempt?.email },
      leave,
      clientAddress,
    ),
    securityEvent(deps, regroupement.id, 'reset-asked', account?.id),
  ]);
}

/** Passes when the link can be used; nothing is consumed. Throws `link-used`, `link-invalid`. */
export async function checkReset(deps: Deps, regroupement: Regroupement, secret: string): Promise<void> {
  stillValid(await resetByLink(deps, regroupement.id, secret), deps.now());
}

/**
 * Sets the new password, ends what was open, opens a session. Of several at once exactly one wins. Throws
 * `link-used`, `link-invalid`, `validation` for the password, `too-many-requests`, `busy`.
 */
export async function completeReset(
  deps: Deps,
  regroupement: Regroupement,
  given: { token: string; password: string },
  clientAddress: string,
  browser: NewBrowser,
): Promise<Tokens> {
  const reset = stillValid(await resetByLink(deps, regroupement.id, given.token), deps.now());
  const key = reset.email_key;
  await tryNewPassword(deps, clientAddress);
  checkPassword(given.password, { email: key, regroupement });
  await browser.take();
  const passwordHash = await hashPassword(deps, given.password);
  const account = await accountByEmail(deps, regroupement.id, key);
  const now = deps.now();
  const isHers = 'regroupement_id = ? AND email_key = ?';
  try {
    await deps.db.batch([
      guard(`EXISTS (SELECT 1 FROM password_resets WHERE id = ?1 AND ${live('?2')})`, [reset.id, now]),
      { sql: 'UPDATE password_resets SET used_at = ? WHERE id = ?', args: [now, reset.id] },
      {
        sql: `UPDATE password_resets SET ended_at = ? WHERE ${isHers} AND used_at IS NULL AND ended_at IS NULL`,
        args: [now, regroupement.id, key],
      },
      accountFromNewestAttempt(
        { id: newId(deps), regroupementId: regroupement.id, emailKey: key, passwordHash },
        now,
      ),
      guard(`EXISTS (SELECT 1 FROM accounts WHERE ${isHers})`, [regroupement.id, key]),
      {
        sql: `UPDATE accounts SET password_hash = ?, updated_at = ? WHERE ${isHers}`,
        args: [passwordHash, now, regroupement.id, key],
      },
      endAttempts(regroupement.id, key, now),
      endEmailChanges(regroupement.id, key, now),
      endSessionsOf(regroupement.id, key, 'password-reset', now),
      ...(account === undefined
        ? []
        : [
            enqueueMail(deps, {
              regroupementId: regroupement.id,
              dedupeKey: `password-changed:${reset.id}`,
              kind: 'password-changed',
              recipient: account.email,
              lang: account.lang,
              payload: {},
            }),
          ]),
      securityEvent(deps, regroupement.id, 'password-reset', account?.id),
    ]);
  } catch (error) {
    if (!isGuardFailure(error)) throw error;
    stillValid(await resetByLink(deps, regroupement.id, given.token), now);
    throw new Problem('link-invalid'); // the sign-up that it would have activated is gone
  }
  const owner = account ?? (await accountByEmail(deps, regroupement.id, key));
  const tokens = await openSession(deps, regroupement, owner?.id ?? '', browser, { provenBy: passwordHash });
  return {
    ...tokens,
    returnPage: reset.page == null ? null : registeredPage(regroupement, deps.config.publicUrl, reset.page),
  };
}

async function resetByLink(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  secret: string,
): Promise<ResetRow | undefined> {
  const { rows } = await deps.db.execute<ResetRow>(
    `SELECT id, email_key, page, expires_at, used_at, ended_at
     FROM password_resets WHERE token_hash = ? AND regroupement_id = ?`,
    [sha256(secret), regroupementId],
  );
  return rows[0];
}
