// Money that a bank or PayPal takes back has an amount, may be held first, and may come again: what is owed, the state, her
// history, the staff's list and PayPal's day, to the cent after each step.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Capture } from '../../../demo/paypal/books.ts';
import type { Db } from '../../../server/db/db.ts';
import type { Deps } from '../../../server/deps.ts';
import { torontoDay } from '../../../server/ledger/toronto.ts';
import type { Payment } from '../../../server/payments/schemas.ts';
import { readPayment } from '../../../server/payments/store.ts';
import { sweepPayments } from '../../../server/payments/sweep.ts';
import { reconcileDay } from '../../../server/reconciliation/reconcile.ts';
import { checkReversals } from '../../../server/refunds/check-reversals.ts';
import { followDisputes } from '../../../server/refunds/disputes.ts';
import { followPayment } from '../../../server/refunds/follow-payment.ts';
import { checkOldReversals } from '../../../server/refunds/old-reversals.ts';
import { leftToRefund } from '../../../server/refunds/refunds.ts';
import { recordReversal } from '../../../server/refunds/reversals/record-reversal.ts';
import { regroupementBySlug } from '../../../server/regroupements/regroupements.ts';
import { createKey } from '../../../server/staff/api-keys.ts';
import { PUBLIC_URL } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { CARD, type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';
import { until } from '../../support/demo.ts';
import { justBefore } from '../../support/just-before.ts';

const FEE = 500;

describe('money taken back after it came', () => {
  let c: Checkout;
  let payment: Payment;
  let capture: Capture;
  let id: string;
  const pay = async (settings: { onlineFee?: object } = {}) => {
    c = await startCheckout(settings);
    id = await regroupementId(c.t);
    payment = await c.paid(settings.onlineFee === undefined ? {} : { expectedTotalCents: TOTAL + FEE });
    await c.webhooks();
    const [only] = c.standIn.books.captures.values();
    assert.ok(only);
    capture = only;
  };
  beforeEach(() => pay());
  afterEach(() => c.close());

  /** What she sees of it, and what must be true of the books at every step. */
  const seen = async () => {
    const { agrees, differences } = await reconcileDay(c.t.deps, c.paypal, id, torontoDay(c.t.clock.now));
    assert.deepEqual(differences, []);
    assert.equal(agrees, true, 'PayPal, our rows and the ledger');
    const [kept] = await c.rows<{ cents: number }>(
      "SELECT -SUM(amount_cents) AS cents FROM ledger_entries WHERE kind IN ('payment', 'refund') AND method = 'paypal'",
    );
    const all = [...c.standIn.books.captures.values()];
    const atPayPal = all.reduce((sum, one) => sum + one.amountCents - c.standIn.books.backCents(one), 0);
    assert.equal(kept?.cents, atPayPal, 'ledger and PayPal');
    const now = await c.look(payment.id);
    return { owed: await c.owed(), state: now.state, history: now.takenBack.map((one) => one.amountCents) };
  };
  const exceptions = async () =>
    (
      await c.rows<{ kind: string; detail: string; closed: number; note: string | null }>(
        'SELECT kind, detail, closed_at IS NOT NULL AS closed, note FROM exceptions ORDER BY opened_at, rowid',
      )
    ).map((one) => ({ ...one, detail: JSON.parse(one.detail) }));
  const reverse = async (cents?: number, reason: 'CHARGEBACK' | 'BUYER_COMPLAINT' = 'BUYER_COMPLAINT') => {
    const reversal = c.standIn.books.reverse(capture, { reason, ...(cents === undefined ? {} : { cents }) });
    assert.ok(reversal);
    await c.webhooks();
    return reversal;
  };
  const staff = async (method: string, path: string, body?: object) => {
    const { secret } = await createKey(c.t.deps, id, {
      name: 'comptable',
      scopes: ['read', 'refund'],
      lifeMs: 86_400_000,
      by: 'cli:test',
    });
    const answer = await c.t.app.request(`${PUBLIC_URL}/v1/backoffice/petits-bouleaux${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${secret}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': `refund-${++keys}-of-the-test`,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return {
      status: answer.status,
      body: (await answer.json()) as Record<string, unknown> & { type?: string },
    };
  };
  let keys = 0;
  const refund = (body: object = {}) =>
    staff('POST', `/payments/${payment.number}/refunds`, { reason: 'x', ...body });

  test('50,00 $ of 296,13 $: 50,00 $ is owed, under PayPal’s own id', async () => {
    const reversal = await reverse(5_000);
    assert.equal(capture.status, 'PARTIALLY_REFUNDED');
    assert.deepEqual(await seen(), { owed: 5_000, state: 'partly-reversed', history: [-5_000] });
    assert.deepEqual(await c.rows("SELECT refund_id AS id FROM refunds WHERE origin = 'reversal'"), [
      { id: reversal.id },
    ]);
    const [told] = await exceptions();
    assert.equal(told?.kind, 'reversed');
    assert.equal(told?.detail.amountCents, 5_000);
    assert.equal((await c.rows('SELECT 1 FROM refund_receipts')).length, 0, 'nobody refunded her');
  });

  test('a second one, of another amount, and one of the remainder', async () => {
    await reverse(5_000);
    await reverse(1_234, 'CHARGEBACK');
    assert.deepEqual(await seen(), { owed: 6_234, state: 'partly-reversed', history: [-5_000, -1_234] });
    await reverse();
    assert.deepEqual(await seen(), {
      owed: TOTAL,
      state: 'reversed',
      history: [-5_000, -1_234, -(TOTAL - 6_234)],
    });
    await c.booksAgree(1);
  });

  test('« Confirmer » that PayPal keeps waiting, looked at meanwhile: being checked, not « not done yet »', async () => {
    await reverse(5_000);
    const rest = await c.approved(CARD, { expectedTotalCents: 5_000 });
    c.fault('get-capture', { kind: 'slow', ms: 1_500 });
    const confirming = c.confirm(rest.id, 5_000);
    await until('PayPal to be asked', async () => Object.keys(c.standIn.faults.list()).length === 0);
    // Her page lost the connection, and asks what became of it.
    assert.equal((await c.look(rest.id)).state, 'capturing');
    assert.equal((await confirming).body.payment.state, 'completed');
    assert.equal((await c.look(rest.id)).state, 'completed');
    assert.equal(await c.owed(), 0);
  });

  test('told twice, told late, told as a capture or not at all: once', async () => {
    c.standIn.faults.addToWebhooks({ kind: 'repeat', times: 3 }, 1);
    await reverse(5_000);
    c.t.clock.advance(60_000);
    await c.webhooks();
    assert.equal(await c.owed(), 5_000);
    c.standIn.faults.addToWebhooks({ kind: 'lose' }, 5);
    await reverse(700);
    assert.equal(await c.owed(), 5_000);
    c.standIn.books.tell({ type: 'PAYMENT.CAPTURE.REVERSED', capture });
    c.standIn.faults.clear();
    c.standIn.books.tell({ type: 'PAYMENT.CAPTURE.REVERSED', capture });
    await c.webhooks();
    assert.deepEqual(await seen(), { owed: 5_700, state: 'partly-reversed', history: [-5_000, -700] });
    c.standIn.faults.addToWebhooks({ kind: 'lose' }, 5);
    await reverse(300);
    assert.equal((await seen()).owed, 6_000, 'the day’s comparison takes it in');
  });

  test('after a refund in part, and a refund after it', async () => {
    assert.equal((await refund({ amountCents: 10_000 })).status, 201);
    await reverse(5_000);
    assert.deepEqual(await seen(), { owed: 15_000, state: 'partly-reversed', history: [-5_000] });
    assert.equal(await leftToRefund(c.t.deps, await readPayment(c.t.deps, payment.id)), TOTAL - 15_000);
    assert.match((await refund({ amountCents: TOTAL - 14_999 })).body.type ?? '', /refund-too-large/);
    assert.equal((await refund({ amountCents: 1 })).status, 201);
    assert.equal((await seen()).owed, 15_001);
    await reverse();
    assert.equal((await seen()).state, 'reversed');
    assert.equal(await c.owed(), TOTAL);
  });

  test('a refund on PayPal’s site and a reversal, neither told: each is what it is', async () => {
    c.standIn.faults.addToWebhooks({ kind: 'lose' }, 10);
    c.standIn.books.refund(capture, 2_000, null);
    await reverse(3_000);
    assert.deepEqual(await seen(), { owed: 5_000, state: 'partly-reversed', history: [-3_000] });
    assert.equal((await c.rows('SELECT 1 FROM refund_receipts')).length, 1, 'a receipt for the refund alone');
  });

  test('a hold takes nothing: nothing is owed, the money is marked disputed, staff know; lifted, all is as it was', async () => {
    const dispute = c.standIn.books.dispute(capture, { hold: true });
    assert.deepEqual([capture.status, capture.reason], ['PENDING', 'BUYER_COMPLAINT']);
    await c.webhooks();
    assert.deepEqual(await seen(), { owed: 0, state: 'disputed', history: [] });
    assert.deepEqual((await exceptions()).map(({ kind, closed }) => [kind, closed]).sort(), [
      ['dispute', 0],
      ['held', 0],
    ]);
    assert.equal((await c.start()).status, 409, 'it is paid: she cannot pay it again');
    c.standIn.books.resolve(dispute, 'RESOLVED_SELLER_FAVOUR');
    await c.webhooks();
    assert.deepEqual(await seen(), { owed: 0, state: 'completed', history: [] });
    assert.deepEqual((await exceptions()).map(({ closed, note }) => [closed, note]).sort(), [
      [1, 'RELEASED'],
      [1, 'RESOLVED_SELLER_FAVOUR'],
    ]);
  });

  describe('held before we ever saw it complete', () => {
    // She confirmed, the answer was lost, and her complaint was faster than our next look.
    const lost = async () => {
      await c.close();
      c = await startCheckout();
      id = await regroupementId(c.t);
      payment = await c.approved();
      c.standIn.faults.addToWebhooks({ kind: 'lose' }, 50);
      c.fault('capture', { kind: 'reset' }, 9);
      c.fault('get', { kind: '503' }, 9);
      assert.equal((await c.confirm(payment.id)).body.payment.state, 'unknown');
      const [only] = c.standIn.books.captures.values();
      assert.ok(only);
      capture = only;
      return c.standIn.books.dispute(capture, { hold: true });
    };
    const look = async () => {
      c.standIn.faults.clear();
      c.t.clock.advance(120_000);
      await sweepPayments(c.t.deps, c.paypal, checkReversals);
      await c.look(payment.id);
    };

    test('has been paid all the same: nothing is owed, it is marked disputed, her receipt is there, staff know', async () => {
      await lost();
      await look();
      assert.deepEqual(await seen(), { owed: 0, state: 'disputed', history: [] });
      assert.equal((await c.start()).status, 409, 'she cannot pay it again');
      assert.equal((await c.rows('SELECT 1 FROM receipts')).length, 1);
      assert.deepEqual(
        (await exceptions()).map(({ kind }) => kind),
        ['held'],
      );
      assert.match((await refund({ amountCents: 100 })).body.type ?? '', /payment-disputed/);
    });

    test('and what becomes of it: won, or lost in part', async () => {
      for (const [outcome, expected] of [
        ['RESOLVED_SELLER_FAVOUR', { owed: 0, state: 'completed', history: [] }],
        ['RESOLVED_BUYER_FAVOUR', { owed: TOTAL, state: 'reversed', history: [-TOTAL] }],
      ] as const) {
        const dispute = await lost();
        await look();
        c.standIn.books.resolve(dispute, outcome);
        await c.webhooks();
        assert.deepEqual(await seen(), expected);
      }
    });

    test('as the very answer to « Confirmer »', async () => {
      await c.close();
      c = await startCheckout();
      id = await regroupementId(c.t);
      payment = await c.approved();
      c.fault('capture', { kind: 'pending', reason: 'BUYER_COMPLAINT' });
      assert.equal((await c.confirm(payment.id)).body.payment.state, 'disputed');
      assert.deepEqual(await seen(), { owed: 0, state: 'disputed', history: [] });
      assert.equal((await c.rows('SELECT 1 FROM invoice_holds')).length, 0);
    });

    test('one that was being reviewed, and is disputed then, has come too', async () => {
      await c.close();
      c = await startCheckout();
      id = await regroupementId(c.t);
      payment = await c.approved('5105 1051 0510 5100');
      const before = (await c.confirm(payment.id)).body.payment.state;
      const [only] = c.standIn.books.captures.values();
      assert.ok(only);
      assert.equal(before, 'pending', only.status);
      only.reason = 'BUYER_COMPLAINT';
      await look();
      assert.equal((await c.look(payment.id)).state, 'disputed');
      assert.equal(await c.owed(), 0);
    });

    test('that PayPal calls denied in the end: staff are told that the money is not there', async () => {
      await lost();
      await look();
      capture.status = 'DECLINED';
      capture.reason = null;
      c.t.clock.advance(25 * 3_600_000);
      await followDisputes(c.t.deps, c.paypal);
      const told = (await exceptions()).filter(({ kind }) => kind === 'missing-capture');
      assert.deepEqual(
        told.map(({ closed, detail }) => [closed, detail.amountCents]),
        [[0, TOTAL]],
      );
    });
  });

  test('the end of a dispute and of its hold that nobody told us of: found within a day', async () => {
    const dispute = c.standIn.books.dispute(capture, { hold: true });
    await c.webhooks();
    c.standIn.faults.addToWebhooks({ kind: 'lose' }, 5);
    c.standIn.books.resolve(dispute, 'RESOLVED_SELLER_FAVOUR');
    c.t.clock.advance(25 * 3_600_000);
    await followDisputes(c.t.deps, c.paypal);
    assert.equal(
      (await c.rows("SELECT 1 FROM payments WHERE state = 'completed' AND held_at IS NULL")).length,
      1,
    );
    assert.equal((await refund({ amountCents: 100 })).status, 201);
  });

  test('a hold that ends in a reversal, of the part that was disputed', async () => {
    const dispute = c.standIn.books.dispute(capture, { hold: true, cents: 5_000 });
    await c.webhooks();
    assert.deepEqual(await seen(), { owed: 0, state: 'disputed', history: [] });
    c.standIn.books.resolve(dispute, 'RESOLVED_BUYER_FAVOUR');
    await c.webhooks();
    assert.deepEqual(await seen(), { owed: 5_000, state: 'partly-reversed', history: [-5_000] });
  });

  test('a hold after a refund in part, lifted: refunded in part, as before', async () => {
    await refund({ amountCents: 10_000 });
    const dispute = c.standIn.books.dispute(capture, { hold: true });
    await c.webhooks();
    assert.deepEqual(await seen(), { owed: 10_000, state: 'disputed', history: [] });
    c.standIn.books.resolve(dispute, 'CANCELED_BY_BUYER');
    await c.webhooks();
    assert.deepEqual(await seen(), { owed: 10_000, state: 'partly-refunded', history: [] });
  });

  test('a dispute won brings the money back: nothing is owed, her history says both, and another reversal is another', async () => {
    const dispute = c.standIn.books.dispute(capture);
    await reverse(5_000);
    assert.equal((await seen()).owed, 5_000);
    c.standIn.books.resolve(dispute, 'RESOLVED_SELLER_FAVOUR');
    assert.equal(capture.status, 'COMPLETED');
    await c.webhooks();
    assert.deepEqual(await seen(), { owed: 0, state: 'completed', history: [-5_000, 5_000] });
    const [movement] = c.standIn.books.returns.values();
    assert.deepEqual(await c.rows('SELECT transaction_id AS id FROM reversal_returns'), [
      { id: movement?.id },
    ]);
    const told = await exceptions();
    assert.deepEqual(told.map(({ kind, closed }) => [kind, closed]).sort(), [
      ['dispute', 1],
      ['returned', 0],
      ['reversed', 1],
    ]);
    assert.equal(told.find(({ kind }) => kind === 'returned')?.detail.creditCents, 0);
    await reverse(5_000, 'CHARGEBACK');
    assert.deepEqual(await seen(), {
      owed: 5_000,
      state: 'partly-reversed',
      history: [-5_000, 5_000, -5_000],
    });
    await reverse();
    assert.equal((await seen()).owed, TOTAL);
  });

  test('a chargeback of all, lifted without a dispute and without a word: the day’s comparison brings it back', async () => {
    const reversal = await reverse(undefined, 'CHARGEBACK');
    assert.deepEqual(await seen(), { owed: TOTAL, state: 'reversed', history: [-TOTAL] });
    c.standIn.faults.addToWebhooks({ kind: 'lose' }, 5);
    c.standIn.books.giveBack(reversal);
    assert.deepEqual(await seen(), { owed: 0, state: 'completed', history: [-TOTAL, TOTAL] });
  });

  test('one of two reversals given back', async () => {
    await refund({ amountCents: 100 });
    const first = await reverse(5_000);
    await reverse(700);
    c.standIn.books.giveBack(first);
    c.standIn.books.tell({ type: 'PAYMENT.CAPTURE.COMPLETED', capture });
    await c.webhooks();
    assert.deepEqual(await seen(), { owed: 800, state: 'partly-reversed', history: [-5_000, -700, 5_000] });
  });

  test('PayPal’s list lags by hours: the dispute won counts at once, and is one movement once it is listed', async () => {
    const dispute = c.standIn.books.dispute(capture);
    await reverse(5_000);
    c.standIn.books.resolve(dispute, 'RESOLVED_SELLER_FAVOUR');
    const [movement] = c.standIn.books.returns.values();
    assert.ok(movement);
    c.standIn.books.returns.delete(movement.id);
    await c.webhooks();
    assert.equal(await c.owed(), 0);
    assert.equal((await c.look(payment.id)).state, 'completed');
    c.standIn.books.returns.set(movement.id, movement);
    assert.deepEqual(await seen(), { owed: 0, state: 'completed', history: [-5_000, 5_000] });
    assert.deepEqual(await c.rows('SELECT source, transaction_id AS id FROM reversal_returns'), [
      { source: dispute.id, id: movement.id },
    ]);
  });

  test('won late in the evening, told after midnight and listed later still: it is a movement of PayPal’s day', async () => {
    const dispute = c.standIn.books.dispute(capture);
    await reverse(5_000);
    c.t.clock.now = Date.parse('2026-11-25T03:30:00Z');
    c.standIn.books.resolve(dispute, 'RESOLVED_SELLER_FAVOUR');
    const [movement] = c.standIn.books.returns.values();
    assert.ok(movement);
    c.standIn.books.returns.delete(movement.id);
    c.t.clock.advance(2 * 3_600_000);
    await c.webhooks();
    assert.equal(await c.owed(), 0);
    c.standIn.books.returns.set(movement.id, movement);
    for (const day of ['2026-11-24', '2026-11-25']) {
      const { agrees, differences } = await reconcileDay(c.t.deps, c.paypal, id, day);
      assert.deepEqual([day, agrees, differences], [day, true, []]);
    }
  });

  test('what PayPal tells and its record does not bear out is not posted', async () => {
    await reverse(5_000);
    capture.status = 'REFUNDED';
    c.standIn.books.tell({ type: 'PAYMENT.CAPTURE.REVERSED', capture });
    await c.webhooks();
    assert.equal(await c.owed(), 5_000);
    const [waiting] = await c.rows<{ last_error: string }>(
      "SELECT last_error FROM webhook_events WHERE state = 'waiting'",
    );
    assert.match(waiting?.last_error ?? '', /NOT_EXPLAINED_YET/);
  });

  test('the online fee goes back last and comes again first', async () => {
    await c.close();
    await pay({ onlineFee: { kind: 'fixed', cents: FEE } });
    await reverse(TOTAL + 200);
    assert.deepEqual(await seen(), { owed: TOTAL, state: 'partly-reversed', history: [-(TOTAL + 200)] });
    const [reversal] = c.standIn.books.reversals.values();
    assert.ok(reversal);
    await reverse();
    assert.equal((await seen()).state, 'reversed');
    c.standIn.books.giveBack(reversal);
    await seen();
    assert.equal(await c.owed(), 300, 'what is still away is of the invoice');
    assert.equal((await c.look(payment.id)).state, 'partly-reversed');
  });

  describe('a chargeback of money that was refunded before', () => {
    const beyond = async (cents: number) => {
      assert.equal((await refund(cents === TOTAL ? {} : { amountCents: cents })).status, 201);
      await c.webhooks();
      c.t.clock.advance(1_000);
      // PayPal's own check is passed by: the bank takes it all the same.
      const reversal = {
        id: 'BANK0TAKES0MORE00',
        capture,
        amountCents: TOTAL,
        createdAt: c.t.clock.now,
        reason: 'CHARGEBACK' as const,
      };
      c.standIn.books.reversals.set(reversal.id, reversal);
      capture.reason = 'CHARGEBACK';
      capture.status = 'REFUNDED';
      c.standIn.books.tell({ type: 'PAYMENT.CAPTURE.REVERSED', reversal });
      await c.webhooks();
      return reversal;
    };
    for (const cents of [TOTAL, 10_000])
      test(`${cents} refunded, all taken back: staff are told at once what it is; the day disagrees; nothing is owed by a guess`, async () => {
        await beyond(cents);
        assert.equal(await c.owed(), cents);
        const told = (await exceptions()).filter(({ closed }) => closed === 0);
        assert.deepEqual(
          told.map(({ kind, detail }) => [kind, detail.amountCents]),
          [['reversed-beyond', TOTAL]],
        );
        assert.equal((await c.rows("SELECT 1 FROM webhook_events WHERE state <> 'done'")).length, 0);
        const day = () => reconcileDay(c.t.deps, c.paypal, id, torontoDay(c.t.clock.now));
        const { agrees, differences, kinds, notOurs } = await day();
        assert.equal(agrees, false);
        assert.deepEqual(
          differences.map(({ kind, paymentNumber, paypalCents }) => [kind, paymentNumber, paypalCents]),
          [['reversed-beyond', payment.number, -TOTAL]],
        );
        assert.equal(notOurs.count, 0, 'it is of our payment');
        const reversals = kinds.find(({ kind }) => kind === 'reversal');
        assert.deepEqual([reversals?.paypal.grossCents, reversals?.ours.grossCents], [-TOTAL, 0]);
        assert.equal((await exceptions()).filter(({ closed }) => closed === 0).length, 1, 'told once');
        const list = (await staff('GET', '/exceptions')).body.exceptions as unknown as {
          id: string;
          message: Record<string, string>;
        }[];
        assert.match(list[0]?.message['en-CA'] ?? '', /more .* than was left/);
        assert.equal(
          (await c.start(c.marie, { expectedTotalCents: cents })).status,
          201,
          'she may pay what she owes',
        );
      });

    test('given back: both are posted, and the word to staff ends by itself', async () => {
      const reversal = await beyond(TOTAL);
      c.standIn.books.giveBack(reversal);
      c.standIn.books.tell({ type: 'PAYMENT.CAPTURE.REVERSED', reversal });
      await c.webhooks();
      assert.equal(await c.owed(), TOTAL);
      const told = (await exceptions()).filter(({ kind }) => kind === 'reversed-beyond');
      assert.deepEqual(
        told.map(({ closed, note }) => [closed, note]),
        [[1, 'POSTED']],
      );
      assert.deepEqual(await seen(), { owed: TOTAL, state: 'refunded', history: [-TOTAL, TOTAL] });
    });

    test('that fits once an earlier one has come again: then it is posted', async () => {
      const earlier = await reverse(5_000);
      c.t.clock.advance(1_000);
      const second = {
        ...earlier,
        id: 'BANK0TAKES0MORE00',
        amountCents: TOTAL - 1_000,
        createdAt: c.t.clock.now,
      };
      c.standIn.books.reversals.set(second.id, second);
      c.standIn.books.tell({ type: 'PAYMENT.CAPTURE.REVERSED', reversal: second });
      await c.webhooks();
      assert.equal(await c.owed(), 5_000);
      c.t.clock.advance(1_000);
      c.standIn.books.giveBack(earlier);
      c.standIn.books.tell({ type: 'PAYMENT.CAPTURE.REVERSED', reversal: second });
      await c.webhooks();
      c.standIn.books.tell({ type: 'PAYMENT.CAPTURE.REVERSED', reversal: second });
      await c.webhooks();
      assert.equal((await seen()).owed, TOTAL - 1_000);
      const told = (await exceptions()).filter(({ kind }) => kind === 'reversed-beyond');
      assert.deepEqual(
        told.map(({ closed, note }) => [closed, note]),
        [[1, 'POSTED']],
      );
    });
  });

  test('taken back and given back before anyone told us: both stand in her history and in the day', async () => {
    c.standIn.faults.addToWebhooks({ kind: 'lose' }, 20);
    const reversal = await reverse(5_000);
    c.standIn.books.giveBack(reversal);
    assert.equal(capture.status, 'COMPLETED');
    assert.deepEqual(await seen(), { owed: 0, state: 'completed', history: [-5_000, 5_000] });
  });

  test('taken back, given back, then refunded, and none of it told: each is what it is', async () => {
    c.standIn.faults.addToWebhooks({ kind: 'lose' }, 20);
    const reversal = await reverse(5_000);
    c.t.clock.advance(1_000);
    c.standIn.books.giveBack(reversal);
    c.t.clock.advance(1_000);
    c.standIn.books.refund(capture, null, null);
    assert.deepEqual(await seen(), { owed: TOTAL, state: 'refunded', history: [-5_000, 5_000] });
    assert.equal((await exceptions()).filter(({ kind }) => kind === 'reversed-beyond').length, 0);
  });

  test('given back and taken back anew in one second, and what came again last is not listed yet: nobody is told of more than was paid', async () => {
    const first = await reverse();
    c.standIn.faults.addToWebhooks({ kind: 'lose' }, 20);
    const again = (reversal: Parameters<typeof c.standIn.books.giveBack>[0] | undefined) => {
      assert.ok(reversal);
      return c.standIn.books.giveBack(reversal);
    };
    c.t.clock.advance(1_000);
    again(first);
    again(c.standIn.books.reverse(capture));
    const part = c.standIn.books.reverse(capture, { cents: 5_000 });
    c.t.clock.advance(1_000);
    again(part);
    const last = c.standIn.books.reverse(capture);
    c.t.clock.advance(1_000);
    const back = again(last);
    assert.ok(back);
    c.standIn.books.refund(capture, 700, null);
    c.standIn.books.returns.delete(back.id);
    c.standIn.faults.clear();
    assert.ok(part);
    c.standIn.books.tell({ type: 'PAYMENT.CAPTURE.REVERSED', reversal: part });
    await c.webhooks();
    assert.deepEqual(
      (await exceptions()).map(({ kind }) => kind),
      ['reversed'],
    );
    c.standIn.books.returns.set(back.id, back);
    const { owed, state, history } = await seen();
    assert.deepEqual([owed, state], [700, 'partly-refunded']);
    assert.equal(
      history.reduce((sum, cents) => sum + cents, 0),
      0,
    );
    assert.equal((await exceptions()).filter(({ kind }) => kind === 'reversed-beyond').length, 0);
  });

  test('the same while PayPal’s list shows the reversal and not yet the return: nobody is told of more than was paid', async () => {
    c.standIn.faults.addToWebhooks({ kind: 'lose' }, 20);
    const reversal = await reverse(5_000);
    c.t.clock.advance(1_000);
    const back = c.standIn.books.giveBack(reversal);
    assert.ok(back);
    c.t.clock.advance(1_000);
    assert.equal((await refund()).status, 201);
    c.standIn.books.returns.delete(back.id);
    c.standIn.faults.clear();
    c.standIn.books.tell({ type: 'PAYMENT.CAPTURE.REVERSED', reversal });
    await c.webhooks();
    assert.deepEqual(await exceptions(), []);
    c.standIn.books.returns.set(back.id, back);
    assert.deepEqual(await seen(), { owed: TOTAL, state: 'refunded', history: [-5_000, 5_000] });
    assert.equal((await exceptions()).filter(({ kind }) => kind === 'reversed-beyond').length, 0);
  });

  test('the return is told before the reversal, and both twice', async () => {
    c.standIn.faults.addToWebhooks({ kind: 'delay', ms: 120_000 }, 1);
    const reversal = await reverse(5_000);
    c.standIn.faults.addToWebhooks({ kind: 'repeat', times: 2 }, 1);
    c.standIn.books.giveBack(reversal);
    await c.webhooks();
    c.t.clock.advance(130_000);
    await c.webhooks();
    assert.equal((await c.rows("SELECT 1 FROM webhook_events WHERE state <> 'done'")).length, 0);
    assert.deepEqual(await seen(), { owed: 0, state: 'completed', history: [-5_000, 5_000] });
  });

  // The webhook's process and the sweeper's, at each statement of the slower one.
  describe('another process takes it in first, at whatever moment', () => {
    const follow = (deps: Deps) => followPayment(deps, c.paypal, payment.id);
    const slowedAt = (moment: number) => {
      let statements = 0;
      const before = async <T>(work: () => Promise<T>): Promise<T> => {
        if (++statements === moment) await follow(c.t.deps);
        return work();
      };
      const { db } = c.t.deps;
      const slow: Db = {
        execute: (sql, args) => before(() => db.execute(sql, args)),
        batch: (list, options) => before(() => db.batch(list, options)),
        close: () => undefined,
      };
      return { deps: { ...c.t.deps, db: slow }, ended: () => statements < moment };
    };
    const atEachMoment = async (happen: () => unknown, expected: object) => {
      for (let moment = 1; ; moment++) {
        c.standIn.faults.addToWebhooks({ kind: 'lose' }, 10);
        await happen();
        const { deps, ended } = slowedAt(moment);
        await follow(deps);
        assert.deepEqual(await seen(), expected, `moment ${moment}`);
        if (ended()) {
          assert.ok(moment > 15, `${moment} moments`);
          return;
        }
        await c.close();
        await pay();
      }
    };

    test('what is taken back, and refunded on PayPal’s site, is posted once, and the slower one goes on', () =>
      atEachMoment(
        () => {
          c.standIn.books.refund(capture, 10, null);
          c.standIn.books.reverse(capture, { cents: 100, reason: 'BUYER_COMPLAINT' });
        },
        { owed: 110, state: 'partly-reversed', history: [-100] },
      ));

    test('what comes again too', () =>
      atEachMoment(
        async () => {
          const reversal = c.standIn.books.reverse(capture, { cents: 100 });
          assert.ok(reversal);
          await follow(c.t.deps);
          assert.equal(await c.owed(), 100);
          c.standIn.books.giveBack(reversal);
        },
        { owed: 0, state: 'completed', history: [-100, 100] },
      ));
  });

  test('a refund in part, the remainder taken back, and given back', async () => {
    await refund({ amountCents: 10_000 });
    const reversal = await reverse();
    assert.deepEqual(await seen(), { owed: TOTAL, state: 'reversed', history: [-(TOTAL - 10_000)] });
    c.standIn.faults.addToWebhooks({ kind: 'lose' }, 5);
    c.standIn.books.giveBack(reversal);
    assert.deepEqual(await seen(), {
      owed: 10_000,
      state: 'partly-refunded',
      history: [-(TOTAL - 10_000), TOTAL - 10_000],
    });
  });

  test('two disputes, each lost first and won later: each time back and forth, once', async () => {
    const history: number[] = [];
    for (const cents of [5_000, 5_000]) {
      const dispute = c.standIn.books.dispute(capture, { cents });
      await reverse(cents);
      history.push(-cents);
      assert.deepEqual(await seen(), { owed: cents, state: 'partly-reversed', history });
      c.standIn.books.resolve(dispute, 'RESOLVED_SELLER_FAVOUR');
      await c.webhooks();
      c.standIn.books.tell({ type: 'CUSTOMER.DISPUTE.RESOLVED', dispute });
      await c.webhooks();
      history.push(cents);
      assert.deepEqual(await seen(), { owed: 0, state: 'completed', history });
    }
  });

  test('a state that the rows do not bear out, as after a repair by hand: the look ends all the same', async () => {
    await c.rows("UPDATE payments SET state = 'refunded'");
    assert.equal((await followPayment(c.t.deps, c.paypal, payment.id)).state, 'refunded');
  });

  test('what PayPal says in another currency is never taken for Canadian dollars', async () => {
    capture.order.unit.amount.currency_code = 'USD';
    await reverse(5_000);
    c.t.clock.advance(60_000);
    await c.webhooks();
    assert.equal(await c.owed(), 0);
    c.standIn.books.refund(capture, 700, null);
    await c.webhooks();
    assert.equal(await c.owed(), 0);
    assert.equal((await c.rows('SELECT 1 FROM refund_receipts')).length, 0);
    const report = await reconcileDay(c.t.deps, c.paypal, id, torontoDay(c.t.clock.now));
    assert.equal(report.agrees, false);
  });

  describe('paid again while it was away', () => {
    const payAgain = async (cents: number) => {
      const { body } = await c.start(c.marie, { expectedTotalCents: cents });
      await c.approve(body.approveUrl);
      return body.payment;
    };

    test('then the dispute is won: the return is posted, and staff are told of the credit', async () => {
      const dispute = c.standIn.books.dispute(capture);
      await reverse(5_000);
      const second = await payAgain(5_000);
      assert.equal((await c.confirm(second.id, 5_000)).body.payment.state, 'completed');
      await c.webhooks();
      assert.equal(await c.owed(), 0);
      c.standIn.books.resolve(dispute, 'RESOLVED_SELLER_FAVOUR');
      await c.webhooks();
      assert.deepEqual(await seen(), { owed: -5_000, state: 'completed', history: [-5_000, 5_000] });
      const told = (await exceptions()).find(({ kind }) => kind === 'returned');
      assert.deepEqual([told?.detail.amountCents, told?.detail.creditCents, told?.closed], [5_000, 5_000, 0]);
    });

    test('the same while PayPal still looks at the second payment: whether there is a credit is not known', async () => {
      const dispute = c.standIn.books.dispute(capture);
      await reverse(5_000);
      const second = await payAgain(5_000);
      c.fault('capture', { kind: 'pending', reason: 'PENDING_REVIEW' });
      assert.equal((await c.confirm(second.id, 5_000)).body.payment.state, 'pending');
      await c.webhooks();
      c.standIn.books.resolve(dispute, 'RESOLVED_SELLER_FAVOUR');
      await c.webhooks();
      assert.equal(await c.owed(), 0);
      const told = (await exceptions()).find(({ kind }) => kind === 'returned');
      assert.deepEqual([told?.detail.amountCents, told?.detail.creditCents], [5_000, null]);
      const [, pending] = c.standIn.books.captures.values();
      assert.ok(pending);
      c.standIn.books.resolvePending(pending.id, true);
      await c.webhooks();
      assert.deepEqual(await seen(), { owed: -5_000, state: 'completed', history: [-5_000, 5_000] });
    });

    test('« Confirmer » of an order agreed to before the dispute was won, and nobody told us: nothing is taken', async () => {
      const dispute = c.standIn.books.dispute(capture);
      await reverse(5_000);
      const second = await payAgain(5_000);
      c.standIn.faults.addToWebhooks({ kind: 'lose' }, 10);
      c.standIn.books.resolve(dispute, 'RESOLVED_SELLER_FAVOUR');
      const { status } = await c.confirm(second.id, 5_000);
      assert.equal(status, 409);
      assert.equal(c.standIn.books.captures.size, 1);
      c.t.clock.advance(25 * 3_600_000);
      assert.equal(await c.owed(), 0);
      await followDisputes(c.t.deps, c.paypal);
      assert.equal((await readPayment(c.t.deps, payment.id)).state, 'completed');
    });

    test('PayPal takes so long to say what was taken back that it comes again meanwhile: nothing is taken', async () => {
      const reversal = await reverse();
      const again = await c.approved();
      const { fetch } = c.t.deps;
      c.t.deps.fetch = async (...call) => {
        const answer = await fetch(...call);
        if (String(call[0]).includes('/v1/reporting/transactions')) {
          c.t.clock.advance(121_000);
          c.standIn.books.giveBack(reversal);
        }
        return answer;
      };
      const { status, body } = await c.confirm(again.id);
      c.t.deps.fetch = fetch;
      assert.deepEqual([status, body.type], [503, '/problems/paypal-unavailable']);
      assert.equal(c.captures().length, 1);
      const { body: second } = await c.confirm(again.id);
      assert.equal(second.type, '/problems/already-paid');
      assert.equal(c.captures().length, 1);
    });

    test('the same while PayPal’s record says so and its list does not yet: nothing is taken', async () => {
      const reversal = await reverse(5_000);
      const second = await payAgain(5_000);
      c.standIn.faults.addToWebhooks({ kind: 'lose' }, 10);
      const back = c.standIn.books.giveBack(reversal);
      assert.ok(back);
      c.standIn.books.returns.delete(back.id);
      const { status, body } = await c.confirm(second.id, 5_000);
      assert.equal(status, 409);
      assert.match(body.type ?? '', /payment-in-progress/);
      assert.equal(c.standIn.books.captures.size, 1);
    });

    for (const [what, cents] of [
      ['all', undefined],
      ['a part', 5_000],
    ] as const)
      test(`${what} came again, then PayPal holds it for a dispute, which hides that from its record: nothing is taken`, async () => {
        const reversal = await reverse(cents);
        const second = await payAgain(cents ?? TOTAL);
        c.standIn.faults.addToWebhooks({ kind: 'lose' }, 10);
        const back = c.standIn.books.giveBack(reversal);
        assert.ok(back);
        const dispute = c.standIn.books.dispute(capture, { hold: true });
        c.standIn.books.returns.delete(back.id);
        const { status, body } = await c.confirm(second.id, cents ?? TOTAL);
        assert.equal(status, 409);
        assert.match(body.type ?? '', /payment-in-progress/);
        assert.equal(c.standIn.books.captures.size, 1);
        c.standIn.books.returns.set(back.id, back);
        c.standIn.books.resolve(dispute, 'RESOLVED_SELLER_FAVOUR');
        assert.match((await c.confirm(second.id, cents ?? TOTAL)).body.type ?? '', /already-paid/);
        assert.equal(c.standIn.books.captures.size, 1);
      });

    test('another process is writing down what was taken back and came again, and has half of it: nothing is taken', async () => {
      const first = await reverse();
      const second = await payAgain(TOTAL);
      c.standIn.books.giveBack(first);
      await c.webhooks();
      c.standIn.faults.addToWebhooks({ kind: 'lose' }, 10);
      const again = c.standIn.books.reverse(capture);
      assert.ok(again);
      c.standIn.books.giveBack(again);
      const regroupement = await regroupementBySlug(c.t.deps, 'petits-bouleaux');
      const half = { kind: 'reversal', id: again.id, cents: TOTAL, at: c.t.clock.now } as const;
      const { status } = await justBefore(
        c.t,
        /AS moved/,
        async () =>
          recordReversal(c.t.deps, regroupement, await readPayment(c.t.deps, payment.id), half, false),
        () => c.confirm(second.id),
      );
      assert.equal(status, 409);
      assert.equal(c.standIn.books.captures.size, 1);
      await followPayment(c.t.deps, c.paypal, payment.id);
      const { body } = await c.confirm(second.id);
      assert.match(body.type ?? '', /already-paid/);
      assert.equal(c.standIn.books.captures.size, 1);
    });

    test('the same where PayPal has not answered « Confirmer » and is about to be asked again: nothing is taken', async () => {
      const first = await reverse();
      const second = await payAgain(TOTAL);
      await c.webhooks();
      c.fault('capture', { kind: '503' }, 3);
      assert.equal((await c.confirm(second.id)).body.payment.state, 'unknown');
      c.standIn.faults.clear();
      c.standIn.books.giveBack(first);
      await c.webhooks();
      assert.equal((await readPayment(c.t.deps, payment.id)).state, 'completed');
      c.standIn.faults.addToWebhooks({ kind: 'lose' }, 10);
      const again = c.standIn.books.reverse(capture);
      assert.ok(again);
      c.standIn.books.giveBack(again);
      const regroupement = await regroupementBySlug(c.t.deps, 'petits-bouleaux');
      const half = { kind: 'reversal', id: again.id, cents: TOTAL, at: c.t.clock.now } as const;
      const { state } = await justBefore(
        c.t,
        /AS moved/,
        async () =>
          recordReversal(c.t.deps, regroupement, await readPayment(c.t.deps, payment.id), half, false),
        () => c.look(second.id),
      );
      assert.equal(state, 'unknown');
      assert.equal(c.standIn.books.captures.size, 1);
    });

    test('the same of one of two that were taken back: nothing is taken until PayPal’s list must show it', async () => {
      await reverse(700, 'CHARGEBACK');
      c.t.clock.advance(1_000);
      const dispute = c.standIn.books.dispute(capture, { cents: 5_000 });
      await reverse(5_000);
      const second = await payAgain(5_700);
      c.standIn.books.resolve(dispute, 'RESOLVED_SELLER_FAVOUR');
      const [movement] = c.standIn.books.returns.values();
      assert.ok(movement);
      c.standIn.books.returns.delete(movement.id);
      await c.webhooks();
      const { status, body } = await c.confirm(second.id, 5_700);
      assert.equal(status, 409);
      assert.match(body.type ?? '', /payment-in-progress/);
      assert.equal(c.standIn.books.captures.size, 1);
      c.standIn.books.returns.set(movement.id, movement);
      c.t.clock.advance(3 * 60_000);
      await c.webhooks();
      assert.deepEqual(await seen(), {
        owed: 700,
        state: 'partly-reversed',
        history: [-700, -5_000, 5_000],
      });
    });
  });

  describe('a refund of a payment in dispute', () => {
    test('is refused with the reason, held or not, and possible again once it is over', async () => {
      for (const hold of [false, true]) {
        const dispute = c.standIn.books.dispute(capture, { hold });
        await c.webhooks();
        assert.equal((await c.look(payment.id)).state, 'disputed');
        const { status, body } = await refund({ amountCents: 100 });
        assert.equal(status, 409);
        assert.match(body.type ?? '', /payment-disputed/);
        c.standIn.books.resolve(dispute, 'RESOLVED_SELLER_FAVOUR');
        await c.webhooks();
      }
      assert.equal(c.standIn.books.refunds.size, 0);
      assert.equal((await refund({ amountCents: 100 })).status, 201);
      assert.equal((await seen()).owed, 100);
    });

    test('all reversed: no refund can follow', async () => {
      await reverse();
      assert.match((await refund()).body.type ?? '', /payment-state/);
    });
  });

  test('staff see what went back, what came again, and the dispute’s end', async () => {
    const dispute = c.standIn.books.dispute(capture, { cents: 5_000 });
    await reverse(5_000);
    c.standIn.books.resolve(dispute, 'RESOLVED_SELLER_FAVOUR');
    await c.webhooks();
    const { payments } = (await staff('GET', '/payments')).body;
    const [one] = payments as unknown as {
      state: string;
      refundedCents: number;
      takenBackCents: number;
      givenBackCents: number;
      refunds: { origin: string; amountCents: number }[];
      returns: { amountCents: number }[];
      disputes: { id: string; amountCents: number; outcome: string }[];
    }[];
    assert.equal(one?.state, 'completed');
    assert.deepEqual([one?.refundedCents, one?.takenBackCents, one?.givenBackCents], [0, 5_000, 5_000]);
    assert.deepEqual(
      one?.refunds.map(({ origin, amountCents }) => [origin, amountCents]),
      [['reversal', 5_000]],
    );
    assert.deepEqual(
      one?.returns.map(({ amountCents }) => amountCents),
      [5_000],
    );
    assert.deepEqual(
      one?.disputes.map((d) => [d.id, d.amountCents, d.outcome]),
      [[dispute.id, 5_000, 'RESOLVED_SELLER_FAVOUR']],
    );
  });

  test('her annual summary: each step on its day, the tax with it, and the year’s total', async () => {
    const dispute = c.standIn.books.dispute(capture);
    await reverse(5_000);
    const summary = async () => {
      const { years } = (await (await c.marie.call('GET', '/payments')).json()) as {
        years: { htmlUrl: string }[];
      };
      return (await c.t.app.request(years[0]?.htmlUrl ?? '')).text();
    };
    assert.match(
      await summary(),
      /repris par la banque ou par PayPal, facture <[^>]*>F-1<[^$]*-50,00\u00a0\$/,
    );
    assert.match(await summary(), /Total payé en 2026[^$]*>246,13\u00a0\$/);
    c.standIn.books.resolve(dispute, 'RESOLVED_SELLER_FAVOUR');
    await c.webhooks();
    assert.match(
      await summary(),
      /rendu par la banque ou par PayPal, facture <[^>]*>F-1<[^$]*>50,00\u00a0\$/,
    );
    assert.match(await summary(), /Total payé en 2026[^$]*>296,13\u00a0\$/);
  });

  describe('reversals of before they had amounts', () => {
    // As it was written down: all that was left, under no id of PayPal's.
    const oldReversal = async (
      cents: number,
      reason: 'CHARGEBACK' | 'BUYER_COMPLAINT' = 'BUYER_COMPLAINT',
    ) => {
      c.standIn.faults.addToWebhooks({ kind: 'lose' }, 5);
      c.standIn.books.reverse(capture, { cents, reason });
      const at = c.t.clock.now;
      await c.t.deps.db.batch([
        {
          sql: `INSERT INTO refunds(id, regroupement_id, payment_id, amount_cents, origin, state, refund_id, unchecked, created_at, updated_at, completed_at)
                VALUES ('old', ?1, ?2, ?3, 'reversal', 'completed', ?4, 1, ?5, ?5, ?5)`,
          args: [id, payment.id, TOTAL, `REVERSAL-${capture.id}`, at],
        },
        {
          sql: `INSERT INTO ledger_entries(id, regroupement_id, invoice_id, kind, amount_cents, source, payment_id, method, day, occurred_at, posted_at)
                VALUES ('old', ?1, ?2, 'refund', ?3, ?4, ?5, 'paypal', ?6, ?7, ?7)`,
          args: [
            id,
            c.invoiceId,
            TOTAL,
            `paypal-refund:REVERSAL-${capture.id}:${c.invoiceId}`,
            payment.id,
            torontoDay(at),
            at,
          ],
        },
        { sql: "UPDATE payments SET state = 'reversed' WHERE id = ?", args: [payment.id] },
      ]);
      assert.equal(await c.owed(), TOTAL);
    };

    test('of a part: corrected by new entries, and nothing of what was posted changes', async () => {
      await oldReversal(5_000);
      const before = await c.rows('SELECT * FROM ledger_entries ORDER BY rowid');
      c.fault('get-capture', { kind: '503' }, 30);
      await checkOldReversals(c.t.deps, c.paypal);
      assert.equal(await c.owed(), TOTAL, 'PayPal is away: as it was');
      c.standIn.faults.clear();
      await checkOldReversals(c.t.deps, c.paypal);
      assert.deepEqual(await seen(), { owed: 5_000, state: 'partly-reversed', history: [-5_000] });
      assert.deepEqual(
        (await c.rows('SELECT * FROM ledger_entries ORDER BY rowid')).slice(0, before.length),
        before,
      );
      const after = await c.rows('SELECT * FROM ledger_entries');
      assert.equal(await checkOldReversals(c.t.deps, c.paypal), 0, 'once');
      assert.equal((await c.rows('SELECT * FROM ledger_entries')).length, after.length);
    });

    test('of all: owed as before, now under PayPal’s id, and nobody is told anew', async () => {
      await oldReversal(TOTAL, 'CHARGEBACK');
      await checkOldReversals(c.t.deps, c.paypal);
      assert.deepEqual(await seen(), { owed: TOTAL, state: 'reversed', history: [-TOTAL] });
      assert.deepEqual(await exceptions(), []);
    });

    test('given back since: nothing is owed', async () => {
      await oldReversal(TOTAL, 'CHARGEBACK');
      const [reversal] = c.standIn.books.reversals.values();
      assert.ok(reversal);
      c.standIn.books.giveBack(reversal);
      await checkOldReversals(c.t.deps, c.paypal);
      assert.deepEqual(await seen(), { owed: 0, state: 'completed', history: [-TOTAL, TOTAL] });
    });

    test('a process that dies between the entries: the next round goes on', async () => {
      await oldReversal(5_000);
      const { db } = c.t.deps;
      for (let dies = 1; dies < 12; dies++) {
        let writes = 0;
        const mortal = {
          ...c.t.deps,
          db: {
            execute: db.execute.bind(db),
            batch: (statements: Parameters<typeof db.batch>[0]) => {
              if (++writes === dies) throw new TypeError('the process is gone');
              return db.batch(statements);
            },
            close: () => undefined,
          },
        };
        await checkOldReversals(mortal as typeof c.t.deps, c.paypal);
      }
      await checkOldReversals(c.t.deps, c.paypal);
      assert.deepEqual(await seen(), { owed: 5_000, state: 'partly-reversed', history: [-5_000] });
    });

    test('of which PayPal’s list has nothing any more, and its record still bears it out: it stands', async () => {
      await oldReversal(TOTAL, 'CHARGEBACK');
      c.standIn.books.reversals.clear();
      c.t.clock.advance(5 * 3_600_000);
      await checkOldReversals(c.t.deps, c.paypal);
      assert.equal(await c.owed(), TOTAL);
      assert.equal(await checkOldReversals(c.t.deps, c.paypal), 0);
    });
  });
});
