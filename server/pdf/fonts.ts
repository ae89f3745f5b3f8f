// The fonts of documents. Reading one takes longer than drawing a receipt with it: each is read once in the life of the process.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import { unpacked } from './woff.ts';

const require = createRequire(import.meta.url);
const read = new Map<string, object>();

/**
 * The font in `file` (of a package), for one document: what `registerFont` takes. All documents share what the file says. What
 * the reader notes while it draws stays with each: the characters that a glyph stands for are those it was first drawn for, and
 * in the next document they may be others.
 */
export function fontFor(file: string): Buffer {
  const font = read.get(file) ?? readFont(unpacked(readFileSync(require.resolve(file))));
  read.set(file, font);
  // The types do not know that fonts may be given as the reader's objects; the library does (its CHANGELOG, 0.20).
  return Object.create(font, { _glyphs: { value: {} } }) as Buffer;
}

// The reader is a dependency of the library's, reached through a document that nobody sees.
function readFont(bytes: Buffer): object {
  const doc = new PDFDocument({ autoFirstPage: false }).font(bytes);
  return (doc as unknown as { _font: { font: object } })._font.font;
}
