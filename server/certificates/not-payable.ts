// Why an invoice cannot be paid, or no longer (S32, S33): one cause, one true sentence, with what to do. What it says of an invoice is
// no more than this account may see of it (I6).

import type { Lang } from '../fields.ts';
import { day } from '../format.ts';
import type { PaymentMethod } from '../ledger/entries.ts';

export const NOT_PAYABLE = [
  'already-paid',
  'invoice-cancelled',
  'invoice-not-in-file',
  'invoice-changed',
  'nothing-to-pay',
  'part-not-allowed',
] as const;
export type NotPayable = (typeof NOT_PAYABLE)[number];

/** What is known of the cause; what is not, or is not hers to know, is absent. */
export type NotPayableFacts = {
  [other: string]: unknown;
  invoiceNumber?: string;
  /** How it was paid last, and the Toronto day. */
  method?: PaymentMethod;
  paidOn?: string;
  /** By this account, here. */
  yours?: boolean;
};

export function isNotPayable(kind: string): kind is NotPayable {
  return (NOT_PAYABLE as readonly string[]).includes(kind);
}

const MEANS: Readonly<Record<Lang, Readonly<Record<PaymentMethod, string>>>> = {
  'fr-CA': {
    cheque: ' par chèque',
    interac: ' par virement Interac',
    debit: ' par prélèvement',
    cash: ' comptant',
    paypal: ' en ligne',
    imported: '',
  },
  'en-CA': {
    cheque: ' by cheque',
    interac: ' by Interac transfer',
    debit: ' by pre-authorized debit',
    cash: ' in cash',
    paypal: ' online',
    imported: '',
  },
};

interface Words {
  the(invoiceNumber: string | undefined): string;
  how(facts: NotPayableFacts): string;
  /** What follows the invoice. */
  cause: Readonly<Record<NotPayable, string>>;
  nothingTaken: string;
  /** What to do. */
  next: Readonly<Record<NotPayable, string>>;
}

const FR: Words = {
  the: (number) => (number === undefined ? 'Cette facture' : `La facture ${number}`),
  how: ({ method, paidOn, yours }) =>
    (method === undefined ? '' : MEANS['fr-CA'][method]) +
    (paidOn === undefined ? '' : ` le ${day(paidOn, 'fr-CA')}`) +
    (method !== 'paypal' ? '' : yours ? ', avec votre compte' : ', avec un autre compte'),
  cause: {
    'already-paid': ' a déjà été payée',
    'invoice-cancelled': ' a été annulée',
    'invoice-not-in-file': ' n’est plus dans votre dossier',
    'invoice-changed': ' est maintenant à un autre certificat',
    'nothing-to-pay': ' n’a plus rien à payer',
    'part-not-allowed': ' ne peut plus être payée en partie pour ce montant',
  },
  nothingTaken: 'Ce paiement est annulé\u00a0: PayPal n’a rien pris.',
  next: {
    'already-paid': '',
    'invoice-cancelled': 'Pour toute question, communiquez avec votre regroupement.',
    'invoice-not-in-file': 'Pour toute question, communiquez avec votre regroupement.',
    'invoice-changed': 'Vérifiez-la dans vos factures avant de la payer.',
    'nothing-to-pay': '',
    'part-not-allowed': 'Choisissez un autre montant.',
  },
};

const EN: Words = {
  the: (number) => (number === undefined ? 'This invoice' : `Invoice ${number}`),
  how: ({ method, paidOn, yours }) =>
    (method === undefined ? '' : MEANS['en-CA'][method]) +
    (paidOn === undefined ? '' : ` on ${day(paidOn, 'en-CA')}`) +
    (method !== 'paypal' ? '' : yours ? ', with your account' : ', with another account'),
  cause: {
    'already-paid': ' has already been paid',
    'invoice-cancelled': ' has been cancelled',
    'invoice-not-in-file': ' is no longer in your file',
    'invoice-changed': ' now belongs to another certificate',
    'nothing-to-pay': ' has nothing left to pay',
    'part-not-allowed': ' can no longer be paid in part for this amount',
  },
  nothingTaken: 'This payment is cancelled: PayPal took nothing.',
  next: {
    'already-paid': '',
    'invoice-cancelled': 'If you have any question, contact your association.',
    'invoice-not-in-file': 'If you have any question, contact your association.',
    'invoice-changed': 'Check it among your invoices before you pay it.',
    'nothing-to-pay': '',
    'part-not-allowed': 'Choose another amount.',
  },
};

/** A problem's members: the facts, and the cause in a sentence. `ended`: it ended a payment that she had agreed to. */
export function notPayable(
  kind: NotPayable,
  { invoiceNumber, method, paidOn, yours }: NotPayableFacts,
  ended = false,
): NotPayableFacts & { detail: string; detailEn: string } {
  const facts = {
    ...(invoiceNumber === undefined ? {} : { invoiceNumber }),
    ...(method === undefined ? {} : { method }),
    ...(paidOn === undefined ? {} : { paidOn }),
    ...(yours === undefined ? {} : { yours }),
  };
  const say = ({ the, how, cause, nothingTaken, next }: Words) =>
    [`${the(invoiceNumber)}${cause[kind]}${how(facts)}.`, ended ? nothingTaken : '', next[kind]]
      .filter((sentence) => sentence !== '')
      .join(' ');
  return { ...facts, detail: say(FR), detailEn: say(EN) };
}
