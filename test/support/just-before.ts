// What another request does in the middle of this one, at a moment that the test names by the statement it comes before.
import assert from 'node:assert/strict';
import type { TestApp } from './app.ts';

/** Runs `request` and, once, `meanwhile` just before the first statement that matches. Fails if none does. */
export async function justBefore<A>(
  t: TestApp,
  statement: RegExp,
  meanwhile: () => Promise<unknown>,
  request: () => Promise<A>,
): Promise<A> {
  const { db } = t.deps;
  let done = false;
  const arrive = async (sql: string) => {
    if (done || !statement.test(sql)) return;
    done = true;
    await meanwhile();
  };
  t.deps.db = {
    async execute(sql, args) {
      await arrive(sql);
      return await db.execute(sql, args);
    },
    async batch(statements) {
      await arrive(statements.map(({ sql }) => sql).join(';'));
      return await db.batch(statements);
    },
    close: () => db.close(),
  };
  try {
    return await request();
  } finally {
    t.deps.db = db;
    assert.ok(done, `no statement ${statement}`);
  }
}
