// /v1/staff/me: who she is, where she works, how she signs in, where she is signed in.
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { lang, token } from '../../fields.ts';
import { describe, validate } from '../../http/validate.ts';
import { Problem } from '../../problems/problem.ts';
import { ROLES } from '../roles.ts';
import { passkeysOf } from '../sign-in/passkeys.ts';
import { recoveryCodesLeft } from '../sign-in/recovery-codes.ts';
import { tags } from '../sign-in/session-routes.ts';
import {
  endStaffSession,
  FRESH_MS,
  isFresh,
  OpenStaffSession,
  openStaffSessions,
  type StaffSession,
} from '../sign-in/sessions.ts';
import { hasTotp } from '../sign-in/totp.ts';
import { type SignedInStaffEnv, staffSignedIn } from '../signed-in.ts';
import { membershipsOf } from './memberships.ts';
import { staffById } from './users.ts';

const StaffMe = z
  .object({
    name: z.string(),
    email: z.string(),
    lang,
    memberships: z.array(
      z.object({
        slug: z.string(),
        name: z.string(),
        role: z.enum(ROLES),
        mayRefund: z.boolean(),
        refundCeilingCents: z.int(),
        endsOn: z.string().nullable(),
      }),
    ),
    passkeys: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        createdAt: z.iso.datetime(),
        lastUsedAt: z.iso.datetime().nullable(),
      }),
    ),
    totp: z.boolean(),
    codesLeft: z.int(),
    enrolling: z.boolean(),
    freshFor: z.int().describe('seconds for which her second factor counts as proven just now'),
  })
  .meta({ ref: 'StaffMe' });

export function staffMeRoutes(deps: Deps) {
  return new Hono<SignedInStaffEnv>()
    .get(
      '/me',
      describe({
        summary: 'Who is signed in, and what she may open',
        tags,
        ok: { status: 200, description: 'She', schema: StaffMe },
        staff: true,
      }),
      staffSignedIn(deps, 'any'),
      async (c) => c.json(await meOf(deps, c.get('staff')), 200),
    )
    .get(
      '/me/sessions',
      describe({
        summary: 'Where she is signed in, this session first',
        tags,
        ok: {
          status: 200,
          description: 'The sessions',
          schema: z.object({ sessions: z.array(OpenStaffSession) }),
        },
        staff: true,
        problems: ['enrolment-needed'],
      }),
      staffSignedIn(deps, 'work'),
      async (c) => c.json({ sessions: await openStaffSessions(deps, c.get('staff')) }, 200),
    )
    .delete(
      '/me/sessions/:id',
      describe({
        summary: 'Sign out elsewhere',
        tags,
        ok: { status: 204, description: 'Signed out there' },
        staff: true,
        problems: ['enrolment-needed', 'not-found'],
      }),
      staffSignedIn(deps, 'work'),
      validate('param', z.object({ id: token })),
      async (c) => {
        const { staffId } = c.get('staff');
        if (!(await endStaffSession(deps, staffId, c.req.valid('param').id, 'ended-elsewhere')))
          throw new Problem('not-found');
        return c.body(null, 204);
      },
    );
}

async function meOf(deps: Deps, session: StaffSession): Promise<z.infer<typeof StaffMe>> {
  const { staffId } = session;
  const { name, email, lang } = await staffById(deps, staffId);
  const memberships = await membershipsOf(deps, staffId);
  const passkeys = await passkeysOf(deps, staffId);
  const left = isFresh(deps, session) ? FRESH_MS - (deps.now() - (session.freshAt ?? 0)) : 0;
  return {
    name,
    email,
    lang,
    memberships: memberships.map(({ slug, name, role, mayRefund, refundCeilingCents, endsOn }) => ({
      slug,
      name,
      role,
      mayRefund,
      refundCeilingCents,
      endsOn,
    })),
    passkeys: passkeys.map(({ id, name, createdAt, lastUsedAt }) => ({
      id,
      name,
      createdAt: new Date(createdAt).toISOString(),
      lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt).toISOString(),
    })),
    totp: await hasTotp(deps, staffId),
    codesLeft: await recoveryCodesLeft(deps, staffId),
    enrolling: session.enrols !== null,
    freshFor: Math.floor(left / 1000),
  };
}
