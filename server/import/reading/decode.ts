// From bytes to text: which encoding a file is in, told by its bytes, and refused when they are no text at all.
import { FileTrouble, type InputFile, inputFile } from '../../input-file.ts';
import { FileRefused, refusal } from '../refusal.ts';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
const CHUNK = 256 * 1024;
/** Two or three hundred thousand invoices. */
export const MAX_FILE_BYTES = 64_000_000;

export interface TextFile {
  encoding: Encoding;
  /** The text from its start, without byte-order mark; can be read several times. */
  chunks(): AsyncGenerator<string>;
}

/** Opens a path or bytes. Throws FileRefused for an empty file, one that is not text, and what is no ordinary file. */
export async function openText(given: string | Uint8Array): Promise<TextFile> {
  const source = typeof given === 'string' ? fileAt(given) : given;
  const head = await firstBytes(source);
  if (head.length === 0) throw new FileRefused(refusal('Le fichier est vide.', 'The file is empty.'));
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

function refuseOtherFormats(head: Uint8Array): void {
  const starts = (...bytes: number[]) => bytes.every((byte, i) => head[i] === byte);
  const save = ' Dans Excel : Fichier, Enregistrer sous, « CSV UTF-8 (délimité par des virgules) ».';
  const saveEn = ' In Excel: File, Save As, “CSV UTF-8 (Comma delimited)”.';
  if (starts(0x50, 0x4b, 0x03, 0x04) || starts(0xd0, 0xcf, 0x11, 0xe0)) {
    throw new FileRefused(
      refusal(
        `C’est un classeur Excel, pas un fichier CSV.${save}`,
        `This is an Excel workbook, not a CSV file.${saveEn}`,
      ),
    );
  }
  if (starts(0x25, 0x50, 0x44, 0x46)) {
    throw new FileRefused(
      refusal(
        'C’est un PDF, pas un fichier CSV. Exportez la liste en CSV.',
        'This is a PDF, not a CSV file. Export the list as CSV.',
      ),
    );
  }
}

function markOf(head: Uint8Array): Encoding | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return undefined;
}

// Western text in UTF-16 has a zero in every other byte; in any other encoding a zero is no text.
function withoutMark(head: Uint8Array): Encoding | undefined {
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

// Anything else is taken for Windows-1252; whether it makes words shows as it is read (damaged-text.ts).
async function eightBit(source: InputFile | Uint8Array): Promise<Encoding> {
  return (await isUtf8(source)) ? 'utf-8' : 'windows-1252';
}

async function isUtf8(source: InputFile | Uint8Array): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of bytesOf(source)) decoder.decode(chunk, { stream: true });
    decoder.decode();
    return true;
  } catch (error) {
    if (error instanceof FileRefused) throw error;
    return false;
  }
}
