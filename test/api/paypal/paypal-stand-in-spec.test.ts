// The yardstick itself: the extract is PayPal's, and it tells good from bad.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { APIS, extract } from '../../support/paypal-spec/extract.ts';
import { assertMatchesPayPal } from '../../support/paypal-spec/validate.ts';
import { orderBody } from '../../support/paypal-stand-in.ts';

const PUBLISHED = new URL('../../../../shared/paypal/', import.meta.url);

describe('PayPal’s published description', () => {
  for (const api of APIS) {
    test(`${api.kept} is what the script cuts from ${api.published}`, {
      skip: !existsSync(new URL(api.published, PUBLISHED)),
    }, () => {
      const cut = extract(readFileSync(new URL(api.published, PUBLISHED), 'utf8'), api.operations);
      const kept = readFileSync(new URL(`../../support/paypal-spec/${api.kept}`, import.meta.url), 'utf8');
      assert.deepEqual(JSON.parse(kept), cut);
    });
  }

  const request = (unit: Record<string, unknown>) => () =>
    assertMatchesPayPal('create', 'request', null, orderBody('F-1', unit));
  test('accepts the order that we send', request({}));
  test('refuses a field too long, an unknown field, a field that is PayPal’s, an amount that is a number', () => {
    assert.throws(request({ custom_id: 'x'.repeat(128) }), /custom_id must NOT have more than 127/);
    assert.throws(request({ customid: 'x' }), /customid is a field that PayPal does not know/);
    assert.throws(
      () => assertMatchesPayPal('create', 'request', null, { ...orderBody('F-1'), id: '1' }),
      /PayPal does not know/,
    );
    assert.throws(request({ amount: { currency_code: 'CAD', value: 305.28 } }), /value must be string/);
    assert.throws(() => assertMatchesPayPal('get', 'request', null, {}), /takes no body/);
  });

  test('refuses an error with an issue, a name or a sentence that is not PayPal’s', () => {
    const error = (change: object, detail: object = {}) => ({
      name: 'UNPROCESSABLE_ENTITY',
      message:
        'The requested action could not be performed, semantically incorrect, or failed business validation.',
      debug_id: 'f00',
      details: [{ issue: 'TRANSACTION_REFUSED', description: 'The request was refused.', ...detail }],
      ...change,
    });
    const check = (body: unknown) => () => assertMatchesPayPal('capture', 'response', 422, body);
    check(error({}))();
    assert.throws(check(error({ name: 'OOPS' })), /name must be equal/);
    assert.throws(check(error({ debug_id: undefined })), /debug_id/);
    assert.throws(check(error({}, { issue: 'NO_SUCH_ISSUE' })), /issue must be equal/);
    assert.throws(check(error({}, { description: 'No.' })), /description must be equal/);
  });
});
