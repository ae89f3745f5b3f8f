// From « Effectuer un paiement » to the receipt. Each state of the payment has its screen; only `completed`, which the
// server gives for a capture it has seen, has « Votre paiement est maintenant complété. » (P6).
import { html, nothing, type TemplateResult } from 'lit';
import type { Payment } from '../../client/types.ts';
import { button, page, press, waiting } from '../../controls/parts.ts';
import { dateTime, money } from '../../locales/format.ts';
import { payableIds } from '../journey/invoices.ts';
import type { View } from '../view.ts';
import { fact, paymentFacts, remaining, takenBack } from './payment-parts.ts';

/** A payment's screens without a payment cannot be reached; an empty page is the honest fallback. */
const withPayment = (draw: (view: View, payment: Payment) => TemplateResult) => (view: View) =>
  view.state.payment === null ? page(view, view.t('pay.title'), nothing) : draw(view, view.state.payment);

export function leaving(view: View) {
  const { task } = view.state;
  const popup = view.around?.popup;
  const inWindow = popup?.open === true && task?.do === 'leave';
  return page(
    view,
    view.t('pay.title'),
    html`${inWindow ? html`<p>${view.t('pay.popupOpen')}</p>` : waiting(view, 'pay.redirecting')}
      <p class="important">${view.t('pay.comeBack')}</p>
      ${inWindow ? html`<div class="actions">${press(view, 'pay.popupDone', 'secondary', () => popup.back())}</div>` : nothing}
      ${
        task?.do === 'leave'
          ? html`<p class="below"><a href=${task.url}>${view.t('pay.redirectLink')}</a></p>`
          : nothing
      }`,
  );
}

export function returning(view: View) {
  const wait = view.state.notice === null ? waiting(view, 'return.checking') : nothing;
  return page(view, view.t('pay.title'), wait);
}

export const confirm = withPayment((view, payment) => {
  const { task } = view.state;
  return page(
    view,
    view.t('confirm.title'),
    html`<p class="important strong">${view.t('confirm.notYet')}</p>
      <p>
        ${view.t('confirm.body', {
          montant: html`<strong translate="no">${money(view.lang, payment.totalCents)}</strong>`,
        })}
      </p>
      ${paymentFacts(view, payment)}
      <div class="actions">
        ${button(view, 'confirm.button', { type: 'confirm' }, 'primary')}
        ${button(view, 'confirm.cancel', { type: 'cancelPayment' }, 'secondary')}
      </div>
      ${task?.do === 'confirm' ? waiting(view, 'confirm.working') : nothing}
      ${task?.do === 'cancel' ? waiting(view, 'confirm.cancelling') : nothing}`,
  );
});

export function changed(view: View) {
  const { newTotalCents } = view.state;
  return page(
    view,
    view.t('changed.title'),
    html`<p>${view.t('err.amountMismatch')}</p>
      ${
        newTotalCents === null
          ? nothing
          : html`<p class="important">
              ${view.t('changed.total', { montant: money(view.lang, newTotalCents) })}
            </p>`
      }
      <div class="actions">${button(view, 'confirm.again', { type: 'home' }, 'primary')}</div>`,
  );
}

export const unknown = withPayment((view, payment) =>
  page(
    view,
    view.t('unknown.title'),
    html`<p class="important">${view.t('err.unknownOutcome')}</p>
      ${waiting(view, 'unknown.checking')}
      ${paymentFacts(view, payment, fact(view.t('done.ref'), payment.number))}`,
  ),
);

export const pending = withPayment((view, payment) =>
  page(
    view,
    view.t('pending.title'),
    html`<p class="important">${view.t('done.pending')}</p>
      ${paymentFacts(view, payment, fact(view.t('done.ref'), payment.number))}
      <div class="actions">${button(view, 'nav.home', { type: 'home' }, 'secondary')}</div>`,
  ),
);

export const declined = withPayment((view, payment) =>
  page(
    view,
    view.t('declined.title'),
    html`<p class="important">${view.t('err.declined')}</p>
      ${paymentFacts(view, payment)}
      <div class="actions">
        ${button(view, 'declined.retry', { type: 'reopen' }, 'primary')}
        ${button(view, 'confirm.cancel', { type: 'cancelPayment' }, 'secondary')}
      </div>`,
  ),
);

export const ended = withPayment((view, { failure, state, stopped }) => {
  const [title, body] =
    state === 'expired'
      ? (['ended.expiredTitle', 'confirm.expired'] as const)
      : state === 'cancelled'
        ? (['ended.cancelledTitle', 'ended.cancelled'] as const)
        : (['ended.failedTitle', 'ended.failed'] as const);
  return page(
    view,
    view.t(
      failure === 'already-paid' ? 'ended.paidTitle' : failure === 'amount-changed' ? 'changed.title' : title,
    ),
    html`<p class="important">${view.say(stopped ?? { key: body })}</p>
      <div class="actions">
        ${button(view, stopped ? 'nav.home' : 'confirm.again', { type: 'home' }, 'primary')}
      </div>`,
  );
});

export const done = withPayment((view, payment) => {
  const { receipt } = payment;
  const at = payment.completedAt ?? payment.confirmedAt ?? payment.createdAt;
  const montant = money(view.lang, payment.totalCents);
  const paid = new Set(payment.invoices.map(({ id }) => id));
  const more = payableIds(view.state).some((id) => !paid.has(id)) || (payment.remainingCents ?? 0) > 0;
  return page(
    view,
    view.t('done.title'),
    html`<p>
        ${view.t('done.body', {
          montant: html`<strong translate="no">${montant}</strong>`,
          dateHeure: dateTime(view.lang, at),
          courriel: html`<strong class="address" translate="no">${payment.email}</strong>`,
        })}
      </p>
      ${paymentFacts(
        view,
        payment,
        html`${fact(view.t('done.when'), [dateTime(view.lang, at)])}
        ${fact(view.t('done.ref'), payment.number)}
        ${payment.captureId === null ? nothing : fact(view.t('done.paypalRef'), payment.captureId)}
        ${receipt === null ? nothing : fact(view.t('done.receiptNumber'), receipt.number)}`,
      )}
      ${takenBack(view, payment)}${remaining(view, payment)}
      ${
        receipt === null
          ? nothing
          : html`<div class="actions">
              <a class="primary" part="button primary" href=${receipt.pdfUrl} download
                >${view.t('done.receipt')}</a
              >
              <a class="secondary" part="button secondary" href=${receipt.htmlUrl} target="_blank" rel="noopener"
                >${view.t('done.print')}<span class="sr"> ${view.t('common.newWindow')}</span></a
              >
            </div>`
      }
      <p>${view.t('done.keep')} ${view.t('done.notCoverage')}</p>
      <p class="below">${button(view, more ? 'done.more' : 'nav.home', { type: 'home' }, 'link')}</p>`,
  );
});
