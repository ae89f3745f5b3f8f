// What a receipt says (M8), frozen when it is issued: HTML and PDF are only drawn from it. Its number is not in
// here: it is given in the transaction that issues the receipt (receipts.number). It never says that anyone is covered.
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { readInvoices } from '../../ledger/invoices.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';
import type { Allocation, StoredPayment } from '../store.ts';

export const ReceiptDocument = z.object({
  version: z.literal(1),
  lang: z.enum(['fr-CA', 'en-CA']),
  payee: z.object({
    name: z.string(),
    address: z.string(),
    email: z.string(),
    phone: z.string(),
    gstNumber: z.string().nullable(),
    qstNumber: z.string().nullable(),
  }),
  payer: z.object({ name: z.string(), email: z.string() }),
  confirmationNumber: z.string(),
  paypalTransaction: z.string(),
  /** ISO 8601 UTC; shown as Toronto day and time. */
  paidAt: z.string(),
  invoices: z.array(
    z.object({
      number: z.string(),
      certificateNumber: z.string(),
      periodStart: z.string(),
      periodEnd: z.string(),
      lines: z.array(
        z.object({
          code: z.string(),
          description: z.string(),
          amountCents: z.number().int(),
          rate: z.string().nullable(),
        }),
      ),
      totalCents: z.number().int(),
      /** Paid before this payment. */
      paidBeforeCents: z.number().int(),
      /** Paid by this payment, online fee apart. */
      amountCents: z.number().int(),
      remainingCents: z.number().int(),
    }),
  ),
  onlineFeeCents: z.number().int(),
  totalPaidCents: z.number().int(),
});
export type ReceiptDocument = z.infer<typeof ReceiptDocument>;

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
    payee: {
      name: regroupement.name,
      address: regroupement.address,
      email: regroupement.email,
      phone: regroupement.phone,
      gstNumber: regroupement.gstNumber,
      qstNumber: regroupement.qstNumber,
    },
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
