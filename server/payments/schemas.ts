// What the payment routes take and answer (S22–S32). Amounts are integer cents of CAD; instants ISO 8601 UTC.
import { z } from 'zod';
import { cents, invoiceIds, lang, page } from '../fields.ts';
import { STATES } from './states.ts';

export const CreateRequest = z.strictObject({
  invoiceIds,
  amountCents: cents.optional().describe('a part payment, where the regroupement allows it'),
  expectedTotalCents: cents.describe('what her screen said; another amount is refused'),
  page: page.describe('the page she leaves from and comes back to'),
  lang,
});
export const ConfirmRequest = z.strictObject({ expectedTotalCents: cents });

export const Payment = z
  .object({
    id: z.string(),
    number: z.string().describe('confirmation number'),
    state: z.enum(STATES),
    totalCents: z.number().int(),
    onlineFeeCents: z.number().int(),
    currency: z.literal('CAD'),
    createdAt: z.string(),
    confirmedAt: z.string().nullable(),
    completedAt: z.string().nullable(),
    failure: z
      .string()
      .nullable()
      .describe(
        'why it stopped: PayPal’s issue code, by-payer, released, or the type of the problem that ended it',
      ),
    stopped: z
      .object({ detail: z.string(), detailEn: z.string(), invoiceNumber: z.string().optional() })
      .nullable()
      .describe('why, in a sentence, where it was stopped before anything was taken and not by her'),
    invoices: z.array(
      z.object({
        id: z.string(),
        number: z.string(),
        certificateNumber: z.string(),
        amountCents: z.number().int(),
      }),
    ),
    remainingCents: z.number().int().nullable().describe('left to pay on these invoices, once completed'),
    captureId: z.string().nullable().describe('PayPal’s transaction number'),
    receipt: z.object({ number: z.number().int(), pdfUrl: z.string(), htmlUrl: z.string() }).nullable(),
    refunds: z
      .array(
        z.object({
          number: z.number().int(),
          amountCents: z.number().int(),
          refundedAt: z.string(),
          pdfUrl: z.string(),
          htmlUrl: z.string(),
        }),
      )
      .describe('what went back, each with its receipt'),
    takenBack: z
      .array(z.object({ amountCents: z.number().int(), at: z.string() }))
      .describe(
        'what a bank or PayPal took back (negative) and gave again (positive), in its order; without receipts',
      ),
    email: z.string().describe('where the receipt goes'),
  })
  .meta({ ref: 'Payment' });
export type Payment = z.infer<typeof Payment>;

export const PaymentAnswer = z.object({ payment: Payment });
export const PaymentToApprove = z.object({ payment: Payment, approveUrl: z.string() });
export const PaymentList = z.object({
  payments: z.array(Payment),
  open: Payment.nullable().describe('the one that waits for her, or for PayPal'),
  years: z
    .array(z.object({ year: z.number().int(), pdfUrl: z.string(), htmlUrl: z.string() }))
    .describe('a summary of each calendar year with payments, newest first'),
});
