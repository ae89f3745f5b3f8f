// What went wrong between PayPal and us, as the one decision it calls for. Told by `details[0].issue`, never by text
// (the table is in issues.ts).
import type { z } from 'zod';
import { DECISION_BY_ISSUE, type Decision } from './issues.ts';
import { ErrorBody } from './wire.ts';

/** What an answer that is not a success calls for. */
function decisionOf(status: number, issue: string | undefined): Decision {
  const known = issue === undefined ? undefined : DECISION_BY_ISSUE.get(issue);
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

/** PayPal's number of one answer, for its support. */
export function debugIdOf(response: Response, reported?: string): string | undefined {
  const id = reported ?? response.headers.get('PayPal-Debug-Id') ?? '';
  return /^[\w-]{1,64}$/.test(id) ? id : undefined;
}

// Some answers (reports, invalid requests, whatever stands in between) put a sentence where a code should be; a sentence
// may name somebody, and codes go into the log.
function codeOf(said: string | undefined): string | undefined {
  return said !== undefined && /^[A-Z][A-Z0-9_]{1,99}$/.test(said) ? said : undefined;
}

/** What PayPal answered instead of what was asked, as a failure. */
export function failureOf(response: Response, body: unknown): PayPalFailure {
  const parsed = ErrorBody.safeParse(body);
  const reported: z.infer<typeof ErrorBody> = parsed.success ? parsed.data : {};
  const issue = codeOf(reported.details?.[0]?.issue);
  const wait = Number(response.headers.get('Retry-After'));
  return new PayPalFailure(decisionOf(response.status, issue), {
    issue: issue ?? codeOf(reported.name) ?? `HTTP_${response.status}`,
    debugId: debugIdOf(response, reported.debug_id),
    ...(Number.isFinite(wait) && wait > 0 ? { retryAfter: wait } : {}),
  });
}
