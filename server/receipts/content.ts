// What the receipt says, in her language, as titles, facts and tables: drawn as a web page (html.ts) and as a PDF
// (pdf/), so that the two cannot differ. The refund's receipt and the year's summary are made likewise.

import type { Lang } from '../fields.ts';
import { dateTime, day, money, percent, phone } from '../format.ts';
import type { Content, Fact } from '../pdf/content.ts';
import type { PaidInvoice, Payee, ReceiptDocument } from './document.ts';

export interface Receipt {
  number: number;
  document: ReceiptDocument;
}

const N = '\u00a0';
const FR = {
  title: (n: number) => `Reçu de paiement no${N}${n}`,
  payer: 'Payé par',
  paidAt: 'Date et heure',
  confirmation: 'No de confirmation',
  transaction: 'No de transaction PayPal',
  means: 'Mode de paiement',
  paypal: 'PayPal (carte ou compte PayPal)',
  invoice: (number: string, certificate: string) => `Facture ${number}, certificat ${certificate}`,
  period: (from: string, to: string) => `Période d’assurance${N}: du ${from} au ${to}`,
  description: 'Description',
  amount: 'Montant',
  invoiceTotal: 'Total de la facture',
  before: 'Payé auparavant',
  now: 'Payé par ce paiement',
  remaining: 'Solde restant',
  onlineFee: 'Frais en ligne',
  totalPaid: 'Total payé',
  gst: (n: string) => `No de TPS${N}: ${n}`,
  qst: (n: string) => `No de TVQ${N}: ${n}`,
  notes: [
    'Ce reçu confirme votre paiement. Il ne remplace pas votre certificat d’assurance.',
    'Gardez ce reçu pour vos impôts.',
    'Tous les montants sont en dollars canadiens.',
  ],
  labels: {
    PRIME: 'Prime',
    AVEN: 'Avenant',
    CRED: 'Crédit',
    TPA: 'Taxe sur les primes d’assurance',
    FADM: 'Frais d’administration',
    TPS: 'TPS',
    TVQ: 'TVQ',
    OTHER: 'Autre',
  } as Record<string, string>,
};
const EN: typeof FR = {
  title: (n) => `Payment receipt no.${N}${n}`,
  payer: 'Paid by',
  paidAt: 'Date and time',
  confirmation: 'Confirmation no.',
  transaction: 'PayPal transaction no.',
  means: 'Payment method',
  paypal: 'PayPal (card or PayPal account)',
  invoice: (number, certificate) => `Invoice ${number}, certificate ${certificate}`,
  period: (from, to) => `Insurance period: ${from} to ${to}`,
  description: 'Description',
  amount: 'Amount',
  invoiceTotal: 'Invoice total',
  before: 'Paid previously',
  now: 'Paid with this payment',
  remaining: 'Remaining balance',
  onlineFee: 'Online fees',
  totalPaid: 'Total paid',
  gst: (n) => `GST no.: ${n}`,
  qst: (n) => `QST no.: ${n}`,
  notes: [
    'This receipt confirms your payment. It does not replace your insurance certificate.',
    'Keep this receipt for your taxes.',
    'All amounts are in Canadian dollars.',
  ],
  labels: {
    PRIME: 'Premium',
    AVEN: 'Endorsement (change to your certificate)',
    CRED: 'Credit',
    TPA: 'Tax on insurance premiums',
    FADM: 'Administration fees',
    TPS: 'GST',
    TVQ: 'QST',
    OTHER: 'Other',
  },
};

export function receiptContent({ number, document }: Receipt): Content {
  const { lang, payee, payer } = document;
  const t = lang === 'fr-CA' ? FR : EN;
  const amount = (cents: number) => money(cents, lang);
  return {
    lang,
    title: t.title(number),
    dated: document.paidAt,
    payee: payeeLines(payee, lang),
    facts: [
      [t.payer, `${payer.name} (${payer.email})`],
      [t.paidAt, dateTime(Date.parse(document.paidAt), lang)],
      [t.confirmation, document.confirmationNumber],
      [t.transaction, document.paypalTransaction],
      [t.means, t.paypal],
    ],
    sections: document.invoices.map((invoice) => invoiceSection(invoice, lang)),
    total: [
      ...(document.onlineFeeCents === 0 ? [] : [[t.onlineFee, amount(document.onlineFeeCents)] as const]),
      [t.totalPaid, amount(document.totalPaidCents)],
    ],
    notes: t.notes,
  };
}

/** An invoice line by line, and what was paid of it; `more` stands below what this payment paid. */
export function invoiceSection(
  invoice: PaidInvoice,
  lang: Lang,
  more: readonly Fact[] = [],
): Content['sections'][number] {
  const t = lang === 'fr-CA' ? FR : EN;
  const amount = (cents: number) => money(cents, lang);
  return {
    heading: t.invoice(invoice.number, invoice.certificateNumber),
    about: t.period(day(invoice.periodStart, lang), day(invoice.periodEnd, lang)),
    columns: [t.description, t.amount],
    lines: invoice.lines.map((line): Fact => [lineText(line, t.labels, lang), amount(line.amountCents)]),
    sums: [
      [t.invoiceTotal, amount(invoice.totalCents)],
      ...(invoice.paidBeforeCents === 0 ? [] : [[t.before, amount(invoice.paidBeforeCents)] as const]),
      [t.now, amount(invoice.amountCents)],
      ...more,
      [t.remaining, amount(invoice.remainingCents)],
    ],
  };
}

/** Who is paid, as the head of each document names it. */
export function payeeLines(payee: Payee, lang: Lang): Content['payee'] {
  const t = lang === 'fr-CA' ? FR : EN;
  return {
    name: payee.name,
    lines: [
      payee.address,
      `${phone(payee.phone, lang)} · ${payee.email}`,
      ...(payee.gstNumber === null ? [] : [t.gst(payee.gstNumber)]),
      ...(payee.qstNumber === null ? [] : [t.qst(payee.qstNumber)]),
    ],
  };
}

// The file's own words in French; in English the kind of line, which the file has no English for.
function lineText(
  line: { code: string; description: string; rate: string | null },
  labels: Record<string, string>,
  lang: Lang,
): string {
  const label = labels[line.code] ?? line.description;
  const named =
    line.code === 'PRIME' || line.code === 'AVEN' || line.code === 'CRED' || line.code === 'OTHER';
  if (named && lang === 'fr-CA' && line.description !== '') return line.description;
  return line.rate === null ? label : `${label} (${percent(line.rate, lang)})`;
}
