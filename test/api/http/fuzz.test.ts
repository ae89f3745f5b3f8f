// A short run of the fuzzer; the long one is `npm run fuzz`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzz } from '../../fuzz/fuzz.ts';

test('four and a half thousand requests, described and hostile: no fault of ours, no hang, nobody else’s data', async () => {
  const { requests, byStatus, faults, untaken, routes } = await fuzz({ requests: 4_500, seed: 417 });
  assert.deepEqual(faults, []);
  assert.equal(requests, 4_500);
  // It means nothing if everything is refused by the guards. The long run must get behind each one.
  assert.ok(routes - untaken.length > routes * 0.75, `never taken: ${untaken.join(', ')}`);
  const good = (byStatus[200] ?? 0) + (byStatus[201] ?? 0) + (byStatus[202] ?? 0) + (byStatus[204] ?? 0);
  assert.ok(good > 1_300, `${good} were taken: ${JSON.stringify(byStatus)}`);
});
