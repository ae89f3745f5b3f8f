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
import type { Field, Titles } from './columns.ts';
import { isDay, parseDay, parsePeriod } from './dates.ts';

/** Thrown by a reader of cells, caught where the row is decided. */
export class CellRefused extends Error {
  readonly why: Refusal;
  constructor(why: Refusal) {
    super(why.fr);
    this.why = why;
  }
}

const TITLES: Titles = {
  firstName: 'Prénom',
  lastName: 'Nom',
  usualName: 'Nom d’usage',
  certificate: '# de certificat',
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
  status: 'Statut',
  line: 'Ligne',
  code: 'Code',
  paidOn: 'Date de paiement',
  effectiveOn: 'Date d’effet',
  paymentId: 'No paiement',
  endorsementId: 'No avenant',
  regroupement: 'Regroupement',
};

/** How the column is titled in the file; where the file has none, how people call it. */
export function titleOf({ titles }: Pick<Row, 'titles'>, field: Field): string {
  return titles[field] ?? TITLES[field] ?? field;
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
        `« ${titleOf(row, field)} » : ${text.slice(0, 40)} dépasse ${money(MAX_CENTS, 'fr-CA')}. Manque-t-il la virgule des cents?`,
        `“${titleOf(row, field)}”: ${text.slice(0, 40)} is more than ${money(MAX_CENTS, 'en-CA')}. Is the decimal point missing?`,
      ),
    );
  if (cents !== null) return cents;
  throw new CellRefused(
    refusal(
      `« ${titleOf(row, field)} » : « ${text.slice(0, 40)} » n’est pas un montant sûr. Écrivez-le comme 1 234,56 $.`,
      `“${titleOf(row, field)}”: “${text.slice(0, 40)}” is not surely an amount. Write it like 1 234,56 $.`,
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
  const day = parseDay(text, ctx.dayOrder);
  if (isDay(day)) return day;
  throw new CellRefused(badDay(text, day, titleOf(row, field)));
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
        `« ${titleOf(row, 'period')} » : « ${text.slice(0, 60)} » n’est pas claire. Écrivez-la comme 2026-04-01/2027-03-31.`,
        `“${titleOf(row, 'period')}”: “${text.slice(0, 60)}” is not clear. Write it like 2026-04-01/2027-03-31.`,
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
        'le courriel au dossier n’est pas valide; il est laissé de côté.',
        'the e-mail on file is not valid; it is left out.',
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
