// Whoever guesses names and numbers waits; whoever answers right does not, and nobody is locked out by others.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addInvoice, startTestApp, type TestApp } from '../support/app.ts';
import { type Payer, search, signIn } from '../support/payer.ts';

let t: TestApp;
before(async () => {
  t = await startTestApp();
  await addInvoice(t.deps, 'petits-bouleaux', {
    firstName: 'Anne-Sophie',
    lastName: 'D’Août',
    certificate: 'PB-004533',
    invoice: 'F-4',
    totalCents: 29_613,
  });
  await addInvoice(t.deps, 'petits-bouleaux', {
    firstName: 'Ève',
    lastName: 'Roy',
    certificate: 'PB-7',
    invoice: 'F-7',
    totalCents: 100,
  });
});
after(() => t.close());

let people = 0;
async function someone(): Promise<Payer> {
  people++;
  return await signIn(t, `personne${people}@example.com`);
}

describe('guessing is slowed, right answers are not', () => {
  test('after five misses she waits, for as long as told; somebody else does not', async () => {
    const payer = await someone();
    const statuses = [];
    for (let i = 0; i < 5; i++)
      statuses.push((await search(payer, 'D’Août', 'Anne-Sophie', `PB-${i}`)).status);
    assert.deepEqual(statuses, [404, 404, 404, 404, 404]);
    const refused = await search(payer, 'D’Août', 'Anne-Sophie', 'PB-004533');
    assert.deepEqual([refused.status, refused.body.type], [429, '/problems/too-many-requests']);
    assert.equal((await search(await someone(), 'D’Août', 'Anne-Sophie', 'PB-004533')).status, 201);
    t.clock.advance((refused.body.retryAfter ?? 0) * 1_000);
    assert.equal((await search(payer, 'D’Août', 'Anne-Sophie', 'PB-004533')).status, 201);
  });

  test('a hundred guesses at the same moment are five', async () => {
    const payer = await someone();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => search(payer, 'Roy', 'Ève', `PX-${i}`)),
    );
    assert.equal(answers.filter(({ status }) => status === 404).length, 5);
    assert.equal(answers.filter(({ status }) => status === 429).length, 95);
  });

  test('right answers cost nothing, however many', async () => {
    const payer = await someone();
    for (let i = 0; i < 12; i++)
      assert.equal((await search(payer, 'D’Août', 'Anne-Sophie', 'PB-004533')).status, 201);
  });

  test('misses on one number by many people raise the proof asked for it and alert the staff; other numbers open as before', async () => {
    for (let i = 0; i < 4; i++) {
      t.clock.advance(20 * 60_000);
      const payer = await someone();
      for (let k = 0; k < 4; k++) await search(payer, 'Personne', 'Curieuse', 'PB-004533');
    }
    const raised = await search(await someone(), 'D’Août', 'Anne-Sophie', 'PB-004533');
    assert.deepEqual([raised.status, (raised.body as { proof?: string }).proof], [202, 'code']);
    assert.equal((await search(await someone(), 'Roy', 'Ève', 'PB-7')).status, 201);
    assert.equal(t.logged.filter((line) => line.includes('lookup-alert')).length, 1);
    const { rows } = await t.deps.db.execute("SELECT detail FROM security_log WHERE event = 'lookup-alert'");
    assert.deepEqual(
      rows.map((row) => row.detail),
      ['{"scope":"certificate"}'],
    );
  });
});
