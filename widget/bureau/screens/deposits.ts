// « Dépôts »: the deposits of cheques, newest first; one of them is a screen of its own (deposits/grid.ts).
import { html, nothing } from 'lit';
import type { Answer } from '../../client/api.ts';
import { field } from '../../controls/field.ts';
import { press } from '../../controls/parts.ts';
import { day, money } from '../../locales/format.ts';
import { type Act, ActDialog } from '../acts/act.ts';
import { centsOf } from '../acts/money.ts';
import { torontoDay } from '../day.ts';
import type { Desk, Route, Screen } from '../desk.ts';
import { Fetched } from '../fetched.ts';
import { words as depositWords } from '../locales/deposits.ts';
import { words as methodWords } from '../locales/methods.ts';
import { words as moneyWords } from '../locales/money.ts';
import type { Files } from '../office.ts';
import { kept } from '../words.ts';
import { DepositScreen } from './deposits/grid.ts';

export const words = { ...depositWords, ...methodWords, ...moneyWords };

type Page = Answer<'$get', '/deposits', Files>;
type Deposit = Page['deposits'][number];

export const open = (desk: Desk, { args: [id] }: Route): Screen =>
  id === undefined ? new DepositsScreen(desk) : new DepositScreen(desk, id);

class DepositsScreen implements Screen {
  readonly #desk: Desk;
  readonly #list: Fetched<Page>;
  readonly #act: ActDialog;
  /** How many times a hundred she looks at. */
  #pages = 1;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#list = new Fetched(desk, () => this.#read());
    // It is in the list, or open already.
    this.#act = new ActDialog(desk, () => void this.#list.load());
  }

  title(): string {
    return this.#desk.words.plain('deposits.title');
  }

  unsaved(): boolean {
    return this.#act.unsaved;
  }

  render(): unknown {
    const { t } = this.#desk.words;
    return html`<div class="identity">
        <h1 id="title" tabindex="-1">${t('deposits.title')}</h1>
        ${
          this.#desk.may('record')
            ? html`<p><button class="primary" type="button" @click=${() => this.#act.open(opening(this.#desk))}>${t('deposits.open')}</button></p>`
            : nothing
        }
      </div>
      ${this.#list.show((found) => this.#table(found))} ${this.#act.render()}`;
  }

  async #read(): Promise<Page> {
    const { files } = this.#desk;
    let all = await files('$get', '/deposits', {});
    for (let page = 1; page < this.#pages && all.next !== undefined; page += 1) {
      const more = await files('$get', '/deposits', { query: { after: all.next } });
      all = { ...more, deposits: [...all.deposits, ...more.deposits] };
    }
    return all;
  }

  readonly #more = () => {
    this.#pages += 1;
    void this.#list.load();
  };

  #table({ deposits, next }: Page): unknown {
    const { words } = this.#desk;
    const { t } = words;
    if (deposits.length === 0) return html`<p>${t('deposits.none')}</p>`;
    return html`<section><table class="list">
        <caption class="sr">${t('deposits.title')}</caption>
        <thead><tr><th scope="col">${t('deposits.day')}</th><th scope="col">${t('deposits.state')}</th>
          <th scope="col" class="amount">${t('deposits.cheques')}</th><th scope="col" class="amount">${t('deposits.total')}</th>
          <th scope="col" class="amount">${t('deposits.slip')}</th></tr></thead>
        <tbody>${deposits.map((one) => this.#row(one))}</tbody>
      </table></section>
      ${next === undefined ? nothing : html`<p class="actions">${press({ ...words, busy: false }, 'deposits.more', 'secondary', this.#more)}</p>`}`;
  }

  #row({ id, day: on, closedAt, cheques, totalCents, slipCents }: Deposit): unknown {
    const { lang, words } = this.#desk;
    const { t } = words;
    return html`<tr>
      <th scope="row"><a href="#depots/${id}">${day(lang, on)}</a></th>
      <td data-label=${t('deposits.state')}><span class="badge ${closedAt === null ? 'due' : 'good'}">${t(
        closedAt === null ? 'deposits.isOpen' : 'deposits.isClosed',
      )}</span></td>
      <td class="amount" data-label=${t('deposits.cheques')}>${cheques}</td>
      <td class="amount" data-label=${t('deposits.total')}>${kept(money(lang, totalCents))}</td>
      <td class="amount" data-label=${t('deposits.slip')}>${kept(money(lang, slipCents))}</td>
    </tr>`;
  }
}

/** Opens one with what the bank's slip says, and leads there. */
function opening(desk: Desk): Act {
  const { t } = desk.words;
  return {
    title: t('deposits.open'),
    yes: 'deposits.openYes',
    boxes: (form) => html`${field(form, 'act-day', {
      ...{ label: 'deposits.day', autocomplete: 'off', type: 'date', value: torontoDay(Date.now()) },
    })}
      ${field(form, 'act-amount', {
        ...{
          label: 'deposits.slip',
          autocomplete: 'off',
          inputmode: 'decimal',
          hint: t('deposits.slipHint'),
        },
      })}`,
    wrong: (typed) => ({
      ...(typed('act-day') === '' ? { 'act-day': 'deposits.dayWrong' as const } : {}),
      ...(centsOf(typed('act-amount')) === null ? { 'act-amount': 'act.amountWrong' as const } : {}),
    }),
    pointers: {
      '/day': ['act-day', 'deposits.dayWrong'],
      '/slipCents': ['act-amount', 'act.amountWrong'],
    },
    async send(typed, { idempotencyKey }) {
      const json = { day: typed('act-day'), slipCents: centsOf(typed('act-amount')) ?? 0 };
      const { deposit } = await desk.files('$post', '/deposits', { json, idempotencyKey });
      desk.go(`depots/${deposit.id}`);
      return null;
    },
  };
}
