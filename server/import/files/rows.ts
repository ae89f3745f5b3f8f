// What became of the rows of a kept file, and those that were refused as a file again, to be corrected.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CSV_MARK, csvLine } from '../../csv.ts';
import { openText } from '../reading/decode.ts';
import { recordsOf } from '../reading/layout.ts';
import { FileRefused } from '../refusal.ts';
import type { ImportReport } from '../report.ts';
import type { EditedField } from '../rows/edited.ts';
import { inPage } from './page-words.ts';
import { type FileDeps, readParts, type StoredFile, writeParts } from './store.ts';
import type { FileTitles } from './titles.ts';

export interface FileRow {
  line: number;
  state: 'refused' | 'changed' | 'conflict' | 'choice' | 'warning';
  message: string;
  /** Of a field to choose. */
  choice?: { holderId: string; field: EditedField; file: string | null; page: string | null };
}

const LISTS = ['refused', 'changes', 'conflicts', 'fieldConflicts', 'warnings'] as const;
const ROWS_A_LINE = 500;

/** Keeps what a preview or import said, some rows a line: nobody else waits for the text of a hundred thousand. */
export async function keepReport(deps: FileDeps, file: StoredFile, report: ImportReport): Promise<void> {
  const lineOf = (part: Partial<ImportReport>) => Buffer.from(`${JSON.stringify(part)}\n`);
  const lines = [lineOf({ ...report, ...Object.fromEntries(LISTS.map((list) => [list, []])) })];
  for (const list of LISTS)
    for (let at = 0; at < report[list].length; at += ROWS_A_LINE) {
      lines.push(lineOf({ [list]: report[list].slice(at, at + ROWS_A_LINE) }));
      await nextTurn();
    }
  await writeParts(deps, file, 'report', Buffer.concat(lines));
}

/** What the last preview or import said; null before there was one. */
export async function reportOf(deps: FileDeps, file: StoredFile): Promise<ImportReport | null> {
  const bytes = Buffer.from((await readParts(deps, file, 'report')).buffer);
  let report: ImportReport | null = null;
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf('\n', from);
    const part = JSON.parse(bytes.toString('utf8', from, end)) as ImportReport;
    if (report === null) report = part;
    else for (const list of LISTS) (report[list] as unknown[]).push(...(part[list] ?? []));
    from = end + 1;
    await nextTurn();
  }
  return report;
}

export async function titlesKept(deps: FileDeps, file: StoredFile): Promise<FileTitles> {
  return JSON.parse(new TextDecoder().decode(await readParts(deps, file, 'titles'))) as FileTitles;
}

const CHOOSE = {
  fr: 'le fichier et la page ont changé ce champ tous les deux : choisissez.',
  en: 'the file and the page both have changed this field: choose.',
};

/** Rows of which something is said, in the order of the file. */
export function rowsOf(report: ImportReport, lang: 'fr' | 'en'): FileRow[] {
  const dollars = new Intl.NumberFormat(`${lang}-CA`, { style: 'currency', currency: 'CAD' });
  const conflict = ({ invoice, fileBalanceCents, ourBalanceCents }: ImportReport['conflicts'][number]) => {
    const [file, ours] = [dollars.format(fileBalanceCents / 100), dollars.format(ourBalanceCents / 100)];
    return lang === 'fr'
      ? `la facture ${invoice} : le fichier dit un solde de ${file}, le nôtre est de ${ours}; le nôtre reste.`
      : `invoice ${invoice}: the file says a balance of ${file}, ours is ${ours}; ours stays.`;
  };
  const rows: FileRow[] = [
    ...report.refused.map(({ line, reason }) => ({ line, state: 'refused' as const, message: reason })),
    ...report.changes.map(({ line, message }) => ({ line, state: 'changed' as const, message })),
    ...report.conflicts.map((one) => ({
      line: one.line,
      state: 'conflict' as const,
      message: conflict(one),
    })),
    ...report.fieldConflicts.map(({ line, ...choice }) => ({
      line,
      state: 'choice' as const,
      message: CHOOSE[lang],
      choice,
    })),
    ...report.warnings.map(({ line = 0, message }) => ({ line, state: 'warning' as const, message })),
  ];
  return rows.sort((a, b) => a.line - b.line);
}

/** The refused rows, as they are in the file, with « raison » beside them: CSV, to be corrected and brought in. */
export async function* refusedCsv(deps: FileDeps, file: StoredFile): AsyncGenerator<string> {
  const report = await reportOf(deps, file);
  const { delimiter, line, columns } = await titlesKept(deps, file);
  const reasons = new Map(report?.refused.map((row) => [row.line, row.reason]));
  const titles = columns.map(({ title }) => title);
  yield CSV_MARK + csvLine([...titles, RAISON]);
  const text = await openText(await readParts(deps, file, 'file'), file.sheet ?? undefined);
  try {
    for await (const record of recordsOf(text, { delimiter, headerLine: line })) {
      const why = reasons.get(record.line);
      if (why !== undefined) yield csvLine([...titles.map((_, i) => record.cells[i] ?? ''), inPage(why)]);
    }
  } catch (error) {
    // A file that cannot be read to its end: what was read is given.
    if (!(error instanceof FileRefused)) throw error;
  }
}
const RAISON = 'raison';
