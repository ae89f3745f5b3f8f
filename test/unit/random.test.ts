// What ids, secrets and links are made of.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomBytes } from '../../server/random.ts';

test('nobody is given what another was given, whatever is asked for, and however often', () => {
  const given = new Set<string>();
  let asked = 0;
  for (let n = 12; n < 5_000; n += 7)
    for (const size of [12, n, 32]) {
      const bytes = randomBytes(size);
      assert.equal(bytes.length, size);
      for (let at = 0; at + 8 <= size; at += 8) {
        given.add(Buffer.from(bytes.subarray(at, at + 8)).toString('hex'));
        asked++;
      }
    }
  assert.equal(given.size, asked);
});

test('what is done to the bytes that one was given changes nothing of anyone else’s', () => {
  const [before, own, after] = [randomBytes(12), randomBytes(12), randomBytes(12)];
  const kept = [Buffer.from(before).toString('hex'), Buffer.from(after).toString('hex')];
  own.fill(7);
  new Uint8Array(own.buffer).fill(7);
  assert.deepEqual([Buffer.from(before).toString('hex'), Buffer.from(after).toString('hex')], kept);
  assert.notDeepEqual(randomBytes(12), own);
});
