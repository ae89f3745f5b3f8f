// « Montant manuel ».
import type { Catalogue } from '../../words.ts';

export const words = {
  'manual.title': ['Montant manuel', 'Manual amount'],
  'manual.of': [
    'Avenant du {jour}\u00a0: {quoi}. Sans facture, la RSG voit un solde de 0\u00a0$.',
    'Endorsement of {jour}: {quoi}. Without an invoice, the provider sees a balance of $0.',
  ],
  'manual.ofDay': [
    'Avenant du {jour}. Sans facture, la RSG voit un solde de 0\u00a0$.',
    'Endorsement of {jour}. Without an invoice, the provider sees a balance of $0.',
  ],
  'manual.amount': ['Montant', 'Amount'],
  'manual.amountWrong': ['Écrivez un montant comme 50,00.', 'Write an amount like 50.00.'],
  'manual.issued': ['Date de la facture', 'Invoice date'],
  'manual.issuedWrong': [
    'Choisissez aujourd’hui ou un jour passé, de moins de dix ans.',
    'Choose today or a day in the past ten years.',
  ],
  'manual.due': ['Échéance', 'Due date'],
  'manual.dueWrong': [
    'Choisissez un jour de l’année qui suit la date de la facture.',
    'Choose a day within a year after the invoice date.',
  ],
  'manual.noFee': [
    'Ne pas facturer de frais d’adm. ({montant})',
    'Do not charge the administration fee ({montant})',
  ],
  'manual.seen': ['Ce que la RSG verra', 'What the provider will see'],
  'manual.total': ['Solde à payer', 'Balance to pay'],
  'manual.online': ['Frais en ligne', 'Online fee'],
  'manual.onlineTotal': ['Total en ligne', 'Total online'],
  'manual.facts': [
    'Facture {numero}, datée du {jour}, à payer avant le {fin}.',
    'Invoice {numero}, dated {jour}, due on {fin}.',
  ],
  'manual.noPreview': [
    'L’aperçu reviendra avec un montant et des dates justes.',
    'The preview comes back once the amount and the dates are right.',
  ],
  'manual.create': ['Créer la facture', 'Create the invoice'],
  'manual.check': ['Vérifier si elle est créée', 'Check whether it was created'],
  'manual.lost': [
    'La réponse s’est perdue\u00a0: la facture est peut-être créée. Vérifiez-le ici\u00a0: elle ne sera pas créée deux fois.',
    'The answer was lost: the invoice may have been created. Check it here: it will not be created twice.',
  ],
  'manual.done': [
    'La facture {numero} est créée\u00a0: {montant}. La RSG la verra en rechargeant sa page.',
    'Invoice {numero} is created: {montant}. The provider will see it when she reloads her page.',
  ],
  'manual.faster': [
    'Cet avenant a déjà une facture, la {numero}\u00a0: elle vient d’être créée ailleurs. Le dossier est à jour.',
    'This endorsement has an invoice already, {numero}: it was just created elsewhere. The file is up to date.',
  ],
} as const satisfies Catalogue;
