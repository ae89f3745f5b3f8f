// What a refund does to our books, whoever asked for it: its row, the ledger, the receipt and the message, in one batch.
import { guard, isGuardFailure, isUniqueViolation, type Statement } from '../db/db.ts';
import { type Deps, newId } from '../deps.ts';
import { openException } from '../exceptions/exceptions.ts';
import { post } from '../ledger/entries.ts';
import { enqueueMail } from '../mail/outbox.ts';
import { payeeOf } from '../payments/receipt-document.ts';
import { payerOf } from '../payments/record.ts';
import { standingOf } from '../payments/states.ts';
import { isInDispute, moveTo, readPayment, type StoredPayment } from '../payments/store.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { cadCents, type Refund } from '../paypal/wire.ts';
import type { RefundDocument } from '../receipts/document.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import { readRefund, refundsWhere, type Share, type StoredRefund, shareOf, wentBack } from './store.ts';

/**
 * Writes down what PayPal's record says of a refund, whoever asked for it. Answers our row of it. A refund that we
 * did not ask for gets a row of its own. Throws PayPalFailure where its amount is not in Canadian dollars: no row has it then.
 */
export async function takeRefund(
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
    return update(deps, row, 'pending', refund.id);
  }
  switch (refund.status) {
    case 'COMPLETED':
      return complete(deps, regroupement, row, refund.id, Date.parse(refund.create_time ?? '') || deps.now());
    case 'PENDING':
      return update(deps, row, 'pending', refund.id);
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

/** Payment, ledger, receipt and message in one batch; once, however often it is told. */
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
    const entries = share.invoices.flatMap(({ allocation, cents }) =>
      post(deps, {
        regroupementId: regroupement.id,
        invoiceId: allocation.invoiceId,
        kind: 'refund',
        cents,
        source: `paypal-refund:${refundId}:${allocation.invoiceId}`,
        paymentId: payment.id,
        method: 'paypal',
        occurredAt: at,
      }),
    );
    try {
      await deps.db.batch([
        guard("EXISTS (SELECT 1 FROM refunds WHERE id = ? AND state <> 'completed')", [refund.id]),
        // The shares and the state were reckoned with this.
        before.unchanged,
        {
          sql: "UPDATE refunds SET state = 'completed', refund_id = ?, failure = NULL, completed_at = ?, updated_at = ? WHERE id = ?",
          args: [refundId, at, deps.now(), refund.id],
        },
        ...entries,
        ...feeEntries(deps, regroupement, payment, share, refundId, at),
        ...moveTo(deps, payment, event),
        ...(taken
          ? []
          : await receipt(deps, regroupement, payment, refund, share, {
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

// The fee was charged and paid in one; both go. Not as an adjustment: what the invoice itself asks for does not change.
function feeEntries(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  share: Share,
  refundId: string,
  at: number,
): Statement[] {
  if (share.feeCents <= 0) return [];
  return (['refund', 'online-fee'] as const).flatMap((kind) =>
    post(deps, {
      regroupementId: regroupement.id,
      invoiceId: share.feeInvoiceId,
      kind,
      cents: kind === 'refund' ? share.feeCents : -share.feeCents,
      source: `paypal-refund:${refundId}:fee${kind === 'refund' ? '' : '-waived'}`,
      paymentId: payment.id,
      ...(kind === 'refund' ? { method: 'paypal' as const } : {}),
      occurredAt: at,
    }),
  );
}

async function receipt(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  refund: StoredRefund,
  share: Share,
  facts: { refundId: string; at: number; inAll: number },
): Promise<Statement[]> {
  const payer = await payerOf(deps, payment);
  const { rows } = await deps.db.execute<{ number: number }>(
    'SELECT number FROM receipts WHERE payment_id = ?',
    [payment.id],
  );
  const document: RefundDocument = {
    version: 1,
    lang: payment.lang,
    payee: payeeOf(regroupement),
    payer,
    confirmationNumber: payment.number,
    receiptNumber: rows[0]?.number ?? null,
    paypalTransaction: facts.refundId,
    refundedAt: new Date(facts.at).toISOString(),
    invoices: share.invoices.map(({ allocation, cents }) => ({
      number: allocation.invoiceNumber,
      certificateNumber: allocation.certificateNumber,
      amountCents: cents,
    })),
    onlineFeeCents: share.feeCents,
    totalCents: refund.amountCents,
    refundedInAllCents: facts.inAll,
    paidCents: payment.amountCents,
  };
  const receiptId = newId(deps);
  return [
    {
      sql: `INSERT INTO refund_receipts(id, regroupement_id, number, refund_id, account_id, issued_at, document)
            SELECT ?1, ?2, COALESCE(MAX(number), 0) + 1, ?3, ?4, ?5, ?6 FROM refund_receipts WHERE regroupement_id = ?2`,
      args: [receiptId, regroupement.id, refund.id, payment.accountId, deps.now(), JSON.stringify(document)],
    },
    enqueueMail(deps, {
      regroupementId: regroupement.id,
      dedupeKey: `refund-receipt:${refund.id}`,
      kind: 'refund-receipt',
      recipient: payer.email,
      lang: payment.lang,
      payload: { receiptId },
    }),
  ];
}

export async function update(
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

// Someone else was faster: their word stands.
export function unlessGuard(error: unknown): void {
  if (!isGuardFailure(error)) throw error;
}
