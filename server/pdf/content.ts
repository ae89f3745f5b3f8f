// A document of ours, ready to be drawn as a PDF (draw.ts) or a page.
import type { Lang } from '../fields.ts';

export type Fact = readonly [name: string, value: string];
/** Titles, facts and tables in her language; plain data, so that it can be drawn in another thread. */
export interface Content {
  lang: Lang;
  title: string;
  /** What it is dated; ISO 8601. The same document always has the same. */
  dated: string;
  payee: { name: string; lines: string[] };
  facts: Fact[];
  sections: {
    heading: string;
    /** A line under the heading, or none. */
    about: string | null;
    columns: readonly [string, string];
    lines: Fact[];
    sums: Fact[];
  }[];
  total: Fact[];
  notes: string[];
}
