// One open session: the access token in memory, the refresh token in the store, renewed before its end and once when
// the server refuses it. Two tabs, or two elements, share the stored token: only one renews at a time (Web Lock),
// and the server gives a second one that comes at the same moment the same successor.
import type { Answer, Api, CallOptions, Method, Path } from './api.ts';
import { CallProblem, type ProblemKind } from './problem.ts';
import type { Store } from './store.ts';
import type { Tokens } from './types.ts';

/** The token, or the proof beside it, is no longer taken: another may be. */
const REFUSED: readonly ProblemKind[] = ['unauthenticated', 'dpop-invalid'];
/** There is no renewing this session. */
const OVER: readonly ProblemKind[] = ['session-ended', 'validation', 'dpop-invalid'];
/** Renew when this little is left: a call under way must not meet the end. */
const MARGIN = 30_000;
/** She is warned this long before an unused session ends (WCAG 2.2.1 asks for 20 s). */
const WARNING = 120_000;

export class Session {
  readonly #api: Api;
  readonly #store: Store;
  readonly #now: () => number;
  readonly #channel: BroadcastChannel | null;
  #access: { token: string; until: number } | null = null;
  #renewing: Promise<Tokens | null> | null = null;
  #warning: ReturnType<typeof setTimeout> | undefined;
  /** The session will soon end unless she goes on. */
  ending = false;

  readonly #endingChanged: () => void;

  /** `store`: where the token waits. `signedOutElsewhere`: another tab of this origin signed out. `endingChanged`: see `ending`. */
  constructor(
    api: Api,
    store: Store,
    now: () => number,
    signedOutElsewhere: () => void,
    endingChanged: () => void,
  ) {
    this.#endingChanged = endingChanged;
    this.#api = api;
    this.#store = store;
    this.#now = now;
    this.#channel =
      'BroadcastChannel' in globalThis ? new BroadcastChannel(`amisgest-pay ${api.base}`) : null;
    this.#channel?.addEventListener('message', () => {
      this.#access = null;
      signedOutElsewhere();
    });
  }

  /** Starts a session with what signing in, activating or resetting gave. */
  async open(tokens: Tokens): Promise<void> {
    this.#keep(tokens);
    await this.#store.write(tokens.refreshToken);
  }

  /** Takes up the session that this browser holds; null when there is none, or no more. */
  async resume(): Promise<Tokens['me'] | null> {
    if ((await this.#store.read()) === null) return null;
    try {
      return (await this.#renew())?.me ?? null;
    } catch (error) {
      if (error instanceof CallProblem && error.kind === 'session-ended') return null;
      throw error;
    }
  }

  /** A signed-in call. Throws CallProblem, `session-ended` when she must sign in again. */
  async call<M extends Method, P extends Path<M>>(
    method: M,
    path: P,
    options: CallOptions<M, P>,
  ): Promise<Answer<M, P>> {
    try {
      return await this.#api.call(method, path, { ...options, accessToken: await this.#token() });
    } catch (error) {
      if (!(error instanceof CallProblem) || !REFUSED.includes(error.kind)) throw error;
      // A clock that jumps, or a key that was changed: once more with a new token.
      this.#access = null;
      return await this.#api.call(method, path, { ...options, accessToken: await this.#token() });
    }
  }

  /** Ends it here and in the other tabs at once; the server is told, and her wish holds even when it is not heard. */
  async close(): Promise<void> {
    const accessToken = this.#access?.token;
    this.#access = null;
    this.#warn(false);
    await this.#store.write(null);
    this.#channel?.postMessage('out');
    if (accessToken === undefined) return;
    await this.#api
      .call('$delete', '/sessions/current', { accessToken, timeLimit: 3_000 })
      .catch(() => undefined);
  }

  /** She goes on: the session begins its time anew. False when it could not. */
  stay(): Promise<boolean> {
    return this.#renew().then(
      (tokens) => tokens !== null,
      () => false,
    );
  }

  /** Lets go of the page; the session stays for the next one. */
  dispose(): void {
    clearTimeout(this.#warning);
    this.#channel?.close();
  }

  async #token(): Promise<string> {
    if (this.#access !== null && this.#access.until - MARGIN > this.#now()) return this.#access.token;
    const renewed = await this.#renew();
    if (renewed === null) throw new CallProblem('session-ended', 401);
    return renewed.accessToken;
  }

  #renew(): Promise<Tokens | null> {
    this.#renewing ??= alone(`amisgest-pay ${this.#api.base}`, async () => {
      const refreshToken = await this.#store.read();
      if (refreshToken === null) return null;
      try {
        const tokens = await this.#api.call('$post', '/sessions/refresh', {
          json: { refreshToken },
          proven: true,
        });
        await this.#store.write(tokens.refreshToken);
        this.#keep(tokens);
        return tokens;
      } catch (error) {
        // Only the server's word ends a session; a lost answer does not.
        if (error instanceof CallProblem && OVER.includes(error.kind)) {
          this.#access = null;
          await this.#store.write(null);
          throw new CallProblem('session-ended', 401);
        }
        throw error;
      }
    }).finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  #keep(tokens: Tokens): void {
    this.#access = { token: tokens.accessToken, until: this.#now() + tokens.expiresIn * 1000 };
    this.#warn(false);
    this.#warning = setTimeout(() => this.#warn(true), Math.max(0, tokens.endsIn * 1000 - WARNING));
  }

  #warn(ending: boolean): void {
    clearTimeout(this.#warning);
    if (ending === this.ending) return;
    this.ending = ending;
    this.#endingChanged();
  }
}

/** One at a time among all the tabs of this origin, where the browser has locks (not on plain http). */
function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  return navigator.locks === undefined ? work() : (navigator.locks.request(name, work) as Promise<T>);
}
