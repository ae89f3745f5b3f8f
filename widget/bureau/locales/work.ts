// « À traiter ».
import type { Catalogue } from '../words.ts';

export const words = {
  'work.title': ['À traiter', 'To do'],
  'work.none': [
    'Rien n’attend. Les demandes et les anomalies arriveront ici.',
    'Nothing waits. Requests and anomalies will come here.',
  ],
  'work.more': [
    'Ce sont les 100 plus anciens\u00a0: les autres viendront à mesure.',
    'These are the 100 oldest: the others will come as you go.',
  ],
  'work.whole': ['Tout lire', 'Read it all'],
  'work.exception': ['Anomalie', 'Anomaly'],
  'work.unconfirmed': ['À confirmer', 'To confirm'],
  'work.link': ['Demande de lien', 'Link request'],
  'work.endorsement': ['Avenant sans facture', 'Endorsement without invoice'],
  'work.message': ['Courriel non parti', 'E-mail not sent'],
  'work.conflict': ['Conflit d’importation', 'Import conflict'],
  'work.credit': ['Crédit', 'Credit'],
  'work.duplicate': ['Double possible', 'Possible duplicate'],
  'work.mine': ['Je m’en occupe', 'I’ll take care of it'],
  'work.taken': ['{nom} s’en occupe', '{nom} takes care of it'],
  'work.release': ['Ne plus s’en occuper', 'Let go of it'],
  'work.close': ['Régler', 'Settle'],
  'work.closeText': [
    'La note reste avec l’anomalie. Rien d’autre ne change.',
    'The note stays with the anomaly. Nothing else changes.',
  ],
  'work.note': ['Ce qui a été fait', 'What was done'],
  'work.closed': ['C’est réglé.', 'It is settled.'],
  'work.settleText': [
    'Cet élément quitte la liste. Rien d’autre ne change au dossier.',
    'This item leaves the list. Nothing else changes in the file.',
  ],
  'work.another': ['C’est un autre paiement', 'It is another payment'],
  'work.back': ['Reprendre le paiement', 'Take the payment back'],
  'work.approve': ['Approuver', 'Approve'],
  'work.approveText': [
    'Ce compte verra le dossier et pourra payer. La personne au dossier reçoit un courriel.',
    'This account will see the file and may pay. The person on file gets an e-mail.',
  ],
  'work.approved': ['Le lien est approuvé.', 'The link is approved.'],
  'work.refuse': ['Refuser', 'Refuse'],
  'work.refuseText': ['Le dossier reste fermé à ce compte.', 'The file stays closed to this account.'],
  'work.refused': ['La demande est refusée.', 'The request is refused.'],
  'work.retry': ['Renvoyer', 'Send again'],
  'work.retryText': [
    'Le courriel repart à la même adresse.',
    'The e-mail leaves again for the same address.',
  ],
  'work.retried': ['Le courriel repart.', 'The e-mail is on its way again.'],
  'work.manual': ['Montant manuel', 'Manual amount'],
} as const satisfies Catalogue;
