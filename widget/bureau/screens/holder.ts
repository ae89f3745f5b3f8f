// « Dossier » (S15, S33–S34): who she is, why her balance is what it is, what was invoiced, and which accounts reach it.
import { html, nothing } from 'lit';
import { day, money } from '../../locales/format.ts';
import type { Desk, Route, Screen } from '../desk.ts';
import { Fetched } from '../fetched.ts';
import { words } from '../locales/holder.ts';
import type { Holder, Reason } from '../office.ts';
import { type Key, kept } from '../words.ts';

export { words };

type Certificate = Holder['certificates'][number];
type Invoice = Certificate['invoices'][number];

interface FileOf {
  holder: Holder;
  reasons: readonly Reason[];
}

export function open(desk: Desk, route: Route): Screen {
  const id = route.args[0] ?? '';
  const file = new Fetched(desk, async (): Promise<FileOf> => {
    const [{ holder }, { reasons }] = await Promise.all([
      desk.files('$get', '/holders/:id', { id }),
      desk.files('$get', '/holders/:id/balance-reasons', { id }),
    ]);
    const numbers = [...new Set(holder.certificates.map(({ number }) => number))];
    desk.opened({ id, name: nameOf(holder), numbers });
    return { holder, reasons };
  });
  return {
    title: () => (file.value === undefined ? desk.words.plain('holder.title') : nameOf(file.value.holder)),
    render: () => file.show((value) => drawFile(desk, value)),
  };
}

const nameOf = ({ firstName, lastName }: Holder) => `${lastName}, ${firstName}`;

function drawFile(desk: Desk, { holder, reasons }: FileOf): unknown {
  return html`${identity(desk, holder)} ${why(desk, holder, reasons)}
    ${holder.certificates.map((one) => certificate(desk, one))} ${accounts(desk, holder)}`;
}

/** What is owed on all of her open invoices, in cents. */
const balanceOf = ({ certificates }: Holder) =>
  certificates
    .flatMap(({ invoices }) => invoices)
    .filter(({ status }) => status === 'open')
    .reduce((sum, { balanceCents }) => sum + balanceCents, 0);

function identity({ lang, words: { t } }: Desk, holder: Holder): unknown {
  const { closed, email, status, usualName } = holder;
  const balance = balanceOf(holder);
  return html`<div class="identity">
    <div>
      <h1 id="title" tabindex="-1">${kept(nameOf(holder))}</h1>
      ${closed ? html`<p><span class="badge bad">${t('holder.closed')}</span></p>` : nothing}
    </div>
    <p class="balance"><span class="hint">${t(balance < 0 ? 'holder.credit' : 'holder.balance')}</span>
      <strong>${kept(money(lang, Math.abs(balance)))}</strong></p>
  </div>
  <dl class="facts">
    ${usualName ? fact(t('holder.usualName'), kept(usualName)) : nothing}
    ${fact(t('holder.email'), email === null ? t('holder.noEmail') : html`<a href="mailto:${email}">${kept(email)}</a>`)}
    ${fact(t('holder.lang'), t(holder.lang === 'fr-CA' ? 'holder.french' : 'holder.english'))}
    ${status ? fact(t('holder.status'), status) : nothing}
  </dl>`;
}

const fact = (name: unknown, value: unknown) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

/** The answer first, to be read aloud; then what else holds. */
function why({ lang, words: { t } }: Desk, { certificates }: Holder, reasons: readonly Reason[]): unknown {
  const [answer, ...others] = reasons;
  return html`<section class="why" aria-labelledby="why">
    <h2 id="why">${t('why.title')}</h2>
    <p class="answer">${answer?.sentence[lang] ?? t(certificates.length === 0 ? 'why.noCertificate' : 'why.nothing')}</p>
    ${
      others.length === 0
        ? nothing
        : html`<h3>${t('why.others')}</h3><ul>${others.map(({ sentence }) => html`<li>${sentence[lang]}</li>`)}</ul>`
    }
  </section>`;
}

function certificate(desk: Desk, one: Certificate): unknown {
  const { lang, words } = desk;
  const { t } = words;
  const { id, number, status, periodStart, periodEnd, invoices } = one;
  return html`<section class="certificate" aria-labelledby="c-${id}">
    <h2 id="c-${id}">${t('certificate.title', { numero: number })}
      <span class="hint">${t('certificate.period', { debut: day(lang, periodStart), fin: day(lang, periodEnd) })}</span>
      ${status ? html`<span class="badge">${status}</span>` : nothing}</h2>
    ${invoices.length === 0 ? html`<p>${t('certificate.noInvoice')}</p>` : invoiceTable(desk, invoices)}
    ${one.endorsements.length === 0 ? nothing : endorsements(desk, one)}
  </section>`;
}

function invoiceTable({ lang, words: { t } }: Desk, invoices: readonly Invoice[]): unknown {
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
        </td></tr>
      </tbody>`,
    )}
  </table>`;
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

function accounts({ words: { t } }: Desk, { accounts: all }: Holder): unknown {
  const ways = {
    email: 'accounts.byEmail',
    link: 'accounts.byLink',
    undone: 'accounts.undone',
    waits: 'accounts.waits',
  } as const;
  return html`<section aria-labelledby="accounts">
    <h2 id="accounts">${t('accounts.title')}</h2>
    ${
      all.length === 0
        ? html`<p>${t('accounts.none')}</p>`
        : html`<table class="list">
            <caption class="sr">${t('accounts.title')}</caption>
            <thead><tr><th scope="col">${t('accounts.name')}</th><th scope="col">${t('accounts.email')}</th><th scope="col">${t('accounts.way')}</th></tr></thead>
            <tbody>${all.map(
              ({ name, email, way, level, numberKey }) => html`<tr>
                <th scope="row">${kept(name)}</th>
                <td data-label=${t('accounts.email')}>${kept(email)}</td>
                <td data-label=${t('accounts.way')}>${t(ways[way], { numero: numberKey ?? '' })}
                  ${level === null ? nothing : html`<span class="badge">${t(`accounts.${level}`)}</span>`}</td>
              </tr>`,
            )}</tbody>
          </table>`
    }
  </section>`;
}
