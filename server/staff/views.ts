// Payments and refunds as staff see them.
import type { z } from 'zod';
import { paypalTransactionUrl } from '../config.ts';
import type { Row } from '../db/db.ts';
import type { Deps } from '../deps.ts';
import type { RecordedPayment } from '../offline-payments/store.ts';
import type { PastAct } from '../operations/audit-log.ts';
import { type Dispute, disputesOf, type StoredPayment } from '../payments/store.ts';
import { shownState } from '../payments/view.ts';
import {
  movedOf,
  refundsWhere,
  returnsWhere,
  type StoredRefund,
  type StoredReturn,
} from '../refunds/store.ts';
import type { Act, RecordedAnswer, StaffPayment, StaffRefund } from './schemas.ts';

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
  deps: Pick<Deps, 'config' | 'db' | 'now'>,
  payment: StoredPayment,
): Promise<z.infer<typeof StaffPayment>> {
  const [view] = await staffPaymentViews(deps, [payment]);
  return view as z.infer<typeof StaffPayment>;
}

/** As they are given; their parts are read for all of them at once. */
export async function staffPaymentViews(
  deps: Pick<Deps, 'config' | 'db' | 'now'>,
  payments: readonly StoredPayment[],
): Promise<z.infer<typeof StaffPayment>[]> {
  const ids = JSON.stringify(payments.map(({ id }) => id));
  const ofThem = 'payment_id IN (SELECT value FROM json_each(?))';
  const [allocations, refunds, returns, disputes, applied] = await Promise.all([
    allocationsOf(deps, ids),
    refundsWhere(deps, ofThem, [ids]),
    returnsWhere(deps, ofThem, [ids]),
    disputesAmong(deps, ids),
    appliedOf(deps, ids),
  ]);
  const parts = {
    allocations: Map.groupBy(allocations, ({ paymentId }) => paymentId),
    refunds: Map.groupBy(refunds, ({ paymentId }) => paymentId),
    returns: Map.groupBy(returns, ({ paymentId }) => paymentId),
    disputes,
  };
  return payments.map((payment) =>
    paymentWith(deps, payment, {
      allocations: parts.allocations.get(payment.id) ?? [],
      refunds: parts.refunds.get(payment.id) ?? [],
      returns: parts.returns.get(payment.id) ?? [],
      disputes: parts.disputes.get(payment.id) ?? [],
      appliedCents: applied.get(payment.id) ?? 0,
    }),
  );
}

type Of<T> = T & { paymentId: string };
interface Allocation {
  number: string;
  certificateNumber: string;
  amountCents: number;
}
interface Parts {
  allocations: readonly Allocation[];
  refunds: StoredRefund[];
  returns: StoredReturn[];
  disputes: readonly Dispute[];
  appliedCents: number;
}

async function allocationsOf(deps: Pick<Deps, 'db'>, paymentIds: string): Promise<Of<Allocation>[]> {
  const { rows } = await deps.db.execute<Of<Allocation> & Row>(
    `SELECT a.payment_id AS paymentId, i.number, c.number AS certificateNumber, a.amount_cents AS amountCents
     FROM json_each(?) x CROSS JOIN allocations a ON a.payment_id = x.value JOIN invoices i ON i.id = a.invoice_id
       JOIN certificates c ON c.id = COALESCE(a.certificate_id, i.certificate_id)
     ORDER BY i.due_on, i.number`,
    [paymentIds],
  );
  return rows;
}

/** What of each is applied to other invoices. */
async function appliedOf(deps: Pick<Deps, 'db'>, paymentIds: string): Promise<Map<string, number>> {
  const { rows } = await deps.db.execute<{ id: string; cents: number }>(
    `SELECT x.value AS id, (SELECT p.cents FROM payments_applied_elsewhere p WHERE p.payment_id = x.value) AS cents
     FROM json_each(?) x`,
    [paymentIds],
  );
  return new Map(rows.map(({ id, cents }) => [id, cents ?? 0]));
}

/** Few payments are disputed: theirs are read one by one. */
async function disputesAmong(deps: Pick<Deps, 'db'>, paymentIds: string): Promise<Map<string, Dispute[]>> {
  const { rows } = await deps.db.execute<{ id: string }>(
    'SELECT DISTINCT payment_id AS id FROM disputes WHERE payment_id IN (SELECT value FROM json_each(?))',
    [paymentIds],
  );
  return new Map(await Promise.all(rows.map(async ({ id }) => [id, await disputesOf(deps, id)] as const)));
}

function paymentWith(
  deps: Pick<Deps, 'config' | 'now'>,
  payment: StoredPayment,
  { allocations, refunds, returns, disputes, appliedCents }: Parts,
): z.infer<typeof StaffPayment> {
  return {
    number: payment.number,
    state: shownState(deps, payment),
    amountCents: payment.amountCents,
    ...movedOf(refunds, returns),
    appliedCents,
    onlineFeeCents: payment.onlineFeeCents,
    paypalFeeCents: payment.paypalFeeCents,
    createdAt: new Date(payment.createdAt).toISOString(),
    confirmedAt: iso(payment.confirmedAt),
    completedAt: iso(payment.completedAt),
    orderId: payment.orderId,
    captureId: payment.captureId,
    paypalUrl: payment.captureId === null ? null : paypalTransactionUrl(deps.config, payment.captureId),
    failure: payment.failure,
    invoices: allocations.map(({ number, certificateNumber, amountCents }) => ({
      number,
      certificateNumber,
      amountCents,
    })),
    refunds: refunds.map(refundView),
    returns: returns.map((one) => ({
      amountCents: one.amountCents,
      paypalId: one.transactionId,
      corrects: one.corrects,
      returnedAt: new Date(one.returnedAt).toISOString(),
    })),
    disputes: disputes.map((one) => ({
      id: one.id,
      amountCents: one.amountCents,
      openedAt: new Date(one.openedAt).toISOString(),
      resolvedAt: iso(one.resolvedAt),
      outcome: one.outcome,
    })),
    heldAt: iso(payment.heldAt),
  };
}

export function actView({ at, ...act }: PastAct): z.infer<typeof Act> {
  return { ...act, at: new Date(at).toISOString() };
}

export function recordedView(recorded: RecordedPayment): z.infer<typeof RecordedAnswer> {
  return { ...recorded, recordedAt: new Date(recorded.recordedAt).toISOString() };
}
