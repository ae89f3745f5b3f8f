// The books as a file for Excel or Sage (CSV) or for programs (JSON), written while they are read.
import type { Deps } from '../../deps.ts';
import { torontoDay } from '../../ledger/toronto.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';
import { type Cell, type Column, type Range, type Row, SHEET, type SheetName } from './sheets.ts';

export const FORMATS = ['csv', 'json'] as const;
export interface ExportRequest {
  sheet: SheetName;
  format: (typeof FORMATS)[number];
  /** French: `;` and decimal comma, as Excel of Québec reads them; English: `,` and decimal point. */
  lang: 'fr' | 'en';
  range: Partial<Range>;
  /** Rows so far. */
  progress?: (rows: number) => void;
}

/**
 * The file's text, page by page. CSV begins with a BOM: without it Excel takes UTF-8 for Windows-1252. `range` is of
 * days: an invoice's issue, a certificate's start, a movement's date.
 */
export async function* exported(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupement: Pick<Regroupement, 'id' | 'name'>,
  { sheet, format, lang, range, progress }: ExportRequest,
): AsyncGenerator<string> {
  const { columns, pages } = SHEET[sheet];
  const reading = {
    db: deps.db,
    regroupement,
    range: { from: range.from ?? '0000-01-01', to: range.to ?? '9999-12-31' },
    today: torontoDay(deps.now()),
    lang,
  };
  let count = 0;
  if (format === 'csv')
    yield `\ufeff${record(
      columns.map((column) => column[lang]),
      lang,
    )}`;
  else yield '[';
  for await (const page of pages(reading)) {
    yield format === 'csv'
      ? page.map((row) => record(csvCells(row, columns, lang), lang)).join('')
      : page
          .map((row, i) => (count + i === 0 ? '\n' : ',\n') + JSON.stringify(jsonRow(row, columns)))
          .join('');
    count += page.length;
    progress?.(count);
  }
  if (format === 'json') yield '\n]\n';
}

function jsonRow(row: Row, columns: readonly Column[]): Row {
  return Object.fromEntries(columns.map(({ key }) => [key, row[key] ?? null]));
}

function csvCells(row: Row, columns: readonly Column[], lang: 'fr' | 'en'): string[] {
  return columns.map(({ key }) => {
    const value = row[key] ?? null;
    return key.endsWith('Cents')
      ? amount(value, lang)
      : quoted(harmless(value === null ? '' : String(value)));
  });
}

/** 123456 → `1234,56`: no spaces and no sign of money, so that it is a number to Excel. */
function amount(value: Cell, lang: 'fr' | 'en'): string {
  if (value === null) return '';
  const cents = Math.abs(Number(value));
  const text = `${Math.trunc(cents / 100)}${lang === 'fr' ? ',' : '.'}${String(cents % 100).padStart(2, '0')}`;
  return Number(value) < 0 ? `-${text}` : text;
}

// What a spreadsheet would run as a formula is text to it behind an apostrophe (OWASP, CSV Injection); the import takes
// the apostrophe off again.
function harmless(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

// Quoted for either separator, whichever a spreadsheet takes it to be.
function quoted(text: string): string {
  return /[";,\r\n\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function record(cells: readonly string[], lang: 'fr' | 'en'): string {
  return `${cells.join(lang === 'fr' ? ';' : ',')}\r\n`;
}
