// What each problem becomes on screen: fields to correct, a sentence, or another screen. Total: a kind without a rule of
// its own (a newer server may know more of them) is said in the server's own words; « Le service ne répond pas » is for
// what no server of ours answered.
import type { Key, Sentence } from '../../locales/text.ts';
import { causeIn, confirmProblem } from './payment.ts';
import { type Field, type FieldErrors, type Notice, START, type State, type TaskResult } from './state.ts';
import {
  ask,
  FIELD_LABELS,
  go,
  noticeOf,
  PASSWORD_MIN,
  required,
  signedOut,
  withErrors,
} from './transitions.ts';

type Failure = Extract<TaskResult, { type: 'problem' }>;
type Problem = Failure['problem'];

/** The state after `task` failed. `state.task` is already cleared. */
export function failed(state: State, { task, problem }: Failure): State {
  const { kind } = problem;
  if (kind === 'aborted') return state;
  if (kind === 'unauthenticated' || kind === 'session-ended' || kind === 'dpop-invalid') {
    return signedOut(state, START, noticeOf('error', 'err.session'));
  }
  switch (task.do) {
    case 'signIn':
      if (kind === 'sign-in-failed') return { ...state, notice: noticeOf('error', 'err.signIn') };
      break;
    case 'activate':
      if (kind === 'sign-in-failed') return { ...state, errors: { password: { key: 'activate.wrong' } } };
      if (isDead(kind)) return dead(state, kind);
      break;
    case 'checkLink':
      if (isDead(kind)) return dead(state, kind);
      break;
    case 'lookup':
      if (kind === 'lookup-not-found') {
        return { ...state, notice: noticeOf('error', 'lookup.err.notFound') };
      }
      if (kind === 'too-many-requests') {
        const minutes = Math.max(1, Math.ceil(problem.retryAfter / 60));
        return {
          ...state,
          notice: { ...noticeOf('error', 'lookup.err.tooMany', { minutes }), contact: true },
        };
      }
      break;
    case 'confirmLink':
      if (kind === 'code-wrong') return withErrors(state, { code: sentence(problem) });
      if (kind === 'code-expired') {
        return { ...go(state, 'lookup'), proof: null, notice: sentence(problem) };
      }
      break;
    case 'quote':
    case 'create':
      return priceProblem(state, task, problem);
    case 'confirm': {
      const answer = confirmProblem(state, problem);
      if (answer !== null) return answer;
      break;
    }
    case 'cancel':
    case 'reopen':
      if (kind === 'payment-state') return ask(state, { do: 'read', paymentId: task.paymentId });
      return { ...go(state, task.do === 'reopen' ? 'declined' : state.screen), notice: sentence(problem) };
    case 'read':
      // Asked again by itself; the screen already says that nothing is known yet.
      return { ...state, polls: state.polls + 1 };
    case 'signOut':
      return signedOut(state, START, noticeOf('info', 'session.signedOut'));
  }
  if (kind === 'validation') return { ...state, ...invalid(problem) };
  return { ...state, notice: sentence(problem), failed: task };
}

function priceProblem(state: State, task: Failure['task'], problem: Problem): State {
  const detail = state.screen === 'leaving' ? go(state, 'detail') : state;
  // Her list is out of date; she asks for the new one, so that a wrong answer of ours cannot turn in circles.
  const outdated: State = { ...detail, quote: null, failed: { do: 'search' } };
  const cause = causeIn(problem);
  if (cause) return { ...outdated, notice: { ...cause, tone: 'info' } };
  switch (problem.kind) {
    case 'amount-changed': {
      const quote = { do: 'quote', invoiceIds: state.selection, amountCents: state.amountCents } as const;
      return { ...ask(detail, quote), quote: null, notice: noticeOf('info', 'invoice.changed') };
    }
    case 'not-found':
      return { ...outdated, notice: noticeOf('info', 'invoice.gone') };
    case 'payment-in-progress':
      return { ...outdated, notice: noticeOf('error', 'invoice.held') };
    case 'validation': {
      // The part she asked for is not allowed (any more): the whole balance, with what was wrong.
      const quote = { do: 'quote', invoiceIds: state.selection, amountCents: null } as const;
      return state.amountCents === null
        ? { ...outdated, ...invalid(problem) }
        : { ...ask(detail, quote), quote: null, amountCents: null, ...invalid(problem) };
    }
    case 'idempotency-mismatch':
    case 'paypal-refused':
      // The same key would be refused again: her next try is another one.
      return { ...detail, attempt: null, notice: sentence(problem) };
    default: {
      const general = sentence(problem);
      // Nothing can have been captured: she has not confirmed anything yet.
      const notice = general.key === 'err.noAnswer' ? noticeOf('error', 'err.server') : general;
      return { ...detail, notice, failed: task.do === 'quote' ? task : null };
    }
  }
}

const isDead = (kind: Problem['kind']): kind is 'link-invalid' | 'link-used' =>
  kind === 'link-invalid' || kind === 'link-used';
const dead = (state: State, kind: 'link-invalid' | 'link-used'): State => ({
  ...go(state, 'linkDead'),
  linkEnd: kind === 'link-used' ? 'used' : 'expired',
});

/** The sentence of a problem that may meet any call. */
export function sentence({ kind, retryAfter, extra }: Problem): Notice {
  const { title: detail, titleEn: detailEn } = extra as Record<string, string>;
  switch (kind) {
    case 'offline':
      // Where the browser has a connection, it is the service that is silent.
      return noticeOf('error', extra.online ? 'err.noAnswer' : 'err.offline');
    case 'broken':
      return noticeOf('error', 'err.broken');
    case 'too-many-requests': {
      const wait: Sentence =
        retryAfter > 90
          ? { key: 'wait.minutes', values: { n: Math.ceil(retryAfter / 60) } }
          : { key: 'wait.seconds', values: { n: Math.max(retryAfter, 10) } };
      return noticeOf('error', 'err.tooMany', { attente: wait });
    }
    case 'regroupement-unknown':
    case 'origin-refused':
    case 'payment-not-configured':
      return { ...noticeOf('error', 'err.config'), contact: true };
    case 'paypal-unavailable':
      return noticeOf('error', 'err.paypalDown');
    case 'idempotency-mismatch':
      return noticeOf('error', 'pay.again');
    case 'bad-request':
    case 'dpop-nonce':
    case 'method-not-allowed':
    case 'not-found':
    case 'too-large':
    case 'unsupported-media-type':
      // This page and the server do not speak the same language any more.
      return noticeOf('error', 'err.chunk');
    default:
      return detail && detailEn
        ? { detail, detailEn, tone: 'error', contact: kind === 'paypal-refused' }
        : noticeOf('error', 'err.noAnswer');
  }
}

/** What may be wrong with a new password, and only with that. */
const CODES: Readonly<Record<string, Sentence>> = {
  'too-short': { key: 'err.password', values: { min: PASSWORD_MIN } },
  breached: { key: 'err.passwordLeaked' },
  guessable: { key: 'err.passwordGuessable' },
};

/** The server's field errors, each shown at its field; what has no field here becomes a sentence. */
export function invalid(problem: Problem): Pick<State, 'errors' | 'notice'> {
  const errors: FieldErrors = {};
  const given = Array.isArray(problem.extra.errors) ? problem.extra.errors : [];
  for (const { pointer, code } of given as { pointer: string; code: string }[]) {
    const name = String(pointer).slice(1).split('/')[0] ?? '';
    const field = (name === 'amountCents' ? 'amount' : name) as Field;
    const label: Key | undefined = FIELD_LABELS[field];
    if (label === undefined) continue;
    errors[field] =
      CODES[code] ??
      (code === 'required'
        ? required(field)
        : field === 'email'
          ? { key: 'err.email' }
          : field === 'amount'
            ? { key: 'err.amount' }
            : { key: 'err.invalid', values: { champ: { key: label } } });
  }
  const known = Object.keys(errors).length > 0;
  return { errors, notice: known ? null : sentence(problem) };
}
