// Where a payment stands once its money came (after S31): whether PayPal holds it for a dispute, and the state that this and
// the sums make.
import { guard, isGuardFailure } from '../../db/db.ts';
import type { Deps } from '../../deps.ts';
import { closeFor } from '../../exceptions/exceptions.ts';
import { openHeldException } from '../../payments/settlement/complete.ts';
import { transitionOrStay } from '../../payments/settlement/transitions.ts';
import { after, standingOf } from '../../payments/states.ts';
import { hasOpenDispute, readPayment, type StoredPayment } from '../../payments/store.ts';
import { type Capture, isHeld } from '../../paypal/wire.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';
import { wentBack } from '../store.ts';

/** Writes down how PayPal's record of the capture stands. Answers the payment as it then is. */
export async function recordStanding(
  deps: Deps,
  regroupement: Regroupement,
  paymentId: string,
  capture: Capture,
): Promise<StoredPayment> {
  for (let attempt = 0; ; attempt++) {
    const payment = await readPayment(deps, paymentId);
    const holds = isHeld(capture);
    const changed = holds !== (payment.heldAt !== null);
    const { refundedCents, reversedCents, unchanged } = await wentBack(deps, payment.id);
    const { amountCents, captureId } = payment;
    const held = holds || (await hasOpenDispute(deps, payment.id));
    const { state, event } = standingOf({ amountCents, refundedCents, reversedCents, held });
    // A state that the rows do not bear out is not mended by trying again.
    if (!changed && (state === payment.state || after(payment.state, event) === null)) return payment;
    const left = amountCents - refundedCents - reversedCents;
    try {
      await deps.db.batch([
        unchanged,
        guard('EXISTS (SELECT 1 FROM payments WHERE id = ? AND held_at IS ?)', [payment.id, payment.heldAt]),
        ...transitionOrStay(deps, payment, event),
        {
          sql: 'UPDATE payments SET held_at = ?, updated_at = ? WHERE id = ?',
          args: [holds ? (payment.heldAt ?? deps.now()) : null, deps.now(), payment.id],
        },
        ...(changed && !holds ? closeFor(deps, payment.id, 'held', 'RELEASED') : []),
        ...(changed && holds ? openHeldException(deps, regroupement, payment, captureId, left) : []),
      ]);
    } catch (error) {
      if (!isGuardFailure(error) || attempt >= 4) throw error;
    }
  }
}
