// The refunds' own rows, and what a refund leaves of a payment.
import type { Deps } from '../deps.ts';
import { type Allocation, allocationsOf, type StoredPayment } from './store.ts';

export const REFUND_STATES = ['asked', 'unknown', 'pending', 'completed', 'failed'] as const;
export type RefundState = (typeof REFUND_STATES)[number];

export interface StoredRefund {
  id: string;
  regroupementId: string;
  paymentId: string;
  amountCents: number;
  origin: 'staff' | 'paypal' | 'reversal';
  state: RefundState;
  reason: string;
  askedBy: string | null;
  /** Null where all that was left was asked for, and where nobody of the staff asked. */
  askedCents: number | null;
  refundId: string | null;
  failure: string | null;
  createdAt: number;
  updatedAt: number;
  completedAt: number | null;
}

/** Refunds that satisfy an SQL condition on `refunds`, oldest first. */
export async function refundsWhere(
  deps: Pick<Deps, 'db'>,
  condition: string,
  args: (string | number)[],
): Promise<StoredRefund[]> {
  const { rows } = await deps.db.execute<StoredRefund & Record<string, string | number | null>>(
    `SELECT id, regroupement_id AS regroupementId, payment_id AS paymentId, amount_cents AS amountCents, origin, state, reason,
       asked_by AS askedBy, asked_cents AS askedCents, refund_id AS refundId, failure, created_at AS createdAt, updated_at AS updatedAt,
       completed_at AS completedAt
     FROM refunds WHERE ${condition} ORDER BY created_at, id`,
    args,
  );
  return rows;
}

/** The refund as it is now; its disappearance would be a fault of ours. */
export async function readRefund(deps: Pick<Deps, 'db'>, id: string): Promise<StoredRefund> {
  const [refund] = await refundsWhere(deps, 'id = ?', [id]);
  if (refund === undefined) throw new Error('a refund is not there any more');
  return refund;
}

/** How a refund is shared out: invoices in the payment's order, the online fee last. */
export interface Share {
  invoices: { allocation: Allocation; cents: number }[];
  feeCents: number;
  /** Where the online fee was posted. */
  feeInvoiceId: string;
}

/** Where `cents` of this payment go back to, given what went back before. */
export async function shareOf(deps: Pick<Deps, 'db'>, payment: StoredPayment, cents: number): Promise<Share> {
  const allocations = await allocationsOf(deps, payment);
  const { rows } = await deps.db.execute<{ invoice_id: string; back: number }>(
    `SELECT invoice_id, SUM(amount_cents) AS back FROM ledger_entries
     WHERE payment_id = ? AND (kind = 'refund' OR (kind = 'online-fee' AND amount_cents < 0)) GROUP BY invoice_id`,
    [payment.id],
  );
  // The refund of a fee and the entry that gives the fee up cancel out: what is left is the invoice's own.
  const before = new Map(rows.map((row) => [row.invoice_id, row.back]));
  let left = cents;
  const invoices = allocations.flatMap((allocation) => {
    const open = allocation.amountCents - (before.get(allocation.invoiceId) ?? 0);
    const part = Math.min(left, Math.max(0, open));
    left -= part;
    return part > 0 ? [{ allocation, cents: part }] : [];
  });
  return { invoices, feeCents: left, feeInvoiceId: allocations[0]?.invoiceId ?? '' };
}
