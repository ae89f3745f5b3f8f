// Amounts as people in Québec write them, in cents; what can be read in two ways is refused, never guessed.
import { MAX_CENTS } from './money.ts';

const SPACES = /[\u0020\u00a0\u202f\u2009]/g;
const BEFORE = /^(?:CA\$|CAD|\$) ?/i;
const ACCOUNTS_ZERO = /^(?:[-\u2013\u2212] *\$|\$ *[-\u2013\u2212])$/;
const AFTER = / ?(?:\$ ?CA|\$ ?CAD|CAD|\$)$/i;

/**
 * Cents of « 1 234,56 $ », “$1,234.56”, `(62,10 $)`, `(62,10) $`, `-62,10`, and of `- $`, how spreadsheets show zero in
 * accounts; null for what is not, or not surely, an amount: `1.234,56`, `1,234`, three decimals, exponents, other
 * digits, a trailing minus. `too-large`: it is one, beyond MAX_CENTS.
 */
export function parseMoney(text: string): number | 'too-large' | null {
  let bare = text.replace(SPACES, ' ').trim();
  if (ACCOUNTS_ZERO.test(bare)) return 0;
  let negative = false;
  if (bare.startsWith('(')) bare = bare.replace(AFTER, '');
  const parentheses = /^\((.+)\)$/.exec(bare);
  if (parentheses?.[1] !== undefined) {
    negative = true;
    bare = parentheses[1].trim();
  } else if (/^[-\u2212]/.test(bare)) {
    negative = true;
    bare = bare.slice(1).trim();
  }
  bare = bare.replace(BEFORE, '').replace(AFTER, '');
  const match =
    /^(\d+|\d{1,3}(?: \d{3})+)(?:[.,](\d{1,2}))?$/.exec(bare) ??
    /^(\d{1,3}(?:,\d{3})+)\.(\d{1,2})$/.exec(bare);
  if (match === null) return null;
  const cents = Number((match[1] ?? '').replace(/[ ,]/g, '')) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
  if (cents > MAX_CENTS) return 'too-large';
  return negative && cents !== 0 ? -cents : cents;
}
