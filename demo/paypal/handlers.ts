// What the routes of the REST side share, wherever they stand: who calls, and how an answer misbehaves when told to.
import type { Context } from 'hono';
import type { Merchant } from './books.ts';
import type { Fault, Operation } from './faults.ts';

export interface Answer {
  status: number;
  body: unknown;
}

/** How every route lets callers in and misbehaves when told to. */
export interface Handlers {
  /** Whose token it is. Throws 401. */
  bearer(c: Context): Merchant;
  serve(
    c: Context,
    operation: Operation,
    work: (fault: Fault | undefined) => Answer | Promise<Answer>,
  ): Promise<Response>;
}
