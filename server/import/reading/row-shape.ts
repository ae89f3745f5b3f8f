// Rows whose cells do not stand where the titles say: cut off, too wide, or with an amount fallen into two cells.
import { type Refusal, refusal } from '../refusal.ts';
import { type Cells, DAY_FIELDS, type Field } from './columns/fields.ts';
import type { CsvRecord } from './csv-records.ts';
import { parseDay } from './dates.ts';
import type { Layout } from './layout.ts';

export const MONEY_FIELDS: readonly Field[] = [
  ...(['premium', 'premiumTax', 'fees', 'total', 'paid', 'balance', 'amount'] as const),
];

/** Why the row is refused for its shape, null when nothing is wrong with it. */
export function misshapen(record: CsvRecord, cells: Cells, layout: Layout): Refusal | null {
  return (
    tooWide(record, layout) ??
    spilled(record, cells, layout) ??
    cutOff(record, cells, layout) ??
    notBindable(record)
  );
}

/**
 * A row that ends before its amounts, or the last one of a file that broke off: `…;109,00 $;10` may have been 109,00 $.
 */
function cutOff(record: CsvRecord, cells: Cells, layout: Layout): Refusal | null {
  const money = MONEY_FIELDS.filter((field) => layout.columns.has(field));
  const lastMoney = Math.max(-1, ...money.map((field) => layout.columns.get(field) ?? -1));
  const titles = layout.header.findLastIndex((title) => title.trim() !== '') + 1;
  const lastField = [...layout.columns].find(([, index]) => index === record.cells.length - 1)?.[0];
  const brokenAmount = () => {
    if (lastField === undefined || !money.includes(lastField)) return false;
    const hasCents = (field: Field) => /[.,]\d{2}\D*$/.test(cells[field] ?? '');
    return !hasCents(lastField) && money.some((field) => field !== lastField && hasCents(field));
  };
  const cut =
    record.cells.length <= lastMoney || (!record.ended && (record.cells.length < titles || brokenAmount()));
  if (!cut) return null;
  return refusal(
    'Cette ligne est coupée : il lui manque des colonnes ou la fin d’un montant. Exportez le fichier de nouveau.',
    'This row is cut off: columns, or the end of an amount, are missing. Export the file again.',
  );
}

const WHOLE = /^[-($]?\s?\d{1,3}([\s\u00a0\u202f]?\d{3})*$/;
const CENTS = /^\d{2}\s?\$?\)?$/;

/** What stands behind the comma of an amount: cents, or hundreds with theirs. */
const PART = /^(\d{2}|\d{3}\.\d{2})\s?\$?\)?$/;

function tooWide({ cells }: CsvRecord, { header, delimiter }: Layout): Refusal | null {
  const width = cells.findLastIndex((cell) => cell.trim() !== '') + 1;
  if (width <= header.length) return null;
  const texts = cells.map((cell) => cell.trim());
  const parted =
    delimiter === ','
      ? texts.findIndex((cell, i) => i > 0 && WHOLE.test(cell) && PART.test(texts[i + 1] ?? ''))
      : -1;
  if (parted >= 0) return inTwo(`${texts[parted]}`, `${texts[parted + 1]}`, null);
  const [sign, signEn] =
    delimiter === '\t' ? ['une tabulation', 'a tab'] : [`un « ${delimiter} »`, `a “${delimiter}”`];
  return refusal(
    `Cette ligne a ${width} cases pour ${header.length} titres : ${sign} est peut-être resté dans un texte sans guillemets. Corrigez la ligne, ou exportez le fichier de nouveau.`,
    `This row has ${width} cells for ${header.length} titles: ${signEn} may stand in a text without quotation marks. Correct the row, or export the file again.`,
  );
}

function inTwo(whole: string, cents: string, title: string | null): Refusal {
  const plain = cents.includes('.') ? `${whole}${cents}` : `${whole}.${cents}`;
  const [fr, en] = title === null ? ['', ''] : [`« ${title} » : `, `“${title}”: `];
  return refusal(
    `${fr}${whole},${cents} est peut-être tombé dans deux cases : la virgule sépare aussi les colonnes de ce fichier. Exportez avec le point-virgule, ou écrivez les montants avec un point et sans autre signe (${plain}).`,
    `${en}${whole},${cents} may have fallen into two cells: the comma also separates the columns of this file. Export with semicolons, or write amounts with a point and no other sign (${plain}).`,
  );
}

// `296,13` without quotation marks, in a file whose delimiter is the comma: 296 here, 13 in the next cell.
function spilled({ cells: raw }: CsvRecord, cells: Cells, layout: Layout): Refusal | null {
  if (layout.delimiter !== ',') return null;
  const present = MONEY_FIELDS.filter((field) => (cells[field] ?? '') !== '');
  if (present.some((field) => /[.,]\d{1,2}\D*$/.test(cells[field] ?? ''))) return null;
  for (const field of present) {
    const index = layout.columns.get(field) ?? -1;
    const next = (raw[index + 1] ?? '').trim();
    if (!WHOLE.test(cells[field] ?? '') || !CENTS.test(next) || daysStand(cells, layout, index + 1)) continue;
    return inTwo(cells[field] ?? '', next, layout.titles[field] ?? field);
  }
  return null;
}

/** Whether a day stands under the title of one, behind `index`: nothing was moved to the right before it. */
function daysStand(cells: Cells, { columns }: Layout, index: number): boolean {
  return DAY_FIELDS.some((field) => {
    const text = (columns.get(field) ?? -1) > index ? (cells[field] ?? '') : '';
    return text !== '' && parseDay(text, 'day-first') !== 'not-a-date';
  });
}

// The database would cut the text at this character.
function notBindable({ cells }: CsvRecord): Refusal | null {
  if (!cells.some((cell) => cell.includes('\0') || !cell.isWellFormed())) return null;
  return refusal(
    'Cette ligne contient un caractère nul ou brisé. Exportez le fichier de nouveau.',
    'This row has a null or broken character. Export the file again.',
  );
}
