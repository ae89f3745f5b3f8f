// French words of « Mon compte » and of the links to a new e-mail. Loaded with those screens.
export const words = {
  'mine.title': 'Mon compte',
  'mine.change': 'Modifier',
  'mine.who': 'Mes coordonnées',
  'mine.name': 'Modifier mon nom',
  'mine.nameNote':
    'Vos reçus déjà émis ne changent pas. Le nom de votre dossier d’assurance se corrige auprès de {organisme}.',
  'mine.save': 'Enregistrer',
  'mine.saved': 'C’est enregistré.',
  'mine.email': 'Modifier mon courriel',
  'mine.emailNote':
    'Vous recevrez un lien à cette nouvelle adresse. Tant que vous n’avez pas cliqué, rien ne change. Prévenez aussi {organisme}\u00a0: votre dossier d’assurance garde son propre courriel.',
  'mine.newEmail': 'Nouveau courriel',
  'mine.emailSend': 'Recevoir le lien',
  'mine.emailSent':
    'Si l’adresse {courriel} peut être utilisée, un lien y est envoyé. Cliquez sur ce lien pour terminer.',
  'mine.password': 'Modifier mon mot de passe',
  'mine.passwordNote': 'Vos autres appareils devront se reconnecter.',
  'mine.current': 'Mot de passe actuel',
  'mine.new': 'Nouveau mot de passe',
  'mine.passwordSaved': 'Votre mot de passe est changé. Vos autres appareils sont déconnectés.',
  'mine.wrong': 'Ce n’est pas votre mot de passe actuel. Vérifiez-le et réessayez.',
  'mine.sessions': 'Où vous êtes connectée',
  'mine.unknownBrowser': 'Appareil non reconnu',
  'mine.here': 'cet appareil',
  'mine.lastUsed': 'Dernière activité\u00a0: {quand}',
  'mine.end': 'Déconnecter',
  'mine.endOne': 'Déconnecter {appareil}',
  'mine.endOthers': 'Déconnecter tous les autres',
  'mine.ended': 'Déconnexion faite.',
  'mine.data': 'Mes renseignements',
  'mine.dataNote':
    'Tout ce que nous gardons sur vous\u00a0: votre compte, vos paiements et, s’il est prouvé que c’est le vôtre, votre dossier d’assurance.',
  'mine.dataGet': 'Voir mes renseignements',
  'mine.dataReady': 'Ces liens sont valides cinq minutes.',
  'mine.dataPage': 'Ouvrir la page',
  'mine.dataFile': 'Télécharger le fichier (JSON)',
  'mine.erase': 'Supprimer mon compte',
  'mine.eraseAbout':
    'Votre nom, votre courriel, votre mot de passe et vos liens sont effacés tout de suite. On ne peut pas revenir en arrière.',
  'mine.eraseKept':
    'Vos factures, vos paiements et vos reçus restent dans les livres de {organisme}, comme la loi l’exige. Votre dossier d’assurance ne change pas. Téléchargez vos reçus avant.',
  'mine.eraseNow': 'Supprimer mon compte pour toujours',
  'mine.eraseHeld':
    'Un de vos paiements, ou un remboursement, n’est pas terminé. Terminez ou annulez ce que vous pouvez dans «\u00a0Mes paiements\u00a0», puis revenez ici.',
  'mine.erased': 'Votre compte est supprimé. Un dernier courriel vous le confirme.',
  'mine.confirmTitle': 'Votre nouveau courriel',
  'mine.confirmBody':
    'Pour que ce courriel devienne celui de votre compte, inscrivez votre mot de passe. Vous n’avez rien demandé? Fermez cette page\u00a0: rien ne change.',
  'mine.confirmNow': 'Confirmer ce courriel',
  'mine.confirmWrong': 'Ce n’est pas le mot de passe du compte. Vérifiez-le et réessayez.',
  'mine.confirmed': 'Votre nouveau courriel est en place.',
  'mine.undoTitle': 'Reprendre votre compte',
  'mine.undoBody':
    'Votre compte reviendra à cette adresse, et tous les appareils seront déconnectés. Choisissez un nouveau mot de passe.',
  'mine.undoNow': 'Reprendre mon compte',
  'mine.undone': 'Votre compte est de nouveau à vous.',
  'mine.linkDead':
    'Ce lien n’est plus valide, ou il a déjà servi. Connectez-vous pour voir le courriel de votre compte.',
  'account.linkExpired': 'Ce lien n’est plus valide. Demandez un nouveau courriel.',
  'link.usedReset': 'Si vous avez déjà changé votre mot de passe, connectez-vous.',
  'link.usedUndo': 'Ce lien a déjà été défait. Vous n’avez rien d’autre à faire.',
  'link.expiredUndo': 'Communiquez avec {organisme} pour défaire ce lien.',
  'link.askAgain': 'Demander un nouveau courriel',
  'undo.title': 'Ce n’est pas vous?',
  'undo.body':
    'Un compte a été lié à votre certificat. Si vous ne connaissez pas cette personne, défaites ce lien : ce compte ne verra plus vos factures.',
  'undo.submit': 'Défaire ce lien',
  'undo.doneTitle': 'Le lien est défait',
  'undo.done': 'Ce compte ne voit plus vos factures. Pour toute question, communiquez avec {organisme}.',
};
