// The id of the request that is being worked for: log lines, audit rows, messages and webhooks bear it, also where a job works for it
// later.
import { AsyncLocalStorage } from 'node:async_hooks';

const served = new AsyncLocalStorage<string | null>();

/**
 * Does `work`, and whatever it starts, for the request of this id; null: for none.
 *
 * @example
 * await forRequest(row.requestId, () => deliver(row));
 */
export const forRequest = <T>(id: string | null, work: () => T): T => served.run(id, work);

/** Null where there is none: a job does it by itself, or a command. */
export const currentRequest = (): string | null => served.getStore() ?? null;
