// What PayPal would hold: orders, captures, refunds, and the rules by which they change. In memory, per process.
import { failure, PayPalError, refuse } from './errors.ts';
import { type CreateOrder, cents, type ExperienceContext, money, type PurchaseUnit } from './order-schema.ts';

export interface Merchant {
  clientId: string;
  clientSecret: string;
  merchantId: string;
  name: string;
}
export interface Payer {
  id: string;
  email: string;
  givenName: string;
  surname: string;
}
/** What the means she chose will do at capture. */
export type Outcome = 'accepted' | 'declined' | 'pending';
export interface Order {
  id: string;
  merchant: Merchant;
  status: 'CREATED' | 'PAYER_ACTION_REQUIRED' | 'APPROVED' | 'COMPLETED' | 'VOIDED';
  unit: PurchaseUnit;
  experience: ExperienceContext;
  /** With payment_source the link she follows is `payer-action`, without it `approve`. */
  singleStep: boolean;
  createdAt: number;
  updatedAt: number;
  expiresAt: number;
  payer: Payer | null;
  means: { label: string; outcome: Outcome } | null;
  captureId: string | null;
}
export interface Capture {
  id: string;
  order: Order;
  amountCents: number;
  status: 'COMPLETED' | 'PENDING' | 'DECLINED' | 'REFUNDED' | 'PARTIALLY_REFUNDED';
  pendingReason: string | null;
  createdAt: number;
  updatedAt: number;
}
export interface Refund {
  id: string;
  capture: Capture;
  amountCents: number;
  note: string | null;
  status: 'COMPLETED';
  createdAt: number;
}
/** What a webhook would carry; kept in order for whoever sends them. */
export interface BookEvent {
  type: string;
  resourceId: string;
  at: number;
}

/** An order nobody approved, and an approval nobody captured, are gone after this long (Orders 2.13). */
export const ORDER_LIFE_MS = 3 * 3_600_000;

/** Refusals after which the payer may choose another means on the same order. */
const ASKS_PAYER_AGAIN = [
  'INSTRUMENT_DECLINED',
  'PAYER_ACTION_REQUIRED',
  'REDIRECT_PAYER_FOR_ALTERNATE_FUNDING',
];

export class Books {
  readonly orders = new Map<string, Order>();
  readonly captures = new Map<string, Capture>();
  readonly refunds = new Map<string, Refund>();
  readonly events: BookEvent[] = [];
  readonly #now: () => number;
  readonly #id: (length: number) => string;

  constructor(now: () => number, id: (length: number) => string) {
    this.#now = now;
    this.#id = id;
  }

  create(merchant: Merchant, request: CreateOrder): Order {
    const now = this.#now();
    const [unit] = request.purchase_units;
    if (unit === undefined) throw new PayPalError(400);
    if (unit.payee?.merchant_id !== undefined && unit.payee.merchant_id !== merchant.merchantId) {
      throw failure(403, 'PERMISSION_DENIED');
    }
    const singleStep = request.payment_source !== undefined;
    const order: Order = {
      id: this.#id(17),
      merchant,
      status: singleStep ? 'PAYER_ACTION_REQUIRED' : 'CREATED',
      unit,
      experience: request.payment_source?.paypal.experience_context ?? request.application_context ?? {},
      singleStep,
      createdAt: now,
      updatedAt: now,
      expiresAt: now + ORDER_LIFE_MS,
      payer: null,
      means: null,
      captureId: null,
    };
    this.orders.set(order.id, order);
    return order;
  }

  /** The merchant's own order. An expired one, or another merchant's, does not exist. */
  order(merchant: Merchant, id: string): Order {
    const order = this.orders.get(id);
    if (order === undefined || order.merchant !== merchant || this.isGone(order)) {
      throw failure(404, 'INVALID_RESOURCE_ID', { location: 'path' });
    }
    return order;
  }

  isGone(order: Order): boolean {
    return order.status !== 'COMPLETED' && this.#now() >= order.expiresAt;
  }

  approve(order: Order, payer: Payer, means: NonNullable<Order['means']>): void {
    order.status = 'APPROVED';
    order.payer = payer;
    order.means = means;
    order.updatedAt = this.#now();
    order.expiresAt = this.#now() + ORDER_LIFE_MS;
    this.#tell('CHECKOUT.ORDER.APPROVED', order.id);
  }

  /** `extraCents` and `pendingReason` are ordered misbehaviour. */
  capture(
    order: Order,
    fault: { extraCents?: number; pendingReason?: string; duplicate?: boolean } = {},
  ): Capture {
    if (order.status === 'COMPLETED') throw refuse('ORDER_ALREADY_CAPTURED');
    if (order.status !== 'APPROVED' || order.means === null) throw refuse('ORDER_NOT_APPROVED');
    const invoiceId = order.unit.invoice_id;
    const taken = [...this.captures.values()].some(
      (other) =>
        other.order.merchant === order.merchant &&
        invoiceId !== undefined &&
        other.order.unit.invoice_id === invoiceId &&
        other.status !== 'DECLINED',
    );
    if (taken || fault.duplicate === true) throw refuse('DUPLICATE_INVOICE_ID');
    if (order.means.outcome === 'declined') this.decline(order);
    const now = this.#now();
    const pendingReason =
      fault.pendingReason ?? (order.means.outcome === 'pending' ? 'PENDING_REVIEW' : null);
    const capture: Capture = {
      id: this.#id(17),
      order,
      amountCents: cents(order.unit.amount) + (fault.extraCents ?? 0),
      status: pendingReason === null ? 'COMPLETED' : 'PENDING',
      pendingReason,
      createdAt: now,
      updatedAt: now,
    };
    this.captures.set(capture.id, capture);
    order.status = 'COMPLETED';
    order.captureId = capture.id;
    order.updatedAt = now;
    this.#tell(`PAYMENT.CAPTURE.${capture.status}`, capture.id);
    return capture;
  }

  /** The means is refused: the payer must choose another on the same order. */
  decline(order: Order, issue = 'INSTRUMENT_DECLINED'): never {
    if (ASKS_PAYER_AGAIN.includes(issue)) {
      order.status = 'PAYER_ACTION_REQUIRED';
      order.means = null;
      order.updatedAt = this.#now();
    }
    throw refuse(issue);
  }

  /** What becomes of a PENDING capture. */
  resolvePending(captureId: string, accepted: boolean): Capture | undefined {
    const capture = this.captures.get(captureId);
    if (capture?.status !== 'PENDING') return undefined;
    capture.status = accepted ? 'COMPLETED' : 'DECLINED';
    capture.pendingReason = null;
    capture.updatedAt = this.#now();
    this.#tell(accepted ? 'PAYMENT.CAPTURE.COMPLETED' : 'PAYMENT.CAPTURE.DENIED', capture.id);
    return capture;
  }

  refund(capture: Capture, amountCents: number | null, note: string | null): Refund {
    if (capture.status === 'REFUNDED') throw refuse('CAPTURE_FULLY_REFUNDED');
    if (capture.status !== 'COMPLETED' && capture.status !== 'PARTIALLY_REFUNDED')
      throw refuse('REFUND_NOT_ALLOWED');
    const left = capture.amountCents - this.refundedCents(capture);
    const amount = amountCents ?? left;
    if (amount > left) throw refuse('REFUND_AMOUNT_EXCEEDED');
    const refund: Refund = {
      id: this.#id(17),
      capture,
      amountCents: amount,
      note,
      status: 'COMPLETED',
      createdAt: this.#now(),
    };
    this.refunds.set(refund.id, refund);
    capture.status = amount === left ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
    capture.updatedAt = this.#now();
    this.#tell('PAYMENT.CAPTURE.REFUNDED', refund.id);
    return refund;
  }

  refundedCents(capture: Capture): number {
    return [...this.refunds.values()]
      .filter((r) => r.capture === capture)
      .reduce((sum, r) => sum + r.amountCents, 0);
  }

  /** 2.9 % + 0.30 $, what PayPal commonly keeps. */
  feeCents(capture: Capture): number {
    return Math.round((capture.amountCents * 290) / 10_000) + 30;
  }

  /** For accountants and tests: every capture and refund, oldest first. */
  summary() {
    const captures = [...this.captures.values()].map((c) => ({
      id: c.id,
      order_id: c.order.id,
      invoice_id: c.order.unit.invoice_id ?? null,
      custom_id: c.order.unit.custom_id ?? null,
      merchant_id: c.order.merchant.merchantId,
      amount: money(c.amountCents, c.order.unit.amount.currency_code).value,
      currency: c.order.unit.amount.currency_code,
      status: c.status,
      create_time: new Date(c.createdAt).toISOString(),
    }));
    const refunds = [...this.refunds.values()].map((r) => ({
      id: r.id,
      capture_id: r.capture.id,
      order_id: r.capture.order.id,
      invoice_id: r.capture.order.unit.invoice_id ?? null,
      custom_id: r.capture.order.unit.custom_id ?? null,
      merchant_id: r.capture.order.merchant.merchantId,
      amount: money(r.amountCents, r.capture.order.unit.amount.currency_code).value,
      currency: r.capture.order.unit.amount.currency_code,
      status: r.status,
      create_time: new Date(r.createdAt).toISOString(),
    }));
    const orders = [...this.orders.values()].map((o) => ({
      id: o.id,
      status: this.isGone(o) ? 'EXPIRED' : o.status,
      invoice_id: o.unit.invoice_id ?? null,
      custom_id: o.unit.custom_id ?? null,
      merchant_id: o.merchant.merchantId,
      amount: o.unit.amount.value,
      currency: o.unit.amount.currency_code,
      create_time: new Date(o.createdAt).toISOString(),
    }));
    return { captures, refunds, orders };
  }

  #tell(type: string, resourceId: string): void {
    this.events.push({ type, resourceId, at: this.#now() });
  }
}
