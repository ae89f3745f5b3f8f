// Refusals, pending payments, refunds and misbehaviour to order: what our payments must withstand, the stand-in must do
// exactly as told, and its books must say what really happened.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  MERCHANTS,
  makeOrder,
  orderBody,
  payByCard,
  type RunningStandIn,
  startStandIn,
} from '../../support/paypal-stand-in.ts';

const issueOf = (answer: { body: { details?: { issue: string }[] } }) => answer.body.details?.[0]?.issue;

describe('PayPal stand-in', () => {
  let paypal: RunningStandIn;
  before(async () => {
    paypal = await startStandIn();
  });
  after(() => paypal.close());

  const approved = async (invoiceId: string, card?: string) => {
    const id = await makeOrder(paypal, invoiceId);
    await payByCard(paypal, id, card);
    return id;
  };
  const capture = (
    orderId: string,
    requestId: string,
    options: { signal?: AbortSignal; mock?: string } = {},
  ) =>
    paypal.call('capture', `/v2/checkout/orders/${orderId}/capture`, {
      requestId,
      headers: {
        Prefer: 'return=representation',
        ...(options.mock === undefined ? {} : { 'PayPal-Mock-Response': options.mock }),
      },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  const order = (orderId: string) => paypal.call('get', `/v2/checkout/orders/${orderId}`);
  const takenIn = (answer: {
    body: {
      purchase_units: {
        payments: { captures: { id: string; status: string; amount: { value: string } }[] };
      }[];
    };
  }) => {
    const taken = answer.body.purchase_units[0]?.payments.captures[0];
    assert.ok(taken);
    return taken;
  };
  const capturesOf = async (invoiceId: string) =>
    (await paypal.readBooks()).captures.filter((row) => row.invoice_id === invoiceId);
  const control = (path: string, init: RequestInit = { method: 'POST' }) =>
    fetch(`${paypal.url}${path}`, init);

  describe('a refused card', () => {
    test('sends her back to choose another on the same order, which then pays', async () => {
      const id = await approved('CARD-1', '4000 0000 0000 0002');
      const refused = await capture(id, 'cap:CARD-1:1');
      assert.deepEqual([refused.status, issueOf(refused)], [422, 'INSTRUMENT_DECLINED']);
      const waiting = await order(id);
      assert.equal(waiting.body.status, 'PAYER_ACTION_REQUIRED');
      assert.ok(waiting.body.links.some((each: { rel: string }) => each.rel === 'payer-action'));
      assert.equal((await payByCard(paypal, id, '5555 5555 5555 4444')).status, 303);
      // The same id replays the decline; only another one tries again.
      assert.equal(issueOf(await capture(id, 'cap:CARD-1:1')), 'INSTRUMENT_DECLINED');
      assert.equal(takenIn(await capture(id, 'cap:CARD-1:2')).status, 'COMPLETED');
      assert.equal((await capturesOf('CARD-1')).length, 1);
    });

    test('can be ordered as PayPal’s sandbox lets one: with PayPal-Mock-Response', async () => {
      const id = await approved('CARD-2');
      const mock = '{"mock_application_codes":"INSTRUMENT_DECLINED"}';
      assert.equal(issueOf(await capture(id, 'cap:CARD-2', { mock })), 'INSTRUMENT_DECLINED');
    });

    test('or with a fault, with any of PayPal’s issues', async () => {
      const id = await approved('CARD-3');
      for (const issue of [
        'TRANSACTION_REFUSED',
        'PAYER_CANNOT_PAY',
        'MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED',
        'COMPLIANCE_VIOLATION',
        'PAYER_ACCOUNT_RESTRICTED',
        'REDIRECT_PAYER_FOR_ALTERNATE_FUNDING',
      ]) {
        await paypal.fault('capture', { kind: 'decline', issue });
        const refused = await capture(id, `cap:CARD-3:${issue}`);
        assert.deepEqual([refused.status, issueOf(refused)], [422, issue]);
      }
      assert.deepEqual(await capturesOf('CARD-3'), []);
    });
  });

  describe('a pending capture', () => {
    for (const [fate, status] of [
      ['complete', 'COMPLETED'],
      ['deny', 'DECLINED'],
    ] as const) {
      test(`says why it waits, and ends ${status}`, async () => {
        const id = await approved(`PEND-${fate}`, '5105 1051 0510 5100');
        const done = await capture(id, `cap:PEND-${fate}`);
        assert.equal(done.body.status, 'COMPLETED');
        const taken = takenIn(done);
        assert.equal(taken.status, 'PENDING');
        const payment = () => paypal.call('get-capture', `/v2/payments/captures/${taken.id}`);
        assert.equal((await payment()).body.status_details.reason, 'PENDING_REVIEW');
        const refund = await paypal.call('refund', `/v2/payments/captures/${taken.id}/refund`, {
          requestId: `r${fate}`,
        });
        assert.equal(issueOf(refund), 'REFUND_NOT_ALLOWED');
        assert.equal((await control(`/captures/${taken.id}/${fate}`)).status, 200);
        assert.equal((await payment()).body.status, status);
        assert.equal((await control(`/captures/${taken.id}/${fate}`)).status, 404);
        assert.equal((await capturesOf(`PEND-${fate}`))[0]?.status, status);
      });
    }
    test('can be ordered with PayPal’s reason', async () => {
      const id = await approved('PEND-3');
      await paypal.fault('capture', { kind: 'pending', reason: 'ECHECK' });
      const taken = takenIn(await capture(id, 'cap:PEND-3'));
      const payment = await paypal.call('get-capture', `/v2/payments/captures/${taken.id}`);
      assert.deepEqual([payment.body.status, payment.body.status_details.reason], ['PENDING', 'ECHECK']);
    });
  });

  describe('a refund', () => {
    test('in part, then of what is left, then of nothing more', async () => {
      const taken = takenIn(await capture(await approved('REF-1'), 'cap:REF-1'));
      const refund = (requestId: string, body?: unknown) =>
        paypal.call('refund', `/v2/payments/captures/${taken.id}/refund`, {
          requestId,
          headers: { Prefer: 'return=representation' },
          ...(body === undefined ? {} : { body }),
        });
      const cad = (value: string) => ({ amount: { currency_code: 'CAD', value } });
      const status = async () =>
        (await paypal.call('get-capture', `/v2/payments/captures/${taken.id}`)).body.status;

      const part = await refund('ref:1', { ...cad('100.00'), note_to_payer: 'Avenant annulé' });
      assert.deepEqual([part.status, part.body.status, part.body.amount.value], [201, 'COMPLETED', '100.00']);
      assert.equal(await status(), 'PARTIALLY_REFUNDED');
      const again = await refund('ref:1', { ...cad('100.00'), note_to_payer: 'Avenant annulé' });
      assert.deepEqual([again.status, again.body.id], [200, part.body.id]);
      assert.equal(issueOf(await refund('ref:2', cad('205.29'))), 'REFUND_AMOUNT_EXCEEDED');
      assert.equal(issueOf(await refund('ref:3', cad('0.00'))), 'CANNOT_BE_ZERO_OR_NEGATIVE');
      assert.equal(
        issueOf(await refund('ref:4', { amount: { currency_code: 'USD', value: '1.00' } })),
        'REFUND_CAPTURE_CURRENCY_MISMATCH',
      );
      assert.equal(issueOf(await refund('ref:5', { amount: 'all' })), 'INVALID_PARAMETER_SYNTAX');
      assert.equal(issueOf(await refund('ref:5b', '{')), 'INVALID_PARAMETER_SYNTAX');
      assert.equal(issueOf(await refund('ref:6', cad('1,00'))), 'INVALID_PARAMETER_SYNTAX');

      const rest = await refund('ref:7');
      assert.equal(rest.body.amount.value, '205.28');
      assert.equal(rest.body.seller_payable_breakdown.total_refunded_amount.value, '305.28');
      assert.equal(await status(), 'REFUNDED');
      assert.equal(issueOf(await refund('ref:8')), 'CAPTURE_FULLY_REFUNDED');

      const read = await paypal.call('get-refund', `/v2/payments/refunds/${rest.body.id}`);
      assert.equal(read.body.amount.value, '205.28');
      const stranger = { as: MERCHANTS[1] };
      assert.equal(
        (await paypal.call('get-refund', `/v2/payments/refunds/${rest.body.id}`, stranger)).status,
        404,
      );
      assert.equal(
        (await paypal.call('get-capture', `/v2/payments/captures/${taken.id}`, stranger)).status,
        404,
      );
      assert.deepEqual(
        (await paypal.readBooks()).refunds.map(({ capture_id, amount, status: state }) => [
          capture_id,
          amount,
          state,
        ]),
        [
          [taken.id, '100.00', 'COMPLETED'],
          [taken.id, '205.28', 'COMPLETED'],
        ],
      );
    });
  });

  describe('misbehaviour to order', () => {
    test('errors of PayPal’s own, with nothing done, and as often as was asked', async () => {
      const id = await approved('FAULT-1');
      await paypal.fault('capture', { kind: '500' }, 2);
      await paypal.fault('capture', { kind: '503' });
      await paypal.fault('capture', { kind: '429', retryAfter: 7 });
      await paypal.fault('capture', { kind: '401' });
      const statuses = [];
      for (let i = 0; i < 4; i++) {
        const answer = await capture(id, 'cap:FAULT-1');
        statuses.push(answer.status);
        if (answer.status === 429) {
          assert.equal(answer.headers.get('Retry-After'), '7');
          assert.equal(answer.body.name, 'RATE_LIMIT_REACHED');
        }
      }
      assert.deepEqual(statuses, [500, 500, 503, 429]);
      assert.equal((await capture(id, 'cap:FAULT-1')).status, 401);
      assert.deepEqual(await capturesOf('FAULT-1'), []);
      assert.equal((await capture(id, 'cap:FAULT-1')).status, 201);
    });

    for (const [kind, done] of [
      ['timeout-before', 0],
      ['timeout-after', 1],
    ] as const) {
      test(`no answer at all, ${done === 1 ? 'though it captured' : 'and nothing captured'}`, async () => {
        const id = await approved(`FAULT-${kind}`);
        await paypal.fault('capture', { kind });
        await assert.rejects(
          capture(id, `cap:${kind}`, { signal: AbortSignal.timeout(250) }),
          /timeout|abort/i,
        );
        assert.equal((await capturesOf(`FAULT-${kind}`)).length, done);
        const again = await capture(id, `cap:${kind}`);
        assert.equal(again.status, done === 1 ? 200 : 201);
        assert.equal((await capturesOf(`FAULT-${kind}`)).length, 1);
      });
    }

    test('a refusal whose answer is lost', async () => {
      const id = await approved('FAULT-2', '4000 0000 0000 0002');
      await paypal.fault('capture', { kind: 'timeout-after' });
      await assert.rejects(
        capture(id, 'cap:FAULT-2', { signal: AbortSignal.timeout(250) }),
        /timeout|abort/i,
      );
      assert.equal((await order(id)).body.status, 'PAYER_ACTION_REQUIRED');
      assert.equal(issueOf(await capture(id, 'cap:FAULT-2')), 'INSTRUMENT_DECLINED');
    });

    for (const kind of ['reset', 'html']) {
      test(`an answer that is none (${kind}), though it captured`, async () => {
        const id = await approved(`FAULT-${kind}`);
        await paypal.fault('capture', { kind });
        await assert.rejects(capture(id, `cap:${kind}`));
        assert.equal((await capturesOf(`FAULT-${kind}`)).length, 1);
        assert.equal((await capture(id, `cap:${kind}`)).status, 200);
      });
    }

    test('a slow capture goes on when the caller has hung up', async () => {
      const id = await approved('FAULT-3');
      await paypal.fault('capture', { kind: 'slow', ms: 400 });
      await assert.rejects(
        capture(id, 'cap:FAULT-3', { signal: AbortSignal.timeout(150) }),
        /timeout|abort/i,
      );
      let answer = await capture(id, 'cap:FAULT-3');
      assert.equal(answer.status, 409);
      while (answer.status === 409) answer = await capture(id, 'cap:FAULT-3');
      assert.equal(answer.status, 200);
      assert.equal((await capturesOf('FAULT-3')).length, 1);
    });

    test('another amount than was asked, and a number already used', async () => {
      await paypal.fault('capture', { kind: 'wrong-amount', cents: -128 });
      const taken = takenIn(await capture(await approved('FAULT-4'), 'cap:FAULT-4'));
      assert.equal(taken.amount.value, '304.00');
      const id = await approved('FAULT-5');
      await paypal.fault('capture', { kind: 'duplicate-invoice' });
      assert.equal(issueOf(await capture(id, 'cap:FAULT-5')), 'DUPLICATE_INVOICE_ID');
    });

    test('the other operations misbehave too', async () => {
      const id = await approved('FAULT-6');
      await paypal.fault('get', { kind: '503' });
      assert.equal((await order(id)).status, 503);
      await paypal.fault('create', { kind: 'decline', issue: 'TRANSACTION_REFUSED' });
      const body = orderBody('FAULT-7');
      const refused = await paypal.call('create', '/v2/checkout/orders', {
        body,
        requestId: 'order:FAULT-7',
      });
      assert.equal(issueOf(refused), 'TRANSACTION_REFUSED');
      await paypal.fault('token', { kind: '500' });
      await assert.rejects(order(id));
      assert.equal((await order(id)).status, 200);
    });

    test('is listed, forgotten on demand, and refused when it makes no sense', async () => {
      await paypal.fault('capture', { kind: 'decline' });
      assert.deepEqual(await (await control('/faults', {})).json(), {
        capture: [{ kind: 'decline', issue: 'INSTRUMENT_DECLINED' }],
      });
      assert.equal((await control('/faults', { method: 'DELETE' })).status, 204);
      assert.deepEqual(await (await control('/faults', {})).json(), {});
      for (const body of [
        '',
        '{',
        '[]',
        '{"operation":"capture"}',
        '{"operation":"capture","fault":{"kind":"nonsense"}}',
        '{"operation":"get","fault":{"kind":"wrong-amount"}}',
        '{"operation":"capture","fault":{"kind":"500"},"times":0}',
      ]) {
        assert.equal((await control('/faults', { method: 'POST', body })).status, 400, body);
      }
      assert.equal((await control('/orders/NONE/expire')).status, 404);
    });
  });
});
