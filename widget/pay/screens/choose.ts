// Several certificates (S20): all of them together, or which one; what falls due first comes first, and where there is
// nothing to pay is folded.
import { html, nothing } from 'lit';
import type { Certificate, Invoice } from '../../client/types.ts';
import { button, page } from '../../controls/parts.ts';
import { day } from '../../locales/format.ts';
import { AT_ONCE, byDueDate, payableInvoices } from '../journey/invoices.ts';
import type { View } from '../view.ts';
import { amount, openPayment } from './payment-parts.ts';

export function choose(view: View) {
  const { due, rest } = byDueDate(view.state.certificates);
  const payable = payableInvoices(due);
  const cards = (certificates: readonly Certificate[]) =>
    html`<ul class="cards">
      ${certificates.map((certificate) => card(view, certificate))}
    </ul>`;
  return page(
    view,
    view.t('lookup.chooseTitle'),
    html`${openPayment(view)}
      <p>
        ${view.t(payable.length === 0 ? 'invoice.zero.body' : 'lookup.choose')}
      </p>
      ${payable.length > 1 ? payAll(view, payable) : nothing}
      ${cards(due.length ? due : rest)}
      ${
        due.length && rest.length
          ? html`<details>
              <summary>${view.t('lookup.nothingDue', { n: rest.length })}</summary>
              ${cards(rest)}
            </details>`
          : nothing
      }
      <div class="actions">${button(view, 'lookup.addCert', 'lookup', 'link')}</div>`,
  );
}

// What « Tout payer » pays, before any fee for paying online.
function payAll(view: View, payable: readonly Invoice[]) {
  const cents = payable.slice(0, AT_ONCE).reduce((sum, { balanceCents }) => sum + balanceCents, 0);
  return html`<div class="boxed pay">
    <p class="amount"><span>${view.t('invoice.balance')}</span> ${amount(view, cents)}</p>
    ${payable.length > AT_ONCE ? html`<p class="hint">${view.t('lookup.firstOnly', { n: AT_ONCE })}</p>` : nothing}
    ${button(view, 'lookup.payAll', { type: 'payAll' }, 'primary')}
  </div>`;
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
      <span>${view.t('invoice.balance')}</span> ${amount(view, certificate.balanceCents)}
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
