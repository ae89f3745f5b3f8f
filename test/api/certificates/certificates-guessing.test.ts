// Whoever guesses names and numbers waits; whoever answers right does not, and nobody is locked out by others.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { addInvoice, startTestApp, type TestApp } from '../../support/app.ts';
import { type Payer, search, signIn } from '../../support/payer.ts';

const MINUTE = 60_000;
const EVE_ROY = {
  firstName: 'Ève',
  lastName: 'Roy',
  certificate: 'PB-7',
  invoice: 'F-7',
  totalCents: 100,
};
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
  await addInvoice(t.deps, 'petits-bouleaux', EVE_ROY);
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

describe('searching without end', () => {
  let patient: TestApp;
  beforeEach(async () => {
    patient = await startTestApp({ trustedProxies: 1 });
    await addInvoice(patient.deps, 'petits-bouleaux', EVE_ROY);
  });
  afterEach(() => patient.close());

  let numbers = 0;
  /** The status of one search, for a number of its own unless one is given. */
  const find = async (payer: Payer, from: string, certificateNumber = `PX-${numbers++}`) => {
    const body = { lastName: 'Roy', firstName: 'Ève', certificateNumber };
    return (await payer.call('POST', '/certificates/links', body, { 'X-Forwarded-For': from })).status;
  };
  const somebody = (n = people++) => signIn(patient, `patient${n}@example.com`);

  test('one account has thirty searches, and then two an hour, however it spreads them', async () => {
    const me = people++;
    const heard = [];
    for (let quarter = 0; quarter < 12; quarter++) {
      const payer = await somebody(me);
      for (let i = 0; i < 5; i++) heard.push(await find(payer, `192.0.2.${quarter}`));
      patient.clock.advance(15 * MINUTE);
    }
    const searched = heard.filter((status) => status === 404).length;
    assert.ok(searched >= 30 && searched <= 34, `${searched} in three hours`);
    assert.equal(await find(await somebody(), '192.0.2.1'), 404, 'somebody else at that address goes on');
  });

  test('one address has thirty searches in a quarter of an hour and a hundred and fifty a day, by however many accounts', async () => {
    const office = Array.from({ length: 8 }, () => people++);
    const searched = [];
    for (let quarter = 0; quarter < 7; quarter++) {
      let heard = 0;
      for (const who of office) {
        const payer = await somebody(who);
        for (let i = 0; i < 4; i++) if ((await find(payer, '192.0.2.1')) !== 429) heard++;
      }
      searched.push(heard);
      patient.clock.advance(15 * MINUTE);
    }
    assert.equal(searched[0], 30);
    const all = searched.reduce((sum, heard) => sum + heard, 0);
    assert.ok(all >= 150 && all <= 162, `${all} in under two hours`);
    assert.notEqual(await find(await somebody(), '198.51.100.7'), 429, 'another address goes on');
  });

  test('one account tries thirty codes in a quarter of an hour, and one address a hundred, invented ones too', async () => {
    const tryCode = async (payer: Payer, from: string) => {
      const body = { challengeId: 'A'.repeat(22), code: '12345678' };
      return (await payer.call('POST', '/certificates/links/confirm', body, { 'X-Forwarded-For': from }))
        .status;
    };
    for (let n = 0; n < 3; n++) {
      const payer = await somebody();
      for (let i = 0; i < 30; i++) assert.equal(await tryCode(payer, '192.0.2.1'), 410);
      assert.equal(await tryCode(payer, '198.51.100.7'), 429, 'from another address too');
    }
    const fourth = await somebody();
    for (let i = 0; i < 10; i++) assert.equal(await tryCode(fourth, '192.0.2.1'), 410);
    assert.equal(await tryCode(fourth, '192.0.2.1'), 429);
    assert.equal(await tryCode(await somebody(), '198.51.100.7'), 410, 'another address goes on');
  });

  test('two hundred misses in a week raise the proof in the whole regroupement for three days', async () => {
    const first = people;
    for (let hour = 0; hour < 3; hour++) {
      for (let n = 0; n < 14; n++) {
        const payer = await somebody(first + n);
        for (let i = 0; i < 5; i++) await find(payer, `192.0.2.${n}`);
      }
      patient.clock.advance(60 * MINUTE);
    }
    people += 14;
    const right = async (from: string) => find(await somebody(), from, 'PB-7');
    assert.equal(await right('198.51.100.1'), 202);
    patient.clock.advance(2 * 24 * 60 * MINUTE);
    assert.equal(await right('198.51.100.2'), 202, 'it is not over as soon as they pause');
    patient.clock.advance(25 * 60 * MINUTE);
    assert.equal(await right('198.51.100.3'), 201);
  });
});
