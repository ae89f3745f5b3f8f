// An invoice as an act of staff's finds it: what is done to it names the state that it was done from, and nothing is done while
// a payment decides what is owed.
import { sha256 } from '../crypto.ts';
import { guard, type Statement } from '../db/db.ts';
import { sql } from '../db/sql.ts';
import type { Deps } from '../deps.ts';
import type { Lang } from '../fields.ts';
import { balanceOf } from '../ledger/balance.ts';
import { type Invoice, type InvoiceLine, readInvoices } from '../ledger/invoices.ts';
import { Problem } from '../problems/problem.ts';

/** An invoice, whose it is, and which of its revisions is in force. */
export interface Standing {
  invoice: Invoice;
  holderId: string;
  lang: Lang;
  revision: number;
}

/** Names the state of an invoice: another one as soon as its status, lines, due day, balance or plan of instalments is another. */
export function invoiceVersion(invoice: Invoice): string {
  const { status, dueOn, lines, totalCents, balanceCents, plan } = invoice;
  return sha256(JSON.stringify([status, dueOn, lines, totalCents, balanceCents, plan?.id])).slice(0, 22);
}

/** Throws `not-found`. */
export async function readStanding(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupementId: string,
  id: string,
): Promise<Standing> {
  // The revision first: lines that are newer than it fail the guard.
  const { rows } = await deps.db.execute<Omit<Standing, 'invoice'>>(
    `SELECT i.revision, c.holder_id AS holderId, h.lang FROM invoices i JOIN certificates c ON c.id = i.certificate_id
     JOIN holders h ON h.id = c.holder_id WHERE i.id = ? AND i.regroupement_id = ?`,
    [id, regroupementId],
  );
  const [invoice] = await readInvoices(deps, regroupementId, '', { invoiceIds: [id] });
  const [row] = rows;
  if (row === undefined || invoice === undefined) throw new Problem('not-found');
  return { ...row, invoice };
}

/** Throws `changed-meanwhile` (with the invoice's `version` now) where it is no more what `version` names. */
export function refuseOther({ invoice }: Standing, version: string): void {
  const now = invoiceVersion(invoice);
  if (now !== version) throw new Problem('changed-meanwhile', { version: now });
}

/** Fails its batch unless the invoice is as it was read. */
export function asRead(regroupementId: string, { invoice, revision }: Standing): Statement {
  return guard(
    `EXISTS (SELECT 1 FROM invoices WHERE id = ?1 AND regroupement_id = ?2 AND status = ?3 AND revision = ?4)
     AND ${balanceOf('?1', '?2')} = ?5`,
    [invoice.id, regroupementId, invoice.status, revision, invoice.balanceCents],
  );
}

// Of invoice ?1. A payment that waits for « Confirmer » holds nothing, but she has agreed to its amount at PayPal.
const UNDER_WAY = `(EXISTS (SELECT 1 FROM invoice_holds WHERE invoice_id = ?1) OR EXISTS (
  SELECT 1 FROM allocations a JOIN payments p ON p.id = a.payment_id
  WHERE a.invoice_id = ?1 AND p.state IN ('approved', 'capturing', 'unknown', 'pending')))`;
const DISPUTED = `EXISTS (SELECT 1 FROM allocations a JOIN payments p ON p.id = a.payment_id
  WHERE a.invoice_id = ?1 AND (p.state = 'disputed' OR p.held_at IS NOT NULL
    OR EXISTS (SELECT 1 FROM disputes d WHERE d.payment_id = p.id AND d.resolved_at IS NULL)))`;

/** Fails its batch while a payment on the invoice is approved, under way or disputed. */
export function notUnderWay(invoiceId: string): Statement {
  return guard(`NOT ${UNDER_WAY} AND NOT ${DISPUTED}`, [invoiceId]);
}

/** Throws `payment-in-progress` or `payment-disputed`, in words for staff. */
export async function refuseUnderWay(deps: Pick<Deps, 'db'>, { invoice }: Standing): Promise<void> {
  const { rows } = await deps.db.execute<{ underWay: 0 | 1; disputed: 0 | 1 }>(
    `SELECT ${UNDER_WAY} AS underWay, ${DISPUTED} AS disputed`,
    [invoice.id],
  );
  const { number: invoiceNumber } = invoice;
  if (rows[0]?.underWay === 1)
    throw new Problem('payment-in-progress', {
      invoiceNumber,
      detail:
        'Un paiement en ligne de cette facture est en cours, ou attend son «\u00a0Confirmer\u00a0». Attendez sa fin, ou libérez-le s’il n’est pas fait chez PayPal, puis recommencez.',
      detailEn:
        'An online payment of this invoice is in progress, or waits for her “Confirm”. Wait for its end, or release it if it is not made at PayPal, then try again.',
    });
  if (rows[0]?.disputed === 1)
    throw new Problem('payment-disputed', {
      invoiceNumber,
      detail:
        'Un paiement de cette facture est contesté chez PayPal. Rien n’a été changé\u00a0: attendez la décision, puis recommencez.',
      detailEn:
        'A payment of this invoice is disputed at PayPal. Nothing was changed: wait for the decision, then try again.',
    });
}

/** The statements that give the invoice a revision with these lines, and this status. */
export function revise(
  deps: Pick<Deps, 'now'>,
  { invoice, revision }: Standing,
  lines: readonly InvoiceLine[],
  status: Invoice['status'] = invoice.status,
): Statement[] {
  return [
    sql`UPDATE invoices SET status = ${status}, revision = ${revision + 1}, updated_at = ${deps.now()} WHERE id = ${invoice.id}`,
    ...lines.map(
      ({ code, description, amountCents, rate }, i) =>
        sql`INSERT INTO invoice_lines(invoice_id, revision, position, code, description, amount_cents, rate)
            VALUES (${invoice.id}, ${revision + 1}, ${i + 1}, ${code}, ${description}, ${amountCents}, ${rate})`,
    ),
  ];
}

/** The row that an idempotency key made; undefined: none yet. Throws `idempotency-mismatch` where it was with another request. */
export async function madeByKey(
  deps: Pick<Deps, 'db'>,
  table: 'cancellations' | 'credit_notes' | 'credit_transfers',
  regroupementId: string,
  { idempotencyKey, hash }: { idempotencyKey: string; hash: string },
): Promise<string | undefined> {
  const id = table === 'cancellations' ? 'invoice_id' : 'id';
  const { rows } = await deps.db.execute<{ id: string; hash: string }>(
    `SELECT ${id} AS id, request_hash AS hash FROM ${table} WHERE regroupement_id = ? AND idempotency_key = ?`,
    [regroupementId, idempotencyKey],
  );
  const [row] = rows;
  if (row !== undefined && row.hash !== hash) throw new Problem('idempotency-mismatch');
  return row?.id;
}
