// Is the typed name the one on file (S17)? The rules of domain NAMES §4.1: forgiving about how a name is written
// (accents, case, hyphens, apostrophes, particles, either half of a double name, order), never about which name it
// is. No substring, no distance: Roy is not Leroy, Martine is not Martin. The certificate number chooses the file;
// this only confirms it.

import { bare } from '../text.ts';

export interface FileName {
  firstName: string;
  lastName: string;
  /** Nom d’usage, '' when there is none. */
  usualName: string;
}
export interface TypedName {
  firstName: string;
  lastName: string;
}

/** A word of a name. `written` keeps the accents: « Lê » is a name where « le » is a particle. */
interface Word {
  written: string;
  folded: string;
}

// One name of a possibly double surname, with the particles that may be left out: « de la Bruère » has the forms
// delabruere (whole, always first), labruere, bruere.
type SurnamePart = readonly string[];

const APOSTROPHES = /['’‘ʼʻ`´′‛＇]/gu;
const ELIDED = /(?<![\p{L}\p{N}\p{M}])([dl])['’‘ʼʻ`´′‛＇](?=\p{L})/giu;
// Letters that Unicode does not decompose.
const LETTERS: Readonly<Record<string, string>> = {
  œ: 'oe',
  æ: 'ae',
  đ: 'd',
  ð: 'd',
  ø: 'o',
  ł: 'l',
  ß: 'ss',
  ı: 'i',
  þ: 'th',
};
/** May be left out before a surname; never a name by themselves while something follows. */
const PARTICLES = new Set(
  (
    'd de du des la le les l del della dei di da do dos das los las y e et van von der den ter ten zu zum zur ' +
    'el al ben bin bint ibn abu abou ould aït ait ní ni nic uí ui'
  ).split(' '),
);
/** Belong to the name that follows: neither is anything alone (St-Pierre is not Pierre, nor Saint). */
const PREFIXES = new Set('st saint ste sainte san santa mac mc o'.split(' '));
const SAINTS: Readonly<Record<string, string>> = { st: 'saint', ste: 'sainte' };
const DIT = new Set(['dit', 'dite']);

/** More words than any real name has: beyond, nothing is compared (the search for a cut is quadratic). */
const MAX_WORDS = 14;
/** First names typed beyond those on file. Bounded, or one search would try a list of first names at once. */
const MAX_EXTRA_FIRST_NAMES = 3;

/** Lower case, without accents, apostrophes or invisible characters; one space between words. */
export function foldName(text: string): string {
  return words(text.replace(APOSTROPHES, ''))
    .map((word) => word.folded)
    .join(' ');
}

/**
 * True when what was typed names the person on file. Fields may be swapped, all may stand in one field, and a
 * person with a single name types it in either.
 */
export function namesMatch(file: FileName, typed: TypedName): boolean {
  const first = words(typed.firstName);
  const last = words(typed.lastName);
  if (first.length + last.length > MAX_WORDS) return false;
  const birth = surnameParts(words(file.lastName));
  const usual = surnameParts(words(file.usualName));
  const fileFirst = words(file.firstName);
  if (fileFirst.length === 0 || birth.length + usual.length === 0) {
    return mononymMatches([...fileFirst, ...words(file.lastName), ...words(file.usualName)], first, last);
  }
  const surnames = [
    [...birth, ...usual],
    [...usual, ...birth],
  ];
  const whole = squash(words(file.lastName));
  const isSurname = (given: readonly Word[]) =>
    (whole !== '' && squash(given) === whole) || surnames.some((parts) => surnameMatches(parts, given));
  // Where first names end and surnames begin is not taken from the fields: people mix them up. But names that the
  // file does not have count as further first names only where the fields do not say that they are surnames.
  return [
    { all: [...first, ...last], edge: first.length },
    { all: [...last, ...first], edge: last.length },
  ].some(({ all, edge }) =>
    all.some((_, cut) => {
      const [head, tail] = [all.slice(0, cut), all.slice(cut)];
      const extras = cut === edge || edge === 0 || edge === all.length ? MAX_EXTRA_FIRST_NAMES : 0;
      return (
        (firstNameMatches(fileFirst, head, extras) && isSurname(tail)) ||
        (firstNameMatches(fileFirst, tail, extras) && isSurname(head))
      );
    }),
  );
}

function words(text: string): Word[] {
  return bare(text)
    .replace(ELIDED, '$1 ')
    .replace(APOSTROPHES, '')
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .map((written) => ({ written, folded: foldLetters(written) }))
    .filter((word) => word.folded !== '');
}

function foldLetters(word: string): string {
  return word
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[œæđðøłßıþ]/gu, (letter) => LETTERS[letter] ?? letter);
}

function squash(list: readonly Word[]): string {
  return list.map((word) => word.folded).join('');
}

// Cuts a surname into its names. Particles and prefixes wait for the name they lead to; the last word is a name
// whatever it looks like (« Lê » typed « le »). Beside a name, a lone letter is none.
function surnameParts(list: readonly Word[]): SurnamePart[] {
  const named = list.filter((word) => !DIT.has(word.folded));
  const parts: SurnamePart[] = [];
  let particles: string[] = [];
  let prefix: string[] = [];
  for (const [i, word] of named.entries()) {
    const isLast = i === named.length - 1;
    if (!isLast && prefix.length === 0 && PARTICLES.has(word.written)) {
      particles.push(word.folded);
    } else if (!isLast && PREFIXES.has(word.folded)) {
      prefix.push(word.folded);
    } else {
      const names = prefix.length === 0 ? [word.folded] : spellings(prefix).map((p) => p + word.folded);
      parts.push(
        [...particles.keys(), particles.length].flatMap((k) =>
          names.map((n) => particles.slice(k).join('') + n),
        ),
      );
      particles = [];
      prefix = [];
    }
  }
  const full = parts.filter((forms) => !forms.every(isInitial));
  return full.length > 0 ? full : parts;
}

// St- and Saint- are one, however the rest is glued to it.
function spellings(prefix: readonly string[]): string[] {
  const long = prefix.map((p) => SAINTS[p] ?? p).join('');
  const short = prefix.map((p) => (p === 'saint' ? 'st' : p === 'sainte' ? 'ste' : p)).join('');
  return long === short ? [long] : [long, short];
}

function surnameMatches(file: readonly SurnamePart[], given: readonly Word[]): boolean {
  const text = squash(given);
  if (text === '') return false;
  if (file.some((_, from) => isRun(file, from, text))) return true;
  // Otherwise each typed name is one of those on file, in any order, none twice.
  const free = [...file];
  const typed = surnameParts(given);
  return (
    typed.length > 0 &&
    typed.every((part) => {
      const at = free.findIndex((other) => isSamePart(part, other));
      if (at >= 0) free.splice(at, 1);
      return at >= 0;
    })
  );
}

// Names on file that follow each other, typed as one text.
function isRun(file: readonly SurnamePart[], from: number, text: string): boolean {
  const part = file[from];
  if (part === undefined) return false;
  return part.some(
    (form) => text === form || (text.startsWith(form) && isRun(file, from + 1, text.slice(form.length))),
  );
}

// One may leave particles out, not exchange them: « La Roy » is not « Le Roy ».
function isSamePart(a: SurnamePart, b: SurnamePart): boolean {
  return a.some((form) => form === b[0]) || b.some((form) => form === a[0]);
}

function firstNameMatches(file: readonly Word[], given: readonly Word[], maxExtras: number): boolean {
  const text = squash(given);
  if (text === '' || isInitial(text)) return false;
  if (text === squash(file)) return true;
  const shared = given.some(
    (word) =>
      !isInitial(word.folded) &&
      !PARTICLES.has(word.written) &&
      file.some((other) => other.folded === word.folded),
  );
  const missing = (some: readonly Word[], others: readonly Word[]) =>
    some.filter((word) => !others.some((other) => isSameFirstName(word.folded, other.folded))).length;
  const extras = missing(given, file);
  return shared && (extras === 0 || (extras <= maxExtras && missing(file, given) === 0));
}

// Beside a name that is shared, an initial stands for its name: « Lise-M. » for « Lise-Marie ».
function isSameFirstName(a: string, b: string): boolean {
  return a === b || (isInitial(a) && b.startsWith(a)) || (isInitial(b) && a.startsWith(b));
}

function isInitial(text: string): boolean {
  return /^\p{Script=Latin}$/u.test(text);
}

function mononymMatches(file: readonly Word[], first: readonly Word[], last: readonly Word[]): boolean {
  const name = squash(file);
  if (name === '' || isInitial(name)) return false;
  const [a, b] = [squash(first), squash(last)];
  return a + b === name || b + a === name || (a === name && b === name);
}
