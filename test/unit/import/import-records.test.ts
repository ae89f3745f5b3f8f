// Records of delimited text: as another reader of the same format finds them, whatever pieces the text comes in.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type CsvError, parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { BLANK, CsvReader, CsvTrouble } from '../../../server/import/reading/csv-records.ts';

/** All records of the text in pieces of `size`, or the kind of trouble. */
function read(text: string, size = 4096) {
  const reader = new CsvReader(';');
  try {
    const records = [];
    for (let at = 0; at < text.length; at += size) records.push(...reader.read(text.slice(at, at + size)));
    return [...records, ...reader.end()];
  } catch (error) {
    if (error instanceof CsvTrouble) return error.kind;
    throw error;
  }
}

/** The same by csv-parse, with the line where each record begins. */
function oracle(text: string) {
  try {
    let before = 0;
    const found = parse(text, {
      delimiter: ';',
      relax_column_count: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      info: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return found.map(({ record, info }) => {
      const line = before + 1;
      before = info.lines;
      return { line, cells: record };
    });
  } catch (error) {
    const { code } = error as CsvError;
    return code === 'CSV_QUOTE_NOT_CLOSED' ? 'never-closed' : 'misplaced-quote';
  }
}

describe('records of delimited text', () => {
  test('are what csv-parse finds, for any text in pieces of any size', () => {
    const piece = fc.constantFrom(
      'a',
      'é',
      ';',
      ';',
      '"',
      '""',
      '\n',
      '\r\n',
      '\r',
      ' ',
      '"a;b"',
      '"x\ny"',
      '12,5',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), fc.integer({ min: 1, max: 7 }), (pieces, size) => {
        const text = pieces.join('');
        const ours = read(text, size);
        const theirs = oracle(text);
        if (typeof ours === 'string' || typeof theirs === 'string') return assert.equal(ours, theirs);
        // csv-parse counts CR and LF inside a quoted cell as two lines.
        const lineOf = (line: number) => (text.includes('\r') ? 0 : line);
        const blank = (cells: readonly string[]) => cells.every((cell) => cell.trim() === '');
        assert.deepEqual(
          ours.map(({ line, cells }) => ({ line: lineOf(line), cells: blank(cells) ? [] : cells })),
          theirs.map(({ line, cells }) => ({ line: lineOf(line), cells: blank(cells) ? [] : cells })),
        );
      }),
      { numRuns: 3_000 },
    );
  });

  test('the last one knows whether its line ended', () => {
    const ended = (text: string) => {
      const records = read(text);
      return typeof records === 'string' ? records : records.map((record) => record.ended);
    };
    assert.deepEqual(ended('a;b\nc;d'), [true, false]);
    assert.deepEqual(ended('a;b\r\nc;d\r\n'), [true, true]);
  });

  test('a line of nothing but delimiters is blank, however long', () => {
    const records = read(`a;b\n${';'.repeat(1_000_000)}\n;; ;\nc;d\n`);
    assert.deepEqual(
      typeof records === 'string' ? records : records.map(({ line, cells }) => [line, cells === BLANK]),
      [
        [1, false],
        [2, true],
        [3, true],
        [4, false],
      ],
    );
    assert.equal(read(`a;"${'b'.repeat(200_000)}`), 'never-closed');
    assert.equal(read('b'.repeat(200_000)), 'too-long');
  });

  test('ten megabytes of delimiters or line ends take seconds', () => {
    const started = performance.now();
    for (const line of [';;;;\n', '\n', ';\n']) {
      const reader = new CsvReader(';');
      let n = 0;
      const piece = line.repeat(1_000);
      for (let at = 0; at < 10_000_000; at += piece.length) for (const _ of reader.read(piece)) n++;
      assert.ok(n >= 2_000_000);
    }
    assert.ok(performance.now() - started < 60_000);
  });
});
