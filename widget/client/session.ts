// One open session: the access token in memory, the refresh token in the store, renewed before its end and once when
// the server refuses it. Two tabs, or two elements, share the stored token: only one renews at a time (Web Lock),
// and the server gives a second one that comes at the same moment the same successor.
import type { Answer, Api, CallOptions, Method, Path, Payers } from './api.ts';
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
/** Timers stand still while a laptop sleeps: the clock is looked at this often. */
const LOOK = 10_000;
/** She does not wait long to be signed out. */
const LEAVING = 3_000;

/** What signing in gives, whoever signs in. */
type Opened = Pick<Tokens, 'accessToken' | 'expiresIn' | 'refreshToken' | 'endsIn'> & {
  me: { email: string };
};

/** Of a payer, where it is not said otherwise. */
export class Session<T extends Opened = Tokens, S = Payers> {
  readonly #api: Api<S>;
  readonly #store: Store;
  readonly #now: () => number;
  readonly #channel: BroadcastChannel | null;
  #access: { token: string; until: number } | null = null;
  #renewing: Promise<T | null> | null = null;
  /** Whose it is or was last, and what this page was last given of it. */
  #email = '';
  #refresh = '';
  /** Milliseconds that it may go unused, and when they are over by this browser's clock; 0 while there is none. */
  #unused = 0;
  #until = 0;
  /** Counts who has signed in and out here: what a renewal brings to somebody before is nobody's. */
  #life = 0;
  #looking: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;
  /** The session will soon end unless she goes on. */
  ending = false;

  readonly #endingChanged: () => void;
  readonly #over: () => void;

  /**
   * `store`: where the token waits. `signedOutElsewhere`: another tab of this origin signed out. `endingChanged`: see
   * `ending`. `over`: it ended unused, nothing about her may stay on the screen.
   */
  constructor(
    api: Api<S>,
    store: Store,
    now: () => number,
    signedOutElsewhere: () => void,
    endingChanged: () => void,
    over: () => void,
  ) {
    this.#endingChanged = endingChanged;
    this.#over = over;
    this.#api = api;
    this.#store = store;
    this.#now = now;
    this.#channel =
      'BroadcastChannel' in globalThis ? new BroadcastChannel(`amisgest-pay ${api.base}`) : null;
    this.#channel?.addEventListener('message', () => {
      this.#forget();
      signedOutElsewhere();
    });
  }

  /** Starts a session with what signing in, activating or resetting gave. */
  async open(tokens: T): Promise<void> {
    this.#life += 1;
    this.#keep(tokens);
    await this.#write(tokens.refreshToken);
  }

  /** Takes up the session that this browser holds; null when there is none, or no more. */
  async resume(): Promise<T['me'] | null> {
    return (await this.#renew())?.me ?? null;
  }

  /** A signed-in call. Throws CallProblem, `session-ended` when she must sign in again. */
  async call<M extends Method, P extends Path<M, S>>(
    method: M,
    path: P,
    options: CallOptions<M, P, S>,
  ): Promise<Answer<M, P, S>> {
    const once = async () => this.#api.call(method, path, { ...options, accessToken: await this.#token() });
    try {
      return await once();
    } catch (error) {
      if (!REFUSED.includes((error as CallProblem).kind)) throw error;
      // A clock that jumps, or a key that was changed: once more with a new token.
      this.#access = null;
      return await once();
    }
  }

  /** Ends it here and in the other tabs at once; the server is asked to, and it is over here even if that call fails. */
  async close(): Promise<void> {
    const access = this.#access;
    this.#life += 1;
    this.#forget();
    const refreshToken = await this.#store.read();
    await this.#write(null);
    this.#channel?.postMessage('out');
    try {
      const live = access !== null && access.until > this.#now();
      await this.#end(live ? access.token : (await this.#next(refreshToken ?? '', LEAVING)).accessToken);
    } catch {
      // It dies of itself; nobody here has its tokens any more.
    }
  }

  /** She goes on: the session begins its time anew. False when it could not. */
  stay(): Promise<boolean> {
    const anew = () => this.#renew().then(Boolean, () => false);
    // One under way may have its answer already: from then, not from now.
    return this.#renewing === null ? anew() : this.#renewing.then(anew, anew);
  }

  /** Lets go of the page; the session stays for the next one. */
  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#looking);
    this.#channel?.close();
  }

  async #token(): Promise<string> {
    if (this.#access !== null && this.#access.until - MARGIN > this.#now()) return this.#access.token;
    const renewed = await this.#renew();
    if (renewed === null) throw new CallProblem('session-ended', 401);
    return renewed.accessToken;
  }

  /** Null when there is no session here, or no more. */
  #renew(): Promise<T | null> {
    if (this.#renewing === null) {
      // Not by finally(): some pages have old promises.
      const over = () => {
        this.#renewing = null;
      };
      this.#renewing = alone(`amisgest-pay ${this.#api.base}`, () => this.#renewAlone());
      this.#renewing.then(over, over);
    }
    return this.#renewing;
  }

  async #renewAlone(): Promise<T | null> {
    const life = this.#life;
    const refreshToken = await this.#store.read();
    if (refreshToken === null) return null;
    let tokens: T;
    try {
      tokens = await this.#next(refreshToken);
    } catch (error) {
      // Only the server's word ends a session; a lost answer does not.
      if (!OVER.includes((error as CallProblem).kind)) throw error;
      if (this.#life === life) this.#forget();
      await this.#write(null, refreshToken);
      return null;
    }
    if (this.#life !== life) {
      this.#end(tokens.accessToken).catch(() => undefined);
      return null;
    }
    // Somebody else has signed in beside her: that session is not this page's.
    const theirs = this.#email !== '' && this.#email !== tokens.me.email;
    if (theirs) this.#forget();
    else this.#keep(tokens);
    await this.#write(tokens.refreshToken, refreshToken);
    return theirs ? null : tokens;
  }

  /** Stores it; `instead`: only where that one still stands, since who signs in or out in another tab waits for no renewal. */
  #write(token: string | null, instead?: string): Promise<void> {
    return alone(`${this.#api.base} store`, async () => {
      if (instead === undefined || instead === (await this.#store.read())) await this.#store.write(token);
    });
  }

  // These two routes are the same at every server of sessions.
  #next(refreshToken: string, timeLimit = 15_000): Promise<T> {
    const json = { refreshToken };
    const renewing = (this.#api as unknown as Api).call('$post', '/sessions/refresh', {
      json,
      proven: true,
      timeLimit,
    });
    return renewing as Promise<Opened> as Promise<T>;
  }

  async #end(accessToken: string): Promise<void> {
    await (this.#api as unknown as Api).call('$delete', '/sessions/current', {
      accessToken,
      timeLimit: LEAVING,
    });
  }

  #keep({ accessToken, expiresIn, refreshToken, endsIn, me }: T): void {
    const now = this.#now();
    this.#access = { token: accessToken, until: now + expiresIn * 1000 };
    this.#email = me.email;
    this.#refresh = refreshToken;
    this.#unused = Math.max(1, endsIn) * 1000;
    this.#until = now + this.#unused;
    this.#look();
  }

  #forget(): void {
    this.#access = null;
    this.#until = 0;
    this.#look();
  }

  /** Warns in time, and sees when the session is over. */
  readonly #look = (): void => {
    clearTimeout(this.#looking);
    if (this.#disposed) return;
    const left = this.#until - this.#now();
    const ending = left > 0 && left <= WARNING;
    if (ending !== this.ending) {
      this.ending = ending;
      this.#endingChanged();
    }
    if (left > 0) this.#looking = setTimeout(this.#look, Math.min(left, LOOK));
    else if (this.#until > 0) this.#expire();
  };

  // Unless she is at work in another tab, or it was only the clock that jumped: that the server knows.
  async #expire(): Promise<void> {
    const newer = await this.#store.read();
    if (newer !== null && newer !== this.#refresh) {
      this.#refresh = newer;
      this.#until = this.#now() + this.#unused;
      this.#look();
    } else if (!(await this.stay())) {
      this.#forget();
      this.#over();
    }
  }
}

/** One at a time among all the tabs of this origin, where the browser has locks (not on plain http). */
function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  return (navigator.locks?.request(name, work) as Promise<T> | undefined) ?? work();
}
