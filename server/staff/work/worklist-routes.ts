// The staff's API, below /v1/backoffice/{regroupement}/worklist: « À traiter », and who sees to what.
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { token } from '../../fields.ts';
import { describe, validate } from '../../http/validate.ts';
import { Problem } from '../../problems/problem.ts';
import { actor, type StaffEnv, staffGuard } from '../permission.ts';
import { After, Next } from '../schemas.ts';
import { WORK_KINDS } from './sources.ts';
import { assignWork, settleWork, type WorkItem, workCounts, worklist } from './worklist.ts';
import { exportedWork } from './worklist-export.ts';

const tags: [string] = ['backoffice'];
const MEDIA = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;
const FILE = { fr: 'a-traiter', en: 'to-do' } as const;
const WorkId = z.object({ id: z.string().regex(/^[a-z-]{3,40}\.[A-Za-z0-9_-]{1,128}$/, 'invalid') });
const Item = z
  .object({
    id: z.string(),
    kind: z.enum(WORK_KINDS),
    since: z.iso.datetime(),
    holderId: z.string().nullable(),
    holderName: z.string().nullable(),
    sentence: z.object({ 'fr-CA': z.string(), 'en-CA': z.string() }).describe('what is to be done'),
    facts: z.record(z.string(), z.unknown()).describe('the ids, numbers and amounts that the act needs'),
    assignedTo: z.object({ id: z.string(), name: z.string() }).nullable(),
  })
  .meta({ ref: 'WorkItem' });
const Counts = z.object(Object.fromEntries(WORK_KINDS.map((kind) => [kind, z.int()])));

export function worklistRoutes(deps: Deps) {
  return new Hono<StaffEnv>()
    .route('/', fileRoute(deps, 'csv', 'as CSV (UTF-8 with BOM, `;` in French)'))
    .route('/', fileRoute(deps, 'xlsx', 'as an Excel workbook'))
    .get(
      '/worklist',
      describe({
        summary: 'Everything that waits for a person, oldest first',
        tags,
        staff: true,
        ok: {
          status: 200,
          description: 'The list',
          schema: z.object({
            items: z.array(Item),
            counts: Counts.describe('how many wait, of each kind; 1000: or more'),
            next: Next,
          }),
        },
        problems: ['forbidden', 'too-many-requests'],
      }),
      staffGuard(deps, 'read'),
      validate(
        'query',
        z.object({
          kind: z.enum(WORK_KINDS).optional(),
          after: After,
          limit: z.coerce.number().int().min(1).max(200).default(100),
        }),
      ),
      async (c) => {
        const regroupement = c.get('regroupement');
        const { items, ...next } = await worklist(deps, regroupement, c.req.valid('query'));
        const counts = await workCounts(deps, regroupement.id);
        return c.json({ items: items.map(itemView), counts, ...next }, 200);
      },
    )
    .post(
      '/worklist/:id/assign',
      describe({
        summary: 'Say who sees to it: whoever asks, a colleague, or nobody any more',
        tags,
        staff: true,
        ok: { status: 200, description: 'The item', schema: z.object({ item: Item }) },
        problems: ['forbidden', 'not-found', 'too-many-requests'],
      }),
      staffGuard(deps, 'record'),
      validate('param', WorkId),
      validate(
        'json',
        z.strictObject({
          to: token
            .nullable()
            .optional()
            .describe('a colleague’s id; null: nobody; she herself when not given'),
        }),
      ),
      async (c) => {
        const { to = c.get('person')?.session.staffId } = c.req.valid('json');
        // A program is nobody who could see to it.
        if (to === undefined)
          throw new Problem('validation', { errors: [{ pointer: '/to', code: 'required' }] });
        const { id } = c.req.valid('param');
        const item = await assignWork(deps, c.get('regroupement'), id, to, actor(c));
        return c.json({ item: itemView(item) }, 200);
      },
    )
    .post(
      '/worklist/:id/settle',
      describe({
        summary:
          'Take off the list what no act ends: a conflict of an import, a credit, a possible duplicate',
        tags,
        staff: true,
        ok: { status: 200, description: 'It is', schema: z.object({ settled: z.literal(true) }) },
        problems: ['forbidden', 'not-found', 'not-settled-by-hand', 'too-many-requests'],
      }),
      staffGuard(deps, 'record'),
      validate('param', WorkId),
      async (c) => {
        await settleWork(deps, c.get('regroupement'), c.req.valid('param').id, actor(c));
        return c.json({ settled: true as const }, 200);
      },
    );
}

function fileRoute(deps: Deps, format: keyof typeof MEDIA, as: string) {
  return new Hono<StaffEnv>().get(
    `/worklist.${format}`,
    describe({
      summary: `Everything that waits for a person, ${as}`,
      tags,
      staff: true,
      ok: { status: 200, description: 'The file', media: MEDIA[format].split(';')[0] ?? '' },
      problems: ['forbidden', 'too-many-requests'],
    }),
    staffGuard(deps, 'read'),
    validate('query', z.object({ lang: z.enum(['fr', 'en']).default('fr') })),
    async (c) => {
      const regroupement = c.get('regroupement');
      const { lang } = c.req.valid('query');
      return c.body(await exportedWork(deps, regroupement, { format, lang }, actor(c)), 200, {
        'Content-Type': MEDIA[format],
        'Content-Disposition': `attachment; filename="${regroupement.slug}-${FILE[lang]}.${format}"`,
      });
    },
  );
}

function itemView({ since, ...item }: WorkItem): z.infer<typeof Item> {
  return { ...item, since: new Date(since).toISOString() };
}
