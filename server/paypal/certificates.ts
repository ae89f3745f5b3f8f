// The certificates that sign PayPal's webhooks: fetched only from PayPal's own addresses, and believed only when their
// name is PayPal's, their dates hold and their chain ends at a root that we trust. Node has no path builder, so the
// chain is walked here.
import { type KeyObject, X509Certificate } from 'node:crypto';
import type { Deps } from '../deps.ts';

const MAX_BYTES = 64 * 1024;
const TIMEOUT_MS = 5_000;
const CACHED = 32;
const CACHE_MS = 12 * 3_600_000;
const MAX_DEPTH = 6;
const MIN_RSA_BITS = 2048;

/** Which certificates may sign. */
export interface CertificatePolicy {
  /** Addresses must lie below one of these, e.g. `https://api.paypal.com/v1/notifications/certs/`. */
  bases: readonly string[];
  /** Names that a signing certificate may bear. */
  names: readonly string[];
  /** PEM of roots, and of intermediates that PayPal may leave out. */
  trusted: readonly string[];
}

/** `passing`: it could not be had or its chain is not known here, so another try may do. Otherwise it is not PayPal's. */
export class CertificateRefused extends Error {
  readonly passing: boolean;
  constructor(reason: string, passing: boolean) {
    super(reason);
    this.passing = passing;
  }
}

const LIVE_NAME = 'messageverificationcerts.paypal.com';
const SANDBOX_NAME = 'messageverificationcerts.sandbox.paypal.com';
const PATH = '/v1/notifications/certs/';

/** The policy for the PayPal that `paypalBaseUrl` names; another host's only with its own root (`ownRoot`). */
export function certificatePolicy(
  paypalBaseUrl: string,
  roots: readonly string[],
  ownRoot: string | undefined,
): CertificatePolicy {
  const { hostname } = new URL(paypalBaseUrl);
  const bases = (...hosts: string[]) => hosts.map((host) => `https://${host}${PATH}`);
  if (hostname === 'api-m.paypal.com' || hostname === 'api.paypal.com')
    return { bases: bases('api.paypal.com', 'api-m.paypal.com'), names: [LIVE_NAME], trusted: roots };
  if (hostname === 'api-m.sandbox.paypal.com' || hostname === 'api.sandbox.paypal.com')
    return {
      bases: bases('api.sandbox.paypal.com', 'api-m.sandbox.paypal.com'),
      names: [SANDBOX_NAME],
      trusted: roots,
    };
  return {
    bases: ownRoot === undefined ? [] : [`${paypalBaseUrl}${PATH}`],
    names: [SANDBOX_NAME],
    trusted: ownRoot === undefined ? [] : [ownRoot],
  };
}

export class SigningCertificates {
  readonly #deps: Pick<Deps, 'fetch' | 'now'>;
  readonly #policy: CertificatePolicy;
  readonly #trusted: X509Certificate[];
  readonly #cache = new Map<string, { chain: Promise<X509Certificate[]>; until: number }>();

  constructor(deps: Pick<Deps, 'fetch' | 'now'>, policy: CertificatePolicy) {
    this.#deps = deps;
    this.#policy = policy;
    this.#trusted = policy.trusted.flatMap(certificatesIn);
  }

  /** The public key behind this address, good at `now`. Throws CertificateRefused. */
  async keyOf(url: string, now: number): Promise<KeyObject> {
    const chain = await this.#chain(this.#allowed(url), now);
    const [leaf, ...others] = chain;
    if (leaf === undefined) throw new CertificateRefused('no certificate', false);
    if (!this.#policy.names.some((name) => leaf.checkHost(name, { wildcards: false }) !== undefined))
      throw new CertificateRefused('name', false);
    const key = leaf.publicKey;
    if (key.asymmetricKeyType !== 'rsa' || (key.asymmetricKeyDetails?.modulusLength ?? 0) < MIN_RSA_BITS)
      throw new CertificateRefused('key', false);
    if (leaf.ca) throw new CertificateRefused('leaf is an authority', false);
    this.#climb(leaf, others, now);
    return key;
  }

  // The address as written, not as parsed: what a parser would forgive is not PayPal's.
  #allowed(url: string): string {
    const base = this.#policy.bases.find((candidate) => url.startsWith(candidate));
    const name = base === undefined ? '' : url.slice(base.length);
    if (!/^[A-Za-z0-9_-]{1,200}$/.test(name)) throw new CertificateRefused('address', false);
    return url;
  }

  #climb(leaf: X509Certificate, others: readonly X509Certificate[], now: number): void {
    let at = leaf;
    for (let depth = 0; depth < MAX_DEPTH; depth++) {
      if (!isInDate(at, now)) throw new CertificateRefused('dates', false);
      if (depth > 0 && this.#trusted.some((root) => root.fingerprint256 === at.fingerprint256)) {
        if (isRoot(at)) return;
      }
      const issuer = [...this.#trusted, ...others].find(
        (candidate) =>
          candidate.fingerprint256 !== at.fingerprint256 &&
          candidate.ca &&
          at.checkIssued(candidate) &&
          at.verify(candidate.publicKey),
      );
      if (issuer === undefined) break;
      at = issuer;
    }
    throw new CertificateRefused('unknown chain', true);
  }

  #chain(url: string, now: number): Promise<X509Certificate[]> {
    const cached = this.#cache.get(url);
    if (cached !== undefined && cached.until > now) return cached.chain;
    const chain = this.#fetch(url);
    this.#cache.set(url, { chain, until: now + CACHE_MS });
    if (this.#cache.size > CACHED) this.#cache.delete(this.#cache.keys().next().value ?? '');
    chain.catch(() => {
      if (this.#cache.get(url)?.chain === chain) this.#cache.delete(url);
    });
    return chain;
  }

  async #fetch(url: string): Promise<X509Certificate[]> {
    let text: string;
    try {
      const response = await this.#deps.fetch(url, {
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (response.status !== 200) {
        await response.body?.cancel();
        throw new CertificateRefused(`HTTP ${response.status}`, response.status >= 500);
      }
      text = await limited(response);
    } catch (error) {
      if (error instanceof CertificateRefused) throw error;
      throw new CertificateRefused('not reached', true);
    }
    const chain = certificatesIn(text);
    if (chain.length === 0 || chain.length > MAX_DEPTH) throw new CertificateRefused('no certificate', false);
    return chain;
  }
}

async function limited(response: Response): Promise<string> {
  let size = 0;
  const parts: Uint8Array[] = [];
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > MAX_BYTES) throw new CertificateRefused('size', false);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('latin1');
}

function certificatesIn(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    throw new CertificateRefused('no certificate', false);
  }
}

function isInDate(certificate: X509Certificate, now: number): boolean {
  return now >= Date.parse(certificate.validFrom) && now <= Date.parse(certificate.validTo);
}

function isRoot(certificate: X509Certificate): boolean {
  return certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey);
}
