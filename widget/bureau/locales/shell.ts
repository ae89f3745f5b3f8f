// What stands around every screen, and what any of them may have to say.
import type { Catalogue } from '../words.ts';

export const words = {
  'shell.office': ['Bureau', 'Office'],
  'nav.search': ['Recherche', 'Search'],
  'nav.today': ['Aujourd’hui', 'Today'],
  'nav.work': ['À traiter', 'To do'],
  'nav.people': ['Utilisateurs', 'Users'],
  'nav.profile': ['Mon profil', 'My profile'],
  'shell.menu': ['Menu', 'Menu'],
  'shell.nav': ['Écrans', 'Screens'],
  'shell.skip': ['Aller au contenu', 'Skip to content'],
  'shell.loading': ['Un instant…', 'One moment…'],
  'shell.signOut': ['Se déconnecter', 'Sign out'],
  'shell.regroupement': ['Regroupement', 'Association'],
  'shell.signedInAs': ['Connectée\u00a0: {nom}', 'Signed in: {nom}'],
  'shell.otherLanguage': ['English', 'Français'],
  'shell.choose': ['Choisissez un regroupement', 'Choose an association'],
  'shell.noAccess': [
    'Vous n’avez pas d’accès à ce regroupement. Demandez-le à une personne responsable.',
    'You have no access to this association. Ask one of its owners.',
  ],
  'shell.noneAtAll': [
    'Vous n’avez accès à aucun regroupement pour le moment.',
    'You have no access to any association at the moment.',
  ],
  'shell.unknown': ['Cet écran n’existe pas', 'There is no such screen'],
  'shell.unknownText': [
    'L’adresse ne mène à rien. Choisissez un écran dans le menu.',
    'The address leads nowhere. Choose a screen in the menu.',
  ],
  'shell.chunk': [
    'Une partie de la page n’a pas pu être chargée. Vérifiez la connexion, puis rechargez la page.',
    'A part of the page could not be loaded. Check the connection, then reload the page.',
  ],
  'shell.reload': ['Recharger la page', 'Reload the page'],
  'shell.ending': [
    'Votre session se termine bientôt, faute d’activité.',
    'Your session will end soon, as nothing happens in it.',
  ],
  'shell.stay': ['Rester connectée', 'Stay signed in'],
  'shell.onlyOwner': [
    'Vous êtes la seule personne responsable. Invitez-en une deuxième\u00a0: sans elle, personne ne pourrait vous redonner l’accès.',
    'You are the only owner. Invite a second one: without her, nobody could give you access again.',
  ],
  'shell.cancel': ['Annuler', 'Cancel'],
  'shell.leave': ['Quitter sans enregistrer?', 'Leave without saving?'],
  'shell.leaveText': [
    'Ce que vous avez saisi ici n’est pas enregistré.',
    'What you typed here is not saved.',
  ],
  'shell.leaveYes': ['Quitter sans enregistrer', 'Leave without saving'],
  'problem.offline': [
    'Le serveur n’a pas répondu. Vérifiez la connexion, puis réessayez.',
    'The server did not answer. Check the connection, then try again.',
  ],
  'problem.broken': [
    'Une erreur est survenue. Réessayez dans quelques minutes.',
    'Something went wrong. Try again in a few minutes.',
  ],
  'problem.wait': [
    'Réessayez dans {n, plural, one {# minute} other {# minutes}}.',
    'Try again in {n, plural, one {# minute} other {# minutes}}.',
  ],
  'problem.request': ['Numéro à donner si vous appelez\u00a0:', 'Number to give if you call:'],
  'problem.retry': ['Réessayer', 'Try again'],
  'field.required': ['Remplissez cette case.', 'Fill in this field.'],
  'field.email': [
    'Écrivez une adresse courriel, comme nom@exemple.ca.',
    'Write an e-mail address, like name@example.ca.',
  ],
  'role.reader': ['Lecture', 'Reader'],
  'role.office': ['Bureau', 'Office'],
  'role.owner': ['Responsable', 'Owner'],
  'identity.title': ['Confirmez votre identité', 'Confirm who you are'],
  'identity.text': [
    'Cette action demande votre second facteur. Ensuite, vous n’aurez plus à le donner pendant cinq minutes.',
    'This needs your second factor. You will not be asked for it again for five minutes.',
  ],
  'identity.confirm': ['Confirmer', 'Confirm'],
  'identity.passkey': ['Confirmer par clé d’accès', 'Confirm with a passkey'],
  'again.title': ['Reconnectez-vous', 'Sign in again'],
  'again.text': [
    'Votre session a pris fin par sécurité. Ce que vous aviez saisi est resté tel quel.',
    'Your session ended for security. What you had typed is still there.',
  ],
  'again.leave': ['Quitter la page', 'Leave the page'],
} as const satisfies Catalogue;
