// The ways in which money comes.
import type { Catalogue } from '../words.ts';

export const words = {
  'method.paypal': ['PayPal', 'PayPal'],
  'method.cheque': ['Chèque', 'Cheque'],
  'method.interac': ['Virement Interac', 'Interac transfer'],
  'method.debit': ['Débit préautorisé', 'Pre-authorized debit'],
  'method.cash': ['Comptant', 'Cash'],
  'method.imported': ['Importé', 'Imported'],
} as const satisfies Catalogue;
