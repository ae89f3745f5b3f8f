// The staff's API, below /v1/backoffice/{regroupement}/imports: what was brought in, by whatever door, and undoing it.
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { token } from '../../fields.ts';
import { describe, validate } from '../../http/validate.ts';
import { ImportBusy } from '../../import/lease.ts';
import type { ImportThread } from '../../import/thread.ts';
import type { UndoReport } from '../../import/undo/report.ts';
import type { UndoRequest } from '../../import/undo/undo-import.ts';
import { undoableNo } from '../../import/undo/undoable.ts';
import { afterRow, nextOf } from '../../next-page.ts';
import { Problem } from '../../problems/problem.ts';
import { actor, type StaffEnv, staffGuard } from '../permission.ts';
import { PastImport, UndoAnswer } from './schemas.ts';

const RETRY_AFTER_S = 60;
const Id = z.object({ id: token });
const Lang = z.strictObject({ lang: z.enum(['fr', 'en']).default('fr').describe('of reasons') });

export function importListRoutes(deps: Deps, thread: ImportThread) {
  const undo = (request: UndoRequest) => undone(deps, thread, request);
  const described = (summary: string) =>
    describe({
      summary,
      tags: ['backoffice'],
      staff: true,
      ok: { status: 200, description: 'What goes back, and what is kept and why', schema: UndoAnswer },
      problems: ['not-found', 'not-undoable', 'forbidden', 'too-many-requests', 'import-at-work'],
    });
  return new Hono<StaffEnv>()
    .get(
      '/imports',
      describe({
        summary: 'Files that were imported, newest first',
        tags: ['backoffice'],
        staff: true,
        ok: {
          status: 200,
          description: 'The imports',
          schema: z.object({ imports: PastImport.array(), next: z.string().optional() }),
        },
        problems: ['forbidden', 'too-many-requests'],
      }),
      staffGuard(deps, 'read'),
      validate(
        'query',
        z.object({ after: token.optional(), limit: z.coerce.number().int().min(1).max(200).default(100) }),
      ),
      async (c) => {
        const { after, limit } = c.req.valid('query');
        const imports = await pastImports(deps, c.get('regroupement').id, after, limit);
        return c.json({ imports, ...nextOf(imports, limit) }, 200);
      },
    )
    .post(
      '/imports/:id/undo/preview',
      described('What undoing this import would do; nothing changes'),
      staffGuard(deps, 'import'),
      validate('param', Id),
      validate('json', Lang),
      async (c) =>
        c.json(
          await undo({
            by: actor(c),
            regroupementId: c.get('regroupement').id,
            importId: c.req.valid('param').id,
            dryRun: true,
            lang: c.req.valid('json').lang,
          }),
          200,
        ),
    )
    .post(
      '/imports/:id/undo',
      described(
        'Undo this import: what it made goes, what it changed goes back, unless there is money on it',
      ),
      staffGuard(deps, 'undo'),
      validate('param', Id),
      validate('json', Lang),
      async (c) =>
        c.json(
          await undo({
            by: actor(c),
            regroupementId: c.get('regroupement').id,
            importId: c.req.valid('param').id,
            lang: c.req.valid('json').lang,
          }),
          200,
        ),
    );
}

async function undone(deps: Deps, thread: ImportThread, request: UndoRequest): Promise<UndoReport> {
  // No thread is started to hear that.
  await undoableNo(deps, request);
  try {
    return await thread.undoImport({ ...request, only: true });
  } catch (error) {
    if (error instanceof ImportBusy) throw new Problem('import-at-work', { retryAfter: RETRY_AFTER_S });
    throw error;
  }
}

async function pastImports(
  deps: Deps,
  regroupementId: string,
  after: string | undefined,
  limit: number,
): Promise<z.infer<typeof PastImport>[]> {
  const from = await afterRow(deps, ['imports', 'm', 'started_at', 'newest'], regroupementId, after);
  const { rows } = await deps.db.execute<{
    id: string;
    fileName: string;
    kind: string;
    at: number;
    by: string | null;
    byName: string | null;
    rows: number;
    accepted: number;
    refused: number;
    undoable: 0 | 1;
    undoneAt: number | null;
    undone: string | null;
  }>(
    `SELECT m.id, m.file_name AS fileName, m.kind, m.merged_at AS at, m.by,
       (SELECT name FROM staff_users WHERE 'staff:' || id = m.by AND id = substr(m.by, 7)) AS byName,
       coalesce(m.report ->> 'rows', 0) AS rows, coalesce(m.report ->> 'accepted', 0) AS accepted,
       coalesce(m.report ->> 'refused', 0) AS refused,
       m.no IS NOT NULL AND m.undone_at IS NULL AS undoable, m.undone_at AS undoneAt, m.undone
     FROM imports m WHERE m.regroupement_id = ? AND m.merged_at IS NOT NULL ${from.sql}
     ORDER BY m.started_at DESC, m.rowid DESC LIMIT ?`,
    [regroupementId, ...from.args, limit],
  );
  return rows.map(({ at, undoable, undoneAt, undone, ...row }) => ({
    ...row,
    at: new Date(at).toISOString(),
    undoable: undoable === 1,
    undoneAt: undoneAt === null ? null : new Date(undoneAt).toISOString(),
    undone: undone === null ? null : (JSON.parse(undone) as z.infer<typeof PastImport>['undone']),
  }));
}
