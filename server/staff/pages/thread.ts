// The thread that reads one page, posts what it found, and ends.
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { markupOf } from './markup.ts';

if (!isMainThread) parentPort?.postMessage(markupOf(String(workerData)));
