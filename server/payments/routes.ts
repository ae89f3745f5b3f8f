// Paying, over HTTP (S22–S32): only one's own payments, each answer what our books say after a look at PayPal's record.
import { Hono } from 'hono';
import { z } from 'zod';
import { type SignedInEnv, signedIn } from '../accounts/sessions/signed-in.ts';
import { NOT_PAYABLE } from '../certificates/not-payable.ts';
import type { Deps } from '../deps.ts';
import { token } from '../fields.ts';
import { describe, validate } from '../http/validate.ts';
import { takeTry } from '../limits.ts';
import type { PayPal } from '../paypal/client.ts';
import { Problem } from '../problems/problem.ts';
import { cancelPayment, confirmPayment, retryPayment } from './confirm.ts';
import { createPayment } from './create.ts';
import { lookedAt, ownPayment, paymentList } from './own-payments.ts';
import { ConfirmRequest, CreateRequest, PaymentAnswer, PaymentList, PaymentToApprove } from './schemas.ts';
import type { CheckReversals } from './settlement/sync.ts';
import type { StoredPayment } from './store.ts';
import { paymentView } from './view.ts';

const CREATE = { burst: 20, periodMs: 3_600_000 };
const IdempotencyKey = z.object({ 'idempotency-key': z.string().regex(/^[\x21-\x7e]{8,128}$/, 'invalid') });
const Id = z.object({ id: token });
const tags: [string] = ['payments'];

export function paymentsRoutes(deps: Deps, paypal: PayPal, checkReversals: CheckReversals) {
  const own = (session: { accountId: string; regroupementId: string }, id: string) =>
    ownPayment(deps, session, id);
  const look = (payment: StoredPayment) => lookedAt(deps, paypal, checkReversals, payment);

  return new Hono<SignedInEnv>()
    .post(
      '/payments',
      describe({
        summary: 'Start a payment: an order at PayPal, to be approved there',
        tags,
        signedIn: true,
        ok: { status: 201, description: 'The payment, and where she approves it', schema: PaymentToApprove },
        problems: [
          'amount-changed',
          'nothing-to-pay',
          'already-paid',
          'invoice-cancelled',
          'payment-in-progress',
          'payments-stopped',
          'page-refused',
          'payment-not-configured',
          'paypal-refused',
          'paypal-unavailable',
          'idempotency-mismatch',
          'not-found',
          'too-many-requests',
        ],
      }),
      signedIn(deps),
      validate('header', IdempotencyKey),
      validate('json', CreateRequest),
      async (c) => {
        const { accountId } = c.get('session');
        const wait = await takeTry(deps, `payment-create:${accountId}`, CREATE);
        if (wait > 0) throw new Problem('too-many-requests', { retryAfter: wait });
        const payer = { regroupement: c.get('regroupement'), accountId };
        const payment = await createPayment(
          deps,
          paypal,
          payer,
          c.req.valid('json'),
          c.req.valid('header')['idempotency-key'],
        );
        return c.json(
          { payment: await paymentView(deps, payment), approveUrl: payment.approveUrl ?? '' },
          201,
        );
      },
    )
    .get(
      '/payments',
      describe({
        summary: 'One’s own payments, newest first, and the one that waits',
        tags,
        signedIn: true,
        ok: { status: 200, description: 'The payments', schema: PaymentList },
      }),
      signedIn(deps),
      async (c) => c.json(await paymentList(deps, look, c.get('session')), 200),
    )
    .get(
      '/payments/:id',
      describe({
        summary: 'One payment, after a look at PayPal’s record when it is not settled',
        tags,
        signedIn: true,
        ok: { status: 200, description: 'The payment', schema: PaymentAnswer },
        problems: ['not-found'],
      }),
      signedIn(deps),
      validate('param', Id),
      async (c) => {
        const payment = await look(await own(c.get('session'), c.req.valid('param').id));
        return c.json({ payment: await paymentView(deps, payment) }, 200);
      },
    )
    .post(
      '/payments/:id/confirm',
      describe({
        summary: '«\u00a0Confirmer\u00a0»: take the money of an approved payment, once',
        tags,
        signedIn: true,
        ok: { status: 200, description: 'What became of it', schema: PaymentAnswer },
        problems: [
          'not-found',
          'amount-changed',
          ...NOT_PAYABLE,
          'payment-in-progress',
          'payment-state',
          'payments-stopped',
          'paypal-unavailable',
        ],
      }),
      signedIn(deps),
      validate('param', Id),
      validate('json', ConfirmRequest),
      async (c) => {
        const payment = await own(c.get('session'), c.req.valid('param').id);
        const after = await confirmPayment(
          deps,
          paypal,
          checkReversals,
          c.get('regroupement'),
          payment,
          c.req.valid('json').expectedTotalCents,
        );
        return c.json({ payment: await paymentView(deps, after) }, 200);
      },
    )
    .post(
      '/payments/:id/cancel',
      describe({
        summary: 'Stop a payment that was not confirmed',
        tags,
        signedIn: true,
        ok: { status: 200, description: 'The cancelled payment', schema: PaymentAnswer },
        problems: ['not-found', 'payment-state'],
      }),
      signedIn(deps),
      validate('param', Id),
      async (c) => {
        const payment = await cancelPayment(deps, await own(c.get('session'), c.req.valid('param').id));
        return c.json({ payment: await paymentView(deps, payment) }, 200);
      },
    )
    .post(
      '/payments/:id/retry',
      describe({
        summary: 'After a refused card: back to PayPal with the same order',
        tags,
        signedIn: true,
        ok: {
          status: 200,
          description: 'The payment, and where she chooses another card',
          schema: PaymentToApprove,
        },
        problems: ['not-found', 'payment-state'],
      }),
      signedIn(deps),
      validate('param', Id),
      async (c) => {
        const payment = await retryPayment(deps, await own(c.get('session'), c.req.valid('param').id));
        return c.json(
          { payment: await paymentView(deps, payment), approveUrl: payment.approveUrl ?? '' },
          200,
        );
      },
    );
}
