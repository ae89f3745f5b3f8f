// Before « Confirmer » takes money (S29): what a bank or PayPal took back of earlier payments of the same invoices may be there
// again without anyone having told us.

import type { CheckReversals } from '../payments/settlement/sync.ts';
import { readPayment, takenBackBefore } from '../payments/store.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { Problem } from '../problems/problem.ts';
import { followEnded } from './follow-ended.ts';

/**
 * Brings those earlier payments up to PayPal's record. Throws `payment-in-progress` while money is on its way back,
 * `paypal-unavailable` while PayPal does not say.
 */
export const checkReversals: CheckReversals = async (deps, paypal, payment) => {
  for (const { id } of await takenBackBefore(deps, payment)) {
    try {
      await followEnded(deps, paypal, await readPayment(deps, id));
    } catch (error) {
      if (!(error instanceof PayPalFailure)) throw error;
      if (error.issue === 'NOT_EXPLAINED_YET') throw new Problem('payment-in-progress');
      if (error.decision === 'unavailable' || error.decision === 'unknown')
        throw new Problem('paypal-unavailable');
    }
  }
};
