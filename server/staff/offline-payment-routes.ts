// Staff write down money that came otherwise than by PayPal, and take back what was written by mistake.
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { describe, validate } from '../http/validate.ts';
import { nextOf } from '../next-page.ts';
import { receiptIds } from '../offline-payments/receipts.ts';
import { recordPayment } from '../offline-payments/record.ts';
import { reverseRecorded } from '../offline-payments/reverse.ts';
import { recordedPayments } from '../offline-payments/store.ts';
import { RecordedReceipt, recordedReceipts } from '../receipts/recorded.ts';
import { actor, type StaffEnv, staffGuard } from './permission.ts';
import {
  After,
  Id,
  IdempotencyKey,
  Next,
  RecordedAnswer,
  RecordRequest,
  TakeBackRequest,
} from './schemas.ts';
import { recordedView } from './views.ts';

const tags: [string] = ['backoffice'];

export function staffOfflinePaymentRoutes(deps: Deps) {
  return new Hono<StaffEnv>()
    .get(
      '/recorded-payments',
      describe({
        summary: 'Money received otherwise, as staff wrote it down, newest first',
        tags,
        staff: true,
        ok: {
          status: 200,
          description: 'The rows',
          schema: z.object({ recorded: z.array(RecordedAnswer), next: Next }),
        },
        problems: ['forbidden', 'too-many-requests'],
      }),
      staffGuard(deps, 'read'),
      validate('query', z.object({ after: After })),
      async (c) => {
        const recorded = await recordedPayments(deps, c.get('regroupement').id, c.req.valid('query').after);
        return c.json({ recorded: recorded.map(recordedView), ...nextOf(recorded) }, 200);
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
      staffGuard(deps, 'record'),
      validate('header', IdempotencyKey),
      validate('json', RecordRequest),
      async (c) => {
        const { amountCents, reference, ...rest } = c.req.valid('json');
        const recorded = await recordPayment(deps, c.get('regroupement').id, {
          ...rest,
          cents: amountCents,
          reference,
          recordedBy: actor(c),
          idempotencyKey: c.req.valid('header')['idempotency-key'],
        });
        return c.json({ recorded: recordedView(recorded) }, 201);
      },
    )
    .get(
      '/recorded-payments/:id/receipts',
      describe({
        summary: 'Its receipt, and what annuls that, by links of a quarter of an hour',
        tags,
        staff: true,
        ok: {
          status: 200,
          description: 'The documents; none of what was written down before there were receipts',
          schema: z.object({ receipts: z.array(RecordedReceipt) }),
        },
        problems: ['forbidden', 'not-found', 'too-many-requests'],
      }),
      staffGuard(deps, 'read'),
      validate('param', Id),
      async (c) => {
        const ids = await receiptIds(deps, c.get('regroupement').id, c.req.valid('param').id);
        return c.json({ receipts: await recordedReceipts(deps, ids) }, 200);
      },
    )
    .post(
      '/recorded-payments/:id/reversal',
      describe({
        summary: 'Take back what was written down by mistake, or what the bank gave back, once',
        tags,
        staff: true,
        ok: { status: 201, description: 'The reversing row', schema: z.object({ recorded: RecordedAnswer }) },
        problems: [
          'forbidden',
          'not-found',
          'reversal-final',
          'payment-in-progress',
          'too-many-requests',
          'busy',
        ],
      }),
      staffGuard(deps, 'record'),
      validate('param', Id),
      validate('json', TakeBackRequest),
      async (c) => {
        const { reason, returnedOn, feeCents } = c.req.valid('json');
        const reversal = await reverseRecorded(deps, c.get('regroupement').id, c.req.valid('param').id, {
          recordedBy: actor(c),
          reference: reason,
          ...(returnedOn === undefined ? {} : { returned: { on: returnedOn, feeCents } }),
        });
        return c.json({ recorded: recordedView(reversal) }, 201);
      },
    );
}
