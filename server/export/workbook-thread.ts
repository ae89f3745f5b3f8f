// The thread that puts one workbook together: takes rows, and answers its bytes after the last.
import { isMainThread, type MessagePort, parentPort } from 'node:worker_threads';
import writeWorkbook, { type Cell, type Row } from 'write-excel-file/node';
import type { WorkbookCell, WorkbookWork } from './workbook.ts';

const MONEY = '# ##0.00';
/** So long text is a note, which need not be seen whole. */
const WIDEST = 40;
const NARROWEST = 8;

function serve(port: MessagePort): void {
  const rows: Row[] = [];
  const widths: number[] = [];
  port.on('message', async ({ sheet, rows: more }: WorkbookWork) => {
    if (more !== 'end') {
      for (const row of more) {
        rows.push(row.map((cell) => cellOf(cell, rows.length === 0)));
        for (const [i, cell] of row.entries())
          widths[i] = Math.max(widths[i] ?? NARROWEST, Math.min(WIDEST, lengthOf(cell)));
      }
      port.postMessage(new Uint8Array());
      return;
    }
    const columns = widths.map((width) => ({ width: width + 2 }));
    const written = writeWorkbook(rows, { sheet, columns, stickyRowsCount: 1 });
    port.postMessage(new Uint8Array(await written.toBuffer()));
  });
}

function cellOf(cell: WorkbookCell, isTitle: boolean): Cell {
  if (cell === null) return null;
  if (typeof cell === 'number') return { value: cell, type: Number };
  if (typeof cell === 'object') return { value: cell.cents / 100, type: Number, format: MONEY };
  return { value: cell, type: String, ...(isTitle ? { fontWeight: 'bold' as const } : {}) };
}

function lengthOf(cell: WorkbookCell): number {
  return cell === null ? 0 : typeof cell === 'object' ? 12 : String(cell).length;
}

if (!isMainThread && parentPort !== null) serve(parentPort);
