// What a command of the command line is, and how it reaches the database.
import { randomBytes } from 'node:crypto';
import type { ParseArgsConfig } from 'node:util';
import { type Config, databaseFile } from '../config.ts';
import { type Db, openDb } from '../db/db.ts';
import { migrate } from '../db/migrate.ts';
import type { Deps } from '../deps.ts';
import { createLog } from '../http/log.ts';

export interface Call {
  values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  positionals: readonly string[];
  lang: 'fr' | 'en';
  json: boolean;
}
export interface Command {
  options: NonNullable<ParseArgsConfig['options']>;
  /** First line: the call and what it is for; then its options. */
  help: { fr: string; en: string };
  /** Answers the exit code. */
  run(call: Call): Promise<number>;
}

/** The call's words are off: said, with the help, exit 2. */
export class Usage extends Error {}

/** What commands need of the outside: the same database as the server, which may be running; no mail, no PayPal. */
export type CliDeps = Pick<Deps, 'db' | 'now' | 'randomBytes' | 'log'> & {
  config: Pick<Config, 'secretKeys'>;
};

/** Runs `work` on the migrated database of DATABASE_URL or DATA_DIR, and closes it. */
export async function withDatabase<T>(work: (deps: Deps) => Promise<T>): Promise<T> {
  const url = process.env.DATABASE_URL || databaseFile(process.env.DATA_DIR || './data');
  const db: Db = await openDb(url, process.env.DATABASE_AUTH_TOKEN || undefined);
  try {
    await migrate(db, Date.now());
    const deps: CliDeps = {
      db,
      now: Date.now,
      randomBytes: (n) => new Uint8Array(randomBytes(n)),
      log: createLog('warn', Date.now, (line) => process.stderr.write(`${line}\n`)),
      config: { secretKeys: (process.env.SECRET_KEY ?? '').split(',').filter((key) => key.length >= 32) },
    };
    // Commands neither send mail nor reach PayPal: what is missing here is never asked for.
    return await work(deps as unknown as Deps);
  } finally {
    db.close();
  }
}
