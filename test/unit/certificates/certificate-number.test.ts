// The number on the invoice, as people copy it: its dress does not matter, its characters do.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { certificateKey, searchKeys } from '../../../server/certificates/number.ts';

function finds(file: string, typed: string): boolean {
  const key = certificateKey(file);
  return key !== '' && searchKeys(typed).includes(key);
}

describe('the domain’s own cases', () => {
  const cases = parse(readFileSync(new URL('../cases/certificate-numbers.csv', import.meta.url)), {
    columns: true,
  }) as Record<string, string>[];
  for (const c of cases) {
    test(`${c.fichier}, typed « ${c.saisi} »`, () => {
      assert.equal(finds(c.fichier ?? '', c.saisi ?? ''), c.correspond === 'oui');
    });
  }
});

describe('a number in another dress', () => {
  const dresses = [
    '# PB-004512',
    '#PB004512',
    'N° PB-004512',
    'Nº PB-004512',
    '№PB-004512',
    'no PB-004512',
    'No. PB-004512',
    'No : PB-004512',
    'noPB-004512',
    'n°pb004512',
    'PB\u2011004512',
    'PB–004512',
    'PB − 004512',
    'PB⁄004512',
    'PB∕004512',
    'PB⁃004512',
    'PB˗004512',
    'ＰＢ－００４５１２',
    'PB.004512',
    'PB/004512',
    ' PB\u00a0004\u202f512 ',
    '\u200bPB-004512\u200f',
    'ＰＢ－００４５１２',
    'pb-004512',
  ];
  for (const typed of dresses) test(`« ${typed} »`, () => assert.ok(finds('PB-004512', typed)));
  test('a number that begins with NO keeps it', () => {
    assert.notEqual(certificateKey('NO-1234'), certificateKey('1234'));
    for (const typed of ['NO-1234', 'no1234', 'No 1234', 'N° NO-1234'])
      assert.ok(finds('NO-1234', typed), typed);
  });
});

describe('another number, however close', () => {
  for (const [file, typed] of [
    ['0001234', '1234'],
    ['1234', '0001234'],
    ['2026-R0019-A', '2026-R0019'],
    ['2026-R0022', '2026-RO022'],
    ['26E0417', '2.6E+418'],
    ['PB-004512', 'PB-00451'],
    ['PB-004512', 'PB-0045122'],
    ['0001234', 'O001234'],
    ['0001234', '٠٠٠١٢٣٤'],
    ['', ''],
    ['#', 'No'],
    ['-', '.'],
  ] as const) {
    test(`${file} is not ${typed}`, () => assert.ok(!finds(file, typed)));
  }
});

test('any two numbers are the same only when their letters and digits are', () => {
  const text = fc.string({ unit: fc.constantFrom(...'0012ABno-. #/'), maxLength: 12 });
  fc.assert(
    fc.property(text, text, (a, b) => {
      const bare = (given: string) =>
        given
          .toUpperCase()
          .replace(/[^0-9A-Z]/g, '')
          .replace(/^NO/, '');
      if (certificateKey(a) === certificateKey(b)) assert.equal(bare(a), bare(b));
      assert.equal(certificateKey(`${a} `), certificateKey(a));
    }),
  );
});
