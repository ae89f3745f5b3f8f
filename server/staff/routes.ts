// The staff's API, below /v1/backoffice/{regroupement}, by key: see who paid, refund, write down what came otherwise,
// reconcile, work off what needs a person.
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { closeException, listExceptions } from '../exceptions/exceptions.ts';
import { token } from '../fields.ts';
import { describe, validate } from '../http/validate.ts';
import { exceptionText } from '../mail/exception-words.ts';
import { parkedMessages, retryMessage } from '../mail/parked.ts';
import { recordedPayments, recordPayment, reverseRecorded } from '../offline-payments/offline-payments.ts';
import { releasePayment } from '../payments/confirm.ts';
import { paymentsWhere, type StoredPayment } from '../payments/store.ts';
import type { PayPal } from '../paypal/client.ts';
import { PayPalFailure } from '../paypal/errors.ts';
import { Problem } from '../problems/problem.ts';
import { reconcileDay } from '../reconciliation/reconcile.ts';
import { refundPayment } from '../refunds/refunds.ts';
import { securityEvent } from '../security-log.ts';
import { type StaffEnv, staffKey } from './permission.ts';
import {
  Day,
  DayReport,
  NoteRequest,
  ParkedMessage,
  RecordedAnswer,
  RecordRequest,
  RefundRequest,
  ReverseRequest,
  StaffException,
  StaffPayment,
  StaffRefund,
} from './schemas.ts';
import { recordedView, refundView, staffPaymentView } from './views.ts';

const tags: [string] = ['backoffice'];
const IdempotencyKey = z.object({ 'idempotency-key': z.string().regex(/^[\x21-\x7e]{8,128}$/, 'invalid') });
const PaymentNumber = z.object({ number: z.string().regex(/^[A-Z0-9-]{3,40}$/) });
const Id = z.object({ id: token });

export function staffRoutes(deps: Deps, paypal: PayPal) {
  const paymentNumbered = async (c: Context<StaffEnv>, number: string): Promise<StoredPayment> => {
    const [payment] = await paymentsWhere(deps, 'regroupement_id = ? AND number = ?', [
      c.get('regroupement').id,
      number,
    ]);
    if (payment === undefined) throw new Problem('not-found');
    return payment;
  };
  const by = (c: Context<StaffEnv>) => `key:${c.get('key').id}`;
  const note = (
    c: Context<StaffEnv>,
    event: Parameters<typeof securityEvent>[2],
    detail: Record<string, string>,
  ) => deps.db.batch([securityEvent(deps, c.get('regroupement').id, event, null, { ...detail, by: by(c) })]);

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
          schema: z.object({ payments: z.array(StaffPayment) }),
        },
        problems: ['forbidden', 'too-many-requests'],
      }),
      staffKey(deps, 'read'),
      validate(
        'query',
        z.object({
          state: StaffPayment.shape.state.optional(),
          before: z.iso.datetime().optional(),
          limit: z.coerce.number().int().min(1).max(200).default(100),
        }),
      ),
      async (c) => {
        const { state, before, limit } = c.req.valid('query');
        const payments = await paymentsWhere(
          deps,
          `regroupement_id = ? AND created_at < ? ${state === undefined ? '' : 'AND state = ?'} ORDER BY created_at DESC LIMIT ${limit}`,
          [
            c.get('regroupement').id,
            before === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(before),
            ...(state === undefined ? [] : [state]),
          ],
        );
        return c.json(
          { payments: await Promise.all(payments.map((payment) => staffPaymentView(deps, payment))) },
          200,
        );
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
      staffKey(deps, 'read'),
      validate('param', PaymentNumber),
      async (c) => {
        const payment = await paymentNumbered(c, c.req.valid('param').number);
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
          'refund-too-large',
          'payments-stopped',
          'payment-state',
          'idempotency-mismatch',
          'too-many-requests',
        ],
      }),
      staffKey(deps, 'refund'),
      validate('param', PaymentNumber),
      validate('header', IdempotencyKey),
      validate('json', RefundRequest),
      async (c) => {
        const payment = await paymentNumbered(c, c.req.valid('param').number);
        const { amountCents, reason } = c.req.valid('json');
        await note(c, 'staff-refunded', { payment: payment.id });
        const refund = await refundPayment(deps, paypal, payment, {
          cents: amountCents ?? null,
          reason,
          askedBy: by(c),
          idempotencyKey: c.req.valid('header')['idempotency-key'],
        });
        return c.json({ refund: refundView(refund) }, 201);
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
      staffKey(deps, 'refund'),
      validate('param', PaymentNumber),
      validate('json', ReverseRequest),
      async (c) => {
        const payment = await paymentNumbered(c, c.req.valid('param').number);
        const released = await releasePayment(deps, payment, { name: by(c), ...c.req.valid('json') });
        return c.json({ payment: await staffPaymentView(deps, released) }, 200);
      },
    )
    .get(
      '/recorded-payments',
      describe({
        summary: 'Money received otherwise, as staff wrote it down, newest first',
        tags,
        staff: true,
        ok: { status: 200, description: 'The rows', schema: z.object({ recorded: z.array(RecordedAnswer) }) },
        problems: ['forbidden', 'too-many-requests'],
      }),
      staffKey(deps, 'read'),
      async (c) => {
        const recorded = await recordedPayments(deps, c.get('regroupement').id);
        return c.json({ recorded: recorded.map(recordedView) }, 200);
      },
    )
    .post(
      '/recorded-payments',
      describe({
        summary: 'Write down a cheque, an Interac transfer, a pre-authorized debit or cash, once per key',
        tags,
        staff: true,
        ok: { status: 201, description: 'The row', schema: z.object({ recorded: RecordedAnswer }) },
        problems: [
          'forbidden',
          'not-found',
          'payment-in-progress',
          'possible-duplicate',
          'more-than-balance',
          'idempotency-mismatch',
          'too-many-requests',
        ],
      }),
      staffKey(deps, 'record'),
      validate('header', IdempotencyKey),
      validate('json', RecordRequest),
      async (c) => {
        const { amountCents, reference, ...rest } = c.req.valid('json');
        const recorded = await recordPayment(deps, c.get('regroupement').id, {
          ...rest,
          cents: amountCents,
          reference,
          recordedBy: by(c),
          idempotencyKey: c.req.valid('header')['idempotency-key'],
        });
        await note(c, 'staff-recorded-payment', {
          recorded: recorded.id,
          ...(recorded.evenSo.length === 0 ? {} : { evenSo: recorded.evenSo.join() }),
        });
        return c.json({ recorded: recordedView(recorded) }, 201);
      },
    )
    .post(
      '/recorded-payments/:id/reversal',
      describe({
        summary: 'Take back what was written down by mistake, once',
        tags,
        staff: true,
        ok: { status: 201, description: 'The reversing row', schema: z.object({ recorded: RecordedAnswer }) },
        problems: ['forbidden', 'not-found', 'reversal-final', 'payment-in-progress', 'too-many-requests'],
      }),
      staffKey(deps, 'record'),
      validate('param', Id),
      validate('json', ReverseRequest),
      async (c) => {
        const reversal = await reverseRecorded(deps, c.get('regroupement').id, c.req.valid('param').id, {
          recordedBy: by(c),
          reference: c.req.valid('json').reason,
        });
        await note(c, 'staff-reversed-recorded-payment', { recorded: reversal.id });
        return c.json({ recorded: recordedView(reversal) }, 201);
      },
    )
    .get(
      '/exceptions',
      describe({
        summary: 'What needs a person, oldest first',
        tags,
        staff: true,
        ok: {
          status: 200,
          description: 'The list',
          schema: z.object({ exceptions: z.array(StaffException) }),
        },
        problems: ['forbidden', 'too-many-requests'],
      }),
      staffKey(deps, 'read'),
      validate('query', z.object({ all: z.enum(['true', 'false']).optional() })),
      async (c) => {
        const all = c.req.valid('query').all === 'true';
        const regroupement = c.get('regroupement');
        const list = await listExceptions(deps, regroupement.id, { all });
        const exceptions = list.map((one) => ({
          ...one,
          message: {
            'fr-CA': exceptionText(regroupement, one, 'fr-CA'),
            'en-CA': exceptionText(regroupement, one, 'en-CA'),
          },
        }));
        return c.json({ exceptions }, 200);
      },
    )
    .post(
      '/exceptions/:id/close',
      describe({
        summary: 'It was dealt with',
        tags,
        staff: true,
        ok: { status: 200, description: 'Closed', schema: z.object({ closed: z.literal(true) }) },
        problems: ['forbidden', 'not-found', 'too-many-requests'],
      }),
      staffKey(deps, 'record'),
      validate('param', Id),
      validate('json', NoteRequest),
      async (c) => {
        const { id } = c.req.valid('param');
        const closed = await closeException(deps, c.get('regroupement').id, id, {
          name: by(c),
          note: c.req.valid('json').note,
        });
        if (!closed) throw new Problem('not-found');
        await note(c, 'staff-closed-exception', { exception: id });
        return c.json({ closed: true as const }, 200);
      },
    )
    .get(
      '/reconciliations/:day',
      describe({
        summary: 'A Toronto day of PayPal’s books beside ours, compared now',
        tags,
        staff: true,
        ok: { status: 200, description: 'The report', schema: z.object({ report: DayReport }) },
        problems: ['forbidden', 'paypal-unavailable', 'too-many-requests'],
      }),
      staffKey(deps, 'read'),
      validate('param', z.object({ day: Day })),
      async (c) => {
        try {
          const report = await reconcileDay(deps, paypal, c.get('regroupement').id, c.req.valid('param').day);
          return c.json({ report }, 200);
        } catch (error) {
          if (error instanceof PayPalFailure) throw new Problem('paypal-unavailable');
          throw error;
        }
      },
    )
    .get(
      '/messages/parked',
      describe({
        summary: 'E-mails that could not be sent',
        tags,
        staff: true,
        ok: { status: 200, description: 'The list', schema: z.object({ messages: z.array(ParkedMessage) }) },
        problems: ['forbidden', 'too-many-requests'],
      }),
      staffKey(deps, 'read'),
      async (c) => c.json({ messages: await parkedMessages(deps, c.get('regroupement').id) }, 200),
    )
    .post(
      '/messages/:id/retry',
      describe({
        summary: 'Try a parked e-mail again',
        tags,
        staff: true,
        ok: { status: 200, description: 'It waits again', schema: z.object({ waiting: z.literal(true) }) },
        problems: ['forbidden', 'not-found', 'too-many-requests'],
      }),
      staffKey(deps, 'record'),
      validate('param', Id),
      async (c) => {
        const { id } = c.req.valid('param');
        if (!(await retryMessage(deps, c.get('regroupement').id, id))) throw new Problem('not-found');
        await note(c, 'staff-retried-message', { message: id });
        return c.json({ waiting: true as const }, 200);
      },
    );
}
