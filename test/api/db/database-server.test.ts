// On a libSQL server, a network lies between us and the books. Only where its program is (`npm run test:remote`).
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type Db, storageFault } from '../../../server/db/db.ts';
import { openDb } from '../../../server/db/open.ts';
import { addInvoice } from '../../support/app.ts';
import { type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';
import { type DatabaseServer, newServer, SQLD } from '../../support/database.ts';
import { until } from '../../support/demo.ts';
import { type LossyWay, startHttpWay, startSocketWay } from '../../support/lossy-way.ts';
import { type Payer, signIn } from '../../support/payer.ts';

const MINUTE = 60_000;

describe('a libSQL server', { skip: SQLD === undefined && 'there is none here' }, () => {
  for (const [how, startWay] of [
    ['over HTTP', startHttpWay],
    ['by a WebSocket', startSocketWay],
  ] as const)
    describe(`whose answers get lost on the way ${how}`, () => {
      let c: Checkout;
      let way: LossyWay;
      before(async () => {
        c = await startCheckout();
        way = await startWay(c.t.deps.config.databaseUrl);
        c.t.deps.db.close();
        c.t.deps.db = await openDb(way.url);
      });
      after(async () => {
        way?.close();
        await c?.close();
      });

      /** As she does: again, until there is an answer. */
      const insisting = async <A extends { status: number }>(ask: () => Promise<A>): Promise<A> => {
        for (let tries = 0; tries < 5; tries++) {
          const answer = await ask();
          if (answer.status < 500) return answer;
        }
        assert.fail('five tries were in vain');
      };
      const payOnce = async (payer: Payer, invoiceId: string, key: string): Promise<string> => {
        const { body } = await insisting(() => c.start(payer, { invoiceIds: [invoiceId] }, key));
        assert.ok(body.approveUrl, JSON.stringify(body));
        const back = await c.agree(body.approveUrl);
        await insisting(async () => await c.t.app.request(back));
        await insisting(() => c.confirm(body.payment.id, TOTAL, payer));
        return body.payment.id;
      };

      const look = async (payer: Payer, id: string): Promise<string> => {
        c.t.clock.advance(3_000);
        return (await (await payer.call('GET', `/payments/${id}`)).json()).payment.state;
      };

      test('any one of them, in a whole payment: one charge, one receipt, nothing owed', async () => {
        let needed = Number.POSITIVE_INFINITY;
        for (let lost = 0; lost <= needed; lost++) {
          const { invoiceId } = await addInvoice(c.t.deps, 'petits-bouleaux', {
            firstName: 'Marie-Ève',
            lastName: 'Tremblay',
            email: `marie${lost}@example.org`,
            certificate: `PB-${lost}`,
            invoice: `F-lost-${lost}`,
            totalCents: TOTAL,
          });
          c.t.clock.advance(MINUTE);
          const payer = await signIn(c.t, `marie${lost}@example.org`);
          way.passed = 0;
          way.lost = lost;
          const id = await payOnce(payer, invoiceId, `key-of-attempt-${lost}-lost`);
          if (lost === 0) needed = way.passed;
          way.lost = 0;
          for (let looks = 0; looks < 5 && (await look(payer, id)) !== 'completed'; looks++);
          const [entry] = await c.rows<{ owed: number }>(
            `SELECT SUM(amount_cents) AS owed FROM ledger_entries WHERE invoice_id = '${invoiceId}'`,
          );
          assert.equal(entry?.owed, 0, `answer ${lost} of ${needed} lost`);
          await c.booksAgree(lost + 1);
        }
        assert.ok(needed > 20, `${needed} calls`);
      });
    });

  describe('whose WebSocket is cut', () => {
    let server: DatabaseServer;
    let way: LossyWay;
    let db: Db;
    let direct: Db;
    before(async () => {
      server = await newServer(SQLD ?? '');
      way = await startSocketWay(server.url);
      direct = await openDb(server.url);
      db = await openDb(way.url);
      await db.execute('CREATE TABLE cut (n INTEGER) STRICT');
    });
    after(async () => {
      db?.close();
      direct?.close();
      way?.close();
      await server?.remove();
    });
    beforeEach(() => direct.execute('DELETE FROM cut'));
    const count = async () =>
      (await direct.execute<{ n: number }>('SELECT count(*) AS n FROM cut')).rows[0]?.n;

    test('while nobody asks: the next call is done once, as if nothing had been', async () => {
      await Promise.all(Array.from({ length: 5 }, () => db.execute('SELECT 1')));
      for (let n = 1; n <= 3; n++) {
        way.cut();
        await until('the cut to be heard of', async () => way.open === 0);
        await db.batch([{ sql: 'INSERT INTO cut VALUES (1)' }]);
        assert.equal(await count(), n);
      }
    });

    test('in the middle of a unit of work: it is whole or not there, is not asked again, and whoever asked knows of the cut', async () => {
      const unit = db.batch([
        { sql: 'INSERT INTO cut VALUES (-1)' },
        {
          sql: 'INSERT INTO cut WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT i FROM n',
        },
        { sql: 'INSERT INTO cut VALUES (-2)' },
      ]);
      const refused = assert.rejects(unit, (error) => storageFault(error) === 'unreachable');
      const before = way.sent;
      await until('it to be on its way', async () => way.sent > before);
      way.cut();
      await refused;
      // Waits for whatever the server still does.
      await direct.execute('INSERT INTO cut VALUES (0)');
      assert.ok([1, 300_003].includes((await count()) ?? 0), `${await count()} rows`);
      assert.deepEqual((await db.execute('SELECT 1 AS one')).rows, [{ one: 1 }]);
    });

    test('in silence: a call ends after half a minute, and the next asks by another', async (context) => {
      await db.execute('SELECT 1');
      way.silent = true;
      context.mock.timers.enable({ apis: ['setTimeout'] });
      const asked = db.execute('SELECT 2');
      const refused = assert.rejects(asked, (error) => storageFault(error) === 'unreachable');
      const before = way.sent;
      while (way.sent === before) await new Promise((resolve) => setImmediate(resolve));
      context.mock.timers.tick(30_000);
      await refused;
      context.mock.timers.reset();
      way.silent = false;
      assert.deepEqual((await db.execute('SELECT 3 AS three')).rows, [{ three: 3 }]);
    });
  });

  describe('that is killed and started again', () => {
    let server: DatabaseServer;
    before(async () => {
      server = await newServer(SQLD ?? '');
    });
    after(() => server?.remove());
    for (const [scheme, options] of [
      ['http', ''],
      ['ws', ''],
      ['libsql', '?tls=0'],
    ] as const)
      test(`keeps what it took, and is found again (${scheme}:${options})`, async () => {
        const db = await openDb(server.url.replace(/^http/, scheme) + options);
        await db.batch([
          { sql: `CREATE TABLE kept_${scheme} (n INTEGER) STRICT` },
          { sql: `INSERT INTO kept_${scheme} VALUES (1)` },
        ]);
        await server.restart();
        await db.execute(`INSERT INTO kept_${scheme} VALUES (2)`);
        assert.deepEqual((await db.execute(`SELECT n FROM kept_${scheme} ORDER BY n`)).rows, [
          { n: 1 },
          { n: 2 },
        ]);
        db.close();
      });
  });
});
