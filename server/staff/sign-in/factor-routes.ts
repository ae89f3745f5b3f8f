// /v1/staff/factors: setting up a passkey, an app, the recovery codes; by a link that lets her, or with a fresh proof of the
// one that she has.
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { line } from '../../fields.ts';
import { describe, validate } from '../../http/validate.ts';
import { Problem } from '../../problems/problem.ts';
import { staffById } from '../people/users.ts';
import { type SignedInStaffEnv, staffSignedIn } from '../signed-in.ts';
import { confirmCodes, removePasskey, removeTotp } from './enrolment.ts';
import { addPasskey, NewPasskey, passkeyCreation } from './passkeys.ts';
import { newRecoveryCodes } from './recovery-codes.ts';
import { asJson, code, passkeyOptions, tags } from './session-routes.ts';
import { staffEvent } from './staff-events.ts';
import { confirmTotp, newTotp } from './totp.ts';

const Totp = z
  .object({ secret: z.string().describe('base32, to type'), uri: z.string().describe('for a QR code') })
  .meta({ ref: 'StaffTotp' });
const Codes = z.object({ codes: z.array(z.string()).describe('shown once') });
const Added = z.object({ added: z.literal(true) });
const added = { status: 201, description: 'It counts', schema: Added };

export function staffFactorRoutes(deps: Deps) {
  return new Hono<SignedInStaffEnv>().route('/', appAndCodeRoutes(deps)).route('/', passkeyRoutes(deps));
}

function passkeyRoutes(deps: Deps) {
  return new Hono<SignedInStaffEnv>()
    .post(
      '/factors/passkeys/options',
      describe({
        ...passkeyOptions('What the browser makes a passkey from'),
        staff: true,
        problems: ['fresh-factor-needed'],
      }),
      staffSignedIn(deps, 'factors'),
      async (c) => {
        const staff = await staffById(deps, c.get('staff').staffId);
        return c.json(asJson(await passkeyCreation(deps, staff)), 200);
      },
    )
    .post(
      '/factors/passkeys',
      describe({
        summary: 'Keep the passkey that the browser made',
        tags,
        ok: added,
        staff: true,
        problems: ['fresh-factor-needed', 'code-wrong'],
      }),
      staffSignedIn(deps, 'factors'),
      validate('json', z.strictObject({ passkey: NewPasskey, name: line(60) })),
      async (c) => {
        const { passkey, name } = c.req.valid('json');
        const { staffId } = c.get('staff');
        if (!(await addPasskey(deps, staffId, { response: passkey, name }))) throw new Problem('code-wrong');
        await deps.db.batch([staffEvent(deps, staffId, 'staff-factor-changed', { factor: 'passkey' })]);
        return c.json({ added: true as const }, 201);
      },
    )
    .delete(
      '/factors/passkeys/:id',
      describe({
        summary: 'Take a passkey away; never the last factor',
        tags,
        ok: { status: 204, description: 'Gone' },
        staff: true,
        problems: ['fresh-factor-needed', 'last-factor', 'not-found'],
      }),
      staffSignedIn(deps, 'fresh'),
      validate('param', z.object({ id: z.string().regex(/^[\w-]{1,2000}$/) })),
      async (c) => {
        await removePasskey(deps, c.get('staff').staffId, c.req.valid('param').id);
        return c.body(null, 204);
      },
    );
}

function appAndCodeRoutes(deps: Deps) {
  return new Hono<SignedInStaffEnv>()
    .post(
      '/factors/totp',
      describe({
        summary: 'A secret for an authenticator app; it counts once a code of it is typed',
        tags,
        ok: { status: 201, description: 'The secret, shown once', schema: Totp },
        staff: true,
        problems: ['fresh-factor-needed'],
      }),
      staffSignedIn(deps, 'factors'),
      async (c) => c.json(await newTotp(deps, await staffById(deps, c.get('staff').staffId)), 201),
    )
    .post(
      '/factors/totp/verify',
      describe({
        summary: 'A code of the new app',
        tags,
        ok: added,
        staff: true,
        problems: ['fresh-factor-needed', 'code-wrong'],
      }),
      staffSignedIn(deps, 'factors'),
      validate('json', z.strictObject({ code })),
      async (c) => {
        const { staffId } = c.get('staff');
        const typed = c.req.valid('json').code.replace(/\s/g, '');
        if (!(await confirmTotp(deps, staffId, typed))) throw new Problem('code-wrong');
        await deps.db.batch([staffEvent(deps, staffId, 'staff-factor-changed', { factor: 'totp' })]);
        return c.json({ added: true as const }, 201);
      },
    )
    .delete(
      '/factors/totp',
      describe({
        summary: 'Take the authenticator app away; never the last factor',
        tags,
        ok: { status: 204, description: 'Gone' },
        staff: true,
        problems: ['fresh-factor-needed', 'last-factor', 'not-found'],
      }),
      staffSignedIn(deps, 'fresh'),
      async (c) => {
        await removeTotp(deps, c.get('staff').staffId);
        return c.body(null, 204);
      },
    )
    .post(
      '/factors/codes',
      describe({
        summary: 'Ten new recovery codes; they count once one is typed back',
        tags,
        ok: { status: 201, description: 'The codes', schema: Codes },
        staff: true,
        problems: ['fresh-factor-needed'],
      }),
      staffSignedIn(deps, 'factors'),
      async (c) => c.json({ codes: await newRecoveryCodes(deps, c.get('staff').staffId) }, 201),
    )
    .post(
      '/factors/codes/verify',
      describe({
        summary: 'One of the new codes typed back; of a session that enrols, this ends the enrolment',
        tags,
        ok: added,
        staff: true,
        problems: ['fresh-factor-needed', 'factor-needed', 'code-wrong', 'link-used', 'link-invalid'],
      }),
      staffSignedIn(deps, 'factors'),
      validate('json', z.strictObject({ code })),
      async (c) => {
        await confirmCodes(deps, c.get('staff'), c.req.valid('json').code);
        return c.json({ added: true as const }, 201);
      },
    );
}
