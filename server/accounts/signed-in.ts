// The door of every signed-in route: a token of ours, for this regroupement, whose session still lives.
import type { MiddlewareHandler } from 'hono';
import type { Deps } from '../deps.ts';
import type { Session, SignedInEnv } from '../http/context.ts';
import { Problem } from '../http/problem.ts';
import { readAccessToken } from './access-tokens.ts';
import { sessionLives } from './sessions.ts';

const BEARER = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;
/** Ours are below 500 characters; what is longer is not worth verifying. */
const MAX_TOKEN = 2_000;

/**
 * Sets `session` for the routes below, or throws `unauthenticated` for whatever is wrong with the Authorization
 * header: absent, malformed, expired, tampered with, of another regroupement, signed out.
 */
export function signedIn(deps: Deps): MiddlewareHandler<SignedInEnv> {
  return async (c, next) => {
    const session = await sessionOf(deps, c.get('regroupement').id, c.req.header('Authorization'));
    if (session === undefined) {
      c.header('WWW-Authenticate', 'Bearer');
      throw new Problem('unauthenticated');
    }
    c.set('session', session);
    await next();
  };
}

async function sessionOf(
  deps: Deps,
  regroupementId: string,
  authorization: string | undefined,
): Promise<Session | undefined> {
  const token = BEARER.exec(authorization ?? '')?.[1];
  if (token === undefined || token.length > MAX_TOKEN) return undefined;
  const session = await readAccessToken(deps, regroupementId, token);
  return session !== undefined && (await sessionLives(deps, session)) ? session : undefined;
}
