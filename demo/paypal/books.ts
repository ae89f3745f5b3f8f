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
  /** Of a status that is not the plain one: why it pends, or who took it back (CHARGEBACK, BUYER_COMPLAINT). */
  reason: string | null;
  refunds: Refund[];
  createdAt: number;
  updatedAt: number;
}
export interface Refund {
  id: string;
  capture: Capture;
  amountCents: number;
  note: string | null;
  /** The caller's own id; the capture's when it gave none. */
  customId: string | null;
  status: 'COMPLETED';
  createdAt: number;
}
/** Who takes money back: the payer's bank, or PayPal on the payer's complaint. */
export type ReversalReason = 'CHARGEBACK' | 'BUYER_COMPLAINT';
/** Money that a bank or PayPal took back. */
export interface Reversal {
  id: string;
  capture: Capture;
  amountCents: number;
  createdAt: number;
  reason?: ReversalReason;
  /** The dispute that it was taken back for. */
  dispute?: Dispute | undefined;
}
/** Money that had been taken back and came again. */
export interface Return {
  id: string;
  reversal: Reversal;
  amountCents: number;
  createdAt: number;
}
/** Money that PayPal keeps aside while a dispute is open; nothing went back. */
export interface Hold {
  id: string;
  dispute: Dispute;
  amountCents: number;
  createdAt: number;
  release: { id: string; at: number } | null;
}
/** Money that the merchant had sent to its bank. */
export interface Payout {
  id: string;
  merchant: Merchant;
  amountCents: number;
  createdAt: number;
}
export interface Dispute {
  id: string;
  capture: Capture;
  amountCents: number;
  status: 'OPEN' | 'RESOLVED';
  outcome: string | null;
  createdAt: number;
  updatedAt: number;
}
/** A fact that a webhook carries. */
export type BookEvent =
  | { type: string; order: Order }
  | { type: string; capture: Capture }
  | { type: string; refund: Refund }
  | { type: string; reversal: Reversal }
  | { type: string; dispute: Dispute };

/** An order nobody approved, and an approval nobody captured, are gone after this long (Orders 2.13). */
const ORDER_LIFE_MS = 3 * 3_600_000;

/** Refusals after which the payer may choose another means on the same order. */
const ASKS_PAYER_AGAIN = [
  'INSTRUMENT_DECLINED',
  'PAYER_ACTION_REQUIRED',
  'REDIRECT_PAYER_FOR_ALTERNATE_FUNDING',
];

/** Not paid yet; a capture that is held for a dispute has been. */
export function pends(capture: Capture): boolean {
  return capture.status === 'PENDING' && capture.reason !== 'BUYER_COMPLAINT';
}

export class Books {
  readonly orders = new Map<string, Order>();
  readonly captures = new Map<string, Capture>();
  readonly refunds = new Map<string, Refund>();
  readonly reversals = new Map<string, Reversal>();
  readonly returns = new Map<string, Return>();
  readonly disputes = new Map<string, Dispute>();
  readonly holds = new Map<string, Hold>();
  readonly payouts = new Map<string, Payout>();
  /** Who is told of each fact. */
  tell: (event: BookEvent) => void = () => {};
  /** Invoice numbers that an account was paid under. */
  readonly #paid = new Map<string, Capture>();
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
    this.tell({ type: 'CHECKOUT.ORDER.APPROVED', order });
  }

  /** `extraCents` and `pendingReason` are ordered misbehaviour. */
  capture(
    order: Order,
    fault: { extraCents?: number; pendingReason?: string; duplicate?: boolean } = {},
  ): Capture {
    if (order.status === 'COMPLETED') throw refuse('ORDER_ALREADY_CAPTURED');
    if (order.status !== 'APPROVED' || order.means === null) throw refuse('ORDER_NOT_APPROVED');
    const invoiceId = order.unit.invoice_id;
    const key = `${order.merchant.merchantId}|${invoiceId ?? order.id}`;
    const before = this.#paid.get(key);
    const taken = before !== undefined && before.status !== 'DECLINED';
    if (taken || fault.duplicate === true) throw refuse('DUPLICATE_INVOICE_ID');
    if (order.means.outcome === 'declined') this.decline(order);
    const now = this.#now();
    const reason = fault.pendingReason ?? (order.means.outcome === 'pending' ? 'PENDING_REVIEW' : null);
    const capture: Capture = {
      id: this.#id(17),
      order,
      amountCents: cents(order.unit.amount) + (fault.extraCents ?? 0),
      status: reason === null ? 'COMPLETED' : 'PENDING',
      reason,
      refunds: [],
      createdAt: now,
      updatedAt: now,
    };
    this.captures.set(capture.id, capture);
    this.#paid.set(key, capture);
    order.status = 'COMPLETED';
    order.captureId = capture.id;
    order.updatedAt = now;
    this.tell({ type: `PAYMENT.CAPTURE.${capture.status}`, capture });
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
    if (capture === undefined || !pends(capture)) return undefined;
    capture.status = accepted ? 'COMPLETED' : 'DECLINED';
    capture.reason = null;
    capture.updatedAt = this.#now();
    this.tell({ type: accepted ? 'PAYMENT.CAPTURE.COMPLETED' : 'PAYMENT.CAPTURE.DENIED', capture });
    return capture;
  }

  refund(
    capture: Capture,
    amountCents: number | null,
    note: string | null,
    customId: string | null = null,
  ): Refund {
    if (capture.reason === 'CHARGEBACK') throw refuse('REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK');
    const left = capture.amountCents - this.backCents(capture);
    const amount = amountCents ?? left;
    const disputed = [...this.disputes.values()].some(
      (one) => one.capture === capture && one.status === 'OPEN' && (this.#isHeld(one) || amount < left),
    );
    if (disputed) throw refuse('TRANSACTION_DISPUTED');
    if (capture.status === 'REFUNDED') throw refuse('CAPTURE_FULLY_REFUNDED');
    if (capture.status !== 'COMPLETED' && capture.status !== 'PARTIALLY_REFUNDED')
      throw refuse('REFUND_NOT_ALLOWED');
    if (amount > left) throw refuse('REFUND_AMOUNT_EXCEEDED');
    const refund: Refund = {
      id: this.#id(17),
      capture,
      amountCents: amount,
      note,
      customId,
      status: 'COMPLETED',
      createdAt: this.#now(),
    };
    this.refunds.set(refund.id, refund);
    capture.refunds.push(refund);
    this.#setStatus(capture);
    this.tell({ type: 'PAYMENT.CAPTURE.REFUNDED', refund });
    return refund;
  }

  /** A bank (a chargeback) or PayPal (a complaint) takes money back: all that is left, or so many cents of it. */
  reverse(
    capture: Capture,
    { cents, reason = 'CHARGEBACK' }: { cents?: number; reason?: ReversalReason } = {},
  ): Reversal | undefined {
    const disputes = [...this.disputes.values()].filter((one) => one.capture === capture);
    const dispute = disputes.find((one) => one.status === 'OPEN');
    const left = capture.amountCents - this.backCents(capture);
    const amountCents = cents ?? left;
    if (capture.status === 'DECLINED' || pends(capture) || left <= 0 || amountCents > left) return undefined;
    // What was held for it is taken now.
    for (const one of disputes) this.#release(one);
    const reversal = {
      id: this.#id(17),
      capture,
      amountCents,
      createdAt: this.#now(),
      reason,
      ...(dispute === undefined ? {} : { dispute }),
    };
    this.reversals.set(reversal.id, reversal);
    this.#setStatus(capture);
    this.tell({ type: 'PAYMENT.CAPTURE.REVERSED', reversal });
    return reversal;
  }

  /** What was taken back comes again. */
  giveBack(reversal: Reversal): Return | undefined {
    if ([...this.returns.values()].some((one) => one.reversal === reversal)) return undefined;
    const { amountCents } = reversal;
    const back = { id: this.#id(17), reversal, amountCents, createdAt: this.#now() };
    this.returns.set(back.id, back);
    this.#setStatus(reversal.capture);
    this.#tellCompleted(reversal.capture);
    return back;
  }

  /** The payer complains, of all or of so many cents. With `hold` PayPal keeps them aside until it is decided. */
  dispute(capture: Capture, { cents, hold = false }: { cents?: number; hold?: boolean } = {}): Dispute {
    const now = this.#now();
    const dispute: Dispute = {
      id: `PP-D-${this.#id(6)}`,
      capture,
      amountCents: cents ?? capture.amountCents,
      status: 'OPEN',
      outcome: null,
      createdAt: now,
      updatedAt: now,
    };
    this.disputes.set(dispute.id, dispute);
    const came = capture.status === 'COMPLETED' || capture.status === 'PARTIALLY_REFUNDED';
    const left = capture.amountCents - this.backCents(capture);
    if (hold && came) {
      const id = this.#id(17);
      const amountCents = Math.min(left, dispute.amountCents);
      this.holds.set(id, { id, dispute, amountCents, createdAt: now, release: null });
      this.#setStatus(capture);
      this.tell({ type: 'PAYMENT.CAPTURE.PENDING', capture });
    }
    this.tell({ type: 'CUSTOMER.DISPUTE.CREATED', dispute });
    return dispute;
  }

  /** Decided: for the payer, what is disputed is taken back; otherwise what was held or taken back for it is free again. */
  resolve(dispute: Dispute, outcome: string): void {
    if (dispute.status === 'RESOLVED') return;
    const { capture } = dispute;
    const taken = [...this.reversals.values()].filter((one) => one.dispute === dispute);
    const held = this.#isHeld(dispute);
    dispute.status = 'RESOLVED';
    dispute.outcome = outcome;
    dispute.updatedAt = this.#now();
    this.#release(dispute);
    if (outcome === 'RESOLVED_BUYER_FAVOUR') {
      const left = capture.amountCents - this.backCents(capture);
      const cents = Math.min(left, dispute.amountCents);
      if (held && taken.length === 0 && cents > 0) {
        const reversal = this.reverse(capture, { cents, reason: 'BUYER_COMPLAINT' });
        if (reversal !== undefined) reversal.dispute = dispute;
      }
    } else {
      for (const reversal of taken) this.giveBack(reversal);
      if (held) this.#tellCompleted(capture);
    }
    this.tell({ type: 'CUSTOMER.DISPUTE.RESOLVED', dispute });
  }

  #tellCompleted(capture: Capture): void {
    if (capture.status === 'COMPLETED') this.tell({ type: 'PAYMENT.CAPTURE.COMPLETED', capture });
  }

  #release(dispute: Dispute): void {
    for (const hold of this.holds.values())
      if (hold.dispute === dispute) hold.release ??= { id: this.#id(17), at: this.#now() };
    this.#setStatus(dispute.capture);
  }

  #isHeld(dispute: Dispute): boolean {
    return [...this.holds.values()].some((hold) => hold.dispute === dispute && hold.release === null);
  }

  // What became of money that came, as the capture's status tells it.
  #setStatus(capture: Capture): void {
    const held = [...this.holds.values()].some(
      (hold) => hold.dispute.capture === capture && hold.release === null,
    );
    if (pends(capture) || capture.status === 'DECLINED') return;
    const back = this.backCents(capture);
    const returned = new Set([...this.returns.values()].map(({ reversal }) => reversal));
    const taken = [...this.reversals.values()].filter((one) => one.capture === capture && !returned.has(one));
    const bank = taken.some(({ reason = 'CHARGEBACK' }) => reason === 'CHARGEBACK');
    capture.status = held
      ? 'PENDING'
      : back === 0
        ? 'COMPLETED'
        : back >= capture.amountCents
          ? 'REFUNDED'
          : 'PARTIALLY_REFUNDED';
    capture.reason = held
      ? 'BUYER_COMPLAINT'
      : taken.length === 0
        ? null
        : bank
          ? 'CHARGEBACK'
          : 'BUYER_COMPLAINT';
    capture.updatedAt = this.#now();
  }

  /** The merchant has money sent to its bank. */
  payOut(merchant: Merchant, amountCents: number): Payout {
    const payout = { id: this.#id(17), merchant, amountCents, createdAt: this.#now() };
    this.payouts.set(payout.id, payout);
    return payout;
  }

  /** Money that came to the account by another way than this server's orders. */
  sale(merchant: Merchant, amountCents: number, ids: { invoiceId?: string; customId?: string }): Capture {
    const order = this.create(merchant, {
      intent: 'CAPTURE',
      purchase_units: [
        {
          amount: money(amountCents, 'CAD'),
          ...(ids.invoiceId === undefined ? {} : { invoice_id: ids.invoiceId }),
          ...(ids.customId === undefined ? {} : { custom_id: ids.customId }),
        },
      ],
    });
    order.status = 'APPROVED';
    order.means = { label: 'elsewhere', outcome: 'accepted' };
    return this.capture(order);
  }

  refundedCents(capture: Capture): number {
    return capture.refunds.reduce((sum, refund) => sum + refund.amountCents, 0);
  }

  /** What went back of a capture in all: refunds and reversals, less what came again. */
  backCents(capture: Capture): number {
    const sum = (list: Iterable<{ amountCents: number }>) =>
      [...list].reduce((all, one) => all + one.amountCents, 0);
    const reversals = [...this.reversals.values()].filter((one) => one.capture === capture);
    const returns = [...this.returns.values()].filter((one) => one.reversal.capture === capture);
    return this.refundedCents(capture) + sum(reversals) - sum(returns);
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
    const reversals = [...this.reversals.values()].map((r) => ({
      id: r.id,
      capture_id: r.capture.id,
      order_id: r.capture.order.id,
      amount: money(r.amountCents, r.capture.order.unit.amount.currency_code).value,
      reason: r.reason ?? 'CHARGEBACK',
      create_time: new Date(r.createdAt).toISOString(),
    }));
    const returns = [...this.returns.values()].map((r) => ({
      id: r.id,
      reversal_id: r.reversal.id,
      capture_id: r.reversal.capture.id,
      amount: money(r.amountCents, r.reversal.capture.order.unit.amount.currency_code).value,
      create_time: new Date(r.createdAt).toISOString(),
    }));
    const disputes = [...this.disputes.values()].map((d) => ({
      id: d.id,
      capture_id: d.capture.id,
      amount: money(d.amountCents, d.capture.order.unit.amount.currency_code).value,
      status: d.status,
      outcome: d.outcome,
      held: this.#isHeld(d),
      create_time: new Date(d.createdAt).toISOString(),
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
    return { captures, refunds, reversals, returns, disputes, orders };
  }
}
