// Signing in: a passkey alone, which is both factors; or the password and a code in one call, so that no answer tells which
// of the two was wrong. A password alone opens nothing.
import type { z } from 'zod';
import { guessFits, passwordWasRight, tryPassword } from '../../accounts/account-limits.ts';
import { refuseIfTooMany, SIGN_IN_PATIENCE_MS } from '../../accounts/passwords/passwords.ts';
import type { NewBrowser } from '../../accounts/sessions/sessions.ts';
import type { Deps } from '../../deps.ts';
import { emailKey } from '../../fields.ts';
import { givingBack, type Limit, limited, type Try } from '../../limits.ts';
import { Problem } from '../../problems/problem.ts';
import { staffByEmail, staffById } from '../people/users.ts';
import { type PasskeyProof, passkeyOwner } from './passkeys.ts';
import { recoveryCodeFits } from './recovery-codes.ts';
import { openStaffSession, type StaffTokens } from './sessions.ts';
import { staffEvent } from './staff-events.ts';
import { totpFits } from './totp.ts';

const QUARTER_OF_AN_HOUR = 15 * 60_000;
const PASSKEYS_PER_ADDRESS: Limit = { burst: 60, periodMs: QUARTER_OF_AN_HOUR };
/**
 * Codes of six digits are few: ten wrong ones in a quarter of an hour, whoever types them, after the right password. A
 * passkey and a recovery code go on opening.
 */
const CODES_PER_PERSON: Limit = { burst: 10, periodMs: QUARTER_OF_AN_HOUR };
const RECOVERY_PER_PERSON: Limit = { burst: 30, periodMs: QUARTER_OF_AN_HOUR };

const SIX_DIGITS = /^\s*\d{3}\s?\d{3}\s*$/;
/** The staff are no regroupement's accounts: their guesses are counted apart. */
const OF_STAFF = 'staff';

/** Opens a session by e-mail, password and code. Throws `sign-in-failed`, `too-many-requests`, `busy`. */
export async function signInByPassword(
  deps: Deps,
  given: { email: string; password: string; code: string; shared: boolean },
  clientAddress: string,
  browser: NewBrowser,
): Promise<StaffTokens> {
  refuseIfTooMany();
  const caller = { regroupementId: OF_STAFF, emailKey: emailKey(given.email), clientAddress };
  await tryPassword(deps, caller);
  await browser.take();
  const staff = await staffByEmail(deps, given.email);
  const fits = await guessFits(deps, caller, staff?.passwordHash, given.password, SIGN_IN_PATIENCE_MS);
  if (
    staff === undefined ||
    !fits ||
    staff.enrolledAt === null ||
    !(await codeFits(deps, staff.id, given.code))
  ) {
    // Of nobody it writes as much, and nothing (I3).
    await deps.db.batch([staffEvent(deps, staff?.id ?? '', 'staff-sign-in-failed')]);
    throw new Problem('sign-in-failed');
  }
  await passwordWasRight(deps, caller);
  return await openStaffSession(deps, staff.id, browser, { shared: given.shared });
}

/** Opens a session by a passkey. Throws `sign-in-failed`, `too-many-requests`. */
export async function signInByPasskey(
  deps: Deps,
  given: { passkey: z.infer<typeof PasskeyProof>; shared: boolean },
  clientAddress: string,
  browser: NewBrowser,
): Promise<StaffTokens> {
  await limited(deps, [[`staff-passkey:${clientAddress}`, PASSKEYS_PER_ADDRESS]]);
  await browser.take();
  const staffId = await passkeyOwner(deps, given.passkey, null);
  if (staffId === undefined || (await staffById(deps, staffId)).enrolledAt === null)
    throw new Problem('sign-in-failed');
  return await openStaffSession(deps, staffId, browser, { shared: given.shared });
}

/** Takes one question for a passkey, which leaves a row. Throws `too-many-requests`. */
export async function tryPasskeyRequest(deps: Deps, clientAddress: string): Promise<void> {
  await limited(deps, [[`staff-passkey:${clientAddress}`, PASSKEYS_PER_ADDRESS]]);
}

/** Whether it is the code of her app now, or a recovery code of hers; it serves once. Throws `too-many-requests`. */
export async function codeFits(deps: Deps, staffId: string, code: string): Promise<boolean> {
  const ofApp = SIX_DIGITS.test(code);
  const one: Try = ofApp
    ? [`staff-code:${staffId}`, CODES_PER_PERSON]
    : [`staff-recovery:${staffId}`, RECOVERY_PER_PERSON];
  await limited(deps, [one]);
  const fits = ofApp
    ? await totpFits(deps, staffId, code.replace(/\s/g, ''))
    : await recoveryCodeFits(deps, staffId, code);
  if (fits) await deps.db.batch([givingBack(one)]);
  return fits;
}
