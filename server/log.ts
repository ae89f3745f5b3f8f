// The request and event log: one JSON line each, to standard output, listed in LOG.md. What is done for a request bears its
// id, also when a job does it later. Never a secret, a token, an e-mail, a name, a
// certificate number or an address of a page: callers pass codes, ids and durations only.
import { isDatabaseError, type StorageFault, storageFault } from './db/db.ts';
import { currentRequest } from './request-id.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';
/** Of a line's own fields none may be one that every line has: it would take its place. */
type LogFields = Record<string, string | number | boolean | null | undefined> & {
  time?: never;
  level?: never;
  event?: never;
};
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields, error?: unknown): void;
}

/** While the database cannot work everything fails: one line says so, with how many more there would have been. */
const QUIET_MS = 600_000;

const ORDER: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

export function createLog(level: LogLevel, now: () => number, write: (line: string) => void): Log {
  const from = ORDER.indexOf(level);
  const faults = new Map<StorageFault, { at: number; unsaid: number }>();
  /** What to say beside a line about the database, or null when it has just been said. */
  const ofStorage = (fault: StorageFault): { storage: StorageFault; unsaid?: number } | null => {
    const last = faults.get(fault);
    if (last !== undefined && now() - last.at < QUIET_MS) {
      last.unsaid++;
      return null;
    }
    faults.set(fault, { at: now(), unsaid: 0 });
    return { storage: fault, ...(last === undefined ? {} : { unsaid: last.unsaid }) };
  };
  const at =
    (name: LogLevel) =>
    (event: string, given: LogFields = {}, error?: unknown): void => {
      if (ORDER.indexOf(name) < from) return;
      const fault = storageFault(error);
      const storage = fault === undefined ? {} : ofStorage(fault);
      if (storage === null) return;
      const requestId = currentRequest();
      const fields = { ...(requestId === null ? {} : { requestId }), ...given, ...storage };
      const why = error === undefined ? {} : { error: errorText(error) };
      write(JSON.stringify({ time: new Date(now()).toISOString(), level: name, event, ...fields, ...why }));
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/**
 * An error's class, its code, where it arose, and the same of what caused it. Its message may quote what it was given (a
 * page that could not be read, the address that a mail server refused), so only the database's is told.
 */
function errorText(error: unknown, deeper = 3): string {
  if (!(error instanceof Error)) return typeof error;
  const code = 'code' in error && /^[\w.-]{1,60}$/.test(String(error.code)) ? ` ${error.code}` : '';
  const message = isDatabaseError(error) ? `: ${error.message}` : '';
  const places = (error.stack ?? '')
    .replace(error.message, () => '')
    .split('\n')
    .filter((line) => /^ +at /.test(line));
  const cause =
    error.cause === undefined || deeper === 0 ? '' : `caused by ${errorText(error.cause, deeper - 1)}`;
  return [`${error.constructor.name}${code}${message}`, ...places, cause].join('\n').trimEnd();
}
