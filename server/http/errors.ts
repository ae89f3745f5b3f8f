// Refusals as answers: RFC 9457 problem+json. Nothing else may answer an error.
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { storageFault } from '../db/db.ts';
import { PROBLEMS } from '../problems/catalogue.ts';
import { type FieldError, Problem } from '../problems/problem.ts';

interface ProblemBody {
  type: string;
  status: number;
  title: string;
  titleEn: string;
  requestId: string;
  errors?: FieldError[];
  /** Seconds to wait; also in Retry-After. */
  retryAfter?: number;
  /** Facts that the screen needs, never personal: e.g. the new amount in cents. */
  [extension: string]: unknown;
}

function problemBody(problem: Problem, requestId: string): ProblemBody {
  const { status, title, titleEn } = PROBLEMS[problem.kind];
  return { type: `/problems/${problem.kind}`, status, title, titleEn, requestId, ...problem.extra };
}

/** Answers with the problem, and its `Retry-After` where it says how long to wait. */
export function answerProblem(c: Context, problem: Problem): Response {
  const body = problemBody(problem, c.get('requestId') ?? '');
  if (problem.extra.retryAfter !== undefined) c.header('Retry-After', String(problem.extra.retryAfter));
  // Each 401 says how (RFC 9110, 15.5.2); whoever was refused for another reason has said more.
  if (body.status === 401 && !c.res.headers.has('WWW-Authenticate'))
    c.header('WWW-Authenticate', 'DPoP algs="ES256"');
  c.header('Content-Type', 'application/problem+json; charset=utf-8');
  return c.body(JSON.stringify(body), body.status as ContentfulStatusCode);
}

/** Somebody else has been writing for longer than we waited. */
const LOCKED_S = 10;
/** A disk that is full, a database that is away: until a person has seen to it. */
const STORAGE_S = 60;

/** What an unforeseen error becomes: its text stays in the log. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof HTTPException) {
    return new Problem(error.status === 413 ? 'too-large' : error.status < 500 ? 'bad-request' : 'internal');
  }
  // Node's word for a caller who hangs up in the middle of her body: nobody is there to answer, and nothing of ours failed.
  if (error instanceof Error && error.message === 'aborted' && 'code' in error && error.code === 'ECONNRESET')
    return new Problem('bad-request');
  const fault = storageFault(error);
  if (fault === 'locked') return new Problem('busy', { retryAfter: LOCKED_S });
  return fault === undefined
    ? new Problem('internal')
    : new Problem('storage-unavailable', { retryAfter: STORAGE_S });
}
