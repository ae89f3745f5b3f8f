// Whoever asks PayPal to take money (S29), or to give it back, holds the lease of its row: one process at a time, for a
// bounded time. The token fences: a holder that was too slow finds another's token when it comes to write, and writes
// nothing (P0).
import { guard, type Statement } from '../../db/db.ts';
import { type Deps, newId } from '../../deps.ts';

/** Longer than a call that writes can take with its retries (paypal/client.ts). */
const LEASE_MS = 120_000;

type LeaseDeps = Pick<Deps, 'db' | 'now' | 'randomBytes'>;
interface Leased {
  table: 'payments' | 'refunds';
  id: string;
}

/**
 * Runs `work` as the only one at this row, with the lease's token, and answers what it answers; null, without running it,
 * while someone else holds the lease.
 */
export async function withLease<T>(
  deps: LeaseDeps,
  row: Leased,
  work: (token: string) => Promise<T>,
): Promise<T | null> {
  return await lettingGo(deps, row, async (token) => {
    const { sql, args } = leasing(deps, row, token);
    const { rows } = await deps.db.execute(`${sql} RETURNING id`, args);
    return rows.length > 0 ? await work(token) : null;
  });
}

/**
 * Runs `work` with a token for the lease that its own batch takes (`leased`), and answers what it answers. The lease is let
 * go whatever comes: it may be ours though the database's answer was lost.
 */
export async function lettingGo<T>(
  deps: LeaseDeps,
  { table, id }: Leased,
  work: (token: string) => Promise<T>,
): Promise<T> {
  const token = newId(deps);
  try {
    return await work(token);
  } finally {
    // What was written down has mostly ended it. To read waits for nobody; to write may, with the answer at hand.
    const ours = { where: 'WHERE id = ? AND claim_token = ?', args: [id, token] };
    const { rows } = await deps.db.execute(`SELECT 1 FROM ${table} ${ours.where}`, ours.args);
    if (rows.length > 0)
      await deps.db.execute(
        `UPDATE ${table} SET claim_token = NULL, claim_until = NULL ${ours.where}`,
        ours.args,
      );
  }
}

/** The statements that take the payment's lease, or keep it: their batch fails while someone else holds it. */
export function leased(deps: Pick<Deps, 'now'>, paymentId: string, token: string): Statement[] {
  return [leasing(deps, { table: 'payments', id: paymentId }, token), stillLeased(paymentId, token)];
}

/** SQL: nobody but the holder of `token` is at this row at `now`. */
export function leftAlone(now: number, token: string): { sql: string; args: [number, string] } {
  return { sql: '(claim_until IS NULL OR claim_until <= ? OR claim_token = ?)', args: [now, token] };
}

function leasing(deps: Pick<Deps, 'now'>, { table, id }: Leased, token: string): Required<Statement> {
  const now = deps.now();
  const free = leftAlone(now, token);
  return {
    sql: `UPDATE ${table} SET claim_token = ?, claim_until = ? WHERE id = ? AND ${free.sql}`,
    args: [token, now + LEASE_MS, id, ...free.args],
  };
}

/** Fails its batch unless the payment's lease is still ours. */
export function stillLeased(paymentId: string, token: string): Statement {
  return guard('EXISTS (SELECT 1 FROM payments WHERE id = ? AND claim_token = ?)', [paymentId, token]);
}
