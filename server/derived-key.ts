// The keys that are made from SECRET_KEY, one for each purpose (HKDF with SHA-256, RFC 5869).
import { hkdfSync } from 'node:crypto';

const made = new Map<string, Buffer>();

/** The key of 32 bytes for one purpose. It is kept: secrets and purposes are few, and many calls need one. */
export function derivedKey(secret: string, purpose: string): Buffer {
  const name = `${purpose}\n${secret}`;
  const key = made.get(name) ?? Buffer.from(hkdfSync('sha256', secret, '', `amisgest-pay ${purpose}`, 32));
  made.set(name, key);
  return key;
}
