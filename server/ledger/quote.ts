// What paying these invoices online costs now, line by line (S35–S38; M4). Pure: the same sum on the balance screen, when the order is
// made and when she confirms. Who may pay them is certificates/quote.ts’s business.
import { Problem } from '../problems/problem.ts';
import { onlineFee } from './fees.ts';
import type { Invoice } from './invoices.ts';
import { sum } from './money.ts';
import type { Instalments, OnlineFee } from './policies.ts';

export interface Quote {
  invoices: Invoice[];
  /** What is paid off the balances. */
  subtotalCents: number;
  onlineFeeCents: number;
  /** What PayPal is asked for. */
  totalCents: number;
  /** Smallest part payment; null when the regroupement allows none. */
  minimumCents: number | null;
}

/**
 * The amounts of a payment of `amountCents` (the whole balance when absent) on these invoices.
 * `paymentId` is the payment that is being continued: its own hold does not stand in its way.
 * Throws `payment-in-progress`, or `invoice-cancelled`, `already-paid`, `nothing-to-pay` (with `invoiceNumber`), or
 * `validation` of /amountCents.
 */
export function quoteOf(
  policy: { onlineFee: OnlineFee; instalments: Instalments },
  invoices: readonly Invoice[],
  amountCents?: number,
  paymentId?: string,
): Quote {
  if (invoices.length === 0) throw new Problem('nothing-to-pay');
  for (const invoice of invoices) {
    if (invoice.heldBy !== null && invoice.heldBy !== paymentId) throw new Problem('payment-in-progress');
    if (!invoice.payable) {
      const kind =
        invoice.status === 'cancelled'
          ? 'invoice-cancelled'
          : invoice.paidCents > 0
            ? 'already-paid'
            : 'nothing-to-pay';
      throw new Problem(kind, { invoiceNumber: invoice.number });
    }
  }
  const balance = sum(invoices.map((invoice) => invoice.balanceCents));
  const minimumCents =
    policy.instalments.kind === 'none' ? null : Math.min(policy.instalments.minimumCents, balance);
  const subtotalCents = amountCents ?? balance;
  if (subtotalCents !== balance) {
    const code =
      subtotalCents > balance
        ? 'too-large'
        : minimumCents === null
          ? 'not-allowed'
          : subtotalCents < minimumCents
            ? 'too-small'
            : null;
    if (code !== null) throw new Problem('validation', { errors: [{ pointer: '/amountCents', code }] });
  }
  const onlineFeeCents = onlineFee(policy.onlineFee, subtotalCents);
  return {
    invoices: [...invoices],
    subtotalCents,
    onlineFeeCents,
    totalCents: subtotalCents + onlineFeeCents,
    minimumCents,
  };
}

/** How a payment of `subtotalCents` settles these invoices: each in full before the next, in their order. */
export function allocate(
  invoices: readonly Pick<Invoice, 'id' | 'balanceCents'>[],
  subtotalCents: number,
): { invoiceId: string; amountCents: number }[] {
  let left = subtotalCents;
  return invoices.flatMap((invoice) => {
    const amountCents = Math.min(left, Math.max(0, invoice.balanceCents));
    left -= amountCents;
    return amountCents > 0 ? [{ invoiceId: invoice.id, amountCents }] : [];
  });
}
