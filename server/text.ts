// Text that people type, paste, import or set, before it is kept or compared: what nobody can see goes, what one line
// cannot hold is refused. One rule for names and one for e-mail addresses, at every entrance; the widget's own copy
// (widget/journey/typed.ts) is held to the same cases by test/unit/text.test.ts. Passwords are left as they are: each of their
// characters counts, seen or not.
import { domainToASCII, domainToUnicode } from 'node:url';

// Marks of direction, joiners, soft hyphens, byte order marks, fillers that draw nothing; the blank of Braille, and the signs
// of annotations, which are never drawn either.
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb]/u;
const EVERY_UNSEEN = new RegExp(UNSEEN, 'gu');
const PARAGRAPHS = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;
const EVERY_PARAGRAPH = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+/gu;

// Where a joiner, seen or not, changes what is read: scripts that join or stack their letters (Persian, the scripts of
// India, Mongolian…), and pictures that are made of several.
const JOINED =
  /^(?=[\p{L}\p{M}])[\p{scx=Arab}\p{scx=Syrc}\p{scx=Mong}\p{scx=Nkoo}\p{scx=Adlm}\p{scx=Rohg}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}\p{scx=Khmr}\p{scx=Mymr}\p{scx=Tibt}]/u;
const PICTURE = /^[\p{Extended_Pictographic}\p{Emoji_Modifier}]/u;
const JOINER = /^[\u200c\u200d]/;
/** Which drawing of the character before is meant: of an ideograph in a name, of a picture. */
const VARIANT = /^[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u;
const HAS_VARIANTS = /^[\p{Script=Han}\p{Extended_Pictographic}]/u;

/**
 * A name or a sentence as it is kept: without what nobody sees, but for joiners and variants inside the scripts and
 * pictures that need them; a tab is a space; none at the ends, of whatever width.
 */
export function visible(text: string): string {
  const spaced = text.replaceAll('\t', ' ');
  if (!UNSEEN.test(spaced)) return spaced.trim();
  const characters = [...spaced];
  let kept = '';
  let before = '';
  for (const [i, character] of characters.entries()) {
    if (UNSEEN.test(character) && !isNeeded(before, character, characters[i + 1] ?? '')) continue;
    kept += character;
    before = character;
  }
  return kept.trim();
}

function isNeeded(before: string, character: string, next: string): boolean {
  const after = UNSEEN.test(next) ? '' : next;
  if (VARIANT.test(character)) return HAS_VARIANTS.test(before);
  if (!JOINER.test(character)) return false;
  return (
    // At a word's end, only behind a sign that it changes (the final consonants of Malayalam).
    (JOINED.test(before) && (JOINED.test(after) || /\p{M}/u.test(before))) ||
    ((PICTURE.test(before) || VARIANT.test(before)) && PICTURE.test(after))
  );
}

/** An address, a number or a code: nothing unseen has a place in it. */
export function bare(text: string): string {
  return text.replaceAll('\t', ' ').replace(EVERY_UNSEEN, '').trim();
}

/** Digits of other scripts (Arabic, Bengali, Tamil…) as 0 to 9: some keyboards type no others. */
export function plainDigits(text: string): string {
  return text.replace(/(?![0-9])\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    let zero = code;
    while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
    // Unicode keeps tens together; some stand side by side.
    return String((code - zero) % 10);
  });
}

/** Whether the text is one line: without line breaks, control characters and halves of characters. */
export function isLine(text: string): boolean {
  return !PARAGRAPHS.test(text);
}

/** What stands in the database since before these rules, as one line: it may go into a header. */
export function asLine(text: string): string {
  return visible(text.replace(EVERY_PARAGRAPH, ' '));
}

// RFC 5321 and 6531: a dot-atom (no quoted form, which no mailbox of a person has), then a domain of two labels or more.
const EMAIL =
  /^(?!\.|.*\.[.@])[\p{L}\p{M}\p{N}.!#-'*+/=?^_`{-~-]{1,64}@(?!-|.*(-\.|\.-))([\p{L}\p{M}\p{N}-]{1,63}\.)+\p{L}[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}]$/u;
/** Octets: RFC 5321, 4.5.3.1. */
const MAX_EMAIL = 254;
const MAX_LOCAL_PART = 64;
const MAX_LABEL = 63;

/** An e-mail address as it is kept: bare, full-width letters and signs as plain ones, its domain in letters, not in `xn--`. */
export function emailText(typed: string): string {
  // Most have nothing to be put in order.
  const address = /^[!-~]*$/.test(typed) ? typed : bare(typed.normalize('NFKC'));
  const at = address.lastIndexOf('@') + 1;
  const domain = address.slice(at);
  return /(^|\.)xn--/i.test(domain) ? address.slice(0, at) + (domainToUnicode(domain) || domain) : address;
}

/** Whether `address`, written as by `emailText`, is one that a message can be sent to. */
export function isEmail(address: string): boolean {
  if (!EMAIL.test(address)) return false;
  const [local = '', domain = ''] = address.split('@');
  const ascii = domainToASCII(domain);
  return (
    ascii !== '' &&
    Buffer.byteLength(local) <= MAX_LOCAL_PART &&
    ascii.split('.').every((label) => label.length <= MAX_LABEL) &&
    Buffer.byteLength(local) + 1 + ascii.length <= MAX_EMAIL
  );
}

/** How e-mails are compared (S15, I1): as they are kept, without case. */
export function emailKey(address: string): string {
  return emailText(address).toLowerCase();
}

const LABEL = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const HOST = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[0-9a-f:.]+\\])$`);

/**
 * An address of the web that may stand in a header, a policy or a link, in the writing of the URL standard (an
 * international name in `xn--`); null for anything else: another scheme, a user in it, a host that is no host name.
 */
export function webAddress(text: string): URL | null {
  const written = bare(text);
  // What a browser would repair is not what somebody meant; what is encoded in it must not be a control character either.
  if (!/^https?:\/\/[^/\\]/i.test(written) || /[\s\\"<>^`{|}]|%[01][\da-f]|%7f/i.test(written)) return null;
  if (!isLine(written) || written.length > 2_000 || !URL.canParse(written)) return null;
  const url = new URL(written);
  const plain = url.username === '' && url.password === '' && !/^[^/]*\/\/[^/?#]*@/.test(written);
  return plain && url.hostname.length <= 253 && HOST.test(url.hostname) ? url : null;
}
