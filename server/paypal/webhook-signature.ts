// Whether a webhook is really PayPal's: its signature over the very bytes that came, the webhook's id (which makes it
// ours and this regroupement's), its age and its certificate. What it says is believed by no one here.
import { constants, verify } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Regroupement } from '../regroupements/regroupements.ts';
import { type CertificateReason, CertificateTrouble, type SigningCertificates } from './certificates.ts';
import type { PayPal } from './client.ts';

/** Why a webhook was not accepted, for the log: never what its headers said. */
type WebhookReason =
  | CertificateReason
  | 'header-missing'
  | 'header-malformed'
  | 'algorithm'
  | 'too-old'
  | 'in-the-future'
  | 'signature'
  | 'body-malformed'
  | 'webhook-id-unset';

/**
 * - `verified`: PayPal sent exactly these bytes to this webhook.
 * - `forged`: it did not; refuse (4xx) and count.
 * - `unverifiable`: we could not tell; ask PayPal (`verifyAtPayPal`) or answer 503, so that PayPal sends it again.
 */
export type WebhookVerdict =
  | { verdict: 'verified' }
  | { verdict: 'forged' | 'unverifiable'; reason: WebhookReason };

export interface VerifyOptions {
  certificates: SigningCertificates;
  now(): number;
}

/** What the dashboard's simulator signs with in place of a webhook's id (developer.paypal.com, Webhooks simulator). */
const SIMULATOR_ID = 'WEBHOOK_ID';

/** PayPal tries again for three days; older than this is somebody else's copy. */
const MAX_AGE_MS = 4 * 86_400_000;
const MAX_AHEAD_MS = 5 * 60_000;

// Header, most characters (PayPal's own limits) and what it is made of. No `|`: it parts the fields of what is signed.
const HEADERS = {
  transmission_id: ['PayPal-Transmission-Id', 50, /^[!-{}~]+$/],
  transmission_time: [
    'PayPal-Transmission-Time',
    100,
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/,
  ],
  transmission_sig: ['PayPal-Transmission-Sig', 1024, /^[A-Za-z0-9+/]+={0,2}$/],
  cert_url: ['PayPal-Cert-Url', 500, /^[!-~]+$/],
  auth_algo: ['PayPal-Auth-Algo', 100, /^[A-Za-z0-9]+$/],
} as const;

type Transmission = Record<keyof typeof HEADERS, string>;

const UNSET = { verdict: 'unverifiable', reason: 'webhook-id-unset' } as const;

// The simulator's, which has another form, is nobody's.
function isWebhookId(text: string): boolean {
  return /^[A-Za-z0-9]{1,50}$/.test(text);
}

/**
 * Checks a webhook without asking PayPal more than its certificate.
 * `rawBody`: the bytes as they came, before any parsing. `webhookId`: of the regroupement in the path; another one's
 * webhook does not verify.
 */
export async function verifyWebhook(
  headers: Headers,
  rawBody: Uint8Array,
  webhookId: string,
  options: VerifyOptions,
): Promise<WebhookVerdict> {
  return isWebhookId(webhookId) ? verifyFor(headers, rawBody, webhookId, options) : UNSET;
}

/**
 * Whether PayPal's simulator made it. Anybody may have it send to any address: its events are PayPal's, and about nothing.
 */
export async function isSimulated(
  headers: Headers,
  rawBody: Uint8Array,
  options: VerifyOptions,
): Promise<boolean> {
  return (await verifyFor(headers, rawBody, SIMULATOR_ID, options)).verdict === 'verified';
}

async function verifyFor(
  headers: Headers,
  rawBody: Uint8Array,
  signedWith: string,
  options: VerifyOptions,
): Promise<WebhookVerdict> {
  const transmission = readTransmission(headers, options);
  if ('verdict' in transmission) return transmission;
  try {
    const key = await options.certificates.keyAt(transmission.cert_url);
    const signed = `${transmission.transmission_id}|${transmission.transmission_time}|${signedWith}|${crc32(rawBody)}`;
    const good = verify(
      'RSA-SHA256',
      Buffer.from(signed),
      { key, padding: constants.RSA_PKCS1_PADDING },
      Buffer.from(transmission.transmission_sig, 'base64'),
    );
    return good ? { verdict: 'verified' } : { verdict: 'forged', reason: 'signature' };
  } catch (error) {
    if (!(error instanceof CertificateTrouble)) throw error;
    return { verdict: error.forged ? 'forged' : 'unverifiable', reason: error.reason };
  }
}

/**
 * The same question put to PayPal (verify-webhook-signature), for when we could not tell. The body is sent as it came:
 * written anew it would not verify. Throws PayPalFailure when PayPal gives no answer.
 */
export async function verifyAtPayPal(
  paypal: PayPal,
  regroupement: Regroupement,
  headers: Headers,
  rawBody: Uint8Array,
  webhookId: string,
  options: VerifyOptions,
): Promise<WebhookVerdict> {
  if (!isWebhookId(webhookId)) return UNSET;
  const transmission = readTransmission(headers, options);
  if ('verdict' in transmission) return transmission;
  const event = jsonObject(rawBody);
  if (event === null) return { verdict: 'forged', reason: 'body-malformed' };
  const about = JSON.stringify({ ...transmission, webhook_id: webhookId });
  const text = `${about.slice(0, -1)},"webhook_event":${event}}`;
  return (await paypal.verifyWebhookSignature(regroupement, text))
    ? { verdict: 'verified' }
    : { verdict: 'forged', reason: 'signature' };
}

// What can be told from the headers alone, so that a crude forgery makes us call no one.
function readTransmission(
  headers: Headers,
  { certificates, now }: VerifyOptions,
): Transmission | Exclude<WebhookVerdict, { verdict: 'verified' }> {
  const forged = (reason: WebhookReason) => ({ verdict: 'forged', reason }) as const;
  const read: Partial<Transmission> = {};
  for (const [field, [name, most, shape]] of Object.entries(HEADERS)) {
    const value = headers.get(name);
    if (value === null) return forged('header-missing');
    if (value.length > most || !shape.test(value)) return forged('header-malformed');
    read[field as keyof Transmission] = value;
  }
  const transmission = read as Transmission;
  if (transmission.auth_algo !== 'SHA256withRSA') return forged('algorithm');
  const sentAt = Date.parse(transmission.transmission_time);
  if (Number.isNaN(sentAt)) return forged('header-malformed');
  if (sentAt < now() - MAX_AGE_MS) return forged('too-old');
  if (sentAt > now() + MAX_AHEAD_MS) return forged('in-the-future');
  if (!certificates.allows(transmission.cert_url)) return forged('certificate-address');
  return transmission;
}

// Only one whole JSON object may stand in our request: `{…},"webhook_id":"mine"` would change the question.
function jsonObject(rawBody: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(rawBody);
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? text : null;
  } catch {
    return null;
  }
}
