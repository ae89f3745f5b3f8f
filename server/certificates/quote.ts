// What it costs this payer to pay these invoices now: the rule of access and the sum, together. The balance screen,
// the order and the confirmation all ask here, so that they cannot differ.
import type { Deps } from '../deps.ts';
import { followTaxRate } from '../ledger/premium-tax.ts';
import { type Quote, quoteOf } from '../ledger/quote.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import { payableInvoices } from './access.ts';

/**
 * The quote for `amountCents` (the whole balance when absent) on these invoices. `paymentId` names the payment that
 * is being continued. Throws `not-found`, `payment-in-progress`, `already-paid`, `nothing-to-pay`, or `validation`
 * of /amountCents.
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
  if (regroupement.premiumTaxPolicy === 'by-payment-date') {
    // Today's rate, also in the first minutes of a new year (M6).
    const changed = await followTaxRate(deps, regroupement.id, invoices);
    if (changed > 0) invoices = await payableInvoices(deps, who, invoiceIds);
  }
  return quoteOf(regroupement, invoices, amountCents, paymentId);
}
