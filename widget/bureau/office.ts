// The server as the staff's page calls it: two doors, /v1/staff (who she is) and /v1/backoffice/{slug} (what she works on),
// one session. A call that needs her to sign in again, or to confirm who she is, waits until she has, and is made once more.
import type { ExtractSchema } from 'hono/types';
import type { staffPeopleRoutes } from '../../server/staff/people-routes.ts';
import type { staffRoutes } from '../../server/staff/routes.ts';
import { type Answer, Api, type CallOptions, type Method, type Path } from '../client/api.ts';
import { CallProblem, type ProblemKind } from '../client/problem.ts';
import { Session } from '../client/session.ts';
import { openStore, type Store } from '../client/store.ts';
import { RawApi, type RawCall } from './raw.ts';

/** Routes of /v1/staff. */
export type People = ExtractSchema<ReturnType<typeof staffPeopleRoutes>>;
/** Routes of /v1/backoffice/{slug}. */
export type Files = ExtractSchema<ReturnType<typeof staffRoutes>>;

export type Tokens = Answer<'$post', '/sessions', People>;
export type Me = Answer<'$get', '/me', People>;
export type Membership = Me['memberships'][number];
export type Holder = Answer<'$get', '/holders/:id', Files>['holder'];
export type Reason = Overview['reasons'][number];
export type Found = Answer<'$post', '/search', Files>;

export type AllSettings = Answer<'$get', '/settings', Files>;
export type Settings = AllSettings['settings'];
export type Overview = Answer<'$get', '/holders/:id/overview', Files>;

/** What a call of the files' routes may say more. */
interface FileOptions {
  /** What is asked for after the `?`. */
  query?: Record<string, string>;
  /** The same through all repeats of one act. */
  idempotencyKey?: string;
  /** The version that a change is made from. */
  ifMatch?: string;
}

/** What the page does for a call that cannot go on by itself. */
export interface OfficeHost {
  /** She signs in over what she does. False: she would rather not. */
  signInAgain(): Promise<boolean>;
  /** She proves her second factor. False: she would rather not. */
  confirmIdentity(): Promise<boolean>;
  /** The session will soon end unless she goes on, or no more. */
  endingChanged(): void;
  /** She was refused: what she may do may have changed since she came. */
  refused(): void;
  /** She signed out in another tab. */
  signedOutElsewhere(): void;
}

const SIGN_IN: readonly ProblemKind[] = ['session-ended', 'unauthenticated', 'dpop-invalid'];

export class Office {
  readonly #origin: string;
  readonly #host: OfficeHost;
  #people!: Api<People>;
  #session!: Session<Tokens, People>;
  #store!: Store;
  /** Each is asked once, whatever number of calls wait for the answer. */
  readonly #signInAgain: () => Promise<boolean>;
  readonly #confirmIdentity: () => Promise<boolean>;

  constructor(origin: string, host: OfficeHost) {
    this.#origin = origin;
    this.#host = host;
    this.#signInAgain = once(() => host.signInAgain());
    this.#confirmIdentity = once(() => host.confirmIdentity());
    this.#connect(openStore(this.#base));
  }

  get #base(): string {
    return `${this.#origin}/v1/staff`;
  }

  #connect(store: Store): void {
    this.#session?.dispose();
    this.#store = store;
    this.#people = new StaffApi(this.#base, () => store.key());
    this.#session = new Session<Tokens, People>(
      this.#people,
      store,
      Date.now,
      () => this.#host.signedOutElsewhere(),
      () => this.#host.endingChanged(),
      () => void this.signInAgain(),
    );
  }

  /** The session will soon end unless she goes on. */
  get ending(): boolean {
    return this.#session.ending;
  }

  /** A call that opens something: without a session, with the browser's proof. Throws CallProblem. */
  stranger<M extends Method, P extends Path<M, People>>(
    method: M,
    path: P,
    options: CallOptions<M, P, People>,
  ): Promise<Answer<M, P, People>> {
    return this.#people.call(method, path, { ...options, proven: true });
  }

  /** Signs in with what `give` asks the server for. `shared`: nothing of it outlasts the page. */
  async signIn(shared: boolean, give: (office: Office) => Promise<Tokens>): Promise<Tokens> {
    // The session is bound to the key that asks for it: the key of a shared computer's page goes with that page.
    if (shared) this.#connect(memory());
    const tokens = await give(this);
    await this.#session.open(tokens);
    return tokens;
  }

  /** Takes up the session that this browser holds. Null: there is none. */
  async resume(): Promise<Tokens['me'] | null> {
    return this.#session.resume();
  }

  /** Ends the session, here and in the other tabs. */
  async signOut(): Promise<void> {
    await this.#session.close();
    this.#connect(openStore(this.#base));
  }

  /** She goes on: the session begins its time anew. */
  stay(): Promise<boolean> {
    return this.#session.stay();
  }

  dispose(): void {
    this.#session.dispose();
  }

  /** A call of /v1/staff, signed in. Throws CallProblem. */
  people<M extends Method, P extends Path<M, People>>(
    method: M,
    path: P,
    options: CallOptions<M, P, People>,
  ): Promise<Answer<M, P, People>> {
    return this.#guarded(() => this.#session.call(method, path, options));
  }

  /** The same of the routes below /v1/backoffice/{slug}. */
  filesOf(slug: string) {
    const elsewhere = new Api<Files>(`${this.#origin}/v1/backoffice/${slug}`, () => this.#store.key());
    const session = () => this.#session as unknown as Session<Tokens, Files>;
    return <M extends Method, P extends Path<M, Files>>(
      method: M,
      path: P,
      { query, idempotencyKey, ifMatch, ...options }: CallOptions<M, P, Files> & FileOptions,
    ): Promise<Answer<M, P, Files>> =>
      this.#guarded(() =>
        session().call(
          method,
          // A payment is named by its number.
          (path.replace(':number', ':id') + (query ? `?${new URLSearchParams(query)}` : '')) as P,
          {
            ...options,
            headers: {
              ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
              ...(ifMatch === undefined ? {} : { 'If-Match': ifMatch }),
            },
            elsewhere,
          } as unknown as CallOptions<M, P, Files>,
        ),
      );
  }

  /** A call of those routes that takes or gives a file. Throws CallProblem. */
  rawOf(slug: string): (call: RawCall) => Promise<Response> {
    return (call) =>
      this.#guarded(async () => {
        const elsewhere = new RawApi(`${this.#origin}/v1/backoffice/${slug}`, () => this.#store.key(), call);
        const session = this.#session as unknown as Session<Tokens, Files>;
        const answer: unknown = await session.call('$get', '/imports', { elsewhere } as object);
        return answer as Response;
      });
  }

  /** She is asked to sign in over what she does. */
  signInAgain(): Promise<boolean> {
    return this.#signInAgain();
  }

  async #guarded<A>(work: () => Promise<A>): Promise<A> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        const kind = error instanceof CallProblem ? error.kind : null;
        const goesOn =
          kind !== null && SIGN_IN.includes(kind)
            ? await this.signInAgain()
            : kind === 'fresh-factor-needed' && (await this.#confirmIdentity());
        if (kind === 'forbidden') this.#host.refused();
        if (!goesOn) throw error;
      }
    }
  }
}

/** One session for both doors: a call with `elsewhere` goes there. */
class StaffApi extends Api<People> {
  override call<M extends Method, P extends Path<M, People>>(
    method: M,
    path: P,
    options: CallOptions<M, P, People> & { elsewhere?: Api<People> },
  ): Promise<Answer<M, P, People>> {
    const { elsewhere, ...rest } = options;
    return elsewhere === undefined
      ? super.call(method, path, options)
      : elsewhere.call(method, path, rest as typeof options);
  }
}

/** Whoever asks while it is asked gets the same answer. */
function once(question: () => Promise<boolean>): () => Promise<boolean> {
  let asking: Promise<boolean> | null = null;
  return () => {
    asking ??= question().finally(() => {
      asking = null;
    });
    return asking;
  };
}

/** « Poste partagé »: the token and the key are gone with the page. */
function memory(): Store {
  let token: string | null = null;
  let key: Promise<CryptoKeyPair> | undefined;
  return {
    read: async () => token,
    async write(given) {
      token = given;
    },
    key() {
      key ??= crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
      return key;
    },
  };
}
