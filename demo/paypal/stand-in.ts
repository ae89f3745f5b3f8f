// PayPal's place in the demo and the tests: its REST API, its payer pages, its books, and misbehaviour to order.
// The server reaches it only through PAYPAL_BASE_URL and does not know the difference. See README.md.
import { Hono } from 'hono';
import { html, raw } from 'hono/html';
import { restApi } from './api.ts';
import { type BookEvent, Books, type Merchant } from './books.ts';
import { payerPages } from './checkout/pages.ts';
import { webSdk } from './checkout/web-sdk.ts';
import { Deliveries, type Subscription, webhookBody } from './deliveries.ts';
import { FaultRequest, Faults, WebhookFaultRequest } from './faults.ts';
import { outside } from './outside.ts';
import type { Signer } from './signing.ts';
import { asRefund, disputeJson, orderJson, paymentJson, refundJson } from './wire.ts';

export type { Merchant } from './books.ts';

export interface StandInDeps {
  now(): number;
  randomBytes(n: number): Uint8Array;
  /** Where browsers and the server reach it, path included, without a trailing slash. */
  publicUrl: string;
  merchants: readonly Merchant[];
  /** Where each merchant's webhooks go; more can be subscribed through the API. */
  webhooks?: readonly Subscription[];
  /** How much Transaction Search lags behind; at PayPal up to three hours. */
  reportingDelayMs?: number;
  /** Who signs the webhooks; left out, the stand-in with its own key. */
  signer?: Signer;
}
export interface StandIn {
  app: Hono;
  books: Books;
  faults: Faults;
  /** Webhooks on their way: whoever runs the stand-in calls `deliverDue`. */
  deliveries: Deliveries;
}

const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** Makes one stand-in, with empty books. `app` can be mounted under any path. */
export function createPayPalStandIn(deps: StandInDeps): StandIn {
  const id = (length: number) => Array.from(deps.randomBytes(length), (byte) => ALPHABET[byte % 32]).join('');
  const books = new Books(deps.now, id);
  const faults = new Faults();
  const { now, publicUrl, signer } = deps;
  const takeFault = () => faults.takeOfWebhooks();
  const deliveries = new Deliveries({ now, id, publicUrl, signer, takeFault });
  deliveries.subscriptions.push(...(deps.webhooks ?? []));
  books.tell = (event) => {
    const { resource, merchant } = subjectOf(books, event, publicUrl);
    deliveries.tell(webhookBody({ now, id, publicUrl }, event.type, resource), merchant);
  };
  const app = new Hono();
  app.route(
    '/',
    restApi({
      merchants: deps.merchants,
      books,
      faults,
      now,
      id,
      publicUrl,
      deliveries,
      delayMs: deps.reportingDelayMs ?? 0,
    }),
  );
  app.route('/', payerPages({ books, id, publicUrl: deps.publicUrl, now: deps.now }));
  app.route('/', webSdk({ faults, publicUrl }));
  app.route('/', controls(books, faults, deps.publicUrl));
  app.route('/', outside(books, deps.merchants, publicUrl));
  return { app, books, faults, deliveries };
}

function subjectOf(books: Books, event: BookEvent, base: string): { resource: object; merchant: Merchant } {
  if ('order' in event)
    return { resource: orderJson(books, event.order, base), merchant: event.order.merchant };
  const capture =
    'capture' in event
      ? event.capture
      : 'refund' in event
        ? event.refund.capture
        : 'reversal' in event
          ? event.reversal.capture
          : event.dispute.capture;
  const resource =
    'capture' in event
      ? paymentJson(books, event.capture, base)
      : 'refund' in event
        ? refundJson(books, event.refund, base)
        : 'reversal' in event
          ? refundJson(books, asRefund(event.reversal), base)
          : disputeJson(event.dispute, base);
  return { resource, merchant: capture.order.merchant };
}

function controls(books: Books, faults: Faults, publicUrl: string): Hono {
  return (
    new Hono()
      .get('/books.json', (c) => c.json(books.summary()))
      .get('/faults', (c) => c.json(faults.list()))
      .post('/faults', async (c) => {
        const body: unknown = await c.req.json().catch(() => null);
        const webhook = WebhookFaultRequest.safeParse(body);
        if (webhook.success) {
          faults.addToWebhooks(webhook.data.fault, webhook.data.times);
          return c.json(faults.list(), 201);
        }
        const parsed = FaultRequest.safeParse(body);
        if (!parsed.success)
          return c.json({ error: 'see demo/paypal/README.md', issues: parsed.error.issues }, 400);
        faults.add(parsed.data.operation, parsed.data.fault, parsed.data.times);
        return c.json(faults.list(), 201);
      })
      .delete('/faults', (c) => {
        faults.clear();
        return c.body(null, 204);
      })
      .post('/orders/:id/expire', (c) => {
        const order = books.orders.get(c.req.param('id'));
        if (order === undefined) return c.json({ error: 'no such order' }, 404);
        order.expiresAt = 0;
        return c.json({ id: order.id, status: 'EXPIRED' });
      })
      .post('/captures/:id/:fate{complete|deny}', (c) => {
        const capture = books.resolvePending(c.req.param('id'), c.req.param('fate') === 'complete');
        return capture === undefined
          ? c.json({ error: 'no pending capture with this id' }, 404)
          : c.json({ id: capture.id, status: capture.status });
      })
      .get('/', (c) => {
        c.header('Content-Security-Policy', POLICY);
        return c.html(overview(books, faults, publicUrl));
      })
      // As PayPal's site shows its owner one transaction.
      .get('/activity/payment/:id', (c) => {
        c.header('Content-Security-Policy', POLICY);
        return c.html(overview(books, faults, publicUrl, c.req.param('id')));
      })
  );
}

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
const STYLE = `:root{font:16px/1.5 system-ui,sans-serif;color-scheme:light dark}body{margin:0 auto;max-width:70rem;padding:1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #8886}div{overflow-x:auto}
.note{background:#fff4cc;color:#222;padding:.6rem 1rem;border-radius:.4rem}code{font-size:.95em}`;

/** The books as a page; of `only`, what is about the transaction of that id. */
function overview(books: Books, faults: Faults, publicUrl: string, only?: string) {
  const { captures, refunds, reversals, returns, disputes, orders } = books.summary();
  const table = (name: string, all: Record<string, unknown>[]) => {
    const rows = all.filter((row) => only === undefined || Object.values(row).includes(only));
    const columns = Object.keys(rows[0] ?? {});
    return html`<h2>${name} (${rows.length})</h2>${
      rows.length === 0
        ? html`<p>–</p>`
        : html`<div><table><thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
          <tbody>${rows.toReversed().map((row) => html`<tr>${columns.map((column) => html`<td>${String(row[column] ?? '')}</td>`)}</tr>`)}</tbody></table></div>`
    }`;
  };
  return html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
    <title>PayPal stand-in</title><style>${raw(STYLE)}</style></head><body><main>
    <p class="note">Simulation de PayPal&nbsp;: aucun argent réel ne bouge. – PayPal stand-in: no real money moves.</p>
    <h1>PayPal stand-in</h1>
    <p>Its books as JSON: <a href="${publicUrl}/books.json"><code>books.json</code></a>. Misbehaviour in force: <code>${JSON.stringify(faults.list())}</code>
    (see <code>demo/paypal/README.md</code>).</p>
    ${table('Captures', captures)}${table('Refunds', refunds)}${table('Reversals', reversals)}${table('Returns', returns)}${table('Disputes', disputes)}${table('Orders', orders)}</main></body></html>`;
}
