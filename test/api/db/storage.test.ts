// When nothing can be written: what is told to whoever watches the server, to her, and to the log; that nothing is taken
// or half done; and that all goes on by itself once it can be. On a disk that is really full, a database that is really
// held by another process.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance as nodePerformance } from 'node:perf_hooks';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { openDb } from '../../../server/db/open.ts';
import { startJobs } from '../../../server/jobs.ts';
import { enqueueMail } from '../../../server/mail/outbox.ts';
import { sendDueMail } from '../../../server/mail/worker.ts';
import { sweepPayments } from '../../../server/payments/sweep.ts';
import { checkReversals } from '../../../server/refunds/check-reversals.ts';
import { PUBLIC_URL, startTestApp, type TestApp } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';
import { SQLD } from '../../support/database.ts';
import { until } from '../../support/demo.ts';
import { holdLock } from '../../support/lock-holder.ts';
import { newcomer } from '../../support/sign-up.ts';
import { type SmallDisk, smallDisk } from '../../support/small-disk.ts';

const readyz = async (t: TestApp) => {
  const answer = await t.app.request(`${PUBLIC_URL}/readyz`);
  const body = (await answer.json()) as { status: unknown; cause?: string; type?: string };
  return { answer, status: answer.status, said: body.cause ?? body.status, body };
};
/** The same once it looks again. */
const later = async (t: TestApp) => {
  t.clock.advance(10_000);
  const { status, said } = await readyz(t);
  return [status, said];
};
const faults = (t: TestApp) => t.logged.filter((line) => /"level":"error"/.test(line));

describe('a disk that is full', { skip: SQLD !== undefined }, () => {
  let disk: SmallDisk;
  let c: Checkout;
  let t: TestApp;
  beforeEach(async () => {
    disk = smallDisk();
    c = await startCheckout({ folder: disk.folder });
    t = c.t;
  });
  afterEach(async () => {
    await c.close();
    disk.remove();
  });
  const fill = () => disk.fill(t.deps.db);
  const free = () => disk.free(t.deps.db);

  test('is told by /readyz, with the cause and nothing else of ours, until there is room; the process is alive', async () => {
    assert.deepEqual((await readyz(t)).said, 'ready');
    await fill();
    assert.deepEqual(await later(t), [503, 'disk-full']);
    const { answer, body } = await readyz(t);
    assert.equal(body.type, '/problems/storage-unavailable');
    assert.match(answer.headers.get('Content-Type') ?? '', /^application\/problem\+json/);
    assert.equal(answer.headers.get('Cache-Control'), 'no-store');
    assert.ok(Number(answer.headers.get('Retry-After')) > 0);
    assert.doesNotMatch(JSON.stringify(body), /SQLITE|file:|\.db|amisgest-pay-/);
    assert.equal((await t.app.request(`${PUBLIC_URL}/healthz`)).status, 200);
    await free();
    assert.deepEqual(await later(t), [200, 'ready']);
  });

  test('she reads that nothing can be saved, in both languages, and when to come back; reading goes on', async (context) => {
    if (!disk.real) return context.skip('no file system can be mounted here');
    await fill();
    for (const call of [
      t.call('POST', '/sessions', { email: 'marie@example.org', password: 'pas le sien, mais long' }),
      t.call('POST', '/accounts', { ...newcomer, email: 'nouvelle@example.org' }),
      c.marie.call('POST', '/payments', {}, { 'Idempotency-Key': 'key-of-this-attempt' }),
    ]) {
      const answer = await call;
      const problem = (await answer.json()) as Record<string, string>;
      assert.deepEqual([answer.status, problem.type], [503, '/problems/storage-unavailable']);
      assert.equal(answer.headers.get('Retry-After'), '60');
      assert.match(problem.title ?? '', /^Le service ne peut rien enregistrer en ce moment\./);
      assert.match(problem.titleEn ?? '', /^The service cannot save anything right now\./);
    }
    assert.equal((await c.marie.call('GET', '/me')).status, 200);
    await free();
    assert.equal(
      (await t.call('POST', '/accounts', { ...newcomer, email: 'nouvelle@example.org' })).status,
      202,
    );
  });

  test('« Confirmer » takes nothing; once there is room it takes it, once', async (context) => {
    if (!disk.real) return context.skip('no file system can be mounted here');
    const payment = await c.approved();
    await fill();
    assert.equal((await c.confirm(payment.id)).status, 503);
    assert.equal(c.captures().length, 0);
    assert.equal((await c.look(payment.id)).state, 'approved');
    await free();
    assert.equal((await c.confirm(payment.id)).body.payment.state, 'completed');
    await c.booksAgree(1);
  });

  test('full at the very moment that PayPal takes the money: not said to be unpaid, and found once there is room', async (context) => {
    if (!disk.real) return context.skip('no file system can be mounted here');
    const payment = await c.approved();
    const { fetch } = t.deps;
    t.deps.fetch = async (...call) => {
      const answer = await fetch(...call);
      if (/\/capture$/.test(String(call[0] instanceof Request ? call[0].url : call[0]))) await fill();
      return answer;
    };
    const { status, body } = await c.confirm(payment.id);
    assert.deepEqual([status, body.type], [503, '/problems/storage-unavailable']);
    assert.equal(c.captures().length, 1);
    assert.equal(await c.owed(), TOTAL);
    await free();
    t.clock.advance(180_000);
    await sweepPayments(t.deps, c.paypal, checkReversals);
    assert.equal((await c.look(payment.id)).state, 'completed');
    await c.booksAgree(1);
  });

  test('the jobs go round and round, one line of the log says why, and the mail leaves by itself when there is room', async (context) => {
    if (!disk.real) return context.skip('no file system can be mounted here');
    await t.deps.db.batch([
      enqueueMail(t.deps, {
        regroupementId: await regroupementId(t),
        dedupeKey: 'one',
        kind: 'exists',
        recipient: 'rsg@example.org',
        lang: 'fr-CA',
        payload: {},
      }),
    ]);
    await fill();
    let rounds = 0;
    const told = faults(t).length;
    const sent = t.outgoing.length;
    const jobs = startJobs(t.deps, [
      { name: 'mail', everyMs: 1, shared: true, work: () => sendDueMail(t.deps) },
      { name: 'payments', everyMs: 1, work: () => sweepPayments(t.deps, c.paypal, checkReversals) },
      { name: 'count', everyMs: 1, shared: true, work: async () => rounds++ },
    ]);
    try {
      await until('two hundred rounds', async () => rounds > 200);
      for (let n = 0; n < 20; n++)
        await t.call('POST', '/accounts', { ...newcomer, email: `a${n}@example.org` });
      assert.deepEqual(
        faults(t)
          .slice(told)
          .map((line) => JSON.parse(line).storage),
        ['disk-full'],
      );
      assert.equal(t.outgoing.length, sent, 'nothing leaves that could not be ticked off');
      t.clock.advance(600_000);
      await until('the next line', async () => faults(t).length === told + 2);
      assert.ok(
        JSON.parse(faults(t)[told + 1] ?? '').unsaid > 200,
        'which says how many there would have been',
      );
      await free();
      await until('it to leave', async () => t.outgoing.length > sent);
      assert.deepEqual(await later(t), [200, 'ready']);
    } finally {
      await jobs.stop();
    }
  });
});

describe('a database that may only be read', { skip: SQLD !== undefined }, () => {
  test('is told by its cause, and none of the rest', async () => {
    const t = await startTestApp();
    try {
      await t.deps.db.execute('PRAGMA query_only = 1');
      assert.deepEqual(await later(t), [503, 'read-only']);
      assert.equal((await t.call('POST', '/accounts', newcomer)).status, 503);
      await t.deps.db.execute('PRAGMA query_only = 0');
      assert.deepEqual(await later(t), [200, 'ready']);
    } finally {
      await t.close();
    }
  });
});

describe('whoever asks /readyz', () => {
  let t: TestApp;
  before(async () => {
    t = await startTestApp();
  });
  after(() => t.close());

  /** Another process holds the database until it is let go. */
  const held = () => holdLock(t.deps.config.databaseUrl);

  test('a thousand at once, and again: one look in ten seconds, the same answer for all', async () => {
    const { db } = t.deps;
    let looks = 0;
    t.deps.db = {
      execute: (...call) => db.execute(...call),
      batch: (...call) => {
        if (call[0].some(({ sql }) => sql.includes('write_probe'))) looks++;
        return db.batch(...call);
      },
      close: () => db.close(),
    };
    t.clock.advance(10_000);
    for (let n = 0; n < 2; n++) {
      const answers = await Promise.all(Array.from({ length: 1_000 }, () => readyz(t)));
      assert.ok(answers.every(({ said }) => said === 'ready'));
    }
    assert.equal(looks, 1);
    assert.deepEqual(await later(t), [200, 'ready']);
    assert.equal(looks, 2);
    const { rows } = await db.execute('SELECT count(*) AS n FROM write_probe');
    assert.equal(rows[0]?.n, 1, 'and nothing piles up');
    t.deps.db = db;
  });

  test('while another process writes: busy, at once, and still sent people; if it goes on: not ready, and why', {
    skip: SQLD !== undefined,
  }, async () => {
    const letGo = await held();
    const beats: number[] = [];
    const beat = setInterval(() => beats.push(1), 5);
    try {
      for (let n = 0; n < 3; n++) assert.deepEqual(await later(t), [200, 'busy']);
      assert.deepEqual(await later(t), [503, 'locked']);
      // A call that wants to write waits, and lets everything else go on meanwhile.
      const waiting = t.call('POST', '/accounts', newcomer);
      const heard = beats.length;
      await until('the server to go on', async () => beats.length > heard + 20);
      assert.equal((await t.app.request(`${PUBLIC_URL}/healthz`)).status, 200);
      await letGo();
      assert.equal((await waiting).status, 202);
    } finally {
      clearInterval(beat);
    }
    assert.deepEqual(await later(t), [200, 'ready']);
  });

  test('while a hundred calls wait for another process: every other call is answered meanwhile, and all of theirs once it is done', {
    skip: SQLD !== undefined,
  }, async () => {
    const letGo = await held();
    const asking = Array.from({ length: 100 }, (_, n) =>
      t.call('POST', '/password-resets', { email: `elle-${n}@example.org`, lang: 'fr-CA' }),
    );
    let free = 0;
    const turns = setInterval(() => free++, 10);
    try {
      await until('all of them to wait', async () => free > 20);
      const before = nodePerformance.eventLoopUtilization();
      const heard = free;
      await until('the server to go on', async () => free > heard + 100);
      const { utilization } = nodePerformance.eventLoopUtilization(before);
      assert.ok(
        utilization < 0.5,
        `the process was busy with waiting for ${Math.round(utilization * 100)} %`,
      );
      assert.equal((await t.app.request(`${PUBLIC_URL}/`)).status < 500, true);
    } finally {
      clearInterval(turns);
      await letGo();
    }
    const statuses = (await Promise.all(asking)).map(({ status }) => status);
    // Sixty an hour are one address's.
    assert.deepEqual([...new Set(statuses)].sort(), [202, 429]);
  });

  test('of a database elsewhere that is away, or does not answer: not ready, within seconds, and one call for all', async () => {
    const { db } = t.deps;
    let calls = 0;
    const silent = createServer(() => calls++);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    for (const [url, cause] of [
      ['http://127.0.0.1:1', 'unreachable'],
      [`http://127.0.0.1:${port}`, 'no-answer'],
    ] as const) {
      t.deps.db = await openDb(url);
      t.clock.advance(10_000);
      const answers = await Promise.all(Array.from({ length: 50 }, () => readyz(t)));
      for (const { status, said } of answers) assert.deepEqual([status, said], [503, cause]);
    }
    assert.equal(calls, 1);
    // One that hangs is not asked again before it has answered.
    assert.deepEqual(await later(t), [503, 'no-answer']);
    assert.equal(calls, 1);
    silent.closeAllConnections();
    silent.close();
    t.deps.db = db;
    await until('the look that hung to end', async () => (await later(t))[1] === 'ready');
  });
});
