// The REST side: tokens, orders, captures, refunds, with PayPal's idempotency and its errors.
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Books, Merchant } from './books.ts';
import type { Deliveries } from './deliveries.ts';
import { errorBody, failure, malformed, PayPalError, refuse } from './errors.ts';
import { Fault, type Faults, type Operation, WRITES } from './faults.ts';
import type { Answer } from './handlers.ts';
import { notificationRoutes } from './notifications.ts';
import { cents, checkedOrder, checkedRefund } from './order-schema.ts';
import { reportingRoutes } from './reporting.ts';
import { asRefund, disputeJson, orderJson, paymentJson, refundJson } from './wire.ts';

export interface ApiDeps {
  merchants: readonly Merchant[];
  books: Books;
  faults: Faults;
  now(): number;
  id(length: number): string;
  /** Where this stand-in is reached, without a trailing slash. */
  publicUrl: string;
  deliveries: Deliveries;
  /** How much Transaction Search lags. */
  delayMs: number;
}
interface Remembered {
  body: string;
  until: number;
  answer: Answer | null;
}

const TOKEN_LIFE_S = 31_668;
const ORDER_KEY_LIFE_MS = 6 * 3_600_000;
const PAYMENT_KEY_LIFE_MS = 45 * 86_400_000;
/** A caller that never hangs up is let go after this long. */
const SILENCE_MS = 30_000;

export function restApi(deps: ApiDeps): Hono {
  const { books, publicUrl: base } = deps;
  const tokens = new Map<string, { merchant: Merchant; until: number }>();
  const remembered = new Map<string, Remembered>();

  const bearer = (c: Context): Merchant => {
    const token = /^Bearer (\S+)$/.exec(c.req.header('Authorization') ?? '')?.[1];
    const held = token === undefined ? undefined : tokens.get(token);
    if (held === undefined || held.until <= deps.now()) throw new PayPalError(401);
    return held.merchant;
  };

  // One call of an operation: its ordered misbehaviour, if any, around its real work.
  const serve = async (
    c: Context,
    operation: Operation,
    work: (fault: Fault | undefined) => Answer | Promise<Answer>,
  ): Promise<Response> => {
    const debugId = deps.id(13).toLowerCase();
    const fault = deps.faults.take(operation) ?? mockedRefusal(c, operation);
    if (fault?.kind === 'timeout-before') return await silence(c);
    let answer: Answer;
    try {
      refuseBeforeWork(fault);
      // A slow write is slow once its PayPal-Request-Id is taken, so that a second call finds it in progress.
      if (!WRITES.includes(operation)) await slowness(fault);
      answer = await work(fault);
    } catch (error) {
      if (!(error instanceof PayPalError)) throw error;
      for (const [name, value] of Object.entries(error.headers)) c.header(name, value);
      answer = { status: error.status, body: errorBody(error, debugId) };
    }
    if (fault?.kind === 'timeout-after') return await silence(c);
    if (fault?.kind === 'reset') return broken(c);
    if (fault?.kind === 'html') return c.html('<!doctype html><title>PayPal</title><p>Be right back.</p>');
    return reply(c, answer, debugId);
  };

  // A write under a PayPal-Request-Id is done once: a repeat gets the first answer, with 200.
  const once = async (
    c: Context,
    scope: string,
    life: number,
    body: string,
    fault: Fault | undefined,
    work: () => Answer,
  ): Promise<Answer> => {
    const id = c.req.header('PayPal-Request-Id');
    if (id === undefined) {
      await slowness(fault);
      return work();
    }
    if (id === '' || id.length > 108) throw malformed('PayPal-Request-Id', 'INVALID_STRING_LENGTH');
    const key = `${scope}:${id}`;
    const known = remembered.get(key);
    if (known !== undefined && known.until > deps.now()) {
      if (known.body !== body) throw malformed('PayPal-Request-Id', 'INVALID_PARAMETER_SYNTAX');
      if (known.answer === null) throw failure(409, 'PREVIOUS_REQUEST_IN_PROGRESS');
      const replayed = known.answer.status === 201 ? 200 : known.answer.status;
      return { status: replayed, body: known.answer.body };
    }
    const entry: Remembered = { body, until: deps.now() + life, answer: null };
    remembered.set(key, entry);
    try {
      await slowness(fault);
      entry.answer = work();
      return entry.answer;
    } catch (error) {
      // A refusal is remembered too: the same id replays the decline.
      if (error instanceof PayPalError && error.status === 422)
        entry.answer = { status: 422, body: errorBody(error, deps.id(13).toLowerCase()) };
      else remembered.delete(key);
      throw error;
    }
  };

  const app = new Hono();
  app.onError((error, c) => {
    if (!(error instanceof PayPalError)) throw error;
    const debugId = deps.id(13).toLowerCase();
    return reply(c, { status: error.status, body: errorBody(error, debugId) }, debugId);
  });

  app.post('/v1/oauth2/token', (c) =>
    serve(c, 'token', async () => {
      const basic = /^Basic (\S+)$/.exec(c.req.header('Authorization') ?? '')?.[1] ?? '';
      const [clientId, secret] = Buffer.from(basic, 'base64').toString('utf8').split(':');
      const merchant = deps.merchants.find((m) => m.clientId === clientId && m.clientSecret === secret);
      const grant = new URLSearchParams(await c.req.text()).get('grant_type');
      if (merchant === undefined)
        return {
          status: 401,
          body: { error: 'invalid_client', error_description: 'Client Authentication failed' },
        };
      if (grant !== 'client_credentials')
        return {
          status: 400,
          body: { error: 'unsupported_grant_type', error_description: 'Grant Type is NULL' },
        };
      const token = `A21AA${deps.id(60)}`;
      tokens.set(token, { merchant, until: deps.now() + TOKEN_LIFE_S * 1000 });
      return {
        status: 200,
        body: {
          scope:
            'https://uri.paypal.com/services/payments/payment https://uri.paypal.com/services/payments/refund',
          access_token: token,
          token_type: 'Bearer',
          app_id: 'APP-80W284485P519543T',
          expires_in: TOKEN_LIFE_S,
          nonce: `${new Date(deps.now()).toISOString()}${deps.id(20)}`,
        },
      };
    }),
  );

  app.post('/v2/checkout/orders', (c) =>
    serve(c, 'create', async (fault) => {
      const merchant = bearer(c);
      const { text, json } = await bodyOf(c, 'create');
      return once(c, `create:${merchant.merchantId}`, ORDER_KEY_LIFE_MS, text, fault, () => {
        if (fault?.kind === 'decline') throw refuse(fault.issue);
        const request = checkedOrder(json);
        if (request.payment_source !== undefined && c.req.header('PayPal-Request-Id') === undefined)
          throw malformed('PayPal-Request-Id', 'PAYPAL_REQUEST_ID_REQUIRED');
        const order = books.create(merchant, request);
        return { status: order.singleStep ? 200 : 201, body: orderJson(books, order, base, isMinimal(c)) };
      });
    }),
  );

  app.get('/v2/checkout/orders/:id', (c) =>
    serve(c, 'get', () => ({
      status: 200,
      body: orderJson(books, books.order(bearer(c), c.req.param('id')), base),
    })),
  );

  app.post('/v2/checkout/orders/:id/capture', (c) =>
    serve(c, 'capture', async (fault) => {
      const merchant = bearer(c);
      const { text } = await bodyOf(c, 'capture');
      const order = books.order(merchant, c.req.param('id'));
      return once(c, `capture:${order.id}`, PAYMENT_KEY_LIFE_MS, text, fault, () => {
        if (fault?.kind === 'decline') books.decline(order, fault.issue);
        books.capture(order, {
          duplicate: fault?.kind === 'duplicate-invoice',
          ...(fault?.kind === 'wrong-amount' ? { extraCents: fault.cents } : {}),
          ...(fault?.kind === 'pending' ? { pendingReason: fault.reason } : {}),
        });
        return { status: 201, body: orderJson(books, order, base, isMinimal(c)) };
      });
    }),
  );

  app.get('/v2/payments/captures/:id', (c) =>
    serve(c, 'get-capture', () => ({
      status: 200,
      body: paymentJson(books, captureOf(bearer(c), c.req.param('id')), base),
    })),
  );

  app.post('/v2/payments/captures/:id/refund', (c) =>
    serve(c, 'refund', async (fault) => {
      const merchant = bearer(c);
      const { text, json } = await bodyOf(c, 'refund');
      const capture = captureOf(merchant, c.req.param('id'));
      return once(c, `refund:${capture.id}`, PAYMENT_KEY_LIFE_MS, text, fault, () => {
        if (fault?.kind === 'decline') throw refuse(fault.issue);
        const request = checkedRefund(json, capture.order.unit.amount.currency_code);
        const amount = request.amount === undefined ? null : cents(request.amount);
        const refund = books.refund(
          capture,
          amount,
          request.note_to_payer ?? null,
          request.custom_id ?? null,
        );
        return { status: 201, body: refundJson(books, refund, base, isMinimal(c)) };
      });
    }),
  );

  app.get('/v2/payments/refunds/:id', (c) =>
    serve(c, 'get-refund', () => {
      const merchant = bearer(c);
      const reversal = books.reversals.get(c.req.param('id'));
      const refund =
        books.refunds.get(c.req.param('id')) ?? (reversal === undefined ? undefined : asRefund(reversal));
      if (refund === undefined || refund.capture.order.merchant !== merchant) throw notThere();
      return { status: 200, body: refundJson(books, refund, base) };
    }),
  );

  app.get('/v1/customer/disputes/:id', (c) =>
    serve(c, 'get-dispute', () => {
      const merchant = bearer(c);
      const dispute = books.disputes.get(c.req.param('id'));
      if (dispute === undefined || dispute.capture.order.merchant !== merchant) throw notThere();
      return { status: 200, body: disputeJson(dispute, base) };
    }),
  );

  function captureOf(merchant: Merchant, id: string) {
    const capture = books.captures.get(id);
    if (capture === undefined || capture.order.merchant !== merchant) throw notThere();
    return capture;
  }

  const handlers = { bearer, serve };
  notificationRoutes(app, handlers, deps);
  reportingRoutes(app, handlers, deps);
  return app;
}

function notThere(): PayPalError {
  return failure(404, 'INVALID_RESOURCE_ID', { location: 'path' });
}

async function bodyOf(c: Context, operation: Operation): Promise<{ text: string; json: unknown }> {
  const text = await c.req.text();
  if (text === '') return { text, json: undefined };
  try {
    return { text, json: JSON.parse(text) };
  } catch {
    // Payments 2.5 knows no code of its own for it.
    throw malformed('/', operation === 'refund' ? 'INVALID_PARAMETER_SYNTAX' : 'MALFORMED_REQUEST_JSON');
  }
}

function refuseBeforeWork(fault: Fault | undefined): void {
  if (fault?.kind === '500') throw new PayPalError(500);
  if (fault?.kind === '503') throw new PayPalError(503);
  if (fault?.kind === '401') throw new PayPalError(401);
  if (fault?.kind === '403') throw failure(403, 'PERMISSION_DENIED');
  if (fault?.kind === '429') throw new PayPalError(429, [], { 'Retry-After': String(fault.retryAfter) });
}

// PayPal's own header for negative tests: {"mock_application_codes": "INSTRUMENT_DECLINED"}.
function mockedRefusal(c: Context, operation: Operation): Fault | undefined {
  const header = c.req.header('PayPal-Mock-Response');
  if (header === undefined || !WRITES.includes(operation)) return undefined;
  const issue = /"mock_application_codes"\s*:\s*"([A-Z_]+)"/.exec(header)?.[1];
  return issue === undefined ? undefined : Fault.parse({ kind: 'decline', issue });
}

function isMinimal(c: Context): boolean {
  return !/return=representation/.test(c.req.header('Prefer') ?? '');
}

function reply(c: Context, answer: Answer, debugId: string): Response {
  c.header('PayPal-Debug-Id', debugId);
  return c.json(answer.body as object, answer.status as ContentfulStatusCode);
}

// Holds the line until the caller hangs up.
async function silence(c: Context): Promise<Response> {
  await pause(SILENCE_MS, c.req.raw.signal);
  return broken(c);
}

// The connection breaks in the caller's hands.
function broken(c: Context): Response {
  const { incoming } = (c.env ?? {}) as Partial<HttpBindings>;
  incoming?.socket.destroy();
  return incoming === undefined ? Response.error() : RESPONSE_ALREADY_SENT;
}

// Slow work goes on even if the caller has hung up.
async function slowness(fault: Fault | undefined): Promise<void> {
  if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms));
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, ms);
    timer.unref();
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
