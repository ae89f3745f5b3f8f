// What a screen shows of the server: on its way, there, or not to be had. A screen makes one, and draws it with `show`.
import { html, nothing } from 'lit';
import { CallProblem } from '../client/problem.ts';
import { press, waiting } from '../controls/parts.ts';
import type { Page } from './desk.ts';
import { problemText } from './problem-text.ts';

export class Fetched<T> {
  /** What came last. */
  value: T | undefined;
  /** When, milliseconds since 1970. */
  at = 0;
  #problem: CallProblem | null = null;
  #turn = 0;
  readonly #page: Page;
  readonly #ask: () => Promise<T>;

  /** Asks at once. `ask` is called again by « Réessayer » and by `load`. */
  constructor(page: Page, ask: () => Promise<T>) {
    this.#page = page;
    this.#ask = ask;
    void this.load();
  }

  /** Asks anew; what is shown stays until the answer is here. */
  async load(): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    this.#problem = null;
    this.#page.redraw();
    try {
      const value = await this.#ask();
      if (turn !== this.#turn) return;
      this.value = value;
      this.at = Date.now();
    } catch (error) {
      if (!(error instanceof CallProblem)) throw error;
      if (turn === this.#turn) this.#problem = error;
    }
    this.#page.redraw();
  }

  /**
   * The sign that it is on its way, what went wrong with « Réessayer », and what `draw` makes of what came last: an older
   * state is better than none.
   */
  show(draw: (value: T) => unknown): unknown {
    const { words } = this.#page;
    const problem =
      this.#problem === null
        ? nothing
        : html`<div class="notice error" role="alert">
            ${problemText(this.#page, this.#problem)}
            <p>${press({ ...words, busy: false }, 'problem.retry', 'secondary', () => void this.load())}</p>
          </div>`;
    if (this.value !== undefined) return html`${problem} ${draw(this.value)}`;
    return problem === nothing ? waiting(words, 'shell.loading') : problem;
  }
}
