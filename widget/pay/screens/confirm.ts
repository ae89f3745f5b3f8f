// « Confirmer » (S28, S29), right after the words that nothing is paid yet and the amount; the payee and the certificate
// below. And the amount that changed meanwhile (S32).
import { html, nothing } from 'lit';
import { button, page, waiting } from '../../controls/parts.ts';
import { money } from '../../locales/format.ts';
import type { View } from '../view.ts';
import { wayBack } from './frame-rest.ts';
import { amount, paymentFacts, withPayment } from './payment-parts.ts';

export const confirm = withPayment((view, payment) => {
  const { task } = view.state;
  return page(
    view,
    view.t('confirm.title'),
    html`<p class="important"><strong>${view.t('confirm.notYet')}</strong></p>
      <p>
        ${view.t('confirm.body', {
          montant: amount(view, payment.totalCents),
        })}
      </p>
      <div class="actions">
        ${button(view, 'confirm.button', { type: 'confirm' }, 'primary')}
        ${button(view, 'confirm.cancel', { type: 'cancelPayment' }, 'secondary')}
      </div>
      ${task?.do === 'confirm' ? waiting(view, 'confirm.working') : nothing}
      ${task?.do === 'cancel' ? waiting(view, 'confirm.cancelling') : nothing}
      ${paymentFacts(view, payment)} ${wayBack(view, 'link')}`,
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
