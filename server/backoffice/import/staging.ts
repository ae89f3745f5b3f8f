// First pass over a file: its rows as text into the database, in short batches, with what the file as a whole shows
// (order of days, width of numbers). Titles, blanks, totals and exact repeats fall away here.
import { certificateKey } from '../../certificates/number.ts';
import type { Deps } from '../../deps.ts';
import { sha256 } from '../../hash.ts';
import { NumberEvidence } from './certificate-text.ts';
import { type Cells, cellsOf, type Field, headerScore, type Kind, plain } from './columns.ts';
import { DayOrderEvidence } from './dates.ts';
import type { TextFile } from './decode.ts';
import { type FileRecord, type Layout, recordsOf } from './layout.ts';
import { type Refusal, refusal } from './refusal.ts';

const BATCH = 250;
const DATES: readonly Field[] = ['issuedOn', 'dueOn', 'periodStart', 'periodEnd', 'effectiveOn', 'paidOn'];
const KEYS: Readonly<Record<Kind, readonly Field[]>> = {
  list: ['invoice'],
  invoices: ['invoice'],
  lines: ['invoice'],
  holders: ['holderId'],
  certificates: ['certificate', 'periodStart', 'period'],
  endorsements: ['endorsementId'],
  payments: ['paymentId'],
};

const MONEY: readonly Field[] = ['premium', 'premiumTax', 'fees', 'total', 'paid', 'balance', 'amount'];
const KEY_FIELDS: readonly Field[] = ['invoice', 'certificate', 'holderId', 'paymentId', 'endorsementId'];
/** « TOTAL », « Sous-total », « Totaux », « Total général », “Grand total”. */
const TOTAL = /^(sous|grand|sub)?tot(al|aux|als)(general|generaux)?$/;

export interface Staged {
  rows: number;
  repeated: number;
  days: DayOrderEvidence;
  numbers: NumberEvidence;
}

export async function stageRows(
  deps: Deps,
  importId: string,
  file: TextFile,
  layout: Layout,
  progress: (rows: number) => Promise<void>,
): Promise<Staged> {
  const staged: Staged = {
    rows: 0,
    repeated: 0,
    days: new DayOrderEvidence(),
    numbers: new NumberEvidence(),
  };
  const title = layout.header.map(plain).join('|');
  let batch: unknown[] = [];
  const flush = async () => {
    if (batch.length === 0) return;
    const { changes } = await deps.db.execute(
      `INSERT INTO import_rows(import_id, line, row_key, hash, cells, reason, reason_en)
       SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(?2) WHERE true
       ON CONFLICT DO NOTHING`,
      [importId, JSON.stringify(batch)],
    );
    staged.repeated += batch.length - changes;
    staged.rows += changes;
    batch = [];
    await progress(staged.rows);
  };
  for await (const record of recordsOf(file, layout)) {
    const cells = cellsOf(record.cells, layout.columns);
    if (isNoData(record, cells, layout, title)) continue;
    for (const field of DATES) staged.days.see(cells[field] ?? '');
    staged.numbers.see(cells.certificate ?? '');
    const why = tooWide(record, layout) ?? notBindable(record);
    const kept = why === null ? cells : {};
    batch.push([
      record.line,
      keyOf(cells, layout.kind).replaceAll('\0', ''),
      sha256(JSON.stringify(record.cells.map((cell) => cell.trim()))),
      JSON.stringify(kept),
      why?.fr ?? null,
      why?.en ?? null,
    ]);
    if (batch.length >= BATCH) await flush();
  }
  await flush();
  return staged;
}

/** What the row is about, so that two different rows about one thing can be told. */
function keyOf(cells: Cells, kind: Kind): string {
  const parts = KEYS[kind].map((field) =>
    field === 'certificate' ? certificateKey(cells.certificate ?? '') : (cells[field] ?? ''),
  );
  return [plain(cells.regroupement ?? ''), ...parts].join('|');
}

function isNoData({ cells: raw }: FileRecord, cells: Cells, layout: Layout, title: string): boolean {
  const filled = raw.filter((cell) => cell.trim() !== '');
  // A title, a note at the foot: a row of data never has a single cell.
  if (filled.length <= 1) return true;
  if (headerScore(raw) >= 3 && raw.map(plain).slice(0, layout.header.length).join('|') === title) return true;
  const named = (Object.keys(cells) as Field[]).filter(
    (field) => !MONEY.includes(field) && (cells[field] ?? '') !== '',
  );
  // Amounts and nothing to say whose they are: sums, with or without a word beside them.
  if (named.every((field) => TOTAL.test(plain(cells[field] ?? '')))) return true;
  const keyless = KEY_FIELDS.every(
    (field) => (cells[field] ?? '') === '' || TOTAL.test(plain(cells[field] ?? '')),
  );
  return keyless && raw.some((cell) => TOTAL.test(plain(cell)));
}

function tooWide({ cells }: FileRecord, layout: Layout): Refusal | null {
  if (cells.slice(layout.header.length).every((cell) => cell.trim() === '')) return null;
  return refusal(
    `Cette ligne a plus de colonnes que les titres : un « ${layout.delimiter === '\t' ? 'tabulation' : layout.delimiter} » est peut-être resté dans un texte sans guillemets.`,
    'This row has more columns than there are titles: a delimiter may stand in a text without quotation marks.',
  );
}

// The database would cut the text at this character.
function notBindable({ cells }: FileRecord): Refusal | null {
  if (!cells.some((cell) => cell.includes('\0') || !cell.isWellFormed())) return null;
  return refusal(
    'Cette ligne contient un caractère nul ou brisé. Exportez le fichier de nouveau.',
    'This row has a null or broken character. Export the file again.',
  );
}
