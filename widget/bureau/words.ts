// The staff's page in words: a sentence in French and in English under a name. Each screen brings its own (locales/*.ts),
// in the file that it is loaded with.
import { html } from 'lit';
import type { Words } from '../controls/words.ts';
import { fill, type Lang, type Values } from '../locales/text.ts';
import type { words as actors } from './locales/actors.ts';
import type { words as allPayments } from './locales/all-payments.ts';
import type { words as conflict } from './locales/conflict.ts';
import type { words as deposits } from './locales/deposits.ts';
import type { words as enrolment } from './locales/enrolment.ts';
import type { words as credits } from './locales/holder/credits.ts';
import type { words as manualInvoice } from './locales/holder/manual-invoice.ts';
import type { words as past } from './locales/holder/past.ts';
import type { words as plans } from './locales/holder/plans.ts';
import type { words as holder } from './locales/holder.ts';
import type { words as imports } from './locales/imports.ts';
import type { words as keys } from './locales/keys.ts';
import type { words as methods } from './locales/methods.ts';
import type { words as moneyWords } from './locales/money.ts';
import type { words as people } from './locales/people.ts';
import type { words as profile } from './locales/profile.ts';
import type { words as search } from './locales/search.ts';
import type { words as settings } from './locales/settings.ts';
import type { words as shell } from './locales/shell.ts';
import type { words as signIn } from './locales/sign-in.ts';
import type { words as today } from './locales/today.ts';
import type { words as tryPage } from './locales/try-page.ts';
import type { words as work } from './locales/work.ts';

/** [fr-CA, en-CA]. Placeholders as in locales/text.ts. */
export type Catalogue = Readonly<Record<string, readonly [french: string, english: string]>>;

/** Every sentence of the staff's page; a new screen adds its file here. */
export type Key =
  | keyof typeof shell
  | keyof typeof signIn
  | keyof typeof enrolment
  | keyof typeof search
  | keyof typeof holder
  | keyof typeof credits
  | keyof typeof plans
  | keyof typeof actors
  | keyof typeof allPayments
  | keyof typeof deposits
  | keyof typeof past
  | keyof typeof manualInvoice
  | keyof typeof methods
  | keyof typeof moneyWords
  | keyof typeof today
  | keyof typeof work
  | keyof typeof imports
  | keyof typeof keys
  | keyof typeof people
  | keyof typeof conflict
  | keyof typeof settings
  | keyof typeof profile
  | keyof typeof tryPage;

const known: Record<string, Catalogue[string]> = {};

/** Makes the sentences of a file known, before anything says them. */
export function addWords(words: Catalogue): void {
  Object.assign(known, words);
}

/** Names, numbers and amounts, which no translator may touch. */
const KEPT = /^(nom|courriel|regroupement|numero|certificat|montant)$/;

/** The words in a language. */
export function wordsOf(lang: Lang): Words<Key> {
  const sentence = (key: Key) => known[key]?.[lang === 'fr-CA' ? 0 : 1] ?? '';
  const say = (key: Key, values: Values, put: (value: unknown, name: string) => unknown) =>
    fill(lang, sentence(key), values, (value, name) =>
      typeof value === 'number' ? counted(lang, value) : put(value, name),
    );
  return {
    t: (key, values = {}) =>
      say(key, values, (value, name) => (KEPT.test(name) && typeof value === 'string' ? kept(value) : value)),
    plain: (key, values = {}) => say(key, values, (value) => value).join(''),
  };
}

/** A number of things: « 3 000 », “3,000”. Some browsers' data write U+202F where Québec's usage is U+00A0. */
export const counted = (lang: Lang, n: number) => n.toLocaleString(lang).replaceAll('\u202f', '\u00a0');

/** What stands in no language: a name, a number, an amount. */
export const kept = (text: string) => html`<span translate="no">${text}</span>`;
