// The queue before costly work: hashes of passwords, documents to draw.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BoundedQueue } from '../../server/bounded-queue.ts';
import { Problem } from '../../server/problems/problem.ts';

const isBusy = (error: unknown) => error instanceof Problem && error.kind === 'busy';
const LONG = 60_000;

describe('the queue before costly work', () => {
  test('lets so many work, so many wait, and tells the rest to come back', async () => {
    const queue = new BoundedQueue({ atOnce: 2, places: 3, patienceMs: LONG });
    let working = 0;
    let most = 0;
    const open = Promise.withResolvers<void>();
    const work = () =>
      queue.run(async () => {
        most = Math.max(most, ++working);
        await open.promise;
        working--;
      });
    const admitted = [work(), work(), work(), work(), work()];
    await assert.rejects(work(), isBusy);
    open.resolve();
    await Promise.all(admitted);
    assert.equal(most, 2);
    await work();
  });

  test('serves in the order in which they came', async () => {
    const queue = new BoundedQueue({ atOnce: 1, places: 9, patienceMs: LONG });
    const served: number[] = [];
    await Promise.all([1, 2, 3, 4].map((n) => queue.run(async () => served.push(n))));
    assert.deepEqual(served, [1, 2, 3, 4]);
  });

  test('tells whoever has waited too long, who then takes nobody’s place', async () => {
    const queue = new BoundedQueue({ atOnce: 1, places: 3, patienceMs: 20 });
    const open = Promise.withResolvers<void>();
    const first = queue.run(() => open.promise);
    let late = false;
    await assert.rejects(
      queue.run(async () => {
        late = true;
      }),
      isBusy,
    );
    const next = queue.run(async () => 'next');
    open.resolve();
    await first;
    assert.equal(await next, 'next');
    assert.equal(await queue.run(async () => 'free again'), 'free again');
    assert.equal(late, false);
  });

  test('is full while those who wait have waited for half as long as they may', async () => {
    const queue = new BoundedQueue({ atOnce: 1, places: 9, patienceMs: 400 });
    const open = Promise.withResolvers<void>();
    const first = queue.run(() => open.promise);
    const second = queue.run(async () => 'second');
    queue.refuseIfFull();
    const until = performance.now() + 250;
    while (performance.now() < until) await new Promise((resolve) => setImmediate(resolve));
    assert.throws(() => queue.refuseIfFull(), isBusy);
    await assert.rejects(
      queue.run(async () => 'third'),
      isBusy,
    );
    open.resolve();
    await first;
    assert.equal(await second, 'second');
    queue.refuseIfFull();
  });

  test('work that fails frees its place', async () => {
    const queue = new BoundedQueue({ atOnce: 1, places: 0, patienceMs: LONG });
    await assert.rejects(
      queue.run(() => Promise.reject(new Error('failed'))),
      /failed/,
    );
    assert.equal(await queue.run(async () => 'next'), 'next');
  });
});
