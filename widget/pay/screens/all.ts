// Every screen but the first view's, by its name.
import type { Screen } from '../journey/state.ts';
import type { Render } from '../view.ts';
import { detail } from './detail.ts';
import { history } from './history.ts';
import { choose, lookup, proof, search } from './lookup.ts';
import { changed, confirm, declined, done, ended, leaving, pending, returning, unknown } from './outcome.ts';
import { activate, forgot, linkDead, mailSent, newPassword, signUp, undo, undone } from './sign-up.ts';

export const screens: Readonly<
  Record<Exclude<Screen, 'starting' | 'signIn' | 'account' | 'emailLink'>, Render>
> = {
  signUp,
  mailSent,
  activate,
  forgot,
  newPassword,
  undo,
  undone,
  linkDead,
  search,
  lookup,
  proof,
  choose,
  detail,
  leaving,
  returning,
  confirm,
  changed,
  unknown,
  pending,
  declined,
  ended,
  done,
  history,
};
