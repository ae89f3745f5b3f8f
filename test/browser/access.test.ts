// What axe does not see of WCAG 2.2 AA, on every screen: widget/ACCESSIBILITY.md says which criterion each test is for.
import { emulateMedia, sendKeys } from '@web/test-runner-commands';
import { assert } from './support/assert.ts';
import { lost } from './support/fake-api.ts';
import { reach } from './support/reach.ts';
import { clear, open, type Page, until } from './support/widget.ts';

const all = <E extends Element = HTMLElement>(page: Page, selector: string) => [
  ...page.root.querySelectorAll<E>(selector),
];
const shown = (element: Element) => element.getClientRects().length > 0;
const name = (element: Element) => element.outerHTML.replace(/\s+/g, ' ').slice(0, 90);

/** A link inside a sentence is as high as its line (2.5.8, exception « inline »). */
function inSentence(element: Element): boolean {
  return (
    element.localName === 'a' &&
    (element.parentElement?.textContent?.trim() ?? '') !== element.textContent?.trim()
  );
}

describe('every screen', () => {
  before(() => {
    document.documentElement.lang = 'fr';
    document.body.style.cssText = 'margin:0;width:320px';
  });
  afterEach(clear);

  for (const [screen, { go }] of Object.entries(reach)) {
    it(`${screen}: can be pressed with a thumb, read with wide letters, followed by keyboard and by ear`, async () => {
      const page = await go();
      await until('settled', () => page.heading !== '');

      // 2.5.8 Target Size (Minimum)
      const small = all(page, 'a, button, summary, input, label.check').filter((element) => {
        const { width, height } = (element.closest('label.check') ?? element).getBoundingClientRect();
        return shown(element) && !inSentence(element) && Math.min(width, height) < 24;
      });
      assert.same(small.map(name), [], 'targets');

      // What is pressed says so in its middle
      const lopsided = all(page, '.primary, .secondary').filter((element) => {
        const words = document.createRange();
        // Not what is for the ear only.
        const seen = [...element.childNodes].find((node) => node.nodeType === 3 && node.textContent?.trim());
        words.selectNodeContents(seen ?? element);
        const [inner, outer] = [words.getBoundingClientRect(), element.getBoundingClientRect()];
        const off = (from: number, to: number) => Math.abs((from + to) / 2) > 2;
        return (
          shown(element) &&
          (off(inner.top - outer.top, inner.bottom - outer.bottom) ||
            off(inner.left - outer.left, inner.right - outer.right))
        );
      });
      assert.same(lopsided.map(name), [], 'words in the middle');

      // 1.3.1, 2.4.6 Headings: one for the screen, then its parts
      const levels = all(page, 'h1, h2, h3, h4').map(({ localName }) => Number(localName[1]));
      assert.same([levels[0], levels.filter((level) => level === 2).length], [2, 1], 'headings');
      assert.ok(
        levels.every((level, i) => level <= (levels[i - 1] ?? 2) + 1),
        'no level is skipped',
      );

      // 2.4.3 Focus Order: the document's own
      assert.same(
        all(page, '[tabindex]')
          .filter(({ tabIndex }) => tabIndex > 0)
          .map(name),
        [],
        'order',
      );

      // 3.1.2 Language of Parts: the other language's name is said in that language
      const other = all(page, 'header button').map((button) => button.lang);
      assert.same(
        [page.root.querySelector('.frame')?.getAttribute('lang'), ...other],
        ['fr-CA', 'en-CA'],
        'language',
      );

      // 3.2.6 Consistent Help: at the end of every screen
      assert.ok(all(page, 'footer').at(-1)?.textContent?.includes('Besoin d’aide?'), 'help');

      // Her rights and whom to write to about them (P-39.1): one way there; the hosted page has its own at its foot
      const rights = () => all<HTMLAnchorElement>(page, 'a').filter(({ href }) => href.includes('/privacy/'));
      await until('profile', () => page.root.querySelector('footer a'));
      assert.same(rights().length, page.element.hosted ? 0 : 1, 'the page of her rights');

      // 1.3.5 Identify Input Purpose: one token that says what is asked of her
      const purposes = all<HTMLInputElement>(page, 'input:not([type=checkbox])').map(
        (box) => box.getAttribute('autocomplete') ?? '',
      );
      const known = [
        'username',
        'email',
        'current-password',
        'new-password',
        'name',
        'family-name',
        'given-name',
        'one-time-code',
        'off',
      ];
      assert.ok(
        purposes.every((purpose) => known.includes(purpose)),
        purposes.join(),
      );

      // 1.4.12 Text Spacing: nothing is cut off or pushed out
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(
        `.frame, .frame * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
         .frame p { margin-bottom: 2em !important; }`,
      );
      page.root.adoptedStyleSheets.push(sheet);
      for (const details of page.root.querySelectorAll('details')) details.open = true;
      const wide = all(page, '.frame *').filter(
        (element) => shown(element) && element.getBoundingClientRect().right > 320,
      );
      assert.same(wide.map(name), [], 'no sideways scrolling with wide letters');
      const cut = all(page, '.frame *').filter((element) => {
        const { overflowX } = getComputedStyle(element);
        return (
          overflowX === 'hidden' && !element.matches('.sr') && element.scrollWidth > element.clientWidth + 1
        );
      });
      assert.same(cut.map(name), [], 'cut off');
    });
  }
});

/** Only Chromium's driver can ask for a person's preferences. */
const canEmulate = 'chrome' in window;

describe('for people who', () => {
  afterEach(clear);

  it('cannot see: a call under way, its end and an error are said as they come', async () => {
    const page = await open((api) => api.on('POST /sessions', lost));
    const status = await until('status', () => page.root.querySelector('[role=status]'));
    const said: string[] = [];
    new MutationObserver(() => said.push(status.textContent?.trim() ?? '')).observe(status, {
      characterData: true,
      childList: true,
      subtree: true,
    });
    await page.signIn();
    await page.reads('Le service ne répond pas.');
    assert.ok(said.includes('Chargement en cours…'), said.join());
    assert.same(page.root.querySelector('#notice')?.getAttribute('role'), 'alert');
    assert.same(page.root.activeElement?.id, 'notice', 'and the focus is led there');
  });

  it('cannot see: amounts are written as they are said, the sign in its place', async () => {
    const page = await reach.detail?.go();
    await page?.reads('305,28 $');
    const amounts = [...(page?.text.matchAll(/[\d ]+,\d\d [$]/g) ?? [])].length;
    assert.ok(
      amounts > 3,
      'figure, comma, cents, space, sign: « trois cent cinq dollars et vingt-huit cents »',
    );
    const headers = page === undefined ? [] : all(page, 'th').map((header) => header.getAttribute('scope'));
    assert.ok(
      headers.every((scope) => scope === 'row' || scope === 'col'),
      headers.join(),
    );
  });

  it('cannot bear motion: the wheel turns slowly when they ask for less', async function (this: {
    skip(): void;
  }) {
    if (!canEmulate) return this.skip();
    await emulateMedia({ reducedMotion: 'reduce' });
    const page = await reach.search?.go();
    const wheel = await until('wheel', () => page?.root.querySelector('.spinner'));
    assert.same(getComputedStyle(wheel).animationDuration, '4s');
    await emulateMedia({ reducedMotion: 'no-preference' });
  });

  it('choose their own colours: steps, boxes and buttons keep their edges', async function (this: {
    skip(): void;
  }) {
    if (!canEmulate) return this.skip();
    await emulateMedia({ forcedColors: 'active' });
    const page = await open();
    await until('form', () => page.root.querySelector('form'));
    const look = (selector: string) => {
      const found = page.root.querySelector(selector);
      if (found === null) throw new Error(selector);
      return getComputedStyle(found);
    };
    assert.ok(
      look('.steps span').backgroundColor !== look('.steps span:last-child').backgroundColor,
      'steps',
    );
    for (const selector of ['#email', 'button.primary', 'button.secondary']) {
      assert.ok(Number.parseFloat(look(selector).borderTopWidth) >= 1, `${selector} has an edge`);
    }
    await emulateMedia({ forcedColors: 'none' });
  });

  it('print the invoice: the bar at the foot of the screen stands on no page', async function (this: {
    skip(): void;
  }) {
    if (!canEmulate) return this.skip();
    const page = await reach.detail?.go();
    const bar = await until('the bar', () => page?.root.querySelector('.bar > .shown'));
    assert.same(getComputedStyle(bar).visibility, 'visible');
    await emulateMedia({ media: 'print' });
    assert.same(getComputedStyle(bar).visibility, 'hidden');
    await emulateMedia({ media: 'screen' });
  });

  it('use the keyboard: what has the focus is in sight and ringed, never covered', async function (this: {
    skip(): void;
  }) {
    const page = await open();
    await until('form', () => page.root.querySelector('form'));
    document.body.tabIndex = -1;
    document.body.focus();
    const seen = new Set<string>();
    for (let i = 0; i < 12; i += 1) {
      await sendKeys({ press: 'Tab' });
      const focused = page.root.activeElement;
      if (focused === null) continue;
      if (!(focused instanceof HTMLElement)) throw new Error('not an element');
      const box = focused.getBoundingClientRect();
      const at = page.root.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      assert.ok(
        at !== null && (focused.contains(at) || at.contains(focused)),
        `${name(focused)} is in sight`,
      );
      await until(`${name(focused)} ringed`, () => {
        const { outlineStyle, outlineWidth } = getComputedStyle(focused);
        return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2;
      });
      seen.add(focused.id || focused.textContent?.trim() || focused.localName);
    }
    document.body.removeAttribute('tabindex');
    // WebKitGTK, like Safari unless told otherwise, tabs to boxes only.
    if (seen.size === 0) return this.skip();
    assert.ok(seen.has('email') && seen.has('password'), [...seen].join());
  });
});
