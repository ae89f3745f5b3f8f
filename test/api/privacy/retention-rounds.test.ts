// What has been kept long enough goes, however much of it has gathered, without anybody waiting for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepNoLonger } from '../../../server/privacy/retention.ts';
import { startTestApp } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { signIn } from '../../support/payer.ts';

const MANY = 1_201;
const SERIES = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MANY})`;

test('years of it go in one round, in transactions of 500 rows at most, other work between them', async () => {
  const t = await startTestApp();
  try {
    const { accountId } = await signIn(t, 'marie@example.org');
    const r = `'${await regroupementId(t)}'`;
    await t.deps.db.batch(
      [
        `INSERT INTO sign_ups(id, regroupement_id, name, email, email_key, password_hash, token_hash, lang, created_at, expires_at)
         ${SERIES} SELECT 's' || i, ${r}, 'x', 'x', 'x', 'x', 't' || i, 'fr-CA', 1, 1 FROM n`,
        `INSERT INTO sessions(id, regroupement_id, account_id, created_at, last_used_at, expires_at)
         ${SERIES} SELECT 'old' || i, ${r}, '${accountId}', 1, 1, 1 FROM n`,
        `INSERT INTO refresh_tokens(token_hash, session_id, created_at) ${SERIES} SELECT 't' || i, 'old' || i, 1 FROM n`,
        `INSERT INTO outbox(id, regroupement_id, dedupe_key, kind, recipient, lang, payload, state, next_at, created_at, sent_at)
         ${SERIES} SELECT 'm' || i, ${r}, 'm' || i, 'receipt', 'x@example.org', 'fr-CA', '{}', 'sent', 1, 1, 1 FROM n`,
      ].map((sql) => ({ sql })),
    );
    const { db } = t.deps;
    const most: number[] = [];
    let turns = 0;
    let over = false;
    t.deps.db = {
      execute: (sql, args) => db.execute(sql, args),
      async batch(statements, options) {
        const results = await db.batch(statements, options);
        most.push(results.reduce((sum, { changes }) => sum + changes, 0));
        return results;
      },
      close: () => db.close(),
    };
    const turn = () => {
      turns++;
      if (!over) setImmediate(turn);
    };
    setImmediate(turn);
    await keepNoLonger(t.deps);
    over = true;
    t.deps.db = db;
    assert.ok(Math.max(...most) <= 500, `${Math.max(...most)} rows in one transaction`);
    assert.ok(turns > most.filter((changes) => changes > 0).length / 2, `${turns} turns of other work`);
    const left = async (sql: string) => (await db.execute<{ n: number }>(sql)).rows[0]?.n;
    assert.equal(await left('SELECT count(*) AS n FROM sign_ups'), 0);
    assert.equal(await left("SELECT count(*) AS n FROM sessions WHERE id LIKE 'old%'"), 0);
    assert.equal(await left("SELECT count(*) AS n FROM refresh_tokens WHERE session_id LIKE 'old%'"), 0);
    assert.equal(await left("SELECT count(*) AS n FROM outbox WHERE recipient = 'x@example.org'"), 0);
  } finally {
    await t.close();
  }
});
