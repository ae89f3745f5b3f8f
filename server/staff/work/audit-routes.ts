// The staff's API, GET /v1/backoffice/{regroupement}/audit: the journal of acts, for the regroupement's owners.
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { describe, validate } from '../../http/validate.ts';
import { actsWhere } from '../../operations/audit-log.ts';
import { type StaffEnv, staffGuard } from '../permission.ts';
import { Act } from '../schemas.ts';
import { actView } from '../views.ts';

const Journal = z.object({
  acts: z.array(Act),
  next: z.int().optional().describe('When there may be more: what `after` is for the next page'),
});

export function auditRoutes(deps: Deps) {
  return new Hono<StaffEnv>().get(
    '/audit',
    describe({
      summary: 'Who did what, newest first, with the state before and after',
      tags: ['backoffice'],
      staff: true,
      ok: { status: 200, description: 'The acts', schema: Journal },
      problems: ['forbidden', 'too-many-requests'],
    }),
    staffGuard(deps, 'audit'),
    validate(
      'query',
      z.object({
        after: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
        limit: z.coerce.number().int().min(1).max(200).default(100),
      }),
    ),
    async (c) => {
      const { after = Number.MAX_SAFE_INTEGER, limit } = c.req.valid('query');
      const acts = await actsWhere(
        deps,
        { sql: 'a.regroupement_id = ? AND a.seq < ?', args: [c.get('regroupement').id, after] },
        { newestFirst: true, limit },
      );
      const last = acts.at(-1);
      const next = last === undefined || acts.length < limit ? {} : { next: last.seq };
      return c.json({ acts: acts.map(actView), ...next }, 200);
    },
  );
}
