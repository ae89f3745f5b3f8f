// Someone with an invoice, the server, and the PayPal stand-in over real HTTP with its webhooks on their way.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { webhookIdOf } from '../../demo/data/regroupements.ts';
import { ROOT_FILE } from '../../demo/paypal/signing.ts';
import { createPayPalStandIn, type StandIn } from '../../demo/paypal/stand-in.ts';
import { sendDueMail } from '../../server/mail/worker.ts';
import type { Payment } from '../../server/payments/schemas.ts';
import { PayPal } from '../../server/paypal/client.ts';
import { applyDueEvents } from '../../server/paypal-events/inbox.ts';
import { addInvoice, merchantIdOf, PAGE, PUBLIC_URL, startTestApp, type TestApp } from './app.ts';
import { type Payer, signIn } from './payer.ts';

export const CARD = '4111 1111 1111 1111';
export const TOTAL = 29_613;
type FaultKind = Parameters<StandIn['faults']['add']>[1];
type Operation = Parameters<StandIn['faults']['add']>[0];

export type Checkout = Awaited<ReturnType<typeof startCheckout>>;

/** Marie and her invoice F-1 of 296,13 $, signed in; `la-farandole` is there too. */
export async function startCheckout(settings: { onlineFee?: object; folder?: string } = {}) {
  const outer = new Hono();
  const server = createAdaptorServer({ fetch: outer.fetch });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/demo/paypal`;
  const t: TestApp = await startTestApp({
    paypalBaseUrl: url,
    paypalWebhookCa: readFileSync(ROOT_FILE, 'utf8'),
    ...(settings.folder === undefined ? {} : { folder: settings.folder }),
  });
  const slugs = ['petits-bouleaux', 'la-farandole'];
  const merchants = slugs.map((slug) => ({
    clientId: `client-${slug}`,
    clientSecret: `secret-${slug}`,
    merchantId: merchantIdOf(slug),
    name: slug,
  }));
  const standIn = createPayPalStandIn({
    now: () => t.clock.now,
    randomBytes: (n) => new Uint8Array(randomBytes(n)),
    publicUrl: url,
    merchants,
    webhooks: slugs.map((slug) => ({
      id: webhookIdOf(slug),
      clientId: `client-${slug}`,
      url: `${PUBLIC_URL}/v1/paypal/webhooks/${slug}`,
    })),
  });
  outer.route('/demo/paypal', standIn.app);
  for (const slug of slugs)
    await t.deps.db.execute('UPDATE regroupements SET paypal_webhook_id = ? WHERE slug = ?', [
      webhookIdOf(slug),
      slug,
    ]);
  if (settings.onlineFee !== undefined)
    await t.deps.db.execute('UPDATE regroupements SET online_fee = ? WHERE slug = ?', [
      JSON.stringify(settings.onlineFee),
      'petits-bouleaux',
    ]);
  const { invoiceId } = await addInvoice(t.deps, 'petits-bouleaux', {
    firstName: 'Marie-Ève',
    lastName: 'Tremblay',
    email: 'marie@example.org',
    certificate: 'PB-000001',
    invoice: 'F-1',
    totalCents: TOTAL,
  });
  const marie = await signIn(t, 'marie@example.org');
  const paypal = new PayPal(t.deps);
  let keys = 0;

  const c = {
    t,
    standIn,
    /** Of the stand-in: another account can be added. */
    merchants,
    url,
    marie,
    invoiceId,
    paypal,
    async start(payer: Payer = marie, more: object = {}, key = `key-of-this-attempt-${++keys}`) {
      const answer = await payer.call(
        'POST',
        '/payments',
        { invoiceIds: [invoiceId], expectedTotalCents: TOTAL, page: PAGE, lang: 'fr-CA', ...more },
        { 'Idempotency-Key': key },
      );
      return {
        status: answer.status,
        body: (await answer.json()) as {
          payment: Payment;
          approveUrl: string;
          type?: string;
          totalCents?: number;
        },
      };
    },
    /** At PayPal: the card, « Continuer ». Answers where PayPal sends the browser. */
    async agree(approveUrl: string, card = CARD): Promise<string> {
      const order = new URL(approveUrl).searchParams.get('token');
      const form = await fetch(`${url}/checkoutnow/card?token=${order}`, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({
          number: card,
          expiry: '12/30',
          cvv: '123',
          givenName: 'A',
          surname: 'B',
          postalCode: 'G5L 3A1',
          email: 'a@b.ca',
        }),
      });
      return form.headers.get('Location') ?? '';
    },
    /** The same, and the way back through our server. Answers where the browser lands. */
    async approve(approveUrl: string, card = CARD): Promise<string> {
      const back = await t.app.request(await c.agree(approveUrl, card));
      assert.equal(back.status, 303);
      return back.headers.get('Location') ?? '';
    },
    async confirm(id: string, expectedTotalCents = TOTAL, payer: Payer = marie) {
      const answer = await payer.call('POST', `/payments/${id}/confirm`, { expectedTotalCents });
      return {
        status: answer.status,
        body: (await answer.json()) as { payment: Payment; type?: string; totalCents?: number },
      };
    },
    async look(id: string): Promise<Payment> {
      t.clock.advance(3_000);
      return ((await (await marie.call('GET', `/payments/${id}`)).json()) as { payment: Payment }).payment;
    },
    async approved(card = CARD, more: object = {}): Promise<Payment> {
      const { body } = await c.start(marie, more);
      await c.approve(body.approveUrl, card);
      return body.payment;
    },
    async paid(more: { expectedTotalCents?: number } = {}): Promise<Payment> {
      const payment = await c.approved(CARD, more);
      return (await c.confirm(payment.id, more.expectedTotalCents)).body.payment;
    },
    fault(operation: Operation, kind: object, times = 1): void {
      standIn.faults.add(operation, kind as FaultKind, times);
    },
    captures: () =>
      [...standIn.books.captures.values()].filter(
        ({ status }) => status !== 'PENDING' && status !== 'DECLINED',
      ),
    async owed(): Promise<number> {
      const { rows } = await t.deps.db.execute<{ cents: number }>(
        'SELECT SUM(amount_cents) AS cents FROM ledger_entries WHERE invoice_id = ?',
        [invoiceId],
      );
      return rows[0]?.cents ?? 0;
    },
    /** PayPal's webhooks arrive, and are applied. Answers how many the server took. */
    async webhooks(): Promise<number> {
      const taken = await standIn.deliveries.deliverDue((input, init) =>
        Promise.resolve(t.app.request(String(input), init)),
      );
      await applyDueEvents(t.deps, paypal);
      return taken;
    },
    async rows<R>(sql: string): Promise<R[]> {
      return (await t.deps.db.execute<R>(sql)).rows;
    },
    async booksAgree(charges: number): Promise<void> {
      assert.equal(c.captures().length, charges, 'charges at PayPal');
      const [posted] = await c.rows<{ cents: number }>(
        "SELECT COALESCE(-SUM(amount_cents), 0) AS cents FROM ledger_entries WHERE kind IN ('payment', 'refund') AND method = 'paypal'",
      );
      const { captures, refunds, reversals } = standIn.books;
      const sum = (list: Iterable<{ amountCents: number }>) =>
        [...list].reduce((all, one) => all + one.amountCents, 0);
      const taken = [...captures.values()].filter(
        ({ status }) => status !== 'PENDING' && status !== 'DECLINED',
      );
      assert.equal(
        posted?.cents,
        sum(taken) - sum(refunds.values()) - sum(reversals.values()),
        'ledger and PayPal',
      );
      const receipts = await c.rows<{ number: number }>('SELECT number FROM receipts ORDER BY number');
      assert.deepEqual(
        receipts.map((receipt) => receipt.number),
        c.captures().map((_, i) => i + 1),
        'one receipt a charge, without gaps',
      );
      const mails = await c.rows("SELECT id FROM outbox WHERE kind = 'receipt'");
      assert.equal(mails.length, charges, 'one mailed receipt a charge');
      assert.equal((await c.rows('SELECT 1 FROM invoice_holds')).length, 0, 'nothing stays held');
      assert.equal((await sendDueMail(t.deps)).failed, 0, 'every message can be written');
    },
    async close(): Promise<void> {
      if ('closeAllConnections' in server) server.closeAllConnections();
      server.close();
      await t.close();
    },
  };
  return c;
}
