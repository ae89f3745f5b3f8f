// Brings back what a restored database forgot (S31, S32): every capture on the regroupement's PayPal account since the backup is
// found in our books, or made anew from PayPal's record of its order, before anyone may pay again.
import type { Actor } from '../audit.ts';
import { sha256 } from '../crypto.ts';
import type { Statement } from '../db/db.ts';
import type { Deps } from '../deps.ts';
import type { Lang } from '../fields.ts';
import { post } from '../ledger/entries.ts';
import { torontoBounds, torontoDay } from '../ledger/toronto.ts';
import { paymentOf } from '../payments/find.ts';
import { itemOf, returnNonce } from '../payments/paypal-order.ts';
import { type PaymentStop, paymentStop, resumePayments, stoppedRegroupements } from '../payments/stops.ts';
import type { PayPal } from '../paypal/client.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { type PayPalTransaction, refreshedAt, transactionsOf } from '../paypal/transactions.ts';
import { type Capture, type Order, orderIdOf, toCents } from '../paypal/wire.ts';
import { unknownCapture } from '../paypal-events/apply.ts';
import { followPayment } from '../refunds/follow-payment.ts';
import { type Regroupement, regroupementById, withEachAccount } from '../regroupements/regroupements.ts';
import { LAG_MS } from './compare.ts';
import { type DayReport, reconcileDay } from './reconcile.ts';

const DAY_MS = 86_400_000;
/** PayPal's clock and ours. */
const MARGIN_MS = 3_600_000;

export interface Recovery {
  /** The days since the backup, as they compare now. */
  reports: DayReport[];
  /** PayPal's ids of captures that look like ours and found no place: payments wait for a person. */
  unplaced: string[];
  /** Whether PayPal's list already reaches to the restore. */
  listed: boolean;
  resumed: boolean;
}

/**
 * Takes in what PayPal has since the backup, and lets payments go on once nothing can be missing. Null when they are
 * not stopped. Throws PayPalFailure when PayPal does not answer; asking again goes on.
 */
export async function recover(
  deps: Deps,
  paypal: PayPal,
  regroupementId: string,
  by: Actor = 'server',
): Promise<Recovery | null> {
  const stop = await paymentStop(deps, regroupementId);
  if (stop === null) return null;
  const regroupement = await regroupementById(deps, regroupementId);
  let listed = true;
  const unplaced: string[] = [];
  for (const account of await withEachAccount(deps, regroupement)) {
    try {
      const until = (await refreshedAt(paypal, account, deps.now())) ?? deps.now() - LAG_MS;
      // PayPal's instants are whole seconds.
      if (until < Math.floor(stop.stoppedAt / 1000) * 1000) listed = false;
      for (const transaction of await capturesSince(deps, paypal, account, stop))
        if (!(await place(deps, paypal, account, transaction))) unplaced.push(transaction.id);
    } catch (error) {
      const left = account.paypal?.clientId !== regroupement.paypal?.clientId;
      if (!left || !(error instanceof PayPalFailure) || error.decision !== 'configuration') throw error;
      deps.log.warn('recover-old-account', { regroupement: regroupementId, issue: error.issue });
    }
  }
  const reports: DayReport[] = [];
  const last = torontoDay(stop.stoppedAt);
  for (let day = torontoDay(stop.backupAt); day <= last; day = torontoDay(torontoBounds(day).to + DAY_MS / 2))
    reports.push(await reconcileDay(deps, paypal, regroupementId, day));
  const resumed =
    listed &&
    unplaced.length === 0 &&
    (await resumePayments(deps, regroupementId, { name: by, note: 'reconcile' }));
  return { reports, unplaced, listed, resumed };
}

/** The job: every stopped regroupement, until its payments go on. */
export async function recoverStopped(deps: Deps, paypal: PayPal): Promise<void> {
  for (const regroupementId of await stoppedRegroupements(deps)) {
    try {
      const recovery = await recover(deps, paypal, regroupementId);
      deps.log.warn('payments-stopped', {
        regroupement: regroupementId,
        resumed: recovery?.resumed === true,
        unplaced: recovery?.unplaced.length ?? 0,
      });
    } catch (error) {
      // A failure at one regroupement keeps no other waiting.
      if (error instanceof PayPalFailure)
        deps.log.warn('recover-later', { regroupement: regroupementId, decision: error.decision });
      else deps.log.error('recover', { regroupement: regroupementId }, error);
    }
  }
}

// Oldest first, so that receipts are numbered in the order in which they were.
async function capturesSince(
  deps: Deps,
  paypal: PayPal,
  account: Regroupement,
  stop: PaymentStop,
): Promise<PayPalTransaction[]> {
  const found = new Map<string, PayPalTransaction>();
  const to = Math.min(stop.stoppedAt + MARGIN_MS, deps.now() + 1000);
  for await (const one of transactionsOf(paypal, account, stop.backupAt - MARGIN_MS, to)) {
    // A pending one holds its invoice too.
    const came = (one.grossCents ?? 0) > 0 && ['S', 'P', 'V'].includes(one.status);
    if (came && /^T00/.test(one.eventCode)) found.set(one.id, one);
  }
  return [...found.values()].sort((a, b) => a.at - b.at);
}

/** False when the capture looks like ours and our books cannot hold it: a person must look. */
async function place(
  deps: Deps,
  paypal: PayPal,
  account: Regroupement,
  transaction: PayPalTransaction,
): Promise<boolean> {
  const known = await paymentOf(deps, account.id, {
    captureId: transaction.id,
    custom: transaction.customId ?? undefined,
  });
  if (known !== undefined) {
    if (known.captureId === transaction.id && known.completedAt !== null) return true;
    const synced = await followPayment(deps, paypal, known.id);
    return synced.captureId === transaction.id;
  }
  const { customId, invoiceId } = transaction;
  // A shop of theirs may use the account too: that money is on staff's list, and no invoice waits for it.
  if (!/^[\w-]{22}$/.test(customId ?? '') || !/^P-[2-9A-Z]{10}$/.test(invoiceId ?? '')) return true;
  try {
    const capture = await paypal.readCapture(account, transaction.id);
    const order = await paypal.readOrder(account, orderIdOf(capture) ?? transaction.referenceId ?? '');
    if (await rebuild(deps, paypal, account, capture, order)) return true;
    await unknownCapture(deps, account, capture);
  } catch (error) {
    // What PayPal has forgotten is not ours to guess.
    if (!(error instanceof PayPalFailure) || (error.decision !== 'gone' && error.decision !== 'refused'))
      throw error;
  }
  return false;
}

// The order names its invoices and their amounts: with them the payment is written down again, and settled as any other.
async function rebuild(
  deps: Deps,
  paypal: PayPal,
  account: Regroupement,
  capture: Capture,
  order: Order,
): Promise<boolean> {
  const [unit] = order.purchase_units ?? [];
  const items = (unit?.items ?? []).map((item) => ({
    ...itemOf(item.name),
    cents: item.quantity === '1' ? toCents(item.unit_amount.value) : null,
  }));
  const total = toCents(capture.amount.value);
  const paymentId = unit?.custom_id;
  const number = unit?.invoice_id;
  const sum = items.reduce((all, item) => all + (item.cents ?? Number.NaN), 0);
  if (total === null || sum !== total || paymentId === undefined || number === undefined) return false;
  const parts = await partsOf(deps, account.id, items);
  if (parts === null) return false;
  const fee = items.find((item) => item.fee)?.cents ?? 0;
  const at = Date.parse(capture.create_time ?? '') || deps.now();
  const accountId = await onlyAccountOf(
    deps,
    account.id,
    parts.map((part) => part.invoiceId),
  );
  if (accountId === null) {
    // Whose receipt it is cannot be known. The invoice is paid all the same, and the capture stays on staff's list.
    if (capture.status === 'PENDING') return false;
    await deps.db.batch(paidWithoutPayer(deps, account.id, capture.id, at, parts, fee));
    return true;
  }
  const lang: Lang = items.some((item) => item.lang === 'en-CA') ? 'en-CA' : 'fr-CA';
  const forgotten = { paymentId, number, accountId, total, fee, lang, orderId: order.id, at };
  await deps.db.batch(insertion(deps, account, forgotten, parts));
  const payment = await paymentOf(deps, account.id, { custom: paymentId });
  if (payment === undefined) return false;
  const synced = await followPayment(deps, paypal, payment.id);
  if (synced.captureId !== capture.id) return false;
  // It may have found no place before.
  await deps.db.execute(
    `UPDATE exceptions SET closed_at = ?, closed_by = 'reconcile', payment_id = ?
     WHERE dedupe_key = ? AND regroupement_id = ? AND closed_at IS NULL`,
    [deps.now(), paymentId, `${account.id}:unknown-capture:${capture.id}`, account.id],
  );
  return true;
}

interface ForgottenPayment {
  paymentId: string;
  number: string;
  accountId: string;
  total: number;
  fee: number;
  lang: Lang;
  orderId: string;
  at: number;
}

// The statements that write the payment down again, as one of which it is not known what became of it.
function insertion(
  deps: Deps,
  account: Regroupement,
  forgotten: ForgottenPayment,
  parts: readonly Part[],
): Statement[] {
  const { paymentId } = forgotten;
  return [
    {
      // `unknown` holds the invoices until PayPal's record has shown what became of it.
      sql: `INSERT INTO payments(id, regroupement_id, account_id, number, state, amount_cents, online_fee_cents, lang,
              idempotency_key, request_hash, nonce_hash, page, paypal_version, order_id, created_at, updated_at, confirmed_at)
            VALUES (?1, ?2, ?3, ?4, 'unknown', ?5, ?6, ?7, ?8, '', ?9, ?10, ?11, ?12, ?13, ?13, ?13) ON CONFLICT DO NOTHING`,
      args: [
        paymentId,
        account.id,
        forgotten.accountId,
        forgotten.number,
        forgotten.total,
        forgotten.fee,
        forgotten.lang,
        `restored:${paymentId}`,
        sha256(returnNonce(deps, paymentId)),
        account.pages[0] ?? `${deps.config.publicUrl}/p/${account.slug}`,
        account.paypal?.version ?? 1,
        forgotten.orderId,
        forgotten.at,
      ],
    },
    ...parts.map((part) => ({
      sql: `INSERT INTO allocations(payment_id, invoice_id, amount_cents, owed_cents)
            SELECT id, ?2, ?3, ?3 FROM payments WHERE id = ?1 ON CONFLICT DO NOTHING`,
      args: [paymentId, part.invoiceId, part.cents],
    })),
    ...parts.map((part) => ({
      sql: `INSERT INTO invoice_holds(invoice_id, payment_id, created_at)
            SELECT ?2, id, ?3 FROM payments WHERE id = ?1 ON CONFLICT DO NOTHING`,
      args: [paymentId, part.invoiceId, deps.now()],
    })),
  ];
}

interface Part {
  invoiceId: string;
  cents: number;
}

/** The invoices that the order's items name; null when one of them is not in our books. */
async function partsOf(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  items: readonly { invoice: string | null; fee: boolean; cents: number | null }[],
): Promise<Part[] | null> {
  const parts: Part[] = [];
  for (const { invoice, fee, cents } of items) {
    if (fee) continue;
    const { rows } = await deps.db.execute<{ id: string }>(
      'SELECT id FROM invoices WHERE regroupement_id = ? AND number = ?',
      [regroupementId, invoice],
    );
    if (rows[0] === undefined || cents === null) return null;
    parts.push({ invoiceId: rows[0].id, cents });
  }
  return parts.length === 0 ? null : parts;
}

/** The one account that reaches all these invoices (by e-mail on file or by a link), or null. */
async function onlyAccountOf(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  invoiceIds: readonly string[],
): Promise<string | null> {
  const { rows } = await deps.db.execute<{ id: string }>(
    `SELECT a.id FROM accounts a WHERE a.regroupement_id = ?1 AND a.erased_at IS NULL AND NOT EXISTS (
       SELECT 1 FROM json_each(?2) wanted JOIN invoices i ON i.id = wanted.value
         JOIN certificates c ON c.id = i.certificate_id JOIN holders h ON h.id = c.holder_id
       WHERE h.email_key IS NOT a.email_key AND NOT EXISTS (
         SELECT 1 FROM links l WHERE l.account_id = a.id AND l.holder_id = h.id AND l.number_key = c.number_key
           AND l.undone_at IS NULL)) LIMIT 2`,
    [regroupementId, JSON.stringify(invoiceIds)],
  );
  return rows.length === 1 ? (rows[0]?.id ?? null) : null;
}

function paidWithoutPayer(
  deps: Deps,
  regroupementId: string,
  captureId: string,
  occurredAt: number,
  parts: readonly Part[],
  fee: number,
): Statement[] {
  const entry = (invoiceId: string, kind: 'payment' | 'online-fee', cents: number, source: string) =>
    post(deps, { regroupementId, invoiceId, kind, cents, source, method: 'paypal', occurredAt });
  const [first] = parts;
  return [
    ...parts.flatMap(({ invoiceId, cents }) =>
      entry(invoiceId, 'payment', cents, `paypal:${captureId}:${invoiceId}`),
    ),
    ...(fee > 0 && first !== undefined
      ? [
          ...entry(first.invoiceId, 'online-fee', fee, `paypal:${captureId}:fee`),
          ...entry(first.invoiceId, 'payment', fee, `paypal:${captureId}:fee-paid`),
        ]
      : []),
  ];
}
