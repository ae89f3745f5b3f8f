// Transitions of the last steps: PayPal and back (S22–S28), « Confirmer » (S29), and what came of it (S30–S32). « Rien n’a été payé » stands only where the
// server's state proves it; after « Confirmer », silence is « Nous ne savons pas encore… ».
import type { Payment, PaymentState } from '../../client/types.ts';
import type { ServerSentence } from '../../locales/text.ts';
import { signedInTransitions } from './invoices.ts';
import type { ActionTransitions, Answers, Outcome, Screen, State, TaskResult, Transition } from './state.ts';
import { ask, go, noticeOf, search } from './transitions.ts';

const leave: Transition<{ payment: Payment; approveUrl: string }> = (state, { payment, approveUrl }) => ({
  ...ask(state, { do: 'leave', url: approveUrl }),
  payment,
  attempt: null,
});

/** Which screen tells each state of a payment. `null`: nothing to tell, she is sent back to her invoices. */
const SCREEN_OF: Readonly<Record<PaymentState, Screen | null>> = {
  created: null,
  approved: 'confirm',
  capturing: 'unknown',
  unknown: 'unknown',
  pending: 'pending',
  declined: 'declined',
  completed: 'done',
  failed: 'ended',
  expired: 'ended',
  cancelled: 'ended',
  // Money came in, and went back: the history says so.
  'partly-refunded': 'history',
  refunded: 'history',
  disputed: 'history',
  'partly-reversed': 'history',
  reversed: 'history',
};

/** Shows a payment as the server's record has it. */
export function show(state: State, { payment, certificates }: Outcome): State {
  const screen = SCREEN_OF[payment.state];
  const known = { ...state, payment, certificates: certificates ?? state.certificates };
  if (screen === null) return search(known);
  return screen === 'history' ? ask(go(known, screen), { do: 'history' }) : go(known, screen);
}

const cancelPayment = (state: State) =>
  state.payment === null ? state : ask(state, { do: 'cancel', paymentId: state.payment.id });

/** Her invoices, past a payment that is not over: it is not put before her again at once. */
const ways: ActionTransitions = {
  ...signedInTransitions,
  home: (state) => search({ ...state, dismissed: state.payment?.id ?? null }),
};
const resumePayment: ActionTransitions['resumePayment'] = (state, { paymentId }) => {
  const known = state.open === null ? state.payments : [state.open, ...state.payments];
  const payment = known.find(({ id }) => id === paymentId);
  return payment === undefined ? state : show(state, { payment });
};

export const paymentTransitions: Partial<Record<Screen, ActionTransitions>> = {
  confirm: {
    ...ways,
    // « Confirmer » (S29), with the amount that she has read.
    confirm: (state) =>
      state.payment?.state === 'approved'
        ? ask(state, {
            do: 'confirm',
            paymentId: state.payment.id,
            expectedTotalCents: state.payment.totalCents,
          })
        : state,
    cancelPayment,
  },
  changed: ways,
  unknown: ways,
  pending: ways,
  declined: {
    ...ways,
    cancelPayment,
    // Another card, by the same payment.
    reopen: (state) =>
      state.payment?.state === 'declined'
        ? ask(go(state, 'leaving'), { do: 'reopen', paymentId: state.payment.id })
        : state,
  },
  ended: ways,
  done: ways,
  choose: { resumePayment },
  detail: { resumePayment },
  history: { ...signedInTransitions, resumePayment },
};

export const paymentAnswers: {
  [N in
    | 'create'
    | 'leave'
    | 'welcomeBack'
    | 'read'
    | 'confirm'
    | 'cancel'
    | 'reopen'
    | 'history']: Transition<Answers[N]>;
} = {
  create: leave,
  reopen: leave,
  // The page is going; nothing answers.
  leave: (state) => state,
  // Back from PayPal (S28): the newest payment, as the server has it.
  welcomeBack: (state, outcome) => {
    if (outcome === null) return search(state);
    const { payment } = outcome;
    if (payment.state === 'created') {
      return { ...search({ ...state, payment }), notice: noticeOf('info', 'return.notApproved') };
    }
    return byHer(payment) ? cancelled(state, payment) : show(state, outcome);
  },
  // Asked again by itself (pollDelay), or because the browser had kept the page.
  read: (state, outcome) => {
    const { payment } = outcome;
    if (state.screen === 'unknown' && payment.state === 'approved') {
      // The server never began: the confirmation was lost on the way.
      return { ...show(state, outcome), notice: noticeOf('error', 'confirm.notReceived') };
    }
    if (SCREEN_OF[payment.state] === state.screen) return { ...state, payment, polls: state.polls + 1 };
    return show(state, outcome);
  },
  confirm: show,
  cancel: (state, payment) => (byHer(payment) ? cancelled(state, payment) : show(state, { payment })),
  history: (state, { payments, years, receipts }) => ({ ...state, payments, years, receipts }),
};

/** What else ended it has a sentence of its own. */
const byHer = ({ state, stopped }: Payment) => state === 'cancelled' && !stopped;

/** The server's record says that she cancelled it, so these words are true. */
function cancelled(state: State, payment: Payment): State {
  return { ...search({ ...state, payment }), notice: noticeOf('info', 'err.cancelled') };
}

type Problem = Extract<TaskResult, { type: 'problem' }>['problem'];

/** Why an invoice cannot be paid any more. A sentence in any other problem, of whoever answered, ends no payment. */
export const causeIn = ({ kind, extra }: Problem) =>
  /^(already-paid|invoice-|nothing-to-pay|part-)/.test(kind) && extra.detailEn
    ? (extra as unknown as ServerSentence)
    : null;

/**
 * What a refused or lost « Confirmer » means. Only answers that the server gives before P2 say « not paid »; those that
 * ended the payment say why, in a sentence.
 */
export function confirmProblem(state: State, problem: Problem): State | null {
  const { payment } = state;
  const { kind, extra } = problem;
  const stopped = causeIn(problem);
  if (stopped && payment !== null) {
    return show(state, { payment: { ...payment, state: 'cancelled', failure: kind, stopped } });
  }
  switch (kind) {
    case 'amount-changed':
      return {
        ...go(state, 'changed'),
        newTotalCents: typeof extra.totalCents === 'number' ? extra.totalCents : null,
      };
    case 'payment-in-progress':
      return { ...state, notice: noticeOf('error', 'invoice.held') };
    case 'too-many-requests':
    case 'payments-stopped':
    case 'broken':
    case 'unauthenticated':
    case 'session-ended':
      return null;
    default:
      return payment === null ? null : ask(go(state, 'unknown'), { do: 'read', paymentId: payment.id });
  }
}
