// Paying, over HTTP: only one's own payments, each answer what our books say after a look at PayPal's record.
import { Hono } from 'hono';
import { z } from 'zod';
import { type SignedInEnv, signedIn } from '../accounts/sessions/signed-in.ts';
import { NOT_PAYABLE } from '../certificates/not-payable.ts';
import { storageFault } from '../db/db.ts';
import type { Deps } from '../deps.ts';
import { token } from '../fields.ts';
import { describe, validate } from '../http/validate.ts';
import { takeTry } from '../limits.ts';
import type { PayPal } from '../paypal/client.ts';
import { Problem } from '../problems/problem.ts';
import { documentUrls } from '../receipts/links.ts';
import { yearsOf } from '../receipts/year-content.ts';
import { securityEvent } from '../security-log.ts';
import { cancelPayment, confirmPayment, retryPayment } from './confirm.ts';
import { createPayment } from './create.ts';
import { ConfirmRequest, CreateRequest, PaymentAnswer, PaymentList, PaymentToApprove } from './schemas.ts';
import { paymentsWhere, type StoredPayment } from './store.ts';
import { syncPayment } from './sync.ts';
import { paymentView } from './view.ts';

/** PayPal is asked about one payment no more often than this. */
const LOOK = { burst: 1, periodMs: 2_000 };
/** She waits at the screen: an answer that takes longer is asked for again. */
const LOOK_LIMIT_MS = 4_000;
const SUSPECTS = { burst: 10, periodMs: 3_600_000 };
const CREATE = { burst: 20, periodMs: 3_600_000 };
const IdempotencyKey = z.object({ 'idempotency-key': z.string().regex(/^[\x21-\x7e]{8,128}$/, 'invalid') });
const Id = z.object({ id: token });
const tags: [string] = ['payments'];

export function paymentsRoutes(deps: Deps, paypal: PayPal) {
  const own = async (
    session: { accountId: string; regroupementId: string },
    id: string,
  ): Promise<StoredPayment> => {
    const [payment] = await paymentsWhere(deps, 'id = ? AND account_id = ? AND regroupement_id = ?', [
      id,
      session.accountId,
      session.regroupementId,
    ]);
    if (payment === undefined) {
      await suspect(session, id);
      throw new Problem('not-found');
    }
    return payment;
  };
  // An id of 128 random bits is not guessed: whoever has another's, got it somewhere.
  const suspect = async (session: { accountId: string; regroupementId: string }, id: string) => {
    const others = await paymentsWhere(deps, 'id = ?', [id]);
    if (others.length === 0 || (await takeTry(deps, `suspect:${session.accountId}`, SUSPECTS)) > 0) return;
    await deps.db.batch([
      securityEvent(deps, session.regroupementId, 'payment-of-another', session.accountId, { payment: id }),
    ]);
  };
  const looked = async (payment: StoredPayment): Promise<StoredPayment> => {
    try {
      return (await takeTry(deps, `paypal-look:${payment.id}`, LOOK)) > 0
        ? payment
        : await syncPayment(deps, paypal, payment.id, { limitMs: LOOK_LIMIT_MS });
    } catch (error) {
      // What PayPal says cannot be written down right now; what we know can be read.
      if (storageFault(error) === undefined) throw error;
      deps.log.error('payment-look', { payment: payment.id }, error);
      return payment;
    }
  };

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
      async (c) => {
        const { accountId, regroupementId } = c.get('session');
        const mine = await paymentsWhere(
          deps,
          'account_id = ? AND regroupement_id = ? ORDER BY created_at DESC LIMIT 100',
          [accountId, regroupementId],
        );
        const young = deps.now() - 3 * 3_600_000;
        const waiting =
          mine.find((payment) =>
            ['approved', 'declined', 'capturing', 'unknown', 'pending'].includes(payment.state),
          ) ??
          mine.find(
            (payment) => payment.state === 'created' && payment.orderId !== null && payment.createdAt > young,
          );
        const fresh = waiting === undefined ? undefined : await looked(waiting);
        const payments = await Promise.all(
          mine.map((payment) => paymentView(deps, payment.id === fresh?.id ? fresh : payment)),
        );
        const open = payments.find((payment) => payment.id === fresh?.id);
        const ended =
          open === undefined || ['created', 'expired', 'cancelled', 'failed'].includes(open.state);
        const years = await Promise.all(
          (await yearsOf(deps, accountId)).map(async ({ year, lang }) => ({
            year,
            ...(await documentUrls(deps, { kind: 'year', id: accountId, year, lang })),
          })),
        );
        return c.json({ payments, open: ended ? null : open, years }, 200);
      },
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
        const payment = await looked(await own(c.get('session'), c.req.valid('param').id));
        return c.json({ payment: await paymentView(deps, payment) }, 200);
      },
    )
    .post(
      '/payments/:id/confirm',
      describe({
        summary: '« Confirmer »: take the money of an approved payment, once',
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
