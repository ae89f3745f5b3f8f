// An account under attack from its own side: ended, moved or shared in the middle of everything else. Money stays right,
// nobody gets more than her e-mail gives her, and no answer is a fault of ours.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Tokens } from '../../../server/accounts/sessions/sessions.ts';
import { decideLink, pendingLinks } from '../../../server/certificates/links/link-requests.ts';
import { sendDueMail } from '../../../server/mail/worker.ts';
import { sweepPayments } from '../../../server/payments/sweep.ts';
import { checkReversals } from '../../../server/refunds/check-reversals.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';
import { justBefore } from '../../support/just-before.ts';
import { search, signIn } from '../../support/payer.ts';
import { EMAIL, PASSWORD as HER_PASSWORD, join, newestLink, outcome } from '../../support/sign-up.ts';

const PASSWORD = 'sept grenouilles bleues';
const MARIE = 'marie@example.org';

describe('an account that ends in the middle of', () => {
  let c: Checkout;
  beforeEach(async () => {
    c = await startCheckout();
  });
  afterEach(() => c.close());
  const erase = (payer = c.marie) => payer.call('POST', '/me/erasure', { password: PASSWORD });

  test('starting a payment, five times at once: no charge, nothing held, every answer a plain one', async () => {
    const all = await Promise.all([
      erase(),
      ...Array.from({ length: 5 }, () => c.start().then(({ status }) => ({ status }))),
    ]);
    for (const { status } of all) assert.ok(status < 500, String(status));
    assert.deepEqual(await outcome(c.marie.call('GET', '/me')), [401, 'unauthenticated']);
    c.t.clock.advance(2 * 86_400_000);
    await sweepPayments(c.t.deps, c.paypal, checkReversals);
    await c.booksAgree(0);
  });

  test('« Confirmer »: one of the two comes first, and the books hold what PayPal took', async () => {
    for (const first of ['confirm', 'erase'] as const) {
      const payment = await c.approved();
      const [a, b] = [() => c.confirm(payment.id), () => erase()];
      const both = await Promise.all(first === 'confirm' ? [a(), b()] : [b(), a()]);
      for (const { status } of both) assert.ok([200, 204, 401, 409].includes(status), String(status));
      c.t.clock.advance(600_000);
      await sweepPayments(c.t.deps, c.paypal, checkReversals);
      await c.booksAgree(c.captures().length);
      if ((await c.marie.call('GET', '/me')).status === 401) return;
      assert.equal(c.captures().length, 1, 'she stayed: her payment was made');
      break;
    }
  });

  test('a bank’s taking back: owed again, staff are told, nobody is written to who is not there', async () => {
    const paid = await c.paid();
    await sendDueMail(c.t.deps);
    assert.equal((await erase()).status, 204);
    const capture = c.standIn.books.captures.get(paid.captureId ?? '');
    assert.ok(capture);
    c.standIn.books.reverse(capture);
    await c.webhooks();
    assert.equal(await c.owed(), TOTAL);
    const before = c.t.outgoing.length;
    assert.equal((await sendDueMail(c.t.deps)).failed, 0);
    const told = c.t.outgoing.slice(before).map(({ to }) => to);
    assert.ok(told.includes('info@petits-bouleaux.test'));
    assert.deepEqual(
      told.filter((to) => to !== 'info@petits-bouleaux.test' && to !== MARIE),
      [],
    );
  });

  test('a request to staff, and a link that its holder undoes: both say that there is nothing any more', async () => {
    await c.t.deps.db.execute("UPDATE regroupements SET link_policy = 'approval'");
    const paul = await signIn(c.t, 'paul@example.org');
    await search(paul, 'Tremblay', 'Marie-Ève', 'PB-000001');
    const id = await regroupementId(c.t);
    const [asked] = await pendingLinks(c.t.deps, id);
    await c.t.deps.db.execute("UPDATE regroupements SET link_policy = 'name-and-number'");
    const jean = await signIn(c.t, 'jean@example.org');
    await search(jean, 'Tremblay', 'Marie-Ève', 'PB-000001');
    const { undoToken } = (await newestPayload('linked')) as { undoToken: string };
    for (const payer of [paul, jean]) assert.equal((await erase(payer)).status, 204);
    assert.deepEqual(await pendingLinks(c.t.deps, id), []);
    await assert.rejects(decideLink(c.t.deps, id, asked?.id ?? '', 'approved', 'cli:test'), {
      kind: 'not-found',
    });
    assert.deepEqual(await outcome(c.t.call('POST', '/link-undo', { token: undoToken })), [
      410,
      'link-invalid',
    ]);
  });

  test('moving to another e-mail: the link opens nothing, and the address is free', async () => {
    await c.marie.call('POST', '/me/email', { email: 'autre@example.org', password: PASSWORD });
    const token = await newestLink(c.t, 'email-change', 'autre@example.org');
    assert.equal((await erase()).status, 204);
    const click = c.t.call('POST', '/email-changes/confirm', { token, password: PASSWORD });
    assert.deepEqual(await outcome(click), [410, 'link-invalid']);
    await join(c.t, { email: 'autre@example.org' });
  });

  test('a sign-in with its password, many at once: no session outlives it', async () => {
    const answers = await Promise.all([
      erase(),
      ...Array.from({ length: 8 }, () => c.t.call('POST', '/sessions', { email: MARIE, password: PASSWORD })),
    ]);
    for (const answer of answers.slice(1)) {
      assert.ok([201, 401].includes(answer.status));
      if (answer.status !== 201) continue;
      const { accessToken } = (await answer.json()) as { accessToken: string };
      const me = c.t.call('GET', '/me', undefined, { Authorization: `DPoP ${accessToken}` });
      assert.equal((await me).status, 401);
    }
    assert.equal((await c.rows('SELECT 1 FROM sessions')).length, 0);
  });

  async function newestPayload(kind: string): Promise<unknown> {
    const rows = await c.rows<{ payload: string }>(
      `SELECT payload FROM outbox WHERE kind = '${kind}' ORDER BY rowid DESC LIMIT 1`,
    );
    return JSON.parse(rows[0]?.payload ?? '{}');
  }
});

describe('an account that is taken back', () => {
  let t: TestApp;
  beforeEach(async () => {
    t = await startTestApp();
  });
  afterEach(() => t.close());
  const NEW_PASSWORD = 'une marmotte sous la galerie';
  const end = ({ accessToken }: Tokens) =>
    t.call('POST', '/me/erasure', { password: HER_PASSWORD }, { Authorization: `DPoP ${accessToken}` });
  const living = async () =>
    (await t.deps.db.execute('SELECT email FROM accounts WHERE erased_at IS NULL')).rows;

  test('by a reset, in the instant that the old password ends it, stays hers', async () => {
    const thief = await join(t);
    await t.call('POST', '/password-resets', { email: EMAIL, lang: 'fr-CA' });
    const token = await newestLink(t, 'reset');
    const answer = await justBefore(
      t,
      /UPDATE accounts SET name = \?, email = ''/,
      () => t.call('POST', '/password-resets/complete', { token, password: NEW_PASSWORD }),
      () => end(thief),
    );
    assert.deepEqual(await outcome(answer), [422, 'password-wrong']);
    assert.deepEqual(await living(), [{ email: EMAIL }]);
  });

  test('by its old e-mail, in the instant that whoever took it ends it, stays hers', async () => {
    const { accessToken } = await join(t);
    const change = { email: 'voleur@example.com', password: HER_PASSWORD };
    await t.call('POST', '/me/email', change, { Authorization: `DPoP ${accessToken}` });
    const confirmed = await t.call('POST', '/email-changes/confirm', {
      token: await newestLink(t, 'email-change', change.email),
      password: HER_PASSWORD,
    });
    const thief = (await confirmed.json()) as Tokens;
    const token = await newestLink(t, 'email-changed');
    const answer = await justBefore(
      t,
      /UPDATE accounts SET name = \?, email = ''/,
      () => t.call('POST', '/email-changes/undo', { token, password: NEW_PASSWORD }),
      () => end(thief),
    );
    assert.deepEqual(await outcome(answer), [422, 'password-wrong']);
    assert.deepEqual(await living(), [{ email: EMAIL }]);
    const { rows } = await t.deps.db.execute("SELECT recipient FROM outbox WHERE kind = 'account-erased'");
    assert.deepEqual(rows, []);
  });
});

describe('an account begun anew with an e-mail that had one', () => {
  test('has what the e-mail gives, and nothing of what the other was linked to or paid', async () => {
    const c = await startCheckout();
    try {
      const paul = await signIn(c.t, 'paul@example.org');
      await search(paul, 'Tremblay', 'Marie-Ève', 'PB-000001');
      const { body } = await c.start(paul);
      await c.approve(body.approveUrl);
      await c.confirm(body.payment.id, TOTAL, paul);
      assert.equal((await paul.call('POST', '/me/erasure', { password: PASSWORD })).status, 204);
      const again = await join(c.t, { email: 'paul@example.org' });
      const authorization = { Authorization: `DPoP ${again.accessToken}` };
      const get = async (path: string) => (await c.t.call('GET', path, undefined, authorization)).json();
      assert.deepEqual((await get('/certificates')).certificates, []);
      assert.deepEqual((await get('/payments')).payments, []);
      assert.deepEqual((await get('/me/export')).payments, []);
      await c.booksAgree(1);
    } finally {
      await c.close();
    }
  });
});
