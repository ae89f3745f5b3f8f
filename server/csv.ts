// Tables for a spreadsheet, as Excel opens them: UTF-8 with its mark, CRLF; in Québec semicolons and a decimal comma, in
// English commas and a point. A text that a spreadsheet would take for a formula is marked as text (OWASP, CSV
// injection); the import takes the mark off again.

import { asLine } from './text.ts';

/** Stands before the first line: without it Excel takes the file for another encoding. */
export const CSV_MARK = '\ufeff';

/** A text, a number as it is, an amount of money, or nothing. */
export type CsvCell = string | number | boolean | { cents: number } | null;

/**
 * Whether a spreadsheet may take the text for a formula: by its first character, of any width (some versions of Excel take
 * the full-width forms too), behind marks as text that stood there before.
 */
export function isFormula(text: string): boolean {
  return /^'*[=+\-@\t\r\n]/.test(/^'*./su.exec(text)?.[0].normalize('NFKC') ?? '');
}

/** One line, with its end. */
export function csvLine(cells: readonly CsvCell[], lang: 'fr' | 'en' = 'fr'): string {
  return `${cells.map((one) => cell(one, lang)).join(lang === 'fr' ? ';' : ',')}\r\n`;
}

function cell(value: CsvCell, lang: 'fr' | 'en'): string {
  if (value === null) return '';
  if (typeof value === 'object') return amount(value.cents, lang);
  if (typeof value !== 'string') return String(value);
  const safe = spreadsheetText(value);
  // Quoted for either separator, whichever a spreadsheet takes it to be.
  return /[;,"\r\n\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A text of one line that no spreadsheet takes for a formula. */
export function spreadsheetText(value: string): string {
  // What was kept before names were read by one rule may still turn a cell around (U+202E), break its line, or hide a
  // formula behind a control character.
  const text = asLine(value);
  return isFormula(text) ? `'${text}` : text;
}

// 123456 → `1234,56`: no spaces and no sign of money, so that it is a number to Excel.
function amount(cents: number, lang: 'fr' | 'en'): string {
  const whole = Math.trunc(Math.abs(cents) / 100);
  const part = String(Math.abs(cents) % 100).padStart(2, '0');
  return `${cents < 0 ? '-' : ''}${whole}${lang === 'fr' ? ',' : '.'}${part}`;
}
