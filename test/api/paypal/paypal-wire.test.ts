// Every word between our server and PayPal, in whole lives of payments, is one that PayPal describes: what we ask, what
// the stand-in answers, and its webhooks with what they carry.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { torontoDay } from '../../../server/ledger/toronto.ts';
import { readPayment } from '../../../server/payments/store.ts';
import { reconcileDay } from '../../../server/reconciliation/reconcile.ts';
import { refundPayment } from '../../../server/refunds/refunds.ts';
import { regroupementId } from '../../support/books.ts';
import { startCheckout } from '../../support/checkout.ts';
import { assertMatchesPayPal, type PayPalOperation } from '../../support/paypal-spec/validate.ts';

const ROUTES: readonly [RegExp, PayPalOperation][] = [
  [/^POST \/v2\/checkout\/orders$/, 'create'],
  [/^GET \/v2\/checkout\/orders\/\w+$/, 'get'],
  [/^POST \/v2\/checkout\/orders\/\w+\/capture$/, 'capture'],
  [/^GET \/v2\/payments\/captures\/\w+$/, 'get-capture'],
  [/^POST \/v2\/payments\/captures\/\w+\/refund$/, 'refund'],
  [/^GET \/v2\/payments\/refunds\/\w+$/, 'get-refund'],
  [/^GET \/v1\/reporting\/transactions/, 'transactions'],
  [/^GET \/v1\/customer\/disputes\/[\w-]+$/, 'get-dispute'],
  [/^POST \/v1\/notifications\/verify-webhook-signature$/, 'verify-webhook'],
];
/** What the resource of an event is, in the words of the API that shows it. */
const RESOURCES: Readonly<Record<string, PayPalOperation>> = {
  'checkout-order': 'get',
  capture: 'get-capture',
  refund: 'get-refund',
  dispute: 'get-dispute',
};

test('paid, refunded in part and in full, reversed, disputed, reconciled: all in PayPal’s words', async () => {
  const c = await startCheckout({ onlineFee: { kind: 'fixed', cents: 250 } });
  const seen = new Set<string>();
  // The server takes an error of its way to PayPal for bad weather: what is not PayPal's word is kept and told here.
  const wrong: unknown[] = [];
  const check = (...given: Parameters<typeof assertMatchesPayPal>) => {
    try {
      assertMatchesPayPal(...given);
    } catch (error) {
      wrong.push(error);
    }
  };
  const { fetch } = c.t.deps;
  c.t.deps.fetch = async (input, init) => {
    const path = String(input).slice(c.url.length);
    const operation = ROUTES.find(([route]) => route.test(`${init?.method ?? 'GET'} ${path}`))?.[1];
    if (operation !== undefined && init?.body !== undefined)
      check(operation, 'request', null, JSON.parse(String(init.body)));
    const answer = await fetch(input, init);
    if (operation === undefined) {
      assert.match(
        path,
        /^\/v1\/(oauth2\/token|notifications\/certs\/)/,
        'a route that PayPal does not describe',
      );
      return answer;
    }
    const text = await answer.text();
    check(operation, 'response', answer.status, JSON.parse(text));
    seen.add(operation);
    return new Response(text, { status: answer.status, headers: answer.headers });
  };
  try {
    const total = 29_613 + 250;
    const payment = await c.paid({ expectedTotalCents: total });
    assert.equal(payment.state, 'completed');
    const staff = async (cents: number | null, key: string) =>
      refundPayment(c.t.deps, c.paypal, await readPayment(c.t.deps, payment.id), {
        cents,
        reason: 'x',
        askedBy: 'cli:test',
        idempotencyKey: key,
      });
    await staff(5_000, 'a-part-of-it');
    await staff(null, 'and-the-rest');
    const again = await c.paid({ expectedTotalCents: total });
    assert.equal(again.state, 'completed');
    const capture = [...c.standIn.books.captures.values()].at(-1);
    assert.ok(capture);
    c.standIn.books.refund(capture, 1_000, null);
    c.standIn.books.resolve(c.standIn.books.dispute(capture), 'RESOLVED_BUYER_FAVOUR');
    c.standIn.books.reverse(capture);
    for (let n = 0; n < 3; n++) {
      await c.webhooks();
      c.t.clock.advance(60_000);
    }
    // A certificate that cannot be had: PayPal is asked about the signature.
    const sound = c.t.deps.fetch;
    c.t.deps.fetch = (input, init) =>
      String(input).includes('/certs/') ? Promise.reject(new TypeError('away')) : sound(input, init);
    c.t.clock.advance(20 * 3_600_000);
    c.standIn.books.sale(capture.order.merchant, 100, {});
    assert.equal(await c.webhooks(), 1, 'PayPal says that it is its own');
    c.t.deps.fetch = sound;
    const report = await reconcileDay(
      c.t.deps,
      c.paypal,
      await regroupementId(c.t),
      torontoDay(Date.parse(payment.createdAt)),
    );
    assert.deepEqual(report.differences, []);
    for (const { event } of c.standIn.deliveries.events) {
      assertMatchesPayPal('get-event', 'response', 200, event);
      const resource = RESOURCES[String(event.resource_type)];
      assert.ok(resource, `${event.event_type} carries ${event.resource_type}`);
      assertMatchesPayPal(resource, 'response', 200, event.resource);
      seen.add(event.event_type);
    }
    assert.deepEqual([...seen].sort(), [
      'CHECKOUT.ORDER.APPROVED',
      'CUSTOMER.DISPUTE.CREATED',
      'CUSTOMER.DISPUTE.RESOLVED',
      'PAYMENT.CAPTURE.COMPLETED',
      'PAYMENT.CAPTURE.REFUNDED',
      'PAYMENT.CAPTURE.REVERSED',
      'capture',
      'create',
      'get',
      'get-capture',
      'get-dispute',
      'get-refund',
      'refund',
      'transactions',
      'verify-webhook',
    ]);
    assert.deepEqual(wrong, []);
  } finally {
    await c.close();
  }
});
