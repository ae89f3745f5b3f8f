// What spreadsheets and people leave in a cell where there is nothing: errors, words for nothing, days and numbers that
// were once something else. Never a number of a certificate or an invoice, never a name.
import { isFormula } from '../../csv.ts';
import { type Refusal, refusal } from '../refusal.ts';
import type { Cells, Field, Titles } from './columns/fields.ts';
import { isDay as isDayText, parseDay } from './dates.ts';
import { unaccented } from './unaccented.ts';

/**
 * Errors of Excel, LibreOffice and Google Sheets, in English, French and Spanish, and what stands in a cell that was
 * still being worked out; `#####` is a column that was too narrow.
 */
const ERROR =
  /^(#[¡¿]?(n\/?[ad]|ref|value|valeur|valor|name|nom|nombre|div\/0|num|null|nul|nulo|vide|spill|propagation|calc|calcul|field|champ|getting_data|unknown|inconnu|connect|connexion|blocked|bloque|busy|occupe|external|python|obtention_donnees|error|erreur)\s?[!?]?|#{2,}|(err|erreur) ?: ?\d+|(loading|chargement)( ?(\.{2,}|…))?)$/;
/** A formula that was exported in place of what it gives. */
const FORMULA = /^=[\p{L}\d$('"+-]/u;
/** One that only says where the value is. Whatever else looks like a formula may be a name that came out of our exports. */
const OTHER_CELL = /^=\$?[A-Z]{1,3}\$?\d+(&.*)?$/i;
/** What is part of any error; most cells have none of it, and need no folding. */
const OF_ERRORS = /[^ -"$-9;-~]|loading|chargement/i;
const NOTHING = new Set(
  (
    'n/a,n/d,n.a.,n.d.,s/o,s.o.,sans objet,aucun,aucune,neant,none,nothing,inconnu,inconnue,unknown,' +
    'a venir,a determiner,a completer,tbd,tba,idem,ditto,(vide),vide,(blank),undefined,nan,true,false,vrai,' +
    'faux,total,totaux,sous-total,sous total,subtotal,grand total,total general,totals,pas de certificat,' +
    'pas de facture,pas de numero,pas encore,pas disponible,sans numero,sans certificat,sans facture,sans nom,' +
    'non disponible,non fourni,non fournie,non attribue,non applicable,not available,not applicable,missing,' +
    'n.d,n.a,s.o,<na>,idem ci-dessus,voir ci-dessus,meme que ci-dessus,meme que ci-haut,same as above'
  ).split(','),
);
/** Nothing as a number; as a name, somebody’s (Na, So, Null). */
const NO_NUMBER = new Set([
  'no',
  'oui',
  'non',
  'yes',
  'so',
  'sans',
  'null',
  'blank',
  'na',
  'nd',
  'nil',
  'nul',
  'x',
  'xx',
  'xxx',
  'en attente',
  'pending',
  'certificat',
  'facture',
  'dossier',
]);
const MONTH =
  '(janv|janvier|fev|fevr|fevrier|mars|avr|avril|mai|juin|juil|juillet|aout|sept|septembre|oct|octobre|nov|novembre|dec|decembre|jan|feb|mar|apr|may|jun|jul|aug|sep)';
const DAY = new RegExp(
  String.raw`^(\d{4}-\d{2}-\d{2}([t ].*)?|\d{1,2}[/.]\d{1,2}[/.](\d{4}|\d{2})|(\d{1,2}(er)?[- ])?${MONTH}\.?[- ]((19|20)\d{2}|\d{2})|\d{1,2}(er)?[- ]${MONTH}\.?|\d{1,2}:\d{2}(:\d{2})?|\d{1,2} h( \d{2})?)$`,
);
/** An amount, a percentage, a number below zero. */
const AMOUNT = /^([-(]?\$? ?\d[\d ,.]*( ?[$%]\)?|\))|[-(]\$? ?\d[\d ,.]*|\$ ?\d[\d ,.]*)$/;

const NUMBERS: readonly Field[] = ['certificate', 'invoice', 'holderId', 'endorsementId', 'paymentId'];
/** These have a digit; a file may bear a name. */
const WITH_DIGITS: readonly Field[] = ['certificate', 'invoice', 'paymentId'];
const NAMES: readonly Field[] = ['firstName', 'lastName', 'usualName'];
/** How somebody is addressed, or what stands in for a name; never one by itself. */
const NO_NAME = /^(m|mr|mme|mlle|mrs|ms|monsieur|madame|mademoiselle|x{2,5})\.?$/;
/** The dollars that are meant here. */
const DOLLARS =
  /^(cad|ca|cdn|can|c?a?\$|\$ ?ca(d|n)?|ca ?\$|dollars?|dollars? canadiens?|canadian dollars?)$/;
const FREE: readonly Field[] = ['note', 'description', 'reference'];

const fold = (text: string) => unaccented(text).toLowerCase().replace(/\s+/g, ' ').trim();

/** « <NA> », « [vide] », « À venir. »: a word for nothing, with the signs that stand around it. */
function isNothing(folded: string, words: ReadonlySet<string>): boolean {
  return words.has(folded) || words.has(folded.replace(/^[<[({*]+|[>\])}*.]+$/g, '').trim());
}

function isDay(folded: string, text: string): boolean {
  return DAY.test(folded) || (/\p{L}/u.test(text) && isDayText(parseDay(text, 'unknown')));
}

/** Whether the number of a thing is none. */
export function isNoNumber(text: string): boolean {
  const folded = fold(text);
  return (
    ERROR.test(folded) ||
    FORMULA.test(text) ||
    isNothing(folded, NOTHING) ||
    isNothing(folded, NO_NUMBER) ||
    isDay(folded, text) ||
    AMOUNT.test(folded) ||
    /^[^\p{L}\p{N}]+$/u.test(folded) ||
    /^0+$/.test(folded) ||
    // « PB-????? »: to be filled in later.
    folded.includes('?') ||
    // « F1, F2 »: several in one cell.
    /\d\s*[,;&+]\s*\p{L}|\d\s+(et|and)\s/u.test(folded) ||
    // A decimal part, or spaces between thousands: a spreadsheet took it for an amount.
    /^\d+[.,]\d+$/.test(folded) ||
    /^[1-9]\d{0,2}(( \d{3})+([.,]\d+)?|(,\d{3})+(\.\d+)?)$/.test(folded)
  );
}

/** « voir note », « comptant », « Marie-Ève Roy »: words, and no digit in them. « PB-EST » is somebody's code. */
function isWord(text: string): boolean {
  return !/\p{N}|^\p{Lu}+[-/_]/u.test(text) && (text.match(/\p{L}/gu)?.length ?? 0) > 4;
}

function isNoName(text: string): boolean {
  const folded = fold(text);
  const digits = text.match(/\d/g)?.length ?? 0;
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  return (
    ERROR.test(folded) ||
    OTHER_CELL.test(text) ||
    NO_NAME.test(folded) ||
    isNothing(folded, NOTHING) ||
    isDay(folded, text) ||
    /^[-\u2013\u2014.?*_/]+$/.test(folded) ||
    // An e-mail, an amount or a number of something else, out of its column. What our exports mark as text, since a
    // spreadsheet would run it, is somebody's name in the books.
    (!isFormula(text) && (text.includes('@') || (digits > 0 && digits >= letters)))
  );
}

/** Whether a spreadsheet wrote an error into the cell. */
export function isSheetError(text: string): boolean {
  return OF_ERRORS.test(text) && ERROR.test(fold(text));
}

/** Why a row is refused for what stands in its cells, whatever they mean; null when nothing is wrong. */
export function debrisIn(cells: Cells, titles: Titles): Refusal | null {
  for (const [field, text] of Object.entries(cells) as [Field, string][]) {
    if (text === '' || FREE.includes(field)) continue;
    const title = titles[field] ?? field;
    const shown = text.slice(0, 40);
    if (isSheetError(text))
      return refusal(
        `« ${title} » : « ${shown} » est une erreur du tableur, pas une valeur. Corrigez la formule ou écrivez la valeur, puis exportez de nouveau.`,
        `“${title}”: “${shown}” is an error of the spreadsheet, not a value. Correct the formula or write the value, then export again.`,
      );
    if (field === 'currency' && !DOLLARS.test(fold(text)))
      return refusal(
        `« ${title} » : « ${shown} » n’est pas le dollar canadien (CAD), le seul qui est tenu ici. Convertissez les montants, ou retirez la ligne.`,
        `“${title}”: “${shown}” is not the Canadian dollar (CAD), the only one that is kept here. Convert the amounts, or take the row out.`,
      );
    const noNumber =
      (NUMBERS.includes(field) && isNoNumber(text)) || (WITH_DIGITS.includes(field) && isWord(text));
    if (noNumber || (NAMES.includes(field) && isNoName(text)))
      return refusal(
        NAMES.includes(field)
          ? `« ${title} » : « ${shown} » n’est pas un nom. Écrivez le vrai, ou retirez la ligne.`
          : `« ${title} » : « ${shown} » n’est pas un numéro. Écrivez le vrai, ou retirez la ligne; dans Excel, mettez la colonne des numéros au format Texte.`,
        NAMES.includes(field)
          ? `“${title}”: “${shown}” is not a name. Write the true one, or take the row out.`
          : `“${title}”: “${shown}” is not a number. Write the true one, or take the row out; in Excel, format the column of numbers as Text.`,
      );
  }
  return null;
}
