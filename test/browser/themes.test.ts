// A regroupement's own colour, whatever it is, in the light and in the dark: every word on every screen can be read.
import fc from 'fast-check';
import { assert } from './support/assert.ts';
import { reach } from './support/reach.ts';
import { clear, open, type Page, until } from './support/widget.ts';

type Rgb = readonly [number, number, number];

/** A computed colour, gamma-encoded, 0 to 1; null when it lets through what is behind. */
function rgb(computed: string): Rgb | null {
  const numbers = (computed.match(/-?[\d.]+(e-?\d+)?/g) ?? []).map(Number);
  const linear = computed.startsWith('color(srgb-linear');
  const [r = 0, g = 0, b = 0, alpha = 1] = numbers;
  if (alpha === 0) return null;
  if (alpha < 1) throw new Error(`half transparent: ${computed}`);
  const scale = computed.startsWith('rgb') ? 255 : 1;
  const encode = (x: number) =>
    linear ? (x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055) : x / scale;
  if (!linear && !computed.startsWith('rgb') && !computed.startsWith('color(srgb '))
    throw new Error(`a colour of another sort: ${computed}`);
  // As on the screen: eight bits.
  const shown = (x: number) => Math.round(Math.min(1, Math.max(0, encode(x))) * 255) / 255;
  return [shown(r), shown(g), shown(b)];
}

/** WCAG 2.2, contrast ratio. */
function contrast(one: Rgb, other: Rgb): number {
  const luminance = (colour: Rgb) => {
    const [r = 0, g = 0, b = 0] = colour.map((x) =>
      x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function behind(element: Element): Rgb {
  for (let at: Element | null = element; at !== null; at = at.parentElement) {
    const found = rgb(getComputedStyle(at).backgroundColor);
    if (found !== null) return found;
  }
  throw new Error('nothing behind');
}

/** What is written too faintly, with its contrast. */
function faint(page: Page): string[] {
  return [...page.root.querySelectorAll('.frame *')].flatMap((element) => {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim());
    if (!own || element.closest('svg, .sr, [aria-hidden], style') || element.getClientRects().length === 0)
      return [];
    const ink = rgb(getComputedStyle(element).color);
    const ratio = ink === null ? 0 : contrast(ink, behind(element));
    return ratio >= 4.5 ? [] : [`${ratio.toFixed(2)} ${element.outerHTML.slice(0, 120)}`];
  });
}

const NASTY = [
  '#ffff00',
  '#ffffff',
  '#000000',
  '#777777',
  '#767676',
  '#39ff14',
  '#ff0000',
  '#0000ff',
  '#ff9800',
  '#00ffff',
  'hotpink',
  'rgb(200 30 90 / 40%)',
  'oklch(90% 0.4 150)',
  'no colour at all',
];
const SCHEMES = ['light', 'dark'] as const;
const wear = (page: Page, accent: string, scheme: string) => {
  document.documentElement.style.colorScheme = scheme;
  page.element.style.setProperty('--amisgest-accent', accent);
};

describe('a regroupement’s colour', () => {
  afterEach(clear);

  for (const screen of [
    'forgot',
    'detail, several invoices and parts',
    'confirm',
    'lookup, not found',
    'done',
    'history',
  ]) {
    it(`leaves every word readable: ${screen}`, async () => {
      const page = await (reach[screen] ?? reach.detail)?.go();
      if (page === undefined) throw new Error(`no screen ${screen}`);
      await until('settled', () => page.heading !== '');
      for (const details of page.root.querySelectorAll('details')) details.open = true;
      for (const scheme of SCHEMES) {
        for (const accent of NASTY) {
          wear(page, accent, scheme);
          assert.same(faint(page), [], `${accent}, ${scheme}`);
        }
      }
    });
  }

  it('whatever it is: words on it and in it reach 4.5, and what marks a box or the focus 3', async () => {
    const page = await open();
    await until('form', () => page.root.querySelector('form'));
    const [button, link, step, field] = ['button.primary', 'button.link', '.steps span', '#email'].map(
      (name) => page.root.querySelector(name),
    );
    if (!button || !link || !step || !(field instanceof HTMLElement)) throw new Error('not there');
    field.focus();
    const at = (element: Element, what: 'color' | 'backgroundColor' | 'borderTopColor' | 'outlineColor') => {
      const found = rgb(getComputedStyle(element)[what]);
      if (found === null) throw new Error(`${what} is not there`);
      return found;
    };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffff }), fc.constantFrom(...SCHEMES), (n, scheme) => {
        wear(page, `#${n.toString(16).padStart(6, '0')}`, scheme);
        const page_ = behind(link);
        return (
          contrast(at(button, 'color'), at(button, 'backgroundColor')) >= 4.5 &&
          contrast(at(link, 'color'), page_) >= 4.5 &&
          contrast(at(button, 'borderTopColor'), page_) >= 3 &&
          contrast(at(step, 'backgroundColor'), page_) >= 3 &&
          contrast(at(field, 'borderTopColor'), page_) >= 3 &&
          contrast(at(field, 'outlineColor'), page_) >= 3
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it('is worn as it is under a button’s words', async () => {
    const page = await open();
    await until('form', () => page.root.querySelector('form'));
    wear(page, '#ffd400', 'light');
    const button = page.root.querySelector('button.primary');
    if (button === null) throw new Error('no button');
    assert.same(
      rgb(getComputedStyle(button).backgroundColor)?.map((x) => Math.round(x * 255)),
      [255, 212, 0],
    );
    assert.same(rgb(getComputedStyle(button).color), [0, 0, 0]);
  });

  it('follows the page’s scheme, or the one it is told', async () => {
    const page = await open();
    await until('form', () => page.root.querySelector('form'));
    const dark = () =>
      (rgb(getComputedStyle(page.root.querySelector('.frame') ?? page.element).backgroundColor)?.[0] ?? 1) <
      0.5;
    document.documentElement.style.colorScheme = 'dark';
    assert.ok(dark(), 'dark on a dark page');
    page.element.style.setProperty('--amisgest-color-scheme', 'light');
    assert.ok(!dark(), 'light when told so');
    document.documentElement.style.colorScheme = '';
  });
});
