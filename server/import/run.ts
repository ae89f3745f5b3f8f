// What an import is asked for, and what its parts share while it is under way.
import type { Actor } from '../audit.ts';
import type { Db } from '../db/db.ts';
import type { GivenColumn } from './column-memory.ts';
import type { ImportDeps } from './import-deps.ts';
import type { ImportReport, Lang } from './report.ts';
import type { EvenSo } from './rows/context.ts';
import type { Choice } from './rows/edited.ts';

/** How far an import is. */
export type Stage = 'read' | 'check' | 'write';

/** Thrown by `progress` to end an import that is not wanted any more. */
export class ImportStopped extends Error {}

export interface ImportRequest {
  /** Who brings it in. */
  by: Actor;
  /** Slug of the regroupement that rows belong to unless they name another. */
  regroupement: string;
  /** What the file is called; a path when there are no `bytes`. */
  name: string;
  bytes?: Uint8Array;
  /** Which sheet of a workbook, by its name or number; when there are no rows but on one, that one. */
  sheet?: string;
  dryRun?: boolean;
  /** Import the sound rows although others are refused. */
  acceptValid?: boolean;
  /** Refuse rows that name another regroupement, instead of bringing them to it. */
  only?: boolean;
  /** What columns with unknown titles are: remembered for later files, unless it is a trial. */
  columns?: readonly GivenColumn[];
  /** Causes of refusal that are let through. */
  evenSo?: readonly EvenSo[];
  /** What stands where the file and the office's page both have changed a field of a holder. */
  choices?: readonly Choice[];
  /** How many rows somebody typed that the file has, null: none were; a doubtful file does not come in without. Not given: nobody is asked. */
  typed?: number | null;
  /** Whoever reads the report may see what people are called: fields in conflict are told with their values (I9). */
  withValues?: boolean;
  lang?: Lang;
  /** Of the file's rows, how many are read, checked, written. What it throws ends the import, which leaves nothing. */
  progress?: (stage: Stage, rows: number) => void;
}

/** One import under way. */
export interface Run {
  deps: ImportDeps;
  /** Where the file's rows wait. */
  staging: Db;
  importId: string;
  request: ImportRequest;
  report: ImportReport;
  lang: Lang;
  startedAt: number;
  /** As `merge` asks. */
  since: number;
  /** Throws ImportBusy when another import has taken over: told within a second, or at once with `certainly`. */
  renewLease(certainly?: boolean): Promise<void>;
}
