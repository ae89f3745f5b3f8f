// What several transitions share: asking the server, changing screen, saying what went wrong.
import type { Key, Sentence, Values } from '../../locales/text.ts';
import type { Field, FieldErrors, Notice, Screen, State, Task } from './state.ts';

/** Asks; the screen stays, busy. */
export function ask(state: State, task: Task): State {
  return { ...state, task, failed: null, notice: null, errors: {} };
}

/** Another screen, with nothing under way. */
export function go(state: State, screen: Screen, notice: Notice | null = null): State {
  return { ...state, screen, task: null, failed: null, notice, errors: {}, polls: 0 };
}

export const noticeOf = (tone: Notice['tone'], key: Key, values?: Values): Notice =>
  values === undefined ? { tone, key } : { tone, key, values };

/** Same screen, fields to correct. */
export function withErrors(state: State, errors: FieldErrors): State {
  return { ...state, errors, notice: null };
}

/** Asks, unless there are fields to correct first. */
export function askWith(state: State, errors: FieldErrors, task: Task): State {
  return isEmpty(errors) ? ask(state, task) : withErrors(state, errors);
}

/** Where a signed-in person starts: her file is looked for, and any payment that waits for her. */
export function search(state: State): State {
  return { ...ask(go(state, 'search'), { do: 'search' }), quote: null, certificateId: null, selection: [] };
}

/** Back to the sign-in form; nothing about her stays in memory. `typed.email` does: she is about to type it again. */
export function signedOut(state: State, start: State, notice: Notice | null): State {
  return {
    ...go(start, 'signIn', notice),
    typed: { ...start.typed, email: state.me?.email ?? state.typed.email },
    marker: state.marker,
  };
}

/** What stands in a box for an address, a number or a code, without what nobody sees. The server's rule: server/text.ts. */
export const bare = (typed: string) =>
  typed
    .normalize('NFKC')
    .replace(/\p{DI}/gu, '')
    .trim();

// The server's rule but for lengths and hyphens at the edges, which it refuses with the same sentence; both are held to
// test/unit/cases/emails.json.
const EMAIL =
  /^(?!\.|.*\.[.@])[\p{L}\p{M}\p{N}.!#-'*+/=?^_`{-~-]+@([\p{L}\p{M}\p{N}-]+\.)+\p{L}[\p{L}\p{M}\p{N}-]+$/u;
/** The server's own limit stands in server/accounts/passwords/password-rules.ts; a test keeps the two equal. */
export const PASSWORD_MIN = 12;

/** Names of the fields, for « Remplissez la case « Courriel ». » */
export const FIELD_LABELS = {
  name: 'account.name',
  email: 'account.email',
  password: 'account.password',
  currentPassword: 'mine.current',
  lastName: 'lookup.lastName',
  firstName: 'lookup.firstName',
  certificateNumber: 'lookup.cert',
  invoiceSecret: 'lookup.secret',
  code: 'proof.code',
  amount: 'invoice.partialField',
  invoices: 'invoice.pick',
} as const satisfies Record<Field, Key>;

/** « Remplissez la case … »: the label is looked up when it is shown, in the language of that moment. */
export function required(field: Field): Sentence {
  return { key: 'err.required', values: { champ: { key: FIELD_LABELS[field] } } };
}

/** What must be corrected before these fields are worth sending. */
export function check(fields: Partial<Record<Field, string>>, newPassword = false): FieldErrors {
  const errors: FieldErrors = {};
  for (const [name, value] of Object.entries(fields) as [Field, string][]) {
    if (bare(value) === '') errors[name] = required(name);
    else if (name === 'email' && !EMAIL.test(bare(value))) errors.email = { key: 'err.email' };
    else if (name === 'password' && newPassword && [...value].length < PASSWORD_MIN) {
      errors.password = { key: 'err.password', values: { min: PASSWORD_MIN } };
    }
  }
  return errors;
}

export const isEmpty = (errors: FieldErrors) => Object.keys(errors).length === 0;
