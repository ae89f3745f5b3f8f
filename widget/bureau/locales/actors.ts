// Who did something, where it is no person of the office with a name.
import type { Catalogue } from '../words.ts';

export const words = {
  'actor.gone': ['une personne qui n’est plus là', 'somebody who is no longer here'],
  'actor.program': ['le logiciel {nom}', 'the program {nom}'],
  'actor.command': ['la ligne de commande ({nom})', 'the command line ({nom})'],
  'actor.server': ['le serveur', 'the server'],
} as const satisfies Catalogue;
