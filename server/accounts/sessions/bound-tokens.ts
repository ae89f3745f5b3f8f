// Signed access tokens, the payers' and the staff's alike: who, in which session, for whom, for ten minutes, in one browser.
// A token says nothing that the session's row does not confirm at each request.
import { decodeProtectedHeader } from 'jose/decode/protected_header';
import { JOSEError } from 'jose/errors';
import { SignJWT } from 'jose/jwt/sign';
import { jwtVerify } from 'jose/jwt/verify';
import { type Deps, newId } from '../../deps.ts';
import { ACCESS_TOKEN_S, ALGORITHM, signingKey, verifyingKey } from './signing-keys.ts';

/** A payer's, of one regroupement; or one of a person of the staff. Neither passes for the other. */
type TokenType = 'at+jwt' | 'staff+jwt';

/** Who asks for them (RFC 9068, 2.2): pages of ours, which are registered nowhere else. */
const CLIENTS: Record<TokenType, string> = { 'at+jwt': 'amisgest-pay', 'staff+jwt': 'amisgest-bureau' };

interface BoundFacts {
  sessionId: string;
  /** Whose session it is. */
  subject: string;
  /** What it opens. */
  audience: string;
}
/** What a token says, and the thumbprint of the key without which it is worth nothing (RFC 9449 section 6). */
type Bound = BoundFacts & { jkt: string };

/** A signed token of this type, of use only with the browser's key `jkt`. */
export async function issueBoundToken(
  deps: Deps,
  type: TokenType,
  { sessionId, subject, audience }: BoundFacts,
  jkt: string,
): Promise<string> {
  const { kid, key } = await signingKey(deps);
  const now = Math.floor(deps.now() / 1000);
  return await new SignJWT({ sid: sessionId, client_id: CLIENTS[type], cnf: { jkt } })
    .setProtectedHeader({ alg: ALGORITHM, typ: type, kid })
    .setIssuer(deps.config.publicUrl)
    .setAudience(audience)
    .setSubject(subject)
    .setJti(newId(deps))
    .setIssuedAt(now)
    .setExpirationTime(now + ACCESS_TOKEN_S)
    .sign(key);
}

/**
 * What the token says, when we signed it as one of this type and it has not expired; undefined otherwise. Says nothing of
 * whether the session still lives; whom it is for is to be compared.
 */
export async function readBoundToken(deps: Deps, type: TokenType, token: string): Promise<Bound | undefined> {
  const verified = verifiedTokens(deps);
  const known = verified.get(token);
  const read = known ?? (await verify(deps, type, token));
  if (read === undefined || read.expiresAt <= deps.now()) {
    verified.delete(token);
    return undefined;
  }
  if (known === undefined) remember(verified, token, read);
  return read.type === type ? read : undefined;
}

type Verified = Bound & { type: TokenType; expiresAt: number };

async function verify(deps: Deps, type: TokenType, token: string): Promise<Verified | undefined> {
  try {
    const { kid } = decodeProtectedHeader(token);
    const key = typeof kid === 'string' ? await verifyingKey(deps, kid) : undefined;
    if (key === undefined) return undefined;
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      typ: type,
      issuer: deps.config.publicUrl,
      requiredClaims: ['aud', 'sub', 'sid', 'exp'],
      currentDate: new Date(deps.now()),
    });
    const { aud, sub, sid, exp, cnf } = payload;
    const jkt = typeof cnf === 'object' && cnf !== null && 'jkt' in cnf ? cnf.jkt : undefined;
    const whole = [aud, sub, sid, jkt].every((claim) => typeof claim === 'string');
    if (!whole || typeof aud !== 'string' || typeof sub !== 'string') return undefined;
    const facts = { sessionId: String(sid), subject: sub, audience: aud, jkt: String(jkt) };
    return { ...facts, type, expiresAt: Number(exp) * 1000 };
  } catch (error) {
    // jose's refusals, and a TypeError for what is no token at all; the rest (the database…) is not the token's fault.
    if (error instanceof JOSEError || error instanceof TypeError) return undefined;
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
