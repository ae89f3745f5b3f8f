// Of a file: what came in, through PayPal and otherwise, and what may be done about it.
import { html, nothing } from 'lit';
import type { State } from '../../../../server/payments/states.ts';
import { day, money } from '../../../locales/format.ts';
import type { Act } from '../../acts/act.ts';
import { leftOf, type OnlinePayment, type Recorded, refund, release, takeBack } from '../../acts/money.ts';
import { receiptsOf } from '../../acts/receipts.ts';
import { torontoDay } from '../../day.ts';
import type { Desk } from '../../desk.ts';
import { METHODS } from '../../methods.ts';
import type { Overview } from '../../office.ts';
import { type Key, kept } from '../../words.ts';

/** PayPal may be taking the money: what it is for is not paid again meanwhile. */
const HOLDING: readonly State[] = ['capturing', 'unknown', 'pending'];
export const STATES: Readonly<Record<State, [Key, string]>> = {
  created: ['paid.started', ''],
  approved: ['paid.unconfirmed', 'due'],
  capturing: ['paid.underWay', 'due'],
  pending: ['paid.underWay', 'due'],
  unknown: ['paid.underWay', 'due'],
  declined: ['paid.declined', ''],
  completed: ['paid.yes', 'good'],
  failed: ['paid.not', ''],
  expired: ['paid.not', ''],
  cancelled: ['paid.not', ''],
  'partly-refunded': ['paid.partly', ''],
  refunded: ['paid.refunded', ''],
  disputed: ['paid.disputed', 'bad'],
  'partly-reversed': ['paid.reversed', 'bad'],
  reversed: ['paid.reversed', 'bad'],
};
export const REFUNDABLE: readonly State[] = ['completed', 'partly-refunded'];

/** The list, newest first; `does` opens what she may do, `shows` what she wants to see. */
export function payments(
  desk: Desk,
  { holder, payments: online, recorded }: Pick<Overview, 'holder' | 'payments' | 'recorded'>,
  does: (act: Act) => void,
  shows: (documents: Promise<unknown>) => void,
): unknown {
  const { t } = desk.words;
  const rows = [
    ...online.map((one) => ofOnline(desk, one, does)),
    ...recorded
      .filter(({ reverses }) => reverses === null)
      .map((one) => {
        const back = recorded.find(({ reverses }) => reverses === one.id) ?? null;
        return ofRecorded(desk, one, back, does, shows);
      }),
  ].toSorted((a, b) => (a.day < b.day ? 1 : -1));
  return html`<section aria-labelledby="payments">
    <h2 id="payments">${t('payments.title')}</h2>
    ${
      rows.length === 0
        ? html`<p>${t('payments.none')} ${listed(desk, holder)}</p>`
        : html`<table class="list">
            <caption class="sr">${t('payments.title')}</caption>
            <thead><tr><th scope="col">${t('payments.day')}</th><th scope="col">${t('payments.how')}</th>
              <th scope="col">${t('payments.invoice')}</th><th scope="col" class="amount">${t('payments.amount')}</th>
              <th scope="col">${t('payments.state')}</th><th scope="col">${t('payments.acts')}</th></tr></thead>
            <tbody>${rows.map((row) => drawn(desk, row))}</tbody>
          </table>`
    }
  </section>`;
}

// What an invoice came in with as paid has neither day nor means: it is no line of the list.
function listed({ lang, words: { t } }: Desk, { certificates }: Overview['holder']): unknown {
  const cents = certificates
    .flatMap(({ invoices }) => invoices)
    .reduce((sum, { paidCents }) => sum + paidCents, 0);
  return cents > 0 ? t('payments.listed', { montant: kept(money(lang, cents)) }) : nothing;
}

/** A payment as a list shows it. */
export interface Shown {
  /** Toronto day. */
  day: string;
  how: unknown;
  invoices: string;
  cents: number;
  state: [Key, string];
  more?: unknown;
  acts: unknown;
}

const drawn = (desk: Desk, shown: Shown) => html`<tr>
  <th scope="row">${day(desk.lang, shown.day)}</th> ${cells(desk, shown)}
</tr>`;

/** Its cells, but for the first one. */
export function cells({ lang, words: { t } }: Desk, shown: Shown): unknown {
  const [state, look] = shown.state;
  return html`<td data-label=${t('payments.how')}><span>${shown.how}</span></td>
    <td data-label=${t('payments.invoice')}>${kept(shown.invoices)}</td>
    <td class="amount" data-label=${t('payments.amount')}>${kept(money(lang, shown.cents))}</td>
    <td data-label=${t('payments.state')}><span><span class="badge ${look}">${t(state)}</span> ${shown.more ?? nothing}</span></td>
    <td class="acts">${shown.acts}</td>`;
}

export function ofOnline(desk: Desk, one: OnlinePayment, does: (act: Act) => void): Shown {
  const { lang, words } = desk;
  const may = desk.may('refund');
  const back = one.refundedCents;
  return {
    day: torontoDay(Date.parse(one.completedAt ?? one.createdAt)),
    how: html`${words.t(METHODS.paypal)} <span class="hint">${kept(one.number)}</span>`,
    invoices: one.invoices.map(({ number }) => number).join(', '),
    cents: one.amountCents,
    state: STATES[one.state],
    more:
      back === 0
        ? nothing
        : html`<span class="hint">${words.t('payments.back', { montant: money(lang, back) })}</span>`,
    acts: [
      may && REFUNDABLE.includes(one.state) && leftOf(one) > 0
        ? act(desk, 'refund.open', words.plain('refund.openOf', { numero: one.number }), () =>
            does(refund(desk, one)),
          )
        : nothing,
      may && HOLDING.includes(one.state)
        ? act(desk, 'release.open', words.plain('release.openOf', { numero: one.number }), () =>
            does(release(desk, one)),
          )
        : nothing,
      one.paypalUrl === null
        ? nothing
        : html`<a href=${one.paypalUrl} target="_blank" rel="noopener noreferrer"
            aria-label=${words.plain('payments.paypalOf', { numero: one.number })}>${words.t('payments.paypal')}</a>`,
    ],
  };
}

/** `back`: the row that takes it back; `shows` what she wants to see, where there is a place for it. */
export function ofRecorded(
  desk: Desk,
  one: Recorded,
  back: Recorded | null,
  does: (act: Act) => void,
  shows?: (documents: Promise<unknown>) => void,
): Shown {
  const { lang, words } = desk;
  const fee = back?.feeInvoiceNumber ?? null;
  const montant = money(lang, one.amountCents);
  return {
    day: one.receivedOn,
    how: html`${words.t(METHODS[one.method])} <span class="hint">${kept(one.reference)}</span>`,
    invoices: one.invoiceNumber,
    cents: one.amountCents,
    state:
      back === null ? ['paid.yes', 'good'] : back.returned ? ['paid.returned', 'bad'] : ['paid.mistake', ''],
    more:
      fee === null ? nothing : html`<span class="hint">${words.t('payments.fee', { numero: fee })}</span>`,
    acts: [
      one.receiptNumber === null || shows === undefined
        ? nothing
        : act(desk, 'receipt.open', words.plain('receipt.openOf', { numero: one.receiptNumber }), () =>
            shows(receiptsOf(desk, one.id)),
          ),
      back === null && desk.may('record')
        ? act(desk, 'back.open', words.plain('back.openOf', { montant, numero: one.invoiceNumber }), () =>
            does(takeBack(desk, one)),
          )
        : nothing,
    ],
  };
}

const act = (desk: Desk, key: Key, name: string, pressed: () => void) =>
  html`<button class="link" type="button" aria-label=${name} @click=${pressed}>${desk.words.t(key)}</button>`;
