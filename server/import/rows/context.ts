// What deciding about a row needs to know, and where its writes wait until the whole file is sound.
import type { Deps } from '../../deps.ts';
import { newId } from '../../deps.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';
import type { Cells, Titles } from '../reading/columns.ts';
import type { DayReading } from '../reading/dates.ts';
import { CellRefused, type Refusal } from '../refusal.ts';

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
    };

export type Target =
  | 'holders'
  | 'certificates'
  | 'invoices'
  | 'invoice_lines'
  | 'endorsements'
  | 'ledger_entries';
export interface Write {
  target: Target;
  lookup?: string;
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
}

export class ImportContext {
  readonly deps: Deps;
  readonly importId: string;
  readonly days: DayReading;
  readonly certificateWidth: number | null;
  readonly invoiceWidth: number | null;
  readonly warnings: { line?: number; message: Refusal }[] = [];
  /** How many rows were let through for each cause. */
  readonly allowed = new Map<EvenSo, number>();
  /** Causes that the row at hand was let through for. */
  readonly #here = new Set<EvenSo>();
  readonly #evenSo: readonly EvenSo[];
  #writes: Write[] = [];
  #seq = 0;

  constructor(deps: Deps, importId: string, evidence: ImportEvidence) {
    this.deps = deps;
    this.importId = importId;
    this.days = evidence.days;
    this.certificateWidth = evidence.certificateWidth;
    this.invoiceWidth = evidence.invoiceWidth;
    this.#evenSo = evidence.evenSo;
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
    return newId(this.deps);
  }
  write(write: Write): void {
    this.#writes.push(write);
  }
  /** Puts the chunk's writes on the pile. */
  async flush(): Promise<void> {
    if (this.#writes.length === 0) return;
    const rows = this.#writes.map((write) => [++this.#seq, write.target, write.lookup ?? null, write.data]);
    this.#writes = [];
    await this.deps.db.execute(
      `INSERT INTO import_writes(import_id, seq, target, lookup, data)
       SELECT ?1, value ->> 0, value ->> 1, value ->> 2, jsonb(value -> 3) FROM json_each(?2) WHERE true
       ON CONFLICT(import_id, seq) DO NOTHING`,
      [this.importId, JSON.stringify(rows)],
    );
  }

  /** Staged writes of earlier chunks by their lookup keys. */
  async staged(
    target: Target,
    lookups: readonly string[],
  ): Promise<{ lookup: string; data: Record<string, string | number | null> }[]> {
    const { rows } = await this.deps.db.execute<{ lookup: string; data: string }>(
      `SELECT lookup, json(data) AS data FROM import_writes WHERE import_id = ? AND target = ? AND lookup IN (SELECT value FROM json_each(?))`,
      [this.importId, target, JSON.stringify(lookups)],
    );
    return rows.map((row) => ({
      lookup: row.lookup,
      data: JSON.parse(row.data) as Record<string, string | number | null>,
    }));
  }
}
