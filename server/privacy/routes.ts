// What the law gives her (Loi 25), over HTTP: a copy of what is held on her, and the end of her account.
import { Hono } from 'hono';
import { z } from 'zod';
import { provePassword } from '../accounts/passwords/password-changes.ts';
import { type SignedInEnv, signedIn } from '../accounts/sessions/signed-in.ts';
import type { Deps } from '../deps.ts';
import { password } from '../fields.ts';
import { describe, validate } from '../http/validate.ts';
import { Problem } from '../problems/problem.ts';
import { eraseAccount } from './erase.ts';
import { AccountData, accountData } from './export.ts';
import { exportUrls, takeCopy } from './export-routes.ts';

const Erasure = z.strictObject({ password });
const ExportLinks = z
  .object({ htmlUrl: z.url(), jsonUrl: z.url() })
  .describe('work for five minutes, while the session lives');

const tags: [string] = ['privacy'];

export function privacyRoutes(deps: Deps) {
  return new Hono<SignedInEnv>()
    .get(
      '/me/export',
      describe({
        summary: 'All that is held on her, and on the files proven to be hers',
        tags,
        ok: { status: 200, description: 'Her data', schema: AccountData },
        problems: ['too-many-requests'],
        signedIn: true,
      }),
      signedIn(deps),
      async (c) => {
        await takeCopy(deps, c.get('session'));
        const data = await accountData(deps, c.get('regroupement'), c.get('session').accountId);
        if (data === null) throw new Problem('unauthenticated');
        return c.json(data, 200);
      },
    )
    .post(
      '/me/export-links',
      describe({
        summary: 'Links to the same, to open in a tab or save: as a page and as JSON',
        tags,
        ok: { status: 201, description: 'The links', schema: ExportLinks },
        signedIn: true,
      }),
      signedIn(deps),
      async (c) => c.json(await exportUrls(deps, c.get('session')), 201),
    )
    .post(
      '/me/erasure',
      describe({
        summary: 'Delete the account. What the books must keep stays, without her name or e-mail',
        tags,
        ok: { status: 204, description: 'Deleted; every session has ended' },
        problems: ['password-wrong', 'account-in-use', 'too-many-requests', 'busy'],
        signedIn: true,
      }),
      signedIn(deps),
      validate('json', Erasure),
      async (c) => {
        const session = c.get('session');
        const proven = await provePassword(
          deps,
          session,
          c.req.valid('json').password,
          c.get('clientAddress'),
        );
        await eraseAccount(deps, session.regroupementId, session.accountId, {
          why: 'asked',
          provenBy: proven.passwordHash,
        });
        return c.body(null, 204);
      },
    );
}
