// S44, S45: a person of the office says which e-mails she wants, and gets those.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { openException } from '../../../../server/exceptions/exceptions.ts';
import { sendDueMail } from '../../../../server/mail/worker.ts';
import { regroupementBySlug } from '../../../../server/regroupements/regroupements.ts';
import { sendDigests } from '../../../../server/staff/people/alerts.ts';
import { addInvoice } from '../../../support/app.ts';
import { type Checkout, startCheckout, TOTAL } from '../../../support/checkout.ts';
import { importText, listOf, row } from '../../../support/invoice-list.ts';
import { joinOffice, type OfficePerson } from '../../../support/office.ts';
import { staffWith } from '../../../support/staff.ts';

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

  test('what a list calls « déjà payé » is no payment of the day; one cheque for two invoices is one', async () => {
    await want('daily', 'none');
    const list = listOf(
      row({
        certificate: 'PB-000009',
        invoice: 'F-9',
        issued: '2026-11-23',
        due: '2026-12-23',
        balance: '0,00 $',
      }),
    );
    assert.deepEqual((await importText(c.t.deps, list)).refused, []);
    await addInvoice(c.t.deps, 'petits-bouleaux', {
      ...{
        firstName: 'Marie-Ève',
        lastName: 'Tremblay',
        certificate: 'PB-000001',
        invoice: 'F-2',
        totalCents: 20_000,
      },
    });
    const staff = await staffWith(c.t, ['read', 'record']);
    const post = async (path: string, body: object) => {
      const answer = await staff('POST', path, body);
      assert.equal(answer.status, 201);
      return (await answer.json()) as { deposit: { id: string } };
    };
    const { deposit } = await post('/deposits', { day: '2026-11-23', slipCents: TOTAL + 20_000 });
    await post(`/deposits/${deposit.id}/cheques`, {
      reference: '0417',
      invoices: [
        { invoiceNumber: 'F-1', amountCents: TOTAL },
        { invoiceNumber: 'F-2', amountCents: 20_000 },
      ],
    });
    c.t.clock.now = Date.parse('2026-11-24T13:00:00Z');
    await sendDigests(c.t.deps);
    const [came = '', ...more] = await mails();
    assert.match(came, /1 \(496,13 \$\)/);
    assert.deepEqual(more, []);
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
