// Slowing down whoever guesses names and numbers (NAMES §4.2). Per account and per address a search has to wait. Per
// certificate and per regroupement nothing is ever refused (that would lock a victim out): more proof is asked for,
// and staff are told. What shows at once whether it found something costs only when it missed; what awaits a proof
// costs either way, or what is left would tell.
import { mailboxOf } from '../../accounts/account-limits.ts';
import { sha256 } from '../../crypto.ts';
import type { Deps } from '../../deps.ts';
import { openException } from '../../exceptions/exceptions.ts';
import { givingBack, holdBack, type Limit, limited, type Try, takeQuietly, takeTry } from '../../limits.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';
import { securityEvent } from '../../security-log.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const LOOKUP_LIMITS = {
  account: { burst: 5, periodMs: 15 * MINUTE },
  accountADay: { burst: 30, periodMs: DAY },
  // An address may be a whole office, or a telephone company’s.
  address: { burst: 30, periodMs: 15 * MINUTE },
  addressADay: { burst: 150, periodMs: DAY },
  /** From here on a name and a number no longer suffice, for that number or for all of the regroupement. */
  certificate: { burst: 10, periodMs: DAY },
  regroupement: { burst: 100, periodMs: HOUR },
  regroupementAWeek: { burst: 200, periodMs: 7 * DAY },
  /** Codes for one number, to whoever asked; then staff decide. */
  codes: { burst: 10, periodMs: DAY },
  /** Codes to one mailbox, whatever numbers and regroupements they are for; then staff decide, which no answer shows. */
  codesToMailbox: { burst: 10, periodMs: DAY },
  /** Tries of codes. */
  confirmations: { burst: 30, periodMs: 15 * MINUTE },
  confirmationsOfAddress: { burst: 100, periodMs: 15 * MINUTE },
} as const satisfies Record<string, Limit>;
/** How long more proof is asked for, once there were too many searches; while they go on, ever again. */
export const HELD_MS = { certificate: DAY, regroupement: HOUR, regroupementAWeek: 3 * DAY } as const;
/** Staff are told of one number, and of the regroupement, no more often than this. */
const ONE_ALERT: Limit = { burst: 1, periodMs: HOUR };

/** Whose search it is. */
export interface Seeker {
  regroupement: Regroupement;
  accountId: string;
  clientAddress: string;
}

function tries({ accountId, clientAddress }: Seeker): Try[] {
  return [
    [`lookup:account:${accountId}`, LOOKUP_LIMITS.account],
    [`lookup:account-day:${accountId}`, LOOKUP_LIMITS.accountADay],
    [`lookup:address:${clientAddress}`, LOOKUP_LIMITS.address],
    [`lookup:address-day:${clientAddress}`, LOOKUP_LIMITS.addressADay],
  ];
}

type Scope = 'certificate' | 'regroupement';
function watched(
  { regroupement: { id } }: Seeker,
  numberKey: string,
): (readonly [Scope, ...Try, heldMs: number])[] {
  return [
    ['certificate', `lookup:certificate:${id}:${numberKey}`, LOOKUP_LIMITS.certificate, HELD_MS.certificate],
    ['regroupement', `lookup:regroupement:${id}`, LOOKUP_LIMITS.regroupement, HELD_MS.regroupement],
    [
      'regroupement',
      `lookup:regroupement-week:${id}`,
      LOOKUP_LIMITS.regroupementAWeek,
      HELD_MS.regroupementAWeek,
    ],
  ];
}

/**
 * Takes the try before anything is compared, so that many at once are not free. Throws `too-many-requests`. Answers
 * what has had too many searches: nothing, this number, the regroupement.
 */
export async function tryLookup(deps: Deps, seeker: Seeker, numberKey: string): Promise<Scope[]> {
  await limited(deps, tries(seeker));
  const spent: Scope[] = [];
  for (const [scope, key, limit, heldMs] of watched(seeker, numberKey)) {
    if ((await takeTry(deps, key, limit)) === 0) continue;
    spent.push(scope);
    await holdBack(deps, key, limit, heldMs);
  }
  return spent;
}

/** Gives the try back: it found what it looked for, and showed it. */
export async function notMissed(deps: Deps, seeker: Seeker, numberKey: string): Promise<void> {
  const searches = watched(seeker, numberKey).map(([, key, limit]): Try => [key, limit]);
  await deps.db.batch([...searches, ...tries(seeker)].map(givingBack));
}

/** Gives back what the account and its address spent: the proof came. */
export async function notCounted(deps: Deps, seeker: Seeker): Promise<void> {
  await deps.db.batch(tries(seeker).map(givingBack));
}

/**
 * Whether one more code may be sent for this number today, and to the e-mail on file (`emailKey`); taken whether or not
 * there is anybody to send it to.
 */
export async function tryCode(
  deps: Deps,
  seeker: Seeker,
  numberKey: string,
  emailKey: string | null,
): Promise<boolean> {
  const number = `lookup:codes:${seeker.regroupement.id}:${numberKey}`;
  const mailbox = `lookup:codes-to:${mailboxOf(deps, emailKey ?? `nobody's:${number}`)}`;
  const wait = await takeTry(deps, number, LOOKUP_LIMITS.codes);
  return (await takeQuietly(deps, mailbox, LOOKUP_LIMITS.codesToMailbox)) && wait === 0;
}

/** Takes a try of a code. Throws `too-many-requests`. */
export async function tryConfirmation(deps: Deps, { accountId, clientAddress }: Seeker): Promise<void> {
  await limited(deps, [
    [`link-code:account:${accountId}`, LOOKUP_LIMITS.confirmations],
    [`link-code:address:${clientAddress}`, LOOKUP_LIMITS.confirmationsOfAddress],
  ]);
}

/** Records a miss. The number itself goes nowhere: it may be a real one, typed by its owner with a slip in the name. */
export async function missed(deps: Deps, { regroupement, accountId }: Seeker): Promise<void> {
  await deps.db.batch([securityEvent(deps, regroupement.id, 'lookup-missed', accountId)]);
}

/**
 * Tells staff, at most once an hour each: on their list of exceptions, by e-mail, in the log. `onFile` is the number
 * as printed when a certificate bears it.
 */
export async function alertStaff(
  deps: Deps,
  { regroupement, accountId }: Seeker,
  spent: readonly Scope[],
  numberKey: string,
  onFile: string | null,
): Promise<void> {
  for (const scope of new Set(spent)) {
    const about = scope === 'certificate' ? `${regroupement.id}:${numberKey}` : regroupement.id;
    if ((await takeTry(deps, `lookup:alert:${scope}:${about}`, ONE_ALERT)) > 0) continue;
    deps.log.warn('lookup-alert', { regroupementId: regroupement.id, scope });
    const day = new Date(deps.now()).toISOString().slice(0, 10);
    await deps.db.batch([
      securityEvent(deps, regroupement.id, 'lookup-alert', accountId, { scope }),
      ...openException(deps, regroupement, {
        kind: 'lookup-alert',
        about: `${scope}:${sha256(about)}:${day}`,
        detail: { scope, certificateNumber: scope === 'certificate' ? onFile : null },
      }),
    ]);
  }
}
