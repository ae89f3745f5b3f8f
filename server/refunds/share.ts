// How money that goes back, or comes again, is shared out over the payment's invoices and its online fee (S37).
import type { Deps } from '../deps.ts';
import { type Allocation, allocationsOf, type StoredPayment } from '../payments/store.ts';

export interface Share {
  invoices: { allocation: Allocation; cents: number }[];
  feeCents: number;
  /** Where the online fee was posted. */
  feeInvoiceId: string;
}

interface Posted {
  allocations: Allocation[];
  /** What went back of each invoice, and of the online fee, net. */
  back: Map<string, number>;
  feeBack: number;
}

async function postedOf(deps: Pick<Deps, 'db'>, payment: StoredPayment): Promise<Posted> {
  const allocations = await allocationsOf(deps, payment);
  const { rows } = await deps.db.execute<{ invoice_id: string; back: number; fee: number }>(
    `SELECT invoice_id, SUM(CASE WHEN kind IN ('refund', 'online-fee') THEN amount_cents ELSE 0 END) AS back,
       SUM(CASE WHEN kind = 'online-fee' THEN amount_cents ELSE 0 END) AS fee
     FROM ledger_entries WHERE payment_id = ? GROUP BY invoice_id`,
    [payment.id],
  );
  // The fee was charged and paid in one, and its refund goes with an entry that gives it up: what an invoice has of both,
  // less the fee once charged, is the invoice's own.
  const charged = (invoiceId: string) =>
    invoiceId === allocations[0]?.invoiceId ? payment.onlineFeeCents : 0;
  return {
    allocations,
    back: new Map(rows.map((row) => [row.invoice_id, row.back - charged(row.invoice_id)])),
    feeBack: payment.onlineFeeCents - rows.reduce((all, row) => all + row.fee, 0),
  };
}

/** Where `cents` of this payment go back to: invoices in the payment's order, the online fee last. */
export async function shareOf(deps: Pick<Deps, 'db'>, payment: StoredPayment, cents: number): Promise<Share> {
  const { allocations, back } = await postedOf(deps, payment);
  let left = cents;
  const invoices = allocations.flatMap((allocation) => {
    const open = allocation.amountCents - (back.get(allocation.invoiceId) ?? 0);
    const part = Math.min(left, Math.max(0, open));
    left -= part;
    return part > 0 ? [{ allocation, cents: part }] : [];
  });
  return { invoices, feeCents: left, feeInvoiceId: allocations[0]?.invoiceId ?? '' };
}

/** Where `cents` that went back come again: the other way round, the online fee first. Null where less is away by now. */
export async function returnShareOf(
  deps: Pick<Deps, 'db'>,
  payment: StoredPayment,
  cents: number,
): Promise<Share | null> {
  const { allocations, back, feeBack } = await postedOf(deps, payment);
  const feeCents = Math.min(cents, Math.max(0, feeBack));
  let left = cents - feeCents;
  const invoices = allocations.toReversed().flatMap((allocation) => {
    const part = Math.min(left, Math.max(0, back.get(allocation.invoiceId) ?? 0));
    left -= part;
    return part > 0 ? [{ allocation, cents: part }] : [];
  });
  if (left > 0) return null;
  return { invoices, feeCents, feeInvoiceId: allocations[0]?.invoiceId ?? '' };
}
