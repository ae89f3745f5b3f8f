// Another e-mail for an account. Asked with the password, proven by a link to the new address together with the
// password: so that nobody's click on a link that she did not ask for gives her address to somebody else's account
// (the trojan identifier of Sudhodanan and Paverd, 2022). The old address is told, and can take the account back.
import { sha256 } from '../crypto.ts';
import { guard, isGuardFailure, isUniqueViolation } from '../db/db.ts';
import { sql } from '../db/sql.ts';
import { type Deps, newId, newSecret } from '../deps.ts';
import { emailKey, type Lang } from '../fields.ts';
import { enqueueAsked, enqueueMail } from '../mail/outbox.ts';
import { Problem } from '../problems/problem.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import { securityEvent } from '../security-log.ts';
import {
  guessFits,
  passwordWasRight,
  tryEmailChange,
  tryNewPassword,
  tryPassword,
} from './account-limits.ts';
import { accountByEmail, accountById } from './accounts.ts';
import { endEmailChanges, type LinkRow, live, stillValid } from './emailed-links.ts';
import { provePassword } from './passwords/password-changes.ts';
import { checkPassword } from './passwords/password-rules.ts';
import { hashPassword } from './passwords/passwords.ts';
import type { Session } from './sessions/access-tokens.ts';
import { endSessionsBut, type NewBrowser, openSession, type Tokens } from './sessions/sessions.ts';
import { endAttempts } from './sign-up/sign-up.ts';

/** A day, as for a new account. */
const EMAIL_CHANGE_MS = 24 * 3_600_000;
/** A week: long enough to read it, short for a mailbox that she gives up because somebody else can read it. */
const EMAIL_UNDO_MS = 7 * 24 * 3_600_000;

interface ChangeRow extends LinkRow {
  id: string;
  account_id: string;
  email: string;
  email_key: string;
  old_email: string | null;
  undone_at: number | null;
}

/**
 * Sends a link to the new address, or, when it has an account, tells that one's owner; the caller cannot tell which
 * (I3). Throws `password-wrong`, `too-many-requests`, `busy`.
 */
export async function requestEmailChange(
  deps: Deps,
  regroupement: Regroupement,
  session: Session,
  given: { email: string; password: string },
  clientAddress: string,
): Promise<void> {
  const account = await provePassword(deps, session, given.password, clientAddress);
  const key = emailKey(given.email);
  await tryEmailChange(deps, { regroupementId: regroupement.id, emailKey: key, clientAddress }, account.id);
  const other = await accountByEmail(deps, regroupement.id, given.email);
  const taken = other !== undefined && other.id !== account.id;
  const id = newId(deps);
  const secret = newSecret(deps);
  const now = deps.now();
  const about: { regroupementId: string; lang: Lang } = {
    regroupementId: regroupement.id,
    lang: account.lang,
  };
  // Written for a taken address too, where nobody gets its link: her own data must not tell her whether there was one.
  const statements = [
    guard('EXISTS (SELECT 1 FROM accounts WHERE id = ? AND password_hash = ?)', [
      account.id,
      account.passwordHash,
    ]),
    endEmailChanges(regroupement.id, emailKey(account.email), now),
    sql`INSERT INTO email_changes(id, regroupement_id, account_id, email, email_key, token_hash, created_at, expires_at)
        VALUES (${id}, ${regroupement.id}, ${account.id}, ${given.email}, ${key}, ${sha256(secret)}, ${now},
          ${now + EMAIL_CHANGE_MS})
        ON CONFLICT DO NOTHING`,
    taken
      ? enqueueAsked(
          deps,
          { ...about, dedupeKey: `exists:${id}`, kind: 'exists', recipient: other.email, payload: {} },
          { by: clientAddress },
        )
      : enqueueAsked(
          deps,
          {
            ...about,
            dedupeKey: `email-change:${id}`,
            kind: 'email-change',
            recipient: given.email,
            payload: { token: secret },
          },
          { by: clientAddress },
        ),
    securityEvent(deps, regroupement.id, 'email-change-asked', account.id),
  ];
  try {
    await deps.db.batch(statements);
  } catch (error) {
    if (isGuardFailure(error)) throw new Problem('password-wrong'); // changed, or the account ended, meanwhile
    throw error;
  }
}

/** Passes when the link can be used; nothing is consumed. Throws `link-used`, `link-invalid`. */
export async function checkEmailChange(
  deps: Deps,
  regroupement: Regroupement,
  secret: string,
): Promise<void> {
  stillValid(await changeBy('token_hash', deps, regroupement.id, secret), deps.now());
}

/**
 * Gives the account its new e-mail; every session ends and one opens here. Of several at once exactly one wins. Throws
 * `link-used`, `link-invalid`, `sign-in-failed` (not the account's password), `too-many-requests`, `busy`.
 */
export async function confirmEmailChange(
  deps: Deps,
  regroupement: Regroupement,
  given: { token: string; password: string },
  clientAddress: string,
  browser: NewBrowser,
): Promise<Tokens> {
  const now = deps.now();
  const change = stillValid(await changeBy('token_hash', deps, regroupement.id, given.token), now);
  const account = await accountById(deps, regroupement.id, change.account_id);
  if (account === undefined) throw new Problem('link-invalid');
  const oldKey = emailKey(account.email);
  const caller = { regroupementId: regroupement.id, emailKey: oldKey, clientAddress };
  await tryPassword(deps, caller);
  await browser.take();
  if (!(await guessFits(deps, caller, account.passwordHash, given.password))) {
    await deps.db.batch([securityEvent(deps, regroupement.id, 'sign-in-failed', account.id)]);
    throw new Problem('sign-in-failed');
  }
  await passwordWasRight(deps, caller);
  const undoSecret = newSecret(deps);
  try {
    await deps.db.batch([
      guard(`EXISTS (SELECT 1 FROM email_changes WHERE id = ?1 AND ${live('?2')})`, [change.id, now]),
      guard('EXISTS (SELECT 1 FROM accounts WHERE id = ? AND password_hash = ? AND email_key = ?)', [
        account.id,
        account.passwordHash,
        oldKey,
      ]),
      {
        sql: 'UPDATE email_changes SET used_at = ?, old_email = ?, undo_hash = ? WHERE id = ?',
        args: [now, account.email, sha256(undoSecret), change.id],
      },
      {
        sql: 'UPDATE accounts SET email = ?, email_key = ?, updated_at = ? WHERE id = ? AND regroupement_id = ?',
        args: [change.email, change.email_key, now, account.id, regroupement.id],
      },
      // What waited at either address opened the account, or another one with its e-mail, by another way.
      endAttempts(regroupement.id, change.email_key, now),
      endResets(regroupement.id, [oldKey, change.email_key], now),
      endSessionsBut({ regroupementId: regroupement.id, accountId: account.id }, null, 'email-changed', now),
      enqueueMail(deps, {
        regroupementId: regroupement.id,
        dedupeKey: `email-changed:${change.id}`,
        kind: 'email-changed',
        recipient: account.email,
        lang: account.lang,
        payload: { token: undoSecret },
      }),
      securityEvent(deps, regroupement.id, 'email-changed', account.id),
    ]);
  } catch (error) {
    if (!isGuardFailure(error) && !isUniqueViolation(error)) throw error;
    stillValid(await changeBy('token_hash', deps, regroupement.id, given.token), now);
    throw new Problem('link-invalid'); // the address got an account meanwhile, or the account changed
  }
  return await openSession(deps, regroupement, account.id, browser, { provenBy: account.passwordHash });
}

/** Passes when the old address can still take the account back. Throws `link-used`, `link-invalid`. */
export async function checkEmailUndo(deps: Deps, regroupement: Regroupement, secret: string): Promise<void> {
  undoable(await changeBy('undo_hash', deps, regroupement.id, secret), deps.now());
}

/**
 * « Ce n’est pas moi »: the account has its old e-mail again, with a new password, and whatever was open or pending ends.
 * Throws `link-used`, `link-invalid`, `validation` for the password, `too-many-requests`, `busy`.
 */
export async function undoEmailChange(
  deps: Deps,
  regroupement: Regroupement,
  given: { token: string; password: string },
  clientAddress: string,
  browser: NewBrowser,
): Promise<Tokens> {
  const now = deps.now();
  const change = undoable(await changeBy('undo_hash', deps, regroupement.id, given.token), now);
  const oldKey = emailKey(change.old_email);
  await tryNewPassword(deps, clientAddress);
  checkPassword(given.password, { email: oldKey, regroupement });
  await browser.take();
  const passwordHash = await hashPassword(deps, given.password);
  const account = await accountById(deps, regroupement.id, change.account_id);
  if (account === undefined) throw new Problem('link-invalid');
  const owner = { regroupementId: regroupement.id, accountId: account.id };
  try {
    await deps.db.batch([
      guard('EXISTS (SELECT 1 FROM email_changes WHERE id = ? AND undone_at IS NULL)', [change.id]),
      // Changes that came after it, and their undoing, go with it: they were made by whoever made this one.
      sql`UPDATE email_changes SET undone_at = ${now}, ended_at = coalesce(ended_at, ${now})
          WHERE account_id = ${account.id} AND regroupement_id = ${regroupement.id}
            AND (id = ${change.id} OR created_at >= ${change.used_at})`,
      sql`UPDATE accounts SET email = ${change.old_email}, email_key = ${oldKey}, password_hash = ${passwordHash},
            updated_at = ${now} WHERE id = ${account.id} AND regroupement_id = ${regroupement.id}`,
      endAttempts(regroupement.id, oldKey, now),
      endResets(regroupement.id, [oldKey, emailKey(account.email)], now),
      endSessionsBut(owner, null, 'email-changed', now),
      enqueueMail(deps, {
        regroupementId: regroupement.id,
        dedupeKey: `password-changed:${change.id}`,
        kind: 'password-changed',
        recipient: change.old_email,
        lang: account.lang,
        payload: {},
      }),
      securityEvent(deps, regroupement.id, 'email-change-undone', account.id),
    ]);
  } catch (error) {
    if (!isGuardFailure(error) && !isUniqueViolation(error)) throw error;
    undoable(await changeBy('undo_hash', deps, regroupement.id, given.token), now);
    throw new Problem('link-invalid'); // the old address has an account of its own by now
  }
  return await openSession(deps, regroupement, account.id, browser, { provenBy: passwordHash });
}

function undoable(
  row: ChangeRow | undefined,
  now: number,
): ChangeRow & { old_email: string; used_at: number } {
  if (row?.undone_at != null) throw new Problem('link-used');
  if (row == null || row.old_email === null || row.used_at === null || row.used_at + EMAIL_UNDO_MS <= now)
    throw new Problem('link-invalid');
  return { ...row, old_email: row.old_email, used_at: row.used_at };
}

function endResets(regroupementId: string, emailKeys: readonly string[], now: number) {
  return {
    sql: `UPDATE password_resets SET ended_at = ? WHERE used_at IS NULL AND ended_at IS NULL AND regroupement_id = ?
          AND email_key IN (SELECT value FROM json_each(?))`,
    args: [now, regroupementId, JSON.stringify(emailKeys)],
  };
}

async function changeBy(
  column: 'token_hash' | 'undo_hash',
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  secret: string,
): Promise<ChangeRow | undefined> {
  const { rows } = await deps.db.execute<ChangeRow>(
    `SELECT id, account_id, email, email_key, old_email, expires_at, used_at, ended_at, undone_at
     FROM email_changes WHERE ${column} = ? AND regroupement_id = ?`,
    [sha256(secret), regroupementId],
  );
  return rows[0];
}
