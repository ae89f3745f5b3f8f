// The sheets of a workbook, and one of them as lines of text: line n is row n. What a cell is, number, day, text or error,
// is told by its type and format, and never guessed.
import { type Unzipped, unzipSync, zipSync } from 'fflate';
import readWorkbook from 'read-excel-file/universal';
import { FileRefused } from '../refusal.ts';
import {
  damaged,
  emptyWorkbook,
  noSheet,
  noWorkbook,
  oldWorkbook,
  otherWorkbook,
  severalSheets,
  tooLarge,
} from './refusals.ts';
import { asShown } from './shown.ts';

/** Of all that is read of the archive. */
const MAX_INFLATED_BYTES = 200_000_000;

export interface SheetText {
  name: string;
  /** Every cell in quotation marks, semicolons between them. */
  text: string;
}

/** The sheet of this name or number, or the only one that has rows. Throws FileRefused. */
export async function sheetOf(bytes: Uint8Array, wanted: string | undefined): Promise<SheetText> {
  const files = unpacked(bytes);
  const archive = zipSync(asShown(files), { level: 0 });
  const sheets = await parsed(archive);
  const { sheet, data } = chosen(sheets, wanted);
  const width = Math.max(...data.map((row) => row.length));
  const lines = data.map((row) => Array.from({ length: width }, (_, i) => quoted(row[i] ?? null)).join(';'));
  return { name: sheet, text: `${lines.join('\n')}\n` };
}

type Cell = string | boolean | Date | null;
interface Sheet {
  sheet: string;
  data: Cell[][];
}

function unpacked(bytes: Uint8Array): Unzipped {
  let inflated = 0;
  let names: string[] = [];
  let files: Unzipped;
  try {
    files = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        names = [...names, name];
        if (!/\.xml(\.rels)?$/.test(name)) return false;
        inflated += originalSize;
        if (inflated > MAX_INFLATED_BYTES) throw new FileRefused(tooLarge());
        return true;
      },
    });
  } catch (error) {
    if (error instanceof FileRefused) throw error;
    throw new FileRefused(damaged());
  }
  if (names.includes('content.xml') || names.includes('Index/Document.iwa'))
    throw new FileRefused(otherWorkbook());
  if (names.includes('xl/workbook.bin')) throw new FileRefused(oldWorkbook());
  if (!names.includes('[Content_Types].xml') || !names.some((name) => name.startsWith('xl/')))
    throw new FileRefused(noWorkbook());
  return files;
}

async function parsed(archive: Uint8Array): Promise<Sheet[]> {
  try {
    return (await readWorkbook(new Uint8Array(archive).buffer, {
      trim: false,
      parseNumber: numberText,
    })) as unknown as Sheet[];
  } catch {
    throw new FileRefused(damaged());
  }
}

/** Excel keeps fifteen digits: 296.13000000000005 is 296.13 to whoever typed it. */
function numberText(text: string): string {
  const number = String(Number(Number(text).toPrecision(15)));
  return /^-?\d+(\.\d+)?$/.test(number) ? number : text;
}

function chosen(sheets: readonly Sheet[], wanted: string | undefined): Sheet {
  const filled = sheets
    .map((sheet) => ({ ...sheet, rows: sheet.data.filter((row) => row.some(isFilled)).length }))
    .filter(({ rows }) => rows > 0);
  if (wanted !== undefined) {
    const same = (text: string) => text.trim().normalize('NFC').toLowerCase();
    const found =
      sheets.find(({ sheet }) => same(sheet) === same(wanted)) ??
      (/^\d{1,3}$/.test(wanted) ? sheets[Number(wanted) - 1] : undefined);
    if (found === undefined) throw new FileRefused(noSheet(wanted, sheets));
    if (found.data.length === 0) throw new FileRefused(emptyWorkbook());
    return found;
  }
  // Titles alone are no rows: a second sheet may hold a legend.
  const candidates = filled.filter(({ rows }) => rows > 1);
  const [one, ...others] = candidates.length > 0 ? candidates : filled;
  if (one === undefined) throw new FileRefused(emptyWorkbook());
  if (others.length > 0) throw new FileRefused(severalSheets([one, ...others]));
  return one;
}

function isFilled(cell: Cell): boolean {
  return cell !== null && (typeof cell !== 'string' || cell.trim() !== '');
}

function quoted(cell: Cell): string {
  return `"${textOf(cell).replaceAll('"', '""')}"`;
}

function textOf(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'boolean') return cell ? 'oui' : 'non';
  if (cell instanceof Date) {
    const text = Number.isNaN(cell.getTime()) ? '' : cell.toISOString();
    return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.slice(0, 19).replace('T', ' ');
  }
  return cell.replace(/[\r\n\t\u2028\u2029]+/g, ' ');
}
