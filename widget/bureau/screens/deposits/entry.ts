// Of a deposit: one cheque typed by keyboard. What she writes finds the file; the amount pays its invoices, the one that she
// named first, then as they fall due; Enter writes it down, and the next one begins.
import { html, nothing } from 'lit';
import type { Answer } from '../../../client/api.ts';
import { CallProblem } from '../../../client/problem.ts';
import { field } from '../../../controls/field.ts';
import { submit } from '../../../controls/parts.ts';
import { money } from '../../../locales/format.ts';
import { centsOf, plainAmount, recordDoubt } from '../../acts/money.ts';
import type { Desk } from '../../desk.ts';
import { Form } from '../../form.ts';
import type { Files, Found, Holder } from '../../office.ts';
import type { Key } from '../../words.ts';
import { type Invoice, type Part, partsOf, payableOf } from './parts.ts';
import { Pasted } from './pasted.ts';

type InFull = Answer<'$get', '/deposits/:id', Files>;
type Box = 'entry-payer' | 'entry-who' | 'entry-amount' | 'entry-number';

export class Entry {
  readonly #desk: Desk;
  readonly #id: string;
  /** Called with the deposit once the cheque is in it. */
  readonly #written: (now: InFull) => void;
  readonly #pasted: Pasted;
  #form: Form<Box>;
  #found: Found['found'] = [];
  /** Whose invoices are paid, and which, as they are taken. */
  #holder: Holder | null = null;
  #invoices: Invoice[] = [];
  #looked = '';
  #turn = 0;
  /** The file of whom she chose, as it comes. */
  #taking: Promise<void> | null = null;
  #typed = false;
  #doubt: { causes: readonly string[]; sentence: unknown } | null = null;
  /** The same again goes under the same key, so that a lost answer writes no second cheque. */
  #sent: { key: string; body: string; lost: boolean } | null = null;

  constructor(desk: Desk, id: string, written: (now: InFull) => void) {
    this.#desk = desk;
    this.#id = id;
    this.#written = written;
    this.#pasted = new Pasted(desk, id, written);
    this.#form = new Form(desk, 'entry');
  }

  get unsaved(): boolean {
    return this.#typed || this.#pasted.unsaved;
  }

  render(): unknown {
    const { lang, words } = this.#desk;
    const { t } = words;
    const form = this.#form;
    const yes: Key = this.#sent?.lost ? 'act.check' : this.#doubt === null ? 'entry.yes' : 'act.evenSo';
    return html`${this.#pasted.render()}<section class="noprint" aria-labelledby="entry">
      <h2 id="entry">${t('entry.title')}</h2>
      ${form.notice()}
      <p class="hint">${t('paste.hint')}</p>
      <form id="entry-form" novalidate @input=${this.#input} @submit=${this.#submit} @paste=${this.#paste}>
        <div class="entry">
          ${field(form, 'entry-payer', { label: 'entry.payer', autocomplete: 'off', changed: (text) => void this.#look(text) })}
          ${this.#found.length > 1 ? this.#which() : nothing}
          ${field(form, 'entry-amount', { label: 'entry.amount', autocomplete: 'off', inputmode: 'decimal' })}
          ${field(form, 'entry-number', { label: 'entry.number', autocomplete: 'off', inputmode: 'numeric', optional: true })}
        </div>
        <div role="status" data-own>${
          this.#holder === null
            ? nothing
            : html`<p>${t('entry.pays')} <strong translate="no">${nameOf(this.#holder)}</strong></p>
              <ul>${this.#parts().map(
                ({ invoiceNumber, amountCents }) =>
                  html`<li>${t('entry.part', { numero: invoiceNumber, montant: money(lang, amountCents) })}</li>`,
              )}</ul>`
        }</div>
        ${this.#doubt === null ? nothing : html`<div class="notice" id="entry-doubt" tabindex="-1">${this.#doubt.sentence}</div>`}
        <p class="actions">${submit(form, yes)}</p>
      </form>
    </section>`;
  }

  #which(): unknown {
    return html`<div class="field"><label for="entry-who">${this.#desk.words.t('entry.who')}</label>
      <select id="entry-who" name="entry-who" @change=${(event: Event) =>
        void this.#take((event.target as HTMLSelectElement).value)}>${this.#found.map(
        ({ holderId, firstName, lastName, certificateNumbers }) =>
          html`<option value=${holderId} ?selected=${holderId === this.#holder?.id}>${`${lastName}, ${firstName} – ${certificateNumbers[0] ?? ''}`}</option>`,
      )}</select></div>`;
  }

  #value(name: Box): string {
    const box = this.#desk.find(`#${name}`);
    return box instanceof HTMLInputElement ? box.value.trim() : '';
  }

  /** Finds the file, and what it has to pay. False: there is none, and its box says so. */
  async #look(text: string): Promise<boolean> {
    const wanted = text.trim();
    // Whom she has just chosen, not whom she had before; where that failed, it is looked for again.
    if (wanted === this.#looked) await this.#taking?.catch(() => undefined);
    if (wanted === this.#looked && this.#holder !== null) return true;
    this.#looked = wanted;
    this.#turn += 1;
    const turn = this.#turn;
    this.#found = [];
    this.#holder = null;
    this.#taking = null;
    this.#desk.redraw();
    if (wanted === '') return false;
    const { found } = await this.#desk.files('$post', '/search', { json: { text: wanted } });
    if (turn !== this.#turn) return this.#holder !== null;
    const [first] = found;
    if (first === undefined) {
      this.#form.state = { errors: { 'entry-payer': 'entry.nobody' } };
      this.#desk.redraw();
      return false;
    }
    this.#found = found;
    await this.#take(first.holderId);
    return this.#holder !== null;
  }

  #take(id: string): Promise<void> {
    this.#turn += 1;
    this.#holder = null;
    this.#invoices = [];
    this.#desk.redraw();
    this.#taking = this.#read(id, this.#turn);
    return this.#taking;
  }

  async #read(id: string, turn: number): Promise<void> {
    const { holder } = await this.#desk.files('$get', '/holders/:id', { id });
    if (turn !== this.#turn) return;
    this.#holder = holder;
    this.#invoices = payableOf(holder, this.#looked);
    const [invoice] = this.#invoices;
    this.#form.state = { errors: invoice === undefined ? { 'entry-payer': 'entry.nothing' } : {} };
    const amount = this.#desk.find('#entry-amount');
    if (amount instanceof HTMLInputElement && amount.value === '' && invoice !== undefined) {
      amount.value = plainAmount(this.#desk.lang, invoice.balanceCents);
      // She is there already: what she types takes its place, as if it had stood there when she came.
      if (amount.matches(':focus')) amount.select();
    }
    this.#desk.redraw();
  }

  #parts(): Part[] {
    return partsOf(this.#invoices, centsOf(this.#value('entry-amount')) ?? 0);
  }

  readonly #paste = (event: ClipboardEvent) => {
    if (this.#pasted.take(event.clipboardData?.getData('text/plain') ?? '')) event.preventDefault();
  };

  // Another amount or number is another cheque: what stood against the first says nothing of it.
  readonly #input = () => {
    this.#typed = true;
    this.#doubt = null;
    this.#desk.redraw();
  };

  readonly #submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (this.#form.busy) return;
    const cents = centsOf(this.#value('entry-amount'));
    const payer = this.#value('entry-payer');
    const wrong = {
      ...(payer === '' ? { 'entry-payer': 'field.required' as const } : {}),
      ...(cents === null ? { 'entry-amount': 'act.amountWrong' as const } : {}),
    };
    if (this.#form.refuses(wrong)) return;
    await this.#form.run(() => this.#send(payer), { offline: 'act.lost', internal: 'act.lost' });
  };

  async #send(payer: string): Promise<void> {
    // Enter may come before the file is found. Where there are several, she first sees whom it pays.
    const seen = payer === this.#looked && this.#holder !== null;
    if (!(await this.#look(payer)) || this.#invoices.length === 0) {
      this.#form.refuses({ 'entry-payer': this.#holder === null ? 'entry.nobody' : 'entry.nothing' });
      return;
    }
    if (!seen && this.#found.length > 1) {
      this.#desk.focus('#entry-who');
      return;
    }
    const json = { invoices: this.#parts(), reference: this.#value('entry-number') };
    const body = JSON.stringify(json);
    if (this.#sent?.body !== body) this.#sent = { key: crypto.randomUUID(), body, lost: false };
    const sent = this.#sent;
    try {
      const evenSo = (this.#doubt?.causes ?? []) as ('possible-duplicate' | 'more-than-balance')[];
      const now = await this.#desk.files('$post', '/deposits/:id/cheques', {
        ...{ id: this.#id, json: { ...json, evenSo }, idempotencyKey: sent.key },
      });
      this.#done(now, json.invoices);
    } catch (error) {
      if (!(error instanceof CallProblem)) throw error;
      sent.lost = error.kind === 'offline' || error.status >= 500;
      const doubt = recordDoubt(this.#desk, error);
      if (doubt === null) throw error;
      this.#doubt = doubt;
      this.#desk.focus('#entry-doubt');
    }
  }

  /** Says it, and the next one begins. */
  #done(now: InFull, parts: readonly Part[]): void {
    const { lang, words } = this.#desk;
    const cents = parts.reduce((all, { amountCents }) => all + amountCents, 0);
    this.#desk.announce(
      words.plain('entry.done', {
        montant: money(lang, cents),
        nom: this.#holder === null ? '' : nameOf(this.#holder),
        total: money(lang, now.deposit.totalCents),
      }),
    );
    for (const name of ['entry-payer', 'entry-amount', 'entry-number']) {
      const box = this.#desk.find(`#${name}`);
      if (box instanceof HTMLInputElement) box.value = '';
    }
    if (this.#holder !== null) void this.#pasted.typed(this.#holder.id);
    this.#form = new Form(this.#desk, 'entry');
    this.#found = [];
    this.#holder = null;
    this.#invoices = [];
    this.#looked = '';
    this.#typed = false;
    this.#doubt = null;
    this.#sent = null;
    this.#written(now);
    this.#desk.focus('#entry-payer');
  }
}

const nameOf = ({ firstName, lastName }: Holder) => `${lastName}, ${firstName}`;
