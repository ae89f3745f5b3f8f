// What a command of the command line is, and how it reaches the database.
import { randomBytes, randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ParseArgsConfig } from 'node:util';
import {
  type Config,
  ConfigError,
  DatabaseUrl,
  databaseFile,
  ordinaryFile,
  PayPalUrl,
  secretKeysOf,
} from '../config.ts';
import type { Db } from '../db/db.ts';
import { migrate } from '../db/migrate.ts';
import { openDb, pathOfDatabase } from '../db/open.ts';
import type { Deps } from '../deps.ts';
import { money } from '../format.ts';
import { MAX_CENTS } from '../ledger/money.ts';
import { parseMoney } from '../ledger/parse-money.ts';
import { createLog } from '../log.ts';
import { PayPal } from '../paypal/client.ts';
import { bare, isLine, visible } from '../text.ts';
import { SETTINGS_FILE, settingsOf } from './settings.ts';

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

/** The arguments are invalid: said, with the help, exit 2. */
export class Usage extends Error {}

/** What was asked cannot be done, and why: said in the caller's language, exit 1. */
export class Refused extends Error {}

/** The database that commands work on, from the environment or DATA_DIR. Throws ConfigError. */
export function databaseUrl(): string {
  const env = settingsOf(process.env);
  if (!env.DATABASE_URL) return ordinaryFile(databaseFile(env.DATA_DIR || './data'));
  const { data, error } = DatabaseUrl.safeParse(env.DATABASE_URL);
  if (data === undefined) throw new ConfigError(`DATABASE_URL is not valid: ${error.issues[0]?.message}`);
  return ordinaryFile(data);
}

/** What a command must never write over: the database with its journals, and what cannot be read without. */
export function serverFiles(): string[] {
  const database = pathOfDatabase(databaseUrl());
  const folder = settingsOf(process.env).DATA_DIR || './data';
  return [
    ...(database === null ? [] : ['', '-wal', '-shm', '-journal'].map((part) => database + part)),
    ...[SETTINGS_FILE, 'secret-key'].map((name) => join(folder, name)),
  ];
}

/** Runs `work` on the migrated database of DATABASE_URL or DATA_DIR, and closes it. */
export async function withDatabase<T>(work: (deps: Deps) => Promise<T>): Promise<T> {
  const env = settingsOf(process.env);
  const db: Db = await openDb(databaseUrl(), env.DATABASE_AUTH_TOKEN || undefined);
  try {
    await migrate(db, Date.now());
    const config: Pick<Config, 'secretKeys' | 'paypalBaseUrl' | 'publicUrl'> = {
      secretKeys: secretKeysOf(env.SECRET_KEY ?? '').filter((key) => key.length >= 32),
      publicUrl: (env.PUBLIC_URL ?? '').replace(/\/+$/, ''),
      paypalBaseUrl: (env.PAYPAL_BASE_URL ?? '').replace(/\/+$/, ''),
    };
    const deps: Omit<Deps, 'config' | 'mail' | 'pdf' | 'sites'> & { config: typeof config } = {
      db,
      now: Date.now,
      sleep: (ms) => sleep(ms),
      randomBytes: (n) => new Uint8Array(randomBytes(n)),
      fetch,
      log: createLog('error', Date.now, (line) => process.stderr.write(`${line}\n`)),
      config,
    };
    // Commands write messages to the outbox and never send them: what is missing here is never asked for.
    return await work(deps as unknown as Deps);
  } finally {
    db.close();
  }
}

/** PayPal as the server reaches it. Throws ConfigError when the settings for it are not there. */
export function paypalFor(deps: Deps): PayPal {
  if (deps.config.paypalBaseUrl === '')
    throw new ConfigError(`PAYPAL_BASE_URL is missing (in the environment or in DATA_DIR/${SETTINGS_FILE})`);
  const { error } = PayPalUrl.safeParse(deps.config.paypalBaseUrl);
  if (error !== undefined) throw new ConfigError(`PAYPAL_BASE_URL is not valid: ${error.issues[0]?.message}`);
  if (deps.config.secretKeys.length === 0)
    throw new ConfigError(`SECRET_KEY is missing (in the environment or in DATA_DIR/${SETTINGS_FILE})`);
  return new PayPal(deps);
}

/** An amount as people write it, in cents. Throws Usage. */
export function centsOf(text: unknown, call: Pick<Call, 'lang'>): number {
  const cents = typeof text === 'string' ? parseMoney(bare(text)) : null;
  if (typeof cents === 'number' && cents > 0) return cents;
  throw new Usage(
    cents === 'too-large'
      ? call.lang === 'fr'
        ? `Le montant dépasse ${money(MAX_CENTS, 'fr-CA')}. Manque-t-il la virgule des cents?`
        : `The amount is more than ${money(MAX_CENTS, 'en-CA')}. Is the decimal point missing?`
      : call.lang === 'fr'
        ? 'Le montant n’est pas clair. Écrivez-le comme 62,10.'
        : 'The amount is not clear. Write it like 62.10.',
  );
}

/** The option's text, in one line that people can see; '' when it is not given. Throws Usage. */
export function given(call: Call, name: string): string {
  const value = call.values[name];
  const text = typeof value === 'string' ? visible(value) : '';
  if (isLine(text)) return text;
  throw new Usage(
    call.lang === 'fr'
      ? `--${name} tient sur une ligne, sans caractère de contrôle.`
      : `--${name} is one line, without control characters.`,
  );
}

/** The same, or `Usage` naming what is missing. */
export function needed(call: Call, name: string): string {
  const text = given(call, name);
  if (text !== '') return text;
  throw new Usage(call.lang === 'fr' ? `Il manque --${name}.` : `--${name} is missing.`);
}

/** The one word of the call: a regroupement. Throws Usage. */
export function onlyRegroupement({ positionals, lang }: Call): string {
  const [slug, ...more] = positionals;
  if (slug !== undefined && more.length === 0) return slug;
  throw new Usage(lang === 'fr' ? 'Il faut un regroupement.' : 'A regroupement is needed.');
}

/** The key that makes a repeat harmless: the call's `--key`, or a new one. Throws Usage on a blank one. */
export function keyOf(call: Call): string {
  return `cli:${call.values.key === undefined ? randomUUID() : needed(call, 'key')}`;
}

/** Who asks, for the record: the user of this machine. */
export function asker(): `cli:${string}` {
  try {
    return `cli:${userInfo().username}`;
  } catch {
    // In a container the process may run under a number that has no name.
    return `cli:${process.getuid?.() ?? 'unknown'}`;
  }
}
