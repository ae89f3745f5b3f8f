// The receipt of money that staff wrote down, and what annuls it once it is taken back: each is issued, and sent to her where
// she has an address, in the batch of the fact itself.
import { guard, type Statement } from '../db/db.ts';
import { type Deps, newId } from '../deps.ts';
import type { Lang } from '../fields.ts';
import { stillBalances } from '../ledger/balance.ts';
import { type Invoice, readInvoices } from '../ledger/invoices.ts';
import { sum } from '../ledger/money.ts';
import { enqueueMail } from '../mail/outbox.ts';
import { Problem } from '../problems/problem.ts';
import { type CancelledDocument, Payee, type RecordedDocument } from '../receipts/document.ts';
import { issueCancellation, issuedById, issuedFor, issueReceipt } from '../receipts/recorded.ts';
import { nextPart, type Part, readReceipts } from '../receipts/tax-parts.ts';
import { regroupementById } from '../regroupements/regroupements.ts';
import type { RecordedMethod } from './methods.ts';

interface Cheque {
  /** Of its first row. */
  id: string;
  method: RecordedMethod;
  receivedOn: string;
  reference: string;
  parts: readonly { invoiceId: string; cents: number }[];
}

/** A receipt about to be issued. */
export interface Receipt {
  /** Fail the batch unless the invoices are as the receipt says; to stand before what pays them. */
  asRead: Statement[];
  /** Issue and send it; after the rows of the cheque. */
  issue: Statement[];
}

/** The receipt of a cheque, from the books as they stand before it is posted. */
export async function receiptOf(deps: Deps, regroupementId: string, cheque: Cheque): Promise<Receipt> {
  const { parts, id: recordedId, method, receivedOn, reference } = cheque;
  const ids = parts.map(({ invoiceId }) => invoiceId);
  // The revisions first: lines that are newer fail the guard.
  const { rows: revisions } = await deps.db.execute<{ id: string; revision: number }>(
    'SELECT id, revision FROM invoices WHERE id IN (SELECT value FROM json_each(?))',
    [JSON.stringify(ids)],
  );
  const invoices = await readInvoices(deps, regroupementId, '', { invoiceIds: ids });
  const of = (invoiceId: string): Invoice => {
    const found = invoices.find((one) => one.id === invoiceId);
    if (found === undefined) throw new Error('a cheque pays an invoice that is not there');
    return found;
  };
  const payer = await payerOf(deps, ids[0] ?? '');
  const { paid } = await readReceipts(deps, invoices);
  const id = newId(deps);
  const document: RecordedDocument = {
    ...{ version: 1, lang: payer.lang, payee: Payee.parse(await regroupementById(deps, regroupementId)) },
    ...{ payer: { name: payer.name, email: payer.email }, method, receivedOn, reference },
    issuedAt: new Date(deps.now()).toISOString(),
    invoices: parts.map(({ invoiceId, cents }) => paidPart(of(invoiceId), cents, paid.get(invoiceId))),
    totalPaidCents: sum(parts.map(({ cents }) => cents)),
  };
  return {
    asRead: [
      ...ids.map((invoiceId) => stillBalances(regroupementId, invoiceId, of(invoiceId).balanceCents)),
      ...revisions.map((one) =>
        guard('EXISTS (SELECT 1 FROM invoices WHERE id = ? AND revision = ?)', [one.id, one.revision]),
      ),
    ],
    issue: [
      issueReceipt(deps, { id, regroupementId, recordedId, document }),
      enqueueMail(deps, {
        ...{ regroupementId, dedupeKey: `recorded-receipt:${id}`, kind: 'recorded-receipt' },
        ...{ recipient: payer.email ?? '', lang: payer.lang, payload: { receiptId: id } },
      }),
    ],
  };
}

/** `before`: how far receipts paid it until now. */
function paidPart(
  invoice: Invoice,
  cents: number,
  before: Part | undefined,
): RecordedDocument['invoices'][number] {
  const { number, certificateNumber, periodStart, periodEnd, lines, totalCents, balanceCents } = invoice;
  const paid = { lines, totalCents, paidBeforeCents: invoice.paidCents, amountCents: cents };
  // Of a cancelled one, nothing is charged.
  const charged = { ...paid, totalCents: invoice.status === 'cancelled' ? 0 : totalCents };
  return {
    ...{ number, certificateNumber, periodStart, periodEnd, ...paid },
    remainingCents: balanceCents - cents,
    taxCents: nextPart(before, charged).taxCents,
  };
}

/**
 * The statements that annul the receipt of what is taken back by the row `recordedId`; none where it has no receipt: it
 * was written down before there were any.
 */
export async function annulReceipt(
  deps: Deps,
  regroupementId: string,
  {
    of,
    recordedId,
    invoiceId,
    ...why
  }: { of: string; recordedId: string; invoiceId: string } & Pick<
    CancelledDocument,
    'cancelledOn' | 'returned'
  >,
): Promise<Statement[]> {
  const [receipt] = await issuedFor(deps, regroupementId, of);
  const issued = receipt === undefined ? undefined : await issuedById(deps, receipt.id);
  if (receipt === undefined || issued?.kind !== 'receipt') return [];
  const { invoices, totalPaidCents, ...facts } = issued.document;
  const id = newId(deps);
  const document: CancelledDocument = {
    ...{ ...facts, ...why, receiptNumber: issued.number, issuedAt: new Date(deps.now()).toISOString() },
    invoices: invoices.map(({ number, certificateNumber, amountCents }) => ({
      number,
      certificateNumber,
      amountCents,
    })),
    totalCents: totalPaidCents,
  };
  const { email } = await payerOf(deps, invoiceId);
  return [
    issueCancellation(deps, { id, regroupementId, recordedId, document, cancels: receipt.id }),
    enqueueMail(deps, {
      ...{ regroupementId, dedupeKey: `receipt-cancelled:${id}`, kind: 'receipt-cancelled' },
      ...{ recipient: email ?? '', lang: facts.lang, payload: { receiptId: id } },
    }),
  ];
}

/** The documents of a recorded payment: its receipt, then what annuls it. Throws `not-found` for no row of the regroupement. */
export async function receiptIds(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  recordedId: string,
): Promise<string[]> {
  const { rows } = await deps.db.execute(
    'SELECT 1 FROM recorded_payments WHERE id = ? AND regroupement_id = ?',
    [recordedId, regroupementId],
  );
  if (rows.length === 0) throw new Problem('not-found');
  return (await issuedFor(deps, regroupementId, recordedId)).map(({ id }) => id);
}

/** Nobody reads further. */
const MOST = 200;

/**
 * The documents of all that was written down on these certificates, newest first. Of a cheque for several, only where all of
 * them are among these.
 */
export async function receiptsOf(
  deps: Pick<Deps, 'db'>,
  certificateIds: readonly string[],
): Promise<string[]> {
  const { rows } = await deps.db.execute<{ id: string }>(
    `SELECT r.id FROM json_each(?1) x
     CROSS JOIN invoices i ON i.certificate_id = x.value
     CROSS JOIN recorded_payments p ON p.invoice_id = i.id AND p.reverses IS NULL
     CROSS JOIN recorded_receipts t ON t.recorded_id = p.id
     CROSS JOIN recorded_receipts r ON r.id = t.id OR r.cancels = t.id
     WHERE NOT EXISTS (SELECT 1 FROM recorded_payments o JOIN invoices j ON j.id = o.invoice_id
       WHERE o.group_id = p.group_id AND j.certificate_id NOT IN (SELECT value FROM json_each(?1)))
     ORDER BY r.issued_at DESC, r.id LIMIT ${MOST}`,
    [JSON.stringify(certificateIds)],
  );
  return rows.map(({ id }) => id);
}

/** Whose invoice it is, as she is on file. */
async function payerOf(
  deps: Pick<Deps, 'db'>,
  invoiceId: string,
): Promise<{ name: string; email: string | null; lang: Lang }> {
  const { rows } = await deps.db.execute<{ name: string; email: string | null; lang: Lang }>(
    `SELECT trim(h.first_name || ' ' || h.last_name) AS name, nullif(h.email, '') AS email, h.lang
     FROM invoices i JOIN certificates c ON c.id = i.certificate_id JOIN holders h ON h.id = c.holder_id WHERE i.id = ?`,
    [invoiceId],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a recorded payment has no holder');
  return row;
}
