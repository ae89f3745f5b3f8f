// Who works here.
import type { Catalogue } from '../words.ts';

export const words = {
  'people.title': ['Utilisateurs', 'Users'],
  'people.name': ['Nom', 'Name'],
  'people.email': ['Courriel', 'E-mail'],
  'people.role': ['Rôle', 'Role'],
  'people.factor': ['Second facteur', 'Second factor'],
  'people.factorYes': ['Oui', 'Yes'],
  'people.factorNo': ['Non', 'No'],
  'people.seen': ['Dernière visite', 'Last seen'],
  'people.never': ['Jamais', 'Never'],
  'people.until': ['jusqu’au {jour}', 'until {jour}'],
  'people.refunds': ['peut rembourser', 'may refund'],
  'people.acts': ['Actions', 'Actions'],
  'people.remove': ['Retirer l’accès', 'Take access away'],
  'people.removeOf': ['Retirer l’accès de {nom}', 'Take access away: {nom}'],
  'people.removeText': [
    'Ses sessions et ses invitations prennent fin tout de suite. Son nom reste dans le journal.',
    'Her sessions and invitations end at once. Her name stays in the journal.',
  ],
  'people.removed': ['L’accès de {nom} est retiré.', '{nom} has no access any more.'],
  'people.reset': ['Réinitialiser le second facteur', 'Reset the second factor'],
  'people.resetOf': ['Réinitialiser le second facteur de {nom}', 'Reset the second factor: {nom}'],
  'people.resetText': [
    'Ses clés d’accès, son application et ses codes sont effacés; elle reçoit un lien valide une heure. Les personnes responsables en sont averties.',
    'Her passkeys, app and codes are erased; she gets a link that is valid for one hour. The owners are told.',
  ],
  'people.resetDone': ['Le lien part vers {courriel}.', 'The link is on its way to {courriel}.'],
  'people.invitations': ['Invitations en attente', 'Invitations waiting'],
  'people.expires': ['Expire', 'Expires'],
  'people.invite': ['Inviter une personne', 'Invite a person'],
  'people.refund': [
    'Peut rembourser, jusqu’à 500\u00a0$ sans confirmer son identité',
    'May refund, up to $500 without confirming who she is',
  ],
  'people.endsOn': ['Dernier jour de l’accès', 'Last day of the access'],
  'people.endsOnHint': [
    'Facultatif. Pour une vérificatrice, par exemple.',
    'Optional. For an auditor, for example.',
  ],
  'people.endsOnPast': ['Ce jour est passé.', 'This day is past.'],
  'people.lang': ['Langue du courriel', 'Language of the e-mail'],
  'people.send': ['Envoyer l’invitation', 'Send the invitation'],
  'people.sent': [
    'L’invitation part vers {courriel}. Elle est valide 7 jours.',
    'The invitation is on its way to {courriel}. It is valid for 7 days.',
  ],
  'people.reader': ['Voit tout, ne change rien.', 'Sees everything, changes nothing.'],
  'people.office': ['Encaisse, facture, répond aux demandes.', 'Records money, invoices, answers requests.'],
  'people.owner': [
    'Fait tout, et voit aux accès et aux réglages.',
    'Does everything, and sees to access and settings.',
  ],
} as const satisfies Catalogue;
