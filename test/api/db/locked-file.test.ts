// Another process that writes keeps nobody from reading, and no call waits for it for ever.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sweepPayments } from '../../../server/payments/sweep.ts';
import { checkReversals } from '../../../server/refunds/check-reversals.ts';
import { PUBLIC_URL } from '../../support/app.ts';
import { type Checkout, startCheckout } from '../../support/checkout.ts';
import { SQLD } from '../../support/database.ts';
import { until } from '../../support/demo.ts';
import { holdLock } from '../../support/lock-holder.ts';
import { newcomer } from '../../support/sign-up.ts';

const PATIENCE_MS = 30_000;

describe('a database file that another process has locked', { skip: SQLD !== undefined }, () => {
  let c: Checkout;
  let lock: { letGo?: () => Promise<void> };
  beforeEach(async () => {
    c = await startCheckout();
    lock = {};
  });
  afterEach(async () => {
    await lock.letGo?.();
    await c.close();
  });

  /** Locks it at the very moment that PayPal takes the money. */
  function lockAtCapture() {
    const { fetch } = c.t.deps;
    c.t.deps.fetch = async (...call) => {
      const answer = await fetch(...call);
      if (/\/capture$/.test(String(call[0] instanceof Request ? call[0].url : call[0])))
        lock.letGo ??= await holdLock(c.t.deps.config.databaseUrl);
      return answer;
    };
  }
  const timed = async (ask: () => Promise<Response> | Response) => {
    const since = performance.now();
    const { status } = await ask();
    return { status, ms: performance.now() - since };
  };

  test('in the middle of « Confirmer »: she waits for a moment, and has paid, once', async () => {
    const payment = await c.approved();
    lockAtCapture();
    const confirming = c.confirm(payment.id);
    await until('the lock', async () => lock.letGo !== undefined);
    await sleep(1_000);
    await lock.letGo?.();
    assert.equal((await confirming).body.payment.state, 'completed');
    await c.booksAgree(1);
  });

  test('just after her payment was written down: she is told that she has paid, without waiting', async () => {
    const payment = await c.approved();
    const { db } = c.t.deps;
    c.t.deps.db = {
      execute: (...call) => db.execute(...call),
      batch: async (...call) => {
        const results = await db.batch(...call);
        if (call[0].some(({ sql }) => sql.includes('INTO receipts')))
          lock.letGo = await holdLock(c.t.deps.config.databaseUrl);
        return results;
      },
      close: () => db.close(),
    };
    const { body } = await c.confirm(payment.id);
    assert.ok(lock.letGo);
    assert.equal(body.payment?.state, 'completed', JSON.stringify(body));
    await lock.letGo();
    await c.booksAgree(1);
  });

  test('for longer than anyone waits: the process is alive, reading goes on, writing is refused with when to come again, and money that was taken is found', async () => {
    const payment = await c.approved();
    lockAtCapture();
    const confirming = c.confirm(payment.id);
    await until('the lock', async () => lock.letGo !== undefined);
    const since = performance.now();
    let waiting = true;
    const signingUp = c.t.call('POST', '/accounts', newcomer).finally(() => {
      waiting = false;
    });
    const health: number[] = [];
    while (waiting) {
      const alive = await timed(() => c.t.app.request(`${PUBLIC_URL}/healthz`));
      assert.equal(alive.status, 200);
      health.push(alive.ms);
      const read = await timed(() => c.marie.call('GET', '/certificates'));
      assert.equal(read.status, 200);
      assert.ok(read.ms < 5_000, `a balance took ${Math.round(read.ms)} ms`);
      await sleep(100);
    }
    const waited = performance.now() - since;
    assert.ok(waited > PATIENCE_MS - 1_000 && waited < PATIENCE_MS + 10_000, `${Math.round(waited)} ms`);
    // The machine that runs this may be slow for once; a process that waits for the lock is deaf for seconds.
    const late = health.filter((ms) => ms > 50);
    assert.ok(
      late.length <= health.length / 20,
      `of ${health.length} calls of /healthz ${late.length} took longer than 50 ms`,
    );

    const signedUp = await signingUp;
    assert.deepEqual([signedUp.status, signedUp.headers.get('Retry-After')], [503, '10']);
    await lock.letGo?.();
    // She has waited as long: whether she is told that it is paid or that we were busy, it was taken once.
    const { status, body } = await confirming;
    assert.ok(status === 200 || body.type === '/problems/busy', JSON.stringify(body));
    assert.equal(c.captures().length, 1);
    c.t.clock.advance(180_000);
    await sweepPayments(c.t.deps, c.paypal, checkReversals);
    assert.equal((await c.look(payment.id)).state, 'completed');
    await c.booksAgree(1);
  });
});
