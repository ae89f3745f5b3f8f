// One story under one id: what a request caused bears its id in the log, from the answer to PayPal's calls, the webhook and
// the message that left a minute later.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sendDueMail } from '../../../server/mail/worker.ts';
import { regroupementBySlug } from '../../../server/regroupements/regroupements.ts';
import { type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';
import { EMAIL, newcomer } from '../../support/sign-up.ts';

interface Line {
  event: string;
  requestId?: string;
  [field: string]: unknown;
}

describe('the request’s id in the log', () => {
  let c: Checkout;
  before(async () => {
    c = await startCheckout();
  });
  after(() => c.close());
  const lines = () => c.t.logged.map((line) => JSON.parse(line) as Line);
  const of = (id: string | null) =>
    lines()
      .filter(({ requestId }) => requestId === id)
      .map(({ event }) => event);

  test('a payment: its calls to PayPal, PayPal’s webhook, and the receipt that is sent afterwards', async () => {
    const payment = await c.approved();
    const answer = await c.marie.call('POST', `/payments/${payment.id}/confirm`, {
      expectedTotalCents: TOTAL,
    });
    assert.equal(answer.status, 200);
    const id = answer.headers.get('X-Request-Id');
    const inPayment = of(id);
    assert.ok(inPayment.includes('paypal-call') && inPayment.at(-1) === 'request', inPayment.join(' '));
    assert.ok(!inPayment.includes('mail-sent'));
    await sendDueMail(c.t.deps);
    assert.ok(of(id).includes('mail-sent'), of(id).join(' '));
    // The webhook is a request of its own, and what comes of it is of that one.
    await c.webhooks();
    const applied = lines().filter(({ event }) => event === 'webhook-applied');
    assert.ok(applied.length > 0);
    for (const { requestId } of applied) {
      assert.notEqual(requestId, id);
      assert.equal(lines().find((line) => line.requestId === requestId)?.event, 'request');
    }
  });

  test('a refusal names the id that the log has, and a message that cannot leave the one of who asked for it', async () => {
    const refused = await c.t.call('POST', '/sessions', { email: 'nobody' });
    const { requestId } = (await refused.json()) as { requestId: string };
    assert.deepEqual(of(requestId), ['request']);
    const answer = await c.t.call('POST', '/accounts', newcomer);
    c.t.deps.mail.send = () => Promise.reject(new Error(`no such mailbox ${EMAIL}`));
    c.t.clock.advance(120_000);
    await sendDueMail(c.t.deps);
    assert.ok(of(answer.headers.get('X-Request-Id')).includes('mail-not-sent'));
  });

  test('what nobody asked for bears none', async () => {
    c.t.logged.length = 0;
    await c.paypal.webhooks(await regroupementBySlug(c.t.deps, 'petits-bouleaux'));
    assert.deepEqual(
      lines().map(({ event, requestId }) => [event, requestId]),
      [['paypal-call', undefined]],
    );
  });
});
