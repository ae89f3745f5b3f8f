// Words of a status column, with the tails that people add (« Payée (chèque 0417) », « Annulée le 2026-05-01 »). A word
// that is not known here refuses its row: nobody is charged, closed or reopened on a guess.
import { type Refusal, refusal } from '../refusal.ts';

/** What an invoice's status says of the money. */
export type InvoiceStatus = 'open' | 'partly' | 'paid' | 'credit' | 'cancelled';
/** Whether an imported payment is money that came. */
export type PaymentStatus = 'posted' | 'refunded' | 'not-posted';
/** Whether a file or a certificate can still be found by her. */
export type FileStatus = 'active' | 'kept' | 'closed';

interface Vocabulary<Meaning extends string> {
  /** Base words, folded; their feminine and plural count too. */
  words: Readonly<Record<Meaning, readonly string[]>>;
  /** What the refusal offers. */
  known: { fr: string; en: string };
  /** What an empty cell comes to. */
  empty: { fr: string; en: string };
}

const INVOICE: Vocabulary<InvoiceStatus> = {
  words: {
    open: [
      ...[
        'a payer',
        'a percevoir',
        'a recevoir',
        'a regler',
        'non paye',
        'impaye',
        'non acquitte',
        'non regle',
        'non solde',
        'pas paye',
        'pas encore paye',
        'en retard de paiement',
      ],
      ...['ouvert', 'du', 'en retard', 'en souffrance', 'echu', 'emis', 'facture', 'envoye', 'transmis'],
      ...['en attente de paiement', 'en attente', 'awaiting payment', 'pending'],
      ...[
        'unpaid',
        'not paid',
        'to pay',
        'open',
        'due',
        'past due',
        'overdue',
        'outstanding',
        'issued',
        'sent',
      ],
    ],
    partly: [
      ...[
        'partiel',
        'partielle',
        'partiellement paye',
        'paye partiellement',
        'paye en partie',
        'en partie paye',
      ],
      ...[
        'paye partiellement',
        'payee partiellement',
        'paye en partie',
        'payee en partie',
        'payees en partie',
      ],
      ...['partial', 'partially paid', 'partly paid'],
    ],
    paid: [
      ...['paye', 'acquitte', 'regle', 'encaisse', 'soldee', 'paid', 'settled'],
      ...['payment received', 'paiement recu', 'paye et encaisse'],
    ],
    credit: ['credit', 'crediteur', 'note de credit', 'a rembourser', 'credit note'],
    cancelled: ['annule', 'cancelled', 'canceled', 'void', 'voided'],
  },
  known: {
    fr: 'à payer, en retard, partielle, payée, crédit, annulée',
    en: 'to pay, overdue, partial, paid, credit, cancelled',
  },
  empty: {
    fr: 'ou laissez la case vide : une facture connue garde son statut, une nouvelle est à payer',
    en: 'or leave the cell empty: an invoice that is known keeps its status, a new one is to be paid',
  },
};

const PAYMENT: Vocabulary<PaymentStatus> = {
  words: {
    posted: [
      ...['complete', 'paye', 'encaisse', 'accepte', 'approuve', 'effectue', 'recu', 'depose', 'compense'],
      ...[
        'completed',
        'paid',
        'cleared',
        'succeeded',
        'success',
        'approved',
        'accepted',
        'received',
        'deposited',
      ],
      ...['traite', 'reussi', 'confirme', 'confirmed', 'processed', 'ok'],
    ],
    refunded: ['rembourse', 'refunded'],
    'not-posted': [
      ...[
        'en attente',
        'pending',
        'annule',
        'cancelled',
        'canceled',
        'refuse',
        'rejete',
        'echoue',
        'en echec',
      ],
      ...['failed', 'declined', 'rejected', 'void', 'voided', 'expire', 'expired', 'retourne', 'returned'],
      ...['autorise', 'authorized', 'authorised', 'en cours', 'nsf', 'sans provision', 'sans fonds'],
    ],
  },
  known: {
    fr: 'complété, en attente, refusé, annulé, remboursé',
    en: 'completed, pending, declined, cancelled, refunded',
  },
  empty: {
    fr: 'la case vide veut dire que l’argent est reçu',
    en: 'an empty cell means that the money is received',
  },
};

const FILE: Vocabulary<FileStatus> = {
  words: {
    active: ['actif', 'active', 'ouvert', 'open', 'en vigueur', 'in force', 'valide', 'valid'],
    // What the office writes for itself: it closes nothing here.
    kept: [
      ...[
        'a venir',
        'upcoming',
        'echu',
        'expire',
        'expired',
        'suspendu',
        'suspended',
        'renouvele',
        'renewed',
      ],
      ...[
        'a renouveler',
        'non renouvele',
        'not renewed',
        'en attente',
        'pending',
        'nouveau',
        'nouvelle',
        'new',
      ],
    ],
    closed: [
      ...[
        'ferme',
        'closed',
        'inactif',
        'inactive',
        'annule',
        'cancelled',
        'canceled',
        'resilie',
        'terminated',
      ],
      ...['termine', 'ended', 'radie', 'archive', 'archived', 'desactive', 'disabled'],
    ],
  },
  known: {
    fr: 'actif, en vigueur, à venir, échu, suspendu, fermé, résilié',
    en: 'active, in force, upcoming, expired, suspended, closed, terminated',
  },
  empty: {
    fr: 'ou laissez la case vide, et rien ne change',
    en: 'or leave the cell empty, and nothing changes',
  },
};

const MONTHS =
  'jan|janv|janvier|january|fev|fevr|fevrier|feb|february|mars|mar|march|avr|avril|apr|april|mai|may|juin|jun|june|' +
  'juil|juillet|jul|july|aout|aug|august|sep|sept|septembre|september|oct|octobre|october|nov|novembre|november|' +
  'dec|decembre|december';
const DAY = new RegExp(
  String.raw`\b(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})|` +
    String.raw`\d{1,2}(er)?[ -](${MONTHS})\.?([ -]\d{4})?|(${MONTHS})\.? \d{1,2}(st|nd|rd|th)?(,? \d{4})?)(?![\d.,a-z])`,
  'g',
);
const GLUE =
  /^(le|la|en|au|de|d|l|par|via|on|by|the|of|in|with|since|depuis|avant|before|date|recu|recue|merci|thanks)$/;
const WHOLE = /^(complet|totalite|entier|entierement|integralement|integralite|totalement|full|fully)$/;
const METHOD =
  /^(cheque|cheques|chq|ch|check|interac|virement|virements|etransfer|transfer|transfert|paypal|comptant|especes|cash|carte|visa|mastercard|amex|prelevement|preautorise|debit|mandat|poste|internet|ligne|online|card)$/;
const NUMBERED = /^(no|n|num|numero|ref|reference|conf|confirmation|number)$/;
const REASON =
  /^(erreur|doublon|double|duplicate|error|remplacee|remplace|replaced|demande|depart|fermeture|facture|invoice|rsg|cliente|client)$/;

/** What a cell says, null when it says nothing. Anything that is not known is a refusal. */
function read<Meaning extends string>(
  { words, known, empty }: Vocabulary<Meaning>,
  text: string,
  title: string,
): Meaning | null | Refusal {
  if (text.trim() === '') return null;
  const folded = fold(text);
  let best: { meaning: Meaning; length: number } | undefined;
  for (const [meaning, bases] of Object.entries(words) as [Meaning, readonly string[]][])
    for (const base of bases) {
      if (!folded.startsWith(base)) continue;
      for (const word of [base, `${base}e`, `${base}s`, `${base}es`])
        if (startsWithWord(folded, word) && word.length > (best?.length ?? 0))
          best = { meaning, length: word.length };
    }
  if (
    best !== undefined &&
    isUsualTail(folded.slice(0, best.length), folded.slice(best.length), best.meaning)
  )
    return best.meaning;
  return refusal(
    `« ${title} » : « ${text.slice(0, 60)} » n’est pas un statut connu. Écrivez l’un de ceux-ci : ${known.fr}; ${empty.fr}.`,
    `“${title}”: “${text.slice(0, 60)}” is not a known status. Write one of these: ${known.en}; ${empty.en}.`,
  );
}

export const invoiceStatus = (text: string, title: string) => read(INVOICE, text, title);
export const paymentStatus = (text: string, title: string) => read(PAYMENT, text, title);
export const fileStatus = (text: string, title: string) => read(FILE, text, title);

function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/\b(non|pas)-(?=[a-z])/g, '$1 ')
    .replace(/[(·•](e|s|es)\)?(?![a-z])/g, '$1')
    .replace(/\be-(?=transfer)/g, 'e')
    .replace(/\s+/g, ' ')
    .trim();
}

function startsWithWord(text: string, word: string): boolean {
  return text.startsWith(word) && !/^[\p{L}\p{N}]/u.test(text.slice(word.length));
}

/** Money that came, though the word before says that it is owed. */
const CAME = /^(recu|recue|merci|thanks|complet)$/;
/** How she can pay, where the word before says that she is to: elsewhere it says how she did. */
const TO_PAY = /^(a|to|en|non|pas|awaiting|impaye)\b/;
const BY_MAIL = /^(poste|ligne|internet|online)$/;

// A day, a way of paying, a number behind a word that announces one. An amount, a percentage, a question or any other
// word may turn the meaning around (« payée en partie », « annulée? », « annulée par erreur », « à payer, chèque reçu »).
function isUsualTail(word: string, tail: string, meaning: string): boolean {
  const late = meaning === 'open' ? tail.replace(/\b\d{1,3} (jours?|days?)\b/g, ' ') : tail;
  const rest = late.replace(DAY, ' ').replace(/#|n[°º]/g, ' no ');
  if (/[$%?!€]|\d[.,]\d/.test(rest)) return false;
  const tokens = rest.split(/[^\p{L}\p{N}]+/u).filter((token) => token !== '');
  const methods = tokens.filter((token) => METHOD.test(token) && !BY_MAIL.test(token));
  const numbered = methods.length > 0 && tokens.some((token) => /\d/.test(token));
  if (meaning === 'open' && (tokens.some((token) => CAME.test(token)) || numbered)) return false;
  if (meaning === 'open' && methods.length > 0 && !TO_PAY.test(word)) return false;
  if (meaning === 'cancelled' && (methods.length > 0 || /\b(par|by) (erreur|error)\b/.test(rest)))
    return false;
  const reasoned = meaning === 'cancelled' && tokens.some((token) => REASON.test(token));
  return tokens.every((token, i) => {
    if ([GLUE, WHOLE, METHOD, NUMBERED].some((kind) => kind.test(token))) return true;
    if (reasoned) return REASON.test(token) || /\d|^[a-z]$/.test(token);
    const before = tokens[i - 1] ?? '';
    return /\d/.test(token) && (METHOD.test(before) || NUMBERED.test(before));
  });
}
