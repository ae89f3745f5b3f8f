// What stands between a page of the office and who uses it: found by axe, too wide for a phone, too small to press.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Person } from './person.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** None, in French and in English, at 320 px as at her own width. */
export async function meetsNoBarrier(person: Person): Promise<void> {
  const { page } = person;
  const size = page.viewport();
  await page.evaluate(AXE);
  for (const lang of ['en-CA', 'fr-CA']) {
    await page.evaluate(async (value) => {
      const element = document.querySelector('amisgest-bureau') as HTMLElement & { updateComplete: unknown };
      element.lang = value;
      await element.updateComplete;
    }, lang);
    for (const viewport of [{ width: 320, height: 640 }, size]) {
      await page.setViewport(viewport);
      assert.deepEqual(await page.evaluate(found), [], `${lang}, ${viewport?.width} px`);
    }
  }
}

/** Runs in the page. */
async function found(): Promise<string[]> {
  const { axe: ours } = window as unknown as { axe: typeof axe };
  const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const { violations } = await ours.run(document, { runOnly });
  const root = document.querySelector('amisgest-bureau')?.shadowRoot as ShadowRoot;
  const name = (element: Element) => element.outerHTML.replace(/\s+/g, ' ').slice(0, 90);
  const small = [...root.querySelectorAll<HTMLElement>('a, button, summary, input, select')].filter(
    (element) => {
      const { width, height } = (element.closest('label.check') ?? element).getBoundingClientRect();
      const inSentence = element.localName === 'a' && element.closest('dd, p, td') !== null;
      return width > 0 && !inSentence && !element.matches('.skip, .sr') && Math.min(width, height) < 24;
    },
  );
  const { scrollWidth, clientWidth } = document.documentElement;
  const wide = [...root.querySelectorAll('dialog[open]')].filter((one) => one.scrollWidth > one.clientWidth);
  const h1 = root.querySelectorAll('main h1').length;
  return [
    ...violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    ...small.map((element) => `small: ${name(element)}`),
    ...(scrollWidth > clientWidth ? [`${scrollWidth - clientWidth} px too wide`] : []),
    ...wide.map(() => 'a dialog scrolls sideways'),
    ...(h1 === 1 ? [] : [`${h1} headings above all`]),
  ];
}
