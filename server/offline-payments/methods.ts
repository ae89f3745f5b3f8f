// How money comes otherwise than through PayPal (S32: an invoice paid meanwhile).
export const RECORDED_METHODS = ['cheque', 'interac', 'debit', 'cash'] as const;
export type RecordedMethod = (typeof RECORDED_METHODS)[number];
