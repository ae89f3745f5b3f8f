// A bounded run of the simulation; hours of it on demand: `npm run simulate -- --seed N --histories M`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seldom, simulate } from './simulate.ts';

test('sixty bad days: the three books agree after each, and bad things did happen', async () => {
  const outcome = await simulate(1, 60);
  if (outcome.failed !== null)
    throw new Error(`seed ${outcome.failed.seed} went wrong`, { cause: outcome.failed.error });
  assert.deepEqual(seldom(outcome), []);
});
