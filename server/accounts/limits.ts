// How often one may sign up, sign in, ask for an e-mail. Keys carry the client's address wherever somebody else
// could use up a person's tries, and what is counted over all addresses is slowed or far higher: no limit here lets one
// stranger lock a victim out. Where many do, the e-mails that they caused hold links that are hers to use.
import { setTimeout as delay } from 'node:timers/promises';
import type { Deps } from '../deps.ts';
import { giveBack, type Limit, limited, type Try, takeTry } from '../http/limits.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// An address may be a whole office, a school, or a telephone company's.
const SIGN_UP_PER_ADDRESS: Limit = { burst: 120, periodMs: HOUR };
const SIGN_UP_PER_PERSON_AND_ADDRESS: Limit = { burst: 10, periodMs: HOUR };
const SIGN_UP_PER_PERSON: Limit = { burst: 30, periodMs: HOUR };
const RESEND_PER_ADDRESS: Limit = { burst: 60, periodMs: HOUR };
const RESEND_PER_EMAIL: Limit = { burst: 10, periodMs: DAY };
const RESEND_OWN_PER_EMAIL_AND_ADDRESS: Limit = { burst: 10, periodMs: DAY };
const RESEND_OWN_PER_EMAIL: Limit = { burst: 30, periodMs: DAY };
const COOL_DOWN: Limit = { burst: 1, periodMs: MINUTE };
const RESET_PER_ADDRESS: Limit = { burst: 60, periodMs: HOUR };
const RESET_PER_PERSON_AND_ADDRESS: Limit = { burst: 6, periodMs: HOUR };
const RESET_PER_PERSON: Limit = { burst: 20, periodMs: HOUR };
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

/** Takes one sign-up, which `tryResend` may speak of as `signUpId`. Throws `too-many-requests`. */
export async function trySignUp(deps: Deps, caller: Caller, signUpId: string): Promise<void> {
  await limited(deps, [
    [`sign-up:${caller.clientAddress}`, SIGN_UP_PER_ADDRESS],
    [`sign-up:${person(caller)}:${caller.clientAddress}`, SIGN_UP_PER_PERSON_AND_ADDRESS],
    [`sign-up:${person(caller)}`, SIGN_UP_PER_PERSON],
  ]);
  await takeTry(deps, `cool-down:${person(caller)}`, COOL_DOWN);
  await takeTry(deps, `cool-down:${signUpId}`, COOL_DOWN);
}

/**
 * Whether the activation e-mail may go out again; no to the e-mail is silent. Of the sign-up that she named it is counted
 * apart, so that a stranger's asking does not use up hers; whether there is such a sign-up makes no difference (I3).
 * Throws `too-many-requests` for the address.
 */
export async function tryResend(deps: Deps, caller: Caller, signUpId?: string): Promise<boolean> {
  await limited(deps, [[`resend:${caller.clientAddress}`, RESEND_PER_ADDRESS]]);
  const tries: readonly Try[] =
    signUpId === undefined
      ? [
          [`cool-down:${person(caller)}`, COOL_DOWN],
          [`resend:${person(caller)}`, RESEND_PER_EMAIL],
        ]
      : [
          [`cool-down:${signUpId}`, COOL_DOWN],
          [`resend-own:${person(caller)}:${caller.clientAddress}`, RESEND_OWN_PER_EMAIL_AND_ADDRESS],
          [`resend-own:${person(caller)}`, RESEND_OWN_PER_EMAIL],
        ];
  for (const [key, limit] of tries) if ((await takeTry(deps, key, limit)) > 0) return false;
  return true;
}

/** Takes one request for a reset. Throws `too-many-requests`. */
export async function tryReset(deps: Deps, caller: Caller): Promise<void> {
  await limited(deps, [
    [`reset:${caller.clientAddress}`, RESET_PER_ADDRESS],
    [`reset:${person(caller)}:${caller.clientAddress}`, RESET_PER_PERSON_AND_ADDRESS],
    [`reset:${person(caller)}`, RESET_PER_PERSON],
  ]);
}

/** Takes one change of e-mail, which writes to an address that may be anybody's. Throws `too-many-requests`. */
export async function tryEmailChange(deps: Deps, caller: Caller, accountId: string): Promise<void> {
  await limited(deps, [
    [`email-change:${accountId}`, EMAIL_CHANGE_PER_ACCOUNT],
    [`sign-up:${caller.clientAddress}`, SIGN_UP_PER_ADDRESS],
    [`sign-up:${person(caller)}`, SIGN_UP_PER_PERSON],
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
  await limited(deps, [address, here]);
  if ((await takeTry(deps, ...everywhere)) > 0) await delay(SLOWED_MS);
}

/**
 * Gives back what `tryPassword` took: the password was right. Each took a hash and most leave a session and a line of the
 * log behind, so that no account has them without end either. Throws `too-many-requests`.
 */
export async function passwordWasRight(deps: Deps, caller: Caller): Promise<void> {
  for (const [key, limit] of guesses(caller)) await giveBack(deps, key, limit);
  const here = `password-right:${person(caller)}:${caller.clientAddress}`;
  await limited(deps, [[here, RIGHT_PASSWORD_PER_PERSON_AND_ADDRESS]]);
}

/** Whether the account may be told of one more browser: whoever makes a key for each sign-in sends no flood. */
export async function mayTellOfBrowser(deps: Deps, accountId: string): Promise<boolean> {
  return (await takeTry(deps, `new-browser:${accountId}`, NEW_BROWSER_PER_ACCOUNT)) === 0;
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
