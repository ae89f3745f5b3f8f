// What a receipt says (M8, S31), frozen when it is issued: HTML and PDF are only drawn from it. Its number is not in
// here: it is given in the transaction that issues it (receipts.number, refund_receipts.number). It never says that
// anyone is covered.
import { z } from 'zod';

export const Payee = z.object({
  name: z.string(),
  address: z.string(),
  email: z.string(),
  phone: z.string(),
  gstNumber: z.string().nullable(),
  qstNumber: z.string().nullable(),
});
export type Payee = z.infer<typeof Payee>;

/** An invoice as a payment found it, and what was paid of it. */
const PaidInvoice = z.object({
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
});
export type PaidInvoice = z.infer<typeof PaidInvoice>;

export const ReceiptDocument = z.object({
  version: z.literal(1),
  lang: z.enum(['fr-CA', 'en-CA']),
  payee: Payee,
  payer: z.object({ name: z.string(), email: z.string() }),
  confirmationNumber: z.string(),
  paypalTransaction: z.string(),
  /** ISO 8601 UTC; shown as Toronto day and time. */
  paidAt: z.string(),
  invoices: z.array(PaidInvoice),
  onlineFeeCents: z.number().int(),
  totalPaidCents: z.number().int(),
});
export type ReceiptDocument = z.infer<typeof ReceiptDocument>;

/** « Reçu de remboursement »: money that went back to whoever paid. */
export const RefundDocument = z.object({
  version: z.literal(1),
  lang: z.enum(['fr-CA', 'en-CA']),
  payee: Payee,
  payer: z.object({ name: z.string(), email: z.string() }),
  /** Of the payment that is refunded. */
  confirmationNumber: z.string(),
  receiptNumber: z.number().int().nullable(),
  /** PayPal's id of the refund. */
  paypalTransaction: z.string(),
  /** ISO 8601 UTC. */
  refundedAt: z.string(),
  invoices: z.array(
    z.object({ number: z.string(), certificateNumber: z.string(), amountCents: z.number().int() }),
  ),
  onlineFeeCents: z.number().int(),
  totalCents: z.number().int(),
  /** Of the payment, refunds before this one included. */
  refundedInAllCents: z.number().int(),
  paidCents: z.number().int(),
});
export type RefundDocument = z.infer<typeof RefundDocument>;

const RecordedFacts = {
  version: z.literal(1),
  lang: z.enum(['fr-CA', 'en-CA']),
  payee: Payee,
  /** As she is on file. */
  payer: z.object({ name: z.string(), email: z.string().nullable() }),
  method: z.enum(['cheque', 'interac', 'debit', 'cash']),
  /** Toronto day on which it came. */
  receivedOn: z.string(),
  /** The cheque's number, where it was written down. */
  reference: z.string(),
  /** ISO 8601 UTC. */
  issuedAt: z.string(),
};

/** Of a cheque, a transfer, a debit or cash that staff wrote down. */
export const RecordedDocument = z.object({
  ...RecordedFacts,
  invoices: z.array(
    PaidInvoice.extend({
      /** The premium tax in what was paid of it, cumulated as parts of a payment are (ledger/tax-change.ts). */
      taxCents: z.number().int(),
    }),
  ),
  totalPaidCents: z.number().int(),
});
export type RecordedDocument = z.infer<typeof RecordedDocument>;

/** « Annulation du reçu »: what was written down is not there; the receipt stays as it was. */
export const CancelledDocument = z.object({
  ...RecordedFacts,
  /** The receipt that it annuls: C-2026-0001. */
  receiptNumber: z.string(),
  /** Toronto day: the bank's, or the one on which a mistake was taken back. */
  cancelledOn: z.string(),
  /** The bank gave it back (NSF); else it was written down by mistake. */
  returned: z.boolean(),
  invoices: z.array(
    z.object({ number: z.string(), certificateNumber: z.string(), amountCents: z.number().int() }),
  ),
  totalCents: z.number().int(),
});
export type CancelledDocument = z.infer<typeof CancelledDocument>;
