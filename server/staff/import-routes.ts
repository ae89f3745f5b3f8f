// The staff's API, /v1/backoffice/{regroupement}/imports: the same import as the command line's, by a program.
import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { line } from '../fields.ts';
import { bodyOf } from '../http/middleware.ts';
import { describe, documentedGuard, validate } from '../http/validate.ts';
import { ImportBusy } from '../import/lease.ts';
import { givenColumn } from '../import/reading/columns/fields.ts';
import { kindsHelp } from '../import/reading/columns/kinds.ts';
import { EVEN_SO } from '../import/rows/context.ts';
import type { ImportThread } from '../import/thread.ts';
import { Problem } from '../problems/problem.ts';
import { actor, type StaffEnv, staffGuard } from './permission.ts';
import { ImportReport } from './schemas.ts';

const TYPES = [
  'text/csv',
  'text/plain',
  'application/octet-stream',
  'application/vnd.ms-excel',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  // Refused with a sentence that says how to save it.
  'application/vnd.oasis.opendocument.spreadsheet',
];
/** A regroupement's largest list is below one megabyte. */
const MAX_FILE_BYTES = 10 * 1024 * 1024;
const file = (maxBytes: number) =>
  ({
    type: 'string',
    maxLength: maxBytes,
    description: `CSV or an Excel workbook (.xlsx) of at most ${maxBytes} bytes, as spreadsheets write it, with a line of titles. Its columns tell what it is, the first of these that fits:
${kindsHelp()}
Titles are compared by their words, without accents, case, units and punctuation; /docs#import-columns lists the others that are known.`,
  }) as const;

/** Takes only the types that it describes. */
export const workbookOrText = (maxBytes: number) =>
  documentedGuard(
    {
      requestBody: {
        required: true,
        content: Object.fromEntries(TYPES.map((type) => [type, { schema: file(maxBytes) }])),
      },
    },
    createMiddleware(async (c, next) => {
      const type = c.req.header('Content-Type')?.split(';')[0] ?? '';
      if (!TYPES.includes(type.toLowerCase())) throw new Problem('unsupported-media-type');
      await next();
    }),
  );

const RETRY_AFTER_S = 60;
const flag = z.enum(['true', 'false']).default('false');
const Column = line(200).refine((text) => givenColumn(text) !== null, 'TITLE=FIELD');
const Options = z.object({
  name: line(200).default('import.csv').describe('what the file is called'),
  dryRun: flag.describe('show what would change, and change nothing'),
  acceptValid: flag.describe('import the valid rows although others are refused'),
  sheet: line(200)
    .optional()
    .describe('which sheet of a workbook, by its name or number, where several have rows'),
  column: z
    .union([Column, Column.array()])
    .default([])
    .describe(
      'what a column with an unknown title is, remembered for later files: `Solde restant=balance`, `Commission=ignore`',
    ),
  evenSo: z
    .union([z.enum(EVEN_SO), z.enum(EVEN_SO).array()])
    .default([])
    .describe('causes of refusal that are let through'),
  lang: z.enum(['fr', 'en']).default('fr').describe('of reasons and warnings'),
});

export function staffImportRoutes(deps: Deps, imports: ImportThread) {
  return new Hono<StaffEnv>().post(
    '/imports',
    describe({
      summary:
        'Import a file: invoices, holders, certificates, lines, endorsements or payments. Rows that name another regroupement are refused. Unless acceptValid, one refused row and nothing is imported',
      tags: ['backoffice'],
      staff: true,
      ok: { status: 200, description: 'What it did, or would do', schema: ImportReport },
      problems: [
        'import-refused',
        'unsupported-media-type',
        'too-large',
        'forbidden',
        'too-many-requests',
        'import-at-work',
      ],
    }),
    staffGuard(deps, 'import'),
    validate('query', Options),
    workbookOrText(MAX_FILE_BYTES),
    bodyOf(MAX_FILE_BYTES),
    async (c) => {
      const { name, sheet, dryRun, acceptValid, column, evenSo, lang } = c.req.valid('query');
      try {
        const report = await imports.importFile({
          by: actor(c),
          // The key is this regroupement's alone.
          regroupement: c.get('regroupement').slug,
          only: true,
          name,
          bytes: new Uint8Array(await c.req.arrayBuffer()),
          ...(sheet === undefined ? {} : { sheet }),
          dryRun: dryRun === 'true',
          acceptValid: acceptValid === 'true',
          evenSo: [evenSo].flat(),
          columns: [column].flat().flatMap((text) => givenColumn(text) ?? []),
          lang,
        });
        if (report.refused.length > 0 && (acceptValid !== 'true' || report.kind === null))
          throw new Problem('import-refused', { report });
        return c.json(report, 200);
      } catch (error) {
        if (error instanceof ImportBusy) throw new Problem('import-at-work', { retryAfter: RETRY_AFTER_S });
        throw error;
      }
    },
  );
}
