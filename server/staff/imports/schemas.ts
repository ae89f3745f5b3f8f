// What the routes of imports by page answer.
import { z } from 'zod';
import { FIELD_NAMES } from '../../import/reading/columns/fields.ts';
import { EDITED } from '../../import/rows/edited.ts';

const count = z.number().int();

const Column = z.object({
  title: z.string(),
  samples: z.string().array().describe('its first values'),
  guess: z.string().nullable().describe('the field that we take it for; null: not known'),
  chosen: z
    .string()
    .nullable()
    .describe('the field that staff said it is, or `ignore`; null: our guess stands'),
});
const Summary = z.object({
  kind: z.string().nullable().describe('of the file; null: it is not read, `fileRefused` says why'),
  rows: count,
  added: count,
  changed: count,
  unchanged: count,
  repeated: count,
  refused: count,
  conflicts: count,
  fieldConflicts: count.describe('fields that the file and the page both have changed, to be chosen'),
  totalCents: count,
  balanceCents: count,
  warnings: z.string().array(),
  fileRefused: z.string().nullable(),
  doubtful: z
    .boolean()
    .describe(
      'more than a fifth of the invoices that were there change, or a tenth of their sum: `rows` is asked for',
    ),
  known: z.object({ invoices: count, changed: count, cents: count, changedByCents: count }),
  expectedSeconds: count.nullable(),
});
export const ImportFile = z
  .object({
    id: z.string(),
    name: z.string(),
    sheet: z.string().nullable(),
    sheets: z.string().array().describe('of a workbook: one of these is to be chosen first'),
    rows: count,
    state: z.enum([
      'kept',
      'previewing',
      'previewed',
      'importing',
      'imported',
      'refused',
      'stopped',
      'failed',
    ]),
    stage: z.enum(['read', 'check', 'write']).nullable().describe('while it is previewed or imported'),
    done: count.describe('of the rows, in this stage'),
    columns: Column.array(),
    summary: Summary.nullable(),
    importId: z.string().nullable(),
    endsAt: z.string().describe('when it is erased'),
  })
  .meta({ ref: 'ImportFile' });

export const Row = z.object({
  line: count,
  state: z.enum(['refused', 'changed', 'conflict', 'choice', 'warning']),
  message: z.string(),
  choice: z
    .object({
      holderId: z.string(),
      field: z.enum(EDITED),
      file: z.string().nullable(),
      page: z.string().nullable(),
    })
    .optional()
    .describe('what the file says, and what the page has'),
});

export const Mapping = z.strictObject({
  sheet: z.string().min(1).max(200).optional().describe('of a workbook, by its name'),
  columns: z
    .array(
      z.strictObject({
        title: z.string().min(1).max(2_000),
        field: z
          .enum(FIELD_NAMES as [string, ...string[]])
          .nullable()
          .describe('`ignore` leaves the column aside; null: what we take it for'),
      }),
    )
    .max(500)
    .default([]),
});

export const PastImport = z.object({
  id: z.string(),
  fileName: z.string(),
  kind: z.string(),
  at: z.string(),
  by: z.string().nullable().describe('null: not kept then'),
  byName: z.string().nullable(),
  rows: count,
  accepted: count,
  refused: count,
  undoable: z.boolean(),
  undoneAt: z.string().nullable(),
  undone: z.object({ reversed: count, kept: count, balanceCents: count }).nullable(),
});

const Tally = z.object({ invoices: count, certificates: count, holders: count, endorsements: count });
export const UndoAnswer = z
  .object({
    importId: z.string(),
    dryRun: z.boolean(),
    undone: z.boolean(),
    reversed: Tally,
    kept: Tally,
    keptRows: z.array(
      z.object({
        target: z.enum(['invoices', 'certificates', 'holders', 'endorsements']),
        id: z.string(),
        number: z.string(),
        why: z.enum(['held', 'paid', 'changed-since', 'referred-to', 'linked']),
        message: z.string(),
      }),
    ),
    balanceCents: count.describe('by how much what is owed changes, in all'),
    refused: z.string().nullable().describe('why nothing was done: something changed meanwhile'),
  })
  .meta({ ref: 'UndoReport' });
