// « Montant manuel » (S34): she types what an endorsement costs, sees the invoice as the RSG will, and makes it, once.
import { html, nothing } from 'lit';

import type { Answer } from '../../client/api.ts';
import { CallProblem } from '../../client/problem.ts';
import { field } from '../../controls/field.ts';
import { submit, waiting } from '../../controls/parts.ts';
import { day, money, parseAmount } from '../../locales/format.ts';
import { closeDialog, dialog } from '../controls/dialog.ts';
import type { Desk } from '../desk.ts';
import { Form } from '../form.ts';
import type { Files } from '../office.ts';
import { problemText } from '../problem-text.ts';
import { type Key, kept } from '../words.ts';

type Preview = Answer<'$post', '/endorsements/:id/invoice/preview', Files>['preview'];
type Box = 'manual-amount' | 'manual-issued' | 'manual-due';

/** What it is about. */
export interface Endorsement {
  id: string;
  effectiveOn: string;
  /** Empty where it is not known. */
  description: string;
  amountCents: number;
}

/** Between two letters of an amount: the preview follows when she stops. */
const PAUSE_MS = 250;
const BOX_OF: Readonly<Record<string, [Box, Key]>> = {
  '/amountCents': ['manual-amount', 'manual.amountWrong'],
  '/issuedOn': ['manual-issued', 'manual.issuedWrong'],
  '/dueOn': ['manual-due', 'manual.dueWrong'],
};

export class ManualInvoice {
  readonly #desk: Desk;
  /** Called with what it came to, for the screen to tell and to read anew. */
  readonly #ended: (told: unknown) => void;
  #form: Form<Box>;
  #about: Endorsement | null = null;
  #preview: Preview | null = null;
  /** What of the form it shows. */
  #previewOf = '';
  /** No preview could be had, for a reason that is in no field. */
  #problem: CallProblem | null = null;
  #typedIn = false;
  #dueTyped = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;
  /** The last one sent: the same again goes under the same key, so that a lost answer makes no second invoice. */
  #sent: { key: string; body: string; lost: boolean } | null = null;

  constructor(desk: Desk, ended: (told: unknown) => void) {
    this.#desk = desk;
    this.#ended = ended;
    this.#form = new Form(desk, 'manual');
  }

  /** Opens the dialog. */
  open(about: Endorsement): void {
    this.#about = about;
    this.#form = new Form(this.#desk, 'manual');
    this.#preview = null;
    this.#problem = null;
    this.#typedIn = false;
    this.#dueTyped = false;
    this.#sent = null;
    this.#desk.redraw();
    void this.#refresh();
  }

  get unsaved(): boolean {
    return this.#about !== null && this.#typedIn;
  }

  render(): unknown {
    const about = this.#about;
    if (about === null) return nothing;
    const { lang, words } = this.#desk;
    const { t } = words;
    return dialog({
      id: 'manual',
      title: t('manual.title'),
      closed: this.#closed,
      body: html`<p>${
        about.description === ''
          ? t('manual.ofDay', { jour: day(lang, about.effectiveOn) })
          : t('manual.of', { jour: day(lang, about.effectiveOn), quoi: about.description })
      }</p>
        ${this.#form.notice()}
        <form class="beside" novalidate @input=${this.#input} @submit=${this.#submit}>
          <div>${this.#boxes(about)}</div>
          <section class="seen" aria-labelledby="manual-seen">
            <h3 id="manual-seen" tabindex="-1">${t('manual.seen')}</h3>
            ${this.#seen()}
          </section>
          <p class="actions">${submit(this.#form, this.#sent?.lost ? 'manual.check' : 'manual.create')}
            <button class="link" type="button" @click=${closeDialog}>${t('shell.cancel')}</button></p>
        </form>`,
    });
  }

  #boxes(about: Endorsement): unknown {
    const { lang, words } = this.#desk;
    const form = this.#form;
    const fee = this.#preview?.adminFeeCents ?? 0;
    const amount = money(lang, about.amountCents).replace(/[\s\u00a0$]/g, '');
    return html`${field(form, 'manual-amount', { label: 'manual.amount', autocomplete: 'off', inputmode: 'decimal', value: amount })}
      ${field(form, 'manual-issued', { label: 'manual.issued', autocomplete: 'off', type: 'date', value: this.#preview?.issuedOn ?? '' })}
      ${field(form, 'manual-due', { label: 'manual.due', autocomplete: 'off', type: 'date', value: this.#preview?.dueOn ?? '' })}
      ${
        fee > 0
          ? html`<p><label class="check"><input type="checkbox" name="manual-no-fee" />
              <span>${words.t('manual.noFee', { montant: money(lang, fee) })}</span></label></p>`
          : nothing
      }`;
  }

  #seen(): unknown {
    const { lang, words } = this.#desk;
    const { t } = words;
    if (this.#problem !== null)
      return html`<div class="notice error" role="alert">${problemText(this.#desk, this.#problem)}
        <p><button class="secondary" type="button" @click=${this.#refresh}>${t('problem.retry')}</button></p></div>`;
    if (Object.keys(this.#form.state.errors).length > 0)
      return html`<p class="hint">${t('manual.noPreview')}</p>`;
    const preview = this.#preview;
    if (preview === null) return waiting(words, 'shell.loading');
    const { number, issuedOn, dueOn, lines, totalCents, onlineFeeCents, onlineTotalCents } = preview;
    const row = (name: unknown, cents: number, look = '') =>
      html`<tr class=${look}><th scope="row">${name}</th><td class="amount">${kept(money(lang, cents))}</td></tr>`;
    return html`<table class="sum">
        <caption class="sr">${t('manual.seen')}</caption>
        <tbody>
          ${lines.map(({ description, amountCents }) => row(description, amountCents))}
          ${row(t('manual.total'), totalCents, 'total')}
          ${onlineFeeCents === 0 ? nothing : row(t('manual.online'), onlineFeeCents)}
          ${row(t('manual.onlineTotal'), onlineTotalCents, 'total')}
        </tbody>
      </table>
      <p class="hint">${t('manual.facts', { numero: number, jour: day(lang, issuedOn), fin: day(lang, dueOn) })}</p>`;
  }

  readonly #closed = () => {
    clearTimeout(this.#timer);
    this.#turn += 1;
    const doubtful = this.#sent?.lost === true;
    this.#about = null;
    this.#sent = null;
    // What became of it stands in the file.
    if (doubtful) this.#ended(null);
    this.#desk.redraw();
  };

  readonly #input = (event: Event) => {
    this.#typedIn = true;
    if ((event.target as HTMLInputElement).name === 'manual-due') this.#dueTyped = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#refresh(), PAUSE_MS);
  };

  /** What the form says. */
  #asked() {
    const form = this.#desk.find('#manual form');
    const data = new FormData(form instanceof HTMLFormElement ? form : undefined);
    const text = (name: string) => String(data.get(name) ?? '').trim();
    const cents = this.#typedIn ? parseAmount(text('manual-amount')) : this.#about?.amountCents;
    const issuedOn = text('manual-issued');
    const dueOn = this.#dueTyped ? text('manual-due') : undefined;
    const errors: Partial<Record<Box, Key>> = {
      ...(typeof cents === 'number' && cents > 0 ? {} : { 'manual-amount': 'manual.amountWrong' }),
      ...(this.#preview === null || issuedOn !== '' ? {} : { 'manual-issued': 'manual.issuedWrong' }),
      ...(dueOn === '' ? { 'manual-due': 'manual.dueWrong' } : {}),
    };
    const json = {
      amountCents: Number(cents),
      ...(issuedOn === '' ? {} : { issuedOn }),
      ...(dueOn === undefined ? {} : { dueOn }),
      noAdminFee: data.get('manual-no-fee') === 'on',
    };
    return { errors, json };
  }

  readonly #refresh = async () => {
    const about = this.#about;
    if (about === null) return;
    this.#turn += 1;
    const turn = this.#turn;
    const { errors, json } = this.#asked();
    this.#problem = null;
    this.#form.state = { errors };
    this.#desk.redraw();
    if (Object.keys(errors).length > 0) return;
    try {
      const { preview } = await this.#desk.files('$post', '/endorsements/:id/invoice/preview', {
        id: about.id,
        json,
      });
      if (turn !== this.#turn) return;
      this.#preview = preview;
      this.#previewOf = JSON.stringify(json);
    } catch (error) {
      if (!(error instanceof CallProblem)) throw error;
      if (turn !== this.#turn) return;
      const wrong = wrongBoxes(error);
      if (error.kind === 'endorsement-invoiced') this.#faster(error);
      else if (wrong !== null) this.#form.state = { errors: wrong };
      else this.#problem = error;
    }
    this.#desk.redraw();
  };

  readonly #submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const about = this.#about;
    if (about === null || this.#form.busy) return;
    clearTimeout(this.#timer);
    const { errors, json } = this.#asked();
    if (this.#form.refuses(errors)) return;
    const body = JSON.stringify(json);
    // Nothing is made that she has not seen (WCAG 3.3.4).
    if (this.#previewOf !== body && !this.#sent?.lost) {
      await this.#refresh();
      this.#desk.focus('#manual-seen');
      return;
    }
    if (this.#sent?.body !== body) this.#sent = { key: crypto.randomUUID(), body, lost: false };
    const sent = this.#sent;
    await this.#form.run(
      async () => {
        try {
          const { invoice } = await this.#desk.files('$post', '/endorsements/:id/invoice', {
            id: about.id,
            json,
            idempotencyKey: sent.key,
          });
          const montant = money(this.#desk.lang, invoice.totalCents);
          this.#end(this.#desk.words.t('manual.done', { numero: invoice.number, montant }));
        } catch (error) {
          sent.lost = error instanceof CallProblem && (error.kind === 'offline' || error.status >= 500);
          this.#refused(error);
        }
      },
      { offline: 'manual.lost', internal: 'manual.lost' },
    );
  };

  /** What has a place of its own is told there; anything else is the form's to tell. */
  #refused(error: unknown): void {
    if (!(error instanceof CallProblem)) throw error;
    const wrong = wrongBoxes(error);
    if (error.kind === 'endorsement-invoiced') this.#faster(error);
    else if (wrong !== null) this.#form.refuses(wrong);
    else throw error;
  }

  #faster({ extra }: CallProblem): void {
    this.#end(this.#desk.words.t('manual.faster', { numero: String(extra.invoiceNumber ?? '') }));
  }

  #end(told: unknown): void {
    this.#sent = null;
    const element = this.#desk.find('#manual');
    if (element instanceof HTMLDialogElement) element.close();
    this.#ended(told);
  }
}

/** The boxes that a refusal is about. */
function wrongBoxes({ kind, extra }: CallProblem): Partial<Record<Box, Key>> | null {
  if (kind !== 'validation') return null;
  const errors = (extra.errors ?? []) as { pointer: string }[];
  const found = errors.map(({ pointer }) => BOX_OF[pointer]).filter((one) => one !== undefined);
  return found.length === 0 ? null : Object.fromEntries(found);
}
