// One deposit: its cheques against the slip's total, the next one to type, and its end.
import { html, nothing } from 'lit';
import type { Answer } from '../../../client/api.ts';
import { field } from '../../../controls/field.ts';
import { day, money } from '../../../locales/format.ts';
import { type Act, ActDialog } from '../../acts/act.ts';
import { centsOf, plainAmount, takeBack } from '../../acts/money.ts';
import { receiptsOf, receiptsOfDeposit } from '../../acts/receipts.ts';
import type { Desk, Screen } from '../../desk.ts';
import { Fetched } from '../../fetched.ts';
import type { Files } from '../../office.ts';
import { type Key, kept } from '../../words.ts';
import { Entry } from './entry.ts';

type InFull = Answer<'$get', '/deposits/:id', Files>;
type Row = InFull['rows'][number];

export class DepositScreen implements Screen {
  readonly #desk: Desk;
  readonly #id: string;
  readonly #found: Fetched<InFull>;
  readonly #entry: Entry;
  readonly #act: ActDialog;
  /** What an act came to. */
  #told: unknown = null;

  constructor(desk: Desk, id: string) {
    this.#desk = desk;
    this.#id = id;
    this.#found = new Fetched(desk, () => desk.files('$get', '/deposits/:id', { id }));
    this.#entry = new Entry(desk, id, (now) => {
      this.#found.value = now;
      this.#told = null;
      desk.redraw();
    });
    this.#act = new ActDialog(desk, (told) => void this.#tell(told));
  }

  title(): string {
    const { lang, words } = this.#desk;
    const on = this.#found.value?.deposit.day;
    return on === undefined
      ? words.plain('deposits.title')
      : words.plain('deposit.title', { jour: day(lang, on) });
  }

  unsaved(): boolean {
    return this.#entry.unsaved || this.#act.unsaved;
  }

  render(): unknown {
    const { t } = this.#desk.words;
    return html`<p class="noprint"><a href="#depots">${t('deposit.back')}</a></p>
      <h1 id="title" tabindex="-1">${this.title()}</h1>
      <div id="told" tabindex="-1">${this.#told ?? nothing}</div>
      ${this.#found.show((found) => this.#draw(found))} ${this.#act.render()}`;
  }

  #draw({ deposit, rows }: InFull): unknown {
    const { lang, words } = this.#desk;
    const { t } = words;
    const { closedAt, slipCents, totalCents } = deposit;
    const open = closedAt === null && this.#desk.may('record');
    const left = slipCents - totalCents;
    const sum = (name: Key, cents: number) =>
      html`<div><dt>${t(name)}</dt><dd class="amount">${kept(money(lang, cents))}</dd></div>`;
    return html`<div class="tools noprint">
        ${open ? html`<button class="secondary" type="button" @click=${() => this.#act.open(this.#closing())}>${t('deposit.close')}</button>` : nothing}
        <button class="secondary" type="button" @click=${() => window.print()}>${t('deposit.print')}</button>
        ${
          rows.some(({ receiptNumber }) => receiptNumber !== null)
            ? html`<button class="secondary" type="button" @click=${() => void this.#show(receiptsOfDeposit(this.#desk, this.#id))}>${t('deposit.receipts')}</button>`
            : nothing
        }
      </div>
      <dl class="facts">${sum('deposits.slip', slipCents)} ${sum('deposits.total', totalCents)}
        ${
          left === 0
            ? html`<div><dt>${t('deposit.left')}</dt><dd>${t('deposit.exact')}</dd></div>`
            : sum(left > 0 ? 'deposit.left' : 'deposit.over', Math.abs(left))
        }</dl>
      ${rows.length === 0 ? html`<p>${t('deposit.empty')}</p>` : this.#table(rows)}
      ${open ? this.#entry.render() : nothing}`;
  }

  #table(rows: readonly Row[]): unknown {
    const { t } = this.#desk.words;
    return html`<section><table class="list">
      <caption class="sr">${t('deposit.rows')}</caption>
      <thead><tr><th scope="col">${t('deposit.payer')}</th><th scope="col">${t('payments.invoice')}</th>
        <th scope="col" class="amount">${t('payments.amount')}</th><th scope="col">${t('deposit.number')}</th>
        <th scope="col">${t('payments.state')}</th><th scope="col" class="noprint">${t('deposit.acts')}</th></tr></thead>
      <tbody>${rows.map((row) => this.#row(row))}</tbody>
    </table></section>`;
  }

  #row(row: Row): unknown {
    const { lang, words } = this.#desk;
    const { t } = words;
    const { holderName, invoiceNumber, amountCents, reference, reversedBy, receiptNumber } = row;
    const montant = money(lang, amountCents);
    const [state, look]: [Key, string] =
      reversedBy === null
        ? ['paid.yes', 'good']
        : reversedBy === 'bank'
          ? ['paid.returned', 'bad']
          : ['paid.mistake', ''];
    return html`<tr>
      <th scope="row">${kept(holderName)}</th>
      <td data-label=${t('payments.invoice')}>${kept(invoiceNumber)}</td>
      <td class="amount" data-label=${t('payments.amount')}>${kept(montant)}</td>
      <td data-label=${t('deposit.number')}>${kept(reference || '–')}</td>
      <td data-label=${t('payments.state')}><span class="badge ${look}">${t(state)}</span></td>
      <td class="acts noprint">${
        receiptNumber === null
          ? nothing
          : html`<button class="link" type="button" aria-label=${words.plain('receipt.openOf', { numero: receiptNumber })}
              @click=${() => void this.#show(receiptsOf(this.#desk, row.id))}>${t('receipt.open')}</button>`
      }${
        reversedBy === null && this.#desk.may('record')
          ? html`<button class="link" type="button" aria-label=${words.plain('back.openOf', { montant, numero: invoiceNumber })}
              @click=${() => this.#act.open(takeBack(this.#desk, row))}>${t('back.open')}</button>`
          : nothing
      }</td>
    </tr>`;
  }

  /** Closes it; the slip's total may be corrected. */
  #closing(): Act {
    const { lang, words } = this.#desk;
    const { slipCents = 0, totalCents = 0 } = this.#found.value?.deposit ?? {};
    return {
      title: words.t('deposit.close'),
      intro: html`<p>${words.t('deposit.closeText', { montant: money(lang, totalCents) })}</p>`,
      yes: 'deposit.closeYes',
      boxes: (form) =>
        field(form, 'act-amount', {
          ...{ label: 'deposits.slip', autocomplete: 'off', inputmode: 'decimal' },
          value: plainAmount(lang, slipCents),
        }),
      wrong: (typed) => (centsOf(typed('act-amount')) === null ? { 'act-amount': 'act.amountWrong' } : {}),
      pointers: { '/slipCents': ['act-amount', 'act.amountWrong'] },
      send: async (typed) => {
        const json = { slipCents: centsOf(typed('act-amount')) ?? 0 };
        const { deposit } = await this.#desk.files('$post', '/deposits/:id/close', { id: this.#id, json });
        return words.t('deposit.closed', { montant: money(lang, deposit.totalCents) });
      },
    };
  }

  async #show(documents: Promise<unknown>): Promise<void> {
    this.#told = await documents;
    this.#desk.redraw();
    this.#desk.focus('#told');
  }

  /** Says what an act came to. Null: it is not known, and the list tells. */
  async #tell(told: unknown): Promise<void> {
    await this.#found.load();
    this.#told = told === null ? null : html`<div class="notice success"><p>${told}</p></div>`;
    this.#desk.redraw();
    this.#desk.focus(told === null ? '#title' : '#told');
  }
}
