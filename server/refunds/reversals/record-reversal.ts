// Writes down money that a bank or PayPal took back (after S31): its row, the ledger, the state and the exception for staff.
import type { Statement } from '../../db/db.ts';
import type { Deps } from '../../deps.ts';
import { closeFor, openException } from '../../exceptions/exceptions.ts';
import type { StoredPayment } from '../../payments/store.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';
import { complete, insertFound } from '../record.ts';
import type { Movement } from './movements.ts';

/** Posts a reversal, once. `staffKnow`: they were told of it before, under no id of PayPal's. */
export async function recordReversal(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  reversal: Movement,
  staffKnow: boolean,
): Promise<void> {
  const { id, cents, at } = reversal;
  const row = await insertFound(deps, payment, id, cents, 'reversal');
  // It did not fit before what was taken earlier came again.
  const fits = closeFor(deps, payment.id, 'reversed-beyond', 'POSTED');
  const reversed = staffKnow ? [] : openFor(deps, regroupement, payment, 'reversed', reversal);
  await complete(deps, regroupement, row, id, at, [...fits, ...reversed]);
}

/** The statements that tell staff of a reversal beyond what was left of the payment: nothing of it is posted. */
export function openBeyond(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  reversal: Movement,
): Statement[] {
  return openFor(deps, regroupement, payment, 'reversed-beyond', reversal);
}

function openFor(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  kind: 'reversed' | 'reversed-beyond',
  { id, cents }: Movement,
): Statement[] {
  return openException(deps, regroupement, {
    kind,
    about: id,
    paymentId: payment.id,
    detail: { captureId: payment.captureId, reversalId: id, amountCents: cents },
  });
}
