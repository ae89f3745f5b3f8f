// The one door to the database. Application code reads with `execute` and writes with `execute` (one statement)
// or `batch` (a unit of work); it never opens an interactive transaction: on a file that freezes the event loop,
// on a server it is ended after 5 s. Never import the client anywhere else.
import { type Client, createClient, type InStatement, LibsqlError } from '@libsql/client';

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
   * whoever else is writing, half a minute at most; `wait: false`: fails at once then.
   */
  batch(statements: readonly Statement[], options?: { wait?: boolean }): Promise<Result[]>;
  close(): void;
}

// The driver waits without letting anything else of this process run: so it waits hardly at all, and we for the rest.
const BUSY_TIMEOUT_MS = 20;
const BUSY_PAUSE_MS = 250;
const BUSY_PATIENCE_MS = 30_000;

/**
 * Opens `file:` or a libSQL server (`http:`, `libsql:`). A file is set to WAL once.
 * Every write handed to this port must bear being asked twice: on a server an answer can be lost after the commit.
 */
export async function openDb(url: string, authToken?: string): Promise<Db> {
  const client = createClient({
    url,
    intMode: 'number',
    timeout: BUSY_TIMEOUT_MS,
    ...(authToken === undefined ? {} : { authToken }),
  });
  const db = new LibsqlDb(client);
  if (url.startsWith('file:')) await db.execute('PRAGMA journal_mode = WAL');
  return db;
}

class LibsqlDb implements Db {
  #calls = 0;
  #closed = false;
  /** How many wait for another process's lock, and the last of them. */
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();
  readonly #client: Client;
  constructor(client: Client) {
    this.#client = client;
  }

  async execute<R = Row>(sql: string, args: readonly Value[] = []): Promise<Result<R>> {
    const statement = checked({ sql, args });
    await this.#breathe();
    const work = () => this.#client.execute(statement);
    // Whoever only reads is kept by no writer.
    const result = /^\s*SELECT\b/i.test(sql) ? await this.#trying(work) : await this.#writing(work);
    return { rows: result.rows as unknown as R[], changes: result.rowsAffected };
  }

  async batch(statements: readonly Statement[], { wait = true } = {}): Promise<Result[]> {
    const checkedStatements = statements.map(checked);
    await this.#breathe();
    const work = () => this.#client.batch(checkedStatements, 'write');
    const results = await (wait ? this.#writing(work) : this.#once(work));
    return results.map((r) => ({ rows: r.rows as unknown as Row[], changes: r.rowsAffected }));
  }

  close(): void {
    this.#closed = true;
    this.#client.close();
  }

  // The driver's `file:` calls are synchronous work behind a promise: without a macrotask now and then a long
  // loop starves timers and the garbage collector's finalizers, and memory grows.
  async #breathe(): Promise<void> {
    this.#calls = (this.#calls + 1) % 32;
    if (this.#calls === 0) await new Promise<void>((resolve) => setImmediate(resolve));
  }

  async #trying<T>(work: () => Promise<T>): Promise<T> {
    return await this.#once(work).catch((error: unknown) => {
      if (!isBusy(error)) throw error;
      return this.#waitingFor(work, error);
    });
  }

  // Each try holds up the whole process for a moment: so one tries for all who wait, and then each in turn.
  async #writing<T>(work: () => Promise<T>): Promise<T> {
    return await (this.#waiting === 0 ? this.#trying(work) : this.#waitingFor(work));
  }

  async #waitingFor<T>(work: () => Promise<T>, refused?: unknown): Promise<T> {
    const until = performance.now() + BUSY_PATIENCE_MS;
    this.#waiting++;
    const mine = this.#last.then(async (before) => {
      let error = refused ?? before;
      for (let attempt = 1; ; attempt++) {
        // Where it was refused to the one before, and no time is left to wait, it need not be tried again.
        if (error !== undefined && performance.now() >= until) throw error;
        if (error !== undefined)
          await new Promise((resolve) => setTimeout(resolve, Math.min(BUSY_PAUSE_MS, 5 * 2 ** attempt)));
        try {
          return await this.#once(work);
        } catch (failure) {
          if (!isBusy(failure)) throw failure;
          error = failure;
        }
      }
    });
    this.#last = mine.then(
      () => undefined,
      (error: unknown) => (isBusy(error) ? error : undefined),
    );
    return await mine.finally(() => this.#waiting--);
  }

  // A connection that once failed with SQLITE_BUSY refuses every later COMMIT; only a fresh one works. Whoever was about to
  // begin on the old one, and has done nothing yet, begins on the fresh one.
  async #once<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (isCutOff(error) && !this.#closed) continue;
        if (isBusy(error)) await this.#client.reconnect();
        throw error;
      }
    }
  }
}

function checked(statement: Statement): InStatement {
  const args = statement.args ?? [];
  for (const value of args) {
    const kind = typeof value;
    const fine =
      value === null ||
      (kind === 'string' && !(value as string).includes('\0')) ||
      (kind === 'number' && Number.isFinite(value)) ||
      kind === 'bigint' ||
      value instanceof Uint8Array;
    if (!fine) throw new TypeError(`cannot bind a ${kind} to: ${statement.sql.slice(0, 80)}`);
  }
  const wanted = placeholders(statement.sql);
  if (wanted !== args.length) {
    throw new TypeError(
      `${wanted} placeholders but ${args.length} values for: ${statement.sql.slice(0, 80)}`,
    );
  }
  return { sql: statement.sql, args: [...args] as Value[] };
}

// The driver binds NULL to a missing parameter and drops an extra one, silently.
function placeholders(sql: string): number {
  const marks = sql.replace(/'[^']*'|"[^"]*"|--[^\n]*/g, '').match(/\?\d*/g) ?? [];
  return marks.reduce((most, mark) => (mark === '?' ? most + 1 : Math.max(most, Number(mark.slice(1)))), 0);
}

function isBusy(error: unknown): boolean {
  return storageFault(error) === 'locked';
}

// The driver's word where a file's connection was closed before the first statement of a call.
function isCutOff(error: unknown): boolean {
  return error instanceof LibsqlError && error.code === 'CLIENT_CLOSED';
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
  if (!(error instanceof LibsqlError)) return undefined;
  const words = `${error.code} ${error.message}`;
  return FAULTS.find(([, told]) => told.test(words))?.[0];
}

/** True for the database's own words: they speak of the statement, and values are bound to ours. */
export function isDatabaseError(error: unknown): boolean {
  return error instanceof LibsqlError;
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
