// What a program that copies or reads aloud finds in a PDF of ours: what stands behind the letters (ActualText) where that
// is written, else what the font says of each letter (ToUnicode), in the order in which they are drawn.
import { inflateSync } from 'node:zlib';

export interface PdfText {
  /** One per paragraph or cell. A stretch drawn from right to left is turned around. */
  lines: string[];
  /** The same as it is seen, and without what stands behind it. */
  seen: string[];
  /** Names of the fonts that are embedded. */
  fonts: string[];
}

export function pdfText(pdf: Uint8Array): PdfText {
  const raw = Buffer.from(pdf).toString('latin1');
  const objects = new Map(
    [...raw.matchAll(/(?<=\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g)].map(([, id, body]) => [
      id ?? '',
      body ?? '',
    ]),
  );
  const stream = (id: string) => {
    const body = objects.get(id) ?? '';
    const bytes = Buffer.from(
      body.slice(body.indexOf('stream\n') + 7, body.lastIndexOf('\nendstream')),
      'latin1',
    );
    return (body.includes('/FlateDecode') ? inflateSync(bytes) : bytes).toString('latin1');
  };
  const maps = new Map(
    [...raw.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name = '', id = '']) => {
      const toUnicode = /\/ToUnicode (\d+) 0 R/.exec(objects.get(id) ?? '')?.[1] ?? '';
      return [name, lettersOf(stream(toUnicode))] as const;
    }),
  );
  const lines: string[] = [];
  const seen: string[] = [];
  for (const [, id = ''] of raw.matchAll(/\/Contents (\d+) 0 R/g))
    for (const [said, drawn] of marked(stream(id), maps)) {
      lines.push(said);
      seen.push(drawn);
    }
  return {
    lines,
    seen,
    fonts: [...raw.matchAll(/\/FontName \/\w{6}\+([\w-]+)/g)].map(([, name]) => name ?? ''),
  };
}

function lettersOf(map: string): Map<string, string> {
  const letters = new Map<string, string>();
  for (const [, from = '', list = ''] of map.matchAll(/<(\w{4})> <\w{4}> \[([^\]]*)\]/g))
    [...list.matchAll(/<([\w ]*)>/g)].forEach(([, hex = ''], i) => {
      const code = (Number.parseInt(from, 16) + i).toString(16).padStart(4, '0');
      letters.set(code, utf16(hex.replaceAll(' ', '')));
    });
  return letters;
}

function* marked(
  content: string,
  maps: ReadonlyMap<string, ReadonlyMap<string, string>>,
): Generator<[said: string, seen: string]> {
  let font = '';
  let actual = false;
  let said: string[] = [];
  let drawn: string[] = [];
  const operators =
    /\/(?<font>F\d+) [\d.]+ Tf|ActualText <feff(?<actual>\w*)>>> BDC|(?<open>BDC)|(?<close>EMC)|\[(?<shown>[^\]]*)\] TJ/g;
  for (const { groups = {} } of content.matchAll(operators)) {
    if (groups.font !== undefined) font = groups.font;
    else if (groups.actual !== undefined) {
      said.push(utf16(groups.actual));
      actual = true;
    } else if (groups.close !== undefined && actual) actual = false;
    else if (groups.close !== undefined) {
      if (drawn.length > 0) yield [turned(said), drawn.join('')];
      said = [];
      drawn = [];
    } else if (groups.shown !== undefined)
      for (const [, hex = ''] of groups.shown.matchAll(/<(\w+)>/g))
        for (const code of hex.match(/.{4}/g) ?? []) {
          const letter = maps.get(font)?.get(code) ?? `{${code}}`;
          drawn.push(letter);
          if (!actual) said.push(letter);
        }
  }
}

/** From the first to the last letter that is written from right to left, as it was typed. */
function turned(pieces: readonly string[]): string {
  const isTurned = (piece: string) => /[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(piece);
  const from = pieces.findIndex(isTurned);
  const to = pieces.findLastIndex(isTurned) + 1;
  if (from < 0) return pieces.join('');
  return [...pieces.slice(0, from), ...pieces.slice(from, to).reverse(), ...pieces.slice(to)].join('');
}

function utf16(hex: string): string {
  return Buffer.from(hex, 'hex').swap16().toString('utf16le');
}
