// 31 December 2026, in Toronto: the tax on premiums goes from 9 % to 9,975 %, by date of payment where a regroupement asks.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { followTaxRates, taxChanges } from '../../../server/ledger/premium-tax.ts';
import { pay, regroupementId } from '../../support/books.ts';
import { BROWSER } from '../../support/browser-key.ts';
import { type Checkout, startCheckout } from '../../support/checkout.ts';

const PREMIUM = 27_168;
const TAX = 2_445; // 9 %
const NEW_TAX = 2_710; // 9.975 %
const TOTAL = PREMIUM + TAX;

describe('the premium tax of a new year', () => {
  let c: Checkout;
  let id: string;
  beforeEach(async () => {
    c = await startCheckout();
    id = await regroupementId(c.t);
    await c.t.deps.db.batch([
      { sql: `UPDATE invoice_lines SET amount_cents = ${PREMIUM} WHERE code = 'PRIME'` },
      {
        sql: `INSERT INTO invoice_lines(invoice_id, revision, position, code, description, amount_cents, rate)
              VALUES (?, 1, 2, 'TPA', 'Taxe sur les primes', ${TAX}, '0.09')`,
        args: [c.invoiceId],
      },
    ]);
  });
  afterEach(() => c.close());
  const policy = (value: string) =>
    c.t.deps.db.execute('UPDATE regroupements SET premium_tax_policy = ? WHERE id = ?', [value, id]);
  const at = (instant: string) => {
    c.t.clock.now = Date.parse(instant);
  };
  const JUST_BEFORE = '2027-01-01T04:50:00Z';
  const JUST_AFTER = '2027-01-01T05:01:00Z';

  test('staff see beforehand what would change, whatever the policy', async () => {
    const [change, ...more] = await taxChanges(c.t.deps, id, '2027-01-01');
    assert.deepEqual(more, []);
    assert.deepEqual(
      { ...change, invoiceId: '' },
      {
        invoiceId: '',
        invoiceNumber: 'F-1',
        fromRate: 9_000,
        toRate: 9_975,
        taxCents: TAX,
        newTaxCents: NEW_TAX,
        differenceCents: NEW_TAX - TAX,
      },
    );
    assert.deepEqual(await taxChanges(c.t.deps, id, '2026-12-31'), []);
  });

  test('as invoiced: nothing changes', async () => {
    at(JUST_AFTER);
    assert.equal(await followTaxRates(c.t.deps), 0);
    assert.equal(await c.owed(), TOTAL);
  });

  test('by date of payment: re-quoted once, as a line at the new rate and an adjustment', async () => {
    await policy('by-payment-date');
    at(JUST_BEFORE);
    assert.equal(await followTaxRates(c.t.deps), 0);
    at(JUST_AFTER);
    assert.equal(await followTaxRates(c.t.deps), 1);
    assert.equal(await followTaxRates(c.t.deps), 0);
    assert.equal(await c.owed(), PREMIUM + NEW_TAX);
    const [line] = await c.rows<{ amount_cents: number; rate: string }>(
      "SELECT amount_cents, rate FROM invoice_lines WHERE code = 'TPA' AND revision = 2",
    );
    assert.deepEqual({ ...line }, { amount_cents: NEW_TAX, rate: '0.09975' });
  });

  test('a part paid before stays at the old rate', async () => {
    await policy('by-payment-date');
    await pay(c.t, c.invoiceId, TOTAL / 3);
    at(JUST_AFTER);
    await followTaxRates(c.t.deps);
    assert.equal(await c.owed(), (TOTAL * 2) / 3 + Math.round(((NEW_TAX - TAX) * 2) / 3));
  });

  test('approved before midnight, confirmed after: nothing is captured, and she is told the new amount', async () => {
    await policy('by-payment-date');
    at(JUST_BEFORE);
    const { openSession } = await import('../../../server/accounts/sessions/sessions.ts');
    const { regroupementBySlug } = await import('../../../server/regroupements/regroupements.ts');
    const regroupement = await regroupementBySlug(c.t.deps, 'petits-bouleaux');
    const { accessToken } = await openSession(c.t.deps, regroupement, c.marie.accountId, BROWSER);
    const marie: typeof c.marie = {
      ...c.marie,
      call: (method, path, body, headers) =>
        c.marie.call(method, path, body, { ...headers, Authorization: `DPoP ${accessToken}` }),
    };
    const { body } = await c.start(marie);
    await c.approve(body.approveUrl);
    c.t.clock.now += 12 * 60_000;
    const again = await openSession(c.t.deps, regroupement, c.marie.accountId, BROWSER);
    const refused = await c.confirm(body.payment.id, TOTAL, {
      ...marie,
      call: (method, path, sent, headers) =>
        c.marie.call(method, path, sent, { ...headers, Authorization: `DPoP ${again.accessToken}` }),
    });
    assert.equal(refused.status, 409);
    assert.match(refused.body.type ?? '', /amount-changed/);
    assert.equal(refused.body.totalCents, PREMIUM + NEW_TAX);
    assert.equal(c.captures().length, 0);
  });
});
