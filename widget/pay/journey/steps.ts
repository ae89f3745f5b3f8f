// « Étape n de 4 ».
import type { Screen } from './state.ts';

/** Which of the four visible steps a screen belongs to; null where steps would only confuse. */
export function stepOf(screen: Screen): 1 | 2 | 3 | 4 | null {
  return STEPS[screen];
}
const STEPS: Readonly<Record<Screen, 1 | 2 | 3 | 4 | null>> = {
  starting: 1,
  signIn: 1,
  signUp: 1,
  mailSent: 1,
  activate: 1,
  forgot: 1,
  newPassword: 1,
  undo: null,
  undone: null,
  linkDead: null,
  search: 2,
  lookup: 2,
  proof: 2,
  choose: 2,
  detail: 2,
  leaving: 3,
  returning: 3,
  confirm: 4,
  changed: 4,
  unknown: 4,
  pending: 4,
  declined: 3,
  ended: 3,
  done: 4,
  history: null,
  account: null,
  emailLink: null,
};
