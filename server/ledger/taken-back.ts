// What a bank or PayPal took back of a payment, and what came again: for whoever tells it, in the order in which it was.
import type { Db } from '../db/db.ts';

export interface TakenBack {
  /** As money: what was taken back is negative, what came again positive. */
  cents: number;
  at: number;
  /** Its share of each invoice, by number, signed the same; the online fee is in none. */
  invoices: ReadonlyMap<string, number>;
}

/** The payment's movements of this kind. A reversal that PayPal's record did not bear out is not among them. */
export async function takenBackOf(
  deps: { db: Pick<Db, 'execute'> },
  paymentId: string,
): Promise<TakenBack[]> {
  const share = (source: string) =>
    `(SELECT json_group_object(i.number, -e.amount_cents) FROM ledger_entries e JOIN invoices i ON i.id = e.invoice_id
      WHERE e.payment_id = ?1 AND e.source = ${source} || ':' || e.invoice_id)`;
  const { rows } = await deps.db.execute<{ cents: number; at: number; invoices: string }>(
    `SELECT -g.amount_cents AS cents, g.completed_at AS at, ${share("'paypal-refund:' || g.refund_id")} AS invoices
     FROM refunds g WHERE g.payment_id = ?1 AND g.origin = 'reversal' AND g.state = 'completed'
       AND NOT EXISTS (SELECT 1 FROM reversal_returns WHERE corrects = g.id)
     UNION ALL
     SELECT b.amount_cents, b.returned_at, ${share("'paypal-return:' || b.source")}
     FROM reversal_returns b WHERE b.payment_id = ?1 AND b.corrects IS NULL
     ORDER BY 2, 1`,
    [paymentId],
  );
  return rows.map(({ cents, at, invoices }) => ({
    cents,
    at,
    invoices: new Map(Object.entries(JSON.parse(invoices) as Record<string, number>)),
  }));
}
