// A bounded queue for costly work such as hashing: so many tasks at once, so many waiting, and none for long; beyond that the
// caller is refused and may try again, since a queue without a bound hides an overload until nothing is answered.
import { Problem } from './problems/problem.ts';

const RETRY_AFTER_S = 2;

interface Bounds {
  /** Tasks side by side. */
  atOnce: number;
  /** More may wait, in order. */
  places: number;
  /** Whoever has waited so many milliseconds is told to come back, where the call says nothing else. */
  patienceMs: number;
}

export class BoundedQueue {
  #free: number;
  readonly #bounds: Bounds;
  /** First come, first; each with when it came. */
  readonly #waiting = new Map<() => void, number>();

  constructor(bounds: Bounds) {
    this.#free = bounds.atOnce;
    this.#bounds = bounds;
  }

  /** Runs `work` when its turn has come. Throws `busy` when the queue is full, or its turn does not come in time. */
  async run<T>(work: () => Promise<T>, patienceMs = this.#bounds.patienceMs): Promise<T> {
    this.refuseIfFull(patienceMs);
    if (this.#free > 0) this.#free--;
    else await this.#turn(patienceMs);
    try {
      return await work();
    } finally {
      const [next] = this.#waiting.keys();
      if (next === undefined) this.#free++;
      else next(); // its place passes on, so nobody new can slip in between
    }
  }

  /**
   * Throws `busy` where `run` would, for whoever can be told before other work is done for her. The queue is also full while the
   * first of those who wait has waited for half of the patience: a newcomer would wait as long, and more.
   */
  refuseIfFull(patienceMs = this.#bounds.patienceMs): void {
    if (this.#free > 0) return;
    const [first = Number.POSITIVE_INFINITY] = this.#waiting.values();
    if (this.#waiting.size >= this.#bounds.places || performance.now() - first > patienceMs / 2) throw busy();
  }

  #turn(patienceMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const next = () => {
        clearTimeout(timer);
        this.#waiting.delete(next);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(next);
        reject(busy());
      }, patienceMs);
      this.#waiting.set(next, performance.now());
    });
  }
}

function busy(): Problem {
  return new Problem('busy', { retryAfter: RETRY_AFTER_S });
}
