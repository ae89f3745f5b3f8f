// The certificate number (« # de certificat ») as it is compared (S17): opaque text, exact but for spaces, punctuation and case
// (domain rule NAMES §4.1-1). Never a number: zeros count, O is not 0, nothing is padded or guessed.
import { bare } from '../text.ts';

// « No », « N° », « Nº », « № », « # » before the number, as people copy it from the invoice. A bare « No » counts
// only when something stands between it and the number: NO1234 may be a number that begins with NO.
const LABEL = /^\s*(?:#|N\s*°|NO(?=[\s.:#°]|$))[\s.:°#]*/;
// Dashes and slashes of every drawing: also the hyphen bullet, the minus of phonetics, the slashes of fractions and division.
const PUNCTUATION = /[#\s./\\\p{Pd}\u2212\u2043\u02d7\u2044\u2215]/gu;

/**
 * What two writings of one number have in common; '' when nothing is left. Stored as `certificates.number_key`
 * and compared with `=`, nothing else.
 */
export function certificateKey(text: string): string {
  return upper(text).replace(LABEL, '').replace(PUNCTUATION, '');
}

/**
 * The keys that a typed number may stand for, likeliest first: « No » glued to the number may be the label, and
 * « NO 1234 » may be a number that begins with NO. The names decide afterwards. Always two, so that each search
 * costs the same.
 */
export function searchKeys(typed: string): readonly [string, string] {
  const key = certificateKey(typed);
  const whole = upper(typed).replace(PUNCTUATION, '');
  const other = whole !== key ? whole : key.replace(/^NO(?=.)/, '');
  return [key, other];
}

/**
 * One key for all readings of a typed number, and for the file's own: what is counted, promised or replaced by number
 * goes by it, or two spellings would count apart and tell a match from a miss.
 */
export function countedKey(key: string): string {
  return key.replace(/^(?:NO)+(?=.)/, '');
}

function upper(text: string): string {
  return bare(text.normalize('NFKC')).toUpperCase();
}
