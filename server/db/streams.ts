// Connections inside a libSQL server, kept from one call to the next over one WebSocket. To open one costs the server 3.3 ms
// of its processor's time (it reads the whole schema), thirty times what a small statement takes; the client alone opens one a
// call. What the client calls a transaction is such a connection; ended at once, it is one that runs what it is given by itself.
import {
  type Client,
  type Config,
  createClient,
  LibsqlError,
  type ResultSet,
  type Transaction,
} from '@libsql/client';
import { DatabaseError, type Value } from './db.ts';
import type { describe } from './statements.ts';

/** A server takes some hundred in all, and may serve several processes of ours. */
const MOST = 20;
/** The client, too, changes its WebSocket after a minute: what stands on the way may have forgotten the old one. */
const KEPT_MS = 60_000;
const OPENED_WITHIN_MS = 10_000;
const READ_WITHIN_MS = 30_000;
/** A migration of a large table takes as long as it takes. */
const WRITTEN_WITHIN_MS = 300_000;

/**
 * A connection that is kept finds out by running a statement that another one has changed a table; the server has read the
 * names of that statement's columns by then. So one that takes its columns as they are comes second, in one transaction.
 */
const LOOK_AT_SCHEMA = 'SELECT 1 FROM sqlite_schema LIMIT 0';

/** A statement, and what is known of it. */
export type Asked = { sql: string; args: Value[] } & ReturnType<typeof describe>;
interface Kept {
  stream: Transaction;
  openedAt: number;
}

/** The address is answered over HTTP, and takes no WebSocket. Nothing was asked. */
export class NoWebSocket extends Error {}
/** Nothing more is heard: what was asked may be done, or not. */
class Silence extends DatabaseError {
  constructor() {
    super('the database does not answer', 'HRANA_CLOSED_ERROR');
  }
}

/** What RemoteDb asks by WebSocket. */
export class Streams {
  readonly #config: Config;
  #client: Client;
  /** The one last used last. */
  #free: Kept[] = [];
  #used = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(config: Config) {
    this.#config = config;
    this.#client = createClient(config);
  }

  /** One statement, by itself. Throws what the client does, and NoWebSocket. */
  async execute(statement: Asked): Promise<ResultSet> {
    const [answer] = statement.everyColumn
      ? await this.#unit('BEGIN', [statement])
      : await this.#onOne((stream) => stream.batch([statement]), statement.writes);
    if (answer === undefined) throw new Error('a statement without an answer');
    return answer;
  }

  /** One write transaction. Where a statement fails, the connection is closed at once, which undoes it. Throws as `execute`. */
  async batch(statements: readonly Asked[]): Promise<ResultSet[]> {
    return await this.#unit('BEGIN IMMEDIATE', statements);
  }

  close(): void {
    this.#free = [];
    this.#client.close();
  }

  async #unit(begin: string, statements: readonly Asked[]): Promise<ResultSet[]> {
    const before = [begin, ...(statements.some(({ everyColumn }) => everyColumn) ? [LOOK_AT_SCHEMA] : [])];
    const answers = await this.#onOne((stream) => stream.batch([...before, ...statements, 'COMMIT']), true);
    return answers.slice(before.length, -1);
  }

  async #onOne<T>(work: (stream: Transaction) => Promise<T>, writes: boolean): Promise<T> {
    if (this.#used >= MOST) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#used++;
    try {
      return await this.#attempt(work, writes ? WRITTEN_WITHIN_MS : READ_WITHIN_MS);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#used--;
      else next();
    }
  }

  async #attempt<T>(work: (stream: Transaction) => Promise<T>, withinMs: number): Promise<T> {
    for (;;) {
      const before = this.#lastUsed();
      const { stream, openedAt } = before ?? (await this.#opened());
      try {
        const result = await this.#heard(work(stream), withinMs);
        this.#free.push({ stream, openedAt });
        return result;
      } catch (error) {
        stream.close();
        // It had been cut since its last use, and nothing was sent.
        if (before === undefined || !isUnsent(error)) throw error;
      }
    }
  }

  #lastUsed(): Kept | undefined {
    const since = performance.now() - KEPT_MS;
    const old = this.#free.filter(({ openedAt }) => openedAt < since);
    for (const { stream } of old) stream.close();
    if (old.length > 0) this.#free = this.#free.filter(({ openedAt }) => openedAt >= since);
    return this.#free.pop();
  }

  async #opened(): Promise<Kept> {
    try {
      const stream = await this.#heard(this.#client.transaction('deferred'), OPENED_WITHIN_MS);
      await this.#heard(stream.execute('COMMIT'), OPENED_WITHIN_MS);
      return { stream, openedAt: performance.now() };
    } catch (error) {
      throw isWithoutWebSocket(error) ? new NoWebSocket(undefined, { cause: error }) : error;
    }
  }

  /** What comes, where it comes in time; else the WebSocket is given up, with whatever else is asked by it. */
  async #heard<T>(work: Promise<T>, withinMs: number): Promise<T> {
    const client = this.#client;
    const timer = setTimeout(() => {
      if (this.#client !== client) return;
      this.#free = [];
      this.#client = createClient(this.#config);
      client.close();
    }, withinMs);
    try {
      return await work;
    } catch (error) {
      throw this.#client === client ? error : new Silence();
    } finally {
      clearTimeout(timer);
    }
  }
}

function isUnsent(error: unknown): boolean {
  return causeOf(error)?.name === 'ClosedError';
}

function isWithoutWebSocket(error: unknown): boolean {
  const { name, message = '' } = causeOf(error) ?? {};
  return name === 'WebSocketError' && /^Unexpected server response: (?:[234]|501)/.test(message);
}

function causeOf(error: unknown): Error | undefined {
  return error instanceof LibsqlError && error.cause instanceof Error ? error.cause : undefined;
}
