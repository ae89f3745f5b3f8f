// The staff's API, below /v1/backoffice/{regroupement}/links: matches that wait for a yes or a no.
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { type Decision, decideLink, pendingLinks } from '../certificates/link-requests.ts';
import type { Deps } from '../deps.ts';
import { token } from '../http/fields.ts';
import { describe, validate } from '../http/validate.ts';
import { type StaffEnv, staffKey } from './staff-key.ts';
import { PendingLink } from './staff-schemas.ts';

const tags: [string] = ['backoffice'];
const Id = z.object({ id: token });
const decided = (decision: Decision) => ({
  status: 200,
  description: 'Decided; the same again changes nothing',
  schema: z.object({ decision: z.literal(decision) }),
});

export function staffLinkRoutes(deps: Deps) {
  const decide = async (c: Context<StaffEnv>, id: string, decision: Decision) =>
    decideLink(deps, c.get('regroupement').id, id, decision, `key:${c.get('key').id}`);

  return new Hono<StaffEnv>()
    .get(
      '/links',
      describe({
        summary: 'Requests to link a file to an account, oldest first',
        tags,
        staff: true,
        ok: { status: 200, description: 'The list', schema: z.object({ requests: z.array(PendingLink) }) },
        problems: ['forbidden', 'too-many-requests'],
      }),
      staffKey(deps, 'links'),
      async (c) => c.json({ requests: await pendingLinks(deps, c.get('regroupement').id) }, 200),
    )
    .post(
      '/links/:id/approve',
      describe({
        summary: 'Open the file to the account, and tell both',
        tags,
        staff: true,
        ok: decided('approved'),
        problems: ['forbidden', 'not-found', 'already-decided', 'too-many-requests'],
      }),
      staffKey(deps, 'links'),
      validate('param', Id),
      async (c) => {
        await decide(c, c.req.valid('param').id, 'approved');
        return c.json({ decision: 'approved' as const }, 200);
      },
    )
    .post(
      '/links/:id/refuse',
      describe({
        summary: 'Leave the file closed; she is told on the third day, as everyone who waits is',
        tags,
        staff: true,
        ok: decided('refused'),
        problems: ['forbidden', 'not-found', 'already-decided', 'too-many-requests'],
      }),
      staffKey(deps, 'links'),
      validate('param', Id),
      async (c) => {
        await decide(c, c.req.valid('param').id, 'refused');
        return c.json({ decision: 'refused' as const }, 200);
      },
    );
}
