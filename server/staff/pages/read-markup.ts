// A page read in a thread of its own: two megabytes of HTML can be made to take a parser hours, and whoever pays meanwhile
// must not wait.
import { Worker } from 'node:worker_threads';
import { BoundedQueue } from '../../bounded-queue.ts';
import type { Markup } from './markup.ts';

const PATIENCE_MS = 5_000;
const MEMORY_MB = 256;
const READERS = new BoundedQueue({ atOnce: 2, places: 20, patienceMs: 10_000 });

/** What stands in it; null where that cannot be found out within bounds of time and memory. */
export function readMarkup(html: string, patienceMs = PATIENCE_MS): Promise<Markup | null> {
  return READERS.run(() => inThread(html, patienceMs));
}

function inThread(html: string, patienceMs: number): Promise<Markup | null> {
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    workerData: html,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      resolve(null);
      void worker.terminate();
    }, patienceMs);
    worker.once('message', resolve);
    worker.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') resolve(null);
      else reject(error);
    });
    worker.once('exit', () => {
      clearTimeout(timer);
      reject(new Error('the reader of a page ended without an answer'));
    });
  });
}
