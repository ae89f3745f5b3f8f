// The periodic look at payments that someone walked away from (S28, S29, S32): settles what was confirmed, reminds of what was
// approved, ends what PayPal ended. Never takes money for a payment that was not confirmed.
import { isNotPayable } from '../certificates/not-payable.ts';
import type { Deps } from '../deps.ts';
import type { PayPal } from '../paypal/client.ts';
import { Problem } from '../problems/problem.ts';
import { regroupementOf } from '../regroupements/regroupements.ts';
import { causeToStop, stopPayment } from './not-taken.ts';
import { mailToPayer } from './settlement/messages.ts';
import { type CheckReversals, syncPayment } from './settlement/sync.ts';
import { advance } from './settlement/transitions.ts';
import { allocationsOf, paymentsWhere, type StoredPayment } from './store.ts';

const MINUTE = 60_000;
/** A confirmation takes seconds; after this its process is gone. */
const STALE_CAPTURE_MS = 2 * MINUTE;
/** « Il reste une étape » goes out this long after the approval (P5). */
const REMIND_AFTER_MS = 10 * MINUTE;
/** The payer's browser may never have come back, and the webhook may be lost: looked at then, and whenever its age has doubled. */
const FIRST_LOOK_MS = 5 * MINUTE;
/** PayPal's window is 3 to 6 hours: what it still does not know of after that is over. */
const ORDER_LIFE_MS = 6.5 * 60 * MINUTE;
/** What waits for a person seldom changes by itself. */
const PARKED_MS = 60 * MINUTE;
const AT_ONCE = 50;
/** The longest unseen come first, so that those which stay in doubt keep nobody waiting. */
const NOT_SINCE = 'COALESCE(looked_at, 0) <=';

/** One round. Answers how many payments were looked at. An error on one does not keep the others waiting. */
export async function sweepPayments(
  deps: Deps,
  paypal: PayPal,
  checkReversals: CheckReversals,
): Promise<number> {
  const now = deps.now();
  const due = await paymentsWhere(
    deps,
    // The same list as its index has (migration 0014): what has ended is not read.
    `state IN ('created','approved','capturing','pending','unknown','declined') AND (
     (state = 'unknown' AND updated_at <= ?1
       AND ${NOT_SINCE} CASE WHEN failure IN ('mismatch', 'less-owed', 'duplicate-invoice') THEN ?7 ELSE ?1 END)
     OR (state = 'pending' AND updated_at <= ?1 AND ${NOT_SINCE} ?4)
     OR (state = 'capturing' AND updated_at <= ?2 AND (claim_until IS NULL OR claim_until <= ?3))
     OR (state = 'created' AND order_id IS NOT NULL AND created_at <= ?6
         AND (looked_at IS NULL OR ?3 - created_at >= 2 * (looked_at - created_at)))
     OR (state = 'approved' AND approved_at <= ?4 AND ${NOT_SINCE} ?4)
     OR (state IN ('created', 'declined') AND updated_at <= ?5 AND ${NOT_SINCE} ?4))
     ORDER BY COALESCE(looked_at, 0), updated_at LIMIT ${AT_ONCE}`,
    [
      now - MINUTE,
      now - STALE_CAPTURE_MS,
      now,
      now - REMIND_AFTER_MS,
      now - ORDER_LIFE_MS,
      now - FIRST_LOOK_MS,
      now - PARKED_MS,
    ],
  );
  for (const payment of due) {
    try {
      await sweep(deps, paypal, checkReversals, payment);
    } catch (error) {
      deps.log.error('sweep', { payment: payment.id }, error);
    }
  }
  return due.length;
}

async function sweep(
  deps: Deps,
  paypal: PayPal,
  checkReversals: CheckReversals,
  payment: StoredPayment,
): Promise<void> {
  await deps.db.execute('UPDATE payments SET looked_at = ? WHERE id = ?', [deps.now(), payment.id]);
  const synced = await syncPayment(deps, paypal, checkReversals, payment.id);
  if (synced.state === 'approved') {
    if (await isStopped(deps, synced)) return;
    await deps.db.batch([await mailToPayer(deps, synced, 'unconfirmed')]);
    return;
  }
  const over = deps.now() - synced.updatedAt > ORDER_LIFE_MS;
  if (over && (synced.state === 'created' || synced.state === 'declined')) {
    await advance(deps, synced, 'expired', { set: { failure: 'expired' } });
  }
}

// « Il reste une étape » would be untrue of what cannot be paid any more: the payer reads why instead, once. A changed amount is
// said at « Confirmer », where the payer can agree to the new one.
async function isStopped(deps: Deps, payment: StoredPayment): Promise<boolean> {
  try {
    const allocations = await allocationsOf(deps, payment);
    const cause = await causeToStop(deps, await regroupementOf(deps, payment), payment, allocations);
    if (cause === null || !isNotPayable(cause.kind)) return false;
    const why = String(payment.lang === 'fr-CA' ? cause.extra.detail : cause.extra.detailEn);
    await stopPayment(deps, payment, cause, [await mailToPayer(deps, payment, 'payment-stopped', { why })]);
    return true;
  } catch (error) {
    // Another payment holds the invoice: what comes of that one decides.
    if (error instanceof Problem && error.kind === 'payment-in-progress') return true;
    throw error;
  }
}
