// The one way to the database, whichever it is (open.ts). Application code reads with `execute` and writes with `execute` (one statement)
// or `batch` (a unit of work); it never opens an interactive transaction: on a file that freezes the event loop,
// on a server it is ended after 5 s. Never import the client anywhere else.

/** What may be bound. Booleans, undefined, objects and text with U+0000 are refused: the driver loses or crashes on them. */
export type Value = string | number | bigint | null | Uint8Array;
export interface Statement {
  sql: string;
  args?: readonly Value[];
}
/** A row by column name. Integers come as numbers; a caller that stores more than 2^53 is wrong here. */
export type Row = Record<string, string | number | null>;
export interface Result<R = Row> {
  rows: R[];
  /** Meaningful for plain INSERT, UPDATE, DELETE only: with RETURNING, count the rows instead. */
  changes: number;
}

export interface Db {
  execute<R = Row>(sql: string, args?: readonly Value[]): Promise<Result<R>>;
  /**
   * All or nothing, in one write transaction. A failing statement (a constraint, a `guard`) undoes the whole. Waits for
   * whoever else is writing, half a minute at most; `wait: false`: for a moment.
   */
  batch(statements: readonly Statement[], options?: { wait?: boolean }): Promise<Result[]>;
  close(): void;
}

/** What the database said of a statement, or why it could not be asked. `code` is SQLite's primary one, or the client's. */
export class DatabaseError extends Error {
  readonly code: string;
  constructor(message: string, code: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** True where somebody else holds the lock: later it may be free. */
export function isBusy(error: unknown): boolean {
  return storageFault(error) === 'locked';
}

/** Why nothing could be written or read, where the statement was not to blame. */
export type StorageFault = 'disk-full' | 'read-only' | 'locked' | 'unreachable' | 'failing';
// By text: a server sends the words of SQLite, and a code of its own.
const FAULTS: readonly (readonly [StorageFault, RegExp])[] = [
  ['disk-full', /SQLITE_FULL|disk is full|no space left/i],
  ['read-only', /SQLITE_READONLY|readonly database/i],
  ['locked', /SQLITE_BUSY|SQLITE_LOCKED|database is locked/],
  [
    'failing',
    /SQLITE_(IOERR|CANTOPEN|CORRUPT|NOTADB|NOMEM|PROTOCOL)|disk I\/O error|unable to open database/,
  ],
  ['unreachable', /HRANA_WEBSOCKET_ERROR|HRANA_CLOSED_ERROR|SERVER_ERROR/],
];

/** What keeps the database from working, or undefined when it is something else that failed. */
export function storageFault(error: unknown): StorageFault | undefined {
  // fetch's own words; PayPal's failures have a class of their own.
  if (error instanceof TypeError && error.message === 'fetch failed') return 'unreachable';
  if (!(error instanceof DatabaseError)) return undefined;
  const words = `${error.code} ${error.message}`;
  return FAULTS.find(([, told]) => told.test(words))?.[0];
}

/** True for the database's own words: they speak of the statement, and values are bound to ours. */
export function isDatabaseError(error: unknown): boolean {
  return error instanceof DatabaseError;
}

/** True when a batch was undone by the `guard` table: the condition that its author set did not hold. */
export function isGuardFailure(error: unknown): boolean {
  return error instanceof Error && /guard_failed/.test(`${error.message} ${String(error.cause ?? '')}`);
}

/** True when a UNIQUE constraint refused the write. Told by text: a server sends no extended code. */
export function isUniqueViolation(error: unknown): boolean {
  return (
    error instanceof Error && /UNIQUE constraint failed/.test(`${error.message} ${String(error.cause ?? '')}`)
  );
}

/** A statement that aborts its batch unless `condition` (an SQL expression) is true at that point. */
export function guard(condition: string, args: readonly Value[] = []): Statement {
  return { sql: `INSERT INTO guard(ok) SELECT (${condition}) IS TRUE`, args };
}
