// The staff's API, below /v1/backoffice/{regroupement}/holders: a file, and why its balance is what it is.
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { describe, validate } from '../../http/validate.ts';
import { type StaffEnv, staffGuard } from '../permission.ts';
import { Id } from '../schemas.ts';
import { balanceReasons } from './balance-reasons.ts';
import { holderFile } from './holder-file.ts';
import { CameIn, cameIn, fileView, Holder, Messages, messagesOf, Reasons } from './holder-views.ts';

const tags: [string] = ['backoffice'];
const Overview = z
  .object({
    holder: Holder,
    ...Reasons.shape,
    ...CameIn.shape,
    messages: Messages,
    instalments: z
      .object({ minimumCents: z.int() })
      .nullable()
      .describe('the smallest part of an invoice that may be paid; null: each is paid in one'),
  })
  .meta({ ref: 'HolderOverview' });

export function holderRoutes(deps: Deps) {
  return new Hono<StaffEnv>()
    .get(
      '/holders/:id',
      describe({
        summary:
          'A holder’s file: certificates, endorsements, invoices line by line, the accounts that reach it',
        tags,
        staff: true,
        ok: { status: 200, description: 'The file', schema: z.object({ holder: Holder }) },
        problems: ['forbidden', 'not-found', 'too-many-requests'],
      }),
      staffGuard(deps, 'read'),
      validate('param', Id),
      async (c) => {
        const file = await holderFile(deps, c.get('regroupement').id, c.req.valid('param').id);
        return c.json({ holder: fileView(file) }, 200);
      },
    )
    .get(
      '/holders/:id/balance-reasons',
      describe({
        summary: 'Why her balance is what it is, in sentences',
        tags,
        staff: true,
        ok: { status: 200, description: 'The reasons', schema: Reasons },
        problems: ['forbidden', 'not-found', 'too-many-requests'],
      }),
      staffGuard(deps, 'read'),
      validate('param', Id),
      async (c) => {
        const { id } = c.get('regroupement');
        const file = await holderFile(deps, id, c.req.valid('param').id);
        return c.json({ reasons: await balanceReasons(deps, id, file) }, 200);
      },
    )
    .get(
      '/holders/:id/overview',
      describe({
        summary:
          'A file whole, as the page shows it: the file, its balance’s reasons, what came in, its e-mails',
        tags,
        staff: true,
        ok: { status: 200, description: 'The file', schema: Overview },
        problems: ['forbidden', 'not-found', 'too-many-requests'],
      }),
      staffGuard(deps, 'read'),
      validate('param', Id),
      async (c) => {
        const { id, instalments: policy } = c.get('regroupement');
        const file = await holderFile(deps, id, c.req.valid('param').id);
        const [reasons, came, messages] = await Promise.all([
          balanceReasons(deps, id, file),
          cameIn(deps, id, file.id),
          messagesOf(deps, id, file),
        ]);
        const instalments = policy.kind === 'none' ? null : { minimumCents: policy.minimumCents };
        return c.json({ holder: fileView(file), reasons, ...came, messages, instalments }, 200);
      },
    );
}
