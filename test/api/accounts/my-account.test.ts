// Her own account, while she is signed in: name, password, e-mail, the browsers where it is open. Whatever could take the
// account from her asks for her password, and tells her.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { hashPassword } from '../../../server/accounts/passwords/passwords.ts';
import type { OpenSession } from '../../../server/accounts/sessions/my-sessions.ts';
import type { Tokens } from '../../../server/accounts/sessions/sessions.ts';
import { addInvoice, startTestApp, type TestApp } from '../../support/app.ts';
import {
  EMAIL,
  join,
  mailbox,
  newcomer,
  newestLink,
  outcome,
  PASSWORD,
  seen,
  signUp,
} from '../../support/sign-up.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const OTHER = 'marie-eve@nouvelle.example';
const NEW_PASSWORD = 'quatre loutres au soleil levant';
let t: TestApp;
let hers: Tokens;
beforeEach(async () => {
  t = await startTestApp({ trustedProxies: 1 });
  hers = await join(t);
});
afterEach(() => t.close());

const as = (tokens: Tokens, method: string, path: string, body?: unknown) =>
  t.call(method, path, body, { Authorization: `DPoP ${tokens.accessToken}` });
const signIn = (password = PASSWORD, email = EMAIL) => t.call('POST', '/sessions', { email, password });
const opened = async (answer: Promise<Response>) => (await (await answer).json()) as Tokens;
const askEmail = (email = OTHER, password = PASSWORD, tokens = hers) =>
  as(tokens, 'POST', '/me/email', { email, password });
const confirmEmail = (token: string, password = PASSWORD) =>
  t.call('POST', '/email-changes/confirm', { token, password });
const undoEmail = (token: string, password = NEW_PASSWORD) =>
  t.call('POST', '/email-changes/undo', { token, password });
/** What is answered for a link that leads nowhere any more. */
const DEAD = [410, 'link-invalid'];
const checkActivation = (token: string) => t.call('POST', '/activations/check', { token });
const activate = (token: string, password = PASSWORD) => t.call('POST', '/activations', { token, password });
const checkReset = (token: string) => t.call('POST', '/password-resets/check', { token });
const completeReset = (token: string) =>
  t.call('POST', '/password-resets/complete', { token, password: 'six huards sur le lac calme' });
/** Asks for a new password and answers the link that was sent. */
async function askReset(email = EMAIL): Promise<string> {
  await t.call('POST', '/password-resets', { email, lang: 'fr-CA' });
  return await newestLink(t, 'reset', email);
}
const changePassword = (currentPassword = PASSWORD, password = NEW_PASSWORD, tokens = hers) =>
  as(tokens, 'POST', '/me/password', { currentPassword, password });

test('she corrects her name; her e-mail and her language stay', async () => {
  const answer = await as(hers, 'PATCH', '/me', { name: '  Marie-Ève Lécuyer ' });
  assert.deepEqual(await answer.json(), { name: 'Marie-Ève Lécuyer', email: EMAIL, lang: 'fr-CA' });
  assert.deepEqual(await outcome(as(hers, 'PATCH', '/me', {})), [400, 'validation']);
  assert.deepEqual(await outcome(as(hers, 'PATCH', '/me', { name: ' ' })), [400, 'validation']);
});

test('a right password that nobody had time to look at, again and again, is no guess: she gets in once there is time', async () => {
  const attempt = await signUp(t, { email: 'autre@example.org' });
  await askEmail();
  const link = await newestLink(t, 'email-change', OTHER);
  let storm = true;
  const others = Array.from({ length: 202 }, async () => {
    while (storm) await hashPassword(t.deps, 'x').catch(() => setImmediate());
  });
  try {
    const ways = [signIn, changePassword, () => confirmEmail(link), () => activate(attempt)];
    for (let n = 0; n < 11; n++)
      for (const way of ways) assert.deepEqual(await outcome(way()), [503, 'busy']);
  } finally {
    storm = false;
    await Promise.all(others);
  }
  assert.deepEqual(await outcome(activate(attempt)), [201, null]);
  assert.deepEqual(await outcome(confirmEmail(link)), [201, null]);
});

describe('a password changed by her', () => {
  test('replaces the other, ends every other session and tells her', async () => {
    const elsewhere = await opened(signIn());
    assert.equal((await changePassword()).status, 204);
    assert.equal((await as(hers, 'GET', '/me')).status, 200);
    assert.deepEqual(await outcome(as(elsewhere, 'GET', '/me')), [401, 'unauthenticated']);
    assert.deepEqual(await outcome(signIn()), [401, 'sign-in-failed']);
    assert.equal((await signIn(NEW_PASSWORD)).status, 201);
    assert.equal((await mailbox(t)).filter(({ kind }) => kind === 'password-changed').length, 1);
  });

  test('takes the present one: a borrowed phone is not enough', async () => {
    assert.deepEqual(await outcome(changePassword('autre chose de long')), [422, 'password-wrong']);
    assert.equal((await signIn()).status, 201);
  });

  test('must be a good one', async () => {
    const answer = await changePassword(PASSWORD, 'PetitsBouleaux2026');
    assert.deepEqual((await answer.json()).errors, [{ pointer: '/password', code: 'guessable' }]);
  });

  test('ends a reset that was asked for', async () => {
    await t.call('POST', '/password-resets', { email: EMAIL, lang: 'fr-CA' });
    const reset = await newestLink(t, 'reset');
    await changePassword();
    assert.deepEqual(
      await outcome(
        t.call('POST', '/password-resets/complete', { token: reset, password: 'tout autre chose ici' }),
      ),
      [410, 'link-invalid'],
    );
  });

  test('by two at once is changed once, to what the one who was told so typed', async () => {
    const answers = await Promise.all([
      changePassword(PASSWORD, 'premier choix de mot'),
      changePassword(PASSWORD, 'second choix de mot'),
    ]);
    const statuses = answers.map(({ status }) => status);
    assert.deepEqual([...statuses].sort(), [204, 422]);
    const chosen = statuses[0] === 204 ? 'premier choix de mot' : 'second choix de mot';
    assert.equal((await signIn(chosen)).status, 201);
  });

  test('is looked at no more often than at sign-in: an address that has passwords looked at without end waits', async () => {
    for (let i = 0; i < 200; i++)
      await t.call('POST', '/accounts', { ...newcomer, password: 'Printemps2026!' });
    assert.deepEqual(await outcome(changePassword(PASSWORD, 'Printemps2026!')), [429, 'too-many-requests']);
    t.clock.advance(5_000);
    assert.equal((await changePassword()).status, 204);
  });

  test('is guessed at no faster than at sign-in', async () => {
    for (let i = 0; i < 10; i++) await changePassword(`essai numéro ${i} de dix`);
    assert.deepEqual(await outcome(changePassword()), [429, 'too-many-requests']);
  });
});

describe('another e-mail', () => {
  test('takes the link and her password; from then on it is hers, and the old one is told', async () => {
    const elsewhere = await opened(signIn());
    assert.equal((await askEmail()).status, 202);
    assert.equal((await (await as(hers, 'GET', '/me')).json()).email, EMAIL);
    const link = await newestLink(t, 'email-change', OTHER);
    assert.equal((await t.call('POST', '/email-changes/check', { token: link })).status, 200);
    const now = await opened(confirmEmail(link));
    assert.equal(now.me.email, OTHER);
    assert.deepEqual(await outcome(as(elsewhere, 'GET', '/me')), [401, 'unauthenticated']);
    assert.equal((await signIn(PASSWORD, OTHER)).status, 201);
    assert.deepEqual(await outcome(signIn()), [401, 'sign-in-failed']);
    assert.equal((await mailbox(t)).at(-1)?.kind, 'email-changed');
  });

  test('finds the file that has it; the file that has the old one is hers no more', async () => {
    for (const [email, certificate] of [
      [EMAIL, 'PB-000001'],
      [OTHER, 'PB-000002'],
    ] as const)
      await addInvoice(t.deps, 'petits-bouleaux', {
        firstName: 'Marie-Eve',
        lastName: 'Lécuyer',
        email,
        certificate,
        invoice: `F-${certificate}`,
        totalCents: 10_000,
      });
    const found = async (tokens: Tokens) => {
      const { certificates } = await (await as(tokens, 'GET', '/certificates')).json();
      return certificates.map((one: { number: string }) => one.number);
    };
    assert.deepEqual(await found(hers), ['PB-000001']);
    await askEmail();
    const now = await opened(confirmEmail(await newestLink(t, 'email-change', OTHER)));
    assert.deepEqual(await found(now), ['PB-000002']);
  });

  test('cannot be asked for without her password', async () => {
    assert.deepEqual(await outcome(askEmail(OTHER, 'autre chose de long')), [422, 'password-wrong']);
    assert.deepEqual(await mailbox(t, OTHER), []);
  });

  test('that has an account already gets the same answer; only that account’s owner is told', async () => {
    await join(t, { email: 'prise@example.org' });
    const free = await seen(askEmail('libre@example.org'));
    assert.deepEqual(await seen(askEmail('prise@example.org')), free);
    assert.equal((await mailbox(t, 'prise@example.org')).at(-1)?.kind, 'exists');
  });

  test('that gets an account of its own meanwhile stays that one’s', async () => {
    await askEmail();
    const link = await newestLink(t, 'email-change', OTHER);
    await join(t, { email: OTHER, password: 'une tout autre personne' });
    assert.deepEqual(await outcome(confirmEmail(link)), [410, 'link-invalid']);
    assert.equal((await signIn('une tout autre personne', OTHER)).status, 201);
    assert.equal((await signIn()).status, 201);
  });

  test('ends a sign-up that somebody began with it, also for when she has another one again', async () => {
    const begun = await signUp(t, { email: OTHER });
    await askEmail();
    const now = await opened(confirmEmail(await newestLink(t, 'email-change', OTHER)));
    assert.deepEqual(await outcome(checkActivation(begun)), DEAD, 'told at once, not after a password');
    await askEmail('ailleurs@example.org', PASSWORD, now);
    await confirmEmail(await newestLink(t, 'email-change', 'ailleurs@example.org'));
    assert.deepEqual(await outcome(activate(begun)), DEAD);
  });

  test('ends a reset that was sent to it before it was hers: that link opened nothing of hers', async () => {
    await signUp(t, { email: OTHER });
    const sent = await askReset(OTHER);
    await askEmail();
    await confirmEmail(await newestLink(t, 'email-change', OTHER));
    assert.deepEqual(await outcome(completeReset(sent)), DEAD);
    assert.equal((await signIn(PASSWORD, OTHER)).status, 201);
  });

  test('ends a reset that was sent to the old one, also for when she has that again', async () => {
    const sent = await askReset();
    await askEmail();
    await confirmEmail(await newestLink(t, 'email-change', OTHER));
    assert.deepEqual(await outcome(checkReset(sent)), DEAD, 'told at once, not after a new password');
    await undoEmail(await newestLink(t, 'email-changed'));
    assert.deepEqual(await outcome(completeReset(sent)), DEAD);
    assert.equal((await signIn(NEW_PASSWORD)).status, 201);
  });

  test('is the last one asked for; its link lives a day and works once, also for ten clicks at once', async () => {
    await askEmail('premiere@example.org');
    const first = await newestLink(t, 'email-change', 'premiere@example.org');
    await askEmail();
    assert.deepEqual(await outcome(confirmEmail(first)), [410, 'link-invalid']);
    const link = await newestLink(t, 'email-change', OTHER);
    const all = await Promise.all(Array.from({ length: 10 }, () => outcome(confirmEmail(link))));
    assert.equal(all.filter(([status]) => status === 201).length, 1);
    const again = await opened(signIn(PASSWORD, OTHER));
    await askEmail('tardive@example.org', PASSWORD, again);
    t.clock.advance(DAY);
    const late = await newestLink(t, 'email-change', 'tardive@example.org');
    assert.deepEqual(await outcome(confirmEmail(late)), [410, 'link-invalid']);
  });

  test('writes to nobody, and from no address, more often than sign-ups may', async () => {
    const here = { 'X-Forwarded-For': '203.0.113.9' };
    const ask = (email: string) =>
      t.call(
        'POST',
        '/me/email',
        { email, password: PASSWORD },
        { Authorization: `DPoP ${hers.accessToken}`, ...here },
      );
    for (let i = 0; i < 12; i++)
      await t.call('POST', '/accounts', { ...newcomer, email: OTHER }, { 'X-Forwarded-For': `192.0.2.${i}` });
    assert.equal((await ask(OTHER)).status, 202, 'strangers who sign up with it do not keep her from it');
    for (const email of ['a@example.org', 'b@example.org']) {
      const { accessToken } = await join(t, { email });
      for (let i = 0; i < 5; i++) {
        const body = { email: OTHER, password: PASSWORD };
        await t.call('POST', '/me/email', body, { Authorization: `DPoP ${accessToken}` });
      }
    }
    assert.deepEqual(await outcome(ask(OTHER)), [429, 'too-many-requests']);
    for (let i = 0; i < 120; i++)
      await t.call('POST', '/accounts', { ...newcomer, email: `personne${i}@example.org` }, here);
    assert.deepEqual(await outcome(ask('libre@example.org')), [429, 'too-many-requests']);
  });

  test('is asked for five times a day at most', async () => {
    for (let i = 0; i < 5; i++) assert.equal((await askEmail(`n${i}@example.org`)).status, 202);
    assert.deepEqual(await outcome(askEmail()), [429, 'too-many-requests']);
  });
});

describe('an e-mail that somebody else changed', () => {
  const stolen = async () => {
    await askEmail('attaque@example.org');
    await confirmEmail(await newestLink(t, 'email-change', 'attaque@example.org'));
    return await newestLink(t, 'email-changed');
  };

  test('comes back by the old address, with a new password and nobody else signed in', async () => {
    const link = await stolen();
    const thief = await opened(signIn(PASSWORD, 'attaque@example.org'));
    assert.equal((await t.call('POST', '/email-changes/undo/check', { token: link })).status, 200);
    const back = await opened(undoEmail(link));
    assert.equal(back.me.email, EMAIL);
    assert.deepEqual(await outcome(as(thief, 'GET', '/me')), [401, 'unauthenticated']);
    assert.deepEqual(await outcome(signIn(PASSWORD, 'attaque@example.org')), [401, 'sign-in-failed']);
    assert.deepEqual(await outcome(signIn(PASSWORD)), [401, 'sign-in-failed']);
    assert.equal((await signIn(NEW_PASSWORD)).status, 201);
    assert.deepEqual(await outcome(undoEmail(link)), [410, 'link-used']);
    assert.equal((await mailbox(t)).at(-1)?.kind, 'password-changed', 'and she is told');
  });

  test('comes back though it was changed again, and the second one’s undoing is dead', async () => {
    const link = await stolen();
    const thief = await opened(signIn(PASSWORD, 'attaque@example.org'));
    await askEmail('ailleurs@example.org', PASSWORD, thief);
    await confirmEmail(await newestLink(t, 'email-change', 'ailleurs@example.org'));
    assert.equal((await opened(undoEmail(link))).me.email, EMAIL);
    const second = await newestLink(t, 'email-changed', 'attaque@example.org');
    assert.notEqual((await undoEmail(second)).status, 201);
    assert.equal((await signIn(NEW_PASSWORD)).status, 201);
  });

  test('comes back with an end to what he began with it meanwhile: a sign-up, a reset', async () => {
    const link = await stolen();
    const begun = await signUp(t, { password: 'le mot de passe du voleur' });
    const sent = await askReset();
    const his = await askReset('attaque@example.org');
    await undoEmail(link);
    assert.deepEqual(await outcome(completeReset(sent)), DEAD);
    assert.equal((await signIn(NEW_PASSWORD)).status, 201);
    assert.deepEqual(await outcome(checkReset(his)), DEAD, 'told at once, not after a new password');
    assert.deepEqual(await outcome(checkActivation(begun)), DEAD, 'told at once, not after a password');
  });

  test('comes back with a good password, which is looked at no more often than at sign-in; the link waits', async () => {
    const link = await stolen();
    const refused = await undoEmail(link, 'PetitsBouleaux2026');
    assert.deepEqual((await refused.json()).errors, [{ pointer: '/password', code: 'guessable' }]);
    for (let i = 0; i < 200; i++)
      await t.call('POST', '/accounts', { ...newcomer, password: 'Printemps2026!' });
    assert.deepEqual(await outcome(undoEmail(link)), [429, 'too-many-requests']);
    t.clock.advance(5_000);
    assert.equal((await undoEmail(link)).status, 201);
  });

  test('leaves its links as hashes only', async () => {
    const links = [await stolen(), await newestLink(t, 'email-change', 'attaque@example.org')];
    const { rows } = await t.deps.db.execute('SELECT * FROM email_changes');
    assert.equal(rows.length, 1);
    for (const link of links) assert.ok(!JSON.stringify(rows).includes(link));
  });

  test('can be taken back for a week', async () => {
    const link = await stolen();
    t.clock.advance(7 * DAY);
    assert.deepEqual(await outcome(undoEmail(link)), [410, 'link-invalid']);
  });

  test('is not taken from whoever has the old address by now', async () => {
    const link = await stolen();
    await join(t, { password: 'un compte tout neuf ici' });
    assert.deepEqual(await outcome(undoEmail(link)), [410, 'link-invalid']);
    assert.equal((await signIn('un compte tout neuf ici')).status, 201);
  });
});

describe('where she is signed in', () => {
  const list = async (tokens = hers): Promise<OpenSession[]> =>
    (await (await as(tokens, 'GET', '/me/sessions')).json()).sessions;

  test('shows each browser by a name she knows, this one first', async () => {
    t.clock.advance(60_000);
    await t.call(
      'POST',
      '/sessions',
      { email: EMAIL, password: PASSWORD },
      {
        'User-Agent':
          'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1 <script>',
      },
    );
    const sessions = await list();
    assert.deepEqual(
      sessions.map(({ current, browser }) => [current, browser]),
      [
        [true, ''],
        [false, 'Safari, iPhone'],
      ],
    );
    assert.equal(Date.parse(sessions[1]?.openedAt ?? ''), t.clock.now);
  });

  test('lets her end one, or all the others', async () => {
    const phone = await opened(signIn());
    const library = await opened(signIn());
    const [, newest] = await list();
    assert.equal((await as(hers, 'DELETE', `/me/sessions/${newest?.id}`)).status, 204);
    assert.equal((await list()).length, 2);
    assert.equal((await as(hers, 'DELETE', '/me/sessions')).status, 204);
    for (const tokens of [phone, library])
      assert.deepEqual(await outcome(as(tokens, 'GET', '/me')), [401, 'unauthenticated']);
    assert.equal((await list()).length, 1);
  });

  test('is on the record when a session ends, and not when none does, however often it is asked', async () => {
    const events = async () =>
      (await t.deps.db.execute("SELECT 1 FROM security_log WHERE event = 'session-ended-elsewhere'")).rows
        .length;
    for (const at of ['', `/${'A'.repeat(22)}`])
      for (let i = 0; i < 5; i++) await as(hers, 'DELETE', `/me/sessions${at}`);
    assert.equal(await events(), 0);
    await signIn();
    const [, library] = await list();
    for (let i = 0; i < 5; i++) await as(hers, 'DELETE', `/me/sessions/${library?.id}`);
    assert.equal(await events(), 1);
    await signIn();
    for (let i = 0; i < 5; i++) await as(hers, 'DELETE', '/me/sessions');
    assert.equal(await events(), 2);
  });

  test('is hers alone: another’s session is not found, and lives on', async () => {
    const neighbour = await join(t, { ...newcomer, email: 'voisine@example.org' });
    const [hersNow] = await list();
    assert.deepEqual(await outcome(as(neighbour, 'DELETE', `/me/sessions/${hersNow?.id}`)), [
      404,
      'not-found',
    ]);
    assert.equal((await as(hers, 'GET', '/me')).status, 200);
  });

  test('leaves out what was not used for half a day', async () => {
    await signIn();
    t.clock.advance(11 * HOUR);
    const now = await opened(signIn());
    t.clock.advance(HOUR + 1);
    const fresh = await opened(t.call('POST', '/sessions/refresh', { refreshToken: now.refreshToken }));
    assert.equal((await list(fresh)).length, 1);
  });
});
