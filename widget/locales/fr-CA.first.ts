// French words of the first view, as it stands before anything has come from the server. In the entry file: keep it
// short; the rest is in fr-CA.rest.ts. Spaces before « : $ % » and inside quotation marks are U+00A0.
export const first = {
  'common.brand': 'Paiement de vos assurances',
  'common.lang.fr': 'Français',
  'common.lang.en': 'English',
  'common.step': 'Étape {n} sur {total}',
  'common.signIn': 'Se connecter',
  'common.loading': 'Chargement en cours…',
  'common.help': 'Besoin d’aide?',
  'step.account': 'Compte',
  'signIn.firstTime': 'Première visite?',
  'account.title': 'Création de compte',
  'account.intro':
    'Lors de votre premier paiement en ligne, vous devez vous créer un compte. Il sert à vous reconnaître.',
  'account.email': 'Courriel',
  'account.password': 'Mot de passe',
  'account.showPassword': 'Afficher le mot de passe',
  'account.forgot': 'Mot de passe oublié?',
  'err.broken': 'Le paiement ne peut pas se faire sur cette page.',
  'err.elsewhereLink': 'Ouvrir la page de paiement sécurisée',
  'err.chunk': 'Cette page doit être rechargée pour continuer.',
  'err.chunkReload': 'Recharger la page',
  'organisme.unknown': 'votre regroupement',
};
