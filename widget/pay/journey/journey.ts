// The journey as a pure state machine: (state, event) → state. Every screen is a state, every transition stands in a table
// (pay/journey/account.ts, invoices.ts, payment.ts), and what must be asked of the server is in the state as data
// (`task`). No DOM, no network, no clock here.
import { accountAnswers, accountTransitions, found } from './account.ts';
import { invoiceAnswers, invoiceTransitions } from './invoices.ts';
import { paymentAnswers, paymentTransitions, show } from './payment.ts';
import { failed } from './problems.ts';
import {
  type Action,
  type ActionTransitions,
  type Answers,
  type ExternalEvent,
  type JourneyEvent,
  READS,
  START,
  type State,
  type TaskName,
  type Transition,
} from './state.ts';
import { ask, go, noticeOf, signedOut } from './transitions.ts';

const answerTransitions: { [N in TaskName]: Transition<Answers[N]> } = {
  ...accountAnswers,
  ...invoiceAnswers,
  ...paymentAnswers,
  // Wherever she comes back, a payment that waits for her comes first (P5).
  search: (state, found) =>
    found.open === null || found.open.id === state.dismissed
      ? invoiceAnswers.search(state, found)
      : show({ ...state, certificates: found.certificates, foundBy: found.foundBy }, { payment: found.open }),
};

/** The state after `event`. Total: an event that has no meaning here leaves the state as it is. */
export function next(state: State, event: JourneyEvent): State {
  switch (event.type) {
    case 'answer':
      // An answer to a question that is no longer asked says nothing.
      if (event.task !== state.task) return state;
      return onAnswer(event.task.do, { ...state, task: null }, event.answer as never);
    case 'problem':
      return event.task === state.task ? failed({ ...state, task: null }, event) : state;
    case 'retry':
      return state.task === null && state.failed !== null ? ask(state, state.failed) : state;
    default: {
      const external = externalTransitions[event.type as ExternalEvent['type']];
      if (external) return (external as Transition<JourneyEvent>)(state, event);
      if (state.task !== null && !READS.includes(state.task.do)) return state;
      return onAction(state, event as Action);
    }
  }
}

function onAction<T extends Action['type']>(state: State, event: Extract<Action, { type: T }>): State {
  const { screen } = state;
  const offered: ActionTransitions & Bare = {
    __proto__: null,
    ...accountTransitions[screen],
    ...invoiceTransitions[screen],
    ...paymentTransitions[screen],
  };
  const transition = offered[event.type as T] as Transition<Extract<Action, { type: T }>> | undefined;
  return transition?.(state, event) ?? state;
}

function onAnswer<N extends TaskName>(name: N, state: State, value: Answers[N]): State {
  return answerTransitions[name](state, value);
}

/** A table without what an old library put on Object.prototype (`show`, `home`…): that is no transition. */
interface Bare {
  __proto__: null;
}

const externalTransitions: {
  [T in ExternalEvent['type']]: Transition<Extract<ExternalEvent, { type: T }>>;
} & Bare = {
  __proto__: null,
  start: (state, { link, marker }) => {
    if (state.screen !== 'starting' || state.task !== null) return state;
    if (link === null) return { ...ask(state, { do: 'resume' }), marker };
    if (link.kind !== 'activate') return { ...go(state, 'emailLink'), link };
    const asked = ask(go(state, 'linkDead'), { do: 'checkLink', token: link.token });
    return { ...asked, link, linkEnd: null };
  },
  // Kept by the browser, or under PayPal's window: whatever it shows is old.
  cameBack: (state, { marker }) =>
    state.screen === 'leaving'
      ? ask(go(state, 'returning'), { do: 'welcomeBack', marker })
      : state.screen in REREAD
        ? reread(state)
        : state,
  poll: (state) =>
    pollDelay(state) === null
      ? state
      : state.screen === 'history' && state.task === null
        ? { ...state, task: { do: 'history' } }
        : reread(state),
  corrected: (state, { me }) => (state.me === null ? state : { ...state, me }),
  // Unless she has gone elsewhere meanwhile: the next call finds the session.
  entered: (state, { me, returnPage, notice }) =>
    state.screen === 'emailLink' ? found({ ...state, me, returnPage, link: null }, notice) : state,
  left: (state, { notice }) =>
    state.me === null ? state : { ...signedOut(state, START, notice), typed: START.typed },
  signedOutElsewhere: (state) =>
    state.me === null ? state : signedOut(state, START, noticeOf('info', 'session.signedOut')),
};

/** Asks for the payment that shows, without a sign of it. */
const reread = (state: State): State =>
  state.payment === null || state.task !== null
    ? state
    : { ...state, task: { do: 'read', paymentId: state.payment.id } };

const REREAD = { confirm: true, unknown: true, pending: true, declined: true, done: true };
/** Links to receipts live 15 minutes. */
const RECEIPT_LINKS = 12 * 60_000;

/** Milliseconds until the server should be asked again by itself, or null. An unknown outcome is asked for more and more rarely. */
export function pollDelay(state: State): number | null {
  switch (state.screen) {
    case 'unknown':
      return Math.min(2_000 * 1.5 ** state.polls, 30_000);
    case 'pending':
      return 30_000;
    case 'done':
    case 'history':
      return RECEIPT_LINKS;
    default:
      return null;
  }
}
