// An import in a thread of its own, with its own connection: whoever is served meanwhile waits for the database's lock at
// most, and never for the event loop.
import { Worker } from 'node:worker_threads';
import { DatabaseError } from '../db/db.ts';
import { type Deps, newId } from '../deps.ts';
import { endLeases } from '../leases.ts';
import type { ImportRequest } from './import-file.ts';
import { ImportBusy } from './lease.ts';
import { refusal } from './refusal.ts';
import { emptyReport, type ImportReport, say } from './report.ts';

/** Several times what three hundred thousand rows take. */
const MEMORY_MB = 1_024;

export interface Order {
  databaseUrl: string;
  databaseAuthToken: string | undefined;
  /** What our clock is ahead of the machine's, in milliseconds. */
  aheadMs: number;
  importId: string;
  request: ImportRequest;
}
export type Answer =
  | { report: ImportReport }
  | { busy: true }
  /** A DatabaseError, by what it is made of. */
  | { fault: { message: string; code: string } };

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
   * refused. Throws ImportBusy, DatabaseError, and whatever else ended the thread, which then holds nobody up.
   */
  async importFile(request: ImportRequest & { bytes: Uint8Array<ArrayBuffer> }): Promise<ImportReport> {
    // No thread is started to hear that from the database.
    if (this.#busy) throw new ImportBusy();
    this.#busy = true;
    try {
      const answer = await this.#ask(request);
      if ('busy' in answer) throw new ImportBusy();
      if ('fault' in answer) throw new DatabaseError(answer.fault.message, answer.fault.code);
      return answer.report;
    } finally {
      this.#busy = false;
    }
  }

  async #ask(request: ImportRequest & { bytes: Uint8Array<ArrayBuffer> }): Promise<Answer> {
    const { databaseUrl, databaseAuthToken } = this.#deps.config;
    const aheadMs = this.#deps.now() - Date.now();
    const importId = newId(this.#deps);
    const order: Order = { databaseUrl, databaseAuthToken, aheadMs, importId, request };
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: order,
      transferList: [request.bytes.buffer],
      resourceLimits: { maxOldGenerationSizeMb: this.#memoryMb },
    });
    try {
      return await answerOf(worker);
    } catch (error) {
      // Its process lives on, so that nobody else would know that it is over; its rows are the next sweep's.
      await endLeases(this.#deps, importId);
      if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') throw error;
      this.#deps.log.error('import-out-of-memory', { import: importId }, error);
      return { report: tooMuch(request) };
    }
  }
}

async function answerOf(worker: Worker): Promise<Answer> {
  return await new Promise<Answer>((resolve, reject) => {
    let answer: Answer | undefined;
    let failure: unknown = new Error('an import ended without an answer');
    worker.once('message', (message: Answer) => {
      answer = message;
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
