// Everything behind the first view, in one file that is fetched while she looks at it: the journey and what it asks of
// the server, the other screens, their words, their styles.

import { Controller } from './controller.ts';
import { rest } from './locales/fr-CA.rest.ts';
import { addWords } from './locales/text.ts';
import {
  activate,
  forgot,
  linkDead,
  mailSent,
  newPassword,
  signUp,
  undo,
  undone,
} from './screens/account.ts';
import { detail } from './screens/detail.ts';
import { accountNav } from './screens/frame-nav.ts';
import { history } from './screens/history.ts';
import { choose, lookup, search } from './screens/lookup.ts';
import {
  changed,
  confirm,
  declined,
  done,
  ended,
  leaving,
  pending,
  returning,
  unknown,
} from './screens/payment.ts';
import { restStyles } from './screens/styles.ts';
import type { Screens } from './view.ts';

/** Puts the words in place; called once, when the file has come. */
export function install(): void {
  addWords('fr-CA', rest);
}

export const screens = {
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
} satisfies Screens;
export { accountNav, Controller, restStyles as styles };
