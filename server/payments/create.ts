// « Effectuer un paiement » (S22, S23): an intent of ours first, then one order at PayPal for it (P0, P1). Asking again with the
// same key, or for the same thing while an order is young, leads to the same order.
import type { z } from 'zod';
import { quote } from '../certificates/quote.ts';
import { sha256 } from '../crypto.ts';
import type { Statement } from '../db/db.ts';
import { type Deps, newId } from '../deps.ts';
import type { Lang } from '../fields.ts';
import { allocate } from '../ledger/quote.ts';
import type { PayPal } from '../paypal/client.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { approveUrl } from '../paypal/wire.ts';
import { Problem } from '../problems/problem.ts';
import { type Regroupement, registeredPage, regroupementOf } from '../regroupements/regroupements.ts';
import { orderBody, returnNonce } from './paypal-order.ts';
import type { CreateRequest } from './schemas.ts';
import { refuseWhileStopped } from './stops.ts';
import { allocationsOf, paymentsWhere, readPayment, type StoredPayment } from './store.ts';

/** PayPal lets an unapproved order live 3 h at least: an older one is not offered again. */
const YOUNG_MS = 2.5 * 3_600_000;
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTVWXYZ';

/**
 * The payment to approve, with its order at PayPal. Throws `page-refused`, `payment-not-configured`,
 * `idempotency-mismatch`, `amount-changed` (with `totalCents`), `already-paid`, `invoice-cancelled`, `nothing-to-pay`,
 * `payment-in-progress`, `not-found`, `payments-stopped`, `paypal-refused`, `paypal-unavailable` (nothing was paid; asking again with the same key goes on).
 */
export async function createPayment(
  deps: Deps,
  paypal: PayPal,
  payer: { regroupement: Regroupement; accountId: string },
  request: z.infer<typeof CreateRequest>,
  idempotencyKey: string,
): Promise<StoredPayment> {
  const { regroupement, accountId } = payer;
  const { paypal: account } = regroupement;
  if (account === null) throw new Problem('payment-not-configured');
  await refuseWhileStopped(deps, regroupement.id);
  const page = registeredPage(regroupement, deps.config.publicUrl, request.page);
  if (page === null) throw new Problem('page-refused');
  const { invoiceIds, amountCents = null, expectedTotalCents, lang } = request;
  const requestHash = sha256(JSON.stringify([invoiceIds, amountCents, expectedTotalCents, page, lang]));
  const key = { accountId, idempotencyKey, requestHash };
  const known = await paymentOfKey(deps, key);
  if (known !== undefined) return withOrder(deps, paypal, known);
  const asked = await quote(deps, payer, invoiceIds, request.amountCents);
  const { totalCents } = asked;
  if (totalCents !== expectedTotalCents) throw new Problem('amount-changed', { totalCents });
  const parts = allocate(asked.invoices, asked.subtotalCents);
  const wanted = { page, lang, totalCents, version: account.version };
  const again = await youngOrder(deps, accountId, wanted, parts);
  if (again !== undefined) return again;
  await deps.db.batch(insertion(deps, { ...wanted, ...key, regroupementId: regroupement.id, asked, parts }));
  // A double click with one key: whoever came first made the row.
  const payment = await paymentOfKey(deps, key);
  if (payment === undefined) throw new Error('an intent was not kept');
  return withOrder(deps, paypal, payment);
}

interface Key {
  accountId: string;
  idempotencyKey: string;
  requestHash: string;
}

/** The payment that was made with this key, if there is one. Throws `idempotency-mismatch` when it was for another request. */
async function paymentOfKey(
  deps: Deps,
  { accountId, idempotencyKey, requestHash }: Key,
): Promise<StoredPayment | undefined> {
  const [payment] = await paymentsWhere(deps, 'account_id = ? AND idempotency_key = ?', [
    accountId,
    idempotencyKey,
  ]);
  if (payment !== undefined) await requireSameRequest(deps, payment, requestHash);
  return payment;
}

interface Intent extends Key {
  regroupementId: string;
  page: string;
  lang: Lang;
  totalCents: number;
  /** Of the PayPal account. */
  version: number;
  asked: Awaited<ReturnType<typeof quote>>;
  parts: ReturnType<typeof allocate>;
}

/** The statements that write down what is to be paid; nothing where someone with the same key was faster. */
function insertion(deps: Deps, intent: Intent): Statement[] {
  const id = newId(deps);
  const now = deps.now();
  const of = new Map(intent.asked.invoices.map((invoice) => [invoice.id, invoice]));
  return [
    {
      sql: `INSERT INTO payments(id, regroupement_id, account_id, number, state, amount_cents, online_fee_cents, lang,
              idempotency_key, request_hash, nonce_hash, page, paypal_version, created_at, updated_at)
            VALUES (?1, ?2, ?3, ?4, 'created', ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13)
            ON CONFLICT(account_id, idempotency_key) DO NOTHING`,
      args: [
        id,
        intent.regroupementId,
        intent.accountId,
        newNumber(deps),
        intent.totalCents,
        intent.asked.onlineFeeCents,
        intent.lang,
        intent.idempotencyKey,
        intent.requestHash,
        sha256(returnNonce(deps, id)),
        intent.page,
        intent.version,
        now,
      ],
    },
    ...intent.parts.map((part) => ({
      sql: `INSERT INTO allocations(payment_id, invoice_id, amount_cents, owed_cents, certificate_id)
            SELECT id, ?, ?, ?, ? FROM payments WHERE id = ?`,
      args: [
        part.invoiceId,
        part.amountCents,
        of.get(part.invoiceId)?.balanceCents ?? 0,
        of.get(part.invoiceId)?.certificateId ?? null,
        id,
      ],
    })),
    {
      sql: `INSERT INTO payment_events(id, payment_id, at, event, to_state) SELECT ?, id, ?, 'created', 'created' FROM payments WHERE id = ?`,
      args: [newId(deps), now, id],
    },
  ];
}

/** The payment with its order at PayPal, made now if it has none yet: the same request makes the same order. */
async function withOrder(deps: Deps, paypal: PayPal, payment: StoredPayment): Promise<StoredPayment> {
  if (payment.orderId !== null || payment.state !== 'created') return payment;
  // The settings may have changed since the row was made, and the order is looked for where the row says.
  const regroupement = await regroupementOf(deps, payment);
  const allocations = await allocationsOf(deps, payment);
  const body = orderBody(deps, regroupement, {
    paymentId: payment.id,
    number: payment.number,
    lang: payment.lang,
    amountCents: payment.amountCents,
    onlineFeeCents: payment.onlineFeeCents,
    invoices: allocations.map((allocation) => ({
      number: allocation.invoiceNumber,
      amountCents: allocation.amountCents,
    })),
  });
  try {
    const order = await paypal.createOrder(regroupement, { requestId: `ord:${payment.id}`, body });
    const url = approveUrl(order);
    if (url === null) throw new PayPalFailure('unknown');
    await deps.db.execute(
      'UPDATE payments SET order_id = ?, approve_url = ?, updated_at = ? WHERE id = ? AND order_id IS NULL',
      [order.id, url, deps.now(), payment.id],
    );
  } catch (error) {
    if (!(error instanceof PayPalFailure)) throw error;
    if (error.decision === 'unknown' || error.decision === 'unavailable')
      throw new Problem('paypal-unavailable');
    deps.log.error('paypal-order-refused', {
      payment: payment.id,
      issue: error.issue,
      debugId: error.debugId,
    });
    // The account takes no payment at all, or not this one.
    throw new Problem(error.decision === 'configuration' ? 'payment-not-configured' : 'paypal-refused');
  }
  return readPayment(deps, payment.id);
}

async function requireSameRequest(deps: Deps, payment: StoredPayment, requestHash: string): Promise<void> {
  const { rows } = await deps.db.execute<{ request_hash: string }>(
    'SELECT request_hash FROM payments WHERE id = ?',
    [payment.id],
  );
  if (rows[0]?.request_hash !== requestHash) throw new Problem('idempotency-mismatch');
}

/** The account's own young payment of exactly this, if there is one: a second tab or a second click gets the same order. */
async function youngOrder(
  deps: Deps,
  accountId: string,
  wanted: { page: string; lang: string; totalCents: number; version: number },
  parts: readonly { invoiceId: string; amountCents: number }[],
): Promise<StoredPayment | undefined> {
  const candidates = await paymentsWhere(
    deps,
    `account_id = ? AND state IN ('created', 'approved') AND order_id IS NOT NULL AND created_at > ?
       AND page = ? AND lang = ? AND amount_cents = ? AND paypal_version = ? ORDER BY created_at DESC`,
    [accountId, deps.now() - YOUNG_MS, wanted.page, wanted.lang, wanted.totalCents, wanted.version],
  );
  const shape = (list: readonly { invoiceId: string; amountCents: number }[]) =>
    list
      .map((part) => `${part.invoiceId}:${part.amountCents}`)
      .sort()
      .join();
  for (const candidate of candidates) {
    const allocations = await allocationsOf(deps, candidate);
    if (!allocations.some(({ moved }) => moved) && shape(allocations) === shape(parts)) return candidate;
  }
  return undefined;
}

// Read aloud over the phone: no 0, 1, I, O, U.
function newNumber(deps: Pick<Deps, 'randomBytes'>): string {
  return `P-${Array.from(deps.randomBytes(10), (byte) => ALPHABET[byte % ALPHABET.length]).join('')}`;
}
