// Reading one cell: its value, or why it has none.
import { certificateKey } from '../../certificates/number.ts';
import { MAX_CERTIFICATE_NUMBER, MAX_INVOICE_NUMBER } from '../../fields.ts';
import { money } from '../../format.ts';
import { MAX_CENTS } from '../../ledger/money.ts';
import { parseMoney } from '../../ledger/parse-money.ts';
import { torontoDay, yearsBefore } from '../../ledger/toronto.ts';
import { emailText, isEmail, isLine } from '../../text.ts';
import { CellRefused, type Refusal, refusal } from '../refusal.ts';
import type { ImportContext, Row } from '../rows/context.ts';
import { lostZeros, scientific } from './certificate-text.ts';
import { DAY_FIELDS, type Field, TITLES } from './columns/fields.ts';
import { damaged } from './damaged-text.ts';
import {
  type DayOrder,
  DayOrderEvidence,
  type DayReading,
  DIFFERENT_DAYS,
  isDay,
  type NoDay,
  parseDay,
  periodParts,
  serialDays,
} from './dates.ts';

/** How the column is titled in the file; where the file has none, how people call it. */
export function titleOf({ titles }: Pick<Row, 'titles'>, field: Field): string {
  return titles[field] ?? TITLES[field] ?? field;
}

/** Null when the text is sound. `title` is how people call the column. */
export function unsound(text: string, title: string, max = 200): Refusal | null {
  if (text.length > max) {
    return refusal(
      `« ${title} » : « ${text.slice(0, 40)}… » est trop long (${text.length} caractères; ${max} au plus). Raccourcissez-le.`,
      `“${title}”: “${text.slice(0, 40)}…” is too long (${text.length} characters; ${max} at most). Shorten it.`,
    );
  }
  const damage = damaged(text, 'title', title);
  if (damage !== null) return damage;
  if (!isLine(text)) {
    return refusal(
      `« ${title} » : « ${oneLine(text)} » contient un saut de ligne ou un caractère de contrôle. Retirez-le.`,
      `“${title}”: “${oneLine(text)}” has a line break or a control character. Remove it.`,
    );
  }
  return null;
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+/gu, '□').slice(0, 40);
}

/** What to say of a cell that is needed: the file has no such column, or the cell is empty. */
export function missing(row: Row, field: Field): Refusal {
  const title = titleOf(row, field);
  if (row.cells[field] === undefined)
    return refusal(
      `Il manque la colonne « ${title} ». Ajoutez-la, puis importez de nouveau.`,
      `The column “${title}” is missing. Add it, then import again.`,
    );
  return refusal(`« ${title} » est vide. Remplissez la case.`, `“${title}” is empty. Fill in the cell.`);
}

/** The e-mail address in a cell, as it is kept; null when no message can be sent to what stands there. */
export function usableEmail(text: string): string | null {
  const email = emailText(text);
  return isEmail(email) ? email : null;
}

export function textCell(row: Row, field: Field, required = false, max?: number): string {
  const text = row.cells[field] ?? '';
  if (required && text === '') throw new CellRefused(missing(row, field));
  const why = unsound(text, titleOf(row, field), max);
  if (why !== null) throw new CellRefused(why);
  return text;
}

/** Cents; null when the cell is empty or not there. */
export function moneyCell(row: Row, field: Field): number | null {
  const text = row.cells[field] ?? '';
  if (text === '') return null;
  const cents = parseMoney(text);
  if (cents === 'too-large')
    throw new CellRefused(
      refusal(
        `« ${titleOf(row, field)} » : « ${text.slice(0, 40)} » dépasse ${money(MAX_CENTS, 'fr-CA')}. Manque-t-il la virgule des cents? Écrivez le montant comme 1 234,56 $.`,
        `“${titleOf(row, field)}”: “${text.slice(0, 40)}” is more than ${money(MAX_CENTS, 'en-CA')}. Is the decimal point missing? Write the amount like $1,234.56.`,
      ),
    );
  if (cents !== null) return cents;
  throw new CellRefused(
    refusal(
      `« ${titleOf(row, field)} » : « ${text.slice(0, 40)} » n’est pas un montant sûr. Écrivez-le comme 1 234,56 $.`,
      `“${titleOf(row, field)}”: “${text.slice(0, 40)}” is not surely an amount. Write it like $1,234.56.`,
    ),
  );
}

export function requiredMoney(row: Row, field: Field): number {
  const cents = moneyCell(row, field);
  if (cents === null) throw new CellRefused(missing(row, field));
  return cents;
}

export function dayCell(ctx: ImportContext, row: Row, field: Field): string | null {
  const text = row.cells[field] ?? '';
  if (text === '') return null;
  return dayOf(ctx, row, field, text);
}

/** The day that `text`, of the field's cell, says. Throws CellRefused. */
function dayOf(ctx: ImportContext, row: Row, field: Field, text: string): string {
  const reading = readingOf(ctx.days, row);
  const known = reading === ctx.days ? ctx.readDays.get(text) : undefined;
  if (known !== undefined) return known;
  const day = parseDay(text, reading.order, reading.instants);
  if (isDay(day)) {
    if (reading === ctx.days && ctx.readDays.size < DIFFERENT_DAYS) ctx.readDays.set(text, day);
    return day;
  }
  const sure = day === 'excel-serial' ? sureSerial(ctx, row, text) : null;
  if (sure !== null) return sure;
  throw new CellRefused(badDay(text, day as NoDay, titleOf(row, field), ctx.days.order));
}

// In a file that says both, the other days of the row decide.
function readingOf(days: DayReading, row: Row): DayReading {
  if (days.order !== 'contradictory') return days;
  const evidence = new DayOrderEvidence();
  for (const field of DAY_FIELDS) evidence.see(row.cells[field] ?? '');
  return { order: evidence.order(), instants: days.instants };
}

const DAY_MS = 86_400_000;
/** An invoice, its dates and its period lie within so many days of each other. */
const NEAR_DAYS = 500;
/** No invoice is made so many days before its time. */
const AHEAD_DAYS = 730;

/** The day of a spreadsheet's number, where only one of its two readings can be: by the row's other days, or by today. */
function sureSerial(ctx: ImportContext, row: Row, text: string): string | null {
  const [from1900, from1904] = serialDays(text);
  const { order, instants } = readingOf(ctx.days, row);
  const others = DAY_FIELDS.flatMap((field) => {
    const cell = row.cells[field] ?? '';
    return (periodParts(cell) ?? [cell]).map((part) => parseDay(part, order, instants)).filter(isDay);
  });
  const apart = (one: string, other: string) => (Date.parse(one) - Date.parse(other)) / DAY_MS;
  const near = (day: string) => others.some((other) => Math.abs(apart(day, other)) <= NEAR_DAYS);
  if (others.length > 0) {
    if (near(from1900) === near(from1904)) return null;
    return near(from1900) ? from1900 : from1904;
  }
  const today = torontoDay(ctx.deps.now());
  const possible = (day: string) => Math.abs(apart(day, today)) <= AHEAD_DAYS;
  return possible(from1900) && !possible(from1904) && from1904 > today ? from1900 : null;
}

function badDay(text: string, why: NoDay, title: string, order: DayOrder): Refusal {
  const [fr, en] = [`« ${title} » : « ${text.slice(0, 40)} »`, `“${title}”: “${text.slice(0, 40)}”`];
  const like = { fr: 'Écrivez les dates comme 2026-04-01.', en: 'Write dates like 2026-04-01.' };
  switch (why) {
    case 'ambiguous':
      return order === 'contradictory'
        ? refusal(
            `${fr} peut se lire de deux façons, et le fichier a des dates dans les deux ordres (jour/mois et mois/jour). ${like.fr}`,
            `${en} can be read in two ways, and the file has dates in both orders (day/month and month/day). ${like.en}`,
          )
        : refusal(
            `${fr} peut se lire de deux façons (jour/mois ou mois/jour). ${like.fr}`,
            `${en} can be read in two ways (day/month or month/day). ${like.en}`,
          );
    case 'excel-serial': {
      const [from1900, from1904] = serialDays(text);
      return refusal(
        `${fr} est une date sous forme de nombre, qui peut être le ${from1900} ou le ${from1904} selon le classeur. Dans Excel, mettez la colonne au format Date (2026-04-01), puis exportez de nouveau.`,
        `${en} is a date in the form of a number, which may be ${from1900} or ${from1904}, depending on the workbook. In Excel, format the column as Date (2026-04-01), then export again.`,
      );
    }
    case 'two-digit-year':
      return refusal(
        `${fr} : avec une année de deux chiffres, on ne sait pas ce qui est le jour, le mois et l’année. ${like.fr}`,
        `${en}: with a year of two digits, day, month and year cannot be told apart. ${like.en}`,
      );
    case 'no-day':
      return refusal(
        `${fr} a un mois et une année, mais pas de jour. ${like.fr}`,
        `${en} has a month and a year, but no day. ${like.en}`,
      );
    case 'no-year':
      return refusal(
        `${fr} a un jour et un mois, mais pas d’année. ${like.fr}`,
        `${en} has a day and a month, but no year. ${like.en}`,
      );
    case 'utc-midnight':
      return refusal(
        `${fr} est minuit à Greenwich, encore la veille au Québec : on ne sait pas lequel des deux jours est le bon. ${like.fr}`,
        `${en} is midnight at Greenwich, still the evening before in Québec: which of the two days is meant is not known. ${like.en}`,
      );
    case 'other-year': {
      const year = /\d{4}/.exec(text)?.[0] ?? '';
      return refusal(
        `${fr} : l’année ${year} n’est celle d’aucune facture. Corrigez-la.`,
        `${en}: the year ${year} is no invoice’s. Correct it.`,
      );
    }
    case 'not-a-date':
      return refusal(`${fr} n’est pas une date. ${like.fr}`, `${en} is not a date. ${like.en}`);
  }
}

/** From « Période », or from its two columns; null when neither is there. */
export function periodCells(ctx: ImportContext, row: Row): { start: string; end: string } | null {
  const text = row.cells.period ?? '';
  if (text !== '') {
    const parts = periodParts(text);
    if (parts === null) throw new CellRefused(unclearPeriod(row, text));
    const [start = '', end = ''] = parts.map((part) => dayOf(ctx, row, 'period', part));
    refuseOtherDays(ctx, row, { start, end });
    return inOrder(row, 'period', text, start, end);
  }
  const start = dayCell(ctx, row, 'periodStart');
  const end = dayCell(ctx, row, 'periodEnd');
  if (start === null || end === null) return null;
  return inOrder(row, 'periodEnd', row.cells.periodEnd ?? '', start, end);
}

/** « Période » beside « Début » and « Fin » that say otherwise. Throws CellRefused. */
function refuseOtherDays(ctx: ImportContext, row: Row, period: { start: string; end: string }): void {
  for (const [field, day] of [['periodStart', period.start] as const, ['periodEnd', period.end] as const]) {
    const other = dayCell(ctx, row, field);
    if (other === null || other === day) continue;
    const [one, two] = [titleOf(row, 'period'), titleOf(row, field)];
    throw new CellRefused(
      refusal(
        `« ${one} » (${period.start}/${period.end}) et « ${two} » (${other}) ne disent pas la même période. Corrigez l’une des deux colonnes.`,
        `“${one}” (${period.start}/${period.end}) and “${two}” (${other}) do not say the same period. Correct one of the two columns.`,
      ),
    );
  }
}

/** What to say of a row whose period is needed and is not there, in one column or two. */
export function missingPeriod(row: Row): Refusal {
  const { period, periodStart, periodEnd } = row.cells;
  if (period !== undefined || (periodStart === undefined && periodEnd === undefined))
    return missing(row, 'period');
  return missing(row, (periodStart ?? '') === '' ? 'periodStart' : 'periodEnd');
}

/** No insurance is longer: 2036 where 2026 was meant. */
const LONGEST_YEARS = 5;

function unclearPeriod(row: Row, text: string): Refusal {
  const title = titleOf(row, 'period');
  return refusal(
    `« ${title} » : « ${oneLine(text)} » n’a pas une date de début et une date de fin. Écrivez-la comme 2026-04-01/2027-03-31.`,
    `“${title}”: “${oneLine(text)}” does not have a first day and a last day. Write it like 2026-04-01/2027-03-31.`,
  );
}

function inOrder(row: Row, field: Field, text: string, start: string, end: string) {
  const title = titleOf(row, field);
  if (start < yearsBefore(end, LONGEST_YEARS))
    throw new CellRefused(
      refusal(
        `« ${title} » : la période irait du ${start} au ${end}, plus de ${LONGEST_YEARS} ans. Corrigez les dates.`,
        `“${title}”: the period would go from ${start} to ${end}, more than ${LONGEST_YEARS} years. Correct the dates.`,
      ),
    );
  if (start <= end) return { start, end };
  throw new CellRefused(
    refusal(
      `« ${title} » : « ${text.slice(0, 60)} » : la période finit (${end}) avant de commencer (${start}). Corrigez les dates.`,
      `“${title}”: “${text.slice(0, 60)}”: the period ends (${end}) before it starts (${start}). Correct the dates.`,
    ),
  );
}

// A space in place of a hyphen, or none, is the same number (certificateKey).
function fitsPattern(number: string, pattern: string | null): boolean {
  if (pattern === null || pattern === '') return true;
  const whole = new RegExp(`^(?:${pattern})$`, 'i');
  return [number, number.replaceAll(' ', ''), number.replaceAll(' ', '-')].some((text) => whole.test(text));
}

function otherPattern(row: Row, number: string): Refusal {
  const { slug, certificateExample: example } = row.regroupement;
  const title = titleOf(row, 'certificate');
  const [fr, en] = example === '' ? ['', ''] : [` (comme ${example})`, ` (like ${example})`];
  return refusal(
    `« ${title} » : « ${number} » n’a pas la forme des certificats de ${slug}${fr}. Corrigez le numéro; s’il est bien celui-là, importez avec --even-so pattern.`,
    `“${title}”: “${number}” does not have the form of the certificates of ${slug}${en}. Correct the number; if it is the right one, import with --even-so pattern.`,
  );
}

/** The certificate's number as written, checked for what spreadsheets do to it. */
export function certificateCell(ctx: ImportContext, row: Row): string {
  const text = textCell(row, 'certificate', true, MAX_CERTIFICATE_NUMBER);
  const why =
    scientific(text, titleOf(row, 'certificate')) ??
    lostZeros(text, titleOf(row, 'certificate'), row.regroupement.certificatePattern, ctx.certificateWidth);
  if (why !== null) throw new CellRefused(why);
  if (!fitsPattern(text, row.regroupement.certificatePattern) && !ctx.allows('pattern'))
    throw new CellRefused(otherPattern(row, text));
  if (certificateKey(text) === '') throw new CellRefused(missing(row, 'certificate'));
  return text;
}

/** The invoice's number as written, checked for what spreadsheets do to it. */
export function invoiceCell(ctx: ImportContext, row: Row): string {
  const text = textCell(row, 'invoice', true, MAX_INVOICE_NUMBER);
  const title = titleOf(row, 'invoice');
  const why = scientific(text, title) ?? lostZeros(text, title, null, ctx.invoiceWidth);
  if (why !== null) throw new CellRefused(why);
  return text;
}

/** The e-mail when it can be used; otherwise null, with a warning when something was written. */
export function emailCell(ctx: ImportContext, row: Row): string | null {
  const text = row.cells.email ?? '';
  if (text === '') return null;
  const email = usableEmail(text);
  if (email === null) {
    ctx.warnings.push({
      line: row.line,
      message: refusal(
        `« ${titleOf(row, 'email')} » : ce courriel n’est pas valide; il est laissé de côté.`,
        `“${titleOf(row, 'email')}”: this e-mail is not valid; it is left out.`,
      ),
    });
  }
  return email;
}

/** 1 for yes, 0 for no, null where the file does not say. Throws CellRefused. */
export function yesCell(row: Row, field: Field): number | null {
  const text = row.cells[field] ?? '';
  if (text === '') return null;
  if (/^(oui|o|yes|y|vrai|true|1|x)$/i.test(text)) return 1;
  if (/^(non|n|no|faux|false|0)$/i.test(text)) return 0;
  throw new CellRefused(
    refusal(
      `« ${titleOf(row, field)} » : « ${text.slice(0, 40)} » n’est ni « oui » ni « non ». Écrivez l’un des deux.`,
      `“${titleOf(row, field)}”: “${text.slice(0, 40)}” is neither “oui” nor “non”. Write one of them.`,
    ),
  );
}

/** What a status cell says, null when it says nothing. Throws CellRefused for a word that is not known. */
export function statusCell<Meaning extends string>(
  row: Row,
  read: (text: string, title: string) => Meaning | null | Refusal,
): Meaning | null {
  const status = read(textCell(row, 'status'), titleOf(row, 'status'));
  if (status === null || typeof status === 'string') return status;
  throw new CellRefused(status);
}
