// What went on at PayPal though nobody told us of it: complaints that ended, money that is not held any more.
import type { Deps } from '../deps.ts';
import { paymentsWhere } from '../payments/store.ts';
import { syncPayment } from '../payments/sync.ts';
import type { PayPal } from '../paypal/client.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { followDispute } from '../paypal-events/apply.ts';

const DAY_MS = 86_400_000;
const AT_ONCE = 50;

/** One round: each open dispute, and each payment whose money is held, is looked at once a day. */
export async function followDisputes(deps: Deps, paypal: PayPal): Promise<void> {
  const before = deps.now() - DAY_MS;
  const { rows } = await deps.db.execute<{ regroupementId: string; id: string }>(
    `SELECT regroupement_id AS regroupementId, dispute_id AS id FROM disputes
     WHERE resolved_at IS NULL AND looked_at <= ? ORDER BY looked_at LIMIT ${AT_ONCE}`,
    [before],
  );
  for (const { regroupementId, id } of rows)
    await unlessAway(deps, { dispute: id }, async () => {
      await deps.db.execute(
        'UPDATE disputes SET looked_at = ? WHERE regroupement_id = ? AND dispute_id = ?',
        [deps.now(), regroupementId, id],
      );
      await followDispute(deps, paypal, regroupementId, id);
    });
  const held = await paymentsWhere(
    deps,
    `held_at IS NOT NULL AND COALESCE(looked_at, 0) <= ? AND held_at <= ? ORDER BY looked_at LIMIT ${AT_ONCE}`,
    [before, before],
  );
  for (const { id } of held)
    await unlessAway(deps, { payment: id }, async () => {
      await deps.db.execute('UPDATE payments SET looked_at = ? WHERE id = ?', [deps.now(), id]);
      await syncPayment(deps, paypal, id, { told: true });
    });
}

// One's trouble is not another's.
async function unlessAway(
  deps: Deps,
  about: Record<string, string>,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof PayPalFailure)
      deps.log.warn('follow-up-later', { ...about, decision: error.decision, issue: error.issue });
    else deps.log.error('follow-up', about, error);
  }
}
