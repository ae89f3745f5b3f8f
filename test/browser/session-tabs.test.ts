// Several tabs of one browser, in any order, on a network that is slow and loses calls: no tab ever works for anybody but
// the person it says, and nobody signs in again for nothing.
import fc from 'fast-check';
import { Api } from '../../widget/client/api.ts';
import type { CallProblem } from '../../widget/client/problem.ts';
import { Session } from '../../widget/client/session.ts';
import { baseUrl } from '../../widget/client/session-hint.ts';
import { openStore } from '../../widget/client/store.ts';
import { assert } from './support/assert.ts';
import { API, FakeApi, PASSWORD, SLUG } from './support/fake-api.ts';
import { lookAtOnce, Sessions } from './support/sessions.ts';
import { clear } from './support/widget.ts';

const BASE = baseUrl(API, SLUG);
const MARIE = 'marie-eve@example.org';
const BOB = 'bob@example.org';
const RUNS = 50;
/** Minutes: longer than half of what a session may go unused. */
const MORNING = 7 * 60;

type Act =
  | { do: 'sign in'; email: string }
  | { do: 'work' }
  | { do: 'sign out' }
  | { do: 'reload' }
  | { do: 'wait'; minutes: number };
/** What befalls one call: how many turns it waits on its way there and back, and where it is lost, if it is. */
interface Fate {
  there: number;
  back: number;
  lost: 'there' | 'back' | null;
}

const work = fc.constant<Act>({ do: 'work' });
const wait = fc.integer({ min: 1, max: 30 }).map((minutes): Act => ({ do: 'wait', minutes }));
const morning = fc.constant<Act>({ do: 'wait', minutes: MORNING });
const reload = fc.constant<Act>({ do: 'reload' });
const signIn = fc.constantFrom(MARIE, BOB).map((email): Act => ({ do: 'sign in', email }));
const signOut = fc.constant<Act>({ do: 'sign out' });
const tabs = (act: fc.Arbitrary<Act>) =>
  fc.array(fc.array(act, { maxLength: 6 }), { minLength: 2, maxLength: 3 });
const fates = (lost: fc.Arbitrary<Fate['lost']>) =>
  fc.array(fc.record({ there: fc.nat(3), back: fc.nat(3), lost }), { minLength: 1, maxLength: 20 });

const turn = () => new Promise((next) => setTimeout(next));
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await turn();
}

/** One browser, the server, and what has happened between them. */
class SharedBrowser {
  readonly server = new Sessions();
  readonly api = new FakeApi();
  /** Sign-ins and sign-outs that were carried through: who is signed in by each, and when it began and ended. */
  readonly changes: { who: string | null; from: number; to: number }[] = [];
  readonly tabs: Tab[] = [];
  #turn = 0;

  constructor(fates: Fate[]) {
    let calls = 0;
    this.server.serve(this.api, (answer) => async (call) => {
      const fate = fates[calls++ % fates.length];
      await turns(fate?.there ?? 0);
      if (fate?.lost === 'there') throw new TypeError('lost');
      const given = await answer(call);
      await turns(fate?.back ?? 0);
      if (fate?.lost === 'back') throw new TypeError('lost');
      return given;
    });
  }

  open(): Tab {
    const tab = new Tab(this);
    this.tabs.push(tab);
    return tab;
  }

  async change(work: () => Promise<string | null>): Promise<void> {
    const from = ++this.#turn;
    const who = await work();
    this.changes.push({ who, from, to: ++this.#turn });
  }

  /** Who may be the last: changes that overlap may have come in either order. */
  get last(): (string | null)[] {
    const { changes } = this;
    const last = changes.filter(({ to }) => !changes.some(({ from }) => from > to));
    return last.length === 0 ? [null] : last.map(({ who }) => who);
  }

  async end(): Promise<void> {
    for (const tab of this.tabs) tab.session.dispose();
    this.api.restore();
    await clear();
  }
}

/** What the widget does with a session, without its screens. */
class Tab {
  /** Whose name it shows. */
  who: string | null = null;
  session: Session;
  #api: Api;
  readonly #browser: SharedBrowser;

  constructor(browser: SharedBrowser) {
    this.#browser = browser;
    [this.#api, this.session] = this.#load();
  }

  #load(): [Api, Session] {
    const store = openStore(BASE);
    const api = new Api(BASE, () => store.key());
    const leave = () => {
      this.who = null;
    };
    const now = () => this.#browser.server.now;
    return [api, new Session(api, store, now, leave, () => undefined, leave)];
  }

  async does(act: Act): Promise<void> {
    switch (act.do) {
      case 'wait':
        this.#browser.server.now += act.minutes * 60_000;
        return;
      case 'work':
        if (this.who !== null) await this.works();
        return;
      case 'reload':
        await this.reloads();
        return;
      case 'sign in':
        if (this.who === null) await this.signsIn(act.email);
        return;
      case 'sign out':
        if (this.who !== null) await this.signsOut();
    }
  }

  /** Undefined when it was done; else why not. */
  async works(): Promise<CallProblem | undefined> {
    const { who } = this;
    try {
      const { email } = await this.session.call('$patch', '/me', { json: { lang: 'fr-CA' } });
      if (this.who === who) assert.same(email, who, 'it works for somebody else');
      return undefined;
    } catch (error) {
      const { kind } = error as CallProblem;
      if (kind === undefined) throw error;
      if (kind === 'session-ended' && this.who === who) this.who = null;
      return error as CallProblem;
    }
  }

  async reloads(): Promise<void> {
    this.session.dispose();
    this.who = null;
    [this.#api, this.session] = this.#load();
    // Without an answer she is shown a way to try again.
    const me = await this.session.resume().catch(() => null);
    this.who = me?.email ?? null;
  }

  async signsIn(email: string): Promise<void> {
    await this.#browser
      .change(async () => {
        const json = { email, password: PASSWORD };
        const tokens = await this.#api.call('$post', '/sessions', { json, proven: true });
        await this.session.open(tokens);
        this.who = email;
        return email;
      })
      .catch(() => undefined);
  }

  async signsOut(): Promise<void> {
    this.who = null;
    await this.#browser.change(async () => {
      await this.session.close();
      return null;
    });
  }
}

describe('tabs of one browser', () => {
  let restore = () => {};
  beforeEach(async () => {
    await clear();
    restore = lookAtOnce();
  });
  afterEach(() => restore());

  const all = (browser: SharedBrowser, plans: Act[][]) =>
    Promise.all(
      plans.map(async (plan) => {
        const tab = browser.open();
        for (const act of plan) {
          await tab.does(act);
          await turn();
        }
      }),
    );

  it('are signed in all together, and stay so, however slow the network', async () => {
    await fc.assert(
      fc.asyncProperty(tabs(fc.oneof(work, wait, reload)), fates(fc.constant(null)), async (plans, way) => {
        const browser = new SharedBrowser(way);
        try {
          await browser.open().signsIn(MARIE);
          await all(browser, plans);
          for (const tab of browser.tabs) {
            if (tab.who === null) await tab.reloads();
            assert.same(tab.who, MARIE);
            assert.same(await tab.works(), undefined);
          }
          assert.same(browser.server.all.length, 1);
        } finally {
          await browser.end();
        }
      }),
      { numRuns: RUNS },
    );
  });

  for (const [what, lost] of [
    ['slow', fc.constant(null)],
    ['that loses calls', fc.constantFrom<Fate['lost']>(null, null, null, null, 'there', 'back')],
  ] as [string, fc.Arbitrary<Fate['lost']>][]) {
    it(`are whose they say, and the browser is whose who came last, on a network ${what}`, async () => {
      const act = fc.oneof(work, wait, reload, signIn, signIn, signOut, morning);
      await fc.assert(
        fc.asyncProperty(tabs(act), fates(lost), async (plans, way) => {
          const browser = new SharedBrowser(way);
          try {
            await all(browser, plans);
            way.splice(0);
            for (const tab of browser.tabs) if (tab.who !== null) await tab.works();
            const next = browser.open();
            await next.reloads();
            const waited = plans.flat().reduce((sum, one) => sum + (one.do === 'wait' ? one.minutes : 0), 0);
            const over = waited >= 12 * 60;
            const allowed = over || what !== 'slow' ? [...browser.last, null] : browser.last;
            assert.ok(allowed.includes(next.who), `${next.who} instead of ${allowed}`);
          } finally {
            await browser.end();
          }
        }),
        { numRuns: RUNS },
      );
    });
  }
});
