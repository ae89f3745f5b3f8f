// The books as a file for Excel (.xlsx), for Excel or Sage (CSV), or for programs (JSON); text is written while they are read.
import { type Actor, audited } from '../audit.ts';
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
  /** More than MANY_PEOPLE are in it: asked before any of the page that goes beyond leaves. */
  many?: () => Promise<void>;
}

/** The owners are told when more people's data are taken out at once. */
export const MANY_PEOPLE = 500;

/**
 * The file, page by page; a workbook in one piece. CSV begins with a BOM: without it Excel takes UTF-8 for Windows-1252. `range` is of
 * days: an invoice's issue, a certificate's start, a movement's date.
 */
export async function* exported(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupement: Pick<Regroupement, 'id' | 'name'>,
  { sheet, format, lang, range, progress, many }: ExportRequest,
): AsyncGenerator<string | Uint8Array> {
  const { columns, pages } = SHEET[sheet];
  const reading = {
    db: deps.db,
    regroupement,
    range: { from: range.from ?? '0000-01-01', to: range.to ?? '9999-12-31' },
    today: torontoDay(deps.now()),
    lang,
  };
  const rows = counted(pages(reading), many);
  let count = 0;
  const titles = columns.map((column) => column[lang]);
  if (format === 'xlsx') {
    yield await workbookOf(SHEET_TITLES[sheet][lang], withTitles(titles, rows, columns, progress));
    return;
  }
  if (format === 'csv') yield CSV_MARK + csvLine(titles, lang);
  else yield '[';
  for await (const page of rows) {
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

async function* counted(pages: AsyncIterable<Row[]>, many: ExportRequest['many']): AsyncGenerator<Row[]> {
  const people = new Set<string>();
  for await (const page of pages) {
    const told = people.size > MANY_PEOPLE;
    // By what stands of her in the row: sheets show a name, or its parts and the e-mail.
    for (const { holder, firstName, lastName, email } of told ? [] : page)
      people.add(JSON.stringify([holder, firstName, lastName, email]));
    if (!told && people.size > MANY_PEOPLE) await many?.();
    yield page;
  }
}

/** Writes down that many people's data were taken out, which the owners are told. */
export async function notePeopleExported(
  deps: Pick<Deps, 'db' | 'now' | 'randomBytes'>,
  regroupementId: string,
  { sheet, range }: { sheet: SheetName | 'worklist'; range: Partial<Range> },
  by: Actor,
): Promise<void> {
  await deps.db.batch([
    audited(deps, {
      regroupementId,
      actor: by,
      act: 'people-exported',
      target: `regroupements:${regroupementId}`,
      before: null,
      after: { sheet, from: range.from ?? null, to: range.to ?? null, moreThan: MANY_PEOPLE },
    }),
  ]);
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
