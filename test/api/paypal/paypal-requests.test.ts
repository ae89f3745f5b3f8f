// What our server asks of PayPal is what PayPal describes, whatever the association and its invoices are called; and
// the stand-in, which checks the sums as PayPal does, takes it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { orderBody } from '../../../server/payments/paypal-order.ts';
import { type Regroupement, regroupementBySlug } from '../../../server/regroupements/regroupements.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { assertMatchesPayPal } from '../../support/paypal-spec/validate.ts';
import { MERCHANTS, type RunningStandIn, startStandIn } from '../../support/paypal-stand-in.ts';

describe('our requests to PayPal', () => {
  let t: TestApp;
  let paypal: RunningStandIn;
  let regroupement: Regroupement;
  before(async () => {
    t = await startTestApp();
    paypal = await startStandIn();
    const found = await regroupementBySlug(t.deps, 'petits-bouleaux');
    assert.ok(found.paypal);
    regroupement = { ...found, paypal: { ...found.paypal, merchantId: MERCHANTS[0].merchantId } };
  });
  after(async () => {
    await paypal.close();
    await t.close();
  });

  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }).filter((s) => /^.+$/.test(s));
  const facts = fc
    .record({
      paymentId: fc.uuid(),
      number: fc.stringMatching(/^[A-Z]{2,6}-[0-9]{1,6}$/),
      lang: fc.constantFrom('fr-CA', 'en-CA'),
      onlineFeeCents: fc.integer({ min: 0, max: 5_000 }),
      invoices: fc.array(fc.record({ number: text, amountCents: fc.integer({ min: 1, max: 10_000_000 }) }), {
        minLength: 1,
        maxLength: 5,
      }),
    })
    .map((given) => ({
      ...given,
      amountCents: given.invoices.reduce((sum, { amountCents }) => sum + amountCents, given.onlineFeeCents),
    }));

  test('an order matches PayPal’s description and adds up', async () => {
    await fc.assert(
      fc.asyncProperty(facts, text, async (given, name) => {
        const body = orderBody(t.deps, { ...regroupement, name }, given);
        assertMatchesPayPal('create', 'request', null, body);
        const made = await paypal.call('create', '/v2/checkout/orders', { body, requestId: given.paymentId });
        assert.equal(made.status, 200, JSON.stringify(made.body));
      }),
      { numRuns: 60 },
    );
  });

  test('a capture asks for nothing but itself', () => assertMatchesPayPal('capture', 'request', null, {}));
});
