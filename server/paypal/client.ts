// A thin client of PayPal's REST API, one regroupement's account at a time: the money goes straight to it. Every
// call has a time limit; what may be repeated is (reads, and writes under the same PayPal-Request-Id), at most twice
// more; answers are parsed; failures come out as one decision (errors.ts).
import type { z } from 'zod';
import type { Deps } from '../deps.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import { decrypt } from '../regroupements/secrets.ts';
import { decisionOf, PayPalFailure } from './errors.ts';
import { TransactionPage } from './transactions.ts';
import { AccessToken, Capture, ErrorBody, fromCents, Order, Refund } from './wire.ts';

const LIMIT_MS = 10_000;
/** A token is renewed this long before its end. */
const RENEW_EARLY_MS = 5 * 60_000;
const RETRIES = 2;
const RETRY_PAUSE_MS = 200;

interface CachedToken {
  token: string;
  until: number;
}

export interface OrderRequest {
  requestId: string;
  body: object;
}

export class PayPal {
  readonly #deps: Pick<Deps, 'config' | 'fetch' | 'now' | 'sleep' | 'randomBytes' | 'log'>;
  readonly #tokens = new Map<string, Promise<CachedToken>>();

  constructor(deps: Pick<Deps, 'config' | 'fetch' | 'now' | 'sleep' | 'randomBytes' | 'log'>) {
    this.#deps = deps;
  }

  createOrder(regroupement: Regroupement, request: OrderRequest): Promise<Order> {
    return this.#call(regroupement, 'create', 'POST', '/v2/checkout/orders', Order, request);
  }

  readOrder(regroupement: Regroupement, orderId: string, limitMs = LIMIT_MS): Promise<Order> {
    return this.#call(
      regroupement,
      'get',
      'GET',
      `/v2/checkout/orders/${id(orderId)}`,
      Order,
      undefined,
      limitMs,
    );
  }

  captureOrder(regroupement: Regroupement, orderId: string, requestId: string): Promise<Order> {
    return this.#call(regroupement, 'capture', 'POST', `/v2/checkout/orders/${id(orderId)}/capture`, Order, {
      requestId,
      body: {},
    });
  }

  readCapture(regroupement: Regroupement, captureId: string): Promise<Capture> {
    return this.#call(regroupement, 'get-capture', 'GET', `/v2/payments/captures/${id(captureId)}`, Capture);
  }

  /** Gives back so much of a capture. `customId` finds our row again in PayPal's record. */
  refundCapture(
    regroupement: Regroupement,
    captureId: string,
    requestId: string,
    refund: { cents: number; customId: string },
  ): Promise<Refund> {
    return this.#call(
      regroupement,
      'refund',
      'POST',
      `/v2/payments/captures/${id(captureId)}/refund`,
      Refund,
      {
        requestId,
        body: {
          amount: { currency_code: 'CAD', value: fromCents(refund.cents) },
          custom_id: refund.customId,
        },
      },
    );
  }

  readRefund(regroupement: Regroupement, refundId: string): Promise<Refund> {
    return this.#call(regroupement, 'get-refund', 'GET', `/v2/payments/refunds/${id(refundId)}`, Refund);
  }

  /** One page of the account's movements between two instants, both included. */
  searchTransactions(
    regroupement: Regroupement,
    { start, end, page }: { start: number; end: number; page: number },
  ): Promise<z.infer<typeof TransactionPage>> {
    const iso = (at: number) => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
    const query = new URLSearchParams({
      start_date: iso(start),
      end_date: iso(end),
      fields: 'transaction_info',
      page_size: '500',
      page: String(page),
    });
    return this.#call(
      regroupement,
      'transactions',
      'GET',
      `/v1/reporting/transactions?${query}`,
      TransactionPage,
    );
  }

  async #call<S extends z.ZodType>(
    regroupement: Regroupement,
    operation: string,
    method: 'GET' | 'POST',
    path: string,
    schema: S,
    request?: OrderRequest,
    limitMs = LIMIT_MS,
  ): Promise<z.infer<S>> {
    const deadline = this.#deps.now() + limitMs * 2;
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#once(regroupement, method, path, schema, request, limitMs);
      } catch (error) {
        const failure =
          error instanceof PayPalFailure ? error : new PayPalFailure('unknown', { cause: error });
        this.#deps.log.warn('paypal-failure', {
          operation,
          decision: failure.decision,
          issue: failure.issue,
          debugId: failure.debugId,
          attempt,
        });
        const passing =
          failure.decision === 'unknown' ||
          (failure.decision === 'unavailable' && (failure.retryAfter ?? 0) <= 2);
        if (!passing || attempt >= RETRIES || this.#deps.now() >= deadline) throw failure;
        const [jitter = 0] = this.#deps.randomBytes(1);
        const pause = (failure.retryAfter ?? 0) * 1000 + RETRY_PAUSE_MS * 2 ** attempt + jitter;
        await this.#deps.sleep(pause);
      }
    }
  }

  async #once<S extends z.ZodType>(
    regroupement: Regroupement,
    method: 'GET' | 'POST',
    path: string,
    schema: S,
    request: OrderRequest | undefined,
    limitMs: number,
  ): Promise<z.infer<S>> {
    let response = await this.#send(regroupement, method, path, request, limitMs);
    if (response.status === 401) {
      // A token may die before its time; another one is asked for once.
      this.#tokens.delete(cacheKey(regroupement));
      await response.body?.cancel();
      response = await this.#send(regroupement, method, path, request, limitMs);
    }
    const body: unknown = await response.json().catch((cause: unknown) => {
      throw new PayPalFailure('unknown', { cause, debugId: debugIdOf(response) });
    });
    if (response.ok) {
      const parsed = schema.safeParse(body);
      if (!parsed.success)
        throw new PayPalFailure('unknown', { cause: parsed.error, debugId: debugIdOf(response) });
      return parsed.data;
    }
    throw failureOf(response, body);
  }

  async #send(
    regroupement: Regroupement,
    method: string,
    path: string,
    request: OrderRequest | undefined,
    limitMs: number,
  ): Promise<Response> {
    const token = await this.#token(regroupement);
    try {
      return await this.#deps.fetch(this.#deps.config.paypalBaseUrl + path, {
        method,
        redirect: 'error',
        signal: AbortSignal.timeout(limitMs),
        headers: {
          Authorization: `Bearer ${token}`,
          Accept: 'application/json',
          ...(request === undefined
            ? {}
            : {
                'Content-Type': 'application/json',
                'PayPal-Request-Id': request.requestId,
                Prefer: 'return=representation',
              }),
        },
        ...(request === undefined ? {} : { body: JSON.stringify(request.body) }),
      });
    } catch (cause) {
      throw new PayPalFailure('unknown', { cause });
    }
  }

  // One request for a token at a time; everyone waits for the same one.
  async #token(regroupement: Regroupement): Promise<string> {
    const key = cacheKey(regroupement);
    const held = this.#tokens.get(key);
    if (held !== undefined) {
      const cached = await held.catch(() => undefined);
      if (cached !== undefined && cached.until - RENEW_EARLY_MS > this.#deps.now()) return cached.token;
    }
    if (this.#tokens.get(key) === held) {
      const asking = this.#askToken(regroupement);
      this.#tokens.set(key, asking);
      asking.catch(() => {
        if (this.#tokens.get(key) === asking) this.#tokens.delete(key);
      });
    }
    return (await (this.#tokens.get(key) ?? this.#askToken(regroupement))).token;
  }

  async #askToken(regroupement: Regroupement): Promise<CachedToken> {
    const { paypal } = regroupement;
    if (paypal === null) throw new PayPalFailure('configuration');
    const secret = decrypt(this.#deps, `paypal-secret:${regroupement.id}`, paypal.encryptedSecret);
    let response: Response;
    try {
      response = await this.#deps.fetch(`${this.#deps.config.paypalBaseUrl}/v1/oauth2/token`, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.timeout(LIMIT_MS),
        headers: {
          Authorization: `Basic ${Buffer.from(`${paypal.clientId}:${secret}`).toString('base64')}`,
          'Content-Type': 'application/x-www-form-urlencoded',
          Accept: 'application/json',
        },
        body: 'grant_type=client_credentials',
      });
    } catch (cause) {
      throw new PayPalFailure('unavailable', { cause });
    }
    const body: unknown = await response.json().catch(() => null);
    const parsed = AccessToken.safeParse(body);
    if (response.ok && parsed.success) {
      return { token: parsed.data.access_token, until: this.#deps.now() + parsed.data.expires_in * 1000 };
    }
    // Without a token nothing was done, whatever the trouble.
    const failure = failureOf(response, body);
    throw new PayPalFailure(failure.decision === 'configuration' ? 'configuration' : 'unavailable', {
      debugId: failure.debugId,
      retryAfter: failure.retryAfter,
    });
  }
}

function cacheKey(regroupement: Regroupement): string {
  return `${regroupement.id}:${regroupement.paypal?.version ?? 0}`;
}

function id(value: string): string {
  if (!/^[A-Z0-9]{1,36}$/.test(value)) throw new PayPalFailure('gone');
  return value;
}

function debugIdOf(response: Response): string | undefined {
  return response.headers.get('PayPal-Debug-Id') ?? undefined;
}

function failureOf(response: Response, body: unknown): PayPalFailure {
  const parsed = ErrorBody.safeParse(body);
  const issue = parsed.success ? parsed.data.details?.[0]?.issue : undefined;
  const wait = Number(response.headers.get('Retry-After'));
  return new PayPalFailure(decisionOf(response.status, issue), {
    issue: issue ?? `HTTP_${response.status}`,
    debugId: (parsed.success ? parsed.data.debug_id : undefined) ?? debugIdOf(response),
    ...(Number.isFinite(wait) && wait > 0 ? { retryAfter: wait } : {}),
  });
}
