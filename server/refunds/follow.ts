// What becomes of money after it came, on PayPal's word alone: held for a dispute, taken back whole or in part, given back.
// PayPal's record of the capture says how things stand, its lists say what moved, each movement under PayPal's own id; our
// books follow once the two agree, never by a guess.
import { guard, isGuardFailure, isUniqueViolation, type Statement } from '../db/db.ts';
import { type Deps, newId } from '../deps.ts';
import { closeFor, openException } from '../exceptions/exceptions.ts';
import { post } from '../ledger/entries.ts';
import { atItsRate, openHeld } from '../payments/record.ts';
import { standingOf } from '../payments/states.ts';
import { hasOpenDispute, isInDispute, moveTo, readPayment, type StoredPayment } from '../payments/store.ts';
import type { PayPal } from '../paypal/client.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { movementsAfter } from '../paypal/transactions.ts';
import { type Capture, cadCents, isHeld, isTakenBack, type Refund } from '../paypal/wire.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import { complete, insertFound, takeRefund } from './record.ts';
import {
  returnShareOf,
  returnsWhere,
  type Share,
  type StoredRefund,
  type WentBack,
  wentBack,
} from './store.ts';

/** PayPal's list of movements may lag by three hours. */
const LISTED_AFTER_MS = 4 * 3_600_000;

/** A movement of a payment's money, under PayPal's id of it. */
interface News {
  kind: 'refund' | 'reversal' | 'return';
  id: string;
  cents: number;
  at: number;
  /** The dispute that was won, where PayPal's list does not show the movement yet: then `id` is the dispute's. */
  unlisted?: true;
}

/** What PayPal told of, by its id: its lists may not show it yet. */
export interface Told {
  kind: 'refund' | 'reversal';
  id: string;
}

/**
 * Brings the books of a payment whose money came up to PayPal's record of it. `refunds`: what the order's record shows.
 * Throws PayPalFailure while PayPal does not answer, or its lists do not explain its record yet: nothing is posted then
 * that is not certain.
 */
export async function followMoney(
  deps: Deps,
  paypal: PayPal,
  regroupement: Regroupement,
  payment: StoredPayment,
  { refunds, told }: { refunds: readonly Refund[]; told?: Told | undefined },
): Promise<StoredPayment> {
  if (payment.captureId === null || payment.completedAt === null) return payment;
  const capture = await recordOf(paypal, regroupement, payment.captureId);
  // What PayPal has forgotten has no more to tell.
  if (capture === null) return payment;
  // Held when we first saw it, and refused after all: what our books have, PayPal has not.
  if (capture.status === 'DECLINED' || capture.status === 'FAILED')
    await deps.db.batch(
      openException(deps, regroupement, {
        kind: 'missing-capture',
        about: capture.id,
        paymentId: payment.id,
        detail: { captureId: capture.id, amountCents: payment.amountCents },
      }),
    );
  const strangers: Refund[] = [];
  for (const refund of refunds) {
    // Money that has not gone yet is taken back by nobody.
    if (refund.status !== 'COMPLETED' || (await isOurs(deps, payment, refund)))
      await takeRefund(deps, regroupement, payment, refund);
    else strangers.push(refund);
  }
  const before = await wentBack(deps, payment.id);
  const old = before.reversals.filter(({ unchecked }) => unchecked === 1);
  const borne = without(before, old);
  const moved =
    strangers.length > 0 ||
    old.length > 0 ||
    before.returns.some((one) => one.transactionId === null && one.corrects === null) ||
    told?.kind === 'reversal' ||
    isTakenBack(capture) ||
    before.reversedCents > 0 ||
    !agree(capture, payment, before, []);
  const listed = moved ? await newsOf(deps, paypal, regroupement, payment) : [];
  const news = listed === null ? [] : [...listed];
  let unexplained = false;
  for (const refund of strangers) {
    if (news.some(({ id }) => id === refund.id)) continue;
    const kind = refund.id === told?.id ? told.kind : listed === null ? guess(capture) : null;
    if (kind === null) unexplained = true;
    else news.push({ kind, ...asNews(deps, refund) });
  }
  const { fresh, beyond } = thatFit(
    deps,
    payment,
    borne,
    await unknownOf(deps, payment, before, news),
    listed ?? [],
  );
  for (const one of beyond)
    if (one.kind === 'reversal') await deps.db.batch(tookBeyond(deps, regroupement, payment, one));
  const won = wonBack(capture, payment, borne, fresh) ? await wonDispute(deps, payment) : null;
  if (won !== null) fresh.push(wonNews(won, netOf(borne, fresh).reversed, deps.now()));
  // An old one that PayPal lists nothing of any more stands, where the record still bears it out.
  const forgotten =
    old.length > 0 && fresh.length === 0 && isLongAgo(deps, old) && agree(capture, payment, before, []);
  // What was taken beyond the payment is in PayPal's record of it too, and in none of our sums.
  const explained =
    forgotten || (!unexplained && (beyond.length > 0 || agree(capture, payment, borne, fresh)));
  if (explained) {
    if (!forgotten) for (const one of old) await correct(deps, regroupement, payment, one, fresh);
    const quiet = old.some(({ amountCents }) => amountCents === netOf(borne, fresh).reversed);
    for (const one of fresh) await take(deps, paypal, regroupement, payment, one, { refunds, quiet });
    for (const { id } of old) await deps.db.execute('UPDATE refunds SET unchecked = 0 WHERE id = ?', [id]);
  }
  const seen = await stand(deps, regroupement, payment.id, capture);
  if (!explained) throw new PayPalFailure('unavailable', { issue: 'NOT_EXPLAINED_YET' });
  return seen;
}

// Where all of it together is more than the payment was: what PayPal's list shows as taken beyond what was left, in the order
// in which it was, and as given back of that, is apart.
function thatFit(
  deps: Deps,
  payment: StoredPayment,
  before: WentBack,
  news: readonly News[],
  listed: readonly News[],
): { fresh: News[]; beyond: News[] } {
  const fresh: News[] = [];
  const beyond: News[] = [];
  const whole = netOf(before, news);
  if (whole.refunded + whole.reversed <= payment.amountCents) return { fresh: [...news], beyond };
  const isWhole = isListedWhole(deps, before, news);
  for (const one of news) {
    const { refunded, reversed } = netOf(before, [...fresh, one]);
    // PayPal's list may not show yet what came again, and made room for a later refund.
    const later = isWhole ? 0 : after(before, one.at);
    const takes = one.kind === 'reversal' && refunded + reversed - later > payment.amountCents;
    const gives = one.kind === 'return' && beyond.length > 0 && reversed < 0;
    (listed.includes(one) && (takes || gives) ? beyond : fresh).push(one);
  }
  return { fresh, beyond };
}

// Whether PayPal's list must show by now what came before the last movement we know of.
function isListedWhole(
  deps: Deps,
  { refunds, reversals, returns }: WentBack,
  news: readonly News[],
): boolean {
  const ats = [
    ...[...refunds, ...reversals].map(({ completedAt }) => completedAt ?? 0),
    ...returns.map(({ returnedAt }) => returnedAt),
    ...news.map(({ at }) => at),
  ];
  return ats.every((at) => at < deps.now() - LISTED_AFTER_MS);
}

function after({ refunds, reversals }: WentBack, at: number): number {
  return [...refunds, ...reversals]
    .filter(({ unchecked, completedAt }) => unchecked === 0 && (completedAt ?? 0) > at)
    .reduce((sum, { amountCents }) => sum + amountCents, 0);
}

function tookBeyond(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  { id, cents }: News,
): Statement[] {
  return openException(deps, regroupement, {
    kind: 'reversed-beyond',
    about: id,
    paymentId: payment.id,
    detail: { captureId: payment.captureId, reversalId: id, amountCents: cents },
  });
}

// PayPal's list may not be read: its record of the capture says whether money was taken back.
function guess(capture: Capture): 'refund' | 'reversal' {
  return isTakenBack(capture) ? 'reversal' : 'refund';
}

function wonNews(id: string, cents: number, at: number): News {
  return { kind: 'return', id, cents, at, unlisted: true };
}

// The sums as they are without reversals that no id of PayPal's bears out.
function without(before: WentBack, old: readonly StoredRefund[]): WentBack {
  const corrected = new Set(before.returns.map(({ corrects }) => corrects));
  const cents = old
    .filter(({ id }) => !corrected.has(id))
    .reduce((sum, { amountCents }) => sum + amountCents, 0);
  return { ...before, reversedCents: before.reversedCents - cents };
}

function isLongAgo(deps: Deps, old: readonly StoredRefund[]): boolean {
  return old.every(({ completedAt }) => (completedAt ?? 0) < deps.now() - LISTED_AFTER_MS);
}

// By a new entry, on the day of the old one: together they are nothing.
async function correct(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  old: StoredRefund,
  fresh: readonly News[],
): Promise<void> {
  const same = fresh.some(({ kind, cents }) => kind === 'reversal' && cents === old.amountCents);
  await takeReturn(deps, regroupement, payment.id, {
    source: `CORRECTION-${old.id}`,
    transactionId: null,
    corrects: old.id,
    cents: old.amountCents,
    at: old.completedAt ?? deps.now(),
    tell: same ? [] : closeFor(deps, payment.id, 'reversed', 'CORRECTED'),
  });
}

async function recordOf(
  paypal: PayPal,
  regroupement: Regroupement,
  captureId: string,
): Promise<Capture | null> {
  try {
    return await paypal.readCapture(regroupement, captureId);
  } catch (error) {
    if (error instanceof PayPalFailure && error.decision === 'gone') return null;
    throw error;
  }
}

// Asked for here, or taken in before.
async function isOurs(deps: Deps, payment: StoredPayment, refund: Refund): Promise<boolean> {
  const { rows } = await deps.db.execute(
    `SELECT 1 FROM refunds WHERE payment_id = ?
       AND ((refund_id = ? AND (origin <> 'reversal' OR state = 'completed')) OR (id = ? AND origin = 'staff'))`,
    [payment.id, refund.id, refund.custom_id ?? ''],
  );
  return rows.length > 0;
}

function asNews(deps: Deps, refund: Refund): Omit<News, 'kind'> {
  return {
    id: refund.id,
    cents: cadCents(refund.amount) ?? 0,
    at: Date.parse(refund.create_time ?? '') || deps.now(),
  };
}

// PayPal's list of what moved after the capture; null where it may not be read.
async function newsOf(
  deps: Deps,
  paypal: PayPal,
  regroupement: Regroupement,
  payment: StoredPayment,
): Promise<News[] | null> {
  const capture = { id: payment.captureId ?? '', at: payment.completedAt ?? payment.createdAt };
  try {
    const all = await movementsAfter(paypal, regroupement, capture, deps.now());
    return all.flatMap(({ kind, id, grossCents, at }) =>
      kind === 'refund' || kind === 'reversal' || kind === 'return'
        ? [{ kind, id, cents: Math.abs(grossCents ?? 0), at }]
        : [],
    );
  } catch (error) {
    if (!(error instanceof PayPalFailure) || error.decision !== 'configuration') throw error;
    deps.log.warn('movements-not-listed', { regroupement: regroupement.id, issue: error.issue });
    return null;
  }
}

// To the sums in `before`, so that both together are compared with the record: what another process has posted since is
// posted once all the same.
async function unknownOf(
  deps: Deps,
  payment: StoredPayment,
  { refunds, reversals, returns }: WentBack,
  news: readonly News[],
): Promise<News[]> {
  const known = new Set([
    ...[...refunds, ...reversals].map(({ refundId }) => refundId),
    ...returns.map(({ transactionId }) => transactionId),
  ]);
  const fresh: News[] = [];
  for (const one of news) {
    if (known.has(one.id) || one.cents === 0) continue;
    if (one.kind === 'return' && (await nameReturn(deps, payment, one))) continue;
    fresh.push(one);
  }
  return fresh;
}

// It was posted when the dispute was won; PayPal's list shows the movement now.
async function nameReturn(deps: Deps, payment: StoredPayment, { id, cents }: News): Promise<boolean> {
  const { rows } = await deps.db.execute(
    `UPDATE reversal_returns SET transaction_id = ?1 WHERE id = (SELECT id FROM reversal_returns
       WHERE payment_id = ?2 AND amount_cents = ?3 AND transaction_id IS NULL AND corrects IS NULL ORDER BY returned_at LIMIT 1)
     RETURNING id`,
    [id, payment.id, cents],
  );
  return rows.length > 0;
}

function netOf(before: WentBack, fresh: readonly News[]): { refunded: number; reversed: number } {
  const all = (kind: News['kind']) =>
    fresh.filter((one) => one.kind === kind).reduce((sum, one) => sum + one.cents, 0);
  return {
    refunded: before.refundedCents + all('refund'),
    reversed: before.reversedCents + all('reversal') - all('return'),
  };
}

// Whether what moved makes what PayPal's record of the capture shows.
function agree(capture: Capture, payment: StoredPayment, before: WentBack, fresh: readonly News[]): boolean {
  const { refunded, reversed } = netOf(before, fresh);
  if (reversed < 0 || refunded + reversed > payment.amountCents) return false;
  const reason = capture.status_details?.reason;
  const other = reason !== undefined && !isTakenBack(capture) && !isHeld(capture);
  if (reversed > 0 && other) return false;
  if (isTakenBack(capture) && reversed === 0) return false;
  // PayPal may count a refund that is still on its way.
  return [0, before.underWayCents].some((more) => {
    const back = refunded + reversed + more;
    if (capture.status === 'COMPLETED') return back === 0;
    if (capture.status === 'PARTIALLY_REFUNDED') return back > 0 && back < payment.amountCents;
    return capture.status !== 'REFUNDED' || back === payment.amountCents;
  });
}

// PayPal's record says that the money is there again, and its list does not show the movement yet.
function wonBack(
  capture: Capture,
  payment: StoredPayment,
  before: WentBack,
  fresh: readonly News[],
): boolean {
  const { refunded, reversed } = netOf(before, fresh);
  if (reversed <= 0 || refunded + reversed > payment.amountCents) return false;
  // One alone: of several, PayPal's list must say in which amounts they came.
  const corrected = before.returns.filter(({ corrects }) => corrects !== null).length;
  const away = before.reversals.length - corrected + fresh.filter(({ kind }) => kind === 'reversal').length;
  const again = before.returns.length - corrected + fresh.filter(({ kind }) => kind === 'return').length;
  if (away - again !== 1) return false;
  if (isTakenBack(capture) || isHeld(capture)) return false;
  return (
    (capture.status === 'COMPLETED' && refunded === 0) ||
    (capture.status === 'PARTIALLY_REFUNDED' && refunded > 0 && refunded < payment.amountCents) ||
    (capture.status === 'REFUNDED' && refunded === payment.amountCents)
  );
}

/** The dispute of this payment that ended in the regroupement's favour and under which nothing came again yet. */
async function wonDispute(deps: Deps, payment: StoredPayment): Promise<string | null> {
  const { rows } = await deps.db.execute<{ id: string }>(
    `SELECT dispute_id AS id FROM disputes d WHERE payment_id = ? AND outcome IN ('RESOLVED_SELLER_FAVOUR', 'CANCELED_BY_BUYER', 'DENIED')
       AND NOT EXISTS (SELECT 1 FROM reversal_returns r WHERE r.regroupement_id = d.regroupement_id AND r.source = d.dispute_id)
     ORDER BY resolved_at DESC LIMIT 1`,
    [payment.id],
  );
  return rows[0]?.id ?? null;
}

async function take(
  deps: Deps,
  paypal: PayPal,
  regroupement: Regroupement,
  payment: StoredPayment,
  news: News,
  { refunds, quiet }: { refunds: readonly Refund[]; quiet: boolean },
): Promise<void> {
  if (news.kind === 'return') {
    const { id, cents, at, unlisted } = news;
    const transactionId = unlisted === true ? null : id;
    await takeReturn(deps, regroupement, payment.id, { source: id, transactionId, cents, at });
  } else if (news.kind === 'refund') {
    const record =
      refunds.find(({ id }) => id === news.id) ?? (await paypal.readRefund(regroupement, news.id));
    await takeRefund(deps, regroupement, payment, record);
  } else await takeReversal(deps, regroupement, payment, news, quiet);
}

async function takeReversal(
  deps: Deps,
  regroupement: Regroupement,
  payment: StoredPayment,
  { id, cents, at }: Omit<News, 'kind'>,
  /** Staff were told of it before, under no id of PayPal's. */
  quiet: boolean,
): Promise<void> {
  const row = await insertFound(deps, payment, id, cents, 'reversal');
  const told = openException(deps, regroupement, {
    kind: 'reversed',
    about: id,
    paymentId: payment.id,
    detail: { captureId: payment.captureId, reversalId: id, amountCents: cents },
  });
  // It did not fit before what was taken earlier came again.
  const fits = closeFor(deps, payment.id, 'reversed-beyond', 'POSTED');
  await complete(deps, regroupement, row, id, at, quiet ? fits : [...fits, ...told]);
}

/** What a return is posted as: see StoredReturn. `cents` and `at` are PayPal's. */
interface Returned {
  source: string;
  transactionId: string | null;
  corrects?: string;
  cents: number;
  at: number;
  /** Instead of telling staff that money came. */
  tell?: readonly Statement[];
}

/** Money that had been taken back is there again: its row, the ledger, the state and the word to staff in one batch; once. */
async function takeReturn(
  deps: Deps,
  regroupement: Regroupement,
  paymentId: string,
  returned: Returned,
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const { source, transactionId, cents, at } = returned;
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
    const { event } = standingOf({
      amountCents: payment.amountCents,
      refundedCents: before.refundedCents,
      reversedCents: before.reversedCents - cents,
      held: await isInDispute(deps, payment),
    });
    const entry = (invoiceId: string, kind: 'refund' | 'online-fee', amount: number, what: string) =>
      post(deps, {
        regroupementId: regroupement.id,
        invoiceId,
        kind,
        cents: amount,
        source: `paypal-return:${source}:${what}`,
        paymentId: payment.id,
        ...(kind === 'refund' ? { method: 'paypal' as const } : {}),
        occurredAt: at,
      });
    // Paid anew while it was away: she has a credit now.
    const creditCents = share.invoices.reduce(
      (sum, { allocation, cents: part }) => sum + Math.max(0, Math.min(part, part - allocation.balanceCents)),
      0,
    );
    try {
      await deps.db.batch([
        before.unchanged,
        ...share.invoices.map(({ allocation }) =>
          guard('(SELECT COALESCE(SUM(amount_cents), 0) FROM ledger_entries WHERE invoice_id = ?) = ?', [
            allocation.invoiceId,
            allocation.balanceCents,
          ]),
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
            returned.corrects ?? null,
            at,
            deps.now(),
          ],
        },
        ...share.invoices.flatMap(({ allocation, cents: part }) =>
          entry(allocation.invoiceId, 'refund', -part, allocation.invoiceId),
        ),
        ...(share.feeCents === 0
          ? []
          : [
              ...entry(share.feeInvoiceId, 'refund', -share.feeCents, 'fee'),
              ...entry(share.feeInvoiceId, 'online-fee', share.feeCents, 'fee-charged'),
            ]),
        ...moveTo(deps, payment, event),
        ...(returned.tell ?? [
          ...closeFor(deps, payment.id, 'reversed', 'RETURNED'),
          ...openException(deps, regroupement, {
            kind: 'returned',
            about: source,
            paymentId: payment.id,
            detail: {
              captureId: payment.captureId,
              returnId: transactionId,
              amountCents: cents,
              creditCents,
            },
          }),
        ]),
      ]);
      return;
    } catch (error) {
      if ((!isGuardFailure(error) && !isUniqueViolation(error)) || attempt >= 4) throw error;
    }
  }
}

async function shareAgain(
  deps: Deps,
  payment: StoredPayment,
  { reversedCents }: WentBack,
  { cents, at }: Returned,
): Promise<Share | null> {
  if (reversedCents < cents) return null;
  // It pays what it had paid, whatever the rate rose to while it was away.
  await atItsRate(deps, payment, payment.completedAt ?? at);
  return returnShareOf(deps, payment, cents);
}

/** Writes down whether PayPal holds the money, and the state that this and the sums make. Answers the payment as it then is. */
async function stand(
  deps: Deps,
  regroupement: Regroupement,
  paymentId: string,
  capture: Capture,
): Promise<StoredPayment> {
  for (let attempt = 0; ; attempt++) {
    const payment = await readPayment(deps, paymentId);
    const holds = isHeld(capture);
    const isNews = holds !== (payment.heldAt !== null);
    const { refundedCents, reversedCents, unchanged } = await wentBack(deps, payment.id);
    const { amountCents } = payment;
    const held = holds || (await hasOpenDispute(deps, payment.id));
    const { state, event } = standingOf({ amountCents, refundedCents, reversedCents, held });
    if (!isNews && state === payment.state) return payment;
    try {
      await deps.db.batch([
        unchanged,
        guard('EXISTS (SELECT 1 FROM payments WHERE id = ? AND held_at IS ?)', [payment.id, payment.heldAt]),
        ...moveTo(deps, payment, event),
        {
          sql: 'UPDATE payments SET held_at = ?, updated_at = ? WHERE id = ?',
          args: [holds ? (payment.heldAt ?? deps.now()) : null, deps.now(), payment.id],
        },
        ...(isNews && !holds ? closeFor(deps, payment.id, 'held', 'RELEASED') : []),
        ...(isNews && holds
          ? openHeld(
              deps,
              regroupement,
              payment,
              payment.captureId,
              amountCents - refundedCents - reversedCents,
            )
          : []),
      ]);
    } catch (error) {
      if (!isGuardFailure(error) || attempt >= 4) throw error;
    }
  }
}
