// The webhooks on their way: one delivery for each fact and subscription, tried again as PayPal does, misbehaving when
// told to. Whoever runs the stand-in calls `deliverDue`; it keeps no timer of its own.
import type { Merchant } from './books.ts';
import type { WebhookFault } from './faults.ts';
import { ownSigner, type Signer, signatureHeaders } from './signing.ts';

export interface Subscription {
  id: string;
  url: string;
  clientId: string;
  /** What it is for, by PayPal's names; everything when not given. Every event is sent all the same. */
  events?: readonly string[];
}
export interface WebhookBody {
  id: string;
  event_type: string;
  [field: string]: unknown;
}
interface Delivery {
  subscription: Subscription;
  event: WebhookBody;
  tries: number;
  at: number;
  fault: WebhookFault | undefined;
}
export interface DeliveryDeps {
  now(): number;
  id(length: number): string;
  publicUrl: string;
  /** Who signs; left out, the stand-in with its own key. */
  signer?: Signer | undefined;
  takeFault(): WebhookFault | undefined;
}

const MAX_TRIES = 25;
const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 6 * 3_600_000;
const TIMEOUT_MS = 10_000;

export class Deliveries {
  readonly subscriptions: Subscription[] = [];
  /** Every event ever told, oldest first. */
  readonly events: { event: WebhookBody; merchant: Merchant }[] = [];
  readonly #deps: DeliveryDeps;
  readonly #signer: Signer;
  #queue: Delivery[] = [];

  constructor(deps: DeliveryDeps) {
    this.#deps = deps;
    this.#signer = deps.signer ?? ownSigner();
  }

  /** The certificates that `PAYPAL-CERT-URL` leads to. */
  get certificate(): string {
    return this.#signer.certificate;
  }

  /** A fact: one delivery for each subscription of that merchant. */
  tell(event: WebhookBody, merchant: Merchant): void {
    this.events.push({ event, merchant });
    for (const subscription of this.subscriptions)
      if (subscription.clientId === merchant.clientId) this.send(event, subscription);
  }

  send(event: WebhookBody, subscription: Subscription): void {
    const fault = this.#deps.takeFault();
    if (fault?.kind === 'lose') return;
    const wait = fault?.kind === 'delay' ? fault.ms : 0;
    const delivery: Delivery = { subscription, event, tries: 0, at: this.#deps.now() + wait, fault };
    const before = this.#queue.at(-1);
    if (before?.fault?.kind === 'reorder') this.#queue.splice(-1, 0, delivery);
    else this.#queue.push(delivery);
    if (fault?.kind === 'repeat')
      for (let n = 1; n < fault.times; n++) this.#queue.push({ ...delivery, fault: undefined });
  }

  /** How many have not arrived yet. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Sends what is due, in order; what is not taken (2xx) is tried again later. Answers how many arrived. */
  async deliverDue(send: typeof fetch): Promise<number> {
    const now = this.#deps.now();
    const due = this.#queue.filter((delivery) => delivery.at <= now);
    this.#queue = this.#queue.filter((delivery) => delivery.at > now);
    let arrived = 0;
    for (const delivery of due) {
      if (await this.#post(delivery, send)) {
        arrived++;
        continue;
      }
      delivery.tries++;
      delivery.fault = undefined;
      delivery.at = this.#deps.now() + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (delivery.tries - 1));
      if (delivery.tries < MAX_TRIES) this.#queue.push(delivery);
    }
    return arrived;
  }

  async #post({ subscription, event, fault }: Delivery, send: typeof fetch): Promise<boolean> {
    const body = new TextEncoder().encode(JSON.stringify(event));
    const old = fault?.kind === 'old' ? 5 * 86_400_000 : 0;
    const headers = signatureHeaders(this.#signer, body, {
      transmissionId: this.#deps.id(32),
      time: `${new Date(this.#deps.now() - old).toISOString().slice(0, 19)}Z`,
      webhookId: subscription.id,
      certUrl: `${this.#deps.publicUrl}/v1/notifications/certs/CERT-STANDIN`,
    });
    if (fault?.kind === 'bad-signature') headers['PAYPAL-TRANSMISSION-SIG'] = 'AAAA';
    const sent =
      fault?.kind === 'truncate'
        ? body.slice(0, -1)
        : fault?.kind === 're-serialize'
          ? new TextEncoder().encode(JSON.stringify(event, null, 1))
          : body;
    try {
      const response = await send(subscription.url, {
        method: 'POST',
        headers,
        body: sent,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }
}

/** A fact as the body of a webhook (Webhooks Management 1.11). */
export function webhookBody(
  deps: Pick<DeliveryDeps, 'id' | 'now' | 'publicUrl'>,
  type: string,
  resource: object,
): WebhookBody {
  const id = `WH-${deps.id(17)}-${deps.id(17)}`;
  const kind = type.startsWith('CUSTOMER.DISPUTE')
    ? 'dispute'
    : type === 'CHECKOUT.ORDER.APPROVED'
      ? 'checkout-order'
      : type === 'PAYMENT.CAPTURE.REFUNDED' || type === 'PAYMENT.CAPTURE.REVERSED'
        ? 'refund'
        : 'capture';
  const url = `${deps.publicUrl}/v1/notifications/webhooks-events/${id}`;
  return {
    id,
    event_version: '1.0',
    create_time: new Date(deps.now()).toISOString(),
    resource_type: kind,
    resource_version: '2.0',
    event_type: type,
    summary: `${type} (stand-in)`,
    resource,
    links: [
      { href: url, rel: 'self', method: 'GET' },
      { href: `${url}/resend`, rel: 'resend', method: 'POST' },
    ],
  };
}
