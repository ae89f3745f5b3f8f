// Signing in (S13): one answer, in the same time, whether the account or the password is wrong (I3).
import type { Statement } from '../../db/db.ts';
import { type Deps, newId } from '../../deps.ts';
import { emailKey } from '../../fields.ts';
import { enqueueMail, type Mail } from '../../mail/outbox.ts';
import { Problem } from '../../problems/problem.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';
import { securityEvent } from '../../security-log.ts';
import {
  guessFits,
  passwordIsRight,
  passwordWasRight,
  tellingOfBrowser,
  tryPassword,
} from '../account-limits.ts';
import { type Account, accountByEmail, replaceHash } from '../accounts.ts';
import { hashPassword, isOutdated, refuseIfTooMany, SIGN_IN_PATIENCE_MS } from '../passwords/passwords.ts';
import { type NewBrowser, openSession, type Tokens } from './sessions.ts';

/** Opens a session. Throws `sign-in-failed`, `too-many-requests`, `busy`. */
export async function signIn(
  deps: Deps,
  regroupement: Regroupement,
  given: { email: string; password: string },
  clientAddress: string,
  browser: NewBrowser,
): Promise<Tokens> {
  refuseIfTooMany();
  const caller = { regroupementId: regroupement.id, emailKey: emailKey(given.email), clientAddress };
  await tryPassword(deps, caller);
  await browser.take();
  const account = await accountByEmail(deps, regroupement.id, given.email);
  const fits = await guessFits(deps, caller, account?.passwordHash, given.password, SIGN_IN_PATIENCE_MS);
  if (account === undefined || !fits) {
    await deps.db.batch([securityEvent(deps, regroupement.id, 'sign-in-failed', account?.id)]);
    throw new Problem('sign-in-failed');
  }
  const current = await strengthened(deps, regroupement, account, given.password);
  const known = await isKnownBrowser(deps, account.id, browser.jkt);
  const notice = known
    ? []
    : [tellingOfBrowser(deps, account.id), newBrowser(deps, regroupement, account, browser.name)];
  const also = [...passwordIsRight(deps, caller), ...notice];
  try {
    return await openSession(deps, regroupement, account.id, browser, { provenBy: current, also });
  } catch (error) {
    // It was right all the same: too often, or it was replaced in this instant.
    if (error instanceof Problem && error.kind === 'sign-in-failed') await passwordWasRight(deps, caller);
    throw error;
  }
}

/** Whether this account was opened in the browser before, as far back as sessions are kept. */
async function isKnownBrowser(deps: Pick<Deps, 'db'>, accountId: string, jkt: string): Promise<boolean> {
  const { rows } = await deps.db.execute('SELECT 1 FROM sessions WHERE account_id = ? AND jkt = ? LIMIT 1', [
    accountId,
    jkt,
  ]);
  return rows.length > 0;
}

function newBrowser(deps: Deps, regroupement: Regroupement, account: Account, browser: string): Statement {
  const mail: Mail<'new-browser'> = {
    regroupementId: regroupement.id,
    dedupeKey: `new-browser:${newId(deps)}`,
    kind: 'new-browser',
    recipient: account.email,
    lang: account.lang,
    payload: { browser },
  };
  return enqueueMail(deps, mail, { ifChanged: true });
}

/** The account's hash, made anew when our parameters have risen since: only now is the password at hand. */
async function strengthened(
  deps: Deps,
  regroupement: Regroupement,
  account: Account,
  password: string,
): Promise<string> {
  if (!isOutdated(account.passwordHash)) return account.passwordHash;
  const stronger = await hashPassword(deps, password);
  const replaced = await replaceHash(deps, regroupement.id, account, stronger);
  return replaced ? stronger : account.passwordHash;
}
