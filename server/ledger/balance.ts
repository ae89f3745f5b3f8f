// What is left to pay on an invoice (« solde », S33): the sum of its ledger entries, never a stored field (M2).
import { guard, type Statement } from '../db/db.ts';

/**
 * Fails its batch unless, at that point, the invoice is open, owes exactly `cents`, and no payment but `paymentId`
 * holds it (P2). Put it before whatever takes the money.
 */
export function stillOwes(
  regroupementId: string,
  invoiceId: string,
  cents: number,
  paymentId: string,
): Statement {
  return guard(
    `EXISTS (SELECT 1 FROM invoices WHERE id = ?1 AND regroupement_id = ?2 AND status = 'open')
     AND (SELECT COALESCE(SUM(amount_cents), 0) FROM ledger_entries WHERE invoice_id = ?1 AND regroupement_id = ?2) = ?3
     AND NOT EXISTS (SELECT 1 FROM invoice_holds WHERE invoice_id = ?1 AND payment_id <> ?4)`,
    [invoiceId, regroupementId, cents, paymentId],
  );
}
