// The periodic look at refunds that are not at their end (after S31; the procedure knows no refunds).
import type { Deps } from '../deps.ts';
import type { PayPal } from '../paypal/client.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { finishRefund } from './refunds.ts';
import { refundsWhere } from './store.ts';

const MINUTE = 60_000;
const AT_ONCE = 50;

/** One round over refunds whose answer was lost or is still to come. */
export async function sweepRefunds(deps: Deps, paypal: PayPal): Promise<number> {
  const due = await refundsWhere(deps, "state IN ('asked', 'unknown', 'pending') AND updated_at <= ?", [
    deps.now() - MINUTE,
  ]);
  // The longest unseen come first here too.
  due.sort((a, b) => a.updatedAt - b.updatedAt);
  for (const refund of due.slice(0, AT_ONCE)) {
    try {
      await deps.db.execute('UPDATE refunds SET updated_at = ? WHERE id = ?', [deps.now(), refund.id]);
      await finishRefund(deps, paypal, refund);
    } catch (error) {
      if (error instanceof PayPalFailure) deps.log.warn('sweep-refund-later', { refund: refund.id });
      else deps.log.error('sweep-refund', { refund: refund.id }, error);
    }
  }
  return due.length;
}
