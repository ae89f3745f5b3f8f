// Text of any script in a PDF. The library draws with one font at a time, from left to right, and draws nothing for a
// letter that the font lacks. Here each line is cut into runs, by font and by direction (UAX #9), and says beside what it
// draws what it is (ActualText), so that a copy, a search and a screen reader get the name as it was written.
import bidiFactory from 'bidi-js';
import { fontFor } from './fonts.ts';

const bidi = bidiFactory();

/**
 * Where a letter is looked for that the document's own font lacks, in this order; all OFL. Opened, and embedded, only
 * where used. Unifont draws what is left of the Basic Multilingual Plane, Chinese, Japanese and Korean too, in
 * coarse dots: the fonts that draw those well are 60 MB and more each.
 */
const CHAIN: readonly { name: string; file: string; scripts: RegExp }[] = [
  {
    name: 'noto',
    file: '@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf',
    scripts: /[\p{scx=Latn}\p{scx=Grek}\p{scx=Cyrl}\p{scx=Deva}\p{Script=Common}]/u,
  },
  {
    name: 'syllabics',
    file: '@expo-google-fonts/noto-sans-canadian-aboriginal/400Regular/NotoSansCanadianAboriginal_400Regular.ttf',
    scripts: /\p{scx=Cans}/u,
  },
  {
    name: 'arabic',
    file: '@expo-google-fonts/amiri/400Regular/Amiri_400Regular.ttf',
    scripts: /\p{scx=Arab}/u,
  },
  {
    name: 'hebrew',
    file: '@expo-google-fonts/noto-sans-hebrew/400Regular/NotoSansHebrew_400Regular.ttf',
    scripts: /\p{scx=Hebr}/u,
  },
  {
    name: 'tamil',
    file: '@expo-google-fonts/noto-sans-tamil/400Regular/NotoSansTamil_400Regular.ttf',
    scripts: /\p{scx=Taml}/u,
  },
  {
    name: 'emoji',
    file: '@expo-google-fonts/noto-emoji/400Regular/NotoEmoji_400Regular.ttf',
    scripts: /[\p{Emoji_Presentation}\p{Extended_Pictographic}\p{Regional_Indicator}]/u,
  },
  { name: 'unifont', file: '@fontsource/unifont/files/unifont-latin-400-normal.woff', scripts: /(?:)/u },
];

/** Characters that show as another of the same look, which more fonts have. */
const TWINS: Record<string, string> = { '\u202f': '\u00a0', '\u2010': '-', '\u2011': '-', '\u02bc': '’' };
/** Text of which each character is a letter or sign by itself, drawn from left to right, and has no twin: most of it. */
const PLAIN = /^[ -~\u00a0-\u00ac\u00ae-\u00ff–—’…]+$/;
const UNSEEN = /\p{Default_Ignorable_Code_Point}/u;
const EVERY_UNSEEN = new RegExp(UNSEEN, 'gu');
const STRONG = /\p{L}/u;
const clusters = new Intl.Segmenter('und', { granularity: 'grapheme' });
/** A zero width space: a line may break here. Nothing that is drawn holds one otherwise. */
const BREAK = '\u200b';
/** UTF-16 units. More than any text that we keep and put on one line of a document; see `fitted`. */
const LONGEST = 500;
/** Marks on one letter beyond which it is no language's (stream-safe text, UAX #15). */
const PARTS = /.{1,30}/gsu;

interface Font {
  ascender: number;
  widthOfString(text: string, size: number, features?: unknown): number;
  font: { hasGlyphForCodePoint(code: number): boolean };
}
/** What of the library's document is used here; its types do not know the inner part of it. */
interface Doc {
  _font: Font;
  _fontSize: number;
  registerFont(name: string, src: Buffer): unknown;
  font(name: string): unknown;
  addContent(text: string): unknown;
  widthOfString(text: string, options?: { features?: unknown }): number;
  _fragment(text: string, x: number, y: number, options: Options): void;
}
interface Options {
  align?: string;
  width?: number;
  lineWidth?: number;
  baseline?: unknown;
}
interface Run {
  /** Null: the font that the document is at. */
  font: string | null;
  /** What is drawn. */
  text: string;
  /** What it stands for, where that is something else. */
  actual: string | null;
}

/** From now on the document draws and measures text of any script. Its own fonts must draw ASCII. */
export function drawAnyScript(given: object): void {
  const doc = given as Doc;
  const drawOne = doc._fragment.bind(doc);
  const measureOne = doc.widthOfString.bind(doc);
  const opened = new Map<string, Font>();
  const lines = new Map<string, Run[]>();
  const main = () => doc._font;

  const using = <T>(name: string, work: () => T): T => {
    const before = doc._font;
    doc._font = fontOf(name);
    try {
      return work();
    } finally {
      doc._font = before;
    }
  };
  const fontOf = (name: string): Font => {
    const known = opened.get(name);
    if (known !== undefined) return known;
    const file = CHAIN.find((one) => one.name === name)?.file ?? '';
    const before = doc._font;
    doc.registerFont(name, fontFor(file));
    doc.font(name);
    const font = doc._font;
    doc._font = before;
    opened.set(name, font);
    return font;
  };
  const lineOf = (text: string): Run[] => {
    // Both of the document's own fonts have the same letters.
    const line = lines.get(text) ?? arranged(text, main(), fontOf);
    lines.set(text, line);
    return line;
  };
  const width = ({ font, text }: Run, options?: object) =>
    font === null ? measureOne(text, options) : using(font, () => measureOne(text, options));
  const widthOf = (line: Run[], options?: object) => line.reduce((sum, run) => sum + width(run, options), 0);

  doc.widthOfString = (text, options) => widthOf(lineOf(String(text).replaceAll(BREAK, '')), options);
  doc._fragment = (text, x, y, options) => {
    const line = lineOf(String(text).replaceAll('\n', '').replaceAll(BREAK, ''));
    const [only, ...more] = line;
    if (only?.font === null && only.actual === null && more.length === 0)
      return drawOne(only.text, x, y, options);
    const left =
      options.align === 'right' && options.width ? x + (options.lineWidth ?? 0) - widthOf(line) : x;
    // Every font stands on the line of the document's own.
    const placed = {
      ...options,
      align: 'left',
      textWidth: undefined,
      wordCount: undefined,
      baseline: (-main().ascender / 1000) * doc._fontSize,
    };
    let at = left;
    for (const run of line) {
      const draw = () => saying(doc, run.actual, () => drawOne(run.text, at, y, placed));
      if (run.font === null) draw();
      else using(run.font, draw);
      at += width(run);
    }
  };
}

/**
 * Text for a column of `width` points, in the document's font of now: a word that is wider may break after any letter,
 * not between a letter and its marks. Left to itself the library tries each length of such a word, and cuts characters
 * in two. What is longer than `LONGEST` ends in « … », so that the work for a text is bounded, whoever wrote it.
 */
export function fitted(given: object, text: string, width: number): string {
  const doc = given as Doc;
  return bounded(text.replaceAll(BREAK, ''))
    .split(/(?<=[ \n])/)
    .map((word) =>
      doc.widthOfString(word) <= width
        ? word
        : Array.from(clusters.segment(word), ({ segment }) => segment.match(PARTS) ?? [])
            .flat()
            .join(BREAK),
    )
    .join('');
}

function bounded(text: string): string {
  if (text.length <= LONGEST) return text;
  const cut = clusters.segment(text).containing(LONGEST - 1)?.index ?? 0;
  // Of a first letter with hundreds of marks, the marks that there is room for.
  return `${text.slice(0, cut > 0 ? cut : LONGEST - 1)}…`;
}

// Inside the text object: poppler forgets what is said around it, with the font.
function saying(doc: Doc, actual: string | null, draw: () => void): void {
  if (actual === null) {
    draw();
    return;
  }
  const { addContent } = doc;
  doc.addContent = (operator) => {
    if (operator === 'ET') addContent.call(doc, 'EMC');
    const result = addContent.call(doc, operator);
    if (operator === 'BT') addContent.call(doc, `/Span <</ActualText <feff${utf16(actual)}>>> BDC`);
    return result;
  };
  try {
    draw();
  } finally {
    doc.addContent = addContent;
  }
}

/** The line's runs, from left to right. */
function arranged(text: string, main: Font, fontOf: (name: string) => Font): Run[] {
  if (PLAIN.test(text) && Array.from(text).every((sign) => hasSign(main, sign)))
    return [{ font: null, text, actual: null }];
  const { levels } = bidi.getEmbeddingLevels(text, 'ltr');
  const runs: (Run & { level: number; turns: boolean; source: string })[] = [];
  /** What is not drawn, before anything is. */
  let unseen = '';
  for (const { segment, index } of clusters.segment(text)) {
    const level = levels[index] ?? 0;
    const odd = level % 2 === 1;
    const shown = odd ? (bidi.getMirroredCharacter(segment) ?? segment) : segment;
    const { font, text: drawn, same } = drawable(shown, main, fontOf);
    // The library turns a run of a script that is written from right to left, and that run only.
    const turns = odd && STRONG.test(segment);
    const last = runs.at(-1);
    if (drawn === '') {
      // A run of its own would not be drawn, and nothing would stand for it.
      if (last === undefined) unseen += segment;
      else last.actual = last.source += segment;
      continue;
    }
    if (last?.font === font && last.level === level && last.turns === turns && (turns || !odd)) {
      last.text += drawn;
      last.source += segment;
      if (!same || last.actual !== null) last.actual = last.source;
    } else {
      const source = unseen + segment;
      runs.push({ font, text: drawn, level, turns, source, actual: same && unseen === '' ? null : source });
      unseen = '';
    }
  }
  // Readers turn what is drawn from right to left by themselves; what stands beside it they would turn too.
  for (const run of runs) if (run.level % 2 === 1) run.actual = null;
  return visual(runs);
}

/** Rule L2 of UAX #9: from the highest level down, what is at that level or above is turned around. */
function visual(runs: (Run & { level: number })[]): Run[] {
  const order = runs.slice();
  const levels = order.map(({ level }) => level);
  for (let level = Math.max(0, ...levels); level > 0; level--) {
    for (let from = 0; from < order.length; from++) {
      let to = from;
      while ((order[to]?.level ?? -1) >= level) to++;
      if (to > from) order.splice(from, to - from, ...order.slice(from, to).reverse());
      from = to;
    }
  }
  return order;
}

/**
 * What to draw a letter with its marks in, and as what: the first font that has all of it, put together or taken apart.
 * What no font has is named by its code, never left out, nor drawn as something else.
 */
function drawable(
  cluster: string,
  main: Font,
  fontOf: (name: string) => Font,
): { font: string | null; text: string; same: boolean } {
  const [whole, apart] = [Array.from(cluster.normalize('NFC'), twin).join(''), cluster.normalize('NFD')];
  const has = (font: Font, text: string) =>
    Array.from(text).every((sign) => UNSEEN.test(sign) || hasSign(font, sign));
  const drawn = (font: Font, text: string) =>
    Array.from(text)
      .filter((sign) => !UNSEEN.test(sign) || hasSign(font, sign))
      .join('');
  const form = (font: Font) => [whole, apart].find((one) => has(font, one));
  const own = form(main);
  if (own !== undefined) {
    // Nothing in it is joined, and the library draws a space for what is unseen.
    const text = own.replace(EVERY_UNSEEN, '');
    return { font: null, text, same: cluster === text };
  }
  for (const { name, scripts } of CHAIN) {
    if (!scripts.test(cluster)) continue;
    const found = form(fontOf(name));
    if (found !== undefined) return { font: name, text: drawn(fontOf(name), found), same: false };
  }
  const codes = Array.from(cluster)
    .filter((sign) => !UNSEEN.test(sign))
    .map((sign) => (has(main, sign) ? sign : `[U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase()}]`));
  return { font: null, text: codes.join(''), same: false };
}

function hasSign({ font }: Font, sign: string): boolean {
  return font.hasGlyphForCodePoint(sign.codePointAt(0) ?? 0);
}

function twin(sign: string): string {
  return TWINS[sign] ?? sign;
}

function utf16(text: string): string {
  return Buffer.from(text, 'utf16le').swap16().toString('hex');
}
