// Every screen but the first view's, by its name.
import type { Screen } from '../journey/state.ts';
import type { Render } from '../view.ts';
import { activate, mailSent } from './activation.ts';
import { choose } from './choose.ts';
import { changed, confirm } from './confirm.ts';
import { linkDead } from './dead-link.ts';
import { detail } from './detail.ts';
import { history } from './history.ts';
import { lookup, search } from './lookup.ts';
import { declined, done, ended, pending, unknown } from './outcome.ts';
import { forgot } from './password-reset.ts';
import { leaving, returning } from './paypal.ts';
import { proof } from './proof.ts';
import { signUp } from './sign-up.ts';

export const screens: Readonly<
  Record<Exclude<Screen, 'starting' | 'signIn' | 'account' | 'emailLink'>, Render>
> = {
  signUp,
  mailSent,
  activate,
  forgot,
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
