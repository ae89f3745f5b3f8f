// A database in a file, by the synchronous driver: each statement is prepared once, and a unit of work runs from BEGIN to
// COMMIT without anything else of this process in between. So one connection serves both: no read ever finds it inside a
// transaction, and while another process writes, WAL lets it read.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { DatabaseError, type Db, isBusy, type Result, type Row, type Statement, type Value } from './db.ts';
import { LockQueue } from './lock-queue.ts';
import { checkValues, describe, refuseSameNames } from './statements.ts';

type Connection = InstanceType<typeof Database>;

/** More than the program has; what is made up by the call must not pile up. */
const KEPT_STATEMENTS = 1_000;
/** To ask for the lock takes some 40 µs; an import gives it up for 5 ms at a time. */
const LONGEST_PAUSE_MS = 4;
const CALLS_BETWEEN_TURNS = 32;

interface KnownStatement {
  sql: string;
  /** How many values go with it. */
  wanted: number;
  writes: boolean;
  /** It was run before. */
  again: boolean;
  prepared?: Prepared;
}
interface Prepared {
  /** What it was prepared on: another one does not know it. */
  connection: Connection;
  statement: ReturnType<Connection['prepare']>;
  answersRows: boolean;
}

/** What `openDb` answers for a file. */
export class FileDb implements Db {
  readonly #path: string;
  #connection: Connection | undefined;
  #closed = false;
  #calls = 0;
  /** Least recently used first. */
  readonly #statements = new Map<string, KnownStatement>();
  readonly #reading = new LockQueue(LONGEST_PAUSE_MS);
  readonly #writing = new LockQueue(LONGEST_PAUSE_MS);

  private constructor(path: string) {
    this.#path = path;
  }

  /** Opens or makes the file, and sets it to WAL. Throws DatabaseError. */
  static async open(path: string): Promise<FileDb> {
    return await FileDb.#set(path, 'PRAGMA journal_mode = WAL');
  }

  /** An empty one of this connection alone, in a file without a name: gone when it is closed, or with the process. */
  static async temporary(): Promise<FileDb> {
    const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-'));
    try {
      return await FileDb.#set(
        join(folder, 'temporary.db'),
        'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -16000; CREATE TABLE begun (x); DROP TABLE begun',
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  static async #set(path: string, pragmas: string): Promise<FileDb> {
    const db = new FileDb(path);
    try {
      await db.#reading.inTurn(() => db.#attempt((connection) => connection.exec(pragmas)));
    } catch (error) {
      db.close();
      throw error;
    }
    return db;
  }

  async execute<R = Row>(sql: string, args: readonly Value[] = []): Promise<Result<R>> {
    const known = this.#checked(sql, args);
    await this.#breathe();
    const result = known.writes
      ? await this.#writing.inTurn(() => this.#unit((connection) => run(connection, known, args)))
      : await this.#reading.inTurn(() => this.#attempt((connection) => run(connection, known, args)));
    return result as unknown as Result<R>;
  }

  async batch(statements: readonly Statement[], { wait = true } = {}): Promise<Result[]> {
    const known = statements.map(({ sql, args = [] }) => ({ known: this.#checked(sql, args), args }));
    await this.#breathe();
    const work = () => this.#unit((connection) => known.map((one) => run(connection, one.known, one.args)));
    return await (wait ? this.#writing.inTurn(work) : this.#writing.briefly(work));
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  // Everything here is done before its promise is waited for: without a macrotask now and then a long loop starves timers
  // and the garbage collector's finalizers, and memory grows.
  async #breathe(): Promise<void> {
    this.#calls = (this.#calls + 1) % CALLS_BETWEEN_TURNS;
    if (this.#calls === 0) await new Promise<void>((resolve) => setImmediate(resolve));
  }

  #checked(sql: string, args: readonly Value[]): KnownStatement {
    const known: KnownStatement = this.#statements.get(sql) ?? { sql, ...describe(sql), again: false };
    checkValues(sql, args, known.wanted);
    this.#statements.delete(sql);
    this.#statements.set(sql, known);
    if (this.#statements.size > KEPT_STATEMENTS) {
      const [oldest = ''] = this.#statements.keys();
      this.#statements.delete(oldest);
    }
    return known;
  }

  // `exec` is the one call that a lock held by another does not spoil (see `#attempt`): so it is the one that asks for it.
  #unit<T>(work: (connection: Connection) => T): T {
    const begun = this.#open();
    translated(() => begun.exec('BEGIN IMMEDIATE'));
    return this.#attempt((connection) => {
      try {
        const result = work(connection);
        connection.exec('COMMIT');
        return result;
      } catch (error) {
        // A full disk has undone it already.
        if (connection.inTransaction) this.#rollBack(connection);
        throw error;
      }
    });
  }

  #rollBack(connection: Connection): void {
    try {
      connection.exec('ROLLBACK');
    } catch {
      // Or every later unit of work would find itself inside this one.
      this.#drop();
    }
  }

  // A prepared statement that found the database locked stays under way: after it the connection refuses every COMMIT.
  #attempt<T>(work: (connection: Connection) => T): T {
    const connection = this.#open();
    try {
      return translated(() => work(connection));
    } catch (error) {
      if (isBusy(error)) this.#drop();
      throw error;
    }
  }

  #open(): Connection {
    if (this.#closed) throw new DatabaseError('the database is closed', 'CLIENT_CLOSED');
    if (this.#connection !== undefined) return this.#connection;
    try {
      // The driver would wait for a lock without letting anything else of this process run: so it waits not at all.
      this.#connection = new Database(this.#path, { timeout: 0 });
    } catch (error) {
      throw new DatabaseError('unable to open database file', 'SQLITE_CANTOPEN', { cause: error });
    }
    return this.#connection;
  }

  #drop(): void {
    this.#statements.clear();
    this.#connection?.close();
    this.#connection = undefined;
  }
}

function run(connection: Connection, known: KnownStatement, args: readonly Value[]): Result {
  const { statement, answersRows } = prepared(connection, known);
  if (!answersRows) return { rows: [], changes: statement.run(args).changes };
  // Not `run`: it would leave what RETURNING answers under way, and the lock with it. The driver names what it reads: names
  // that were kept here would be those of before another process changed the schema.
  const rows = statement.all(args) as Row[];
  for (const row of rows) refuseRounded(row);
  return { rows, changes: 0 };
}

// Kept from the second time on: only the garbage collector frees a statement, and one that was kept for a while and then
// forgotten waits long for it.
function prepared(connection: Connection, known: KnownStatement): Prepared {
  if (known.prepared?.connection === connection) return known.prepared;
  const fresh = prepare(connection, known.sql);
  if (known.again) known.prepared = fresh;
  known.again = true;
  return fresh;
}

function prepare(connection: Connection, sql: string): Prepared {
  const statement = connection.prepare(sql);
  const answersRows = statement.reader;
  if (answersRows)
    refuseSameNames(
      sql,
      statement.columns().map(({ name }) => name),
    );
  return { connection, statement, answersRows };
}

// Beyond 2^53 the driver has rounded it.
function refuseRounded(row: Row): void {
  for (const name in row) {
    const value = row[name];
    if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER)
      throw new RangeError('a number beyond 2^53 cannot be read whole');
  }
}

/** SQLite's primary codes, as a server sends them, of the failures that callers tell apart. */
const CODES: Readonly<Record<number, string>> = {
  5: 'SQLITE_BUSY',
  6: 'SQLITE_LOCKED',
  7: 'SQLITE_NOMEM',
  8: 'SQLITE_READONLY',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  15: 'SQLITE_PROTOCOL',
  19: 'SQLITE_CONSTRAINT',
  26: 'SQLITE_NOTADB',
};

function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    const { message, code, rawCode = 0 } = error as Error & { code: string; rawCode?: number };
    throw new DatabaseError(message, CODES[rawCode & 0xff] ?? code);
  }
}
