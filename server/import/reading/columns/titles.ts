// Titles of columns as people write them: « # de certificat », « N° de certificat », « Solde restant ($) ». Compared as
// sets of words, without accents, units, order and the small words between.

import { unaccented } from '../unaccented.ts';

const SMALL = new Set('de d des la le l les en the of and et sur au'.split(' '));
/** Whose it is, where something else says what it is. */
const OWNERS = new Set(
  'rsg titulaire membre client cliente assure assuree educatrice member holder insured'.split(' '),
);
const UNITS = new Set('ca cad aaaa mm jj yyyy dd hh facultatif obligatoire optional required svp'.split(' '));
const SAME: Readonly<Record<string, string>> = {
  n: 'no',
  nr: 'no',
  num: 'no',
  numero: 'no',
  number: 'no',
  cert: 'certificat',
  pren: 'prenom',
  inv: 'facture',
  doc: 'document',
  incl: 'incluse',
  inclus: 'incluse',
  certif: 'certificat',
  certificate: 'certificat',
  certification: 'certificat',
  fact: 'facture',
  fac: 'facture',
  factur: 'facture',
  invoice: 'facture',
  mt: 'montant',
  amt: 'amount',
  mnt: 'montant',
  totale: 'total',
  totaux: 'total',
  totals: 'total',
  recue: 'recu',
  courriels: 'courriel',
  mail: 'courriel',
  mel: 'courriel',
};

/** The words of a title that count, each once, in order. */
function titleWords(title: string): string[] {
  const spaced = title
    .normalize('NFC')
    .replace(/\p{Cf}/gu, '')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/(?<!\p{L})d[ûÛ]e?s?(?!\p{L})/giu, ' owed ')
    .replace(/e-mail/giu, 'email')
    // « Prénom(s) ».
    .replace(/(?<=\p{L})\(s\)/giu, '')
    .replace(/\d+(?:[.,]\d+)?\s*%/g, ' ')
    // « Certificat (PB-000000) »: what one looks like.
    .replace(/\([^()]*\p{Lu}-?\d{3,}[^()]*\)/gu, ' ')
    .replace(/\b\d{4}-\d{2}-\d{2}\b/g, ' ')
    .replace(/\bau \d{1,2}(?:er)? \p{L}+(?: \d{4})?/giu, ' ')
    .replace(/#/g, ' no ');
  const all = unaccented(spaced)
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && !UNITS.has(word));
  const words = all.map((word, i) => {
    const last = i === all.length - 1;
    if (last && i > 0 && (word === 'du' || word === 'due' || word === 'dus')) return 'owed';
    if (last && i > 0 && (word === 'le' || word === 'on')) return 'date';
    return SAME[word] ?? singular(word);
  });
  const meaningful = words.filter(
    (word, i) => !SMALL.has(word) && (word !== 'du' || words.length === 1) && words.indexOf(word) === i,
  );
  const what = meaningful.filter((word) => !OWNERS.has(word));
  return what.length > 0 ? what : meaningful;
}

/** One key for all writings of a title. */
export function titleKey(title: string): string {
  return titleWords(title).toSorted().join(' ');
}

// « payés », « payée », « payées » are one word.
function singular(word: string): string {
  const one = word.length > 3 ? word.replace(/s$/, '') : word;
  return SAME[one] ?? one.replace(/ee$/, 'e');
}

const MONEY =
  /^(solde|paye|payer|paiement|payment|verse|versement|recu|received|encaisse|encaissement|acquitte|regle|reglement|reste|restant|owed|owing|owe|du|due|doit|balance|paid|unpaid|remaining|outstanding|left|montant|total|somme|prime|premium|taxe|tax|tp|tps|tvq|gst|qst|frai|fee|cout|prix|rabai|ristourne|credit|debit|rabais|escompte|remboursement|rembourse|ajustement|penalite|interet|acompte|depot|deposit|amount|sum|price|cost|discount|refund|refunded|arrerage|arriere|impaye|exigible|charge|billed|commission|net|brut|percu|percevoir|recevoir|recouvre|avance|trop|quittance|preleve|debourse|debourser|retenue|subvention|cotisation|manque|manquant|souffrance|collected|collect|pmt|paymt|pd|bal|amt|creance|recette|remise|applied|applique)$/;
/** Ways of paying: what was paid by each, unless the title is about its number or its day. */
const METHOD = /^(cheque|chq|virement|interac|comptant|prelevement|pap)$/;
const OF_METHOD = new Set('no date reference ref confirmation mode'.split(' '));
const PERSON = /^(nom|prenom|name|surname|firstname|lastname|titulaire|assure|rsg|courriel|email)$/;
const STATUS =
  /^(statut|etat|status|situation|annule|annulation|cancelled|canceled|actif|inactif|ferme|active|closed|annul|void|voided|resilie|resiliation|suspendu|suspendue|suspension|archive|supprime|suppression|retire|retrait|desistement|termine|radie|radiation|remplace|fermeture|expire)$/;
const PERIOD =
  /^(periode|period|debut|fin|start|end|couverture|coverage|echeance|expiration|expiry|terme|jusqu|valide|valable|validite|payable)$/;
/** Somebody or something else than the person. */
const ELSE =
  /^(bc|bureau|coordonnateur|garderie|milieu|entreprise|conjoint|fichier|rue|ville|compagnie|assureur|courtier|utilisateur|user|processeur|ligne|online|paypal|naissance|modification|creation|envoi|banque)$/;
/** What customers owe, in the books of an accountant. */
const RECEIVABLE = /(?<!\p{L})comptes? clients?(?!\p{L})|(?<!\p{L})[ac]\s?\/\s?r(?!\p{L})|receivable/iu;
/** « 0-30 jours », « 91+ », « > 90 days », « Courant »: what is owed, by its age; and « Don ». */
const BY_AGE =
  /(?<!\d)\d{1,3}\s*\+?\s*(?:jours?|days?)(?!\p{L})|^\s*(?:\d{1,3}\s*[-–]\s*\d{2,3}|\d{2,3}\s?\+|[<>]\s*\d{2,3}|courant|current|dons?)\s*$/iu;
/** What is worked out from the rest, or a code: our own files have them. */
const ASIDE = new Set(['frai ligne', 'ligne total', 'frai processeur', 'net', 'frai paypal']);
const WATCHED =
  'solde payee paiement versement encaisse acquitte restant balance received remaining outstanding montant total prime premium taxe frais amount statut status periode prenom courriel'.split(
    ' ',
  );

export type Subject = 'money' | 'person' | 'status' | 'period';

/** What a title that is not understood speaks of, where that matters; null where it may be left aside. */
export function subjectOf(title: string): Subject | null {
  const words = titleWords(title);
  if (words.includes('code') || ASIDE.has(titleKey(title))) return null;
  const speaks = (of: RegExp) =>
    words.some((word) => of.test(word) || WATCHED.some((one) => of.test(singular(one)) && isSlip(word, one)));
  if (speaks(STATUS)) return 'status';
  const byMethod = words.some((word) => METHOD.test(word)) && !words.some((word) => OF_METHOD.has(word));
  if (speaks(MONEY) || byMethod || /[$€]/.test(title) || RECEIVABLE.test(title) || BY_AGE.test(title))
    return 'money';
  if (words.some((word) => ELSE.test(word))) return null;
  if (speaks(PERIOD)) return 'period';
  return speaks(PERSON) ? 'person' : null;
}

/** « Slode », « Balence »: one slip of the finger away. */
function isSlip(word: string, known: string): boolean {
  // « Sold » is one letter short.
  const short = word.length === 4 && known.startsWith(word);
  return (word.length >= 5 || short) && known.length >= 5 && editDistance(word, known) === 1;
}

/** Letters added, dropped, changed or exchanged with their neighbour, from one word to the other. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const at = (r: number, c: number) => (r === i ? row[c] : rows[r]?.[c]) ?? Number.MAX_SAFE_INTEGER;
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, at(i - 2, j - 2) + 1);
      row.push(least);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}

const PAID =
  /^(acompte|avance|depot|versement|encaisse|encaissement|recu|received|reglement|paiement|payment|collected|cheque|virement|interac|comptant|prelevement)$/;

/** Whether a title speaks of money that came. */
export function isOfPaid(title: string): boolean {
  return titleWords(title).some((word) => PAID.test(word));
}

/** « Date du virement », « No de chèque », « Confirmation Interac »: what only a payment that came has. */
export function tellsOfPayment(title: string): boolean {
  const words = titleWords(title);
  return words.some((word) => METHOD.test(word)) && !words.includes('mode');
}

/** How much two titles have in common, from 0 to 1; « No » is part of too many to count. */
export function likeness(one: string, other: string): number {
  const [a, b] = [one, other].map((title) => titleWords(title).filter((word) => word !== 'no')) as [
    string[],
    string[],
  ];
  const shared = a.filter((word) => b.some((known) => word === known || isSlip(word, known))).length;
  return a.length + b.length === 0 ? 0 : (2 * shared) / (a.length + b.length);
}
