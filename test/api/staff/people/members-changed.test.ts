// An owner changes who may do what, at once; never so that nobody answers for the regroupement.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { invite } from '../../../../server/staff/people/invitations.ts';
import { PUBLIC_URL, startTestApp, type TestApp } from '../../../support/app.ts';
import { regroupementId } from '../../../support/books.ts';
import { joinOffice, type OfficePerson } from '../../../support/office.ts';

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
  const call = async (who: OfficePerson, method: string, path: string, body?: object) =>
    await t.app.request(`${PUBLIC_URL}/v1/backoffice/petits-bouleaux${path}`, {
      method,
      headers: { Authorization: `DPoP ${who.accessToken}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const change = async (id: string, body: object) =>
    (await call(owner, 'PATCH', `/memberships/${id}`, body)).status;
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
    const both = await Promise.all([
      change(owner.id, { role: 'office' }),
      call(lise, 'PATCH', `/memberships/${lise.id}`, { role: 'office' }).then(({ status }) => status),
    ]);
    // Lise's proof of her second factor may be too old by now: then she is asked for it.
    assert.equal(both.filter((status) => status === 204).length, 1, both.join());
    const { rows } = await t.deps.db.execute("SELECT 1 FROM memberships WHERE role = 'owner'");
    assert.equal(rows.length, 1);
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
