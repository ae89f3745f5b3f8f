// A cell of text is text to every spreadsheet, and the import gives back what stood in it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvLine } from '../../../server/csv.ts';
import { cellsOf } from '../../../server/import/reading/columns/record.ts';
import { asLine, bare, isLine, visible } from '../../../server/text.ts';

const COLUMNS = new Map([
  ['lastName', 0],
  ['invoice', 1],
  ['description', 2],
] as const);
const written = (cells: string[], lang: 'fr' | 'en'): string[] =>
  (parse(csvLine(cells, lang), { delimiter: lang === 'fr' ? ';' : ',' }) as string[][])[0] ?? [];

const character = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...`=+-@＝＋－＠﹦﹢﹣﹫⁺₌'"’;, a1|%`) },
  fc.constantFrom(...'é\u200c\u200dک辻\u00a0'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
);
const text = fc.string({ unit: character, maxLength: 12 });

describe('texts in a CSV file', () => {
  test('come back as they were, by either separator', () => {
    fc.assert(
      fc.property(text, text, fc.constantFrom('fr' as const, 'en' as const), (name, number, lang) => {
        const kept = [visible(name), bare(number).replace(/\s+/g, ' '), visible(`${number} ${name}`)];
        fc.pre(kept.every(isLine));
        const cells = cellsOf(written(kept, lang), COLUMNS);
        assert.deepEqual([cells.lastName, cells.invoice, cells.description], kept);
      }),
      { numRuns: 5_000 },
    );
  });

  test('never begin with a mark that a spreadsheet takes for a formula, of whatever width', () => {
    fc.assert(
      fc.property(text, (name) => {
        const [cell = ''] = written([name], 'fr');
        assert.doesNotMatch(cell.normalize('NFKC'), /^[=+\-@\t\r\n]/);
        assert.ok(cell === asLine(name) || cell === `'${asLine(name)}`);
      }),
      { numRuns: 5_000 },
    );
  });

  test('of old rows turn nothing around and break no line', () => {
    for (const [old, cell] of [
      ['Marie\u202eyalbmerT', 'MarieyalbmerT'],
      ['a\u2028b', 'a b'],
      ['a\r\n=1', 'a =1'],
      ['\u202e=1', "'=1"],
      // A spreadsheet may drop what it cannot draw, and then reads what stands behind it.
      ['\u0001=1', "'=1"],
      ['\0=1', "'=1"],
      ['\u0085 ＠A1', "'＠A1"],
      ['\ud800=1', "'=1"],
      ["'\n=1", "' =1"],
      ['\u034f\u3164\n+1', "'+1"],
    ] as const)
      assert.deepEqual(written([old], 'fr'), [cell], JSON.stringify(old));
  });

  test('are touched for nothing else, and amounts and numbers never', () => {
    for (const name of ["'t Hooft", 'L’Écuyer', '−5', '(418) 555-0123', '100 %', '…', '#12'])
      assert.deepEqual(written([name], 'fr'), [name]);
    assert.equal(csvLine([{ cents: -1_050 }, -2, true, null], 'fr'), '-10,50;-2;true;\r\n');
    assert.equal(csvLine([{ cents: -1_050 }, -2, true, null], 'en'), '-10.50,-2,true,\r\n');
  });
});
