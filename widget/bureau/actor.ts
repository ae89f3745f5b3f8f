import type { Desk } from './desk.ts';
import { kept } from './words.ts';

/** Who did something, to read: a person by her name, a program, the command line or the server by what it is. */
export function actorOf({ words: { t } }: Desk, actor: string, name: string | null): unknown {
  const [kind, rest = ''] = actor.split(':');
  if (kind === 'server') return t('actor.server');
  if (kind === 'cli') return t('actor.command', { nom: rest });
  if (name === null) return t('actor.gone');
  return kind === 'key' ? t('actor.program', { nom: name }) : kept(name);
}
