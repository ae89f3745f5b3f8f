// /v1/staff/sessions: signing in, confirming who she is, renewing, signing out.
import { Hono } from 'hono';
import { z } from 'zod';
import { readProof } from '../../accounts/sessions/dpop.ts';
import { browserOf } from '../../accounts/sessions/session-routes.ts';
import type { Deps } from '../../deps.ts';
import { email, password, token } from '../../fields.ts';
import type { BaseEnv } from '../../http/context.ts';
import { describe, validate } from '../../http/validate.ts';
import { Problem } from '../../problems/problem.ts';
import { type SignedInStaffEnv, staffSignedIn } from '../signed-in.ts';
import { PasskeyProof, passkeyOwner, passkeyRequest } from './passkeys.ts';
import { confirmFresh, endStaffSession, FRESH_MS, refreshStaffSession, StaffTokens } from './sessions.ts';
import { codeFits, signInByPasskey, signInByPassword, tryPasskeyRequest } from './sign-in.ts';

export const tags: [string] = ['staff'];
/** Six digits of her app, or a recovery code. */
export const code = z.string().trim().min(6, 'too-short').max(40, 'too-long');
const shared = z.boolean().default(false).describe('a computer that others use: the session ends sooner');
const Options = z.object({ options: z.record(z.string(), z.unknown()) });
export const passkeyOptions = (summary: string) => ({
  summary,
  tags,
  ok: { status: 200, description: 'What the browser’s authenticator is asked', schema: Options },
});
/** WebAuthn's own JSON, whose types know no index. */
export const asJson = (options: object) => ({ options: { ...options } as Record<string, unknown> });

const SignIn = z.union([
  z.strictObject({ email, password, code, shared }),
  z.strictObject({ passkey: PasskeyProof, shared }),
]);
const Confirmation = z.union([z.strictObject({ code }), z.strictObject({ passkey: PasskeyProof })]);
const Confirmed = z.object({ freshFor: z.int().describe('seconds') });

export function staffSessionRoutes(deps: Deps) {
  return new Hono<BaseEnv>()
    .post(
      '/sessions/options',
      describe({ ...passkeyOptions('What a passkey signs to sign in'), problems: ['too-many-requests'] }),
      async (c) => {
        await tryPasskeyRequest(deps, c.get('clientAddress'));
        return c.json(asJson(await passkeyRequest(deps, null)), 200);
      },
    )
    .post(
      '/sessions',
      describe({
        summary: 'Sign in by a passkey, or by password and code',
        tags,
        ok: { status: 201, description: 'A session was opened', schema: StaffTokens },
        problems: ['dpop-nonce', 'dpop-invalid', 'sign-in-failed', 'too-many-requests', 'busy'],
      }),
      validate('json', SignIn),
      async (c) => {
        const given = c.req.valid('json');
        const browser = await browserOf(deps, c);
        const address = c.get('clientAddress');
        return c.json(
          'passkey' in given
            ? await signInByPasskey(deps, given, address, browser)
            : await signInByPassword(deps, given, address, browser),
          201,
        );
      },
    )
    .post(
      '/sessions/refresh',
      describe({
        summary: 'Change a refresh token for a new one and a new access token',
        tags,
        ok: { status: 200, description: 'The session goes on', schema: StaffTokens },
        problems: ['dpop-nonce', 'dpop-invalid', 'session-ended', 'too-many-requests'],
      }),
      validate('json', z.strictObject({ refreshToken: token })),
      async (c) => {
        const proof = await readProof(deps, c);
        const { refreshToken } = c.req.valid('json');
        return c.json(await refreshStaffSession(deps, refreshToken, proof, c.get('clientAddress')), 200);
      },
    );
}

/** Of who is signed in already. */
export function currentSessionRoutes(deps: Deps) {
  return new Hono<SignedInStaffEnv>()
    .delete(
      '/sessions/current',
      describe({ summary: 'Sign out', tags, ok: { status: 204, description: 'Signed out' }, staff: true }),
      staffSignedIn(deps, 'any'),
      async (c) => {
        const { staffId, sessionId } = c.get('staff');
        await endStaffSession(deps, staffId, sessionId, 'signed-out');
        return c.body(null, 204);
      },
    )
    .post(
      '/sessions/current/confirmation/options',
      describe({ ...passkeyOptions('What a passkey signs to confirm who she is'), staff: true }),
      staffSignedIn(deps, 'work'),
      async (c) => c.json(asJson(await passkeyRequest(deps, c.get('staff').staffId)), 200),
    )
    .post(
      '/sessions/current/confirmation',
      describe({
        summary: 'Prove the second factor, for what asks for it to be fresh',
        tags,
        ok: { status: 200, description: 'It is fresh', schema: Confirmed },
        staff: true,
        problems: ['code-wrong', 'too-many-requests'],
      }),
      staffSignedIn(deps, 'work'),
      validate('json', Confirmation),
      async (c) => {
        const given = c.req.valid('json');
        const session = c.get('staff');
        const proven =
          'passkey' in given
            ? (await passkeyOwner(deps, given.passkey, session.staffId)) !== undefined
            : await codeFits(deps, session.staffId, given.code);
        if (!proven) throw new Problem('code-wrong');
        await confirmFresh(deps, session);
        return c.json({ freshFor: FRESH_MS / 1000 }, 200);
      },
    );
}
