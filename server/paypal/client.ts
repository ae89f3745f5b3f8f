// A thin client of PayPal's REST API, one regroupement's account at a time: the money goes straight to it. Every
// call has a time limit; what may be repeated is (reads, and writes under the same PayPal-Request-Id), at most twice
// more; answers are parsed; failures come out as one decision (errors.ts).
import type { z } from 'zod';
import type { Deps } from '../deps.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import { debugIdOf, failureOf, PayPalFailure } from './errors.ts';
import { AccessTokens } from './tokens.ts';
import {
  Balances,
  Capture,
  Dispute,
  fromCents,
  Order,
  Refund,
  SignatureCheck,
  TransactionPage,
  Webhooks,
} from './wire.ts';

const LIMIT_MS = 10_000;
/** PayPal's reports are slow. */
const SEARCH_LIMIT_MS = 30_000;
const RETRIES = 2;
const RETRY_PAUSE_MS = 200;

export interface OrderRequest {
  requestId: string;
  body: object;
}

export interface RefundRequest {
  /** Cents to give back; left out, all that is left of the capture. */
  cents?: number | undefined;
  /** What she reads at PayPal, at most 255 characters. */
  noteToPayer?: string | undefined;
  /** Our number of the refund, at most 127 characters, unique in the account. */
  invoiceId?: string | undefined;
  /** Finds our row again in PayPal's record; at most 127 characters. */
  customId?: string | undefined;
}

interface Sent {
  /** The same one makes a repeat harmless; left out where nothing is written. */
  requestId?: string;
  /** A string is JSON already, sent as it is. */
  body: object | string;
}

export class PayPal {
  readonly #deps: Pick<Deps, 'config' | 'fetch' | 'now' | 'sleep' | 'randomBytes' | 'log'>;
  readonly #tokens: AccessTokens;

  constructor(deps: Pick<Deps, 'config' | 'fetch' | 'now' | 'sleep' | 'randomBytes' | 'log'>) {
    this.#deps = deps;
    this.#tokens = new AccessTokens(deps);
  }

  /** Whether PayPal takes the credentials. Throws PayPalFailure when it does not, or does not say. */
  async signIn(regroupement: Regroupement): Promise<void> {
    await this.#tokens.of(regroupement);
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

  async readCapture(regroupement: Regroupement, captureId: string): Promise<Capture> {
    const path = `/v2/payments/captures/${id(captureId)}`;
    return this.#call(regroupement, 'read-capture', 'GET', path, Capture);
  }

  /**
   * Gives a capture back, in full or part. The same `requestId` never gives back twice (PayPal keeps it 45 days); another
   * try after a definite refusal needs another one, or the refusal is replayed.
   */
  async refundCapture(
    regroupement: Regroupement,
    captureId: string,
    requestId: string,
    { cents, noteToPayer, invoiceId, customId }: RefundRequest = {},
  ): Promise<Refund> {
    if (cents !== undefined && (!Number.isSafeInteger(cents) || cents <= 0))
      throw new RangeError('refund: whole cents above zero');
    const body = {
      ...(cents === undefined ? {} : { amount: { currency_code: 'CAD', value: fromCents(cents) } }),
      ...(noteToPayer === undefined ? {} : { note_to_payer: noteToPayer }),
      ...(invoiceId === undefined ? {} : { invoice_id: invoiceId }),
      ...(customId === undefined ? {} : { custom_id: customId }),
    };
    const path = `/v2/payments/captures/${id(captureId)}/refund`;
    return this.#call(regroupement, 'refund', 'POST', path, Refund, { requestId, body });
  }

  async readRefund(regroupement: Regroupement, refundId: string): Promise<Refund> {
    const path = `/v2/payments/refunds/${id(refundId)}`;
    return this.#call(regroupement, 'read-refund', 'GET', path, Refund);
  }

  async readDispute(regroupement: Regroupement, disputeId: string): Promise<Dispute> {
    if (!/^[A-Za-z0-9-]{1,255}$/.test(disputeId)) throw new PayPalFailure('gone');
    const path = `/v1/customer/disputes/${disputeId}`;
    return this.#call(regroupement, 'read-dispute', 'GET', path, Dispute);
  }

  /** One page (from 1) of at most 500 transactions of at most 31 days; `transactionsOf` reads them all. */
  searchTransactions(
    regroupement: Regroupement,
    { fromMs, toMs, page }: { fromMs: number; toMs: number; page: number },
  ): Promise<TransactionPage> {
    const query = new URLSearchParams({
      start_date: new Date(fromMs).toISOString(),
      end_date: new Date(toMs).toISOString(),
      fields: 'transaction_info',
      page_size: '500',
      page: String(page),
    });
    return this.#call(
      regroupement,
      'search-transactions',
      'GET',
      `/v1/reporting/transactions?${query}`,
      TransactionPage,
      undefined,
      SEARCH_LIMIT_MS,
    );
  }

  /** What is on the account now, some hours late. */
  async balances(regroupement: Regroupement): Promise<z.infer<typeof Balances>['balances']> {
    const path = '/v1/reporting/balances';
    const limitMs = SEARCH_LIMIT_MS;
    return (await this.#call(regroupement, 'balances', 'GET', path, Balances, undefined, limitMs)).balances;
  }

  /** Whether PayPal says that a webhook is its own; `request` is the JSON text of verify-webhook-signature. */
  async verifyWebhookSignature(regroupement: Regroupement, request: string): Promise<boolean> {
    const path = '/v1/notifications/verify-webhook-signature';
    const answer = await this.#call(regroupement, 'verify-webhook', 'POST', path, SignatureCheck, {
      body: request,
    });
    return answer.verification_status === 'SUCCESS';
  }

  /** The webhooks of the application whose credentials these are. */
  async webhooks(regroupement: Regroupement): Promise<z.infer<typeof Webhooks>['webhooks']> {
    const path = '/v1/notifications/webhooks';
    return (await this.#call(regroupement, 'list-webhooks', 'GET', path, Webhooks)).webhooks;
  }

  async #call<S extends z.ZodType>(
    regroupement: Regroupement,
    operation: string,
    method: 'GET' | 'POST',
    path: string,
    schema: S,
    request?: Sent,
    limitMs = LIMIT_MS,
  ): Promise<z.infer<S>> {
    const began = this.#deps.now();
    const deadline = began + limitMs * 2;
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await this.#once(regroupement, method, path, schema, request, limitMs);
        this.#deps.log.info('paypal-call', { operation, attempt, ms: this.#deps.now() - began });
        return answer;
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
    request: Sent | undefined,
    limitMs: number,
  ): Promise<z.infer<S>> {
    let response = await this.#send(regroupement, method, path, request, limitMs);
    if (response.status === 401) {
      // A token may die before its time; another one is asked for once.
      this.#tokens.forget(regroupement);
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
    request: Sent | undefined,
    limitMs: number,
  ): Promise<Response> {
    const token = await this.#tokens.of(regroupement);
    try {
      return await this.#deps.fetch(this.#deps.config.paypalBaseUrl + path, {
        method,
        redirect: 'error',
        signal: AbortSignal.timeout(limitMs),
        headers: {
          Authorization: `Bearer ${token}`,
          Accept: 'application/json',
          ...(request === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...(request?.requestId === undefined
            ? {}
            : { 'PayPal-Request-Id': request.requestId, Prefer: 'return=representation' }),
        },
        ...(request === undefined
          ? {}
          : { body: typeof request.body === 'string' ? request.body : JSON.stringify(request.body) }),
      });
    } catch (cause) {
      throw new PayPalFailure('unknown', { cause });
    }
  }
}

function id(value: string): string {
  if (!/^[A-Z0-9]{1,36}$/.test(value)) throw new PayPalFailure('gone');
  return value;
}
