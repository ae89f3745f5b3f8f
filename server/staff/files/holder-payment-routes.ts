// The staff's API, GET /v1/backoffice/{regroupement}/holders/{id}/payments: what came in for a file, through PayPal and otherwise.
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { describe, validate } from '../../http/validate.ts';
import { PAGE_SIZE } from '../../next-page.ts';
import { recordedFor } from '../../offline-payments/offline-payments.ts';
import { paymentsWhere } from '../../payments/store.ts';
import { type StaffEnv, staffGuard } from '../permission.ts';
import { Id, RecordedAnswer, StaffPayment } from '../schemas.ts';
import { recordedView, staffPaymentView } from '../views.ts';
import { editable } from './holder-changes.ts';

export function holderPaymentRoutes(deps: Deps) {
  return new Hono<StaffEnv>().get(
    '/holders/:id/payments',
    describe({
      summary: 'What came in for a file, through PayPal and otherwise, newest first',
      tags: ['backoffice'],
      staff: true,
      ok: {
        status: 200,
        description: 'The last thousand of each',
        schema: z.object({ payments: z.array(StaffPayment), recorded: z.array(RecordedAnswer) }),
      },
      problems: ['forbidden', 'not-found', 'too-many-requests'],
    }),
    staffGuard(deps, 'read'),
    validate('param', Id),
    async (c) => {
      const { id } = c.get('regroupement');
      const { id: holderId } = c.req.valid('param');
      await editable(deps, id, holderId);
      const payments = await paymentsWhere(
        deps,
        `regroupement_id = ?1 AND id IN (
           SELECT a.payment_id FROM certificates c JOIN invoices i ON i.certificate_id = c.id
           JOIN allocations a ON a.invoice_id = i.id WHERE c.holder_id = ?2 AND c.regroupement_id = ?1)
         ORDER BY created_at DESC, id LIMIT ${PAGE_SIZE}`,
        [id, holderId],
      );
      const views = await Promise.all(payments.map((payment) => staffPaymentView(deps, payment)));
      const recorded = await recordedFor(deps, id, holderId);
      return c.json({ payments: views, recorded: recorded.map(recordedView) }, 200);
    },
  );
}
