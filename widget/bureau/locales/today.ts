// « Aujourd'hui ».
import type { Catalogue } from '../words.ts';

export const words = {
  'today.title': ['Aujourd’hui', 'Today'],
  'today.figures': ['Chiffres du jour', 'Figures of the day'],
  'today.paypal': ['Encaissé par PayPal', 'Received by PayPal'],
  'today.otherwise': ['Encaissé autrement', 'Received otherwise'],
  'today.net': ['Net', 'Net'],
  'today.netWhy': ['frais PayPal {montant}', 'PayPal fees {montant}'],
  'today.refunded': ['Remboursé', 'Refunded'],
  'today.unconfirmed': ['À confirmer', 'To confirm'],
  'today.overdue': ['En retard', 'Overdue'],
  'today.invoices': [
    '{n, plural, one {# facture} other {# factures}}',
    '{n, plural, one {# invoice} other {# invoices}}',
  ],
  'today.payments': [
    '{n, plural, one {# paiement} other {# paiements}}',
    '{n, plural, one {# payment} other {# payments}}',
  ],
  'today.days': ['Trente jours', 'Thirty days'],
  'today.daysTable': ['Les mêmes chiffres en tableau', 'The same figures in a table'],
  'today.bars': [
    'Encaissé chaque jour, du {debut} au {fin}; les chiffres sont dans le tableau qui suit.',
    'Received each day, from {debut} to {fin}; the figures are in the table below.',
  ],
  'today.byPaypal': ['PayPal', 'PayPal'],
  'today.byOther': ['Autrement', 'Otherwise'],
  'today.day': ['Jour', 'Day'],
  'today.fee': ['Frais PayPal', 'PayPal fees'],
  'today.none': ['Rien d’encaissé en trente jours.', 'Nothing received in thirty days.'],
  'today.last': ['Derniers paiements', 'Last payments'],
  'today.lastNone': ['Aucun paiement pour le moment.', 'No payment yet.'],
  'today.who': ['Dossier', 'File'],
  'today.when': ['Moment', 'When'],
  'today.how': ['Mode', 'Method'],
  'today.invoice': ['Facture', 'Invoice'],
  'today.amount': ['Montant', 'Amount'],
} as const satisfies Catalogue;
