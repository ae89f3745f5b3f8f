// Every screen and state of the office's page, in both languages, light and dark: no barrier that axe can find, nothing
// wider than a phone, nothing too small to press, and one heading above all.
import 'axe-core/axe.min.js';
import { setViewport } from '@web/test-runner-commands';
import { assert } from '../support/assert.ts';
import { broken, outside } from '../support/layout.ts';
import { clearOffice, type OfficePage } from '../support/office.ts';
import { reachOffice, settled } from '../support/reach-office.ts';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const shown = (element: Element) => element.getClientRects().length > 0 && element.closest('.sr') === null;
const name = (element: Element) => element.outerHTML.replace(/\s+/g, ' ').slice(0, 90);

async function barriers(page: OfficePage): Promise<string[]> {
  const { violations } = await window.axe.run(page.element, { runOnly: TAGS });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** Targets of less than 24 px, but for links in a sentence (2.5.8). */
function small(page: OfficePage): string[] {
  return [...page.root.querySelectorAll<HTMLElement>('a, button, summary, input, select')]
    .filter((element) => {
      const inSentence = element.localName === 'a' && element.closest('dd, p') !== null;
      const { width, height } = (element.closest('label.check') ?? element).getBoundingClientRect();
      return shown(element) && !inSentence && !element.matches('.skip') && Math.min(width, height) < 24;
    })
    .map(name);
}

describe('the office, every screen', () => {
  before(async () => {
    document.documentElement.lang = 'fr';
    document.title = 'Essai';
    document.body.style.cssText = 'margin:0;width:320px';
    // Dialogs are as wide as the window. WebKit's driver cannot make it narrow.
    await setViewport({ width: 320, height: 640 }).catch(() => undefined);
  });
  afterEach(clearOffice);
  after(() => {
    document.body.style.cssText = '';
    document.documentElement.style.colorScheme = '';
    return setViewport({ width: 800, height: 600 }).catch(() => undefined);
  });

  for (const [state, go] of Object.entries(reachOffice)) {
    it(`${state}: has no barrier in French and English, light and dark, at 320 px`, async () => {
      const page = await go();
      await settled(page);
      const frame = page.get('.frame');
      document.documentElement.style.colorScheme = 'light';
      assert.same(await barriers(page), [], 'in French, light');
      const levels = [...page.root.querySelectorAll('main h1, main h2, main h3')].map(
        ({ localName }) => localName,
      );
      assert.ok(levels.length === 0 || levels.filter((level) => level === 'h1').length <= 1, levels.join());
      for (const lang of ['fr-CA', 'en-CA'] as const) {
        page.element.lang = lang;
        await page.element.updateComplete;
        assert.same(small(page), [], `targets, ${lang}`);
        const dialogs = [...page.root.querySelectorAll<HTMLElement>('dialog[open]')];
        for (const part of dialogs.length > 0 ? dialogs : [frame])
          assert.same([...outside(part), ...broken(part)], [], `at 320 px, ${lang}`);
        assert.ok(document.body.scrollWidth <= 320, `no sideways scrolling, ${lang}`);
      }
      // Words do not change with colours: two of the four are enough.
      document.documentElement.style.colorScheme = 'dark';
      assert.same(await barriers(page), [], 'in English, dark');
    });
  }
});
