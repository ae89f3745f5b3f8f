// Creating an account (S9–S12). Each attempt is a row of its own with its own password (I5): whoever activates has
// the mailbox, through the link, and knows the password of that attempt. So an account that somebody else began in
// her name never becomes hers with somebody else's password.
import { sha256 } from '../../crypto.ts';
import { guard, isGuardFailure, isUniqueViolation, type Statement } from '../../db/db.ts';
import { sql } from '../../db/sql.ts';
import { type Deps, newId, newSecret } from '../../deps.ts';
import { emailKey, type Lang } from '../../fields.ts';
import { enqueueAsked } from '../../mail/outbox.ts';
import { Problem } from '../../problems/problem.ts';
import { type Regroupement, registeredPage } from '../../regroupements/regroupements.ts';
import { securityEvent } from '../../security-log.ts';
import {
  guessFits,
  type Leave,
  passwordWasRight,
  tryNewPassword,
  tryPassword,
  tryResend,
  trySignUp,
} from '../account-limits.ts';
import { type Account, accountByEmail, insertAccount } from '../accounts.ts';
import { type LinkRow, live, stillValid } from '../emailed-links.ts';
import { checkPassword } from '../passwords/password-rules.ts';
import { hashPassword } from '../passwords/passwords.ts';
import { sendReset } from '../passwords/reset-mail.ts';
import { type NewBrowser, openSession, type Tokens } from '../sessions/sessions.ts';

/** A day: she may read her e-mail in the evening, or have it read to her. */
export const ACTIVATION_MS = 24 * 3_600_000;
/** Name, e-mail, its key and the password of the row that an e-mail with an account leaves: as large a write, of nobody. */
const NOTHING_TYPED = ['', '', '', ''] as const;

interface SignUpRow extends LinkRow {
  id: string;
  name: string;
  email: string;
  password_hash: string;
  lang: Lang;
  page: string | null;
}

/**
 * Records the attempt and sends its link; or, when the e-mail has an account, tells its owner so. The caller cannot
 * tell which. Throws `validation` for the password, `too-many-requests`, `busy`.
 */
export async function signUp(
  deps: Deps,
  regroupement: Regroupement,
  given: {
    name: string;
    email: string;
    password: string;
    lang: Lang;
    page?: string | undefined;
    attempt?: string | undefined;
  },
  clientAddress: string,
): Promise<void> {
  await tryNewPassword(deps, clientAddress);
  checkPassword(given.password, { email: given.email, regroupement });
  const key = emailKey(given.email);
  const id = namedId(regroupement.id, key, given.attempt) ?? newId(deps);
  const leave = await trySignUp(deps, { regroupementId: regroupement.id, emailKey: key, clientAddress }, id);
  // Hashed, and the same statements run, when there is an account already: the time must not tell.
  const passwordHash = await hashPassword(deps, given.password);
  const account = await accountByEmail(deps, regroupement.id, given.email);
  const secret = newSecret(deps);
  const tokenHash = sha256(secret);
  const now = deps.now();
  const [name, email, ofEmail, hash] =
    account === undefined ? ([given.name, given.email, key, passwordHash] as const) : NOTHING_TYPED;
  const page = given.page == null ? null : registeredPage(regroupement, deps.config.publicUrl, given.page);
  await deps.db.batch([
    // The name that her browser gave stays free, should the account end before she signs up again.
    sql`INSERT INTO sign_ups(id, regroupement_id, name, email, email_key, password_hash, token_hash, lang, page,
          created_at, expires_at)
        VALUES (${account === undefined ? id : tokenHash}, ${regroupement.id}, ${name}, ${email}, ${ofEmail}, ${hash}, ${tokenHash},
          ${given.lang}, ${page}, ${now}, ${now + ACTIVATION_MS})
        ON CONFLICT DO NOTHING`,
    ...sendLink(deps, regroupement, id, { ...given, account, leave, clientAddress }, secret),
    securityEvent(
      deps,
      regroupement.id,
      account === undefined ? 'signed-up' : 'sign-up-for-existing-account',
      account?.id,
    ),
  ]);
}

/**
 * Sends an attempt's e-mail again, with a new link of a new day: only its hash was kept, so the first link cannot be
 * repeated. The one that she named, or else the newest, which may be somebody else's. The older link goes on working,
 * since e-mails arrive late and in any order. Says nothing to the caller. Throws `too-many-requests` for the caller's
 * address.
 */
export async function resendActivation(
  deps: Deps,
  regroupement: Regroupement,
  given: { email: string; lang: Lang; attempt?: string | undefined },
  clientAddress: string,
): Promise<void> {
  const key = emailKey(given.email);
  const named = namedId(regroupement.id, key, given.attempt);
  const leave = await tryResend(
    deps,
    { regroupementId: regroupement.id, emailKey: key, clientAddress },
    named,
  );
  if (leave === null) return;
  const account = await accountByEmail(deps, regroupement.id, given.email);
  const attempt = await newestAttempt(deps, regroupement.id, key, named);
  const id = newId(deps);
  const secret = newSecret(deps);
  const now = deps.now();
  await deps.db.batch([
    sql`INSERT INTO sign_ups(id, regroupement_id, name, email, email_key, password_hash, token_hash, lang, page,
          created_at, expires_at)
        SELECT ${id}, ${regroupement.id}, coalesce(name, ''), coalesce(email, ''), coalesce(email_key, ''),
          coalesce(password_hash, ''), ${sha256(secret)}, ${given.lang}, page, ${now}, ${now + ACTIVATION_MS}
        FROM (SELECT 1) LEFT JOIN sign_ups ON id = ${account === undefined ? (attempt?.id ?? '') : ''}
          AND regroupement_id = ${regroupement.id} AND ${{ sql: live('?'), args: [now] }}
        WHERE true ON CONFLICT DO NOTHING`,
    ...sendLink(
      deps,
      regroupement,
      id,
      { email: attempt?.email, lang: given.lang, account, leave, clientAddress },
      secret,
    ),
    securityEvent(deps, regroupement.id, 'resend-asked', account?.id),
  ]);
}

/** Passes when the link can be used; nothing is consumed. Throws `link-used`, `link-invalid`. */
export async function checkActivation(deps: Deps, regroupement: Regroupement, secret: string): Promise<void> {
  stillValid(await attemptByLink(deps, regroupement.id, secret), deps.now());
}

/**
 * Creates the account of the link's attempt and opens a session; the e-mail's other attempts and pending resets end.
 * Of several at once exactly one wins. Throws `link-used`, `link-invalid`, `sign-in-failed` (not that attempt's
 * password), `too-many-requests`, `busy`.
 */
export async function activate(
  deps: Deps,
  regroupement: Regroupement,
  given: { token: string; password: string },
  clientAddress: string,
  browser: NewBrowser,
): Promise<Tokens> {
  const attempt = stillValid(await attemptByLink(deps, regroupement.id, given.token), deps.now());
  const key = emailKey(attempt.email);
  const caller = { regroupementId: regroupement.id, emailKey: key, clientAddress };
  await tryPassword(deps, caller);
  await browser.take();
  if (!(await guessFits(deps, caller, attempt.password_hash, given.password))) {
    await deps.db.batch([securityEvent(deps, regroupement.id, 'activation-failed')]);
    throw new Problem('sign-in-failed');
  }
  await passwordWasRight(deps, caller);
  const accountId = newId(deps);
  const now = deps.now();
  try {
    await deps.db.batch([
      guard(`EXISTS (SELECT 1 FROM sign_ups WHERE id = ?1 AND ${live('?2')})`, [attempt.id, now]),
      { sql: 'UPDATE sign_ups SET used_at = ? WHERE id = ?', args: [now, attempt.id] },
      insertAccount(
        {
          id: accountId,
          regroupementId: regroupement.id,
          name: attempt.name,
          email: attempt.email,
          passwordHash: attempt.password_hash,
          lang: attempt.lang,
        },
        now,
      ),
      endAttempts(regroupement.id, key, now),
      securityEvent(deps, regroupement.id, 'activated', accountId),
    ]);
  } catch (error) {
    if (!isGuardFailure(error) && !isUniqueViolation(error)) throw error;
    stillValid(await attemptByLink(deps, regroupement.id, given.token), now);
    throw new Problem('link-invalid'); // the e-mail got an account in another way meanwhile
  }
  const tokens = await openSession(deps, regroupement, accountId, browser, {
    provenBy: attempt.password_hash,
  });
  return {
    ...tokens,
    returnPage:
      attempt.page == null ? null : registeredPage(regroupement, deps.config.publicUrl, attempt.page),
  };
}

/** The e-mail's newest attempt that can still be activated, `preferred` before any other; or undefined. */
export async function newestAttempt(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupementId: string,
  key: string,
  preferred = '',
): Promise<{ id: string; email: string } | undefined> {
  const { rows } = await deps.db.execute<{ id: string; email: string }>(
    `SELECT id, email FROM sign_ups WHERE regroupement_id = ?1 AND email_key = ?2 AND ${live('?3')}
     ORDER BY id = ?4 DESC, created_at DESC, rowid DESC LIMIT 1`,
    [regroupementId, key, deps.now(), preferred],
  );
  return rows[0];
}

/**
 * Makes an account of the e-mail's newest attempt, unless there is one; its mailbox was proven by a reset's link. Nothing
 * proves who typed which attempt: where they differ, the name is the e-mail until she corrects it.
 */
export function accountFromNewestAttempt(
  account: { id: string; regroupementId: string; emailKey: string; passwordHash: string },
  now: number,
): Statement {
  return sql`INSERT INTO accounts(id, regroupement_id, name, email, email_key, password_hash, lang, created_at, updated_at)
    WITH tried AS (SELECT rowid AS nth, * FROM sign_ups WHERE regroupement_id = ${account.regroupementId}
                   AND email_key = ${account.emailKey} AND used_at IS NULL AND ended_at IS NULL)
    SELECT ${account.id}, regroupement_id, iif((SELECT count(DISTINCT name) FROM tried) = 1, name, email), email, email_key,
      ${account.passwordHash}, iif((SELECT count(DISTINCT lang) FROM tried) = 1, lang, 'fr-CA'), ${now}, ${now}
    FROM tried ORDER BY created_at DESC, nth DESC LIMIT 1
    ON CONFLICT(regroupement_id, email_key) DO NOTHING`;
}

/** Ends the e-mail's pending attempts. */
export function endAttempts(regroupementId: string, key: string, now: number): Statement {
  return {
    sql: `UPDATE sign_ups SET ended_at = ?
          WHERE regroupement_id = ? AND email_key = ? AND used_at IS NULL AND ended_at IS NULL`,
    args: [now, regroupementId, key],
  };
}

/** The id of the sign-up that a browser named: whoever does not know the name cannot speak of it. */
function namedId(regroupementId: string, key: string, attempt: string | undefined): string | undefined {
  return attempt === undefined ? undefined : sha256(`${regroupementId}:${key}:${attempt}`);
}

async function attemptByLink(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  secret: string,
): Promise<SignUpRow | undefined> {
  const { rows } = await deps.db.execute<SignUpRow>(
    `SELECT id, name, email, password_hash, lang, page, expires_at, used_at, ended_at
     FROM sign_ups WHERE token_hash = ? AND regroupement_id = ?`,
    [sha256(secret), regroupementId],
  );
  return rows[0];
}

/**
 * The link of the attempt, or, where there is an account, that there is one; to a stranger (no `email`) nothing. To the
 * account's address on file, not to the one just typed: spellings that compare equal may be two mailboxes. When too many
 * were asked for, a reset link instead, which opens either.
 */
function sendLink(
  deps: Deps,
  regroupement: Regroupement,
  signUpId: string,
  to: {
    email: string | undefined;
    lang: Lang;
    page?: string | undefined;
    account: Account | undefined;
    leave: Leave;
    clientAddress: string;
  },
  secret: string,
): Statement[] {
  const { account, lang, leave, clientAddress: by } = to;
  const recipient = account?.email ?? to.email;
  if (leave !== 'now') {
    const key = recipient === undefined ? '' : emailKey(recipient);
    return sendReset(deps, regroupement, { key, recipient, lang, page: to.page }, leave, by);
  }
  const about = { regroupementId: regroupement.id, lang, recipient: recipient ?? '' };
  return [
    account === undefined
      ? enqueueAsked(
          deps,
          { ...about, dedupeKey: `activate:${signUpId}`, kind: 'activate', payload: { token: secret } },
          { by },
        )
      : enqueueAsked(
          deps,
          { ...about, dedupeKey: `exists:${signUpId}`, kind: 'exists', payload: {} },
          { by },
        ),
  ];
}
