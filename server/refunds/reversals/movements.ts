// What moved of a payment's money after it came (after S31), each movement under PayPal's own id of it.
import type { Deps } from '../../deps.ts';
import type { StoredPayment } from '../../payments/store.ts';
import type { PayPal } from '../../paypal/client.ts';
import { PayPalFailure } from '../../paypal/errors.ts';
import { movementsAfter } from '../../paypal/transactions.ts';
import { cadCents, type Refund } from '../../paypal/wire.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';

/** `refund`: given back by the regroupement. `reversal`: taken back by a bank or PayPal. `return`: a reversal undone. */
export interface Movement {
  kind: 'refund' | 'reversal' | 'return';
  id: string;
  cents: number;
  at: number;
  /** The dispute that was won, where PayPal's list does not show the movement yet: then `id` is the dispute's. */
  unlisted?: true;
}

/** A movement that PayPal told of, by its id: its lists may not show it yet. */
export interface Reported {
  kind: 'refund' | 'reversal';
  id: string;
}

/** PayPal's list of what moved after the payment's capture; null where it may not be read. Throws PayPalFailure. */
export async function listedMovements(
  deps: Deps,
  paypal: PayPal,
  regroupement: Regroupement,
  payment: StoredPayment,
): Promise<Movement[] | null> {
  const capture = { id: payment.captureId ?? '', at: payment.completedAt ?? payment.createdAt };
  try {
    const all = await movementsAfter(paypal, regroupement, capture, deps.now());
    return all.flatMap(({ kind, id, grossCents, at }) =>
      kind === 'refund' || kind === 'reversal' || kind === 'return'
        ? [{ kind, id, cents: Math.abs(grossCents ?? 0), at }]
        : [],
    );
  } catch (error) {
    if (!(error instanceof PayPalFailure) || error.decision !== 'configuration') throw error;
    deps.log.warn('movements-not-listed', { regroupement: regroupement.id, issue: error.issue });
    return null;
  }
}

/** A refund of an order's record as a movement of this kind; `now` where PayPal does not say when. */
export function movementOf(refund: Refund, kind: 'refund' | 'reversal', now: number): Movement {
  const at = Date.parse(refund.create_time ?? '') || now;
  return { kind, id: refund.id, cents: cadCents(refund.amount) ?? 0, at };
}
