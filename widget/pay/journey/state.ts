// The vocabulary of the journey: its screens, what it knows, what can be asked of the server, what can happen.
// Types and empty values only; the transitions are in the files beside.
import type { CallProblem } from '../../client/problem.ts';
import type {
  Certificate,
  CertificateList,
  Me,
  Payment,
  ProofAwaited,
  Quote,
  RecordedReceipt,
  Tokens,
  Year,
} from '../../client/types.ts';
import type { Sentence } from '../../locales/text.ts';

export const SCREENS = [
  'starting', // is there a session? what did the address bring?
  'signIn',
  'signUp',
  'mailSent', // « Vérifiez vos courriels », after a sign-up or a reset request
  'activate',
  'forgot',
  'linkDead', // the link to an account's activation while it is checked, expired or used
  'search', // looking for her file
  'lookup',
  'proof', // a name and a number are not enough here: a code by e-mail, or the staff's word
  'choose',
  'detail', // the amount, line by line, and « Effectuer un paiement »
  'leaving', // on the way to PayPal
  'returning', // back from PayPal: asking the server what is so
  'confirm',
  'changed', // the amount changed before the capture
  'unknown', // after « Confirmer », no answer yet
  'pending',
  'declined',
  'ended', // expired, failed or cancelled, by whatever came before the capture: nothing was taken by this payment
  'done',
  'history',
  'account', // « Mon compte », which has its own pages (pay/my-account/)
  'emailLink', // an e-mailed link about an account or a file that is hers already; pages of pay/my-account/ too
] as const;
export type Screen = (typeof SCREENS)[number];

/** Sentence above the screen. */
export type Notice = Sentence & {
  tone: 'error' | 'info' | 'success';
  /** Let the screen offer the regroupement's contact with it. */
  contact?: boolean;
};

export type Field =
  | 'name'
  | 'email'
  | 'password'
  | 'currentPassword'
  | 'lastName'
  | 'firstName'
  | 'certificateNumber'
  | 'invoiceSecret'
  | 'code'
  | 'amount'
  | 'invoices';
/** What is wrong, field by field, in the order of the screen. */
export type FieldErrors = Partial<Record<Field, Sentence>>;

/** The ways an e-mail opens the hosted page. */
export type LinkKind = 'activate' | 'reset' | 'undo' | 'email' | 'emailUndo';
/** How PayPal sent her back. */
export type Marker = 'return' | 'cancel';

/** One wish to pay: the same key as long as it is the same wish, so that a repeated call makes one payment. */
interface Attempt {
  key: string;
  invoiceIds: readonly string[];
  amountCents: number | null;
  expectedTotalCents: number;
}

export interface State {
  screen: Screen;
  /** The call under way. While there is one, nothing else can be asked: that is the guard against a double click. */
  task: Task | null;
  /** The call that failed and can be asked again as it was. */
  failed: Task | null;
  notice: Notice | null;
  errors: FieldErrors;
  /** What she typed and may see again. Never a password. */
  typed: Readonly<Record<'name' | 'email' | 'lastName' | 'firstName' | 'certificateNumber', string>>;
  me: Me | null;
  link: { kind: LinkKind; token: string } | null;
  /** Why `linkDead`. */
  linkEnd: 'used' | 'expired' | null;
  mail: { about: 'activate' | 'reset'; again: boolean; sentAt: number } | null;
  marker: Marker | null;
  returnPage: string | null;
  /** What the search still waits for, whether or not it found anything. */
  proof: ProofAwaited | null;
  foundBy: CertificateList['foundBy'];
  certificates: readonly Certificate[];
  /** The certificate whose detail shows; null when several are paid together. */
  certificateId: string | null;
  /** Invoices chosen to be paid. */
  selection: readonly string[];
  /** A part of the balance, where the regroupement allows it. */
  amountCents: number | null;
  quote: Quote | null;
  attempt: Attempt | null;
  payment: Payment | null;
  payments: readonly Payment[];
  /** Summaries of the years in which she paid. */
  years: readonly Year[];
  /** Of cheques and the like, and what annuls one. */
  receipts: readonly RecordedReceipt[];
  /** A payment that waits for her, which she has seen and left for now; it stays announced (P5). */
  open: Payment | null;
  /** Its id: it is not put before her a second time by itself. */
  dismissed: string | null;
  /** New total, on `changed`. */
  newTotalCents: number | null;
  /** How often the server was asked again for an outcome; spaces the next question. */
  polls: number;
}

export const START: State = {
  screen: 'starting',
  task: null,
  failed: null,
  notice: null,
  errors: {},
  typed: { name: '', email: '', lastName: '', firstName: '', certificateNumber: '' },
  me: null,
  link: null,
  linkEnd: null,
  mail: null,
  marker: null,
  returnPage: null,
  proof: null,
  foundBy: 'none',
  certificates: [],
  certificateId: null,
  selection: [],
  amountCents: null,
  quote: null,
  attempt: null,
  payment: null,
  payments: [],
  years: [],
  receipts: [],
  open: null,
  dismissed: null,
  newTotalCents: null,
  polls: 0,
};

/** What the journey asks of the outside, as data; effects.ts does it. */
export type Task =
  | { do: 'resume' }
  | { do: 'signIn'; email: string; password: string }
  | { do: 'signOut' }
  | { do: 'signUp'; name: string; email: string; password: string }
  | { do: 'resend'; email: string }
  | { do: 'checkLink'; token: string }
  | { do: 'activate'; token: string; password: string }
  | { do: 'forgot'; email: string }
  | { do: 'search' }
  | {
      do: 'lookup';
      lastName: string;
      firstName: string;
      certificateNumber: string;
      invoiceSecret: string;
    }
  | { do: 'confirmLink'; challengeId: string; code: string }
  | { do: 'quote'; invoiceIds: readonly string[]; amountCents: number | null }
  | { do: 'create'; attempt: Attempt }
  | { do: 'leave'; url: string }
  | { do: 'welcomeBack'; marker: Marker }
  | { do: 'read'; paymentId: string }
  | { do: 'confirm'; paymentId: string; expectedTotalCents: number }
  | { do: 'cancel'; paymentId: string }
  | { do: 'reopen'; paymentId: string }
  | { do: 'history' };
export type TaskName = Task['do'];
export type TaskOf<N extends TaskName> = Extract<Task, { do: N }>;

/** Calls that only read: she may turn away from them. Any other must end before the next action. */
export const READS: readonly TaskName[] = ['search', 'quote', 'history', 'read', 'checkLink'];

interface Search extends CertificateList {
  /** The payment that needs her, wherever she comes back (P5). */
  open: Payment | null;
}
/** A payment as the server's record has it; once completed, with what is left to pay elsewhere when that is known. */
export interface Outcome {
  payment: Payment;
  certificates?: readonly Certificate[];
}
type SignedIn = Pick<Tokens, 'me' | 'returnPage'>;
/** What each task brings back. */
export interface Answers {
  resume: SignedIn | null;
  signIn: SignedIn;
  signOut: null;
  signUp: { at: number };
  resend: { at: number };
  checkLink: null;
  activate: SignedIn;
  forgot: { at: number };
  search: Search;
  lookup: readonly Certificate[] | ProofAwaited;
  confirmLink: readonly Certificate[];
  quote: Quote;
  create: { payment: Payment; approveUrl: string };
  leave: null;
  welcomeBack: Outcome | null;
  read: Outcome;
  confirm: Outcome;
  cancel: Payment;
  reopen: { payment: Payment; approveUrl: string };
  history: Pick<State, 'payments' | 'years' | 'receipts'>;
}

/** What she does. */
export type Action =
  | { type: 'signIn'; email: string; password: string }
  | { type: 'signOut' }
  | { type: 'signUp'; name: string; email: string; password: string }
  | { type: 'typed'; email: string }
  | { type: 'resend' }
  | { type: 'activate'; password: string }
  | { type: 'forgot'; email: string }
  | {
      type: 'lookup';
      lastName: string;
      firstName: string;
      certificateNumber: string;
      /** Empty, where she has none; the server says whether one is needed. */
      invoiceSecret: string;
    }
  | { type: 'confirmLink'; code: string }
  | { type: 'choose'; certificateId: string }
  | { type: 'payAll' }
  | { type: 'select'; invoiceIds: readonly string[] }
  | { type: 'setAmount'; amountCents: number | null; typed: string }
  | { type: 'pay'; key: string }
  | { type: 'confirm' }
  | { type: 'cancelPayment' }
  | { type: 'reopen' }
  | { type: 'resumePayment'; paymentId: string }
  | { type: 'retry' }
  | { type: 'home' }
  | {
      type: 'show';
      screen: 'signIn' | 'signUp' | 'forgot' | 'lookup' | 'proof' | 'choose' | 'history' | 'account';
    };

/** What happens around her. */
export type ExternalEvent =
  | { type: 'start'; link: State['link']; marker: Marker | null }
  | { type: 'cameBack'; marker: Marker } // the page stayed while she was at PayPal
  | { type: 'poll' }
  | { type: 'corrected'; me: Me } // in « Mon compte »
  | ({ type: 'entered'; notice: Notice } & SignedIn) // by an e-mailed link
  | { type: 'left'; notice: Notice | null } // her session is over, or her account
  | { type: 'signedOutElsewhere' }; // in another tab

/** How a call ended. */
export type TaskResult =
  | { [N in TaskName]: { type: 'answer'; task: TaskOf<N>; answer: Answers[N] } }[TaskName]
  | { type: 'problem'; task: Task; problem: Pick<CallProblem, 'kind' | 'extra' | 'retryAfter'> };

export type JourneyEvent = Action | ExternalEvent | TaskResult;

/** From a state and an event to the next state. */
export type Transition<E> = (state: State, event: E) => State;
/** What a screen offers; any other action leaves the state as it is. */
export type ActionTransitions = { [T in Action['type']]?: Transition<Extract<Action, { type: T }>> };
