// How many rows an import writes at once. Whoever pays waits while it holds the write lock: so each of its transactions is as
// large as takes some milliseconds, on this machine, as busy as it is now.
import type { ImportDeps } from '../import-deps.ts';

/** Of the rows, under the lock. « Confirmer » asks for the lock several times, and may find it taken each time. */
const AIM_MS = 12;
const FIRST = 200;
/** Each transaction has a cost of its own, to which smaller ones add. */
const FEWEST = 50;
const MOST = 1_500;
/** At once: one slow moment is not the machine. */
const LARGEST_STEP = 2;

export class Pace {
  #rows = FIRST;
  /** What a transaction without rows takes: the disk, or the way to a server, which holds nobody up for longer with more rows. */
  readonly #emptyMs: number;

  private constructor(emptyMs: number) {
    this.#emptyMs = emptyMs;
  }

  /** By what a transaction without rows takes, which `empty` makes. */
  static async measured(deps: Pick<ImportDeps, 'now'>, empty: () => Promise<unknown>): Promise<Pace> {
    const started = deps.now();
    await empty();
    return new Pace(deps.now() - started);
  }

  /** For the next transaction. */
  get rows(): number {
    return this.#rows;
  }

  /** What one with so many took. */
  saw(rows: number, ms: number): void {
    const heldMs = Math.max(0.1, ms - this.#emptyMs);
    // A last, small one says little of larger ones.
    if (rows < this.#rows && heldMs < AIM_MS) return;
    const step = Math.min(LARGEST_STEP, Math.max(1 / LARGEST_STEP, AIM_MS / heldMs));
    this.#rows = Math.round(Math.min(MOST, Math.max(FEWEST, rows * step)));
  }
}
