// An import in a thread of its own, with its own connection: whoever is served meanwhile waits for the database's lock at
// most, and never for the event loop.
import { Worker } from 'node:worker_threads';
import { DatabaseError } from '../db/db.ts';
import type { Deps } from '../deps.ts';
import type { ImportRequest } from './import-file.ts';
import { ImportBusy } from './lease.ts';
import type { ImportReport } from './report.ts';

/** Several times what three hundred thousand rows take. */
const MEMORY_MB = 1_024;

export interface Order {
  databaseUrl: string;
  databaseAuthToken: string | undefined;
  /** What our clock is ahead of the machine's, in milliseconds. */
  aheadMs: number;
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
  #busy = false;
  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** As `importFile`, of bytes, which are the thread's from then on. Throws ImportBusy and DatabaseError. */
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
    const order: Order = { databaseUrl, databaseAuthToken, aheadMs, request };
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: order,
      transferList: [request.bytes.buffer],
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    return await new Promise<Answer>((resolve, reject) => {
      let answer: Answer | undefined;
      worker.once('message', (message: Answer) => {
        answer = message;
      });
      worker.once('error', reject);
      // Not before: its connection is closed by then.
      worker.once('exit', () => {
        if (answer === undefined) reject(new Error('an import ended without an answer'));
        else resolve(answer);
      });
    });
  }
}
