// The key that a browser keeps for itself, and the proofs it makes (RFC 9449), as the widget's own code would.
import { randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { sha256 } from '../../server/crypto.ts';

export interface Proof {
  method: string;
  /** Query and fragment are left out by itself. */
  url: string;
  nonce: string;
  accessToken?: string | undefined;
}

export class BrowserKey {
  readonly thumbprint: string;
  readonly name = 'Chrome, Android';
  readonly #pair: CryptoKeyPair;
  readonly #jwk: object;
  constructor(pair: CryptoKeyPair, jwk: object, thumbprint: string) {
    this.#pair = pair;
    this.#jwk = jwk;
    this.thumbprint = thumbprint;
  }

  get jkt(): string {
    return this.thumbprint;
  }

  static async make(): Promise<BrowserKey> {
    const pair = await generateKeyPair('ES256');
    const { kty = '', crv = '', x = '', y = '' } = await exportJWK(pair.publicKey);
    const jwk = { kty, crv, x, y };
    return new BrowserKey(pair as CryptoKeyPair, jwk, await calculateJwkThumbprint(jwk));
  }

  /** A proof; `change` bends its claims or its header. */
  async proof(
    { method, url, nonce, accessToken }: Proof,
    change: { claims?: object; header?: object } = {},
  ): Promise<string> {
    const { origin, pathname } = new URL(url);
    return await new SignJWT({
      jti: randomUUID(),
      htm: method,
      htu: origin + pathname,
      iat: 1,
      nonce,
      ...(accessToken === undefined ? {} : { ath: sha256(accessToken) }),
      ...change.claims,
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: this.#jwk, ...change.header })
      .sign(this.#pair.privateKey);
  }
}

/** The browser of whoever a test does not say more about. */
export const BROWSER = await BrowserKey.make();

/** Calls that open or renew a session, and so take a proof without a token. */
const OPENS =
  /\/(sessions|sessions\/refresh|activations|invitations\/accept|enrolments|password-resets\/complete|email-changes\/(confirm|undo))$/;

/**
 * Headers as a browser sends them: `Authorization: DPoP …` and the opening calls get their proof, unless one is there.
 * A `Bearer` of the staff's API, whose keys have two dots less, is left alone.
 */
export async function withProof(
  method: string,
  url: string,
  nonce: string,
  given: HeadersInit = {},
  key = BROWSER,
): Promise<Headers> {
  const headers = new Headers(given);
  const accessToken = /^DPoP (.+)$/.exec(headers.get('Authorization') ?? '')?.[1];
  const opens = method === 'POST' && OPENS.test(new URL(url).pathname);
  if (!headers.has('DPoP') && (accessToken !== undefined || opens))
    headers.set('DPoP', await key.proof({ method, url, nonce, accessToken }));
  return headers;
}
