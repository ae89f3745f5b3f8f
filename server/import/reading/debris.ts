// What spreadsheets and people leave in a cell where there is nothing: errors, words for nothing, days and numbers that
// were once something else. Never a number of a certificate or an invoice, never a name.
import { type Refusal, refusal } from '../refusal.ts';
import type { Cells, Field, Titles } from './columns.ts';
import { unaccented } from './unaccented.ts';

/** Excel's and LibreOffice's errors, in English and in French; `#####` is a column that was too narrow. */
const ERROR =
  /^(#(n\/?[ad]|ref|value|valeur|name|nom|div\/0|num|nombre|null|nul|spill|propagation|calc|calcul|field|champ|getting_data|unknown|connect|blocked|busy|python|obtention_donnees)\s?[!?]?|#{2,}|(err|erreur) ?: ?\d+)$/;
const NOTHING = new Set(
  (
    'n/a,n/d,n.a.,n.d.,s/o,s.o.,sans objet,aucun,aucune,neant,none,nothing,inconnu,inconnue,unknown,' +
    'a venir,a determiner,a completer,tbd,tba,idem,ditto,(vide),vide,(blank),undefined,nan,true,false,vrai,' +
    'faux,total,totaux,sous-total,sous total,subtotal,grand total,total general,totals,pas de certificat'
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
  'certificat',
  'facture',
  'dossier',
]);
const MONTH =
  '(janv|janvier|fev|fevr|fevrier|mars|avr|avril|mai|juin|juil|juillet|aout|sept|septembre|oct|octobre|nov|novembre|dec|decembre|jan|feb|mar|apr|may|jun|jul|aug|sep)';
const DAY = new RegExp(
  String.raw`^(\d{4}-\d{2}-\d{2}([t ].*)?|\d{1,2}[/.]\d{1,2}[/.](\d{4}|\d{2})|(\d{1,2}[- ])?${MONTH}\.?[- ](\d{4}|\d{2}))$`,
);

const NUMBERS: readonly Field[] = ['certificate', 'invoice', 'holderId', 'endorsementId', 'paymentId'];
const NAMES: readonly Field[] = ['firstName', 'lastName', 'usualName'];
const FREE: readonly Field[] = ['note', 'description', 'reference'];

const fold = (text: string) => unaccented(text).toLowerCase().replace(/\s+/g, ' ').trim();

/** Whether the number of a thing is none. */
export function isNoNumber(text: string): boolean {
  const folded = fold(text);
  return (
    ERROR.test(folded) ||
    NOTHING.has(folded) ||
    NO_NUMBER.has(folded) ||
    DAY.test(folded) ||
    /^[^\p{L}\p{N}]+$/u.test(folded) ||
    /^0+$/.test(folded) ||
    // A decimal part, or spaces between thousands: a spreadsheet took it for an amount.
    /^\d+[.,]\d+$/.test(folded) ||
    /^[1-9]\d{0,2}( \d{3})+$/.test(folded)
  );
}

function isNoName(text: string): boolean {
  const folded = fold(text);
  return (
    ERROR.test(folded) ||
    NOTHING.has(folded) ||
    DAY.test(folded) ||
    /^([\d .,]+|[-\u2013\u2014.?*_/]+)$/.test(folded)
  );
}

/** Why a row is refused for what stands in its cells, whatever they mean; null when nothing is wrong. */
export function debrisIn(cells: Cells, titles: Titles): Refusal | null {
  for (const [field, text] of Object.entries(cells) as [Field, string][]) {
    if (text === '' || FREE.includes(field)) continue;
    const title = titles[field] ?? field;
    const shown = text.slice(0, 40);
    if (ERROR.test(fold(text)))
      return refusal(
        `« ${title} » : « ${shown} » est une erreur du tableur, pas une valeur. Corrigez la formule ou écrivez la valeur, puis exportez de nouveau.`,
        `“${title}”: “${shown}” is an error of the spreadsheet, not a value. Correct the formula or write the value, then export again.`,
      );
    if ((NUMBERS.includes(field) && isNoNumber(text)) || (NAMES.includes(field) && isNoName(text)))
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
