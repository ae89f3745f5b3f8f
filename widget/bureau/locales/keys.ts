// The keys of programs.
import type { Catalogue } from '../words.ts';

export const words = {
  'keys.title': ['Clés de programmes en service', 'Programs’ keys in use'],
  'keys.left': [
    'Ces clés ouvrent encore le bureau à des programmes. {nom} peut en connaître\u00a0: révoquez celles qui ne servent plus.',
    'These keys still open the office to programs. {nom} may know some of them: revoke those that are of no use any more.',
  ],
  'keys.none': ['Aucun programme n’a de clé.', 'No program has a key.'],
  'keys.key': ['Clé', 'Key'],
  'keys.hers': ['faite par {nom}', 'made by {nom}'],
  'keys.scopes': ['Portée', 'Scope'],
  'keys.used': ['Dernier usage', 'Last use'],
  'keys.never': ['jamais', 'never'],
  'keys.until': ['Jusqu’au', 'Until'],
  'keys.acts': ['Actions', 'Actions'],
  'keys.revoke': ['Révoquer', 'Revoke'],
  'keys.revokeOf': ['Révoquer la clé {nom}', 'Revoke the key {nom}'],
  'keys.revokeText': [
    'Le programme qui s’en sert est arrêté tout de suite. Elle ne peut pas être rendue.',
    'The program that uses it is stopped at once. It cannot be given back.',
  ],
  'keys.revoked': ['La clé {nom} n’ouvre plus rien.', 'The key {nom} opens nothing any more.'],
} as const satisfies Catalogue;
