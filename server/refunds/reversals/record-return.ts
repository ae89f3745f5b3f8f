// Writes down money that had been taken back and is there again (after S31): its row, the ledger, the state and the exception
// for staff in one batch; once.
import { isGuardFailure, isUniqueViolation, type Statement } from '../../db/db.ts';
import { type Deps, newId } from '../../deps.ts';
import { closeFor, openException } from '../../exceptions/exceptions.ts';
import { stillBalances } from '../../ledger/balance.ts';
import { post } from '../../ledger/entries.ts';
import { requoteAsConfirmed } from '../../payments/settlement/complete.ts';
import { transitionOrStay } from '../../payments/settlement/transitions.ts';
import { standingOf } from '../../payments/states.ts';
import { isInDispute, readPayment, type StoredPayment } from '../../payments/store.ts';
import { PayPalFailure } from '../../paypal/errors.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';
import { returnShareOf, type Share } from '../share.ts';
import { returnsWhere, type StoredRefund, type WentBack, wentBack } from '../store.ts';
import type { Movement } from './movements.ts';

/** What a return is posted as: see StoredReturn. `cents` and `at` are PayPal's. */
interface Return {
  source: string;
  transactionId: string | null;
  corrects?: string;
  cents: number;
  at: number;
  /** Instead of telling staff that money came. */
  instead?: readonly Statement[];
}

/** Posts a return, once. Throws PayPalFailure when less is away by now than comes again. */
export async function recordReturn(
  deps: Deps,
  regroupement: Regroupement,
  paymentId: string,
  returned: Return,
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const { source } = returned;
    const [known] = await returnsWhere(deps, 'regroupement_id = ? AND source = ?', [regroupement.id, source]);
    if (known !== undefined) return;
    const payment = await readPayment(deps, paymentId);
    const before = await wentBack(deps, payment.id);
    const share = await shareAgain(deps, payment, before, returned);
    if (share === null) {
      // Another process was faster since it was looked for; under another id, of the dispute or the movement: the next
      // look at PayPal's record makes one of the two.
      if (attempt >= 4) throw new PayPalFailure('unavailable', { issue: 'NOT_EXPLAINED_YET' });
      continue;
    }
    const held = await isInDispute(deps, payment);
    const paidAnew = await isPaidAnew(deps, payment, share);
    try {
      const posting = { returned, before, share, held, paidAnew };
      await deps.db.batch(statements(deps, regroupement, payment, posting));
      return;
    } catch (error) {
      if ((!isGuardFailure(error) && !isUniqueViolation(error)) || attempt >= 4) throw error;
    }
  }
}

/** Undoes a reversal that PayPal's record does not bear out by a new entry, on its day: together they are nothing. */
export async function undoReversal(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  reversal: StoredRefund,
  movements: readonly Movement[],
): Promise<void> {
  const same = movements.some(({ kind, cents }) => kind === 'reversal' && cents === reversal.amountCents);
  await recordReturn(deps, regroupement, payment.id, {
    source: `CORRECTION-${reversal.id}`,
    transactionId: null,
    corrects: reversal.id,
    cents: reversal.amountCents,
    at: reversal.completedAt ?? deps.now(),
    instead: same ? [] : closeFor(deps, payment.id, 'reversed', 'CORRECTED'),
  });
}

/** Gives a return that was posted when a dispute was won the id of its movement, and PayPal's instant: its day is PayPal's. */
export async function nameReturn(
  deps: Deps,
  { returnId, transactionId, at }: { returnId: string; transactionId: string; at: number },
): Promise<void> {
  await deps.db.execute(
    'UPDATE reversal_returns SET transaction_id = ?, returned_at = ? WHERE id = ? AND transaction_id IS NULL',
    [transactionId, at, returnId],
  );
}

async function shareAgain(
  deps: Deps,
  payment: StoredPayment,
  { reversedCents }: WentBack,
  { cents, at }: Return,
): Promise<Share | null> {
  if (reversedCents < cents) return null;
  // It pays what it had paid, whatever the rate rose to while it was away.
  await requoteAsConfirmed(deps, payment, payment.completedAt ?? at);
  return returnShareOf(deps, payment, cents);
}

// Whether another payment of these invoices is under way: it may come, or not.
async function isPaidAnew(deps: Deps, payment: StoredPayment, share: Share): Promise<boolean> {
  const ids = share.invoices.map(({ allocation }) => allocation.invoiceId);
  const { rows } = await deps.db.execute(
    'SELECT 1 FROM invoice_holds WHERE payment_id <> ? AND invoice_id IN (SELECT value FROM json_each(?)) LIMIT 1',
    [payment.id, JSON.stringify(ids)],
  );
  return rows.length > 0;
}

interface Posting {
  returned: Return;
  before: WentBack;
  share: Share;
  held: boolean;
  paidAnew: boolean;
}

function statements(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  posting: Posting,
): Statement[] {
  const { returned, before, share, held } = posting;
  const { source, transactionId, corrects = null, cents, at } = returned;
  const { event } = standingOf({
    amountCents: payment.amountCents,
    refundedCents: before.refundedCents,
    reversedCents: before.reversedCents - cents,
    held,
  });
  return [
    before.unchanged,
    ...share.invoices.map(({ allocation }) =>
      stillBalances(regroupement.id, allocation.invoiceId, allocation.balanceCents),
    ),
    {
      sql: `INSERT INTO reversal_returns(id, regroupement_id, payment_id, amount_cents, source, transaction_id, corrects,
              returned_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      args: [
        newId(deps),
        regroupement.id,
        payment.id,
        cents,
        source,
        transactionId,
        corrects,
        at,
        deps.now(),
      ],
    },
    ...entries(deps, regroupement, payment, returned, share),
    ...transitionOrStay(deps, payment, event),
    ...(returned.instead ?? openReturned(deps, regroupement, payment, posting)),
  ];
}

function entries(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  { source, at }: Return,
  share: Share,
): Statement[] {
  const entry = (invoiceId: string, kind: 'refund' | 'online-fee', cents: number, part: string) =>
    post(deps, {
      regroupementId: regroupement.id,
      invoiceId,
      kind,
      cents,
      source: `paypal-return:${source}:${part}`,
      paymentId: payment.id,
      ...(kind === 'refund' ? { method: 'paypal' as const } : {}),
      occurredAt: at,
    });
  return [
    ...share.invoices.flatMap(({ allocation: { invoiceId }, cents }) =>
      entry(invoiceId, 'refund', -cents, invoiceId),
    ),
    ...(share.feeCents === 0
      ? []
      : [
          ...entry(share.feeInvoiceId, 'refund', -share.feeCents, 'fee'),
          ...entry(share.feeInvoiceId, 'online-fee', share.feeCents, 'fee-charged'),
        ]),
  ];
}

function openReturned(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  { returned: { source, transactionId, cents }, share, paidAnew }: Posting,
): Statement[] {
  // Paid anew while it was away: the payer has a credit now.
  const credit = share.invoices.reduce(
    (sum, { allocation, cents: part }) => sum + Math.max(0, Math.min(part, part - allocation.balanceCents)),
    0,
  );
  const creditCents = paidAnew ? null : credit;
  return [
    ...closeFor(deps, payment.id, 'reversed', 'RETURNED'),
    ...openException(deps, regroupement, {
      kind: 'returned',
      about: source,
      paymentId: payment.id,
      detail: { captureId: payment.captureId, returnId: transactionId, amountCents: cents, creditCents },
    }),
  ];
}
