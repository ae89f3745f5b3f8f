// Before « Confirmer » takes money (S29): what a bank or PayPal took back of earlier payments of the same invoices may be there
// again without anyone having told us.

import type { Statement } from '../db/db.ts';
import type { Deps } from '../deps.ts';
import type { CheckReversals } from '../payments/settlement/sync.ts';
import { noneTakenBackBut, readPayment, takenBackBefore } from '../payments/store.ts';
import type { PayPal } from '../paypal/client.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { Problem } from '../problems/problem.ts';
import { followEnded } from './follow-ended.ts';
import { wentBack } from './store.ts';

/**
 * Brings those earlier payments up to PayPal's record. Answers what fails a batch once our books tell of more. Throws `payment-in-progress` while money is on its way back, or may be
 * and cannot be seen; `paypal-unavailable` while PayPal does not say.
 */
export const checkReversals: CheckReversals = async (deps, paypal, payment) => {
  const earlier = await takenBackBefore(deps, payment);
  const still = [
    noneTakenBackBut(
      payment,
      earlier.map(({ id }) => id),
    ),
  ];
  for (const { id } of earlier) {
    try {
      still.push(await followUntilStill(deps, paypal, id));
    } catch (error) {
      if (!(error instanceof PayPalFailure)) throw error;
      if (error.issue === 'NOT_EXPLAINED_YET') throw new Problem('payment-in-progress');
      if (error.decision === 'unavailable' || error.decision === 'unknown')
        throw new Problem('paypal-unavailable');
    }
  }
  return still;
};

/** How often another process may write down more while PayPal is asked. */
const TRIES = 3;

// Follows the payment until our books are, after PayPal's answer, what they were before it. Answers what fails a batch once they
// are not any more: another process writes a reversal and its return one after the other.
async function followUntilStill(deps: Deps, paypal: PayPal, id: string): Promise<Statement> {
  let before = await wentBack(deps, id);
  for (let n = 0; n < TRIES; n++) {
    const { heldAt } = await followEnded(deps, paypal, await readPayment(deps, id));
    const books = await wentBack(deps, id);
    // What is held for a dispute is PENDING in PayPal's record, whatever came again, and its list of movements lags.
    if (heldAt !== null && books.reversedCents > 0) throw new Problem('payment-in-progress');
    if (books.reversals.length === before.reversals.length && books.returns.length === before.returns.length)
      return books.unchanged;
    before = books;
  }
  throw new Problem('payment-in-progress');
}
