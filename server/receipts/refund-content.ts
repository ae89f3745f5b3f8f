// What the receipt of a refund says, in her language.
import { dateTime, money } from '../format.ts';
import type { Content, Fact } from '../pdf/content.ts';
import { payeeLines } from './content.ts';
import type { RefundDocument } from './document.ts';

export interface RefundReceipt {
  number: number;
  document: RefundDocument;
}

const N = '\u00a0';
const FR = {
  title: (n: number) => `Reçu de remboursement no${N}${n}`,
  payer: 'Remboursé à',
  at: 'Date et heure',
  confirmation: 'Paiement remboursé',
  receipt: 'No du reçu de paiement',
  transaction: 'No de transaction PayPal',
  heading: 'Ce qui est remboursé',
  description: 'Description',
  amount: 'Montant',
  invoice: (number: string, certificate: string) => `Facture ${number}, certificat ${certificate}`,
  onlineFee: 'Frais en ligne',
  paid: 'Montant du paiement',
  inAll: 'Remboursé jusqu’ici, ce remboursement compris',
  total: 'Total remboursé',
  notes: [
    'PayPal verse ce montant à la carte ou au compte qui a payé; cela peut prendre quelques jours.',
    'Gardez ce reçu avec celui de votre paiement, pour vos impôts.',
    'Tous les montants sont en dollars canadiens.',
  ],
};
const EN: typeof FR = {
  title: (n) => `Refund receipt no.${N}${n}`,
  payer: 'Refunded to',
  at: 'Date and time',
  confirmation: 'Payment refunded',
  receipt: 'Payment receipt no.',
  transaction: 'PayPal transaction no.',
  heading: 'What is refunded',
  description: 'Description',
  amount: 'Amount',
  invoice: (number, certificate) => `Invoice ${number}, certificate ${certificate}`,
  onlineFee: 'Online fees',
  paid: 'Amount of the payment',
  inAll: 'Refunded so far, including this refund',
  total: 'Total refunded',
  notes: [
    'PayPal sends this amount to the card or account that paid; this can take a few days.',
    'Keep this receipt with your payment receipt, for your taxes.',
    'All amounts are in Canadian dollars.',
  ],
};

export function refundContent({ number, document }: RefundReceipt): Content {
  const { lang, payer } = document;
  const t = lang === 'fr-CA' ? FR : EN;
  const amount = (cents: number) => money(cents, lang);
  return {
    lang,
    title: t.title(number),
    dated: document.refundedAt,
    payee: payeeLines(document.payee, lang),
    facts: [
      [t.payer, `${payer.name} (${payer.email})`],
      [t.at, dateTime(Date.parse(document.refundedAt), lang)],
      [t.confirmation, document.confirmationNumber],
      ...(document.receiptNumber === null ? [] : [[t.receipt, String(document.receiptNumber)] as Fact]),
      [t.transaction, document.paypalTransaction],
    ],
    sections: [
      {
        heading: t.heading,
        about: null,
        columns: [t.description, t.amount],
        lines: [
          ...document.invoices.map(
            (invoice): Fact => [
              t.invoice(invoice.number, invoice.certificateNumber),
              amount(invoice.amountCents),
            ],
          ),
          ...(document.onlineFeeCents === 0 ? [] : [[t.onlineFee, amount(document.onlineFeeCents)] as const]),
        ],
        sums: [
          [t.paid, amount(document.paidCents)],
          [t.inAll, amount(document.refundedInAllCents)],
        ],
      },
    ],
    total: [[t.total, amount(document.totalCents)]],
    notes: t.notes,
  };
}
