// On the way to PayPal, « le site de paiement sécurisé » (S23), and back on this page (S28).
import { html, nothing } from 'lit';
import { page, press, waiting } from '../../controls/parts.ts';
import type { View } from '../view.ts';

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
      ${task?.do === 'leave' ? html`<p><a href=${task.url}>${view.t('pay.redirectLink')}</a></p>` : nothing}`,
  );
}

export function returning(view: View) {
  const wait = view.state.notice === null ? waiting(view, 'return.checking') : nothing;
  return page(view, view.t('pay.title'), wait);
}
