// Another process may hold the database's write lock. Whoever needs it waits by timers, so that everything else of this
// process goes on, for half a minute at most.
import { isBusy } from './db.ts';

const PATIENCE_MS = 30_000;
const MOMENT_MS = 100;

type Work<T> = () => T | Promise<T>;

/** Runs work that may find the database locked. What it throws at the end of its patience is the last refusal. */
export class LockQueue {
  #waiting = 0;
  /** The end of the last of those who wait; its value is the refusal, where there was one. */
  #last: Promise<unknown> = Promise.resolve();
  readonly #longestPauseMs: number;

  constructor(longestPauseMs: number) {
    this.#longestPauseMs = longestPauseMs;
  }

  /** At once where nobody waits, else after those who do: one tries for all, and then each in turn. */
  async inTurn<T>(work: Work<T>): Promise<T> {
    if (this.#waiting > 0) return await this.#queued(work);
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error)) throw error;
      return await this.#queued(work, error);
    }
  }

  /** For whoever only asks whether the lock is free: waits for a moment, ahead of everyone. */
  async briefly<T>(work: Work<T>): Promise<T> {
    return await this.#retrying(work, performance.now() + MOMENT_MS);
  }

  async #queued<T>(work: Work<T>, refused?: unknown): Promise<T> {
    const until = performance.now() + PATIENCE_MS;
    this.#waiting++;
    const mine = this.#last.then(async (before) => {
      // Many may have waited: between two of them everything else has its turn.
      await new Promise<void>((resolve) => setImmediate(resolve));
      return await this.#retrying(work, until, refused ?? before);
    });
    this.#last = mine.then(
      () => undefined,
      (error: unknown) => (isBusy(error) ? error : undefined),
    );
    return await mine.finally(() => this.#waiting--);
  }

  async #retrying<T>(work: Work<T>, until: number, refused?: unknown): Promise<T> {
    let error = refused;
    for (let attempt = 0; ; attempt++) {
      // Where it was refused to the one before, and no time is left to wait, it need not be tried again.
      if (error !== undefined && performance.now() >= until) throw error;
      if (error !== undefined) {
        const pauseMs = Math.min(this.#longestPauseMs, 2 ** attempt);
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
      try {
        return await work();
      } catch (failure) {
        if (!isBusy(failure)) throw failure;
        error = failure;
      }
    }
  }
}
