// The books as a file for Excel (.xlsx), for Excel or Sage (CSV), or for programs (JSON); text is written while they are read.

import { CSV_MARK, type CsvCell, csvLine } from '../csv.ts';
import type { Deps } from '../deps.ts';
import { torontoDay } from '../ledger/toronto.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import { type Column, type Range, type Row, SHEET, type SheetName } from './sheets.ts';
import { workbookOf } from './workbook.ts';

export const FORMATS = ['csv', 'xlsx', 'json'] as const;
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
 * The file, page by page; a workbook in one piece. CSV begins with a BOM: without it Excel takes UTF-8 for Windows-1252. `range` is of
 * days: an invoice's issue, a certificate's start, a movement's date.
 */
export async function* exported(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupement: Pick<Regroupement, 'id' | 'name'>,
  { sheet, format, lang, range, progress }: ExportRequest,
): AsyncGenerator<string | Uint8Array> {
  const { columns, pages } = SHEET[sheet];
  const reading = {
    db: deps.db,
    regroupement,
    range: { from: range.from ?? '0000-01-01', to: range.to ?? '9999-12-31' },
    today: torontoDay(deps.now()),
    lang,
  };
  let count = 0;
  const titles = columns.map((column) => column[lang]);
  if (format === 'xlsx') {
    yield await workbookOf(SHEET_TITLES[sheet][lang], withTitles(titles, pages(reading), columns, progress));
    return;
  }
  if (format === 'csv') yield CSV_MARK + csvLine(titles, lang);
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

const SHEET_TITLES: Readonly<Record<SheetName, { fr: string; en: string }>> = {
  invoices: { fr: 'Factures', en: 'Invoices' },
  payments: { fr: 'Paiements', en: 'Payments' },
  ledger: { fr: 'Écritures', en: 'Ledger' },
  certificates: { fr: 'Certificats', en: 'Certificates' },
};

async function* withTitles(
  titles: CsvCell[],
  pages: AsyncIterable<Row[]>,
  columns: readonly Column[],
  progress: ExportRequest['progress'],
): AsyncGenerator<CsvCell[][]> {
  yield [titles];
  let count = 0;
  for await (const page of pages) {
    yield page.map((row) => csvCells(row, columns));
    count += page.length;
    progress?.(count);
  }
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
