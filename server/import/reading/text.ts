// Text cells: what was lost between programs is told, never guessed.
import { emailText, isEmail, isLine } from '../../text.ts';
import { type Refusal, refusal } from '../refusal.ts';

const EXPORT_UTF8 = {
  fr: 'Exportez de nouveau en « CSV UTF-8 ».',
  en: 'Export again as “CSV UTF-8”.',
};
// UTF-8 read as Windows-1252: a capital A tilde or circumflex followed by what the second byte looks like.
const MOJIBAKE =
  /[ÃÂ][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2026\u2030\u2039\u203a\u20ac\u2122]|â€/;

/** Null when the text is sound. `title` is how people call the column. */
export function unsound(text: string, title: string, max = 200): Refusal | null {
  if (text.length > max) {
    return refusal(
      `« ${title} » est trop long (${text.length} caractères; ${max} au plus).`,
      `“${title}” is too long (${text.length} characters; ${max} at most).`,
    );
  }
  if (text.includes('\ufffd') || MOJIBAKE.test(text) || /\p{L}\?\p{L}/u.test(text)) {
    return refusal(
      `« ${title} » a des caractères perdus : « ${text} ». ${EXPORT_UTF8.fr}`,
      `“${title}” has lost characters: “${text}”. ${EXPORT_UTF8.en}`,
    );
  }
  if (!isLine(text)) {
    return refusal(
      `« ${title} » contient un saut de ligne ou un caractère de contrôle. Retirez-le.`,
      `“${title}” has a line break or a control character. Remove it.`,
    );
  }
  return null;
}

export function missing(title: string): Refusal {
  return refusal(`« ${title} » est vide.`, `“${title}” is empty.`);
}

/** The e-mail address in a cell, as it is kept; null when no message can be sent to what stands there. */
export function usableEmail(text: string): string | null {
  const email = emailText(text);
  return isEmail(email) ? email : null;
}
