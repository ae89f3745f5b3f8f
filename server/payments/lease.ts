// Whoever talks to PayPal about taking the money holds the payment's claim: one at a time, for a bounded time. The
// token fences: a holder that was too slow finds another's token when it comes to write, and writes nothing (P0).
import { guard, type Statement } from '../db/db.ts';
import type { Deps } from '../deps.ts';

/** Longer than a capture with its retries can take (paypal/client.ts). */
const CLAIM_MS = 120_000;

/**
 * Takes the claim with a token of the caller's, who lets it go whatever comes: it may be taken though the database's
 * answer was lost. False while someone else holds it.
 */
export async function claim(
  deps: Pick<Deps, 'db' | 'now'>,
  paymentId: string,
  token: string,
): Promise<boolean> {
  const now = deps.now();
  const { rows } = await deps.db.execute(
    `UPDATE payments SET claim_token = ?, claim_until = ? WHERE id = ? AND (claim_until IS NULL OR claim_until <= ?)
     RETURNING id`,
    [token, now + CLAIM_MS, paymentId, now],
  );
  return rows.length > 0;
}

/** Fails its batch unless the claim is still ours. */
export function stillClaimed(paymentId: string, token: string): Statement {
  return guard('EXISTS (SELECT 1 FROM payments WHERE id = ? AND claim_token = ?)', [paymentId, token]);
}

/** Lets the claim go, if it is still ours. */
export async function release(deps: Pick<Deps, 'db'>, paymentId: string, token: string): Promise<void> {
  await deps.db.execute(
    'UPDATE payments SET claim_token = NULL, claim_until = NULL WHERE id = ? AND claim_token = ?',
    [paymentId, token],
  );
}
