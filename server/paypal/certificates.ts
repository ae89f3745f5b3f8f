// The certificates PayPal signs its webhooks with: fetched only from where PayPal publishes them, trusted only through a
// chain to a root we hold, and kept for a while. Nothing a webhook's sender writes can make us call anywhere else.
import { type KeyObject, X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';

/** Where a regroupement's webhooks come from, and whom we believe about it. */
export interface CertificateTrust {
  /** Folders of certificates, each ending in `/`; a certificate's address is one of them and a plain id, nothing else. */
  bases: readonly string[];
  /** The name that the signing certificate must bear. */
  name: string;
  /** PEM certificates of the authorities at the top. */
  roots: readonly string[];
  /** PEM certificates of authorities between, for a server that sends only its own. */
  intermediates?: readonly string[];
}

/**
 * PayPal's own trust for a REST base, told by its host; null for any other host (a stand-in brings its own).
 * `intermediates`: one or more PEM bundles of the setting that completes PayPal's chain.
 */
export function trustOfPayPal(
  restBase: string,
  intermediates: readonly string[] = [],
): CertificateTrust | null {
  const match = /^https:\/\/api(?:-m)?\.(sandbox\.)?paypal\.com(?:\/|$)/.exec(restBase);
  if (match === null) return null;
  const zone = `${match[1] ?? ''}paypal.com`;
  return {
    bases: ['api', 'api-m'].map((host) => `https://${host}.${zone}/v1/notifications/certs/`),
    name: `messageverificationcerts.${zone}`,
    roots: rootCertificates,
    intermediates,
  };
}

export type CertificateReason =
  | 'certificate-address'
  | 'certificate-name'
  | 'certificate-dates'
  | 'certificate-key'
  | 'certificate-unreachable'
  | 'certificate-malformed'
  | 'certificate-untrusted'
  | 'busy';

/** A certificate that cannot be used. `forged`: surely not PayPal's; otherwise we could not tell. */
export class CertificateTrouble extends Error {
  readonly reason: CertificateReason;
  readonly forged: boolean;
  constructor(reason: CertificateReason, forged: boolean, cause?: unknown) {
    super(reason, { cause });
    this.reason = reason;
    this.forged = forged;
  }
}

const LIMIT_MS = 5_000;
const MAX_BYTES = 65_536;
const MAX_IN_BUNDLE = 10;
const MAX_ISSUERS = 6;
const KEPT = 32;
const KEPT_MS = 12 * 3_600_000;
/** Addresses asked at once: a flood of forged webhooks must not become a flood towards PayPal. */
const MAX_ASKED = 8;

interface Kept {
  certificate: X509Certificate;
  until: number;
}

export interface CertificatesOptions {
  trust: CertificateTrust;
  now(): number;
  fetch: typeof fetch;
  /** Milliseconds before the certificates' host is given up (5 s). */
  limitMs?: number;
}

export class SigningCertificates {
  readonly #options: CertificatesOptions;
  readonly #roots: readonly X509Certificate[];
  readonly #intermediates: readonly X509Certificate[];
  readonly #kept = new Map<string, Kept>();
  readonly #asked = new Map<string, Promise<X509Certificate>>();

  constructor(options: CertificatesOptions) {
    if (options.trust.bases.some((base) => new URL(base).href !== base || !base.endsWith('/')))
      throw new RangeError('certificate base: an absolute URL in normal form that ends in a slash');
    this.#options = options;
    this.#roots = options.trust.roots.flatMap(parseBundle);
    this.#intermediates = (options.trust.intermediates ?? []).flatMap(parseBundle);
  }

  /** Whether PayPal's certificates may be found at this address. */
  allows(url: string): boolean {
    // Compared as text: what no URL parser has touched, no parser can be tricked about.
    return this.#options.trust.bases.some(
      (base) => url.startsWith(base) && /^[A-Za-z0-9_-]{1,100}$/.test(url.slice(base.length)),
    );
  }

  /** The public key of the trusted certificate at `url`. Throws CertificateTrouble. */
  async keyAt(url: string): Promise<KeyObject> {
    if (!this.allows(url)) throw new CertificateTrouble('certificate-address', true);
    const certificate = this.#held(url) ?? (await this.#ask(url));
    if (!isValidAt(certificate, this.#options.now())) throw new CertificateTrouble('certificate-dates', true);
    return certificate.publicKey;
  }

  #held(url: string): X509Certificate | undefined {
    const kept = this.#kept.get(url);
    if (kept !== undefined && kept.until > this.#options.now()) return kept.certificate;
    this.#kept.delete(url);
    return undefined;
  }

  // Everyone who needs the same certificate waits for one request. Only what proved good is kept.
  #ask(url: string): Promise<X509Certificate> {
    const asked = this.#asked.get(url);
    if (asked !== undefined) return asked;
    if (this.#asked.size >= MAX_ASKED) throw new CertificateTrouble('busy', false);
    const asking = this.#fetchTrusted(url).finally(() => this.#asked.delete(url));
    this.#asked.set(url, asking);
    return asking;
  }

  async #fetchTrusted(url: string): Promise<X509Certificate> {
    const [leaf, ...others] = bundleOf(await this.#download(url));
    if (leaf === undefined) throw new CertificateTrouble('certificate-malformed', false);
    const now = this.#options.now();
    this.#checkLeaf(leaf, now);
    if (!isTrusted(leaf, [...others, ...this.#intermediates], this.#roots, now))
      throw new CertificateTrouble('certificate-untrusted', false);
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined && this.#kept.size >= KEPT) this.#kept.delete(oldest);
    this.#kept.set(url, { certificate: leaf, until: now + KEPT_MS });
    return leaf;
  }

  #checkLeaf(leaf: X509Certificate, now: number): void {
    const { name } = this.#options.trust;
    if (leaf.checkHost(name, { subject: 'never', wildcards: false }) === undefined)
      throw new CertificateTrouble('certificate-name', true);
    if (!isValidAt(leaf, now)) throw new CertificateTrouble('certificate-dates', true);
    if (!isStrong(leaf)) throw new CertificateTrouble('certificate-key', true);
    // An issuer must be an authority and this none: so nothing that signed itself passes either.
    if (leaf.ca) throw new CertificateTrouble('certificate-untrusted', false);
  }

  async #download(url: string): Promise<string> {
    try {
      const response = await this.#options.fetch(url, {
        redirect: 'manual',
        signal: AbortSignal.timeout(this.#options.limitMs ?? LIMIT_MS),
      });
      if (response.status !== 200) {
        await response.body?.cancel();
        throw new Error(`status ${response.status}`);
      }
      const chunks: Uint8Array[] = [];
      let size = 0;
      // Leaving the loop cancels what is still to come.
      for await (const chunk of response.body ?? []) {
        size += chunk.byteLength;
        if (size > MAX_BYTES) throw new Error('too long');
        chunks.push(chunk);
      }
      return Buffer.concat(chunks).toString('latin1');
    } catch (cause) {
      throw new CertificateTrouble('certificate-unreachable', false, cause);
    }
  }
}

function parseBundle(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

function bundleOf(pem: string): X509Certificate[] {
  try {
    const certificates = parseBundle(pem);
    if (certificates.length <= MAX_IN_BUNDLE) return certificates;
  } catch {
    // Falls through: a block that is no certificate spoils the bundle.
  }
  throw new CertificateTrouble('certificate-malformed', false);
}

// Breadth first, so that the shortest chain counts and no certificate is looked at twice. Node gives no path builder, and
// shows neither path length nor name constraints: whoever holds a constrained authority's key still needs the exact
// name above and PayPal's host.
function isTrusted(
  leaf: X509Certificate,
  known: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  now: number,
): boolean {
  let level: readonly X509Certificate[] = [leaf];
  let rest = known;
  for (let issuers = 1; issuers <= MAX_ISSUERS && level.length > 0; issuers++) {
    const below = level;
    const issuesOne = (issuer: X509Certificate) =>
      below.some((certificate) => isIssuedBy(certificate, issuer, now));
    if (roots.some(issuesOne)) return true;
    level = rest.filter(issuesOne);
    rest = rest.filter((certificate) => !level.includes(certificate));
  }
  return false;
}

// `checkIssued` compares names, key identifiers and key usage; `verify` is what proves it.
function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate, now: number): boolean {
  return (
    certificate.checkIssued(issuer) &&
    issuer.ca &&
    isStrong(issuer) &&
    isValidAt(issuer, now) &&
    certificate.verify(issuer.publicKey)
  );
}

function isStrong(certificate: X509Certificate): boolean {
  const key = certificate.publicKey;
  return key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
}

function isValidAt(certificate: X509Certificate, now: number): boolean {
  return certificate.validFromDate.getTime() <= now && now <= certificate.validToDate.getTime();
}
