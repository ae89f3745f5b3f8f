// Reading one cell: its value, or why it has none. `CellRefused` carries the refusal out of a row.
import { certificateKey } from '../../certificates/number.ts';
import { MAX_CERTIFICATE_NUMBER, MAX_INVOICE_NUMBER } from '../../fields.ts';
import { money } from '../../format.ts';
import { MAX_CENTS } from '../../ledger/money.ts';
import { parseMoney } from '../../ledger/parse-money.ts';
import { emailText, isEmail, isLine } from '../../text.ts';
import { type Refusal, refusal } from '../refusal.ts';
import type { ImportContext, Row } from '../rows/context.ts';
import { lostZeros, scientific } from './certificate-text.ts';
import type { Field } from './columns.ts';
import { isDay, parseDay, parsePeriod } from './dates.ts';

/** Thrown by a reader of cells, caught where the row is decided. */
export class CellRefused extends Error {
  readonly why: Refusal;
  constructor(why: Refusal) {
    super(why.fr);
    this.why = why;
  }
}

const TITLES: Partial<Record<Field, string>> = {
  firstName: 'Prénom',
  lastName: 'Nom',
  usualName: 'Nom d’usage',
  certificate: '# certificat',
  invoice: 'No facture',
  issuedOn: 'Date facture',
  dueOn: 'Échéance',
  period: 'Période',
  premium: 'Prime',
  premiumTax: 'Taxe primes',
  fees: 'Frais adm. et taxes',
  total: 'Total',
  balance: 'Solde',
  paid: 'Payé',
  amount: 'Montant',
  holderId: 'Dossier',
};

export function titleOf(field: Field): string {
  return TITLES[field] ?? field;
}

const EXPORT_UTF8 = {
  fr: 'Exportez de nouveau en « CSV UTF-8 ».',
  en: 'Export again as “CSV UTF-8”.',
};
// UTF-8 read as Windows-1252: a capital A tilde or circumflex followed by what the second byte looks like.
const MOJIBAKE =
  /[ÃÂ][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2026\u2030\u2039\u203a\u20ac\u2122]|â€/;

/** Null when the text is sound. `title` is how people call the column. */
export function unsound(text: string, title: string, max = 200): Refusal | null {
  if (text.length > max) {
    return refusal(
      `« ${title} » est trop long (${text.length} caractères; ${max} au plus).`,
      `“${title}” is too long (${text.length} characters; ${max} at most).`,
    );
  }
  if (text.includes('\ufffd') || MOJIBAKE.test(text) || /\p{L}\?\p{L}/u.test(text)) {
    return refusal(
      `« ${title} » a des caractères perdus : « ${text} ». ${EXPORT_UTF8.fr}`,
      `“${title}” has lost characters: “${text}”. ${EXPORT_UTF8.en}`,
    );
  }
  if (!isLine(text)) {
    return refusal(
      `« ${title} » contient un saut de ligne ou un caractère de contrôle. Retirez-le.`,
      `“${title}” has a line break or a control character. Remove it.`,
    );
  }
  return null;
}

export function missing(title: string): Refusal {
  return refusal(`« ${title} » est vide.`, `“${title}” is empty.`);
}

/** The e-mail address in a cell, as it is kept; null when no message can be sent to what stands there. */
export function usableEmail(text: string): string | null {
  const email = emailText(text);
  return isEmail(email) ? email : null;
}

export function textCell(row: Row, field: Field, required = false, max?: number): string {
  const text = row.cells[field] ?? '';
  if (required && text === '') throw new CellRefused(missing(titleOf(field)));
  const why = unsound(text, titleOf(field), max);
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
        `« ${titleOf(field)} » : ${text.slice(0, 40)} dépasse ${money(MAX_CENTS, 'fr-CA')}. Manque-t-il la virgule des cents?`,
        `“${titleOf(field)}”: ${text.slice(0, 40)} is more than ${money(MAX_CENTS, 'en-CA')}. Is the decimal point missing?`,
      ),
    );
  if (cents !== null) return cents;
  throw new CellRefused(
    refusal(
      `« ${titleOf(field)} » : « ${text.slice(0, 40)} » n’est pas un montant sûr. Écrivez-le comme 1 234,56 $.`,
      `“${titleOf(field)}”: “${text.slice(0, 40)}” is not surely an amount. Write it like 1 234,56 $.`,
    ),
  );
}

export function requiredMoney(row: Row, field: Field): number {
  const cents = moneyCell(row, field);
  if (cents === null) throw new CellRefused(missing(titleOf(field)));
  return cents;
}

export function dayCell(ctx: ImportContext, row: Row, field: Field): string | null {
  const text = row.cells[field] ?? '';
  if (text === '') return null;
  const day = parseDay(text, ctx.dayOrder);
  if (isDay(day)) return day;
  throw new CellRefused(badDay(text, day, titleOf(field)));
}

function badDay(text: string, why: string, title: string): Refusal {
  if (why === 'ambiguous') {
    return refusal(
      `« ${title} » : « ${text} » peut se lire de deux façons (jour/mois ou mois/jour). Écrivez les dates comme 2026-04-01.`,
      `“${title}”: “${text}” can be read in two ways (day/month or month/day). Write dates like 2026-04-01.`,
    );
  }
  if (why === 'excel-serial') {
    return refusal(
      `« ${title} » : « ${text} » est une date sous forme de nombre. Dans Excel, mettez la colonne au format Date, puis exportez de nouveau.`,
      `“${title}”: “${text}” is a date in the form of a number. In Excel, format the column as Date, then export again.`,
    );
  }
  return refusal(
    `« ${title} » : « ${text.slice(0, 40)} » n’est pas une date. Écrivez-la comme 2026-04-01.`,
    `“${title}”: “${text.slice(0, 40)}” is not a date. Write it like 2026-04-01.`,
  );
}

/** From « Période », or from its two columns; null when neither is there. */
export function periodCells(ctx: ImportContext, row: Row): { start: string; end: string } | null {
  const text = row.cells.period ?? '';
  if (text !== '') {
    const period = parsePeriod(text, ctx.dayOrder);
    if (period !== null) return period;
    throw new CellRefused(
      refusal(
        `« Période » : « ${text.slice(0, 60)} » n’est pas claire. Écrivez-la comme 2026-04-01/2027-03-31.`,
        `“Période”: “${text.slice(0, 60)}” is not clear. Write it like 2026-04-01/2027-03-31.`,
      ),
    );
  }
  const start = dayCell(ctx, row, 'periodStart');
  const end = dayCell(ctx, row, 'periodEnd');
  if (start === null || end === null) return null;
  if (start > end)
    throw new CellRefused(
      refusal('La période finit avant de commencer.', 'The period ends before it starts.'),
    );
  return { start, end };
}

/** The certificate's number as written, checked for what spreadsheets do to it. */
export function certificateCell(ctx: ImportContext, row: Row): string {
  const text = textCell(row, 'certificate', true, MAX_CERTIFICATE_NUMBER);
  const why =
    scientific(text, '# de certificat') ??
    lostZeros(text, '# de certificat', row.regroupement.certificatePattern, ctx.certificateWidth);
  if (why !== null) throw new CellRefused(why);
  if (certificateKey(text) === '') throw new CellRefused(missing(titleOf('certificate')));
  return text;
}

/** The invoice's number as written, checked for what spreadsheets do to it. */
export function invoiceCell(ctx: ImportContext, row: Row): string {
  const text = textCell(row, 'invoice', true, MAX_INVOICE_NUMBER);
  const why = scientific(text, 'No de facture') ?? lostZeros(text, 'No de facture', null, ctx.invoiceWidth);
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
        'le courriel au dossier n’est pas valide; il est laissé de côté.',
        'the e-mail on file is not valid; it is left out.',
      ),
    });
  }
  return email;
}

export function yes(text: string | undefined): boolean {
  return /^(oui|o|yes|y|vrai|true|1|x)$/i.test(text ?? '');
}
