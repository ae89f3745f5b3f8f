// A sheet of the books as an Excel workbook, put together in a thread of its own: whoever pays meanwhile must not wait.
import { Worker } from 'node:worker_threads';
import { type CsvCell, spreadsheetText } from '../csv.ts';

/** What goes to the thread: a text as it stands in the cell, a number, an amount, or nothing. */
export type WorkbookCell = Exclude<CsvCell, boolean>;
export interface WorkbookWork {
  sheet: string;
  /** 'end' after the last rows; each answer but the last asks for more. */
  rows: WorkbookCell[][] | 'end';
}

/** The workbook's bytes. Text that a spreadsheet would take for a formula is marked as in CSV; nothing is a formula. */
export async function workbookOf(
  sheet: string,
  pages: AsyncIterable<readonly (readonly CsvCell[])[]>,
): Promise<Uint8Array> {
  const worker = new Worker(new URL('./workbook-thread.ts', import.meta.url));
  try {
    for await (const page of pages)
      await answered(worker, { sheet, rows: page.map((row) => row.map(plainCell)) });
    return await answered(worker, { sheet, rows: 'end' });
  } finally {
    await worker.terminate();
  }
}

function plainCell(cell: CsvCell): WorkbookCell {
  if (typeof cell === 'boolean') return String(cell);
  return typeof cell === 'string' ? spreadsheetText(cell) : cell;
}

async function answered(worker: Worker, work: WorkbookWork): Promise<Uint8Array> {
  return await new Promise((resolve, reject) => {
    const done = (bytes: Uint8Array) => {
      worker.off('error', reject);
      resolve(bytes);
    };
    worker.once('message', done);
    worker.once('error', reject);
    worker.postMessage(work);
  });
}
