// The tables that an import writes, and what of each row.
export type Target =
  | 'holders'
  | 'certificates'
  | 'invoices'
  | 'invoice_lines'
  | 'endorsements'
  | 'ledger_entries';

export const COLUMNS: Readonly<Record<Target, readonly string[]>> = {
  holders: [
    'id',
    'regroupement_id',
    'external_id',
    'first_name',
    'last_name',
    'usual_name',
    'email',
    'email_key',
    'lang',
    'status',
    'office_id',
    'created_at',
    'updated_at',
  ],
  certificates: [
    'id',
    'regroupement_id',
    'holder_id',
    'number',
    'number_key',
    'kind',
    'period_start',
    'period_end',
    'status',
    'created_at',
    'updated_at',
  ],
  invoices: [
    'id',
    'regroupement_id',
    'certificate_id',
    'number',
    'kind',
    'issued_on',
    'due_on',
    'period_start',
    'period_end',
    'status',
    'no_admin_fee',
    'manual_amount',
    'revision',
    'created_at',
    'updated_at',
  ],
  invoice_lines: ['invoice_id', 'revision', 'position', 'code', 'description', 'amount_cents', 'rate'],
  endorsements: [
    'id',
    'regroupement_id',
    'certificate_id',
    'external_id',
    'effective_on',
    'description',
    'amount_cents',
    'manual_amount',
    'invoice_id',
    'created_at',
    'updated_at',
  ],
  ledger_entries: [
    'id',
    'regroupement_id',
    'invoice_id',
    'kind',
    'amount_cents',
    'source',
    'method',
    'day',
    'occurred_at',
    'posted_at',
  ],
};
/**
 * What of a row of before a file may change: not what says whose and of which certificate it is (M7b). Their views show what
 * these become (server/db/migrations/0022_hidden_imports.sql).
 */
export const CHANGEABLE = {
  holders: [
    'first_name',
    'last_name',
    'usual_name',
    'email',
    'email_key',
    'lang',
    'status',
    'office_id',
    'imported',
    'updated_at',
  ],
  certificates: ['number', 'kind', 'period_end', 'status', 'updated_at'],
  invoices: [
    'kind',
    'issued_on',
    'due_on',
    'period_start',
    'period_end',
    'status',
    'no_admin_fee',
    'manual_amount',
    'revision',
    'updated_at',
  ],
  endorsements: ['effective_on', 'description', 'amount_cents', 'manual_amount', 'invoice_id', 'updated_at'],
} as const satisfies Partial<Record<Target, readonly string[]>>;
export type Changed = keyof typeof CHANGEABLE;
/** In the order in which each refers to the one before. */
export const ORDER: readonly Target[] = [
  'holders',
  'certificates',
  'invoices',
  'invoice_lines',
  'endorsements',
  'ledger_entries',
];
