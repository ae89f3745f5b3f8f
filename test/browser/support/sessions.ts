// The sessions that the server knows, for the widget's tests: tokens held to the key that proves the call, refresh tokens
// that serve once, and once more for a minute (a lost answer, a second tab), then end the session, as ours do.
import { type Call, type FakeApi, ok, problem } from './fake-api.ts';

export const HOUR = 3_600_000;
const IDLE = 12 * HOUR;
const ACCESS = 600_000;
const GRACE = 60_000;

/** Public half of the key that proved this call. */
export function keyOf({ headers }: Call): string {
  const [head = ''] = (headers.get('DPoP') ?? '').split('.');
  return JSON.parse(atob(head.replaceAll('-', '+').replaceAll('_', '/'))).jwk.x;
}

/** What the widget waits for exactly so long (ms), no test does. Gives what makes timers as they were. */
export function hurry(ms: number, insteadMs = ms / 10): () => void {
  const own = globalThis.setTimeout;
  const soon = (work: TimerHandler, after?: number) => own(work, after === ms ? insteadMs : after);
  globalThis.setTimeout = soon as typeof setTimeout;
  return () => {
    globalThis.setTimeout = own;
  };
}

/** The widget looks at the clock every ten seconds. */
export const lookAtOnce = () => hurry(10_000, 10);
/** How long it waits for a storage that does not answer, and for the server when she leaves (ms). */
export const STORAGE_LIMIT = 5_000;
export const LEAVING_LIMIT = 3_000;

interface Opened {
  key: string;
  email: string;
  usedAt: number;
  ended: boolean;
}
type Answer = (call: Call) => Response | Promise<Response>;

/** Several widgets may share it. Every token is of one session, every session of one key. */
export class Sessions {
  /** The server's own clock. */
  now = 0;
  /** Somebody signs in. */
  asked = () => {};
  readonly all: Opened[] = [];
  readonly #access = new Map<string, { session: Opened; until: number }>();
  readonly #refresh = new Map<string, { session: Opened; used?: { at: number; next: string } }>();

  /** Answers an API's calls about sessions, and what lies behind them. `way`: what befalls a call on its way. */
  serve(api: FakeApi, way: (answer: Answer) => Answer = (answer) => answer): void {
    const on = (route: string, answer: Answer) => api.on(route, way(answer));
    on('POST /sessions', (call) => {
      this.asked();
      const session = { key: keyOf(call), email: String(call.body.email), usedAt: 0, ended: false };
      this.all.push(session);
      return ok(this.#tokens(api, session, this.#newRefresh(session)), 201);
    });
    on('POST /sessions/refresh', (call) => this.#renewed(api, call));
    const behind = (answer: (session: Opened) => Response) => (call: Call) => {
      const token = call.headers.get('Authorization')?.replace('DPoP ', '') ?? '';
      const { session, until } = this.#access.get(token) ?? { until: 0 };
      return this.#lives(session, call) && this.now < until
        ? answer(session)
        : problem('unauthenticated', 401);
    };
    on(
      'GET /certificates',
      behind(() => ok(api.found)),
    );
    on(
      'GET /payments',
      behind(() => ok({ payments: [], open: null, years: [] })),
    );
    on(
      'PATCH /me',
      behind(({ email }) => ok({ name: '', email, lang: 'fr-CA' })),
    );
    on(
      'DELETE /sessions/current',
      behind((session) => {
        session.ended = true;
        return new Response(null, { status: 204 });
      }),
    );
  }

  #lives(session: Opened | undefined, call: Call): session is Opened {
    return (
      session !== undefined &&
      !session.ended &&
      this.now < session.usedAt + IDLE &&
      session.key === keyOf(call)
    );
  }

  #renewed(api: FakeApi, call: Call): Response {
    const token = this.#refresh.get(String(call.body.refreshToken));
    if (token === undefined || !this.#lives(token.session, call)) return problem('session-ended', 401);
    token.used ??= { at: this.now, next: this.#newRefresh(token.session) };
    if (this.now - token.used.at > GRACE) {
      token.session.ended = true;
      return problem('session-ended', 401);
    }
    return ok(this.#tokens(api, token.session, token.used.next));
  }

  #newRefresh(session: Opened): string {
    const token = String(Math.random());
    this.#refresh.set(token, { session });
    return token;
  }

  #tokens(api: FakeApi, session: Opened, refreshToken: string) {
    const given = api.tokens();
    const accessToken = String(Math.random());
    session.usedAt = this.now;
    this.#access.set(accessToken, { session, until: this.now + ACCESS });
    return { ...given, accessToken, refreshToken, me: { ...given.me, email: session.email } };
  }
}
