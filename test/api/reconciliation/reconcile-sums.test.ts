// The day's comparison compares sums, kind by kind: PayPal's, our rows' and the ledger's. A day with every kind of movement
// agrees; broken on purpose, in one way at a time, it does not.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { torontoDay } from '../../../server/ledger/toronto.ts';
import { type DayReport, reconcileDay } from '../../../server/reconciliation/reconcile.ts';
import { addInvoice } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';

const REFUND = 1_000;
const TAKEN = 5_000;
const LOST = 700;
const SECOND = 10_000;

describe('the sums of a day', () => {
  let c: Checkout;
  let id: string;
  let day: string;
  beforeEach(async () => {
    c = await startCheckout();
    id = await regroupementId(c.t);
    day = torontoDay(c.t.clock.now);
    await c.paid();
    const { invoiceId } = await addInvoice(c.t.deps, 'petits-bouleaux', {
      firstName: 'Marie-Ève',
      lastName: 'Tremblay',
      email: 'marie@example.org',
      certificate: 'PB-000002',
      invoice: 'F-2',
      totalCents: SECOND,
    });
    const second = await c.approved(undefined, { invoiceIds: [invoiceId], expectedTotalCents: SECOND });
    await c.confirm(second.id, SECOND);
    await c.webhooks();
    c.standIn.books.refund(first(), REFUND, null);
    const back = c.standIn.books.reverse(first(), { cents: TAKEN });
    assert.ok(back);
    c.standIn.books.giveBack(back);
    c.standIn.books.reverse(first(), { cents: LOST, reason: 'BUYER_COMPLAINT' });
    const [, other] = c.standIn.books.captures.values();
    assert.ok(other);
    c.standIn.books.dispute(other, { hold: true, cents: 2_000 });
    c.standIn.books.payOut(other.order.merchant, 12_345);
    await c.webhooks();
  });
  afterEach(() => c.close());
  const first = () => {
    const [one] = c.standIn.books.captures.values();
    assert.ok(one);
    return one;
  };
  const reconcile = (): Promise<DayReport> => reconcileDay(c.t.deps, c.paypal, id, day);
  const kindsOf = ({ kinds }: DayReport) =>
    Object.fromEntries(
      kinds.map(({ kind, paypal, ours, ledgerCents }) => [
        kind,
        [paypal.grossCents, ours.grossCents, ledgerCents],
      ]),
    );

  test('every kind agrees: PayPal, our rows, the ledger; what is held and paid out has sums of its own', async () => {
    const report = await reconcile();
    assert.deepEqual(report.differences, []);
    assert.equal(report.agrees, true);
    const three = (cents: number) => [cents, cents, cents];
    assert.deepEqual(kindsOf(report), {
      capture: three(TOTAL + SECOND),
      refund: three(-REFUND),
      reversal: three(-TAKEN - LOST),
      return: three(TAKEN),
    });
    assert.deepEqual(report.ours, report.paypal);
    assert.deepEqual(
      report.others.map(({ kind, grossCents }) => [kind, grossCents]),
      [
        ['hold', -2_000],
        ['payout', -12_345],
      ],
    );
    assert.equal(report.notOurs.count, 0);
  });

  test('a shared account: a shop’s sale is a line of its own, and a difference until staff have looked at it', async () => {
    await fetch(`${c.url}/sales`, {
      method: 'POST',
      body: JSON.stringify({ clientId: 'client-petits-bouleaux', cents: 4_200 }),
    });
    const report = await reconcile();
    assert.equal(report.agrees, false);
    assert.equal(report.notOurs.grossCents, 4_200);
    assert.equal(kindsOf(report).capture?.[0], TOTAL + SECOND, 'not among ours');
    assert.equal(report.paypal.grossCents, report.ours.grossCents + report.notOurs.grossCents);
    await c.t.deps.db.execute("UPDATE exceptions SET closed_at = 1 WHERE kind = 'unknown-capture'");
    const looked = await reconcile();
    assert.equal(looked.agrees, true);
    assert.equal(looked.notOurs.grossCents, 4_200, 'it stays in the sum');
  });

  test('a day of before: nothing moved, and all of it agrees', async () => {
    const report = await reconcileDay(c.t.deps, c.paypal, id, '2026-10-01');
    assert.equal(report.agrees, true);
    assert.equal(report.paypal.count + report.ours.count, 0);
  });

  describe('broken on purpose', () => {
    const ledger = (sql: string) => async () => {
      await c.t.deps.db.execute('DROP TRIGGER ledger_no_update');
      await c.t.deps.db.execute('DROP TRIGGER ledger_no_delete');
      await c.t.deps.db.execute(sql);
    };
    const rows = (sql: string) => async () => {
      await c.t.deps.db.execute(sql);
    };
    const books = (change: (books: Checkout['standIn']['books']) => void) => async () =>
      change(c.standIn.books);
    const one = <V>(map: Map<string, V>): V => {
      const [value] = map.values();
      assert.ok(value);
      return value;
    };
    const ways: [string, () => () => Promise<void>][] = [
      ['a capture is not in PayPal’s list', () => books((b) => b.captures.delete(first().id))],
      ['a capture has another amount at PayPal', () => books(() => (first().amountCents += 1))],
      [
        'a capture has another amount in our rows',
        () => rows('UPDATE payments SET amount_cents = amount_cents - 1 WHERE amount_cents = 10000'),
      ],
      ['PayPal kept another fee', () => rows('UPDATE payments SET paypal_fee_cents = paypal_fee_cents + 1')],
      [
        'an entry of the ledger is gone',
        () => ledger("DELETE FROM ledger_rows WHERE source LIKE 'paypal-return:%'"),
      ],
      [
        'an entry of the ledger has another amount',
        () =>
          ledger(
            "UPDATE ledger_rows SET amount_cents = amount_cents + 1 WHERE kind = 'payment' AND amount_cents = -10000",
          ),
      ],
      [
        'the ledger has an entry that no row of ours knows',
        () =>
          rows(`INSERT INTO ledger_entries(id, regroupement_id, invoice_id, kind, amount_cents, source, method, day, occurred_at, posted_at)
                SELECT 'x', regroupement_id, id, 'payment', -1, 'paypal:NOBODYS:' || id, 'paypal', '${day}', ${c.t.clock.now}, 1 FROM invoices LIMIT 1`),
      ],
      ['the refund’s row is gone', () => rows("UPDATE refunds SET state = 'failed' WHERE origin = 'paypal'")],
      [
        'a reversal is not in PayPal’s list',
        () => books((b) => b.reversals.delete([...b.reversals.keys()].at(-1) ?? '')),
      ],
      ['a reversal has another amount at PayPal', () => books((b) => (one(b.reversals).amountCents -= 1))],
      [
        'a reversal is called a refund here',
        () => rows("UPDATE refunds SET origin = 'paypal' WHERE origin = 'reversal' AND amount_cents = 700"),
      ],
      ['a return is not in PayPal’s list', () => books((b) => b.returns.clear())],
      ['a return has another amount at PayPal', () => books((b) => (one(b.returns).amountCents += 1))],
      ['a return is not in our rows', () => rows('DELETE FROM reversal_returns')],
      ['a refund is not in PayPal’s list', () => books((b) => b.refunds.clear())],
      [
        'a reversal is twice at PayPal',
        () =>
          books((b) => b.reversals.set('AGAIN', { ...one(b.reversals), id: 'AGAIN', amountCents: TOTAL })),
      ],
      [
        'a capture stands on another day here',
        () =>
          rows(
            'UPDATE payments SET completed_at = completed_at - 5 * 86400000, capture_id = capture_id || 1 WHERE amount_cents = 10000',
          ),
      ],
      [
        'money came that nobody knows',
        () => async () => {
          await fetch(`${c.url}/sales`, {
            method: 'POST',
            body: JSON.stringify({ clientId: 'client-petits-bouleaux', cents: 1 }),
          });
        },
      ],
      [
        'two errors that cancel each other out',
        () =>
          rows(
            "UPDATE refunds SET amount_cents = amount_cents + CASE amount_cents WHEN 5000 THEN 10 ELSE -10 END WHERE origin = 'reversal'",
          ),
      ],
    ];
    for (const [name, breakIt] of ways)
      test(name, async () => {
        assert.equal((await reconcile()).agrees, true);
        await breakIt()();
        const report = await reconcile();
        assert.equal(report.agrees, false, JSON.stringify(report));
        assert.ok(report.differences.length > 0);
        assert.ok(
          (await c.rows('SELECT 1 FROM exceptions WHERE closed_at IS NULL')).length > 0,
          'staff are told',
        );
      });
  });
});
