// An invoice line by line (S35), with « Frais d'administration » and « Frais en ligne » as lines of their own (S36–S38):
// what the paper says, in the paper's order, then what was paid and what is left.
import { html, nothing, type TemplateResult } from 'lit';
import type { Certificate, Invoice, Line, Quote } from '../../client/types.ts';
import { day, money, percent } from '../../locales/format.ts';
import { type Key, text } from '../../locales/text.ts';
import type { View } from '../view.ts';
import { fact } from './payment-parts.ts';

const LABELS: Readonly<Record<Line['code'], Key | null>> = {
  PRIME: 'invoice.premium',
  AVEN: 'invoice.endorsement',
  CRED: 'invoice.credit',
  TPA: 'invoice.taxNoRate',
  FADM: 'invoice.adminFee',
  TPS: 'invoice.gst',
  TVQ: 'invoice.qst',
  OTHER: null,
};

/** An invoice's heading, facts and lines. */
export function invoiceTable(
  view: View,
  invoice: Invoice,
  certificate: Certificate | undefined,
): TemplateResult {
  const { lang } = view;
  return html`<section class="invoice" part="invoice" aria-labelledby="i-${invoice.id}">
    <h3 id="i-${invoice.id}">${view.t('invoice.one', { numero: invoice.number })}</h3>
    <dl class="facts">
      ${certificate === undefined ? nothing : fact(view.t('invoice.certificate'), certificate.number)}
      ${certificate?.holderName ? fact(view.t('invoice.holder'), certificate.holderName) : nothing}
      ${fact(
        view.t('invoice.period'),
        view.t('invoice.periodRange', {
          debut: day(lang, invoice.periodStart),
          fin: day(lang, invoice.periodEnd),
        }),
      )}
    </dl>
    ${due(view, invoice)}
    <table role="table">
      <thead class="sr">
        <tr role="row">
          <th scope="col" role="columnheader">${view.t('invoice.description')}</th>
          <th scope="col" role="columnheader">${view.t('invoice.amount')}</th>
        </tr>
      </thead>
      <tbody>
        ${invoice.lines.map((line) => row(label(view, line), money(lang, line.amountCents)))}
        ${
          invoice.paidCents !== 0
            ? html`${row(view.t('invoice.invoiceTotal'), money(lang, invoice.totalCents), 'sum')}
              ${row(view.t('invoice.paid'), money(lang, -invoice.paidCents))}`
            : nothing
        }
        ${row(view.t('invoice.balance'), money(lang, invoice.balanceCents), 'sum')}
      </tbody>
    </table>
  </section>`;
}

function due(view: View, invoice: Invoice) {
  if (invoice.status === 'cancelled') return html`<p class="hint">${view.t('invoice.cancelledInvoice')}</p>`;
  if (invoice.balanceCents <= 0) return nothing;
  const next = invoice.plan?.next;
  if (next) {
    const values = { montant: money(view.lang, next.amountCents), date: day(view.lang, next.dueOn) };
    return html`<p class=${next.late ? 'late' : 'important'}>${view.t(next.late ? 'invoice.nextLate' : 'invoice.next', values)}</p>`;
  }
  const date = day(view.lang, invoice.dueOn);
  return invoice.overdue
    ? html`<p class="late">${view.t('invoice.overdue', { date })}</p>
        <p class="hint">${view.t('invoice.overdueNote')}</p>`
    : html`<p>${view.t('invoice.due', { date })}</p>`;
}

function row(name: unknown, amount: string, look = '') {
  return html`<tr class=${look} role="row">
    <th scope="row" role="rowheader">${name}</th>
    <td role="cell" translate="no">${amount}</td>
  </tr>`;
}

// The file's own words stand when they say more than ours: they are those of the paper invoice, in French.
function label(view: View, { code, description, rate }: Line): unknown {
  const key = LABELS[code];
  const ours =
    key === null
      ? ''
      : code === 'TPA' && rate !== null
        ? view.plain('invoice.tax', { taux: percent(view.lang, rate) })
        : rate !== null
          ? `${view.plain(key)} (${percent(view.lang, rate)})`
          : view.plain(key);
  if (description === '') return ours;
  if (ours === '') return html`<span lang="fr">${description}</span>`;
  const plain = (words: string) => words.replace(/[\s\u00a0]+/g, ' ').toLowerCase();
  const french = plain(text('fr-CA', key ?? 'invoice.premium'));
  if (code === 'TPA' || plain(description) === plain(ours) || plain(description) === french) return ours;
  if (view.lang === 'fr-CA' && plain(description).startsWith(french)) return description;
  return html`${ours} <span class="hint" lang="fr">${description}</span>`;
}

/** What paying online comes to; the server's sums, shown. */
export function totals(view: View, quote: Quote): TemplateResult {
  const { lang } = view;
  const part = view.state.amountCents !== null;
  const { taxStep } = quote;
  return html`<table class="totals" role="table" part="totals" aria-label=${view.plain('invoice.total')}>
    <tbody>
      ${
        part || quote.invoices.length > 1
          ? row(view.t(part ? 'invoice.part' : 'invoice.balance'), money(lang, quote.subtotalCents))
          : nothing
      }
      ${quote.onlineFeeCents > 0 ? row(view.t('invoice.onlineFee'), money(lang, quote.onlineFeeCents)) : nothing}
      ${row(view.t('invoice.total'), money(lang, quote.totalCents), 'total')}
      ${
        taxStep &&
        row(
          view.t('invoice.taxStep', { date: day(lang, taxStep.from), taux: percent(lang, taxStep.rate) }),
          money(lang, taxStep.totalCents),
        )
      }
    </tbody>
  </table>`;
}
