// What the staff's API answers of a file, and how it is put together.
import { z } from 'zod';
import * as shown from '../../certificates/schemas.ts';
import { invoiceVersion } from '../../credits/state.ts';
import type { Deps } from '../../deps.ts';
import { lang } from '../../fields.ts';
import type { Invoice } from '../../ledger/invoices.ts';
import { PAGE_SIZE } from '../../next-page.ts';
import { recordedFor } from '../../offline-payments/store.ts';
import type { Payment } from '../../payments/schemas.ts';
import { paymentsWhere } from '../../payments/store.ts';
import { paymentView } from '../../payments/view.ts';
import { LINK_POLICIES } from '../../regroupements/regroupements.ts';
import { RecordedAnswer, StaffPayment } from '../schemas.ts';
import { recordedView, staffPaymentViews } from '../views.ts';
import { REASONS } from './balance-reasons.ts';
import { versionOf } from './holder-changes.ts';
import type { FileAccount, HolderFile } from './holder-file.ts';
import { messagesTo } from './holder-past.ts';

const Instant = z.iso.datetime();
const Endorsement = z.object({
  id: z.string(),
  effectiveOn: z.string(),
  description: z.string(),
  amountCents: z.int(),
  invoiceId: z.string().nullable().describe('null: it has no invoice, and changes no balance'),
});
/** An invoice as the office sees it. */
export const FileInvoice = shown.Invoice.extend({
  version: z.string().describe('for If-Match, when it is cancelled or credited'),
}).meta({ ref: 'FileInvoice' });
export const Holder = z
  .object({
    id: z.string(),
    firstName: z.string(),
    lastName: z.string(),
    usualName: z.string(),
    email: z.string().nullable(),
    lang,
    status: z.string().describe('as the file says it'),
    officeId: z.string().nullable().describe('her coordinating office'),
    officeName: z.string().nullable(),
    version: z.string().describe('for If-Match, when the file is changed'),
    closed: z.boolean(),
    certificates: z.array(
      z.object({
        id: z.string(),
        number: z.string(),
        kind: z.string(),
        status: z.string(),
        closed: z.boolean(),
        periodStart: z.string(),
        periodEnd: z.string(),
        endorsements: z.array(Endorsement),
        invoices: z.array(FileInvoice),
      }),
    ),
    accounts: z.array(
      z.object({
        id: z.string().nullable().describe('of the link, or of the request: what links/{id}/… takes'),
        name: z.string(),
        email: z.string(),
        way: z.enum(['email', 'link', 'undone', 'waits']).describe('how it reaches the file, or why not'),
        level: z.enum(['pay', 'verified']).nullable(),
        method: z.enum(LINK_POLICIES).nullable().describe('what opened the link'),
        at: Instant.nullable().describe('linked, undone or asked for'),
        numberKey: z.string().nullable().describe('of a link: the certificate’s number without spaces'),
      }),
    ),
  })
  .meta({ ref: 'Holder' });
export const Reasons = z.object({
  reasons: z
    .array(
      z.object({
        code: z.enum(REASONS),
        sentence: z.object({ 'fr-CA': z.string(), 'en-CA': z.string() }).describe('to be read aloud'),
        certificateId: z.string().nullable(),
        invoiceId: z.string().nullable(),
        endorsementId: z.string().nullable(),
      }),
    )
    .describe('the answer first; empty when something is owed that she can see and pay'),
});

export const CameIn = z.object({ payments: z.array(StaffPayment), recorded: z.array(RecordedAnswer) });
export const Messages = z.array(
  z.object({
    id: z.string(),
    kind: z.string(),
    recipient: z.string(),
    state: z.enum(['waiting', 'sent', 'parked']),
    createdAt: Instant,
    sentAt: Instant.nullable(),
    why: z.string().nullable().describe('a code'),
    canRetry: z.boolean().describe('given up, and what it bore did not die with it'),
  }),
);

function iso(at: number): string;
function iso(at: number | null): string | null;
function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

export function fileInvoiceView(invoice: Invoice): z.infer<typeof FileInvoice> {
  return { ...shown.invoiceView(invoice), version: invoiceVersion(invoice) };
}

export function fileView(file: HolderFile): z.infer<typeof Holder> {
  return {
    ...file,
    version: versionOf(file),
    certificates: file.certificates.map((one) => ({ ...one, invoices: one.invoices.map(fileInvoiceView) })),
    accounts: file.accounts.map(({ at, ...account }) => ({ ...account, at: iso(at) })),
  };
}

/** SQL: a payment of ?1, the regroupement, for invoices of ?2, the holder. */
const FOR_FILE = `regroupement_id = ?1 AND id IN (
  SELECT a.payment_id FROM certificates c JOIN invoices i ON i.certificate_id = c.id
  JOIN allocations a ON a.invoice_id = i.id WHERE c.holder_id = ?2 AND c.regroupement_id = ?1)`;

/** The newest payment for the file that waits for its payer, or for PayPal, as the payer is shown it; null: none does. */
export async function waitingFor(
  deps: Deps,
  regroupementId: string,
  holderId: string,
): Promise<Payment | null> {
  const [payment] = await paymentsWhere(
    deps,
    `${FOR_FILE} AND state IN ('approved', 'declined', 'capturing', 'unknown', 'pending') ORDER BY created_at DESC LIMIT 1`,
    [regroupementId, holderId],
  );
  return payment === undefined ? null : paymentView(deps, payment);
}

/** What came in for the file of this id, the last thousand of each kind. */
export async function cameIn(
  deps: Pick<Deps, 'config' | 'db' | 'now'>,
  regroupementId: string,
  holderId: string,
): Promise<z.infer<typeof CameIn>> {
  const payments = await paymentsWhere(deps, `${FOR_FILE} ORDER BY created_at DESC, id LIMIT ${PAGE_SIZE}`, [
    regroupementId,
    holderId,
  ]);
  const recorded = await recordedFor(deps, regroupementId, holderId);
  return { payments: await staffPaymentViews(deps, payments), recorded: recorded.map(recordedView) };
}

/** The addresses of a file: the one that is known, and those of the accounts that reach it, or do so in these ways. */
export function addressesOf(
  { email, accounts }: Pick<HolderFile, 'email' | 'accounts'>,
  ways: readonly FileAccount['way'][] = ['email', 'link'],
): string[] {
  const theirs = accounts.filter(({ way }) => ways.includes(way)).map((one) => one.email);
  return [...new Set([...(email === null ? [] : [email]), ...theirs])];
}

/** The e-mails to her and to the accounts that reach her file. */
export async function messagesOf(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  file: HolderFile,
): Promise<z.infer<typeof Messages>> {
  const messages = await messagesTo(deps, regroupementId, addressesOf(file));
  return messages.map(({ createdAt, sentAt, ...message }) => ({
    ...message,
    createdAt: iso(createdAt),
    sentAt: iso(sentAt),
  }));
}
