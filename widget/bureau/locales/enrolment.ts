// Setting up a second factor: a passkey, an app, ten recovery codes.
import type { Catalogue } from '../words.ts';

export const words = {
  'enrol.step': ['Étape {n} sur 2', 'Step {n} of 2'],
  'enrol.title': ['Ajoutez un second facteur', 'Add a second factor'],
  'enrol.text': [
    'Un mot de passe seul n’ouvre rien ici\u00a0: il s’agit de l’argent et des dossiers des membres.',
    'A password alone opens nothing here: members’ money and files are behind it.',
  ],
  'enrol.passkeyTitle': ['Clé d’accès', 'Passkey'],
  'enrol.passkeyText': [
    'Votre empreinte, votre visage ou le code de votre appareil. Ensuite, un seul geste suffit pour vous connecter.',
    'Your fingerprint, your face or your device’s code. From then on, one gesture signs you in.',
  ],
  'enrol.passkeyName': ['Nom de la clé', 'Name of the passkey'],
  'enrol.passkeyHint': [
    'Pour la reconnaître\u00a0: « Ordinateur du bureau ».',
    'To know it by: “Office computer”.',
  ],
  'enrol.passkeyGo': ['Créer la clé d’accès', 'Create the passkey'],
  'enrol.passkeyFailed': [
    'La clé d’accès n’a pas été créée. Réessayez, ou utilisez une application.',
    'The passkey was not created. Try again, or use an app.',
  ],
  'enrol.passkeyKnown': [
    'Cet appareil a déjà une clé d’accès pour votre compte.',
    'This device already has a passkey for your account.',
  ],
  'enrol.appTitle': ['Application d’authentification', 'Authenticator app'],
  'enrol.appText': [
    'Sur votre téléphone\u00a0: Microsoft Authenticator, Google Authenticator, Bitwarden ou une autre.',
    'On your phone: Microsoft Authenticator, Google Authenticator, Bitwarden or another one.',
  ],
  'enrol.appGo': ['Utiliser une application', 'Use an app'],
  'enrol.scan': [
    'Dans l’application, ajoutez un compte et visez ce code.',
    'In the app, add an account and scan this code.',
  ],
  'enrol.qr': ['Code QR à viser avec votre application', 'QR code to scan with your app'],
  'enrol.secret': ['Ou tapez cette clé\u00a0:', 'Or type this key:'],
  'enrol.code': ['Code que l’application affiche', 'Code that the app shows'],
  'enrol.codeGo': ['Vérifier le code', 'Check the code'],
  'enrol.codeWrong': [
    'Ce n’est pas le code du moment. Attendez le suivant et réessayez.',
    'This is not the current code. Wait for the next one and try again.',
  ],
  'enrol.back': ['Choisir un autre moyen', 'Choose another way'],
  'codes.title': ['Gardez vos codes de secours', 'Keep your recovery codes'],
  'codes.text': [
    'Chacun remplace une fois votre second facteur, si vous perdez votre téléphone. Imprimez-les ou mettez-les dans un gestionnaire de mots de passe\u00a0: ils ne seront plus affichés.',
    'Each replaces your second factor once, if you lose your phone. Print them or put them in a password manager: they will not be shown again.',
  ],
  'codes.list': ['Codes de secours', 'Recovery codes'],
  'codes.copy': ['Copier', 'Copy'],
  'codes.copied': ['Les codes sont copiés.', 'The codes are copied.'],
  'codes.print': ['Imprimer', 'Print'],
  'codes.back': ['Tapez un de ces codes', 'Type one of these codes'],
  'codes.backHint': [
    'N’importe lequel, pour être sûre que vous les avez. Il restera bon.',
    'Any one, to be sure that you have them. It stays good.',
  ],
  'codes.go': ['Terminer', 'Finish'],
  'codes.wrong': [
    'Ce n’est aucun des dix codes affichés ci-dessus.',
    'This is none of the ten codes shown above.',
  ],
} as const satisfies Catalogue;
