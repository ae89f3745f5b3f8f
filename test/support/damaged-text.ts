// What happens to accents between two programs: a text as the wrong reader shows it.

/** The upper half of each character set, from 0x80 on. */
const UPPER = {
  macintosh: [...new TextDecoder('macintosh').decode(upperHalf())],
  windows: [...new TextDecoder('windows-1252').decode(upperHalf())],
  cp850: [
    ...'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0',
  ],
  cp437: [
    ...'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0',
  ],
} as const;
type CharacterSet = keyof typeof UPPER;

function upperHalf(): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, i) => 128 + i);
}

/** The bytes of the text; null when the character set cannot write it. */
export function bytesIn(set: CharacterSet, text: string): number[] | null {
  const bytes = [...text].map((letter) => {
    const at = UPPER[set].indexOf(letter);
    return letter < '\u0080' ? letter.charCodeAt(0) : at < 0 ? -1 : 128 + at;
  });
  return bytes.includes(-1) ? null : bytes;
}

function shownAs(set: CharacterSet, bytes: Iterable<number>): string {
  return [...bytes].map((byte) => (byte < 128 ? String.fromCharCode(byte) : UPPER[set][byte - 128])).join('');
}

const utf8 = (text: string) => new TextEncoder().encode(text);
const read = (from: CharacterSet, as: CharacterSet) => (text: string) => {
  const bytes = bytesIn(from, text);
  return bytes === null ? null : shownAs(as, bytes);
};
const each = (code: (letter: string) => string) => (text: string) =>
  text.replace(/[^\p{ASCII}]/gu, (letter) => code(letter));
const NAMED: Readonly<Record<string, string>> = {
  é: 'eacute',
  è: 'egrave',
  ê: 'ecirc',
  ë: 'euml',
  à: 'agrave',
  â: 'acirc',
  ç: 'ccedil',
  ô: 'ocirc',
  î: 'icirc',
  ï: 'iuml',
  û: 'ucirc',
  É: 'Eacute',
  È: 'Egrave',
};

/** Each way of damage: the text as it comes out; null when that way cannot be. */
export const DAMAGE_TO_ACCENTS: Readonly<Record<string, (text: string) => string | null>> = {
  'Mac Roman read as Windows-1252': read('macintosh', 'windows'),
  'code page 850 read as Windows-1252': read('cp850', 'windows'),
  'code page 437 read as Windows-1252': read('cp437', 'windows'),
  'Windows-1252 read as Mac Roman': read('windows', 'macintosh'),
  'Windows-1252 read as code page 850': read('windows', 'cp850'),
  'Windows-1252 read as code page 437': read('windows', 'cp437'),
  'UTF-8 read as Windows-1252': (text) => shownAs('windows', utf8(text)),
  'UTF-8 read as Windows-1252 twice': (text) => shownAs('windows', utf8(shownAs('windows', utf8(text)))),
  'UTF-8 read as Mac Roman': (text) => shownAs('macintosh', utf8(text)),
  'UTF-8 read as code page 850': (text) => shownAs('cp850', utf8(text)),
  'UTF-8 read as code page 437': (text) => shownAs('cp437', utf8(text)),
  'UTF-8 read as Latin-1': (text) => Buffer.from(text).toString('latin1'),
  'question marks': each(() => '?'),
  'replacement characters': each(() => '\ufffd'),
  'numeric entities': each((letter) => `&#${letter.codePointAt(0)};`),
  'hexadecimal entities': each((letter) => `&#x${letter.codePointAt(0)?.toString(16)};`),
  'named entities': each((letter) =>
    NAMED[letter] === undefined ? `&#${letter.codePointAt(0)};` : `&${NAMED[letter]};`,
  ),
  'percent-escapes': each((letter) => encodeURIComponent(letter)),
  'percent-escapes of Latin-1': each((letter) =>
    (letter.codePointAt(0) ?? 0) < 256
      ? `%${letter.codePointAt(0)?.toString(16).toUpperCase()}`
      : encodeURIComponent(letter),
  ),
  'quoted-printable': each((letter) =>
    [...utf8(letter)].map((byte) => `=${byte.toString(16).toUpperCase()}`).join(''),
  ),
};
