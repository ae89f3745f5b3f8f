// The tax on premiums when its rate changes: whatever the premiums, fees, part payments and table of rates.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { creditOf } from '../../../server/credits/credit-lines.ts';
import type { InvoiceLine } from '../../../server/ledger/invoices.ts';
import { sum } from '../../../server/ledger/money.ts';
import { premiumTax, rateOfText, rateOn, rateText, taxAt } from '../../../server/ledger/rates.ts';
import {
  type PaidTax,
  requoted,
  taxChange,
  taxInPayment,
  taxPaid,
} from '../../../server/ledger/tax-change.ts';
import { daysBefore, monthBefore } from '../../../server/ledger/toronto.ts';

const DECEMBER = '2026-12-31';
const JANUARY = '2027-01-01';

const line = (code: InvoiceLine['code'], amountCents: number, rate: string | null = null): InvoiceLine => ({
  code,
  description: code === 'TPA' ? 'Taxe sur les primes (9 %)' : code,
  amountCents,
  rate,
});

interface Made {
  id: string;
  number: string;
  lines: InvoiceLine[];
  totalCents: number;
  balanceCents: number;
  payable: boolean;
}
function invoice(lines: InvoiceLine[], paidCents = 0): Made {
  const totalCents = sum(lines.map(({ amountCents }) => amountCents));
  const balanceCents = totalCents - paidCents;
  return { id: 'i', number: 'F-1', lines, totalCents, balanceCents, payable: balanceCents > 0 };
}

/** As the books have it once it is re-quoted. */
function on(of: Made, day: string, rates?: Parameters<typeof requoted>[2]): Made {
  const made = requoted(of, day, rates);
  if (made === null) return of;
  const { differenceCents } = made.change;
  assert.equal(
    sum(made.lines.map((one) => one.amountCents)),
    of.totalCents + differenceCents,
    'the lines add up',
  );
  return {
    ...of,
    lines: made.lines,
    totalCents: of.totalCents + differenceCents,
    balanceCents: of.balanceCents + differenceCents,
  };
}
function pay(of: Made, cents: number): Made {
  const balanceCents = of.balanceCents - cents;
  return { ...of, balanceCents, payable: balanceCents > 0 };
}
const tax = (of: Made) =>
  of.lines.filter(({ code }) => code === 'TPA').map(({ amountCents, rate }) => [amountCents, rate]);

/** Premiums, an endorsement or none, a fee or none, and the plain tax on the premiums. */
const invoices = (rate = 9_000) =>
  fc
    .tuple(
      fc.integer({ min: 1, max: 2_000_000 }),
      fc.option(fc.integer({ min: 1, max: 100_000 })),
      fc.integer({ min: 0, max: 5_000 }),
      fc.boolean(),
    )
    .map(([premium, endorsement, fee, written]) => {
      const premiums = premium + (endorsement ?? 0);
      return invoice([
        line('PRIME', premium),
        ...(endorsement === null ? [] : [line('AVEN', endorsement)]),
        line('TPA', taxAt(premiums, rate), written ? rateText(rate) : null),
        ...(fee === 0 ? [] : [line('FADM', fee)]),
      ]);
    });

describe('the premium tax', () => {
  test('is 9 % until 31 December 2026 and 9,975 % after, half up, to the cent, of any premium', () => {
    fc.assert(
      fc.property(fc.integer({ min: -100_000_000, max: 100_000_000 }), (premium) => {
        for (const [day, rate] of [
          [DECEMBER, 9_000n],
          [JANUARY, 9_975n],
        ] as const) {
          const exact = BigInt(Math.abs(premium)) * rate;
          const cents = Number((exact * 2n + 100_000n) / 200_000n);
          assert.equal(premiumTax(premium, day), premium < 0 && cents !== 0 ? -cents : cents);
        }
      }),
    );
  });

  test('a rate is written and read back exactly; what is none is not guessed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99_999 }), (rate) =>
        assert.equal(rateOfText(rateText(rate)), rate),
      ),
    );
    assert.deepEqual(
      ['0.09', '.09', '0.090000', '0.09975', '0.099755', '9', '0', '0.0', '', '-0.09', '9 %'].map(rateOfText),
      [9_000, 9_000, 9_000, 9_975, null, null, null, null, null, null, null],
    );
    assert.equal(rateText(9_975), '0.09975');
  });

  test('days of the month and week before a change', () => {
    assert.deepEqual(
      [JANUARY, '2027-07-01', '2028-03-31'].map((day) => [monthBefore(day), daysBefore(day, 7)]),
      [
        ['2026-12-01', '2026-12-25'],
        ['2027-06-01', '2027-06-24'],
        ['2028-02-31', '2028-03-24'],
      ],
    );
  });
});

describe('an invoice over New Year', () => {
  test('unpaid: exactly the tax of the new rate on its premiums, and nothing else', () => {
    fc.assert(
      fc.property(invoices(), (before) => {
        const after = on(before, JANUARY);
        const premiums = sum(
          before.lines
            .filter(({ code }) => code === 'PRIME' || code === 'AVEN')
            .map((one) => one.amountCents),
        );
        assert.equal(sum(tax(after).map(([cents]) => Number(cents))), premiumTax(premiums, JANUARY));
        assert.equal(after.balanceCents, after.totalCents);
        assert.equal(requoted(after, JANUARY), null, 'once');
        assert.equal(requoted(before, DECEMBER), null);
      }),
    );
  });

  test('paid in part: what was paid keeps its rate, what is left has the new one, and both are said', () => {
    // 296,13 of which a third was paid.
    const before = invoice([line('PRIME', 27_168), line('TPA', 2_445, '0.09')], 9_871);
    const after = on(before, JANUARY);
    assert.equal(after.balanceCents, 19_742 + 177);
    assert.deepEqual(tax(after), [
      [815, '0.09'],
      [1_807, '0.09975'],
    ]);
    assert.equal(after.lines[2]?.description, 'Taxe sur les primes d’assurance', 'not « (9 %) »');
    assert.equal(taxInPayment(after, 9_871, '2026-11-20'), 815);
    assert.equal(taxInPayment(after, 19_919, '2027-01-03'), 1_807);
  });

  test('there and back leaves nothing over, whatever was paid before', () => {
    fc.assert(
      fc.property(invoices(), fc.double({ min: 0, max: 0.999, noNaN: true }), (whole, share) => {
        const before = pay(whole, Math.floor(whole.totalCents * share));
        const back = on(on(before, JANUARY), DECEMBER);
        assert.equal(back.balanceCents, before.balanceCents);
        assert.equal(back.totalCents, before.totalCents);
      }),
    );
  });

  test('in any order of payments, reversals and days, what is charged is what the days say, to a few cents', () => {
    const RATES = [
      { from: '0000-01-01', thousandths: 9_000 },
      { from: JANUARY, thousandths: 9_975 },
      { from: '2030-07-01', thousandths: 5_000 },
    ];
    const act = fc.tuple(
      fc.constantFrom(DECEMBER, JANUARY, '2030-07-01'),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(invoices(), fc.array(act, { minLength: 1, maxLength: 6 }), (whole, acts) => {
        fc.pre(whole.totalCents > 10_000);
        let books = whole;
        let left = 1;
        const premiums = sum(
          whole.lines.filter(({ code }) => code === 'PRIME' || code === 'AVEN').map((one) => one.amountCents),
        );
        const others = whole.totalCents - taxAt(premiums, 9_000);
        const at = (day: string) => others + (premiums * rateOn(RATES, day)) / 100_000;
        for (const [day, share] of acts) {
          books = on(books, day, RATES);
          const cents = Math.round(books.balanceCents * share);
          if (cents < 1 || cents >= books.balanceCents) continue;
          books = pay(books, cents);
          left -= cents / at(day);
        }
        books = on(books, JANUARY, RATES);
        const off = Math.abs(books.balanceCents - left * at(JANUARY));
        assert.ok(off <= 2 + acts.length * 2, `${off} cents off`);
      }),
    );
  });

  test('money that went back after New Year is owed at the new rate, the rest of it too', () => {
    const paidInPart = invoice([line('PRIME', 27_168), line('TPA', 2_445, '0.09')], 9_871);
    const reversed = pay(on(paidInPart, JANUARY), -9_871);
    const after = on(reversed, JANUARY);
    assert.equal(after.balanceCents, 27_168 + 2_710, 'as if nothing had been paid');
    assert.deepEqual(tax(after), [[2_710, '0.09975']]);
  });

  test('a tax that is not the plain rate on the premiums is nobody’s to guess', () => {
    for (const lines of [
      [line('PRIME', 10_000), line('TPA', 700, '0.09')],
      [line('PRIME', 10_000), line('TPA', 899)],
      [line('PRIME', 10_000)],
      [line('CRED', -10_000), line('FADM', 20_000), line('TPA', -900, '0.09')],
      [line('PRIME', 10_000), line('TPA', 100, '0.09'), line('TPA', 100, '0.09975')],
      [line('PRIME', 10_000), line('TPA', 450, '0.09'), line('TPA', 450)],
    ])
      assert.equal(taxChange(invoice(lines), JANUARY), null, JSON.stringify(lines));
  });

  test('line by line a cent was charged more: it stays', () => {
    const before = invoice([line('PRIME', 10_006), line('AVEN', 10_006), line('TPA', 1_802, '0.09')]);
    assert.equal(taxAt(20_012, 9_000), 1_801);
    assert.equal(on(before, JANUARY).balanceCents - before.balanceCents, taxAt(20_012, 9_975) - 1_801);
  });

  test('a tax on each premium, in two lines of one rate, becomes one line', () => {
    const before = invoice([
      line('PRIME', 20_000),
      line('TPA', 1_800, '0.09'),
      line('AVEN', 10_000),
      line('TPA', 900, '0.09'),
    ]);
    const after = on(before, JANUARY);
    assert.deepEqual(tax(after), [[taxAt(30_000, 9_975), '0.09975']]);
  });

  test('nothing left to pay: nothing changes', () => {
    assert.equal(taxChange(invoice([line('PRIME', 100), line('TPA', 9, '0.09')], 109), JANUARY), null);
  });

  describe('in part payments', () => {
    const whole = (of: Made) =>
      sum(of.lines.filter(({ code }) => code === 'TPA').map((one) => one.amountCents));
    const shares = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 4 });
    /** So many parts of these cents, in proportion. */
    const partsOf = (cents: number, weights: readonly number[]) => {
      const all = sum(weights);
      let before = 0;
      return weights.map((weight, n) => {
        const part = n === weights.length - 1 ? cents - before : Math.floor((cents * weight) / all);
        before += part;
        return part;
      });
    };
    /** Each part's tax, from what was paid before on; answers how far it came. */
    const payAll = (of: Made, parts: readonly number[], from: PaidTax, since?: PaidTax): PaidTax => {
      let now = from;
      for (const part of parts) {
        const paidCents = now.paidCents + part;
        const taxCents = taxPaid(of, paidCents, since);
        assert.ok(taxCents >= now.taxCents, 'no part gives tax back');
        now = { paidCents, taxCents };
      }
      return now;
    };
    const NONE = { paidCents: 0, taxCents: 0 };

    test('is the invoice’s whole tax to the cent once all is paid, whatever the parts', () => {
      fc.assert(
        fc.property(invoices(), shares, (of, weights) => {
          const end = payAll(of, partsOf(of.totalCents, weights), NONE, NONE);
          assert.equal(end.taxCents, whole(of));
        }),
      );
    });

    test('over 31 December 2026 too: some at 9 %, what is left at 9,975 %, together the tax of both lines', () => {
      fc.assert(
        fc.property(invoices(), shares, shares, fc.integer({ min: 1, max: 999 }), (of, first, then, part) => {
          const cents = Math.floor((of.totalCents * part) / 1_000);
          const before = payAll(of, partsOf(cents, first), NONE, NONE);
          const after = on(pay(of, cents), JANUARY);
          const end = payAll(after, partsOf(after.balanceCents, then), before, before);
          assert.equal(end.taxCents, whole(after));
          // Who has not seen the payments of before reads them off the lines, to a cent.
          const read = taxPaid(after, cents);
          assert.ok(Math.abs(read - before.taxCents) <= 1, `${read} instead of ${before.taxCents}`);
        }),
      );
    });

    test('and with a credit note between them: what was paid keeps its tax, the end has what is left of it', () => {
      const credits = fc.integer({ min: 1, max: 200 });
      fc.assert(
        fc.property(invoices(), shares, shares, credits, (of, first, then, days) => {
          const cents = Math.floor(of.totalCents / 4);
          const before = payAll(of, partsOf(cents, first), NONE, NONE);
          const credit = creditOf(of, { days, ofDays: 365 }, 'CR');
          if (credit === null || of.totalCents - credit.cents <= cents) return;
          const after = { ...invoice(credit.left, cents), lines: credit.left };
          if (whole(after) < before.taxCents) return;
          const end = payAll(after, partsOf(after.balanceCents, then), before, before);
          assert.equal(end.taxCents, whole(after));
        }),
      );
    });
  });
});
