// What it costs this payer to pay these invoices now: the rule of access and the sum, together. The balance screen,
// the order and the confirmation all ask here, so that they cannot differ.
import type { Deps } from '../deps.ts';
import { Problem } from '../http/problem.ts';
import { howPaid } from '../ledger/invoices.ts';
import { followTaxRate } from '../ledger/premium-tax.ts';
import { type Quote, quoteOf } from '../ledger/quote.ts';
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
  if (regroupement.premiumTaxPolicy === 'by-payment-date') {
    // Today's rate, also in the first minutes of a new year (M6).
    const changed = await followTaxRate(deps, regroupement.id, invoices);
    if (changed > 0) invoices = await payableInvoices(deps, who, invoiceIds);
  }
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
