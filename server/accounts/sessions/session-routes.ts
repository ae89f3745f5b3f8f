// Signing in, renewing a session, signing out (S13).
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { email, password, token } from '../../fields.ts';
import { describe, validate } from '../../http/validate.ts';
import type { TenantEnv } from '../../regroupements/tenant.ts';
import { browserName } from './browser-name.ts';
import { type Call, readProof } from './dpop.ts';
import { endSession, type NewBrowser, refreshSession, Tokens } from './sessions.ts';
import { signIn } from './sign-in.ts';
import { signedIn } from './signed-in.ts';

const SignIn = z.strictObject({ email, password });
const Refresh = z.strictObject({ refreshToken: token });

const tags: [string] = ['accounts'];
/** The answer of every route that opens a session. */
export const opened = { status: 201, description: 'A session was opened', schema: Tokens };

/** The browser that opens a session, by the proof of its key. Throws as `readProof`. */
export async function browserOf(deps: Deps, c: Call): Promise<NewBrowser> {
  return { ...(await readProof(deps, c)), name: browserName(c.req.header('User-Agent')) };
}

export function sessionRoutes(deps: Deps) {
  return new Hono<TenantEnv>()
    .post(
      '/sessions',
      describe({
        summary: 'Sign in',
        tags,
        ok: opened,
        problems: ['dpop-nonce', 'dpop-invalid', 'sign-in-failed', 'too-many-requests', 'busy'],
      }),
      validate('json', SignIn),
      async (c) => {
        const given = c.req.valid('json');
        const browser = await browserOf(deps, c);
        return c.json(await signIn(deps, c.get('regroupement'), given, c.get('clientAddress'), browser), 201);
      },
    )
    .post(
      '/sessions/refresh',
      describe({
        summary: 'Change a refresh token for a new one and a new access token',
        tags,
        ok: { status: 200, description: 'The session goes on', schema: Tokens },
        problems: ['dpop-nonce', 'dpop-invalid', 'session-ended', 'too-many-requests'],
      }),
      validate('json', Refresh),
      async (c) => {
        const proof = await readProof(deps, c);
        const { refreshToken } = c.req.valid('json');
        return c.json(
          await refreshSession(deps, c.get('regroupement'), refreshToken, proof, c.get('clientAddress')),
          200,
        );
      },
    )
    .delete(
      '/sessions/current',
      describe({
        summary: 'Sign out',
        tags,
        ok: { status: 204, description: 'Signed out' },
        signedIn: true,
      }),
      signedIn(deps),
      async (c) => {
        await endSession(deps, c.get('session'), 'signed-out');
        return c.body(null, 204);
      },
    );
}
