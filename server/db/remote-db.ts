// A libSQL server, by its client.
import { type Client, createClient, type InStatement, LibsqlError, type ResultSet } from '@libsql/client';
import { DatabaseError, type Db, type Result, type Row, type Statement, type Value } from './db.ts';
import { LockQueue } from './lock-queue.ts';
import { checkValues, describe, refuseSameNames } from './statements.ts';

/** Each try is a call over the network, and the server waits on its side too. */
const LONGEST_PAUSE_MS = 250;

/** What `openDb` answers for a server. */
export class RemoteDb implements Db {
  readonly #client: Client;
  readonly #reading = new LockQueue(LONGEST_PAUSE_MS);
  readonly #writing = new LockQueue(LONGEST_PAUSE_MS);

  constructor(url: string, authToken?: string) {
    this.#client = createClient({
      url,
      intMode: 'number',
      ...(authToken === undefined ? {} : { authToken }),
    });
  }

  async execute<R = Row>(sql: string, args: readonly Value[] = []): Promise<Result<R>> {
    const statement = checked({ sql, args });
    const queue = describe(sql).writes ? this.#writing : this.#reading;
    const answer = await queue.inTurn(() => translated(this.#client.execute(statement)));
    return result(sql, answer) as unknown as Result<R>;
  }

  async batch(statements: readonly Statement[], { wait = true } = {}): Promise<Result[]> {
    const checkedStatements = statements.map(checked);
    const work = () => translated(this.#client.batch(checkedStatements, 'write'));
    const answers = await (wait ? this.#writing.inTurn(work) : work());
    return answers.map((answer, i) => result(statements[i]?.sql ?? '', answer));
  }

  close(): void {
    this.#client.close();
  }
}

function checked({ sql, args = [] }: Statement): InStatement {
  checkValues(sql, args, describe(sql).wanted);
  return { sql, args: [...args] as Value[] };
}

function result(sql: string, { columns, rows, rowsAffected }: ResultSet): Result {
  refuseSameNames(sql, columns);
  return { rows: rows as unknown as Row[], changes: rowsAffected };
}

async function translated<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof LibsqlError)) throw error;
    throw new DatabaseError(error.message, error.code, { cause: error.cause });
  }
}
