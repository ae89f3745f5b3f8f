// The thread that reads one workbook, posts what it found, and ends.
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { FileRefused } from '../refusal.ts';
import type { Answer } from './read-workbook.ts';
import { sheetOf } from './sheets.ts';

async function answer({ bytes, sheet }: { bytes: Uint8Array; sheet?: string }): Promise<Answer> {
  try {
    return { sheet: await sheetOf(bytes, sheet) };
  } catch (error) {
    if (error instanceof FileRefused) return { refused: error.why };
    throw error;
  }
}

if (!isMainThread) parentPort?.postMessage(await answer(workerData as { bytes: Uint8Array; sheet?: string }));
