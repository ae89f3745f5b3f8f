// Whether what PayPal lists of a payment's money makes what its record of the capture shows, and what then is to be posted
// (after S31). Pure: our books follow once the two agree, never by a guess.
import type { StoredPayment } from '../../payments/store.ts';
import { type Capture, isHeld, isTakenBack, type Refund } from '../../paypal/wire.ts';
import type { StoredRefund, WentBack } from '../store.ts';
import { type Movement, movementOf, type Reported } from './movements.ts';

/** PayPal's list of movements may lag by three hours. */
export const LISTED_AFTER_MS = 4 * 3_600_000;

/** The rows and sums of our books. */
type Books = Omit<WentBack, 'unchanged'>;

/** What PayPal's record shows, and our books have, before PayPal's list is asked for. */
interface Shown {
  capture: Capture;
  payment: Pick<StoredPayment, 'amountCents'>;
  books: Books;
  /** What the order's record calls refunds, and no row of ours has: what was taken back may stand among them. */
  unrecorded: readonly Refund[];
  reported: Reported | undefined;
}

export interface Facts extends Shown {
  /** PayPal's list; empty where it was not needed, null where it may not be read. */
  listed: readonly Movement[] | null;
  /** A dispute of this payment that ended in the regroupement's favour, and under which nothing came again yet, if known. */
  wonDispute: string | null;
  /** Amounts of disputes won so lately that PayPal's list need not show yet what came again under them. */
  wonLatelyCents: readonly number[];
  now: number;
}

export interface Explanation {
  /** Whether it all adds up. If not, nothing may be posted yet. */
  explained: boolean;
  /** PayPal's record says that money is there again, and its list does not show how: a dispute that was won would explain it. */
  backUnlisted: boolean;
  /** A part of what is away may be there again, and neither PayPal's record nor its list can show that yet. */
  returnAwaited: boolean;
  /** To be posted, in this order. */
  movements: Movement[];
  /** What PayPal took, or gave back, beyond what was left of the payment: for staff, never posted. */
  beyond: Movement[];
  /** Returns that were posted when a dispute was won, whose movement PayPal lists now. */
  named: { returnId: string; transactionId: string; at: number }[];
  /** Reversals that PayPal's record does not bear out: to be undone by new entries (old-reversals.ts). */
  corrected: StoredRefund[];
  /** Reversals that need not be compared again. */
  checked: StoredRefund[];
  /** Whether staff know of the reversal already, under no id of PayPal's. */
  staffKnow: boolean;
}

/** Whether PayPal's list is needed to say what moved. */
export function needsList({ capture, payment, books, unrecorded, reported }: Shown): boolean {
  return (
    unrecorded.length > 0 ||
    books.reversals.some(isUnchecked) ||
    books.returns.some((one) => one.transactionId === null && one.corrects === null) ||
    reported?.kind === 'reversal' ||
    isTakenBack(capture) ||
    books.reversedCents > 0 ||
    !agree(capture, payment, books, [])
  );
}

/** What moved beyond what our books have, and whether that explains PayPal's record of the capture. */
export function explain(facts: Facts): Explanation {
  const { capture, payment, books, listed, wonDispute, now } = facts;
  const unchecked = books.reversals.filter(isUnchecked);
  const confirmed = without(books, unchecked);
  const { all, unexplained } = movementsOf(facts);
  const { named, unknown } = notInBooks(books, all);
  const moved = inOrder(payment, confirmed, unknown);
  const { movements, beyond } = splitBeyond(payment, confirmed, moved, listed ?? [], now);
  const backUnlisted = isBackUnlisted(capture, payment, confirmed, movements);
  if (wonDispute !== null && backUnlisted) {
    const cents = netOf(confirmed, movements).reversed;
    movements.push({ kind: 'return', id: wonDispute, cents, at: now, unlisted: true });
  }
  // An old one that PayPal lists nothing of any more stands, where the record still bears it out.
  const forgotten =
    unchecked.length > 0 &&
    movements.length === 0 &&
    unchecked.every(({ completedAt }) => (completedAt ?? 0) < now - LISTED_AFTER_MS) &&
    agree(capture, payment, books, []);
  // What was taken beyond the payment is in PayPal's record of it too, and in none of our sums.
  const agreed = !unexplained && (beyond.length > 0 || agree(capture, payment, confirmed, movements));
  return {
    explained: forgotten || agreed,
    backUnlisted,
    returnAwaited: isReturnAwaited(books, movements, facts.wonLatelyCents),
    movements,
    beyond,
    named,
    corrected: forgotten ? [] : unchecked,
    checked: unchecked,
    staffKnow: unchecked.some(({ amountCents }) => amountCents === netOf(confirmed, movements).reversed),
  };
}

function isUnchecked({ unchecked }: StoredRefund): boolean {
  return unchecked === 1;
}

// PayPal's list, and what only the order's record shows: as what PayPal reported it, or as the capture's record has it where
// the list may not be read.
function movementsOf({ listed, unrecorded, reported, capture, now }: Facts): {
  all: Movement[];
  unexplained: boolean;
} {
  const all = [...(listed ?? [])];
  let unexplained = false;
  for (const refund of unrecorded) {
    if (all.some(({ id }) => id === refund.id)) continue;
    const byRecord = isTakenBack(capture) ? 'reversal' : 'refund';
    const kind = refund.id === reported?.id ? reported.kind : listed === null ? byRecord : null;
    if (kind === null) unexplained = true;
    else all.push(movementOf(refund, kind, now));
  }
  return { all, unexplained };
}

// Compared with the rows that the sums are of, so that both together are compared with the record: what another process has
// posted since is posted once all the same.
function notInBooks(
  { refunds, reversals, returns }: Books,
  all: readonly Movement[],
): { named: Explanation['named']; unknown: Movement[] } {
  const known = new Set([
    ...[...refunds, ...reversals].map(({ refundId }) => refundId),
    ...returns.map(({ transactionId }) => transactionId),
  ]);
  const unnamed = returns.filter(
    ({ transactionId, corrects }) => transactionId === null && corrects === null,
  );
  const named: Explanation['named'] = [];
  const unknown = all.filter(({ kind, id, cents, at }) => {
    if (known.has(id) || cents === 0) return false;
    // It was posted when the dispute was won; PayPal's list shows the movement now.
    const posted = kind === 'return' ? unnamed.findIndex(({ amountCents }) => amountCents === cents) : -1;
    if (posted < 0) return true;
    for (const { id: returnId } of unnamed.splice(posted, 1)) named.push({ returnId, transactionId: id, at });
    return false;
  });
  return { named, unknown };
}

// PayPal's instants are whole seconds: what moved in the same one, is in the order in which each has room in the payment.
function inOrder(payment: Shown['payment'], books: Books, unknown: readonly Movement[]): Movement[] {
  const ordered: Movement[] = [];
  for (const { at } of unknown) {
    const same = unknown.filter((one) => one.at === at && !ordered.includes(one));
    const { refunds, reversals } = books;
    // What our books have of the same second may have been before these; refunds rather after them; or both after them.
    const laterCents = [
      sumSince(refunds, at + 1) + sumSince(reversals, at + 1),
      sumSince(refunds, at) + sumSince(reversals, at + 1),
      sumSince(refunds, at) + sumSince(reversals, at),
    ];
    const orders = laterCents.map((later) =>
      fittingOrder(
        ordered,
        same,
        (until) => netOf(books, until).reversed >= 0 && exceeds(payment, books, until) <= later,
      ),
    );
    ordered.push(...(orders.find((order) => order !== null) ?? same));
  }
  return ordered;
}

/** So many in one second, and there are hundreds of orders. */
const MOST_AT_ONCE = 6;

function fittingOrder(
  before: readonly Movement[],
  same: readonly Movement[],
  fits: (movements: readonly Movement[]) => boolean,
): Movement[] | null {
  if (same.length === 0) return [];
  if (same.length > MOST_AT_ONCE) return null;
  for (const one of same) {
    const until = [...before, one];
    const rest = fits(until)
      ? fittingOrder(
          until,
          same.filter((other) => other !== one),
          fits,
        )
      : null;
    if (rest !== null) return [one, ...rest];
  }
  return null;
}

// Where all of it together is more than the payment was: what PayPal's list shows as taken beyond what was left, in the order
// in which it was, and as given back of that, is apart.
function splitBeyond(
  payment: Shown['payment'],
  books: Books,
  unknown: readonly Movement[],
  listed: readonly Movement[],
  now: number,
): { movements: Movement[]; beyond: Movement[] } {
  const movements: Movement[] = [];
  const beyond: Movement[] = [];
  if (exceeds(payment, books, unknown) <= 0) return { movements: [...unknown], beyond };
  const isWhole = isListedWhole(books, unknown, now);
  for (const one of unknown) {
    const until = [...movements, one];
    // PayPal's list may not show yet what came again, and made room for a later refund, in the same second even.
    const later = isWhole ? 0 : sumSince(books.refunds, one.at) + sumSince(books.reversals, one.at + 1);
    const takes = one.kind === 'reversal' && exceeds(payment, books, until) > later;
    const gives = one.kind === 'return' && beyond.length > 0 && netOf(books, until).reversed < 0;
    (listed.includes(one) && (takes || gives) ? beyond : movements).push(one);
  }
  return { movements, beyond };
}

// Whether PayPal's list must show by now what came before the last movement we know of.
function isListedWhole(
  { refunds, reversals, returns }: Books,
  unknown: readonly Movement[],
  now: number,
): boolean {
  const ats = [
    ...[...refunds, ...reversals].map(({ completedAt }) => completedAt ?? 0),
    ...returns.map(({ returnedAt }) => returnedAt),
    ...unknown.map(({ at }) => at),
  ];
  return ats.every((at) => at < now - LISTED_AFTER_MS);
}

// By how much more went back than the payment was.
function exceeds(payment: Shown['payment'], books: Books, movements: readonly Movement[]): number {
  const { refunded, reversed } = netOf(books, movements);
  return refunded + reversed - payment.amountCents;
}

function sumSince(rows: readonly StoredRefund[], at: number): number {
  return rows
    .filter((one) => !isUnchecked(one) && (one.completedAt ?? 0) >= at)
    .reduce((sum, { amountCents }) => sum + amountCents, 0);
}

// The books as they are without reversals that no id of PayPal's bears out.
function without(books: Books, unchecked: readonly StoredRefund[]): Books {
  const corrected = new Set(books.returns.map(({ corrects }) => corrects));
  const cents = unchecked
    .filter(({ id }) => !corrected.has(id))
    .reduce((sum, { amountCents }) => sum + amountCents, 0);
  return { ...books, reversedCents: books.reversedCents - cents };
}

function netOf(books: Books, movements: readonly Movement[]): { refunded: number; reversed: number } {
  const all = (kind: Movement['kind']) =>
    movements.filter((one) => one.kind === kind).reduce((sum, one) => sum + one.cents, 0);
  return {
    refunded: books.refundedCents + all('refund'),
    reversed: books.reversedCents + all('reversal') - all('return'),
  };
}

// Whether what moved makes what PayPal's record of the capture shows.
function agree(
  capture: Capture,
  payment: Shown['payment'],
  books: Books,
  movements: readonly Movement[],
): boolean {
  const { refunded, reversed } = netOf(books, movements);
  if (reversed < 0 || refunded + reversed > payment.amountCents) return false;
  const reason = capture.status_details?.reason;
  const other = reason !== undefined && !isTakenBack(capture) && !isHeld(capture);
  if (reversed > 0 && other) return false;
  if (isTakenBack(capture) && reversed === 0) return false;
  // PayPal may count a refund that is still on its way.
  return [0, books.underWayCents].some((more) => {
    const back = refunded + reversed + more;
    if (capture.status === 'COMPLETED') return back === 0;
    if (capture.status === 'PARTIALLY_REFUNDED') return back > 0 && back < payment.amountCents;
    return capture.status !== 'REFUNDED' || back === payment.amountCents;
  });
}

// PayPal's record says that the money is there again, and its list does not show the movement yet.
function isBackUnlisted(
  capture: Capture,
  payment: Shown['payment'],
  books: Books,
  movements: readonly Movement[],
): boolean {
  const { refunded, reversed } = netOf(books, movements);
  if (reversed <= 0 || refunded + reversed > payment.amountCents) return false;
  // One alone: of several, PayPal's list must say in which amounts they came.
  const count = (kind: Movement['kind']) => movements.filter((one) => one.kind === kind).length;
  const corrected = books.returns.filter(({ corrects }) => corrects !== null).length;
  const away = books.reversals.length - corrected + count('reversal');
  const again = books.returns.length - corrected + count('return');
  if (away - again !== 1) return false;
  // Reversals may come again in parts: what is still away must be one of them, whole.
  if (!amountsOf('reversal', books, movements).includes(reversed)) return false;
  if (isTakenBack(capture) || isHeld(capture)) return false;
  return (
    (capture.status === 'COMPLETED' && refunded === 0) ||
    (capture.status === 'PARTIALLY_REFUNDED' && refunded > 0 && refunded < payment.amountCents) ||
    (capture.status === 'REFUNDED' && refunded === payment.amountCents)
  );
}

// A dispute won, over exactly the amount of a reversal that is still away.
function isReturnAwaited(
  books: Books,
  movements: readonly Movement[],
  wonLatelyCents: readonly number[],
): boolean {
  const count = (kind: 'reversal' | 'return', cents: number) =>
    amountsOf(kind, books, movements).filter((one) => one === cents).length;
  return wonLatelyCents.some((cents) => count('reversal', cents) > count('return', cents));
}

function amountsOf(kind: 'reversal' | 'return', books: Books, movements: readonly Movement[]): number[] {
  const rows = kind === 'reversal' ? books.reversals : books.returns;
  return [
    ...rows.map(({ amountCents }) => amountCents),
    ...movements.filter((one) => one.kind === kind).map(({ cents }) => cents),
  ];
}
