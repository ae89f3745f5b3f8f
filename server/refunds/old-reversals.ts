// Reversals (after S31) from before they had an amount and an id of PayPal's: they were recorded as all that was left of the
// payment. Each is compared with PayPal's record, once, and corrected by new entries; while PayPal does not answer it stays as it is.
import type { Deps } from '../deps.ts';
import { paymentsWhere } from '../payments/store.ts';
import type { PayPal } from '../paypal/client.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { followPayment } from './follow-payment.ts';

const AT_ONCE = 50;

/** One round over those not compared yet. Answers how many came to their end. */
export async function checkOldReversals(deps: Deps, paypal: PayPal): Promise<number> {
  // Nothing was posted of these yet: PayPal's list has them.
  await deps.db.execute(
    "UPDATE refunds SET state = 'failed', failure = 'superseded', unchecked = 0 WHERE unchecked = 1 AND state = 'pending'",
  );
  const due = await paymentsWhere(
    deps,
    `id IN (SELECT payment_id FROM refunds WHERE unchecked = 1)
     OR (state = 'reversed' AND NOT EXISTS (SELECT 1 FROM refunds r
           WHERE r.payment_id = payments.id AND r.origin = 'reversal' AND r.state = 'completed'))
     ORDER BY COALESCE(looked_at, 0) LIMIT ${AT_ONCE}`,
    [],
  );
  let done = 0;
  for (const payment of due) {
    try {
      await deps.db.execute('UPDATE payments SET looked_at = ? WHERE id = ?', [deps.now(), payment.id]);
      await followPayment(deps, paypal, payment.id);
      done++;
    } catch (error) {
      if (error instanceof PayPalFailure)
        deps.log.warn('old-reversal-later', {
          payment: payment.id,
          decision: error.decision,
          issue: error.issue,
        });
      else deps.log.error('old-reversal', { payment: payment.id }, error);
    }
  }
  return done;
}
