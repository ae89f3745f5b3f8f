// What can go wrong with a call, as the screens know it: the server's problem types, and two of our own.
import type { ProblemType } from '../../server/problems/catalogue.ts';

/**
 * `offline`: nothing came back, so nobody knows what happened there. `broken`: nothing was sent, since something on this
 * page, most likely a script of its own, throws on the way. `aborted`: she went elsewhere.
 */
export type ProblemKind = ProblemType | 'offline' | 'broken' | 'aborted';

export class CallProblem extends Error {
  declare readonly kind: ProblemKind;
  declare readonly status: number;
  /** The problem's other members: `errors`, `totalCents`… */
  declare readonly extra: Readonly<Record<string, unknown>>;
  /** Seconds to wait before another try, 0 when unknown. */
  declare readonly retryAfter: number;
  constructor(kind: ProblemKind, status = 0, extra: Record<string, unknown> = {}) {
    super(kind);
    this.kind = kind;
    this.status = status;
    this.extra = extra;
    this.retryAfter = typeof extra.retryAfter === 'number' ? extra.retryAfter : 0;
  }
}
