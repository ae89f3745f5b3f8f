// A day of PayPal's books beside ours: every payment, refund and reversal, gross, fee and net, and what does not agree.
// PayPal's side comes from Transaction Search, which also shows money that no row of ours knows.
import type { Deps } from '../deps.ts';
import { Problem } from '../http/problem.ts';
import { torontoDay, yearsBefore } from '../ledger/toronto.ts';
import type { PayPal } from '../paypal/client.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { type PayPalTransaction, transactionsOf } from '../paypal/transactions.ts';
import {
  type Regroupement,
  regroupementById,
  regroupementOf,
  withEachAccount,
} from '../regroupements/regroupements.ts';
import { type ExceptionKind, openException } from './exceptions.ts';
import { refundsWhere } from './refund-store.ts';
import { takeRefund } from './refunds.ts';
import { paymentsWhere, type StoredPayment } from './store.ts';
import { syncPayment } from './sync.ts';
import { paymentOf, takeReversal } from './webhook-events.ts';

const DAY_MS = 86_400_000;
/** PayPal's search may lag up to three hours. */
const LAG_MS = 4 * 3_600_000;
/** A day is looked at again as often, since money moves late. */
const DAYS_BACK = 3;
/** PayPal's search reaches no further. */
const YEARS_KEPT = 3;

export interface Sums {
  count: number;
  grossCents: number;
  /** What PayPal kept: positive. */
  feeCents: number;
  netCents: number;
}
export interface Difference {
  kind: ExceptionKind;
  transactionId: string;
  paymentNumber: string | null;
  paypalCents: number | null;
  ourCents: number | null;
}
export interface DayReport {
  regroupement: string;
  /** Toronto day. */
  day: string;
  /** Captures and what went back, signed; fees as PayPal says them. */
  paypal: Sums;
  ours: Sums;
  differences: Difference[];
  /** Whether both sides agree to the cent. */
  agrees: boolean;
}

interface Ours {
  transactionId: string;
  payment: StoredPayment;
  cents: number;
}

/**
 * Compares a Toronto day, takes in what PayPal knows better, lists the rest as exceptions and keeps the report.
 * Throws PayPalFailure when PayPal does not answer, `validation` (/day) for a day to come or that PayPal forgot.
 */
export async function reconcileDay(
  deps: Deps,
  paypal: PayPal,
  regroupementId: string,
  day: string,
): Promise<DayReport> {
  const today = torontoDay(deps.now());
  const code = day > today ? 'in-the-future' : day < yearsBefore(today, YEARS_KEPT) ? 'too-old' : null;
  if (code !== null) throw new Problem('validation', { errors: [{ pointer: '/day', code }] });
  const regroupement = await regroupementById(deps, regroupementId);
  const theirs = new Map<string, Movement>();
  const { from, to } = bounds(day);
  for (const account of await withEachAccount(deps, regroupement)) {
    try {
      for await (const transaction of transactionsOf(paypal, account, from, to)) {
        const money = moneyOfOurs(transaction);
        if (money !== null && !theirs.has(money.id)) theirs.set(money.id, money);
      }
    } catch (error) {
      // An account that the regroupement left may be closed; what our books have of it is then a difference.
      const left = account.paypal?.clientId !== regroupement.paypal?.clientId;
      if (!left || !(error instanceof PayPalFailure) || error.decision !== 'configuration') throw error;
      deps.log.warn('reconcile-old-account', { regroupement: regroupementId, issue: error.issue });
    }
  }
  // What PayPal shows and our books do not have yet is taken in first; what is left is a difference.
  for (const transaction of theirs.values()) await takeIn(deps, paypal, regroupement, transaction);
  const ours = await ourDay(deps, regroupementId, from, to);
  const differences = await compare(deps, regroupement, theirs, ours);
  const report: DayReport = {
    regroupement: regroupement.slug,
    day,
    paypal: sums([...theirs.values()].map((one) => ({ gross: one.grossCents, fee: one.feeCents }))),
    ours: sums(
      [...ours.values()].map((one) => ({
        gross: one.cents,
        fee: one.cents > 0 ? (one.payment.paypalFeeCents ?? 0) : 0,
      })),
    ),
    differences,
    agrees: differences.length === 0,
  };
  await deps.db.execute(
    `INSERT INTO reconciliations(regroupement_id, day, made_at, report) VALUES (?, ?, ?, ?)
     ON CONFLICT(regroupement_id, day) DO UPDATE SET made_at = excluded.made_at, report = excluded.report`,
    [regroupementId, day, deps.now(), JSON.stringify(report)],
  );
  return report;
}

/** The job: the last days of every regroupement that were not looked at since PayPal's record of them was whole. */
export async function reconcileDue(deps: Deps, paypal: PayPal): Promise<number> {
  const { rows } = await deps.db.execute<{ id: string }>(
    'SELECT id FROM regroupements WHERE paypal_client_id IS NOT NULL AND paypal_secret IS NOT NULL',
  );
  let made = 0;
  for (const { id } of rows) {
    for (let back = DAYS_BACK; back >= 1; back--) {
      const day = torontoDay(deps.now() - back * DAY_MS);
      const whole = bounds(day).to + LAG_MS;
      if (deps.now() < whole) continue;
      const known = await deps.db.execute<{ made_at: number }>(
        'SELECT made_at FROM reconciliations WHERE regroupement_id = ? AND day = ?',
        [id, day],
      );
      const last = known.rows[0]?.made_at ?? 0;
      if (last >= whole && deps.now() - last < DAY_MS) continue;
      try {
        await reconcileDay(deps, paypal, id, day);
        made++;
      } catch (error) {
        if (!(error instanceof PayPalFailure)) throw error;
        deps.log.warn('reconcile-later', { regroupement: id, day, decision: error.decision });
        break;
      }
    }
  }
  return made;
}

/** A movement in CAD; the fee as what PayPal kept, positive. */
type Movement = PayPalTransaction & { grossCents: number; feeCents: number };

// Payments received, refunds and money taken back; not PayPal's own transfers, holds and currency conversions.
function moneyOfOurs(transaction: PayPalTransaction): Movement | null {
  const { eventCode, status, grossCents, feeCents } = transaction;
  if (grossCents === null || feeCents === null || status === 'D' || status === 'P') return null;
  if (!/^T00(0[0-9]|1[0-9])$|^T1106$|^T1107$|^T120[12]$/.test(eventCode)) return null;
  return { ...transaction, grossCents, feeCents: feeCents === 0 ? 0 : -feeCents };
}

async function takeIn(
  deps: Deps,
  paypal: PayPal,
  regroupement: Regroupement,
  transaction: Movement,
): Promise<void> {
  if (transaction.grossCents > 0) {
    const payment = await paymentOf(deps, regroupement.id, {
      captureId: transaction.id,
      custom: transaction.customId ?? undefined,
    });
    if (payment !== undefined && payment.captureId !== transaction.id)
      await syncPayment(deps, paypal, payment.id, { told: true });
    return;
  }
  const [known] = await refundsWhere(deps, "refund_id = ? AND state = 'completed'", [transaction.id]);
  if (known !== undefined) return;
  const payment = await paymentOf(deps, regroupement.id, { captureId: transaction.referenceId ?? '' });
  if (payment === undefined || payment.completedAt === null) return;
  const account = await regroupementOf(deps, payment);
  if (transaction.eventCode === 'T1107')
    await takeRefund(deps, account, payment, await paypal.readRefund(account, transaction.id));
  else await takeReversal(deps, paypal, account, payment);
}

async function ourDay(
  deps: Deps,
  regroupementId: string,
  from: number,
  to: number,
): Promise<Map<string, Ours>> {
  const paid = await paymentsWhere(deps, 'regroupement_id = ? AND completed_at >= ? AND completed_at < ?', [
    regroupementId,
    from,
    to,
  ]);
  const back = await refundsWhere(
    deps,
    "regroupement_id = ? AND state = 'completed' AND completed_at >= ? AND completed_at < ?",
    [regroupementId, from, to],
  );
  const ours = new Map<string, Ours>();
  for (const payment of paid) {
    const id = payment.captureId ?? payment.id;
    ours.set(id, { transactionId: id, payment, cents: payment.amountCents });
  }
  for (const refund of back) {
    const [payment] = await paymentsWhere(deps, 'id = ?', [refund.paymentId]);
    const id = refund.refundId ?? refund.id;
    if (payment !== undefined) ours.set(id, { transactionId: id, payment, cents: -refund.amountCents });
  }
  return ours;
}

async function compare(
  deps: Deps,
  regroupement: Regroupement,
  theirs: ReadonlyMap<string, Movement>,
  ours: ReadonlyMap<string, Ours>,
): Promise<Difference[]> {
  const differences: Difference[] = [];
  const differ = (
    kind: ExceptionKind,
    transactionId: string,
    payment: StoredPayment | null,
    paypalCents: number | null,
    ourCents: number | null,
  ) => {
    differences.push({
      kind,
      transactionId,
      paymentNumber: payment?.number ?? null,
      paypalCents,
      ourCents,
    });
  };
  // A chargeback has an id of its own at PayPal; our row of it is named after the capture.
  const reversals = new Set([...ours.keys()].filter((id) => id.startsWith('REVERSAL-')));
  for (const [id, transaction] of theirs) {
    const reversal = `REVERSAL-${transaction.referenceId ?? ''}`;
    const mine = ours.get(id) ?? ours.get(reversal);
    if (mine !== undefined) {
      reversals.delete(reversal);
      if (mine.cents !== transaction.grossCents)
        differ('amount-differs', id, mine.payment, transaction.grossCents, mine.cents);
      continue;
    }
    const elsewhere = await knownOnAnotherDay(deps, regroupement.id, transaction);
    if (elsewhere) continue;
    differ(
      transaction.grossCents > 0 ? 'unknown-capture' : 'unknown-refund',
      id,
      null,
      transaction.grossCents,
      null,
    );
  }
  for (const [id, mine] of ours) {
    if (theirs.has(id) || (id.startsWith('REVERSAL-') && !reversals.has(id))) continue;
    // PayPal's day of a refund or a reversal may be the next one; a payment's is its own.
    if (mine.cents > 0) differ('missing-capture', id, mine.payment, null, mine.cents);
  }
  for (const difference of differences) {
    await deps.db.batch(
      openException(deps, regroupement, {
        kind: difference.kind,
        about: difference.transactionId,
        detail: {
          captureId: difference.transactionId,
          amountCents: difference.paypalCents ?? difference.ourCents,
        },
      }),
    );
  }
  return differences;
}

// Close to midnight the two sides may put a thing on two days: it is known, and its amount was compared on ours.
async function knownOnAnotherDay(
  deps: Deps,
  regroupementId: string,
  transaction: PayPalTransaction,
): Promise<boolean> {
  const { rows } = await deps.db.execute<{ known: number }>(
    `SELECT EXISTS (SELECT 1 FROM payments WHERE regroupement_id = ?1 AND capture_id = ?2 AND completed_at IS NOT NULL)
       OR EXISTS (SELECT 1 FROM refunds WHERE regroupement_id = ?1 AND state = 'completed' AND refund_id IN (?2, ?3)) AS known`,
    [regroupementId, transaction.id, `REVERSAL-${transaction.referenceId ?? ''}`],
  );
  return rows[0]?.known === 1;
}

function sums(list: readonly { gross: number; fee: number }[]): Sums {
  const grossCents = list.reduce((sum, one) => sum + one.gross, 0);
  const feeCents = list.reduce((sum, one) => sum + one.fee, 0);
  return { count: list.length, grossCents, feeCents, netCents: grossCents - feeCents };
}

/** The instants between which a Toronto day lies: 23, 24 or 25 hours. */
export function bounds(day: string): { from: number; to: number } {
  const next = new Date(Date.parse(`${day}T12:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
  return { from: midnight(day), to: midnight(next) };
}

function midnight(day: string): number {
  // Toronto is four or five hours behind UTC; the right one falls on this day and its hour before does not.
  const early = Date.parse(`${day}T04:00:00Z`);
  return torontoDay(early) === day ? early : early + 3_600_000;
}
