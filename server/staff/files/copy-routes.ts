// The staff's API, /v1/backoffice/{regroupement}/holders/{id}/copy: what is held on somebody on file, to be handed to her when she
// asks for it (P-39.1, s. 27). Whoever asks for the copy has made sure that it is she.
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { describe, validate } from '../../http/validate.ts';
import { limited } from '../../limits.ts';
import { Problem } from '../../problems/problem.ts';
import { securityEvent } from '../../security-log.ts';
import { actor, type StaffEnv, staffGuard } from '../permission.ts';
import { Id } from '../schemas.ts';

/** Each copy is on the record, which only grows. */
const COPIES = { burst: 60, periodMs: 3_600_000 };
const NAME = { 'fr-CA': 'renseignements', 'en-CA': 'information' } as const;

export function holderCopyRoutes(deps: Deps) {
  return new Hono<StaffEnv>().get(
    '/holders/:id/copy',
    describe({
      summary:
        'All that is held on somebody on file, in her language: a page to read or print, or JSON. Noted in the security log',
      tags: ['backoffice'],
      staff: true,
      ok: { status: 200, description: 'The copy, as a file', media: 'text/html' },
      problems: ['forbidden', 'not-found', 'too-many-requests'],
    }),
    staffGuard(deps, 'read'),
    validate('param', Id),
    validate('query', z.object({ format: z.enum(['html', 'json']).default('html') })),
    async (c) => {
      const { id } = c.req.valid('param');
      const { format } = c.req.valid('query');
      const regroupement = c.get('regroupement');
      const { rows } = await deps.db.execute<{ lang: 'fr-CA' | 'en-CA' }>(
        'SELECT lang FROM holders WHERE regroupement_id = ? AND id = ?',
        [regroupement.id, id],
      );
      const [holder] = rows;
      if (holder === undefined) throw new Problem('not-found');
      await limited(deps, [[`copy:${actor(c)}`, COPIES]]);
      await deps.db.batch([
        securityEvent(deps, regroupement.id, 'data-exported', null, { holder: id, by: actor(c) }),
      ]);
      const [{ holderData }, { EXPORT_POLICY, exportPage }] = await Promise.all([
        import('../../privacy/export.ts'),
        import('../../privacy/export-page.ts'),
      ]);
      const data = await holderData(deps, regroupement, id);
      c.header('Cache-Control', 'private, no-store');
      c.header('Content-Disposition', `attachment; filename="${NAME[holder.lang]}.${format}"`);
      if (format === 'json') return c.json(data, 200);
      c.header('Content-Security-Policy', EXPORT_POLICY);
      return c.html(exportPage(data, holder.lang), 200);
    },
  );
}
