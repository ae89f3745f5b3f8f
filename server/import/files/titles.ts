// What stands in a file's columns: its titles with some samples, and what we take each for.
import {
  type Field,
  fieldOf,
  headerScore,
  type Mapping,
  rememberedTitle,
} from '../reading/columns/fields.ts';
import type { CsvRecord } from '../reading/csv-records.ts';
import { openText } from '../reading/decode.ts';
import { DELIMITERS, firstLines, recordsOf, sampleRecords } from '../reading/layout.ts';
import type { TextFile } from '../reading/text-file.ts';
import { FileRefused, refusal } from '../refusal.ts';
import { MAX_ROWS } from './store.ts';

const SAMPLES = 3;
const LONGEST_SAMPLE = 60;

export interface FileTitles {
  /** The sheets of a workbook of which one is to be chosen; empty otherwise. */
  sheets: string[];
  /** Where the titles stand. */
  delimiter: string;
  line: number;
  rows: number;
  columns: { title: string; samples: string[] }[];
}
export interface ColumnView {
  title: string;
  /** The first values that are not empty. */
  samples: string[];
  /** What we take it for; null: we do not know it. */
  guess: Field | null;
  /** What staff said it is. */
  chosen: Field | 'ignore' | null;
}

const NONE: FileTitles = { sheets: [], delimiter: ';', line: 0, rows: 0, columns: [] };

/** The titles of a file, known or not. Throws FileRefused for one that cannot be read, or has too many rows. */
export async function titlesOf(
  bytes: Uint8Array,
  sheet: string | null,
  mapping: Mapping,
): Promise<FileTitles> {
  let file: TextFile;
  try {
    file = await openText(bytes, sheet ?? undefined);
  } catch (error) {
    if (error instanceof FileRefused && error.why.sheets !== undefined)
      return { ...NONE, sheets: error.why.sheets };
    throw error;
  }
  const { header, delimiter } = headerOf(await firstLines(file), mapping);
  const columns = header.cells.map((title) => ({
    title: title.replace(/\s+/g, ' ').trim(),
    samples: [] as string[],
  }));
  let rows = 0;
  for await (const { cells } of recordsOf(file, { delimiter, headerLine: header.line })) {
    rows += 1;
    if (rows > MAX_ROWS)
      throw new FileRefused(
        refusal(
          `Ce fichier a plus de ${MAX_ROWS} lignes. Divisez-le en plusieurs fichiers.`,
          `This file has more than ${MAX_ROWS} rows. Split it into several files.`,
        ),
      );
    for (const [i, column] of columns.entries()) {
      const text = (cells[i] ?? '').trim();
      if (text !== '' && column.samples.length < SAMPLES) column.samples.push(text.slice(0, LONGEST_SAMPLE));
    }
  }
  return { sheets: [], delimiter, line: header.line, rows, columns };
}

/** The line with most titles that are known; where none is, the first of the widest lines. */
function headerOf(sample: string, mapping: Mapping): { header: CsvRecord; delimiter: string } {
  const filled = (cells: readonly string[]) => cells.filter((cell) => cell.trim() !== '').length;
  let best: { header: CsvRecord; delimiter: string; score: number; wide: number } | undefined;
  for (const delimiter of DELIMITERS)
    for (const header of sampleRecords(sample, delimiter)) {
      const [score, wide] = [headerScore(header.cells, mapping), filled(header.cells)];
      if (wide < 2) continue;
      const known = score > 1 ? score : 0;
      if (best === undefined || known > best.score || (best.score === 0 && known === 0 && wide > best.wide))
        best = { header, delimiter, score: known, wide };
    }
  if (best === undefined)
    throw new FileRefused(
      refusal(
        'Ce fichier n’a pas de colonnes : aucune ligne n’a deux cellules.',
        'This file has no columns: no line has two cells.',
      ),
    );
  return best;
}

/** The same with what we take each for. */
export function columnsOf(titles: FileTitles, mapping: Mapping): ColumnView[] {
  return titles.columns
    .filter(({ title }) => title !== '')
    .map(({ title, samples }) => {
      const guess = fieldOf(title, new Map());
      return {
        title,
        samples,
        guess: guess === undefined || guess === 'ignore' ? null : guess,
        chosen: mapping.get(rememberedTitle(title)) ?? null,
      };
    });
}
