// The signed access token: who, in which session, of which regroupement, for ten minutes. It says nothing that the
// session's row does not confirm at each request; so leaving, resetting and reuse take effect at once.
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import type { Deps } from '../../deps.ts';
import { ACCESS_TOKEN_S, ALGORITHM, signingKey, verifyingKey } from './signing-keys.ts';

/** Who is signed in, checked against the database at each request. */
export interface Session {
  sessionId: string;
  accountId: string;
  regroupementId: string;
}

const TYPE = 'at+jwt';

/** A signed access token for this session, of use only with the browser's key (`jkt`, RFC 9449 section 6). */
export async function issueAccessToken(deps: Deps, session: Session, jkt: string): Promise<string> {
  const { kid, key } = await signingKey(deps);
  const now = Math.floor(deps.now() / 1000);
  return await new SignJWT({ sid: session.sessionId, cnf: { jkt } })
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid })
    .setIssuer(deps.config.publicUrl)
    .setAudience(session.regroupementId)
    .setSubject(session.accountId)
    .setIssuedAt(now)
    .setExpirationTime(now + ACCESS_TOKEN_S)
    .sign(key);
}

/**
 * What the token says, when we signed it for this regroupement and it has not expired; undefined otherwise. Says
 * nothing of whether the session still lives.
 */
export async function readAccessToken(
  deps: Deps,
  regroupementId: string,
  token: string,
): Promise<{ session: Session; jkt: string } | undefined> {
  const verified = verifiedTokens(deps);
  const known = verified.get(token);
  const read = known ?? (await verify(deps, token));
  if (read === undefined || read.expiresAt <= deps.now()) {
    verified.delete(token);
    return undefined;
  }
  if (known === undefined) remember(verified, token, read);
  return read.session.regroupementId === regroupementId ? read : undefined;
}

interface Verified {
  session: Session;
  jkt: string;
  expiresAt: number;
}

async function verify(deps: Deps, token: string): Promise<Verified | undefined> {
  try {
    const { kid } = decodeProtectedHeader(token);
    const key = typeof kid === 'string' ? await verifyingKey(deps, kid) : undefined;
    if (key === undefined) return undefined;
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer: deps.config.publicUrl,
      requiredClaims: ['aud', 'sub', 'sid', 'exp'],
      currentDate: new Date(deps.now()),
    });
    const { aud, sub, sid, exp, cnf } = payload;
    const jkt = typeof cnf === 'object' && cnf !== null && 'jkt' in cnf ? cnf.jkt : undefined;
    const whole = [aud, sub, sid, jkt].every((claim) => typeof claim === 'string');
    if (!whole || typeof aud !== 'string' || typeof sub !== 'string') return undefined;
    return {
      jkt: String(jkt),
      session: { sessionId: String(sid), accountId: sub, regroupementId: aud },
      expiresAt: Number(exp) * 1000,
    };
  } catch (error) {
    // jose's refusals, and a TypeError for what is no token at all; the rest (the database…) is not the token's fault.
    if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
    throw error;
  }
}

// Verifying the signature is three quarters of a signed-in request's cost. Only tokens of ours get in, so strangers
// cannot fill it; a full one forgets the oldest.
const REMEMBERED = 10_000;
const caches = new WeakMap<Deps['db'], Map<string, Verified>>();

function verifiedTokens(deps: Deps): Map<string, Verified> {
  let cache = caches.get(deps.db);
  if (cache === undefined) {
    cache = new Map();
    caches.set(deps.db, cache);
  }
  return cache;
}

function remember(cache: Map<string, Verified>, token: string, read: Verified): void {
  for (const oldest of cache.keys()) {
    if (cache.size < REMEMBERED) break;
    cache.delete(oldest);
  }
  cache.set(token, read);
}
