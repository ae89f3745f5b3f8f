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
export function takenOff(before: Part | undefined, { paidCents, taxCents }: PaidTax): Part | undefined {
  if (before === undefined) return undefined;
  const left = { paidCents: before.paidCents - paidCents, taxCents: before.taxCents - taxCents };
  // What went back had the tax of its own day: what is left of the tax is spread over all that is left to pay.
  return { ...left, lines: before.lines, since: left };
}

/** A receipt, online or recorded, or what of it was taken back. */
interface Row {
  invoice: string;
  kind: 'online' | 'refund' | 'recorded' | 'cancelled';
  receipt: string;
  refund: string | null;
  /** Of the document itself. */
  n: number;
}

/** What documents of all kinds say of some invoices. */
export interface Receipts {
  /** How far they paid an invoice, by its id; undefined: none did. */
  paid: ReadonlyMap<string, Part>;
  /** The tax in an online receipt's part of an invoice, or in a refund's, in cents; by the document's number and the invoice's. */
  taxIn(kind: 'online' | 'refund', document: number, invoiceNumber: string): number;
}

/**
 * What the receipts of these invoices say, one after the other, whoever paid and however: each part goes on from where the one before
 * it left the invoice. What a bank or PayPal took back of an online payment has no document: `nextPart` then sees that the invoice
 * is paid to another amount.
 */
export async function readReceipts(
  deps: Pick<Deps, 'db'>,
  invoices: readonly { id: string; number: string }[],
): Promise<Receipts> {
  const { rows } = await deps.db.execute<Row>(
    `SELECT a.invoice_id AS invoice, 'online' AS kind, r.document AS receipt, NULL AS refund, r.issued_at AS at, r.number AS n
     FROM json_each(?1) x CROSS JOIN allocations a ON a.invoice_id = x.value CROSS JOIN receipts r ON r.payment_id = a.payment_id
     UNION ALL
     SELECT a.invoice_id, 'refund', r.document, f.document, f.issued_at, f.number
     FROM json_each(?1) x CROSS JOIN allocations a ON a.invoice_id = x.value CROSS JOIN receipts r ON r.payment_id = a.payment_id
     CROSS JOIN refunds g ON g.payment_id = a.payment_id CROSS JOIN refund_receipts f ON f.refund_id = g.id
     UNION ALL
     SELECT p.invoice_id, iif(r.cancels IS NULL, 'recorded', 'cancelled'), c.document, NULL, r.issued_at, r.number
     FROM json_each(?1) x CROSS JOIN recorded_payments p ON p.invoice_id = x.value
     CROSS JOIN recorded_receipts c ON c.recorded_id = coalesce(p.group_id, p.id)
     CROSS JOIN recorded_receipts r ON r.id = c.id OR r.cancels = c.id
     WHERE p.reverses IS NULL
     ORDER BY at, n`,
    [JSON.stringify(invoices.map(({ id }) => id))],
  );
  const paid = new Map<string, Part>();
  const taxes = new Map<string, number>();
  for (const { id, number } of invoices) {
    let part: Part | undefined;
    const chain = new Chain(number);
    for (const row of rows.filter(({ invoice }) => invoice === id)) {
      const next = chain.after(part, row);
      if (next === undefined) continue;
      part = next.part;
      taxes.set(`${row.kind} ${row.n} ${number}`, next.taxCents);
    }
    if (part !== undefined) paid.set(id, part);
  }
  return { paid, taxIn: (kind, document, number) => taxes.get(`${kind} ${document} ${number}`) ?? 0 };
}

/** The documents of one invoice, in their order. */
class Chain {
  readonly #number: string;
  /** The tax in what is left of each online payment, by its number. */
  readonly #left = new Map<string, number>();

  constructor(invoiceNumber: string) {
    this.#number = invoiceNumber;
  }

  /** How far the invoice is paid after this one, and the tax in it; undefined where it says nothing of the invoice. */
  after(part: Part | undefined, row: Row): { part: Part | undefined; taxCents: number } | undefined {
    const receipt: unknown = JSON.parse(row.receipt);
    if (row.kind === 'recorded' || row.kind === 'cancelled') {
      const paid = this.#ours(RecordedDocument.parse(receipt).invoices);
      if (paid === undefined) return undefined;
      const { amountCents: paidCents, taxCents } = paid;
      if (row.kind === 'recorded') return nextPart(part, paid, taxCents);
      return { part: takenOff(part, { paidCents, taxCents }), taxCents };
    }
    const { confirmationNumber, invoices } = ReceiptDocument.parse(receipt);
    const paid = this.#ours(invoices);
    if (paid === undefined) return undefined;
    if (row.refund === null) {
      const next = nextPart(part, paid);
      this.#left.set(confirmationNumber, next.taxCents);
      return next;
    }
    const refund = RefundDocument.parse(JSON.parse(row.refund));
    const paidCents = this.#ours(refund.invoices)?.amountCents ?? 0;
    const most = this.#left.get(confirmationNumber) ?? 0;
    // Where all went back, so that nothing of a cent stays.
    const all = refund.refundedInAllCents >= refund.paidCents;
    const taxCents = all ? most : Math.min(most, taxInPayment(paid, paidCents));
    this.#left.set(confirmationNumber, most - taxCents);
    return { part: takenOff(part, { paidCents, taxCents }), taxCents };
  }

  #ours<T extends { number: string }>(all: readonly T[]): T | undefined {
    return all.find(({ number }) => number === this.#number);
  }
}
