// Records of delimited text (RFC 4180), a piece at a time, each with the line where it begins. A quotation mark opens a
// cell only at its start and is doubled inside; lines end with CRLF, LF or CR. Rows of any width cost the same.

export interface CsvRecord {
  /** Physical line where it begins, from 1. */
  line: number;
  cells: readonly string[];
  /** False for the last one of a text that does not end with an end of line: it may have been cut. */
  ended: boolean;
}

/** Why a text cannot be read, and the line where the record begins that cannot. */
export class CsvTrouble extends Error {
  readonly kind: 'misplaced-quote' | 'never-closed' | 'too-long';
  readonly line: number;
  constructor(kind: CsvTrouble['kind'], line: number) {
    super(kind);
    this.kind = kind;
    this.line = line;
  }
}

/** Longer than any row that people make; a quote that is never closed swallows the rest of the file. */
const MAX_RECORD = 100_000;
/** A record without text: blank lines, and the delimiters that spreadsheets leave behind. */
export const BLANK: readonly string[] = Object.freeze(['']);

const [LF, CR, QUOTE, SPACE] = [10, 13, 34, 32];

export class CsvReader {
  readonly #delimiter: number;
  #cells: string[] = [];
  /** What was read of the cell at hand; the rest of it is in the piece. */
  #cell = '';
  #state: 'start' | 'plain' | 'quoted' | 'after-quote' = 'start';
  #blank = true;
  #length = 0;
  #line = 1;
  #begins = 1;
  // A CR and the LF behind it, maybe in the next piece, end one line.
  #afterReturn = false;
  #quotedReturn = false;

  /** `delimiter` is one character. */
  constructor(delimiter: string) {
    this.#delimiter = delimiter.charCodeAt(0);
  }

  /** The records that end in this piece. Throws CsvTrouble. */
  *read(piece: string): Generator<CsvRecord> {
    let from = 0;
    for (let i = 0; i < piece.length; i++) {
      const code = piece.charCodeAt(i);
      if (this.#afterReturn) {
        this.#afterReturn = false;
        if (code === LF) {
          from = i + 1;
          continue;
        }
      }
      if (++this.#length > MAX_RECORD && !this.#blank)
        throw new CsvTrouble(this.#state === 'quoted' ? 'never-closed' : 'too-long', this.#begins);
      if (this.#state === 'quoted') {
        if (code === QUOTE) {
          this.#cell += piece.slice(from, i);
          this.#state = 'after-quote';
        } else if (code === CR || (code === LF && !this.#quotedReturn)) this.#line++;
        this.#quotedReturn = code === CR;
        continue;
      }
      if (code === this.#delimiter) this.#endCell(piece.slice(from, i));
      else if (code === LF || code === CR) {
        this.#endCell(piece.slice(from, i));
        this.#afterReturn = code === CR;
        yield this.#endRecord(true);
      } else {
        if (code === QUOTE) this.#openQuote();
        else if (this.#state === 'after-quote') throw new CsvTrouble('misplaced-quote', this.#begins);
        else {
          this.#state = 'plain';
          if (code !== SPACE) this.#blank = false;
          continue;
        }
      }
      from = i + 1;
    }
    if (this.#state === 'plain' || this.#state === 'quoted') this.#cell += piece.slice(from);
  }

  /** What is left when the text is over. Throws CsvTrouble. */
  *end(): Generator<CsvRecord> {
    if (this.#state === 'quoted') throw new CsvTrouble('never-closed', this.#begins);
    if (this.#length === 0) return;
    this.#endCell('');
    yield this.#endRecord(false);
  }

  #openQuote(): void {
    // Behind a closing one it is a quotation mark itself.
    if (this.#state === 'after-quote') this.#cell += '"';
    else if (this.#state === 'plain') throw new CsvTrouble('misplaced-quote', this.#begins);
    this.#state = 'quoted';
    this.#blank = false;
  }

  #endCell(rest: string): void {
    // However many delimiters a blank line has, they are none of it.
    if (this.#length <= MAX_RECORD)
      this.#cells.push(this.#state === 'plain' ? this.#cell + rest : this.#cell);
    this.#cell = '';
    this.#state = 'start';
  }

  #endRecord(ended: boolean): CsvRecord {
    const record = { line: this.#begins, cells: this.#blank ? BLANK : this.#cells, ended };
    this.#cells = [];
    this.#blank = true;
    this.#length = 0;
    this.#line++;
    this.#begins = this.#line;
    return record;
  }
}
