// What these routes take and answer. Money in cents of CAD, days YYYY-MM-DD (Toronto), as the rest of the API.
import { z } from 'zod';
import { cents, invoiceIds, line, MAX_CERTIFICATE_NUMBER, optionalLine, token } from '../fields.ts';
import type * as ledger from '../ledger/invoices.ts';
import { MOST_DATES } from '../ledger/plans/rule.ts';
import { bare, plainDigits } from '../text.ts';

const Instalment = z.object({ dueOn: z.string(), amountCents: z.number().int() });
const InvoicePlan = z
  .object({
    id: z.string(),
    instalments: z.array(Instalment.extend({ leftCents: z.number().int().describe('of it, still to pay') })),
    next: Instalment.extend({ late: z.boolean() })
      .nullable()
      .describe('what is to be paid next: all that has fallen due, or the first that is left'),
  })
  .meta({ ref: 'InvoicePlan' });
export const Invoice = z
  .object({
    id: z.string(),
    number: z.string(),
    kind: z.string(),
    issuedOn: z.string(),
    dueOn: z.string(),
    overdue: z.boolean(),
    periodStart: z.string(),
    periodEnd: z.string(),
    status: z.enum(['open', 'cancelled']),
    lines: z.array(
      z.object({
        code: z.enum(['PRIME', 'AVEN', 'CRED', 'TPA', 'FADM', 'TPS', 'TVQ', 'OTHER']),
        description: z.string(),
        amountCents: z.number().int(),
        rate: z.string().nullable(),
      }),
    ),
    totalCents: z.number().int(),
    paidCents: z.number().int(),
    balanceCents: z.number().int(),
    payable: z.boolean(),
    held: z.boolean().describe('a payment under way holds it'),
    plan: InvoicePlan.nullable().describe(
      'the instalments that it is paid off by; null: it is due as it says',
    ),
  })
  .meta({ ref: 'Invoice' });
export type Invoice = z.infer<typeof Invoice>;

export const Certificate = z
  .object({
    id: z.string(),
    number: z.string(),
    kind: z.string(),
    holderName: z.string().nullable().describe('null unless the whole file is open'),
    level: z.enum(['pay', 'verified']),
    periodStart: z.string(),
    periodEnd: z.string(),
    status: z.string(),
    balanceCents: z.number().int().describe('sum of the open invoices’ balances, credits included'),
    creditCents: z.number().int().min(0).describe('what was paid too much on the invoices shown'),
    endorsementsWithoutInvoice: z.number().int(),
    invoices: z.array(Invoice),
  })
  .meta({ ref: 'Certificate' });
export type Certificate = z.infer<typeof Certificate>;

// Either of the two may be empty: a single name, or everything typed in one field. Which one holds what is
// namesMatch’s business.
const name = optionalLine(200);
export const LinkRequest = z
  .strictObject({
    lastName: name,
    firstName: name,
    certificateNumber: line(MAX_CERTIFICATE_NUMBER),
    invoiceSecret: optionalLine(40)
      .optional()
      .describe('the secret printed on the invoice; needed where linkPolicy is `secret`, a proof everywhere'),
  })
  .refine((typed) => typed.lastName !== '' || typed.firstName !== '', {
    path: ['lastName'],
    message: 'required',
  });
export type LinkRequest = z.infer<typeof LinkRequest>;
export const LinkedCertificates = z.object({ certificates: z.array(Certificate) });
/** A match and a miss answer the same. */
export const ProofAwaited = z.discriminatedUnion('proof', [
  z.object({
    proof: z
      .literal('code')
      .describe('if a file matches, a code went to its e-mail; without one, staff decide'),
    challengeId: z.string(),
    expiresIn: z.number().int().describe('seconds that the code lives'),
  }),
  z.object({ proof: z.literal('approval').describe('if a file matches, staff decide') }),
]);
export type ProofAwaited = z.infer<typeof ProofAwaited>;

export const CertificateList = z.object({
  foundBy: z.enum(['email', 'link', 'none']),
  certificates: z.array(Certificate),
  proof: ProofAwaited.optional().describe('the code that is awaited for another one'),
});

export const ConfirmLinkRequest = z.strictObject({
  challengeId: token,
  code: line(20)
    .transform((code) => plainDigits(bare(code.normalize('NFKC'))).replace(/[\s\p{Pd}]/gu, ''))
    .refine((code) => /^\d{8}$/.test(code), 'invalid'),
});
export type ConfirmLinkRequest = z.infer<typeof ConfirmLinkRequest>;

export const UndoRequest = z.strictObject({ token });

export const QuoteRequest = z.strictObject({
  invoiceIds,
  amountCents: cents.optional(),
});
/** Days and amounts that are agreed to, or proposed by staff. */
export const PlannedInstalments = z
  .array(
    z.strictObject({
      dueOn: z.iso.date('invalid').describe('a Toronto day, from today on, each after the one before'),
      amountCents: cents,
    }),
  )
  .min(1)
  .max(MOST_DATES)
  .describe('add up to the balance');
export const PlanRequest = z.strictObject({ instalments: PlannedInstalments });
/** What whoever pays may ask for: one date alone would be no plan, but her invoice put off. */
export const PayersPlanRequest = z.strictObject({ instalments: PlannedInstalments.min(2) });
export const Quote = z
  .object({
    invoices: z.array(Invoice),
    subtotalCents: z.number().int(),
    onlineFeeCents: z.number().int(),
    totalCents: z.number().int(),
    minimumCents: z.number().int().nullable(),
    plans: z
      .array(z.array(Instalment))
      .optional()
      .describe(
        'plans of instalments that may be agreed to for this invoice: of two dates, of three, of four',
      ),
    taxStep: z
      .object({
        from: z.string().describe('the first day at the new rate'),
        rate: z.string().describe('the new rate, an exact decimal fraction: 0.09975'),
        totalCents: z
          .number()
          .int()
          .describe('what paying all of these invoices comes to from that day on, online fees included'),
      })
      .optional()
      .describe(
        'only in the month before the rate of the premium tax changes, where the tax follows the day of payment and these invoices change with it',
      ),
  })
  .meta({ ref: 'Quote' });
export type Quote = z.infer<typeof Quote>;

/** An invoice as the API tells it: without whose payment holds it. */
export function invoiceView(invoice: ledger.Invoice): Invoice {
  const { certificateId: _c, certificateNumber: _n, heldBy, paidByAccount: _p, plan, ...shown } = invoice;
  const instalments = plan?.instalments.map(({ reopened: _, ...instalment }) => instalment) ?? [];
  return { ...shown, held: heldBy !== null, plan: plan && { ...plan, instalments } };
}
