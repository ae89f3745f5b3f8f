// The staff's API, below /v1/backoffice/{regroupement}/invoices/{id}/plan: the instalments by which an invoice is paid off. Seen before
// it is made; made, changed and ended from a state that is named.
import { Hono } from 'hono';
import { z } from 'zod';
import { PlannedInstalments, PlanRequest } from '../../certificates/schemas.ts';
import type { Deps } from '../../deps.ts';
import { token } from '../../fields.ts';
import { describe, validate } from '../../http/validate.ts';
import { endPlan, makePlan, previewPlan } from '../../instalments/plans.ts';
import { MOST_DATES } from '../../ledger/plans/rule.ts';
import { actor, type StaffEnv, staffGuard } from '../permission.ts';
import { Id, IdempotencyKey, IfMatch, versionIn } from '../schemas.ts';
import { InvoiceInFull, inFull } from './invoice-in-full.ts';

const tags: [string] = ['backoffice'];
const PreviewRequest = z
  .union([PlanRequest, z.strictObject({ dates: z.int().min(2).max(MOST_DATES).describe('of equal parts') })])
  .meta({ ref: 'PlanPreviewRequest' });
const Preview = z
  .object({
    instalments: PlannedInstalments,
    balanceCents: z.int(),
    minimumCents: z.int().describe('the least that each may be'),
    lastOn: z.string().describe('the last day that one may have'),
  })
  .meta({ ref: 'PlanPreview' });
const NOT_HERE = [
  'forbidden',
  'not-found',
  'plan-not-offered',
  'nothing-to-pay',
  'invoice-cancelled',
  'too-many-requests',
] as const;

export function planRoutes(deps: Deps) {
  return new Hono<StaffEnv>()
    .post(
      '/invoices/:id/plan/preview',
      describe({
        summary: 'A plan of instalments as it would be: as given, or of so many equal parts; nothing is made',
        tags,
        staff: true,
        ok: { status: 200, description: 'The plan', schema: z.object({ preview: Preview }) },
        problems: NOT_HERE,
      }),
      staffGuard(deps, 'invoice'),
      validate('param', Id),
      validate('json', PreviewRequest),
      async (c) => {
        const { id } = c.req.valid('param');
        const preview = await previewPlan(deps, c.get('regroupement'), id, c.req.valid('json'));
        return c.json({ preview }, 200);
      },
    )
    .post(
      '/invoices/:id/plan',
      describe({
        summary:
          'Make a plan of instalments, in the place of the one there is, once a key; nothing is charged by it',
        tags,
        staff: true,
        ok: { status: 201, description: 'The invoice, the plan among its plans', schema: InvoiceInFull },
        problems: [
          ...NOT_HERE,
          'version-needed',
          'changed-meanwhile',
          'payment-in-progress',
          'payment-disputed',
          'idempotency-mismatch',
          'busy',
        ],
      }),
      staffGuard(deps, 'invoice'),
      validate('param', Id),
      validate('header', IdempotencyKey.extend(IfMatch.shape)),
      validate('json', PlanRequest),
      async (c) => {
        const regroupement = c.get('regroupement');
        const { id } = c.req.valid('param');
        const header = c.req.valid('header');
        await makePlan(deps, regroupement, id, {
          ...c.req.valid('json'),
          ...{ version: versionIn(header), by: actor(c), idempotencyKey: header['idempotency-key'] },
        });
        return c.json(await inFull(deps, regroupement.id, id), 201);
      },
    )
    .post(
      '/invoices/:id/plan/cancel',
      describe({
        summary: 'End a plan of instalments: the invoice is due as it says; the same one again stays ended',
        tags,
        staff: true,
        ok: { status: 200, description: 'The invoice', schema: InvoiceInFull },
        problems: ['forbidden', 'not-found', 'version-needed', 'changed-meanwhile', 'too-many-requests'],
      }),
      staffGuard(deps, 'invoice'),
      validate('param', Id),
      validate('header', IfMatch),
      validate('json', z.strictObject({ planId: token })),
      async (c) => {
        const regroupementId = c.get('regroupement').id;
        const { id } = c.req.valid('param');
        await endPlan(deps, regroupementId, id, {
          ...c.req.valid('json'),
          ...{ version: versionIn(c.req.valid('header')), by: actor(c) },
        });
        return c.json(await inFull(deps, regroupementId, id), 200);
      },
    );
}
