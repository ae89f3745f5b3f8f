// A PayPal stand-in of its own on a free port, under a path as in the demo, with a clock that tests move.
// Every JSON answer that goes through `call` is checked against PayPal's published description.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { createPayPalStandIn, type Merchant, type StandIn } from '../../demo/paypal/stand-in.ts';
import { assertMatchesPayPal, type PayPalOperation } from './paypal-spec/validate.ts';

export const MERCHANTS: readonly [Merchant, Merchant] = [
  {
    clientId: 'bouleaux',
    clientSecret: 'secret-b',
    merchantId: 'BBBBBBBBBBBB2',
    name: 'Les Petits Bouleaux',
  },
  { clientId: 'farandole', clientSecret: 'secret-f', merchantId: 'FFFFFFFFFFFF2', name: 'La Farandole' },
];

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely; their shape is checked on arrival.
type Answer = { status: number; headers: Headers; body: any };

export interface RunningStandIn extends Omit<StandIn, 'books'> {
  /** Its base, path included: what PAYPAL_BASE_URL would be. */
  url: string;
  /** Moves its clock. */
  wait(ms: number): void;
  token(merchant?: Merchant): Promise<string>;
  call(operation: PayPalOperation, path: string, options?: CallOptions): Promise<Answer>;
  fault(operation: string, fault: Record<string, unknown>, times?: number): Promise<void>;
  readBooks(): Promise<{ captures: Row[]; refunds: Row[]; orders: Row[] }>;
  close(): Promise<void>;
}
type Row = Record<string, string | null>;
interface CallOptions {
  as?: Merchant;
  token?: string;
  body?: unknown;
  requestId?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Starts one with empty books. */
export async function startStandIn(): Promise<RunningStandIn> {
  let now = Date.parse('2026-03-02T15:00:00Z');
  const outer = new Hono();
  const server = createAdaptorServer({ fetch: outer.fetch });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/demo/paypal`;
  const standIn = createPayPalStandIn({ now: () => now, randomBytes, publicUrl: url, merchants: MERCHANTS });
  outer.route('/demo/paypal', standIn.app);

  async function token(merchant: Merchant = MERCHANTS[0]): Promise<string> {
    const basic = Buffer.from(`${merchant.clientId}:${merchant.clientSecret}`).toString('base64');
    const response = await fetch(`${url}/v1/oauth2/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${basic}`, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials',
    });
    assert.equal(response.status, 200);
    return ((await response.json()) as { access_token: string }).access_token;
  }

  return {
    ...standIn,
    url,
    token,
    wait: (ms) => {
      now += ms;
    },
    async call(operation, path, options = {}) {
      // A token of its own for each call: none dies when the clock is moved.
      const bearer = options.token ?? (await token(options.as));
      const { body } = options;
      const response = await fetch(`${url}${path}`, {
        method: operation.startsWith('get') ? 'GET' : 'POST',
        headers: {
          Authorization: `Bearer ${bearer}`,
          'Content-Type': 'application/json',
          ...(options.requestId === undefined ? {} : { 'PayPal-Request-Id': options.requestId }),
          ...options.headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
      const answer = await response.json();
      // PayPal describes no 429.
      if (response.status !== 429) assertMatchesPayPal(operation, 'response', response.status, answer);
      assert.match(response.headers.get('PayPal-Debug-Id') ?? '', /^\w+$/);
      return { status: response.status, headers: response.headers, body: answer };
    },
    async fault(operation, fault, times = 1) {
      const response = await fetch(`${url}/faults`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ operation, fault, times }),
      });
      assert.equal(response.status, 201, await response.text());
    },
    async readBooks() {
      return (await (await fetch(`${url}/books.json`)).json()) as Awaited<
        ReturnType<RunningStandIn['readBooks']>
      >;
    },
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      });
    },
  };
}

/** What our server asks for: one invoice of 305.28 $, paid at PayPal's pages. */
export function orderBody(invoiceId: string, unit: Record<string, unknown> = {}) {
  return {
    intent: 'CAPTURE',
    purchase_units: [
      {
        reference_id: 'default',
        custom_id: `payment-${invoiceId}`,
        invoice_id: invoiceId,
        description: 'Assurance collective',
        amount: {
          currency_code: 'CAD',
          value: '305.28',
          breakdown: { item_total: { currency_code: 'CAD', value: '305.28' } },
        },
        items: [{ name: 'Prime', quantity: '1', unit_amount: { currency_code: 'CAD', value: '305.28' } }],
        ...unit,
      },
    ],
    payment_source: {
      paypal: {
        experience_context: {
          brand_name: 'Les Petits Bouleaux',
          locale: 'fr-CA',
          shipping_preference: 'NO_SHIPPING',
          user_action: 'CONTINUE',
          payment_method_preference: 'IMMEDIATE_PAYMENT_REQUIRED',
          return_url: 'https://pay.example.org/v1/checkout/return?n=abc',
          cancel_url: 'https://pay.example.org/v1/checkout/cancel?n=abc',
        },
      },
    },
  };
}

/** An order made by the first merchant, under its own request id. */
export async function makeOrder(paypal: RunningStandIn, invoiceId: string): Promise<string> {
  const { body } = await paypal.call('create', '/v2/checkout/orders', {
    body: orderBody(invoiceId),
    requestId: `order:${invoiceId}`,
  });
  return body.id;
}

/** The payer types a card on PayPal's page and presses « Continuer ». */
export async function payByCard(
  paypal: Pick<RunningStandIn, 'url'>,
  orderId: string,
  number = '4111 1111 1111 1111',
  other: Record<string, string> = {},
): Promise<Response> {
  return await fetch(`${paypal.url}/checkoutnow/card?token=${orderId}`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({
      number,
      expiry: '12/30',
      cvv: '123',
      givenName: 'Marie',
      surname: 'Côté',
      postalCode: 'H2X 1Y4',
      email: 'marie@example.org',
      ...other,
    }),
  });
}
