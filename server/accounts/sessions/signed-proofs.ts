// What a proof says, once its signature holds (RFC 9449, 4.2 and 4.3; RFC 7515). Each call of a signed-in browser carries one:
// here it is verified by a key that was read before, for a third of what jose takes. Only what our own widget makes
// is taken: ES256, by a public key of P-256 in the header, which nobody needs to trust. What jose refuses is refused here too
// (test/unit/accounts/signed-proofs.test.ts compares them), and some of what it would let pass.
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';

/** Ours are below 700 characters. */
const MAX_PROOF = 2_000;
/** Three parts in base64url; the last is two numbers of 32 bytes. */
const PROOF = /^([\w-]+)\.([\w-]+)\.([\w-]{86})$/;
const COORDINATE = /^[\w-]{43}$/;
const REMEMBERED = 5_000;

/** A browser's key. */
interface Key {
  object: KeyObject;
  /** Its thumbprint (RFC 7638). */
  jkt: string;
}
type Members = Readonly<Record<string, unknown>>;

// By the header in which they stand, which a browser writes the same each time: to read a key costs a third of verifying by
// it. To be known here means nothing: whoever has a key may have it known.
const known = new Map<string, Key>();

/**
 * The proof's claims and its key's thumbprint; undefined for whatever is no sound proof at `now` (milliseconds). What the
 * claims mean for this call is not looked at.
 */
export async function readSignedProof(
  proof: string,
  now: number,
): Promise<{ jkt: string; claims: Members } | undefined> {
  if (proof.length > MAX_PROOF) return undefined;
  const [, header = '', payload = '', signature = ''] = PROOF.exec(proof) ?? [];
  if (header === '') return undefined;
  const key = known.get(header) ?? keyIn(header);
  if (key === undefined || !(await isSignedBy(key.object, `${header}.${payload}`, signature)))
    return undefined;
  remember(header, key);
  const claims = membersOf(payload);
  return claims !== undefined && isCurrent(claims, Math.floor(now / 1000))
    ? { jkt: key.jkt, claims }
    : undefined;
}

// On one of the process's other threads: what takes longest of a balance keeps nobody waiting, where there is a second core.
function isSignedBy(key: KeyObject, signed: string, signature: string): Promise<boolean> {
  const bytes = inDer(Buffer.from(signature, 'base64url'));
  return new Promise((resolve) => {
    verify('sha256', Buffer.from(signed), key, bytes, (error, sound) => resolve(error === null && sound));
  });
}

// The two numbers, of 32 bytes each, as OpenSSL reads them: told to read them as they come, Node takes half as long again.
function inDer(signature: Buffer): Buffer {
  const [r, s] = [inDerInteger(signature.subarray(0, 32)), inDerInteger(signature.subarray(32))];
  return Buffer.concat([Buffer.from([0x30, r.length + s.length]), r, s]);
}

/** Without zeros before it, but for the one that keeps it from being negative. */
function inDerInteger(bytes: Buffer): Buffer {
  let first = 0;
  while (first < bytes.length - 1 && bytes[first] === 0) first++;
  const digits = bytes.subarray(first);
  const sign = (digits[0] ?? 0) >= 0x80 ? [0] : [];
  return Buffer.concat([Buffer.from([0x02, digits.length + sign.length, ...sign]), digits]);
}

function keyIn(header: string): Key | undefined {
  const { alg, typ, jwk, crit, b64 } = membersOf(header) ?? {};
  // Nothing that a header may call critical is known here.
  if (alg !== 'ES256' || typ !== 'dpop+jwt' || crit !== undefined || b64 !== undefined) return undefined;
  if (!isObject(jwk) || !isForVerifying(jwk)) return undefined;
  const { kty, crv, x, y } = jwk;
  if (kty !== 'EC' || crv !== 'P-256' || !isCoordinate(x) || !isCoordinate(y)) return undefined;
  try {
    return {
      object: createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' }),
      // The members that make the key, in this order.
      jkt: createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url'),
    };
  } catch {
    // No point of the curve.
    return undefined;
  }
}

/** A public key that does not say that it is for something else (RFC 7517, 4.2 to 4.4). */
function isForVerifying({ d, priv, use, alg, key_ops, ext }: Members): boolean {
  const operations = key_ops === undefined ? ['verify'] : key_ops;
  return (
    d === undefined &&
    priv === undefined &&
    (use === undefined || use === 'sig') &&
    (alg === undefined || alg === 'ES256') &&
    Array.isArray(operations) &&
    operations.length === 1 &&
    operations[0] === 'verify' &&
    (ext === undefined || typeof ext === 'boolean')
  );
}

/** 32 bytes, in their one writing: or one key would have several thumbprints. */
function isCoordinate(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    COORDINATE.test(value) &&
    Buffer.from(value, 'base64url').toString('base64url') === value
  );
}

/** What the claims that every token may have say of time (RFC 7519, 4.1). */
function isCurrent({ exp, nbf, iat }: Members, nowS: number): boolean {
  const areTimes = [exp, nbf, iat].every((time) => time === undefined || typeof time === 'number');
  return areTimes && Number(exp ?? Number.POSITIVE_INFINITY) > nowS && Number(nbf ?? 0) <= nowS;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The members of a JSON object in base64url. */
function membersOf(part: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(utf8.decode(Buffer.from(part, 'base64url')));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function remember(header: string, key: Key): void {
  known.delete(header);
  known.set(header, key);
  const [oldest = ''] = known.keys();
  if (known.size > REMEMBERED) known.delete(oldest);
}
