// The two doors of the staff's API: a living key of this regroupement with the scope that the route wants, or a person of its
// office whose role allows it. Beyond the door, both are one `actor`.
import type { Context, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { dpopNonce } from '../accounts/sessions/dpop.ts';
import type { Actor } from '../audit.ts';
import type { Deps } from '../deps.ts';
import { documentedGuard } from '../http/validate.ts';
import { limited } from '../limits.ts';
import { Problem } from '../problems/problem.ts';
import { type Regroupement, regroupementBySlug } from '../regroupements/regroupements.ts';
import type { TenantEnv } from '../regroupements/tenant.ts';
import { type SecurityEvent, securityEvent } from '../security-log.ts';
import { keyOf, type Scope } from './api-keys.ts';
import { type Membership, membershipOf } from './people/memberships.ts';
import { PERMISSIONS, type Permission } from './roles.ts';
import { isFresh, type StaffSession } from './sign-in/sessions.ts';
import { refuseOtherPages, staffSessionOf } from './signed-in.ts';

/** A person of the office who calls, and what she is at this regroupement. */
interface Caller {
  session: StaffSession;
  membership: Membership;
}
export interface StaffEnv {
  Variables: TenantEnv['Variables'] & {
    actor: Actor;
    /** Null: a program, by its key. */
    person: Caller | null;
  };
}

const CALLS = { burst: 120, periodMs: 60_000 };
const MISSES = { burst: 20, periodMs: 60_000 };

/**
 * Sets `regroupement`, `actor` and `person`. Throws `unauthenticated` for whatever is wrong with the key or the token,
 * `forbidden` when neither scope nor role allows it, `fresh-factor-needed` when she must confirm who she is. Pages of other
 * sites are not let in.
 *
 * @example
 * new Hono<StaffEnv>().get('/payments', staffGuard(deps, 'read'), (c) => c.json(paymentsOf(c.get('regroupement'))));
 */
export function staffGuard(deps: Deps, permission: Permission): MiddlewareHandler<StaffEnv> {
  const { scope } = PERMISSIONS[permission];
  const security = [...(scope === null ? [] : [{ staffKey: [scope] }]), { staffSession: [] }];
  return documentedGuard({ security }, async (c, next) => {
    const regroupement = await regroupementBySlug(deps, c.req.param('regroupement') ?? '');
    c.set('regroupement', regroupement);
    if (/^DPoP /i.test(c.req.header('Authorization') ?? '')) {
      const caller = await byPerson(deps, c, regroupement, permission);
      c.set('person', caller);
      c.set('actor', `staff:${caller.session.staffId}`);
    } else {
      c.set('actor', await byKey(deps, c, regroupement, scope));
      c.set('person', null);
    }
    await next();
  });
}

async function byKey(
  deps: Deps,
  c: Context<StaffEnv>,
  regroupement: Regroupement,
  scope: Scope | null,
): Promise<Actor> {
  const secret = /^Bearer +(\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1] ?? '';
  const key = await keyOf(deps, regroupement.id, secret);
  if (key === null) {
    await limited(deps, [[`staff-miss:${c.get('clientAddress')}`, MISSES]]);
    c.header('WWW-Authenticate', 'Bearer');
    throw new Problem('unauthenticated');
  }
  await limited(deps, [[`staff:${key.id}`, CALLS]]);
  const allowed = scope !== null && key.scopes.includes(scope);
  // Each use, and each try beyond its scopes, is on the record before anything happens.
  await noted(deps, c, regroupement, allowed ? 'staff-key-used' : 'staff-key-overstepped', { key: key.id });
  if (!allowed) throw new Problem('forbidden');
  return `key:${key.id}`;
}

// Session and membership are read at each call: whoever was removed a moment ago is not let in.
async function byPerson(
  deps: Deps,
  c: Context<StaffEnv>,
  regroupement: Regroupement,
  permission: Permission,
): Promise<Caller> {
  refuseOtherPages(deps, c);
  c.header('DPoP-Nonce', dpopNonce(deps));
  const session = await staffSessionOf(deps, c);
  if (session.enrols !== null) throw new Problem('enrolment-needed');
  const membership = await membershipOf(deps, session.staffId, regroupement.id);
  const grant = membership === undefined ? 'no' : PERMISSIONS[permission][membership.role];
  const allowed = grant !== 'no' && (grant !== 'switch' || membership?.mayRefund === true);
  if (membership === undefined || !allowed) {
    await noted(deps, c, regroupement, 'staff-overstepped', { staff: session.staffId });
    throw new Problem('forbidden');
  }
  if (grant === 'fresh' && !isFresh(deps, session)) throw new Problem('fresh-factor-needed');
  return { session, membership };
}

async function noted(
  deps: Deps,
  c: Context<StaffEnv>,
  regroupement: Regroupement,
  event: SecurityEvent,
  who: Readonly<Record<string, string>>,
): Promise<void> {
  const used = { ...who, method: c.req.method, route: routePath(c, -1) };
  await deps.db.batch([securityEvent(deps, regroupement.id, event, null, used)]);
}

/** Who asks, for the record: the key, or the person. */
export function actor(c: Context<StaffEnv>): Actor {
  return c.get('actor');
}

/** Throws `fresh-factor-needed` for a person who has not confirmed who she is in the last five minutes. */
export function refuseStale(deps: Deps, c: Context<StaffEnv>): void {
  const person = c.get('person');
  if (person !== null && !isFresh(deps, person.session)) throw new Problem('fresh-factor-needed');
}

/** Throws `fresh-factor-needed` when a person asks to refund more than her ceiling without having confirmed who she is. */
export function refuseAboveCeiling(deps: Deps, c: Context<StaffEnv>, cents: number): void {
  const person = c.get('person');
  if (person !== null && cents > person.membership.refundCeilingCents) refuseStale(deps, c);
}
