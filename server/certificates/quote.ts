// What it costs this payer to pay these invoices now (S18, S20): the rule of access and the sum, together. The balance screen,
// the order and the confirmation all ask here, so that they cannot differ.
import type { Deps } from '../deps.ts';
import { howPaid, type Invoice } from '../ledger/invoices.ts';
import { payersRule, proposals } from '../ledger/plans/rule.ts';
import type { Instalment } from '../ledger/plans/standing.ts';
import { followTaxRate } from '../ledger/premium-tax.ts';
import { type Quote, quoteOf } from '../ledger/quote.ts';
import { PREMIUM_TAX_RATES, rateSteps, rateText } from '../ledger/rates.ts';
import { taxChange } from '../ledger/tax-change.ts';
import { monthBefore, torontoDay } from '../ledger/toronto.ts';
import { Problem } from '../problems/problem.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import { isShown, payableInvoices } from './access.ts';
import { isNotPayable, notPayable } from './not-payable.ts';

/**
 * The quote for `amountCents` (the whole balance when absent) on these invoices. `paymentId` names the payment that
 * is being continued. Throws `not-found`, `payment-in-progress`, `validation` of /amountCents, or, with the members of
 * notPayable, `already-paid`, `invoice-cancelled`, `nothing-to-pay`.
 */
export async function quote(
  deps: Pick<Deps, 'db' | 'now' | 'randomBytes'>,
  payer: { regroupement: Regroupement; accountId: string },
  invoiceIds: readonly string[],
  amountCents?: number,
  paymentId?: string,
): Promise<Quote> {
  const { regroupement, accountId } = payer;
  const who = { regroupementId: regroupement.id, accountId };
  let invoices = await payableInvoices(deps, who, invoiceIds);
  // Today's rate, also in the first minutes of a new year (M6).
  if (await followTaxRate(deps, regroupement.id, invoices))
    invoices = await payableInvoices(deps, who, invoiceIds);
  try {
    return quoteOf(
      regroupement,
      invoices.map(({ level: _, ...invoice }) => invoice),
      amountCents,
      paymentId,
    );
  } catch (error) {
    if (!(error instanceof Problem) || !isNotPayable(error.kind)) throw error;
    const about = invoices.find(({ number }) => number === error.extra.invoiceNumber);
    // How it was paid is part of what shows (I6).
    const how =
      error.kind === 'already-paid' && about !== undefined && isShown(about.level, about)
        ? await howPaid(deps, regroupement.id, accountId, about.id)
        : {};
    throw new Problem(error.kind, notPayable(error.kind, { ...error.extra, ...how }));
  }
}

export interface TaxStep {
  /** The first Toronto day at the new rate. */
  from: string;
  /** An exact decimal fraction, as on an invoice’s line. */
  rate: string;
  /** What paying these invoices whole, online, comes to from that day on. */
  totalCents: number;
}

/**
 * In the month before the premium tax changes, where it follows the day of payment: what these invoices, as they stand
 * today, then cost. Null when nothing changes for them. By the sums that will charge it.
 */
export function taxStepOf(
  deps: Pick<Deps, 'now'>,
  regroupement: Regroupement,
  invoices: readonly Invoice[],
  rates = PREMIUM_TAX_RATES,
): TaxStep | null {
  if (regroupement.premiumTaxPolicy !== 'by-payment-date') return null;
  const today = torontoDay(deps.now());
  const step = rateSteps(rates).find(({ day }) => monthBefore(day) <= today && today < day);
  if (step === undefined) return null;
  const differences = invoices.map((invoice) => taxChange(invoice, step.day, rates)?.differenceCents ?? 0);
  if (differences.every((cents) => cents === 0)) return null;
  const then = invoices.map((invoice, n) => ({
    ...invoice,
    heldBy: null,
    balanceCents: invoice.balanceCents + (differences[n] ?? 0),
  }));
  return { from: step.day, rate: rateText(step.toRate), totalCents: quoteOf(regroupement, then).totalCents };
}

/** The plans of instalments that may be agreed to now for the invoice that is quoted: one, without a plan, alone. */
export function plansOffered(
  deps: Pick<Deps, 'now'>,
  { instalments }: Regroupement,
  [invoice, ...others]: readonly Invoice[],
): Instalment[][] {
  if (invoice === undefined || others.length > 0 || invoice.plan !== null) return [];
  return proposals(payersRule(instalments, invoice, torontoDay(deps.now())));
}
