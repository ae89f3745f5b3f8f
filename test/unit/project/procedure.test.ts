// test/PROCEDURE.md is the way from a sentence of the published procedure to the code that serves it: it must lead there.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { describe, test } from 'node:test';
import { ROOT } from '../../support/manuals.ts';

const SENTENCES = 49;
const rows = readFileSync(join(ROOT, 'test/PROCEDURE.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| S\d/.test(line))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));

/** The numbers that a file names in its first comment or in a docstring: S12, S3–S13. */
function numbersIn(source: string): Set<number> {
  const first = /^(?:\/\/.*\n)+/.exec(source)?.[0] ?? '';
  const comments = [first, ...(source.match(/\/\*\*.*?\*\//gs) ?? [])].join('\n');
  return new Set(
    [...comments.matchAll(/\bS(\d+)(?:–S?(\d+))?\b/g)].flatMap(([, from, to]) =>
      Array.from({ length: Number(to ?? from) - Number(from) + 1 }, (_, n) => Number(from) + n),
    ),
  );
}

test('every sentence stands there once, in order', () => {
  assert.deepEqual(
    rows.map(([number]) => number),
    Array.from({ length: SENTENCES }, (_, n) => `S${n + 1}`),
  );
});

describe('the row of', () => {
  for (const [number = '', , files = '', tests = ''] of rows)
    test(`${number} leads to files that name it, and to tests that are there`, () => {
      const wrong: string[] = [];
      const links = [...files.matchAll(/\]\((\S+?)\)/g)].map(([, link = '']) =>
        normalize(join('test', link)),
      );
      const shown = [...tests.matchAll(/\]\((\S+?)\) “(.+?)”/g)];
      assert.ok(links.length > 0 && shown.length > 0);
      for (const file of links)
        if (!existsSync(join(ROOT, file))) wrong.push(`${file} is not there`);
        else if (!numbersIn(readFileSync(join(ROOT, file), 'utf8')).has(Number(number.slice(1))))
          wrong.push(`${file} does not name ${number}`);
      for (const [, link = '', title = ''] of shown) {
        const file = join(ROOT, 'test', link);
        if (!existsSync(file)) wrong.push(`${link} is not there`);
        else if (!readFileSync(file, 'utf8').includes(title)) wrong.push(`${link} has no test “${title}”`);
      }
      assert.deepEqual(wrong, []);
    });
});
