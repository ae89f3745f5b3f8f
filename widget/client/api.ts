// The server's routes for the screens: one fetch, typed by the server's own routes, with a time limit and one kind
// of error. Knows nothing of screens, keeps nothing but the address.
import type { ExtractSchema } from 'hono/types';
import type { TenantApi } from '../../server/payers-app.ts';
import { CallProblem, type ProblemKind } from './problem.ts';
import { proofOf } from './proof.ts';

/** The payers' routes, where it is not said otherwise. */
export type Payers = ExtractSchema<TenantApi>;
export type Method = '$get' | '$post' | '$put' | '$patch' | '$delete';
/** Paths that answer to a method. */
export type Path<M extends Method, S = Payers> = {
  [P in keyof S]: M extends keyof S[P] ? P : never;
}[keyof S] &
  string;
type Endpoint<M extends Method, P extends keyof S, S> = M extends keyof S[P] ? S[P][M] : never;
type Body<E> = E extends { input: { json: infer J } } ? { json: J } : { json?: never };
type PathValues<P> = P extends `${string}:${string}` ? { id: string } : { id?: never };
/** What a route answers when all is well. */
export type Answer<M extends Method, P extends Path<M, S>, S = Payers> =
  Endpoint<M, P, S> extends { output: infer O } ? O : never;

interface Options {
  signal?: AbortSignal;
  accessToken?: string;
  /** Opens or renews a session: proven, without a token. */
  proven?: boolean;
  headers?: Readonly<Record<string, string>>;
  /** Milliseconds; 15 s by default. */
  timeLimit?: number;
}
export type CallOptions<M extends Method, P extends Path<M, S>, S = Payers> = Body<Endpoint<M, P, S>> &
  PathValues<P> &
  Options;

export class Api<S = Payers> {
  /** Where the regroupement's routes begin (see baseUrl). */
  readonly base: string;
  readonly #key: () => Promise<CryptoKeyPair>;
  /** What the server's last answer asks to stand in the next proof. */
  #nonce = '';
  /** `key` gives the browser's own, see Store. */
  constructor(base: string, key: () => Promise<CryptoKeyPair>) {
    this.base = base;
    this.#key = key;
  }

  /** Calls a route. Throws CallProblem, never anything else. A lost GET is asked once more: it changes nothing. */
  async call<M extends Method, P extends Path<M, S>>(
    method: M,
    path: P,
    options: CallOptions<M, P, S>,
  ): Promise<Answer<M, P, S>> {
    const url = this.base + (path === '/' ? '' : path.replace(':id', encodeURIComponent(options.id ?? '')));
    try {
      return await this.#once(method, url, options);
    } catch (error) {
      const { kind } = error as CallProblem;
      // A proof that is too old has changed nothing: the answer brought a new nonce.
      const again = kind === 'dpop-nonce' || (method === '$get' && kind === 'offline');
      if (!again) throw error;
      return await this.#once(method, url, options);
    }
  }

  async #once<A>(method: Method, url: string, options: Options & { json?: unknown }): Promise<A> {
    const { signal } = options;
    const verb = method.slice(1).toUpperCase();
    const stop = new AbortController();
    const abort = () => stop.abort();
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    const timer = setTimeout(abort, options.timeLimit ?? 15_000);
    let status = 0;
    let silent: ProblemKind = 'broken';
    try {
      const headers: Record<string, string> = { Accept: 'application/json', ...options.headers };
      if (options.json !== undefined) headers['Content-Type'] = 'application/json';
      const { accessToken } = options;
      if (accessToken !== undefined) headers.Authorization = `DPoP ${accessToken}`;
      if (accessToken !== undefined || options.proven) {
        const call = { method: verb, url, nonce: this.#nonce, accessToken };
        headers.DPoP = await proofOf(await this.#key(), call);
      }
      const body = options.json === undefined ? null : JSON.stringify(options.json);
      silent = 'offline';
      const response = await fetch(url, {
        method: verb,
        headers,
        body,
        signal: stop.signal,
        // No cookie goes to the server from somebody else's page, nor comes from it.
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
      });
      this.#nonce = response.headers.get('DPoP-Nonce') ?? this.#nonce;
      if (!response.ok) throw await problemOf(response);
      // Another site's page, and not what a worker of this page puts in an answer's place while there is none.
      if (response.type === 'cors' && !/json/.test(response.headers.get('Content-Type') ?? 'json'))
        status = response.status;
      return (response.status === 204 ? null : await response.json()) as A;
    } catch (error) {
      if (error instanceof CallProblem) throw error;
      // No answer, or one that cannot be read: what happened there is not known. It may be a script of the page's.
      if (!signal?.aborted) console.error(error);
      throw new CallProblem(signal?.aborted ? 'aborted' : silent, status, { online: navigator.onLine });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }
}

/** What an answer that is no success says. */
export async function problemOf(response: Response): Promise<CallProblem> {
  const body: unknown = await response.json().catch(() => null);
  const extra = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const type = typeof extra.type === 'string' ? extra.type : '';
  // Anything else in front of the server (a proxy, a captive portal) speaks no problem+json.
  const ours = type.startsWith('/problems/');
  const kind = ours ? type.slice('/problems/'.length) : 'internal';
  const wait = Number(response.headers.get('Retry-After'));
  return new CallProblem(kind as ProblemKind, response.status, {
    ...(wait > 0 ? { retryAfter: wait } : {}),
    ...(ours ? extra : {}),
  });
}
