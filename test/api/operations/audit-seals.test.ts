// Somebody who can write to the database itself changes the journal of acts: which row is told, and that erasing words, which
// is allowed, breaks nothing.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { audited } from '../../../server/audit.ts';
import { eraseWords } from '../../../server/operations/audit-log.ts';
import { type Seal, sealAudit, verifyAudit } from '../../../server/operations/audit-seals.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';

describe('the journal of acts, sealed', () => {
  let t: TestApp;
  let of: string;
  beforeEach(async () => {
    t = await startTestApp();
    of = await regroupementId(t);
    // More than are sealed at once, over some rounds of the job.
    await act(3);
    await sealAudit(t.deps);
    await act(1_100);
    await sealAudit(t.deps);
  });
  afterEach(() => t.close());

  const act = (many: number) =>
    t.deps.db.batch(
      Array.from({ length: many }, (_, i) => {
        t.clock.advance(1);
        return audited(t.deps, {
          regroupementId: of,
          actor: 'cli:test',
          act: 'payments-resumed',
          target: `regroupements:${i}`,
          before: { paymentsStopped: true },
          after: { paymentsStopped: false },
          words: { reason: `Marie Tremblay, ${i}` },
        });
      }),
    );
  /** What stands in the way of whoever uses the program stands in nobody's who has the file. */
  async function tampering(...statements: string[]): Promise<void> {
    const { rows } = await t.deps.db.execute<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit%'",
    );
    for (const sql of [
      'PRAGMA foreign_keys = OFF',
      ...rows.map(({ name }) => `DROP TRIGGER ${name}`),
      ...statements,
    ])
      await t.deps.db.execute(sql);
  }
  const broken = async (known?: Seal) => (await verifyAudit(t.deps, known)).broken;

  test('untouched: every row is as it was written; what is new waits for the next round', async () => {
    await act(2);
    const { rows, unsealed, broken: fault, last } = await verifyAudit(t.deps);
    assert.deepEqual([rows, unsealed, fault, last?.seq], [1_105, 2, null, 1_103]);
    assert.ok(t.logged.some((line) => line.includes('"audit-sealed"') && line.includes(last?.seal ?? 'x')));
  });

  test('an actor changed: that row', async () => {
    await tampering("UPDATE audit SET actor = 'cli:somebody-else' WHERE seq = 700");
    assert.deepEqual(await broken(), { seq: 700, fault: 'changed' });
  });

  test('a row taken out, alone or with its seal: that one, or the one after', async () => {
    await tampering('DELETE FROM audit WHERE seq = 2');
    assert.deepEqual(await broken(), { seq: 2, fault: 'gone' });
    await tampering('DELETE FROM audit_seals WHERE seq = 2');
    assert.deepEqual(await broken(), { seq: 3, fault: 'changed' });
  });

  test('a row slipped in where there was a gap: that row', async () => {
    await tampering(
      'DELETE FROM audit WHERE seq = 2',
      'DELETE FROM audit_seals WHERE seq = 2',
      "INSERT INTO audit(seq, fingerprint, at, actor, act, target) VALUES (2, 'x', 1, 'server', 'x', 'server')",
    );
    assert.deepEqual(await broken(), { seq: 2, fault: 'slipped-in' });
  });

  test('other words in the place of those that were said: that row', async () => {
    await tampering(`UPDATE audit_words SET words = '{"reason":"Louise Roy"}' WHERE seq = 900`);
    assert.deepEqual(await broken(), { seq: 900, fault: 'words-changed' });
  });

  test('all of it made anew: told by a seal that was written down elsewhere', async () => {
    const { last } = await verifyAudit(t.deps);
    assert.ok(last !== null);
    await tampering(
      "UPDATE audit SET actor = 'cli:somebody-else' WHERE seq = 700",
      'DELETE FROM audit_seals',
    );
    await sealAudit(t.deps);
    assert.equal(await broken(), null);
    assert.deepEqual(await broken(last), { seq: last.seq, fault: 'other-seal' });
    await tampering('DELETE FROM audit_seals WHERE seq > 1000', 'DELETE FROM audit WHERE seq > 1000');
    assert.deepEqual(await broken(last), { seq: last.seq, fault: 'gone' });
  });

  test('words erased: nothing is broken, and nothing is left by which they could be found out', async () => {
    assert.equal(await eraseWords(t.deps, of, 'regroupements:7', 'cli:test'), 1);
    const { rows, erased, broken: fault } = await verifyAudit(t.deps);
    assert.deepEqual([rows, erased, fault], [1_104, 1, null]);
    const { rows: left } = await t.deps.db.execute(
      `SELECT 1 FROM audit a JOIN audit_words w ON w.seq = a.seq WHERE a.target = 'regroupements:7'`,
    );
    assert.deepEqual(left, []);
    const elsewhere = await regroupementId(t, 'la-farandole');
    assert.equal(await eraseWords(t.deps, elsewhere, 'regroupements:8', 'cli:test'), 0);
  });
});
