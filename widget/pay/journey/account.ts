// Transitions of the first step: having an account (S8–S13), an open session, an e-mailed link.
import { signedInTransitions } from './invoices.ts';
import {
  type ActionTransitions,
  type Answers,
  type Screen,
  START,
  type State,
  type Transition,
} from './state.ts';
import { ask, askWith, bare, check, go, noticeOf, search, signedOut } from './transitions.ts';

/** Ways between the screens of someone who is not signed in. A link is used up or given up by then. */
const signedOutTransitions = {
  show: (state, { screen }) =>
    screen === 'signIn' || screen === 'signUp' || screen === 'forgot'
      ? { ...go(state, screen), link: null }
      : state,
} satisfies ActionTransitions;

/** A sign-in's and an activation's password is never judged here: only the server knows. */
export const accountTransitions: Partial<Record<Screen, ActionTransitions>> = {
  signIn: {
    ...signedOutTransitions,
    signIn: (state, { email, password }) => {
      const kept = typed(state, { email });
      const task = { do: 'signIn', email: kept.typed.email, password } as const;
      return askWith(kept, check({ email, password }), task);
    },
  },
  signUp: {
    ...signedOutTransitions,
    // The box was left: a slip in the domain is looked for (email-typo.ts).
    typed: (state, { email }) => typed(state, { email }),
    signUp: (state, { name, email, password }) => {
      const kept = typed(state, { name, email });
      const task = { do: 'signUp', name: name.trim(), email: kept.typed.email, password } as const;
      return askWith(kept, check({ name, email, password }, true), task);
    },
  },
  mailSent: {
    ...signedOutTransitions,
    // The same e-mail again: the screen serves a sign-up and a password reset.
    resend: (state) =>
      ask(
        state,
        state.mail?.about === 'reset'
          ? { do: 'forgot', email: state.typed.email }
          : { do: 'resend', email: state.typed.email },
      ),
  },
  activate: {
    ...signedOutTransitions,
    activate: (state, { password }) =>
      state.link === null
        ? state
        : askWith(state, check({ password }), { do: 'activate', token: state.link.token, password }),
  },
  forgot: {
    ...signedOutTransitions,
    forgot: (state, { email }) => {
      const kept = typed(state, { email });
      return askWith(kept, check({ email }), { do: 'forgot', email: kept.typed.email });
    },
  },
  linkDead: signedOutTransitions,
  // Both have pages and calls of their own (pay/my-account/); here only the ways out of them.
  account: signedInTransitions,
  emailLink: signedOutTransitions,
};

type AnswerTransitions<N extends keyof Answers> = { [K in N]: Transition<Answers[K]> };
export const accountAnswers: AnswerTransitions<
  'resume' | 'signIn' | 'signOut' | 'signUp' | 'resend' | 'checkLink' | 'activate' | 'forgot'
> = {
  // The browser's session, or none; what PayPal's marker says waits for the sign-in.
  resume: (state, signedIn) => {
    if (signedIn !== null) return entered({ ...state, ...signedIn });
    if (state.marker === null) return go(state, 'signIn');
    const key = state.marker === 'return' ? 'return.signIn' : 'return.signInCancelled';
    return go(state, 'signIn', noticeOf('info', key));
  },
  signIn: (state, signedIn) => entered({ ...state, ...signedIn }),
  signOut: (state) => ({
    ...signedOut(state, START, noticeOf('info', 'session.signedOut')),
    typed: START.typed,
  }),
  signUp: (state, { at }) => sent(state, 'activate', at),
  resend: (state, { at }) => sent(state, 'activate', at),
  forgot: (state, { at }) => sent(state, 'reset', at),
  checkLink: (state) => go(state, 'activate'),
  activate: (state, { me, returnPage }) =>
    found({ ...state, me, returnPage, link: null }, noticeOf('success', 'activate.done')),
};

/** Signed in: back to what PayPal sent her for, else to her file. */
function entered(state: State): State {
  const { marker } = state;
  if (marker === null) return search(state);
  return { ...ask(go(state, 'returning'), { do: 'welcomeBack', marker }), marker: null };
}

export function found(state: State, notice: State['notice']): State {
  return { ...search(state), notice };
}

function sent(state: State, about: 'activate' | 'reset', at: number): State {
  const again = state.screen === 'mailSent';
  return { ...go(state, 'mailSent'), mail: { about, again, sentAt: at } };
}

/** What she may read again is what will be sent. */
function typed(state: State, { email, ...more }: { email: string; name?: string }): State {
  return { ...state, typed: { ...state.typed, ...more, email: bare(email) } };
}
