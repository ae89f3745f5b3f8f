// What a password may be (I2): long enough, and not one that a guesser tries first. No rule of composition.
import { readFileSync } from 'node:fs';
import { password } from '../http/fields.ts';
import { Problem } from '../http/problem.ts';

/** ASVS 5.0 asks 8, NIST 800-63B-4 prefers 15 for a single factor; 12 with the list below is our choice (I2). */
export const MIN_LENGTH = 12;

// Fewer different characters than this are « aaaaaaaaaaaa » or « 121212121212 ».
const MIN_DIFFERENT = 5;
// What must be left once the words that any guesser would put in are taken out.
const MIN_OWN = 6;
const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiopasdfghjklzxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
].map((row) => row.repeat(3));
const EVERYWHERE = ['motdepasse', 'password', 'amisgest', 'paypal', 'assurances', 'assurance', 'garderie'];
// The list's source is English and Russian for the most part; these are what people here choose.
const HERE = ['jetaime', 'doudou', 'chouchou', 'soleil', 'bonjour', 'canadiens', 'quebec', 'montreal'];

/** A password being chosen: refused here when it is too short, so that every faulty field is told at once. */
export const newPassword = password.refine((text) => length(text) >= MIN_LENGTH, 'too-short');

/** What a guesser knows of her: the words of it are no secret. */
export interface PasswordContext {
  email: string;
  regroupement: { name: string; slug: string };
}

/** Throws `validation` with `too-short` or `breached` for `/password`. */
export function checkPassword(password: string, context: PasswordContext): void {
  const code = weakness(password, context);
  if (code !== undefined) throw new Problem('validation', { errors: [{ pointer: '/password', code }] });
}

/** Why the password is refused, or undefined. */
export function weakness(password: string, context: PasswordContext): 'too-short' | 'breached' | undefined {
  if (length(password) < MIN_LENGTH) return 'too-short';
  if (new Set(password.normalize('NFKC').toLowerCase()).size < MIN_DIFFERENT) return 'breached';
  const plain = folded(password);
  if (plain === '') return undefined; // signs only: on no list
  const backwards = [...plain].reverse().join('');
  if (ROWS.some((row) => row.includes(plain) || row.includes(backwards))) return 'breached';
  const word = plain.replace(/^\p{N}+|\p{N}+$/gu, '');
  if (common().has(plain) || common().has(word)) return 'breached';
  const own = contextWords(context).reduce((left, known) => left.replaceAll(known, ''), plain);
  return own !== plain && own.length < MIN_OWN ? 'breached' : undefined;
}

/** In characters as people count them, nearly: code points of the text that is hashed. */
function length(password: string): number {
  return [...password.normalize('NFKC')].length;
}

/** Letters and digits only, without case or accents: how the list is written and words are compared. */
function folded(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

function contextWords({ email, regroupement }: PasswordContext): string[] {
  const local = email.slice(0, email.lastIndexOf('@'));
  const whole = [local, regroupement.name, regroupement.slug];
  return [...whole, ...whole.flatMap((text) => text.split(/[^\p{L}\p{M}\p{N}]+/u))]
    .map(folded)
    .filter((word) => word.length >= 4)
    .concat(EVERYWHERE)
    .sort((a, b) => b.length - a.length);
}

let list: ReadonlySet<string> | undefined;

function common(): ReadonlySet<string> {
  list ??= new Set([
    ...readFileSync(new URL('./common-passwords.txt', import.meta.url), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#')),
    ...HERE,
  ]);
  return list;
}
