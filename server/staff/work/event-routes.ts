// The staff's API, GET /v1/backoffice/{regroupement}/events: what is new, for a page that polls and for a program that copies.
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { describe, validate } from '../../http/validate.ts';
import { type StaffEnv, staffGuard } from '../permission.ts';
import { EVENT_KINDS, eventsAfter, newestEvent } from './events.ts';

const Events = z.object({
  events: z.array(
    z.object({
      seq: z.int(),
      kind: z.enum(EVENT_KINDS),
      subject: z.string().describe('what it happened to, as `table:id`'),
      facts: z.record(z.string(), z.unknown()).describe('ids, numbers, cents; nothing personal'),
      at: z.iso.datetime(),
    }),
  ),
  next: z.int().describe('what `after` is the next time'),
});

export function eventRoutes(deps: Deps) {
  return new Hono<StaffEnv>().get(
    '/events',
    describe({
      summary: 'What happened after an event, in order; without one, only where to go on from',
      tags: ['backoffice'],
      staff: true,
      ok: { status: 200, description: 'The events', schema: Events },
      problems: ['forbidden', 'too-many-requests'],
    }),
    staffGuard(deps, 'read'),
    validate(
      'query',
      z.object({
        after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
        limit: z.coerce.number().int().min(1).max(200).default(100),
      }),
    ),
    async (c) => {
      const { after, limit } = c.req.valid('query');
      const { id } = c.get('regroupement');
      if (after === undefined) return c.json({ events: [], next: await newestEvent(deps, id) }, 200);
      const events = await eventsAfter(deps, id, after, limit);
      const view = events.map(({ at, kind, ...event }) => ({
        ...event,
        kind: kind as (typeof EVENT_KINDS)[number],
        at: new Date(at).toISOString(),
      }));
      return c.json({ events: view, next: events.at(-1)?.seq ?? after }, 200);
    },
  );
}
