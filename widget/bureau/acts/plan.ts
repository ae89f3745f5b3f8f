// « Entente de versements »: made in equal parts or on dates of her own, seen as the server has it before it is made; changed by another
// one in its place; ended.
import { html, nothing } from 'lit';
import type { Answer } from '../../client/api.ts';
import { field } from '../../controls/field.ts';
import { day, money } from '../../locales/format.ts';
import type { Desk } from '../desk.ts';
import type { Form } from '../form.ts';
import type { Files } from '../office.ts';
import { type Key, kept } from '../words.ts';
import type { Act, Box, Typed } from './act.ts';
import type { Invoice } from './invoice.ts';
import { centsOf, plainAmount } from './money.ts';

type Preview = Answer<'$post', '/invoices/:id/plan/preview', Files>['preview'];
type Instalments = Preview['instalments'];

const ROWS = [0, 1, 2, 3] as const;
const PARTS = [2, 3, 4] as const;

interface Terms {
  /** Somebody is written to before an instalment is due. */
  reminded: boolean;
  /** Of an instalment. */
  minimumCents?: number;
}

/** Makes a plan of what is left of it, in the place of the one there is. */
export function plan(desk: Desk, invoice: Invoice, { reminded, minimumCents = 1 }: Terms): Act {
  const { t } = desk.words;
  const most = Math.floor(invoice.balanceCents / Math.max(1, minimumCents));
  const fit = PARTS.filter((n) => n <= most);
  const open = invoice.plan?.instalments.filter(({ leftCents }) => leftCents > 0) ?? [];
  let equal = open.length === 0 && fit.length > 0;
  let seen: Instalments = [];
  const choice = (value: boolean, label: Key) =>
    html`<label class="check"><input type="radio" name="act-what" value=${String(value)} ?checked=${equal === value}
      @change=${() => {
        equal = value;
        desk.redraw();
      }} /><span>${t(label)}</span></label>`;
  return {
    title: t('plan.openOf', { numero: invoice.number }),
    intro: html`<p>${t('plan.text', { montant: money(desk.lang, invoice.balanceCents) })}
        ${t(reminded ? 'plan.reminded' : 'plan.notReminded')}</p>
      ${invoice.plan?.next ? html`<p>${t('plan.replaces')}</p>` : nothing}`,
    yes: 'plan.yes',
    boxes: (form) => html`${
      fit.length === 0
        ? nothing
        : html`<fieldset><legend>${t('plan.what')}</legend>
              ${choice(true, 'plan.equal')} ${choice(false, 'plan.own')}</fieldset>`
    }
      ${equal ? parts(form, fit) : ROWS.map((n) => row(desk, form, n, open[n]))}`,
    wrong: (typed) => (equal ? {} : wrongRows(typed)),
    pointers: POINTERS,
    async review(typed) {
      const json = equal
        ? { dates: Number(typed('act-dates')) }
        : { instalments: rowsOf(typed).map(({ dueOn, cents }) => ({ dueOn, amountCents: cents ?? 0 })) };
      const { preview } = await desk.files('$post', '/invoices/:id/plan/preview', { id: invoice.id, json });
      seen = preview.instalments;
      return html`<h3>${t('plan.review')}</h3>${planTable(desk, 'plan.review', seen)}`;
    },
    async send(_typed, { idempotencyKey }) {
      await desk.files('$post', '/invoices/:id/plan', {
        ...{ id: invoice.id, json: { instalments: seen }, idempotencyKey, ifMatch: invoice.version },
      });
      return t('plan.done', { numero: invoice.number });
    },
  };
}

/** Ends it: the invoice is due as it says. */
export function endPlan(desk: Desk, invoice: Invoice, planId: string): Act {
  const { t } = desk.words;
  const values = { montant: money(desk.lang, invoice.balanceCents), date: day(desk.lang, invoice.dueOn) };
  return {
    title: t('plan.endOf', { numero: invoice.number }),
    intro: html`<p>${t('plan.endText', values)}</p>`,
    yes: 'plan.endYes',
    boxes: () => nothing,
    wrong: () => ({}),
    async send() {
      await desk.files('$post', '/invoices/:id/plan/cancel', {
        ...{ id: invoice.id, json: { planId }, ifMatch: invoice.version },
      });
      return t('plan.ended', { numero: invoice.number });
    },
  };
}

/** Its dates and amounts. */
function planTable({ lang, words: { t, plain } }: Desk, name: Key, instalments: Instalments): unknown {
  return html`<table class="sum" aria-label=${plain(name)}>
    <thead><tr><th scope="col">${t('plan.day')}</th><th scope="col" class="amount">${t('plan.amount')}</th></tr></thead>
    <tbody>${instalments.map(
      ({ dueOn, amountCents }) =>
        html`<tr><th scope="row">${day(lang, dueOn)}</th><td class="amount">${kept(money(lang, amountCents))}</td></tr>`,
    )}</tbody>
  </table>`;
}

function parts(form: Form<Box>, fit: readonly number[]): unknown {
  const wrong = form.state.errors['act-dates'];
  return html`<div class="field"><label for="act-dates">${form.t('plan.dates')}</label>
    ${wrong ? html`<p class="error" id="act-dates-error">${form.t(wrong)}</p>` : nothing}
    <select id="act-dates" name="act-dates" aria-describedby=${wrong ? 'act-dates-error' : nothing}>${fit.map(
      (n) => html`<option value=${n} ?selected=${n === fit.at(-1)}>${n}</option>`,
    )}</select></div>`;
}

function row(
  desk: Desk,
  form: Form<Box>,
  n: (typeof ROWS)[number],
  now?: Instalments[number] & { leftCents: number },
): unknown {
  const named = (of: 'day' | 'amount'): Key => LABELS[of][n] ?? 'plan.day';
  return html`<div class="pair">
    ${field(form, `act-day-${n}`, {
      ...{ label: named('day'), autocomplete: 'off', type: 'date', optional: n > 0 },
      value: now?.dueOn ?? '',
    })}
    ${field(form, `act-amount-${n}`, {
      ...{ label: named('amount'), autocomplete: 'off', inputmode: 'decimal', optional: n > 0 },
      value: now === undefined ? '' : plainAmount(desk.lang, now.leftCents),
    })}
  </div>`;
}

/** The rows that something stands in. */
function rowsOf(typed: Typed) {
  return ROWS.flatMap((n) => {
    const [dueOn, amount] = [typed(`act-day-${n}`), typed(`act-amount-${n}`)];
    return dueOn === '' && amount === '' && n > 0 ? [] : [{ n, dueOn, cents: centsOf(amount) }];
  });
}

function wrongRows(typed: Typed): Partial<Record<Box, Key>> {
  return Object.fromEntries(
    rowsOf(typed).flatMap(({ n, dueOn, cents }) => [
      ...(dueOn === '' ? [[`act-day-${n}`, 'plan.fill']] : []),
      ...(cents === null ? [[`act-amount-${n}`, 'act.amountWrong']] : []),
    ]),
  );
}

const LABELS: Readonly<Record<'day' | 'amount', readonly Key[]>> = {
  day: ['plan.day1', 'plan.day2', 'plan.day3', 'plan.day4'],
  amount: ['plan.amount1', 'plan.amount2', 'plan.amount3', 'plan.amount4'],
};
const POINTERS: NonNullable<Act['pointers']> = {
  '/dates': ['act-dates', 'plan.tooMany'],
  '/instalments': ['act-amount-0', 'plan.sumWrong'],
  ...Object.fromEntries(
    ROWS.flatMap((n) => [
      [`/instalments/${n}/dueOn`, [`act-day-${n}`, 'plan.dayWrong']],
      [`/instalments/${n}/amountCents`, [`act-amount-${n}`, 'plan.amountWrong']],
    ]),
  ),
};
