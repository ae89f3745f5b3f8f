// /v1/backoffice/{regroupement}/memberships and /invitations: an owner sees to who works here. Each act is told to no page of
// another site, and asks who she is again.
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { email, lang, line, token } from '../../fields.ts';
import { describe, validate } from '../../http/validate.ts';
import { MAX_CENTS } from '../../ledger/money.ts';
import { torontoDay } from '../../ledger/toronto.ts';
import { Problem } from '../../problems/problem.ts';
import { actor, type StaffEnv, staffGuard } from '../permission.ts';
import { ROLES } from '../roles.ts';
import { IfMatch, versionIn } from '../schemas.ts';
import { resetFactors } from '../sign-in/enrolment.ts';
import { invite, inviteAgain, openInvitations } from './invitations.ts';
import { changeMember, members, removeMember, versionOf } from './memberships.ts';

const tags: [string] = ['backoffice'];
const Instant = z.iso.datetime();
const Member = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    role: z.enum(ROLES),
    mayRefund: z.boolean(),
    refundCeilingCents: z.int(),
    endsOn: z.string().nullable(),
    secondFactor: z.boolean().describe('without one nothing opens to her'),
    lastSeenAt: Instant.nullable(),
    version: z.string().describe('names this state of her access, for a change of it'),
  })
  .meta({ ref: 'Member' });
const People = z.object({
  people: z.array(Member),
  invitations: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      email: z.string(),
      role: z.enum(ROLES),
      expiresAt: Instant.describe('may be over: it can be sent again'),
    }),
  ),
});
const Invite = z
  .strictObject({
    name: line(100),
    email,
    role: z.enum(ROLES),
    mayRefund: z.boolean().default(false).describe('with the role `office`'),
    endsOn: z.iso.date().nullable().default(null).describe('the last Toronto day; never an owner’s'),
    lang,
  })
  .refine(({ mayRefund, role }) => !mayRefund || role === 'office', { path: ['mayRefund'], error: 'invalid' })
  .refine(({ endsOn, role }) => endsOn === null || role !== 'owner', { path: ['endsOn'], error: 'invalid' });
const Change = z.strictObject({
  role: z.enum(ROLES).optional(),
  mayRefund: z.boolean().optional().describe('with the role `office`'),
  refundCeilingCents: z.int().min(0).max(MAX_CENTS).optional(),
  endsOn: z.iso.date().nullable().optional().describe('the last Toronto day; never an owner’s'),
});
const Invited = z.object({ id: z.string(), expiresAt: Instant });
const Person = z.object({ id: token });

export function memberRoutes(deps: Deps) {
  return new Hono<StaffEnv>()
    .get(
      '/memberships',
      describe({
        summary: 'Who works here, and which invitations wait',
        tags,
        staff: true,
        ok: { status: 200, description: 'The people', schema: People },
        problems: ['forbidden', 'fresh-factor-needed'],
      }),
      staffGuard(deps, 'vault'),
      async (c) => c.json(await peopleOf(deps, c.get('regroupement').id), 200),
    )
    .post(
      '/invitations',
      describe({
        summary: 'Invite a person by e-mail; an earlier invitation of hers ends',
        tags,
        staff: true,
        ok: { status: 201, description: 'It is on its way', schema: Invited },
        problems: ['forbidden', 'fresh-factor-needed'],
      }),
      staffGuard(deps, 'vault'),
      validate('json', Invite),
      async (c) => {
        const given = c.req.valid('json');
        if (given.endsOn !== null && given.endsOn < torontoDay(deps.now()))
          throw new Problem('validation', { errors: [{ pointer: '/endsOn', code: 'too-old' }] });
        const { id, expiresAt } = await invite(deps, c.get('regroupement').id, given, actor(c));
        return c.json({ id, expiresAt: new Date(expiresAt).toISOString() }, 201);
      },
    )
    .post(
      '/invitations/:id/resend',
      describe({
        summary: 'Send an invitation again, with a new link and another week; the former ends',
        tags,
        staff: true,
        ok: { status: 201, description: 'It is on its way', schema: Invited },
        problems: ['forbidden', 'fresh-factor-needed', 'not-found'],
      }),
      staffGuard(deps, 'vault'),
      validate('param', Person),
      async (c) => {
        const { id: former } = c.req.valid('param');
        const { id, expiresAt } = await inviteAgain(deps, c.get('regroupement').id, former, actor(c));
        return c.json({ id, expiresAt: new Date(expiresAt).toISOString() }, 201);
      },
    )
    .patch(
      '/memberships/:id',
      describe({
        summary:
          'Change a person’s role, right to refund and end date, from the state that its version names; never the last owner’s role',
        tags,
        staff: true,
        ok: { status: 204, description: 'It is so from now on' },
        problems: [
          'forbidden',
          'fresh-factor-needed',
          'not-found',
          'version-needed',
          'changed-meanwhile',
          'last-owner',
        ],
      }),
      staffGuard(deps, 'vault'),
      validate('param', Person),
      validate('header', IfMatch),
      validate('json', Change),
      async (c) => {
        const version = versionIn(c.req.valid('header'));
        const given = Object.fromEntries(
          Object.entries(c.req.valid('json')).filter(([, value]) => value !== undefined),
        );
        const { id } = c.req.valid('param');
        await changeMember(deps, c.get('regroupement').id, id, { ...given, version, by: actor(c) });
        return c.body(null, 204);
      },
    )
    .delete(
      '/memberships/:id',
      describe({
        summary: 'Take a person’s access away, at once; never the last owner’s',
        tags,
        staff: true,
        ok: { status: 204, description: 'She has none' },
        problems: ['forbidden', 'fresh-factor-needed', 'not-found', 'last-owner'],
      }),
      staffGuard(deps, 'vault'),
      validate('param', Person),
      async (c) => {
        await removeMember(deps, c.get('regroupement').id, c.req.valid('param').id, actor(c));
        return c.body(null, 204);
      },
    )
    .post(
      '/memberships/:id/factor-reset',
      describe({
        summary:
          'Erase the second factors of a person who lost them, and send her the link that sets up others',
        tags,
        staff: true,
        ok: { status: 202, description: 'The link leaves', schema: z.object({ email: z.literal('sent') }) },
        problems: ['forbidden', 'fresh-factor-needed', 'not-found', 'works-elsewhere', 'last-owner'],
      }),
      staffGuard(deps, 'vault'),
      validate('param', Person),
      async (c) => {
        const person = c.get('person')?.session.staffId ?? '';
        await resetFactors(deps, c.get('regroupement').id, c.req.valid('param').id, actor(c), person);
        return c.json({ email: 'sent' as const }, 202);
      },
    );
}

async function peopleOf(deps: Deps, regroupementId: string): Promise<z.infer<typeof People>> {
  const people = await members(deps, regroupementId);
  const invitations = await openInvitations(deps, regroupementId);
  const iso = (at: number) => new Date(at).toISOString();
  return {
    people: people.map((one) => ({
      id: one.staffId,
      name: one.name,
      email: one.email,
      role: one.role,
      mayRefund: one.mayRefund,
      refundCeilingCents: one.refundCeilingCents,
      endsOn: one.endsOn,
      secondFactor: one.enrolled,
      lastSeenAt: one.lastSeenAt === null ? null : iso(one.lastSeenAt),
      version: versionOf(one),
    })),
    invitations: invitations.map(({ expiresAt, ...one }) => ({ ...one, expiresAt: iso(expiresAt) })),
  };
}
