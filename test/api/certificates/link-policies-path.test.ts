// Nothing in how the server works tells a match from a miss, or one miss from another (I6): the same statements in the
// same order, as many hashes, as much randomness. Looked at on the code's path, not on a clock.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { addInvoice, startTestApp, type TestApp } from '../../support/app.ts';
import { confirm, look, setPolicy } from '../../support/links.ts';
import { type WatchedPath, watchPath } from '../../support/path.ts';
import { type Payer, signIn } from '../../support/payer.ts';

// A well-formed secret that was printed nowhere.
const SECRET = '0000000000';
const WITH_EMAIL = ['MacDougall', 'Heather', 'PB-100'] as const;
const WITHOUT_EMAIL = ['D’Août', 'Anne-Sophie', 'PB-200'] as const;
const MISSES = {
  'unknown number': ['MacDougall', 'Heather', 'PB-999'],
  'wrong name': ['Roy', 'Ève', 'PB-100'],
  'closed file': ['Cormier', 'Ginette', 'PB-300'],
  'other regroupement': ['Diallo', 'Oumou', 'AF-77'],
  'no number at all': ['MacDougall', 'Heather', '#'],
} as const;

describe('the path of a search', () => {
  let t: TestApp;
  let people = 0;
  const someone = (): Promise<Payer> => signIn(t, `personne${++people}@example.com`);
  let watched: WatchedPath;

  before(async () => {
    t = await startTestApp();
    const holders = [
      ['petits-bouleaux', 'Heather', 'MacDougall', 'PB-100', 'heather@example.org'],
      ['petits-bouleaux', 'Anne-Sophie', 'D’Août', 'PB-200', null],
      ['petits-bouleaux', 'Ginette', 'Cormier', 'PB-300', 'ginette@example.org'],
      ['la-farandole', 'Oumou', 'Diallo', 'AF-77', null],
    ] as const;
    for (const [slug, firstName, lastName, certificate, email] of holders)
      await addInvoice(t.deps, slug, {
        firstName,
        lastName,
        certificate,
        email,
        invoice: `F-${certificate}`,
        totalCents: 500,
      });
    await t.deps.db.execute("UPDATE holders SET status = 'fermé' WHERE last_name = 'Cormier'");
    watched = watchPath(t);
  });
  after(async () => {
    watched?.stop();
    await t.close();
  });

  // Every try of the address they all search from is back.
  beforeEach(() => t.clock.advance(86_400_000));

  async function pathOf(work: (payer: Payer) => Promise<unknown>): Promise<string[]> {
    const payer = await someone();
    return watched.of(() => work(payer));
  }

  for (const policy of ['name-and-number', 'secret'] as const)
    test(`${policy}: every miss goes the same way`, async () => {
      await setPolicy(t, policy);
      const secret = policy === 'secret' ? SECRET : undefined;
      const cases = { ...MISSES, ...(secret === undefined ? {} : { 'wrong secret': WITH_EMAIL }) };
      // The first call of a browser has its key read, whatever it asks.
      await pathOf((payer) => look(payer, ['Personne', 'Aucune', 'ZZ-0'], secret));
      const expected = await pathOf((payer) => look(payer, ['Personne', 'Aucune', 'ZZ-1'], secret));
      assert.ok(expected.length > 10);
      assert.equal(expected.filter((step) => step === 'scrypt').length, secret === undefined ? 0 : 1);
      for (const [name, typed] of Object.entries(cases))
        assert.deepEqual(await pathOf((payer) => look(payer, typed, secret)), expected, name);
    });

  for (const policy of ['code', 'approval'] as const)
    test(`${policy}: a match goes the way of a miss, with an e-mail on file or without`, async () => {
      await setPolicy(t, policy);
      const expected = await pathOf((payer) => look(payer, ['Personne', 'Aucune', 'ZZ-2']));
      assert.ok(expected.length > 10);
      for (const [name, typed] of Object.entries({ ...MISSES, WITH_EMAIL, WITHOUT_EMAIL }))
        assert.deepEqual(await pathOf((payer) => look(payer, typed)), expected, name);
      const { rows } = await t.deps.db.execute("SELECT 1 FROM outbox WHERE kind = 'link-code'");
      if (policy === 'code') assert.equal(rows.length, 1, 'one of them was a match');
    });

  test('a wrong code goes the same way whether or not there is a right one', async () => {
    await setPolicy(t, 'code');
    const wrong = async (typed: readonly [string, string, string]) => {
      const payer = await someone();
      const { body } = await look(payer, typed);
      return watched.of(async () => {
        assert.equal((await confirm(payer, body.challengeId, '00000000')).status, 422);
      });
    };
    assert.deepEqual(await wrong(WITH_EMAIL), await wrong(MISSES['unknown number']));
  });
});
