// Calls of the office's routes that take or give a file: with the proof and the session of every other call, without JSON.
import { problemOf } from '../client/api.ts';
import { CallProblem } from '../client/problem.ts';
import { proofOf } from '../client/proof.ts';

export interface RawCall {
  method: 'GET' | 'POST' | 'DELETE';
  /** With its query. */
  path: string;
  body?: Blob;
  /** The version that a change is made from. */
  ifMatch?: string;
}

/** Stands in the place of the client's `Api` for one such call. */
export class RawApi {
  readonly #base: string;
  readonly #key: () => Promise<CryptoKeyPair>;
  readonly #raw: RawCall;
  #nonce = '';

  constructor(base: string, key: () => Promise<CryptoKeyPair>, raw: RawCall) {
    this.#base = base;
    this.#key = key;
    this.#raw = raw;
  }

  /** Whatever path is asked for, it is the call's own. Throws CallProblem. */
  async call(_method: string, _path: string, { accessToken }: { accessToken?: string }): Promise<Response> {
    const first = await this.#once(accessToken);
    // The first answer brings the nonce that its proof was without.
    const response = first.status === 401 ? await this.#once(accessToken) : first;
    if (!response.ok) throw await problemOf(response);
    return response;
  }

  async #once(accessToken: string | undefined): Promise<Response> {
    const { method, path, body = null, ifMatch } = this.#raw;
    const url = this.#base + path;
    const proof = await proofOf(await this.#key(), { method, url, nonce: this.#nonce, accessToken });
    try {
      const response = await fetch(url, {
        method,
        headers: {
          Authorization: `DPoP ${accessToken}`,
          DPoP: proof,
          ...(ifMatch === undefined ? {} : { 'If-Match': ifMatch }),
          ...(body === null ? {} : { 'Content-Type': 'application/octet-stream' }),
        },
        body,
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
      });
      this.#nonce = response.headers.get('DPoP-Nonce') ?? this.#nonce;
      return response;
    } catch (error) {
      console.error(error);
      throw new CallProblem('offline', 0, { online: navigator.onLine });
    }
  }
}
