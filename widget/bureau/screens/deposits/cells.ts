// What is pasted from a spreadsheet: whom, how much, the number of the cheque, a row each.

export interface Cells {
  payer: string;
  amount: string;
  number: string;
}

/** The rows, without a row of titles; null where it is one cell, to be typed as it is. */
export function cellsOf(text: string): Cells[] | null {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
  if (!text.includes('\t')) return null;
  const rows = lines.map((line): Cells => {
    const [payer = '', amount = '', number = ''] = line.split('\t').map(bare);
    return { payer, amount, number };
  });
  const [first, ...others] = rows;
  // An amount has a digit, a title has none.
  return first !== undefined && others.length > 0 && !/\d/.test(first.amount) ? others : rows;
}

/** Without the quotes that a spreadsheet puts around some. */
const bare = (cell: string) =>
  cell
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .replaceAll('""', '"')
    .trim();
