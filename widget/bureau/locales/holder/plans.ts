// The plan of instalments of an invoice: seen, made, changed, ended.
import type { Catalogue } from '../../words.ts';

export const words = {
  'plan.title': ['Entente de versements', 'Plan of instalments'],
  'plan.day': ['Au plus tard le', 'No later than'],
  'plan.amount': ['Versement', 'Instalment'],
  'plan.left': ['{montant} – reste {reste}', '{montant} – {reste} left'],
  'plan.paid': ['{montant} – payé', '{montant} – paid'],
  'plan.late': ['En retard', 'Late'],
  'plan.open': ['Entente de versements', 'Plan of instalments'],
  'plan.openOf': [
    'Entente de versements pour la facture {numero}',
    'Plan of instalments for invoice {numero}',
  ],
  'plan.change': ['Changer l’entente', 'Change the plan'],
  'plan.changeOf': ['Changer l’entente de la facture {numero}', 'Change the plan of invoice {numero}'],
  'plan.text': [
    'Solde à répartir\u00a0: {montant}, en quatre versements au plus. Rien n’est prélevé tout seul\u00a0: la RSG fait chaque versement.',
    'Balance to spread: {montant}, over four instalments at most. Nothing is charged by itself: the provider makes each payment.',
  ],
  'plan.reminded': [
    'Elle reçoit un rappel par courriel avant chacun.',
    'She is reminded by e-mail before each.',
  ],
  'plan.notReminded': [
    'Son dossier n’a pas de courriel\u00a0: elle ne recevra aucun rappel.',
    'Her file has no e-mail: she will not be reminded.',
  ],
  'plan.replaces': [
    'La nouvelle entente remplace celle qui est en cours.',
    'The new plan takes the place of the one in force.',
  ],
  'plan.what': ['Comment?', 'How?'],
  'plan.equal': ['En parts égales, la première aujourd’hui', 'In equal parts, the first one today'],
  'plan.own': ['À d’autres dates', 'On other dates'],
  'plan.dates': ['Nombre de versements', 'Number of instalments'],
  'plan.day1': ['Date du versement 1', 'Day of instalment 1'],
  'plan.amount1': ['Montant du versement 1', 'Amount of instalment 1'],
  'plan.day2': ['Date du versement 2', 'Day of instalment 2'],
  'plan.amount2': ['Montant du versement 2', 'Amount of instalment 2'],
  'plan.day3': ['Date du versement 3', 'Day of instalment 3'],
  'plan.amount3': ['Montant du versement 3', 'Amount of instalment 3'],
  'plan.day4': ['Date du versement 4', 'Day of instalment 4'],
  'plan.amount4': ['Montant du versement 4', 'Amount of instalment 4'],
  'plan.fill': ['Remplissez la date et le montant.', 'Fill in the day and the amount.'],
  'plan.dayWrong': [
    'Choisissez un jour à partir d’aujourd’hui, d’ici un an, et après le versement d’avant.',
    'Choose a day from today on, within a year, and after the instalment before.',
  ],
  'plan.amountWrong': [
    'C’est moins que le plus petit versement permis.',
    'This is less than the smallest instalment allowed.',
  ],
  'plan.sumWrong': [
    'Le total n’est pas le solde de la facture.',
    'The total is not the balance of the invoice.',
  ],
  'plan.tooMany': [
    'Le solde est trop petit pour tant de versements. Choisissez-en moins.',
    'The balance is too small for so many instalments. Choose fewer.',
  ],
  'plan.review': ['L’entente, comme la RSG la verra', 'The plan, as the provider will see it'],
  'plan.yes': ['Faire cette entente', 'Make this plan'],
  'plan.done': [
    'L’entente de versements de la facture {numero} est faite.',
    'The plan of invoice {numero} is made.',
  ],
  'plan.end': ['Mettre fin à l’entente', 'End the plan'],
  'plan.endOf': ['Mettre fin à l’entente de la facture {numero}', 'End the plan of invoice {numero}'],
  'plan.endText': [
    'Ce qui reste, {montant}, sera dû en entier à l’échéance de la facture, le {date}. Il n’y aura plus de rappel de versement.',
    'What is left, {montant}, will be due in full when the invoice is, on {date}. No more instalments will be reminded of.',
  ],
  'plan.endYes': ['Mettre fin à cette entente', 'End this plan'],
  'plan.ended': ['L’entente de la facture {numero} est terminée.', 'The plan of invoice {numero} has ended.'],
} as const satisfies Catalogue;
