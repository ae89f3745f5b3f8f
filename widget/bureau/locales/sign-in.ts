// Signing in, an invitation, a new password.
import type { Catalogue } from '../words.ts';

export const words = {
  'signIn.title': ['Connexion au bureau', 'Sign in to the office'],
  'signIn.email': ['Courriel', 'E-mail'],
  'signIn.password': ['Mot de passe', 'Password'],
  'account.showPassword': ['Afficher ce qui est écrit', 'Show what is typed'],
  'account.passwordHint': [
    'Au moins {min} caractères. Quelques mots sans lien font un bon mot de passe.',
    'At least {min} characters. A few unrelated words make a good password.',
  ],
  'strength.short': [
    'Encore {n, plural, one {# caractère} other {# caractères}}',
    '{n, plural, one {# more character} other {# more characters}}',
  ],
  'strength.fair': ['Longueur suffisante', 'Long enough'],
  'strength.good': ['Bonne longueur', 'Good length'],
  'signIn.code': ['Code de votre application', 'Code from your app'],
  'signIn.codeHint': ['Six chiffres.', 'Six digits.'],
  'signIn.recovery': ['Code de secours', 'Recovery code'],
  'signIn.recoveryHint': [
    'Un des dix codes que vous avez gardés. Il ne servira qu’une fois.',
    'One of the ten codes you kept. It can be used once only.',
  ],
  'signIn.useRecovery': ['Utiliser un code de secours', 'Use a recovery code'],
  'signIn.useApp': ['Utiliser le code de l’application', 'Use the code from the app'],
  'signIn.shared': ['Ce poste est partagé', 'This computer is shared'],
  'signIn.sharedHint': [
    'La session prend fin avec la page, ou après 15 minutes sans activité.',
    'The session ends with the page, or after 15 minutes without activity.',
  ],
  'signIn.go': ['Se connecter', 'Sign in'],
  'signIn.passkey': ['Se connecter par clé d’accès', 'Sign in with a passkey'],
  'signIn.or': ['ou par mot de passe', 'or with a password'],
  'signIn.forgot': ['Mot de passe oublié?', 'Forgot your password?'],
  'signIn.failed': [
    'Le courriel, le mot de passe ou le code n’est pas le bon.',
    'The e-mail, the password or the code is not right.',
  ],
  'signIn.passkeyFailed': [
    'La clé d’accès n’a pas été acceptée. Réessayez, ou utilisez votre mot de passe.',
    'The passkey was not accepted. Try again, or use your password.',
  ],
  'signIn.passkeyNone': [
    'Aucune clé d’accès n’a été donnée. Vous pouvez réessayer, ou utiliser votre mot de passe.',
    'No passkey was given. You can try again, or use your password.',
  ],
  'signIn.changed': [
    'Votre mot de passe est changé. Connectez-vous avec le nouveau.',
    'Your password is changed. Sign in with the new one.',
  ],
  'forgot.title': ['Nouveau mot de passe', 'New password'],
  'forgot.text': [
    'Nous vous enverrons un lien. Votre second facteur reste le même.',
    'We will send you a link. Your second factor stays the same.',
  ],
  'forgot.go': ['Recevoir le lien', 'Send me the link'],
  'forgot.sent': [
    'Si cette adresse a un accès au bureau, un lien vient de lui être envoyé. Il est valide une heure.',
    'If this address has access to the office, a link was just sent to it. It is valid for one hour.',
  ],
  'forgot.back': ['Retour à la connexion', 'Back to sign-in'],
  'reset.choose': ['Choisissez votre nouveau mot de passe', 'Choose your new password'],
  'reset.go': ['Changer le mot de passe', 'Change the password'],
  'link.checking': ['Vérification du lien…', 'Checking the link…'],
  'link.dead': ['Ce lien n’est plus valide', 'This link is no longer valid'],
  'link.used': ['Ce lien a déjà servi', 'This link has already been used'],
  'link.askAnother': [
    'Il a pu expirer, ou être remplacé par un lien plus récent\u00a0: regardez votre dernier message.',
    'It may have expired, or been replaced by a newer link: look at your latest message.',
  ],
  'link.toSignIn': ['Aller à la connexion', 'Go to sign-in'],
  'link.newReset': ['Demander un nouveau lien', 'Ask for a new link'],
  'link.factorOwner': [
    'Demandez à une personne responsable de réinitialiser de nouveau votre second facteur.',
    'Ask an owner to reset your second factor once more.',
  ],
  'invite.title': ['Bienvenue au bureau', 'Welcome to the office'],
  'invite.text': [
    '{regroupement} vous donne un accès au bureau en ligne. Rôle\u00a0: {role}.',
    '{regroupement} is giving you access to its online office. Role: {role}.',
  ],
  'invite.until': ['Jusqu’au {jour} compris.', 'Until {jour}, that day included.'],
  'invite.email': ['Votre courriel pour entrer\u00a0: {courriel}', 'Your e-mail to sign in: {courriel}'],
  'invite.name': ['Votre nom', 'Your name'],
  'invite.go': ['Continuer', 'Continue'],
  'invite.next': [
    'Ensuite, vous ajouterez un second facteur\u00a0: une clé d’accès ou une application.',
    'Next, you will add a second factor: a passkey or an app.',
  ],
  'invite.known': [
    'Vous avez déjà un accès au bureau sous cette adresse. Connectez-vous pour ajouter ce regroupement.',
    'You already have access to the office with this address. Sign in to add this association.',
  ],
  'invite.join': ['Ajouter ce regroupement', 'Add this association'],
  'invite.wrong': [
    'Cette invitation est pour {courriel}, et vous êtes connectée sous une autre adresse.',
    'This invitation is for {courriel}, and you are signed in with another address.',
  ],
  'invite.signOut': ['Me déconnecter et continuer', 'Sign out and continue'],
  'invite.request': ['Demander une nouvelle invitation', 'Ask for a new invitation'],
  'invite.requested': [
    'C’est demandé. Les personnes responsables reçoivent un courriel et peuvent vous inviter de nouveau.',
    'Done. The owners are told by e-mail, and can invite you again.',
  ],
  'factor.title': ['Votre second facteur', 'Your second factor'],
  'factor.text': [
    'Une personne responsable a effacé votre second facteur. Donnez votre mot de passe pour en ajouter un autre.',
    'An owner erased your second factor. Give your password to add another one.',
  ],
  'factor.wrong': ['Ce n’est pas le bon mot de passe.', 'This is not the right password.'],
  'password.short': ['Au moins 12 caractères.', 'At least 12 characters.'],
  'password.guessed': [
    'Ce mot de passe est facile à deviner. Ajoutez un mot ou deux.',
    'This password is easy to guess. Add a word or two.',
  ],
} as const satisfies Catalogue;
