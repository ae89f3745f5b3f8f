// The ways in which money comes, by what they are called.
import type { Key } from './words.ts';

export const METHODS = {
  paypal: 'method.paypal',
  cheque: 'method.cheque',
  interac: 'method.interac',
  debit: 'method.debit',
  cash: 'method.cash',
  imported: 'method.imported',
} as const satisfies Record<string, Key>;
