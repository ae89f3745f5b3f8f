// How often one link of a receipt may be followed: more often than any person or program of hers does. Counted in this process
// only: to be had again, a receipt writes nothing.
import type { Deps } from '../deps.ts';
import { Problem } from '../problems/problem.ts';

/** At once, and then one more each `EACH_MS`. */
const BURST = 30;
const EACH_MS = 10_000;
/** Links live for a quarter of an hour. */
const REMEMBERED = 10_000;

export class Fetches {
  readonly #now: () => number;
  /** When each link has all its fetches again, oldest first. */
  readonly #until = new Map<string, number>();

  constructor({ now }: Pick<Deps, 'now'>) {
    this.#now = now;
  }

  /** Takes one fetch of a link of ours. Throws `too-many-requests`. */
  take(link: string): void {
    const now = this.#now();
    const until = Math.max(this.#until.get(link) ?? now, now) + EACH_MS;
    const waitMs = until - now - BURST * EACH_MS;
    if (waitMs > 0) throw new Problem('too-many-requests', { retryAfter: Math.ceil(waitMs / 1000) });
    this.#until.delete(link);
    this.#until.set(link, until);
    const [oldest = ''] = this.#until.keys();
    if (this.#until.size > REMEMBERED) this.#until.delete(oldest);
  }
}
