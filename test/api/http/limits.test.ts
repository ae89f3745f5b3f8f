// Limits as a person meets them: so many tries, then a wait that is told and is true.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openDb } from '../../../server/db/open.ts';
import { holdBack, takeTry } from '../../../server/limits.ts';
import { keepNoLonger } from '../../../server/privacy/retention.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';

describe('a limit of 5 tries in 15 minutes', () => {
  const limit = { burst: 5, periodMs: 15 * 60_000 };
  let t: TestApp;
  before(async () => {
    t = await startTestApp();
  });
  after(() => t.close());

  test('gives five at once, to that key only', async () => {
    const waits = [];
    for (let i = 0; i < 6; i++) waits.push(await takeTry(t.deps, 'someone', limit));
    assert.deepEqual(waits, [0, 0, 0, 0, 0, 180]);
    assert.equal(await takeTry(t.deps, 'someone else', limit), 0);
  });

  test('the wait that is told is the wait that is needed', async () => {
    const wait = await takeTry(t.deps, 'someone', limit);
    t.clock.advance((wait - 1) * 1000);
    assert.notEqual(await takeTry(t.deps, 'someone', limit), 0);
    t.clock.advance(1000);
    assert.equal(await takeTry(t.deps, 'someone', limit), 0);
  });

  test('a hundred tries at the same moment get exactly five', async () => {
    const waits = await Promise.all(Array.from({ length: 100 }, () => takeTry(t.deps, 'crowd', limit)));
    assert.equal(waits.filter((wait) => wait === 0).length, 5);
  });

  test('the key itself is not stored', async () => {
    const { rows } = await t.deps.db.execute<{ key: string }>('SELECT key FROM rate_limits');
    assert.ok(rows.every((row) => !row.key.includes('someone')));
  });

  test('forgets a key once all its tries are back, and not before', async () => {
    for (let i = 0; i < 5; i++) await takeTry(t.deps, 'soon forgotten', limit);
    t.clock.advance(limit.periodMs - 1);
    await keepNoLonger(t.deps);
    assert.notEqual(await held(), 0);
    t.clock.advance(1);
    await keepNoLonger(t.deps);
    assert.equal(await held(), 0);
  });

  test('is one for all the processes on the database', async () => {
    const db = await openDb(t.deps.config.databaseUrl);
    const there = { ...t.deps, db };
    try {
      for (const deps of [t.deps, there, there, t.deps, there])
        assert.equal(await takeTry(deps, 'both', limit), 0);
      assert.deepEqual(
        [await takeTry(t.deps, 'both', limit), await takeTry(there, 'both', limit)],
        [180, 180],
      );
      await holdBack(there, 'both', limit, 60_000);
      assert.equal(await takeTry(t.deps, 'both', limit), 240, 'so is the time that it is held back for');
    } finally {
      db.close();
    }
  });

  async function held(): Promise<unknown> {
    return (await t.deps.db.execute('SELECT count(*) AS n FROM rate_limits')).rows[0]?.n;
  }
});
