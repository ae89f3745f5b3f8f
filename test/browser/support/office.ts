// The office's page in a browser, and the server at the edge of the network: it answers `fetch` with the routes' own shapes,
// lets a test hold, refuse or lose any call, and remembers what was asked. The page's own modules are all real.
import type { AmisgestBureau } from '../../../widget/amisgest-bureau.ts';
import type {
  Files,
  Found,
  Holder,
  Me,
  Overview,
  People,
  Reason,
  Tokens,
} from '../../../widget/bureau/office.ts';
import type { Answer } from '../../../widget/client/api.ts';
import { type Call, ok, problem } from './fake-api.ts';
import { clear as clearBrowser, until } from './widget.ts';
import '../../../widget/amisgest-bureau.ts';

export const SLUG = 'petits-bouleaux';
const NAME = 'Regroupement Petits-Bouleaux de l’Estuaire';
export const CODES = Array.from({ length: 10 }, (_, i) => `ab${i}c-d1ef-2ghj-k3mn`);
export const EMAIL = 'lise@example.org';

type Handler = (call: Call) => Response | Promise<Response>;
type Members = Answer<'$get', '/memberships', Files>;
type Sessions = Answer<'$get', '/me/sessions', People>['sessions'];

const empty = () => new Response(null, { status: 204 });
const INSTANT = '2026-11-30T17:05:00.000Z';

const invoice: Holder['certificates'][number]['invoices'][number] = {
  id: 'invoice-1',
  number: 'PB-F-2026-0003',
  kind: 'prime',
  issuedOn: '2026-03-01',
  dueOn: '2026-12-01',
  overdue: false,
  periodStart: '2026-04-01',
  periodEnd: '2027-03-31',
  status: 'open',
  lines: [
    { code: 'PRIME', description: 'Prime – responsabilité civile', amountCents: 26_250, rate: null },
    { code: 'TPA', description: 'Taxe sur les primes d’assurance (9 %)', amountCents: 2_363, rate: '0.09' },
    { code: 'FADM', description: 'Frais d’administration', amountCents: 1_000, rate: null },
  ],
  totalCents: 29_613,
  paidCents: 0,
  balanceCents: 29_613,
  payable: true,
  held: false,
  plan: null,
  version: 'version-of-invoice-1',
};

export const holder: Holder = {
  id: 'holder-1',
  firstName: 'Marie-Ève',
  lastName: 'L’Écuyer-Tremblay',
  usualName: 'Éva Tremblay',
  email: 'marie-eve.lecuyer@example.org',
  lang: 'fr-CA',
  status: 'active',
  officeId: 'office-1',
  officeName: 'BC de l’Estuaire',
  version: '1',
  closed: false,
  certificates: [
    {
      id: 'certificate-1',
      number: 'PB-004512',
      kind: 'rc',
      status: 'en vigueur',
      closed: false,
      periodStart: '2026-04-01',
      periodEnd: '2027-03-31',
      endorsements: [
        {
          id: 'endorsement-1',
          effectiveOn: '2026-10-15',
          description: 'Ajout d’une assistante',
          amountCents: 3_500,
          invoiceId: null,
        },
      ],
      invoices: [
        invoice,
        {
          ...invoice,
          id: 'invoice-2',
          number: 'PB-F-2026-0004',
          paidCents: 29_613,
          balanceCents: 0,
          payable: false,
        },
        { ...invoice, id: 'invoice-3', number: 'PB-F-2026-0005', status: 'cancelled', payable: false },
      ],
    },
  ],
  accounts: [
    {
      name: 'Marie-Ève L’Écuyer',
      email: 'marie-eve.lecuyer@example.org',
      id: null,
      way: 'email',
      level: 'verified',
      method: null,
      at: null,
      numberKey: null,
    },
    {
      name: 'Jacinthe Bolduc-Saint-Pierre',
      email: 'j.bolduc@example.org',
      id: 'link-1',
      way: 'link',
      level: 'pay',
      method: 'name-and-number',
      at: INSTANT,
      numberKey: 'PB004512',
    },
    {
      name: 'Éva Tremblay',
      email: 'eva@example.org',
      id: 'request-1',
      way: 'waits',
      level: null,
      method: null,
      at: INSTANT,
      numberKey: 'PB004512',
    },
  ],
};

/** Her second invoice, paid, and credited since: 100,00 $ of it are hers. */
export const credited: Overview['holder'] = {
  ...holder,
  certificates: holder.certificates.map((one) => ({
    ...one,
    invoices: one.invoices.map((of) =>
      of.id === 'invoice-2' ? { ...of, totalCents: 19_613, balanceCents: -10_000 } : of,
    ),
  })),
};
/** Her third one is cancelled; its credit paid the first, and then its money was taken back. */
export const owedAgain: Overview['holder'] = {
  ...holder,
  certificates: holder.certificates.map((one) => ({
    ...one,
    invoices: one.invoices.map((of) =>
      of.status === 'cancelled' ? { ...of, totalCents: 0, balanceCents: 10_000 } : of,
    ),
  })),
};
const NOTE_LINES = [
  {
    ...{ code: 'CRED', amountCents: -15_390, rate: null },
    description: 'Note de crédit CR-2026-0001 – Fin du certificat (214/365)',
  },
  { code: 'TPA', description: 'Taxe sur les primes d’assurance (9 %)', amountCents: -1_386, rate: '0.09' },
] as const satisfies Holder['certificates'][number]['invoices'][number]['lines'];
const creditPreview: Answer<'$post', '/invoices/:id/credit-notes/preview', Files>['preview'] = {
  ...{ number: 'CR-2026-0001', amountCents: 16_776, lines: [...NOTE_LINES] },
  ...{ invoiceLines: [...invoice.lines, ...NOTE_LINES], totalCents: 12_837, balanceCents: 12_837 },
};
const planPreview: Answer<'$post', '/invoices/:id/plan/preview', Files>['preview'] = {
  instalments: [
    { dueOn: '2026-12-01', amountCents: 9_871 },
    { dueOn: '2027-01-01', amountCents: 9_871 },
    { dueOn: '2027-02-01', amountCents: 9_871 },
  ],
  ...{ balanceCents: 29_613, minimumCents: 2_500, lastOn: '2027-12-02' },
};
const inFull: Answer<'$get', '/invoices/:id', Files> = {
  ...{ invoice, holderId: 'holder-1', plans: [] },
  transfers: [
    {
      ...{ id: 'transfer-1', fromInvoiceId: 'invoice-3', fromInvoiceNumber: 'PB-F-2026-0005' },
      ...{ toInvoiceId: 'invoice-1', toInvoiceNumber: invoice.number, amountCents: 10_000 },
      ...{ undoes: null, undone: false, createdBy: 'staff:staff-2', createdAt: INSTANT },
    },
  ],
  creditNotes: [
    {
      ...{ id: 'note-1', number: 'CR-2026-0001', invoiceId: 'invoice-1', invoiceNumber: invoice.number },
      ...{ day: '2026-11-30', reason: 'Fin du certificat', days: 214, ofDays: 365, amountCents: 16_776 },
      ...{ lines: [...NOTE_LINES], createdBy: 'staff:staff-2', createdAt: INSTANT },
    },
  ],
};

const undoPreview: Answer<'$post', '/credit-transfers/:id/undo/preview', Files>['preview'] = {
  ...{ amountCents: 10_000, fromInvoiceNumber: 'PB-F-2026-0005', fromBalanceCents: 0 },
  ...{ toInvoiceNumber: invoice.number, toBalanceCents: 29_613 },
};

/** A deposit of 250,00 $, with a cheque of 50,00 $ in it. */
export const deposit: Answer<'$get', '/deposits/:id', Files> = {
  deposit: {
    ...{ id: 'deposit-1', day: '2026-11-20', slipCents: 25_000, totalCents: 5_000, cheques: 1 },
    ...{ openedBy: 'staff:staff-2', openedAt: INSTANT, closedBy: null, closedAt: null },
  },
  rows: [
    {
      ...{ id: 'recorded-1', invoiceNumber: 'PB-F-2026-0007', method: 'cheque', amountCents: 5_000 },
      ...{ receivedOn: '2026-11-20', reference: '0417', reverses: null, recordedBy: 'staff:staff-2' },
      ...{ recordedAt: INSTANT, evenSo: [], returned: false, feeInvoiceNumber: null, groupId: null },
      ...{ depositId: 'deposit-1', receiptNumber: 'C-2026-0001' },
      ...{ holderName: 'Jacinthe Bolduc-Saint-Pierre', reversedBy: null },
    },
  ],
};
const receipts: Answer<'$get', '/recorded-payments/:id/receipts', Files>['receipts'] = [
  {
    number: 'C-2026-0001',
    title: {
      'fr-CA': 'Reçu de paiement no C-2026-0001 – 50,00 $, chèque, 20 novembre 2026',
      'en-CA': 'Payment receipt no. C-2026-0001 – $50.00, cheque, November 20, 2026',
    },
    pdfUrl: `${location.origin}/receipt.pdf`,
    htmlUrl: `${location.origin}/receipt.html`,
  },
];
/** Of a cheque that the bank gave back: its receipt, and what annuls it. */
export const annulled: typeof receipts = [
  ...receipts,
  {
    number: 'CA-2026-0001',
    title: {
      'fr-CA': 'Annulation no CA-2026-0001 du reçu C-2026-0001 – 50,00 $, 30 novembre 2026',
      'en-CA': 'Annulment no. CA-2026-0001 of receipt C-2026-0001 – $50.00, November 30, 2026',
    },
    pdfUrl: `${location.origin}/annulment.pdf`,
    htmlUrl: `${location.origin}/annulment.html`,
  },
];
const deposits: Answer<'$get', '/deposits', Files> = {
  deposits: [
    deposit.deposit,
    {
      ...{ ...deposit.deposit, id: 'deposit-2', day: '2026-11-13', totalCents: 25_000, cheques: 4 },
      ...{ closedBy: 'staff:staff-2', closedAt: INSTANT },
    },
  ],
};

const PAGES = [
  'https://www.petits-bouleaux.example/assurances/payer',
  'https://xn--garderie-t-j7ab.example/',
];
type TriedPage = Answer<'$post', '/pages/try', Files>;
const seenLine = (
  check: TriedPage['checks'][number]['check'],
  state: TriedPage['checks'][number]['state'],
  params: Record<string, string | number> = {},
): TriedPage['checks'][number] => ({ check, state, params, title: 'Titre', titleEn: 'Title' });
/** A page with much to mend, as the server tells it. */
export const tried: TriedPage = {
  address: PAGES[0] ?? '',
  hops: [
    { address: PAGES[0] ?? '', status: 301 },
    { address: `${PAGES[0]}/2026-2027`, status: 200 },
  ],
  checks: [
    seenLine('registered', 'good'),
    seenLine('answers', 'good', { address: PAGES[0] ?? '' }),
    seenLine('script', 'bad', { why: 'blocked', type: 'text/plain' }),
    seenLine('tag', 'bad', { why: 'name', name: 'la-farandole', ours: SLUG }),
    seenLine('policy', 'bad', {
      ...{ why: 'connect', directive: 'connect-src', add: 'https://pay.example.org', where: 'meta' },
    }),
    seenLine('mixed', 'good'),
    seenLine('popup', 'unknown', { why: 'opener' }),
  ],
};
export const nearly: TriedPage = {
  address: 'http://petits-bouleaux.example/assurances/payer',
  hops: [],
  checks: [
    seenLine('registered', 'bad', { why: 'nearly', nearest: PAGES[0] ?? '', differences: 'www scheme' }),
  ],
};
export const sound: TriedPage = {
  ...{ address: PAGES[0] ?? '', hops: [{ address: PAGES[0] ?? '', status: 200 }] },
  checks: [
    seenLine('registered', 'good'),
    seenLine('answers', 'good', { address: PAGES[0] ?? '' }),
    seenLine('script', 'good'),
    seenLine('tag', 'good', { form: 'element', name: SLUG }),
    seenLine('policy', 'good', { why: 'none' }),
    seenLine('mixed', 'good'),
  ],
};

const about = { certificateId: 'certificate-1', invoiceId: null, endorsementId: 'endorsement-1' };
const reasons: Reason[] = [
  {
    code: 'endorsement-without-invoice',
    sentence: {
      'fr-CA':
        'L’avenant du 15 octobre 2026 (35,00\u00a0$) n’a pas de facture\u00a0: la RSG voit 0,00\u00a0$.',
      'en-CA': 'The endorsement of October 15, 2026 ($35.00) has no invoice: the provider sees $0.00.',
    },
    ...about,
  },
  {
    code: 'paid',
    sentence: {
      'fr-CA': 'La facture PB-F-2026-0004 (296,13\u00a0$) est payée depuis le 1er avril 2026.',
      'en-CA': 'Invoice PB-F-2026-0004 ($296.13) is paid since April 1, 2026.',
    },
    ...about,
  },
];

const payments: Pick<Overview, 'payments' | 'recorded'> = {
  payments: [
    {
      number: 'PB-2026-000104',
      state: 'completed',
      amountCents: 30_613,
      refundedCents: 0,
      takenBackCents: 0,
      givenBackCents: 0,
      appliedCents: 0,
      onlineFeeCents: 1_000,
      paypalFeeCents: 918,
      createdAt: INSTANT,
      confirmedAt: INSTANT,
      completedAt: INSTANT,
      orderId: '5O190127TN364715T',
      captureId: '3C679366HH908993F',
      paypalUrl: 'https://www.sandbox.paypal.com/activity/payment/3C679366HH908993F',
      failure: null,
      invoices: [{ number: 'PB-F-2026-0004', certificateNumber: 'PB-004512', amountCents: 29_613 }],
      refunds: [],
      returns: [],
      disputes: [],
      heldAt: null,
    },
  ],
  recorded: [
    {
      id: 'recorded-1',
      invoiceNumber: 'PB-F-2026-0003',
      method: 'cheque',
      amountCents: 5_000,
      receivedOn: '2026-11-20',
      reference: '0417',
      reverses: null,
      recordedBy: 'staff:staff-1',
      recordedAt: INSTANT,
      evenSo: [],
      returned: false,
      feeInvoiceNumber: null,
      groupId: null,
      depositId: null,
      receiptNumber: 'C-2026-0001',
    },
  ],
};

/** What came in: by PayPal, a cheque, and a cheque that the bank gave back. */
export const allPayments: Answer<'$get', '/all-payments', Files> = {
  payments: [
    {
      ...{ holderId: 'holder-1', holderName: 'Marie-Ève L’Écuyer-Tremblay', recorded: null, takenBack: null },
      payment: payments.payments[0] ?? null,
    },
    {
      ...{ holderId: 'holder-1', holderName: 'Marie-Ève L’Écuyer-Tremblay', payment: null, takenBack: null },
      recorded: payments.recorded[0] ?? null,
    },
    {
      ...{ holderId: 'holder-2', holderName: 'Jacinthe Bolduc-Saint-Pierre', payment: null },
      recorded: payments.recorded[0]
        ? { ...payments.recorded[0], id: 'recorded-2', reference: '0418' }
        : null,
      takenBack: payments.recorded[0]
        ? {
            ...{ ...payments.recorded[0], id: 'recorded-3', reverses: 'recorded-2', returned: true },
            feeInvoiceNumber: 'NSF-2026-0001',
          }
        : null,
    },
  ],
  total: { count: 3, cents: 40_613 },
};

const mail = (n: number, more: Partial<Overview['messages'][number]> = {}): Overview['messages'][number] => ({
  id: `message-${n}`,
  kind: 'receipt',
  recipient: 'marie-eve.lecuyer@example.org',
  state: 'sent',
  createdAt: INSTANT,
  sentAt: INSTANT,
  why: null,
  canRetry: false,
  ...more,
});
export const overview: Overview = {
  instalments: { minimumCents: 5_000 },
  holder,
  reasons,
  ...payments,
  messages: [
    mail(1, { state: 'parked', sentAt: null, why: 'EENVELOPE 550', canRetry: true }),
    mail(2, { kind: 'reset', recipient: 'eva@example.org', state: 'parked', sentAt: null, why: 'restored' }),
    mail(3, { kind: 'linked', state: 'waiting', sentAt: null, why: 'ESOCKET' }),
    ...Array.from({ length: 6 }, (_, i) => mail(i + 4, { kind: 'new-browser' })),
  ],
};

const offices: Answer<'$get', '/coordinating-offices', Files>['offices'] = [
  {
    id: 'office-1',
    code: 'estuaire',
    name: 'BC de l’Estuaire',
    adminFeeCents: 1_000,
    adminFeeTaxable: false,
    version: 'v1',
  },
  {
    id: 'office-2',
    code: 'ouest',
    name: 'BC de l’Ouest',
    adminFeeCents: null,
    adminFeeTaxable: null,
    version: 'v1',
  },
];

export const settings: Answer<'$get', '/settings', Files> = {
  settings: {
    name: NAME,
    article: null,
    email: 'info@bouleaux.example.org',
    phone: '418 555-0123',
    address: '12, rue de la Grève, Rimouski (Québec) G5L 3A1',
    privacyTitle: 'Direction',
    privacyEmail: 'prp@bouleaux.example.org',
    helpUrl: null,
    gstNumber: '123456789 RT0001',
    qstNumber: null,
    aliases: ['Les Petits Bouleaux', 'RPB'],
    theme: { accent: '#2c6e49' },
    pages: ['https://bouleaux.example.org/payer', 'https://www.bouleaux.example.org/payer'],
    linkPolicy: 'name-and-number',
    certificateExample: 'PB-004512',
    certificatePattern: null,
    invoicePrefix: null,
    onlineFee: { kind: 'gross-up', basisPoints: 290, fixedCents: 30 },
    instalments: { kind: 'none' },
    premiumTaxPolicy: 'as-invoiced',
    adminFeeCents: 1_500,
    adminFeeTaxable: true,
    manualAmountWithTax: true,
  },
  logo: null,
  paypal: {
    clientId: 'AYbouleaux',
    merchantId: 'PBBBBBBBBBBB2',
    webhookId: 'WHBOULEAUX',
    version: 'account-1',
  },
  webhookUrl: 'https://pay.example.org/v1/paypal/webhooks/petits-bouleaux',
  linksByNameAndNumber: 4,
  version: 'settings-1',
};

type Verified = Answer<'$post', '/settings/paypal/verify', Files>;
const checked = (check: Verified['lines'][number]['check'], name: string): Verified['lines'][number] => ({
  ...{ check, fault: null, pointer: null, cure: null },
  sentence: { 'fr-CA': `${name}\u00a0: en ordre.`, 'en-CA': `${name}: in order.` },
});
export const verified: Verified = {
  passes: true,
  lines: [
    checked('credentials', 'Identifiant'),
    checked('merchant', 'Marchand'),
    checked('webhook', 'Webhook'),
  ],
  underWay: { payments: 2, cents: 59_226 },
};
const [good, ...others] = verified.lines;
export const unverified: Verified = {
  ...verified,
  passes: false,
  lines: [
    {
      ...(good as Verified['lines'][number]),
      fault: 'refused',
      sentence: {
        'fr-CA': 'Identifiant\u00a0: refusé par PayPal.',
        'en-CA': 'Client id: refused by PayPal.',
      },
      cure: { 'fr-CA': 'Recopiez l’identifiant.', 'en-CA': 'Copy the id again.' },
    },
    ...others,
  ],
};

type Act = Answer<'$get', '/holders/:id/history', Files>['acts'][number];
const act = (name: string, before: object | null, after: object | null, more: Partial<Act> = {}) =>
  ({
    ...{ at: INSTANT, actor: 'staff:staff-2', actorName: 'Ève Côté', act: name, target: 'holders:holder-1' },
    ...{ about: null, before, after },
    ...more,
  }) as Act;
const acts: Act[] = [
  act(
    'holder-changed',
    { version: '1', email: 'ancienne@example.org', lang: 'fr-CA' },
    { version: '2', changed: ['email', 'lang'], email: 'marie-eve.lecuyer@example.org', lang: 'en-CA' },
  ),
  act(
    'message-retried',
    { state: 'parked' },
    { state: 'waiting' },
    { about: 'eva@example.org', target: 'outbox:message-1' },
  ),
  act(
    'link-approved',
    { decision: null },
    { decision: 'approved' },
    { about: 'eva@example.org', actor: 'cli:lise', actorName: null },
  ),
  act(
    'payment-recorded',
    null,
    {
      ...{ invoice: 'invoice-1', method: 'cheque', cents: 5_000, receivedOn: '2026-11-20' },
      evenSo: ['possible-duplicate'],
    },
    { about: 'PB-F-2026-0003', actor: 'key:key-1', actorName: 'Logiciel du bureau' },
  ),
  act(
    'refund-asked',
    { payment: 'payment-1', leftCents: 30_613 },
    { payment: 'payment-1', leftCents: 29_613, refundCents: 1_000 },
    { about: 'PB-2026-000104', at: '2026-11-28T15:00:00.000Z' },
  ),
  act(
    'manual-invoice-made',
    { invoice: null },
    { invoice: 'invoice-4', number: 'AV-2026-0001', totalCents: 6_000, noAdminFee: true },
    { actorName: null, at: '2026-11-27T15:00:00.000Z' },
  ),
];

const { endorsements, closed: _, ...certificate } = holder.certificates[0] as Holder['certificates'][number];
const quote = {
  invoices: [invoice],
  ...{ subtotalCents: 29_613, onlineFeeCents: 1_000, totalCents: 30_613, minimumCents: null },
};
const written = {
  organisme: 'le Regroupement Petits-Bouleaux',
  Organisme: 'Le Regroupement Petits-Bouleaux',
  du: 'du Regroupement Petits-Bouleaux',
  telephone: '418 555-0100',
};
export const seen: Answer<'$get', '/holders/:id/as-seen', Files> = {
  reached: true,
  certificates: [
    {
      ...certificate,
      holderName: 'Marie-Ève L’Écuyer-Tremblay',
      level: 'verified',
      ...{ balanceCents: 29_613, creditCents: 0, endorsementsWithoutInvoice: endorsements.length },
    },
    {
      ...{ ...certificate, id: 'certificate-2', number: 'PB-003311', invoices: [] },
      holderName: 'Marie-Ève L’Écuyer-Tremblay',
      level: 'verified',
      ...{ balanceCents: 0, creditCents: 0, endorsementsWithoutInvoice: 1 },
    },
  ],
  quotes: [{ invoiceId: 'invoice-1', onlineFeeCents: 1_000, totalCents: 30_613 }],
  open: null,
  prices: [
    { certificateId: null, quote },
    { certificateId: 'certificate-1', quote },
  ],
  profile: {
    ...{
      slug: SLUG,
      name: NAME,
      written: { 'fr-CA': written, 'en-CA': written },
      phoneUrl: 'tel:+14185550100',
    },
    ...{
      email: 'bureau@example.org',
      phone: '418 555-0100',
      address: '',
      helpUrl: null,
      certificateExample: 'PB-004512',
    },
    privacy: { title: 'Direction', email: 'vie-privee@example.org', url: 'https://example.org/privacy' },
    ...{ linkPolicy: 'approval', instalments: { kind: 'none' }, payable: true, paypal: null },
  },
};

const days: Answer<'$get', '/today', Files>['days'] = Array.from({ length: 30 }, (_, i) => ({
  day: `2026-11-${String(i + 1).padStart(2, '0')}`,
  paypalCents: ((i * 7) % 5) * 29_613,
  otherwiseCents: i % 4 === 0 ? 5_000 : 0,
  refundedCents: i === 12 ? 29_613 : 0,
  feeCents: ((i * 7) % 5) * 918,
  netCents: ((i * 7) % 5) * 28_695 + (i % 4 === 0 ? 5_000 : 0) - (i === 12 ? 29_613 : 0),
}));
const [today] = days.slice(-1);
export const figures: Answer<'$get', '/today', Files> = {
  at: INSTANT,
  figures: today as (typeof days)[number],
  unconfirmed: { count: 1, cents: 30_613 },
  overdue: { count: 41, cents: 1_214_133 },
  waiting: 9,
  days,
  last: [
    {
      method: 'paypal',
      paymentNumber: 'PB-2026-000104',
      recordedPaymentId: null,
      at: INSTANT,
      amountCents: 30_613,
      invoiceNumber: 'PB-F-2026-0004',
      holderId: 'holder-1',
      holderName: 'Marie-Ève L’Écuyer-Tremblay',
    },
    {
      method: 'cheque',
      paymentNumber: null,
      recordedPaymentId: 'recorded-1',
      at: INSTANT,
      amountCents: -5_000,
      invoiceNumber: 'PB-F-2026-0003',
      holderId: 'holder-1',
      holderName: 'Marie-Ève L’Écuyer-Tremblay',
    },
  ],
};

type Work = Answer<'$get', '/worklist', Files>;
const waits = (kind: Work['items'][number]['kind'], facts: object): Work['items'][number] =>
  ({
    id: `${kind}.1`,
    kind,
    since: '2026-11-02T14:00:00.000Z',
    holderId: 'holder-1',
    holderName: 'Marie-Ève L’Écuyer-Tremblay',
    sentence: {
      'fr-CA': `Une phrase qui dit ce qu’il faut faire (${kind}).`,
      'en-CA': `A sentence that says what is to be done (${kind}).`,
    },
    facts,
    assignedTo: kind === 'credit' ? { id: 'staff-2', name: 'Ève Côté' } : null,
  }) as Work['items'][number];
const invoiceNumber = 'PB-F-2026-0003';
export const worklist: Work = {
  items: [
    waits('exception', { exception: 'held', detail: {}, paymentNumber: 'PB-2026-000104' }),
    waits('unconfirmed', { paymentNumber: 'PB-2026-000104', amountCents: 30_613 }),
    waits('link-request', { accountName: 'Éva', accountEmail: 'eva@example.org', numberKey: 'PB004512' }),
    waits('endorsement', { endorsementId: 'endorsement-1', effectiveOn: '2026-10-15', amountCents: 3_500 }),
    waits('message', { messageId: 'm1', message: 'receipt', recipient: 'eva@example.org', why: '550' }),
    waits('import-conflict', {
      invoiceId: 'invoice-1',
      invoiceNumber,
      fileBalanceCents: 0,
      ourBalanceCents: 29_613,
    }),
    waits('credit', { invoiceId: 'invoice-1', invoiceNumber, creditCents: 2_500 }),
    waits('cancelled-owed', {
      invoiceId: 'invoice-3',
      invoiceNumber: 'PB-F-2026-0005',
      balanceCents: 10_000,
    }),
    waits('possible-duplicate', {
      recordedPaymentId: 'recorded-1',
      invoiceNumber,
      amountCents: 5_000,
      receivedOn: '2026-11-20',
    }),
  ],
  counts: {
    exception: 1,
    unconfirmed: 1,
    'link-request': 1,
    endorsement: 1,
    message: 1,
    'import-conflict': 1,
    credit: 1,
    'cancelled-owed': 1,
    'possible-duplicate': 1,
  },
};

export const found = (n: number, total = n): Found => ({
  found: Array.from({ length: n }, (_, i) => ({
    holderId: `holder-${i + 1}`,
    firstName: ['Sylvie', 'Marie-Ève', 'Anne-Sophie'][i % 3] ?? '',
    lastName: ['Tremblay', 'L’Écuyer-Tremblay', 'D’Août'][i % 3] ?? '',
    usualName: i === 1 ? 'Éva' : '',
    status: 'active',
    closed: i % 3 === 2,
    certificateNumbers: [`PB-00451${i}`, `PB-00351${i}`],
    balanceCents: [29_613, 0, -2_500][i % 3] ?? 0,
  })),
  total,
});

export class FakeOffice {
  readonly calls: Call[] = [];
  me: Me = {
    name: 'Lise Roy',
    email: EMAIL,
    lang: 'fr-CA',
    memberships: [
      { slug: SLUG, name: NAME, role: 'owner', mayRefund: false, refundCeilingCents: 50_000, endsOn: null },
    ],
    passkeys: [{ id: 'key-1', name: 'Ordinateur du bureau', createdAt: INSTANT, lastUsedAt: null }],
    totp: true,
    codesLeft: 9,
    enrolling: false,
    freshFor: 300,
  };
  /** Seconds until the session ends unused. */
  endsIn = 1_800;
  signedIn = false;
  alert: Answer<'$get', '/me/alerts', People>['alerts'][number] = {
    slug: SLUG,
    payments: 'none',
    exceptions: 'daily',
  };
  /** Where the cursor of the events stands. */
  newest = 41;
  found: Found = found(3);
  members: Members = {
    people: [
      {
        id: 'staff-1',
        name: 'Lise Roy',
        email: EMAIL,
        role: 'owner',
        mayRefund: false,
        refundCeilingCents: 50_000,
        endsOn: null,
        secondFactor: true,
        lastSeenAt: INSTANT,
        version: 'lise-1',
      },
      {
        id: 'staff-2',
        name: 'Ève Côté',
        email: 'eve@example.org',
        role: 'office',
        mayRefund: true,
        refundCeilingCents: 50_000,
        endsOn: '2027-03-31',
        secondFactor: false,
        lastSeenAt: null,
        version: 'eve-1',
      },
    ],
    invitations: [
      { id: 'invitation-1', name: 'Jo Roy', email: 'jo@example.org', role: 'reader', expiresAt: INSTANT },
    ],
  };
  sessions: Sessions = [
    { id: 's1', browser: 'Chrome, Windows', openedAt: INSTANT, lastUsedAt: INSTANT, current: true },
    { id: 's2', browser: '', openedAt: INSTANT, lastUsedAt: INSTANT, current: false },
  ];
  #tokens = 0;
  readonly #real = globalThis.fetch;
  readonly #handlers = new Map<string, Handler>();

  constructor() {
    const [staff, files] = [`${location.origin}/v1/staff`, `${location.origin}/v1/backoffice/${SLUG}`];
    globalThis.fetch = async (input, init = {}) => {
      const url = String(input);
      const base = [staff, files].find((one) => url.startsWith(`${one}/`));
      if (base === undefined) return this.#real(input, init);
      const path = url.slice(base.length);
      const [named = ''] = path.split('?');
      const route = `${init.method ?? 'GET'} ${named.replace(/(holders|payments|invoices|credit-transfers|deposits|coordinating-offices|recorded-payments|links|memberships|messages|invitations|me\/sessions|passkeys|import-files|imports|keys)\/(?!(?:options|check|accept|request|join)(?:\/|$))[^/]+/, '$1/:id')}`;
      const body = typeof init.body === 'string' ? (JSON.parse(init.body) as Record<string, unknown>) : {};
      const call = { route, path, body, headers: new Headers(init.headers) };
      this.calls.push(call);
      const handler = this.#handlers.get(route) ?? this.#defaults[route];
      return handler?.(call) ?? problem('not-found', 404);
    };
  }

  /** Answers a route in another way from now on. */
  on(route: string, handler: Handler): void {
    this.#handlers.set(route, handler);
  }

  /** How often a route was asked. */
  count(route: string): number {
    return this.calls.filter((call) => call.route === route).length;
  }

  last(route: string): Call {
    const call = this.calls.findLast((candidate) => candidate.route === route);
    if (call === undefined) throw new Error(`never asked: ${route}`);
    return call;
  }

  restore(): void {
    globalThis.fetch = this.#real;
  }

  tokens(enrolling = this.me.enrolling): Tokens {
    this.#tokens += 1;
    const { name, email, lang } = this.me;
    return {
      accessToken: `access-${this.#tokens}`,
      expiresIn: 600,
      endsIn: this.endsIn,
      refreshToken: `refresh-${this.#tokens}`,
      me: { name, email, lang },
      enrolling,
    };
  }

  readonly #defaults: Readonly<Record<string, Handler>> = {
    'POST /sessions': () => ok(this.tokens(), 201),
    'POST /sessions/refresh': () => ok(this.tokens()),
    'DELETE /sessions/current': empty,
    'POST /sessions/current/confirmation': () => ok({ freshFor: 300 }),
    'POST /password-resets': () => ok({ email: 'sent' }, 202),
    'POST /password-resets/check': () => ok({ state: 'valid' }),
    'POST /password-resets/complete': empty,
    'POST /invitations/check': () =>
      ok({
        slug: SLUG,
        regroupement: NAME,
        name: 'Lise Roy',
        email: EMAIL,
        role: 'office',
        endsOn: '2027-03-31',
        known: false,
      }),
    'POST /invitations/accept': () => {
      this.me = { ...this.me, enrolling: true, passkeys: [], totp: false };
      return ok(this.tokens(), 201);
    },
    'POST /invitations/request': () => ok({ email: 'sent' }, 202),
    'POST /invitations/join': () => ok({ joined: true }),
    'POST /enrolments': () => ok(this.tokens(true), 201),
    'GET /me': () => ok(this.me),
    'GET /me/sessions': () => ok({ sessions: this.sessions }),
    'DELETE /me/sessions/:id': empty,
    'GET /me/alerts': () => ok({ alerts: [this.alert] }),
    'PUT /me/alerts': ({ body }) => {
      this.alert = body as unknown as typeof this.alert;
      return empty();
    },
    'POST /password': empty,
    'POST /factors/totp': () =>
      ok({ secret: 'JBSWY3DPEHPK3PXP', uri: 'otpauth://totp/Amisgest:lise?secret=JBSWY3DPEHPK3PXP' }, 201),
    'POST /factors/totp/verify': ({ body }) =>
      body.code === '123456' ? ok({ added: true }, 201) : problem('code-wrong', 422),
    'DELETE /factors/totp': empty,
    'DELETE /factors/passkeys/:id': empty,
    'POST /factors/codes': () => ok({ codes: CODES }, 201),
    'POST /factors/codes/verify': ({ body }) => {
      if (!CODES.includes(String(body.code))) return problem('code-wrong', 422);
      this.me = { ...this.me, enrolling: false };
      return ok({ added: true }, 201);
    },
    // A number has one bearer; a name may have several.
    'POST /search': ({ body }) => ok(/\d/.test(String(body.text)) ? found(1) : this.found),
    'GET /holders/:id/overview': () => ok(overview),
    'GET /holders/:id/as-seen': () => ok(seen),
    'GET /holders/:id/history': () => ok({ acts }),
    'PATCH /holders/:id': () => ok({ version: '2' }),
    'GET /coordinating-offices': () => ok({ offices }),
    'POST /links/:id/approve': () => ok({ decision: 'approved' }),
    'POST /links/:id/refuse': () => ok({ decision: 'refused' }),
    'POST /links/:id/undo': () => ok({ undone: true }),
    'POST /messages/:id/retry': () => ok({ retried: true }),
    'POST /payments/:id/refunds/preview': ({ body }) =>
      ok({
        preview: {
          payer: { name: 'Marie-Ève L’Écuyer', email: 'marie-eve.lecuyer@example.org' },
          invoices: [
            {
              ...{ number: 'PB-F-2026-0004', certificateNumber: 'PB-004512' },
              amountCents: Number(body.amountCents),
            },
          ],
          ...{ onlineFeeCents: 0, totalCents: body.amountCents, refundedInAllCents: body.amountCents },
          paidCents: 30_613,
        },
      }),
    'POST /payments/:id/refunds': ({ body }) =>
      ok({ refund: { state: 'completed', amountCents: body.amountCents } }, 201),
    'POST /invoices/:id/cancel': () => ok(inFull),
    'POST /invoices/:id/credit-notes/preview': () => ok({ preview: creditPreview }),
    'POST /invoices/:id/credit-notes': () => ok(inFull, 201),
    'POST /invoices/:id/credit-transfer': () => ok(inFull, 201),
    'GET /invoices/:id': () => ok(inFull),
    'POST /credit-transfers/:id/undo/preview': () => ok({ preview: undoPreview }),
    'POST /credit-transfers/:id/undo': () => ok(inFull),
    'POST /invoices/:id/plan/preview': () => ok({ preview: planPreview }),
    'POST /invoices/:id/plan': () => ok(inFull, 201),
    'POST /invoices/:id/plan/cancel': () => ok(inFull),
    'GET /holders/:id': () => ok({ holder }),
    'GET /deposits': () => ok(deposits),
    'GET /deposits/:id': () => ok(deposit),
    'GET /deposits/:id/receipts': () => ok({ htmlUrl: `${location.origin}/receipts.html` }),
    'GET /recorded-payments/:id/receipts': () => ok({ receipts }),
    'POST /deposits': () => ok(deposit, 201),
    'POST /deposits/:id/cheques': () =>
      ok({ ...deposit, deposit: { ...deposit.deposit, totalCents: 25_000, cheques: 2 } }, 201),
    'POST /deposits/:id/close': () =>
      ok({ ...deposit, deposit: { ...deposit.deposit, totalCents: 25_000, closedAt: INSTANT } }),
    'GET /all-payments': () => ok(allPayments),
    'GET /today': () => ok(figures),
    'GET /pages': () => ok({ pages: PAGES }),
    'POST /pages/try': () => ok(tried),
    'GET /worklist': () => ok(worklist),
    'GET /events': () => ok({ events: [], next: this.newest }),
    'GET /settings': () => ok(settings),
    'PATCH /settings': ({ body }) =>
      ok({ ...settings, settings: { ...settings.settings, ...body }, version: 'settings-2' }),
    'POST /settings/logo': () => ok({ ...settings, logo: '0123456789abcdef', version: 'settings-3' }),
    'DELETE /settings/logo': () => ok({ ...settings, version: 'settings-4' }),
    'POST /settings/paypal/verify': () => ok(verified),
    'PUT /settings/paypal': () => ok(verified),
    'POST /coordinating-offices': () => ok({ offices }, 201),
    'PATCH /coordinating-offices/:id': () => ok({ offices }),
    'GET /memberships': () => ok(this.members),
    'POST /invitations/:id/resend': () => ok({ id: 'invitation-3', expiresAt: INSTANT }, 201),
    'POST /invitations': () => ok({ id: 'invitation-2', expiresAt: INSTANT }, 201),
    'PATCH /memberships/:id': empty,
    'DELETE /memberships/:id': empty,
    'GET /keys': () =>
      ok({
        keys: ['Logiciel de comptabilité du regroupement', 'Amisgest'].map((name, i) => ({
          ...{ id: `key-${i}`, name, scopes: ['read', 'record'], createdAt: INSTANT, expiresAt: INSTANT },
          ...{ madeBy: i === 0 ? 'cli:lise' : 'staff:staff-2', lastUsedAt: i === 0 ? INSTANT : null },
        })),
      }),
    'POST /keys': () => ok({ id: 'key-9', secret: `agp_${'x'.repeat(43)}`, expiresAt: INSTANT }, 201),
    'DELETE /keys/:id': empty,
    'POST /memberships/:id/factor-reset': () => ok({ email: 'sent' }, 202),
  };
}

export class OfficePage {
  readonly api: FakeOffice;
  readonly element: AmisgestBureau;
  constructor(api: FakeOffice, element: AmisgestBureau) {
    this.api = api;
    this.element = element;
  }

  get root(): ShadowRoot {
    return this.element.shadowRoot as ShadowRoot;
  }
  get text(): string {
    return (this.root.querySelector('.frame')?.textContent ?? '').replace(/[\s\u00a0]+/g, ' ').trim();
  }
  get heading(): string {
    return (
      this.root
        .querySelector('h1')
        ?.textContent?.replace(/[\s\u00a0]+/g, ' ')
        .trim() ?? ''
    );
  }
  /** What has the focus. */
  get focused(): Element | null {
    return this.root.activeElement;
  }
  get<E extends HTMLElement = HTMLElement>(selector: string): E {
    const found = this.root.querySelector<E>(selector);
    if (found === null) throw new Error(`no ${selector} in « ${this.text} »`);
    return found;
  }
  reads(sentence: string): Promise<boolean> {
    return until(
      () => `« ${sentence} » in « ${this.text} »`,
      () => this.text.includes(sentence),
    );
  }
  async at(heading: string): Promise<void> {
    await until(
      () => `heading « ${heading} » (is « ${this.heading} »)`,
      () => this.heading === heading,
    );
  }
  /** A button or link by its words, the topmost dialog's first. */
  async press(name: string): Promise<void> {
    const within = () => [...this.root.querySelectorAll('dialog[open]')].at(-1) ?? this.root;
    const control = await until(
      () => `button « ${name} » in « ${this.text} »`,
      () =>
        [...within().querySelectorAll<HTMLElement>('button, a')].find(
          (one) =>
            (one.getAttribute('aria-label') ?? one.textContent ?? '').replace(/[\s\u00a0]+/g, ' ').trim() ===
            name,
        ),
    );
    control.click();
  }
  async type(selector: string, text: string): Promise<void> {
    const box = await until(selector, () => this.root.querySelector<HTMLInputElement>(selector));
    box.value = text;
    box.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
  }
  /** Opens what is folded under these words. */
  async unfold(name: string): Promise<void> {
    const summary = await until(
      () => `« ${name} » to unfold in « ${this.text} »`,
      () => [...this.root.querySelectorAll('summary')].find((one) => one.textContent?.trim() === name),
    );
    summary.click();
  }
  /** So many milliseconds have gone by. */
  later(ms: number): void {
    Date.now = () => now() + ms;
    this.element.redraw();
  }
  key(key: string, target: EventTarget = document.body): void {
    target.dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true }),
    );
  }
  async signIn(prefix = ''): Promise<void> {
    await this.type(`#${prefix}email`, EMAIL);
    await this.type(`#${prefix}password`, 'onze hérissons pressés');
    await this.type(`#${prefix}code`, '123456');
    await this.press('Se connecter');
  }
}

/** Cells, as the clipboard has them, in the first box of a deposit's cheques. */
export function paste(page: OfficePage, text: string): void {
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/plain', text);
  const event = new Event('paste', { bubbles: true, cancelable: true, composed: true });
  Object.defineProperty(event, 'clipboardData', { value: clipboardData });
  page.get('#entry-payer').dispatchEvent(event);
}

const pages: OfficePage[] = [];
const { now } = Date;

/** The page at this address (`#dossier/…`), as a browser without a session has it. */
export async function openOffice(
  address = '',
  prepare: (api: FakeOffice) => void = () => {},
  regroupement = SLUG,
): Promise<OfficePage> {
  await clearOffice();
  history.replaceState(null, '', location.pathname + address);
  const api = new FakeOffice();
  prepare(api);
  const element = document.createElement('amisgest-bureau') as AmisgestBureau;
  element.setAttribute('regroupement', regroupement);
  element.setAttribute('name', NAME);
  const page = new OfficePage(api, element);
  pages.push(page);
  document.body.append(element);
  await until('first view', () => page.root.querySelector('.frame'));
  return page;
}

/** The same, signed in. */
export async function work(address = '', prepare: (api: FakeOffice) => void = () => {}): Promise<OfficePage> {
  const page = await openOffice(address, prepare);
  await page.signIn();
  await until('the office', () => page.root.querySelector('nav'));
  return page;
}

export async function clearOffice(): Promise<void> {
  Date.now = now;
  for (const { element, api } of pages.splice(0).reverse()) {
    element.remove();
    api.restore();
  }
  await clearBrowser();
}

/** Her first invoice is paid off by a plan, whose first instalment is late. */
export const planned: Holder = {
  ...holder,
  certificates: holder.certificates.map((one, i) =>
    i > 0
      ? one
      : {
          ...one,
          invoices: one.invoices.map((of) =>
            of.id !== invoice.id
              ? of
              : {
                  ...of,
                  overdue: true,
                  plan: {
                    id: 'plan-1',
                    instalments: [
                      { dueOn: '2026-11-20', amountCents: 14_807, leftCents: 14_807 },
                      { dueOn: '2027-01-20', amountCents: 14_806, leftCents: 14_806 },
                    ],
                    next: { dueOn: '2026-11-20', amountCents: 14_807, late: true },
                  },
                },
          ),
        },
  ),
};
