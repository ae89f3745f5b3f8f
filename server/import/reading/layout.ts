// How a file is laid out: its delimiter, the line of its header, and its records with the line where each begins.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CsvError, type Options, parse } from 'csv-parse';
import { parse as parseNow } from 'csv-parse/sync';
import { FileRefused, refusal } from '../refusal.ts';
import {
  type Columns,
  headerScore,
  type Kind,
  type Mapping,
  readHeader,
  rememberedTitle,
  type Titles,
  unknownColumns,
} from './columns.ts';
import type { TextFile } from './decode.ts';

const DELIMITERS = [';', ',', '\t', '|'] as const;
/** The header stands within the first records. */
const LOOK_AT = 30;
const SAMPLE_CHARACTERS = 64 * 1024;
/** Longer than any row that people make; a quote that is never closed swallows the rest of the file. */
const MAX_RECORD = 100_000;
/** So much is parsed, and so many records handed on, before whoever pays meanwhile is served. */
const PIECE_BYTES = 1024;
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
export interface FileRecord {
  line: number;
  cells: string[];
  /** The last one of a file that does not end with an end of line: it may have been cut. */
  unended: boolean;
}

const OPTIONS: Options = {
  bom: true,
  relax_column_count: true,
  relax_quotes: false,
  skip_empty_lines: false,
  max_record_size: MAX_RECORD,
  info: true,
  record_delimiter: ['\r\n', '\n', '\r'],
};

/** Finds the header and what it makes of the file; it must have the titles `given`. Throws FileRefused. */
export async function layoutOf(
  file: TextFile,
  mapping: Mapping,
  given: readonly string[] = [],
): Promise<Layout> {
  const sample = await firstLines(file);
  let best: { delimiter: string; header: string[]; line: number; score: number } | undefined;
  for (const delimiter of DELIMITERS) {
    for (const { cells, line } of sampleRecords(sample, delimiter)) {
      const score = headerScore(cells, mapping);
      if (score > (best?.score ?? 1)) best = { delimiter, header: cells, line, score };
    }
  }
  if (best === undefined) throw unknownColumns();
  refuseAbsent(given, best.header, best.line);
  const { columns, kind, unread } = readHeader(best.header, best.line, mapping);
  const { delimiter, header, line } = best;
  const titles: Titles = Object.fromEntries(
    [...columns].map(([field, index]) => [field, (header[index] ?? '').replace(/\s+/g, ' ').trim()]),
  );
  return { delimiter, headerLine: line, header, columns, titles, kind, unread };
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

/** The records after the header, one at a time: memory does not grow with the file. */
export async function* recordsOf(file: TextFile, layout: Layout): AsyncGenerator<FileRecord> {
  // Known as the parser goes, since it breaks off before handing on the records that it still holds.
  let parsedTo = 0;
  const options: Options = {
    ...OPTIONS,
    delimiter: layout.delimiter,
    on_record: (item: unknown) => {
      parsedTo = (item as { info: { lines: number } }).info.lines;
      return item as string[];
    },
  };
  const parser = parse(options);
  let ended = true;
  const feeding = (async () => {
    for await (const chunk of file.chunks()) {
      if (chunk !== '') ended = /[\r\n]$/.test(chunk);
      const bytes = Buffer.from(chunk);
      for (let at = 0; at < bytes.length; at += PIECE_BYTES)
        await new Promise<void>((resolve, reject) =>
          parser.write(bytes.subarray(at, at + PIECE_BYTES), (error) => (error ? reject(error) : resolve())),
        );
    }
    parser.end();
  })();
  feeding.catch((error: Error) => parser.destroy(error));
  let before = 0;
  let records = 0;
  // One record is held back, so that the last one is known for what it is.
  let held: FileRecord | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      // Blank lines and repeats never come to the database, where others would get their turn.
      records += 1;
      if (records % RECORDS_A_TURN === 0) await nextTurn();
      const line = before + 1;
      before = info.lines;
      if (line <= layout.headerLine) continue;
      if (held !== undefined) yield held;
      held = { line, cells: record, unended: false };
    }
    await feeding;
    if (held !== undefined) yield { ...held, unended: !ended };
  } catch (error) {
    throw unreadable(error, parsedTo + 1);
  }
}

async function firstLines(file: TextFile): Promise<string> {
  let sample = '';
  for await (const chunk of file.chunks()) {
    sample += chunk;
    if (sample.length >= SAMPLE_CHARACTERS) break;
  }
  return sample.slice(0, SAMPLE_CHARACTERS);
}

function sampleRecords(sample: string, delimiter: string): Omit<FileRecord, 'unended'>[] {
  const found: Omit<FileRecord, 'unended'>[] = [];
  let before = 0;
  try {
    parseNow(sample, {
      ...OPTIONS,
      delimiter,
      to: LOOK_AT,
      on_record: (item: unknown) => {
        const { record, info } = item as { record: string[]; info: { lines: number } };
        found.push({ line: before + 1, cells: record });
        before = info.lines;
        return null;
      },
    });
  } catch {
    // Another delimiter, or a sample cut in a quoted cell: what was read so far is enough to look at.
  }
  return found;
}

function unreadable(error: unknown, at: number): unknown {
  const { code = '' } = error as Partial<CsvError>;
  if (code === 'CSV_QUOTE_NOT_CLOSED' || code === 'CSV_MAX_RECORD_SIZE') {
    return new FileRefused(
      refusal(
        'Un guillemet (") est ouvert et jamais fermé, ou une ligne est démesurée. Corrigez cette ligne, ou exportez le fichier de nouveau.',
        'A quotation mark (") is opened and never closed, or a line is far too long. Mend this line, or export the file again.',
      ),
      at,
    );
  }
  if (code.startsWith('CSV_') || code === 'INVALID_OPENING_QUOTE') {
    return new FileRefused(
      refusal(
        'Un guillemet (") est mal placé dans cette ligne. Corrigez-la, ou exportez le fichier de nouveau.',
        'A quotation mark (") is misplaced in this line. Mend it, or export the file again.',
      ),
      at,
    );
  }
  return error;
}
