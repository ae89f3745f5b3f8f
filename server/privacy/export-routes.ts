// Her data by a short-lived link: to read, print or save, without the session's token but while the session lives.
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { Session } from '../accounts/sessions/access-tokens.ts';
import { sessionLives } from '../accounts/sessions/sessions.ts';
import type { Deps } from '../deps.ts';
import type { BaseEnv } from '../http/context.ts';
import { describeFile } from '../http/validate.ts';
import { limited } from '../limits.ts';
import { regroupementById } from '../regroupements/regroupements.ts';
import { securityEvent } from '../security-log.ts';
import { readLink, signLink } from '../signed-links.ts';
import { accountData } from './export.ts';
import { EXPORT_POLICY, exportExpiredPage, exportPage } from './export-page.ts';

const LIFE_S = 5 * 60;
const Opens = z.object({ sessionId: z.string(), accountId: z.string(), regroupementId: z.string() });

/** Each copy is on the record, which only grows. */
const COPIES = { burst: 30, periodMs: 3_600_000 };

/** Takes one copy of the account's data, and writes it down. Throws `too-many-requests`. */
export async function takeCopy(deps: Deps, { regroupementId, accountId }: Session): Promise<void> {
  await limited(deps, [[`export:${accountId}`, COPIES]]);
  await deps.db.batch([securityEvent(deps, regroupementId, 'data-exported', accountId)]);
}

/** Where her data can be had for the next five minutes. */
export async function exportUrls(
  deps: Pick<Deps, 'config' | 'now'>,
  { sessionId, accountId, regroupementId }: Session,
): Promise<{ htmlUrl: string; jsonUrl: string }> {
  const token = await signLink(deps, 'export', { sessionId, accountId, regroupementId }, LIFE_S);
  const url = `${deps.config.publicUrl}/v1/exports/${token}`;
  return { htmlUrl: `${url}.html`, jsonUrl: `${url}.json` };
}

/** `GET /v1/exports/{link}.html` and `.json`. */
export function exportRoutes(deps: Deps) {
  const expired = (c: Context<BaseEnv>) => c.html(exportExpiredPage(), 410);
  return new Hono<BaseEnv>().get(
    '/v1/exports/:file{[A-Za-z0-9_.-]+}',
    describeFile('Her data by its link of five minutes, as .html or .json; 410 after', 'text/html'),
    async (c) => {
      c.header('Cache-Control', 'private, no-store');
      c.header('Content-Security-Policy', EXPORT_POLICY);
      const [, link = '', kind] = /^([\w-]+\.[\w-]+\.[\w-]+)\.(html|json)$/.exec(c.req.param('file')) ?? [];
      const session = await readLink(deps, 'export', Opens, link);
      if (session === null || kind === undefined || !(await sessionLives(deps, session))) return expired(c);
      await takeCopy(deps, session);
      const data = await accountData(
        deps,
        await regroupementById(deps, session.regroupementId),
        session.accountId,
      );
      if (data === null) return expired(c);
      if (kind === 'html') return c.html(exportPage(data, data.account.lang));
      const name = data.account.lang === 'fr-CA' ? 'mes-renseignements' : 'my-information';
      c.header('Content-Disposition', `attachment; filename="${name}.json"`);
      return c.json(data);
    },
  );
}
