// The journey's side effects: does what the state asks (`task`) and brings the answer back as an event; polls where the
// state says so. One call at a time; a call that the state no longer wants is aborted.

import { Api } from '../client/api.ts';
import { CallProblem, type ProblemKind } from '../client/problem.ts';
import { newId } from '../client/proof.ts';
import { Session } from '../client/session.ts';
import { openStore } from '../client/store.ts';
import type { Certificate, Payment, Profile } from '../client/types.ts';
import type { Lang } from '../locales/text.ts';
import { next, pollDelay } from './journey/journey.ts';
import {
  type Answers,
  type JourneyEvent,
  type LinkKind,
  type Marker,
  START,
  type State,
  type Task,
  type TaskName,
  type TaskOf,
  type TaskResult,
} from './journey/state.ts';
import { noticeOf } from './journey/transitions.ts';
import type { MyAccountDeps } from './my-account/my-account.ts';
import { keepReturnPage } from './return-page.ts';

/** What the presenter gives it. */
export interface EffectsDeps {
  /** See baseUrl. */
  base: string;
  lang(): Lang;
  /** The page she is on, to be sent back to. */
  page(): string;
  /** Leaves for another site. */
  leave(url: string): void;
  /** The state changed, or the profile came (then both are the same). */
  changed(state: State, before: State): void;
  /** A call failed. */
  failed(kind: ProblemKind | 'api-invalid'): void;
}

type TaskHandlers = {
  [N in TaskName]: (task: TaskOf<N>, signal: AbortSignal) => Promise<Answers[N]>;
};

export class Effects {
  state: State = START;
  profile: Profile | null = null;
  readonly #deps: EffectsDeps;
  readonly #api: Api;
  readonly #session: Session;
  /** What this browser calls the sign-up that it sent last: its e-mail can be sent again, whoever else signed up. */
  #attempt: string | undefined;
  #running: { task: Task; stop: AbortController } | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;

  constructor(deps: EffectsDeps) {
    this.#deps = deps;
    const store = openStore(deps.base);
    this.#api = new Api(deps.base, () => store.key());
    this.#session = new Session(
      this.#api,
      store,
      Date.now,
      () => this.send({ type: 'signedOutElsewhere' }),
      () => this.#deps.changed(this.state, this.state),
      () => this.send({ type: 'left', notice: noticeOf('error', 'err.session') }),
    );
  }

  /** Begins: the regroupement's profile, the session this browser may hold, what the address brought. */
  start(link: { kind: LinkKind; token: string } | null, marker: Marker | null): void {
    this.send({ type: 'start', link, marker });
    this.#loadProfile();
  }

  /** The name and contact of the regroupement; the screens do without until it is there. */
  async #loadProfile(): Promise<void> {
    try {
      const profile = await this.#api.call('$get', '/', {});
      if (!profile?.slug) throw new CallProblem('internal', 200);
      this.profile = profile;
      this.#deps.changed(this.state, this.state);
    } catch (error) {
      const { kind, status } = asProblem(error);
      // An answer, and not ours: whatever is at that address, it is no payment server. One in trouble may get over it.
      const strange =
        (kind === 'internal' || kind === 'offline') && status > 0 && status < 500 && status !== 429;
      this.#deps.failed(strange ? 'api-invalid' : kind);
    }
  }

  /** Takes an event. Synchronous: the second click of a double click already finds the first one's task. */
  send(event: JourneyEvent): void {
    if (this.#disposed) return;
    const before = this.state;
    this.state = next(before, event);
    if (this.state === before) return;
    this.#follow();
    this.#deps.changed(this.state, before);
  }

  /** Her choice of language, kept with her account for e-mails and receipts. A refusal changes nothing on screen. */
  tellLanguage(lang: Lang): void {
    if (this.state.me === null) return;
    this.#session.call('$patch', '/me', { json: { lang } }).catch(() => undefined);
  }

  /** Her session will soon end unless she goes on (`stay`). */
  get ending(): boolean {
    return this.state.me !== null && this.#session.ending;
  }
  async stay(): Promise<void> {
    // Whatever the reason, asking for her file tells it.
    if (!(await this.#session.stay())) this.send({ type: 'home' });
  }

  /** What « Mon compte » works with. */
  myAccountDeps(redraw: () => void): MyAccountDeps {
    return {
      api: this.#api,
      session: this.#session,
      enter: async (tokens, notice) => this.send({ type: 'entered', notice, ...(await this.#enter(tokens)) }),
      changed: (me) => this.send({ type: 'corrected', me }),
      left: (notice) => this.send({ type: 'left', notice }),
      redraw,
    };
  }

  /** Stops everything; not used again. */
  dispose(): void {
    this.#disposed = true;
    this.#running?.stop.abort();
    clearTimeout(this.#timer);
    this.#session.dispose();
  }

  #follow(): void {
    clearTimeout(this.#timer);
    const { task } = this.state;
    if (this.#running?.task !== task) {
      this.#running?.stop.abort();
      this.#running = null;
      if (task !== null) this.#run(task);
    }
    const delay = task === null ? pollDelay(this.state) : null;
    if (delay !== null) this.#timer = setTimeout(() => this.send({ type: 'poll' }), delay);
  }

  async #run<N extends TaskName>(task: TaskOf<N>): Promise<void> {
    const stop = new AbortController();
    this.#running = { task, stop };
    let result: TaskResult;
    try {
      const handler = this.#handlers[task.do as N];
      result = { type: 'answer', task, answer: await handler(task, stop.signal) } as TaskResult;
    } catch (error) {
      const problem = asProblem(error);
      result = { type: 'problem', task, problem };
      if (problem.kind !== 'aborted') this.#deps.failed(problem.kind);
      // What the regroupement asks for may have changed since the page was opened: what is missing must have its box.
      if (task.do === 'lookup' && problem.kind === 'validation') await this.#loadProfile();
      // A page that may not call cannot read why: the profile's answer is the one that tells it.
      if (problem.kind === 'offline' && this.profile === null) this.#loadProfile();
    }
    this.send(result);
  }

  readonly #handlers: TaskHandlers = {
    // The session that this browser may hold.
    resume: async () => {
      const me = await this.#session.resume();
      return me && { me, returnPage: keepReturnPage(this.#deps.base, null) };
    },
    signIn: async ({ do: _do, ...json }, signal) =>
      this.#enter(await this.#api.call('$post', '/sessions', { json, signal, proven: true })),
    signOut: async () => {
      await this.#session.close();
      return null;
    },
    signUp: async ({ do: _do, ...typed }, signal) => {
      this.#attempt = newId();
      const more = { lang: this.#deps.lang(), page: this.#deps.page(), attempt: this.#attempt };
      const json = { ...typed, ...more };
      await this.#api.call('$post', '/accounts', { json, signal });
      return { at: Date.now() };
    },
    resend: async ({ email }, signal) => {
      const json = { email, attempt: this.#attempt, lang: this.#deps.lang() };
      await this.#api.call('$post', '/accounts/resend', { json, signal });
      return { at: Date.now() };
    },
    // Looks at the e-mailed link without using it up (S12).
    checkLink: async ({ do: _do, ...json }, signal) => {
      await this.#api.call('$post', '/activations/check', { json, signal });
      return null;
    },
    activate: async ({ do: _do, ...json }, signal) =>
      this.#enter(await this.#api.call('$post', '/activations', { json, signal, proven: true })),
    forgot: async ({ email }, signal) => {
      const json = { email, lang: this.#deps.lang(), page: this.#deps.page() };
      await this.#api.call('$post', '/password-resets', { json, signal });
      return { at: Date.now() };
    },
    // Her file by the account's e-mail (S15), and a payment that waits for her (P5).
    search: async (_task, signal) => {
      const [list, { open }] = await Promise.all([
        this.#session.call('$get', '/certificates', { signal }),
        this.#session.call('$get', '/payments', { signal }),
      ]);
      return { ...list, open };
    },
    // By name and number (S17).
    lookup: async ({ do: _do, ...json }, signal) => {
      const answer = await this.#session.call('$post', '/certificates/links', { json, signal });
      return 'certificates' in answer ? answer.certificates : answer;
    },
    // The code that the lookup sent to the e-mail on file.
    confirmLink: async ({ do: _do, ...json }, signal) =>
      (await this.#session.call('$post', '/certificates/links/confirm', { json, signal })).certificates,
    quote: ({ invoiceIds, amountCents }, signal) => {
      const json = { invoiceIds: list(invoiceIds), ...(amountCents === null ? {} : { amountCents }) };
      return this.#session.call('$post', '/quotes', { json, signal });
    },
    // « Effectuer un paiement » (S22): PayPal may take long.
    create: ({ attempt }, signal) => {
      const { key, invoiceIds, amountCents, expectedTotalCents } = attempt;
      const json = {
        invoiceIds: list(invoiceIds),
        ...(amountCents === null ? {} : { amountCents }),
        expectedTotalCents,
        page: this.#deps.page(),
        lang: this.#deps.lang(),
      };
      return this.#session.call('$post', '/payments', {
        json,
        headers: { 'Idempotency-Key': key },
        signal,
        timeLimit: 30_000,
      });
    },
    // To PayPal (S23).
    leave: ({ url }) => {
      this.#deps.leave(url);
      // The page goes; should the browser keep it, `cameBack` takes over.
      return new Promise(() => undefined);
    },
    // Back from PayPal (S28).
    welcomeBack: async ({ marker }, signal) => {
      const { payments } = await this.#session.call('$get', '/payments', { signal });
      const [newest] = payments;
      if (newest === undefined) return null;
      const { payment } = await this.#session.call('$get', '/payments/:id', { id: newest.id, signal });
      // She chose « annuler » at PayPal; only the server's own state lets us say that nothing was paid.
      if (marker !== 'cancel' || payment.state !== 'created') return this.#outcome(payment, signal);
      const answer = await this.#session.call('$post', '/payments/:id/cancel', { id: payment.id, signal });
      return { payment: answer.payment };
    },
    read: async ({ paymentId }, signal) => {
      const { payment } = await this.#session.call('$get', '/payments/:id', { id: paymentId, signal });
      return this.#outcome(payment, signal);
    },
    // « Confirmer » (S29): the capture itself.
    confirm: async ({ paymentId, expectedTotalCents }, signal) => {
      const { payment } = await this.#session.call('$post', '/payments/:id/confirm', {
        id: paymentId,
        json: { expectedTotalCents },
        signal,
        timeLimit: 40_000,
      });
      return this.#outcome(payment, signal);
    },
    cancel: async ({ paymentId }, signal) =>
      (await this.#session.call('$post', '/payments/:id/cancel', { id: paymentId, signal })).payment,
    // The same payment once more, with another card.
    reopen: ({ paymentId }, signal) =>
      this.#session.call('$post', '/payments/:id/retry', { id: paymentId, signal, timeLimit: 30_000 }),
    history: async (_task, signal) => ({
      ...(await this.#session.call('$get', '/payments', { signal })),
      ...(await this.#session.call('$get', '/receipts', { signal })),
    }),
  };

  async #enter(tokens: Parameters<Session['open']>[0]): Promise<Answers['signIn']> {
    await this.#session.open(tokens);
    const { me, returnPage } = tokens;
    // Signing up on the hosted page itself leaves nowhere else to go back to.
    const elsewhere = returnPage === this.#deps.page() ? null : returnPage;
    return { me, returnPage: keepReturnPage(this.#deps.base, elsewhere) };
  }

  /** A completed payment, with what is left to pay; not knowing that must not hide that she has paid. */
  async #outcome(
    payment: Payment,
    signal: AbortSignal,
  ): Promise<{ payment: Payment; certificates?: readonly Certificate[] }> {
    if (payment.state !== 'completed') return { payment };
    try {
      const { certificates } = await this.#session.call('$get', '/certificates', { signal });
      return { payment, certificates };
    } catch {
      return { payment };
    }
  }
}

/**
 * A list that is written as one: old libraries put a toJSON on every array, which makes a text of it; a member of its own
 * that is no function stands before it.
 */
const list = (ids: readonly string[]) => Object.assign([...ids], { toJSON: undefined });

/** What is no answer's fault is the page's: its developer reads what was caught. */
export function asProblem(error: unknown): CallProblem {
  if (error instanceof CallProblem) return error;
  console.error(error);
  return new CallProblem('broken');
}
