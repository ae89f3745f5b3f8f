// Cells as people and spreadsheets write them: read surely, or refused.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { unsound, usableEmail } from '../../../server/import/reading/cells.ts';
import { lostZeros, scientific } from '../../../server/import/reading/certificate-text.ts';
import { DayOrderEvidence, parseDay, parsePeriod } from '../../../server/import/reading/dates.ts';
import { parseMoney } from '../../../server/ledger/parse-money.ts';

const FILES = new URL('../../support/files/', import.meta.url);

describe('an amount', () => {
  const cases = readFileSync(new URL('12_montants_ecritures.csv', FILES), 'utf8').trim().split('\n').slice(1);
  for (const line of cases) {
    const [text = '', cents = ''] = line.split(';');
    test(`« ${text} » is ${cents === '' ? 'refused' : cents}`, () => {
      assert.equal(parseMoney(text), cents === '' ? null : Number(cents));
    });
  }
  test('any amount, in any of our ways of writing it, is read as itself', () => {
    const space = fc.constantFrom('', ' ', '\u00a0', '\u202f', '\u2009');
    fc.assert(
      fc.property(
        fc.integer({ min: -99_999_999, max: 99_999_999 }),
        space,
        fc.constantFrom('$', ' $', '\u00a0$', ' CAD', ''),
        (cents, group, sign) => {
          const whole = String(Math.trunc(Math.abs(cents) / 100)).replace(/\B(?=(\d{3})+$)/g, group);
          const text = `${cents < 0 ? '-' : ''}${whole},${String(Math.abs(cents) % 100).padStart(2, '0')}${sign}`;
          assert.equal(parseMoney(text), cents);
        },
      ),
    );
  });
});

describe('the order of days', () => {
  for (const [text, order] of [
    ['01/04/2026 au 31/03/2027', 'day-first'],
    ['04/01/2026 - 03/31/2027', 'month-first'],
    ['2026-04-15/2027-04-14', 'unknown'],
    ['01/04/2026', 'unknown'],
  ] as const)
    test(`is ${order} by « ${text} »`, () => {
      const evidence = new DayOrderEvidence();
      evidence.see(text);
      assert.equal(evidence.order(), order);
    });
});

describe('a day', () => {
  const yes: [string, string][] = [
    ['2026-04-01', '2026-04-01'],
    ['2026-04-01 00:00:00', '2026-04-01'],
    ['2026/4/1', '2026-04-01'],
    ['1er avril 2026', '2026-04-01'],
    ['1\u00a0avril\u00a02026', '2026-04-01'],
    ['le 31 août 2026', '2026-08-31'],
    ['1 déc. 2026', '2026-12-01'],
    ['April 1, 2026', '2026-04-01'],
    ['02/02/2026', '2026-02-02'],
    ['20260401', '2026-04-01'],
    ['1-mars-26', '2026-03-01'],
    ['31-déc.-26', '2026-12-31'],
    ['1-Mar-26', '2026-03-01'],
    ['mer. 1 avril 2026', '2026-04-01'],
    ['2026-avr-01', '2026-04-01'],
    ['31/03/2027', '2027-03-31'],
    ['03/31/2027', '2027-03-31'],
    // Instants, in Toronto.
    ['2026-04-01T03:30:00Z', '2026-03-31'],
    ['2026-04-01T03:30:00.000Z', '2026-03-31'],
    ['2026-04-01 04:00:00 UTC', '2026-04-01'],
    ['2026-04-01T00:30:00-04:00', '2026-04-01'],
    ['2026-04-01T00:30:00+02:00', '2026-03-31'],
    ['2026-04-01T23:30:00-04:00', '2026-04-01'],
    ['2026-12-01T04:59:00Z', '2026-11-30'],
  ];
  for (const [text, day] of yes)
    test(`« ${text} » is ${day}`, () => assert.equal(parseDay(text, 'unknown'), day));
  const no: [string, string][] = [
    ['01/04/2026', 'ambiguous'],
    ['46113', 'excel-serial'],
    ['2026-02-30', 'not-a-date'],
    ['01/04/26', 'two-digit-year'],
    ['26-04-01', 'two-digit-year'],
    ['26-mars-01', 'two-digit-year'],
    ['mars-26', 'no-day'],
    ['avril 2026', 'no-day'],
    ['2026-04', 'no-day'],
    ['2026-04-01T00:00:00Z', 'utc-midnight'],
    ['2026-04-01T00:00:00.000Z', 'utc-midnight'],
    ['demain', 'not-a-date'],
    ['0026-04-01', 'not-a-date'],
  ];
  for (const [text, why] of no)
    test(`« ${text} » is refused: ${why}`, () => assert.equal(parseDay(text, 'unknown'), why));
  test('the file as a whole tells the order of day and month, and never a file that says both', () => {
    const order = (...texts: string[]) => {
      const evidence = new DayOrderEvidence();
      for (const text of texts) evidence.see(text);
      return evidence.order();
    };
    assert.equal(order('01/04/2026', '25/12/2026'), 'day-first');
    assert.equal(order('01/04/2026', '12/25/2026'), 'month-first');
    assert.equal(order('25/12/2026', '12/25/2026'), 'contradictory');
    assert.equal(order('04/01/2026-03/31/2027'), 'month-first');
    assert.equal(order('01-04-2026 au 31-03-2027'), 'day-first');
    assert.equal(parseDay('01/04/2026', 'day-first'), '2026-04-01');
    assert.equal(parseDay('01/04/2026', 'month-first'), '2026-01-04');
    assert.equal(parseDay('01/04/2026', 'contradictory'), 'ambiguous');
  });
  test('midnight in UTC is an instant in a file that has others', () => {
    const evidence = new DayOrderEvidence();
    evidence.see('2026-04-01T00:00:00Z');
    assert.equal(evidence.reading().instants, false);
    evidence.see('2026-04-01T13:12:00Z');
    assert.equal(parseDay('2026-04-01T00:00:00Z', 'unknown', evidence.reading().instants), '2026-03-31');
  });
  test('a period in one cell', () => {
    assert.deepEqual(parsePeriod('2026-04-01/2027-03-31', 'unknown'), {
      start: '2026-04-01',
      end: '2027-03-31',
    });
    assert.deepEqual(parsePeriod('du 1er avril 2026 au 31 mars 2027', 'unknown'), {
      start: '2026-04-01',
      end: '2027-03-31',
    });
    for (const text of ['01/04/2026-31/03/2027', '1-avr-26 au 31-mars-27', '2026-04-01 → 2027-03-31'])
      assert.deepEqual(parsePeriod(text, 'day-first'), { start: '2026-04-01', end: '2027-03-31' }, text);
    assert.equal(parsePeriod('2026-2027', 'unknown'), null);
    assert.equal(parsePeriod('2027-03-31/2026-04-01', 'unknown'), null);
  });
});

describe('a certificate number that a spreadsheet has touched', () => {
  test('a power of ten is refused; a number that only looks like one is not', () => {
    assert.ok(scientific('2,6E+418', 'No'));
    assert.ok(scientific('2.6E+8', 'No'));
    assert.equal(scientific('26E0417', 'No'), null);
    assert.equal(scientific('2026-R0019-A', 'No'), null);
  });
  test('lost zeros are told by the regroupement’s pattern or by the rest of the file', () => {
    assert.ok(lostZeros('1234', 'No', '\\d{7}', null));
    assert.ok(lostZeros('1234', 'No', null, 7));
    assert.equal(lostZeros('0001234', 'No', '\\d{7}', 7), null);
    assert.equal(lostZeros('1234', 'No', null, null), null);
    assert.equal(lostZeros('PB-004512', 'No', '[A-Z]{2}-\\d{6}', 7), null);
  });
});

describe('text that lost something on the way', () => {
  for (const text of [
    'Marie-Ãˆve',
    'ThÃ©riault',
    'D’AoÃ»t',
    'Lâ€™Ã‰cuyer',
    'Nguy?n',
    'L\ufffdcuyer',
    'a\u0007b',
  ]) {
    test(`« ${text} » is refused`, () => assert.ok(unsound(text, 'Nom')));
  }
  for (const text of ['Marie-Ève', 'L’Écuyer-Tremblay', 'JOÃO', 'Nguyễn', 'Đặng', 'Où?', 'Âme']) {
    test(`« ${text} » is fine`, () => assert.equal(unsound(text, 'Nom'), null));
  }
  test('an e-mail that cannot be used is none', () => {
    assert.equal(usableEmail('lise.hebert@example,org'), null);
    assert.equal(usableEmail('a@b'), null);
    assert.equal(usableEmail('eve.roy+garderie@example.com'), 'eve.roy+garderie@example.com');
  });
});
