// A day of PayPal's books beside ours: every payment, refund and reversal, gross, fee and net, and what does not agree.
// PayPal's side comes from Transaction Search, which also shows money that no row of ours knows.
import type { Deps } from '../deps.ts';
import { Problem } from '../http/problem.ts';
import { torontoBounds, torontoDay, yearsBefore } from '../ledger/toronto.ts';
import type { PayPal } from '../paypal/client.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { type PayPalTransaction, transactionsOf } from '../paypal/transactions.ts';
import {
  type Regroupement,
  regroupementById,
  regroupementOf,
  withEachAccount,
} from '../regroupements/regroupements.ts';
import { compare, type Difference, LAG_MS, type Movement, ourDay } from './reconcile-compare.ts';
import { takeRefund } from './refund-books.ts';
import { refundsWhere } from './refund-store.ts';
import { syncPayment } from './sync.ts';
import { paymentOf, takeReversal } from './webhook-events.ts';

const DAY_MS = 86_400_000;
/** A day is looked at again as often, since money moves late. */
const DAYS_BACK = 3;
/** Days that nobody compared, since the server or PayPal was down, are made up for so far back. */
const MADE_UP_DAYS = 31;
/** PayPal's instant and ours of one movement differ by less: around midnight they may fall on two days. */
const MARGIN_MS = 3_600_000;
/** PayPal's search reaches no further. */
const YEARS_KEPT = 3;

export interface Sums {
  count: number;
  grossCents: number;
  /** What PayPal kept: positive. */
  feeCents: number;
  netCents: number;
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
  const around = new Map<string, Movement>();
  const { from, to } = torontoBounds(day);
  for (const account of await withEachAccount(deps, regroupement)) {
    try {
      for await (const transaction of transactionsOf(paypal, account, from - MARGIN_MS, to + MARGIN_MS)) {
        const money = moneyOfOurs(transaction);
        const side = transaction.at >= from && transaction.at < to ? theirs : around;
        if (money !== null && !side.has(money.id)) side.set(money.id, money);
      }
    } catch (error) {
      // An account that the regroupement left may be closed; what our books have of it is then a difference.
      const left = account.paypal?.clientId !== regroupement.paypal?.clientId;
      if (!left || !(error instanceof PayPalFailure) || error.decision !== 'configuration') throw error;
      deps.log.warn('reconcile-old-account', { regroupement: regroupementId, issue: error.issue });
    }
  }
  // What PayPal shows and our books do not have yet is taken in first; what is left is a difference.
  for (const transaction of theirs.values())
    await takeIn(deps, paypal, regroupement, transaction).catch(unlessDefinite);
  const ours = await ourDay(deps, regroupementId, from, to);
  const differences = await compare(deps, regroupement, { theirs, around }, ours);
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
    try {
      for (const day of await daysDue(deps, id)) {
        await reconcileDay(deps, paypal, id, day);
        made++;
      }
    } catch (error) {
      // One regroupement's trouble is not another's.
      if (error instanceof PayPalFailure)
        deps.log.warn('reconcile-later', { regroupement: id, decision: error.decision });
      else deps.log.error('reconcile', { regroupement: id }, error);
    }
  }
  return made;
}

// Days whose record at PayPal is whole by now: the last few once a day, and those missed since the first one compared.
async function daysDue(deps: Pick<Deps, 'db' | 'now'>, regroupementId: string): Promise<string[]> {
  const { rows } = await deps.db.execute<{ day: string; made_at: number }>(
    'SELECT day, made_at FROM reconciliations WHERE regroupement_id = ? ORDER BY day',
    [regroupementId],
  );
  const madeAt = new Map(rows.map((row) => [row.day, row.made_at]));
  const first = rows[0]?.day ?? '9999';
  const due: string[] = [];
  for (let back = MADE_UP_DAYS; back >= 1; back--) {
    const day = torontoDay(deps.now() - back * DAY_MS);
    const whole = torontoBounds(day).to + LAG_MS;
    const recent = back <= DAYS_BACK;
    if (deps.now() < whole || (!recent && day < first)) continue;
    const last = madeAt.get(day) ?? 0;
    const done = last >= whole && (!recent || deps.now() - last < DAY_MS);
    if (!done && !due.includes(day)) due.push(day);
  }
  return due;
}

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

// What PayPal's record definitely does not explain is a difference; while PayPal gives no answer no day is told.
function unlessDefinite(error: unknown): void {
  if (!(error instanceof PayPalFailure)) throw error;
  const definite = ['gone', 'refused', 'configuration'].includes(error.decision);
  if (!definite && error.issue !== 'NOT_REVERSED_YET') throw error;
}

function sums(list: readonly { gross: number; fee: number }[]): Sums {
  const grossCents = list.reduce((sum, one) => sum + one.gross, 0);
  const feeCents = list.reduce((sum, one) => sum + one.fee, 0);
  return { count: list.length, grossCents, feeCents, netCents: grossCents - feeCents };
}
