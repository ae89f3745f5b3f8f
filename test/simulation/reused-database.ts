// One database file for all histories of a process. To open a new one and to prepare every statement on it again takes
// longer than the statements of a history do: so each history begins with the rows of the first, in the file of the one
// before, on a connection that knows its statements.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Db, Statement } from '../../server/db/db.ts';
import { openDb } from '../../server/db/open.ts';

export class ReusedDatabase {
  readonly db: Db;
  readonly #folder: string;
  /** Puts the rows back. A connection of its own: what it does to triggers would cost the other its statements. */
  readonly #behind: Db;
  readonly #reset: readonly Statement[];

  private constructor(folder: string, db: Db, behind: Db, reset: readonly Statement[]) {
    this.#folder = folder;
    this.db = db;
    this.#behind = behind;
    this.#reset = reset;
  }

  /** A copy of the database as it is now, and will be again after each `reset`. */
  static async like(model: Db): Promise<ReusedDatabase> {
    const folder = mkdtempSync(join(tmpdir(), 'amisgest-pay-simulation-'));
    const file = join(folder, 'history.db');
    const template = join(folder, 'template.db');
    for (const path of [file, template]) await model.execute('VACUUM INTO ?', [path]);
    const behind = await openDb(`file:${file}`);
    await behind.execute('PRAGMA foreign_keys = OFF');
    await behind.execute('ATTACH ? AS template', [template]);
    const db = await openDb(`file:${file}`);
    // Processes die here, machines do not: nothing has to reach the disk.
    for (const one of [db, behind]) await one.execute('PRAGMA synchronous = OFF');
    return new ReusedDatabase(folder, db, behind, await resetOf(behind));
  }

  /** All rows as they were at first. */
  async reset(): Promise<void> {
    await this.#behind.batch(this.#reset);
  }

  remove(): void {
    this.db.close();
    this.#behind.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

// The triggers that keep the ledger from being changed are away meanwhile. They come back as they were: so the schema is the one
// that the other connection knows, and may keep its version.
async function resetOf(db: Db): Promise<Statement[]> {
  const { rows: triggers } = await db.execute<{ name: string; sql: string }>(
    "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'",
  );
  // Without the columns that are computed.
  const { rows: tables } = await db.execute<{ name: string; columns: string }>(
    `SELECT t.name, group_concat(c.name) AS columns FROM sqlite_schema t, pragma_table_info(t.name) c
     WHERE t.type = 'table' GROUP BY t.name ORDER BY t.name = 'sqlite_sequence'`,
  );
  const { rows: versions } = await db.execute<{ schema_version: number }>('PRAGMA main.schema_version');
  return [
    ...triggers.map(({ name }) => `DROP TRIGGER main.${name}`),
    ...tables.map(({ name }) => `DELETE FROM main.${name}`),
    ...tables.map(
      ({ name, columns }) => `INSERT INTO main.${name}(${columns}) SELECT ${columns} FROM template.${name}`,
    ),
    ...triggers.map(({ sql }) => sql),
    `PRAGMA main.schema_version = ${versions[0]?.schema_version}`,
  ].map((sql) => ({ sql }));
}
