// The staff's API, below /v1/backoffice/{regroupement}/export: the books as a file, for the accountant's programs.
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { describe, validate } from '../http/validate.ts';
import { exported } from './export/export.ts';
import { SHEETS } from './export/sheets.ts';
import { type StaffEnv, staffKey } from './staff-key.ts';

const Sheet = z.object({ sheet: z.enum(SHEETS) });
const Query = z.object({
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  lang: z.enum(['fr', 'en']).default('fr'),
});

export function staffExportRoutes(deps: Deps) {
  return new Hono<StaffEnv>().get(
    '/export/:sheet',
    describe({
      summary:
        'The books as CSV: UTF-8 with BOM, `;` and decimal comma in French; days of invoices, movements or starts of certificates',
      tags: ['backoffice'],
      staff: true,
      ok: { status: 200, description: 'The file, written while it is read', media: 'text/csv' },
      problems: ['forbidden', 'too-many-requests'],
    }),
    staffKey(deps, 'read'),
    validate('param', Sheet),
    validate('query', Query),
    (c) => {
      const { sheet } = c.req.valid('param');
      const { lang, from, to } = c.req.valid('query');
      const regroupement = c.get('regroupement');
      const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
      const pages = exported(deps, regroupement, { sheet, format: 'csv', lang, range });
      return c.body(streamOf(pages), 200, {
        'Content-Type': 'text/csv; charset=utf-8',
        'Content-Disposition': `attachment; filename="${regroupement.slug}-${sheet}.csv"`,
      });
    },
  );
}

/** A page is read when the caller has taken the one before. */
function streamOf(pages: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await pages.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await pages.return(undefined);
    },
  });
}
