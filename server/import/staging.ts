// First pass over a file: its rows as text into the database, in short batches, with what the file as a whole shows
// (order of days, width of numbers). Titles, blanks, totals and exact repeats fall away here.
import { foldName } from '../certificates/names.ts';
import { certificateKey } from '../certificates/number.ts';
import { sha256 } from '../crypto.ts';
import type { Deps } from '../deps.ts';
import { emailKey } from '../fields.ts';
import { NumberEvidence } from './reading/certificate-text.ts';
import { type Cells, DAY_FIELDS, type Field, headerScore, plain } from './reading/columns/fields.ts';
import type { Kind } from './reading/columns/kinds.ts';
import { cellsOf } from './reading/columns/record.ts';
import type { CsvRecord } from './reading/csv-records.ts';
import { DamageWatch } from './reading/damaged-text.ts';
import { DayOrderEvidence } from './reading/dates.ts';
import { isNoNumber } from './reading/debris.ts';
import { type Layout, recordsOf } from './reading/layout.ts';
import { MONEY_FIELDS, misshapen } from './reading/row-shape.ts';
import type { TextFile } from './reading/text-file.ts';
import { invoiceKey, plainNumber } from './rows/known.ts';
import { INDEXES } from './staging-db.ts';

const BATCH = 1_000;
const CHUNK = 200;
/** What a row of each kind is about. */
export const KEY: Readonly<Record<Kind, Field>> = {
  list: 'invoice',
  invoices: 'invoice',
  lines: 'invoice',
  holders: 'holderId',
  certificates: 'certificate',
  endorsements: 'endorsementId',
  payments: 'paymentId',
};

/** The key of a row that does not say what it is about: no two of them contradict each other. */
export const NO_KEY = '|';

const KEY_FIELDS: readonly Field[] = ['invoice', 'certificate', 'holderId', 'paymentId', 'endorsementId'];
/** « TOTAL », « Sous-total », « Totaux », « Total général », “Grand total”. */
const TOTAL = /^(sous|grand|sub)?tot(al|aux|als)(general|generaux)?$/;
/** How the line at the foot of a page begins: « Total factures : 12 », « Page 1 », « Imprimé le… ». */
const FOOT =
  /^((sous|grand|sub)?tot(al|aux|als)|page\d*$|nombrede|nbde|imprimele|generele|exportele|printedon)/;

export interface Staged {
  rows: number;
  repeated: number;
  /** Lines of a few words with neither number nor amount. */
  notes: number[];
  days: DayOrderEvidence;
  certificates: NumberEvidence;
  invoices: NumberEvidence;
}

export async function stageRows(
  deps: Pick<Deps, 'db'>,
  importId: string,
  file: TextFile,
  layout: Layout,
  regroupementOf: (cells: Cells) => string,
  progress: (rows: number) => Promise<void>,
): Promise<Staged> {
  const staged: Staged = {
    rows: 0,
    repeated: 0,
    notes: [],
    days: new DayOrderEvidence(),
    certificates: new NumberEvidence(),
    invoices: new NumberEvidence(),
  };
  const damage = new DamageWatch();
  let batch: unknown[] = [];
  const flush = async () => {
    if (batch.length === 0) return;
    const { changes } = await deps.db.execute(
      `INSERT INTO import_rows(import_id, line, row_key, hash, cells, reason, reason_en, subject, email_key)
       SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7
       FROM json_each(?2) WHERE true ON CONFLICT DO NOTHING`,
      [importId, JSON.stringify(batch)],
    );
    staged.repeated += batch.length - changes;
    staged.rows += changes;
    batch = [];
    await progress(staged.rows);
  };
  for await (const record of recordsOf(file, layout)) {
    const cells = cellsOf(record.cells, layout.columns);
    if (isNoData(record, cells, layout)) continue;
    if (isNote(record, cells)) {
      staged.notes.push(record.line);
      continue;
    }
    for (const field of DAY_FIELDS) staged.days.see(cells[field] ?? '');
    staged.certificates.see(cells.certificate ?? '');
    staged.invoices.see(cells.invoice ?? '');
    const why =
      misshapen(record, cells, layout) ??
      damage.see(record.line, record.cells, layout.columns, layout.titles);
    const kept = why === null ? cells : {};
    const regroupement = regroupementOf(cells);
    const { subject, email } = whose(cells, layout.kind);
    batch.push([
      record.line,
      rowKey(regroupement, keyOf(cells, layout.kind)),
      // Half of it tells rows apart as surely, in an index half as large.
      sha256(JSON.stringify(record.cells.map((cell) => cell.trim()))).slice(0, 32),
      JSON.stringify(kept),
      why?.fr ?? null,
      why?.en ?? null,
      subject === null ? null : `${regroupement}|${subject}`.replaceAll('\0', ''),
      email,
    ]);
    if (batch.length >= BATCH) await flush();
  }
  await flush();
  await deps.db.batch(INDEXES.map((sql) => ({ sql })));
  return staged;
}

export interface StagedRow {
  line: number;
  row_key: string;
  cells: string;
  reason: string | null;
  reason_en: string | null;
}

/** Staged rows a few at a time; the lines of one invoice never fall into two chunks. */
export async function* chunks(
  deps: Pick<Deps, 'db'>,
  importId: string,
  kind: Kind,
): AsyncGenerator<StagedRow[]> {
  const grouped = kind === 'lines';
  let after = { key: '', line: 0 };
  let kept: StagedRow[] = [];
  for (;;) {
    // In one JSON text: the driver takes long to hand over row by row.
    const { rows: found } = await deps.db.execute<{ chunk: string }>(
      `SELECT json_group_array(json_object(
         'line', line, 'row_key', row_key, 'cells', cells, 'reason', reason, 'reason_en', reason_en)) AS chunk
       FROM (SELECT * FROM import_rows WHERE import_id = ?1 AND ${
         grouped ? '(row_key, line) > (?2, ?3) ORDER BY row_key, line' : 'line > ?3 AND ?2 = ?2 ORDER BY line'
       } LIMIT ${CHUNK})`,
      [importId, after.key, after.line],
    );
    const rows = found.flatMap(({ chunk }) => JSON.parse(chunk) as StagedRow[]);
    const last = rows.at(-1);
    if (last === undefined) {
      if (kept.length > 0) yield kept;
      return;
    }
    after = { key: last.row_key, line: last.line };
    const all = [...kept, ...rows];
    const cut =
      grouped && rows.length === CHUNK ? all.findIndex((row) => row.row_key === last.row_key) : all.length;
    kept = all.slice(cut);
    if (cut > 0) yield all.slice(0, cut);
  }
}

/**
 * What the row is about, so that two different rows about one thing can be told; '' when it does not say. Of a
 * certificate the period counts too, and is read once the order of days is known (rekeyCertificates).
 */
function keyOf(cells: Cells, kind: Kind): string {
  const text = cells[KEY[kind]] ?? '';
  if (isNoNumber(text)) return '';
  return kind === 'certificates' ? certificateKey(text) : invoiceKey(plainNumber(text));
}

/** What rows about one thing have in common; NO_KEY where the row does not say what it is about. */
function rowKey(regroupement: string, key: string): string {
  return key === '' ? NO_KEY : `${regroupement}|${key}`.replaceAll('\0', '');
}

/** The person and the certificate of a row of the list, and the e-mail that it gives her. */
function whose(cells: Cells, kind: Kind): { subject: string | null; email: string | null } {
  const certificate = certificateKey(cells.certificate ?? '');
  const email = emailKey(cells.email ?? '');
  if (kind !== 'list' || certificate === '' || email === '') return { subject: null, email: null };
  return {
    subject: `${certificate}|${foldName(`${cells.firstName ?? ''} ${cells.lastName ?? ''}`)}`,
    email: email.replaceAll('\0', ''),
  };
}

function isNoData({ cells: raw }: CsvRecord, cells: Cells, layout: Layout): boolean {
  const filled = raw.filter((cell) => cell.trim() !== '');
  // A title, a note at the foot: a row of data never has a single cell.
  if (filled.length <= 1) return true;
  if (layout.header.every((text, i) => plain(text) === plain(raw[i] ?? '')) && headerScore(raw) >= 3)
    return true;
  const named = (Object.keys(cells) as Field[]).filter(
    (field) => !MONEY_FIELDS.includes(field) && (cells[field] ?? '') !== '',
  );
  // Amounts and nothing to say whose they are: sums, with or without a word beside them.
  if (named.every((field) => TOTAL.test(plain(cells[field] ?? '')))) return true;
  const isEmpty = (field: Field) => (cells[field] ?? '') === '' || TOTAL.test(plain(cells[field] ?? ''));
  const keyless = KEY_FIELDS.every(isEmpty);
  if (keyless && raw.some((cell) => TOTAL.test(plain(cell)))) return true;
  const foot = FOOT.test(plain(filled[0] ?? ''));
  return foot && (keyless || (isEmpty('certificate') && isEmpty('lastName') && raw.every(isShort)));
}

/** « Préparé par : Lise Roy;poste 204 »: two or three cells, and neither a number of anything nor an amount. */
function isNote({ cells: raw }: CsvRecord, cells: Cells): boolean {
  if (raw.filter((cell) => cell.trim() !== '').length > 3) return false;
  return [...KEY_FIELDS, ...MONEY_FIELDS].every((field) => (cells[field] ?? '') === '');
}

// « 12 factures » beside a sum.
function isShort(cell: string): boolean {
  return cell.trim().length <= 40;
}
