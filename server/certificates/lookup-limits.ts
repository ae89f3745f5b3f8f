// Slowing down whoever guesses names and numbers (NAMES §4.2). Only misses count: a right answer costs nothing.
// Per account and per address a search has to wait; per certificate and per regroupement nothing is ever refused
// (that would lock a victim out): the staff’s log is told.
import { securityEvent } from '../accounts/security-log.ts';
import type { Deps } from '../deps.ts';
import { giveBack, type Limit, limited, takeTry } from '../http/limits.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const PER_ACCOUNT: Limit = { burst: 5, periodMs: 15 * MINUTE };
const PER_ACCOUNT_A_DAY: Limit = { burst: 30, periodMs: DAY };
// An address may be a whole office, or a telephone company’s.
const PER_ADDRESS: Limit = { burst: 30, periodMs: 15 * MINUTE };
const PER_ADDRESS_A_DAY: Limit = { burst: 150, periodMs: DAY };
/** Misses on one number, then in one regroupement, from which on staff are told; at most one alert an hour each. */
const ALERT_PER_CERTIFICATE: Limit = { burst: 10, periodMs: DAY };
const ALERT_PER_REGROUPEMENT: Limit = { burst: 100, periodMs: HOUR };
const ONE_ALERT: Limit = { burst: 1, periodMs: HOUR };

interface Seeker {
  regroupement: Regroupement;
  accountId: string;
  clientAddress: string;
}

function tries({ accountId, clientAddress }: Seeker): (readonly [key: string, limit: Limit])[] {
  return [
    [`lookup:account:${accountId}`, PER_ACCOUNT],
    [`lookup:account-day:${accountId}`, PER_ACCOUNT_A_DAY],
    [`lookup:address:${clientAddress}`, PER_ADDRESS],
    [`lookup:address-day:${clientAddress}`, PER_ADDRESS_A_DAY],
  ];
}

/** Takes the try before anything is compared, so that many at once are not free. Throws `too-many-requests`. */
export async function tryLookup(deps: Deps, seeker: Seeker): Promise<void> {
  await limited(deps, tries(seeker));
}

/** Gives the try back: it found what it looked for. */
export async function notMissed(deps: Deps, seeker: Seeker): Promise<void> {
  for (const [key, limit] of tries(seeker)) await giveBack(deps, key, limit);
}

/** Records a miss. The number itself goes nowhere: it may be a real one, typed by its owner with a slip in the name. */
export async function missed(deps: Deps, seeker: Seeker, numberKey: string): Promise<void> {
  const { regroupement, accountId } = seeker;
  const events = [securityEvent(deps, regroupement.id, 'lookup-missed', accountId)];
  const watched = [
    ['certificate', `lookup:certificate:${regroupement.id}:${numberKey}`, ALERT_PER_CERTIFICATE],
    ['regroupement', `lookup:regroupement:${regroupement.id}`, ALERT_PER_REGROUPEMENT],
  ] as const;
  for (const [scope, key, limit] of watched) {
    if ((await takeTry(deps, key, limit)) > 0 && (await takeTry(deps, `${key}:alert`, ONE_ALERT)) === 0) {
      deps.log.warn('lookup-alert', { regroupementId: regroupement.id, scope });
      events.push(securityEvent(deps, regroupement.id, 'lookup-alert', accountId, { scope }));
    }
  }
  await deps.db.batch(events);
}
