// How orders, captures and refunds look on the wire (Orders 2.13, Payments 2.5).
import type { Books, Capture, Dispute, Order, Refund, Reversal } from './books.ts';
import { money } from './order-schema.ts';

interface Link {
  href: string;
  rel: string;
  method: string;
}

export function orderJson(books: Books, order: Order, base: string, minimal = false) {
  const links = orderLinks(order, base);
  const capture = order.captureId === null ? undefined : books.captures.get(order.captureId);
  // PayPal shows what it or a bank took back as one more refund.
  const reversals = [...books.reversals.values()].filter((one) => one.capture === capture);
  const refunds =
    capture === undefined
      ? []
      : [...capture.refunds, ...reversals.map(asRefund)].map((refund) => refundJson(books, refund, base));
  const payments =
    capture === undefined
      ? {}
      : {
          payments: {
            captures: [captureJson(books, capture, base)],
            ...(refunds.length === 0 ? {} : { refunds }),
          },
        };
  if (minimal) {
    // What PayPal really sends: more than its description says once something was captured.
    const done =
      capture === undefined ? {} : { purchase_units: [{ reference_id: referenceOf(order), ...payments }] };
    return { id: order.id, status: order.status, ...payerJson(order), ...done, links };
  }
  const { payee: _, ...unit } = order.unit;
  return {
    id: order.id,
    intent: 'CAPTURE' as const,
    status: order.status,
    ...payerJson(order),
    purchase_units: [
      {
        ...unit,
        reference_id: referenceOf(order),
        payee: { merchant_id: order.merchant.merchantId },
        ...payments,
      },
    ],
    create_time: iso(order.createdAt),
    update_time: iso(order.updatedAt),
    links,
  };
}

/** A capture as the payments API shows it: with its payee and its order. */
export function paymentJson(books: Books, capture: Capture, base: string) {
  return {
    ...captureJson(books, capture, base),
    payee: { merchant_id: capture.order.merchant.merchantId },
    supplementary_data: { related_ids: { order_id: capture.order.id } },
  };
}

function captureJson(books: Books, capture: Capture, base: string) {
  const currency = capture.order.unit.amount.currency_code;
  const { custom_id, invoice_id } = capture.order.unit;
  const url = `${base}/v2/payments/captures/${capture.id}`;
  return {
    id: capture.id,
    status: capture.status,
    ...(capture.reason === null ? {} : { status_details: { reason: capture.reason } }),
    amount: money(capture.amountCents, currency),
    final_capture: true,
    ...(custom_id === undefined ? {} : { custom_id }),
    ...(invoice_id === undefined ? {} : { invoice_id }),
    seller_protection: { status: 'NOT_ELIGIBLE' as const },
    ...(capture.status === 'PENDING' || capture.status === 'DECLINED'
      ? {}
      : {
          seller_receivable_breakdown: {
            gross_amount: money(capture.amountCents, currency),
            paypal_fee: money(books.feeCents(capture), currency),
            net_amount: money(Math.max(0, capture.amountCents - books.feeCents(capture)), currency),
          },
        }),
    create_time: iso(capture.createdAt),
    update_time: iso(capture.updatedAt),
    links: [
      link(url, 'self', 'GET'),
      link(`${url}/refund`, 'refund', 'POST'),
      link(`${base}/v2/checkout/orders/${capture.order.id}`, 'up', 'GET'),
    ],
  };
}

/** What was taken back, as PayPal's payments API tells it: a refund of the capture. */
export function asRefund({ id, capture, amountCents, createdAt }: Reversal): Refund {
  return { id, capture, amountCents, note: null, customId: null, status: 'COMPLETED', createdAt };
}

export function refundJson(books: Books, refund: Refund, base: string, minimal = false) {
  const { unit } = refund.capture.order;
  const currency = unit.amount.currency_code;
  const links = [
    link(`${base}/v2/payments/refunds/${refund.id}`, 'self', 'GET'),
    link(`${base}/v2/payments/captures/${refund.capture.id}`, 'up', 'GET'),
  ];
  if (minimal) return { id: refund.id, status: refund.status, links };
  return {
    id: refund.id,
    status: refund.status,
    amount: money(refund.amountCents, currency),
    ...customIdOf(refund),
    ...(unit.invoice_id === undefined ? {} : { invoice_id: unit.invoice_id }),
    ...(refund.note === null ? {} : { note_to_payer: refund.note }),
    seller_payable_breakdown: {
      gross_amount: money(refund.amountCents, currency),
      paypal_fee: money(0, currency),
      net_amount: money(refund.amountCents, currency),
      total_refunded_amount: money(books.backCents(refund.capture), currency),
    },
    create_time: iso(refund.createdAt),
    update_time: iso(refund.createdAt),
    links,
  };
}

function customIdOf(refund: Refund) {
  const id = refund.customId ?? refund.capture.order.unit.custom_id;
  return id === undefined ? {} : { custom_id: id };
}

/** A dispute, as far as a webhook and its reader need it (Disputes 1.10). */
export function disputeJson(dispute: Dispute, base: string) {
  const { capture } = dispute;
  const currency = capture.order.unit.amount.currency_code;
  return {
    dispute_id: dispute.id,
    create_time: iso(dispute.createdAt),
    update_time: iso(dispute.updatedAt),
    disputed_transactions: [
      { seller_transaction_id: capture.id, gross_amount: money(capture.amountCents, currency) },
    ],
    reason: 'MERCHANDISE_OR_SERVICE_NOT_RECEIVED',
    status: dispute.status,
    dispute_amount: money(dispute.amountCents, currency),
    ...(dispute.outcome === null ? {} : { dispute_outcome: { outcome_code: dispute.outcome } }),
    dispute_life_cycle_stage: 'INQUIRY',
    links: [link(`${base}/v1/customer/disputes/${dispute.id}`, 'self', 'GET')],
  };
}

function orderLinks(order: Order, base: string): Link[] {
  const self = `${base}/v2/checkout/orders/${order.id}`;
  const links = [link(self, 'self', 'GET')];
  if (order.status !== 'COMPLETED') {
    links.push(
      link(`${base}/checkoutnow?token=${order.id}`, order.singleStep ? 'payer-action' : 'approve', 'GET'),
    );
  }
  if (order.status === 'APPROVED' || order.status === 'CREATED')
    links.push(link(`${self}/capture`, 'capture', 'POST'));
  return links;
}

function referenceOf(order: Order): string {
  return order.unit.reference_id ?? 'default';
}

function payerJson(order: Order) {
  if (order.payer === null) return order.singleStep ? { payment_source: { paypal: {} } } : {};
  const name = { given_name: order.payer.givenName, surname: order.payer.surname };
  return {
    payment_source: {
      paypal: {
        email_address: order.payer.email,
        account_id: order.payer.id,
        account_status: 'UNVERIFIED' as const,
        name,
        address: { country_code: 'CA' },
      },
    },
    payer: {
      name,
      email_address: order.payer.email,
      payer_id: order.payer.id,
      address: { country_code: 'CA' },
    },
  };
}

function link(href: string, rel: string, method: string): Link {
  return { href, rel, method };
}
function iso(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
