// The guards of what the staff's page calls: a token of ours whose session still lives, with the proof that it is in the
// browser that it was given to (I7). Only our own page calls: there is no CORS.
import type { Context, MiddlewareHandler } from 'hono';
import { readBoundToken } from '../accounts/sessions/bound-tokens.ts';
import { dpopNonce, readProof, refused } from '../accounts/sessions/dpop.ts';
import { tokenOf } from '../accounts/sessions/signed-in.ts';
import { officeUrlOf } from '../config.ts';
import type { Deps } from '../deps.ts';
import type { BaseEnv } from '../http/context.ts';
import { documentedGuard } from '../http/validate.ts';
import { type Limit, limited } from '../limits.ts';
import { Problem } from '../problems/problem.ts';
import { AUDIENCE, isFresh, type StaffSession, staffSessionNow, TOKEN_TYPE } from './sign-in/sessions.ts';

/** Routes behind `staffSignedIn`. */
export interface SignedInStaffEnv {
  Variables: BaseEnv['Variables'] & { staff: StaffSession };
}

const PROOFS: Limit = { burst: 600, periodMs: 60_000 };
const CALLS: Limit = { burst: 600, periodMs: 60_000 };

/**
 * Refuses pages of other sites, and gives every answer the nonce that the browser's next proof must carry.
 *
 * @example
 * new Hono<BaseEnv>().use(ownPage(deps)).route('/', staffSessionRoutes(deps));
 */
export function ownPage(deps: Deps): MiddlewareHandler<BaseEnv> {
  return async (c, next) => {
    refuseOtherPages(deps, c);
    c.header('DPoP-Nonce', dpopNonce(deps));
    await next();
  };
}

/** Throws `origin-refused` for a call from a page that is not ours. A call without Origin is no page's of another site. */
export function refuseOtherPages(deps: Pick<Deps, 'config'>, c: Context): void {
  const origin = c.req.header('Origin');
  if (origin !== undefined && ![officeUrlOf(deps.config), deps.config.publicUrl].includes(origin))
    throw new Problem('origin-refused');
}

/** The session of the call, its proof taken. Throws `unauthenticated`, `too-many-requests`, and as `readProof`. */
export async function staffSessionOf(deps: Deps, c: Context): Promise<StaffSession> {
  const token = tokenOf(c.req.header('Authorization'));
  const read = token === undefined ? undefined : await readBoundToken(deps, TOKEN_TYPE, token);
  if (token === undefined || read?.audience !== AUDIENCE) throw unauthenticated(c);
  const proof = await readProof(deps, c, { accessToken: token });
  if (proof.jkt !== read.jkt) throw refused(c, 'dpop-invalid');
  const session = await staffSessionNow(deps, read.sessionId, read.subject);
  if (session === undefined) throw unauthenticated(c);
  await limited(deps, [[`staff-calls:${session.sessionId}`, CALLS]]);
  // Reading twice changes nothing; whatever else takes a proof of its own.
  if (c.req.method !== 'GET') await proof.take([`proofs:${session.sessionId}`, PROOFS]);
  return session;
}

function unauthenticated(c: Context): Problem {
  c.header('WWW-Authenticate', 'DPoP algs="ES256"');
  return new Problem('unauthenticated');
}

/**
 * Sets `staff`. `for`: `work`, once she has a second factor; `fresh`, once it was proven in the last five minutes;
 * `factors`, for what sets one up: fresh, or by a link that lets her. Throws `unauthenticated`, `enrolment-needed`,
 * `fresh-factor-needed`.
 *
 * @example
 * app.get('/me', staffSignedIn(deps, 'work'), (c) => c.json(meOf(c.get('staff'))));
 */
export function staffSignedIn(
  deps: Deps,
  purpose: 'work' | 'fresh' | 'factors' | 'any',
): MiddlewareHandler<SignedInStaffEnv> {
  return documentedGuard({ security: [{ staffSession: [] }] }, async (c, next) => {
    const session = await staffSessionOf(deps, c);
    const enrolling = session.enrols !== null;
    if (enrolling && (purpose === 'work' || purpose === 'fresh')) throw new Problem('enrolment-needed');
    const mustBeFresh = purpose === 'fresh' || (purpose === 'factors' && !enrolling);
    if (mustBeFresh && !isFresh(deps, session)) throw new Problem('fresh-factor-needed');
    c.set('staff', session);
    await next();
  });
}
