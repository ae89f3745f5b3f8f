// The books as a file for Excel or Sage (CSV) or for programs (JSON), written while they are read.

import { CSV_MARK, type CsvCell, csvLine } from '../csv.ts';
import type { Deps } from '../deps.ts';
import { torontoDay } from '../ledger/toronto.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import { type Column, type Range, type Row, SHEET, type SheetName } from './sheets.ts';

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
    yield CSV_MARK +
      csvLine(
        columns.map((column) => column[lang]),
        lang,
      );
  else yield '[';
  for await (const page of pages(reading)) {
    yield format === 'csv'
      ? page.map((row) => csvLine(csvCells(row, columns), lang)).join('')
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

function csvCells(row: Row, columns: readonly Column[]): CsvCell[] {
  return columns.map(({ key }) => {
    const value = row[key] ?? null;
    return key.endsWith('Cents') && value !== null ? { cents: Number(value) } : value;
  });
}
