// The staff's API, below /v1/backoffice/{regroupement}/export: the books as a file, for the accountant's programs.
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { exported, notePeopleExported } from '../export/export.ts';
import { SHEETS } from '../export/sheets.ts';
import { describe, validate } from '../http/validate.ts';
import { actor, type StaffEnv, staffGuard } from './permission.ts';

const Sheet = z.object({ sheet: z.enum(SHEETS) });
const Query = z.object({
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  lang: z.enum(['fr', 'en']).default('fr'),
  format: z.enum(['csv', 'xlsx']).default('csv'),
});
const MEDIA = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

export function staffExportRoutes(deps: Deps) {
  return new Hono<StaffEnv>().get(
    '/export/:sheet',
    describe({
      summary:
        'The books as CSV (UTF-8 with BOM, `;` and decimal comma in French) or as an Excel workbook; days of invoices, movements or starts of certificates',
      tags: ['backoffice'],
      staff: true,
      ok: { status: 200, description: 'The file, written while it is read', media: 'text/csv' },
      problems: ['forbidden', 'too-many-requests'],
    }),
    staffGuard(deps, 'read'),
    validate('param', Sheet),
    validate('query', Query),
    async (c) => {
      const { sheet } = c.req.valid('param');
      const { lang, format, from, to } = c.req.valid('query');
      const regroupement = c.get('regroupement');
      const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
      const many = () => notePeopleExported(deps, regroupement.id, { sheet, range }, actor(c));
      const pages = exported(deps, regroupement, { sheet, format, lang, range, many });
      // The titles and the first rows before anything is promised: a database that fails is answered as everywhere.
      const begun = [await pages.next(), await pages.next()];
      const failed = (error: unknown) =>
        deps.log.error('export', { requestId: c.get('requestId'), sheet }, error);
      return c.body(streamOf(begun, pages, failed), 200, {
        'Content-Type': MEDIA[format],
        'Content-Disposition': `attachment; filename="${regroupement.slug}-${sheet}.${format}"`,
      });
    },
  );
}

/** A page is read when the caller has taken the one before. What breaks off says no more than that it does. */
function streamOf(
  begun: IteratorResult<string | Uint8Array>[],
  rest: AsyncGenerator<string | Uint8Array>,
  failed: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { value, done } = begun.shift() ?? (await rest.next());
        if (done === true) controller.close();
        else controller.enqueue(typeof value === 'string' ? encoder.encode(value) : value);
      } catch (error) {
        failed(error);
        controller.error(new Error('the export was interrupted'));
      }
    },
    async cancel() {
      await rest.return(undefined);
    },
  });
}
