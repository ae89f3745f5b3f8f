// What it costs this payer to pay these invoices now: the rule of access and the sum, together. The balance screen,
// the order and the confirmation all ask here, so that they cannot differ.
import type { Deps } from '../deps.ts';
import { type Quote, quoteOf } from '../ledger/quote.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import { payableInvoices } from './access.ts';

/**
 * The quote for `amountCents` (the whole balance when absent) on these invoices. `paymentId` names the payment that
 * is being continued. Throws `not-found`, `payment-in-progress`, `already-paid`, `nothing-to-pay`, or `validation`
 * of /amountCents.
 */
export async function quote(
  deps: Pick<Deps, 'db' | 'now'>,
  payer: { regroupement: Regroupement; accountId: string },
  invoiceIds: readonly string[],
  amountCents?: number,
  paymentId?: string,
): Promise<Quote> {
  const { regroupement, accountId } = payer;
  const invoices = await payableInvoices(deps, { regroupementId: regroupement.id, accountId }, invoiceIds);
  return quoteOf(regroupement, invoices, amountCents, paymentId);
}
