// The premium tax in the parts that are paid of an invoice: whatever is paid, goes back and is paid again, before a rate rises and
// after it, what is paid in full has the invoice's tax in it, to the cent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PaidInvoice } from '../../../server/receipts/document.ts';
import { nextPart, type Part, takenOff } from '../../../server/receipts/tax-parts.ts';

type Lines = PaidInvoice['lines'];
const lines = (premium: number, ...taxes: [rate: string, cents: number][]): Lines => [
  { code: 'PRIME', description: 'Prime', amountCents: premium, rate: null },
  ...taxes.map(([rate, amountCents]) => ({ code: 'TPA' as const, description: 'Taxe', amountCents, rate })),
];
const sum = (all: readonly number[]) => all.reduce((a, b) => a + b, 0);
const totalOf = (of: Lines) => sum(of.map(({ amountCents }) => amountCents));
const taxOf = (of: Lines) =>
  sum(of.filter(({ code }) => code === 'TPA').map(({ amountCents }) => amountCents));

/** Pay so much of what is left, in thousandths; take back one of the parts; or the rate rises. */
const act = fc.oneof(
  { weight: 5, arbitrary: fc.record({ pay: fc.integer({ min: 1, max: 1_000 }) }) },
  { weight: 3, arbitrary: fc.record({ back: fc.nat() }) },
  { weight: 1, arbitrary: fc.constant('rise' as const) },
);

test('all parts of an invoice have its tax, however they were paid, taken back and paid again', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1_000, max: 500_000 }),
      fc.array(act, { maxLength: 25 }),
      (premium, acts) => {
        const old = lines(premium, ['0.09', Math.round(premium * 0.09)]);
        let now = old;
        let part: Part | undefined;
        let parts: { cents: number; taxCents: number }[] = [];
        const paid = () => sum(parts.map(({ cents }) => cents));
        const pay = (cents: number) => {
          const next = nextPart(part, {
            ...{ lines: now, totalCents: totalOf(now), paidBeforeCents: paid(), amountCents: cents },
          });
          part = next.part;
          parts.push({ cents, taxCents: next.taxCents });
        };
        for (const one of acts) {
          const left = totalOf(now) - paid();
          if (one === 'rise') {
            // On what is left to pay, as the law has it: a line of its own.
            const share = (left / totalOf(old)) * premium;
            if (now === old && left > 0)
              now = lines(premium, ['0.09', taxOf(old)], ['0.00975', Math.round(share * 0.00975)]);
          } else if ('pay' in one) {
            const cents = Math.ceil((left * one.pay) / 1_000);
            if (cents > 0) pay(cents);
          } else if (parts.length > 0) {
            const [back] = parts.splice(one.back % parts.length, 1);
            if (back !== undefined) part = takenOff(part, { paidCents: back.cents, taxCents: back.taxCents });
          }
        }
        const rest = totalOf(now) - paid();
        if (rest > 0) pay(rest);
        assert.equal(sum(parts.map(({ taxCents }) => taxCents)), taxOf(now));
        parts = parts.filter(({ taxCents }) => taxCents < -1);
        assert.deepEqual(parts, [], 'nothing that is paid has less than no tax');
      },
    ),
    { numRuns: 2_000 },
  );
});
