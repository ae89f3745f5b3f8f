// Signs webhooks as PayPal does: RSA with SHA-256 over `id|time|webhook id|CRC-32 of the body`.
import { createPrivateKey, createSign, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';

const FOLDER = new URL('./certificates/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, FOLDER), 'utf8');

/** Where the root stands that a server must be told to believe (PAYPAL_WEBHOOK_CA). */
export const ROOT_FILE = fileURLToPath(new URL('root.pem', FOLDER));

export interface Signer {
  /** PEM; shown at /v1/notifications/certs/{name}, the certificates above it after it. */
  certificate: string;
  key: string | KeyObject;
}

/** The certificate and key that the stand-in signs with. */
export function ownSigner(): Signer {
  return { certificate: read('leaf.pem') + read('root.pem'), key: createPrivateKey(read('leaf.key')) };
}

export interface Signed {
  transmissionId: string;
  /** ISO 8601. */
  time: string;
  webhookId: string;
  certUrl: string;
}

/** The headers of a delivery of these bytes. */
export function signatureHeaders(
  signer: Pick<Signer, 'key'>,
  body: Uint8Array,
  signed: Signed,
): Record<string, string> {
  const message = `${signed.transmissionId}|${signed.time}|${signed.webhookId}|${crc32(body)}`;
  return {
    'Content-Type': 'application/json',
    'PAYPAL-TRANSMISSION-ID': signed.transmissionId,
    'PAYPAL-TRANSMISSION-TIME': signed.time,
    'PAYPAL-TRANSMISSION-SIG': createSign('RSA-SHA256').update(message).sign(signer.key, 'base64'),
    'PAYPAL-CERT-URL': signed.certUrl,
    'PAYPAL-AUTH-ALGO': 'SHA256withRSA',
    'PAYPAL-AUTH-VERSION': 'v2',
  };
}
