// Days as people write them. `01/04/2026` is the first of April here and the fourth of January to the south: the file
// as a whole tells which, or its rows are refused; never one row at a time.
import { torontoDay } from '../../ledger/toronto.ts';

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
const NUMERIC = /^(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})$/;
const WEEKDAY =
  '(?:(?:le )?(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lun|mar|mer|jeu|ven|sam|dim|' +
  'monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|wed|thu|fri|sat|sun)[.,]*[ ]+|le )?';
const DAY_MONTH_YEAR = new RegExp(
  String.raw`^${WEEKDAY}(\d{1,2})(?:er|st|nd|rd|th)?[ -]([a-z]+)\.?,?[ -](\d{4}|\d{2})$`,
);
const MONTH_DAY_YEAR = new RegExp(String.raw`^${WEEKDAY}([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$`);
const YEAR_MONTH_DAY = /^(\d{4})[ -]([a-z]+)\.?[ -](\d{1,2})$/;
const INSTANT = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2}(?:[.,]\d+)?)?\s?(Z|UTC|GMT|[+-]\d{2}:?\d{2})$/i;
const MIDNIGHT = /^0{1,2}:00(:00([.,]0+)?)?$/;
/** Years of two digits that an invoice or its insurance may have. */
const SHORT_YEARS = { from: 15, to: 45 };

/** How the days of a file are to be read. */
export interface DayReading {
  order: DayOrder;
  /** Some day has a time and a zone, so that midnight is an instant too. */
  instants: boolean;
}

/** Why a text is no day that can be relied on. */
export type NoDay =
  | 'not-a-date'
  /** A day of a hundred years ago, or after 2100. */
  | 'other-year'
  | 'ambiguous'
  /** A number that a spreadsheet keeps for a day: `serialDays` tells which it may be. */
  | 'excel-serial'
  | 'two-digit-year'
  | 'no-day'
  | 'no-year'
  /** Midnight at Greenwich is the evening before here: a day, or an instant? */
  | 'utc-midnight';

/** Of texts of days: a file has few different ones, and no more than so many are kept. */
export const DIFFERENT_DAYS = 1_000;

/** What the days of a file say about their order, and whether they are instants, as they are met. */
export class DayOrderEvidence {
  /** A file has few different days. */
  readonly #seen = new Set<string>();
  #dayFirst = false;
  #monthFirst = false;
  #instants = false;
  see(text: string): void {
    if (this.#seen.has(text)) return;
    if (this.#seen.size < DIFFERENT_DAYS) this.#seen.add(text);
    // A period has two: « 01/04/2026 au 31/03/2027 ».
    for (const [, first, second] of (periodParts(text) ?? [text])
      .join(' ')
      .matchAll(/(?<![\d/.-])(\d{1,2})[/.-](\d{1,2})[/.-]\d{4}(?!\d)/g)) {
      if (Number(first) > 12) this.#dayFirst = true;
      if (Number(second) > 12) this.#monthFirst = true;
    }
    if (text.length > 15 && !this.#instants)
      this.#instants = parseInstant(text) !== null && !isUtcMidnight(text);
  }
  order(): DayOrder {
    if (this.#dayFirst && this.#monthFirst) return 'contradictory';
    return this.#dayFirst ? 'day-first' : this.#monthFirst ? 'month-first' : 'unknown';
  }
  /** How days are read in this file. */
  reading(): DayReading {
    return { order: this.order(), instants: this.#instants };
  }
}

/** `2026-04-01T03:30:00Z`, with any zone, in milliseconds; null for anything else. */
export function parseInstant(text: string): number | null {
  const [, day, time, seconds = ':00', zone = ''] = INSTANT.exec(text.trim()) ?? [];
  if (day === undefined) return null;
  const offset = /^[+-]/.test(zone) ? zone.replace(/^(.\d{2}):?/, '$1:') : 'Z';
  const at = Date.parse(`${day}T${time}${seconds.replace(',', '.')}${offset}`);
  return Number.isNaN(at) ? null : at;
}

/** Whether the text is midnight in UTC: how programs also write a day that has no time. */
function isUtcMidnight(text: string): boolean {
  const [, , time = '', seconds = '', zone = ''] = INSTANT.exec(text.trim()) ?? [];
  return MIDNIGHT.test(`${time}${seconds}`) && /^(Z|UTC|GMT|[+-]00:?00)$/i.test(zone);
}

/** The day as YYYY-MM-DD, in Toronto where it is an instant, or why there is none. */
export function parseDay(text: string, order: DayOrder, instants = false): string | NoDay {
  const written = text.replace(/[\u00a0\u202f]/g, ' ').trim();
  const instant = parseInstant(written);
  if (instant !== null)
    return isUtcMidnight(written) && !instants ? 'utc-midnight' : sensible(torontoDay(instant));
  const bare = withoutTime(written);
  const iso = /^(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})$/.exec(bare);
  if (iso !== null && (iso[2] !== '' || bare.length === 8)) return day(iso[1], iso[3], iso[4]);
  const numeric = NUMERIC.exec(bare);
  if (numeric !== null) {
    const [, first = '', second = '', year] = numeric;
    const dayFirst = order === 'day-first' || Number(first) > 12;
    if (dayFirst && order !== 'month-first') return day(year, second, first);
    if (order === 'month-first' || Number(second) > 12) return day(year, first, second);
    return first === second ? day(year, first, second) : 'ambiguous';
  }
  if (/^\d{5}([.,]\d+)?$/.test(bare)) return 'excel-serial';
  if (/^\d{1,2}([/. -])\d{1,2}\1\d{1,2}$/.test(bare)) return 'two-digit-year';
  return inWords(bare.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase());
}

function inWords(folded: string): string | NoDay {
  const [, date, month, year] = DAY_MONTH_YEAR.exec(folded) ?? [];
  if (year?.length === 4) return day(year, monthNumber(month), date);
  if (year !== undefined) {
    const short = Number(year);
    if (short < SHORT_YEARS.from || short > SHORT_YEARS.to) return 'two-digit-year';
    return day(`20${year}`, monthNumber(month), date);
  }
  const english = MONTH_DAY_YEAR.exec(folded);
  if (english !== null) return day(english[3], monthNumber(english[1]), english[2]);
  const iso = YEAR_MONTH_DAY.exec(folded);
  if (iso !== null) return day(iso[1], monthNumber(iso[2]), iso[3]);
  const [, bareMonth] = /^([a-z]+)\.?[ -]\d{2}(\d{2})?$/.exec(folded) ?? [];
  const monthAlone = bareMonth !== undefined && monthNumber(bareMonth) !== '0';
  if (monthAlone || /^\d{4}-\d{1,2}$/.test(folded)) return 'no-day';
  const [, dayMonth] = /^(?:le )?\d{1,2}(?:er)?[ -]([a-z]+)\.?$/.exec(folded) ?? [];
  const yearless = dayMonth !== undefined && monthNumber(dayMonth) !== '0';
  return yearless || /^\d{1,2}[/-]\d{1,2}$/.test(folded) ? 'no-year' : 'not-a-date';
}

/** The days that a number of a spreadsheet may be: counted from 1900, or from 1904 in workbooks of old Macintoshes. */
export function serialDays(text: string): [from1900: string, from1904: string] {
  const days = Math.floor(Number(text.trim().replace(',', '.')));
  const since = (start: string) =>
    new Date(Date.parse(`${start}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
  return [since('1899-12-30'), since('1904-01-01')];
}

const BETWEEN =
  /(?<=^\d{5}) ?[-/] ?(?=\d{5}$)|(?<=^\d{4}-\d{1,2}-\d{1,2}) (?=\d{4}-\d{1,2}-\d{1,2}$)| au | à | a | jusqu[’']au | to | through | until | – | — | - | → | \.\. |\/(?=\d{4}-\d{1,2}-)|(?<=\/\d{4})-(?=\d{1,2}\/)|–|—|→/i;

/** The two days of a period written in one cell, as they stand; null where there are not two. */
export function periodParts(text: string): [start: string, end: string] | null {
  const bare = text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^(du|de|from) /i, '');
  const at = BETWEEN.exec(bare);
  if (at === null) return null;
  const [start, end] = [bare.slice(0, at.index).trim(), bare.slice(at.index + at[0].length).trim()];
  return start === '' || end === '' ? null : [start, end];
}

/** A period written in one cell: `2026-04-01/2027-03-31`, « du 1er avril 2026 au 31 mars 2027 ». */
export function parsePeriod(
  text: string,
  order: DayOrder,
  instants = false,
): { start: string; end: string } | null {
  const [start, end] = (periodParts(text) ?? []).map((part) => parseDay(part, order, instants));
  if (start === undefined || end === undefined) return null;
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

function day(year: string | undefined, month: string | undefined, date: string | undefined): string | NoDay {
  const [y, m, d] = [Number(year), Number(month), Number(date)];
  const at = new Date(Date.UTC(y, m - 1, d));
  if (at.getUTCMonth() !== m - 1 || at.getUTCDate() !== d) return 'not-a-date';
  return sensible(`${year}-${(month ?? '').padStart(2, '0')}-${(date ?? '').padStart(2, '0')}`);
}

function sensible(day: string): string | NoDay {
  const year = Number(day.slice(0, 4));
  if (year >= 1990 && year <= 2100) return day;
  return year < 1900 ? 'not-a-date' : 'other-year';
}
