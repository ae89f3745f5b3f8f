// What is done to a file in a dialog: its boxes, one button, and what became of it. A lost answer is asked for again under the
// same key, so that nothing is done twice; what the server doubts is confirmed by its cause.
import { html, nothing } from 'lit';
import { CallProblem } from '../../client/problem.ts';
import { submit } from '../../controls/parts.ts';
import { closeDialog, dialog } from '../controls/dialog.ts';
import type { Desk } from '../desk.ts';
import { Form } from '../form.ts';
import type { Key } from '../words.ts';

/** The boxes that acts have. */
export type Box =
  | 'act-amount'
  | 'act-dates'
  | 'act-day'
  | `act-${'day' | 'amount'}-${0 | 1 | 2 | 3}`
  | 'act-days'
  | 'act-fee'
  | 'act-reason'
  | 'act-reference'
  | 'act-target';

/** One act, on one thing. */
export interface Act {
  title: unknown;
  intro?: unknown;
  boxes(form: Form<Box>): unknown;
  /** On the button that does it. */
  yes: Key;
  /** What has to be mended in what she typed. */
  wrong(typed: Typed): Partial<Record<Box, Key>>;
  /** What it will come to, where the boxes do not say it: she sees that before the button does it (WCAG 3.3.4). */
  review?(typed: Typed): Promise<unknown>;
  /** After the review: there is nothing to do. */
  idle?(): boolean;
  /** Does it; what she is told then. */
  send(typed: Typed, sending: Sending): Promise<unknown>;
  /** The boxes that the server's refusals are about, by their JSON pointers. */
  pointers?: Readonly<Record<string, [Box, Key]>>;
  /** What stands against it, where she may confirm it all the same. */
  doubt?(problem: CallProblem): { causes: readonly string[]; sentence: unknown } | null;
}
export type Typed = (name: string) => string;
interface Sending {
  idempotencyKey: string;
  /** The doubts that she confirmed. */
  evenSo: readonly string[];
}

export class ActDialog {
  readonly #desk: Desk;
  /** Called with what it came to; null: it is not known, and the file tells. */
  readonly #ended: (told: unknown) => void;
  #act: Act | null = null;
  #form: Form<Box>;
  #dirty = false;
  #doubt: { causes: readonly string[]; sentence: unknown } | null = null;
  #sent: { key: string; body: string; lost: boolean } | null = null;
  /** What she sees that it will come to. */
  #review: unknown = null;

  constructor(desk: Desk, ended: (told: unknown) => void) {
    this.#desk = desk;
    this.#ended = ended;
    this.#form = new Form(desk, 'act');
  }

  open(act: Act): void {
    this.#act = act;
    this.#form = new Form(this.#desk, 'act');
    this.#dirty = false;
    this.#doubt = null;
    this.#sent = null;
    this.#review = null;
    this.#desk.redraw();
  }

  get unsaved(): boolean {
    return this.#act !== null && this.#dirty;
  }

  render(): unknown {
    const act = this.#act;
    if (act === null) return nothing;
    const { t } = this.#desk.words;
    const looks = act.review !== undefined && this.#review === null;
    const does = looks ? 'act.review' : act.yes;
    const yes = this.#sent?.lost ? 'act.check' : this.#doubt === null ? does : 'act.evenSo';
    return dialog({
      id: 'act',
      title: act.title,
      closed: this.#closed,
      body: html`${act.intro ?? nothing} ${this.#form.notice()}
        <form novalidate @input=${this.#input} @submit=${this.#submit}>
          ${act.boxes(this.#form)}
          ${
            this.#doubt === null
              ? nothing
              : html`<div class="notice" id="act-doubt" tabindex="-1">${this.#doubt.sentence}</div>`
          }
          ${
            this.#review === null
              ? nothing
              : html`<section class="seen" id="act-seen" tabindex="-1">${this.#review}</section>`
          }
          <p class="actions">${this.#review !== null && act.idle?.() === true ? nothing : submit(this.#form, yes)}
            <button class="link" type="button" @click=${closeDialog}>${t('shell.cancel')}</button></p>
        </form>`,
    });
  }

  readonly #closed = () => {
    const doubtful = this.#sent?.lost === true;
    this.#act = null;
    this.#sent = null;
    if (doubtful) this.#ended(null);
    this.#desk.redraw();
  };

  // Another amount or number is another payment: what stood against the first says nothing of it.
  readonly #input = () => {
    this.#dirty = true;
    this.#doubt = null;
    this.#review = null;
    this.#desk.redraw();
  };

  readonly #submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const act = this.#act;
    if (act === null || this.#form.busy) return;
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const typed: Typed = (name) => String(data.get(name) ?? '').trim();
    if (this.#form.refuses(act.wrong(typed))) return;
    const body = JSON.stringify([...data.entries()]);
    if (this.#sent?.body !== body) this.#sent = { key: crypto.randomUUID(), body, lost: false };
    const sent = this.#sent;
    const evenSo = this.#doubt?.causes ?? [];
    const looks = act.review !== undefined && this.#review === null && !sent.lost;
    await this.#form.run(
      async () => {
        try {
          if (looks) {
            this.#review = await act.review?.(typed);
            this.#desk.focus('#act-seen');
            return;
          }
          const told = await act.send(typed, { idempotencyKey: sent.key, evenSo });
          sent.lost = false;
          this.#end(told);
        } catch (error) {
          if (!(error instanceof CallProblem)) throw error;
          sent.lost = !looks && (error.kind === 'offline' || error.status >= 500);
          this.#refused(act, error);
        }
      },
      looks ? {} : { offline: 'act.lost', internal: 'act.lost' },
    );
  };

  /** What has a place of its own is told there; anything else is the form's to tell. */
  #refused(act: Act, problem: CallProblem): void {
    const doubt = act.doubt?.(problem) ?? null;
    const errors = (problem.extra.errors ?? []) as { pointer: string }[];
    const boxes = errors.map(({ pointer }) => act.pointers?.[pointer]).filter((one) => one !== undefined);
    if (doubt !== null) {
      this.#doubt = doubt;
      this.#desk.focus('#act-doubt');
    } else if (boxes.length > 0) this.#form.refuses(Object.fromEntries(boxes));
    else throw problem;
  }

  #end(told: unknown): void {
    this.#sent = null;
    this.#dirty = false;
    const element = this.#desk.find('#act');
    if (element instanceof HTMLDialogElement) element.close();
    this.#ended(told);
  }
}
