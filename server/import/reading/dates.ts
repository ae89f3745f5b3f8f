// Days as people write them. `01/04/2026` is the first of April here and the fourth of January to the south: the file
// as a whole tells which, or its rows are refused; never one row at a time.
export type DayOrder = 'day-first' | 'month-first' | 'unknown' | 'contradictory';

const MONTHS: readonly (readonly string[])[] = [
  ['janvier', 'janv', 'january', 'jan'],
  ['fevrier', 'fevr', 'fev', 'february', 'feb'],
  ['mars', 'march', 'mar'],
  ['avril', 'avr', 'april', 'apr'],
  ['mai', 'may'],
  ['juin', 'june', 'jun'],
  ['juillet', 'juil', 'july', 'jul'],
  ['aout', 'august', 'aug'],
  ['septembre', 'sept', 'september', 'sep'],
  ['octobre', 'october', 'oct'],
  ['novembre', 'november', 'nov'],
  ['decembre', 'december', 'dec'],
];
const NUMERIC = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/;

/** What the numeric dates of a file say about their order, as they are met. */
export class DayOrderEvidence {
  #dayFirst = false;
  #monthFirst = false;
  see(text: string): void {
    // A period has two: « 01/04/2026 au 31/03/2027 ».
    for (const [, first, second] of text.matchAll(/(?<![\d/.-])(\d{1,2})[/.-](\d{1,2})[/.-]\d{4}(?!\d)/g)) {
      if (Number(first) > 12) this.#dayFirst = true;
      if (Number(second) > 12) this.#monthFirst = true;
    }
  }
  order(): DayOrder {
    if (this.#dayFirst && this.#monthFirst) return 'contradictory';
    return this.#dayFirst ? 'day-first' : this.#monthFirst ? 'month-first' : 'unknown';
  }
}

/** The day as YYYY-MM-DD, or why there is none. */
export function parseDay(
  text: string,
  order: DayOrder,
): string | 'not-a-date' | 'ambiguous' | 'excel-serial' {
  const bare = withoutTime(text.replace(/[\u00a0\u202f]/g, ' ').trim());
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(bare);
  if (iso !== null) return day(iso[1], iso[2], iso[3]);
  const numeric = NUMERIC.exec(bare);
  if (numeric !== null) {
    const [, first, second, year] = numeric;
    if (order === 'day-first') return day(year, second, first);
    if (order === 'month-first') return day(year, first, second);
    return first === second ? day(year, first, second) : 'ambiguous';
  }
  if (/^\d{5}([.,]\d+)?$/.test(bare)) return 'excel-serial';
  const folded = bare.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const french =
    /^(?:le )?(?:lundi |mardi |mercredi |jeudi |vendredi |samedi |dimanche )?(\d{1,2})(?:er)?[ -]([a-z]+)\.?[ -](\d{4})$/.exec(
      folded,
    );
  if (french !== null) return day(french[3], monthNumber(french[2]), french[1]);
  const english = /^([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$/.exec(folded);
  if (english !== null) return day(english[3], monthNumber(english[1]), english[2]);
  return 'not-a-date';
}

/** A period written in one cell: `2026-04-01/2027-03-31`, « du 1er avril 2026 au 31 mars 2027 ». */
export function parsePeriod(text: string, order: DayOrder): { start: string; end: string } | null {
  const bare = text.replace(/[\u00a0\u202f]/g, ' ').trim();
  const match = /^(?:du |de |from )?(.+?)(?: au | à | to | – | — | - |\/(?=\d{4}-)|–|—)(.+)$/i.exec(bare);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  const start = parseDay(match[1], order);
  const end = parseDay(match[2], order);
  return isDay(start) && isDay(end) && start <= end ? { start, end } : null;
}

export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text);
}

function withoutTime(text: string): string {
  return text
    .trim()
    .replace(/[T ]\d{1,2}(:|\s?h\s?)\d{2}(:\d{2}(\.\d+)?)?\s?(Z|[+-]\d{2}:?\d{2}|[AP]M)?$/i, '');
}

function monthNumber(name: string | undefined): string {
  return String(MONTHS.findIndex((names) => names.includes(name ?? '')) + 1);
}

function day(year: string | undefined, month: string | undefined, date: string | undefined): string {
  const [y, m, d] = [Number(year), Number(month), Number(date)];
  const at = new Date(Date.UTC(y, m - 1, d));
  const exists = at.getUTCMonth() === m - 1 && at.getUTCDate() === d;
  if (!exists || y < 1990 || y > 2100) return 'not-a-date';
  return `${year}-${(month ?? '').padStart(2, '0')}-${(date ?? '').padStart(2, '0')}`;
}
