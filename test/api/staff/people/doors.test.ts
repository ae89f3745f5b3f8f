// What a person of the office does by the page is what a program does by its key: the same routes, under her name.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Payment } from '../../../../server/payments/schemas.ts';
import { invite } from '../../../../server/staff/people/invitations.ts';
import { PUBLIC_URL } from '../../../support/app.ts';
import { regroupementId } from '../../../support/books.ts';
import { type Checkout, startCheckout } from '../../../support/checkout.ts';
import {
  type Answer,
  callStaff,
  joinOffice,
  mailedToken,
  type OfficePerson,
} from '../../../support/office.ts';

const kindOf = (body: { type: string }) => body.type.split('/').at(-1);

describe('a person of the office, at work', () => {
  let c: Checkout;
  let paid: Payment;
  let keys = 0;
  before(async () => {
    c = await startCheckout();
    paid = await c.paid();
  });
  after(() => c.close());
  // Each is within her limits.
  beforeEach(() => c.t.clock.advance(3_600_000));

  async function work(
    person: Pick<OfficePerson, 'accessToken'>,
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; body: Answer }> {
    const answer = await c.t.app.request(`${PUBLIC_URL}/v1/backoffice/petits-bouleaux${path}`, {
      method,
      headers: {
        Authorization: `DPoP ${person.accessToken}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': `a-key-of-hers-${++keys}`,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
  }
  const refund = (person: OfficePerson, amountCents?: number) =>
    work(person, 'POST', `/payments/${paid.number}/refunds`, {
      ...(amountCents === undefined ? {} : { amountCents }),
      reason: 'x',
    });

  test('writes a cheque down under her name, once, in the audit too', async () => {
    const lise = await joinOffice(c.t, { email: 'lise@example.org', role: 'office' });
    const cheque = { invoiceNumber: 'F-1', method: 'cheque', amountCents: 100, receivedOn: '2026-11-20' };
    const { status, body } = await work(lise, 'POST', '/recorded-payments', {
      ...cheque,
      evenSo: ['more-than-balance'],
    });
    assert.deepEqual([status, body.recorded?.recordedBy], [201, `staff:${lise.id}`], JSON.stringify(body));
    const rows = await c.rows<{ actor: string }>(
      `SELECT actor FROM audit WHERE target = 'recorded_payments:${body.recorded.id}'`,
    );
    assert.deepEqual(
      rows.map(({ actor }) => actor),
      [`staff:${lise.id}`],
    );
    assert.equal((await refund(lise, 100)).status, 403, 'and may not refund');
  });

  test('refunds up to her ceiling; above it, once she has confirmed who she is; all that is left counts too', async () => {
    const anne = await joinOffice(c.t, { email: 'anne@example.org', role: 'office', mayRefund: true });
    await c.t.deps.db.execute('UPDATE memberships SET refund_ceiling_cents = 10000 WHERE staff_id = ?', [
      anne.id,
    ]);
    c.t.clock.advance(301_000);
    assert.equal((await refund(anne, 10_000)).status, 201);
    for (const cents of [10_001, undefined])
      assert.equal(kindOf((await refund(anne, cents)).body), 'fresh-factor-needed');
    const { status } = await anne.call('POST', '/sessions/current/confirmation', { code: anne.code() });
    assert.equal(status, 200);
    assert.equal((await refund(anne, 10_001)).status, 201);
  });

  test('removed while she works: the very next click opens nothing', async () => {
    const owner = await joinOffice(c.t, { email: 'owner@example.org', role: 'owner' });
    const paul = await joinOffice(c.t, { email: 'paul@example.org', role: 'reader' });
    await invite(
      c.t.deps,
      await regroupementId(c.t, 'la-farandole'),
      { name: 'Paul', email: 'paul@example.org', role: 'reader', lang: 'fr-CA' },
      'cli:test',
    );
    await paul.call('POST', '/invitations/join', { token: await mailedToken(c.t, 'staff-invitation') });
    assert.equal((await work(paul, 'GET', '/payments')).status, 200);
    assert.equal((await work(owner, 'DELETE', `/memberships/${paul.id}`)).status, 204);
    assert.equal((await work(paul, 'GET', '/payments')).status, 403);
    assert.equal((await paul.call('GET', '/me')).body.memberships.length, 1, 'she still works elsewhere');
    c.t.clock.advance(1);
    assert.equal((await work(owner, 'DELETE', `/memberships/${paul.id}`)).status, 404);
    assert.equal(kindOf((await work(owner, 'DELETE', `/memberships/${owner.id}`)).body), 'last-owner');
  });

  test('an owner sees to the people: lists, invites, resets a lost phone; only freshly confirmed', async () => {
    const owner = await joinOffice(c.t, { email: 'second@example.org', role: 'owner' });
    const eve = await joinOffice(c.t, { email: 'eve@example.org', role: 'reader' });
    const { body } = await work(owner, 'GET', '/memberships');
    const listed = body.people.find(({ id }: { id: string }) => id === eve.id);
    assert.deepEqual([listed.role, listed.secondFactor], ['reader', true]);
    const zoe = { name: 'Zoé', email: 'zoe@example.org', lang: 'fr-CA' };
    for (const [field, wrong] of [
      ['mayRefund', { ...zoe, role: 'reader', mayRefund: true }],
      ['endsOn', { ...zoe, role: 'owner', endsOn: '2999-01-01' }],
      ['endsOn', { ...zoe, role: 'reader', endsOn: '2020-01-01' }],
    ] as const) {
      const refused = await work(owner, 'POST', '/invitations', wrong);
      assert.deepEqual([refused.status, refused.body.errors[0].pointer], [400, `/${field}`]);
    }
    const invited = await work(owner, 'POST', '/invitations', { ...zoe, role: 'reader' });
    assert.equal(invited.status, 201);
    const token = await mailedToken(c.t, 'staff-invitation');
    assert.equal((await callStaff(c.t, 'POST', '/invitations/check', { token })).status, 200);
    assert.equal((await work(owner, 'POST', `/memberships/${eve.id}/factor-reset`)).status, 202);
    assert.equal((await eve.call('GET', '/me')).status, 401);
    c.t.clock.advance(301_000);
    assert.equal(kindOf((await work(owner, 'GET', '/memberships')).body), 'fresh-factor-needed');
  });

  test('resets nobody who also works where she does not answer', async () => {
    const owner = await joinOffice(c.t, { email: 'third@example.org', role: 'owner' });
    const both = await joinOffice(c.t, { email: 'both@example.org', role: 'reader' });
    const elsewhere = await regroupementId(c.t, 'la-farandole');
    const invited = { name: 'B', email: 'both@example.org', role: 'reader', lang: 'fr-CA' } as const;
    await invite(c.t.deps, elsewhere, invited, 'cli:test');
    await both.call('POST', '/invitations/join', { token: await mailedToken(c.t, 'staff-invitation') });
    const { body } = await work(owner, 'POST', `/memberships/${both.id}/factor-reset`);
    assert.equal(kindOf(body), 'works-elsewhere');
    assert.equal((await both.call('GET', '/me')).body.totp, true);
    const stranger = await joinOffice(c.t, { email: 'far@example.org', role: 'owner', slug: 'la-farandole' });
    assert.equal((await work(owner, 'POST', `/memberships/${stranger.id}/factor-reset`)).status, 404);
  });
});
