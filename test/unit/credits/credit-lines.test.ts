// What a credit note takes off an invoice, to the cent.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type CreditAsked, creditOf } from '../../../server/credits/credit-lines.ts';
import type { InvoiceLine } from '../../../server/ledger/invoices.ts';
import { sum } from '../../../server/ledger/money.ts';
import { taxAt } from '../../../server/ledger/rates.ts';

const line = (code: InvoiceLine['code'], amountCents: number, rate: string | null = null): InvoiceLine => ({
  ...{ code, description: code, amountCents, rate },
});
const total = (lines: readonly InvoiceLine[]) => sum(lines.map(({ amountCents }) => amountCents));
const invoiceOf = (lines: InvoiceLine[]) => ({ lines, totalCents: total(lines) });
const short = (lines: readonly InvoiceLine[]) =>
  lines.map(({ code, amountCents }) => `${code} ${amountCents}`);
const ORDINARY = invoiceOf([line('PRIME', 26_250), line('TPA', 2_363, '0.09'), line('FADM', 1_000)]);

describe('a credit note', () => {
  test('214 days of 365: that part of the premiums, and the tax on it at the invoice’s rate', () => {
    const credit = creditOf(ORDINARY, { days: 214, ofDays: 365 }, 'CR');
    // 262,50 × 214 ÷ 365 = 153,904…; 9 % of the 108,60 that stay is 9,774.
    assert.deepEqual(short(credit?.lines ?? []), ['CRED -15390', 'TPA -1386']);
    assert.deepEqual(short(credit?.left ?? []), ['PRIME 26250', 'CRED -15390', 'TPA 977', 'FADM 1000']);
    assert.equal(credit?.cents, 16_776);
  });

  test('days are days of the whole, also in a second note; all of them leave the fees', () => {
    const first = creditOf(ORDINARY, { days: 100, ofDays: 365 }, 'CR');
    const second = creditOf(
      invoiceOf(first?.left ?? []),
      { days: 265, ofDays: 365 },
      'CR',
      first?.premiumCents,
    );
    assert.deepEqual(total(second?.left ?? []), 1_000);
    const more = creditOf(invoiceOf(second?.left ?? []), { days: 1, ofDays: 365 }, 'CR', 26_250);
    assert.equal(more, null, 'nothing is left of the premiums');
  });

  test('a day of it is a day of its taxes, also where one of them does not say its rate', () => {
    const odd = invoiceOf([line('PRIME', 100_000), line('TPA', 4_500, '0.09'), line('TPA', 4_500)]);
    const credit = creditOf(odd, { days: 1, ofDays: 365 }, 'CR');
    assert.deepEqual([credit?.premiumCents, credit?.cents], [274, 274 + 25]);
  });

  test('an amount in all is that amount, with the tax in it; the fees only once all the rest is taken', () => {
    assert.deepEqual(short(creditOf(ORDINARY, { cents: 10_900 }, 'CR')?.lines ?? []), [
      'CRED -10000',
      'TPA -900',
    ]);
    const all = creditOf(ORDINARY, { cents: 29_613 }, 'CR');
    assert.deepEqual(short(all?.lines ?? []), ['CRED -26250', 'TPA -2363', 'FADM -1000']);
    assert.equal(creditOf(ORDINARY, { cents: 29_614 }, 'CR'), null);
  });

  test('of an invoice at two rates: what is left to pay goes first, at its rate', () => {
    const two = invoiceOf([line('PRIME', 20_000), line('TPA', 900, '0.09'), line('TPA', 998, '0.09975')]);
    const part = creditOf(two, { days: 73, ofDays: 365 }, 'CR');
    assert.deepEqual(short(part?.lines ?? []), ['CRED -4000', 'TPA -399']);
    const more = creditOf(two, { days: 292, ofDays: 365 }, 'CR');
    assert.deepEqual(short(more?.left ?? []), ['PRIME 20000', 'CRED -16000', 'TPA 360']);
  });

  test('of an invoice whose lines do not say what is charged: the amount, and nothing about tax', () => {
    const bare = { lines: [line('OTHER', 5_000)], totalCents: 4_000 };
    const credit = creditOf(bare, { cents: 4_000 }, 'CR');
    assert.deepEqual(short(credit?.left ?? []), ['OTHER 5000', 'CRED -4000']);
    assert.equal(creditOf(bare, { cents: 4_001 }, 'CR'), null);
  });

  const cents = fc.integer({ min: 1, max: 1_000_000_000 });
  const invoices = fc
    .record({
      premium: cents,
      endorsement: fc.option(cents),
      rates: fc.subarray([9_000, 9_975]),
      fee: fc.option(cents),
    })
    .map(({ premium, endorsement, rates, fee }) =>
      invoiceOf([
        line('PRIME', premium),
        ...(endorsement === null ? [] : [line('AVEN', endorsement)]),
        ...rates.map((rate) =>
          line(
            'TPA',
            taxAt(Math.floor((premium + (endorsement ?? 0)) / rates.length), rate),
            `0.0${String(rate)}`.replace(/0+$/, ''),
          ),
        ),
        ...(fee === null ? [] : [line('FADM', fee), line('TPS', taxAt(fee, 5_000), '0.05')]),
      ]),
    );
  const asked: fc.Arbitrary<CreditAsked> = fc.oneof(
    cents.map((one) => ({ cents: one })),
    fc.integer({ min: 1, max: 365 }).map((days) => ({ days, ofDays: 365 })),
  );

  test('whatever is credited in whatever parts: lines add up, nothing is below zero, the whole is the whole', () => {
    fc.assert(
      fc.property(invoices, fc.array(asked, { minLength: 1, maxLength: 6 }), (invoice, requests) => {
        let now: { lines: InvoiceLine[]; totalCents: number } = invoice;
        let premiums = 0;
        for (const request of requests) {
          const credit = creditOf(now, request, 'CR', premiums);
          if (credit === null) continue;
          assert.equal(-total(credit.lines), credit.cents);
          assert.equal(total(credit.left), now.totalCents - credit.cents);
          if ('cents' in request) assert.equal(credit.cents, request.cents);
          premiums += credit.premiumCents;
          now = invoiceOf(credit.left);
          for (const { code, amountCents } of now.lines)
            assert.ok(amountCents >= 0 || code === 'CRED', `${code} ${amountCents}`);
        }
        if (now.totalCents === 0) return;
        const rest = creditOf(now, { cents: now.totalCents }, 'CR', premiums);
        assert.equal(total(rest?.left ?? [line('OTHER', 1)]), 0, 'all that is left can be credited');
      }),
      { numRuns: 500 },
    );
  });
});
