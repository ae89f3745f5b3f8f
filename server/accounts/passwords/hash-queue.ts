// A bounded queue for costly work such as hashing: so many tasks at once, so many waiting; beyond that the caller is refused
// and may try again, since a queue without a bound hides an overload until nothing is answered.
import { Problem } from '../../problems/problem.ts';

const RETRY_AFTER_S = 2;

export class HashQueue {
  #free: number;
  readonly #places: number;
  readonly #waiting: (() => void)[] = [];

  /** `atOnce` tasks side by side; up to `places` more wait, in order. */
  constructor(atOnce: number, places: number) {
    this.#free = atOnce;
    this.#places = places;
  }

  /** Runs `work` when its turn has come. Throws `busy` when the queue is full. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else if (this.#waiting.length >= this.#places) throw new Problem('busy', { retryAfter: RETRY_AFTER_S });
    else await new Promise<void>((turn) => this.#waiting.push(turn));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next(); // its place passes on, so nobody new can slip in between
    }
  }
}
