// The guard of every signed-in route: a token of ours, for this regroupement, whose session still lives, and a proof that
// it is in the browser it was given to (I7).
import type { Context, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { Deps } from '../../deps.ts';
import type { Limit } from '../../limits.ts';
import { Problem } from '../../problems/problem.ts';
import type { Along } from '../../regroupements/regroupements.ts';
import type { TenantEnv } from '../../regroupements/tenant.ts';
import { readAccessToken, type Session } from './access-tokens.ts';
import { dpopNonce, readProof, refused } from './dpop.ts';
import { inLivingSession } from './sessions.ts';

/** Routes behind `signedIn`. */
export interface SignedInEnv {
  Variables: TenantEnv['Variables'] & {
    /** What the call's token says, whose session may have ended and whose proof nobody has seen. */
    bearer?: { token: string; session: Session; jkt: string };
    session: Session;
    read: string;
  };
}

const SCHEME = /^DPoP +([\w-]+\.[\w-]+\.[\w-]+)$/i;
/** Each call that may change something leaves its proof behind for a while: hundreds a minute are no person's. */
const PROOFS: Limit = { burst: 600, periodMs: 60_000 };
/** Ours are below 500 characters; what is longer is not worth verifying. */
const MAX_TOKEN = 2_000;

/**
 * Gives every answer the nonce that the browser's next proof must carry (RFC 9449, section 8).
 *
 * @example
 * app.use(tenant(deps), offersNonce(deps));
 */
export function offersNonce(deps: Deps): MiddlewareHandler<TenantEnv> {
  return async (c, next) => {
    c.header('DPoP-Nonce', dpopNonce(deps));
    await next();
  };
}

/**
 * What `tenant` reads along for `signedIn` below it: whether the session lives that the call's token speaks of, so that one
 * call of the database answers both. `whole`: SQL expressions, as of inLivingSession, of the routes, by their patterns, whose
 * answer is read by that same call; the text is set as `read`.
 *
 * @example
 * app.use(tenant(deps, sessionAlong(deps)));
 */
export function sessionAlong(deps: Deps, whole: Readonly<Record<string, string>> = {}) {
  return async (c: Context<SignedInEnv>): Promise<Along | undefined> => {
    const token = tokenOf(c.req.header('Authorization'));
    const said = token === undefined ? undefined : await readAccessToken(deps, token);
    if (token === undefined || said === undefined) return undefined;
    c.set('bearer', { token, ...said });
    return inLivingSession(said.session, deps.now(), whole[routePath(c, -1)]);
  };
}

/**
 * Sets `session` for the routes below `tenant` and `sessionAlong`. Throws `unauthenticated` for whatever is wrong with the Authorization header
 * (absent, malformed, expired, tampered with, of another regroupement, signed out), and see readProof.
 *
 * @example
 * app.get('/me', signedIn(deps), (c) => c.json(readMe(c.get('session'))));
 */
export function signedIn(deps: Deps): MiddlewareHandler<SignedInEnv> {
  return async (c, next) => {
    const bearer = c.get('bearer');
    if (bearer === undefined || bearer.session.regroupementId !== c.get('regroupement').id)
      throw unauthenticated(c);
    const { token, session, jkt } = bearer;
    const proof = await readProof(deps, c, { accessToken: token });
    if (proof.jkt !== jkt) throw refused(c, 'dpop-invalid');
    if (c.get('read') === null) throw unauthenticated(c);
    // Reading twice changes nothing; whatever else takes a proof of its own.
    if (c.req.method !== 'GET') await proof.take([`proofs:${session.sessionId}`, PROOFS]);
    c.set('session', session);
    await next();
  };
}

function unauthenticated(c: Context<SignedInEnv>): Problem {
  c.header('WWW-Authenticate', 'DPoP algs="ES256"');
  return new Problem('unauthenticated');
}

/** The token of an Authorization header of this scheme, or undefined. */
export function tokenOf(authorization: string | undefined): string | undefined {
  const token = SCHEME.exec(authorization ?? '')?.[1];
  return token !== undefined && token.length <= MAX_TOKEN ? token : undefined;
}
