// What pages and their frameworks set, at any moment: it falls back, or says what is missing. Never an exception, never a
// blank, never a call to « undefined ».
import type { AmisgestPay } from '../../widget/amisgest-pay.ts';
import { assert } from './support/assert.ts';
import { API, FakeApi, SLUG } from './support/fake-api.ts';
import { add, clear, open, type Page, until } from './support/widget.ts';

type Name = 'regroupement' | 'lang' | 'api' | 'checkout' | 'hosted';
const NOT_AVAILABLE = 'Le paiement en ligne n’est pas disponible pour le moment.';
const FORM = 'Se connecter';

const ODD: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  empty: '',
  blank: ' \t\n',
  'a number': 7,
  'no number': Number.NaN,
  true: true,
  false: false,
  'an object': {},
  'an object without words': Object.create(null),
  'a list': [],
  'a function': () => 'x',
  'a symbol': Symbol('x'),
  'an unknown word': 'zz',
  'half a letter': '\ud800',
  'a path': '../x',
  'a dot': '.',
};
/** What it comes to: `fine` shows the sign-in form, `said` that nothing can be paid here. */
const outcome = (name: Name, value: unknown): 'fine' | 'said' => {
  if (name === 'lang' || name === 'checkout' || name === 'hosted') return 'fine';
  const empty = ['undefined', 'null', 'empty', 'blank', 'an object without words', 'a list'];
  const what = Object.entries(ODD).find(([, odd]) => Object.is(odd, value))?.[0] ?? '';
  return name === 'api' && empty.includes(what) ? 'fine' : 'said';
};

const set = (element: AmisgestPay, name: Name, value: unknown) => {
  (element as unknown as Record<string, unknown>)[name] = value;
};
const problems: string[] = [];
const wrong = (event: ErrorEvent | PromiseRejectionEvent) => {
  problems.push(String('reason' in event ? event.reason : event.message));
};

async function shows(page: Page, expected: 'fine' | 'said'): Promise<void> {
  await page.reads(expected === 'fine' ? FORM : NOT_AVAILABLE);
  const slot = page.root.querySelector('slot:not([name])');
  assert.ok(expected === 'fine' || slot !== null, 'the link shows');
  assert.same(problems.splice(0), []);
  const strange = page.api.calls.filter(({ path }) => /undefined|null|object|Symbol/.test(path));
  assert.same(strange, []);
}

describe('what a page sets', () => {
  before(() => {
    window.addEventListener('error', wrong);
    window.addEventListener('unhandledrejection', wrong);
  });
  after(() => {
    window.removeEventListener('error', wrong);
    window.removeEventListener('unhandledrejection', wrong);
  });
  afterEach(clear);

  for (const name of ['regroupement', 'lang', 'api', 'checkout', 'hosted'] as const) {
    for (const [what, value] of Object.entries(ODD)) {
      it(`${name} = ${what}: before it is on the page, and while it is`, async () => {
        const page = await open();
        await page.reads(FORM);
        set(page.element, name, value);
        await page.element.updateComplete;
        await shows(page, outcome(name, value));
        if (name === 'lang') assert.same(page.element.lang, 'fr-CA');
        if (name === 'checkout') assert.same(page.element.checkout, 'redirect');

        const early = document.createElement('amisgest-pay') as AmisgestPay;
        Object.assign(early, { regroupement: SLUG, api: API });
        set(early, name, value);
        page.element.replaceWith(early);
        await shows({ ...pageOf(early, page) } as Page, outcome(name, value));
        early.remove();
      });
    }

    it(`${name}: its attribute taken away, in the middle of a call, and put back`, async () => {
      const page = await open((api) => api.on('POST /sessions', () => new Promise(() => undefined)), {
        [name]: { regroupement: SLUG, lang: 'en-CA', api: API, checkout: 'popup', hosted: '' }[name],
      });
      await until('form', () => page.root.querySelector('form'));
      page.root.querySelector<HTMLElement>('button.primary')?.click();
      const before = page.element.getAttribute(name) ?? '';
      page.element.removeAttribute(name);
      await shows(page, name === 'regroupement' ? 'said' : 'fine');
      page.element.setAttribute(name, before);
      await page.reads(name === 'lang' ? 'Sign in' : FORM);
      assert.same(problems.splice(0), []);
    });
  }

  for (const [api, expected] of Object.entries({
    [API]: 'fine',
    [`${API}/`]: 'fine',
    [`${API}//`]: 'fine',
    [`${API}/v1/`]: 'fine',
    [`${API}/v1/amisgest-pay.js?x#y`]: 'fine',
    [` ${API} `]: 'fine',
    'HTTPS://PAY.TEST': 'fine',
    'pay.test': 'said',
    'localhost:8787': 'said',
    '/v1': 'said',
    '//pay.test': 'said',
    'https://': 'said',
    'ftp://pay.test': 'said',
    'file:///x': 'said',
    'data:text/html,x': 'said',
    '${api}': 'said',
    'javascript:alert(1)': 'said',
  } as const)) {
    it(`api="${api}": ${expected}`, async () => {
      const codes: string[] = [];
      const hear = (event: Event) => codes.push((event as Event & { code: string }).code);
      document.addEventListener('amisgest-pay-error', hear);
      const page = await open(() => {}, { api });
      await shows(page, expected);
      if (expected === 'said') {
        await until('told', () => codes.includes('api-invalid'));
        assert.ok(
          ![...page.root.querySelectorAll('a')].some(({ protocol }) => protocol === 'javascript:'),
          'no such link',
        );
      } else {
        await until('profile', () => page.text.includes('Petits-Bouleaux'));
      }
      document.removeEventListener('amisgest-pay-error', hear);
    });
  }

  it('takes up, whatever came before, what is right in the end', async () => {
    const page = await open();
    for (const value of [undefined, 'zz', null, Symbol('x'), SLUG]) set(page.element, 'regroupement', value);
    await page.element.updateComplete;
    await shows(page, 'fine');
    await until('profile', () => page.text.includes('Petits-Bouleaux'));
  });

  for (const [what, html, expected] of [
    ['no word', '<div data-amisgest-pay></div>', 'said'],
    ['a blank', '<div data-amisgest-pay=" "></div>', 'said'],
    ['an unknown language', `<div data-amisgest-pay="${SLUG}" data-lang="de"></div>`, 'fine'],
    ['an address that is none', `<div data-amisgest-pay="${SLUG}" data-api="javascript:1"></div>`, 'said'],
    [
      'other data',
      `<div data-amisgest-pay="${SLUG}" data-inner-h-t-m-l="<b>x</b>" data-hosted></div>`,
      'fine',
    ],
  ] as const) {
    it(`<div data-amisgest-pay> with ${what}: ${expected}`, async () => {
      const box = document.createElement('section');
      box.innerHTML = html.includes('data-api') ? html : html.replace('<div', `<div data-api="${API}"`);
      const api = new FakeApi();
      document.body.append(box);
      const element = await until('element', () => box.querySelector<AmisgestPay>('amisgest-pay'));
      const text = () =>
        (element.shadowRoot?.querySelector('.frame')?.textContent ?? '').replace(/\s+/g, ' ');
      await until(text, () => text().includes(expected === 'fine' ? FORM : NOT_AVAILABLE));
      assert.ok(element.querySelector('b') === null && !element.hosted, 'only what it knows');
      assert.same(problems.splice(0), []);
      box.remove();
      api.restore();
    });
  }

  it('lets a framework take a moment to say who is to be paid', async () => {
    const page = await add(() => {}, { regroupement: '' }).catch(() => null);
    assert.ok(page !== null, 'something shows');
    if (page === null) return;
    await page.reads(NOT_AVAILABLE);
    page.element.setAttribute('regroupement', SLUG);
    await shows(page, 'fine');
  });
});

/** The same page's eyes on another element. */
function pageOf(element: AmisgestPay, { api }: Page): Pick<Page, 'api' | 'root' | 'reads'> {
  const text = () => (element.shadowRoot?.querySelector('.frame')?.textContent ?? '').replace(/\s+/g, ' ');
  return {
    api,
    get root() {
      return element.shadowRoot as ShadowRoot;
    },
    reads: (sentence) =>
      until(
        () => `« ${sentence} » in « ${text()} »`,
        () => text().includes(sentence),
      ),
  };
}
