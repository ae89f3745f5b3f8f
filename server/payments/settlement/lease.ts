// Whoever asks PayPal to take money (S29), or to give it back, holds the lease of its row: one process at a time, for a
// bounded time. The token fences: a holder that was too slow finds another's token when it comes to write, and writes
// nothing (P0).
import { guard, type Statement } from '../../db/db.ts';
import { type Deps, newId } from '../../deps.ts';

/** Longer than a call that writes can take with its retries (paypal/client.ts). */
const LEASE_MS = 120_000;

/**
 * Runs `work` as the only one at this row, with the lease's token, and answers what it answers; null, without running it,
 * while someone else holds the lease. It is let go whatever comes: it may be ours though the database's answer was lost.
 */
export async function withLease<T>(
  deps: Pick<Deps, 'db' | 'now' | 'randomBytes'>,
  row: { table: 'payments' | 'refunds'; id: string },
  work: (token: string) => Promise<T>,
): Promise<T | null> {
  const token = newId(deps);
  const now = deps.now();
  try {
    const { rows } = await deps.db.execute(
      `UPDATE ${row.table} SET claim_token = ?, claim_until = ? WHERE id = ? AND (claim_until IS NULL OR claim_until <= ?)
       RETURNING id`,
      [token, now + LEASE_MS, row.id, now],
    );
    return rows.length > 0 ? await work(token) : null;
  } finally {
    // What was written down has mostly ended it. To read waits for nobody; to write may, with the answer at hand.
    const ours = { where: 'WHERE id = ? AND claim_token = ?', args: [row.id, token] };
    const { rows } = await deps.db.execute(`SELECT 1 FROM ${row.table} ${ours.where}`, ours.args);
    if (rows.length > 0)
      await deps.db.execute(
        `UPDATE ${row.table} SET claim_token = NULL, claim_until = NULL ${ours.where}`,
        ours.args,
      );
  }
}

/** Fails its batch unless the payment's lease is still ours. */
export function stillLeased(paymentId: string, token: string): Statement {
  return guard('EXISTS (SELECT 1 FROM payments WHERE id = ? AND claim_token = ?)', [paymentId, token]);
}
