// A libSQL server, by its client.
import { type Config, createClient, LibsqlError, type ResultSet } from '@libsql/client';
import { DatabaseError, type Db, type Result, type Row, type Statement, type Value } from './db.ts';
import { LockQueue } from './lock-queue.ts';
import { checkValues, describe, refuseSameNames } from './statements.ts';
import { type Asked, NoWebSocket, Streams } from './streams.ts';

/** Each try is a call over the network, and the server waits on its side too. */
const LONGEST_PAUSE_MS = 250;

/** The same server's WebSocket. */
const BY_WEBSOCKET: Readonly<Record<string, string>> = {
  'http:': 'ws:',
  'https:': 'wss:',
  'libsql:': 'wss:',
};

/** How it is asked. */
interface Way {
  execute(statement: Asked): Promise<ResultSet>;
  batch(statements: Asked[]): Promise<ResultSet[]>;
  close(): void;
}

/** What `openDb` answers for a server. */
export class RemoteDb implements Db {
  readonly #config: Config;
  #way: Way;
  readonly #reading = new LockQueue(LONGEST_PAUSE_MS);
  readonly #writing = new LockQueue(LONGEST_PAUSE_MS);

  constructor(url: string, authToken?: string) {
    this.#config = { url, intMode: 'number', ...(authToken === undefined ? {} : { authToken }) };
    this.#way = new Streams({ ...this.#config, url: byWebSocket(url) });
  }

  async execute<R = Row>(sql: string, args: readonly Value[] = []): Promise<Result<R>> {
    const statement = checked({ sql, args });
    const queue = statement.writes ? this.#writing : this.#reading;
    const answer = await queue.inTurn(() => this.#asked((way) => way.execute(statement)));
    return result(sql, answer) as unknown as Result<R>;
  }

  async batch(statements: readonly Statement[], { wait = true } = {}): Promise<Result[]> {
    const checkedStatements = statements.map(checked);
    const work = () => this.#asked((way) => way.batch(checkedStatements));
    const answers = await (wait ? this.#writing.inTurn(work) : work());
    return answers.map((answer, i) => result(statements[i]?.sql ?? '', answer));
  }

  close(): void {
    this.#way.close();
  }

  async #asked<T>(work: (way: Way) => Promise<T>): Promise<T> {
    const way = this.#way;
    try {
      return await work(way);
    } catch (error) {
      if (!(error instanceof NoWebSocket)) throw translated(error);
    }
    if (this.#way === way) this.#way = byHttp(this.#config);
    return await this.#asked(work);
  }
}

function byWebSocket(url: string): string {
  const { protocol, searchParams } = new URL(url);
  const scheme = searchParams.get('tls') === '0' ? 'ws:' : BY_WEBSOCKET[protocol];
  return url.replace(protocol, scheme ?? protocol);
}

/** For a server, or what stands before it, that takes no WebSocket: each call opens a connection of its own. */
function byHttp(config: Config): Way {
  const client = createClient({ ...config, url: config.url.replace(/^ws/, 'http') });
  return {
    execute: (statement) => client.execute(statement),
    batch: (statements) => client.batch(statements, 'write'),
    close: () => client.close(),
  };
}

function checked({ sql, args = [] }: Statement): Asked {
  const described = describe(sql);
  checkValues(sql, args, described.wanted);
  return { sql, args: args.map(whole), ...described };
}

// As a file keeps it. A server that is sent half a character hangs up on everyone who asks by the same WebSocket.
function whole(value: Value): Value {
  return typeof value === 'string' ? value.toWellFormed() : value;
}

function result(sql: string, { columns, rows, rowsAffected }: ResultSet): Result {
  refuseSameNames(sql, columns);
  return { rows: rows as unknown as Row[], changes: rowsAffected };
}

function translated(error: unknown): unknown {
  if (!(error instanceof LibsqlError)) return error;
  return new DatabaseError(error.message, error.code, { cause: error.cause });
}
