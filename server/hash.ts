// One-way fingerprints: of secrets that are random already (links, refresh tokens), where SHA-256 suffices, unlike passwords;
// and, keyed, of what can be guessed (e-mails, network addresses).
import { createHash, createHmac, hkdfSync } from 'node:crypto';

/** base64url SHA-256 of the text. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
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
  const key = hkdfSync('sha256', deps.config.secretKeys[0] ?? '', '', `amisgest-pay ${purpose} hashes`, 32);
  return createHmac('sha256', new Uint8Array(key)).update(text).digest('base64url');
}
