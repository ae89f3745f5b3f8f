// An invoice as the staff's API answers it: with its credit notes, the credits applied from it and to it, and its plans of instalments.
import { z } from 'zod';
import * as shown from '../../certificates/schemas.ts';
import { creditNotesOf } from '../../credits/credit-notes.ts';
import { readStanding } from '../../credits/state.ts';
import { transfersOf } from '../../credits/transfers.ts';
import type { Deps } from '../../deps.ts';
import { plansOf } from '../../instalments/plans.ts';
import { FileInvoice, fileInvoiceView } from '../files/holder-views.ts';

const Instant = z.iso.datetime();
const Lines = shown.Invoice.shape.lines;
const CreditNote = z
  .object({
    id: z.string(),
    number: z.string(),
    invoiceId: z.string(),
    invoiceNumber: z.string(),
    day: z.string(),
    reason: z.string(),
    days: z.int().nullable(),
    ofDays: z.int().nullable(),
    amountCents: z.int(),
    lines: Lines.describe('what it takes off: negative'),
    createdBy: z.string(),
    createdAt: Instant,
  })
  .meta({ ref: 'CreditNote' });
const CreditTransfer = z
  .object({
    id: z.string(),
    fromInvoiceId: z.string(),
    fromInvoiceNumber: z.string(),
    toInvoiceId: z.string(),
    toInvoiceNumber: z.string(),
    amountCents: z.int(),
    undoes: z.string().nullable().describe('the transfer that this one undoes'),
    undone: z.boolean().describe('another one undoes it'),
    createdBy: z.string(),
    createdAt: Instant,
  })
  .meta({ ref: 'CreditTransfer' });
const Plan = z
  .object({
    id: z.string(),
    madeBy: z.string().describe('`account`: whoever pays; or an actor of the office'),
    madeAt: Instant,
    totalCents: z.int().describe('the balance when it was made'),
    instalments: z.array(z.object({ dueOn: z.string(), amountCents: z.int() })).describe('as agreed to'),
    endedAt: Instant.nullable(),
    endedBy: z.string().nullable(),
    endedWhy: z.enum(['cancelled', 'replaced']).nullable(),
  })
  .meta({ ref: 'Plan' });
export const InvoiceInFull = z
  .object({
    invoice: FileInvoice,
    holderId: z.string(),
    creditNotes: z.array(CreditNote),
    transfers: z.array(CreditTransfer).describe('credits applied from it and to it'),
    plans: z.array(Plan).describe('its plans of instalments, the newest first'),
  })
  .meta({ ref: 'InvoiceInFull' });
/** Throws `not-found`. */
export async function inFull(
  deps: Deps,
  regroupementId: string,
  id: string,
): Promise<z.infer<typeof InvoiceInFull>> {
  const { invoice, holderId } = await readStanding(deps, regroupementId, id);
  const [notes, transfers, plans] = await Promise.all([
    creditNotesOf(deps, regroupementId, id),
    transfersOf(deps, regroupementId, id),
    plansOf(deps, regroupementId, id),
  ]);
  const dated = <T extends { createdAt: number }>(one: T) => ({
    ...one,
    createdAt: new Date(one.createdAt).toISOString(),
  });
  return {
    invoice: fileInvoiceView(invoice),
    holderId,
    creditNotes: notes.map(dated),
    transfers: transfers.map(dated),
    plans: plans.map(({ madeAt, endedAt, ...plan }) => ({
      ...plan,
      madeAt: new Date(madeAt).toISOString(),
      endedAt: endedAt === null ? null : new Date(endedAt).toISOString(),
    })),
  };
}
