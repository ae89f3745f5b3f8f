// An owner changes who may do what, at once; never so that nobody answers for the regroupement.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { invite } from '../../../../server/staff/people/invitations.ts';
import { PUBLIC_URL, startTestApp, type TestApp } from '../../../support/app.ts';
import { regroupementId } from '../../../support/books.ts';
import { callStaff, joinOffice, mailedToken, type OfficePerson, PASSWORD } from '../../../support/office.ts';

describe('people of an office', () => {
  let t: TestApp;
  let owner: OfficePerson;
  let lise: OfficePerson;
  beforeEach(async () => {
    t = await startTestApp();
    lise = await joinOffice(t, { email: 'lise@example.org', role: 'reader' });
    owner = await joinOffice(t, { email: 'owner@example.org', role: 'owner' });
  });
  afterEach(() => t.close());
  const call = async (who: OfficePerson, method: string, path: string, body?: object, version?: string) =>
    await t.app.request(`${PUBLIC_URL}/v1/backoffice/petits-bouleaux${path}`, {
      method,
      headers: {
        Authorization: `DPoP ${who.accessToken}`,
        'Content-Type': 'application/json',
        ...(version === undefined ? {} : { 'If-Match': version }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const people = async (): Promise<{ id: string; version: string; refundCeilingCents: number }[]> =>
    (await (await call(owner, 'GET', '/memberships')).json()).people;
  const versionOf = async (id: string) => (await people()).find((one) => one.id === id)?.version ?? 'none';
  const change = async (id: string, body: object) =>
    (await call(owner, 'PATCH', `/memberships/${id}`, body, await versionOf(id))).status;
  const roleOf = async (who: OfficePerson) => {
    const { body } = await who.call('GET', '/me');
    const { role, mayRefund, endsOn } = body.memberships[0] ?? {};
    return [role, mayRefund, endsOn];
  };

  test('a role, a right to refund, an end date: each holds at the next click', async () => {
    const close = () => call(lise, 'POST', '/exceptions/exception-of-nobody/close', { note: 'x' });
    assert.equal((await close()).status, 403);
    assert.equal(await change(lise.id, { role: 'office', mayRefund: true, endsOn: '2027-03-31' }), 204);
    assert.deepEqual(await roleOf(lise), ['office', true, '2027-03-31']);
    assert.equal((await close()).status, 404);
    assert.equal(await change(lise.id, { role: 'reader' }), 204);
    assert.deepEqual(await roleOf(lise), ['reader', false, '2027-03-31'], 'no right to refund is left');
    assert.equal(await change(lise.id, { role: 'owner' }), 204);
    assert.deepEqual(await roleOf(lise), ['owner', false, null], 'an owner’s access does not lapse');
  });

  test('the last owner stays one, whoever else is invited; with a second one she may go, and one of two at a time', async () => {
    const id = await regroupementId(t);
    await invite(
      t.deps,
      id,
      { name: 'Eve', email: 'eve@example.org', role: 'owner', lang: 'fr-CA' },
      'cli:test',
    );
    assert.equal(await change(owner.id, { role: 'office' }), 409);
    assert.equal(await change(lise.id, { role: 'owner' }), 204);
    const [mine, hers] = [await versionOf(owner.id), await versionOf(lise.id)];
    const lower = async (who: OfficePerson, version: string) =>
      (await call(who, 'PATCH', `/memberships/${who.id}`, { role: 'office' }, version)).status;
    const both = await Promise.all([lower(owner, mine), lower(lise, hers)]);
    // Lise's proof of her second factor may be too old by now: then she is asked for it.
    assert.equal(both.filter((status) => status === 204).length, 1, both.join());
    const { rows } = await t.deps.db.execute("SELECT 1 FROM memberships WHERE role = 'owner'");
    assert.equal(rows.length, 1);
  });

  test('two change the same access: the second one is told what it is now, and nothing of the first is lost', async () => {
    const version = await versionOf(lise.id);
    const patch = (body: object, from?: string) =>
      call(owner, 'PATCH', `/memberships/${lise.id}`, body, from);
    assert.equal((await patch({ role: 'office' })).status, 428);
    const both = await Promise.all([
      patch({ role: 'office', mayRefund: true, refundCeilingCents: 10_000 }, version),
      patch({ endsOn: '2027-03-31' }, version),
    ]);
    assert.deepEqual(both.map(({ status }) => status).sort(), [204, 412]);
    const late = await both.find(({ status }) => status === 412)?.json();
    assert.equal(late.version, await versionOf(lise.id));
    const { role, mayRefund, refundCeilingCents, endsOn } = late.current;
    const [is, ...others] = (await people()).filter((one) => one.id === lise.id);
    assert.deepEqual(others, []);
    assert.deepEqual({ ...is, role, mayRefund, refundCeilingCents, endsOn }, is);
    const again = await patch({ role: 'office', mayRefund: true, endsOn: '2027-03-31' }, late.version);
    assert.equal(again.status, 204);
    assert.deepEqual(await roleOf(lise), ['office', true, '2027-03-31']);
  });

  test('sends an invitation again, over or not: same access and language, a new link, and the former opens nothing', async () => {
    const eve = { name: 'Eve', email: 'eve@example.org', role: 'office', mayRefund: true, lang: 'en-CA' };
    assert.equal((await call(owner, 'POST', '/invitations', eve)).status, 201);
    const former = await mailedToken(t, 'staff-invitation');
    t.clock.advance(8 * 24 * 3_600_000);
    // Her session ended meanwhile.
    const { body: again } = await callStaff(t, 'POST', '/sessions', {
      email: owner.email,
      password: PASSWORD,
      code: owner.code(),
    });
    owner = { ...owner, accessToken: again.accessToken };
    const listed = async () => await (await call(owner, 'GET', '/memberships')).json();
    const [old] = (await listed()).invitations;
    assert.deepEqual([old.name, old.expiresAt < new Date(t.clock.now).toISOString()], ['Eve', true]);
    const sent = await call(owner, 'POST', `/invitations/${old.id}/resend`);
    assert.equal(sent.status, 201);
    const { expiresAt } = (await sent.json()) as { expiresAt: string };
    assert.equal(expiresAt, new Date(t.clock.now + 7 * 24 * 3_600_000).toISOString());
    assert.deepEqual(
      (await listed()).invitations.map((one: { email: string; expiresAt: string }) => [
        one.email,
        one.expiresAt,
      ]),
      [['eve@example.org', expiresAt]],
    );
    assert.equal((await call(owner, 'POST', `/invitations/${old.id}/resend`)).status, 404);
    const token = await mailedToken(t, 'staff-invitation');
    assert.equal((await callStaff(t, 'POST', '/invitations/check', { token: former })).status, 410);
    const { body: shown } = await callStaff(t, 'POST', '/invitations/check', { token });
    assert.deepEqual([shown.name, shown.role], ['Eve', 'office']);
    const { rows } = await t.deps.db.execute<{ lang: string; mayRefund: number }>(
      `SELECT o.lang, i.may_refund AS mayRefund FROM staff_invitations i
       JOIN outbox o ON o.dedupe_key = 'staff-invitation:' || i.id ORDER BY i.created_at`,
    );
    assert.deepEqual(rows.slice(-2), [
      { lang: 'en-CA', mayRefund: 1 },
      { lang: 'en-CA', mayRefund: 1 },
    ]);
    const elsewhere = await joinOffice(t, { email: 'zoe@example.org', role: 'owner', slug: 'la-farandole' });
    const other = `${PUBLIC_URL}/v1/backoffice/la-farandole/invitations`;
    const [now] = (await listed()).invitations;
    const foreign = await t.app.request(`${other}/${now.id}/resend`, {
      method: 'POST',
      headers: { Authorization: `DPoP ${elsewhere.accessToken}` },
    });
    assert.equal(foreign.status, 404);
  });

  test('refuses what does not go with the role, a day that is over, and whoever is not here', async () => {
    assert.equal(await change(lise.id, { mayRefund: true }), 400);
    assert.equal(await change(lise.id, { role: 'owner', endsOn: '2027-03-31' }), 400);
    assert.equal(await change(lise.id, { endsOn: '2026-11-22' }), 400);
    assert.equal(await change('nobody-of-this-name', { role: 'office' }), 404);
    const zoe = await joinOffice(t, { email: 'zoe@example.org', role: 'reader', slug: 'la-farandole' });
    assert.equal(await change(zoe.id, { role: 'office' }), 404);
    assert.equal((await call(lise, 'PATCH', `/memberships/${lise.id}`, { role: 'owner' })).status, 403);
  });
});
