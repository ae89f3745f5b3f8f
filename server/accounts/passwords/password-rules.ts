// What a password may be (I2): long enough, and not one that a guesser comes to soon. No rule of composition.
import { createRequire } from 'node:module';
import type { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { password } from '../../fields.ts';
import { Problem } from '../../problems/problem.ts';

/** ASVS 5.0 asks 8, NIST 800-63B-4 prefers 15 for a single factor; 12 with the estimate below is our choice (I2). */
export const MIN_LENGTH = 12;

// Our limits let a hundred guesses at one person through in a quarter of an hour: 10^8 take 28 years. Twice that, since
// the estimate of any three parts, however common, begins just above 10^8.
const MIN_GUESSES = 2e8;
// « Je t’aime 2026 » is « Jetaime2026 » to a guesser, and « Étoilée » is « etoilee »: spaces, signs and accents are worth a
// factor of twenty. With fewer letters and digits than this, they are what the password is made of.
const MIN_BARE_GUESSES = 1e7;
const MIN_BARE_LENGTH = 8;
// Estimates take milliseconds, on the event loop: these bounds keep the worst password that we found below about fifty.
const MAX_LOOKED_AT = 40;
const MAX_LOOK_ALIKES = 4;
const COMMON_WORDS = [
  'motdepasse',
  'amisgest',
  'paypal',
  'assurances',
  'assurance',
  'garderie',
  'servicedegarde',
  'educatrice',
  'rsg',
];
// What people here choose, and the lists of English and of European French leave out.
const LOCAL_WORDS = [
  'tabarnak',
  'tabarnac',
  'calisse',
  'caline',
  'jemesouviens',
  'mesamours',
  'mesenfants',
  'mescocos',
  'monpetitcoeur',
  'passepartout',
  'nordiques',
];

/** A password being chosen: refused here when it is too short, so that every faulty field is told at once. */
export const newPassword = password.refine((text) => length(text) >= MIN_LENGTH, 'too-short');

/** What a guesser knows of her: the words of it are no secret. */
export interface PasswordContext {
  email: string;
  regroupement: { name: string; slug: string };
}

/** Throws `validation` with one of the reasons of `weakness` for `/password`. */
export function checkPassword(password: string, context: PasswordContext): void {
  const code = weakness(password, context);
  if (code !== undefined) throw new Problem('validation', { errors: [{ pointer: '/password', code }] });
}

/** Why the password is refused: too short, on the list of those that leaked, or soon guessed; or undefined. */
export function weakness(
  password: string,
  context: PasswordContext,
): 'too-short' | 'breached' | 'guessable' | undefined {
  if (length(password) < MIN_LENGTH) return 'too-short';
  const text = password.normalize('NFKC');
  const bare = lettersAndDigits(text);
  const words = contextWords(context);
  const estimates = [{ ...estimator().check(text, words), enough: MIN_GUESSES }];
  if (length(bare) >= MIN_BARE_LENGTH)
    estimates.push({ ...estimator().check(bare, words), enough: MIN_BARE_GUESSES });
  const weak = estimates.filter(({ guesses, enough }) => guesses < enough);
  if (weak.length === 0) return undefined;
  return weak.some(({ sequence }) => isListed(sequence)) ? 'breached' : 'guessable';
}

/** Whether the whole is one entry of the list of leaked passwords. */
function isListed(sequence: readonly object[]): boolean {
  const [whole, more] = sequence;
  return (
    more === undefined &&
    whole !== undefined &&
    'dictionaryName' in whole &&
    whole.dictionaryName === 'passwords-common'
  );
}

/** In characters as people count them, nearly: code points of the text that is hashed. */
function length(password: string): number {
  return [...password.normalize('NFKC')].length;
}

function contextWords({ email, regroupement }: PasswordContext): string[] {
  const local = email.slice(0, email.lastIndexOf('@'));
  const whole = [local, regroupement.name, regroupement.slug];
  const parts = whole.flatMap((text) => text.split(/[^\p{L}\p{M}\p{N}]+/u));
  const personal = [...whole, ...whole.map(lettersAndDigits), ...parts].filter((word) => word.length >= 3);
  return withUnaccented([...personal, ...COMMON_WORDS, ...LOCAL_WORDS]);
}

function unaccented(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '');
}

function lettersAndDigits(text: string): string {
  return text.normalize('NFKD').replace(/[^\p{L}\p{N}]/gu, '');
}

/** The words, and beside each the way it is typed in a hurry; in their order, the commonest first. */
function withUnaccented(words: readonly (string | number)[]): string[] {
  return [...new Set(words.flatMap((word) => [String(word), unaccented(String(word))]))];
}

let made: ZxcvbnFactory | undefined;

/** Loaded and made at first need: its lists take longer to unfold than a bare server to start. */
function estimator(): ZxcvbnFactory {
  made ??= newEstimator(createRequire(import.meta.url));
  return made;
}

function newEstimator(require: NodeJS.Require): ZxcvbnFactory {
  const { ZxcvbnFactory } = require('@zxcvbn-ts/core') as typeof import('@zxcvbn-ts/core');
  const { adjacencyGraphs, dictionary: leaked } =
    require('@zxcvbn-ts/language-common') as typeof import('@zxcvbn-ts/language-common');
  const { dictionary: french } = require('@zxcvbn-ts/language-fr') as typeof import('@zxcvbn-ts/language-fr');
  return new ZxcvbnFactory({
    dictionary: {
      ...leaked,
      ...Object.fromEntries(Object.entries(french).map(([name, words]) => [name, withUnaccented(words)])),
    },
    graphs: adjacencyGraphs,
    maxLength: MAX_LOOKED_AT,
    l33tMaxSubstitutions: MAX_LOOK_ALIKES,
  });
}
