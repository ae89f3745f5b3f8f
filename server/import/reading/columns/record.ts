// The cells of a record, by field.
import { isFormula } from '../../../csv.ts';
import { bare, visible } from '../../../text.ts';
import type { Cells, Columns, Field } from './fields.ts';

/** Names of things: one writing each, whatever spaces came along. */
const IDENTIFIERS: readonly Field[] = [
  'regroupement',
  'certificate',
  'invoice',
  'holderId',
  'endorsementId',
  'paymentId',
  'reference',
];

/** Names and sentences, where a script may need what is not seen; in anything else nothing unseen has a place. */
const WORDS: readonly Field[] = [
  'firstName',
  'lastName',
  'usualName',
  'type',
  'status',
  'note',
  'description',
];

/** The cells of a record by field, without what nobody sees: spaces around (no-break ones too), zero-width characters. */
export function cellsOf(record: readonly string[], columns: Columns): Cells {
  const cells: Cells = {};
  for (const [field, index] of columns) {
    const seen = WORDS.includes(field) ? visible : bare;
    const whole = seen(record[index] ?? '');
    const inner = unwrapped(whole);
    const text = inner === whole ? whole : seen(inner);
    cells[field] = IDENTIFIERS.includes(field) ? text.replace(/\s+/gu, ' ') : text;
  }
  return cells;
}

// `="00123"` is how people make Excel keep a number as text; an apostrophe is how our exports keep it from running one.
function unwrapped(cell: string): string {
  if (cell.startsWith("'") && isFormula(cell)) return cell.slice(1);
  const text = /^="((?:[^"]|"")*)"$/.exec(cell)?.[1];
  return text === undefined ? cell : text.replaceAll('""', '"');
}
