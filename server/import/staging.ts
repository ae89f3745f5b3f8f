// First pass over a file: its rows as text into the database, in short batches, with what the file as a whole shows
// (order of days, width of numbers). Titles, blanks, totals and exact repeats fall away here.
import { foldName } from '../certificates/names.ts';
import { certificateKey } from '../certificates/number.ts';
import { sha256 } from '../crypto.ts';
import type { Deps } from '../deps.ts';
import { emailKey } from '../fields.ts';
import { NumberEvidence } from './reading/certificate-text.ts';
import { type Cells, cellsOf, type Field, headerScore, type Kind, plain } from './reading/columns.ts';
import { DayOrderEvidence } from './reading/dates.ts';
import { isNoNumber } from './reading/debris.ts';
import type { TextFile } from './reading/decode.ts';
import { type FileRecord, type Layout, recordsOf } from './reading/layout.ts';
import { type Refusal, refusal } from './refusal.ts';
import { invoiceKey } from './rows/known.ts';

const BATCH = 250;
const CHUNK = 200;
const DATES: readonly Field[] = [
  'issuedOn',
  'dueOn',
  'period',
  'periodStart',
  'periodEnd',
  'effectiveOn',
  'paidOn',
];
const KEY: Readonly<Record<Kind, Field>> = {
  list: 'invoice',
  invoices: 'invoice',
  lines: 'invoice',
  holders: 'holderId',
  certificates: 'certificate',
  endorsements: 'endorsementId',
  payments: 'paymentId',
};

const MONEY: readonly Field[] = ['premium', 'premiumTax', 'fees', 'total', 'paid', 'balance', 'amount'];
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
    for (const field of DATES) staged.days.see(cells[field] ?? '');
    staged.certificates.see(cells.certificate ?? '');
    staged.invoices.see(cells.invoice ?? '');
    const why =
      tooWide(record, layout) ??
      spilled(record, cells, layout) ??
      cutOff(record, cells, layout) ??
      notBindable(record);
    const kept = why === null ? cells : {};
    const regroupement = regroupementOf(cells);
    const { subject, email } = whose(cells, layout.kind);
    batch.push([
      record.line,
      `${regroupement}|${keyOf(cells, layout.kind)}`.replaceAll('\0', ''),
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
  return staged;
}

export interface StagedRow {
  line: number;
  row_key: string;
  cells: string;
  reason: string | null;
  reason_en: string | null;
}

/** Staged rows a few at a time, `size` or so; the lines of one invoice never fall into two chunks. */
export async function* chunks(
  deps: Pick<Deps, 'db'>,
  importId: string,
  kind: Kind,
  size = CHUNK,
): AsyncGenerator<StagedRow[]> {
  const grouped = kind === 'lines';
  let after = { key: '', line: 0 };
  let kept: StagedRow[] = [];
  for (;;) {
    const { rows } = await deps.db.execute<StagedRow>(
      grouped
        ? `SELECT line, row_key, cells, reason, reason_en FROM import_rows
           WHERE import_id = ?1 AND (row_key, line) > (?2, ?3) ORDER BY row_key, line LIMIT ${size}`
        : `SELECT line, row_key, cells, reason, reason_en FROM import_rows
           WHERE import_id = ?1 AND line > ?3 AND ?2 = ?2 ORDER BY line LIMIT ${size}`,
      [importId, after.key, after.line],
    );
    const last = rows.at(-1);
    if (last === undefined) {
      if (kept.length > 0) yield kept;
      return;
    }
    after = { key: last.row_key, line: last.line };
    const all = [...kept, ...rows];
    const cut =
      grouped && rows.length === size ? all.findIndex((row) => row.row_key === last.row_key) : all.length;
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
  return kind === 'certificates' ? certificateKey(text) : invoiceKey(text);
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

function isNoData({ cells: raw }: FileRecord, cells: Cells, layout: Layout): boolean {
  const filled = raw.filter((cell) => cell.trim() !== '');
  // A title, a note at the foot: a row of data never has a single cell.
  if (filled.length <= 1) return true;
  if (layout.header.every((text, i) => plain(text) === plain(raw[i] ?? '')) && headerScore(raw) >= 3)
    return true;
  const named = (Object.keys(cells) as Field[]).filter(
    (field) => !MONEY.includes(field) && (cells[field] ?? '') !== '',
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
function isNote({ cells: raw }: FileRecord, cells: Cells): boolean {
  if (raw.filter((cell) => cell.trim() !== '').length > 3) return false;
  return [...KEY_FIELDS, ...MONEY].every((field) => (cells[field] ?? '') === '');
}

// « 12 factures » beside a sum.
function isShort(cell: string): boolean {
  return cell.trim().length <= 40;
}

/**
 * A row that ends before its amounts, or the last one of a file that broke off: `…;109,00 $;10` may have been 109,00 $.
 */
function cutOff(record: FileRecord, cells: Cells, layout: Layout): Refusal | null {
  const money = MONEY.filter((field) => layout.columns.has(field));
  const lastMoney = Math.max(-1, ...money.map((field) => layout.columns.get(field) ?? -1));
  const titles = layout.header.findLastIndex((title) => title.trim() !== '') + 1;
  const lastField = [...layout.columns].find(([, index]) => index === record.cells.length - 1)?.[0];
  const brokenAmount = () => {
    if (lastField === undefined || !money.includes(lastField)) return false;
    const hasCents = (field: Field) => /[.,]\d{2}\D*$/.test(cells[field] ?? '');
    return !hasCents(lastField) && money.some((field) => field !== lastField && hasCents(field));
  };
  const cut =
    record.cells.length <= lastMoney || (record.unended && (record.cells.length < titles || brokenAmount()));
  if (!cut) return null;
  return refusal(
    'Cette ligne est coupée : il lui manque des colonnes ou la fin d’un montant. Exportez le fichier de nouveau.',
    'This row is cut off: columns, or the end of an amount, are missing. Export the file again.',
  );
}

function tooWide({ cells }: FileRecord, layout: Layout): Refusal | null {
  if (cells.slice(layout.header.length).every((cell) => cell.trim() === '')) return null;
  return refusal(
    `Cette ligne a plus de colonnes que les titres : un « ${layout.delimiter === '\t' ? 'tabulation' : layout.delimiter} » est peut-être resté dans un texte sans guillemets.`,
    'This row has more columns than there are titles: a delimiter may stand in a text without quotation marks.',
  );
}

// `296,13` without quotation marks, in a file whose delimiter is the comma: 296 here, 13 in the next cell.
function spilled({ cells: raw }: FileRecord, cells: Cells, layout: Layout): Refusal | null {
  if (layout.delimiter !== ',') return null;
  const present = MONEY.filter((field) => (cells[field] ?? '') !== '');
  if (present.some((field) => /[.,]\d{1,2}\D*$/.test(cells[field] ?? ''))) return null;
  for (const field of present) {
    const index = layout.columns.get(field) ?? -1;
    const next = (raw[index + 1] ?? '').trim();
    if (!/^[-($]?\s?\d[\d\s]*$/.test(cells[field] ?? '') || !/^\d{2}\s?\$?\)?$/.test(next)) continue;
    const title = layout.titles[field] ?? field;
    return refusal(
      `« ${title} » : ${cells[field]},${next} est peut-être tombé dans deux cases, faute de guillemets. Exportez avec le point-virgule, ou écrivez les montants avec un point (${cells[field]}.${next}).`,
      `“${title}”: ${cells[field]},${next} may have fallen into two cells, for want of quotation marks. Export with semicolons, or write amounts with a point (${cells[field]}.${next}).`,
    );
  }
  return null;
}

// The database would cut the text at this character.
function notBindable({ cells }: FileRecord): Refusal | null {
  if (!cells.some((cell) => cell.includes('\0') || !cell.isWellFormed())) return null;
  return refusal(
    'Cette ligne contient un caractère nul ou brisé. Exportez le fichier de nouveau.',
    'This row has a null or broken character. Export the file again.',
  );
}
