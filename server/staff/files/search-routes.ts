// The staff's API, POST /v1/backoffice/{regroupement}/search. Asked for in a body: addresses stand in logs, and a name is
// hers (I9).
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { line } from '../../fields.ts';
import { describe, validate } from '../../http/validate.ts';
import { type StaffEnv, staffGuard } from '../permission.ts';
import { MOST, searchFiles } from './search.ts';

const Found = z.object({
  found: z.array(
    z.object({
      holderId: z.string(),
      firstName: z.string(),
      lastName: z.string(),
      usualName: z.string(),
      status: z.string(),
      closed: z.boolean(),
      certificateNumbers: z.array(z.string()).describe('newest period first'),
      balanceCents: z.int(),
    }),
  ),
  total: z.int().describe(`how many fit; ${MOST + 1}: more than ${MOST}`),
});

export function searchRoutes(deps: Deps) {
  return new Hono<StaffEnv>().post(
    '/search',
    describe({
      summary:
        'Files by a piece of a name, an e-mail, or the number of a certificate, an invoice or a payment',
      tags: ['backoffice'],
      staff: true,
      ok: { status: 200, description: 'The best twenty', schema: Found },
      problems: ['forbidden', 'too-many-requests'],
    }),
    staffGuard(deps, 'read'),
    validate('json', z.strictObject({ text: line(200) })),
    async (c) => c.json(await searchFiles(deps, c.get('regroupement').id, c.req.valid('json').text), 200),
  );
}
