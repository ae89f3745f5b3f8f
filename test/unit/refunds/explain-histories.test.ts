// Whatever moved of a payment, and however much of it PayPal's list shows yet: nobody is told of more than was paid, and once the
// list is whole our books are PayPal's.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Capture } from '../../../server/paypal/wire.ts';
import { explain } from '../../../server/refunds/reversals/explain.ts';
import type { Movement } from '../../../server/refunds/reversals/movements.ts';
import type { StoredRefund, StoredReturn } from '../../../server/refunds/store.ts';

const PAID_CENTS = 10_000;
const START = Date.UTC(2026, 5, 1, 12);
const HOUR = 3_600_000;

interface Step {
  kind: Movement['kind'];
  /** How much of what is there, or away. */
  part: number;
  /** Seconds after the one before: PayPal's instants are whole seconds. */
  gap: number;
}
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('reversal', 'return', 'reversal', 'return', 'refund'),
  part: fc.constantFrom(1, 1, 0.6, 0.36),
  gap: fc.constantFrom(0, 0, 1, 7_200),
});

/** What PayPal did, one after the other, each as far as there was room for it. */
function played(steps: readonly Step[]): Movement[] {
  const movements: Movement[] = [];
  let [left, refunded] = [PAID_CENTS, 0];
  let at = START;
  for (const { kind, part, gap } of steps) {
    const cents = Math.round((kind === 'return' ? PAID_CENTS - left - refunded : left) * part);
    if (cents === 0) continue;
    at += gap * 1000;
    left += kind === 'return' ? cents : -cents;
    if (kind === 'refund') refunded += cents;
    movements.push({ kind, id: `M${movements.length}`, cents, at });
  }
  return movements;
}

function recordOf(movements: readonly Movement[]): Capture {
  const sum = (kind: Movement['kind']) =>
    movements.filter((one) => one.kind === kind).reduce((all, { cents }) => all + cents, 0);
  const reversed = sum('reversal') - sum('return');
  const back = sum('refund') + reversed;
  return {
    id: 'CAPTURE1',
    status: back === 0 ? 'COMPLETED' : back < PAID_CENTS ? 'PARTIALLY_REFUNDED' : 'REFUNDED',
    amount: { currency_code: 'CAD', value: '100.00' },
    ...(reversed > 0 ? { status_details: { reason: 'CHARGEBACK' } } : {}),
  };
}

function bookedRefund({ kind, id, cents, at }: Movement): StoredRefund {
  return {
    id: `row-${id}`,
    regroupementId: 'petits-bouleaux',
    paymentId: 'payment',
    amountCents: cents,
    origin: kind === 'refund' ? 'staff' : 'reversal',
    state: 'completed',
    reason: '',
    askedBy: null,
    askedCents: null,
    refundId: id,
    failure: null,
    unchecked: 0,
    paypalFeeCents: null,
    createdAt: at,
    updatedAt: at,
    completedAt: at,
  };
}

function bookedReturn({ id, cents, at }: Movement): StoredReturn {
  return {
    id: `row-${id}`,
    regroupementId: 'petits-bouleaux',
    paymentId: 'payment',
    amountCents: cents,
    source: id,
    transactionId: id,
    corrects: null,
    paypalFeeCents: null,
    returnedAt: at,
  };
}

/** What is explained of it when the list shows so much, in this order, and our books have all refunds and the first `booked`. */
function explained(all: readonly Movement[], listed: readonly Movement[], booked: number, now: number) {
  const known = all.filter(({ kind }, i) => i < booked || kind === 'refund');
  const of = (kind: Movement['kind']) => known.filter((one) => one.kind === kind);
  const sum = (kind: Movement['kind']) => of(kind).reduce((total, { cents }) => total + cents, 0);
  return explain({
    capture: recordOf(all),
    payment: { amountCents: PAID_CENTS },
    books: {
      refunds: of('refund').map(bookedRefund),
      reversals: of('reversal').map(bookedRefund),
      returns: of('return').map(bookedReturn),
      refundedCents: sum('refund'),
      reversedCents: sum('reversal') - sum('return'),
      underWayCents: 0,
    },
    unrecorded: [],
    reported: undefined,
    listed,
    wonDispute: null,
    wonLatelyCents: [],
    now,
  });
}

/** By how much more is away since, but for what the regroupement gave back. */
const awayBy = ({ kind, cents }: Movement) => (kind === 'reversal' ? cents : kind === 'return' ? -cents : 0);

/** In the order of their seconds, and those of one second as it comes. */
const shuffled = (movements: readonly Movement[], keys: readonly number[]) =>
  movements
    .map((one, i) => ({ one, key: keys[i % keys.length] ?? 0 }))
    .toSorted((a, b) => a.one.at - b.one.at || a.key - b.key)
    .map(({ one }) => one);

const history = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 6 }),
  keys: fc.array(fc.nat(9), { minLength: 7, maxLength: 7 }),
  shown: fc.nat(7),
  booked: fc.nat(7),
});

describe('whatever moved of a payment', () => {
  test('and however little of it PayPal’s list shows yet: nobody is told of more than was paid', () => {
    fc.assert(
      fc.property(history, ({ steps, keys, shown, booked }) => {
        const all = played(steps);
        fc.pre(all.length > 0);
        // PayPal's list lags by three hours at most, and shows whole seconds.
        const last = all.at(-1)?.at ?? 0;
        const until = Math.max(all[Math.min(shown, all.length - 1)]?.at ?? 0, last - 3 * HOUR);
        const shows = all.filter(({ at }) => at <= until);
        const now = (all[shows.length]?.at ?? last) + 3 * HOUR;
        const listed = shuffled(shows, keys);
        const first = Math.min(booked, shows.length);
        assert.deepEqual(explained(all, listed, first, now).beyond, []);
      }),
      { numRuns: 3_000 },
    );
  });

  test('once the list is whole, all of it is posted, in an order that PayPal could have taken', () => {
    fc.assert(
      fc.property(history, ({ steps, keys, booked }) => {
        const all = played(steps);
        fc.pre(all.length > 0);
        const first = Math.min(booked, all.length);
        const found = explained(all, shuffled(all, keys), first, (all.at(-1)?.at ?? 0) + 24 * HOUR);
        assert.deepEqual([found.explained, found.beyond], [true, []]);
        const missing = all.filter(({ kind }, i) => i >= first && kind !== 'refund').map(({ id }) => id);
        assert.deepEqual(found.movements.map(({ id }) => id).toSorted(), missing.toSorted());
        let away = all.slice(0, first).reduce((cents, one) => cents + awayBy(one), 0);
        for (const one of found.movements) {
          away += awayBy(one);
          assert.ok(away >= 0 && away <= PAID_CENTS, `${away} away`);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
