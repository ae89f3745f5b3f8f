// The staff's API, below /v1/backoffice/{regroupement}/links: matches that wait for a yes or a no, and the links that
// stand, which staff undo when the person on file calls.
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { type Decision, decideLink, pendingLinks } from '../certificates/links/link-requests.ts';
import { openedLinks, undoLinkByStaff } from '../certificates/links/link-undo.ts';
import type { Deps } from '../deps.ts';
import { describe, validate } from '../http/validate.ts';
import { nextOf } from '../next-page.ts';
import { actor, type StaffEnv, staffGuard } from './permission.ts';
import { After, Id, LinkSearch, Next, OpenedLink, PendingLink } from './schemas.ts';

const tags: [string] = ['backoffice'];
const decided = (decision: Decision) => ({
  status: 200,
  description: 'Decided; the same again changes nothing',
  schema: z.object({ decision: z.literal(decision) }),
});

export function staffLinkRoutes(deps: Deps) {
  const decide = async (c: Context<StaffEnv>, id: string, decision: Decision) =>
    decideLink(deps, c.get('regroupement').id, id, decision, actor(c));

  return new Hono<StaffEnv>()
    .get(
      '/links',
      describe({
        summary: 'Requests to link a file to an account, oldest first',
        tags,
        staff: true,
        ok: {
          status: 200,
          description: 'The list',
          schema: z.object({ requests: z.array(PendingLink), next: Next }),
        },
        problems: ['forbidden', 'too-many-requests'],
      }),
      staffGuard(deps, 'links'),
      validate('query', z.object({ after: After })),
      async (c) => {
        const requests = await pendingLinks(deps, c.get('regroupement').id, c.req.valid('query').after);
        return c.json({ requests, ...nextOf(requests) }, 200);
      },
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
      staffGuard(deps, 'links'),
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
      staffGuard(deps, 'links'),
      validate('param', Id),
      async (c) => {
        await decide(c, c.req.valid('param').id, 'refused');
        return c.json({ decision: 'refused' as const }, 200);
      },
    )
    .post(
      // Asked for in a body: addresses stand in logs, and the number is hers (I9).
      '/links/search',
      describe({
        summary: 'The links that are open to a certificate, oldest first',
        tags,
        staff: true,
        ok: {
          status: 200,
          description: 'The list',
          schema: z.object({ links: z.array(OpenedLink), next: Next }),
        },
        problems: ['forbidden', 'too-many-requests'],
      }),
      staffGuard(deps, 'links'),
      validate('query', z.object({ after: After })),
      validate('json', LinkSearch),
      async (c) => {
        const { after } = c.req.valid('query');
        const links = await openedLinks(deps, c.get('regroupement').id, c.req.valid('json'), after);
        return c.json({ links, ...nextOf(links) }, 200);
      },
    )
    .post(
      '/links/:id/undo',
      describe({
        summary: 'Close the certificate to the account, which cannot link it again by itself; once',
        tags,
        staff: true,
        ok: { status: 200, description: 'Undone', schema: z.object({ undone: z.literal(true) }) },
        problems: ['forbidden', 'not-found', 'too-many-requests'],
      }),
      staffGuard(deps, 'links'),
      validate('param', Id),
      async (c) => {
        await undoLinkByStaff(deps, c.get('regroupement').id, c.req.valid('param').id, actor(c));
        return c.json({ undone: true as const }, 200);
      },
    );
}
