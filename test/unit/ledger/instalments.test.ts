// Plans of instalments: which there may be, and what is left of each after whatever happens to the invoice.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { InvoiceLine } from '../../../server/ledger/invoices.ts';
import { sum } from '../../../server/ledger/money.ts';
import { against, MOST_DATES, payersRule, proposals } from '../../../server/ledger/plans/rule.ts';
import {
  type Instalment,
  type Movement,
  nextInstalment,
  spread,
  standingOf,
} from '../../../server/ledger/plans/standing.ts';
import { premiumTax } from '../../../server/ledger/rates.ts';
import { type PaidTax, requoted, taxPaid } from '../../../server/ledger/tax-change.ts';
import { daysBefore } from '../../../server/ledger/toronto.ts';

const DAYS = ['2026-12-01', '2027-01-01', '2027-02-01', '2027-03-01'];
const four: Instalment[] = DAYS.map((dueOn, i) => ({ dueOn, amountCents: i === 0 ? 7_404 : 7_403 }));
const left = (movements: Movement[], balanceCents: number, agreed = four) =>
  standingOf(agreed, movements, balanceCents).map(({ leftCents }) => leftCents);

describe('what is left of four instalments of 296,13 $', () => {
  test('money covers the earliest first, whatever is paid; more than all is a credit', () => {
    assert.deepEqual(left([], 29_613), [7_404, 7_403, 7_403, 7_403]);
    assert.deepEqual(left([['payment', -7_404]], 22_209), [0, 7_403, 7_403, 7_403]);
    assert.deepEqual(left([['payment', -10_000]], 19_613), [0, 4_807, 7_403, 7_403]);
    assert.deepEqual(left([['payment', -30_000]], -387), [0, 0, 0, 0]);
  });

  test('a cheque that bounces, a refund: the latest that was paid is owed again, at its own day', () => {
    const paid: Movement[] = [
      ['payment', -7_404],
      ['payment', -7_403],
    ];
    const back: Movement[] = [...paid, ['refund', 7_403]];
    assert.deepEqual(left(back, 22_209), [0, 7_403, 7_403, 7_403]);
    const standing = standingOf(four, back, 22_209);
    assert.deepEqual(
      standing.map(({ reopened }) => reopened),
      [0, 1, 0, 0],
    );
    assert.deepEqual(nextInstalment(standing, 1, '2027-01-05'), {
      ...{ dueOn: '2027-01-01', amountCents: 7_403, late: true },
    });
  });

  test('another rate of tax, a credit note, a cheque of before that bounces: spread over what is left, in proportion', () => {
    assert.deepEqual(
      left(
        [
          ['payment', -7_404],
          ['adjustment', 199],
        ],
        22_408,
      ),
      [0, 7_469, 7_470, 7_469],
    );
    assert.deepEqual(left([['adjustment', -9_613]], 20_000), [5_001, 4_999, 5_000, 5_000]);
    assert.deepEqual(left([['refund', 4_000]], 33_613), [8_404, 8_403, 8_403, 8_403]);
    assert.deepEqual(left([['adjustment', -30_000]], -387), [0, 0, 0, 0]);
    assert.deepEqual(
      left(
        [
          ['payment', -29_613],
          ['adjustment', 500],
        ],
        500,
      ),
      [0, 0, 0, 500],
    );
  });

  test('next is all that has fallen due, or else the first that is left; never less than what is taken', () => {
    const standing = standingOf(four, [['payment', -7_000]], 22_613);
    const next = (today: string, least = 1) => nextInstalment(standing, least, today);
    assert.deepEqual(next('2026-12-01'), { dueOn: '2026-12-01', amountCents: 404, late: false });
    assert.deepEqual(next('2026-12-31', 2_500), { dueOn: '2026-12-01', amountCents: 2_500, late: true });
    assert.deepEqual(next('2027-02-01'), { dueOn: '2026-12-01', amountCents: 15_210, late: true });
    assert.equal(nextInstalment(standingOf(four, [['payment', -29_613]], 0), 1, '2027-02-01'), null);
  });

  const kind = fc.constantFrom('payment', 'refund', 'adjustment', 'charge', 'credit');
  const movement = fc.tuple(kind, fc.integer({ min: -40_000, max: 40_000 }));
  const amounts = fc.array(fc.integer({ min: 1, max: 1_000_000_000 }), { minLength: 1, maxLength: 4 });

  test('whatever happens, and whatever the clocks: none is negative, and together they owe what the invoice does', () => {
    fc.assert(
      fc.property(amounts, fc.array(movement, { maxLength: 12 }), fc.integer(), (cents, moved, unseen) => {
        const agreed = cents.map((amountCents, i) => ({ dueOn: DAYS[i] ?? '', amountCents }));
        const balance = sum(cents) + sum(moved.map(([, one]) => one)) + (unseen % 1_000);
        const standing = standingOf(agreed, moved, balance);
        assert.ok(standing.every(({ leftCents, amountCents }) => leftCents >= 0 && leftCents <= amountCents));
        assert.equal(sum(standing.map(({ leftCents }) => leftCents)), Math.max(0, balance));
      }),
    );
  });

  test('parts in proportion add up, each within a cent of its share', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), amounts, (cents, weights) => {
        const parts = spread(cents, weights);
        assert.equal(sum(parts), cents);
        const all = sum(weights);
        for (const [i, part] of parts.entries())
          assert.ok(Math.abs(part - (cents * (weights[i] ?? 0)) / all) <= 1.001, `${part}`);
      }),
    );
  });
});

describe('which plans there may be', () => {
  const invoice = {
    ...{ balanceCents: 29_613, dueOn: '2026-12-31', periodEnd: '2027-03-31', payable: true },
  };
  const policy = { kind: 'free', minimumCents: 2_500, planDays: 90 } as const;
  const today = '2026-12-01';

  test('two, three or four equal parts, the first today, then month after month', () => {
    const found = proposals(payersRule(policy, invoice, today));
    assert.deepEqual(
      found.map((plan) => plan.map(({ amountCents }) => amountCents)),
      [
        [14_807, 14_806],
        [9_871, 9_871, 9_871],
        [7_404, 7_403, 7_403, 7_403],
      ],
    );
    assert.deepEqual(
      found.at(-1)?.map(({ dueOn }) => dueOn),
      DAYS,
    );
  });

  test('the 31st is the last of a shorter month; where time is short they stand closer, or are fewer', () => {
    const long = { ...invoice, dueOn: '2027-02-15', periodEnd: '2027-12-31' };
    assert.deepEqual(
      proposals(payersRule(policy, long, '2027-01-31'))
        .at(-1)
        ?.map(({ dueOn }) => dueOn),
      ['2027-01-31', '2027-02-28', '2027-03-31', '2027-04-30'],
    );
    const short = { ...policy, planDays: 0 };
    assert.deepEqual(
      proposals(payersRule(short, invoice, today)).map((plan) => plan.map(({ dueOn }) => dueOn)),
      [
        ['2026-12-01', '2026-12-31'],
        ['2026-12-01', '2026-12-16', '2026-12-31'],
      ],
    );
    assert.deepEqual(proposals(payersRule(short, invoice, '2026-12-20')), []);
  });

  test('none where the regroupement offers none, past its last day, or of less than it takes', () => {
    for (const no of [{ kind: 'none' }, { kind: 'free', minimumCents: 1 }] as const)
      assert.equal(payersRule(no, invoice, today), null);
    assert.equal(payersRule(policy, invoice, '2027-03-31'), null);
    assert.equal(payersRule(policy, { ...invoice, payable: false }, today), null);
    const dear = { ...policy, minimumCents: 14_000 };
    assert.deepEqual(
      proposals(payersRule(dear, invoice, today)).map((plan) => plan.length),
      [2],
    );
    assert.deepEqual(proposals(payersRule({ ...policy, minimumCents: 20_000 }, invoice, today)), []);
  });

  test('what was typed is refused for its day, its amount, or its sum', () => {
    const rule = payersRule(policy, invoice, today);
    assert.ok(rule);
    const errors = (...plan: [string, number][]) =>
      against(
        rule,
        plan.map(([dueOn, amountCents]) => ({ dueOn, amountCents })),
      ).map(({ pointer, code }) => `${pointer} ${code}`);
    assert.deepEqual(errors(['2026-12-15', 20_000], ['2027-01-15', 9_613]), []);
    assert.deepEqual(errors(['2026-11-30', 20_000], ['2027-04-01', 9_613]), [
      '/instalments/0/dueOn too-old',
      '/instalments/1/dueOn too-late',
    ]);
    assert.deepEqual(errors(['2026-12-15', 27_114], ['2026-12-15', 2_499]), [
      '/instalments/1/dueOn out-of-order',
      '/instalments/1/amountCents too-small',
    ]);
    assert.deepEqual(errors(['2026-12-15', 20_000], ['2027-01-15', 9_612]), ['/instalments too-small']);
    assert.deepEqual(errors(['2026-12-15', 20_000], ['2027-01-15', 9_614]), ['/instalments too-large']);
  });

  test('what is proposed is never refused, and adds up, whatever the balance and the days', () => {
    const cents = fc.integer({ min: 1, max: 1_000_000_000 });
    fc.assert(
      fc.property(cents, cents, fc.nat(366), fc.nat(700), (balanceCents, minimumCents, planDays, ago) => {
        const of = { ...invoice, balanceCents, periodEnd: '2027-12-31' };
        const rule = payersRule({ kind: 'free', minimumCents, planDays }, of, daysBefore('2027-12-31', ago));
        const found = proposals(rule);
        assert.ok(found.length < MOST_DATES);
        for (const plan of found) if (rule) assert.deepEqual(against(rule, plan), []);
      }),
    );
  });
});

describe('the premium tax in instalments on both sides of a change of rate', () => {
  const line = (code: InvoiceLine['code'], amountCents: number, rate: string | null = null): InvoiceLine => ({
    code,
    description: code,
    amountCents,
    rate,
  });

  test('cumulated, it is the invoice’s tax to the cent, whatever the plan and wherever the year turns', () => {
    const premiums = fc.integer({ min: 10_000, max: 500_000 });
    const weights = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(premiums, fc.nat(20_000), weights, fc.nat(4), (premium, fee, parts, turn) => {
        const lines = [
          line('PRIME', premium),
          line('TPA', premiumTax(premium, '2026-12-31'), '0.09'),
          line('FADM', fee),
        ];
        let of = { id: 'i', number: 'F-1', lines, totalCents: 0, balanceCents: 0, payable: true };
        of.totalCents = sum(lines.map(({ amountCents }) => amountCents));
        of.balanceCents = of.totalCents;
        const agreed = spread(of.totalCents, parts).map((amountCents, i) => ({
          ...{ dueOn: DAYS[i] ?? '', amountCents },
        }));
        const movements: Movement[] = [];
        const taxes: number[] = [];
        let since: PaidTax = { paidCents: 0, taxCents: 0 };
        for (let i = 0; i < 4; i++) {
          const paid = of.totalCents - of.balanceCents;
          const change = i === turn ? requoted(of, '2027-01-01') : null;
          if (change !== null) {
            since = { paidCents: paid, taxCents: taxPaid(of, paid, since) };
            const { differenceCents } = change.change;
            movements.push(['adjustment', differenceCents]);
            of = { ...of, lines: change.lines, totalCents: of.totalCents + differenceCents };
            of.balanceCents += differenceCents;
          }
          const cents = standingOf(agreed, movements, of.balanceCents)[i]?.leftCents ?? 0;
          movements.push(['payment', -cents]);
          of = { ...of, balanceCents: of.balanceCents - cents };
          taxes.push(taxPaid(of, paid + cents, since) - taxPaid(of, paid, since));
        }
        assert.equal(of.balanceCents, 0, 'four instalments pay it off');
        const tax = of.lines.filter(({ code }) => code === 'TPA');
        assert.equal(sum(taxes), sum(tax.map(({ amountCents }) => amountCents)));
      }),
    );
  });
});
