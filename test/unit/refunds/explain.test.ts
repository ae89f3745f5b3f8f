// What moved of a payment's money after it came: posted once PayPal's record and its list agree, and never by a guess.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Capture } from '../../../server/paypal/wire.ts';
import { explain, type Facts, needsList } from '../../../server/refunds/reversals/explain.ts';
import type { Movement } from '../../../server/refunds/reversals/movements.ts';
import type { StoredRefund, StoredReturn } from '../../../server/refunds/store.ts';

const NOW = Date.UTC(2026, 5, 1, 12);
const HOUR = 3_600_000;

const capture = (status: Capture['status'], reason?: string): Capture => ({
  id: 'CAPTURE1',
  status,
  amount: { currency_code: 'CAD', value: '100.00' },
  ...(reason === undefined ? {} : { status_details: { reason } }),
});
const row = (
  origin: StoredRefund['origin'],
  cents: number,
  more: Partial<StoredRefund> = {},
): StoredRefund => ({
  id: `row-${cents}`,
  regroupementId: 'petits-bouleaux',
  paymentId: 'payment',
  amountCents: cents,
  origin,
  state: 'completed',
  reason: '',
  askedBy: null,
  askedCents: null,
  refundId: `OLD${cents}`,
  failure: null,
  unchecked: 0,
  paypalFeeCents: null,
  createdAt: NOW - 24 * HOUR,
  updatedAt: NOW - 24 * HOUR,
  completedAt: NOW - 24 * HOUR,
  ...more,
});
const returned = (cents: number, more: Partial<StoredReturn> = {}): StoredReturn => ({
  id: `return-${cents}`,
  regroupementId: 'petits-bouleaux',
  paymentId: 'payment',
  amountCents: cents,
  source: 'PP-D-1',
  transactionId: null,
  corrects: null,
  paypalFeeCents: null,
  returnedAt: NOW - 12 * HOUR,
  ...more,
});
const moved = (kind: Movement['kind'], id: string, cents: number, hoursAgo = 6): Movement => ({
  kind,
  id,
  cents,
  at: NOW - hoursAgo * HOUR,
});

/** A payment of 100 $ of which the books have these rows. */
function facts(
  record: Capture,
  more: Partial<Facts> & {
    reversals?: StoredRefund[];
    refunds?: StoredRefund[];
    returns?: StoredReturn[];
  } = {},
): Facts {
  const { reversals = [], refunds = [], returns = [], ...rest } = more;
  const sum = (list: { amountCents: number }[]) => list.reduce((all, one) => all + one.amountCents, 0);
  return {
    capture: record,
    payment: { amountCents: 10_000 },
    books: {
      refunds,
      reversals,
      returns,
      refundedCents: sum(refunds),
      reversedCents: sum(reversals) - sum(returns),
      underWayCents: 0,
    },
    unrecorded: [],
    reported: undefined,
    listed: [],
    wonDispute: null,
    wonLatelyCents: [],
    now: NOW,
    ...rest,
  };
}

describe('what moved of a payment after it came', () => {
  test('nothing moved: PayPal’s list is not asked for, and nothing is posted', () => {
    const unmoved = facts(capture('COMPLETED'));
    assert.equal(needsList(unmoved), false);
    const { explained, movements, beyond } = explain(unmoved);
    assert.deepEqual({ explained, movements, beyond }, { explained: true, movements: [], beyond: [] });
  });

  test('a part was taken back: posted when the list shows it, waited for until then', () => {
    const record = capture('PARTIALLY_REFUNDED', 'CHARGEBACK');
    assert.equal(needsList(facts(record)), true);
    assert.equal(explain(facts(record)).explained, false);
    const reversal = moved('reversal', 'R1', 4_000);
    const { explained, movements } = explain(facts(record, { listed: [reversal] }));
    assert.equal(explained, true);
    assert.deepEqual(movements, [reversal]);
  });

  test('what the books have is not posted again', () => {
    const record = capture('PARTIALLY_REFUNDED', 'CHARGEBACK');
    const reversals = [row('reversal', 4_000, { refundId: 'R1' })];
    const { explained, movements } = explain(
      facts(record, { reversals, listed: [moved('reversal', 'R1', 4_000)] }),
    );
    assert.deepEqual({ explained, movements }, { explained: true, movements: [] });
  });

  test('the sums must make the record: a list that shows a part only is waited for', () => {
    const record = capture('REFUNDED', 'CHARGEBACK');
    assert.equal(explain(facts(record, { listed: [moved('reversal', 'R1', 4_000)] })).explained, false);
  });

  test('the order shows what looks like a refund: the list says what it is; where it may not be read, the record', () => {
    const refund = {
      id: 'R1',
      status: 'COMPLETED' as const,
      amount: { currency_code: 'CAD', value: '100.00' },
    };
    const record = capture('REFUNDED', 'CHARGEBACK');
    const shown = { unrecorded: [refund] };
    assert.equal(explain(facts(record, shown)).explained, false);
    const kinds = (more: Partial<Facts>) =>
      explain(facts(record, { ...shown, ...more })).movements.map(({ kind }) => kind);
    assert.deepEqual(kinds({ listed: [moved('reversal', 'R1', 10_000)] }), ['reversal']);
    assert.deepEqual(kinds({ listed: null }), ['reversal']);
    assert.deepEqual(kinds({ reported: { kind: 'refund', id: 'R1' } }), ['refund']);
  });

  test('a dispute was won, and the list does not show the return yet: posted under the dispute, once', () => {
    const won = { reversals: [row('reversal', 10_000)], wonDispute: 'PP-D-1' };
    const { explained, movements } = explain(facts(capture('COMPLETED'), won));
    assert.equal(explained, true);
    assert.deepEqual(movements, [{ kind: 'return', id: 'PP-D-1', cents: 10_000, at: NOW, unlisted: true }]);
    const returns = [returned(10_000)];
    const listed = [moved('return', 'T1', 10_000)];
    const later = explain(facts(capture('COMPLETED'), { ...won, wonDispute: null, returns, listed }));
    assert.deepEqual(later.movements, []);
    assert.deepEqual(later.named, [{ returnId: 'return-10000', transactionId: 'T1', at: NOW - 6 * HOUR }]);
  });

  test('a dispute was won, and no one reversal is what is still away: PayPal’s list must say in which amounts it came', () => {
    const reversals = [row('reversal', 5_000), row('reversal', 700)];
    const partly = (cents: number) => {
      const returns = [returned(cents, { source: 'T1', transactionId: 'T1' })];
      return explain(facts(capture('COMPLETED'), { reversals, returns, wonDispute: 'PP-D-2' }));
    };
    const { explained, backUnlisted, movements } = partly(2_000);
    assert.deepEqual(
      { explained, backUnlisted, movements },
      { explained: false, backUnlisted: false, movements: [] },
    );
    assert.deepEqual(
      partly(5_000).movements.map(({ id, cents }) => [id, cents]),
      [['PP-D-2', 700]],
    );
  });

  test('a dispute was won over one of several reversals, and the list does not show the return yet: waited for', () => {
    const record = capture('PARTIALLY_REFUNDED', 'CHARGEBACK');
    const reversals = [row('reversal', 5_000), row('reversal', 700)];
    const awaited = (more: Partial<Facts>) =>
      explain(facts(record, { reversals, wonLatelyCents: [5_000], ...more })).returnAwaited;
    assert.equal(awaited({}), true);
    assert.equal(awaited({ listed: [moved('return', 'T1', 5_000)] }), false);
    assert.equal(awaited({ wonLatelyCents: [] }), false);
  });

  test('more was taken back than was left after a refund: for staff, never posted', () => {
    const refunds = [row('staff', 6_000)];
    const taken = moved('reversal', 'R1', 10_000);
    const more = { refunds, listed: [taken] };
    const { explained, movements, beyond } = explain(facts(capture('REFUNDED', 'CHARGEBACK'), more));
    assert.deepEqual({ explained, movements, beyond }, { explained: true, movements: [], beyond: [taken] });
  });

  test('a reversal from before they had amounts is undone where PayPal’s list shows another sum', () => {
    const reversals = [row('reversal', 10_000, { unchecked: 1 })];
    const listed = [moved('reversal', 'R1', 4_000)];
    const found = explain(facts(capture('PARTIALLY_REFUNDED', 'CHARGEBACK'), { reversals, listed }));
    assert.equal(found.explained, true);
    assert.deepEqual([found.corrected, found.movements], [reversals, listed]);
    const stands = explain(facts(capture('REFUNDED', 'CHARGEBACK'), { reversals }));
    assert.deepEqual([stands.explained, stands.corrected, stands.checked], [true, [], reversals]);
  });
});
