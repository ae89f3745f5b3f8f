// What the receipt of a cheque says, or of other money that staff wrote down, and what annuls it; in her language.
import type { Lang } from '../fields.ts';
import { day, money } from '../format.ts';
import type { Content, Fact } from '../pdf/content.ts';
import { invoiceSection, payeeLines } from './content.ts';
import type { CancelledDocument, RecordedDocument } from './document.ts';

const N = '\u00a0';
const FR = {
  title: (n: string) => `Reçu de paiement no${N}${n}`,
  cancelled: (n: string) => `Annulation du reçu no${N}${n}`,
  payer: 'Au nom de',
  receivedOn: 'Reçu le',
  issued: 'Document',
  means: 'Mode de paiement',
  reference: 'Numéro ou référence',
  methods: { cheque: 'Chèque', interac: 'Virement Interac', debit: 'Prélèvement', cash: 'Comptant' },
  tax: 'Dont la taxe sur les primes d’assurance',
  total: 'Total payé',
  heading: 'Ce qui est annulé',
  mistake: (n: string, on: string) => `Le reçu no${N}${n} est annulé le ${on}${N}: erreur de saisie.`,
  returned: (n: string, on: string) =>
    `Le reçu no${N}${n} est annulé${N}: paiement retourné par la banque le ${on} (NSF).`,
  description: 'Description',
  amount: 'Montant',
  invoice: (number: string, certificate: string) => `Facture ${number}, certificat ${certificate}`,
  cancelledTotal: 'Total annulé',
  subject: 'Un chèque est reçu sous réserve de son encaissement.',
  notes: [
    'Ce reçu confirme votre paiement. Il ne remplace pas votre certificat d’assurance.',
    'Gardez ce reçu pour vos impôts.',
    'Tous les montants sont en dollars canadiens.',
  ],
  cancelledNotes: [
    'Le reçu nommé ci-dessus ne prouve plus aucun paiement. Ne l’utilisez pas pour vos impôts.',
    'Tous les montants sont en dollars canadiens.',
  ],
};
const EN: typeof FR = {
  title: (n) => `Payment receipt no.${N}${n}`,
  cancelled: (n) => `Cancellation of receipt no.${N}${n}`,
  payer: 'In the name of',
  receivedOn: 'Received on',
  issued: 'Document',
  means: 'Payment method',
  reference: 'Number or reference',
  methods: { cheque: 'Cheque', interac: 'Interac transfer', debit: 'Pre-authorized debit', cash: 'Cash' },
  tax: 'Including tax on insurance premiums',
  total: 'Total paid',
  heading: 'What is cancelled',
  mistake: (n, on) => `Receipt no.${N}${n} is cancelled on ${on}: recorded by mistake.`,
  returned: (n, on) => `Receipt no.${N}${n} is cancelled: payment returned by the bank on ${on} (NSF).`,
  description: 'Description',
  amount: 'Amount',
  invoice: (number, certificate) => `Invoice ${number}, certificate ${certificate}`,
  cancelledTotal: 'Total cancelled',
  subject: 'A cheque is accepted subject to collection.',
  notes: [
    'This receipt confirms your payment. It does not replace your insurance certificate.',
    'Keep this receipt for your taxes.',
    'All amounts are in Canadian dollars.',
  ],
  cancelledNotes: [
    'The receipt named above is no longer proof of any payment. Do not use it for your taxes.',
    'All amounts are in Canadian dollars.',
  ],
};

/** `number`: C-2026-0001. */
export function recordedContent(number: string, document: RecordedDocument): Content {
  const { lang, method } = document;
  const t = lang === 'fr-CA' ? FR : EN;
  const amount = (cents: number) => money(cents, lang);
  return {
    lang,
    title: t.title(number),
    dated: document.issuedAt,
    payee: payeeLines(document.payee, lang),
    facts: factsOf(document),
    sections: document.invoices.map((invoice) =>
      invoiceSection(invoice, lang, invoice.taxCents === 0 ? [] : [[t.tax, amount(invoice.taxCents)]]),
    ),
    total: [[t.total, amount(document.totalPaidCents)]],
    notes: [...(method === 'cheque' ? [t.subject] : []), ...t.notes],
  };
}

/** `number`: CA-2026-0001, the document's own. */
export function cancelledContent(number: string, document: CancelledDocument): Content {
  const { lang, receiptNumber } = document;
  const t = lang === 'fr-CA' ? FR : EN;
  return {
    lang,
    title: t.cancelled(receiptNumber),
    dated: document.issuedAt,
    payee: payeeLines(document.payee, lang),
    facts: [[t.issued, number], ...factsOf(document)],
    sections: [
      {
        heading: t.heading,
        about: cancelledLine(document, lang),
        columns: [t.description, t.amount],
        lines: document.invoices.map(
          (invoice): Fact => [
            t.invoice(invoice.number, invoice.certificateNumber),
            money(invoice.amountCents, lang),
          ],
        ),
        sums: [],
      },
    ],
    total: [[t.cancelledTotal, money(document.totalCents, lang)]],
    notes: t.cancelledNotes,
  };
}

/** What it is called in a list. */
export function recordedTitle(
  number: string,
  document: RecordedDocument | CancelledDocument,
  lang: Lang,
): string {
  const t = lang === 'fr-CA' ? FR : EN;
  if ('receiptNumber' in document) return t.cancelled(document.receiptNumber);
  const { method, receivedOn, totalPaidCents } = document;
  return `${t.title(number)} – ${money(totalPaidCents, lang)}, ${t.methods[method].toLowerCase()}, ${day(receivedOn, lang)}`;
}

/** Which receipt, since when and why, in one line. */
export function cancelledLine(
  {
    receiptNumber,
    cancelledOn,
    returned,
  }: Pick<CancelledDocument, 'receiptNumber' | 'cancelledOn' | 'returned'>,
  lang: Lang,
): string {
  const t = lang === 'fr-CA' ? FR : EN;
  return (returned ? t.returned : t.mistake)(receiptNumber, day(cancelledOn, lang));
}

function factsOf({
  lang,
  payer,
  method,
  receivedOn,
  reference,
}: RecordedDocument | CancelledDocument): Fact[] {
  const t = lang === 'fr-CA' ? FR : EN;
  return [
    [t.payer, payer.email === null ? payer.name : `${payer.name} (${payer.email})`],
    [t.receivedOn, day(receivedOn, lang)],
    [t.means, t.methods[method]],
    ...(reference === '' ? [] : [[t.reference, reference] as const]),
  ];
}
