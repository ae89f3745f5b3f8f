// The fee for paying online, and what a payment settles.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { onlineFee } from '../../../server/ledger/fees.ts';
import { allocate } from '../../../server/ledger/quote.ts';

const PAYPAL = { kind: 'gross-up', basisPoints: 290, fixedCents: 30 } as const;
const balance = fc.integer({ min: 1, max: 10_000_000 });

describe('the fee for paying online', () => {
  test('the published examples, to the cent', () => {
    for (const [cents, fee] of [
      [29_613, 915],
      [28_032, 868],
      [6_000, 210],
      [5_000, 180],
    ] as const) {
      assert.equal(onlineFee(PAYPAL, cents), fee, `${cents}`);
    }
  });
  test('what PayPal leaves is the balance, within half a cent', () => {
    fc.assert(
      fc.property(balance, fc.nat(9_000), fc.nat(500), (cents, basisPoints, fixedCents) => {
        const total = cents + onlineFee({ kind: 'gross-up', basisPoints, fixedCents }, cents);
        const left = BigInt(total) * BigInt(10_000 - basisPoints) - BigInt(fixedCents) * 10_000n;
        const off = left - BigInt(cents) * 10_000n;
        assert.ok(2n * (off < 0n ? -off : off) <= BigInt(10_000 - basisPoints));
      }),
    );
  });
  test('a fixed fee is that fee; none is none; nothing to pay costs nothing', () => {
    assert.equal(onlineFee({ kind: 'fixed', cents: 250 }, 1), 250);
    assert.equal(onlineFee({ kind: 'none' }, 29_613), 0);
    for (const policy of [PAYPAL, { kind: 'fixed', cents: 250 } as const]) {
      assert.deepEqual(
        [0, -100].map((cents) => onlineFee(policy, cents)),
        [0, 0],
      );
    }
  });
});

describe('what a payment settles', () => {
  const invoices = fc
    .array(fc.integer({ min: -5_000, max: 50_000 }), { minLength: 1, maxLength: 8 })
    .map((balances) => balances.map((balanceCents, i) => ({ id: `i${i}`, balanceCents })));

  test('every cent goes to an invoice, none gets more than it owes, the first before the next', () => {
    fc.assert(
      fc.property(invoices, fc.double({ min: 0, max: 1, noNaN: true }), (given, part) => {
        const owed = given.reduce((sum, { balanceCents }) => sum + Math.max(0, balanceCents), 0);
        const paid = Math.floor(owed * part);
        const settled = allocate(given, paid);
        assert.equal(
          settled.reduce((sum, { amountCents }) => sum + amountCents, 0),
          paid,
        );
        const amounts = new Map(settled.map(({ invoiceId, amountCents }) => [invoiceId, amountCents]));
        const shortAt = given.findIndex(({ id, balanceCents }) => balanceCents > (amounts.get(id) ?? 0));
        const after = shortAt < 0 ? [] : given.slice(shortAt + 1);
        assert.ok(after.every(({ id }) => !amounts.has(id)));
        assert.ok(settled.every(({ amountCents }) => amountCents > 0));
      }),
    );
  });
});
