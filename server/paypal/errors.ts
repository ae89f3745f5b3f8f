// What went wrong between PayPal and us, as the one decision it calls for. Told by `details[0].issue`, never by text
// (PayPal's issue codes of create and capture; see the error table of their Orders API).

/**
 * - `declined`: this means of payment is refused; she may choose another on the same order.
 * - `not-approved`: she has not agreed yet; not a failure.
 * - `already-captured`: it was taken already; read the order.
 * - `duplicate-invoice`: our number was paid under another order; stop and look.
 * - `refused`: this order will never be paid.
 * - `gone`: PayPal does not know the order (any more).
 * - `configuration`: our credentials or account settings; staff must act.
 * - `unknown`: no definite answer; it may or may not have happened.
 * - `unavailable`: it surely did not happen; try later.
 */
export type Decision =
  | 'declined'
  | 'not-approved'
  | 'already-captured'
  | 'duplicate-invoice'
  | 'refused'
  | 'gone'
  | 'configuration'
  | 'unknown'
  | 'unavailable';

const BY_ISSUE: Readonly<Record<string, Decision>> = {
  INSTRUMENT_DECLINED: 'declined',
  REDIRECT_PAYER_FOR_ALTERNATE_FUNDING: 'declined',
  PAYER_ACTION_REQUIRED: 'declined',
  CARD_EXPIRED: 'declined',
  ORDER_NOT_APPROVED: 'not-approved',
  ORDER_ALREADY_CAPTURED: 'already-captured',
  DUPLICATE_INVOICE_ID: 'duplicate-invoice',
  MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED: 'refused',
  TRANSACTION_REFUSED: 'refused',
  TRANSACTION_LIMIT_EXCEEDED: 'refused',
  TRANSACTION_RECEIVING_LIMIT_EXCEEDED: 'refused',
  PAYER_CANNOT_PAY: 'refused',
  COMPLIANCE_VIOLATION: 'refused',
  PAYER_ACCOUNT_RESTRICTED: 'refused',
  PAYER_ACCOUNT_LOCKED_OR_CLOSED: 'refused',
  ORDER_EXPIRED: 'gone',
  ORDER_CANNOT_BE_SAVED: 'refused',
  INVALID_RESOURCE_ID: 'gone',
  PERMISSION_DENIED: 'configuration',
  PREVIOUS_REQUEST_IN_PROGRESS: 'unknown',
};

/** What an answer that is not a success calls for. `sent` false: the request surely never left. */
export function decisionOf(status: number, issue: string | undefined): Decision {
  const known = issue === undefined ? undefined : BY_ISSUE[issue];
  if (known !== undefined) return known;
  if (issue?.startsWith('PAYEE_') === true) return 'configuration';
  if (status === 404) return 'gone';
  if (status === 401 || status === 403) return 'configuration';
  if (status === 429) return 'unavailable';
  if (status >= 500 || status === 409) return 'unknown';
  return 'refused';
}

/** A call to PayPal that did not give what was asked. */
export class PayPalFailure extends Error {
  readonly decision: Decision;
  readonly issue: string | undefined;
  readonly debugId: string | undefined;
  /** Seconds PayPal asked to wait (429). */
  readonly retryAfter: number | undefined;
  constructor(
    decision: Decision,
    about: {
      issue?: string | undefined;
      debugId?: string | undefined;
      retryAfter?: number | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(`PayPal: ${decision}${about.issue === undefined ? '' : ` (${about.issue})`}`, {
      cause: about.cause,
    });
    this.decision = decision;
    this.issue = about.issue;
    this.debugId = about.debugId;
    this.retryAfter = about.retryAfter;
  }
}
