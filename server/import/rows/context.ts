// What deciding about a row needs to know, and where its writes wait until the whole file is sound.
import type { Db, Statement } from '../../db/db.ts';
import { newId } from '../../deps.ts';
import type { CoordinatingOffice } from '../../regroupements/coordinating-offices.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';
import type { ImportDeps } from '../import-deps.ts';
import type { Cells, Titles } from '../reading/columns/fields.ts';
import type { DayReading } from '../reading/dates.ts';
import { CellRefused, type Refusal } from '../refusal.ts';
import type { Choice, EditedField, FieldConflict } from './edited.ts';
import { COLUMNS, ORDER, type Target } from './targets.ts';

/** A balance in the file that is not ours; ours is kept. */
export interface Conflict {
  invoice: string;
  fileBalanceCents: number;
  ourBalanceCents: number;
}

/** A staged row with its regroupement known. */
export interface Row {
  line: number;
  cells: Cells;
  titles: Titles;
  regroupement: Pick<Regroupement, 'id' | 'slug' | 'certificatePattern' | 'certificateExample'> & {
    invoicePrefix: string | null;
  };
}
export type Verdict =
  | { refused: Refusal }
  | {
      outcome: 'accepted' | 'unchanged';
      totalCents?: number;
      balanceCents?: number;
      change?: Refusal;
      conflict?: Conflict;
      /** Of an invoice that we have: whether it changes itself, what it was for, and by how much that changes, in cents. */
      known?: { changed: boolean; cents: number; changedByCents: number };
    };

export interface Write {
  target: Target;
  lookup?: string;
  /** True for a row that is in the books, or that an earlier row of this file made. */
  changes?: boolean;
  data: Record<string, string | number | null>;
}

/** What an import may be told to let through, each by its name (`--even-so`). */
export const EVEN_SO = ['pattern', 'name', 'more-than-balance'] as const;
export type EvenSo = (typeof EVEN_SO)[number];

/** What the file as a whole showed. */
export interface ImportEvidence {
  days: DayReading;
  /** Digits of all-digit numbers that begin with a zero, when they have one width. */
  certificateWidth: number | null;
  invoiceWidth: number | null;
  evenSo: readonly EvenSo[];
  /** Regroupements of which an import was undone. */
  withUndone?: ReadonlySet<string>;
  /** Given where rows of several kinds come at once: the coordinating offices as they will be; later rows find what earlier ones made. */
  offices?: readonly CoordinatingOffice[];
  /** Whoever reads the report may see her data: changes are told with them. */
  withValues?: boolean;
  /** What stands where a file and the page both have changed a field. */
  choices?: readonly Choice[];
}

/** So many ids are made of one call for random bytes. */
const IDS_AT_ONCE = 512;

export class ImportContext {
  readonly deps: ImportDeps;
  readonly importId: string;
  readonly days: DayReading;
  /** Days of the file by their text, as they were read. */
  readonly readDays = new Map<string, string>();
  /** Years that the books have numbers of, by regroupement and prefix. */
  readonly yearsBehind = new Map<string, readonly string[]>();
  readonly certificateWidth: number | null;
  readonly invoiceWidth: number | null;
  readonly warnings: { line?: number; message: Refusal }[] = [];
  /** How many rows were let through for each cause. */
  readonly allowed = new Map<EvenSo, number>();
  readonly offices: readonly CoordinatingOffice[] | null;
  readonly withValues: boolean;
  /** Fields that a file and the page both have changed, and nobody has chosen. */
  readonly fieldConflicts: FieldConflict[] = [];
  readonly #choices: readonly Choice[];
  readonly #withUndone: ReadonlySet<string>;
  readonly #staging: Db;
  /** Causes that the row at hand was let through for. */
  readonly #here = new Set<EvenSo>();
  readonly #evenSo: readonly EvenSo[];
  #writes: Write[] = [];
  #made = 0;
  #random: Uint8Array = new Uint8Array();

  constructor(deps: ImportDeps, staging: Db, importId: string, evidence: ImportEvidence) {
    this.deps = deps;
    this.#staging = staging;
    this.importId = importId;
    this.days = evidence.days;
    this.certificateWidth = evidence.certificateWidth;
    this.invoiceWidth = evidence.invoiceWidth;
    this.#evenSo = evidence.evenSo;
    this.offices = evidence.offices ?? null;
    this.withValues = evidence.withValues ?? false;
    this.#choices = evidence.choices ?? [];
    this.#withUndone = evidence.withUndone ?? new Set();
  }

  /** Where later rows of another kind find what this one makes; nothing in a file, which is of one kind. */
  foundBy(regroupementId: string, key: string): { lookup?: string } {
    return this.offices === null ? {} : { lookup: `${regroupementId}|${key}` };
  }

  choiceOf(holderId: string, field: EditedField): 'file' | 'page' | undefined {
    return this.#choices.find((one) => one.holderId === holderId && one.field === field)?.take;
  }

  /** What an entry posts, once (M3): once more where an undone import may have posted it before. */
  source(regroupementId: string, source: string): string {
    return this.#withUndone.has(regroupementId) ? `${source}:${this.importId}` : source;
  }

  /** Whether this cause is let through for the row at hand. */
  allows(cause: EvenSo): boolean {
    if (!this.#evenSo.includes(cause)) return false;
    this.#here.add(cause);
    return true;
  }
  /** A verdict on each row: a cell that cannot be read refuses it; what it was let through for counts if it comes in. */
  judgeEach(rows: readonly Row[], decide: (row: Row) => Verdict): Verdict[] {
    return rows.map((row) => {
      this.#here.clear();
      try {
        const verdict = decide(row);
        if (!('refused' in verdict))
          for (const cause of this.#here) this.allowed.set(cause, (this.allowed.get(cause) ?? 0) + 1);
        return verdict;
      } catch (error) {
        if (error instanceof CellRefused) return { refused: error.why };
        throw error;
      }
    });
  }
  id(): string {
    return newId({ now: this.deps.now, randomBytes: (n) => this.#randomBytes(n) });
  }
  /** The number of an invoice's lines to come: nobody who redraws it meanwhile (M6) takes the same. */
  revisionAfter(revision: number): number {
    return Math.max(revision + 1, Math.floor(this.deps.now() / 1000));
  }
  write(write: Write): void {
    this.#writes.push(write);
  }
  /** Puts the chunk's writes on the pile. */
  async flush(): Promise<void> {
    const writes = this.#writes;
    if (writes.length === 0) return;
    this.#writes = [];
    const made = writes.filter(({ lookup }) => lookup !== undefined);
    await this.#staging.batch([
      ...ORDER.flatMap((target) => {
        const of = (changes: boolean) =>
          writes.filter((write) => write.target === target && (write.changes ?? false) === changes);
        const [added, changed] = [of(false), of(true)];
        return [
          ...pile(
            target,
            0,
            added.map(({ data }) => COLUMNS[target].map((column) => data[column] ?? null)),
          ),
          ...pile(
            target,
            1,
            // The last one, of a row that changes twice.
            [...new Map(changed.map(({ data }) => [data.id, data])).values()],
          ),
        ];
      }),
      {
        sql: `INSERT INTO import_made(target, lookup, seq, data)
              SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?)`,
        args: [
          JSON.stringify(
            made.map(({ target, lookup, data }) => [target, lookup, ++this.#made, JSON.stringify(data)]),
          ),
        ],
      },
    ]);
  }

  /** As `staged`, where rows of several kinds come at once; nothing in a file. */
  async madeNow(
    target: Target,
    lookups: readonly string[],
  ): Promise<Record<string, string | number | null>[]> {
    return this.offices === null ? [] : (await this.staged(target, lookups)).map(({ data }) => data);
  }

  /** Staged writes of earlier chunks by their lookup keys. */
  async staged(
    target: Target,
    lookups: readonly string[],
  ): Promise<{ lookup: string; data: Record<string, string | number | null> }[]> {
    if (lookups.length === 0) return [];
    const { rows } = await this.#staging.execute<{ lookup: string; data: string }>(
      `SELECT lookup, data FROM import_made WHERE target = ? AND lookup IN (SELECT value FROM json_each(?)) ORDER BY seq`,
      [target, JSON.stringify(lookups)],
    );
    return rows.map((row) => ({
      lookup: row.lookup,
      data: JSON.parse(row.data) as Record<string, string | number | null>,
    }));
  }

  #randomBytes(n: number): Uint8Array {
    if (this.#random.length < n) this.#random = this.deps.randomBytes(n * IDS_AT_ONCE);
    const taken = this.#random.subarray(0, n);
    this.#random = this.#random.subarray(n);
    return taken;
  }
}

function pile(target: Target, changes: 0 | 1, rows: readonly unknown[]): Statement[] {
  if (rows.length === 0) return [];
  return [
    {
      sql: 'INSERT INTO import_writes(target, changes, many, rows) VALUES (?, ?, ?, ?)',
      args: [target, changes, rows.length, JSON.stringify(rows)],
    },
  ];
}
