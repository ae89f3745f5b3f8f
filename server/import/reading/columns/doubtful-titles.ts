// What is said of titles that are there twice, or that are not understood and must not be left aside.
import { FileRefused, refusal } from '../../refusal.ts';
import { NAMES } from './column-names.ts';
import { type Field, shownTitle, TITLES } from './fields.ts';
import { type Kind, READ } from './kinds.ts';
import { isOfPaid, likeness, subjectOf, tellsOfPayment } from './titles.ts';

/** A column that stands there twice. */
export function twice(header: readonly string[], first: number, second: number, line: number): FileRefused {
  const [a, b] = [shownTitle(header[first] ?? ''), shownTitle(header[second] ?? '')];
  const both = a === b ? `« ${a} »` : `« ${a} », « ${b} »`;
  return new FileRefused(
    refusal(
      `La même colonne est présente deux fois : ${both}. Gardez-en une seule, ou laissez l’autre de côté : --column "${b}=ignore".`,
      `The same column is there twice: ${both}. Keep only one, or leave the other aside: --column "${b}=ignore".`,
    ),
    line,
  );
}

/** Titles that speak of what matters to this kind of file, with the nearest that are known. */
export function notUnderstood(
  header: readonly string[],
  doubtful: readonly number[],
  kind: Kind,
  line: number,
): FileRefused {
  const titles = doubtful.map((index) => shownTitle(header[index] ?? ''));
  const near = titles.map((title) => {
    const fields = nearest(title, kind);
    const known = fields.map((field) => `${TITLES[field] ?? field} (${field})`).join(', ');
    return { title, known, example: `--column "${title}=${fields[0] ?? 'ignore'}"` };
  });
  const list = (like: string, quote: (title: string) => string) =>
    near.map(({ title, known }) => `${quote(title)}${known === '' ? '' : ` (${like} ${known})`}`).join('; ');
  const all = header.map(shownTitle).filter((title) => title !== '');
  const examples = near.map(({ example }) => example).join(' ');
  const one = near.length === 1;
  const whatFr = one
    ? 'Ce titre n’est pas compris, et ce qu’il dit ne doit pas être laissé de côté'
    : 'Ces titres ne sont pas compris, et ce qu’ils disent ne doit pas être laissé de côté';
  const whatEn = one
    ? 'This title is not understood, and what it says must not be left aside'
    : 'These titles are not understood, and what they say must not be left aside';
  const cure = near.every(({ known }) => known === '')
    ? refusal(
        one
          ? `Renommez la colonne, ou, si elle ne compte pas, laissez-la de côté : ${examples}.`
          : `Renommez ces colonnes, ou, si elles ne comptent pas, laissez-les de côté : ${examples}.`,
        one
          ? `Rename the column, or, if it does not count, leave it aside: ${examples}.`
          : `Rename these columns, or, if they do not count, leave them aside: ${examples}.`,
      )
    : refusal(
        `Renommez ${one ? 'la colonne, ou dites ce qu’elle est' : 'ces colonnes, ou dites ce qu’elles sont'} : ${examples}; si une colonne ne compte pas : =ignore.`,
        `Rename ${one ? 'the column, or say what it is' : 'these columns, or say what they are'}: ${examples}; when a column does not count: =ignore.`,
      );
  return new FileRefused(
    refusal(
      `${whatFr} : ${list('proche de', (t) => `« ${t} »`)}. ${cure.fr} Titres lus : ${all.join(' | ')}.`,
      `${whatEn}: ${list('close to', (t) => `“${t}”`)}. ${cure.en} Titles as read: ${all.join(' | ')}.`,
    ),
    line,
  );
}

/** The fields of this kind of file whose titles look most like this one, at most three. */
function nearest(title: string, kind: Kind): Field[] {
  const fields: readonly Field[] = kind === 'invoices' ? READ.list : READ[kind];
  if (tellsOfPayment(title) && subjectOf(title) !== 'money')
    return [/date/i.test(title) ? 'paidOn' : 'reference'];
  // Money that came is never proposed as money that is left.
  if (isOfPaid(title) && fields.includes('paid')) return ['paid'];
  return fields
    .map((field) => ({ field, score: Math.max(...NAMES[field].map((name) => likeness(title, name))) }))
    .filter(({ score }) => score >= 0.4)
    .sort((a, b) => b.score - a.score)
    .slice(0, 3)
    .map(({ field }) => field);
}
