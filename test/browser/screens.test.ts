// Every screen, in both languages, light and dark: no barrier that axe can find, and nothing wider than the phone.
import 'axe-core/axe.min.js';
import type axe from 'axe-core';
import { SCREENS } from '../../widget/pay/journey/state.ts';
import { assert } from './support/assert.ts';
import { reach } from './support/reach.ts';
import { clear, type Page, until } from './support/widget.ts';

declare global {
  interface Window {
    axe: typeof axe;
  }
}
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

async function barriers(page: Page): Promise<string[]> {
  const { violations } = await window.axe.run(page.element, { runOnly: TAGS });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

describe('every screen', () => {
  before(async () => {
    document.documentElement.lang = 'fr';
    document.title = 'Essai';
    // As wide as a phone's narrowest: what is wider than the body would scroll sideways.
    document.body.style.cssText = 'margin:0;width:320px';
  });
  afterEach(clear);

  it('is tried here', () => {
    const tried = new Set(Object.values(reach).map(({ screen }) => screen));
    assert.same(
      SCREENS.filter((screen) => !tried.has(screen)),
      [],
    );
  });

  for (const [name, { go }] of Object.entries(reach)) {
    it(`${name}: has no barrier, in French and English, light and dark, at 320 px`, async () => {
      const page = await go();
      await until('settled', () => page.heading !== '');
      // The widget follows its host's scheme.
      document.documentElement.style.colorScheme = 'light';
      assert.same(await barriers(page), [], 'in French, light');
      assert.ok(document.body.scrollWidth <= 320, 'no sideways scrolling in French');
      await page.press('English');
      await page.reads('Français');
      // Words do not change with colours: two of the four are enough.
      document.documentElement.style.colorScheme = 'dark';
      assert.same(await barriers(page), [], 'in English, dark');
      assert.ok(document.body.scrollWidth <= 320, 'no sideways scrolling in English');
    });
  }
});
