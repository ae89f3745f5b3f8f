// The stand-in keeps PayPal's promises over HTTP: states, idempotency, errors, books. Without it our own tests prove
// nothing. Each answer is checked against PayPal's published description on arrival (test/support/paypal-stand-in.ts).
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

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const issueOf = (answer: { body: { details?: { issue: string }[] } }) => answer.body.details?.[0]?.issue;

describe('PayPal stand-in', () => {
  let paypal: RunningStandIn;
  before(async () => {
    paypal = await startStandIn();
  });
  after(() => paypal.close());

  const capture = (orderId: string, requestId?: string, headers: Record<string, string> = {}) =>
    paypal.call('capture', `/v2/checkout/orders/${orderId}/capture`, {
      ...(requestId === undefined ? {} : { requestId }),
      headers: { Prefer: 'return=representation', ...headers },
    });
  const order = (orderId: string) => paypal.call('get', `/v2/checkout/orders/${orderId}`);
  const paid = async (invoiceId: string) => {
    const id = await makeOrder(paypal, invoiceId);
    await payByCard(paypal, id);
    return (await capture(id, `cap:${invoiceId}`)).body.purchase_units[0].payments.captures[0];
  };
  const capturesOf = async (invoiceId: string) =>
    (await paypal.readBooks()).captures.filter((row) => row.invoice_id === invoiceId);

  describe('tokens', () => {
    test('a wrong secret, a forged token and an expired one are refused', async () => {
      const wrong = await fetch(`${paypal.url}/v1/oauth2/token`, {
        method: 'POST',
        headers: { Authorization: `Basic ${btoa('bouleaux:wrong')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      });
      assert.equal(wrong.status, 401);
      assert.equal(((await wrong.json()) as { error: string }).error, 'invalid_client');
      const forged = await paypal.call('get', '/v2/checkout/orders/ABC', { token: 'forged' });
      assert.equal(forged.status, 401);
      const token = await paypal.token();
      assert.equal((await paypal.call('get', '/v2/checkout/orders/ABC', { token })).status, 404);
      paypal.wait(9 * HOUR);
      assert.equal((await paypal.call('get', '/v2/checkout/orders/ABC', { token })).status, 401);
    });
  });

  describe('an order', () => {
    test('goes from payer action to approval to capture, and says so at each step', async () => {
      const made = await paypal.call('create', '/v2/checkout/orders', {
        body: orderBody('ORD-1'),
        requestId: 'order:ORD-1',
        headers: { Prefer: 'return=representation' },
      });
      assert.equal(made.status, 200);
      assert.equal(made.body.status, 'PAYER_ACTION_REQUIRED');
      assert.equal(made.body.purchase_units[0].amount.value, '305.28');
      const link = made.body.links.find((each: { rel: string }) => each.rel === 'payer-action');
      assert.equal(link.href, `${paypal.url}/checkoutnow?token=${made.body.id}`);

      const early = await capture(made.body.id, 'early');
      assert.deepEqual([early.status, issueOf(early)], [422, 'ORDER_NOT_APPROVED']);

      const back = await payByCard(paypal, made.body.id);
      assert.equal(back.status, 303);
      assert.equal((await order(made.body.id)).body.status, 'APPROVED');

      const done = await capture(made.body.id, 'cap:ORD-1');
      assert.equal(done.status, 201);
      assert.equal(done.body.status, 'COMPLETED');
      const [taken] = done.body.purchase_units[0].payments.captures;
      assert.equal(taken.status, 'COMPLETED');
      assert.equal(taken.amount.value, '305.28');
      assert.equal(taken.custom_id, 'payment-ORD-1');
      // 2.9 % + 0.30 $
      assert.equal(taken.seller_receivable_breakdown.paypal_fee.value, '9.15');
      assert.equal(taken.seller_receivable_breakdown.net_amount.value, '296.13');

      const again = await capture(made.body.id, 'another id');
      assert.deepEqual([again.status, issueOf(again)], [422, 'ORDER_ALREADY_CAPTURED']);

      const payment = await paypal.call('get-capture', `/v2/payments/captures/${taken.id}`);
      assert.equal(payment.body.supplementary_data.related_ids.order_id, made.body.id);
      assert.deepEqual(
        (await capturesOf('ORD-1')).map(({ id, order_id, amount, currency, status, merchant_id }) => ({
          id,
          order_id,
          amount,
          currency,
          status,
          merchant_id,
        })),
        [
          {
            id: taken.id,
            order_id: made.body.id,
            amount: '305.28',
            currency: 'CAD',
            status: 'COMPLETED',
            merchant_id: 'BBBBBBBBBBBB2',
          },
        ],
      );
    });

    test('without a payment source is CREATED, with an approve link', async () => {
      const { payment_source: _, ...plain } = orderBody('ORD-2');
      const made = await paypal.call('create', '/v2/checkout/orders', { body: plain });
      assert.deepEqual([made.status, made.body.status], [201, 'CREATED']);
      assert.ok(made.body.links.some((each: { rel: string }) => each.rel === 'approve'));
    });

    test('is shown in short unless all of it is asked for', async () => {
      const made = await paypal.call('create', '/v2/checkout/orders', {
        body: orderBody('ORD-3'),
        requestId: 'order:ORD-3',
      });
      assert.equal(made.body.purchase_units, undefined);
      await payByCard(paypal, made.body.id);
      const done = await capture(made.body.id, 'cap:ORD-3', { Prefer: 'return=minimal' });
      assert.equal(done.body.purchase_units[0].amount, undefined);
      assert.equal(done.body.purchase_units[0].payments.captures[0].status, 'COMPLETED');
      assert.equal((await order(made.body.id)).body.purchase_units[0].amount.value, '305.28');
    });

    test('belongs to the merchant who made it', async () => {
      const id = await makeOrder(paypal, 'ORD-4');
      const stranger = await paypal.call('get', `/v2/checkout/orders/${id}`, { as: MERCHANTS[1] });
      assert.equal(stranger.status, 404);
      const foreignPayee = await paypal.call('create', '/v2/checkout/orders', {
        body: orderBody('ORD-5', { payee: { merchant_id: MERCHANTS[1].merchantId } }),
        requestId: 'order:ORD-5',
      });
      assert.equal(foreignPayee.status, 403);
    });

    test('nobody approved, or nobody captured, is gone after three hours', async () => {
      const waiting = await makeOrder(paypal, 'ORD-6');
      const approved = await makeOrder(paypal, 'ORD-7');
      paypal.wait(2 * HOUR);
      await payByCard(paypal, approved);
      paypal.wait(2 * HOUR);
      assert.deepEqual([(await order(waiting)).status, (await order(approved)).status], [404, 200]);
      paypal.wait(2 * HOUR);
      const late = await capture(approved, 'cap:ORD-7');
      assert.deepEqual([late.status, issueOf(late)], [404, 'INVALID_RESOURCE_ID']);
    });

    test('can be ended at once for a test', async () => {
      const id = await makeOrder(paypal, 'ORD-8');
      assert.equal((await fetch(`${paypal.url}/orders/${id}/expire`, { method: 'POST' })).status, 200);
      assert.equal((await order(id)).status, 404);
      assert.equal((await payByCard(paypal, id)).status, 404);
    });
  });

  describe('a request that is wrong', () => {
    const cad = (value: string) => ({ currency_code: 'CAD', value });
    const cases: [string, number, string, Record<string, unknown>][] = [
      [
        'parts that do not add up',
        422,
        'AMOUNT_MISMATCH',
        { items: undefined, amount: { ...cad('10.00'), breakdown: { item_total: cad('9.00') } } },
      ],
      [
        'items that do not add up',
        422,
        'ITEM_TOTAL_MISMATCH',
        { amount: { ...cad('10.00'), breakdown: { item_total: cad('10.00') } } },
      ],
      ['items without a total', 422, 'ITEM_TOTAL_REQUIRED', { amount: cad('305.28') }],
      ['nothing to pay', 422, 'CANNOT_BE_ZERO_OR_NEGATIVE', { items: undefined, amount: cad('0.00') }],
      ['a negative amount', 422, 'CANNOT_BE_NEGATIVE', { items: undefined, amount: cad('-1.00') }],
      ['a third decimal', 422, 'DECIMAL_PRECISION', { items: undefined, amount: cad('1.005') }],
      [
        'an unknown currency',
        422,
        'INVALID_CURRENCY_CODE',
        { items: undefined, amount: { currency_code: 'XXX', value: '1.00' } },
      ],
      [
        'two currencies',
        422,
        'MULTI_CURRENCY_ORDER',
        {
          items: undefined,
          amount: { ...cad('1.00'), breakdown: { item_total: { currency_code: 'USD', value: '1.00' } } },
        },
      ],
      ['an amount with a comma', 400, 'INVALID_PARAMETER_SYNTAX', { amount: cad('305,28') }],
      [
        'an amount that is a number',
        400,
        'INVALID_PARAMETER_SYNTAX',
        { amount: { currency_code: 'CAD', value: 305.28 } },
      ],
      ['no amount', 400, 'MISSING_REQUIRED_PARAMETER', { amount: undefined }],
      ['an identifier too long', 400, 'INVALID_STRING_LENGTH', { custom_id: 'x'.repeat(128) }],
    ];
    for (const [what, status, issue, unit] of cases) {
      test(`${what}: ${issue}`, async () => {
        const answer = await paypal.call('create', '/v2/checkout/orders', {
          body: orderBody('BAD-1', unit),
          requestId: `bad:${what}`,
        });
        assert.deepEqual([answer.status, issueOf(answer)], [status, issue]);
      });
    }

    test('no JSON, no body, no request id, another intent', async () => {
      const create = (options: { body?: unknown; requestId?: string }) =>
        paypal.call('create', '/v2/checkout/orders', options);
      assert.equal(issueOf(await create({ body: '{', requestId: 'a' })), 'MALFORMED_REQUEST_JSON');
      assert.equal(issueOf(await create({ requestId: 'b' })), 'MISSING_REQUIRED_PARAMETER');
      assert.equal(issueOf(await create({ body: 'null', requestId: 'c' })), 'INVALID_PARAMETER_SYNTAX');
      assert.equal(issueOf(await create({ body: orderBody('BAD-2') })), 'PAYPAL_REQUEST_ID_REQUIRED');
      const authorize = { ...orderBody('BAD-2'), intent: 'AUTHORIZE' };
      assert.equal(issueOf(await create({ body: authorize, requestId: 'd' })), 'NOT_SUPPORTED');
    });
  });

  describe('asked twice', () => {
    test('the same request id gives the first answer, and captures once', async () => {
      const [first, second] = [await makeOrder(paypal, 'TWICE-1'), await makeOrder(paypal, 'TWICE-1')];
      assert.equal(first, second);
      await payByCard(paypal, first);
      const done = await capture(first, 'cap:TWICE-1');
      const again = await capture(first, 'cap:TWICE-1');
      assert.deepEqual([done.status, again.status], [201, 200]);
      assert.deepEqual(again.body, done.body);
      assert.equal((await capturesOf('TWICE-1')).length, 1);
    });

    test('at the same time, the second is told to wait', async () => {
      const id = await makeOrder(paypal, 'TWICE-2');
      await payByCard(paypal, id);
      await paypal.fault('capture', { kind: 'slow', ms: 300 });
      const both = await Promise.all([capture(id, 'cap:TWICE-2'), capture(id, 'cap:TWICE-2')]);
      assert.deepEqual(both.map((each) => each.status).sort(), [201, 409]);
      const refused = both.find((each) => each.status === 409);
      assert.equal(refused && issueOf(refused), 'PREVIOUS_REQUEST_IN_PROGRESS');
      assert.equal((await capturesOf('TWICE-2')).length, 1);
    });

    test('with another body under the same request id, it is refused and nothing changes', async () => {
      await makeOrder(paypal, 'TWICE-3');
      const other = await paypal.call('create', '/v2/checkout/orders', {
        body: orderBody('TWICE-4'),
        requestId: 'order:TWICE-3',
      });
      assert.equal(other.status, 400);
      assert.ok(!(await paypal.readBooks()).orders.some((row) => row.invoice_id === 'TWICE-4'));
    });

    test('an order’s request id is forgotten after 6 hours, a refund’s after 45 days', async () => {
      const first = await makeOrder(paypal, 'TWICE-5');
      const taken = await paid('TWICE-6');
      const refund = () =>
        paypal.call('refund', `/v2/payments/captures/${taken.id}/refund`, {
          body: { amount: { currency_code: 'CAD', value: '1.00' } },
          requestId: 'ref:TWICE-6',
        });
      const refunded = await refund();
      paypal.wait(6 * HOUR + 1);
      assert.notEqual(await makeOrder(paypal, 'TWICE-5'), first);
      paypal.wait(44 * DAY);
      assert.equal((await refund()).body.id, refunded.body.id);
      paypal.wait(DAY);
      assert.notEqual((await refund()).body.id, refunded.body.id);
    });

    test('a second payment of the same invoice is refused at its capture', async () => {
      await paid('TWICE-7');
      paypal.wait(6 * HOUR + 1);
      const second = await makeOrder(paypal, 'TWICE-7');
      await payByCard(paypal, second);
      const refused = await capture(second, 'cap:TWICE-7b');
      assert.deepEqual([refused.status, issueOf(refused)], [422, 'DUPLICATE_INVOICE_ID']);
      assert.equal((await capturesOf('TWICE-7')).length, 1);
    });
  });
});
