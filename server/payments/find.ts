// Which payment of ours something at PayPal belongs to (S31, S32), by PayPal's ids and ours.
import type { Deps } from '../deps.ts';
import type { PayPal } from '../paypal/client.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { orderIdOf } from '../paypal/wire.ts';
import { Problem } from '../problems/problem.ts';
import { type Regroupement, withEachAccount } from '../regroupements/regroupements.ts';
import { paymentsWhere, type StoredPayment } from './store.ts';

/** What a payment can be found by: its confirmation number, PayPal's ids, and ours as PayPal bears it. */
interface PaymentIds {
  number?: string | undefined;
  orderId?: string | undefined;
  custom?: string | undefined;
  captureId?: string | undefined;
}

/** The regroupement's own payment behind these ids, by whichever of them finds it. */
export async function paymentOf(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  ids: PaymentIds,
): Promise<StoredPayment | undefined> {
  const wanted = [
    ['number', ids.number],
    ['order_id', ids.orderId],
    ['id', ids.custom],
    ['capture_id', ids.captureId],
  ] as const;
  for (const [column, value] of wanted) {
    if (value === undefined) continue;
    const [payment] = await paymentsWhere(deps, `${column} = ? AND regroupement_id = ?`, [
      value,
      regroupementId,
    ]);
    if (payment !== undefined) return payment;
  }
  return undefined;
}

/** The regroupement's own payment by its confirmation number. Throws Problem `not-found`. */
export async function paymentNumbered(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  number: string,
): Promise<StoredPayment> {
  const payment = await paymentOf(deps, regroupementId, { number });
  if (payment === undefined) throw new Problem('not-found');
  return payment;
}

/**
 * The payment that this capture took. PayPal may tell of what became of a capture before we know of it: then PayPal says
 * which order's it is. Throws PayPalFailure.
 */
export async function paymentOfCapture(
  deps: Deps,
  paypal: PayPal,
  regroupement: Regroupement,
  captureId: string,
): Promise<StoredPayment | undefined> {
  const known = await paymentOf(deps, regroupement.id, { captureId });
  if (known !== undefined) return known;
  const capture = await fromAnyAccount(deps, regroupement, (account) =>
    paypal.readCapture(account, captureId),
  );
  return paymentOf(deps, regroupement.id, { orderId: orderIdOf(capture) });
}

/**
 * What `read` answers for the PayPal account that knows the thing: today's, or one that the regroupement had before. Throws
 * PayPalFailure.
 */
export async function fromAnyAccount<T>(
  deps: Deps,
  regroupement: Regroupement,
  read: (account: Regroupement) => Promise<T>,
): Promise<T> {
  let failure: PayPalFailure | undefined;
  for (const account of await withEachAccount(deps, regroupement)) {
    try {
      return await read(account);
    } catch (error) {
      if (!(error instanceof PayPalFailure)) throw error;
      failure ??= error;
      if (error.decision !== 'gone' && error.decision !== 'configuration') throw error;
    }
  }
  throw failure ?? new PayPalFailure('configuration');
}
