// Files under attack by whoever knows something of their holder: a number spelled in two ways, a code that outlives its
// reason, a search in the instant of an account's end. Each did more, or told more, than it should.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { decideLink, pendingLinks } from '../../../server/certificates/links/link-requests.ts';
import type { AccountData } from '../../../server/privacy/export.ts';
import { addInvoice, startTestApp, type TestApp } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { justBefore } from '../../support/just-before.ts';
import { confirm, look, setPolicy, waiting } from '../../support/links.ts';
import { balance, type Payer, signIn } from '../../support/payer.ts';

const HEATHER = ['MacDougall', 'Heather', 'PB-100'] as const;
const HER_NUMBER_AGAIN = ['MacDougall', 'Heather', 'NOPB-100'] as const;
const NOBODYS = ['MacDougall', 'Heather', 'PB-999'] as const;
const NOBODYS_AGAIN = ['MacDougall', 'Heather', 'NOPB-999'] as const;
const PASSWORD = 'sept grenouilles bleues';
const MINUTE = 60_000;

let t: TestApp;
let people = 0;
beforeEach(async () => {
  t = await startTestApp();
  await addInvoice(t.deps, 'petits-bouleaux', {
    firstName: 'Heather',
    lastName: 'MacDougall',
    email: 'heather@example.org',
    certificate: 'PB-100',
    invoice: 'F-100',
    totalCents: 500,
  });
});
afterEach(() => t.close());

const someone = () => signIn(t, `personne${++people}@example.com`);
const erase = (payer: Payer) => payer.call('POST', '/me/erasure', { password: PASSWORD });
const links = async (payer: Payer) =>
  (await t.deps.db.execute('SELECT level FROM links WHERE account_id = ?', [payer.accountId])).rows.length;

/** Asks for a code for Heather's file; answers the challenge and the code that went to her. */
async function codeFor(payer: Payer): Promise<readonly [challengeId: string | undefined, code: string]> {
  const { body } = await look(payer, HEATHER);
  const message = (await waiting(t, 'link-code')).at(-1);
  assert.ok(message?.payload.code);
  return [body.challengeId, message.payload.code];
}

describe('two spellings of one number', () => {
  for (const policy of ['approval', 'code'])
    test(`under « ${policy} » tell no match from a miss by the messages that they cause`, async () => {
      await setPolicy(t, policy);
      const caused: string[][] = [];
      for (const spellings of [
        [HEATHER, HER_NUMBER_AGAIN],
        [NOBODYS, NOBODYS_AGAIN],
      ]) {
        const payer = await someone();
        for (const typed of spellings) assert.equal((await look(payer, typed)).status, 202);
        const data = (await (await payer.call('GET', '/me/export')).json()) as AccountData;
        caused.push(data.messages.map(({ kind }) => kind));
      }
      assert.deepEqual(caused[0], caused[1]);
      assert.ok(caused[0]?.length);
    });

  test('count as one: where the proof asked for one has risen, it has risen for the other', async () => {
    for (let n = 0; n < 12; n++) {
      t.clock.advance(MINUTE);
      await look(await someone(), ['Personne', 'Curieuse', 'PB-100']);
    }
    for (const typed of [HEATHER, HER_NUMBER_AGAIN])
      assert.equal((await look(await someone(), typed)).status, 202, typed[2]);
  });

  test('send their holder no more codes in a day than one does', async () => {
    await setPolicy(t, 'code');
    for (let n = 0; n < 12; n++)
      for (const typed of [HEATHER, HER_NUMBER_AGAIN]) {
        t.clock.advance(MINUTE);
        await look(await someone(), typed);
      }
    assert.equal((await waiting(t, 'link-code')).length, 10);
  });
});

describe('what was asked for Heather’s file is worth nothing', () => {
  test('when staff have corrected the e-mail that its code went to', async () => {
    await setPolicy(t, 'code');
    const payer = await someone();
    const code = await codeFor(payer);
    await t.deps.db.execute("UPDATE holders SET email = 'h@example.org', email_key = 'h@example.org'");
    assert.equal((await confirm(payer, ...code)).status, 422);
    assert.equal(await links(payer), 0);
  });

  for (const [what, close] of [
    ['the file', "UPDATE holders SET status = 'fermé'"],
    ['the certificate', "UPDATE certificates SET status = 'closed'"],
  ] as const) {
    test(`when staff have closed ${what} since the code left`, async () => {
      await setPolicy(t, 'code');
      const payer = await someone();
      const code = await codeFor(payer);
      await t.deps.db.execute(close);
      assert.equal((await confirm(payer, ...code)).status, 422);
      assert.equal(await links(payer), 0);
    });

    test(`when staff say yes after closing ${what}`, async () => {
      await setPolicy(t, 'approval');
      const payer = await someone();
      await look(payer, HEATHER);
      const id = await regroupementId(t);
      const [request] = await pendingLinks(t.deps, id);
      await t.deps.db.execute(close);
      await assert.rejects(decideLink(t.deps, id, request?.id ?? '', 'approved', 'cli:test'), {
        kind: 'not-found',
      });
      assert.equal(await links(payer), 0);
    });
  }

  test('when she closed it to this account in the instant of its better proof', async () => {
    const payer = await someone();
    assert.equal((await look(payer, HEATHER)).status, 201);
    const token = (await waiting(t, 'linked'))[0]?.payload.undoToken;
    await setPolicy(t, 'code');
    const code = await codeFor(payer);
    const answer = await justBefore(
      t,
      /INSERT INTO links/,
      async () => assert.equal((await t.call('POST', '/link-undo', { token })).status, 200),
      () => confirm(payer, ...code),
    );
    assert.equal(answer.status, 410);
    assert.deepEqual((await balance(payer)).certificates, []);
  });
});

describe('what an account asked of the staff', () => {
  test('is refused when she closes the file to it: a list that they read before opens nothing', async () => {
    const payer = await someone();
    assert.equal((await look(payer, HEATHER)).status, 201);
    await setPolicy(t, 'approval');
    await look(payer, HEATHER);
    t.clock.advance(MINUTE); // the oldest stands first
    await look(await someone(), HEATHER);
    const id = await regroupementId(t);
    const [read, anothers] = await pendingLinks(t.deps, id);
    const token = (await waiting(t, 'linked'))[0]?.payload.undoToken;
    assert.equal((await t.call('POST', '/link-undo', { token })).status, 200);
    assert.deepEqual(await pendingLinks(t.deps, id), [anothers]);
    await assert.rejects(decideLink(t.deps, id, read?.id ?? '', 'approved', 'cli:test'), {
      kind: 'already-decided',
    });
    assert.deepEqual((await balance(payer)).certificates, []);
    t.clock.advance(MINUTE);
    await look(payer, HEATHER);
    assert.equal((await pendingLinks(t.deps, id)).at(-1)?.undoneBefore, true, 'asked anew, they know');
  });

  test('is refused when she closes the file in the instant of their yes', async () => {
    const payer = await someone();
    await look(payer, HEATHER);
    await setPolicy(t, 'approval');
    await look(payer, HEATHER);
    const id = await regroupementId(t);
    const [request] = await pendingLinks(t.deps, id);
    const token = (await waiting(t, 'linked'))[0]?.payload.undoToken;
    await assert.rejects(
      justBefore(
        t,
        /INSERT INTO links/,
        async () => assert.equal((await t.call('POST', '/link-undo', { token })).status, 200),
        () => decideLink(t.deps, id, request?.id ?? '', 'approved', 'cli:test'),
      ),
      { kind: 'already-decided' },
    );
    assert.deepEqual((await balance(payer)).certificates, []);
  });
});

describe('an account that ends in the middle of', () => {
  test('a search: no link is written for nobody, and Heather is not told of one', async () => {
    const payer = await someone();
    const answer = await justBefore(
      t,
      /FROM accounts a WHERE a\.id = \?2/,
      () => erase(payer),
      () => look(payer, HEATHER),
    );
    assert.equal(answer.status, 404);
    assert.equal(await links(payer), 0);
    assert.deepEqual(await waiting(t, 'linked'), []);
  });

  test('the proof by a code: the same', async () => {
    await setPolicy(t, 'code');
    const payer = await someone();
    const code = await codeFor(payer);
    const answer = await justBefore(
      t,
      /FROM accounts a WHERE a\.id = \?2/,
      () => erase(payer),
      () => confirm(payer, ...code),
    );
    assert.equal(answer.status, 410);
    assert.equal(await links(payer), 0);
  });

  for (const policy of ['approval', 'code'])
    test(`asking for a proof (« ${policy} »): no request, no code, no message stays behind`, async () => {
      await setPolicy(t, policy);
      const payer = await someone();
      const answer = await justBefore(
        t,
        /INSERT INTO link_requests/,
        () => erase(payer),
        () => look(payer, HEATHER),
      );
      assert.equal(answer.status, 401);
      for (const table of ['link_requests', 'link_challenges'])
        assert.deepEqual((await t.deps.db.execute(`SELECT * FROM ${table}`)).rows, [], table);
      const { rows } = await t.deps.db.execute("SELECT kind FROM outbox WHERE state = 'waiting'");
      assert.deepEqual(rows, [{ kind: 'account-erased' }]);
    });
});
