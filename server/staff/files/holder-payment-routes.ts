// The staff's API, GET /v1/backoffice/{regroupement}/holders/{id}/payments: what came in for a file, through PayPal and otherwise.
import { Hono } from 'hono';
import type { Deps } from '../../deps.ts';
import { describe, validate } from '../../http/validate.ts';
import { type StaffEnv, staffGuard } from '../permission.ts';
import { Id } from '../schemas.ts';
import { editable } from './holder-changes.ts';
import { CameIn, cameIn } from './holder-views.ts';

export function holderPaymentRoutes(deps: Deps) {
  return new Hono<StaffEnv>().get(
    '/holders/:id/payments',
    describe({
      summary: 'What came in for a file, through PayPal and otherwise, newest first',
      tags: ['backoffice'],
      staff: true,
      ok: { status: 200, description: 'The last thousand of each', schema: CameIn },
      problems: ['forbidden', 'not-found', 'too-many-requests'],
    }),
    staffGuard(deps, 'read'),
    validate('param', Id),
    async (c) => {
      const { id } = c.get('regroupement');
      const { id: holderId } = c.req.valid('param');
      await editable(deps, id, holderId);
      return c.json(await cameIn(deps, id, holderId), 200);
    },
  );
}
