// What the staff's API takes and answers. Amounts are integer cents of CAD; instants ISO 8601 UTC; days Toronto days.
import { z } from 'zod';
import { EXCEPTION_KINDS } from '../exceptions/exceptions.ts';
import { cents, line, MAX_CERTIFICATE_NUMBER, MAX_INVOICE_NUMBER, optionalLine, token } from '../fields.ts';
import { EDITED } from '../import/rows/edited.ts';
import { MAX_CENTS } from '../ledger/money.ts';
import { RECORD_DOUBTS } from '../offline-payments/doubts.ts';
import { RECORDED_METHODS } from '../offline-payments/methods.ts';
import { STATES } from '../payments/states.ts';
import { Problem } from '../problems/problem.ts';
import { MONEY_KINDS } from '../reconciliation/kinds.ts';
import { OTHER_KINDS } from '../reconciliation/reconcile.ts';
import { REFUND_STATES } from '../refunds/store.ts';
import { LINK_POLICIES } from '../regroupements/regroupements.ts';

export const Day = z.iso.date();
const Instant = z.string();
export const Id = z.object({ id: token });
export const Next = z
  .string()
  .optional()
  .describe('When there may be more: what `after` is for the next page');
export const After = token.optional().describe('The `next` of the page before');
export const IdempotencyKey = z.object({
  'idempotency-key': z.string().regex(/^[\x21-\x7e]{8,128}$/, 'invalid'),
});
export const IfMatch = z.object({
  'if-match': z
    .string()
    .max(100)
    .optional()
    .describe('the `version` that it is changed from; without it 428, and 412 when it has changed since'),
});
/** The version that a change is made from. Throws `version-needed`. */
export function versionIn({ 'if-match': given }: z.infer<typeof IfMatch>): string {
  if (given === undefined) throw new Problem('version-needed');
  return given.replace(/^"|"$/g, '');
}

/** An act of staff, of a program or of the command line, in the journal. */
export const Act = z
  .object({
    seq: z.int(),
    at: z.iso.datetime(),
    actor: z.string().describe('`staff:`, `key:` or `cli:` and who, or `server`'),
    actorName: z.string().nullable(),
    act: z.string(),
    target: z.string().describe('what it was done to, as `table:id`'),
    about: z
      .string()
      .nullable()
      .describe(
        'the number of the invoice or payment that it is about, the address of the e-mail or account, or the name of the colleague or key, while they are there',
      ),
    reason: z.string().nullable().describe('in the words of whoever acted; they are kept for three years'),
    before: z.record(z.string(), z.unknown()).nullable().describe('null: it was not there'),
    after: z.record(z.string(), z.unknown()).nullable().describe('null: it is no more'),
    requestId: z.string().nullable().describe('null: not asked over HTTP'),
  })
  .meta({ ref: 'Act' });

/** What staff write down was in somebody's hand: more than this is a slip of the keyboard. */
const written = cents.max(MAX_CENTS);

export const RefundRequest = z.strictObject({
  amountCents: written.optional().describe('all that is left when not given'),
  reason: line(200).describe('stands in the copy of her data'),
});
export const RecordRequest = z.strictObject({
  invoiceNumber: line(MAX_INVOICE_NUMBER),
  method: z.enum(RECORDED_METHODS),
  amountCents: written,
  receivedOn: Day,
  reference: optionalLine(60).default('').describe('number of the cheque…; stands in the copy of her data'),
  evenSo: z
    .array(z.enum(RECORD_DOUBTS))
    .max(RECORD_DOUBTS.length)
    .default([])
    .describe(
      'confirms, by its name, what it is otherwise refused for: the same method, reference and amount within twelve months, or more than is owed',
    ),
});
export const ReverseRequest = z.strictObject({
  reason: line(200).describe('stands in the copy of her data'),
});
export const TakeBackRequest = z
  .strictObject({
    reason: line(200).describe('stands in the copy of her data'),
    returnedOn: Day.optional().describe(
      'the bank’s day, when it gave the money back (NSF); otherwise it was a mistake',
    ),
    feeCents: z
      .int()
      .min(0)
      .max(MAX_CENTS)
      .default(0)
      .describe('charged with `returnedOn`, by an invoice of its own'),
  })
  .refine(({ returnedOn, feeCents }) => returnedOn !== undefined || feeCents === 0, {
    path: ['feeCents'],
    error: 'invalid',
  });
export const NoteRequest = z.strictObject({
  note: line(500).describe('about a payment: stands in the copy of the payer’s data'),
});

export const StaffRefund = z
  .object({
    id: z.string(),
    amountCents: z.number().int(),
    origin: z.enum(['staff', 'paypal', 'reversal']),
    state: z.enum(REFUND_STATES),
    reason: z.string(),
    askedBy: z.string().nullable(),
    paypalId: z.string().nullable(),
    failure: z.string().nullable(),
    createdAt: Instant,
    completedAt: Instant.nullable(),
  })
  .meta({ ref: 'StaffRefund' });
export const RefundPreviewed = z
  .object({
    payer: z.object({ name: z.string(), email: z.string() }),
    invoices: z.array(z.object({ number: z.string(), certificateNumber: z.string(), amountCents: z.int() })),
    onlineFeeCents: z.int(),
    totalCents: z.int(),
    refundedInAllCents: z.int().describe('of the payment, this refund included'),
    paidCents: z.int(),
  })
  .meta({ ref: 'RefundPreview' });
export const StaffPayment = z
  .object({
    number: z.string(),
    state: z.enum(STATES),
    amountCents: z.number().int(),
    refundedCents: z.number().int(),
    takenBackCents: z.number().int().describe('by a bank or PayPal, in all'),
    givenBackCents: z.number().int().describe('of what was taken back, what came again'),
    appliedCents: z
      .number()
      .int()
      .describe('of its credits, applied to other invoices: so much cannot go back too'),
    onlineFeeCents: z.number().int(),
    paypalFeeCents: z.number().int().nullable(),
    createdAt: Instant,
    confirmedAt: Instant.nullable(),
    completedAt: Instant.nullable(),
    orderId: z.string().nullable(),
    captureId: z.string().nullable(),
    paypalUrl: z
      .string()
      .nullable()
      .describe('the transaction at PayPal’s own site; null while there is none'),
    failure: z.string().nullable(),
    invoices: z.array(
      z.object({ number: z.string(), certificateNumber: z.string(), amountCents: z.number().int() }),
    ),
    refunds: z.array(StaffRefund).describe('what went back, reversals too'),
    returns: z
      .array(
        z.object({
          amountCents: z.number().int(),
          paypalId: z.string().nullable().describe('null while PayPal’s list does not show it'),
          corrects: z
            .string()
            .nullable()
            .describe('a reversal of ours that PayPal’s record does not bear out'),
          returnedAt: Instant,
        }),
      )
      .describe('what had been taken back and came again'),
    disputes: z.array(
      z.object({
        id: z.string(),
        amountCents: z.number().int().nullable(),
        openedAt: Instant,
        resolvedAt: Instant.nullable(),
        outcome: z.string().nullable(),
      }),
    ),
    heldAt: Instant.nullable().describe('PayPal holds the money for a dispute since'),
  })
  .meta({ ref: 'StaffPayment' });
export const RecordedAnswer = z
  .object({
    id: z.string(),
    invoiceNumber: z.string(),
    method: z.enum(RECORDED_METHODS),
    amountCents: z.number().int(),
    receivedOn: z.string(),
    reference: z.string(),
    reverses: z.string().nullable(),
    recordedBy: z.string(),
    recordedAt: Instant,
    evenSo: z.array(z.enum(RECORD_DOUBTS)).describe('what stood against it, and was confirmed'),
    returned: z.boolean().describe('of a row that takes one back: the bank gave it back (NSF)'),
    feeInvoiceNumber: z.string().nullable().describe('the invoice of the fee for that'),
    groupId: z.string().nullable().describe('of a cheque for several invoices: what its rows share'),
    depositId: z.string().nullable().describe('the deposit that it was taken to the bank with'),
    receiptNumber: z
      .string()
      .nullable()
      .describe('of its receipt; of a row that takes one back, of what annuls that'),
  })
  .meta({ ref: 'RecordedPayment' });
export const StaffException = z
  .object({
    id: z.string(),
    kind: z.enum(EXCEPTION_KINDS),
    paymentNumber: z.string().nullable(),
    detail: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
    message: z
      .object({ 'fr-CA': z.string(), 'en-CA': z.string() })
      .describe('what it means and what to do; of `premium-tax`, also the policies and the commands'),
    openedAt: Instant,
    closedAt: Instant.nullable(),
    note: z.string().nullable(),
  })
  .meta({ ref: 'Exception' });
const sumsOf = {
  count: z.number().int(),
  grossCents: z.number().int(),
  feeCents: z.number().int(),
  netCents: z.number().int(),
};
const Sums = z.object(sumsOf);
export const DayReport = z
  .object({
    regroupement: z.string(),
    day: z.string(),
    paypal: Sums.describe('payments, what went back and what came again; what is not ours too'),
    ours: Sums,
    kinds: z
      .array(
        z.object({
          kind: z.enum(MONEY_KINDS),
          paypal: Sums.describe('of our payments'),
          ours: Sums,
          ledgerCents: z.number().int(),
        }),
      )
      .describe('the same by kind, PayPal’s beside ours and the ledger’s'),
    notOurs: Sums.describe('on a shared PayPal account: what no payment of ours knows'),
    others: z
      .array(z.object({ kind: z.enum(OTHER_KINDS), ...sumsOf }))
      .describe('what the account did besides: held, released, paid out, fees…'),
    otherCurrencies: z.number().int().describe('movements in another currency, in no sum'),
    differences: z.array(
      z.object({
        kind: z.enum(EXCEPTION_KINDS),
        transactionId: z.string(),
        paymentNumber: z.string().nullable(),
        paypalCents: z.number().int().nullable(),
        ourCents: z.number().int().nullable(),
      }),
    ),
    agrees: z.boolean(),
  })
  .meta({ ref: 'DayReport' });
export const PendingLink = z
  .object({
    id: z.string(),
    accountName: z.string(),
    accountEmail: z.string(),
    holderName: z.string(),
    holderEmail: z.string().nullable(),
    certificateNumber: z.string(),
    askedAt: Instant,
    undoneBefore: z.boolean().describe('the holder closed a link of this account’s before'),
  })
  .meta({ ref: 'PendingLink' });
export const LinkSearch = z.strictObject({ certificateNumber: line(MAX_CERTIFICATE_NUMBER) });
export const OpenedLink = z
  .object({
    id: z.string(),
    accountName: z.string(),
    accountEmail: z.string(),
    holderName: z.string(),
    certificateNumber: z.string(),
    level: z.enum(['pay', 'verified']),
    method: z.enum(LINK_POLICIES).describe('what opened it beside the name and the number'),
    openedAt: Instant,
  })
  .meta({ ref: 'OpenedLink' });
export const ParkedMessage = z
  .object({
    id: z.string(),
    kind: z.string(),
    attempts: z.number().int(),
    why: z.string().nullable(),
    createdAt: Instant,
  })
  .meta({ ref: 'ParkedMessage' });

const RowMessage = z.object({ line: z.number().int(), message: z.string() });
/** See import/report.ts. */
export const ImportReport = z
  .object({
    imported: z.boolean().describe('whether the file’s rows are in the books now'),
    dryRun: z.boolean(),
    importId: z.string().nullable().describe('of what was imported: it can be undone'),
    kind: z.string().nullable(),
    encoding: z.string().nullable(),
    delimiter: z.string().nullable(),
    rows: z.number().int().describe('titles, blanks, totals and exact repeats not counted'),
    accepted: z.number().int(),
    unchanged: z.number().int(),
    repeated: z.number().int(),
    refused: z.array(z.object({ line: z.number().int(), reason: z.string() })),
    totalCents: z.number().int(),
    balanceCents: z.number().int(),
    warnings: z.array(z.object({ line: z.number().int().optional(), message: z.string() })),
    conflicts: z.array(
      z.object({
        line: z.number().int(),
        invoice: z.string(),
        fileBalanceCents: z.number().int(),
        ourBalanceCents: z.number().int(),
      }),
    ),
    fieldConflicts: z
      .array(
        z.object({
          line: z.number().int(),
          holderId: z.string(),
          field: z.enum(EDITED),
          file: z.string().nullable(),
          page: z.string().nullable(),
        }),
      )
      .describe('fields of holders that the file and the office’s page both have changed: the page’s stands'),
    byRegroupement: z.record(
      z.string(),
      z.object({ accepted: z.number().int(), unchanged: z.number().int() }),
    ),
    evenSo: z.record(z.string(), z.number().int()).describe('rows let through under each cause'),
    unread: z.array(z.string()).describe('titles of columns that are not read'),
    changes: z.array(RowMessage),
    known: z
      .object({
        invoices: z.number().int(),
        changed: z.number().int(),
        cents: z.number().int(),
        changedByCents: z.number().int(),
      })
      .describe('the file’s invoices that were there: how many change, and by how much of what they are for'),
    expectedSeconds: z
      .number()
      .int()
      .nullable()
      .describe('of a dry run that found something to import: about how long that takes'),
  })
  .meta({ ref: 'ImportReport' });
