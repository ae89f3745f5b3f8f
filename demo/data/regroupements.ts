// The demo's three regroupements: invented names, telephone numbers of the range kept for fiction, PayPal accounts
// that only the stand-in knows.
import type { Merchant } from '../paypal/stand-in.ts';

export const REGROUPEMENTS = [
  {
    slug: 'petits-bouleaux',
    path: '/',
    name: 'Regroupement Petits-Bouleaux de l’Estuaire',
    aliases: ['rpb', 'Petits-Bouleaux'],
    email: 'assurances@petits-bouleaux.example.org',
    phone: '418 555-0123',
    address: '12, rue de la Grève, Rivière-aux-Outardes (Québec)  G0L 1E0',
    privacyTitle: 'Personne responsable de la protection des renseignements personnels',
    privacyEmail: 'confidentialite@petits-bouleaux.example.org',
    gstNumber: null,
    qstNumber: null,
    adminFee: { cents: 1_000, taxable: false },
    offices: [
      { code: 'bc-pb1', name: 'BC Les Mésanges' },
      { code: 'bc-pb2', name: 'BC Côte-des-Oyats', adminFeeCents: 1_000 },
    ],
    onlineFee: { kind: 'gross-up', basisPoints: 290, fixedCents: 30 },
    instalments: { kind: 'none' },
    certificatePattern: '[A-Z]{2}-\\d{6}',
    certificateExample: 'PB-004512',
    accent: '#2c6e49',
    paypal: {
      clientId: 'demo-petits-bouleaux',
      clientSecret: 'demo-secret-petits-bouleaux',
      merchantId: 'PBBBBBBBBBBB2',
    },
  },
  {
    slug: 'la-farandole',
    path: '/la-farandole',
    name: 'Alliance des milieux familiaux « La Farandole »',
    aliases: ['amf', 'La Farandole'],
    email: 'facturation@farandole.example.com',
    phone: '514 555-0188',
    address: '4001, boul. des Érables Est, bureau 210, Montréal (Québec)  H1X 2B3',
    privacyTitle: 'Direction générale',
    privacyEmail: 'vieprivee@farandole.example.com',
    gstNumber: null,
    qstNumber: null,
    adminFee: { cents: 0, taxable: false },
    offices: [
      { code: 'bc-af1', name: 'BC La Ribambelle' },
      { code: 'bc-af2', name: 'BC Métro-Rosemont' },
    ],
    onlineFee: { kind: 'none' },
    instalments: { kind: 'free', minimumCents: 2_500, planDays: 366 },
    certificatePattern: '\\d{7}',
    certificateExample: '0001234',
    accent: '#a63d6e',
    paypal: {
      clientId: 'demo-la-farandole',
      clientSecret: 'demo-secret-la-farandole',
      merchantId: 'AFFFFFFFFFFF2',
    },
  },
  {
    slug: 'outaouais-gatineau',
    path: '/outaouais-gatineau',
    name: 'Regroupement Outaouais-Gatineau des services éducatifs familiaux / Outaouais Family Childcare Group',
    aliases: ['rog', 'Outaouais Family Childcare Group'],
    email: 'comptes@rog.example.org',
    phone: '819 555-0164, poste 4',
    address: '77, chemin de l’Île, Gatineau (Québec)  J8T 5X1',
    privacyTitle: 'Secrétariat général',
    privacyEmail: 'prp@rog.example.org',
    gstNumber: '000000000 RT0001',
    qstNumber: '0000000000 TQ0001',
    adminFee: { cents: 1_500, taxable: true },
    offices: [
      { code: 'bc-og1', name: 'BC des Collines' },
      { code: 'bc-og2', name: 'BC Val-des-Ormes' },
    ],
    onlineFee: { kind: 'none' },
    instalments: { kind: 'free', minimumCents: 11_075 },
    certificatePattern: '\\d{4}-[A-Z]\\d{4}(-[A-Z])?|\\d{2}[A-Z]\\d{4}|\\d{7}',
    certificateExample: '2026-R0017-A',
    accent: '#1d4f91',
    paypal: {
      clientId: 'demo-outaouais-gatineau',
      clientSecret: 'demo-secret-outaouais-gatineau',
      merchantId: 'GGGGGGGGGGGG2',
    },
  },
] as const;

/** What the stand-in knows of them. */
export const MERCHANTS: readonly Merchant[] = REGROUPEMENTS.map((r) => ({ ...r.paypal, name: r.name }));

/** The id that PayPal gave the regroupement's webhook. */
export function webhookIdOf(slug: string): string {
  return `WEBHOOK${slug.replace(/\W/g, '').toUpperCase()}`;
}
