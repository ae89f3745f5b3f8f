// Payments and refunds as staff see them.
import type { z } from 'zod';
import type { Deps } from '../deps.ts';
import type { RecordedPayment } from '../offline-payments/offline-payments.ts';
import { allocationsOf, disputesOf, type StoredPayment } from '../payments/store.ts';
import { shownState } from '../payments/view.ts';
import { movedOf, refundsWhere, returnsWhere, type StoredRefund } from '../refunds/store.ts';
import type { RecordedAnswer, StaffPayment, StaffRefund } from './schemas.ts';

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());

export function refundView(refund: StoredRefund): z.infer<typeof StaffRefund> {
  return {
    id: refund.id,
    amountCents: refund.amountCents,
    origin: refund.origin,
    state: refund.state,
    reason: refund.reason,
    askedBy: refund.askedBy,
    paypalId: refund.refundId,
    failure: refund.failure,
    createdAt: new Date(refund.createdAt).toISOString(),
    completedAt: iso(refund.completedAt),
  };
}

export async function staffPaymentView(
  deps: Pick<Deps, 'db' | 'now'>,
  payment: StoredPayment,
): Promise<z.infer<typeof StaffPayment>> {
  const allocations = await allocationsOf(deps, payment);
  const refunds = await refundsWhere(deps, 'payment_id = ?', [payment.id]);
  const returns = await returnsWhere(deps, 'payment_id = ?', [payment.id]);
  return {
    number: payment.number,
    state: shownState(deps, payment),
    amountCents: payment.amountCents,
    ...movedOf(refunds, returns),
    onlineFeeCents: payment.onlineFeeCents,
    paypalFeeCents: payment.paypalFeeCents,
    createdAt: new Date(payment.createdAt).toISOString(),
    confirmedAt: iso(payment.confirmedAt),
    completedAt: iso(payment.completedAt),
    orderId: payment.orderId,
    captureId: payment.captureId,
    failure: payment.failure,
    invoices: allocations.map((allocation) => ({
      number: allocation.invoiceNumber,
      certificateNumber: allocation.certificateNumber,
      amountCents: allocation.amountCents,
    })),
    refunds: refunds.map(refundView),
    returns: returns.map((one) => ({
      amountCents: one.amountCents,
      paypalId: one.transactionId,
      corrects: one.corrects,
      returnedAt: new Date(one.returnedAt).toISOString(),
    })),
    disputes: (await disputesOf(deps, payment.id)).map((one) => ({
      id: one.id,
      amountCents: one.amountCents,
      openedAt: new Date(one.openedAt).toISOString(),
      resolvedAt: iso(one.resolvedAt),
      outcome: one.outcome,
    })),
    heldAt: iso(payment.heldAt),
  };
}

export function recordedView(recorded: RecordedPayment): z.infer<typeof RecordedAnswer> {
  return { ...recorded, recordedAt: new Date(recorded.recordedAt).toISOString() };
}
