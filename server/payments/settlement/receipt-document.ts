// Gathers what a payment's receipt will say (S30, S31), from the books as they stand before the payment is posted.
import type { Deps } from '../../deps.ts';
import { readInvoices } from '../../ledger/invoices.ts';
import type { Payee, ReceiptDocument } from '../../receipts/document.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';
import type { Allocation, StoredPayment } from '../store.ts';

/** Gathers what the receipt of this payment says, as the books stand before it is posted. */
export async function receiptDocument(
  deps: Pick<Deps, 'db' | 'now'>,
  facts: {
    regroupement: Regroupement;
    payment: StoredPayment;
    payer: { name: string; email: string };
    allocations: readonly Allocation[];
    captureId: string;
    paidAt: number;
  },
): Promise<ReceiptDocument> {
  const { regroupement, payment, allocations } = facts;
  const invoices = await readInvoices(deps, regroupement.id, payment.accountId, {
    invoiceIds: allocations.map((allocation) => allocation.invoiceId),
  });
  return {
    version: 1,
    lang: payment.lang,
    payee: payeeOf(regroupement),
    payer: facts.payer,
    confirmationNumber: payment.number,
    paypalTransaction: facts.captureId,
    paidAt: new Date(facts.paidAt).toISOString(),
    invoices: allocations.map((allocation) => {
      const invoice = invoices.find((candidate) => candidate.id === allocation.invoiceId);
      if (invoice === undefined) throw new Error('a payment settles an invoice that is not there');
      return {
        number: invoice.number,
        certificateNumber: invoice.certificateNumber,
        periodStart: invoice.periodStart,
        periodEnd: invoice.periodEnd,
        lines: invoice.lines,
        totalCents: invoice.totalCents,
        paidBeforeCents: invoice.totalCents - allocation.balanceCents,
        amountCents: allocation.amountCents,
        remainingCents: allocation.balanceCents - allocation.amountCents,
      };
    }),
    onlineFeeCents: payment.onlineFeeCents,
    totalPaidCents: payment.amountCents,
  };
}

/** Who is paid, as documents name it. */
export function payeeOf(regroupement: Regroupement): Payee {
  return {
    name: regroupement.name,
    address: regroupement.address,
    email: regroupement.email,
    phone: regroupement.phone,
    gstNumber: regroupement.gstNumber,
    qstNumber: regroupement.qstNumber,
  };
}
