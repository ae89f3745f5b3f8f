// « Aujourd'hui »: what came in, what waits, thirty days of it, the last payments.
import { html, nothing, svg } from 'lit';
import type { Answer } from '../../client/api.ts';
import { dateTime, day, money } from '../../locales/format.ts';
import { Freshness } from '../controls/freshness.ts';
import { moment } from '../day.ts';
import type { Desk, Screen } from '../desk.ts';
import { Fetched } from '../fetched.ts';
import { words as methodWords } from '../locales/methods.ts';
import { words as todayWords } from '../locales/today.ts';
import { METHODS } from '../methods.ts';
import type { Files } from '../office.ts';
import { type Key, kept } from '../words.ts';

export const words = { ...todayWords, ...methodWords };

type Today = Answer<'$get', '/today', Files>;
type Day = Today['days'][number];

export function open(desk: Desk): Screen {
  const today = new Fetched(desk, async () => {
    const found = await desk.files('$get', '/today', {});
    desk.pulse.report(found.waiting);
    return found;
  });
  desk.pulse.follow(() => void today.load());
  const fresh = new Freshness(desk, today);
  return {
    title: () => desk.words.plain('today.title'),
    render:
      () => html`<div class="identity"><h1 id="title" tabindex="-1">${desk.words.t('today.title')}</h1>${fresh.render()}</div>
      ${today.show((found) => drawn(desk, found))}`,
    leave() {
      fresh.stop();
      desk.pulse.follow(null);
    },
  };
}

function drawn(desk: Desk, today: Today): unknown {
  const { t } = desk.words;
  return html`<section aria-labelledby="figures">
      <h2 id="figures" class="sr">${t('today.figures')}</h2>
      ${figures(desk, today)}
    </section>
    <section aria-labelledby="days"><h2 id="days">${t('today.days')}</h2>${days(desk, today.days)}</section>
    <section aria-labelledby="last"><h2 id="last">${t('today.last')}</h2>${last(desk, today.last)}</section>`;
}

function figures(
  { lang, words: { t } }: Desk,
  { figures: sums, unconfirmed, overdue, waiting }: Today,
): unknown {
  const one = (name: Key, cents: number, hint: unknown = nothing) =>
    html`<div><dt>${t(name)}</dt><dd>${kept(money(lang, cents))}${hint === nothing ? nothing : html`<span class="hint">${hint}</span>`}</dd></div>`;
  return html`<dl class="figures">
    ${one('today.paypal', sums.paypalCents)} ${one('today.otherwise', sums.otherwiseCents)}
    ${sums.refundedCents === 0 ? nothing : one('today.refunded', sums.refundedCents)}
    ${one('today.net', sums.netCents, t('today.netWhy', { montant: money(lang, sums.feeCents) }))}
    ${one(
      'today.unconfirmed',
      unconfirmed.cents,
      html`<a href="#paiements?outcome=under-way">${t('today.payments', { n: unconfirmed.count })}</a>`,
    )}
    ${one('today.overdue', overdue.cents, t('today.invoices', { n: overdue.count }))}
    <div><dt>${t('nav.work')}</dt><dd><a href="#a-traiter">${waiting.toLocaleString(lang)}</a></dd></div>
  </dl>`;
}

function days(desk: Desk, all: readonly Day[]): unknown {
  const { lang, words } = desk;
  const { t } = words;
  if (
    all.every(
      ({ paypalCents, otherwiseCents, refundedCents }) => !paypalCents && !otherwiseCents && !refundedCents,
    )
  )
    return html`<p>${t('today.none')}</p>`;
  const cell = (label: Key, cents: number) =>
    html`<td class="amount" data-label=${t(label)}>${kept(money(lang, cents))}</td>`;
  return html`${bars(desk, all)}
    <p class="key hint"><span><i></i>${t('today.byPaypal')}</span><span class="otherwise"><i></i>${t('today.byOther')}</span></p>
    <details>
      <summary>${t('today.daysTable')}</summary>
      <table class="list">
        <caption class="sr">${t('today.days')}</caption>
        <thead><tr><th scope="col">${t('today.day')}</th>
          <th scope="col" class="amount">${t('today.byPaypal')}</th><th scope="col" class="amount">${t('today.byOther')}</th>
          <th scope="col" class="amount">${t('today.refunded')}</th><th scope="col" class="amount">${t('today.fee')}</th>
          <th scope="col" class="amount">${t('today.net')}</th></tr></thead>
        <tbody>${all.toReversed().map(
          (one) => html`<tr><th scope="row">${day(lang, one.day)}</th>
            ${cell('today.byPaypal', one.paypalCents)} ${cell('today.byOther', one.otherwiseCents)}
            ${cell('today.refunded', one.refundedCents)} ${cell('today.fee', one.feeCents)} ${cell('today.net', one.netCents)}</tr>`,
        )}</tbody>
      </table>
    </details>`;
}

/** Height of the drawing, in its own units; its width is 10 a day. */
const HIGH = 100;

function bars({ lang, words }: Desk, all: readonly Day[]): unknown {
  // What was taken back of a day can be more than what came in otherwise.
  const most = Math.max(
    1,
    ...all.map(({ paypalCents, otherwiseCents }) => paypalCents + Math.max(0, otherwiseCents)),
  );
  const high = (cents: number) => (Math.max(0, cents) / most) * (HIGH - 2);
  const label = words.plain('today.bars', {
    debut: day(lang, all[0]?.day ?? ''),
    fin: day(lang, all.at(-1)?.day ?? ''),
  });
  return html`<svg class="bars" viewBox="0 0 ${all.length * 10} ${HIGH}" preserveAspectRatio="none" role="img" aria-label=${label}>
    ${all.map(({ day: iso, paypalCents, otherwiseCents }, i) => {
      const [paypal, other] = [high(paypalCents), high(otherwiseCents)];
      return svg`<g><title>${day(lang, iso)}</title>
        <rect class="paypal" x=${i * 10 + 1.5} width="7" y=${HIGH - 1 - paypal} height=${paypal} />
        <rect class="otherwise" x=${i * 10 + 1.5} width="7" y=${HIGH - 1 - paypal - other} height=${other} /></g>`;
    })}
    <line class="ground" x1="0" x2=${all.length * 10} y1=${HIGH - 0.5} y2=${HIGH - 0.5} />
  </svg>`;
}

function last({ lang, words: { t } }: Desk, all: Today['last']): unknown {
  if (all.length === 0) return html`<p>${t('today.lastNone')}</p>`;
  return html`<table class="list">
    <caption class="sr">${t('today.last')}</caption>
    <thead><tr><th scope="col">${t('today.who')}</th><th scope="col">${t('today.when')}</th><th scope="col">${t('today.how')}</th>
      <th scope="col">${t('today.invoice')}</th><th scope="col" class="amount">${t('today.amount')}</th></tr></thead>
    <tbody>${all.map(
      ({ at, amountCents, holderId, holderName, invoiceNumber, method, paymentNumber }) => html`<tr>
        <th scope="row"><a href="#dossier/${holderId}">${kept(holderName)}</a></th>
        <td data-label=${t('today.when')}><time datetime=${at} title=${dateTime(lang, at)}>${moment(lang, at)}</time></td>
        <td data-label=${t('today.how')}><span>${t(METHODS[method])}${paymentNumber === null ? nothing : html` <span class="hint">${kept(paymentNumber)}</span>`}</span></td>
        <td data-label=${t('today.invoice')}>${kept(invoiceNumber)}</td>
        <td class="amount" data-label=${t('today.amount')}>${kept(money(lang, amountCents))}</td>
      </tr>`,
    )}</tbody>
  </table>`;
}
