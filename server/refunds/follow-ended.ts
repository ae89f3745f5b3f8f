// A payment that had ended, paid or not (S31, S32): what PayPal's record shows beyond that is taken in, such as money that came
// late or went back.
import type { Deps } from '../deps.ts';
import { lookAtRecord } from '../payments/settlement/sync.ts';
import type { StoredPayment } from '../payments/store.ts';
import type { PayPal } from '../paypal/client.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { refundsOf } from '../paypal/wire.ts';
import { regroupementOf } from '../regroupements/regroupements.ts';
import { followMoney } from './reversals/follow.ts';
import type { Reported } from './reversals/movements.ts';

/** The payment after a look at PayPal's record. Throws PayPalFailure while PayPal does not say. */
export async function followEnded(
  deps: Deps,
  paypal: PayPal,
  payment: StoredPayment,
  reported?: Reported,
): Promise<StoredPayment> {
  if (payment.orderId === null) return payment;
  const regroupement = await regroupementOf(deps, payment);
  const { payment: seen, record, decided } = await lookAtRecord(deps, paypal, regroupement, payment);
  if (!decided) throw new PayPalFailure('unavailable');
  // PayPal may forget the order before what was paid with it.
  const refunds = typeof record === 'string' ? [] : refundsOf(record);
  return followMoney(deps, paypal, regroupement, seen, { refunds, reported });
}
