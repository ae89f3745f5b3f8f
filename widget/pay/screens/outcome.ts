// What became of a confirmed payment (S30–S32). Each state of the payment has its screen; only `completed`, which the
// server gives for a capture it has seen, has « Votre paiement est maintenant complété. » (S31, P6).
import { html, nothing } from 'lit';
import type { Payment } from '../../client/types.ts';
import { emailAddress } from '../../controls/email-address.ts';
import { button, page, waiting } from '../../controls/parts.ts';
import { dateTime } from '../../locales/format.ts';
import type { Key } from '../../locales/text.ts';
import { payableIds } from '../journey/invoices.ts';
import type { View } from '../view.ts';
import { wayBack } from './frame-rest.ts';
import { amount, fact, paymentFacts, remaining, takenBack, withPayment } from './payment-parts.ts';

export const unknown = withPayment((view, payment) =>
  told(view, 'unknown.title', 'err.unknownOutcome', [
    waiting(view, 'unknown.checking'),
    numbered(view, payment),
  ]),
);

export const pending = withPayment((view, payment) =>
  told(
    view,
    'pending.title',
    'done.pending',
    numbered(view, payment),
    button(view, 'nav.home', { type: 'home' }, 'secondary'),
  ),
);

export const declined = withPayment((view, payment) =>
  told(view, 'declined.title', 'err.declined', paymentFacts(view, payment), [
    button(view, 'declined.retry', { type: 'reopen' }, 'primary'),
    button(view, 'confirm.cancel', { type: 'cancelPayment' }, 'secondary'),
  ]),
);

const numbered = (view: View, payment: Payment) =>
  paymentFacts(view, payment, fact(view.t('done.ref'), payment.number));

/** One sentence that matters, what there is to know, what there is to do. */
const told = (view: View, title: Key, sentence: Key, facts: unknown, ways?: unknown) =>
  page(
    view,
    view.t(title),
    html`<p class="important">${view.t(sentence)}</p>
      ${facts}
      <div class="actions">${ways}</div>`,
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
  const paid = new Set(payment.invoices.map(({ id }) => id));
  const more = payableIds(view.state).some((id) => !paid.has(id)) || (payment.remainingCents ?? 0) > 0;
  return page(
    view,
    view.t('done.title'),
    html`<p>
        ${view.t('done.body', {
          montant: amount(view, payment.totalCents),
          dateHeure: dateTime(view.lang, at),
          courriel: emailAddress(payment.email),
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
      <div class="actions">
        ${wayBack(view, 'secondary')} ${button(view, more ? 'done.more' : 'nav.home', { type: 'home' }, 'link')}
      </div>`,
  );
});
