// Numbers as people see them: 4512 in a cell whose format is `000000`, or `"PB-"000000`, is 004512 or PB-004512 to whoever
// reads the sheet, and an error is one. Both become text before the workbook is read, since its reader tells neither.
import type { Unzipped } from 'fflate';

const SHEET = /^xl\/worksheets\/[^/]+\.xml$/;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The files of a workbook, with those cells as text. */
export function asShown(files: Unzipped): Unzipped {
  const styles = Object.entries(files).find(([name]) => /^xl\/styles\.xml$/i.test(name))?.[1];
  const formats = styles === undefined ? new Map<string, string>() : numberFormats(decoder.decode(styles));
  return Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [
      name,
      SHEET.test(name) ? encoder.encode(cellsAsShown(decoder.decode(bytes), formats)) : bytes,
    ]),
  );
}

/** By the number of a style, the formats that show more than the number's own digits. */
function numberFormats(xml: string): Map<string, string> {
  const codes = new Map<string, string>();
  for (const [tag] of xml.matchAll(/<(?:\w+:)?numFmt\b[^>]*>/g)) {
    const [id, code] = [attribute(tag, 'numFmtId'), attribute(tag, 'formatCode')];
    if (id !== undefined && code !== undefined) codes.set(id, code.split(';')[0] ?? '');
  }
  const used = /<(\w+:)?cellXfs\b[\s\S]*?<\/(\w+:)?cellXfs>/.exec(xml)?.[0] ?? '';
  const formats = new Map<string, string>();
  for (const [style, [tag]] of [...used.matchAll(/<(?:\w+:)?xf\b[^>]*>/g)].entries()) {
    const code = codes.get(attribute(tag, 'numFmtId') ?? '');
    if (code !== undefined && shown('1', code) !== null) formats.set(String(style), code);
  }
  return formats;
}

function cellsAsShown(xml: string, formats: ReadonlyMap<string, string>): string {
  return xml.replace(
    /(<(?:\w+:)?c\b)([^>]*)(?<!\/)>([\s\S]*?<\/(?:\w+:)?c>)/g,
    (cell: string, start: string, attributes: string, rest: string) => {
      const tag = `<c${attributes}>`;
      const type = attribute(tag, 't') ?? 'n';
      const asText = `${start}${attributes.replace(/\st=(["'])[^"']*\1/, '')} t="str">`;
      if (type === 'e') return `${asText}${rest}`;
      const format = formats.get(attribute(tag, 's') ?? '');
      if (type !== 'n' || format === undefined) return cell;
      return `${asText}${rest.replace(
        /(<(?:\w+:)?v\b[^>]*>)(\d+)(?=<)/,
        (_, open: string, digits: string) => `${open}${escaped(shown(digits, format) ?? digits)}`,
      )}`;
    },
  );
}

/**
 * A whole number in a format that is made of `0`, `#` and words; null where it has other signs (decimals, thousands, days),
 * or shows the digits as they are.
 */
function shown(digits: string, format: string): string | null {
  const bare = format.replace(/^\[\$?[^\]]*\]/, '');
  const parts = bare.match(/"[^"]*"|\\.|[0#]|[-/ ]|./gsu) ?? [];
  if (parts.some((part) => part.length === 1 && !/[0#\-/ ]/.test(part))) return null;
  const places = parts.filter((part) => part === '0' || part === '#').length;
  const zeros = parts.filter((part) => part === '0').length;
  const words = parts.map((part) => (part.startsWith('"') ? part.slice(1, -1) : part.replace(/^\\/, '')));
  const speaks = words.some((word) => /[\p{L}\-/]/u.test(word) && word !== '0' && word !== '#');
  if (places === 0 || (zeros < 2 && !speaks)) return null;
  const padded = digits.padStart(zeros, '0');
  let left = padded;
  let text = '';
  for (let i = parts.length - 1; i >= 0; i--) {
    const part = parts[i] ?? '';
    if (part !== '0' && part !== '#') text = `${words[i] ?? ''}${text}`;
    else {
      const isFirst = !parts.slice(0, i).some((one) => one === '0' || one === '#');
      const taken = isFirst ? left : left.slice(-1);
      left = left.slice(0, left.length - taken.length);
      text = `${taken}${text}`;
    }
  }
  return text;
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}=(?:"([^"]*)"|'([^']*)')`).exec(tag);
  const text = value?.[1] ?? value?.[2];
  return text
    ?.replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
