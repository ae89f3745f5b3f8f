// Her session in the browser: storage that keeps no key, loses everything or never answers, a lid closed for a night,
// leaving after a long pause, two people in two tabs. The server here holds tokens to their browser's key, as ours does.
import { assert } from './support/assert.ts';
import { type FakeApi, held, ok, problem } from './support/fake-api.ts';
import {
  HOUR,
  hurry,
  keyOf,
  LEAVING_LIMIT,
  lookAtOnce,
  Sessions,
  STORAGE_LIMIT,
} from './support/sessions.ts';
import { add, clear, forgetSession, open, type Page, until } from './support/widget.ts';

const BILL = 'Détail du montant à payer';
const OVER = 'Votre session a pris fin par sécurité. Connectez-vous pour continuer.';
/** The tokens that the widget keeps in this browser. */
function stored(): Promise<string[]> {
  return new Promise((resolve) => {
    const request = indexedDB.open('amisgest-pay', 1);
    request.onsuccess = () => {
      const values = request.result.transaction('sessions').objectStore('sessions').getAll();
      values.onsuccess = () => {
        request.result.close();
        resolve(values.result.filter((value) => typeof value === 'string' && value !== ''));
      };
    };
  });
}

describe('her session', () => {
  let sessions: Sessions;
  let restore: (() => void)[] = [];
  let clock = 0;
  beforeEach(() => {
    sessions = new Sessions();
    const { now } = Date;
    clock = 0;
    Date.now = () => now() + clock;
    restore = [() => Object.assign(Date, { now })];
  });
  afterEach(async () => {
    for (const undo of restore) undo();
    await clear();
  });
  const serve = (api: FakeApi) => sessions.serve(api);

  /** Time goes by, here and at the server. */
  function pass(ms: number): void {
    clock += ms;
    sessions.now += ms;
  }
  async function signedIn(): Promise<Page> {
    const page = await open(serve);
    await page.signIn();
    await page.at(BILL);
    return page;
  }
  async function history(page: Page): Promise<void> {
    await page.press('Mes paiements');
    await page.reads('Vous n’avez fait aucun paiement en ligne.');
  }
  /** Replaces a method of the browser’s until the end of the test. */
  function instead<T extends object, K extends keyof T>(on: T, name: K, method: T[K]): void {
    const own = on[name];
    on[name] = method;
    restore.push(() => {
      on[name] = own;
    });
  }

  it('holds where the browser stores no key, as iPhones in private windows and Lockdown Mode', async () => {
    for (const name of ['add', 'put'] as const) {
      const own = IDBObjectStore.prototype[name];
      instead(IDBObjectStore.prototype, name, function (this: IDBObjectStore, ...[value, key]) {
        if (typeof value === 'object')
          throw new DOMException('The object can not be cloned.', 'DataCloneError');
        return own.call(this, value, key);
      });
    }
    const page = await signedIn();
    pass(11 * 60_000);
    await history(page);
    assert.same(new Set(page.api.calls.filter(({ headers }) => headers.has('DPoP')).map(keyOf)).size, 1);
  });

  it('holds when the browser empties its storage under her', async () => {
    const page = await signedIn();
    await forgetSession();
    await history(page);
    pass(11 * 60_000);
    await page.press('Mes factures');
    await page.at(BILL);
  });

  /** From `stop` on the browser’s database is not opened, as Safari’s sometimes never is; from `go` on it is, and `answer` opens what waits. */
  function stuckStorage(): { stop(): void; go(): void; answer(): Promise<void> } {
    const own = indexedDB.open;
    let stopped = false;
    const waiting: (() => Promise<unknown>)[] = [];
    instead(IDBFactory.prototype, 'open', (...given) => {
      if (!stopped) return own.apply(indexedDB, given);
      const asked = { result: null } as unknown as {
        -readonly [K in keyof IDBOpenDBRequest]: IDBOpenDBRequest[K];
      };
      waiting.push(
        () =>
          new Promise((opened) => {
            const request = own.apply(indexedDB, given);
            request.onsuccess = () => {
              asked.result = request.result;
              asked.onsuccess?.(new Event('success'));
              opened(null);
            };
          }),
      );
      return asked;
    });
    return {
      stop: () => {
        stopped = true;
      },
      go: () => {
        stopped = false;
      },
      answer: async () => {
        stopped = false;
        await Promise.all(waiting.map((late) => late()));
      },
    };
  }

  it('does without a storage that never answers', async () => {
    restore.push(hurry(STORAGE_LIMIT));
    const storage = stuckStorage();
    const page = await open((api) => {
      serve(api);
      storage.stop();
    });
    await page.signIn();
    await page.at(BILL);
    pass(11 * 60_000);
    await history(page);
    await page.press('Se déconnecter');
    await page.reads('Votre session est fermée.');
    await storage.answer();
  });

  it('is kept by no storage that answers when she has long signed out, nor holds that one open', async () => {
    restore.push(hurry(STORAGE_LIMIT));
    const storage = stuckStorage();
    sessions.asked = () => storage.stop();
    const page = await signedIn();
    storage.go();
    await page.press('Se déconnecter');
    await page.reads('Votre session est fermée.');
    await storage.answer();
    assert.same(await stored(), []);
    // A connection left open would block this for good.
    let gone = false;
    indexedDB.deleteDatabase('amisgest-pay').onsuccess = () => {
      gone = true;
    };
    await until('nothing holds it open', () => gone);
  });

  it('works on phones without locks, channels and ids of the browser’s own', async () => {
    for (const [on, name] of [
      [Navigator.prototype, 'locks'],
      [globalThis, 'BroadcastChannel'],
      [Crypto.prototype, 'randomUUID'],
    ] as [object, string][]) {
      const own = Object.getOwnPropertyDescriptor(on, name);
      Reflect.deleteProperty(on, name);
      restore.unshift(() => own && Object.defineProperty(on, name, own));
    }
    const page = await signedIn();
    page.api.on('POST /payments', held(() => problem('internal', 500)).handler);
    await page.press('Effectuer un paiement');
    await until('the payment', () => page.api.count('POST /payments') === 1);
    assert.ok(
      (page.api.last('POST /payments').headers.get('Idempotency-Key') ?? '').length >= 16,
      'its own key',
    );
  });

  it('is ended on the server too when she leaves after a long pause', async () => {
    const page = await signedIn();
    pass(3 * HOUR);
    await page.press('Se déconnecter');
    await page.reads('Votre session est fermée.');
    assert.same(
      sessions.all.map(({ ended }) => ended),
      [true],
    );
  });

  it('stays ended when a renewal was under way as she left', async () => {
    restore.push(hurry(LEAVING_LIMIT));
    const page = await signedIn();
    pass(11 * 60_000);
    const late = { ...page.api.tokens(), accessToken: 'late' };
    const slow = held(() => ok(late));
    page.api.on('POST /sessions/refresh', slow.handler);
    await page.press('Mes paiements');
    await until('the renewal', () => page.api.count('POST /sessions/refresh') === 1);
    await page.press('Se déconnecter');
    await page.reads('Votre session est fermée.');
    slow.release();
    await until('that one ended too', () =>
      page.api.calls.some(
        ({ route, headers }) =>
          route === 'DELETE /sessions/current' && headers.get('Authorization') === 'DPoP late',
      ),
    );
    page.element.remove();
    const later = await add(serve);
    await until('sign-in form', () => later.root.querySelector('form'));
    assert.same(later.api.count('POST /sessions/refresh'), 0);
  });

  it('leaves nothing of hers on the screen once it is over', async () => {
    const page = await open((api) => {
      serve(api);
      api.endsIn = 3;
    });
    await page.signIn();
    await page.at(BILL);
    for (const session of sessions.all) session.ended = true;
    await page.reads(OVER);
    assert.same(page.box('Courriel').value, '');
  });

  it('leaves nothing of hers on the screen of a laptop that slept for 13 hours', async () => {
    restore.push(lookAtOnce());
    const page = await signedIn();
    pass(13 * HOUR);
    await page.reads(OVER);
  });

  it('is not over for a clock that jumps, nor while she is at work in another tab', async () => {
    restore.push(lookAtOnce());
    const page = await signedIn();
    clock += 40 * HOUR;
    await until('the server’s word', () => page.api.count('POST /sessions/refresh') === 1);
    await history(page);
    const other = await add(serve);
    await other.at(BILL);
    pass(11 * HOUR);
    await history(other);
    pass(2 * HOUR);
    await page.press('Mes factures');
    await page.at(BILL);
    page.element.remove();
  });

  it('goes on when its own time runs out during its renewal, since she was at work in another tab', async () => {
    restore.push(lookAtOnce());
    const page = await signedIn();
    const other = await add(serve);
    await other.at(BILL);
    pass(11 * HOUR);
    await history(other);
    const slow: ReturnType<typeof held>[] = [];
    sessions.serve(other.api, (answer) => {
      slow.push(held(answer));
      return slow.at(-1)?.handler ?? answer;
    });
    const renewals = other.api.count('POST /sessions/refresh');
    await page.press('Mes paiements');
    await until('the renewal', () => other.api.count('POST /sessions/refresh') > renewals);
    let read = false;
    const { get } = IDBObjectStore.prototype;
    instead(IDBObjectStore.prototype, 'get', function (this: IDBObjectStore, key) {
      const request = get.call(this, key);
      request.addEventListener('success', () => {
        read = true;
      });
      return request;
    });
    pass(2 * HOUR);
    await until('what the other tab stored', () => read);
    for (const { release } of slow) release();
    await page.reads('Vous n’avez fait aucun paiement en ligne.');
    assert.same(sessions.all[0]?.ended, false);
  });

  /** Two tabs, where nobody is signed in. */
  async function twoForms(): Promise<[Page, Page]> {
    const [page, other] = [await open(serve), await add(serve)];
    await until('both', () => page.screen === 'signIn' && other.screen === 'signIn');
    return [page, other];
  }
  /** Another tab, of which the form shows and nothing more: whether somebody is signed in here is not known yet. */
  async function formAlone(): Promise<Page> {
    localStorage.clear();
    const other = await add(serve);
    await until('sign-in form', () => other.root.querySelector('form'));
    assert.same(other.screen, 'starting');
    return other;
  }
  async function bobSignsIn(other: Page): Promise<void> {
    other.type('Courriel', 'bob@example.org');
    other.type('Mot de passe', 'une phrase bien longue');
    await other.press('Se connecter');
    await until('Bob’s session', () => sessions.all.some(({ email }) => email === 'bob@example.org'));
    await other.at(BILL);
  }

  it('is one person’s: when somebody else signs in beside it, the first tab does not become hers', async () => {
    const [page, other] = await twoForms();
    await page.signIn();
    await page.at(BILL);
    await bobSignsIn(other);
    pass(11 * 60_000);
    await page.press('Mes paiements');
    await page.reads(OVER);
    await history(other);
  });

  it('is over in the whole browser when he signs out, though the first tab cannot hear of it', async () => {
    const own = globalThis.BroadcastChannel;
    Reflect.deleteProperty(globalThis, 'BroadcastChannel');
    restore.unshift(() => Object.assign(globalThis, { BroadcastChannel: own }));
    const [page, other] = await twoForms();
    await page.signIn();
    await page.at(BILL);
    await bobSignsIn(other);
    await other.press('Se déconnecter');
    await other.reads('Votre session est fermée.');
    pass(11 * 60_000);
    await page.press('Mes paiements');
    await page.reads(OVER);
    const later = await add(serve);
    await until('sign-in form', () => later.screen === 'signIn');
  });

  it('is his who signs in, though hers is found while he does', async () => {
    await signedIn();
    const other = await formAlone();
    await bobSignsIn(other);
    await history(other);
    assert.same(
      sessions.all.flatMap(({ email, ended }) => [email, ended]),
      ['marie-eve@example.org', true, 'bob@example.org', false],
    );
  });

  it('is taken up when she signs in where it still is', async () => {
    await signedIn();
    const other = await formAlone();
    await other.signIn();
    await other.at(BILL);
    const pay = await until('the way on', () => other.find('Effectuer un paiement'));
    assert.same(pay.ariaDisabled, null);
    assert.same(sessions.all.length, 1);
  });

  for (const [what, answer] of [
    ['comes', (api: FakeApi) => ok({ ...api.tokens(), accessToken: 'late' })],
    ['is refused', () => problem('session-ended', 401)],
  ] as [string, (api: FakeApi) => Response][]) {
    it(`is his who signs in after her, when the renewal of hers ${what} late`, async () => {
      restore.push(hurry(LEAVING_LIMIT));
      const page = await signedIn();
      pass(11 * 60_000);
      const slow = held(() => answer(page.api));
      let came = false;
      page.api.on('POST /sessions/refresh', (call) =>
        Promise.resolve(slow.handler(call)).finally(() => {
          came = true;
        }),
      );
      await page.press('Mes paiements');
      await until('the renewal', () => page.api.count('POST /sessions/refresh') === 1);
      await page.press('Se déconnecter');
      await page.reads('Votre session est fermée.');
      await bobSignsIn(page);
      slow.release();
      await until('the answer', () => came);
      await history(page);
      assert.same(page.heading, 'Vos paiements');
    });
  }

  for (const [what, answered] of [
    ['comes', (api: FakeApi) => ok({ ...api.tokens(), accessToken: 'late', refreshToken: 'late' })],
    ['is refused', () => problem('session-ended', 401)],
  ] as [string, (api: FakeApi) => Response][]) {
    it(`leaves the session of who signs in beside it, when its renewal ${what} late`, async () => {
      const [page, other] = await twoForms();
      await page.signIn();
      await page.at(BILL);
      pass(11 * 60_000);
      const slow = held(() => answered(page.api));
      other.api.on('POST /sessions/refresh', slow.handler);
      await page.press('Mes paiements');
      await until('the renewal', () => other.api.count('POST /sessions/refresh') === 1);
      await bobSignsIn(other);
      serve(other.api);
      slow.release();
      await until('that it came', () => !page.text.includes('Chargement'));
      sessions.now += 1;
      const later = await add(serve);
      await later.at(BILL);
      assert.same(sessions.all.find(({ email }) => email === 'bob@example.org')?.usedAt, sessions.now);
    });
  }
});
