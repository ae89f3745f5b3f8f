// Is this webhook PayPal's? Its signature covers `id|time|webhook id|CRC-32 of the raw bytes`, RSA with SHA-256, by a
// certificate that the call names by address. The address, the name in the certificate, its chain up to a root that
// we trust and its dates are all checked; what cannot be checked now is not taken for forged.
import { createVerify } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { CertificateRefused, type SigningCertificates } from './certificates.ts';

/** Older than PayPal's last retry (3 days), with some room. */
const MAX_AGE_MS = 4 * 86_400_000;
const MAX_AHEAD_MS = 5 * 60_000;

/** `verified`; `forged` never was PayPal's, for this reason; `unverifiable` now, so that PayPal sends it again. */
export type Verdict =
  | { kind: 'verified' }
  | { kind: 'forged'; reason: ForgedReason }
  | { kind: 'unverifiable'; reason: string };
export type ForgedReason = 'headers' | 'algorithm' | 'time' | 'certificate' | 'signature';

/** What the signature is checked with. `webhookIds`: ours at PayPal, the present one first. */
export interface VerifyOptions {
  webhookIds: readonly string[];
  now: number;
  certificates: SigningCertificates;
}

/** Judges a webhook by its headers and its bytes exactly as they came. */
export async function verifyWebhook(
  headers: Headers,
  body: Uint8Array,
  { webhookIds, now, certificates }: VerifyOptions,
): Promise<Verdict> {
  const header = (name: string, max: number) => {
    const value = headers.get(`paypal-${name}`) ?? '';
    return value.length > 0 && value.length <= max ? value : null;
  };
  const id = header('transmission-id', 100);
  const time = header('transmission-time', 40);
  const signature = header('transmission-sig', 2000);
  const url = header('cert-url', 500);
  const algorithm = header('auth-algo', 40);
  if (id === null || time === null || signature === null || url === null || /[|\r\n]/.test(id + time))
    return { kind: 'forged', reason: 'headers' };
  if (algorithm !== 'SHA256withRSA') return { kind: 'forged', reason: 'algorithm' };
  const sent = Date.parse(time);
  if (!/^\d{4}-\d{2}-\d{2}T/.test(time) || !(sent >= now - MAX_AGE_MS && sent <= now + MAX_AHEAD_MS))
    return { kind: 'forged', reason: 'time' };
  try {
    const key = await certificates.keyOf(url, now);
    const sum = crc32(body);
    const bytes = Buffer.from(signature, 'base64');
    const ours = webhookIds.some((webhookId) =>
      createVerify('RSA-SHA256').update(`${id}|${time}|${webhookId}|${sum}`).verify(key, bytes),
    );
    return ours ? { kind: 'verified' } : { kind: 'forged', reason: 'signature' };
  } catch (error) {
    if (!(error instanceof CertificateRefused)) throw error;
    return error.passing
      ? { kind: 'unverifiable', reason: error.message }
      : { kind: 'forged', reason: 'certificate' };
  }
}
