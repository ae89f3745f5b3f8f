// PayPal's webhooks: only PayPal's, once, in any order; what they say is checked against its record.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { webhookIdOf } from '../../../demo/data/regroupements.ts';
import { signatureHeaders } from '../../../demo/paypal/signing.ts';
import { createApp } from '../../../server/app.ts';
import { createLog } from '../../../server/log.ts';
import { sweepPayments } from '../../../server/payments/sweep.ts';
import { applyDueEvents } from '../../../server/paypal-events/inbox.ts';
import { checkReversals } from '../../../server/refunds/check-reversals.ts';
import { PUBLIC_URL } from '../../support/app.ts';
import { type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';

const SLOW_CARD = '5105 1051 0510 5100';

describe('webhooks', () => {
  let c: Checkout;
  beforeEach(async () => {
    c = await startCheckout();
  });
  afterEach(() => c.close());
  const state = async (id: string) =>
    (await c.rows<{ state: string }>(`SELECT state FROM payments WHERE id = '${id}'`))[0]?.state;
  const refusals = () =>
    c.rows<{ name: string; count: number }>('SELECT name, count FROM counters ORDER BY name');

  test('approved, and her browser never came back: known, waiting for her, not captured', async () => {
    const { body } = await c.start();
    await c.agree(body.approveUrl);
    assert.equal(await c.webhooks(), 1);
    assert.equal(await state(body.payment.id), 'approved');
    assert.equal(c.captures().length, 0);
    const list = (await (await c.marie.call('GET', '/payments')).json()) as { open: { state: string } };
    assert.equal(list.open.state, 'approved', 'the first thing she sees, wherever she signs in');
  });

  test('a payment in review is settled by the webhook, whichever way it turns', async () => {
    const payment = await c.approved(SLOW_CARD);
    assert.equal((await c.confirm(payment.id)).body.payment.state, 'pending');
    await c.webhooks();
    const [capture] = c.standIn.books.captures.values();
    c.standIn.books.resolvePending(capture?.id ?? '', true);
    await c.webhooks();
    assert.equal(await state(payment.id), 'completed');
    await c.booksAgree(1);
  });

  test('lost, repeated, late and out of order: the same books', async () => {
    for (const fault of [
      { kind: 'repeat', times: 4 },
      { kind: 'reorder' },
      { kind: 'delay', ms: 600_000 },
      { kind: 'lose' },
    ] as const)
      c.standIn.faults.addToWebhooks(fault, 1);
    await c.paid();
    const [capture] = c.standIn.books.captures.values();
    assert.ok(capture);
    c.standIn.books.refund(capture, 1_000, null);
    c.standIn.books.refund(capture, 2_000, null);
    for (let n = 0; n < 5; n++) {
      await c.webhooks();
      c.t.clock.advance(15 * 60_000);
    }
    assert.equal(await c.owed(), 3_000);
    await c.booksAgree(1);
  });

  test('PayPal’s record cannot be read: kept, and applied when it can', async () => {
    const { body } = await c.start();
    await c.agree(body.approveUrl);
    c.fault('get', { kind: '503' }, 3);
    await c.webhooks();
    assert.equal(await state(body.payment.id), 'created');
    c.t.clock.advance(60_000);
    await c.webhooks();
    assert.equal(await state(body.payment.id), 'approved');
  });

  test('she never came back and the webhook is lost: found out within minutes, and she is told what is left to do', async () => {
    const { body } = await c.start();
    c.standIn.faults.addToWebhooks({ kind: 'lose' }, 1);
    await c.agree(body.approveUrl);
    for (let minute = 0; minute < 16; minute++) {
      c.t.clock.advance(60_000);
      await sweepPayments(c.t.deps, c.paypal, checkReversals);
    }
    assert.equal(await state(body.payment.id), 'approved');
    assert.equal((await c.rows("SELECT 1 FROM outbox WHERE kind = 'unconfirmed'")).length, 1);
    assert.equal(c.captures().length, 0);
  });

  test('money after the end is posted as a credit, and staff are told (P3b)', async () => {
    const payment = await c.approved();
    const cancelled = await c.marie.call('POST', `/payments/${payment.id}/cancel`, {});
    assert.equal(cancelled.status, 200);
    // PayPal's own site, or a fault there, takes the money all the same.
    const [order] = c.standIn.books.orders.values();
    assert.ok(order);
    c.standIn.books.capture(order);
    await c.webhooks();
    assert.equal(await state(payment.id), 'completed');
    const [exception] = await c.rows<{ kind: string }>('SELECT kind FROM exceptions');
    assert.equal(exception?.kind, 'unexpected-capture');
    await c.booksAgree(1);
  });

  test('money that no payment of ours knows: on the list, in no file', async () => {
    const merchant = [...c.standIn.books.orders.values()][0]?.merchant;
    assert.equal(merchant, undefined);
    const sale = await fetch(`${c.url}/sales`, {
      method: 'POST',
      body: JSON.stringify({ clientId: 'client-petits-bouleaux', cents: 4_200 }),
    });
    assert.equal(sale.status, 201);
    await c.webhooks();
    const [exception] = await c.rows<{ kind: string; detail: string }>('SELECT kind, detail FROM exceptions');
    assert.equal(exception?.kind, 'unknown-capture');
    assert.equal(JSON.parse(exception?.detail ?? '{}').amountCents, 4_200);
    assert.equal(await c.owed(), TOTAL);
  });

  for (const [kind, name] of [
    ['bad-signature', 'signature'],
    ['truncate', 'signature'],
    ['re-serialize', 'signature'],
    ['old', 'too-old'],
  ] as const) {
    test(`${kind}: refused, counted, and taken when it comes soundly`, async () => {
      const { body } = await c.start();
      c.standIn.faults.addToWebhooks({ kind }, 1);
      await c.agree(body.approveUrl);
      assert.equal(await c.webhooks(), 0);
      assert.deepEqual(
        (await refusals()).map((row) => ({ ...row })),
        [{ name: `webhook-refused:${name}`, count: 1 }],
      );
      assert.equal(await state(body.payment.id), 'created');
      assert.equal((await c.rows("SELECT 1 FROM security_log WHERE event = 'webhook-refused'")).length, 1);
      c.t.clock.advance(61_000);
      assert.equal(await c.webhooks(), 1, 'PayPal sends it again');
      assert.equal(await state(body.payment.id), 'approved');
    });
  }

  async function send(
    given: {
      slug?: string;
      webhookId?: string;
      certUrl?: string;
      signer?: 'foreign';
      body?: string;
      id?: string;
      headers?: Record<string, string>;
    } = {},
  ) {
    const body = new TextEncoder().encode(
      given.body ??
        JSON.stringify({ id: 'WH-1', event_type: 'CHECKOUT.ORDER.APPROVED', resource: { id: 'NONE' } }),
    );
    const key = readFileSync(
      given.signer === undefined
        ? new URL('../../../demo/paypal/certificates/leaf.key', import.meta.url)
        : new URL('../../support/certificates/leaf.key', import.meta.url),
      'utf8',
    );
    const headers = signatureHeaders({ key }, body, {
      transmissionId: given.id ?? 'transmission-1',
      time: new Date(c.t.clock.now).toISOString(),
      webhookId: given.webhookId ?? webhookIdOf('petits-bouleaux'),
      certUrl: given.certUrl ?? `${c.url}/v1/notifications/certs/CERT-1`,
    });
    const answer = await c.t.app.request(
      `${PUBLIC_URL}/v1/paypal/webhooks/${given.slug ?? 'petits-bouleaux'}`,
      { method: 'POST', headers: { ...headers, ...given.headers }, body },
    );
    return { status: answer.status, type: ((await answer.json()) as { type?: string }).type };
  }

  test('a sound one is taken; one for another regroupement is not', async () => {
    assert.equal((await send()).status, 200);
    assert.equal((await send({ slug: 'la-farandole' })).status, 400);
    assert.equal((await send({ webhookId: webhookIdOf('la-farandole') })).status, 400);
    assert.equal((await send({ slug: 'personne' })).status, 404);
  });

  test('certificates from anywhere but PayPal’s place are not even fetched', async () => {
    const base = new URL(c.url);
    for (const certUrl of [
      'https://evil.example/v1/notifications/certs/CERT-1',
      `${c.url}.evil.example/v1/notifications/certs/CERT-1`,
      `http://user@${base.host}${base.pathname}/v1/notifications/certs/CERT-1`,
      `${c.url}/v1/notifications/certs/../../../books.json`,
      `${c.url}/v1/notifications/certs/CERT-1?x=1`,
      `${c.url}/v1/notifications/certs/CERT-1#x`,
      `${c.url}/v1/notifications/certs/`,
      `${c.url}/v1/notifications/certs/a/b`,
      'file:///etc/passwd',
    ]) {
      const { status, type } = await send({ certUrl });
      assert.equal(status, 400, certUrl);
      assert.match(type ?? '', /webhook-refused/);
    }
  });

  test('who paid, as PayPal tells it, is not kept', async () => {
    c.standIn.faults.add('get', { kind: '503' }, 100);
    await c.start().then(({ body }) => c.agree(body.approveUrl));
    await c.webhooks();
    const kept = await c.rows<{ body: string; state: string }>('SELECT body, state FROM webhook_events');
    assert.deepEqual(
      kept.map(({ state }) => state),
      ['waiting'],
    );
    for (const hers of ['a@b.ca', 'surname', '"payer"', 'G5L'])
      assert.ok(!kept[0]?.body.includes(hers), `${hers} is nobody’s business here`);
    assert.match(kept[0]?.body ?? '', /"resource":\{"id":"/);
  });

  test('something signed by another key, another algorithm or nothing at all is refused', async () => {
    assert.equal((await send({ signer: 'foreign' })).status, 400);
    assert.equal((await send({ headers: { 'PAYPAL-AUTH-ALGO': 'none' } })).status, 400);
    assert.equal((await send({ headers: { 'PAYPAL-TRANSMISSION-SIG': '' } })).status, 400);
    assert.equal(
      (await send({ headers: { 'PAYPAL-TRANSMISSION-TIME': '2026-13-45T00:00:00Z' } })).status,
      400,
    );
    assert.equal((await send({ headers: { 'PAYPAL-TRANSMISSION-ID': 'x'.repeat(200) } })).status, 400);
    assert.equal((await send({ signer: 'foreign', body: 'not json' })).status, 400);
    assert.equal((await send({ signer: 'foreign', body: '{"id":"WH-2"}' })).status, 400);
    assert.equal((await send({ signer: 'foreign', webhookId: 'WEBHOOK_ID' })).status, 400);
    const huge = await send({ body: `{"x":"${'x'.repeat(10_000_000)}"}` });
    assert.equal(huge.status, 413);
    assert.equal((await c.rows('SELECT 1 FROM webhook_events')).length, 0, 'nothing was kept');
  });

  // PayPal sends again whatever is not answered 2xx, and after enough of that switches the webhook off.
  test('what PayPal signed and we have no use for is taken, counted and logged, and nothing comes of it', async () => {
    const lines: string[] = [];
    c.t.deps.log = createLog('info', c.t.deps.now, (line) => lines.push(line));
    const capture = 'PAYMENT.CAPTURE.COMPLETED';
    const cases: [why: string, body: string | object][] = [
      ['no-event', 'not json'],
      ['no-event', ''],
      ['no-event', 'null'],
      ['no-event', '[]'],
      ['no-event', '"Marie Tremblay"'],
      ['no-event', { id: 'WH-2' }],
      ['no-event', { id: 'WH-2', resource: { id: 'NONE' } }],
      ['no-event', { id: 'WH-2', event_type: 7, resource: {} }],
      ['unknown-kind', { id: 'WH-3', event_type: 'BILLING.SUBSCRIPTION.CREATED', resource: { id: 'I-1' } }],
      ['unknown-kind', { id: 'WH-4', event_type: 'CUSTOMER.MERCHANT-INTEGRATION.X' }],
      ['unknown-kind', { id: 'WH-5', event_type: 'Marie Tremblay', resource: null }],
      ...[undefined, null, [], ['a'], 'text', 7, true, {}, { id: null }, { id: ['x'] }, { id: '' }].map(
        (resource, n): [string, object] => [
          'no-resource',
          { id: `WH-1${n}`, event_type: capture, resource, resource_version: '9.0', summary: 'a@b.ca' },
        ],
      ),
      ['no-resource', { id: 'WH-30', event_type: 'CUSTOMER.DISPUTE.CREATED', resource: { dispute_id: {} } }],
      ['no-resource', { id: 'WH-31', event_type: 'PAYMENT.REFUND.PENDING' }],
      [
        'no-resource',
        { id: 'WH-32', event_type: 'CHECKOUT.ORDER.APPROVED', resource: { purchase_units: 5 } },
      ],
    ];
    const counted: Record<string, number> = {};
    for (const [n, [why, body]] of cases.entries()) {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      assert.equal((await send({ body: text, id: `t-${n}` })).status, 200, text);
      counted[`webhook-passed:${why}`] = (counted[`webhook-passed:${why}`] ?? 0) + 1;
    }
    assert.deepEqual(Object.fromEntries((await refusals()).map(({ name, count }) => [name, count])), counted);
    await c.webhooks();
    assert.equal((await c.rows('SELECT 1 FROM webhook_events')).length, 0, 'nothing waits to be tried again');
    assert.equal((await c.rows('SELECT 1 FROM exceptions')).length, 0);
    const logged = lines.filter((line) => line.includes('"webhook-passed"'));
    assert.ok(logged.length > 0 && logged.length <= 6, `${logged.length} lines`);
    assert.doesNotMatch(lines.join(), /Marie|@|a@b/);
  });

  test('an event with some of its fields in a shape of their own is applied by the rest', async () => {
    const { body } = await c.start();
    c.standIn.faults.addToWebhooks({ kind: 'lose' }, 1);
    await c.agree(body.approveUrl);
    const [order] = c.standIn.books.orders.keys();
    const odd = {
      event_type: 'CHECKOUT.ORDER.APPROVED',
      resource_version: '7.3',
      resource: {
        id: order,
        custom_id: 5,
        purchase_units: [null, { custom_id: {} }],
        links: [7, { href: 5 }],
        supplementary_data: 'x',
      },
    };
    // Without an id of its own it goes by its bytes: a repeat is one event.
    for (const id of ['t-1', 't-2'])
      assert.equal((await send({ body: JSON.stringify(odd), id })).status, 200);
    assert.equal((await c.rows('SELECT 1 FROM webhook_events')).length, 1);
    await c.webhooks();
    assert.equal(await state(body.payment.id), 'approved');
    assert.deepEqual(await refusals(), []);
  });

  test('an event that names its thing in one of its places only is applied by that', async () => {
    const apply = async (event: object) => {
      const id = `WH-${JSON.stringify(event).length}-${Math.random()}`;
      const body = JSON.stringify({ id, event_version: '2.0', ...event });
      assert.equal((await send({ id, body })).status, 200);
      await applyDueEvents(c.t.deps, c.paypal);
      const open = await c.rows<{ event_type: string; last_error: string }>(
        "SELECT event_type, last_error FROM webhook_events WHERE state <> 'done'",
      );
      assert.deepEqual(open, []);
    };
    for (const [type, name] of [
      ['CHECKOUT.ORDER.COMPLETED', 'id'],
      ['CHECKOUT.ORDER.SAVED', 'id'],
      ['CHECKOUT.PAYMENT-APPROVAL.REVERSED', 'order_id'],
    ] as const) {
      c.standIn.faults.addToWebhooks({ kind: 'lose' }, 1);
      const { body } = await c.start(c.marie, { lang: type.includes('SAVED') ? 'en-CA' : 'fr-CA' });
      await c.agree(body.approveUrl);
      const order = new URL(body.approveUrl).searchParams.get('token');
      await apply({ event_type: type, resource: { [name]: order } });
      assert.equal(await state(body.payment.id), 'approved', type);
      await c.marie.call('POST', `/payments/${body.payment.id}/cancel`);
    }
    const payment = await c.paid();
    const capture = payment.captureId ?? '';
    c.standIn.faults.addToWebhooks({ kind: 'lose' }, 10);
    const taken = c.standIn.books.captures.get(capture);
    assert.ok(taken !== undefined);
    c.standIn.books.refund(taken, 1_000, null);
    const links = [
      { rel: 'up', href: `https://api.paypal.com/v2/payments/captures/${capture}`, method: 'GET' },
    ];
    await apply({ event_type: 'PAYMENT.CAPTURE.REFUNDED', resource: { links } });
    assert.equal(await state(payment.id), 'partly-refunded');
  });

  test('the dashboard’s simulator, which signs for no webhook of anybody’s: taken, counted, and not believed', async () => {
    const { body } = await c.start();
    c.standIn.faults.addToWebhooks({ kind: 'lose' }, 1);
    await c.agree(body.approveUrl);
    const [order] = c.standIn.books.orders.keys();
    const event = { id: 'WH-9', event_type: 'CHECKOUT.ORDER.APPROVED', resource: { id: order } };
    const answer = await send({ webhookId: 'WEBHOOK_ID', body: JSON.stringify(event) });
    assert.equal(answer.status, 200);
    await c.webhooks();
    assert.equal(await state(body.payment.id), 'created');
    assert.deepEqual(
      (await refusals()).map(({ name, count }) => [name, count]),
      [['webhook-passed:simulator', 1]],
    );
    const metricsToken = 'a-token-for-the-machines';
    const app = createApp({ ...c.t.deps, config: { ...c.t.deps.config, metricsToken } });
    const metrics = await app.request(`${PUBLIC_URL}/metrics`, {
      headers: { Authorization: `Bearer ${metricsToken}` },
    });
    assert.match(
      await metrics.text(),
      /^amisgest_pay_counted_total\{regroupement="petits-bouleaux",name="webhook-passed:simulator"\} 1$/m,
    );
  });

  test('a flood of forgeries is counted, and logged a few times only', async () => {
    for (let n = 0; n < 40; n++) await send({ signer: 'foreign', id: `t-${n}` });
    assert.equal((await refusals())[0]?.count, 40);
    const logged = await c.rows("SELECT 1 FROM security_log WHERE event = 'webhook-refused'");
    assert.ok(logged.length <= 6, `${logged.length} lines`);
  });

  test('the certificate’s place is down: asked to send again, nothing kept, then taken', async () => {
    const { fetch } = c.t.deps;
    c.t.deps.fetch = async () => {
      throw new TypeError('fetch failed');
    };
    assert.equal((await send()).status, 503);
    c.t.deps.fetch = fetch;
    assert.equal((await send()).status, 200);
  });

  test('forty at once: one certificate is fetched', async () => {
    const { fetch } = c.t.deps;
    let fetched = 0;
    c.t.deps.fetch = (input, init) => {
      if (String(input).includes('/certs/')) fetched++;
      return fetch(input, init);
    };
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => send({ id: `t-${n}` })));
    assert.ok(answers.every(({ status }) => status === 200));
    assert.equal(fetched, 1);
    assert.equal((await c.rows('SELECT 1 FROM webhook_events')).length, 1, 'one event is one event');
  });

  test('no webhook at all: the sweeper comes to the same', async () => {
    c.standIn.faults.addToWebhooks({ kind: 'lose' }, 100);
    const payment = await c.approved(SLOW_CARD);
    await c.confirm(payment.id);
    const [capture] = c.standIn.books.captures.values();
    c.standIn.books.resolvePending(capture?.id ?? '', true);
    c.t.clock.advance(5 * 60_000);
    await sweepPayments(c.t.deps, c.paypal, checkReversals);
    assert.equal(await state(payment.id), 'completed');
    await c.booksAgree(1);
  });
});
