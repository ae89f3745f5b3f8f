// Of a file: what came in, through PayPal and otherwise, and what may be done about it.
import { html, nothing } from 'lit';
import type { State } from '../../../../server/payments/states.ts';
import { day, money } from '../../../locales/format.ts';
import type { Act } from '../../acts/act.ts';
import { leftOf, type OnlinePayment, type Recorded, refund, release, takeBack } from '../../acts/money.ts';
import { torontoDay } from '../../day.ts';
import type { Desk } from '../../desk.ts';
import { METHODS } from '../../methods.ts';
import { type Key, kept } from '../../words.ts';

/** PayPal may be taking the money: what it is for is not paid again meanwhile. */
const HOLDING: readonly State[] = ['capturing', 'unknown', 'pending'];
const STATES: Readonly<Record<State, [Key, string]>> = {
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
const REFUNDABLE: readonly State[] = ['completed', 'partly-refunded'];

/** The list, newest first; `does` opens what she may do. */
export function payments(
  desk: Desk,
  { payments: online, recorded }: { payments: readonly OnlinePayment[]; recorded: readonly Recorded[] },
  does: (act: Act) => void,
): unknown {
  const { t } = desk.words;
  const rows = [
    ...online.map((one) => onlineRow(desk, one, does)),
    ...recorded
      .filter(({ reverses }) => reverses === null)
      .map((one) => recordedRow(desk, one, recorded, does)),
  ].toSorted((a, b) => (a.day < b.day ? 1 : -1));
  return html`<section aria-labelledby="payments">
    <h2 id="payments">${t('payments.title')}</h2>
    ${
      rows.length === 0
        ? html`<p>${t('payments.none')}</p>`
        : html`<table class="list">
            <caption class="sr">${t('payments.title')}</caption>
            <thead><tr><th scope="col">${t('payments.day')}</th><th scope="col">${t('payments.how')}</th>
              <th scope="col">${t('payments.invoice')}</th><th scope="col" class="amount">${t('payments.amount')}</th>
              <th scope="col">${t('payments.state')}</th><th scope="col">${t('payments.acts')}</th></tr></thead>
            <tbody>${rows.map(({ row }) => row)}</tbody>
          </table>`
    }
  </section>`;
}

interface Row {
  day: string;
  row: unknown;
}
interface Shown {
  day: string;
  how: unknown;
  invoices: string;
  cents: number;
  state: [Key, string];
  more?: unknown;
  acts: unknown;
}

function drawn({ lang, words: { t } }: Desk, shown: Shown): Row {
  const [state, look] = shown.state;
  return {
    day: shown.day,
    row: html`<tr>
      <th scope="row">${day(lang, shown.day)}</th>
      <td data-label=${t('payments.how')}><span>${shown.how}</span></td>
      <td data-label=${t('payments.invoice')}>${kept(shown.invoices)}</td>
      <td class="amount" data-label=${t('payments.amount')}>${kept(money(lang, shown.cents))}</td>
      <td data-label=${t('payments.state')}><span><span class="badge ${look}">${t(state)}</span> ${shown.more ?? nothing}</span></td>
      <td class="acts">${shown.acts}</td>
    </tr>`,
  };
}

function onlineRow(desk: Desk, one: OnlinePayment, does: (act: Act) => void): Row {
  const { lang, words } = desk;
  const may = desk.may('refund');
  const back = one.refundedCents;
  return drawn(desk, {
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
    ],
  });
}

function recordedRow(desk: Desk, one: Recorded, all: readonly Recorded[], does: (act: Act) => void): Row {
  const { lang, words } = desk;
  const back = all.find(({ reverses }) => reverses === one.id);
  const fee = back?.feeInvoiceNumber ?? null;
  const montant = money(lang, one.amountCents);
  return drawn(desk, {
    day: one.receivedOn,
    how: html`${words.t(METHODS[one.method])} <span class="hint">${kept(one.reference)}</span>`,
    invoices: one.invoiceNumber,
    cents: one.amountCents,
    state:
      back === undefined
        ? ['paid.yes', 'good']
        : back.returned
          ? ['paid.returned', 'bad']
          : ['paid.mistake', ''],
    more:
      fee === null ? nothing : html`<span class="hint">${words.t('payments.fee', { numero: fee })}</span>`,
    acts:
      back === undefined && desk.may('record')
        ? act(desk, 'back.open', words.plain('back.openOf', { montant, numero: one.invoiceNumber }), () =>
            does(takeBack(desk, one)),
          )
        : nothing,
  });
}

const act = (desk: Desk, key: Key, name: string, pressed: () => void) =>
  html`<button class="link" type="button" aria-label=${name} @click=${pressed}>${desk.words.t(key)}</button>`;
