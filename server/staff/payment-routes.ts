// Staff see who paid, give money back, and release an invoice that a payment in doubt holds.

import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { describe, validate } from '../http/validate.ts';
import { releasePayment } from '../payments/confirm.ts';
import { paymentNumbered } from '../payments/find.ts';
import { paymentPage } from '../payments/store.ts';
import type { PayPal } from '../paypal/client.ts';
import { previewRefund } from '../refunds/preview.ts';
import { leftToRefund, refundPayment } from '../refunds/refunds.ts';
import { actor, refuseAboveCeiling, type StaffEnv, staffGuard } from './permission.ts';
import {
  After,
  IdempotencyKey,
  Next,
  RefundPreviewed,
  RefundRequest,
  ReverseRequest,
  StaffPayment,
  StaffRefund,
} from './schemas.ts';
import { refundView, staffPaymentView, staffPaymentViews } from './views.ts';

const tags: [string] = ['backoffice'];
const PaymentNumber = z.object({ number: z.string().regex(/^[A-Z0-9-]{3,40}$/) });

export function staffPaymentRoutes(deps: Deps, paypal: PayPal) {
  return new Hono<StaffEnv>()
    .get(
      '/payments',
      describe({
        summary: 'Payments, newest first',
        tags,
        staff: true,
        ok: {
          status: 200,
          description: 'The payments',
          schema: z.object({ payments: z.array(StaffPayment), next: Next }),
        },
        problems: ['forbidden', 'too-many-requests'],
      }),
      staffGuard(deps, 'read'),
      validate(
        'query',
        z.object({
          state: StaffPayment.shape.state.optional(),
          before: z.iso.datetime().optional(),
          after: After,
          limit: z.coerce.number().int().min(1).max(200).default(100),
        }),
      ),
      async (c) => {
        const { before, ...asked } = c.req.valid('query');
        const { payments, ...next } = await paymentPage(deps, c.get('regroupement').id, {
          ...asked,
          before: before === undefined ? undefined : Date.parse(before),
        });
        return c.json({ payments: await staffPaymentViews(deps, payments), ...next }, 200);
      },
    )
    .get(
      '/payments/:number',
      describe({
        summary: 'One payment',
        tags,
        staff: true,
        ok: { status: 200, description: 'The payment', schema: z.object({ payment: StaffPayment }) },
        problems: ['forbidden', 'not-found', 'too-many-requests'],
      }),
      staffGuard(deps, 'read'),
      validate('param', PaymentNumber),
      async (c) => {
        const payment = await paymentNumbered(deps, c.get('regroupement').id, c.req.valid('param').number);
        return c.json({ payment: await staffPaymentView(deps, payment) }, 200);
      },
    )
    .post(
      '/payments/:number/refunds',
      describe({
        summary: 'Refund a payment at PayPal, in full or in part, once per key',
        tags,
        staff: true,
        ok: {
          status: 201,
          description: 'The refund as it now is',
          schema: z.object({ refund: StaffRefund }),
        },
        problems: [
          'forbidden',
          'not-found',
          'fresh-factor-needed',
          'refund-too-large',
          'payments-stopped',
          'payment-state',
          'payment-disputed',
          'idempotency-mismatch',
          'too-many-requests',
        ],
      }),
      staffGuard(deps, 'refund'),
      validate('param', PaymentNumber),
      validate('header', IdempotencyKey),
      validate('json', RefundRequest),
      async (c) => {
        const payment = await paymentNumbered(deps, c.get('regroupement').id, c.req.valid('param').number);
        const { amountCents, reason } = c.req.valid('json');
        const left = await leftToRefund(deps, payment);
        refuseAboveCeiling(deps, c, amountCents ?? left);
        const refund = await refundPayment(deps, paypal, payment, {
          cents: amountCents ?? null,
          reason,
          askedBy: actor(c),
          idempotencyKey: c.req.valid('header')['idempotency-key'],
        });
        return c.json({ refund: refundView(refund) }, 201);
      },
    )
    .post(
      '/payments/:number/refunds/preview',
      describe({
        summary: 'What the receipt of a refund would say; nothing goes back',
        tags,
        staff: true,
        ok: {
          status: 200,
          description: 'The receipt as it would be now',
          schema: z.object({ preview: RefundPreviewed }),
        },
        problems: [
          'forbidden',
          'not-found',
          'refund-too-large',
          'payments-stopped',
          'payment-state',
          'payment-disputed',
          'too-many-requests',
        ],
      }),
      staffGuard(deps, 'refund'),
      validate('param', PaymentNumber),
      validate('json', RefundRequest.pick({ amountCents: true })),
      async (c) => {
        const payment = await paymentNumbered(deps, c.get('regroupement').id, c.req.valid('param').number);
        const preview = await previewRefund(deps, payment, c.req.valid('json').amountCents ?? null);
        return c.json({ preview }, 200);
      },
    )
    .post(
      '/payments/:number/release',
      describe({
        summary: 'Let go the invoice of a payment in doubt, once PayPal’s site shows that it was not made',
        tags,
        staff: true,
        ok: { status: 200, description: 'The payment', schema: z.object({ payment: StaffPayment }) },
        problems: ['forbidden', 'not-found', 'payment-state', 'too-many-requests'],
      }),
      staffGuard(deps, 'refund'),
      validate('param', PaymentNumber),
      validate('json', ReverseRequest),
      async (c) => {
        const payment = await paymentNumbered(deps, c.get('regroupement').id, c.req.valid('param').number);
        const released = await releasePayment(deps, payment, { name: actor(c), ...c.req.valid('json') });
        return c.json({ payment: await staffPaymentView(deps, released) }, 200);
      },
    );
}
