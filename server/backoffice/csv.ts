// Tables for a spreadsheet, as Excel opens them in Québec: UTF-8 with its mark, semicolons, CRLF. A text that a
// spreadsheet would take for a formula is marked as text (OWASP, CSV injection).

/** Stands before the first line: without it Excel takes the file for another encoding. */
export const CSV_MARK = '\ufeff';
const FORMULA = /^[=+\-@\t\r]/;

/** One line, with its end. Numbers are written as they are; a missing value as nothing. */
export function csvLine(cells: readonly (string | number | boolean | null)[]): string {
  return `${cells.map(cell).join(';')}\r\n`;
}

function cell(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[;"\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
