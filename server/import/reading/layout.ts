// How a file is laid out: its delimiter, the line of its header, and its records with the line where each begins.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { FileRefused, refusal } from '../refusal.ts';
import { type Columns, headerScore, type Mapping, rememberedTitle, type Titles } from './columns/fields.ts';
import { readHeader } from './columns/header.ts';
import { type Kind, unknownColumns } from './columns/kinds.ts';
import { BLANK, CsvReader, type CsvRecord, CsvTrouble } from './csv-records.ts';
import { refuseDamagedTitles } from './damaged-text.ts';
import type { TextFile } from './text-file.ts';

export const DELIMITERS = [';', ',', '\t', '|'] as const;
/** The header stands within the first records. */
const LOOK_AT = 30;
const SAMPLE_CHARACTERS = 64 * 1024;
/** So much is read, and so many records handed on, before whoever pays meanwhile is served. */
const PIECE = 4096;
const RECORDS_A_TURN = 200;

export interface Layout {
  delimiter: string;
  headerLine: number;
  header: readonly string[];
  columns: Columns;
  titles: Titles;
  kind: Kind;
  /** Titles of columns that are not read. */
  unread: readonly string[];
}
/** Finds the header and what it makes of the file; it must have the titles `given`. Throws FileRefused. */
export async function layoutOf(
  file: TextFile,
  mapping: Mapping,
  given: readonly string[] = [],
): Promise<Layout> {
  const sample = await firstLines(file);
  let best: { delimiter: string; header: readonly string[]; line: number; score: number } | undefined;
  for (const delimiter of DELIMITERS) {
    for (const { cells, line } of sampleRecords(sample, delimiter)) {
      const score = headerScore(cells, mapping);
      if (score > (best?.score ?? 1)) best = { delimiter, header: cells, line, score };
    }
  }
  if (best === undefined) throw noHeader(sample);
  refuseDamagedTitles(best.header, best.line, (title) => headerScore([title], mapping) === 1);
  refuseAbsent(given, best.header, best.line);
  const { columns, kind, unread } = readHeader(best.header, best.line, mapping);
  const { delimiter, header, line } = best;
  const titles: Titles = Object.fromEntries(
    [...columns].map(([field, index]) => [field, (header[index] ?? '').replace(/\s+/g, ' ').trim()]),
  );
  return { delimiter, headerLine: line, header, columns, titles, kind, unread };
}

/** What to say of a file that has no line of titles; the widest line is the likeliest. */
function noHeader(sample: string): FileRefused {
  const lines = DELIMITERS.flatMap((delimiter) => sampleRecords(sample, delimiter));
  const filled = (cells: readonly string[]) => cells.filter((cell) => cell.trim() !== '').length;
  const none: Pick<CsvRecord, 'cells' | 'line'> = { cells: [], line: 0 };
  const widest = lines.reduce((most, line) => (filled(line.cells) > filled(most.cells) ? line : most), none);
  // Damaged titles may be why none is known.
  refuseDamagedTitles(widest.cells, widest.line, () => false);
  return unknownColumns(widest.cells, widest.line);
}

function refuseAbsent(given: readonly string[], header: readonly string[], line: number): void {
  const titles = header.map(rememberedTitle);
  const absent = given.find((title) => !titles.includes(rememberedTitle(title)));
  if (absent === undefined) return;
  throw new FileRefused(
    refusal(
      `--column : aucune colonne de ce fichier ne s’appelle « ${absent} ». Titres lus : ${header.join(' | ')}.`,
      `--column: no column of this file is called “${absent}”. Titles as read: ${header.join(' | ')}.`,
    ),
    line,
  );
}

/** The records after the header that have some text, one at a time: memory does not grow with the file. */
export async function* recordsOf(
  file: TextFile,
  layout: Pick<Layout, 'delimiter' | 'headerLine'>,
): AsyncGenerator<CsvRecord> {
  const reader = new CsvReader(layout.delimiter);
  let records = 0;
  const wanted = ({ line, cells }: CsvRecord) => line > layout.headerLine && cells !== BLANK;
  try {
    for await (const chunk of file.chunks()) {
      for (let at = 0; at < chunk.length; at += PIECE) {
        for (const record of reader.read(chunk.slice(at, at + PIECE))) {
          // Blank lines and repeats never come to the database, where others would get their turn.
          if (++records % RECORDS_A_TURN === 0) await nextTurn();
          if (wanted(record)) yield record;
        }
        await nextTurn();
      }
    }
    for (const record of reader.end()) if (wanted(record)) yield record;
  } catch (error) {
    throw unreadable(error);
  }
}

/** Enough to find the titles. */
export async function firstLines(file: TextFile): Promise<string> {
  let sample = '';
  for await (const chunk of file.chunks()) {
    sample += chunk;
    if (sample.length >= SAMPLE_CHARACTERS) break;
  }
  return sample.slice(0, SAMPLE_CHARACTERS);
}

/** The first records of it. */
export function sampleRecords(sample: string, delimiter: string): CsvRecord[] {
  const found: CsvRecord[] = [];
  try {
    for (const record of new CsvReader(delimiter).read(`${sample}\n`)) {
      found.push(record);
      if (found.length === LOOK_AT) break;
    }
  } catch {
    // Another delimiter, or a sample cut in a quoted cell: what was read so far is enough to look at.
  }
  return found;
}

function unreadable(error: unknown): unknown {
  if (!(error instanceof CsvTrouble)) return error;
  const why = {
    'never-closed': refusal(
      'Un guillemet (") est ouvert dans cette ligne et jamais fermé. Corrigez-la, ou exportez le fichier de nouveau.',
      'A quotation mark (") is opened in this line and never closed. Correct it, or export the file again.',
    ),
    'misplaced-quote': refusal(
      'Un guillemet (") est mal placé dans cette ligne. Corrigez-la, ou exportez le fichier de nouveau.',
      'A quotation mark (") is misplaced in this line. Correct it, or export the file again.',
    ),
    'too-long': refusal(
      'Cette ligne est démesurée. Corrigez-la, ou exportez le fichier de nouveau.',
      'This line is far too long. Correct it, or export the file again.',
    ),
  }[error.kind];
  return new FileRefused(why, error.line);
}
