// What a refund does to our books (after S31), whoever asked for it: its row, the ledger, the receipt and the message, in one
// batch.
import { guard, isGuardFailure, isUniqueViolation, type Statement } from '../db/db.ts';
import { type Deps, newId } from '../deps.ts';
import { openException } from '../exceptions/exceptions.ts';
import { post } from '../ledger/entries.ts';
import { transitionOrStay } from '../payments/settlement/transitions.ts';
import { standingOf } from '../payments/states.ts';
import { isInDispute, readPayment, type StoredPayment } from '../payments/store.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { cadCents, type Refund } from '../paypal/wire.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import { refundReceipt } from './receipt.ts';
import { type Share, shareOf } from './share.ts';
import { readRefund, refundsWhere, type StoredRefund, wentBack } from './store.ts';

/**
 * Writes down what PayPal's record says of a refund, whoever asked for it. Answers our row of it. A refund that we
 * did not ask for gets a row of its own. Throws PayPalFailure where its amount is not in Canadian dollars: no row has it then.
 */
export async function recordRefund(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  refund: Refund,
): Promise<StoredRefund> {
  const cents = cadCents(refund.amount);
  if (cents === null) throw new PayPalFailure('unknown', { issue: 'OTHER_CURRENCY' });
  const row = await rowOf(deps, payment, refund, cents);
  if (cents !== row.amountCents) {
    await deps.db.batch(
      openException(deps, regroupement, {
        kind: 'amount-differs',
        about: refund.id,
        paymentId: payment.id,
        detail: { captureId: payment.captureId, refundId: refund.id, amountCents: cents },
      }),
    );
    return updateState(deps, row, 'pending', refund.id);
  }
  switch (refund.status) {
    case 'COMPLETED':
      return complete(deps, regroupement, row, refund.id, Date.parse(refund.create_time ?? '') || deps.now());
    case 'PENDING':
      return updateState(deps, row, 'pending', refund.id);
    default:
      return fail(deps, regroupement, payment, row, refund.status, refund.id);
  }
}

async function rowOf(
  deps: Deps,
  payment: StoredPayment,
  refund: Refund,
  cents: number,
): Promise<StoredRefund> {
  const [known] = await refundsWhere(
    deps,
    'payment_id = ? AND (refund_id = ? OR (refund_id IS NULL AND id = ?))',
    [payment.id, refund.id, refund.custom_id ?? ''],
  );
  if (known !== undefined) return known;
  return insertFound(deps, payment, refund.id, cents, 'paypal');
}

/** Our row of what PayPal shows under this id; made now where there is none. */
export async function insertFound(
  deps: Deps,
  payment: StoredPayment,
  refundId: string,
  cents: number,
  origin: 'paypal' | 'reversal',
): Promise<StoredRefund> {
  const now = deps.now();
  await deps.db.execute(
    `INSERT INTO refunds(id, regroupement_id, payment_id, amount_cents, origin, state, refund_id, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, 'pending', ?, ?, ?) ON CONFLICT(refund_id) DO NOTHING`,
    [newId(deps), payment.regroupementId, payment.id, cents, origin, refundId, now, now],
  );
  const [row] = await refundsWhere(deps, 'refund_id = ?', [refundId]);
  if (row === undefined) throw new Error('a refund was not kept');
  return row;
}

/** Payment, ledger, receipt and message in one batch; once, however often it is asked for. */
export async function complete(
  deps: Deps,
  regroupement: Regroupement,
  row: StoredRefund,
  refundId: string,
  at: number,
  also: readonly Statement[] = [],
): Promise<StoredRefund> {
  for (let attempt = 0; ; attempt++) {
    const refund = await readRefund(deps, row.id);
    if (refund.state === 'completed') return refund;
    const payment = await readPayment(deps, refund.paymentId);
    const before = await wentBack(deps, payment.id);
    const share = await shareOf(deps, payment, refund.amountCents);
    const taken = refund.origin === 'reversal';
    const refundedCents = before.refundedCents + (taken ? 0 : refund.amountCents);
    const reversedCents = before.reversedCents + (taken ? refund.amountCents : 0);
    const { event } = standingOf({
      amountCents: payment.amountCents,
      refundedCents,
      reversedCents,
      held: await isInDispute(deps, payment),
    });
    try {
      await deps.db.batch([
        guard("EXISTS (SELECT 1 FROM refunds WHERE id = ? AND state <> 'completed')", [refund.id]),
        // The shares and the state were reckoned with this.
        before.unchanged,
        {
          sql: "UPDATE refunds SET state = 'completed', refund_id = ?, failure = NULL, completed_at = ?, updated_at = ? WHERE id = ?",
          args: [refundId, at, deps.now(), refund.id],
        },
        ...entries(deps, payment, share, { refundId, at }),
        ...transitionOrStay(deps, payment, event),
        ...(taken
          ? []
          : await refundReceipt(deps, regroupement, payment, refund, share, {
              refundId,
              at,
              inAll: refundedCents,
            })),
        ...also,
      ]);
      return await readRefund(deps, refund.id);
    } catch (error) {
      if ((!isGuardFailure(error) && !isUniqueViolation(error)) || attempt >= 4) throw error;
    }
  }
}

function entries(
  deps: Deps,
  payment: StoredPayment,
  share: Share,
  { refundId, at }: { refundId: string; at: number },
): Statement[] {
  const entry = (invoiceId: string, kind: 'refund' | 'online-fee', cents: number, part: string) =>
    post(deps, {
      regroupementId: payment.regroupementId,
      invoiceId,
      kind,
      cents,
      source: `paypal-refund:${refundId}:${part}`,
      paymentId: payment.id,
      ...(kind === 'refund' ? { method: 'paypal' as const } : {}),
      occurredAt: at,
    });
  const { feeCents, feeInvoiceId } = share;
  return [
    ...share.invoices.flatMap(({ allocation: { invoiceId }, cents }) =>
      entry(invoiceId, 'refund', cents, invoiceId),
    ),
    // The fee was charged and paid in one; both go. Not as an adjustment: what the invoice itself asks for does not change.
    ...(feeCents <= 0
      ? []
      : [
          ...entry(feeInvoiceId, 'refund', feeCents, 'fee'),
          ...entry(feeInvoiceId, 'online-fee', -feeCents, 'fee-waived'),
        ]),
  ];
}

/** Writes down how far a refund that is not at its end has come. */
export async function updateState(
  deps: Deps,
  refund: StoredRefund,
  state: 'unknown' | 'pending',
  refundId: string | null,
): Promise<StoredRefund> {
  await deps.db.execute(
    `UPDATE refunds SET state = ?, refund_id = COALESCE(?, refund_id), updated_at = ?
     WHERE id = ? AND state IN ('asked', 'unknown', 'pending')`,
    [refund.refundId !== null ? 'pending' : state, refundId, deps.now(), refund.id],
  );
  return readRefund(deps, refund.id);
}

/** Writes down that a refund will not be made, and tells staff. */
export async function fail(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  refund: StoredRefund,
  issue: string,
  refundId: string | null = null,
): Promise<StoredRefund> {
  if (refund.state === 'completed' || refund.state === 'failed') return refund;
  await deps.db
    .batch([
      guard("EXISTS (SELECT 1 FROM refunds WHERE id = ? AND state IN ('asked', 'unknown', 'pending'))", [
        refund.id,
      ]),
      {
        sql: "UPDATE refunds SET state = 'failed', failure = ?, refund_id = COALESCE(?, refund_id), updated_at = ? WHERE id = ?",
        args: [issue, refundId, deps.now(), refund.id],
      },
      ...openException(deps, regroupement, {
        kind: 'refund-failed',
        about: refund.id,
        paymentId: payment.id,
        detail: { captureId: payment.captureId, amountCents: refund.amountCents, issue },
      }),
    ])
    .catch(unlessGuard);
  return readRefund(deps, refund.id);
}

// Someone else was faster: what they wrote stands.
function unlessGuard(error: unknown): void {
  if (!isGuardFailure(error)) throw error;
}
