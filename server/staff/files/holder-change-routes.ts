// The staff's API, below /v1/backoffice/{regroupement}/holders/{id}: editing a file, what was done to it, the e-mails about it,
// and « voir comme la RSG », which shows and does nothing.
import { Hono } from 'hono';
import { z } from 'zod';
import { certificateView } from '../../certificates/certificates.ts';
import { taxStepOf } from '../../certificates/quote.ts';
import * as shown from '../../certificates/schemas.ts';
import type { Deps } from '../../deps.ts';
import { email, lang, MOST_INVOICES, optionalLine, token } from '../../fields.ts';
import { describe, validate } from '../../http/validate.ts';
import { quoteOf } from '../../ledger/quote.ts';
import { Payment } from '../../payments/schemas.ts';
import { Profile, profileOf } from '../../regroupements/profile.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';
import { actor, type StaffEnv, staffGuard } from '../permission.ts';
import { Act, Id, IfMatch, versionIn } from '../schemas.ts';
import { actView } from '../views.ts';
import { changeHolder, editable, versionOf } from './holder-changes.ts';
import { type HolderFile, holderFile } from './holder-file.ts';
import { holderHistory } from './holder-past.ts';
import { addressesOf, Messages, messagesOf, waitingFor } from './holder-views.ts';

const tags: [string] = ['backoffice'];
const name = optionalLine(200);
const Changes = z.strictObject({
  firstName: name.optional(),
  lastName: name.optional(),
  usualName: name.optional(),
  email: email.nullable().optional().describe('null: none is known'),
  lang: lang.optional(),
  officeId: token.nullable().optional().describe('of a coordinating office; null: none'),
});
const Version = z.object({ version: z.string() });
const AsSeen = z
  .object({
    reached: z.boolean().describe('an account reaches the file; false: nobody sees this'),
    certificates: z.array(shown.Certificate),
    quotes: z
      .array(z.object({ invoiceId: z.string(), onlineFeeCents: z.int(), totalCents: z.int() }))
      .describe('of each invoice that she could pay now, what paying it online comes to'),
    prices: z
      .array(z.object({ certificateId: z.string().nullable(), quote: shown.Quote }))
      .describe(
        'what paying all that can be paid now comes to, of each certificate and (null) of all of them',
      ),
    open: Payment.nullable().describe(
      'the newest payment for the file that waits for its payer, or for PayPal',
    ),
    profile: Profile,
  })
  .meta({ ref: 'AsSeen' });

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
        const version = versionIn(c.req.valid('header'));
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
        summary: '«\u00a0Voir comme la RSG\u00a0»: what she sees, to be shown and nothing else',
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
        const open = await waitingFor(deps, regroupement.id, file.id);
        return c.json({ ...asSeen(deps, regroupement, file), open }, 200);
      },
    )
    .get(
      '/holders/:id/history',
      describe({
        summary: 'What staff and programs did to a file, newest first',
        tags,
        staff: true,
        ok: { status: 200, description: 'The acts', schema: z.object({ acts: z.array(Act) }) },
        problems: ['forbidden', 'not-found', 'too-many-requests'],
      }),
      staffGuard(deps, 'read'),
      validate('param', Id),
      async (c) => {
        const { id } = c.get('regroupement');
        const { id: holderId } = c.req.valid('param');
        const acts = await holderHistory(
          deps,
          id,
          holderId,
          addressesOf(await holderFile(deps, id, holderId), ['email', 'link', 'undone']),
        );
        return c.json({ acts: acts.map(actView) }, 200);
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
        const file = await holderFile(deps, id, c.req.valid('param').id);
        return c.json({ messages: await messagesOf(deps, id, file) }, 200);
      },
    );
}

/** As an account sees it that reaches the whole file. */
function asSeen(
  deps: Deps,
  regroupement: Regroupement,
  file: HolderFile,
): Omit<z.infer<typeof AsSeen>, 'open'> {
  const { firstName, lastName } = file;
  const invoices = file.certificates.flatMap((certificate) => certificate.invoices);
  const payable = invoices
    .filter((invoice) => invoice.payable && invoice.heldBy === null)
    .toSorted((a, b) => a.dueOn.localeCompare(b.dueOn));
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
    prices: [null, ...file.certificates.map(({ id }) => id)].flatMap((certificateId) => {
      const among = payable.filter((one) => certificateId === null || one.certificateId === certificateId);
      if (among.length === 0) return [];
      const { invoices: paid, ...sums } = quoteOf(regroupement, among.slice(0, MOST_INVOICES));
      const taxStep = taxStepOf(deps, regroupement, paid);
      const quote = {
        ...sums,
        invoices: paid.map(shown.invoiceView),
        ...(taxStep === null ? {} : { taxStep }),
      };
      return [{ certificateId, quote }];
    }),
    profile: profileOf(deps, regroupement),
  };
}
