// A form: what is wrong in its fields, what became of it, and one call at a time. Draw its boxes with `field(form, …)` and
// its button with `submit(form, …)`.
import { html, nothing } from 'lit';
import { CallProblem } from '../client/problem.ts';
import type { FieldView } from '../controls/field.ts';
import type { BusyWords } from '../controls/words.ts';
import type { Values } from '../locales/text.ts';
import type { Page } from './desk.ts';
import { problemText } from './problem-text.ts';
import type { Key } from './words.ts';

export class Form<F extends string> implements FieldView<Key, F, Key>, BusyWords<Key> {
  state: { errors: Partial<Record<F, Key>> } = { errors: {} };
  busy = false;
  /** What she is told above the fields. */
  #notice: unknown = null;
  readonly #page: Page;
  readonly #id: string;

  /** `id` names its notice in the page: one a form. */
  constructor(page: Page, id: string) {
    this.#page = page;
    this.#id = id;
  }

  t(key: Key, values?: Values): unknown {
    return this.#page.words.t(key, values);
  }
  plain(key: Key, values?: Values): string {
    return this.#page.words.plain(key, values);
  }
  say(key: Key): unknown {
    return this.t(key);
  }

  /** To stand above the fields. */
  notice(): unknown {
    return this.#notice === null
      ? nothing
      : html`<div class="notice error" id="${this.#id}-notice" tabindex="-1">${this.#notice}</div>`;
  }

  /** Tells her what to mend; the first of these fields gets the focus. False when there is nothing. */
  refuses(errors: Partial<Record<F, Key>>): boolean {
    this.state = { errors };
    this.#notice = null;
    const [first] = Object.keys(errors);
    this.#page.redraw();
    if (first !== undefined) this.#page.focus(`#${first}`);
    return first !== undefined;
  }

  /**
   * Does it, once at a time. `own`: sentences for refusals that this form has a better one for, or a field that they are
   * about.
   */
  async run(work: () => Promise<unknown>, own: Partial<Record<string, Key | { field: F; key: Key }>> = {}) {
    if (this.busy) return;
    this.busy = true;
    this.state = { errors: {} };
    this.#notice = null;
    this.#page.redraw();
    try {
      await work();
      this.busy = false;
    } catch (error) {
      this.busy = false;
      if (!(error instanceof CallProblem)) throw error;
      this.#failed(error, own);
    }
    this.#page.redraw();
  }

  /** Says it above the fields, and leads there. */
  tells(key: Key): void {
    this.#notice = html`<p>${this.t(key)}</p>`;
    this.#page.redraw();
    this.#page.focus(`#${this.#id}-notice`);
  }

  #failed(problem: CallProblem, own: Partial<Record<string, Key | { field: F; key: Key }>>): void {
    const codes = ((problem.extra.errors ?? []) as { code: string }[]).map(({ code }) => code);
    const better = own[problem.kind] ?? codes.map((code) => own[code]).find((one) => one !== undefined);
    if (typeof better === 'object') {
      this.refuses({ [better.field]: better.key } as Partial<Record<F, Key>>);
      return;
    }
    this.#notice = better === undefined ? problemText(this.#page, problem) : html`<p>${this.t(better)}</p>`;
    this.#page.focus(`#${this.#id}-notice`);
  }
}
