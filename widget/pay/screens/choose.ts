// Several certificates (S20): which one, or all of them together.
import { html, nothing } from 'lit';
import type { Certificate } from '../../client/types.ts';
import { button, page } from '../../controls/parts.ts';
import { day, money } from '../../locales/format.ts';
import { payableIds } from '../journey/invoices.ts';
import type { View } from '../view.ts';
import { openPayment } from './payment-parts.ts';

export function choose(view: View) {
  const { certificates } = view.state;
  const payable = payableIds(view.state);
  return page(
    view,
    view.t('lookup.chooseTitle'),
    html`${openPayment(view)}
      <p>
        ${payable.length === 0 ? view.t('invoice.zero.body') : view.t('lookup.choose')}
      </p>
      <ul class="cards">
        ${certificates.map((certificate) => card(view, certificate))}
      </ul>
      <div class="actions">
        ${payable.length > 1 ? button(view, 'lookup.payAll', { type: 'payAll' }, 'primary') : nothing}
        ${button(view, 'lookup.addCert', { type: 'show', screen: 'lookup' }, 'link')}
      </div>`,
  );
}

function card(view: View, certificate: Certificate) {
  const { lang } = view;
  const period = view.plain('invoice.periodRange', {
    debut: day(lang, certificate.periodStart),
    fin: day(lang, certificate.periodEnd),
  });
  const late = certificate.invoices.some(({ overdue, payable }) => overdue && payable);
  const held = certificate.invoices.some((invoice) => invoice.held);
  return html`<li>
    <h3>${view.t('lookup.certificate', { numero: certificate.number })}</h3>
    ${certificate.holderName === null ? nothing : html`<p translate="no">${certificate.holderName}</p>`}
    <p class="hint">${view.t('invoice.period')} ${period}</p>
    <p class="amount">
      <span>${view.t('invoice.balance')}</span> <strong translate="no">${money(lang, certificate.balanceCents)}</strong>
    </p>
    ${held ? html`<p class="hint">${view.t('invoice.held')}</p>` : nothing}
    ${late && !held ? html`<p class="late">${view.t('invoice.late')}</p>` : nothing}
    <button
      class="secondary"
      part="button secondary"
      type="button"
      aria-label=${view.plain('lookup.chooseOneFor', { numero: certificate.number, periode: period })}
      @click=${() => view.send({ type: 'choose', certificateId: certificate.id })}
    >
      ${view.t('lookup.chooseOne')}
    </button>
  </li>`;
}
