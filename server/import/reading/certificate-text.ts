// What spreadsheets do to the numbers of certificates and invoices: leading zeros gone, `26E0417` read as a power of ten. Told, never mended.
import { type Refusal, refusal } from '../refusal.ts';

const WAY_OUT = {
  fr: 'Dans Excel, mettez la colonne au format Texte avant d’y coller les numéros, puis exportez de nouveau.',
  en: 'In Excel, format the column as Text before pasting the numbers, then export again.',
};

/** What the numbers of a file look like, taken together. */
export class NumberEvidence {
  #widths = new Set<number>();
  #leadingZero = false;
  see(number: string): void {
    if (!/^\d+$/.test(number) || !number.startsWith('0')) return;
    this.#leadingZero = true;
    this.#widths.add(number.length);
  }
  /** The one width of all-digit numbers that begin with a zero, when there is one. */
  zeroWidth(): number | null {
    return this.#leadingZero && this.#widths.size === 1 ? ([...this.#widths][0] ?? null) : null;
  }
}

/** `26E0417` turned into a number by a spreadsheet. */
export function scientific(number: string, title: string): Refusal | null {
  if (!/^\d+([.,]\d+)?E\+?\d+$/i.test(number) || /^\d+E\d+$/i.test(number)) return null;
  return refusal(
    `« ${title} » : « ${number} » a été changé en nombre par le tableur. ${WAY_OUT.fr}`,
    `“${title}”: “${number}” was turned into a number by the spreadsheet. ${WAY_OUT.en}`,
  );
}

/** A number that has lost its leading zeros, as the regroupement's pattern or the rest of the file shows. */
export function lostZeros(
  number: string,
  title: string,
  pattern: string | null,
  zeroWidth: number | null,
): Refusal | null {
  if (!/^\d+$/.test(number) || number.startsWith('0')) return null;
  const whole = pattern === null ? null : new RegExp(`^(?:${pattern})$`, 'i');
  const byPattern =
    whole !== null &&
    !whole.test(number) &&
    widths(number).some((width) => whole.test(number.padStart(width, '0')));
  const byFile = zeroWidth !== null && number.length < zeroWidth;
  if (!byPattern && !byFile) return null;
  return lostZerosRefusal(number, title);
}

/** A number that the books know, with more zeros in front or fewer. */
export function otherZerosRefusal(number: string, known: string, title: string): Refusal {
  return (known.length > number.length ? lostZerosRefusal : addedZerosRefusal)(number, title);
}

export function lostZerosRefusal(number: string, title: string): Refusal {
  return refusal(
    `« ${title} » : « ${number} » semble avoir perdu ses zéros du début. ${WAY_OUT.fr}`,
    `“${title}”: “${number}” seems to have lost its leading zeros. ${WAY_OUT.en}`,
  );
}

/** A number that has zeros in front which ours has not: it came without them before. */
export function addedZerosRefusal(number: string, title: string): Refusal {
  const known = number.replace(/^0+/, '');
  return refusal(
    `« ${title} » : « ${number} » est déjà connu sans ses zéros du début (« ${known} »). Écrivez-le ainsi ici aussi; si c’en est un autre, donnez-lui un autre numéro.`,
    `“${title}”: “${number}” is already known without its leading zeros (“${known}”). Write it so here too; if it is another one, give it another number.`,
  );
}

/** The same all-digit number with fewer zeros in front, or more: what it may have been before a spreadsheet. */
export function otherZeros(number: string): string[] {
  if (!/^\d{1,10}$/.test(number)) return [];
  const bare = number.replace(/^0+(?=.)/, '');
  const all = Array.from({ length: 11 - bare.length }, (_, i) => bare.padStart(bare.length + i, '0'));
  return all.filter((other) => other !== number);
}

function widths(number: string): number[] {
  return Array.from({ length: 12 }, (_, i) => number.length + i + 1);
}
