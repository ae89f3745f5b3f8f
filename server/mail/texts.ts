// The words of the messages. Subjects and bodies follow the published catalogue of strings (mail.*).
import type { Lang } from '../fields.ts';
import type { Naming } from '../regroupements/naming.ts';
import { NOTICE } from './notices.ts';

/** Hours that an activation link lives; the same as accounts/ gives it. */
const ACTIVATION_HOURS = 24;

export function texts(lang: Lang): Texts {
  return lang === 'fr-CA' ? FR : EN;
}
type Texts = typeof FR;

const FR = {
  hello: 'Bonjour,',
  helloName: (name: string) => `Bonjour ${name},`,
  signIn: 'Se connecter',
  payAgain: 'Voir mes factures',
  seePayments: 'Voir mes paiements',
  invoice: 'Facture',
  certificate: 'Certificat',
  confirmation: 'No de confirmation',
  receiptNumber: 'No de reçu',
  paypalTransaction: 'No de transaction PayPal',
  paid: 'Montant payé',
  remaining: 'Solde restant',
  holder: 'Assurée',
  activateSubject: (name: string) => `Activez votre compte de paiement – ${name}`,
  activateBody: 'Cliquez sur ce lien pour confirmer votre identité et activer votre compte.',
  activateButton: 'Activer mon compte',
  activateEnd: `Le lien est valide pendant ${ACTIVATION_HOURS} heures. Vous n’avez rien demandé? Ignorez ce courriel.`,
  existsSubject: (name: string) => `Vous avez déjà un compte de paiement – ${name}`,
  existsBody: 'Quelqu’un a voulu utiliser cette adresse pour un compte, mais vous en avez déjà un.',
  existsEnd: 'Ce n’était pas vous? Vous n’avez rien à faire\u00a0: votre compte n’a pas changé.',
  resetSubject: (name: string) => `Nouveau mot de passe – ${name}`,
  resetBody: 'Cliquez sur ce lien pour choisir un nouveau mot de passe.',
  resetInstead:
    'Plusieurs courriels ont été demandés pour votre adresse, peut-être pas par vous. Ce lien les remplace\u00a0: choisissez un mot de passe, et votre compte s’ouvre, même si vous veniez de le créer.',
  resetButton: 'Choisir un nouveau mot de passe',
  resetEnd:
    'Le lien est valide pendant 1 heure. Vous n’avez rien demandé? Ignorez ce courriel\u00a0: votre mot de passe n’a pas changé.',
  passwordChangedSubject: (name: string) => `Votre mot de passe a été changé – ${name}`,
  passwordChangedBody: (org: Naming) =>
    `Le mot de passe de votre compte de paiement vient d’être changé, et vos autres appareils ont été déconnectés. Ce n’est pas vous? Choisissez un nouveau mot de passe et communiquez avec ${org.the}.`,
  emailChangeSubject: (name: string) => `Confirmez ce courriel – ${name}`,
  emailChangeBody: (org: Naming) =>
    `Quelqu’un veut que cette adresse soit celle de son compte de paiement chez ${org.the}. C’est vous? Cliquez, puis inscrivez le mot de passe de votre compte.`,
  emailChangeButton: 'Confirmer ce courriel',
  emailChangeEnd:
    'Ce lien est valide pendant 24 heures et ne sert qu’une fois. Ce n’est pas vous? Vous n’avez rien à faire.',
  emailChangedSubject: (name: string) => `Le courriel de votre compte a changé – ${name}`,
  emailChangedBody: (org: Naming) =>
    `Le compte de paiement que vous aviez chez ${org.the} avec cette adresse en a maintenant une autre. Ses messages n’arriveront plus ici.`,
  emailChangedNotYou:
    'Ce n’est pas vous? Reprenez votre compte d’ici 7 jours\u00a0: ce courriel y reviendra, et vous choisirez un nouveau mot de passe.',
  emailChangedButton: 'Reprendre mon compte',
  erasedSubject: (name: string) => `Votre compte est supprimé – ${name}`,
  erasedBody: (org: Naming) =>
    `Votre compte de paiement chez ${org.the} est supprimé, avec votre nom, votre courriel et votre mot de passe. C’est le dernier message de ce compte.`,
  erasedKept:
    'Vos factures, vos paiements et vos reçus restent dans les livres de votre regroupement, comme la loi l’exige. Vous pouvez créer un autre compte quand vous voulez.',
  endingSubject: (name: string) => `Votre compte ne sert plus – ${name}`,
  endingBody: (org: Naming, on: string) =>
    `Vous ne vous êtes pas connectée à votre compte de paiement chez ${org.the} depuis longtemps. Il sera supprimé le ${on}. Pour le garder, connectez-vous avant ce jour.`,
  newBrowserSubject: (name: string) => `Nouvelle connexion à votre compte – ${name}`,
  newBrowserBody: (browser: string) =>
    `Quelqu’un vient de se connecter à votre compte de paiement avec un appareil ou un navigateur que nous ne connaissions pas${browser}. C’est vous? Vous n’avez rien à faire.`,
  newBrowserNotYou: (org: Naming) =>
    `Ce n’est pas vous? Ouvrez la page de paiement et choisissez «\u00a0Mot de passe oublié?\u00a0»\u00a0: le nouveau mot de passe déconnectera tous les appareils. Prévenez aussi ${org.the}.`,
  staffInvitationSubject: (name: string) => `Votre accès au bureau – ${name}`,
  staffInvitationBody: (org: Naming) =>
    `Vous êtes invitée à travailler au bureau en ligne ${org.of}\u00a0: dossiers, factures et paiements. Cliquez pour choisir un mot de passe et régler votre second facteur.`,
  staffInvitationButton: 'Accepter l’invitation',
  staffInvitationEnd:
    'Le lien est valide pendant 7 jours. Vous n’attendiez pas cette invitation? Ignorez ce courriel.',
  staffInvitationAskedSubject: (name: string) => `Une invitation est redemandée – ${name}`,
  staffInvitationAskedBody: (name: string, email: string) =>
    `L’invitation de ${name} (${email}) au bureau n’est plus valide, et quelqu’un qui a ce lien en demande une autre. Si vous voulez toujours lui donner accès, invitez-la de nouveau.`,
  staffInvitationAskedButton: 'Ouvrir «\u00a0Utilisateurs\u00a0»',
  staffDigestSubject: (on: string, name: string) => `Le ${on} au bureau – ${name}`,
  staffDigestPayments: 'Paiements reçus',
  staffDigestExceptions: 'À traiter, nouveaux',
  notice: NOTICE['fr-CA'],
  staffEnrolmentSubject: (name: string) => `Votre second facteur – ${name}`,
  staffEnrolmentBody: (org: Naming) =>
    `Votre second facteur pour le bureau ${org.of} a été effacé à votre demande, et vous êtes déconnectée partout. Cliquez pour en régler un autre; votre mot de passe vous sera demandé.`,
  staffEnrolmentButton: 'Régler mon second facteur',
  staffEnrolmentEnd: (org: Naming) =>
    `Le lien est valide pendant 1 heure. Vous n’avez rien demandé? Prévenez ${org.the} tout de suite.`,
  staffResetSubject: (name: string) => `Nouveau mot de passe pour le bureau – ${name}`,
  staffResetBody:
    'Cliquez sur ce lien pour choisir un nouveau mot de passe. Votre second facteur reste le même\u00a0: il vous sera demandé ensuite.',
  staffPasswordChangedSubject: (name: string) => `Votre mot de passe pour le bureau a été changé – ${name}`,
  staffPasswordChangedBody: (org: Naming) =>
    `Le mot de passe de votre accès au bureau vient d’être changé, et vos autres appareils ont été déconnectés. Ce n’est pas vous? Choisissez un nouveau mot de passe et prévenez ${org.the}.`,
  linkedSubject: (name: string) => `Un compte a été lié à votre certificat – ${name}`,
  linkedBody: (masked: string) => `Un compte (${masked}) vient d’être lié à votre certificat.`,
  linkedNotYou: (org: Naming) =>
    `Ce n’est pas vous? Communiquez avec ${org.the}. Vous pouvez aussi défaire ce lien.`,
  linkedButton: 'Défaire ce lien',
  linkCodeSubject: (name: string) => `Code pour lier votre certificat – ${name}`,
  linkCodeBody: (masked: string) =>
    `Un compte (${masked}) demande à être lié à votre certificat. Si c’est vous, inscrivez ce code\u00a0:`,
  linkCode: 'Code',
  linkCodeEnd: (org: Naming) =>
    `Le code est valide pendant 15 minutes. Ce n’est pas vous? Ne donnez ce code à personne\u00a0: sans lui, votre dossier reste fermé. Personne ${org.of} ne vous le demandera.`,
  linkUndecidedSubject: (name: string) => `Votre recherche de facture – ${name}`,
  linkUndecidedBody:
    'Vous avez cherché une facture il y a quelques jours. Aucun dossier n’a été lié à votre compte à la suite de cette recherche.',
  linkUndecidedEnd: (org: Naming) =>
    `Vérifiez le nom et le # de certificat qui sont sur votre facture, puis cherchez de nouveau, ou communiquez avec ${org.the}.`,
  searchAgain: 'Chercher de nouveau',
  linkApprovedSubject: (name: string) => `Votre dossier est lié à votre compte – ${name}`,
  linkApprovedBody: (org: Naming) =>
    `${org.The} a accepté votre demande. Votre dossier est maintenant lié à votre compte de paiement.`,
  linkRequestsSubject: 'Des demandes de lien attendent votre réponse',
  linkRequestsBody:
    'Une personne demande à lier un dossier à son compte de paiement. Voyez les demandes qui attendent, puis acceptez-les ou refusez-les\u00a0:',
  receiptSubject: (amount: string, org: Naming) => `Reçu – paiement de ${amount} ${org.to}`,
  receiptBody: (amount: string, when: string) => `Nous avons reçu votre paiement de ${amount} le ${when}.`,
  recordedBody: (amount: string, on: string) =>
    `Nous avons inscrit votre paiement de ${amount}, reçu le ${on}.`,
  receiptKeep:
    'Votre reçu est joint à ce courriel. Gardez-le pour vos impôts. Il confirme votre paiement; il ne remplace pas votre certificat d’assurance.',
  instalmentSubject: (name: string) => `Rappel de votre prochain versement – ${name}`,
  instalmentLateSubject: (name: string) => `Un versement était attendu – ${name}`,
  instalmentSoon: (amount: string, on: string) =>
    `Votre prochain versement, de ${amount}, est à faire au plus tard le ${on}.`,
  instalmentLate: (amount: string, on: string) =>
    `Votre versement de ${amount} était attendu le ${on}. Si vous venez de le faire, ne tenez pas compte de ce message.`,
  instalmentDone: 'Ce versement n’est plus attendu. Vous n’avez rien à faire.',
  instalmentHow:
    'Rien n’est prélevé tout seul\u00a0: vous faites chaque versement vous-même. Vous pouvez aussi payer plus, ou tout le solde.',
  unconfirmedSubject: 'Il reste une étape\u00a0: confirmez votre paiement',
  unconfirmedBody: (amount: string) =>
    `PayPal a autorisé votre paiement de ${amount}, mais il n’est pas encore fait. Connectez-vous et cliquez sur «\u00a0Confirmer\u00a0».`,
  unconfirmedButton: 'Confirmer mon paiement',
  unconfirmedEnd:
    'Sans cette étape, rien n’est payé. L’autorisation de PayPal prend fin après quelques heures.',
  expiredSubject: 'Votre paiement n’a pas été fait',
  expiredBody: (amount: string, owed: boolean) =>
    `L’autorisation de PayPal pour votre paiement de ${amount} a pris fin avant votre confirmation. Rien n’a été payé.${owed ? ' Vous pouvez recommencer.' : ''}`,
  stoppedBody: (amount: string) =>
    `Vous avez autorisé un paiement de ${amount} chez PayPal, sans le confirmer ici.`,
  failedSubject: 'Votre paiement n’a pas été accepté',
  failedBody: (amount: string, owed: boolean) =>
    `Nous avons vérifié votre paiement de ${amount}\u00a0: PayPal ne l’a pas accepté. Rien n’a été payé.${owed ? ' Vous pouvez recommencer.' : ''}`,
  receivedSubject: (holder: string, certificate: string, amount: string) =>
    `Paiement reçu – ${holder}, certificat ${certificate}, ${amount}`,
  receivedBody: (amount: string) => `Un paiement en ligne de ${amount} a été reçu sur votre compte PayPal.`,
  exceptionSubject: (number: string | null) =>
    number === null ? 'À vérifier dans vos paiements en ligne' : `À vérifier – paiement ${number}`,
  exceptions: {
    mismatch:
      'Ce que PayPal a enregistré pour ce paiement ne correspond pas à ce qui était demandé. Rien n’a été inscrit au dossier.',
    'less-owed':
      'Ce paiement est confirmé, mais PayPal n’a pas encore dit s’il est fait, et il reste maintenant moins que ce montant à payer sur la facture. Nous ne demandons plus à PayPal de le prendre. Vérifiez-le chez PayPal.',
    'duplicate-invoice':
      'PayPal dit que ce numéro de paiement a déjà été payé. Le paiement est retenu jusqu’à votre vérification.',
    'unexpected-capture':
      'PayPal a encaissé ce paiement alors qu’il était terminé autrement. Il a été inscrit au dossier, qui a peut-être maintenant un crédit.',
    'unknown-capture':
      'Votre compte PayPal a reçu un montant qui ne correspond à aucun paiement d’ici. Il n’a été inscrit à aucun dossier.',
    'missing-capture':
      'Nos livres disent que cet argent est entré, mais le relevé de PayPal ne le montre pas.',
    'missing-refund':
      'Nos livres disent que cet argent est reparti, mais le relevé de PayPal ne le montre pas.',
    'amount-differs': 'Le relevé de PayPal et nos livres ne donnent pas le même montant.',
    'fee-differs':
      'Le relevé de PayPal et nos livres ne donnent pas les mêmes frais de PayPal pour ce mouvement.',
    'sums-differ':
      'Pour cette journée, les totaux de PayPal, de nos paiements et de nos livres ne sont pas les mêmes. Comparez la journée (commande reconcile).',
    'unknown-refund':
      'Le relevé de PayPal montre de l’argent reparti (remboursement ou reprise) qui n’est pas dans nos livres.',
    'refund-failed': 'PayPal n’a pas fait ce remboursement. L’argent n’est pas parti.',
    reversed: 'La banque ou PayPal a repris ce montant. Il est de nouveau dû au dossier.',
    'reversed-beyond':
      'La banque ou PayPal a repris de ce paiement plus que ce qui en restait\u00a0: une partie avait déjà été remboursée ou reprise. Rien n’a été inscrit au dossier. Contestez cette reprise dans votre compte PayPal, ou réclamez la somme à la personne, qui l’a reçue deux fois.',
    returned:
      'Ce montant, qui avait été repris, est revenu dans votre compte PayPal. Il n’est plus dû. Si le dossier a été payé entre-temps, il a maintenant un crédit : remboursez-le ou appliquez-le.',
    dispute:
      'La personne qui a payé conteste ce paiement chez PayPal. Répondez-lui dans votre compte PayPal.',
    held: 'PayPal retient l’argent de ce paiement pendant une contestation. Rien n’a été repris, et rien n’est dû au dossier.',
    'unconfirmed-event':
      'PayPal a annoncé un mouvement que nous n’avons pas pu vérifier chez lui. Rien n’a été inscrit; regardez dans votre compte PayPal.',
    'lookup-alert':
      'Beaucoup de recherches de factures n’ont rien trouvé. Quelqu’un essaie peut-être de deviner un dossier.',
    'premium-tax': 'Des factures impayées portent encore la taxe sur les primes à l’ancien taux.',
  },
  premiumTaxSubject: (rate: string, on: string) =>
    `Taxe sur les primes\u00a0: ${rate} à compter du ${on}, et vos factures impayées`,
  premiumTaxRates: (before: string, last: string, after: string, on: string) =>
    `La taxe sur les primes d’assurance est de ${before} sur ce qui est payé jusqu’au ${last}, et de ${after} sur ce qui est payé à compter du ${on}.`,
  premiumTaxInvoices: (on: string) => `Factures impayées qui portent l’ancien taux (compte du ${on})`,
  premiumTaxDifference: (after: string) => `Différence en tout, si leur solde était taxé à ${after}`,
  premiumTaxPolicies: 'Ce qui est demandé aux personnes assurées dépend de votre réglage\u00a0:',
  premiumTaxAsInvoiced:
    'as-invoiced\u00a0: rien ne change. Le montant et la taxe restent ceux de la facture, quel que soit le jour du paiement; la différence n’est demandée à personne.',
  premiumTaxByPaymentDate: (after: string, on: string) =>
    `by-payment-date\u00a0: la taxe suit le jour du paiement. À compter du ${on}, le solde de ces factures est recalculé à ${after}; la personne qui paie le lit avant de payer, et paie la différence.`,
  premiumTaxNow: (policy: string) => `Votre réglage actuel\u00a0: ${policy}.`,
  premiumTaxCommands:
    'Les commandes, pour la personne qui s’occupe de votre serveur\u00a0: voir ces factures une à une, garder l’un des réglages ou choisir l’autre.',
  lookupAlertSubject: 'À vérifier – trop de recherches de factures',
  lookupAlertEnd:
    'Rien n’est bloqué\u00a0: pour quelque temps, le nom et le # de certificat ne suffisent plus, et une preuve de plus est demandée. Si cela continue, demandez toujours une preuve (réglage link-policy).',
  exceptionAmount: 'Montant',
  exceptionEnd: 'Vérifiez dans votre compte PayPal avant d’agir.',
  refundSubject: (amount: string, name: string) => `Remboursement de ${amount} – ${name}`,
  refundBody: (amount: string, when: string) =>
    `Un remboursement de ${amount} a été fait le ${when}. PayPal le verse à la carte ou au compte qui a payé; cela peut prendre quelques jours.`,
  refundNumber: 'No de reçu de remboursement',
  refunded: 'Montant remboursé',
  cancelledSubject: (number: string, name: string) => `Annulation du reçu no ${number} – ${name}`,
  cancelled: 'Montant annulé',
  cancelledLeft: (amount: string) => `Il reste ${amount} à payer.`,
  cancelledEnd: (org: Naming) =>
    `L’annulation est jointe à ce courriel. Une question? Communiquez avec ${org.the}.`,
};

const EN: Texts = {
  hello: 'Hello,',
  helloName: (name) => `Hello ${name},`,
  signIn: 'Sign in',
  payAgain: 'See my invoices',
  seePayments: 'See my payments',
  invoice: 'Invoice',
  certificate: 'Certificate',
  confirmation: 'Confirmation no.',
  receiptNumber: 'Receipt no.',
  paypalTransaction: 'PayPal transaction no.',
  paid: 'Amount paid',
  remaining: 'Remaining balance',
  holder: 'Insured person',
  activateSubject: (name) => `Activate your payment account – ${name}`,
  activateBody: 'Click this link to confirm your identity and activate your account.',
  activateButton: 'Activate my account',
  activateEnd: `The link is valid for ${ACTIVATION_HOURS} hours. Did not ask for this? Ignore this e-mail.`,
  existsSubject: (name) => `You already have a payment account – ${name}`,
  existsBody: 'Someone tried to use this address for an account, but you already have one.',
  existsEnd: 'Not you? There is nothing to do: your account has not changed.',
  resetSubject: (name) => `New password – ${name}`,
  resetBody: 'Click this link to choose a new password.',
  resetInstead:
    'Several e-mails were requested for your address, perhaps not by you. This link replaces them: choose a password, and your account opens, even if you had only just created it.',
  resetButton: 'Choose a new password',
  resetEnd:
    'The link is valid for 1 hour. Did not ask for this? Ignore this e-mail: your password has not changed.',
  passwordChangedSubject: (name) => `Your password was changed – ${name}`,
  passwordChangedBody: ({ name }) =>
    `The password of your payment account was just changed, and your other devices were signed out. Not you? Choose a new password and contact ${name}.`,
  emailChangeSubject: (name) => `Confirm this e-mail – ${name}`,
  emailChangeBody: ({ name }) =>
    `Someone wants to use this address for their payment account with ${name}. Is it you? Click, then enter your account’s password.`,
  emailChangeButton: 'Confirm this e-mail',
  emailChangeEnd: 'This link works once, for 24 hours. Not you? There is nothing to do.',
  emailChangedSubject: (name) => `Your account’s e-mail has changed – ${name}`,
  emailChangedBody: ({ name }) =>
    `The payment account that you had with ${name} under this address now uses another one. Its messages will no longer come here.`,
  emailChangedNotYou:
    'Not you? Take your account back within 7 days: it will have this e-mail again, and you will choose a new password.',
  emailChangedButton: 'Take my account back',
  erasedSubject: (name) => `Your account is deleted – ${name}`,
  erasedBody: ({ name }) =>
    `Your payment account with ${name} is deleted, with your name, your e-mail and your password. This is the account’s last message.`,
  erasedKept:
    'Your invoices, payments and receipts stay in your association’s books, as the law requires. You can create another account at any time.',
  endingSubject: (name) => `Your account is no longer used – ${name}`,
  endingBody: ({ name }, on) =>
    `You have not signed in to your payment account with ${name} for a long time. It will be deleted on ${on}. To keep it, sign in before that day.`,
  newBrowserSubject: (name) => `New sign-in to your account – ${name}`,
  newBrowserBody: (browser) =>
    `Someone just signed in to your payment account from a device or browser that we did not know${browser}. Was it you? There is nothing to do.`,
  newBrowserNotYou: ({ name }) =>
    `Not you? Open the payment page and choose “Forgot your password?”: a new password signs every device out. Let ${name} know too.`,
  staffInvitationSubject: (name) => `Your access to the office – ${name}`,
  staffInvitationBody: ({ name }) =>
    `You are invited to work in the online office of ${name}: files, invoices and payments. Click to choose a password and set up your second factor.`,
  staffInvitationButton: 'Accept the invitation',
  staffInvitationEnd: 'The link is valid for 7 days. You did not expect this invitation? Ignore this e-mail.',
  staffInvitationAskedSubject: (name) => `An invitation is asked for again – ${name}`,
  staffInvitationAskedBody: (name, email) =>
    `The invitation of ${name} (${email}) to the office is no longer valid, and someone who has this link is asking for another one. If you still want to give them access, invite them again.`,
  staffInvitationAskedButton: 'Open “Users”',
  staffDigestSubject: (on, name) => `${on} at the office – ${name}`,
  staffDigestPayments: 'Payments received',
  staffDigestExceptions: 'New, to be seen to',
  notice: NOTICE['en-CA'],
  staffEnrolmentSubject: (name) => `Your second factor – ${name}`,
  staffEnrolmentBody: ({ name }) =>
    `Your second factor for the office of ${name} was erased at your request, and you are signed out everywhere. Click to set up another one; you will be asked for your password.`,
  staffEnrolmentButton: 'Set up my second factor',
  staffEnrolmentEnd: ({ name }) =>
    `The link is valid for 1 hour. You did not ask for this? Tell ${name} at once.`,
  staffResetSubject: (name) => `New password for the office – ${name}`,
  staffResetBody:
    'Click this link to choose a new password. Your second factor stays the same: you will be asked for it next.',
  staffPasswordChangedSubject: (name) => `Your password for the office was changed – ${name}`,
  staffPasswordChangedBody: ({ name }) =>
    `The password of your access to the office was just changed, and your other devices were signed out. Not you? Choose a new password and tell ${name}.`,
  linkedSubject: (name) => `An account was linked to your certificate – ${name}`,
  linkedBody: (masked) => `An account (${masked}) was just linked to your certificate.`,
  linkedNotYou: ({ name }) => `Not you? Contact ${name}. You can also undo this link.`,
  linkedButton: 'Undo this link',
  linkCodeSubject: (name) => `Code to link your certificate – ${name}`,
  linkCodeBody: (masked) =>
    `An account (${masked}) is asking to be linked to your certificate. If it is you, enter this code:`,
  linkCode: 'Code',
  linkCodeEnd: ({ name }) =>
    `The code is valid for 15 minutes. Not you? Do not give this code to anyone: without it, your file stays closed. Nobody from ${name} will ask you for it.`,
  linkUndecidedSubject: (name) => `Your search for an invoice – ${name}`,
  linkUndecidedBody:
    'You searched for an invoice a few days ago. No file was linked to your account after that search.',
  linkUndecidedEnd: ({ name }) =>
    `Check the name and the certificate # on your invoice and search again, or contact ${name}.`,
  searchAgain: 'Search again',
  linkApprovedSubject: (name) => `Your file is linked to your account – ${name}`,
  linkApprovedBody: ({ name }) =>
    `${name} has accepted your request. Your file is now linked to your payment account.`,
  linkRequestsSubject: 'Requests to link a file are waiting for your answer',
  linkRequestsBody:
    'Someone is asking to link a file to their payment account. See the pending requests, then approve or refuse them:',
  receiptSubject: (amount, { name }) => `Receipt – payment of ${amount} to ${name}`,
  receiptBody: (amount, when) => `We received your payment of ${amount} on ${when}.`,
  recordedBody: (amount, on) => `We recorded your payment of ${amount}, received on ${on}.`,
  receiptKeep:
    'Your receipt is attached to this e-mail. Keep it for your taxes. It confirms your payment; it does not replace your insurance certificate.',
  instalmentSubject: (name) => `Reminder of your next instalment – ${name}`,
  instalmentLateSubject: (name) => `An instalment was expected – ${name}`,
  instalmentSoon: (amount, on) => `Your next instalment, of ${amount}, is due no later than ${on}.`,
  instalmentLate: (amount, on) =>
    `Your instalment of ${amount} was expected on ${on}. If you have just paid it, please ignore this message.`,
  instalmentDone: 'This instalment is no longer expected. There is nothing you need to do.',
  instalmentHow:
    'Nothing is charged by itself: you make each payment yourself. You can also pay more, or the whole balance.',
  unconfirmedSubject: 'One step left: confirm your payment',
  unconfirmedBody: (amount) =>
    `PayPal has authorized your payment of ${amount}, but it is not done yet. Sign in and click “Confirm”.`,
  unconfirmedButton: 'Confirm my payment',
  unconfirmedEnd: 'Until you do, nothing is paid. PayPal’s authorization ends after a few hours.',
  expiredSubject: 'Your payment was not made',
  expiredBody: (amount, owed) =>
    `PayPal’s authorization for your payment of ${amount} ended before you confirmed. Nothing was paid.${owed ? ' You can start again.' : ''}`,
  stoppedBody: (amount) => `You authorized a payment of ${amount} at PayPal without confirming it here.`,
  failedSubject: 'Your payment was not accepted',
  failedBody: (amount, owed) =>
    `We checked your payment of ${amount}: PayPal did not accept it. Nothing was paid.${owed ? ' You can start again.' : ''}`,
  receivedSubject: (holder, certificate, amount) =>
    `Payment received – ${holder}, certificate ${certificate}, ${amount}`,
  receivedBody: (amount) => `An online payment of ${amount} was received in your PayPal account.`,
  exceptionSubject: (number) =>
    number === null ? 'To check in your online payments' : `To check – payment ${number}`,
  exceptions: {
    mismatch:
      'What PayPal recorded for this payment does not match what was asked. Nothing was posted to the file.',
    'less-owed':
      'This payment was confirmed, but PayPal has not yet said whether it is made, and the invoice now owes less than this amount. PayPal is no longer asked to take it. Check it at PayPal.',
    'duplicate-invoice':
      'PayPal says that this payment number was already paid. The payment is held until you check it.',
    'unexpected-capture':
      'PayPal took this payment although it had ended otherwise. It was posted to the file, which may now have a credit.',
    'unknown-capture':
      'Your PayPal account received an amount that matches no payment here. It was posted to no file.',
    'missing-capture': 'Our books say that this money came in, but PayPal’s statement does not show it.',
    'missing-refund': 'Our books say that this money went back, but PayPal’s statement does not show it.',
    'amount-differs': 'PayPal’s statement and our books do not give the same amount.',
    'unknown-refund':
      'PayPal’s statement shows money that went back (a refund or a reversal) and is not in our books.',
    'refund-failed': 'PayPal did not make this refund. The money has not left.',
    'fee-differs': 'PayPal’s statement and our books do not have the same PayPal fee for this movement.',
    'sums-differ':
      'For this day the totals of PayPal, of our payments and of our books are not the same. Compare the day (command reconcile).',
    reversed: 'The bank or PayPal took this amount back. It is owed again on the file.',
    'reversed-beyond':
      'The bank or PayPal took back more of this payment than was left of it: some was refunded or taken back before. Nothing was posted to the file. Answer it in your PayPal account, or claim the amount from the person, who received it twice.',
    returned:
      'This amount, which had been taken back, is in your PayPal account again. It is no longer owed. If the file was paid meanwhile, it has a credit now: refund it or apply it.',
    held: 'PayPal holds the money of this payment during a dispute. Nothing was taken back, and nothing is owed on the file.',
    dispute: 'The person who paid disputes this payment at PayPal. Answer in your PayPal account.',
    'unconfirmed-event':
      'PayPal reported a movement that we could not check there. Nothing was posted; look in your PayPal account.',
    'lookup-alert': 'Many searches for invoices found nothing. Someone may be guessing at a file.',
    'premium-tax': 'Some unpaid invoices still carry the tax on premiums at the old rate.',
  },
  premiumTaxSubject: (rate, on) => `Tax on premiums: ${rate} from ${on} on, and your unpaid invoices`,
  premiumTaxRates: (before, last, after, on) =>
    `The tax on insurance premiums is ${before} on what is paid until ${last}, and ${after} on what is paid from ${on} on.`,
  premiumTaxInvoices: (on) => `Unpaid invoices that carry the old rate (counted on ${on})`,
  premiumTaxDifference: (after) => `Difference in all, if their balance were taxed at ${after}`,
  premiumTaxPolicies: 'What insured persons are asked to pay depends on your setting:',
  premiumTaxAsInvoiced:
    'as-invoiced: nothing changes. Amount and tax stay those of the invoice, whatever the day of payment; nobody is asked for the difference.',
  premiumTaxByPaymentDate: (after, on) =>
    `by-payment-date: the tax follows the day of payment. From ${on} on, the balance of these invoices is recalculated at ${after}; whoever pays reads it before paying, and pays the difference.`,
  premiumTaxNow: (policy) => `Your setting now: ${policy}.`,
  premiumTaxCommands:
    'The commands, for whoever looks after your server: see these invoices one by one, keep one of the settings or choose the other.',
  lookupAlertSubject: 'To check – too many searches for invoices',
  lookupAlertEnd:
    'Nothing is blocked: for some time, a name and a certificate # are no longer enough, and one more proof is required. If it goes on, always require a proof (the link-policy setting).',
  exceptionAmount: 'Amount',
  exceptionEnd: 'Check in your PayPal account before you act.',
  refundSubject: (amount, name) => `Refund of ${amount} – ${name}`,
  refundBody: (amount, when) =>
    `A refund of ${amount} was made on ${when}. PayPal sends it to the card or account that paid; this can take a few days.`,
  refundNumber: 'Refund receipt no.',
  refunded: 'Amount refunded',
  cancelledSubject: (number, name) => `Cancellation of receipt no. ${number} – ${name}`,
  cancelled: 'Amount cancelled',
  cancelledLeft: (amount) => `There is ${amount} left to pay.`,
  cancelledEnd: ({ name }) => `The cancellation is attached to this e-mail. A question? Contact ${name}.`,
};
