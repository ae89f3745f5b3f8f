// PayPal's side of a webhook for tests: a host that serves certificates, and the headers PayPal would send, as they are
// or bent. The certificates beside this file are made by make.sh.
import { constants, createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';
import { type CertificateTrust, SigningCertificates } from '../../../server/paypal/certificates.ts';
import { verifyWebhook } from '../../../server/paypal/webhook-signature.ts';

/** A certificate or key of this folder, as text. */
export const file = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
/** Certificates one after the other, as a server sends them. */
export const bundle = (...names: string[]): string => names.map((name) => file(`${name}.pem`)).join('');

const NAME = 'messageverificationcerts.paypal.com';
export const HOOK = '4JH86294D6297924G';
export const DAY = 86_400_000;
export const MADE = new X509Certificate(file('leaf.pem')).validFromDate.getTime();
/** The certificates were made some months before; two of them lasted a month. */
export const NOW = MADE + 200 * DAY;
export const BODY = Buffer.from(
  '{"id":"WH-1","event_type":"PAYMENT.CAPTURE.COMPLETED","resource":{"amount":{"value":"305.10","currency_code":"CAD"},"custom_id":"Zo\\u00e9 \\/ 1"}}',
);

interface Bent {
  id?: string;
  time?: string;
  hook?: string;
  cert?: string;
  key?: string;
  algo?: string;
  padding?: number;
  hash?: string;
}

/** Starts the host; `CERT-1` is good until a test says otherwise. */
export async function startCertificateHost() {
  const good = bundle('leaf', 'intermediate');
  const answers = new Map<string, string | ((response: ServerResponse) => void)>([['CERT-1', good]]);
  const asked: string[] = [];
  const host = createServer((request, response) => {
    const id = (request.url ?? '').replace('/v1/notifications/certs/', '');
    asked.push(id);
    const answer = answers.get(id);
    if (typeof answer === 'function') return answer(response);
    response.writeHead(answer === undefined ? 404 : 200).end(answer);
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(host.address() as AddressInfo).port}/v1/notifications/certs/`;

  function certificates(trust: Partial<CertificateTrust> = {}, now: () => number = () => NOW) {
    return new SigningCertificates({
      trust: { bases: [base], name: NAME, roots: [file('root.pem')], ...trust },
      now,
      fetch,
      limitMs: 400,
    });
  }

  /** The headers that PayPal sends with this body. */
  function headersOf(body: Uint8Array, bent: Bent = {}): Headers {
    const id = bent.id ?? '69cd13f0-d67a-11e5-baa3-778b53f4ae55';
    const time = bent.time ?? new Date(NOW - 1_000).toISOString();
    const signature = sign(
      bent.hash ?? 'RSA-SHA256',
      Buffer.from(`${id}|${time}|${bent.hook ?? HOOK}|${crc32(body)}`),
      {
        key: createPrivateKey(file(bent.key ?? 'leaf.key')),
        ...(bent.key === 'ec.key' ? {} : { padding: bent.padding ?? constants.RSA_PKCS1_PADDING }),
      },
    ).toString('base64');
    return new Headers({
      'PayPal-Transmission-Id': id,
      'PayPal-Transmission-Time': time,
      'PayPal-Transmission-Sig': signature,
      'PayPal-Cert-Url': bent.cert ?? `${base}CERT-1`,
      'PayPal-Auth-Algo': bent.algo ?? 'SHA256withRSA',
    });
  }

  /** « verified », or the verdict and its reason. */
  async function verdictOf(headers: Headers, body: Uint8Array = BODY, hook = HOOK, held = certificates()) {
    const verdict = await verifyWebhook(headers, body, hook, { certificates: held, now: () => NOW });
    return verdict.verdict === 'verified' ? 'verified' : `${verdict.verdict}: ${verdict.reason}`;
  }

  return {
    base,
    good,
    answers,
    /** The certificates asked for since `reset`. */
    asked,
    certificates,
    headersOf,
    verdictOf,
    /** PayPal's headers for BODY, one of them replaced. */
    replaced(name: string, value: string): Headers {
      const headers = headersOf(BODY);
      headers.set(name, value);
      return headers;
    },
    /** The verdict on BODY when the host serves this bundle. */
    served(pem: string, bent: Bent = {}, trust: Partial<CertificateTrust> = {}, now = () => NOW) {
      answers.set('CERT-1', pem);
      return verdictOf(headersOf(BODY, bent), BODY, HOOK, certificates(trust, now));
    },
    reset() {
      answers.clear();
      answers.set('CERT-1', good);
      asked.length = 0;
    },
    close() {
      host.close();
      host.closeAllConnections();
    },
  };
}
