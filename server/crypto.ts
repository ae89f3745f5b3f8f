// Secrets at rest, encrypted or hashed.
//
// What must be stored and read back (PayPal secrets, private signing keys) is encrypted with SECRET_KEY:
// AES-256-GCM, a fresh 96-bit nonce each time, and the purpose as additional data so that one secret cannot be put
// in another's place. Format: `v1.{key id}.{base64url nonce|tag|text}`. The first key encrypts, all decrypt.
//
// One-way: SHA-256 for secrets that are random already (links, refresh tokens), where it suffices, unlike for passwords;
// a keyed hash for what can be guessed (e-mails, network addresses).
import { createCipheriv, createDecipheriv, createHash, createHmac, hash } from 'node:crypto';
import type { Deps } from './deps.ts';
import { derivedKey } from './derived-key.ts';

const PURPOSE = 'secrets';
const NONCE = 12;
const TAG = 16;

/** Encrypts `text` for `purpose` (e.g. `paypal-secret:{regroupement id}`). */
export function encrypt(
  deps: Pick<Deps, 'randomBytes'> & { config: { secretKeys: readonly string[] } },
  purpose: string,
  text: string,
): string {
  const [key] = deps.config.secretKeys;
  if (key === undefined) throw new Error('SECRET_KEY is needed to encrypt');
  const nonce = deps.randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', derivedKey(key, PURPOSE), nonce);
  cipher.setAAD(Buffer.from(purpose));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return `v1.${keyId(key)}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
}

/** Decrypts what `encrypt` made for the same purpose. Throws when no key fits or the text was altered. */
export function decrypt(
  deps: { config: { secretKeys: readonly string[] } },
  purpose: string,
  stored: string,
): string {
  const [version, id, payload] = stored.split('.');
  const key = deps.config.secretKeys.find((candidate) => keyId(candidate) === id);
  if (version !== 'v1' || payload === undefined || key === undefined)
    throw new Error('no SECRET_KEY opens this secret');
  const bytes = Buffer.from(payload, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', derivedKey(key, PURPOSE), bytes.subarray(0, NONCE), {
    authTagLength: TAG,
  });
  decipher.setAAD(Buffer.from(purpose));
  decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString('utf8');
}

/** Encrypts bytes by a key of 256 bits of their own (base64url, itself kept by `encrypt`), for `purpose`: base64. */
export function encryptBytes(
  deps: Pick<Deps, 'randomBytes'>,
  key: string,
  purpose: string,
  bytes: Uint8Array,
): string {
  const nonce = deps.randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'base64url'), nonce);
  cipher.setAAD(Buffer.from(purpose));
  const body = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
}

/** What `encryptBytes` made for the same purpose. Throws when the key is another one or it was altered. */
export function decryptBytes(key: string, purpose: string, stored: string): Buffer {
  const bytes = Buffer.from(stored, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'base64url'), bytes.subarray(0, NONCE), {
    authTagLength: TAG,
  });
  decipher.setAAD(Buffer.from(purpose));
  decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]);
}

/** Whether the first key encrypted this, so that nothing is gained by doing it again. */
export function isNewest(deps: { config: { secretKeys: readonly string[] } }, stored: string): boolean {
  const [key] = deps.config.secretKeys;
  return key !== undefined && stored.split('.')[1] === keyId(key);
}

/** base64url SHA-256 of the text. */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}

/**
 * base64url HMAC-SHA-256 of the text for one purpose, by the first SECRET_KEY: whoever has the database alone cannot find
 * out which e-mail or address it is of. Another first key gives another one.
 */
export function keyedHash(
  deps: { config: { secretKeys: readonly string[] } },
  purpose: string,
  text: string,
): string {
  const key = derivedKey(deps.config.secretKeys[0] ?? '', `${purpose} hashes`);
  return createHmac('sha256', key).update(text).digest('base64url');
}

/** base64url HMAC-SHA-256 of the text by a key of its own: once that is gone, nobody can find out what was hashed by trying. */
export function hashUnder(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}

function keyId(key: string): string {
  return createHash('sha256').update(`id:${key}`).digest('base64url').slice(0, 8);
}
