// PayPal's error shape: a name per HTTP status, a debug_id, and details that tell the issue.
import { ISSUES } from './issues.ts';

const NAMES = {
  400: ['INVALID_REQUEST', 'Request is not well-formed, syntactically incorrect, or violates schema.'],
  401: [
    'AUTHENTICATION_FAILURE',
    'Authentication failed due to missing authorization header, or invalid authentication credentials.',
  ],
  403: ['NOT_AUTHORIZED', 'Authorization failed due to insufficient permissions.'],
  404: ['RESOURCE_NOT_FOUND', 'The specified resource does not exist.'],
  409: ['RESOURCE_CONFLICT', 'The server has detected a conflict while processing this request.'],
  422: [
    'UNPROCESSABLE_ENTITY',
    'The requested action could not be performed, semantically incorrect, or failed business validation.',
  ],
  429: ['RATE_LIMIT_REACHED', 'Too many requests. Blocked due to rate limiting.'],
  500: ['INTERNAL_SERVER_ERROR', 'An internal server error occurred.'],
  503: ['SERVICE_UNAVAILABLE', 'Service Unavailable.'],
} as const;
export type ErrorStatus = keyof typeof NAMES;

export interface Detail {
  issue: string;
  description?: string;
  field?: string;
  value?: string;
  location?: 'body' | 'path' | 'query';
}

/** A refusal in PayPal's words; thrown by the rules, turned into JSON by the API. */
export class PayPalError extends Error {
  readonly status: ErrorStatus;
  readonly details: readonly Detail[];
  readonly headers: Record<string, string>;
  constructor(status: ErrorStatus, details: readonly Detail[] = [], headers: Record<string, string> = {}) {
    super(`${status} ${details[0]?.issue ?? ''}`);
    this.status = status;
    this.details = details;
    this.headers = headers;
  }
}

/** 422 with one issue. */
export function refuse(issue: string, at: Partial<Detail> = {}): PayPalError {
  return failure(422, issue, at);
}

/** 400 for a field that breaks the schema. */
export function malformed(field: string, issue: string): PayPalError {
  return failure(400, issue, { field, location: 'body' });
}

/** One issue, in PayPal's words. */
export function failure(status: ErrorStatus, issue: string, at: Partial<Detail> = {}): PayPalError {
  const description = ISSUES[issue];
  return new PayPalError(status, [{ issue, ...(description === undefined ? {} : { description }), ...at }]);
}

export function errorBody(error: PayPalError, debugId: string) {
  const [name, message] = NAMES[error.status];
  return {
    name,
    message,
    debug_id: debugId,
    ...(error.details.length > 0 ? { details: error.details } : {}),
    links: error.details.map((detail) => ({
      href: `https://developer.paypal.com/api/rest/reference/orders/v2/errors/#${detail.issue}`,
      rel: 'information_link',
      method: 'GET',
    })),
  };
}
