// One-way fingerprints of secrets that are random already (links, refresh tokens): SHA-256 suffices, unlike passwords.
import { createHash } from 'node:crypto';

/** base64url SHA-256 of the text. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
