// The two sides of one day, movement by movement (S31, and after): what does not agree becomes a difference, and an exception for staff.
import type { Deps } from '../deps.ts';
import { type ExceptionKind, openException } from '../exceptions/exceptions.ts';
import type { PayPalTransaction } from '../paypal/transactions.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import { MONEY_KINDS, type MoneyKind } from './kinds.ts';
import { type Books, type Ours, ourBooks } from './our-books.ts';

/** PayPal's search may lag up to three hours. */
export const LAG_MS = 4 * 3_600_000;

export interface Difference {
  kind: ExceptionKind;
  /** PayPal's id; of sums that differ, their day and kind. */
  transactionId: string;
  paymentNumber: string | null;
  paypalCents: number | null;
  ourCents: number | null;
}
/** A movement in CAD; the fee as what PayPal kept, positive. */
export type Movement = PayPalTransaction & { kind: MoneyKind; grossCents: number; feeCents: number };

export interface Sums {
  count: number;
  grossCents: number;
  /** What PayPal kept: positive. */
  feeCents: number;
  netCents: number;
}
export interface KindSums {
  kind: MoneyKind;
  /** Of our payments: what no payment of ours knows is apart. */
  paypal: Sums;
  ours: Sums;
  /** What the ledger has of it, signed as money: it knows no fees of PayPal's. */
  ledgerCents: number;
}
export interface Compared {
  kinds: KindSums[];
  ours: Sums;
  /** Payments and what went back on a shared account that no payment of ours knows. */
  notOurs: Sums;
  differences: Difference[];
}

interface Found extends Difference {
  paymentId: string | null;
  /** PayPal may not list it yet: it stands in the report, and alarms nobody. */
  early: boolean;
}

/**
 * The day's sums by kind and its differences, each on staff's list once. `around`: what PayPal has in the hours beside the
 * day, since its instant of a movement is not quite ours.
 */
export async function compare(
  deps: Deps,
  regroupement: Regroupement,
  day: { name: string; from: number; to: number },
  { theirs, around }: Record<'theirs' | 'around', ReadonlyMap<string, Movement>>,
): Promise<Compared> {
  const books = await ourBooks(deps, regroupement.id, day, [...theirs.keys()]);
  const differences: Found[] = [];
  const notOurs: Movement[] = [];
  // Posted to an invoice after a restore, and no payment of ours can hold it.
  const postedOnly: Movement[] = [];
  // Of a payment of ours, and in none of our rows.
  const beyond: Movement[] = [];
  const pairs: { transaction: Movement | null; mine: Ours }[] = [];
  for (const [id, transaction] of theirs) {
    const mine = books.rows.get(id);
    const taken = mine === undefined ? await takenBeyond(deps, regroupement.id, id) : null;
    if (mine !== undefined) pairs.push({ transaction, mine });
    else if (taken !== null) {
      beyond.push(transaction);
      differences.push({
        ...unknown(transaction),
        ...taken,
        kind: 'reversed-beyond',
      });
    } else {
      if (books.ledgerOnly.get(id) === transaction.grossCents) {
        books.ledgerOnly.delete(id);
        postedOnly.push(transaction);
      } else notOurs.push(transaction);
      if (!(await isSettled(deps, regroupement.id, id))) differences.push(unknown(transaction));
    }
  }
  for (const [id, mine] of books.rows) {
    // Close to midnight the two sides may put a movement on two days: then it is reported on PayPal's.
    if (theirs.has(id) || !mine.ofTheDay || around.has(id)) continue;
    pairs.push({ transaction: null, mine });
  }
  for (const pair of pairs) differences.push(...differencesOf(pair, deps.now()));
  for (const [id, cents] of books.ledgerOnly)
    differences.push({
      ...NOTHING,
      kind: cents > 0 ? 'missing-capture' : 'missing-refund',
      transactionId: id,
      ourCents: cents,
    });
  const kinds = MONEY_KINDS.map((kind) => sumsOf(kind, pairs, { postedOnly, beyond }, books));
  for (const one of kinds)
    if (!isEqual(one) && differences.length === 0)
      differences.push({
        ...NOTHING,
        kind: 'sums-differ',
        transactionId: `${day.name}:${one.kind}`,
        paypalCents: one.paypal.grossCents,
        ourCents: one.ours.grossCents === one.paypal.grossCents ? one.ledgerCents : one.ours.grossCents,
      });
  await openExceptions(deps, regroupement, differences);
  return {
    kinds,
    ours: sums([...pairs.map(({ mine }) => mine), ...postedOnly]),
    notOurs: sums(notOurs),
    differences: differences.map(({ paymentId: _, early: __, ...difference }) => difference),
  };
}

/** Whether the three sides of a kind agree to the cent. */
export function isEqual({ paypal, ours, ledgerCents }: KindSums): boolean {
  return (
    paypal.count === ours.count &&
    paypal.grossCents === ours.grossCents &&
    paypal.feeCents === ours.feeCents &&
    paypal.grossCents === ledgerCents
  );
}

/** Sums of a list whose fees are what PayPal kept. */
export function sums(list: readonly { grossCents: number; feeCents: number | null }[]): Sums {
  const grossCents = list.reduce((sum, one) => sum + one.grossCents, 0);
  const feeCents = list.reduce((sum, one) => sum + (one.feeCents ?? 0), 0);
  return { count: list.length, grossCents, feeCents, netCents: grossCents - feeCents };
}

const NOTHING = { paymentNumber: null, paymentId: null, paypalCents: null, ourCents: null, early: false };

function unknown({ id, grossCents }: Movement): Found {
  const kind = grossCents > 0 ? 'unknown-capture' : 'unknown-refund';
  return { ...NOTHING, kind, transactionId: id, paypalCents: grossCents };
}

function differencesOf(
  { transaction, mine }: { transaction: Movement | null; mine: Ours },
  now: number,
): Found[] {
  const about = {
    ...NOTHING,
    transactionId: mine.transactionId,
    paymentNumber: mine.payment.number,
    paymentId: mine.payment.id,
  };
  const ourCents = mine.grossCents;
  const found: Found[] = [];
  if (transaction === null) {
    const kind = ourCents > 0 ? 'missing-capture' : 'missing-refund';
    found.push({ ...about, kind, ourCents, early: mine.at > now - LAG_MS });
  } else if (transaction.grossCents !== ourCents)
    found.push({ ...about, kind: 'amount-differs', paypalCents: transaction.grossCents, ourCents });
  else if (transaction.feeCents !== (mine.feeCents ?? 0))
    found.push({ ...about, kind: 'fee-differs', paypalCents: transaction.feeCents, ourCents: mine.feeCents });
  if (mine.ledgerCents !== ourCents)
    found.push({ ...about, kind: 'amount-differs', paypalCents: ourCents, ourCents: mine.ledgerCents });
  return found;
}

function sumsOf(
  kind: MoneyKind,
  pairs: readonly { transaction: Movement | null; mine: Ours }[],
  { postedOnly, beyond }: Record<'postedOnly' | 'beyond', readonly Movement[]>,
  books: Books,
): KindSums {
  const alone = postedOnly.filter((one) => one.kind === kind);
  const theirs = pairs.flatMap(({ transaction }) => (transaction?.kind === kind ? [transaction] : []));
  const ours = pairs.flatMap(({ mine }) => (mine.kind === kind ? [mine] : []));
  const posted =
    ours.reduce((sum, one) => sum + one.ledgerCents, 0) + alone.reduce((sum, one) => sum + one.grossCents, 0);
  const orphans = [...books.ledgerOnly.values()].filter(
    (cents) => (cents > 0 ? 'capture' : 'refund') === kind,
  );
  return {
    kind,
    paypal: sums([...theirs, ...alone, ...beyond.filter((one) => one.kind === kind)]),
    ours: sums([...ours, ...alone]),
    ledgerCents: posted + orphans.reduce((sum, cents) => sum + cents, 0),
  };
}

// Staff have looked at it and closed it: money of another of their affairs. It stays in the sum of what is not ours.
async function isSettled(deps: Pick<Deps, 'db'>, regroupementId: string, id: string): Promise<boolean> {
  const { rows } = await deps.db.execute(
    `SELECT 1 FROM exceptions WHERE closed_at IS NOT NULL
       AND ((dedupe_key IN (?, ?) AND payment_id IS NULL) OR dedupe_key = ?)`,
    ['unknown-capture', 'unknown-refund', 'reversed-beyond'].map((kind) => `${regroupementId}:${kind}:${id}`),
  );
  return rows.length > 0;
}

// Taken back beyond what was left of a payment of ours (taken-back.ts), and nobody of the staff has dealt with it.
async function takenBeyond(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  id: string,
): Promise<{ paymentId: string; paymentNumber: string } | null> {
  const { rows } = await deps.db.execute<{ paymentId: string; paymentNumber: string }>(
    `SELECT p.id AS paymentId, p.number AS paymentNumber FROM exceptions e JOIN payments p ON p.id = e.payment_id
     WHERE e.dedupe_key = ? AND e.closed_at IS NULL`,
    [`${regroupementId}:reversed-beyond:${id}`],
  );
  return rows[0] ?? null;
}

async function openExceptions(
  deps: Deps,
  regroupement: Regroupement,
  differences: readonly Found[],
): Promise<void> {
  for (const { kind, transactionId, paypalCents, ourCents, paymentId, early } of differences) {
    if (early) continue;
    await deps.db.batch(
      openException(deps, regroupement, {
        kind,
        about: transactionId,
        ...(paymentId === null ? {} : { paymentId }),
        detail: { captureId: transactionId, amountCents: paypalCents ?? ourCents },
      }),
    );
  }
}
