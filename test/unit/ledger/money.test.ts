// Sums of money are exact, whatever the amounts.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { roundedQuotient, sum } from '../../../server/ledger/money.ts';
import { premiumTax, premiumTaxRate } from '../../../server/ledger/rates.ts';

describe('rounding', () => {
  test('a half goes away from zero, once', () => {
    const halves = [1, 3, 5, -1, -3, -5].map((n) => roundedQuotient(n, 2));
    assert.deepEqual(halves, [1, 2, 3, -1, -2, -3]);
    assert.equal(roundedQuotient(249, 100), 2);
    assert.equal(roundedQuotient(-249, 100), -2);
  });
  test('nothing rounds to minus zero', () => assert.ok(Object.is(roundedQuotient(-1, 3), 0)));
  test('is the nearest integer, for any integers', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 1, max: 1_000_000 }), (n, d) => {
        const off = BigInt(n) - BigInt(roundedQuotient(n, d)) * BigInt(d);
        assert.ok(2n * (off < 0n ? -off : off) <= BigInt(d));
        assert.equal(roundedQuotient(-n, d) + roundedQuotient(n, d), 0);
      }),
    );
  });
  test('what cannot be exact is refused', () => {
    for (const [n, d] of [
      [0.1, 1],
      [2 ** 53, 1],
      [1, 0],
      [1, -1],
      [Number.NaN, 1],
    ] as const) {
      assert.throws(() => roundedQuotient(n, d), RangeError);
    }
  });
  test('a sum of nothing is nothing', () => assert.equal(sum([]), 0));
});

describe('tax on insurance premiums', () => {
  test('9 % until 31 December 2026, 9,975 % from the day after', () => {
    assert.deepEqual(
      ['2025-03-01', '2026-12-31', '2027-01-01', '2030-06-01'].map(premiumTaxRate),
      [9_000, 9_000, 9_975, 9_975],
    );
  });
  test('the sample’s invoices', () => {
    assert.equal(premiumTax(26_250, '2026-03-01'), 2_363, '23,625 rounds up');
    assert.equal(premiumTax(24_800, '2025-03-01'), 2_232);
    assert.equal(premiumTax(113_262, '2026-06-01'), 10_194);
  });
  test('a credited premium gives its tax back to the cent', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_000_000 }),
        fc.constantFrom('2026-12-31', '2027-01-01'),
        (cents, day) => {
          assert.equal(premiumTax(-cents, day) + premiumTax(cents, day), 0);
        },
      ),
    );
  });
});
