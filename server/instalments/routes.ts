// HTTP of plans of instalments, for whoever pays: she agrees to one, and pays each by the ordinary part payment.
import { Hono } from 'hono';
import { z } from 'zod';
import { signedIn } from '../accounts/sessions/signed-in.ts';
import { payableInvoices } from '../certificates/access.ts';
import { Invoice, invoiceView, PayersPlanRequest } from '../certificates/schemas.ts';
import type { Deps } from '../deps.ts';
import { token } from '../fields.ts';
import { describe, validate } from '../http/validate.ts';
import { Problem } from '../problems/problem.ts';
import type { TenantEnv } from '../regroupements/tenant.ts';
import { agreeToPlan } from './plans.ts';

const IdempotencyKey = z.object({ 'idempotency-key': z.string().regex(/^[\x21-\x7e]{8,128}$/, 'invalid') });

export function instalmentsRoutes(deps: Deps) {
  return new Hono<TenantEnv>().post(
    '/invoices/:id/plan',
    describe({
      summary: 'Agree to pay an invoice in instalments, once a key; nothing is charged by it',
      tags: ['certificates'],
      ok: {
        status: 201,
        description: 'The invoice, with its plan',
        schema: z.object({ invoice: Invoice }),
      },
      problems: [
        'not-found',
        'plan-not-offered',
        'plan-exists',
        'nothing-to-pay',
        'invoice-cancelled',
        'payment-in-progress',
        'idempotency-mismatch',
        'busy',
      ],
      signedIn: true,
    }),
    signedIn(deps),
    validate('param', z.object({ id: token })),
    validate('header', IdempotencyKey),
    validate('json', PayersPlanRequest),
    async (c) => {
      const regroupement = c.get('regroupement');
      const { accountId } = c.get('session');
      const { id } = c.req.valid('param');
      await agreeToPlan(deps, { regroupement, accountId }, id, {
        ...c.req.valid('json'),
        idempotencyKey: c.req.valid('header')['idempotency-key'],
      });
      const [invoice] = await payableInvoices(deps, { regroupementId: regroupement.id, accountId }, [id]);
      if (invoice === undefined) throw new Problem('not-found');
      const { level: _, ...shown } = invoice;
      return c.json({ invoice: invoiceView(shown) }, 201);
    },
  );
}
