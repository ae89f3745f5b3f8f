// Ids are read aloud, pasted into commands and spreadsheets.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { newId } from '../../server/deps.ts';

test('an id never looks like an option of a command, nor like a formula', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) =>
      assert.match(newId({ randomBytes: () => bytes }), /^[A-Za-f][\w-]{21}$/),
    ),
  );
});
