// The thread that brings one file in (thread.ts), posts what it did, and ends.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { DatabaseError } from '../db/db.ts';
import { openDb } from '../db/open.ts';
import { Problem } from '../problems/problem.ts';
import { forRequest } from '../request-id.ts';
import { importFile } from './import-file.ts';
import { ImportBusy } from './lease.ts';
import { ImportStopped, type Stage } from './run.ts';
import type { Answer, Order, Progress } from './thread.ts';
import { undoImport } from './undo/undo-import.ts';
import { upsertAll } from './upserts/upsert.ts';

async function answer({
  databaseUrl,
  databaseAuthToken,
  aheadMs,
  importId,
  requestId,
  work,
  stop,
}: Order): Promise<Answer> {
  const db = await openDb(databaseUrl, databaseAuthToken);
  try {
    const deps = {
      db,
      now: () => Date.now() + aheadMs,
      sleep: (ms: number) => sleep(ms),
      randomBytes: (n: number) => new Uint8Array(randomBytes(n)),
    };
    const progress = (stage: Stage, rows: number) => {
      if (Atomics.load(stop, 0) === 1) throw new ImportStopped();
      parentPort?.postMessage({ progress: { stage, rows } } satisfies Progress);
    };
    return await forRequest(requestId, async () =>
      'import' in work
        ? { report: await importFile(deps, { ...work.import, progress }, importId) }
        : 'undo' in work
          ? { undone: await undoImport(deps, { ...work.undo, progress }) }
          : { upserted: await upsertAll(deps, { ...work.upsert, progress }) },
    );
  } catch (error) {
    if (error instanceof ImportBusy) return { busy: true };
    if (error instanceof ImportStopped) return { stopped: true };
    if (error instanceof Problem) return { refused: error.kind };
    if (error instanceof DatabaseError) return { fault: { message: error.message, code: error.code } };
    throw error;
  } finally {
    db.close();
  }
}

if (!isMainThread) parentPort?.postMessage(await answer(workerData as Order));
