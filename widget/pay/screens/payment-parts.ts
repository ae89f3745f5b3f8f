// What screens of a payment share: facts with their names, those of a payment, and the banner of one that waits for her (P5).
import { html, nothing, type TemplateResult } from 'lit';
import type { Payment, PaymentState } from '../../client/types.ts';
import { button, page } from '../../controls/parts.ts';
import { dateTime, money } from '../../locales/format.ts';
import type { Key } from '../../locales/text.ts';
import type { View } from '../view.ts';

/** One fact of a `<dl class="facts">`. A text is a number, a name or an amount, which no translator may touch; words come in a list. */
export function fact(name: unknown, value: unknown) {
  return html`<div>
    <dt>${name}</dt>
    <dd translate=${typeof value === 'object' ? nothing : 'no'}>${value}</dd>
  </div>`;
}

/** A payment's screens without a payment cannot be reached; an empty page is the honest fallback. */
export const withPayment = (draw: (view: View, payment: Payment) => TemplateResult) => (view: View) =>
  view.state.payment === null ? page(view, view.t('pay.title'), nothing) : draw(view, view.state.payment);

/** Amount, payee, invoices: what she agrees to, or has paid; and `more` facts. */
export function paymentFacts(view: View, payment: Payment, more: unknown = nothing) {
  const { lang } = view;
  const numbers = [...new Set(payment.invoices.map(({ certificateNumber }) => certificateNumber))];
  return html`<dl class="facts boxed">${fact(view.t('invoice.amount'), amount(view, payment.totalCents))}
  ${
    payment.onlineFeeCents > 0
      ? fact(view.t('confirm.feeIncluded'), money(lang, payment.onlineFeeCents))
      : nothing
  }
  ${view.profile === null ? nothing : fact(view.t('confirm.payee'), view.profile.name)}
  ${fact(view.t('invoice.certificate'), numbers.join(', '))}
  ${fact(
    view.t('invoice.number'),
    payment.invoices.length === 1
      ? payment.invoices[0]?.number
      : payment.invoices.map(
          ({ number, amountCents }) =>
            html`<span class="line" translate="no">${number} – ${money(lang, amountCents)}</span>`,
        ),
  )}
  ${more}</dl>`;
}

/** An amount that stands out. */
export const amount = (view: View, cents: number) =>
  html`<strong translate="no">${money(view.lang, cents)}</strong>`;

/** What PayPal took back of it and gave back, each with its day. */
export function takenBack(view: View, payment: Payment) {
  return payment.takenBack.map(
    ({ amountCents, at }) =>
      html`<p>
        ${view.t(amountCents < 0 ? 'history.takenBack' : 'history.givenBack', {
          montant: money(view.lang, Math.abs(amountCents)),
          date: dateTime(view.lang, at),
        })}
      </p>`,
  );
}

/** What its invoices owe now; nothing before it is paid. */
export function remaining(view: View, { remainingCents }: Payment) {
  return remainingCents === null
    ? nothing
    : html`<p>${view.t('done.remaining', { montant: money(view.lang, remainingCents) })}</p>`;
}

/** The states that wait for her, or for an answer, each with its sentence. */
export const OPEN_WORDS: Partial<Record<PaymentState, Key>> = {
  approved: 'confirm.resume',
  declined: 'err.declined',
  capturing: 'err.unknownOutcome',
  unknown: 'err.unknownOutcome',
  pending: 'done.pending',
};

/** « Un paiement de … attend votre confirmation. » stays in sight until it is dealt with. */
export function openPayment(view: View) {
  const { open } = view.state;
  const key = open === null ? undefined : OPEN_WORDS[open.state];
  if (open === null || key === undefined) return nothing;
  return html`<div class="notice info">
    <p>${view.t(key, { montant: money(view.lang, open.totalCents) })}</p>
    <p>${button(view, 'history.resume', { type: 'resumePayment', paymentId: open.id }, 'secondary')}</p>
  </div>`;
}
