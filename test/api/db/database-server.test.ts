// On a libSQL server, a network lies between us and the books. Only where its program is (`npm run test:remote`).
import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { openDb } from '../../../server/db/open.ts';
import { addInvoice } from '../../support/app.ts';
import { type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';
import { type DatabaseServer, newServer, SQLD } from '../../support/database.ts';
import { type Payer, signIn } from '../../support/payer.ts';

const MINUTE = 60_000;

/** Passes calls on to the server; the answer to the one whose number is `lost` never arrives. */
async function startLossyWay(to: string) {
  const way = { url: '', passed: 0, lost: 0, close: () => server.close() };
  const server = createServer((incoming, outgoing) => {
    way.passed++;
    const drop = way.passed === way.lost;
    const onward = request(
      `${to}${incoming.url}`,
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        if (drop) {
          answer.resume();
          answer.once('end', () => outgoing.destroy());
        } else {
          outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(outgoing);
        }
      },
    );
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  way.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return way;
}

describe('a libSQL server', { skip: SQLD === undefined && 'there is none here' }, () => {
  describe('whose answers get lost on the way', () => {
    let c: Checkout;
    let way: Awaited<ReturnType<typeof startLossyWay>>;
    before(async () => {
      c = await startCheckout();
      way = await startLossyWay(c.t.deps.config.databaseUrl);
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

  describe('that is killed and started again', () => {
    let server: DatabaseServer;
    before(async () => {
      server = await newServer(SQLD ?? '');
    });
    after(() => server?.remove());
    for (const scheme of ['http', 'ws'])
      test(`keeps what it took, and is found again (${scheme}:)`, async () => {
        const db = await openDb(server.url.replace(/^http/, scheme));
        await db.batch([
          { sql: `CREATE TABLE kept_${scheme} (n INTEGER) STRICT` },
          { sql: `INSERT INTO kept_${scheme} VALUES (1)` },
        ]);
        await server.restart();
        await db.execute('SELECT 1').catch(() => undefined);
        await db.execute(`INSERT INTO kept_${scheme} VALUES (2)`);
        assert.deepEqual((await db.execute(`SELECT n FROM kept_${scheme} ORDER BY n`)).rows, [
          { n: 1 },
          { n: 2 },
        ]);
        db.close();
      });
  });
});
