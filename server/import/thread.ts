// An import in a thread of its own, with its own connection: whoever is served meanwhile waits for the database's lock at
// most, and never for the event loop.
import { Worker } from 'node:worker_threads';
import { DatabaseError } from '../db/db.ts';
import { type Deps, newId } from '../deps.ts';
import { endLeases } from '../leases.ts';
import type { ProblemType } from '../problems/catalogue.ts';
import { Problem } from '../problems/problem.ts';
import { currentRequest } from '../request-id.ts';
import { ImportBusy } from './lease.ts';
import { refusal } from './refusal.ts';
import { emptyReport, type ImportReport, say } from './report.ts';
import { type ImportRequest, ImportStopped, type Stage } from './run.ts';
import type { UndoReport } from './undo/report.ts';
import type { UndoRequest } from './undo/undo-import.ts';
import type { UpsertReport, UpsertRequest } from './upserts/upsert.ts';

/** Several times what three hundred thousand rows take. */
const MEMORY_MB = 1_024;

export interface Order {
  databaseUrl: string;
  databaseAuthToken: string | undefined;
  /** What our clock is ahead of the machine's, in milliseconds. */
  aheadMs: number;
  importId: string;
  /** By which it was asked for; null: by none. */
  requestId: string | null;
  work: { import: ImportRequest } | { undo: UndoRequest } | { upsert: UpsertRequest };
  /** Its first number is 1 once the work is to stop. */
  stop: Int32Array<SharedArrayBuffer>;
}
export type Answer =
  | { report: ImportReport }
  | { undone: UndoReport }
  | { upserted: UpsertReport }
  | { refused: ProblemType }
  | { stopped: true }
  | { busy: true }
  /** A DatabaseError, by what it is made of. */
  | { fault: { message: string; code: string } };

/** How far it is: posted now and then. */
export interface Progress {
  progress: { stage: Stage; rows: number };
}

/** Looks on, and may end it. */
export interface Watch {
  progress?(stage: Stage, rows: number): void;
  stop?: Int32Array<SharedArrayBuffer>;
}

/** For `Watch.stop`. */
export function stopper(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4));
}

/** What brings files in for a server: one at a time. */
export class ImportThread {
  readonly #deps: Deps;
  readonly #memoryMb: number;
  #busy = false;
  constructor(deps: Deps, memoryMb = MEMORY_MB) {
    this.#deps = deps;
    this.#memoryMb = memoryMb;
  }

  /**
   * As `importFile`, of bytes, which are the thread's from then on; a file that takes more memory than there is for one is
   * refused. Throws ImportBusy, ImportStopped, DatabaseError, and whatever else ended the thread, which then holds nobody up.
   */
  async importFile(
    request: ImportRequest & { bytes: Uint8Array<ArrayBuffer> },
    watch: Watch = {},
  ): Promise<ImportReport> {
    const answer = await this.#one({ import: request }, watch, () => ({ report: tooMuch(request) }));
    if ('report' in answer) return answer.report;
    throw new Error('an import was answered as something else');
  }

  /** As `undoImport`. Throws as `importFile`, and Problem. */
  async undoImport(request: UndoRequest, watch: Watch = {}): Promise<UndoReport> {
    const answer = await this.#one({ undo: request }, watch, (error) => {
      throw error;
    });
    if ('undone' in answer) return answer.undone;
    throw new Error('an undo was answered as something else');
  }

  /** As `upsertAll`. Throws as `importFile`. */
  async upsertAll(request: UpsertRequest, watch: Watch = {}): Promise<UpsertReport> {
    const answer = await this.#one({ upsert: request }, watch, (error) => {
      throw error;
    });
    if ('upserted' in answer) return answer.upserted;
    throw new Error('upserts were answered as something else');
  }

  async #one(work: Order['work'], watch: Watch, outOfMemory: (error: unknown) => Answer): Promise<Answer> {
    // No thread is started to hear that from the database.
    if (this.#busy) throw new ImportBusy();
    this.#busy = true;
    try {
      const answer = await this.#ask(work, watch, outOfMemory);
      if ('busy' in answer) throw new ImportBusy();
      if ('stopped' in answer) throw new ImportStopped();
      if ('refused' in answer) throw new Problem(answer.refused);
      if ('fault' in answer) throw new DatabaseError(answer.fault.message, answer.fault.code);
      return answer;
    } finally {
      this.#busy = false;
    }
  }

  async #ask(work: Order['work'], watch: Watch, outOfMemory: (error: unknown) => Answer): Promise<Answer> {
    const { databaseUrl, databaseAuthToken } = this.#deps.config;
    const aheadMs = this.#deps.now() - Date.now();
    const importId = newId(this.#deps);
    const order: Order = {
      databaseUrl,
      databaseAuthToken,
      aheadMs,
      importId,
      requestId: currentRequest(),
      work,
      stop: watch.stop ?? stopper(),
    };
    const bytes = 'import' in work ? work.import.bytes : 'upsert' in work ? work.upsert.bytes : undefined;
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: order,
      transferList: bytes === undefined ? [] : [bytes.buffer as ArrayBuffer],
      resourceLimits: { maxOldGenerationSizeMb: this.#memoryMb },
    });
    try {
      return await answerOf(worker, watch);
    } catch (error) {
      // Its process lives on, so that nobody else would know that it is over; its rows are the next sweep's.
      await endLeases(this.#deps, importId);
      if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') throw error;
      this.#deps.log.error('import-out-of-memory', { import: importId }, error);
      return outOfMemory(error);
    }
  }
}

async function answerOf(worker: Worker, watch: Watch): Promise<Answer> {
  return await new Promise<Answer>((resolve, reject) => {
    let answer: Answer | undefined;
    let failure: unknown = new Error('an import ended without an answer');
    worker.on('message', (message: Answer | Progress) => {
      if ('progress' in message) watch.progress?.(message.progress.stage, message.progress.rows);
      else answer = message;
    });
    worker.once('error', (error) => {
      failure = error;
    });
    // Not before: its connection is closed by then.
    worker.once('exit', () => {
      if (answer === undefined) reject(failure);
      else resolve(answer);
    });
  });
}

function tooMuch({ dryRun, lang = 'fr' }: ImportRequest): ImportReport {
  const why = refusal(
    'Ce fichier demande plus de mémoire qu’il n’y en a pour un import. Rien n’a été importé : divisez-le en plusieurs fichiers.',
    'This file takes more memory than there is for an import. Nothing was imported: split it into several files.',
  );
  return { ...emptyReport(dryRun === true), refused: [{ line: 0, reason: say(why, lang) }] };
}
