// Pages with fifteen years of scripts in them: what old libraries do to the platform, and hotkeys that take every letter
// that is not typed in an INPUT of their own.
import { assert } from './support/assert.ts';
import { FakeApi, ok, PASSWORD, problem } from './support/fake-api.ts';
import { ELEMENT, HostPage, SCRIPT } from './support/host-page.ts';
import { payment } from './support/samples.ts';
import { clear, until } from './support/widget.ts';

type Host = Window & typeof globalThis;
const put = (on: object, name: string, value: unknown) =>
  Object.defineProperty(on, name, { value, writable: true, configurable: true, enumerable: true });

/** What each does, as the library that did it. */
const SCRIPTS: Readonly<Record<string, (window: Host) => void>> = {
  'Prototype 1.6: Array.prototype.toJSON': (window) => {
    put(window.Array.prototype, 'toJSON', function (this: unknown[]) {
      return `[${this.map((one) => window.JSON.stringify(one)).join(', ')}]`;
    });
    put(window.String.prototype, 'toJSON', function (this: string) {
      return `"${this}"`;
    });
    put(window.Date.prototype, 'toJSON', () => 'a date');
  },
  'Object.prototype.hash = 1': (window) => put(window.Object.prototype, 'hash', 1),
  'functions on Object.prototype: extend, each, keys, show…': (window) => {
    for (const name of ['extend', 'each', 'keys', 'show', 'home', 'confirm'])
      put(window.Object.prototype, name, () => {});
  },
  'no Promise.prototype.finally': (window) => {
    Reflect.deleteProperty(window.Promise.prototype, 'finally');
  },
  'Array.prototype.includes of an old library, by ==': (window) =>
    put(window.Array.prototype, 'includes', function (this: unknown[], sought: unknown) {
      // biome-ignore lint/suspicious/noDoubleEquals: as the library does.
      for (const one of this) if (one == sought) return true;
      return false;
    }),
  'Array.from of MooTools: what is no array becomes one of one': (window) =>
    put(window.Array, 'from', (item: unknown) =>
      item == null ? [] : typeof item === 'object' && 'length' in item ? [...(item as unknown[])] : [item],
    ),
  'enumerable additions to arrays: each, remove, last': (window) => {
    for (const name of ['each', 'remove', 'last', 'contains', 'clean'])
      put(window.Array.prototype, name, () => {});
  },
  'JSON made anew, with more in it': (window) =>
    put(window, 'JSON', { ...{ parse: window.JSON.parse, stringify: window.JSON.stringify }, encode() {} }),
  'crypto without randomUUID, and another name for it': (window) => {
    put(window.crypto, 'randomUUID', undefined);
    put(window, 'msCrypto', window.crypto);
  },
  'fetch that adds headers': (window) => {
    const { fetch } = window;
    window.fetch = (input, init) => {
      const headers = new window.Headers(init?.headers);
      headers.set('X-Requested-With', 'XMLHttpRequest');
      return fetch.call(window, input, { ...init, headers });
    };
  },
  'Promise replaced by an old one': (window) => {
    const Own = window.Promise;
    put(
      window,
      'Promise',
      Object.assign(
        function (this: unknown, work: ConstructorParameters<typeof Promise>[0]) {
          return new Own(work);
        },
        {
          resolve: Own.resolve.bind(Own),
          reject: Own.reject.bind(Own),
          all: Own.all.bind(Own),
          race: Own.race.bind(Own),
        },
      ),
    );
  },
};

describe('scripts of fifteen years', () => {
  let api: FakeApi;
  let page: HostPage | undefined;
  beforeEach(async () => {
    await clear();
    api = new FakeApi();
  });
  afterEach(() => page?.close(api));

  for (const [name, script] of Object.entries(SCRIPTS))
    it(`${name}: she signs up, signs in, sees her invoice, confirms, and reads that it is paid`, async () => {
      page = new HostPage(`<!doctype html>${SCRIPT}${ELEMENT}`, (window) => script(window));
      const press = async (label: string) =>
        (
          await until(`« ${label} » in « ${page?.text} »`, () =>
            [...(page?.element.shadowRoot?.querySelectorAll('button') ?? [])].find(
              ({ textContent }) => textContent?.trim() === label,
            ),
          )
        ).click();
      const type = async (id: string, text: string) => {
        ((await page?.find<HTMLInputElement>(`#${id}`)) as HTMLInputElement).value = text;
      };
      await page.find('form');
      await until('later', () =>
        page?.element.shadowRoot?.querySelector('footer')?.textContent?.includes('Joindre'),
      );
      await press('Création de compte');
      await type('name', 'Marie-Ève L’Écuyer');
      await type('email', 'marie-eve@example.org');
      await type('password', PASSWORD);
      (await page.find('form button.primary')).click();
      await page.reads('Vérifiez vos courriels');
      const { body } = api.last('POST /accounts');
      assert.same([body.name, body.email], ['Marie-Ève L’Écuyer', 'marie-eve@example.org']);
      await press('J’ai activé mon compte\u00a0: Se connecter');
      await page.signIn(PASSWORD);
      await page.reads('Détail du montant à payer');
      await page.reads('Total à payer');
      assert.same(Array.isArray(api.last('POST /quotes').body.invoiceIds), true);
      const one = payment();
      api.payments = [one];
      api.open = one;
      api.on('POST /payments/:id/confirm', () => ok({ payment: payment({ state: 'completed' }) }));
      await press('Mes factures');
      await page.reads('Dernière étape');
      await press('Confirmer');
      await page.reads('Votre paiement est maintenant complété.');
      await press('Mes paiements');
      await page.reads('Vos paiements');
      await page.reads('Attend votre confirmation');
      await press('Se déconnecter');
      await page.reads('Votre session est fermée.');
    });

  /** What she reads where the page's scripts win: one true sentence, and where she can pay. */
  async function readsTheWayOut(cause: string): Promise<void> {
    await page?.reads('Le paiement ne peut pas se faire sur cette page.');
    const link = await page?.find<HTMLAnchorElement>('.notice a');
    assert.same(link?.href, 'https://pay.test/p/petits-bouleaux');
    assert.ok(
      page?.said.some((words) => words.includes(cause)),
      `in the console: ${page?.said}`,
    );
    for (const untrue of ['Pas de connexion', 'ne répond pas', 'doit être rechargée'])
      assert.ok(!page?.text.includes(untrue), untrue);
  }

  it('a script that breaks every call before it is made: she is told where to pay, its author why', async () => {
    page = new HostPage(`<!doctype html>${SCRIPT}${ELEMENT}`, (window) => {
      put(window.JSON, 'stringify', () => {
        throw new window.Error('no JSON today');
      });
    });
    await page.find('form');
    await until('later', () =>
      page?.element.shadowRoot?.querySelector('footer')?.textContent?.includes('Joindre'),
    );
    await page.signIn(PASSWORD);
    await readsTheWayOut('no JSON today');
  });

  it('a script that the rest of the widget cannot run beside: no circle of loading the page again', async () => {
    page = new HostPage(`<!doctype html>${SCRIPT}${ELEMENT}`, (window) => {
      put(
        window,
        'WeakSet',
        class {
          constructor() {
            throw new window.Error('no WeakSet today');
          }
        },
      );
    });
    await readsTheWayOut('no WeakSet today');
  });

  it('a server that does not understand what this page sends it: loaded again, or the page where she can pay', async () => {
    api.on('POST /sessions', () => problem('unsupported-media-type', 415));
    page = new HostPage(`<!doctype html>${SCRIPT}${ELEMENT}`);
    await page.find('form');
    await page.signIn(PASSWORD);
    await page.reads('Cette page doit être rechargée pour continuer.');
    const link = await page.find<HTMLAnchorElement>('.notice a');
    assert.same(link.href, 'https://pay.test/p/petits-bouleaux');
  });

  it('hotkeys of the page that take every letter: she types, pastes and presses Enter; Escape and Tab reach the page’s dialog', async () => {
    const heard: string[] = [];
    page = new HostPage(`<!doctype html>${SCRIPT}<dialog open>${ELEMENT}</dialog>`, (window) => {
      for (const type of ['keydown', 'keypress', 'keyup', 'beforeinput', 'input', 'copy', 'cut', 'paste'])
        window.document.addEventListener(type, (event) => {
          heard.push('key' in event ? `${type} ${event.key}` : type);
          // “Unless she types”: the target is what stands on the page, <amisgest-pay>.
          if (!/^(INPUT|TEXTAREA|SELECT)$/.test((event.target as Element).tagName)) event.preventDefault();
        });
    });
    const box = await page.find<HTMLInputElement>('#email');
    const { window } = page;
    const tell = (event: Event) => box.dispatchEvent(event);
    const of = { bubbles: true, composed: true, cancelable: true };
    for (const type of ['keydown', 'keypress', 'keyup'])
      for (const key of ['a', 'k', '/', ' ', 'Enter', 'Backspace', 'ArrowLeft'])
        assert.ok(tell(new window.KeyboardEvent(type, { key, ...of })), `${type} ${key} is hers`);
    for (const type of ['beforeinput', 'input']) assert.ok(tell(new window.InputEvent(type, of)), type);
    for (const type of ['copy', 'cut', 'paste']) assert.ok(tell(new window.ClipboardEvent(type, of)), type);
    assert.same(heard, [], 'the page hears none of it');
    for (const key of ['Escape', 'Tab']) tell(new window.KeyboardEvent('keydown', { key, ...of }));
    assert.same(heard, ['keydown Escape', 'keydown Tab'], 'its dialog closes by Escape and keeps Tab inside');
  });
});
