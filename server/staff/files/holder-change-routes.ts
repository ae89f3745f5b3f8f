// The staff's API, below /v1/backoffice/{regroupement}/holders/{id}: editing a file, what was done to it, the e-mails about it,
// and « voir comme la RSG », which shows and does nothing.
import { Hono } from 'hono';
import { z } from 'zod';
import { certificateView } from '../../certificates/certificates.ts';
import * as shown from '../../certificates/schemas.ts';
import type { Deps } from '../../deps.ts';
import { email, lang, optionalLine, token } from '../../fields.ts';
import { describe, validate } from '../../http/validate.ts';
import { quoteOf } from '../../ledger/quote.ts';
import { Problem } from '../../problems/problem.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';
import { actor, type StaffEnv, staffGuard } from '../permission.ts';
import { Id } from '../schemas.ts';
import { changeHolder, editable, versionOf } from './holder-changes.ts';
import { type HolderFile, holderFile } from './holder-file.ts';
import { holderHistory, messagesTo } from './holder-past.ts';

const tags: [string] = ['backoffice'];
const Instant = z.iso.datetime();
const name = optionalLine(200);
const Changes = z.strictObject({
  firstName: name.optional(),
  lastName: name.optional(),
  usualName: name.optional(),
  email: email.nullable().optional().describe('null: none is known'),
  lang: lang.optional(),
  officeId: token.nullable().optional().describe('of a coordinating office; null: none'),
});
const IfMatch = z.object({
  'if-match': z
    .string()
    .max(100)
    .optional()
    .describe('the file’s `version`; without it 428, and 412 when the file has changed since'),
});
const Version = z.object({ version: z.string() });
const AsSeen = z
  .object({
    reached: z.boolean().describe('an account reaches the file; false: nobody sees this'),
    certificates: z.array(shown.Certificate),
    quotes: z
      .array(z.object({ invoiceId: z.string(), onlineFeeCents: z.int(), totalCents: z.int() }))
      .describe('of each invoice that she could pay now, what paying it online comes to'),
  })
  .meta({ ref: 'AsSeen' });
const History = z.array(
  z.object({
    at: Instant,
    actor: z.string().describe('`staff:`, `key:` or `cli:` and who, or `server`'),
    actorName: z.string().nullable(),
    act: z.string(),
    target: z.string(),
    before: z.unknown(),
    after: z.unknown(),
  }),
);
const Messages = z.array(
  z.object({
    id: z.string(),
    kind: z.string(),
    recipient: z.string(),
    state: z.enum(['waiting', 'sent', 'parked']),
    createdAt: Instant,
    sentAt: Instant.nullable(),
    why: z.string().nullable(),
  }),
);
const iso = (at: number) => new Date(at).toISOString();

export function holderChangeRoutes(deps: Deps) {
  return new Hono<StaffEnv>()
    .patch(
      '/holders/:id',
      describe({
        summary: 'Change a file, from the state that its version names',
        tags,
        staff: true,
        ok: { status: 200, description: 'Its new version', schema: Version },
        problems: ['forbidden', 'not-found', 'version-needed', 'changed-meanwhile', 'too-many-requests'],
      }),
      staffGuard(deps, 'invoice'),
      validate('param', Id),
      validate('header', IfMatch),
      validate('json', Changes),
      async (c) => {
        const version = c.req.valid('header')['if-match']?.replace(/^"|"$/g, '');
        if (version === undefined) throw new Problem('version-needed');
        const { id } = c.get('regroupement');
        const { id: holderId } = c.req.valid('param');
        const given = Object.fromEntries(
          Object.entries(c.req.valid('json')).filter(([, value]) => value !== undefined),
        );
        await changeHolder(deps, id, holderId, { ...given, version, by: actor(c) });
        return c.json({ version: versionOf(await editable(deps, id, holderId)) }, 200);
      },
    )
    .get(
      '/holders/:id/as-seen',
      describe({
        summary: '« Voir comme la RSG »: what she sees, to be shown and nothing else',
        tags,
        staff: true,
        ok: { status: 200, description: 'What she sees', schema: AsSeen },
        problems: ['forbidden', 'not-found', 'too-many-requests'],
      }),
      staffGuard(deps, 'read'),
      validate('param', Id),
      async (c) => {
        const regroupement = c.get('regroupement');
        const file = await holderFile(deps, regroupement.id, c.req.valid('param').id);
        return c.json(asSeen(regroupement, file), 200);
      },
    )
    .get(
      '/holders/:id/history',
      describe({
        summary: 'What staff and programs did to a file, newest first',
        tags,
        staff: true,
        ok: { status: 200, description: 'The acts', schema: z.object({ acts: History }) },
        problems: ['forbidden', 'not-found', 'too-many-requests'],
      }),
      staffGuard(deps, 'read'),
      validate('param', Id),
      async (c) => {
        const { id } = c.get('regroupement');
        const { id: holderId } = c.req.valid('param');
        await editable(deps, id, holderId);
        const acts = await holderHistory(deps, id, holderId);
        return c.json({ acts: acts.map((act) => ({ ...act, at: iso(act.at) })) }, 200);
      },
    )
    .get(
      '/holders/:id/messages',
      describe({
        summary: 'The e-mails to her and to the accounts that reach her file, newest first, and their fate',
        tags,
        staff: true,
        ok: { status: 200, description: 'The messages', schema: z.object({ messages: Messages }) },
        problems: ['forbidden', 'not-found', 'too-many-requests'],
      }),
      staffGuard(deps, 'read'),
      validate('param', Id),
      async (c) => {
        const { id } = c.get('regroupement');
        const { email, accounts } = await holderFile(deps, id, c.req.valid('param').id);
        const reach = accounts.filter(({ way }) => way === 'email' || way === 'link');
        const addresses = [...(email === null ? [] : [email]), ...reach.map((one) => one.email)];
        const messages = await messagesTo(deps, id, addresses);
        return c.json(
          {
            messages: messages.map(({ createdAt, sentAt, ...message }) => ({
              ...message,
              createdAt: iso(createdAt),
              sentAt: sentAt === null ? null : iso(sentAt),
            })),
          },
          200,
        );
      },
    );
}

/** As an account sees it that reaches the whole file. */
function asSeen(regroupement: Regroupement, file: HolderFile): z.infer<typeof AsSeen> {
  const { firstName, lastName } = file;
  const invoices = file.certificates.flatMap((certificate) => certificate.invoices);
  const payable = invoices.filter((invoice) => invoice.payable && invoice.heldBy === null);
  return {
    reached: file.accounts.some(({ way }) => way === 'email' || way === 'link'),
    certificates: file.certificates.map(({ endorsements, invoices, ...certificate }) =>
      certificateView(
        {
          ...{ ...certificate, firstName, lastName, level: 'verified' },
          endorsementsWithoutInvoice: endorsements.filter(({ invoiceId }) => invoiceId === null).length,
        },
        invoices,
      ),
    ),
    quotes: payable.map((invoice) => {
      const { onlineFeeCents, totalCents } = quoteOf(regroupement, [invoice]);
      return { invoiceId: invoice.id, onlineFeeCents, totalCents };
    }),
  };
}
