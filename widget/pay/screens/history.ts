// Her payments, newest first, each with its receipt (beyond the procedure).
import { html, nothing } from 'lit';
import type { Payment, PaymentState } from '../../client/types.ts';
import { button, page, waiting } from '../../controls/parts.ts';
import { dateTime, money } from '../../locales/format.ts';
import type { Key } from '../../locales/text.ts';
import type { View } from '../view.ts';
import { amount, OPEN_WORDS, remaining, takenBack } from './payment-parts.ts';

const STATES: Readonly<Record<PaymentState, Key>> = {
  created: 'history.state.created',
  approved: 'history.state.approved',
  capturing: 'history.state.capturing',
  unknown: 'history.state.capturing',
  pending: 'history.state.pending',
  declined: 'history.state.declined',
  completed: 'history.state.completed',
  failed: 'history.state.failed',
  expired: 'history.state.expired',
  cancelled: 'history.state.cancelled',
  'partly-refunded': 'history.state.partlyRefunded',
  refunded: 'history.state.refunded',
  disputed: 'history.state.disputed',
  'partly-reversed': 'history.state.partlyReversed',
  reversed: 'history.state.reversed',
};

export function history(view: View) {
  const { payments, years, receipts, task, notice } = view.state;
  const body =
    payments.length > 0
      ? html`<ul class="cards">
          ${payments.map((payment) => card(view, payment))}
        </ul>`
      : task !== null
        ? waiting(view, 'common.loading')
        : notice === null
          ? html`<p>${view.t('history.empty')}</p>`
          : nothing;
  return page(
    view,
    view.t('history.title'),
    html`${body}${years.length + receipts.length === 0 ? nothing : summaries(view)}
      <p>${button(view, 'nav.home', { type: 'home' }, 'link')}</p>`,
  );
}

function summaries(view: View) {
  return html`<h3>${view.t('history.years')}</h3>
    <p class="hint">${view.t('history.yearsHint')}</p>
    <ul class="links">
      ${view.state.years.map(
        ({ year, pdfUrl }) =>
          html`<li><a href=${pdfUrl} download>${view.t('history.year', { annee: String(year) })}</a></li>`,
      )}
      ${view.state.receipts.map(
        ({ title, pdfUrl }) =>
          html`<li><a href=${pdfUrl} translate="no" download>${title[view.lang]} (PDF)</a></li>`,
      )}
    </ul>`;
}

function card(view: View, payment: Payment) {
  const { lang } = view;
  return html`<li>
    <h3>${dateTime(lang, payment.completedAt ?? payment.createdAt)}</h3>
    <p class="amount"><span>${view.say(payment.stopped ?? { key: STATES[payment.state] })}</span> ${amount(view, payment.totalCents)}</p>
    <p class="hint">
      ${view.t('done.ref')}
      <span translate="no">${payment.number} – ${payment.invoices.map(({ number }) => number).join(', ')}</span>
    </p>
    ${
      payment.receipt === null
        ? nothing
        : html`<a
            class="secondary"
            part="button secondary"
            href=${payment.receipt.pdfUrl}
            download
            aria-label=${view.plain('history.receiptFor', { numero: payment.number })}
            >${view.t('done.receipt')}</a
          >`
    }
    ${payment.refunds.map(
      ({ number, amountCents, pdfUrl }) =>
        html`<p>
          <a href=${pdfUrl} download
            >${view.t('history.refund', { montant: money(lang, amountCents), numero: String(number) })}</a
          >
        </p>`,
    )}
    ${takenBack(view, payment)}
    ${payment.state === 'disputed' || payment.takenBack.length > 0 ? remaining(view, payment) : nothing}
    ${
      payment.state in OPEN_WORDS
        ? button(view, 'history.resume', { type: 'resumePayment', paymentId: payment.id }, 'secondary')
        : nothing
    }
  </li>`;
}
