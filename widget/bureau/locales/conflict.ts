// What somebody else has changed meanwhile.
import type { Catalogue } from '../words.ts';

export const words = {
  'conflict.text': [
    'Rien n’est encore enregistré. Choisissez ce qui reste, puis enregistrez.',
    'Nothing is saved yet. Choose what stays, then save.',
  ],
  'conflict.field': ['Case', 'Field'],
  'conflict.before': ['Avant', 'Before'],
  'conflict.theirs': ['Eux', 'Them'],
  'conflict.mine': ['Vous', 'You'],
  'conflict.empty': ['(vide)', '(empty)'],
  'conflict.save': ['Enregistrer ce choix', 'Save this choice'],
} as const satisfies Catalogue;
