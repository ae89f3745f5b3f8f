// From bytes to text: which encoding a file is in, told by its bytes, and refused when they are no text at all.
import { FileTrouble, type InputFile, inputFile } from '../../input-file.ts';
import { FileRefused, refusal } from '../refusal.ts';
import { openWorkbook } from '../workbook/read-workbook.ts';
import { oldWorkbook } from '../workbook/refusals.ts';
import type { TextEncoding, TextFile } from './text-file.ts';

const CHUNK = 256 * 1024;
/** Two or three hundred thousand invoices. */
export const MAX_FILE_BYTES = 64_000_000;

/**
 * Opens a path or bytes, and of a workbook the `sheet`, or the only one with rows. Throws FileRefused for an empty file, one
 * that is neither text nor a workbook, and what is no ordinary file.
 */
export async function openText(given: string | Uint8Array, sheet?: string): Promise<TextFile> {
  const source = typeof given === 'string' ? fileAt(given) : given;
  const head = await firstBytes(source);
  if (head.length === 0) throw new FileRefused(refusal('Le fichier est vide.', 'The file is empty.'));
  if (startsWith(head, 0x50, 0x4b, 0x03, 0x04)) return await openWorkbook(await allBytes(source), sheet);
  refuseOtherFormats(head);
  const encoding = markOf(head) ?? withoutMark(head) ?? (await eightBit(source));
  return {
    encoding,
    async *chunks() {
      const decoder = new TextDecoder(encoding);
      for await (const chunk of bytesOf(source)) yield decoder.decode(chunk, { stream: true });
      yield decoder.decode();
    },
  };
}

async function* bytesOf(source: InputFile | Uint8Array): AsyncGenerator<Uint8Array> {
  if (source instanceof Uint8Array) {
    for (let at = 0; at < source.length; at += CHUNK) yield source.subarray(at, at + CHUNK);
    return;
  }
  try {
    yield* source.bytes();
  } catch (error) {
    throw asRefusal(error);
  }
}

function fileAt(path: string): InputFile {
  try {
    return inputFile(path, MAX_FILE_BYTES);
  } catch (error) {
    throw asRefusal(error);
  }
}

function asRefusal(error: unknown): unknown {
  return error instanceof FileTrouble ? new FileRefused(refusal(error.fr, error.en)) : error;
}

async function firstBytes(source: InputFile | Uint8Array): Promise<Uint8Array> {
  for await (const chunk of bytesOf(source)) return chunk;
  return new Uint8Array();
}

async function allBytes(source: InputFile | Uint8Array): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const chunk of bytesOf(source)) pieces.push(chunk);
  return Buffer.concat(pieces);
}

function startsWith(head: Uint8Array, ...bytes: number[]): boolean {
  return bytes.every((byte, i) => head[i] === byte);
}

function refuseOtherFormats(head: Uint8Array): void {
  if (startsWith(head, 0xd0, 0xcf, 0x11, 0xe0)) throw new FileRefused(oldWorkbook());
  if (startsWith(head, 0x25, 0x50, 0x44, 0x46)) {
    throw new FileRefused(
      refusal(
        'C’est un PDF, pas un fichier CSV. Exportez la liste en CSV.',
        'This is a PDF, not a CSV file. Export the list as CSV.',
      ),
    );
  }
}

function markOf(head: Uint8Array): TextEncoding | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return undefined;
}

// Western text in UTF-16 has a zero in every other byte; in any other encoding a zero is no text.
function withoutMark(head: Uint8Array): TextEncoding | undefined {
  const seen = head.subarray(0, Math.min(head.length, 4096));
  let even = 0;
  let odd = 0;
  for (let i = 0; i < seen.length; i++) if (seen[i] === 0) i % 2 === 0 ? even++ : odd++;
  if (even + odd === 0) return undefined;
  const pairs = seen.length / 2;
  if (odd > pairs * 0.6 && even < pairs * 0.1) return 'utf-16le';
  if (even > pairs * 0.6 && odd < pairs * 0.1) return 'utf-16be';
  throw new FileRefused(
    refusal(
      'Ce fichier n’est pas du texte. Exportez la liste en CSV.',
      'This file is not text. Export the list as CSV.',
    ),
  );
}

// What is mostly UTF-8 is told where it is not (a row pasted from elsewhere); anything else is taken for Windows-1252. Whether
// it makes words shows as it is read (damaged-text.ts).
async function eightBit(source: InputFile | Uint8Array): Promise<TextEncoding> {
  const decoder = new TextDecoder('utf-8');
  let [sound, broken] = [0, 0];
  const count = (text: string) => {
    for (const [strange] of text.matchAll(/[^\p{ASCII}]/gu)) strange === '\ufffd' ? broken++ : sound++;
  };
  for await (const chunk of bytesOf(source)) count(decoder.decode(chunk, { stream: true }));
  count(decoder.decode());
  return broken <= sound / 2 ? 'utf-8' : 'windows-1252';
}
