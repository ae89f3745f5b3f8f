// What a regroupement's own program sends, one object a line, as rows that the import decides about.
import { z } from 'zod';
import { certificateKey } from '../../certificates/number.ts';
import type { Cells, Titles } from '../reading/columns/fields.ts';
import { invoiceKey } from '../rows/known.ts';

const key = z.string().min(1).max(64);
const text = z.string().max(200);
const day = z.iso.date();
const cents = z.int().min(-100_000_000).max(100_000_000);

const Holder = z.strictObject({
  type: z.literal('holder'),
  id: key.describe('the number of her file'),
  firstName: text,
  lastName: text,
  usualName: text.optional(),
  email: z.string().max(254).optional(),
  lang: z.enum(['fr-CA', 'en-CA']).optional(),
  status: z.enum(['active', 'closed']).optional(),
  coordinatingOffice: key.optional().describe('the code of her coordinating office'),
});
const Certificate = z.strictObject({
  type: z.literal('certificate'),
  number: key,
  holder: key.describe('the number of her file'),
  periodStart: day,
  periodEnd: day,
  kind: text.optional(),
  status: z.enum(['active', 'closed']).optional(),
});
const Office = z.strictObject({
  type: z.literal('coordinatingOffice'),
  code: key,
  name: text.min(1),
  adminFeeCents: z.int().min(0).max(100_000_000).nullable().optional(),
  adminFeeTaxable: z.boolean().nullable().optional(),
});
const Endorsement = z.strictObject({
  type: z.literal('endorsement'),
  id: key,
  certificate: key,
  effectiveOn: day,
  description: text.optional(),
  amountCents: cents,
  manualAmount: z.boolean().optional(),
  invoice: key.optional().describe('the number of its invoice'),
});
const Invoice = z.strictObject({
  type: z.literal('invoice'),
  number: key,
  certificate: key,
  issuedOn: day,
  dueOn: day.optional(),
  periodStart: day,
  periodEnd: day,
  totalCents: cents,
  premiumCents: cents.optional(),
  premiumTaxCents: cents.optional(),
  feesCents: cents.optional(),
  paidCents: cents.optional().describe('what was paid before we knew of it; ours stands afterwards'),
  status: z.enum(['open', 'cancelled']).optional(),
  kind: text.optional(),
  noAdminFee: z.boolean().optional(),
  manualAmount: z.boolean().optional(),
});

/** One line. */
export const Upsert = z.discriminatedUnion('type', [Office, Holder, Certificate, Invoice, Endorsement]);
export type Upsert = z.infer<typeof Upsert>;
export type UpsertOffice = z.infer<typeof Office>;
/** In the order in which each refers to the one before. */
export const TYPES = ['coordinatingOffice', 'holder', 'certificate', 'invoice', 'endorsement'] as const;

/** What it is called by whoever sends it. */
export function externalId(one: Upsert): string {
  if (one.type === 'coordinatingOffice') return one.code;
  return one.type === 'certificate' || one.type === 'invoice' ? one.number : one.id;
}

/** What it is: no two lines may speak of one thing. */
export function identity(one: Upsert): string {
  if (one.type === 'certificate') return `certificate|${certificateKey(one.number)}|${one.periodStart}`;
  return `${one.type}|${one.type === 'coordinatingOffice' ? one.code : invoiceKey(externalId(one))}`;
}

const amount = (of: number | undefined) =>
  of === undefined
    ? undefined
    : `${of < 0 ? '-' : ''}${Math.trunc(Math.abs(of) / 100)}.${String(Math.abs(of) % 100).padStart(2, '0')}`;
const yes = (of: boolean | undefined) => (of === undefined ? undefined : of ? 'oui' : 'non');
const STATUS = { active: 'actif', closed: 'fermé', open: 'ouverte', cancelled: 'annulée' } as const;

/** The same as cells of a file of its kind; what is not said is no column. */
export function cellsOfUpsert(one: Exclude<Upsert, UpsertOffice>): Cells {
  const status = one.type === 'endorsement' || one.status === undefined ? undefined : STATUS[one.status];
  const cells: { [field in keyof Cells]?: string | undefined } = { status, ...fieldsOf(one) };
  return Object.fromEntries(Object.entries(cells).filter(([, value]) => value !== undefined)) as Cells;
}

function fieldsOf(one: Exclude<Upsert, UpsertOffice>): { [field in keyof Cells]?: string | undefined } {
  switch (one.type) {
    case 'holder':
      return {
        holderId: one.id,
        firstName: one.firstName,
        lastName: one.lastName,
        usualName: one.usualName,
        email: one.email,
        lang: one.lang,
        office: one.coordinatingOffice,
      };
    case 'certificate':
      return {
        certificate: one.number,
        holderId: one.holder,
        periodStart: one.periodStart,
        periodEnd: one.periodEnd,
        type: one.kind,
      };
    case 'invoice':
      return {
        invoice: one.number,
        certificate: one.certificate,
        issuedOn: one.issuedOn,
        dueOn: one.dueOn,
        periodStart: one.periodStart,
        periodEnd: one.periodEnd,
        total: amount(one.totalCents),
        premium: amount(one.premiumCents),
        premiumTax: amount(one.premiumTaxCents),
        fees: amount(one.feesCents),
        paid: amount(one.paidCents),
        type: one.kind,
        noAdminFee: yes(one.noAdminFee),
        manualAmount: yes(one.manualAmount),
      };
    case 'endorsement':
      return {
        endorsementId: one.id,
        certificate: one.certificate,
        effectiveOn: one.effectiveOn,
        description: one.description,
        amount: amount(one.amountCents),
        manualAmount: yes(one.manualAmount),
        invoice: one.invoice,
      };
  }
}

/** What the cells are called in a line, for the sentences of refusals. */
export const NAMES_IN_LINES: Titles = {
  firstName: 'firstName',
  lastName: 'lastName',
  usualName: 'usualName',
  email: 'email',
  lang: 'lang',
  status: 'status',
  office: 'coordinatingOffice',
  periodStart: 'periodStart',
  periodEnd: 'periodEnd',
  issuedOn: 'issuedOn',
  dueOn: 'dueOn',
  total: 'totalCents',
  premium: 'premiumCents',
  premiumTax: 'premiumTaxCents',
  fees: 'feesCents',
  paid: 'paidCents',
  noAdminFee: 'noAdminFee',
  manualAmount: 'manualAmount',
  effectiveOn: 'effectiveOn',
  description: 'description',
  amount: 'amountCents',
};
