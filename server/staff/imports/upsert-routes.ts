// The staff's API, POST /v1/backoffice/{regroupement}/upserts: a program of the regroupement's says what it has, one object a line.
import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { stream } from 'hono/streaming';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { bodyOf } from '../../http/middleware.ts';
import { describe, documentedGuard, validate } from '../../http/validate.ts';
import { MAX_FILE_BYTES, MAX_ROWS } from '../../import/files/store.ts';
import { ImportBusy } from '../../import/lease.ts';
import type { ImportThread } from '../../import/thread.ts';
import { Problem } from '../../problems/problem.ts';
import { actor, type StaffEnv, staffGuard } from '../permission.ts';

const TYPE = 'application/x-ndjson';
const RETRY_AFTER_S = 60;
const MOST_NAMED = 100;
const flag = z.enum(['true', 'false']).default('false');

const ndjson = documentedGuard(
  {
    requestBody: {
      required: true,
      content: {
        [TYPE]: {
          schema: {
            type: 'string',
            maxLength: MAX_FILE_BYTES,
            description: `One JSON object a line, ${MAX_ROWS} at most: \`{"type":"holder","id":"D1","firstName":"Ève","lastName":"Roy"}\`, \`certificate\` (number, holder, periodStart, periodEnd), \`coordinatingOffice\` (code, name), \`invoice\` (number, certificate, issuedOn, periodStart, periodEnd, totalCents), \`endorsement\` (id, certificate, effectiveOn, amountCents); what is not said stays as it is. Each is known by its own number; in any order.`,
          },
        },
      },
    },
  },
  createMiddleware(async (c, next) => {
    const type = c.req.header('Content-Type')?.split(';')[0]?.toLowerCase() ?? '';
    if (type !== TYPE) throw new Problem('unsupported-media-type');
    await next();
  }),
);

export function upsertRoutes(deps: Deps, thread: ImportThread) {
  return new Hono<StaffEnv>().post(
    '/upserts',
    describe({
      summary:
        'Say what the regroupement’s own program has: made, changed or unchanged, a line each. Refused lines leave the others, unless atomic',
      tags: ['backoffice'],
      staff: true,
      ok: {
        status: 200,
        description: 'One JSON object a line, in the order of the lines: line, type, id, outcome, reason',
        media: TYPE,
      },
      problems: [
        'import-refused',
        'unsupported-media-type',
        'too-large',
        'forbidden',
        'too-many-requests',
        'import-at-work',
      ],
    }),
    staffGuard(deps, 'import'),
    validate('query', z.object({ atomic: flag, lang: z.enum(['fr', 'en']).default('fr') })),
    ndjson,
    bodyOf(MAX_FILE_BYTES),
    async (c) => {
      const { atomic, lang } = c.req.valid('query');
      const { outcomes, refused } = await thread
        .upsertAll({
          by: actor(c),
          regroupement: c.get('regroupement').slug,
          bytes: new Uint8Array(await c.req.arrayBuffer()),
          atomic: atomic === 'true',
          lang,
        })
        .catch((error: unknown) => {
          throw error instanceof ImportBusy
            ? new Problem('import-at-work', { retryAfter: RETRY_AFTER_S })
            : error;
        });
      if (atomic === 'true' && refused > 0)
        throw new Problem('import-refused', {
          refused: outcomes.filter(({ outcome }) => outcome === 'refused').slice(0, MOST_NAMED),
        });
      c.header('Content-Type', TYPE);
      return stream(c, async (out) => {
        for (const one of outcomes) await out.writeln(JSON.stringify(one));
      });
    },
  );
}
