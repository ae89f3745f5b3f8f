// The premium tax in each part that is paid of an invoice, so that all parts have the invoice's, whatever became of its lines
// between them.
import type { Deps } from '../deps.ts';
import { type PaidTax, taxInPayment, taxPaid } from '../ledger/tax-change.ts';
import { type PaidInvoice, ReceiptDocument, RecordedDocument, RefundDocument } from './document.ts';

/** How far an invoice is paid, and the lines that it had. */
export interface Part extends PaidTax {
  lines: string;
  /** What was paid before it had these lines. */
  since: PaidTax | undefined;
}

/** A part paid of an invoice, and the invoice as it was then. */
type PartPaid = Pick<PaidInvoice, 'lines' | 'totalCents' | 'paidBeforeCents' | 'amountCents'>;

/**
 * The tax in a part, and how far the invoice is paid with it. `before`: how far the parts before it paid it; where other
 * money came between, its own lines say what tax was paid. `stated`: the tax that its receipt says.
 */
export function nextPart(
  before: Part | undefined,
  part: PartPaid,
  stated?: number,
): { taxCents: number; part: Part } {
  const lines = JSON.stringify(part.lines);
  const goesOn = before !== undefined && before.paidCents === part.paidBeforeCents;
  const since = goesOn && before.lines === lines ? before.since : goesOn ? before : undefined;
  const paidCents = part.paidBeforeCents + part.amountCents;
  // What is more than the invoice has no tax in it.
  const upTo = (cents: number) => taxPaid(part, Math.min(cents, Math.max(part.totalCents, 0)), since);
  const taxBefore = goesOn ? before.taxCents : upTo(part.paidBeforeCents);
  const taxCents = stated ?? upTo(paidCents) - taxBefore;
  return { taxCents, part: { paidCents, taxCents: taxBefore + taxCents, lines, since } };
}

/** How far the invoice is paid once a part, with the tax in it, went back. What is paid next goes on from there. */
function takenOff(before: Part | undefined, { paidCents, taxCents }: PaidTax): Part | undefined {
  if (before === undefined) return undefined;
  const left = { paidCents: before.paidCents - paidCents, taxCents: before.taxCents - taxCents };
  return { ...left, lines: before.lines, since: left };
}

/** A receipt, online or recorded, or what of it was taken back. */
interface Row {
  kind: 'online' | 'refund' | 'recorded' | 'cancelled';
  receipt: string;
  refund: string | null;
}

/**
 * How far receipts of all kinds paid the invoice; undefined: none did. What a bank or PayPal took back of an online payment
 * has no document: `nextPart` then sees that the invoice is paid to another amount.
 */
export async function paidByReceipts(
  deps: Pick<Deps, 'db'>,
  { id, number }: { id: string; number: string },
): Promise<Part | undefined> {
  const { rows } = await deps.db.execute<Row>(
    `SELECT 'online' AS kind, r.document AS receipt, NULL AS refund, r.issued_at AS at, r.number AS n
     FROM allocations a CROSS JOIN receipts r ON r.payment_id = a.payment_id WHERE a.invoice_id = ?1
     UNION ALL
     SELECT 'refund', r.document, f.document, f.issued_at, f.number
     FROM allocations a CROSS JOIN receipts r ON r.payment_id = a.payment_id
     CROSS JOIN refunds g ON g.payment_id = a.payment_id CROSS JOIN refund_receipts f ON f.refund_id = g.id
     WHERE a.invoice_id = ?1
     UNION ALL
     SELECT iif(r.cancels IS NULL, 'recorded', 'cancelled'), c.document, NULL, r.issued_at, r.number
     FROM recorded_payments p CROSS JOIN recorded_receipts c ON c.recorded_id = coalesce(p.group_id, p.id)
     CROSS JOIN recorded_receipts r ON r.id = c.id OR r.cancels = c.id
     WHERE p.invoice_id = ?1 AND p.reverses IS NULL
     ORDER BY at, n`,
    [id],
  );
  const ours = <T extends { number: string }>(all: readonly T[]) => all.find((one) => one.number === number);
  /** The tax in what is left of each online payment. */
  const left = new Map<string, number>();
  let part: Part | undefined;
  for (const row of rows) {
    const receipt: unknown = JSON.parse(row.receipt);
    if (row.kind === 'recorded' || row.kind === 'cancelled') {
      const paid = ours(RecordedDocument.parse(receipt).invoices);
      if (paid === undefined) continue;
      const { amountCents: paidCents, taxCents } = paid;
      part =
        row.kind === 'recorded'
          ? nextPart(part, paid, taxCents).part
          : takenOff(part, { paidCents, taxCents });
      continue;
    }
    const { confirmationNumber, invoices } = ReceiptDocument.parse(receipt);
    const paid = ours(invoices);
    if (paid === undefined) continue;
    if (row.refund === null) {
      const next = nextPart(part, paid);
      left.set(confirmationNumber, next.taxCents);
      part = next.part;
      continue;
    }
    const refund = RefundDocument.parse(JSON.parse(row.refund));
    const paidCents = ours(refund.invoices)?.amountCents ?? 0;
    const most = left.get(confirmationNumber) ?? 0;
    const all = refund.refundedInAllCents >= refund.paidCents;
    const taxCents = all ? most : Math.min(most, taxInPayment(paid, paidCents));
    left.set(confirmationNumber, most - taxCents);
    part = takenOff(part, { paidCents, taxCents });
  }
  return part;
}
