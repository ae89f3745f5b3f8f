// A day of PayPal's books beside ours and the ledger's (S31, and after): sums by kind, gross, fee and net, and what does not agree. PayPal's
// side comes from Transaction Search, which also shows money that no row of ours knows, and what the account did besides.
import type { Deps } from '../deps.ts';
import { torontoBounds, torontoDay, yearsBefore } from '../ledger/toronto.ts';
import { paymentOf } from '../payments/find.ts';
import { paymentsWhere, type StoredPayment } from '../payments/store.ts';
import type { PayPal } from '../paypal/client.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { MOVEMENT_KINDS, type PayPalTransaction, transactionsOf } from '../paypal/transactions.ts';
import { Problem } from '../problems/problem.ts';
import { followPayment } from '../refunds/follow-payment.ts';
import { refundsWhere, returnsWhere } from '../refunds/store.ts';
import { type Regroupement, regroupementById, withEachAccount } from '../regroupements/regroupements.ts';
import {
  compare,
  type Difference,
  isEqual,
  type KindSums,
  LAG_MS,
  type Movement,
  type Sums,
  sums,
} from './compare.ts';
import { MONEY_KINDS, type MoneyKind } from './kinds.ts';

const DAY_MS = 86_400_000;
/** A day is looked at again as often, since money moves late. */
const DAYS_BACK = 3;
/** Days that nobody compared, since the server or PayPal was down, are made up for so far back. */
const MADE_UP_DAYS = 31;
/** PayPal's instant and ours of one movement differ by less: around midnight they may fall on two days. */
const MARGIN_MS = 3_600_000;
/** PayPal's search reaches no further. */
const YEARS_KEPT = 3;

/** What an account did beside payments, and what has not moved money: held, released, paid out, fees, pending, denied. */
export const OTHER_KINDS = [
  ...MOVEMENT_KINDS.filter((kind) => !(MONEY_KINDS as readonly string[]).includes(kind)),
  'pending',
  'denied',
] as const;
type OtherKind = (typeof OTHER_KINDS)[number];

export interface DayReport {
  regroupement: string;
  /** Toronto day. */
  day: string;
  /** Captures and what went back or came again, signed; fees as PayPal says them. Those that are not ours are in it. */
  paypal: Sums;
  ours: Sums;
  /** The same by kind, PayPal's beside ours and the ledger's. */
  kinds: KindSums[];
  notOurs: Sums;
  others: (Sums & { kind: OtherKind })[];
  /** Movements in another currency than CAD: counted, in no sum. */
  otherCurrencies: number;
  differences: Difference[];
  /** Whether all sides agree to the cent, kind by kind, and nothing is unknown. */
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
  const { from, to } = torontoBounds(day);
  const { theirs, around, others, otherCurrencies } = await paypalDay(deps, paypal, regroupement, from, to);
  // What PayPal shows and our books do not have yet is taken in first; what is left is a difference.
  for (const transaction of [
    ...theirs.values(),
    ...others.filter(({ kind }) => kind === 'hold' || kind === 'release'),
  ])
    await takeIn(deps, paypal, regroupement, transaction).catch((error: unknown) =>
      unlessDefinite(deps, transaction.id, error),
    );
  for (const transaction of theirs.values()) await takeFee(deps, regroupementId, transaction);
  const compared = await compare(deps, regroupement, { name: day, from, to }, { theirs, around });
  const { kinds, ours, notOurs, differences } = compared;
  const report: DayReport = {
    regroupement: regroupement.slug,
    day,
    paypal: sums([...theirs.values()]),
    ours,
    kinds,
    notOurs,
    others: OTHER_KINDS.flatMap((kind) => {
      const some = others.filter((one) => one.sumKind === kind);
      return some.length === 0 ? [] : [{ kind, ...sums(some) }];
    }),
    otherCurrencies,
    differences,
    agrees: differences.length === 0 && kinds.every(isEqual),
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
      // A failure at one regroupement keeps no other waiting.
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

type Other = PayPalTransaction & { grossCents: number; feeCents: number; sumKind: OtherKind };

interface PayPalDay {
  theirs: Map<string, Movement>;
  /** In the hours beside the day. */
  around: Map<string, Movement>;
  others: Other[];
  otherCurrencies: number;
}

// PayPal's side, from each account that the regroupement has or had.
async function paypalDay(
  deps: Deps,
  paypal: PayPal,
  regroupement: Regroupement,
  from: number,
  to: number,
): Promise<PayPalDay> {
  const all: PayPalDay = { theirs: new Map(), around: new Map(), others: [], otherCurrencies: 0 };
  // Two sets of credentials may open one and the same account.
  const seen = new Set<string>();
  for (const account of await withEachAccount(deps, regroupement)) {
    try {
      for await (const one of transactionsOf(paypal, account, from - MARGIN_MS, to + MARGIN_MS)) {
        const row = JSON.stringify(one);
        if (!seen.has(row)) sortIn(all, one, one.at >= from && one.at < to);
        seen.add(row);
      }
    } catch (error) {
      // An account that the regroupement left may be closed; what our books have of it is then a difference.
      const left = account.paypal?.clientId !== regroupement.paypal?.clientId;
      if (!left || !(error instanceof PayPalFailure) || error.decision !== 'configuration') throw error;
      deps.log.warn('reconcile-old-account', { regroupement: regroupement.id, issue: error.issue });
    }
  }
  return all;
}

function sortIn(all: PayPalDay, transaction: PayPalTransaction, ofTheDay: boolean): void {
  const { kind, status, grossCents, feeCents } = transaction;
  if (grossCents === null || feeCents === null) {
    if (ofTheDay) all.otherCurrencies++;
    return;
  }
  const money = { ...transaction, grossCents, feeCents: feeCents === 0 ? 0 : -feeCents };
  const moved = status !== 'D' && status !== 'P';
  const side = ofTheDay ? all.theirs : all.around;
  if (moved && isMoney(kind)) {
    if (!side.has(money.id)) side.set(money.id, { ...money, kind });
    // One id may have several rows: what is not in the list is in a sum.
    else if (ofTheDay) all.others.push({ ...money, sumKind: 'other' });
    return;
  }
  if (!ofTheDay) return;
  const sumKind = status === 'P' ? 'pending' : status === 'D' ? 'denied' : isMoney(kind) ? 'other' : kind;
  all.others.push({ ...money, sumKind });
}

function isMoney(kind: string): kind is MoneyKind {
  return (MONEY_KINDS as readonly string[]).includes(kind);
}

async function takeIn(
  deps: Deps,
  paypal: PayPal,
  regroupement: Regroupement,
  transaction: PayPalTransaction,
): Promise<void> {
  if (transaction.kind === 'capture') {
    const payment = await paymentOf(deps, regroupement.id, {
      captureId: transaction.id,
      custom: transaction.customId ?? undefined,
    });
    if (payment !== undefined && (payment.captureId !== transaction.id || payment.completedAt === null))
      await followPayment(deps, paypal, payment.id);
    return;
  }
  const known =
    (await refundsWhere(deps, "refund_id = ? AND state = 'completed'", [transaction.id])).length > 0 ||
    (await returnsWhere(deps, 'transaction_id = ?', [transaction.id])).length > 0;
  if (known || transaction.referenceId === null) return;
  const payment = await paymentBehind(deps, regroupement.id, transaction.referenceId);
  const { kind, id } = transaction;
  if (payment !== undefined && payment.completedAt !== null)
    await followPayment(deps, paypal, payment.id, kind === 'reversal' ? { kind, id } : undefined);
}

// What went back refers to the capture; what came again, to it or to what was taken back.
async function paymentBehind(
  deps: Deps,
  regroupementId: string,
  id: string,
): Promise<StoredPayment | undefined> {
  const [payment] = await paymentsWhere(
    deps,
    '+regroupement_id = ?1 AND (capture_id = ?2 OR id = (SELECT payment_id FROM refunds WHERE refund_id = ?2))',
    [regroupementId, id],
  );
  return payment;
}

// What PayPal kept, where our books do not say yet.
async function takeFee(deps: Deps, regroupementId: string, { id, feeCents }: Movement): Promise<void> {
  const named = [
    ['payments', 'capture_id'],
    ['refunds', 'refund_id'],
    ['reversal_returns', 'transaction_id'],
  ] as const;
  for (const [table, column] of named)
    await deps.db.execute(
      `UPDATE ${table} SET paypal_fee_cents = ? WHERE ${column} = ? AND regroupement_id = ? AND paypal_fee_cents IS NULL`,
      [feeCents, id, regroupementId],
    );
}

// What PayPal's record definitely does not explain is a difference; while PayPal gives no answer no day is reported.
function unlessDefinite(deps: Deps, id: string, error: unknown): void {
  if (!(error instanceof PayPalFailure)) {
    // Our own books refuse it: a difference too, and the day is reported all the same.
    deps.log.error('reconcile-take-in', { transaction: id }, error);
    return;
  }
  const definite = ['gone', 'refused', 'configuration'].includes(error.decision);
  const issue = error.issue ?? '';
  if (!definite && !['NOT_EXPLAINED_YET', 'OTHER_CURRENCY'].includes(issue)) throw error;
}
