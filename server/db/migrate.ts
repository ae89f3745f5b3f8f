// Brings a database to the present schema: forward-only numbered SQL files, each applied whole or not at all,
// one process at a time.
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Db, Statement } from './db.ts';
import { rewriteKeptEmails } from './kept-emails.ts';

const FOLDER = new URL('./migrations/', import.meta.url);

/**
 * Applies what is missing and answers the names it applied.
 * Two processes may start at once: the second finds the name taken and goes on.
 */
export async function migrate(db: Db, now: number): Promise<string[]> {
  await db.execute(
    'CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT',
  );
  const names = knownMigrations();
  const done = await applied(db);
  const unknown = [...done].filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new Error(`this database is newer than the program: it has ${unknown.join(', ')}`);
  }
  // Before what is missing is noted as done: should it stop half way, the next start does it again.
  if (done.size > 0 && names.some((name) => !done.has(name))) await rewriteKeptEmails(db);
  const ran: string[] = [];
  for (const name of names) {
    if (done.has(name)) continue;
    const statements = split(await readFile(new URL(name, FOLDER), 'utf8'));
    try {
      await db.batch([
        // First, so that a second process stops here and not in the middle of a CREATE.
        { sql: 'INSERT INTO schema_migrations(name, applied_at) VALUES (?, ?)', args: [name, now] },
        ...statements,
      ]);
      ran.push(name);
    } catch (error) {
      if (!(await applied(db)).has(name)) throw new Error(`migration ${name} failed`, { cause: error });
    }
  }
  return ran;
}

/** The names of the migrations that this program has, in their order. */
export function knownMigrations(): string[] {
  return readdirSync(FOLDER)
    .filter((name) => /^\d{4}_\w+\.sql$/.test(name))
    .sort();
}

async function applied(db: Db): Promise<Set<string>> {
  const { rows } = await db.execute<{ name: string }>('SELECT name FROM schema_migrations');
  return new Set(rows.map((row) => row.name));
}

/** Splits a script at its semicolons, trigger bodies (BEGIN … END;) and comments respected. */
export function split(script: string): Statement[] {
  const statements: Statement[] = [];
  let current = '';
  for (const line of script.split('\n')) {
    const bare = line.replace(/--.*$/, '').trimEnd();
    if (bare.trim() === '') continue;
    current += `${bare}\n`;
    const inTrigger = /^\s*CREATE TRIGGER/i.test(current) && !/\bEND;\s*$/i.test(current);
    if (bare.endsWith(';') && !inTrigger) {
      statements.push({ sql: current.trim().replace(/;$/, '') });
      current = '';
    }
  }
  if (current.trim() !== '') statements.push({ sql: current.trim() });
  return statements;
}
