// Every refusal a program can meet: a stable kind, with a title in French and in English for the person behind the
// program (catalogue.ts), and the fields to mend. http/errors.ts makes the answer of it.
import type { ProblemType } from './catalogue.ts';

/** One field to mend: a JSON pointer into the request's body and a stable code that the widget has a sentence for. */
export interface FieldError {
  pointer: string;
  code: string;
}

/** Throw it anywhere below a route. `extra` goes into the answer as extension members. */
export class Problem extends Error {
  readonly kind: ProblemType;
  readonly extra: { errors?: FieldError[]; retryAfter?: number; [extension: string]: unknown };
  constructor(kind: ProblemType, extra: Problem['extra'] = {}) {
    super(kind);
    this.kind = kind;
    this.extra = extra;
  }
}
