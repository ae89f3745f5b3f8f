// Between the approval at PayPal and « Confirmer » (S29, S32), what was agreed to may change: then nothing is taken, and the
// payer reads the one cause.
import { reachedInvoices } from '../certificates/access.ts';
import {
  isNotPayable,
  type NotPayable,
  type NotPayableFacts,
  notPayable,
} from '../certificates/not-payable.ts';
import { quote } from '../certificates/quote.ts';
import type { Statement } from '../db/db.ts';
import type { Deps } from '../deps.ts';
import { Problem } from '../problems/problem.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import { advance } from './settlement/transitions.ts';
import type { Allocation, StoredPayment } from './store.ts';

/**
 * Why this payment, of these `allocations`, cannot be taken as it was agreed to: one of NOT_PAYABLE, or `amount-changed` (with the new
 * `totalCents` where there is one); null when nothing has changed. Throws `payment-in-progress` while another payment
 * holds an invoice of it: that may pass.
 */
export async function causeToStop(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  allocations: readonly Allocation[],
): Promise<Problem | null> {
  const { accountId } = payment;
  const ids = allocations.map(({ invoiceId }) => invoiceId);
  const cause = (kind: NotPayable, facts: NotPayableFacts) =>
    new Problem(kind, notPayable(kind, facts, true));
  const paid = allocations.reduce((sum, { amountCents }) => sum + amountCents, 0);
  const whole = allocations.every(({ amountCents, owedCents }) => amountCents === owedCents);
  const changed = allocations.some(({ balanceCents, owedCents }) => balanceCents !== owedCents);
  try {
    const payer = { regroupement, accountId };
    const now = await quote(deps, payer, ids, whole ? undefined : paid, payment.id);
    const moved = allocations.find((allocation) => allocation.moved);
    if (moved !== undefined) return cause('invoice-changed', { invoiceNumber: moved.invoiceNumber });
    return changed || now.totalCents !== payment.amountCents
      ? new Problem('amount-changed', { totalCents: now.totalCents })
      : null;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.kind === 'not-found') {
      // What became of an invoice that the account does not reach any more is not disclosed (I6).
      const reached = await reachedInvoices(deps, { regroupementId: regroupement.id, accountId }, ids);
      const gone = allocations.find(({ invoiceId }) => !reached.has(invoiceId));
      if (gone === undefined) throw error;
      return cause('invoice-not-in-file', { invoiceNumber: gone.invoiceNumber });
    }
    if (isNotPayable(error.kind)) return cause(error.kind, error.extra);
    // The part is more than what is owed now, or the regroupement takes no such part any more.
    if (error.kind === 'validation')
      return changed
        ? new Problem('amount-changed')
        : cause('part-not-allowed', { invoiceNumber: String(allocations.at(-1)?.invoiceNumber) });
    throw error;
  }
}

/** Ends the payment for `cause`, with `also` in the same batch. Answers it as it then is. */
export function stopPayment(
  deps: Deps,
  payment: StoredPayment,
  cause: Problem,
  also: readonly Statement[] = [],
): Promise<StoredPayment> {
  const facts: NotPayableFacts = cause.extra;
  return advance(deps, payment, 'cancelled', {
    set: { failure: cause.kind },
    detail: Object.fromEntries(
      Object.entries({
        invoiceNumber: facts.invoiceNumber,
        method: facts.method,
        paidOn: facts.paidOn,
        yours: facts.yours,
      }).filter(([, value]) => value !== undefined),
    ) as Record<string, string | boolean>,
    also,
  });
}
