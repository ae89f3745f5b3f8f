// The built widget as a guest on pages of every sort: hostile styles, other directions, quirks, stripped tags, boxes
// inside boxes; and what it tells whoever put it there when it cannot work.
import { assert } from './support/assert.ts';
import { API, FakeApi, held, lost, PASSWORD, problem, SLUG } from './support/fake-api.ts';
import { BUILT, ELEMENT, HostPage, SCRIPT } from './support/host-page.ts';
import { clear, until } from './support/widget.ts';

/** As if the page were not in the test's frame. */
const topLevel = (window: Window) => Object.defineProperty(window, 'self', { value: window.top });

/** As phones that cannot be updated: Safari 15 has none of these. */
function withoutNews(window: Window & typeof globalThis): void {
  const missing: [object, string[]][] = [
    [window.Document.prototype, ['adoptedStyleSheets']],
    [window.ShadowRoot.prototype, ['adoptedStyleSheets']],
    [window.CSSStyleSheet.prototype, ['replace', 'replaceSync']],
    [window.URL, ['canParse', 'parse']],
    [window.Object, ['hasOwn', 'groupBy']],
    [window.Promise, ['withResolvers', 'try']],
    [window.Array, ['fromAsync']],
    [
      window.Array.prototype,
      ['at', 'findLast', 'findLastIndex', 'toReversed', 'toSorted', 'toSpliced', 'with'],
    ],
    [window.String.prototype, ['at', 'isWellFormed']],
    [window.AbortSignal, ['any', 'timeout']],
    [window.Crypto.prototype, ['randomUUID']],
    [window.Navigator.prototype, ['locks', 'userActivation']],
    [window.HTMLFormElement.prototype, ['requestSubmit']],
    [window.HTMLElement.prototype, ['inert', 'showPopover']],
    [window.Element.prototype, ['checkVisibility']],
    [window, ['BroadcastChannel', 'structuredClone', 'requestIdleCallback', 'reportError']],
  ];
  for (const [on, names] of missing) for (const name of names) Reflect.deleteProperty(on, name);
}

describe('on somebody else’s page', () => {
  let api: FakeApi;
  let page: HostPage | undefined;
  beforeEach(async () => {
    await clear();
    api = new FakeApi();
  });
  afterEach(() => page?.close(api));

  it('takes the place of a <div> where the site strips unknown tags, even one that comes later', async () => {
    const div = (slug: string) =>
      `<div data-amisgest-pay="${slug}" data-api="${API}" data-lang="en-CA"><a href="/p">Payer</a></div>`;
    page = new HostPage(`<!doctype html>${SCRIPT}${div(SLUG)}<main></main>`);
    await page.reads('Sign in');
    assert.ok(page.element.querySelector('a') !== null, 'the link is the element’s own now');
    assert.same(page.element.parentElement?.dataset.amisgestPay, SLUG, 'inside the div');
    const main = page.document.querySelector('main');
    if (main === null) throw new Error('no main');
    main.innerHTML = div(SLUG);
    await until('second one', () => main.querySelector('amisgest-pay')?.shadowRoot?.querySelector('form'));
    assert.same(page.document.querySelectorAll('amisgest-pay').length, 2, 'each once');
  });

  it('takes the place of a <div> that comes after the last one went, as on a site that turns its pages without loading', async () => {
    const div = `<div data-amisgest-pay="${SLUG}" data-api="${API}" data-lang="en-CA"></div>`;
    page = new HostPage(`<!doctype html>${SCRIPT}<main>${div}</main>`);
    await page.reads('Sign in');
    const main = page.document.querySelector('main');
    if (main === null) throw new Error('no main');
    main.replaceChildren();
    await new Promise((next) => requestAnimationFrame(next));
    main.innerHTML = div;
    await until('again', () => main.querySelector('amisgest-pay')?.shadowRoot?.querySelector('form'));
  });

  it('works in quirks mode, written by innerHTML, under a <base> that leads elsewhere', async () => {
    page = new HostPage(`<base href="https://elsewhere.example/">${SCRIPT}<table><td id=box></table>`);
    assert.same(page.document.compatMode, 'BackCompat');
    const box = page.document.querySelector('#box');
    if (box === null) throw new Error('no box');
    box.innerHTML = ELEMENT;
    (await page.find('button.primary')).click();
    (await page.find('#summary a')).click();
    assert.same(page.element.shadowRoot?.activeElement?.id, 'email', 'the summary leads to the box');
    assert.same(page.window.getComputedStyle(await page.find('#email')).fontSize, '18px');
  });

  it('reads from left to right on a page that does not, zoomed, with careless styles', async () => {
    page =
      new HostPage(`<!doctype html><html dir="rtl"><style>*{text-align:right!important;float:right!important;
      display:inline!important;color:red!important;font:9px cursive!important}html{zoom:1.5;font-size:62.5%}</style>
      ${SCRIPT}${ELEMENT}`);
    await page.find('form');
    const look = page.window.getComputedStyle(await page.find('.frame'));
    assert.same([look.direction, look.display, look.float], ['ltr', 'block', 'none']);
    assert.ok(
      page.window.getComputedStyle(await page.find('label')).color !== 'rgb(255, 0, 0)',
      'our colours',
    );
  });

  it('works in a <dialog>, and in a part of the page that is hidden at first', async () => {
    page = new HostPage(`<!doctype html>${SCRIPT}<dialog>${ELEMENT}</dialog>`);
    await page.find('form');
    page.document.querySelector('dialog')?.showModal();
    await page.signIn(PASSWORD);
    await page.reads('Détail du montant à payer');
    assert.same(page.element.shadowRoot?.activeElement?.id, 'title', 'the focus follows inside the dialog');
  });

  it('leaves the page’s globals alone', async () => {
    const names = (window: Window) => Object.getOwnPropertyNames(window);
    let before: string[] = [];
    page = new HostPage(`<!doctype html>${SCRIPT}${ELEMENT}`, (window) => {
      before = names(window);
    });
    await page.find('form');
    const theirs = ['litHtmlVersions', 'litElementVersions', 'reactiveElementVersions'];
    assert.same(
      names(page.window).filter((name) => !before.includes(name) && !theirs.includes(name)),
      [],
    );
    assert.same(page.document.adoptedStyleSheets.length, 0, 'no style of ours on the page');
    assert.same(page.document.head.querySelectorAll('style, link').length, 0);
  });

  it('stays the first when another version comes, and says so', async () => {
    page = new HostPage(
      `<!doctype html>${SCRIPT}<script type="module" src="${location.origin}/dist/pinned/amisgest-pay.js"></script>${ELEMENT}`,
    );
    await page.find('form');
    await until('a warning', () => page?.said.some((words) => words.includes('loaded twice')));
  });

  it('forgets a call that is under way when it is removed, and begins again when it is put back', async () => {
    const late = held(() => problem('sign-in-failed', 401));
    api.on('POST /sessions', late.handler);
    page = new HostPage(`<!doctype html>${SCRIPT}${ELEMENT}`);
    await page.find('form');
    await page.signIn(PASSWORD);
    const { element } = page;
    await until('the call', () => api.count('POST /sessions'));
    element.remove();
    await until('aborted', () => element.shadowRoot?.querySelector('.frame') !== undefined);
    late.release();
    page.document.body.append(element);
    const email = await page.find('form #email');
    assert.ok(email.isConnected && !page.text.includes('incorrect'), 'nothing of the old call');
  });

  it('asks again by itself, once, when the connection is back', async () => {
    page = new HostPage(`<!doctype html>${SCRIPT}${ELEMENT}`);
    api.on('GET /certificates', lost);
    await page.find('form');
    await page.signIn(PASSWORD);
    await page.reads('Le service ne répond pas.');
    api.on('GET /certificates', () => new Response(JSON.stringify(api.found)));
    page.window.dispatchEvent(new Event('online'));
    await page.reads('Détail du montant à payer');
  });

  it('keeps what she typed when the page changes its language', async () => {
    page = new HostPage(`<!doctype html>${SCRIPT}${ELEMENT}`);
    const box = await page.find<HTMLInputElement>('#email');
    box.value = 'marie@example.org';
    page.element.setAttribute('lang', 'en-CA');
    await page.reads('Sign in');
    assert.ok(
      (await page.find('#email')) === box && box.value === 'marie@example.org',
      'the same box, as typed',
    );
  });

  it('works where the browser refuses every storage', async () => {
    page = new HostPage(`<!doctype html>${SCRIPT}${ELEMENT}`, (window) => {
      for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) {
        Object.defineProperty(window, name, {
          get() {
            throw new window.DOMException('refused', 'SecurityError');
          },
        });
      }
    });
    await page.find('form');
    await page.signIn(PASSWORD);
    await page.reads('Détail du montant à payer');
  });

  it('keeps the way to her rights where the page has its own words of help', async () => {
    page = new HostPage(
      `<!doctype html>${SCRIPT}${ELEMENT.replace('>', '><p slot="help">Appelez-nous.</p>')}`,
    );
    const link = await page.find<HTMLAnchorElement>('footer a[href*="/privacy/"]');
    assert.ok(link.getClientRects().length > 0, 'it shows');
    assert.same(
      [link.href, link.target],
      ['https://pay.example.org/privacy/petits-bouleaux?lang=fr-CA', '_blank'],
    );
  });

  it('works on a phone that stays at Safari 15, every screen in its styles', async () => {
    page = new HostPage(`<!doctype html>${SCRIPT}${ELEMENT}`, withoutNews);
    await page.find('form');
    assert.ok(!('adoptedStyleSheets' in page.document), 'an old phone');
    await page.signIn(PASSWORD);
    await page.reads('Détail du montant à payer');
    const look = (element: Element) => page?.window.getComputedStyle(element);
    assert.same(look(await page.find('.frame'))?.maxWidth, '640px', 'the first view’s');
    assert.same(look(await page.find('tr'))?.display, 'flex', 'the later screens’');
    await page.find('a.primary');
  });

  it('works on Chrome of 2021, whose list of styles is not to be pushed to', async () => {
    page = new HostPage(`<!doctype html>${SCRIPT}${ELEMENT}`, (window) => {
      const { prototype } = window.ShadowRoot;
      const own = Object.getOwnPropertyDescriptor(prototype, 'adoptedStyleSheets');
      Object.defineProperty(prototype, 'adoptedStyleSheets', {
        ...own,
        get(this: ShadowRoot) {
          return Object.freeze([...(own?.get?.call(this) ?? [])]);
        },
      });
    });
    await page.find('form');
    await page.signIn(PASSWORD);
    await page.reads('Détail du montant à payer');
    assert.same(page.window.getComputedStyle(await page.find('tr')).display, 'flex');
  });

  it('sends her back to the very view of a site that writes its own history', async () => {
    // She is still there.
    api.on('POST /payments', held(() => new Response()).handler);
    page = new HostPage(`<!doctype html>${SCRIPT}${ELEMENT}`, topLevel);
    await page.find('form');
    page.window.history.pushState({ theirs: 1 }, '', '?vue=assurances#/payer');
    await page.signIn(PASSWORD);
    (await page.find('button.primary')).click();
    await page.reads('Détail du montant à payer');
    (await page.find('.pay button.primary')).click();
    await until('the payment', () => api.count('POST /payments') === 1);
    const { page: sent } = api.last('POST /payments').body;
    assert.ok(String(sent).endsWith('?vue=assurances#/payer'), String(sent));
    assert.same(page.window.history.state, { theirs: 1 }, 'its own state is left to it');
  });

  it('is two widgets for two regroupements: coming back from PayPal concerns the one that left', async () => {
    sessionStorage.setItem('amisgest-pay', SLUG);
    const other = ELEMENT.replaceAll(SLUG, 'la-farandole');
    page = new HostPage(`<!doctype html>${SCRIPT}${ELEMENT}${other}`, (window) =>
      window.history.replaceState(null, '', '?amisgest-pay=annule'),
    );
    await page.reads('Connectez-vous pour continuer.');
    const [, second] = page.document.querySelectorAll('amisgest-pay');
    await until('the other one', () => second?.shadowRoot?.querySelector('form'));
    assert.ok(
      !second?.shadowRoot?.textContent?.includes('Connectez-vous pour continuer'),
      'not the other one',
    );
    assert.same(page.window.location.search, '', 'the marker is taken out once');
  });

  it('does not mind a clock that is wrong by a day', async () => {
    page = new HostPage(`<!doctype html>${SCRIPT}${ELEMENT}`, (window) => {
      window.Date.now = () => Date.now() - 86_400_000;
    });
    await page.find('form');
    await page.signIn(PASSWORD);
    await page.reads('Détail du montant à payer');
  });

  it('connects beforehand to a server that is not the script’s own', async () => {
    page = new HostPage(`<!doctype html>${SCRIPT}${ELEMENT}`);
    const link = await page.find<HTMLLinkElement>('link[rel=preconnect]');
    assert.same([link.href, link.crossOrigin], [`${API}/`, 'anonymous']);
  });

  it('in a frame, pays on the hosted page at top level, before any order is made', async () => {
    page = new HostPage(`<!doctype html>${SCRIPT}${ELEMENT}`);
    await page.find('form');
    await page.signIn(PASSWORD);
    await page.reads('Détail du montant à payer');
    const pay = await page.find<HTMLAnchorElement>('a.primary');
    assert.same(
      [pay.textContent?.trim(), pay.href, pay.target],
      ['Effectuer un paiement', `${API}/p/${SLUG}`, '_top'],
    );
    assert.same(api.count('POST /payments'), 0);
  });
});

describe('where it cannot work', () => {
  let api: FakeApi;
  let page: HostPage | undefined;
  beforeEach(async () => {
    await clear();
    api = new FakeApi();
  });
  afterEach(() => page?.close(api));

  /** The page's console names `fix`, the page hears `code`, and she still has the regroupement's own link. */
  async function tells(code: string, fix: string): Promise<void> {
    const shown = page;
    if (shown === undefined) throw new Error('no page');
    await until(`« ${fix} » in ${shown.said.join()}`, () => shown.said.some((words) => words.includes(fix)));
    assert.ok(heard.includes(code), `${code} in ${heard.join()}`);
    const slot = shown.element.shadowRoot?.querySelector('slot:not([name])');
    assert.ok(slot !== null && slot !== undefined, 'the link stays');
  }
  let heard: string[] = [];
  function openPage(html: string, prepare: (window: Window & typeof globalThis) => void = () => {}): void {
    heard = [];
    page = new HostPage(html, (window) => {
      window.addEventListener(
        'amisgest-pay-error',
        (event) => 'code' in event && heard.push(String(event.code)),
      );
      prepare(window);
    });
  }

  it('names the wrong regroupement', async () => {
    api.on('GET /', () => problem('regroupement-unknown', 404));
    openPage(`<!doctype html>${SCRIPT}${ELEMENT}`);
    await page?.reads('Le paiement en ligne n’est pas disponible pour le moment.');
    await tells('regroupement-unknown', `no regroupement "${SLUG}"`);
  });

  it('names the command that registers a page, and gives her the hosted page', async () => {
    api.on('GET /', () => problem('origin-refused', 403));
    openPage(`<!doctype html>${SCRIPT}${ELEMENT}`);
    const link = await page?.find<HTMLAnchorElement>('.notice a');
    assert.same(
      [link?.href, link?.textContent?.trim()],
      [`${API}/p/${SLUG}`, 'Ouvrir la page de paiement sécurisée'],
    );
    await tells('origin-refused', `regroupement set ${SLUG} --page ${location.origin}`);
    await tells('origin-refused', `${API}/embed/${SLUG}#pages`);
  });

  it('names the page that is not registered, though its site is, and gives her the hosted page', async () => {
    api.on('POST /payments', () => problem('page-refused', 422));
    openPage(`<!doctype html>${SCRIPT}${ELEMENT}`, topLevel);
    await page?.find('form');
    await page?.signIn(PASSWORD);
    await page?.reads('Détail du montant à payer');
    (await page?.find('.pay button.primary'))?.click();
    const link = await page?.find<HTMLAnchorElement>('.notice a');
    assert.same([link?.href, link?.target], [`${API}/p/${SLUG}`, '_top'], 'where she can pay');
    const { origin, pathname } = page?.window.location ?? location;
    await tells('page-refused', `${origin}${pathname} is not among the pages of "${SLUG}"`);
    await tells('page-refused', `${API}/embed/${SLUG}#pages`);
  });

  it('sends her to the hosted page from a page over plain http', async () => {
    openPage(`<!doctype html>${SCRIPT}${ELEMENT}`, (window) =>
      Object.defineProperty(window, 'isSecureContext', { value: false }),
    );
    await page?.reads('Pour votre sécurité, le paiement se fait sur une autre page.');
    await tells('insecure', 'over https');
    assert.same(api.calls.length, 0, 'and asks nothing of the server');
  });

  it('says that the attribute is missing, or is no address', async () => {
    openPage(`<!doctype html>${SCRIPT}<amisgest-pay><a href="/p">Payer</a></amisgest-pay>`);
    await tells('regroupement-missing', 'the attribute regroupement is missing');
    page?.close();
    openPage(`<!doctype html>${SCRIPT}<amisgest-pay regroupement="x" api="pay.example.org"></amisgest-pay>`);
    await page?.reads('n’est pas disponible');
    await tells('api-invalid', 'api="pay.example.org" is not the address of a payment server');
  });

  it('when the server is blocked: a sentence, the hosted page and the site’s own link; the fix in the console', async () => {
    api.on('GET /', lost);
    api.on('POST /sessions', lost);
    openPage(`<!doctype html>${SCRIPT}${ELEMENT}`);
    await page?.find('form');
    await page?.signIn(PASSWORD);
    await page?.reads('Le service ne répond pas.');
    assert.same((await page?.find<HTMLAnchorElement>('.notice a'))?.href, `${API}/p/${SLUG}`);
    await tells('offline', 'connect-src');
  });

  it('in a sandbox without an origin, opens the hosted page', async () => {
    const frame = document.createElement('iframe');
    frame.setAttribute('sandbox', 'allow-scripts');
    frame.srcdoc = `<!doctype html>${ELEMENT}<script>
      addEventListener('amisgest-pay-error', async ({ code }) => {
        const element = document.querySelector('amisgest-pay');
        await element.updateComplete;
        parent.postMessage({ code, text: element.shadowRoot.innerHTML }, '*');
      });</script><script type="module" src="${BUILT}"></script>`;
    const told = new Promise<MessageEvent>((resolve) =>
      window.addEventListener('message', resolve, { once: true }),
    );
    document.body.append(frame);
    const { data } = await told;
    assert.same(data.code, 'sandboxed');
    assert.ok(
      new RegExp(`href="${API}/p/${SLUG}"[^>]*"_blank"|"_blank"[^>]*href="${API}/p/${SLUG}"`).test(data.text),
      data.text,
    );
    frame.remove();
  });
});
