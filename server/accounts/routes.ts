// HTTP in and out of accounts. Answers to strangers never tell whether an account exists (I3).
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { page as anyPage, email, lang, line, password, token } from '../fields.ts';
import type { TenantEnv } from '../http/context.ts';
import { describe, validate } from '../http/validate.ts';
import { checkEmailChange, checkEmailUndo, confirmEmailChange, undoEmailChange } from './email-changes.ts';
import { checkReset, completeReset, requestReset } from './passwords/password-resets.ts';
import { newPassword } from './passwords/password-rules.ts';
import { browserName } from './sessions/browser-name.ts';
import { readProof } from './sessions/dpop.ts';
import { endSession, type NewBrowser, refreshSession, Tokens } from './sessions/sessions.ts';
import { signIn } from './sessions/sign-in.ts';
import { signedIn } from './sessions/signed-in.ts';
import { activate, checkActivation, resendActivation, signUp } from './sign-up/sign-up.ts';

/** The page that the widget is on; kept only when the regroupement registered it. */
const page = anyPage.optional();
/** A random name that a browser gives to its sign-up, and tells nobody else. */
const attempt = token.optional();
export const SignUp = z.strictObject({ name: line(120), email, password: newPassword, lang, page, attempt });
export const Resend = z.strictObject({ email, lang, attempt });
export const Link = z.strictObject({ token });
export const Activation = z.strictObject({ token, password });
export const SignIn = z.strictObject({ email, password });
export const Refresh = z.strictObject({ refreshToken: token });
export const ResetRequest = z.strictObject({ email, lang, page });
export const ResetCompletion = z.strictObject({ token, password: newPassword });
const Sent = z.object({ email: z.literal('sent') });
const Valid = z.object({ state: z.literal('valid') });

const sent = { status: 202, description: 'The same, whatever was sent', schema: Sent };
const valid = { status: 200, description: 'The link can be used', schema: Valid };
const opened = { status: 201, description: 'A session was opened', schema: Tokens };
const tags: [string] = ['accounts'];

export function accountsRoutes(deps: Deps) {
  return new Hono<TenantEnv>()
    .post(
      '/accounts',
      describe({ summary: 'Sign up', tags, ok: sent, problems: ['too-many-requests', 'busy'] }),
      validate('json', SignUp),
      async (c) => {
        await signUp(deps, c.get('regroupement'), c.req.valid('json'), c.get('clientAddress'));
        return c.json({ email: 'sent' as const }, 202);
      },
    )
    .post(
      '/accounts/resend',
      describe({
        summary: 'Send the activation e-mail again, at most once a minute',
        tags,
        ok: sent,
        problems: ['too-many-requests'],
      }),
      validate('json', Resend),
      async (c) => {
        await resendActivation(deps, c.get('regroupement'), c.req.valid('json'), c.get('clientAddress'));
        return c.json({ email: 'sent' as const }, 202);
      },
    )
    .post(
      '/activations/check',
      describe({
        summary: 'Whether an activation link can be used',
        tags,
        ok: valid,
        problems: ['link-invalid', 'link-used'],
      }),
      validate('json', Link),
      async (c) => {
        await checkActivation(deps, c.get('regroupement'), c.req.valid('json').token);
        return c.json({ state: 'valid' as const }, 200);
      },
    )
    .post(
      '/activations',
      describe({
        summary: 'Activate the account with the link and its password',
        tags,
        ok: opened,
        problems: [
          'dpop-nonce',
          'dpop-invalid',
          'sign-in-failed',
          'link-invalid',
          'link-used',
          'too-many-requests',
          'busy',
        ],
      }),
      validate('json', Activation),
      async (c) => {
        const given = c.req.valid('json');
        const browser = await browserOf(deps, c);
        return c.json(
          await activate(deps, c.get('regroupement'), given, c.get('clientAddress'), browser),
          201,
        );
      },
    )
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
    )
    .post(
      '/password-resets',
      describe({ summary: 'Ask for a new password', tags, ok: sent, problems: ['too-many-requests'] }),
      validate('json', ResetRequest),
      async (c) => {
        await requestReset(deps, c.get('regroupement'), c.req.valid('json'), c.get('clientAddress'));
        return c.json({ email: 'sent' as const }, 202);
      },
    )
    .post(
      '/password-resets/check',
      describe({
        summary: 'Whether a reset link can be used',
        tags,
        ok: valid,
        problems: ['link-invalid', 'link-used'],
      }),
      validate('json', Link),
      async (c) => {
        await checkReset(deps, c.get('regroupement'), c.req.valid('json').token);
        return c.json({ state: 'valid' as const }, 200);
      },
    )
    .post(
      '/password-resets/complete',
      describe({
        summary: 'Set a new password with the link; every other session ends',
        tags,
        ok: opened,
        problems: ['dpop-nonce', 'dpop-invalid', 'link-invalid', 'link-used', 'too-many-requests', 'busy'],
      }),
      validate('json', ResetCompletion),
      async (c) => {
        const given = c.req.valid('json');
        const browser = await browserOf(deps, c);
        return c.json(
          await completeReset(deps, c.get('regroupement'), given, c.get('clientAddress'), browser),
          201,
        );
      },
    )
    .post(
      '/email-changes/check',
      describe({
        summary: 'Whether the link to a new e-mail can be used',
        tags,
        ok: valid,
        problems: ['link-invalid', 'link-used'],
      }),
      validate('json', Link),
      async (c) => {
        await checkEmailChange(deps, c.get('regroupement'), c.req.valid('json').token);
        return c.json({ state: 'valid' as const }, 200);
      },
    )
    .post(
      '/email-changes/confirm',
      describe({
        summary: 'Give the account its new e-mail, with the link and the password; every other session ends',
        tags,
        ok: opened,
        problems: [
          'dpop-nonce',
          'dpop-invalid',
          'sign-in-failed',
          'link-invalid',
          'link-used',
          'too-many-requests',
          'busy',
        ],
      }),
      validate('json', Activation),
      async (c) => {
        const given = c.req.valid('json');
        const browser = await browserOf(deps, c);
        return c.json(
          await confirmEmailChange(deps, c.get('regroupement'), given, c.get('clientAddress'), browser),
          201,
        );
      },
    )
    .post(
      '/email-changes/undo/check',
      describe({
        summary: 'Whether the old e-mail can still take the account back',
        tags,
        ok: valid,
        problems: ['link-invalid', 'link-used'],
      }),
      validate('json', Link),
      async (c) => {
        await checkEmailUndo(deps, c.get('regroupement'), c.req.valid('json').token);
        return c.json({ state: 'valid' as const }, 200);
      },
    )
    .post(
      '/email-changes/undo',
      describe({
        summary: 'Take the account back with the old e-mail and a new password; every other session ends',
        tags,
        ok: opened,
        problems: ['dpop-nonce', 'dpop-invalid', 'link-invalid', 'link-used', 'too-many-requests', 'busy'],
      }),
      validate('json', ResetCompletion),
      async (c) => {
        const given = c.req.valid('json');
        const browser = await browserOf(deps, c);
        return c.json(
          await undoEmailChange(deps, c.get('regroupement'), given, c.get('clientAddress'), browser),
          201,
        );
      },
    );
}

/** The browser that opens a session, by the proof of its key. Throws as `readProof`. */
async function browserOf(deps: Deps, c: Context<TenantEnv>): Promise<NewBrowser> {
  return { ...(await readProof(deps, c)), name: browserName(c.req.header('User-Agent')) };
}
