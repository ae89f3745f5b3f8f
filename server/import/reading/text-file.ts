/** Of text; a workbook says itself what its letters are. */
export type Encoding = TextEncoding | 'xlsx';
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** What a file is read as, whatever it was. */
export interface TextFile {
  encoding: Encoding;
  /** The text from its start, without byte-order mark; can be read several times. */
  chunks(): AsyncGenerator<string>;
}
