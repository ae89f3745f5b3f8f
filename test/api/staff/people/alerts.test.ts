// S44, S45: a person of the office says which e-mails she wants, and gets those.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { openException } from '../../../../server/exceptions/exceptions.ts';
import { sendDueMail } from '../../../../server/mail/worker.ts';
import { regroupementBySlug } from '../../../../server/regroupements/regroupements.ts';
import { sendDigests } from '../../../../server/staff/people/alerts.ts';
import { type Checkout, startCheckout } from '../../../support/checkout.ts';
import { joinOffice, type OfficePerson } from '../../../support/office.ts';

describe('a person’s alerts', () => {
  let c: Checkout;
  let lise: OfficePerson;
  beforeEach(async () => {
    c = await startCheckout();
    lise = await joinOffice(c.t, { email: 'lise@example.org', role: 'reader' });
    await mails();
  });
  afterEach(() => c.close());
  const want = async (payments: string, exceptions: string, slug = 'petits-bouleaux') =>
    (await lise.call('PUT', '/me/alerts', { slug, payments, exceptions })).status;
  /** What has come to her since. */
  async function mails(): Promise<string[]> {
    await sendDueMail(c.t.deps);
    const came = c.t.outgoing.filter(({ to }) => String(to) === 'lise@example.org');
    c.t.outgoing.length = 0;
    return came.map(({ subject, text }) => `${subject}\n${text}`.replaceAll('\u00a0', ' '));
  }
  async function exception(about: string): Promise<void> {
    const regroupement = await regroupementBySlug(c.t.deps, 'petits-bouleaux');
    await c.t.deps.db.batch(openException(c.t.deps, regroupement, { kind: 'missing-refund', about }));
  }

  test('nothing, until she asks; each payment and each exception once she does, and each once', async () => {
    assert.deepEqual((await lise.call('GET', '/me/alerts')).body.alerts, [
      { slug: 'petits-bouleaux', payments: 'none', exceptions: 'none' },
    ]);
    await exception('before');
    assert.deepEqual(await mails(), []);
    assert.equal(await want('each', 'at-once'), 204);
    await c.paid();
    await c.webhooks();
    await exception('after');
    await exception('after');
    const came = await mails();
    assert.equal(came.length, 2, came.join('\n'));
    assert.equal(came.filter((text) => text.includes('296,13 $')).length, 1);
    const [row] = await c.rows<{ n: number }>("SELECT count(*) AS n FROM audit WHERE act = 'alerts-set'");
    assert.equal(row?.n, 1);
  });

  test('once a day: from eight o’clock, the Toronto day before, once; nothing of a day of nothing', async () => {
    await want('daily', 'daily');
    await c.paid();
    await exception('x');
    assert.deepEqual(await mails(), []);
    c.t.clock.now = Date.parse('2026-11-24T12:59:00Z');
    await sendDigests(c.t.deps);
    assert.deepEqual(await mails(), [], 'a minute before eight');
    c.t.clock.now = Date.parse('2026-11-24T13:00:00Z');
    await sendDigests(c.t.deps);
    await sendDigests(c.t.deps);
    const came = await mails();
    assert.equal(came.length, 1);
    assert.match(came[0] ?? '', /^Le 23 novembre 2026 au bureau/);
    assert.match(came[0] ?? '', /1 \(296,13 \$\)/);
    c.t.clock.now = Date.parse('2026-11-25T13:00:00Z');
    await sendDigests(c.t.deps);
    assert.deepEqual(await mails(), []);
  });

  test('none to who works here no more; none of an association that is not hers', async () => {
    assert.equal(await want('each', 'at-once', 'la-farandole'), 404);
    await want('each', 'daily');
    await c.t.deps.db.execute('UPDATE memberships SET removed_at = 1');
    await c.paid();
    await exception('x');
    c.t.clock.now = Date.parse('2026-11-24T13:00:00Z');
    await sendDigests(c.t.deps);
    assert.deepEqual(await mails(), []);
  });
});
