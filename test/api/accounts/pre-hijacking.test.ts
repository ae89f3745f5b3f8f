// Account pre-hijacking (Sudhodanan and Paverd, USENIX Security 2022): the attacker is there before the victim, and waits
// for her to come. Their five attacks, on what we have; each names the defence that it falls with.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Tokens } from '../../../server/accounts/sessions/sessions.ts';
import { addInvoice, startTestApp, type TestApp } from '../../support/app.ts';
import { join, newestLink, outcome, signUp } from '../../support/sign-up.ts';

const VICTIM = { email: 'victime@example.org', password: 'le mot que seule elle sait' };
const ATTACKER = { email: 'attaque@example.org', password: 'le plan du voleur est long' };

let t: TestApp;
beforeEach(async () => {
  t = await startTestApp();
  await addInvoice(t.deps, 'petits-bouleaux', {
    firstName: 'Lise',
    lastName: 'Gagnon',
    email: VICTIM.email,
    certificate: 'PB-000001',
    invoice: 'F-1',
    totalCents: 10_000,
  });
});
afterEach(() => t.close());

const signIn = (email: string, password: string) => t.call('POST', '/sessions', { email, password });
const as = (tokens: Tokens, method: string, path: string, body?: unknown) =>
  t.call(method, path, body, { Authorization: `DPoP ${tokens.accessToken}` });
const opened = async (answer: Promise<Response>) => (await (await answer).json()) as Tokens;
const numbers = async (tokens: Tokens) => {
  const { certificates } = await (await as(tokens, 'GET', '/certificates')).json();
  return certificates.map(({ number }: { number: string }) => number);
};
async function resets(email: string, password: string): Promise<Tokens> {
  await t.call('POST', '/password-resets', { email, lang: 'fr-CA' });
  const token = await newestLink(t, 'reset', email);
  return opened(t.call('POST', '/password-resets/complete', { token, password }));
}

// Their « classic-federated merge »: an account made with her e-mail and his password becomes one with hers. Here she
// has no other way in than her own sign-up; the defence is that each attempt is a row with its own password
// (`passwordHash: attempt.password_hash` in activate), and that activating one ends the others (`endAttempts`).
describe('he signs up with her e-mail, then she does', () => {
  test('her click makes her account, with her password; his opens nothing, before or after', async () => {
    const his = await signUp(t, { email: VICTIM.email, password: ATTACKER.password });
    t.clock.advance(61_000);
    const hers = await signUp(t, VICTIM);
    const tokens = await opened(t.call('POST', '/activations', { token: hers, password: VICTIM.password }));
    assert.deepEqual(await numbers(tokens), ['PB-000001']);
    assert.deepEqual(await outcome(signIn(VICTIM.email, ATTACKER.password)), [401, 'sign-in-failed']);
    for (const password of [ATTACKER.password, VICTIM.password])
      assert.deepEqual(await outcome(t.call('POST', '/activations', { token: his, password })), [
        410,
        'link-invalid',
      ]);
  });

  test('her click on the link of his sign-up makes no account: it takes the password of that very attempt', async () => {
    const his = await signUp(t, { email: VICTIM.email, password: ATTACKER.password });
    const click = t.call('POST', '/activations', { token: his, password: VICTIM.password });
    assert.deepEqual(await outcome(click), [401, 'sign-in-failed']);
    assert.deepEqual(await outcome(signIn(VICTIM.email, ATTACKER.password)), [401, 'sign-in-failed']);
  });
});

// « Unexpired session »: signed in as her, he stays so after she has taken the account back. The defence: endSessionsOf
// in completeReset, endSessionsBut in changePassword.
describe('he is signed in as her', () => {
  test('her new password, by e-mail or in her account, ends that, and his refresh token with it', async () => {
    await join(t, VICTIM);
    for (const takeBack of [
      () => resets(VICTIM.email, VICTIM.password),
      async () => {
        const hers = await opened(signIn(VICTIM.email, VICTIM.password));
        const change = { currentPassword: VICTIM.password, password: VICTIM.password };
        assert.equal((await as(hers, 'POST', '/me/password', change)).status, 204);
      },
    ]) {
      const his = await opened(signIn(VICTIM.email, VICTIM.password));
      await takeBack();
      assert.deepEqual(await outcome(as(his, 'GET', '/me')), [401, 'unauthenticated']);
      const { refreshToken } = his;
      assert.deepEqual(await outcome(t.call('POST', '/sessions/refresh', { refreshToken })), [
        401,
        'session-ended',
      ]);
    }
  });
});

// « Trojan identifier »: he hangs her e-mail on his own account, and waits for her to click. The defence: `passwordFits`
// in confirmEmailChange.
describe('he asks for her e-mail on his own account', () => {
  test('her click alone gives him nothing: it takes that account’s password, which she does not know', async () => {
    const his = await join(t, ATTACKER);
    await as(his, 'POST', '/me/email', { email: VICTIM.email, password: ATTACKER.password });
    const token = await newestLink(t, 'email-change', VICTIM.email);
    const click = t.call('POST', '/email-changes/confirm', { token, password: VICTIM.password });
    assert.deepEqual(await outcome(click), [401, 'sign-in-failed']);
    assert.deepEqual(await numbers(his), []);
    // And she makes her own account with it, whatever he has asked for.
    assert.deepEqual(await numbers(await join(t, VICTIM)), ['PB-000001']);
  });

  test('the message to her says nothing that he typed', async () => {
    const his = await join(t, { ...ATTACKER, name: 'VOUS AVEZ GAGNÉ' });
    await as(his, 'POST', '/me/email', { email: VICTIM.email, password: ATTACKER.password });
    const { sendDueMail } = await import('../../../server/mail/worker.ts');
    await sendDueMail(t.deps);
    const mail = t.outgoing.find(({ to }) => to === VICTIM.email);
    assert.ok(mail);
    assert.ok(!`${mail.subject} ${mail.text} ${mail.html}`.includes('GAGNÉ'));
  });
});

// « Unexpired e-mail change »: he asks for his e-mail on her account, and uses the link once she has taken it back. The
// defence: endEmailChanges in completeReset and changePassword.
describe('he has asked for his e-mail on her account', () => {
  for (const [how, takeBack] of [
    ['a reset', async () => void (await resets(VICTIM.email, VICTIM.password))],
    [
      'a new password',
      async () => {
        const hers = await opened(signIn(VICTIM.email, VICTIM.password));
        const change = { currentPassword: VICTIM.password, password: VICTIM.password };
        assert.equal((await as(hers, 'POST', '/me/password', change)).status, 204);
      },
    ],
  ] as const)
    test(`${how} ends that, though he knows the password`, async () => {
      const his = await join(t, VICTIM);
      await as(his, 'POST', '/me/email', { email: ATTACKER.email, password: VICTIM.password });
      await takeBack();
      const token = await newestLink(t, 'email-change', ATTACKER.email);
      const click = t.call('POST', '/email-changes/confirm', { token, password: VICTIM.password });
      assert.deepEqual(await outcome(click), [410, 'link-invalid']);
      assert.equal((await signIn(VICTIM.email, VICTIM.password)).status, 201);
    });

  // What he did there before is not undone by a new password: it is by the old address.
  test('had he used it already, the old address takes the account back', async () => {
    const his = await join(t, VICTIM);
    await as(his, 'POST', '/me/email', { email: ATTACKER.email, password: VICTIM.password });
    const token = await newestLink(t, 'email-change', ATTACKER.email);
    const stolen = await opened(
      t.call('POST', '/email-changes/confirm', { token, password: VICTIM.password }),
    );
    assert.deepEqual(await numbers(stolen), [], 'her file went with her address');
    const undo = { token: await newestLink(t, 'email-changed', VICTIM.email), password: VICTIM.password };
    assert.deepEqual(await numbers(await opened(t.call('POST', '/email-changes/undo', undo))), ['PB-000001']);
    assert.deepEqual(await outcome(as(stolen, 'GET', '/me')), [401, 'unauthenticated']);
  });
});

// « Non-verifying identity provider »: an e-mail that nobody proved counts as hers. The defence: an account is made by a
// link that went to the address (insertAccount in activate, accountFromNewestAttempt in completeReset) and by nothing
// else, and only an account's e-mail is compared with the files (certificates/access.ts).
describe('he has her e-mail, and cannot read it', () => {
  test('opens nothing: no session, no file, however often he signs up', async () => {
    for (let i = 0; i < 3; i++) {
      await signUp(t, { email: VICTIM.email, password: ATTACKER.password });
      t.clock.advance(61_000);
    }
    assert.deepEqual(await outcome(signIn(VICTIM.email, ATTACKER.password)), [401, 'sign-in-failed']);
    const guess = { token: 'A'.repeat(43), password: ATTACKER.password };
    assert.deepEqual(await outcome(t.call('POST', '/activations', guess)), [410, 'link-invalid']);
    const his = await join(t, ATTACKER);
    await as(his, 'POST', '/me/email', { email: VICTIM.email, password: ATTACKER.password });
    assert.deepEqual(await numbers(his), [], 'not by a change that nobody confirmed either');
    const { rows } = await t.deps.db.execute<{ email: string }>('SELECT email FROM accounts');
    assert.deepEqual(
      rows.map(({ email }) => email),
      [ATTACKER.email],
    );
  });
});
