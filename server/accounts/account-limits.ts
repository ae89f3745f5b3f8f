// How often one may sign up, sign in, ask for an e-mail. What is refused is refused to an address of the network, for what
// it did itself: what others ask about a person never refuses anything to her. It is bounded by what leaves for her mailbox,
// over all regroupements: beyond that, one message for whatever was asked, at most once in ten minutes, whose link is hers
// to use whoever asked. None of it shows in an answer, and all of it is counted whether or not there is an account.
import { setTimeout as delay } from 'node:timers/promises';
import { networkOf } from '../addresses.ts';
import { keyedHash } from '../crypto.ts';
import { guard, type Statement } from '../db/db.ts';
import type { Deps } from '../deps.ts';
import { givingBack, type Limit, limited, orGiveBack, type Try, takeTry, takingTry } from '../limits.ts';
import { passwordFits } from './passwords/passwords.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// An address may be a whole office, a school, or a telephone company's.
const SIGN_UP_PER_ADDRESS: Limit = { burst: 120, periodMs: HOUR };
const RESEND_PER_ADDRESS: Limit = { burst: 60, periodMs: HOUR };
const COOL_DOWN: Limit = { burst: 1, periodMs: MINUTE };
const RESET_PER_ADDRESS: Limit = { burst: 60, periodMs: HOUR };
/** Messages that asking sends to one mailbox at once, and what one address of the network has of them. */
const MAILBOX: Limit = { burst: 10, periodMs: 6 * HOUR };
const MAILBOX_FROM_ADDRESS: Limit = { burst: 6, periodMs: HOUR };
/** Beyond that, one for each regroupement. */
export const LATER_MS = 10 * MINUTE;
/** Beyond it, of one mailbox's other spellings (`a+1@…`), for whoever asks from one network; she asks from another. */
const SPELLINGS_FROM_NETWORK: Limit = { burst: 3, periodMs: LATER_MS };
const CHANGES_TO_MAILBOX: Limit = { burst: 10, periodMs: HOUR };
const NEW_BROWSER_PER_ACCOUNT: Limit = { burst: 10, periodMs: DAY };
const EMAIL_CHANGE_PER_ACCOUNT: Limit = { burst: 5, periodMs: DAY };
const NEW_PASSWORD_PER_ADDRESS: Limit = { burst: 200, periodMs: 15 * MINUTE };
const PASSWORD_PER_ADDRESS: Limit = { burst: 100, periodMs: 15 * MINUTE };
const PASSWORD_PER_PERSON_AND_ADDRESS: Limit = { burst: 10, periodMs: 15 * MINUTE };
const PASSWORD_PER_PERSON: Limit = { burst: 100, periodMs: 15 * MINUTE };
const RIGHT_PASSWORD_PER_PERSON_AND_ADDRESS: Limit = { burst: 100, periodMs: 15 * MINUTE };
const DEAD_TOKENS_PER_ADDRESS: Limit = { burst: 60, periodMs: MINUTE };
const SLOWED_MS = 2_000;

/** Someone at an address of the network, and the e-mail she speaks of. */
export interface Caller {
  regroupementId: string;
  emailKey: string;
  clientAddress: string;
}

/**
 * What becomes of the message that was asked for: it leaves; or too many were asked for her mailbox, and one reset link
 * leaves at `at` instead, for all that is asked in this regroupement until then: `key` names that one message. `nothing`:
 * not even that, for one more spelling of the same mailbox.
 */
export type Leave = 'now' | { at: number; key: string; nothing: boolean };

/** Takes one sign-up, which `tryResend` may speak of as `signUpId`. Throws `too-many-requests` for the address. */
export async function trySignUp(deps: Deps, caller: Caller, signUpId: string): Promise<Leave> {
  await limited(deps, [[`sign-up:${caller.clientAddress}`, SIGN_UP_PER_ADDRESS]]);
  await takeTry(deps, coolDown(caller), COOL_DOWN);
  await takeTry(deps, `cool-down:${signUpId}`, COOL_DOWN);
  return await leave(deps, caller, 'any');
}

/**
 * What becomes of the activation e-mail that is asked for again; null within a minute of the last one. Of the sign-up that
 * she named it is counted apart, so that a stranger's asking does not use up hers; whether there is such a sign-up makes
 * no difference (I3). Throws `too-many-requests` for the address.
 */
export async function tryResend(deps: Deps, caller: Caller, signUpId?: string): Promise<Leave | null> {
  await limited(deps, [[`resend:${caller.clientAddress}`, RESEND_PER_ADDRESS]]);
  const key = signUpId === undefined ? coolDown(caller) : `cool-down:${signUpId}`;
  if ((await takeTry(deps, key, COOL_DOWN)) > 0) return null;
  return await leave(deps, caller, signUpId === undefined ? 'any' : 'named');
}

/** Takes one request for a reset. Throws `too-many-requests` for the address. */
export async function tryReset(deps: Deps, caller: Caller): Promise<Leave> {
  await limited(deps, [[`reset:${caller.clientAddress}`, RESET_PER_ADDRESS]]);
  return await leave(deps, caller, 'any');
}

/** `counted`: what only a browser that signed up can ask for has a count of its own. */
async function leave(deps: Deps, caller: Caller, counted: 'any' | 'named'): Promise<Leave> {
  const mailbox = `mail:${counted}:${mailboxOf(deps, caller.emailKey)}`;
  const tries: readonly Try[] = [
    [`${mailbox}:${caller.clientAddress}`, MAILBOX_FROM_ADDRESS],
    [mailbox, MAILBOX],
  ];
  for (const [key, limit] of tries)
    if ((await takeTry(deps, key, limit)) > 0) return await later(deps, caller);
  return 'now';
}

/** Each mailbox has its own instants, every `LATER_MS`: many do not fall on one. */
async function later(deps: Deps, caller: Caller): Promise<Leave> {
  const { regroupementId, emailKey, clientAddress } = caller;
  const spelling = `spelling:${regroupementId}:${mailboxOf(deps, emailKey)}:${networkOf(clientAddress)}`;
  const nothing =
    emailKey !== mailboxKey(emailKey) && (await takeTry(deps, spelling, SPELLINGS_FROM_NETWORK)) > 0;
  const phase = Buffer.from(mailboxOf(deps, caller.emailKey), 'base64url').readUInt32BE() % LATER_MS;
  const at = (Math.floor((deps.now() - phase) / LATER_MS) + 1) * LATER_MS + phase;
  return { at, key: keyedHash(deps, 'message', `${person(caller)}:${at}`), nothing };
}

/** One mailbox, whatever regroupement it is written to by and however its owner spells it. */
export function mailboxOf(deps: Pick<Deps, 'config'>, emailKey: string): string {
  return keyedHash(deps, 'mailbox', mailboxKey(emailKey));
}

// To count by only: at some domains `a+b` is somebody else than `a`, so that nobody is refused anything for the other's.
function mailboxKey(emailKey: string): string {
  const at = emailKey.lastIndexOf('@');
  const domain = emailKey.slice(at + 1).replace(/^googlemail\.com$/, 'gmail.com');
  const untagged = emailKey.slice(0, at).replace(/(?<=.)\+.*$/s, '');
  return `${domain === 'gmail.com' ? untagged.replaceAll('.', '') : untagged}@${domain}`;
}

function coolDown(caller: Caller): string {
  return `cool-down:${person(caller)}:${caller.clientAddress}`;
}

/** Takes one change of e-mail, which writes to an address that may be anybody's. Throws `too-many-requests`. */
export async function tryEmailChange(deps: Deps, caller: Caller, accountId: string): Promise<void> {
  await limited(deps, [
    [`email-change:${accountId}`, EMAIL_CHANGE_PER_ACCOUNT],
    [`sign-up:${caller.clientAddress}`, SIGN_UP_PER_ADDRESS],
    [`email-change:${mailboxOf(deps, caller.emailKey)}`, CHANGES_TO_MAILBOX],
  ]);
}

/** Takes one estimate and one hash of a new password for this address. Throws `too-many-requests`. */
export async function tryNewPassword(deps: Deps, clientAddress: string): Promise<void> {
  await limited(deps, [[`new-password:${clientAddress}`, NEW_PASSWORD_PER_ADDRESS]]);
}

/**
 * Takes one guess at a password before it is verified, so that many at once are not free; give it back when it was
 * right. Guesses at one person from everywhere are slowed, never refused. Throws `too-many-requests`.
 */
export async function tryPassword(deps: Deps, caller: Caller): Promise<void> {
  const [here, address, everywhere] = guesses(caller);
  if (!(await limited(deps, [address, here], everywhere))) await delay(SLOWED_MS);
}

/**
 * Whether the password fits, which `tryPassword` took a guess for; given back when too many came at once to look at it.
 * Throws `busy`.
 */
export async function guessFits(
  deps: Pick<Deps, 'db'>,
  caller: Caller,
  ...password: Parameters<typeof passwordFits>
): Promise<boolean> {
  return await orGiveBack(deps, guesses(caller), () => passwordFits(...password));
}

/**
 * Gives back what `tryPassword` took: the password was right. Each took a hash and most leave a session and a line of the
 * log behind, so that no account has them without end either. Throws `too-many-requests`.
 */
export async function passwordWasRight(deps: Deps, caller: Caller): Promise<void> {
  await deps.db.batch(guesses(caller).map(givingBack));
  await limited(deps, [rightHere(caller)]);
}

/** The same as statements, for the batch that her password opens the way to: they fail it instead of throwing. */
export function passwordIsRight(deps: Pick<Deps, 'now'>, caller: Caller): Statement[] {
  return [
    ...guesses(caller).map(givingBack),
    takingTry(rightHere(caller), deps.now()),
    guard('changes() > 0'),
  ];
}

function rightHere(caller: Caller): Try {
  const key = `password-right:${person(caller)}:${caller.clientAddress}`;
  return [key, RIGHT_PASSWORD_PER_PERSON_AND_ADDRESS];
}

/**
 * The statement that changes a row if the account may be told of one more browser: whoever makes a key for each sign-in sends
 * no flood.
 */
export function tellingOfBrowser(deps: Pick<Deps, 'now'>, accountId: string): Statement {
  return takingTry([`new-browser:${accountId}`, NEW_BROWSER_PER_ACCOUNT], deps.now());
}

/** Takes one refresh token that opens nothing, of this address. Throws `too-many-requests`. */
export async function tryDeadToken(deps: Deps, clientAddress: string): Promise<void> {
  await limited(deps, [[`dead-token:${clientAddress}`, DEAD_TOKENS_PER_ADDRESS]]);
}

function guesses(caller: Caller): readonly [here: Try, address: Try, everywhere: Try] {
  return [
    [`password:${person(caller)}:${caller.clientAddress}`, PASSWORD_PER_PERSON_AND_ADDRESS],
    [`password:${caller.clientAddress}`, PASSWORD_PER_ADDRESS],
    [`password:${person(caller)}`, PASSWORD_PER_PERSON],
  ];
}

function person({ regroupementId, emailKey }: Caller): string {
  return `${regroupementId}:${emailKey}`;
}
