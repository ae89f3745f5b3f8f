// What a signed-in person sees and changes of her own account. Whatever could take it from her asks for her password.
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { email, lang, line, password, token } from '../fields.ts';
import { describe, validate } from '../http/validate.ts';
import { Problem } from '../problems/problem.ts';
import { changeMe, Me, readMe } from './accounts.ts';
import { requestEmailChange } from './email-changes.ts';
import { Sent } from './emailed-link-routes.ts';
import { changePassword } from './passwords/password-changes.ts';
import { newPassword } from './passwords/password-rules.ts';
import { endMyOthers, endOneOfMine, OpenSession, openSessions } from './sessions/my-sessions.ts';
import { type SignedInEnv, signedIn } from './sessions/signed-in.ts';

const MeChange = z
  .strictObject({ name: line(120).optional(), lang: lang.optional() })
  .refine((change) => change.name !== undefined || change.lang !== undefined, 'required');
const PasswordChange = z.strictObject({ currentPassword: password, password: newPassword });
const EmailChange = z.strictObject({ email, password });
const Sessions = z.object({ sessions: z.array(OpenSession) });

const tags: [string] = ['account'];
const account = { status: 200, description: 'The account', schema: Me };

export function meRoutes(deps: Deps) {
  const me = async (session: { regroupementId: string; accountId: string }): Promise<Me> => {
    const found = await readMe(deps, session.regroupementId, session.accountId);
    if (found === undefined) throw new Problem('unauthenticated'); // erased since signedIn let her in
    return found;
  };
  return new Hono<SignedInEnv>()
    .get(
      '/me',
      describe({ summary: 'Who is signed in', tags, ok: account, signedIn: true }),
      signedIn(deps),
      async (c) => c.json(await me(c.get('session')), 200),
    )
    .patch(
      '/me',
      describe({
        summary: 'Correct the name, choose the language of e-mails and screens',
        tags,
        ok: account,
        signedIn: true,
      }),
      signedIn(deps),
      validate('json', MeChange),
      async (c) => {
        const { regroupementId, accountId } = c.get('session');
        await changeMe(deps, regroupementId, accountId, c.req.valid('json'));
        return c.json(await me(c.get('session')), 200);
      },
    )
    .post(
      '/me/password',
      describe({
        summary: 'Change the password; every other session ends',
        tags,
        ok: { status: 204, description: 'Changed' },
        problems: ['password-wrong', 'too-many-requests', 'busy'],
        signedIn: true,
      }),
      signedIn(deps),
      validate('json', PasswordChange),
      async (c) => {
        const given = c.req.valid('json');
        await changePassword(deps, c.get('regroupement'), c.get('session'), given, c.get('clientAddress'));
        return c.body(null, 204);
      },
    )
    .post(
      '/me/email',
      describe({
        summary: 'Ask for another e-mail: a link goes to it',
        tags,
        ok: { status: 202, description: 'The same, whoever has that e-mail', schema: Sent },
        problems: ['password-wrong', 'too-many-requests', 'busy'],
        signedIn: true,
      }),
      signedIn(deps),
      validate('json', EmailChange),
      async (c) => {
        const given = c.req.valid('json');
        await requestEmailChange(
          deps,
          c.get('regroupement'),
          c.get('session'),
          given,
          c.get('clientAddress'),
        );
        return c.json({ email: 'sent' as const }, 202);
      },
    )
    .get(
      '/me/sessions',
      describe({
        summary: 'Where she is signed in',
        tags,
        ok: { status: 200, description: 'The open sessions, the one that asks first', schema: Sessions },
        signedIn: true,
      }),
      signedIn(deps),
      async (c) => c.json({ sessions: await openSessions(deps, c.get('session')) }, 200),
    )
    .delete(
      '/me/sessions',
      describe({
        summary: 'Sign out everywhere else',
        tags,
        ok: { status: 204, description: 'Every other session has ended' },
        signedIn: true,
      }),
      signedIn(deps),
      async (c) => {
        await endMyOthers(deps, c.get('session'));
        return c.body(null, 204);
      },
    )
    .delete(
      '/me/sessions/:id',
      describe({
        summary: 'Sign out of one other browser',
        tags,
        ok: { status: 204, description: 'That session has ended' },
        problems: ['not-found'],
        signedIn: true,
      }),
      signedIn(deps),
      validate('param', z.object({ id: token })),
      async (c) => {
        await endOneOfMine(deps, c.get('session'), c.req.valid('param').id);
        return c.body(null, 204);
      },
    );
}
