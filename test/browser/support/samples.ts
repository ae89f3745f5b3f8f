// Invented people, invoices and payments, in the contract's shapes.

import { namingOf, writtenOf } from '../../../server/regroupements/naming.ts';
import type { Certificate, Invoice, Payment, Profile } from '../../../widget/client/types.ts';
import type { OpenSession } from '../../../widget/pay/my-account/my-account.ts';

export function profile(change: Partial<Profile> = {}): Profile {
  const name = change.name ?? 'Regroupement Petits-Bouleaux de l’Estuaire';
  const phone = change.phone ?? '418 555-0123';
  return {
    slug: 'petits-bouleaux',
    name,
    ...writtenOf({ name, naming: namingOf(name, null), phone }),
    email: 'assurances@petits-bouleaux.example.org',
    phone,
    address: '12, rue de la Grève, Rivière-aux-Outardes (Québec)  G0L 1E0',
    privacy: {
      title: 'Personne responsable de la protection des renseignements personnels',
      email: 'confidentialite@petits-bouleaux.example.org',
      url: 'https://pay.example.org/privacy/petits-bouleaux',
    },
    helpUrl: null,
    certificateExample: 'PB-004512',
    linkPolicy: 'name-and-number',
    instalments: { kind: 'none' },
    payable: true,
    paypal: null,
    ...change,
  };
}

export function invoice(change: Partial<Invoice> = {}): Invoice {
  return {
    id: 'invoice-0000000001',
    number: 'PB-F-2026-0001',
    kind: 'renouvellement',
    issuedOn: '2026-03-01',
    dueOn: '2026-04-01',
    overdue: true,
    periodStart: '2026-04-01',
    periodEnd: '2027-03-31',
    status: 'open',
    lines: [
      { code: 'PRIME', description: 'Prime – responsabilité civile', amountCents: 26_250, rate: null },
      { code: 'TPA', description: 'Taxe sur les primes d’assurance (9 %)', amountCents: 2363, rate: '0.09' },
      { code: 'FADM', description: 'Frais d’administration', amountCents: 1000, rate: null },
    ],
    totalCents: 29_613,
    paidCents: 0,
    balanceCents: 29_613,
    payable: true,
    held: false,
    plan: null,
    ...change,
  };
}

export function certificate(change: Partial<Certificate> = {}): Certificate {
  return {
    id: 'certificate-000001',
    number: 'PB-004512',
    kind: 'Responsabilité civile – RSG',
    holderName: 'Marie-Ève L’Écuyer-Tremblay',
    level: 'verified',
    periodStart: '2026-04-01',
    periodEnd: '2027-03-31',
    status: 'en vigueur',
    balanceCents: 29_613,
    creditCents: 0,
    endorsementsWithoutInvoice: 0,
    invoices: [invoice()],
    ...change,
  };
}

const DAYS = ['2026-12-01', '2027-01-01', '2027-02-01', '2027-03-01'];
/** What the server proposes for an invoice of 296,13 $: two dates, or four. */
export const plans = [
  DAYS.slice(0, 2).map((dueOn, i) => ({ dueOn, amountCents: 14_807 - i })),
  DAYS.map((dueOn, i) => ({ dueOn, amountCents: i === 0 ? 7_404 : 7_403 })),
];

/** The invoice with a plan of four dates, of which so many are paid. */
export function planned(paid = 0, late = false): Invoice {
  const instalments = (plans[1] ?? []).map((one, i) => ({
    ...one,
    leftCents: i < paid ? 0 : one.amountCents,
  }));
  const next = instalments[paid];
  return invoice({
    ...{ overdue: late, balanceCents: instalments.reduce((sum, { leftCents }) => sum + leftCents, 0) },
    plan: {
      ...{ id: 'plan-000000000001', instalments },
      next: next === undefined ? null : { dueOn: next.dueOn, amountCents: next.amountCents, late },
    },
  });
}

/** Nothing to pay: a paid invoice, and an endorsement that has none yet. */
export const paidUp = certificate({
  balanceCents: 0,
  endorsementsWithoutInvoice: 1,
  invoices: [invoice({ paidCents: 29_613, balanceCents: 0, payable: false, overdue: false })],
});

export const second = certificate({
  id: 'certificate-000002',
  number: 'PB-004519',
  balanceCents: 6210,
  invoices: [
    invoice({
      id: 'invoice-0000000002',
      number: 'PB-F-2026-0006',
      overdue: false,
      dueOn: '2026-12-01',
      lines: [
        { code: 'AVEN', description: 'Ajout d’une assistante', amountCents: 5000, rate: null },
        { code: 'TPA', description: 'Taxe (9 %)', amountCents: 450, rate: '0.09' },
        { code: 'FADM', description: 'Frais d’administration', amountCents: 760, rate: null },
      ],
      totalCents: 6210,
      balanceCents: 6210,
    }),
  ],
});

let made = 0;
export function payment(change: Partial<Payment> = {}): Payment {
  made += 1;
  const completed = change.state === 'completed';
  return {
    id: `payment-${made}`,
    number: 'P-7KQ2M9XD',
    state: 'approved',
    totalCents: 30_528,
    onlineFeeCents: 915,
    currency: 'CAD',
    createdAt: '2026-11-23T14:00:00.000Z',
    confirmedAt: completed ? '2026-11-23T14:04:00.000Z' : null,
    completedAt: completed ? '2026-11-23T14:04:02.000Z' : null,
    failure: null,
    stopped: null,
    invoices: [
      {
        id: 'invoice-0000000001',
        number: 'PB-F-2026-0001',
        certificateNumber: 'PB-004512',
        amountCents: 29_613,
      },
    ],
    remainingCents: completed ? 0 : null,
    captureId: completed ? '8XA12345BC678901D' : null,
    receipt: completed
      ? {
          number: 17,
          pdfUrl: 'https://pay.test/v1/receipts/t.pdf',
          htmlUrl: 'https://pay.test/v1/receipts/t.html',
        }
      : null,
    refunds: [],
    takenBack: [],
    email: 'marie-eve@example.org',
    ...change,
  };
}

export function session(change: Partial<OpenSession> = {}): OpenSession {
  return {
    id: 'a',
    browser: 'Safari, iPhone',
    openedAt: '2026-11-20T14:00:00.000Z',
    lastUsedAt: '2026-11-23T14:00:00.000Z',
    current: false,
    ...change,
  };
}
