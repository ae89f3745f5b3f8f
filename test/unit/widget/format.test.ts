// Amounts, rates, days and hours as Québec writes them (domain glossary, §3.9).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dateTime, day, money, parseAmount, percent } from '../../../widget/locales/format.ts';

const N = '\u00a0';

test('amounts have U+00A0 before the dollar and between thousands, and an ASCII minus', () => {
  assert.equal(money('fr-CA', 123_456), `1${N}234,56${N}$`);
  assert.equal(money('fr-CA', -6210), `-62,10${N}$`);
  assert.equal(money('fr-CA', 0), `0,00${N}$`);
  assert.equal(money('en-CA', 123_456), '$1,234.56');
});

test('rates keep their thousandths', () => {
  assert.equal(percent('fr-CA', '0.09975'), `9,975${N}%`);
  assert.equal(percent('fr-CA', '0.09'), `9${N}%`);
  assert.equal(percent('en-CA', '0.09975'), '9.975%');
});

test('the first of a month is « 1er », other days are plain', () => {
  assert.equal(day('fr-CA', '2026-04-01'), '1er avril 2026');
  assert.equal(day('fr-CA', '2026-04-11'), '11 avril 2026');
  assert.equal(day('en-CA', '2026-04-01'), 'April 1, 2026');
});

test('an instant is told as the Toronto day and hour', () => {
  assert.equal(dateTime('fr-CA', '2026-04-01T03:30:00Z'), `31 mars 2026 à 23${N}h${N}30 (HE)`);
  assert.equal(dateTime('fr-CA', '2026-05-01T13:04:00Z'), `1er mai 2026 à 9${N}h${N}04 (HE)`);
  assert.equal(dateTime('en-CA', '2026-04-01T03:30:00Z'), `March 31, 2026 at 11:30${N}p.m. (ET)`);
});

test('amounts are read as people type them', () => {
  for (const [typed, cents] of [
    ['125', 12_500],
    ['125,5', 12_550],
    ['125.50', 12_550],
    [`1${N}234,56${N}$`, 123_456],
    ['1\u202f234,56 $', 123_456],
    ['$1,234.56', 123_456],
    [' 0,05 ', 5],
  ] as const) {
    assert.equal(parseAmount(typed), cents, typed);
  }
});

test('what can be read in two ways, or is no amount, is refused', () => {
  for (const typed of ['1.234,56', '1,234', '62,105', '1e3', '-5', '', ' ', '12,3,4', '١٢٣', '10000001']) {
    assert.equal(parseAmount(typed), null, typed);
  }
});

test('every amount that is shown can be typed back', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1_000_000_000 }),
      fc.constantFrom('fr-CA', 'en-CA'),
      (cents, lang) => {
        assert.equal(parseAmount(money(lang, cents)), cents);
      },
    ),
  );
});
