// What is done to an invoice that was made: « Annuler », « Note de crédit », « Appliquer un crédit ». Each is seen before it is done
// (WCAG 3.3.4), from the state in which the page shows the invoice.
import { html, nothing } from 'lit';
import type { Answer } from '../../client/api.ts';
import { field } from '../../controls/field.ts';
import { money, parseAmount } from '../../locales/format.ts';
import type { Desk } from '../desk.ts';
import type { Form } from '../form.ts';
import type { Files, Holder } from '../office.ts';
import type { Key } from '../words.ts';
import type { Act, Box, Typed } from './act.ts';
import { centsOf, plainAmount, wrongReason } from './money.ts';
import { type Sum, sums } from './sums.ts';

export type Invoice = Holder['certificates'][number]['invoices'][number];
type Preview = Answer<'$post', '/invoices/:id/credit-notes/preview', Files>['preview'];

const YEAR = 365;

const reasonBox = (form: Form<Box>, label: Key, hint: Key) =>
  field(form, 'act-reason', { label, autocomplete: 'off', hint: form.t(hint) });

/** Takes all of it off; what was paid becomes a credit. */
export function cancel(desk: Desk, invoice: Invoice): Act {
  const { t } = desk.words;
  const after = invoice.balanceCents - invoice.totalCents;
  return {
    title: t('cancel.title', { numero: invoice.number }),
    intro: html`<p>${t('cancel.text', { montant: money(desk.lang, invoice.totalCents) })}</p>
      ${after < 0 ? html`<p>${t('cancel.credit', { montant: money(desk.lang, -after) })}</p>` : nothing}`,
    yes: 'cancel.yes',
    boxes: (form) => reasonBox(form, 'cancel.reason', 'act.reasonHint'),
    wrong: wrongReason,
    pointers: { '/reason': ['act-reason', 'act.tooLong'] },
    async send(typed, { idempotencyKey }) {
      const json = { reason: typed('act-reason') };
      await desk.files('$post', '/invoices/:id/cancel', {
        ...{ id: invoice.id, json, idempotencyKey, ifMatch: invoice.version },
      });
      return t('cancel.done', { numero: invoice.number });
    },
  };
}

/** Takes an amount, or days, off it; the server says what that comes to. */
export function creditNote(desk: Desk, invoice: Invoice): Act {
  const { lang, words } = desk;
  const { t } = words;
  let byDays = true;
  const choice = (value: boolean, label: Key) =>
    html`<label class="check"><input type="radio" name="act-what" value=${String(value)} ?checked=${byDays === value}
      @change=${() => {
        byDays = value;
        desk.redraw();
      }} /><span>${t(label)}</span></label>`;
  const asked = (typed: Typed) => ({
    reason: typed('act-reason'),
    ...(byDays
      ? { days: Number(typed('act-days')), ofDays: YEAR }
      : { amountCents: centsOf(typed('act-amount')) ?? 0 }),
  });
  return {
    title: t('credit.title', { numero: invoice.number }),
    intro: html`<p>${t('credit.charged', { montant: money(lang, invoice.totalCents) })}</p>`,
    yes: 'credit.yes',
    boxes: (form) => html`<fieldset><legend>${t('credit.what')}</legend>
        ${choice(true, 'credit.byDays')} ${choice(false, 'credit.byAmount')}</fieldset>
      ${
        byDays
          ? field(form, 'act-days', { label: 'credit.days', autocomplete: 'off', inputmode: 'numeric' })
          : field(form, 'act-amount', { label: 'credit.amount', autocomplete: 'off', inputmode: 'decimal' })
      }
      ${reasonBox(form, 'credit.reason', 'credit.reasonHint')}`,
    wrong: (typed) => ({
      ...(byDays ? wrongDays(typed) : wrongSum(typed)),
      ...wrongReason(typed),
    }),
    pointers: {
      '/amountCents': ['act-amount', 'credit.tooLarge'],
      '/days': ['act-days', 'credit.tooLarge'],
      '/reason': ['act-reason', 'act.tooLong'],
    },
    async review(typed) {
      const { preview } = await desk.files('$post', '/invoices/:id/credit-notes/preview', {
        ...{ id: invoice.id, json: asked(typed) },
      });
      return noteSeen(desk, preview);
    },
    async send(typed, { idempotencyKey }) {
      const { creditNotes } = await desk.files('$post', '/invoices/:id/credit-notes', {
        ...{ id: invoice.id, json: asked(typed), idempotencyKey, ifMatch: invoice.version },
      });
      const { number: numero = '', amountCents = 0 } = creditNotes.at(-1) ?? {};
      return t('credit.done', { numero, montant: money(lang, amountCents) });
    },
  };
}

const wrongDays = (typed: Typed): Partial<Record<Box, Key>> =>
  /^[1-9]\d{0,2}$/.test(typed('act-days')) && Number(typed('act-days')) <= YEAR
    ? {}
    : { 'act-days': 'credit.daysWrong' };
const wrongSum = (typed: Typed): Partial<Record<Box, Key>> =>
  centsOf(typed('act-amount')) === null ? { 'act-amount': 'act.amountWrong' } : {};

function noteSeen(desk: Desk, preview: Preview): unknown {
  const { t } = desk.words;
  const { number, lines, amountCents, totalCents, balanceCents } = preview;
  return sums(desk, t('credit.review', { numero: number }), [
    ...lines.map((line): Sum => [line.description, line.amountCents]),
    [t('credit.sum'), -amountCents, 'total'],
    [t('credit.newTotal'), totalCents],
    balanceCents < 0
      ? [t('credit.newCredit'), -balanceCents, 'total']
      : [t('credit.newBalance'), balanceCents, 'total'],
  ]);
}

/** The invoices of hers that a credit of this one can pay. */
export const payableBy = ({ certificates }: Holder, { id }: Invoice): Invoice[] =>
  certificates
    .flatMap(({ invoices }) => invoices)
    .filter((one) => one.id !== id && one.payable && !one.held)
    .toSorted((a, b) => a.dueOn.localeCompare(b.dueOn));

/** Pays another invoice of hers with what was paid too much on this one. */
export function applyCredit(desk: Desk, invoice: Invoice, targets: readonly Invoice[]): Act {
  const { lang, words } = desk;
  const { t } = words;
  const credit = -invoice.balanceCents;
  const target = (typed: Typed) => targets.find(({ id }) => id === typed('act-target')) ?? targets[0];
  const [first] = targets;
  return {
    title: t('apply.title', { numero: invoice.number }),
    intro: html`<p>${t('apply.credit', { montant: money(lang, credit) })}</p>`,
    yes: 'apply.yes',
    boxes: (form) => html`<div class="field"><label for="act-target">${t('apply.to')}</label>
        <select id="act-target" name="act-target">${targets.map(
          ({ id, number, balanceCents }) =>
            html`<option value=${id}>${words.plain('apply.owes', { numero: number, montant: money(lang, balanceCents) })}</option>`,
        )}</select>${form.state.errors['act-target'] === undefined ? nothing : html`<p class="error">${t('apply.gone')}</p>`}</div>
      ${field(form, 'act-amount', {
        ...{ label: 'act.amount', autocomplete: 'off', inputmode: 'decimal' },
        value: plainAmount(lang, Math.min(credit, first?.balanceCents ?? credit)),
      })}`,
    wrong: (typed) => {
      const cents = centsOf(typed('act-amount'));
      if (cents === null) return { 'act-amount': 'act.amountWrong' };
      return cents > Math.min(credit, target(typed)?.balanceCents ?? 0)
        ? { 'act-amount': 'apply.tooLarge' }
        : {};
    },
    pointers: {
      '/amountCents': ['act-amount', 'apply.tooLarge'],
      '/toInvoiceId': ['act-target', 'apply.gone'],
    },
    async review(typed) {
      const cents = parseAmount(typed('act-amount')) as number;
      const to = target(typed);
      return sums(desk, t('apply.review'), [
        [t('apply.after', { numero: to?.number ?? '' }), (to?.balanceCents ?? 0) - cents, 'total'],
        [t('apply.left', { numero: invoice.number }), credit - cents],
      ]);
    },
    async send(typed, { idempotencyKey }) {
      const to = target(typed);
      const amountCents = centsOf(typed('act-amount')) ?? 0;
      await desk.files('$post', '/invoices/:id/credit-transfer', {
        // All of it: what that is when the server does it, whose tax may be another since (M6).
        ...{
          id: invoice.id,
          json: { toInvoiceId: to?.id ?? '', ...(amountCents === to?.balanceCents ? {} : { amountCents }) },
        },
        ...{ idempotencyKey, ifMatch: invoice.version },
      });
      return t('apply.done', { montant: money(lang, amountCents), numero: to?.number ?? '' });
    },
  };
}

/** « Défaire »: what of this invoice's credit paid another one comes back; newest first, one at a time. */
export function undoCredit(desk: Desk, invoice: Pick<Invoice, 'id' | 'number'>): Act {
  const { lang, words } = desk;
  const { t } = words;
  let transfer: string | null = null;
  let cents = 0;
  return {
    title: t('undo.title', { numero: invoice.number }),
    intro: html`<p>${t('undo.text')}</p>`,
    yes: 'undo.yes',
    boxes: () => nothing,
    wrong: () => ({}),
    pointers: {},
    async review() {
      const { transfers } = await desk.files('$get', '/invoices/:id', { id: invoice.id });
      const last = transfers.findLast(
        ({ fromInvoiceId, undoes, undone }) => fromInvoiceId === invoice.id && undoes === null && !undone,
      );
      transfer = last?.id ?? null;
      if (transfer === null) return html`<p>${t('undo.none')}</p>`;
      const { preview } = await desk.files('$post', '/credit-transfers/:id/undo/preview', { id: transfer });
      cents = preview.amountCents;
      const autre = preview.toInvoiceNumber;
      return sums(desk, t('undo.review', { montant: money(lang, cents), autre }), [
        [t('undo.balance', { numero: preview.fromInvoiceNumber }), preview.fromBalanceCents],
        [t('undo.balance', { numero: autre }), preview.toBalanceCents, 'total'],
      ]);
    },
    idle: () => transfer === null,
    async send() {
      await desk.files('$post', '/credit-transfers/:id/undo', { id: transfer ?? '' });
      return t('undo.done', { montant: money(lang, cents) });
    },
  };
}
