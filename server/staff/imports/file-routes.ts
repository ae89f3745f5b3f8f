// The staff's API, below /v1/backoffice/{regroupement}/import-files: a file is kept, its columns named, what it would change shown,
// then brought in or not. The same import as /imports.
import { Hono } from 'hono';
import { z } from 'zod';
import { audited } from '../../audit.ts';
import type { Deps } from '../../deps.ts';
import { line, token } from '../../fields.ts';
import { bodyOf } from '../../http/middleware.ts';
import { describe, validate } from '../../http/validate.ts';
import {
  columnMapping,
  forgetColumns,
  type GivenColumn,
  rememberColumns,
} from '../../import/column-memory.ts';
import { inPage } from '../../import/files/page-words.ts';
import {
  addFile,
  askToStop,
  fileOf,
  MAX_FILE_BYTES,
  readParts,
  refuseAtWork,
  renewFile,
  type StoredFile,
  writeParts,
} from '../../import/files/store.ts';
import type { FileTitles } from '../../import/files/titles.ts';
import { FileRefused } from '../../import/refusal.ts';
import { EVEN_SO } from '../../import/rows/context.ts';
import { EDITED } from '../../import/rows/edited.ts';
import type { ImportThread } from '../../import/thread.ts';
import { Problem } from '../../problems/problem.ts';
import { workbookOrText } from '../import-routes.ts';
import { actor, type StaffEnv, staffGuard } from '../permission.ts';
import { ImportFile, Mapping, Row } from './schemas.ts';

const KEPT_MS = 7 * 24 * 3_600_000;
const Id = z.object({ id: token });
const Lang = z.enum(['fr', 'en']).default('fr').describe('of reasons');
const How = z.strictObject({
  acceptValid: z.boolean().default(false).describe('the valid rows although others are refused'),
  evenSo: z.array(z.enum(EVEN_SO)).max(EVEN_SO.length).default([]),
  choices: z
    .array(z.strictObject({ holderId: token, field: z.enum(EDITED), take: z.enum(['file', 'page']) }))
    .max(1_000)
    .default([])
    .describe('where the file and the page both have changed a field'),
  lang: Lang,
});
const PROBLEMS = ['not-found', 'forbidden', 'too-many-requests'] as const;

// Loaded with the first file: a server that is asked for none starts without what reads one.
const reading = () => import('../../import/files/titles.ts');
const rowsKept = () => import('../../import/files/rows.ts');
const work = () => import('../../import/files/work.ts');

export function importFileRoutes(deps: Deps, thread: ImportThread) {
  return new Hono<StaffEnv>()
    .route('/', keepingRoutes(deps))
    .route('/', mappingRoutes(deps))
    .route('/', workRoutes(deps, thread))
    .route('/', rowRoutes(deps));
}

function keepingRoutes(deps: Deps) {
  return new Hono<StaffEnv>()
    .post(
      '/import-files',
      describe({
        summary: 'Keep a file for seven days, encrypted, and say what its columns are taken for',
        tags: ['backoffice'],
        staff: true,
        ok: { status: 201, description: 'The file', schema: z.object({ file: ImportFile }) },
        problems: [
          'file-refused',
          'unsupported-media-type',
          'too-large',
          'too-many-files',
          'forbidden',
          'too-many-requests',
        ],
      }),
      staffGuard(deps, 'import'),
      validate('query', z.object({ name: line(200).default('import.csv'), lang: Lang })),
      workbookOrText(MAX_FILE_BYTES),
      bodyOf(MAX_FILE_BYTES),
      async (c) => {
        const { name, lang } = c.req.valid('query');
        const { id } = c.get('regroupement');
        const bytes = new Uint8Array(await c.req.arrayBuffer());
        const mapping = await columnMapping(deps, id, []);
        const titles = await readable(lang, bytes, null, mapping);
        const fileId = await addFile(deps, id, { name, bytes, by: actor(c) });
        const file = await withTitles(deps, id, fileId, null, titles);
        return c.json({ file: await view(deps, id, file) }, 201);
      },
    )
    .get(
      '/import-files/:id',
      describe({
        summary: 'A kept file: its columns, how far its preview or import is, and what it came to',
        tags: ['backoffice'],
        staff: true,
        ok: { status: 200, description: 'The file', schema: z.object({ file: ImportFile }) },
        problems: PROBLEMS,
      }),
      staffGuard(deps, 'import'),
      validate('param', Id),
      async (c) => {
        const { id } = c.get('regroupement');
        const file = await fileOf(deps, id, c.req.valid('param').id);
        return c.json({ file: await view(deps, id, file) }, 200);
      },
    );
}

function mappingRoutes(deps: Deps) {
  return new Hono<StaffEnv>().put(
    '/import-files/:id/mapping',
    describe({
      summary:
        'Say what its columns are, remembered for later files with the same titles; which sheet of a workbook',
      tags: ['backoffice'],
      staff: true,
      ok: { status: 200, description: 'The file', schema: z.object({ file: ImportFile }) },
      problems: [...PROBLEMS, 'file-refused', 'file-at-work'],
    }),
    staffGuard(deps, 'import'),
    validate('param', Id),
    validate('json', Mapping),
    async (c) => {
      const { id } = c.get('regroupement');
      const { columns, sheet } = c.req.valid('json');
      let file = await fileOf(deps, id, c.req.valid('param').id);
      refuseAtWork(file);
      await remember(deps, id, columns as readonly Mapped[], actor(c));
      const mapping = await columnMapping(deps, id, []);
      const chosen = sheet ?? file.sheet;
      const bytes = await readParts(deps, file, 'file');
      const titles = await readable('fr', bytes, chosen, mapping);
      file = await withTitles(deps, id, file.id, chosen, titles);
      return c.json({ file: await view(deps, id, file) }, 200);
    },
  );
}

function workRoutes(deps: Deps, thread: ImportThread) {
  return new Hono<StaffEnv>()
    .post(
      '/import-files/:id/preview',
      describe({
        summary: 'What importing it would do; nothing changes',
        tags: ['backoffice'],
        staff: true,
        ok: {
          status: 200,
          description: 'The file, with its summary',
          schema: z.object({ file: ImportFile }),
        },
        problems: [...PROBLEMS, 'import-at-work', 'file-at-work', 'import-stopped'],
      }),
      staffGuard(deps, 'import'),
      validate('param', Id),
      validate('json', How),
      async (c) => {
        const regroupement = c.get('regroupement');
        const file = await fileOf(deps, regroupement.id, c.req.valid('param').id);
        const { previewFile } = await work();
        await previewFile(deps, thread, file, { by: actor(c), regroupement, ...c.req.valid('json') });
        const now = await fileOf(deps, regroupement.id, file.id);
        return c.json({ file: await view(deps, regroupement.id, now) }, 200);
      },
    )
    .post(
      '/import-files/:id/commit',
      describe({
        summary: 'Import it, whole or not at all; how far it is, the file says',
        tags: ['backoffice'],
        staff: true,
        ok: {
          status: 202,
          description: 'The file, while it is imported',
          schema: z.object({ file: ImportFile }),
        },
        problems: [...PROBLEMS, 'not-previewed', 'doubtful-file', 'import-at-work', 'file-at-work'],
      }),
      staffGuard(deps, 'import'),
      validate('param', Id),
      validate(
        'json',
        How.extend({ rows: z.number().int().optional().describe('typed, for a doubtful file') }),
      ),
      async (c) => {
        const regroupement = c.get('regroupement');
        const file = await fileOf(deps, regroupement.id, c.req.valid('param').id);
        const { rows, ...how } = c.req.valid('json');
        const { commitFile } = await work();
        // It goes on by itself: she may close the page.
        await commitFile(deps, thread, file, { by: actor(c), regroupement, rows, ...how });
        const now = await fileOf(deps, regroupement.id, file.id);
        return c.json({ file: await view(deps, regroupement.id, now) }, 202);
      },
    )
    .post(
      '/import-files/:id/stop',
      describe({
        summary: 'Stop its preview or import: nothing of it is kept',
        tags: ['backoffice'],
        staff: true,
        ok: {
          status: 202,
          description: 'Whether anything was under way',
          schema: z.object({ stopping: z.boolean() }),
        },
        problems: PROBLEMS,
      }),
      staffGuard(deps, 'import'),
      validate('param', Id),
      async (c) => {
        const file = await fileOf(deps, c.get('regroupement').id, c.req.valid('param').id);
        return c.json({ stopping: await askToStop(deps, file) }, 202);
      },
    );
}

function rowRoutes(deps: Deps) {
  return new Hono<StaffEnv>()
    .get(
      '/import-files/:id/rows',
      describe({
        summary: 'What the last preview or import says of its rows, in their order',
        tags: ['backoffice'],
        staff: true,
        ok: {
          status: 200,
          description: 'The rows',
          schema: z.object({ rows: Row.array(), next: z.number().int().optional() }),
        },
        problems: PROBLEMS,
      }),
      staffGuard(deps, 'import'),
      validate('param', Id),
      validate(
        'query',
        z.object({
          state: Row.shape.state.optional(),
          after: z.coerce.number().int().min(0).default(0).describe('`next` of the page before'),
          limit: z.coerce.number().int().min(1).max(200).default(100),
          lang: Lang,
        }),
      ),
      async (c) => {
        const { state, after, limit, lang } = c.req.valid('query');
        const file = await fileOf(deps, c.get('regroupement').id, c.req.valid('param').id);
        const { reportOf, rowsOf } = await rowsKept();
        const report = await reportOf(deps, file);
        const all = report === null ? [] : rowsOf(report, lang);
        const asked = all.filter((row) => state === undefined || row.state === state);
        const next = after + limit < asked.length ? { next: after + limit } : {};
        const rows = asked
          .slice(after, after + limit)
          .map((row) => ({ ...row, message: inPage(row.message) }));
        return c.json({ rows, ...next }, 200);
      },
    )
    .get(
      '/import-files/:id/refused.csv',
      describe({
        summary:
          'The refused rows as they are in the file, with `raison` beside them, to be corrected and imported',
        tags: ['backoffice'],
        staff: true,
        ok: { status: 200, description: 'The file', media: 'text/csv' },
        problems: PROBLEMS,
      }),
      staffGuard(deps, 'import'),
      validate('param', Id),
      async (c) => {
        const file = await fileOf(deps, c.get('regroupement').id, c.req.valid('param').id);
        const { refusedCsv } = await rowsKept();
        let text = '';
        for await (const part of refusedCsv(deps, file)) text += part;
        return c.body(text, 200, {
          'Content-Type': 'text/csv; charset=utf-8',
          'Content-Disposition': 'attachment; filename="refus.csv"',
        });
      },
    );
}

type Mapped = { title: string; field: GivenColumn['field'] | null };

/** Remembers what columns are, for later files too; what is so already leaves nothing. */
async function remember(
  deps: Deps,
  regroupementId: string,
  columns: readonly Mapped[],
  by: ReturnType<typeof actor>,
): Promise<void> {
  const before = await columnMapping(deps, regroupementId, []);
  const given = columns.flatMap(({ title, field }) => (field === null ? [] : [{ title, field }]));
  await rememberColumns(deps, regroupementId, given);
  await forgetColumns(
    deps,
    regroupementId,
    columns.flatMap(({ title, field }) => (field === null ? [title] : [])),
  );
  const after = await columnMapping(deps, regroupementId, []);
  const written = (mapping: typeof before) =>
    [...mapping].map(([title, field]) => `${title}=${field}`).sort();
  const [was, is] = [written(before), written(after)];
  if (was.join('\n') === is.join('\n')) return;
  await deps.db.batch([
    audited(deps, {
      regroupementId,
      actor: by,
      act: 'columns-mapped',
      target: `regroupements:${regroupementId}`,
      before: { columns: was.filter((one) => !is.includes(one)) },
      after: { columns: is.filter((one) => !was.includes(one)) },
    }),
  ]);
}

async function readable(
  lang: 'fr' | 'en',
  bytes: Uint8Array,
  sheet: string | null,
  mapping: Awaited<ReturnType<typeof columnMapping>>,
): Promise<FileTitles> {
  const { titlesOf } = await reading();
  try {
    return await titlesOf(bytes, sheet, mapping);
  } catch (error) {
    if (error instanceof FileRefused)
      throw new Problem('file-refused', { reason: inPage(lang === 'fr' ? error.why.fr : error.why.en) });
    throw error;
  }
}

async function withTitles(
  deps: Deps,
  regroupementId: string,
  id: string,
  sheet: string | null,
  titles: FileTitles,
): Promise<StoredFile> {
  const file = await fileOf(deps, regroupementId, id);
  await renewFile(deps, file, { sheet, many: titles.rows });
  await writeParts(deps, file, 'titles', new TextEncoder().encode(JSON.stringify(titles)));
  return await fileOf(deps, regroupementId, id);
}

async function view(
  deps: Deps,
  regroupementId: string,
  file: StoredFile,
): Promise<z.infer<typeof ImportFile>> {
  const [{ columnsOf }, { titlesKept }] = await Promise.all([reading(), rowsKept()]);
  const titles = await titlesKept(deps, file);
  const mapping = await columnMapping(deps, regroupementId, []);
  return {
    id: file.id,
    name: file.name,
    sheet: file.sheet,
    sheets: titles.sheets,
    rows: file.many,
    state: file.state,
    stage: file.stage,
    done: file.done,
    columns: columnsOf(titles, mapping),
    summary: file.summary,
    importId: file.importId,
    endsAt: new Date(file.createdAt + KEPT_MS).toISOString(),
  };
}
