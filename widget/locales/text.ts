// Words to show: a key and its values become a sentence. Resolved when a screen is drawn, never earlier, so that a
// language switch reaches every word. fr-CA is the type; another catalogue that lacks a key does not compile.

import type { words as account } from './fr-CA.account.ts';
import { first } from './fr-CA.first.ts';
import type { words as plan } from './fr-CA.plan.ts';
import type { words as popup } from './fr-CA.popup.ts';
import type { words } from './fr-CA.rest.ts';

export type Lang = 'fr-CA' | 'en-CA';
/** Words that come with what few visitors come to. */
type Apart = keyof typeof account | keyof typeof plan | keyof typeof popup;
export type Key = keyof typeof first | keyof typeof words | Apart;
export type Catalogue = Readonly<Record<Exclude<Key, Apart>, string>>;
export type Values = Readonly<Record<string, unknown>>;

/** What a sentence of ours is made of, kept apart from any language; or one of the server's own, in both. */
export type Sentence = { key: Key; values?: Values; detail?: undefined } | ServerSentence;
export interface ServerSentence {
  detail: string;
  detailEn: string;
  /** Stands in it. */
  invoiceNumber?: string | undefined;
  key?: undefined;
}

const catalogues: Record<Lang, Partial<Record<Key, string>>> = { 'fr-CA': { ...first }, 'en-CA': {} };

/** Adds words that came later: the other screens, the other language. */
export function addWords(lang: Lang, words: Partial<Record<Key, string>>): void {
  Object.assign(catalogues[lang], words);
}

/** The sentence with its values in place. */
export function text(lang: Lang, key: Key, values: Values = {}): string {
  return parts(lang, key, values).join('');
}

/**
 * The sentence as a list, values as `put` leaves them, so that one may become a template (a link, a bold amount).
 * Placeholders: `{name}` and `{n, plural, one {…} other {…}}` with `#` for the number; `{organisme}` takes its form from
 * where it stands: `{Organisme}` at the beginning, `{du}` after « de » (see the profile's `written`).
 */
export function parts(
  lang: Lang,
  key: Key,
  values: Values = {},
  put = (value: unknown, _name: string) => value,
): unknown[] {
  // A language's words may still be on their way: better the other's than none.
  return fill(
    lang,
    catalogues[lang][key] ?? catalogues['fr-CA'][key] ?? catalogues['en-CA'][key] ?? '',
    values,
    put,
  );
}

/** As `parts`, of a sentence that is at hand. */
export function fill(
  lang: Lang,
  sentence: string,
  values: Values,
  put: (value: unknown, name: string) => unknown,
): unknown[] {
  const plain = sentence.replace(PLURAL, (_all, name: string, one: string, other: string) => {
    const n = Number(values[name]);
    return (plurals(lang).select(n) === 'one' ? one : other).replace('#', put(n, name) as string);
  });
  // The capture keeps the placeholders' names at the odd places.
  return plain
    .replace(/^{o/, '{O')
    .replace('de {organisme', '{du')
    .split(/\{(\w+)\}/)
    .map((piece, i) => (i % 2 ? put(values[piece], piece) : piece));
}

const PLURAL = /\{(\w+), plural, one \{([^}]*)\} other \{([^}]*)\}\}/g;
const rules: Partial<Record<Lang, Intl.PluralRules>> = {};
function plurals(lang: Lang): Intl.PluralRules {
  rules[lang] ??= new Intl.PluralRules(lang);
  return rules[lang];
}
