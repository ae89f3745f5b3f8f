// What pages and their frameworks set, at any moment: it falls back, or says what is missing. Never an exception, never a
// blank, never a call to « undefined ».
import type { AmisgestPay } from '../../widget/amisgest-pay.ts';
import { assert } from './support/assert.ts';
import { API, FakeApi, held, problem, SLUG } from './support/fake-api.ts';
import { payment } from './support/samples.ts';
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

  for (const [what, slug] of Object.entries({
    'U+200B': `\u200b${SLUG}\u200b`,
    'U+200E': `${SLUG}\u200e`,
    'U+202A': `\u202a${SLUG}\u202c`,
    'U+FEFF and blanks': `\ufeff ${SLUG} \n`,
    'a soft hyphen': SLUG.replace('-', '\u00ad-'),
    'a space that does not break': `\u00a0${SLUG}\u00a0`,
  })) {
    it(`finds the regroupement, pasted with ${what}`, async () => {
      const page = await open(() => {}, { regroupement: slug, api: `\u200b${API}\u200e` });
      await shows(page, 'fine');
      await until('profile', () => page.text.includes('Petits-Bouleaux'));
    });
  }

  for (const [lang, expected] of Object.entries({
    FR: 'fr-CA',
    fr: 'fr-CA',
    'fr-FR': 'fr-CA',
    'fr_CA.UTF-8': 'fr-CA',
    'EN-us': 'en-CA',
    en_CA: 'en-CA',
    ' en ': 'en-CA',
    '\u200eEN': 'en-CA',
  })) {
    it(`lang="${lang}" is ${expected}`, async () => {
      const page = await open(() => {}, { lang });
      await page.reads(expected === 'fr-CA' ? FORM : 'Sign in');
      assert.same(page.element.lang, expected);
      assert.same(problems.splice(0), []);
    });
  }

  for (const [checkout, expected] of Object.entries({
    POPUP: 'popup',
    ' Popup ': 'popup',
    popups: 'redirect',
    true: 'redirect',
  })) {
    it(`checkout="${checkout}" is ${expected}`, async () => {
      const page = await open(() => {}, { checkout });
      assert.same(page.element.checkout, expected);
    });
  }

  it('takes up what a framework set on the element before it knew it', async () => {
    const page = await open();
    // A document without scripts knows no custom elements.
    const early = document.implementation.createHTMLDocument().createElement('amisgest-pay') as AmisgestPay;
    Object.assign(early, {
      regroupement: ` ${SLUG}`,
      api: API,
      checkout: 'POPUP',
      hosted: undefined,
      lang: 'EN',
    });
    assert.ok(early.shadowRoot === null, 'not upgraded');
    page.element.replaceWith(early);
    const read = pageOf(early, page);
    await read.reads('Sign in');
    await read.reads('Petits-Bouleaux');
    assert.same([early.checkout, early.hosted, early.lang], ['popup', false, 'en-CA']);
    assert.same(problems.splice(0), []);
    early.remove();
  });

  it('never signs in elsewhere than where she asked, when what is to be paid changes meanwhile', async () => {
    const page = await open();
    page.element.remove();
    const element = document.createElement('amisgest-pay') as AmisgestPay;
    Object.assign(element, { regroupement: SLUG, api: API });
    document.body.append(element);
    await element.updateComplete;
    const root = element.shadowRoot as ShadowRoot;
    const boxes = [...root.querySelectorAll<HTMLInputElement>('#email, #password')];
    for (const box of boxes) box.value = 'marie-eve@example.org';
    root.querySelector<HTMLElement>('button.primary')?.click();
    element.regroupement = 'la-farandole';
    await element.updateComplete;
    await until('the other', () => page.api.calls.length > 0);
    for (let i = 0; i < 50; i += 1) await new Promise((next) => setTimeout(next));
    assert.ok(!page.api.calls.some(({ body }) => 'password' in body), 'her password went nowhere');
    element.remove();
  });

  it('is the last one that was asked for, after A, B, A and others in a row', async () => {
    const page = await open();
    await page.reads(FORM);
    for (const value of ['la-farandole', SLUG, 'la-farandole', '', SLUG]) {
      page.element.setAttribute('regroupement', value);
      if (value !== '') await page.element.updateComplete;
    }
    await shows(page, 'fine');
    await until('profile', () => page.text.includes('Petits-Bouleaux'));
    await page.signIn();
    await page.at('Détail du montant à payer');
    assert.same(page.api.count('POST /sessions'), 1);
    assert.same(problems.splice(0), []);
  });

  it('begins again, with what is so, when the server is another in the middle of « Confirmer »', async () => {
    const { handler, release } = held(() => problem('internal', 500));
    const one = payment();
    const page = await open((api) => {
      api.payments = [one];
      api.open = one;
      api.on('POST /payments/:id/confirm', handler);
    });
    await page.signIn();
    await page.at('Dernière étape\u00a0: confirmez votre paiement');
    await page.press('Confirmer');
    page.element.api = `${API}/v2`;
    await page.element.updateComplete;
    await page.at('Dernière étape\u00a0: confirmez votre paiement');
    release();
    assert.same(problems.splice(0), []);
  });

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
