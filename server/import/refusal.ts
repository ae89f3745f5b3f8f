// Why a row or a file is refused: one sentence in each language, with the way out.
export interface Refusal {
  fr: string;
  en: string;
  /** The sheets of a workbook that does not say which one is meant. */
  sheets?: string[];
}
export function refusal(fr: string, en: string): Refusal {
  return { fr, en };
}

/** A whole file that cannot be read; nothing of it was kept. */
export class FileRefused extends Error {
  readonly why: Refusal;
  /** 0 where no line is to blame. */
  readonly line: number;
  constructor(why: Refusal, line = 0) {
    super(why.fr);
    this.why = why;
    this.line = line;
  }
}

/** Thrown by a reader of cells, caught where the row is decided. */
export class CellRefused extends Error {
  readonly why: Refusal;
  constructor(why: Refusal) {
    super(why.fr);
    this.why = why;
  }
}
