// « Étape n de 4 »: account (S2–S13), invoice (S14–S20), payment (S21–S28), confirmation (S29–S31).
import type { Screen } from './state.ts';

/** Which of the four visible steps a screen belongs to; null where steps would only confuse. */
export function stepOf(screen: Screen): 1 | 2 | 3 | 4 | null {
  return STEPS[screen];
}
const STEPS: Readonly<Record<Screen, 1 | 2 | 3 | 4 | null>> = {
  starting: 1, // she may turn out to be signed in
  signIn: 1,
  signUp: 1,
  mailSent: 1,
  activate: 1,
  forgot: 1,
  linkDead: null, // not on the way to a payment
  search: 2,
  lookup: 2,
  proof: 2,
  choose: 2,
  detail: 2,
  leaving: 3,
  returning: 3,
  confirm: 4, // the procedure's last step, which is so easily missed (S29)
  changed: 4,
  unknown: 4,
  pending: 4,
  declined: 3, // back to PayPal, with another card
  ended: 3, // nothing was paid: from the payment on, again
  done: 4,
  history: null, // these three are beside the way
  account: null,
  emailLink: null,
};
