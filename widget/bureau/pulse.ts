// What is new in the regroupement: one poll of the events' cursor, for the number beside « À traiter » and for the screen that
// follows it.
import { CallProblem } from '../client/problem.ts';
import type { Desk } from './desk.ts';

const EVERY_MS = 30_000;
/** How long after her last act it still asks: a session that nobody uses ends. */
const IDLE_MS = 5 * 60_000;
/** What comes with time alone, a payment unconfirmed for an hour, makes no event. */
const STALE_MS = 5 * 60_000;

export class Pulse {
  /** How many things wait for a person; null while it is not known. */
  waiting: number | null = null;
  readonly #files: Desk['files'];
  readonly #redraw: () => void;
  #follower: (() => void) | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #newest: number | null = null;
  #acted = Date.now();
  #refreshed = 0;
  #stopped = false;

  constructor(files: Desk['files'], redraw: () => void) {
    this.#files = files;
    this.#redraw = redraw;
  }

  /** Asks now, and then every 30 s while the page is seen and used. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(this.#ask, EVERY_MS);
    addEventListener('pointerdown', this.#act);
    addEventListener('keydown', this.#act);
    document.addEventListener('visibilitychange', this.#ask);
    void this.#ask();
  }

  /** For good: what is being asked comes to nothing. */
  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
    removeEventListener('pointerdown', this.#act);
    removeEventListener('keydown', this.#act);
    document.removeEventListener('visibilitychange', this.#ask);
  }

  /** From now on `refresh` is called when something is new, and is what reports how many wait; null: nobody follows. */
  follow(refresh: (() => void) | null): void {
    this.#follower = refresh;
  }

  /** How many wait, by kind or in all, from whoever has just asked. */
  report(counts: number | Readonly<Record<string, number>>): void {
    this.waiting = typeof counts === 'number' ? counts : sum(counts);
    this.#refreshed = Date.now();
    this.#redraw();
  }

  readonly #act = () => {
    this.#acted = Date.now();
  };

  readonly #ask = async () => {
    if (document.visibilityState !== 'visible' || Date.now() - this.#acted > IDLE_MS) return;
    try {
      // Without `after` it answers where the cursor stands: whether it moved is all that is asked.
      const { next } = await this.#files('$get', '/events', {});
      if (this.#stopped) return;
      const first = this.#newest === null;
      const news = next !== this.#newest || Date.now() - this.#refreshed > STALE_MS;
      this.#newest = next;
      if (!news) return;
      if (this.#follower === null)
        this.report((await this.#files('$get', '/worklist', { query: { limit: '1' } })).counts);
      // It has just been opened, and asks by itself.
      else if (!first) this.#follower();
    } catch (error) {
      // It asks again soon; what she does meanwhile tells her what is wrong.
      if (!(error instanceof CallProblem)) throw error;
    }
  };
}

export const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((total, one) => total + one, 0);
