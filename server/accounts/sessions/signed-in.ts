// The guard of every signed-in route: a token of ours, for this regroupement, whose session still lives, and a proof that
// it is in the browser it was given to (I7).
import type { Context, MiddlewareHandler } from 'hono';
import type { Deps } from '../../deps.ts';
import type { Limit } from '../../limits.ts';
import { Problem } from '../../problems/problem.ts';
import type { TenantEnv } from '../../regroupements/tenant.ts';
import { readAccessToken, type Session } from './access-tokens.ts';
import { dpopNonce, readProof, refused } from './dpop.ts';
import { sessionLives } from './sessions.ts';

/** Routes behind `signedIn`. */
export interface SignedInEnv {
  Variables: TenantEnv['Variables'] & { session: Session };
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
 * Sets `session` for the routes below. Throws `unauthenticated` for whatever is wrong with the Authorization header
 * (absent, malformed, expired, tampered with, of another regroupement, signed out), and see readProof.
 *
 * @example
 * app.get('/me', signedIn(deps), (c) => c.json(readMe(c.get('session'))));
 */
export function signedIn(deps: Deps): MiddlewareHandler<SignedInEnv> {
  return async (c, next) => {
    const token = tokenOf(c.req.header('Authorization'));
    const read =
      token === undefined ? undefined : await readAccessToken(deps, c.get('regroupement').id, token);
    if (token === undefined || read === undefined) throw unauthenticated(c);
    const proof = readProof(deps, c, { accessToken: token });
    if (proof.jkt !== read.jkt) throw refused(c, 'dpop-invalid');
    if (!(await sessionLives(deps, read.session))) throw unauthenticated(c);
    // Reading twice changes nothing; whatever else takes a proof of its own.
    if (c.req.method !== 'GET') await proof.take([`proofs:${read.session.sessionId}`, PROOFS]);
    c.set('session', read.session);
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
