// How many rows an import writes at once: whoever pays meanwhile never waits long for the write lock.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace } from '../../../server/import/writing/pace.ts';

/** How long a transaction of so many rows takes at the end, after thirty of them. */
async function settled(emptyMs: number, rowMs: number): Promise<{ rows: number; heldMs: number }> {
  let now = 0;
  const pace = await Pace.measured({ now: () => now }, async () => {
    now += emptyMs;
  });
  for (let i = 0; i < 30; i++) pace.saw(pace.rows, emptyMs + rowMs * pace.rows);
  return { rows: pace.rows, heldMs: rowMs * pace.rows };
}

test('an import holds the lock for some 12 ms at a time, on a quick machine and on one ten times as slow', async () => {
  for (const rowMs of [0.015, 0.05, 0.15]) {
    const { heldMs } = await settled(2, rowMs);
    assert.ok(heldMs > 8 && heldMs < 16, `${heldMs} ms where a row takes ${rowMs}`);
  }
});

test('a slow disk, or a long way to the server, which smaller transactions would not shorten, makes them no smaller', async () => {
  assert.equal((await settled(200, 0.015)).rows, (await settled(2, 0.015)).rows);
});

test('never so few rows at once that the import would not come to its end, nor more than anybody should wait for', async () => {
  assert.equal((await settled(2, 10)).rows, 50);
  assert.equal((await settled(2, 0.0001)).rows, 1_500);
});

test('a small last transaction says nothing of a quick machine', async () => {
  const pace = await Pace.measured({ now: () => 0 }, async () => undefined);
  const before = pace.rows;
  pace.saw(3, 1);
  assert.equal(pace.rows, before);
});
