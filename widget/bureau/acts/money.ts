// Money that comes and goes otherwise than by her own page: a cheque written down, taken back, a refund, a release.
import { html, nothing } from 'lit';
import type { Answer } from '../../client/api.ts';
import type { CallProblem } from '../../client/problem.ts';
import { field } from '../../controls/field.ts';
import { day, money, parseAmount } from '../../locales/format.ts';
import type { Lang } from '../../locales/text.ts';
import { torontoDay } from '../day.ts';
import type { Desk } from '../desk.ts';
import type { Form } from '../form.ts';
import { METHODS } from '../methods.ts';
import type { Files, Holder } from '../office.ts';
import { type Key, kept } from '../words.ts';
import type { Act, Box, Typed } from './act.ts';
import { type Sum, sums } from './sums.ts';

type Payments = Answer<'$get', '/holders/:id/payments', Files>;
export type OnlinePayment = Payments['payments'][number];
export type Recorded = Payments['recorded'][number];
type Preview = Answer<'$post', '/payments/:number/refunds/preview', Files>['preview'];
type Invoice = Holder['certificates'][number]['invoices'][number];
type Doubt = 'possible-duplicate' | 'more-than-balance';

const WRITTEN = ['cheque', 'interac', 'debit', 'cash'] as const;

/** Cents of what stands in a box, above 0; null when it is no sure amount. */
export function centsOf(typed: string): number | null {
  const cents = parseAmount(typed);
  return typeof cents === 'number' && cents > 0 ? cents : null;
}
/** As it is typed: no sign, no spaces. */
export const plainAmount = (lang: Lang, cents: number) => money(lang, cents).replace(/[\s\u00a0$]/g, '');
const today = () => torontoDay(Date.now());

function amountBox(desk: Desk, form: Form<Box>, cents: number): unknown {
  return field(form, 'act-amount', {
    label: 'act.amount',
    autocomplete: 'off',
    inputmode: 'decimal',
    value: plainAmount(desk.lang, cents),
  });
}
const reasonBox = (form: Form<Box>) =>
  field(form, 'act-reason', { label: 'act.reason', autocomplete: 'off', hint: form.t('act.reasonHint') });
const wrongAmount = (typed: Typed) =>
  centsOf(typed('act-amount')) === null ? { 'act-amount': 'act.amountWrong' as const } : {};
export const wrongReason = (typed: Typed) =>
  typed('act-reason') === '' ? { 'act-reason': 'field.required' as const } : {};

/** « Encaisser »: a cheque or a transfer on an invoice. */
export function record(desk: Desk, invoice: Invoice): Act {
  const { t } = desk.words;
  return {
    title: t('record.title', { numero: invoice.number }),
    intro: html`<p>${t('record.balance', { montant: money(desk.lang, invoice.balanceCents) })}</p>`,
    yes: 'record.yes',
    boxes: (form) => html`<div class="field"><label for="act-method">${t('record.method')}</label>
        <select id="act-method" name="act-method">${WRITTEN.map(
          (method) => html`<option value=${method}>${t(METHODS[method])}</option>`,
        )}</select></div>
      ${amountBox(desk, form, invoice.balanceCents)}
      ${field(form, 'act-reference', { label: 'record.reference', autocomplete: 'off', optional: true, hint: t('record.referenceHint') })}
      ${field(form, 'act-day', { label: 'record.day', autocomplete: 'off', type: 'date', value: today() })}`,
    wrong: (typed) => ({
      ...wrongAmount(typed),
      ...(typed('act-day') === '' ? { 'act-day': 'record.dayWrong' } : {}),
    }),
    pointers: {
      '/amountCents': ['act-amount', 'act.amountWrong'],
      '/receivedOn': ['act-day', 'record.dayWrong'],
      '/reference': ['act-reference', 'act.tooLong'],
    },
    doubt: (problem) => recordDoubt(desk, problem),
    async send(typed, { idempotencyKey, evenSo }) {
      const method = WRITTEN.find((one) => one === typed('act-method')) ?? 'cheque';
      const json = {
        invoiceNumber: invoice.number,
        method,
        amountCents: centsOf(typed('act-amount')) ?? 0,
        receivedOn: typed('act-day'),
        reference: typed('act-reference'),
        evenSo: evenSo as Doubt[],
      };
      const { recorded } = await desk.files('$post', '/recorded-payments', { json, idempotencyKey });
      const montant = money(desk.lang, recorded.amountCents);
      return t('record.done', { montant, numero: recorded.invoiceNumber });
    },
  };
}

/** What stands against money that is written down, and may be confirmed; null: it is another refusal. */
export function recordDoubt({ lang, words: { t } }: Desk, { kind, extra }: CallProblem) {
  if (kind !== 'possible-duplicate' && kind !== 'more-than-balance') return null;
  const causes = (extra.doubts ?? [kind]) as string[];
  const alike = (extra.alike ?? []) as {
    invoiceNumber: string;
    amountCents: number;
    receivedOn: string;
    reference: string;
  }[];
  return {
    causes,
    sentence: html`${alike.map(
      (one) =>
        html`<p>${t('record.alike', {
          montant: money(lang, one.amountCents),
          numero: one.invoiceNumber,
          jour: day(lang, one.receivedOn),
          reference: one.reference || '–',
        })}</p>`,
    )}
    ${
      causes.includes('more-than-balance')
        ? html`<p>${t('record.more', { montant: money(lang, Number(extra.owedCents ?? 0)) })}</p>`
        : nothing
    }`,
  };
}

/** Takes back what was written down: a mistake, or a cheque that the bank gave back. */
export function takeBack(
  desk: Desk,
  one: Pick<Recorded, 'id' | 'invoiceNumber' | 'amountCents' | 'receivedOn'> & Partial<Recorded>,
): Act {
  const { t } = desk.words;
  const { lang } = desk;
  let returned = false;
  const choice = (value: boolean, label: Key) =>
    html`<label class="check"><input type="radio" name="act-why" value=${String(value)} ?checked=${returned === value}
      @change=${() => {
        returned = value;
        desk.redraw();
      }} /><span>${t(label)}</span></label>`;
  return {
    title: t('back.title', { montant: money(lang, one.amountCents), numero: one.invoiceNumber }),
    intro: html`<p>${
      one.method === undefined ? nothing : html`${t(METHODS[one.method])} ${kept(one.reference ?? '')} – `
    }${day(lang, one.receivedOn)}</p>`,
    yes: 'back.yes',
    boxes: (form) => html`<fieldset><legend>${t('back.why')}</legend>
        ${choice(false, 'back.mistake')} ${choice(true, 'back.returned')}</fieldset>
      ${
        returned
          ? html`${field(form, 'act-day', { label: 'back.day', autocomplete: 'off', type: 'date', value: today() })}
            ${field(form, 'act-fee', { label: 'back.fee', autocomplete: 'off', inputmode: 'decimal', optional: true, hint: t('back.feeHint') })}`
          : reasonBox(form)
      }`,
    wrong: (typed) => {
      if (!returned) return wrongReason(typed);
      const fee = typed('act-fee');
      return {
        ...(typed('act-day') === '' ? { 'act-day': 'back.dayWrong' } : {}),
        ...(fee !== '' && centsOf(fee) === null && parseAmount(fee) !== 0
          ? { 'act-fee': 'act.amountWrong' }
          : {}),
      };
    },
    pointers: {
      '/returnedOn': ['act-day', 'back.dayWrong'],
      '/feeCents': ['act-fee', 'act.amountWrong'],
      '/reason': ['act-reason', 'act.tooLong'],
    },
    async send(typed) {
      const json = returned
        ? {
            reason: desk.words.plain('back.returned'),
            returnedOn: typed('act-day'),
            feeCents: centsOf(typed('act-fee')) ?? 0,
          }
        : { reason: typed('act-reason') };
      const { recorded } = await desk.files('$post', '/recorded-payments/:id/reversal', { id: one.id, json });
      const montant = money(lang, recorded.amountCents);
      const fee = recorded.feeInvoiceNumber;
      return html`${t('back.done', { montant, numero: recorded.invoiceNumber })}
        ${fee === null ? nothing : t('back.feeDone', { numero: fee })}`;
    },
  };
}

/** What of an online payment can still go back: not what went back before, nor what pays another invoice as a credit. */
export const leftOf = ({
  amountCents,
  appliedCents,
  givenBackCents,
  refundedCents,
  takenBackCents,
}: OnlinePayment) =>
  Math.max(0, amountCents - refundedCents - takenBackCents + givenBackCents - appliedCents);

/** Money back through PayPal: all that is left, or as much of it as is said. */
export function refund(desk: Desk, payment: OnlinePayment, cents = leftOf(payment)): Act {
  const { t } = desk.words;
  return {
    title: t('refund.title', { numero: payment.number }),
    intro: html`<p>${t('refund.left', { montant: money(desk.lang, leftOf(payment)) })}</p>`,
    yes: 'refund.yes',
    boxes: (form) => html`${amountBox(desk, form, Math.min(cents, leftOf(payment)))} ${reasonBox(form)}`,
    wrong: (typed) => ({ ...wrongAmount(typed), ...wrongReason(typed) }),
    pointers: {
      '/amountCents': ['act-amount', 'act.amountWrong'],
      '/reason': ['act-reason', 'act.tooLong'],
    },
    async review(typed) {
      const { preview } = await desk.files('$post', '/payments/:number/refunds/preview', {
        id: payment.number,
        json: { amountCents: centsOf(typed('act-amount')) ?? 0 },
      });
      return receiptSeen(desk, preview);
    },
    async send(typed, { idempotencyKey }) {
      const json = { amountCents: centsOf(typed('act-amount')) ?? 0, reason: typed('act-reason') };
      const { refund: made } = await desk.files('$post', '/payments/:number/refunds', {
        id: payment.number,
        json,
        idempotencyKey,
      });
      const montant = money(desk.lang, made.amountCents);
      return t(made.state === 'completed' ? 'refund.done' : 'refund.asked', {
        montant,
        numero: payment.number,
      });
    },
  };
}

/** The receipt that she will get. */
function receiptSeen(desk: Desk, preview: Preview): unknown {
  const { t } = desk.words;
  const { invoices, onlineFeeCents, payer, paidCents, refundedInAllCents, totalCents } = preview;
  return html`${sums(desk, t('refund.review'), [
    ...invoices.map(
      (one): Sum => [
        t('refund.invoice', { numero: one.number, certificat: one.certificateNumber }),
        one.amountCents,
      ],
    ),
    ...(onlineFeeCents === 0 ? [] : [[t('refund.fee'), onlineFeeCents] as const]),
    [t('refund.total'), totalCents, 'total'],
    [t('refund.inAll', { montant: money(desk.lang, paidCents) }), refundedInAllCents],
  ])}
    <p class="hint">${t('refund.to', { nom: payer.name, courriel: payer.email })}</p>`;
}

/** Lets go the invoice of a payment that PayPal's site shows was never made. */
export function release(desk: Desk, { number }: OnlinePayment): Act {
  const { t } = desk.words;
  return {
    title: t('release.title', { numero: number }),
    intro: html`<p>${t('release.text')}</p>`,
    yes: 'release.yes',
    boxes: reasonBox,
    wrong: wrongReason,
    pointers: { '/reason': ['act-reason', 'act.tooLong'] },
    async send(typed) {
      await desk.files('$post', '/payments/:number/release', {
        id: number,
        json: { reason: typed('act-reason') },
      });
      return t('release.done', { numero: number });
    },
  };
}
