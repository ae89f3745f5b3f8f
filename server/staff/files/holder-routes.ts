// The staff's API, below /v1/backoffice/{regroupement}/holders: a file, and why its balance is what it is.
import { Hono } from 'hono';
import { z } from 'zod';
import * as shown from '../../certificates/schemas.ts';
import type { Deps } from '../../deps.ts';
import { lang } from '../../fields.ts';
import { describe, validate } from '../../http/validate.ts';
import { type StaffEnv, staffGuard } from '../permission.ts';
import { Id } from '../schemas.ts';
import { balanceReasons, REASONS } from './balance-reasons.ts';
import { versionOf } from './holder-changes.ts';
import { type HolderFile, holderFile } from './holder-file.ts';

const tags: [string] = ['backoffice'];
const Endorsement = z.object({
  id: z.string(),
  effectiveOn: z.string(),
  description: z.string(),
  amountCents: z.int(),
  invoiceId: z.string().nullable().describe('null: it has no invoice, and changes no balance'),
});
const Holder = z
  .object({
    id: z.string(),
    firstName: z.string(),
    lastName: z.string(),
    usualName: z.string(),
    email: z.string().nullable(),
    lang,
    status: z.string().describe('as the file says it'),
    officeId: z.string().nullable().describe('her coordinating office'),
    officeName: z.string().nullable(),
    version: z.string().describe('for If-Match, when the file is changed'),
    closed: z.boolean(),
    certificates: z.array(
      z.object({
        id: z.string(),
        number: z.string(),
        kind: z.string(),
        status: z.string(),
        closed: z.boolean(),
        periodStart: z.string(),
        periodEnd: z.string(),
        endorsements: z.array(Endorsement),
        invoices: z.array(shown.Invoice),
      }),
    ),
    accounts: z.array(
      z.object({
        name: z.string(),
        email: z.string(),
        way: z.enum(['email', 'link', 'undone', 'waits']).describe('how it reaches the file, or why not'),
        level: z.enum(['pay', 'verified']).nullable(),
        numberKey: z.string().nullable().describe('of a link: the certificate’s number without spaces'),
      }),
    ),
  })
  .meta({ ref: 'Holder' });
const Reasons = z.object({
  reasons: z
    .array(
      z.object({
        code: z.enum(REASONS),
        sentence: z.object({ 'fr-CA': z.string(), 'en-CA': z.string() }).describe('to be read aloud'),
        certificateId: z.string().nullable(),
        invoiceId: z.string().nullable(),
        endorsementId: z.string().nullable(),
      }),
    )
    .describe('the answer first; empty when something is owed that she can see and pay'),
});

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
    );
}

function fileView(file: HolderFile): z.infer<typeof Holder> {
  return {
    ...file,
    version: versionOf(file),
    certificates: file.certificates.map((one) => ({ ...one, invoices: one.invoices.map(shown.invoiceView) })),
  };
}
