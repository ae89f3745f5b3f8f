// A workbook (.xlsx) as the text of one of its sheets: read in a thread of its own, since whoever pays meanwhile must not
// wait, and within bounds of size, memory and time, since a small archive may hold a very large file.
import { Worker } from 'node:worker_threads';
import type { TextFile } from '../reading/text-file.ts';
import { FileRefused, type Refusal } from '../refusal.ts';
import { tooLarge } from './refusals.ts';
import type { SheetText } from './sheets.ts';

/** Longer than three hundred thousand rows take. */
const PATIENCE_MS = 120_000;
const MEMORY_MB = 2_048;
const CHUNK = 256 * 1024;

export type Answer = { sheet: SheetText } | { refused: Refusal };

/** The sheet of this name or number, or the only one that has rows. Throws FileRefused. */
export async function openWorkbook(bytes: Uint8Array, sheet: string | undefined): Promise<TextFile> {
  const answer = await inThread(bytes, sheet);
  if ('refused' in answer) throw new FileRefused(answer.refused);
  const { text } = answer.sheet;
  return {
    encoding: 'xlsx',
    async *chunks() {
      for (let at = 0; at < text.length; at += CHUNK) yield text.slice(at, at + CHUNK);
    },
  };
}

async function inThread(bytes: Uint8Array, sheet: string | undefined): Promise<Answer> {
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    workerData: { bytes, sheet },
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  return await new Promise<Answer>((resolve, reject) => {
    const timer = setTimeout(() => {
      resolve({ refused: tooLarge() });
      void worker.terminate();
    }, PATIENCE_MS);
    worker.once('message', resolve);
    worker.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') resolve({ refused: tooLarge() });
      else reject(error);
    });
    worker.once('exit', () => {
      clearTimeout(timer);
      reject(new Error('the reader of a workbook ended without an answer'));
    });
  });
}
