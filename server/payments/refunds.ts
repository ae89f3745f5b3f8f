// Money that goes back. Asked by staff: a row of ours first, then one call to PayPal under its own request id, asked
// again until the answer is definite. Made on PayPal's site: taken in from PayPal's record. Each is posted once, with
// its receipt and its message, in one batch.
import { guard, isGuardFailure, isUniqueViolation, type Statement } from '../db/db.ts';
import { type Deps, newId } from '../deps.ts';
import { Problem } from '../http/problem.ts';
import { post } from '../ledger/entries.ts';
import { enqueueMail } from '../mail/outbox.ts';
import type { PayPal } from '../paypal/client.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { type Refund, refundsOf, toCents } from '../paypal/wire.ts';
import type { RefundDocument } from '../receipts/document.ts';
import { type Regroupement, regroupementOf } from '../regroupements/regroupements.ts';
import { openException } from './exceptions.ts';
import { payeeOf } from './receipt-document.ts';
import { readRefund, refundsWhere, type Share, type StoredRefund, shareOf } from './refund-store.ts';
import { payerOf } from './settle.ts';
import { after } from './states.ts';
import { move, readPayment, type StoredPayment } from './store.ts';

/** PayPal keeps a refund's request id for 45 days: after that the same id would be a new refund. */
const REPEATABLE_MS = 44 * 86_400_000;
const CLAIM_MS = 120_000;

export interface RefundRequest {
  /** Null: all that is left. */
  cents: number | null;
  /** Staff's words, for staff. */
  reason: string;
  askedBy: string;
  idempotencyKey: string;
}

/**
 * Refunds a completed payment in full or in part, once per key. Answers the refund as it then is: `unknown` and
 * `pending` ones are followed up by the sweeper. Throws `refund-too-large` (with `leftCents`), `payment-state`,
 * `idempotency-mismatch`: nothing went back then.
 */
export async function refundPayment(
  deps: Deps,
  paypal: PayPal,
  payment: StoredPayment,
  request: RefundRequest,
): Promise<StoredRefund> {
  const known = await refundsWhere(deps, 'regroupement_id = ? AND idempotency_key = ?', [
    payment.regroupementId,
    request.idempotencyKey,
  ]);
  const before = known[0];
  if (before !== undefined) {
    const same =
      before.paymentId === payment.id && (request.cents === null || before.amountCents === request.cents);
    if (!same) throw new Problem('idempotency-mismatch');
    return finishRefund(deps, paypal, before);
  }
  const left = await leftToRefund(deps, payment);
  const cents = request.cents ?? left;
  if (after(payment.state, 'refunded') === null || payment.captureId === null)
    throw new Problem('payment-state');
  if (cents > left || cents <= 0) throw new Problem('refund-too-large', { leftCents: left });
  const id = newId(deps);
  const now = deps.now();
  try {
    await deps.db.batch([
      // Two people at once: together they give back no more than there was.
      guard(
        `(SELECT state FROM payments WHERE id = ?1) IN ('completed', 'partly-refunded')
         AND (SELECT COALESCE(SUM(amount_cents), 0) FROM refunds WHERE payment_id = ?1 AND state <> 'failed') + ?2
           <= (SELECT amount_cents FROM payments WHERE id = ?1)`,
        [payment.id, cents],
      ),
      {
        sql: `INSERT INTO refunds(id, regroupement_id, payment_id, amount_cents, origin, state, reason, asked_by, idempotency_key,
                created_at, updated_at) VALUES (?, ?, ?, ?, 'staff', 'asked', ?, ?, ?, ?, ?)`,
        args: [
          id,
          payment.regroupementId,
          payment.id,
          cents,
          request.reason,
          request.askedBy,
          request.idempotencyKey,
          now,
          now,
        ],
      },
    ]);
  } catch (error) {
    // The same key at the same moment: the other call's row is the one.
    if (isUniqueViolation(error)) return refundPayment(deps, paypal, payment, request);
    if (!isGuardFailure(error)) throw error;
    throw new Problem('refund-too-large', { leftCents: await leftToRefund(deps, payment) });
  }
  return finishRefund(deps, paypal, await readRefund(deps, id));
}

/** What can still go back of a payment: in cents, refunds under way counted as gone. */
export async function leftToRefund(
  deps: Pick<Deps, 'db'>,
  payment: Pick<StoredPayment, 'id' | 'amountCents'>,
): Promise<number> {
  const { rows } = await deps.db.execute<{ gone: number }>(
    "SELECT COALESCE(SUM(amount_cents), 0) AS gone FROM refunds WHERE payment_id = ? AND state <> 'failed'",
    [payment.id],
  );
  return payment.amountCents - (rows[0]?.gone ?? 0);
}

/** Brings a refund to an end, or as far as PayPal says; safe to call at any time, from anywhere. */
export async function finishRefund(deps: Deps, paypal: PayPal, refund: StoredRefund): Promise<StoredRefund> {
  if (refund.state === 'completed' || refund.state === 'failed') return refund;
  const token = await claimRefund(deps, refund.id);
  if (token === null) return readRefund(deps, refund.id);
  try {
    const held = await readRefund(deps, refund.id);
    if (held.state === 'completed' || held.state === 'failed') return held;
    const payment = await readPayment(deps, held.paymentId);
    const regroupement = await regroupementOf(deps, payment);
    return await ask(deps, paypal, regroupement, payment, held);
  } finally {
    await deps.db.execute(
      'UPDATE refunds SET claim_token = NULL, claim_until = NULL WHERE id = ? AND claim_token = ?',
      [refund.id, token],
    );
  }
}

async function ask(
  deps: Deps,
  paypal: PayPal,
  regroupement: Regroupement,
  payment: StoredPayment,
  refund: StoredRefund,
): Promise<StoredRefund> {
  if (refund.origin === 'reversal') {
    await reversePayment(deps, paypal, regroupement, payment);
    return readRefund(deps, refund.id);
  }
  try {
    if (refund.refundId !== null)
      return await takeRefund(
        deps,
        regroupement,
        payment,
        await paypal.readRefund(regroupement, refund.refundId),
      );
    if (deps.now() - refund.createdAt > REPEATABLE_MS)
      return await afterRefusal(deps, paypal, regroupement, payment, refund, 'NO_ANSWER');
    const answer = await paypal.refundCapture(regroupement, payment.captureId ?? '', `ref:${refund.id}`, {
      cents: refund.amountCents,
      customId: refund.id,
    });
    return await takeRefund(deps, regroupement, payment, { ...answer, custom_id: refund.id });
  } catch (error) {
    if (!(error instanceof PayPalFailure)) throw error;
    const passing = error.decision === 'unknown' || error.decision === 'unavailable';
    if (passing || refund.refundId !== null) return update(deps, refund, 'unknown', null);
    return afterRefusal(deps, paypal, regroupement, payment, refund, error.issue ?? error.decision);
  }
}

// A refusal is final only once PayPal's record shows no such refund: an earlier try whose answer was lost may have worked.
async function afterRefusal(
  deps: Deps,
  paypal: PayPal,
  regroupement: Regroupement,
  payment: StoredPayment,
  refund: StoredRefund,
  issue: string,
): Promise<StoredRefund> {
  try {
    const order = await paypal.readOrder(regroupement, payment.orderId ?? '');
    const made = refundsOf(order).find((one) => one.custom_id === refund.id);
    if (made !== undefined) return await takeRefund(deps, regroupement, payment, made);
    return await fail(deps, regroupement, payment, refund, issue);
  } catch (error) {
    if (!(error instanceof PayPalFailure)) throw error;
    return update(deps, refund, 'unknown', null);
  }
}

/**
 * Writes down what PayPal's record says of a refund, whoever asked for it. Answers our row of it. A refund that we
 * did not ask for gets a row of its own.
 */
export async function takeRefund(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  refund: Refund,
): Promise<StoredRefund> {
  const row = await rowOf(deps, payment, refund);
  const cents = toCents(refund.amount.value);
  if (cents !== null && cents !== row.amountCents) {
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

/**
 * The money was taken back by a bank or by PayPal: all that is left of the payment is owed again, and staff are told.
 * Throws PayPalFailure while it is not known what became of a refund that staff asked for before: it counts too.
 */
export async function reversePayment(
  deps: Deps,
  paypal: PayPal,
  regroupement: Regroupement,
  payment: StoredPayment,
): Promise<StoredPayment> {
  const captureId = payment.captureId ?? payment.id;
  if (after(payment.state, 'reversed') === null) return payment;
  const open = "payment_id = ? AND origin <> 'reversal' AND state IN ('asked', 'unknown', 'pending')";
  for (const refund of await refundsWhere(deps, open, [payment.id])) await finishRefund(deps, paypal, refund);
  if ((await refundsWhere(deps, open, [payment.id])).length > 0)
    throw new PayPalFailure('unavailable', { issue: 'REFUND_NOT_SETTLED' });
  const back = await refundsWhere(deps, "payment_id = ? AND state = 'completed'", [payment.id]);
  const left = back.reduce((rest, refund) => rest - refund.amountCents, payment.amountCents);
  const told = openException(deps, regroupement, {
    kind: 'reversed',
    about: captureId,
    paymentId: payment.id,
    detail: { captureId, amountCents: left },
  });
  if (left <= 0) {
    const settled = await readPayment(deps, payment.id);
    if (after(settled.state, 'reversed') !== null)
      await deps.db.batch([...move(deps, settled, 'reversed'), ...told]).catch(unlessGuard);
    return readPayment(deps, payment.id);
  }
  // Its row may be there already, left unfinished by a process that ended.
  const reversal = `REVERSAL-${captureId}`;
  const row = await insertFound(deps, payment, reversal, left, 'reversal');
  if (row.amountCents !== left)
    await deps.db.execute("UPDATE refunds SET amount_cents = ? WHERE id = ? AND state = 'pending'", [
      left,
      row.id,
    ]);
  await complete(deps, regroupement, row, reversal, deps.now(), told);
  return readPayment(deps, payment.id);
}

async function rowOf(deps: Deps, payment: StoredPayment, refund: Refund): Promise<StoredRefund> {
  const [known] = await refundsWhere(
    deps,
    'payment_id = ? AND (refund_id = ? OR (refund_id IS NULL AND id = ?))',
    [payment.id, refund.id, refund.custom_id ?? ''],
  );
  if (known !== undefined) return known;
  return insertFound(deps, payment, refund.id, toCents(refund.amount.value) ?? 0, 'paypal');
}

async function insertFound(
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
async function complete(
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
    const share = await shareOf(deps, payment, refund.amountCents);
    const done = await refundsWhere(deps, "payment_id = ? AND state = 'completed'", [payment.id]);
    const inAll = done.reduce((sum, one) => sum + one.amountCents, refund.amountCents);
    const event =
      refund.origin === 'reversal'
        ? 'reversed'
        : inAll >= payment.amountCents
          ? 'refunded'
          : 'partly-refunded';
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
        // What went back before is what the shares were reckoned with.
        guard("(SELECT COUNT(*) FROM refunds WHERE payment_id = ? AND state = 'completed') = ?", [
          payment.id,
          done.length,
        ]),
        {
          sql: "UPDATE refunds SET state = 'completed', refund_id = ?, failure = NULL, completed_at = ?, updated_at = ? WHERE id = ?",
          args: [refundId, at, deps.now(), refund.id],
        },
        ...entries,
        ...feeEntries(deps, regroupement, payment, share, refundId, at),
        ...(after(payment.state, event) === null ? [] : move(deps, payment, event)),
        ...(refund.origin === 'reversal'
          ? []
          : await receipt(deps, regroupement, payment, refund, share, { refundId, at, inAll })),
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

async function update(
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

async function fail(
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

async function claimRefund(deps: Deps, id: string): Promise<string | null> {
  const token = newId(deps);
  const now = deps.now();
  const { rows } = await deps.db.execute(
    'UPDATE refunds SET claim_token = ?, claim_until = ? WHERE id = ? AND (claim_until IS NULL OR claim_until <= ?) RETURNING id',
    [token, now + CLAIM_MS, id, now],
  );
  return rows.length > 0 ? token : null;
}

// Someone else was faster: their word stands.
function unlessGuard(error: unknown): void {
  if (!isGuardFailure(error)) throw error;
}
