// Of a file: certificates, their invoices and endorsements.
import { html, nothing } from 'lit';
import { day, money } from '../../../locales/format.ts';
import type { Desk } from '../../desk.ts';
import type { Holder } from '../../office.ts';
import { type Key, kept } from '../../words.ts';

type Certificate = Holder['certificates'][number];
type Invoice = Certificate['invoices'][number];

/** What was invoiced for a certificate's period, line by line as she sees it, with what may be done about each; its endorsements. */
export function certificate(desk: Desk, one: Certificate, acts: (invoice: Invoice) => unknown): unknown {
  const { lang, words } = desk;
  const { t } = words;
  const { id, number, status, periodStart, periodEnd, invoices } = one;
  return html`<section class="certificate" aria-labelledby="c-${id}">
    <h2 id="c-${id}">${t('certificate.title', { numero: number })}
      <span class="hint">${t('certificate.period', { debut: day(lang, periodStart), fin: day(lang, periodEnd) })}</span>
      ${status ? html`<span class="badge">${status}</span>` : nothing}</h2>
    ${invoices.length === 0 ? html`<p>${t('certificate.noInvoice')}</p>` : invoiceTable(desk, invoices, acts)}
    ${one.endorsements.length === 0 ? nothing : endorsements(desk, one)}
  </section>`;
}

function invoiceTable(
  desk: Desk,
  invoices: readonly Invoice[],
  acts: (invoice: Invoice) => unknown,
): unknown {
  const { lang, words } = desk;
  const { t } = words;
  const cell = (label: Key, content: unknown, kind = '') =>
    html`<td class=${kind} data-label=${t(label)}>${content}</td>`;
  return html`<table class="list">
    <caption>${t('invoices.title')}</caption>
    <thead><tr>
      <th scope="col">${t('invoices.number')}</th><th scope="col">${t('invoices.issued')}</th><th scope="col">${t('invoices.due')}</th>
      <th scope="col" class="amount">${t('invoices.total')}</th><th scope="col" class="amount">${t('invoices.paid')}</th>
      <th scope="col" class="amount">${t('invoices.balance')}</th><th scope="col">${t('invoices.state')}</th>
    </tr></thead>
    ${invoices.map(
      (invoice) => html`<tbody>
        <tr>
          <th scope="row">${kept(invoice.number)}</th>
          ${cell('invoices.issued', day(lang, invoice.issuedOn))} ${cell('invoices.due', day(lang, invoice.dueOn))}
          ${cell('invoices.total', kept(money(lang, invoice.totalCents)), 'amount')}
          ${cell('invoices.paid', kept(money(lang, invoice.paidCents)), 'amount')}
          ${cell('invoices.balance', kept(money(lang, invoice.balanceCents)), 'amount strong')}
          ${cell('invoices.state', stateOf(invoice, t))}
        </tr>
        <tr class="lines"><td colspan="7">
          <details ?open=${invoice.status === 'open' && invoice.balanceCents !== 0}>
            <summary>${t('invoices.lines')}</summary>
            <ul>${invoice.lines.map(
              ({ description, amountCents }) =>
                html`<li><span>${description}</span>
                  <span class="amount">${kept(money(lang, amountCents))}</span></li>`,
            )}</ul>
          </details>
          ${planOf(desk, invoice)} ${acts(invoice)}
        </td></tr>
      </tbody>`,
    )}
  </table>`;
}

/** The instalments by which it is paid off, while there are any. */
function planOf(desk: Desk, { plan }: Invoice): unknown {
  if (!plan?.next) return nothing;
  const { lang, words } = desk;
  const { t } = words;
  return html`<section class="plan"><h3>${t('plan.title')}
      ${plan.next.late ? html`<span class="badge bad">${t('plan.late')}</span>` : nothing}</h3>
    <ul>${plan.instalments.map(
      ({ dueOn, amountCents, leftCents }) =>
        html`<li><span>${day(lang, dueOn)}</span>
          ${
            leftCents === amountCents
              ? html`<span class="amount">${kept(money(lang, amountCents))}</span>`
              : html`<span>${t(leftCents === 0 ? 'plan.paid' : 'plan.left', {
                  montant: money(lang, amountCents),
                  reste: money(lang, leftCents),
                })}</span>`
          }</li>`,
    )}</ul></section>`;
}

function stateOf({ status, held, balanceCents, overdue }: Invoice, t: Desk['words']['t']): unknown {
  const badge = (key: Key, look = '') => html`<span class="badge ${look}">${t(key)}</span>`;
  if (status === 'cancelled') return badge('state.cancelled');
  if (held) return badge('state.held', 'due');
  if (balanceCents < 0) return badge('state.credit');
  if (balanceCents === 0) return badge('state.paid', 'good');
  return overdue ? badge('state.overdue', 'bad') : badge('state.open', 'due');
}

function endorsements({ lang, words: { t } }: Desk, { endorsements: all, invoices }: Certificate): unknown {
  const numberOf = (id: string) => invoices.find((invoice) => invoice.id === id)?.number;
  return html`<table class="list">
    <caption>${t('endorsements.title')}</caption>
    <thead><tr>
      <th scope="col">${t('endorsements.day')}</th><th scope="col">${t('endorsements.what')}</th>
      <th scope="col" class="amount">${t('endorsements.amount')}</th><th scope="col">${t('endorsements.invoice')}</th>
    </tr></thead>
    <tbody>${all.map(
      ({ effectiveOn, description, amountCents, invoiceId }) => html`<tr>
        <th scope="row">${day(lang, effectiveOn)}</th>
        <td data-label=${t('endorsements.what')}>${description}</td>
        <td class="amount" data-label=${t('endorsements.amount')}>${kept(money(lang, amountCents))}</td>
        <td data-label=${t('endorsements.invoice')}>${
          invoiceId === null
            ? html`<span class="badge bad">${t('endorsements.none')}</span>`
            : kept(numberOf(invoiceId) ?? '–')
        }</td>
      </tr>`,
    )}</tbody>
  </table>`;
}
