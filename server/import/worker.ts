// The thread that brings one file in (thread.ts), posts what it did, and ends.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { DatabaseError } from '../db/db.ts';
import { openDb } from '../db/open.ts';
import { importFile } from './import-file.ts';
import { ImportBusy } from './lease.ts';
import type { Answer, Order } from './thread.ts';

async function answer({
  databaseUrl,
  databaseAuthToken,
  aheadMs,
  importId,
  request,
}: Order): Promise<Answer> {
  const db = await openDb(databaseUrl, databaseAuthToken);
  try {
    const deps = {
      db,
      now: () => Date.now() + aheadMs,
      sleep: (ms: number) => sleep(ms),
      randomBytes: (n: number) => new Uint8Array(randomBytes(n)),
    };
    return { report: await importFile(deps, request, importId) };
  } catch (error) {
    if (error instanceof ImportBusy) return { busy: true };
    if (error instanceof DatabaseError) return { fault: { message: error.message, code: error.code } };
    throw error;
  } finally {
    db.close();
  }
}

if (!isMainThread) parentPort?.postMessage(await answer(workerData as Order));
