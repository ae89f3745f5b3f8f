// PayPal says that something happened to a payment (S30–S32, and after): its record is looked at whatever the payment's state,
// and what is not certain yet is asked about again.
import type { Deps } from '../deps.ts';
import { lookAtRecord, syncPayment } from '../payments/settlement/sync.ts';
import { HOLDING, OPEN } from '../payments/states.ts';
import { readPayment, type StoredPayment } from '../payments/store.ts';
import type { PayPal } from '../paypal/client.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { regroupementOf } from '../regroupements/regroupements.ts';
import { checkReversals } from './check-reversals.ts';
import { followEnded } from './follow-ended.ts';
import type { Reported } from './reversals/movements.ts';

/**
 * The payment after a look at PayPal's record: money that came late or went back is taken in. `reported`: the movement that
 * PayPal told of, where it did. Throws PayPalFailure while PayPal does not say what became of it.
 */
export async function followPayment(
  deps: Deps,
  paypal: PayPal,
  paymentId: string,
  reported?: Reported,
): Promise<StoredPayment> {
  const payment = await readPayment(deps, paymentId);
  if (!OPEN.includes(payment.state)) return followEnded(deps, paypal, payment, reported);
  // The sweeper asks about what is in doubt until PayPal says.
  if (payment.orderId === null || HOLDING.includes(payment.state))
    return syncPayment(deps, paypal, checkReversals, paymentId);
  const look = await lookAtRecord(deps, paypal, await regroupementOf(deps, payment), payment);
  if (!look.decided) throw new PayPalFailure('unavailable');
  return look.payment;
}

/** The same, and where the payment was settled only now, what became of its money since. Throws PayPalFailure. */
export async function followPaymentAndMoney(
  deps: Deps,
  paypal: PayPal,
  payment: StoredPayment,
  reported?: Reported,
): Promise<StoredPayment> {
  const seen = await followPayment(deps, paypal, payment.id, reported);
  return payment.completedAt === null && seen.completedAt !== null
    ? followPayment(deps, paypal, payment.id, reported)
    : seen;
}
