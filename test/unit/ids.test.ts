// Ids are read aloud, pasted into commands and spreadsheets, and looked up in indexes that grow with the books.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { newId } from '../../server/deps.ts';

const instant = fc.integer({ min: 0, max: Date.UTC(2083, 0) });
const bytes = fc.uint8Array({ minLength: 12, maxLength: 12 });
const idAt = (now: number, random: Uint8Array) => newId({ now: () => now, randomBytes: () => random });

test('an id never looks like an option of a command, nor like a formula', () => {
  fc.assert(
    fc.property(instant, bytes, (now, random) => assert.match(idAt(now, random), /^[A-Za-z][\w-]{21}$/)),
  );
});

test('a later id sorts after an earlier one, as the database compares them', () => {
  fc.assert(
    fc.property(instant, instant, bytes, bytes, (one, other, a, b) => {
      const [first, second] = one < other ? [one, other] : [other, one];
      if (first === second) return;
      assert.ok(Buffer.compare(Buffer.from(idAt(first, a)), Buffer.from(idAt(second, b))) < 0);
    }),
  );
});

test('two ids of one instant differ by all that is random in them', () => {
  fc.assert(
    fc.property(instant, bytes, bytes, (now, a, b) => {
      const same =
        Buffer.from(a).toString('base64').slice(0, 15) === Buffer.from(b).toString('base64').slice(0, 15);
      assert.equal(idAt(now, a) === idAt(now, b), same);
    }),
  );
});
