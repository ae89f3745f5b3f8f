// What an import did, or would do: for programs (the contract of `--json`) and for people.

import type { Kind } from './reading/columns/kinds.ts';
import type { Encoding } from './reading/text-file.ts';
import type { Refusal } from './refusal.ts';
import type { FieldConflict } from './rows/edited.ts';

export type Lang = 'fr' | 'en';
export interface ImportReport {
  /** Whether the file's rows are in the database now. */
  imported: boolean;
  dryRun: boolean;
  /** Under which it can be undone, once it is imported. */
  importId: string | null;
  kind: Kind | null;
  encoding: Encoding | null;
  delimiter: string | null;
  /** Data rows: titles, blanks, totals and exact repeats not counted. */
  rows: number;
  accepted: number;
  unchanged: number;
  repeated: number;
  refused: { line: number; reason: string }[];
  /** Sums of the file's amounts over accepted and unchanged rows. */
  totalCents: number;
  balanceCents: number;
  warnings: { line?: number; message: string }[];
  /** Where the file's balance is not ours: ours stands. */
  conflicts: { line: number; invoice: string; fileBalanceCents: number; ourBalanceCents: number }[];
  /** Where both the file and the office's page have changed a field of a holder, and nobody has chosen: the page's stands. */
  fieldConflicts: FieldConflict[];
  /** Accepted and unchanged rows by regroupement. */
  byRegroupement: Record<string, { accepted: number; unchanged: number }>;
  /** How many rows were let through under each cause of `--even-so`. */
  evenSo: Record<string, number>;
  /** Titles of columns that are not read. */
  unread: string[];
  /** What accepted rows change in what we had, in words. */
  changes: { line: number; message: string }[];
  /** The file's invoices that we have: how many, how many of them change, what they are for, by how much those change, in cents. */
  known: { invoices: number; changed: number; cents: number; changedByCents: number };
  /** Of a dry run that found something to import: about how long that takes, by what was measured meanwhile. */
  expectedSeconds: number | null;
}

export function emptyReport(dryRun: boolean): ImportReport {
  return {
    imported: false,
    dryRun,
    importId: null,
    kind: null,
    encoding: null,
    delimiter: null,
    rows: 0,
    accepted: 0,
    unchanged: 0,
    repeated: 0,
    refused: [],
    totalCents: 0,
    balanceCents: 0,
    warnings: [],
    conflicts: [],
    fieldConflicts: [],
    byRegroupement: {},
    evenSo: {},
    unread: [],
    changes: [],
    known: { invoices: 0, changed: 0, cents: 0, changedByCents: 0 },
    expectedSeconds: null,
  };
}

/** A list that comes again changes fewer invoices, and less of what they are for. */
const MOST_CHANGED = 0.2;
const MOST_CENTS = 0.1;

/** Whether the file changes more than it should: perhaps it is another one. */
export function isDoubtful({ known }: Pick<ImportReport, 'known'>): boolean {
  const { invoices, changed, cents, changedByCents } = known;
  return invoices > 0 && (changed > invoices * MOST_CHANGED || changedByCents > Math.abs(cents) * MOST_CENTS);
}

export function say(why: Refusal, lang: Lang): string {
  return lang === 'fr' ? why.fr : why.en;
}

/** Lines that are named where one sentence is about many. */
const MOST_LINES = 12;

/** « 3, 4 et 9 »; of many, the first with their number: « 3, 4, 9… (120) ». */
export function listed(lines: readonly number[], and: 'et' | 'and'): string {
  if (lines.length > MOST_LINES) return `${lines.slice(0, MOST_LINES).join(', ')}… (${lines.length})`;
  return lines.length < 2 ? lines.join() : `${lines.slice(0, -1).join(', ')} ${and} ${lines.at(-1)}`;
}
