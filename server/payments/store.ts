// The payments' own rows (S22–S32), as they are read; transitions.ts moves them.
import { guard, type Row, type Statement } from '../db/db.ts';
import type { Deps } from '../deps.ts';
import type { Lang } from '../fields.ts';
import { balanceOf } from '../ledger/balance.ts';
import { afterRow, nextOf } from '../next-page.ts';
import type { State } from './states.ts';

export interface StoredPayment {
  id: string;
  regroupementId: string;
  accountId: string;
  number: string;
  state: State;
  amountCents: number;
  onlineFeeCents: number;
  lang: Lang;
  page: string;
  orderId: string | null;
  approveUrl: string | null;
  captureAttempt: number;
  captureId: string | null;
  failure: string | null;
  paypalVersion: number;
  createdAt: number;
  updatedAt: number;
  approvedAt: number | null;
  confirmedAt: number | null;
  completedAt: number | null;
  /** What PayPal kept; null until it says. */
  paypalFeeCents: number | null;
  /** PayPal holds the money for a dispute since; null when it does not. */
  heldAt: number | null;
  /** Until then somebody has its lease (settlement/lease.ts); null when nobody has. */
  leasedUntil: number | null;
}

interface PaymentRow extends Row {
  id: string;
  regroupement_id: string;
  account_id: string;
  number: string;
  state: State;
  amount_cents: number;
  online_fee_cents: number;
  lang: Lang;
  page: string;
  order_id: string | null;
  approve_url: string | null;
  capture_attempt: number;
  capture_id: string | null;
  failure: string | null;
  paypal_version: number;
  created_at: number;
  updated_at: number;
  approved_at: number | null;
  confirmed_at: number | null;
  completed_at: number | null;
  paypal_fee_cents: number | null;
  held_at: number | null;
  claim_until: number | null;
}

/** Payments that satisfy an SQL condition on `payments`. */
export async function paymentsWhere(
  deps: Pick<Deps, 'db'>,
  condition: string,
  args: (string | number)[],
): Promise<StoredPayment[]> {
  const { rows } = await deps.db.execute<PaymentRow>(`SELECT * FROM payments WHERE ${condition}`, args);
  return rows.map(fromRow);
}

function fromRow(row: PaymentRow): StoredPayment {
  return {
    id: row.id,
    regroupementId: row.regroupement_id,
    accountId: row.account_id,
    number: row.number,
    state: row.state,
    amountCents: row.amount_cents,
    onlineFeeCents: row.online_fee_cents,
    lang: row.lang,
    page: row.page,
    orderId: row.order_id,
    approveUrl: row.approve_url,
    captureAttempt: row.capture_attempt,
    captureId: row.capture_id,
    failure: row.failure,
    paypalVersion: row.paypal_version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    approvedAt: row.approved_at,
    confirmedAt: row.confirmed_at,
    completedAt: row.completed_at,
    paypalFeeCents: row.paypal_fee_cents,
    heldAt: row.held_at,
    leasedUntil: row.claim_until,
  };
}

/** So many of a list, and what asks for those after them; absent from the last. */
export interface PaymentPage {
  payments: StoredPayment[];
  next?: string;
}

/** A regroupement's payments, newest first. `after`: the `next` of the page before; `before`: UTC milliseconds. */
export async function paymentPage(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  of: { state?: State | undefined; before?: number | undefined; after?: string | undefined; limit: number },
): Promise<PaymentPage> {
  const { state, before, after, limit } = of;
  const earlier = await afterRow(
    deps,
    ['payments', 'payments', 'created_at', 'newest'],
    regroupementId,
    after,
  );
  const payments = await paymentsWhere(
    deps,
    `regroupement_id = ? ${state === undefined ? '' : 'AND state = ?'} ${before === undefined ? '' : 'AND created_at < ?'}
     ${earlier.sql} ORDER BY created_at DESC, rowid DESC LIMIT ?`,
    [regroupementId, ...[state, before].filter((value) => value !== undefined), ...earlier.args, limit],
  );
  return { payments, ...nextOf(payments, limit) };
}

/** The payment as it is now; its disappearance would be a fault of ours. */
export async function readPayment(deps: Pick<Deps, 'db'>, id: string): Promise<StoredPayment> {
  const [payment] = await paymentsWhere(deps, 'id = ?', [id]);
  if (payment === undefined) throw new Error('a payment is not there any more');
  return payment;
}

/** Writes in one batch, and answers the payment as it then is. */
export async function writtenPayment(
  deps: Pick<Deps, 'db'>,
  id: string,
  statements: readonly Statement[],
): Promise<StoredPayment> {
  const results = await deps.db.batch([
    ...statements,
    { sql: 'SELECT * FROM payments WHERE id = ?', args: [id] },
  ]);
  return fromRow(results.at(-1)?.rows[0] as PaymentRow);
}

export interface Allocation {
  invoiceId: string;
  invoiceNumber: string;
  /** Of the certificate that it was of when the order was made: today's may be somebody else's. */
  certificateNumber: string;
  /** It has gone to another certificate since. */
  moved: boolean;
  amountCents: number;
  /** What the invoice owed when the order was made. */
  owedCents: number;
  /** What it owes now. */
  balanceCents: number;
}

/** Which invoices the payment settles, by how much, and what each of them owes at this moment. */
export async function allocationsOf(
  deps: Pick<Deps, 'db'>,
  payment: Pick<StoredPayment, 'id' | 'regroupementId'>,
): Promise<Allocation[]> {
  const { rows } = await deps.db.execute<{
    invoice_id: string;
    number: string;
    certificate: string;
    moved: 0 | 1;
    amount_cents: number;
    owed_cents: number;
    balance: number;
  }>(
    `SELECT a.invoice_id, i.number, c.number AS certificate, a.amount_cents, a.owed_cents,
       COALESCE(a.certificate_id <> i.certificate_id, 0) AS moved,
       ${balanceOf('i.id', 'i.regroupement_id')} AS balance
     FROM allocations a JOIN invoices i ON i.id = a.invoice_id
       JOIN certificates c ON c.id = COALESCE(a.certificate_id, i.certificate_id)
     WHERE a.payment_id = ? AND i.regroupement_id = ? ORDER BY i.due_on, i.number`,
    [payment.id, payment.regroupementId],
  );
  return rows.map((row) => ({
    invoiceId: row.invoice_id,
    invoiceNumber: row.number,
    certificateNumber: row.certificate,
    moved: row.moved === 1,
    amountCents: row.amount_cents,
    owedCents: row.owed_cents,
    balanceCents: row.balance,
  }));
}

/** Fails its batch if, at that point, an invoice of the payment has gone to another certificate. */
export function stillOfItsCertificates(paymentId: string): Statement {
  return guard(
    `NOT EXISTS (SELECT 1 FROM allocations a JOIN invoices i ON i.id = a.invoice_id
       WHERE a.payment_id = ? AND a.certificate_id <> i.certificate_id)`,
    [paymentId],
  );
}

/** Earlier payments of the same invoices whose money was taken back, or may be. */
export async function takenBackBefore(
  deps: Pick<Deps, 'db'>,
  payment: Pick<StoredPayment, 'id'>,
): Promise<StoredPayment[]> {
  return await paymentsWhere(deps, TAKEN_BACK_BEFORE, [payment.id]);
}

/** Fails its batch once a payment of the same invoices was taken back that is not among these. */
export function noneTakenBackBut(payment: Pick<StoredPayment, 'id'>, ids: readonly string[]): Statement {
  return guard(
    `NOT EXISTS (SELECT 1 FROM payments WHERE ${TAKEN_BACK_BEFORE} AND id NOT IN (SELECT value FROM json_each(?2)))`,
    [payment.id, JSON.stringify(ids)],
  );
}

const TAKEN_BACK_BEFORE = `state IN ('disputed', 'partly-reversed', 'reversed') AND id <> ?1
  AND id IN (SELECT b.payment_id FROM allocations a JOIN allocations b ON b.invoice_id = a.invoice_id WHERE a.payment_id = ?1)`;

/** True on an SQL row of `payments` while PayPal holds its money, or its payer complains there. */
export const IN_DISPUTE = `(held_at IS NOT NULL
  OR EXISTS (SELECT 1 FROM disputes d WHERE d.payment_id = payments.id AND d.resolved_at IS NULL))`;

/** Whether PayPal holds the payment's money, or its payer complains there, as far as our books know. */
export async function isInDispute(
  deps: Pick<Deps, 'db'>,
  payment: Pick<StoredPayment, 'id'>,
): Promise<boolean> {
  const { rows } = await deps.db.execute(`SELECT 1 FROM payments WHERE id = ? AND ${IN_DISPUTE}`, [
    payment.id,
  ]);
  return rows.length > 0;
}

/** Whether the payer complains at PayPal, held or not. */
export async function hasOpenDispute(deps: Pick<Deps, 'db'>, paymentId: string): Promise<boolean> {
  const { rows } = await deps.db.execute(
    'SELECT 1 FROM disputes WHERE payment_id = ? AND resolved_at IS NULL LIMIT 1',
    [paymentId],
  );
  return rows.length > 0;
}

export interface Dispute {
  /** PayPal's. */
  id: string;
  amountCents: number | null;
  openedAt: number;
  resolvedAt: number | null;
  outcome: string | null;
}

/** The complaints about a payment that PayPal's record shows, oldest first. */
export async function disputesOf(deps: Pick<Deps, 'db'>, paymentId: string): Promise<Dispute[]> {
  const { rows } = await deps.db.execute<Dispute & Row>(
    `SELECT dispute_id AS id, amount_cents AS amountCents, opened_at AS openedAt, resolved_at AS resolvedAt, outcome
     FROM disputes WHERE payment_id = ? ORDER BY opened_at, dispute_id`,
    [paymentId],
  );
  return rows;
}
