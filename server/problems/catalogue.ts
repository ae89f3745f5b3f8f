// The closed list of problem types. A type is a contract: renaming one breaks programs. The French title is what a
// person reads where no screen of ours has a better sentence.
interface Kind {
  status: number;
  title: string;
  titleEn: string;
}

export const PROBLEMS = {
  'bad-request': { status: 400, title: 'La demande est mal formée.', titleEn: 'The request is malformed.' },
  validation: {
    status: 400,
    title: 'Des renseignements manquent ou sont mal écrits.',
    titleEn: 'Some information is missing or not valid.',
  },
  unauthenticated: { status: 401, title: 'Connectez-vous pour continuer.', titleEn: 'Sign in to continue.' },
  'sign-in-failed': {
    status: 401,
    title: 'Courriel ou mot de passe incorrect.',
    titleEn: 'Incorrect e-mail or password.',
  },
  'sign-in-needed': {
    status: 409,
    title: 'Cette personne a déjà un accès au bureau. Connectez-vous, puis ouvrez l’invitation de nouveau.',
    titleEn: 'This person already has access to the office. Sign in, then open the invitation again.',
  },
  'wrong-account': {
    status: 409,
    title: 'Cette invitation est pour un autre courriel que le vôtre.',
    titleEn: 'This invitation is for another e-mail than yours.',
  },
  'enrolment-needed': {
    status: 403,
    title: 'Réglez d’abord votre second facteur.',
    titleEn: 'Set up your second factor first.',
  },
  'factor-needed': {
    status: 409,
    title: 'Ajoutez d’abord une clé d’accès ou une application d’authentification.',
    titleEn: 'Add a passkey or an authenticator app first.',
  },
  'fresh-factor-needed': {
    status: 403,
    title: 'Confirmez votre identité pour continuer.',
    titleEn: 'Confirm your identity to continue.',
  },
  'last-factor': {
    status: 409,
    title: 'C’est votre seul second facteur. Ajoutez-en un autre avant de le retirer.',
    titleEn: 'This is your only second factor. Add another one before you remove it.',
  },
  'works-elsewhere': {
    status: 409,
    title:
      'Cette personne travaille aussi pour un regroupement dont vous ne répondez pas. Demandez-le à qui tient le serveur.',
    titleEn: 'This person also works for an association that is not yours. Ask whoever runs the server.',
  },
  'last-owner': {
    status: 409,
    title: 'C’est la dernière personne responsable du regroupement. Il en faut une autre d’abord.',
    titleEn: 'This is the association’s last owner. There must be another one first.',
  },
  'password-wrong': {
    status: 422,
    title: 'Ce n’est pas le mot de passe de ce compte.',
    titleEn: 'This is not the password of this account.',
  },
  'session-ended': {
    status: 401,
    title: 'Votre session a pris fin par sécurité. Connectez-vous pour continuer.',
    titleEn: 'Your session ended for security. Sign in to continue.',
  },
  'dpop-nonce': {
    status: 401,
    title: 'Recommencez avec une preuve plus récente.',
    titleEn: 'Try again with a newer DPoP proof: its nonce is in DPoP-Nonce.',
  },
  'dpop-invalid': {
    status: 401,
    title: 'Cet appel n’a pas la preuve DPoP du navigateur de cette session. Connectez-vous pour continuer.',
    titleEn: 'This call carries no DPoP proof of the browser of this session. Sign in to continue.',
  },
  'origin-refused': {
    status: 403,
    title: 'Ce site n’est pas autorisé pour ce regroupement.',
    titleEn: 'This site is not allowed for this association.',
  },
  'not-found': { status: 404, title: 'Introuvable.', titleEn: 'Not found.' },
  'regroupement-unknown': {
    status: 404,
    title: 'Ce regroupement n’existe pas.',
    titleEn: 'There is no such association.',
  },
  'lookup-not-found': {
    status: 404,
    title: 'Nous n’avons pas trouvé de facture avec ces renseignements.',
    titleEn: 'We could not find an invoice with this information.',
  },
  'code-wrong': {
    status: 422,
    title: 'Ce code n’est pas le bon. Vérifiez-le et réessayez.',
    titleEn: 'This is not the right code. Check it and try again.',
  },
  'code-expired': {
    status: 410,
    title: 'Ce code n’est plus valide. Faites une nouvelle recherche.',
    titleEn: 'This code is no longer valid. Search again.',
  },
  'already-decided': {
    status: 409,
    title: 'Cette demande a déjà reçu une autre réponse.',
    titleEn: 'This request has already been answered otherwise.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Cette adresse n’accepte pas cette méthode.',
    titleEn: 'This address does not accept this method.',
  },
  'link-invalid': {
    status: 410,
    title: 'Ce lien n’est plus valide. Demandez un nouveau courriel.',
    titleEn: 'This link is no longer valid. Ask for a new e-mail.',
  },
  'link-used': { status: 410, title: 'Ce lien a déjà servi.', titleEn: 'This link has already been used.' },
  'too-large': {
    status: 413,
    title: 'La demande est trop volumineuse.',
    titleEn: 'The request is too large.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'La demande doit être en JSON.',
    titleEn: 'The request must be JSON.',
  },
  'idempotency-mismatch': {
    status: 422,
    title: 'Cette clé d’idempotence a déjà servi pour une autre demande.',
    titleEn: 'This idempotency key was already used for another request.',
  },
  'amount-changed': {
    status: 409,
    title: 'Le montant a changé. Rien n’a été payé.',
    titleEn: 'The amount has changed. Nothing was paid.',
  },
  'nothing-to-pay': { status: 409, title: 'Il n’y a rien à payer.', titleEn: 'There is nothing to pay.' },
  'invoice-cancelled': {
    status: 409,
    title: 'Cette facture a été annulée.',
    titleEn: 'This invoice has been cancelled.',
  },
  'invoice-not-in-file': {
    status: 409,
    title: 'Cette facture n’est plus dans votre dossier.',
    titleEn: 'This invoice is no longer in your file.',
  },
  'invoice-changed': {
    status: 409,
    title: 'Cette facture est maintenant à un autre certificat.',
    titleEn: 'This invoice now belongs to another certificate.',
  },
  'part-not-allowed': {
    status: 409,
    title: 'Cette facture ne peut plus être payée en partie pour ce montant.',
    titleEn: 'This invoice can no longer be paid in part for this amount.',
  },
  'already-paid': {
    status: 409,
    title: 'Cette facture est déjà payée.',
    titleEn: 'This invoice is already paid.',
  },
  'payment-in-progress': {
    status: 409,
    title: 'Un paiement est déjà en cours pour cette facture. Ne payez pas une deuxième fois.',
    titleEn: 'A payment is already in progress for this invoice. Do not pay again.',
  },
  'account-in-use': {
    status: 409,
    title:
      'Un paiement ou un remboursement de ce compte n’est pas terminé. Attendez sa fin, ou annulez-le, puis recommencez.',
    titleEn:
      'A payment or a refund of this account is not over. Wait for its end, or cancel it, then try again.',
  },
  'payment-state': {
    status: 409,
    title: 'Ce paiement ne peut pas changer ainsi en ce moment.',
    titleEn: 'This payment cannot change that way right now.',
  },
  'endorsement-invoiced': {
    status: 409,
    title: 'Cet avenant a déjà une facture.',
    titleEn: 'This endorsement has an invoice already.',
  },
  'plan-not-offered': {
    status: 409,
    title: 'Cette facture ne peut pas être payée en plusieurs versements ici.',
    titleEn: 'This invoice cannot be paid in several instalments here.',
  },
  'plan-exists': {
    status: 409,
    title: 'Cette facture a déjà une entente de versements.',
    titleEn: 'This invoice already has a plan of instalments.',
  },
  'no-credit': {
    status: 409,
    title: 'Cette facture n’a pas de crédit.',
    titleEn: 'This invoice has no credit.',
  },
  'version-needed': {
    status: 428,
    title: 'Dites de quelle version part ce changement (If-Match).',
    titleEn: 'Say which version this change starts from (If-Match).',
  },
  'changed-meanwhile': {
    status: 412,
    title: 'Quelqu’un d’autre a changé cela entre-temps. Voyez ce qu’il en est maintenant.',
    titleEn: 'Somebody else has changed this meanwhile. See how it is now.',
  },
  'account-unverified': {
    status: 422,
    title: 'PayPal ne confirme pas ce compte. Rien n’a été enregistré.',
    titleEn: 'PayPal does not bear this account out. Nothing was saved.',
  },
  'not-settled-by-hand': {
    status: 409,
    title: 'Cela se règle par l’acte lui-même.',
    titleEn: 'This is settled by the act itself.',
  },
  'possible-duplicate': {
    status: 409,
    title: 'Un paiement semblable est déjà inscrit. Si celui-ci en est un autre, confirmez-le.',
    titleEn: 'A payment like this one is written down already. If this is another one, confirm it.',
  },
  'more-than-balance': {
    status: 409,
    title: 'Ce montant dépasse ce qui reste à payer sur la facture. S’il est juste, confirmez-le.',
    titleEn: 'This amount is more than what is left to pay on the invoice. If it is right, confirm it.',
  },
  'deposit-closed': {
    status: 409,
    title: 'Ce dépôt est fermé. Ouvrez-en un autre.',
    titleEn: 'This deposit is closed. Open another one.',
  },
  'deposit-differs': {
    status: 409,
    title: 'Le total des chèques n’est pas celui du bordereau. Corrigez l’un ou l’autre.',
    titleEn: 'The cheques do not add up to the slip’s total. Correct one or the other.',
  },
  'reversal-final': {
    status: 409,
    title:
      'Cette inscription en reprend une autre\u00a0: elle ne se reprend pas. Inscrivez de nouveau le paiement.',
    titleEn: 'This row takes another one back: it cannot be taken back. Write the payment down again.',
  },
  'payment-disputed': {
    status: 409,
    title:
      'Ce paiement est contesté chez PayPal. Rien n’a été remboursé : répondez à la contestation dans votre compte PayPal.',
    titleEn:
      'This payment is disputed at PayPal. Nothing was refunded: answer the dispute in your PayPal account.',
  },
  'refund-too-large': {
    status: 409,
    title: 'Ce remboursement dépasse ce qui reste du paiement.',
    titleEn: 'This refund is more than what is left of the payment.',
  },
  'import-refused': {
    status: 422,
    title: 'Des lignes du fichier sont refusées. Rien n’a été importé.',
    titleEn: 'Some rows of the file are refused. Nothing was imported.',
  },
  'not-undoable': {
    status: 409,
    title:
      'Cet import ne peut pas être annulé ici\u00a0: il l’est déjà, ce qu’il a écrit n’est plus gardé, ou il touche un autre regroupement.',
    titleEn:
      'This import cannot be undone here: it is already, what it wrote is not kept any more, or it touches another association.',
  },
  'not-previewed': {
    status: 409,
    title:
      'Vérifiez d’abord ce fichier\u00a0: ce qui changerait n’a pas encore été montré, ou il est déjà importé.',
    titleEn: 'Preview this file first: what would change was not shown yet, or it is imported already.',
  },
  'doubtful-file': {
    status: 409,
    title: 'Ce fichier change beaucoup de factures. Écrivez son nombre de lignes pour l’importer quand même.',
    titleEn: 'This file changes many invoices. Type its number of rows to import it all the same.',
  },
  'import-at-work': {
    status: 409,
    title: 'Un autre import est en cours. Réessayez quand il sera fini.',
    titleEn: 'Another import is under way. Try again when it is done.',
  },
  'file-at-work': {
    status: 409,
    title: 'Ce fichier est en train d’être vérifié ou importé. Attendez que ce soit fini, ou arrêtez-le.',
    titleEn: 'This file is being checked or imported. Wait until that is done, or stop it.',
  },
  'too-many-files': {
    status: 409,
    title:
      'Trop de fichiers à importer sont gardés. Chacun s’efface sept jours après son envoi\u00a0: reprenez l’un d’eux, ou réessayez demain.',
    titleEn:
      'Too many files to import are kept. Each goes seven days after it was sent: go on with one of them, or try again tomorrow.',
  },
  'import-stopped': {
    status: 409,
    title: 'Arrêté. Rien n’a été importé.',
    titleEn: 'Stopped. Nothing was imported.',
  },
  'file-refused': {
    status: 422,
    title: 'Ce fichier ne peut pas être lu.',
    titleEn: 'This file cannot be read.',
  },
  'page-refused': {
    status: 422,
    title: 'Cette page n’est pas enregistrée pour ce regroupement.',
    titleEn: 'This page is not registered for this association.',
  },
  'webhook-refused': {
    status: 400,
    title: 'Ce message ne vient pas de PayPal, ou pas pour ce regroupement.',
    titleEn: 'This message is not from PayPal, or not for this association.',
  },
  forbidden: {
    status: 403,
    title: 'Cet accès ne permet pas cela.',
    titleEn: 'This access does not allow that.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Trop d’essais. Réessayez plus tard.',
    titleEn: 'Too many tries. Try again later.',
  },
  internal: {
    status: 500,
    title: 'Une erreur est survenue. Réessayez dans quelques minutes.',
    titleEn: 'Something went wrong. Try again in a few minutes.',
  },
  'paypal-unavailable': {
    status: 503,
    title: 'PayPal ne répond pas. Réessayez dans quelques minutes.',
    titleEn: 'PayPal is not answering. Try again in a few minutes.',
  },
  'payment-not-configured': {
    status: 503,
    title: 'Le paiement en ligne n’est pas disponible pour le moment.',
    titleEn: 'Online payment is not available right now.',
  },
  'paypal-refused': {
    status: 409,
    title: 'PayPal a refusé ce paiement. Rien n’a été payé. Communiquez avec votre regroupement.',
    titleEn: 'PayPal refused this payment. Nothing was paid. Contact your association.',
  },
  'payments-stopped': {
    status: 503,
    title:
      'Les paiements en ligne sont suspendus, le temps d’une vérification. Si vous avez déjà payé, ne payez pas une deuxième fois.',
    titleEn: 'Online payments are suspended for a check. If you have already paid, do not pay again.',
  },
  'webhook-unverifiable': {
    status: 503,
    title: 'La signature ne peut pas être vérifiée en ce moment. Renvoyez le message plus tard.',
    titleEn: 'The signature cannot be checked right now. Send the message again later.',
  },
  'storage-unavailable': {
    status: 503,
    title: 'Le service ne peut rien enregistrer en ce moment. Réessayez dans quelques minutes.',
    titleEn: 'The service cannot save anything right now. Try again in a few minutes.',
  },
  busy: {
    status: 503,
    title: 'Le service est très occupé. Réessayez dans un moment.',
    titleEn: 'The service is very busy. Try again in a moment.',
  },
} as const satisfies Record<string, Kind>;

export type ProblemType = keyof typeof PROBLEMS;
