// /v1/staff/invitations and /v1/staff/enrolments: what the links in the messages to a person of the staff open. Each acts on
// a click that POSTs (I4).
import { Hono } from 'hono';
import { z } from 'zod';
import { sent } from '../../accounts/emailed-link-routes.ts';
import { newPassword } from '../../accounts/passwords/password-rules.ts';
import { browserOf } from '../../accounts/sessions/session-routes.ts';
import type { Deps } from '../../deps.ts';
import { lang, line, password, token } from '../../fields.ts';
import type { BaseEnv } from '../../http/context.ts';
import { describe, validate } from '../../http/validate.ts';
import { regroupementById } from '../../regroupements/regroupements.ts';
import { ROLES } from '../roles.ts';
import { acceptInvitation, enrolByLink, joinSignedIn } from '../sign-in/enrolment.ts';
import { tags } from '../sign-in/session-routes.ts';
import { StaffTokens } from '../sign-in/sessions.ts';
import { type SignedInStaffEnv, staffSignedIn } from '../signed-in.ts';
import { askForAnother, invitationOf, isKnown } from './invitations.ts';

const Link = z.strictObject({ token });
const InvitationAnswer = z
  .object({
    slug: z.string(),
    regroupement: z.string(),
    name: z.string(),
    email: z.string(),
    role: z.enum(ROLES),
    endsOn: z.string().nullable(),
    known: z.boolean().describe('she has a second factor already: she signs in, then joins'),
  })
  .meta({ ref: 'StaffInvitation' });
const enrolling = { status: 201, description: 'A session that sets up her factors', schema: StaffTokens };

export function staffInvitationRoutes(deps: Deps) {
  return new Hono<BaseEnv>()
    .post(
      '/invitations/check',
      describe({
        summary: 'What an invitation is to; nothing is consumed',
        tags,
        ok: { status: 200, description: 'It can be used', schema: InvitationAnswer },
        problems: ['link-invalid', 'link-used'],
      }),
      validate('json', Link),
      async (c) => {
        const invitation = await invitationOf(deps, c.req.valid('json').token);
        const { slug, name: regroupement } = await regroupementById(deps, invitation.regroupementId);
        const { name, email, role, endsOn } = invitation;
        const known = await isKnown(deps, invitation);
        return c.json({ slug, regroupement, name, email, role, endsOn, known }, 200);
      },
    )
    .post(
      '/invitations/accept',
      describe({
        summary: 'Choose a name and a password; the access begins once a second factor is set up',
        tags,
        ok: enrolling,
        problems: [
          'dpop-nonce',
          'dpop-invalid',
          'link-invalid',
          'link-used',
          'sign-in-needed',
          'too-many-requests',
          'busy',
        ],
      }),
      validate('json', z.strictObject({ token, name: line(100), password: newPassword, lang })),
      async (c) => {
        const browser = await browserOf(deps, c);
        return c.json(
          await acceptInvitation(deps, c.req.valid('json'), c.get('clientAddress'), browser),
          201,
        );
      },
    )
    .post(
      '/invitations/request',
      describe({
        summary: 'Ask the owners for another invitation than this one, which cannot be used any more',
        tags,
        ok: sent,
        problems: ['too-many-requests'],
      }),
      validate('json', Link),
      async (c) => {
        await askForAnother(deps, c.req.valid('json').token, c.get('clientAddress'));
        return c.json({ email: 'sent' as const }, 202);
      },
    )
    .post(
      '/enrolments',
      describe({
        summary: 'Set up a second factor anew, with the link of a reset and the password',
        tags,
        ok: enrolling,
        problems: [
          'dpop-nonce',
          'dpop-invalid',
          'link-invalid',
          'link-used',
          'sign-in-failed',
          'too-many-requests',
          'busy',
        ],
      }),
      validate('json', z.strictObject({ token, password })),
      async (c) => c.json(await enrolByLink(deps, c.req.valid('json'), await browserOf(deps, c)), 201),
    );
}

/** Of who is signed in already. */
export function staffJoinRoutes(deps: Deps) {
  return new Hono<SignedInStaffEnv>().post(
    '/invitations/join',
    describe({
      summary: 'Gain the access that the invitation is to',
      tags,
      ok: { status: 200, description: 'She has it', schema: z.object({ joined: z.literal(true) }) },
      staff: true,
      problems: ['link-invalid', 'link-used', 'wrong-account', 'enrolment-needed'],
    }),
    staffSignedIn(deps, 'work'),
    validate('json', Link),
    async (c) => {
      await joinSignedIn(deps, c.get('staff').staffId, c.req.valid('json').token);
      return c.json({ joined: true as const }, 200);
    },
  );
}
