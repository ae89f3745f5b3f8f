// What becomes of a brand's colour in the widget, as its style sheet reckons it (../../../styles/first-view.ts): words on it are black
// or white, whichever is farther; where it is the ink of words, it is darkened or lightened until they can be read (WCAG 2.2, 1.4.3).

/** Words need so much. */
export const ENOUGH = 4.5;
/** The luminance from which black words are farther than white ones. */
const MIDDLE = 0.179;
/** The luminance of an ink: at most on light pages, at least on dark ones. */
const INK = { light: 0.14, dark: 0.36 };
/** The widget's own dark page. */
const DARK_PAGE = '#161b20';

export interface Contrast {
  fill: string;
  /** The colour of words on it, and their contrast. */
  words: '#000000' | '#ffffff';
  ratio: number;
  /** The colour as ink, and its contrast with the page; `kept`: as it is. */
  light: Ink;
  dark: Ink;
}
interface Ink {
  colour: string;
  ratio: number;
  kept: boolean;
}

/** Of `#rrggbb`; null for anything else. */
export function contrastOf(colour: string): Contrast | null {
  if (!/^#[0-9a-f]{6}$/i.test(colour)) return null;
  const y = luminance(colour);
  const words = y < MIDDLE ? '#ffffff' : '#000000';
  return {
    fill: colour,
    words,
    ratio: ratioOf(y, luminance(words)),
    light: ink(colour, y <= INK.light, (part) => part * (INK.light / y), 1),
    dark: ink(
      colour,
      y >= INK.dark,
      (part) => part + (1 - part) * ((INK.dark - y) / (1 - y)),
      luminance(DARK_PAGE),
    ),
  };
}

function ink(colour: string, kept: boolean, moved: (part: number) => number, page: number): Ink {
  const drawn = kept
    ? colour
    : `#${linear(colour)
        .map((part) => hex(moved(part)))
        .join('')}`;
  return { colour: drawn, ratio: ratioOf(luminance(drawn), page), kept };
}

function linear(colour: string): number[] {
  return [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
}

function hex(part: number): string {
  const shown = part <= 0.0031308 ? part * 12.92 : 1.055 * part ** (1 / 2.4) - 0.055;
  return Math.round(Math.min(1, Math.max(0, shown)) * 255)
    .toString(16)
    .padStart(2, '0');
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = linear(colour);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratioOf(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}
