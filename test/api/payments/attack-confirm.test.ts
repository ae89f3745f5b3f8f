// « Confirmer » on bad days: another server at it, a database whose answer is lost, a lease that runs out.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { DatabaseError, type Db, type Statement } from '../../../server/db/db.ts';
import { openDb } from '../../../server/db/open.ts';
import { confirmPayment } from '../../../server/payments/confirm.ts';
import { stopAll } from '../../../server/payments/stops.ts';
import { readPayment } from '../../../server/payments/store.ts';
import { PayPal } from '../../../server/paypal/client.ts';
import { checkReversals } from '../../../server/refunds/check-reversals.ts';
import { regroupementBySlug } from '../../../server/regroupements/regroupements.ts';
import { CARD, type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';
import { HEADER, row } from '../../support/invoice-list.ts';
import { justBefore } from '../../support/just-before.ts';
import { staffWith } from '../../support/staff.ts';

type Batch = Db['batch'];

let c: Checkout;
beforeEach(async () => {
  c = await startCheckout();
});
afterEach(() => c.close());

/** Another process on the same database confirms the same payment. */
async function anotherServer() {
  const db = await openDb(c.t.deps.config.databaseUrl);
  const deps = { ...c.t.deps, db };
  const paypal = new PayPal(deps);
  return {
    deps,
    async confirm(id: string) {
      const regroupement = await regroupementBySlug(deps, 'petits-bouleaux');
      return await confirmPayment(
        deps,
        paypal,
        checkReversals,
        regroupement,
        await readPayment(deps, id),
        TOTAL,
      );
    },
    close: () => db.close(),
  };
}

/** The first batch that matches is treated so. */
function batches(
  matching: RegExp,
  treat: (batch: Batch, statements: readonly Statement[]) => ReturnType<Batch>,
) {
  const { db } = c.t.deps;
  let done = false;
  c.t.deps.db = {
    execute: (sql, args) => db.execute(sql, args),
    batch: async (statements, options) => {
      if (done || !statements.some(({ sql }) => matching.test(sql)))
        return await db.batch(statements, options);
      done = true;
      return await treat((...call) => db.batch(...call), statements);
    },
    close: () => db.close(),
  };
  return {
    seen: () => done,
    well: () => {
      c.t.deps.db = db;
    },
  };
}
const lost = () => new DatabaseError('fetch failed', 'SERVER_ERROR');

const MOMENTS = { 'the hold': /INTO invoice_holds/, 'the receipt': /INTO receipts/ };

for (const [moment, matching] of Object.entries(MOMENTS)) {
  describe(`the database’s answer to ${moment} is lost`, () => {
    test('it was written: she tries again, and has paid once', async () => {
      const payment = await c.approved();
      const bad = batches(matching, async (batch, statements) => {
        await batch(statements);
        throw lost();
      });
      const first = await c.confirm(payment.id);
      assert.ok(bad.seen());
      assert.ok(first.status >= 500 || first.body.payment.state === 'completed', JSON.stringify(first));
      bad.well();
      const second = await c.confirm(payment.id);
      assert.equal(second.body.payment.state, 'completed', JSON.stringify(second));
      await c.booksAgree(1);
    });

    test('it was not written: she tries again, and has paid once', async () => {
      const payment = await c.approved();
      const bad = batches(matching, async () => {
        throw lost();
      });
      await c.confirm(payment.id);
      assert.ok(bad.seen());
      bad.well();
      const second = await c.confirm(payment.id);
      assert.equal(second.body.payment.state, 'completed', JSON.stringify(second));
      await c.booksAgree(1);
    });

    test('the driver asked twice: she has paid once, and is told so at once', async () => {
      const payment = await c.approved();
      batches(matching, async (batch, statements) => {
        await batch(statements);
        return await batch(statements);
      });
      const first = await c.confirm(payment.id);
      assert.equal(first.body.payment.state, 'completed', JSON.stringify(first));
      await c.booksAgree(1);
    });

    test('and the database is away for the rest of the call: whoever comes then finds the one charge', async () => {
      const payment = await c.approved();
      const { db } = c.t.deps;
      let away = false;
      const there = async <T>(work: () => Promise<T>): Promise<T> => {
        if (away) throw lost();
        return await work();
      };
      c.t.deps.db = {
        execute: (sql, args) => there(() => db.execute(sql, args)),
        batch: (statements, options) =>
          there(async () => {
            const results = await db.batch(statements, options);
            if (!statements.some(({ sql }) => matching.test(sql))) return results;
            away = true;
            throw lost();
          }),
        close: () => db.close(),
      } as Db;
      assert.ok((await c.confirm(payment.id)).status >= 500);
      c.t.deps.db = db;
      const other = await anotherServer();
      try {
        c.t.clock.advance(121_000);
        assert.equal((await other.confirm(payment.id)).state, 'completed');
      } finally {
        other.close();
      }
      await c.booksAgree(1);
    });
  });
}

describe('two servers', () => {
  test('clicks at both at once: one charge, and all of them are told so', async () => {
    const payment = await c.approved();
    const other = await anotherServer();
    try {
      const [one, two, three] = await Promise.all([
        c.confirm(payment.id),
        other.confirm(payment.id),
        c.confirm(payment.id),
      ]);
      assert.deepEqual(
        [one.body.payment.state, two.state, three.body.payment.state],
        ['completed', 'completed', 'completed'],
      );
    } finally {
      other.close();
    }
    await c.booksAgree(1);
  });

  for (const before of [
    /SELECT a\.invoice_id/,
    /WITH reached/,
    /INTO invoice_holds/,
    /payment_stops/,
    /SELECT \* FROM payments/,
    /SET claim_token/,
    /SELECT 1 FROM payments WHERE id = \? AND claim_token/,
  ])
    test(`the other one does it all just before ${before}: both say so, one charge`, async () => {
      const payment = await c.approved();
      const other = await anotherServer();
      try {
        const mine = await justBefore(
          c.t,
          before,
          async () => assert.equal((await other.confirm(payment.id)).state, 'completed'),
          () => c.confirm(payment.id),
        );
        assert.equal(mine.body.payment?.state, 'completed', JSON.stringify(mine));
      } finally {
        other.close();
      }
      await c.booksAgree(1);
    });

  test('the other one is at it when she clicks, and done a moment later: she reads that she has paid', async () => {
    const payment = await c.approved();
    const other = await anotherServer();
    const lease = (token: string | null, until: number | null) =>
      other.deps.db.execute('UPDATE payments SET claim_token = ?, claim_until = ?', [token, until]);
    try {
      // It asks PayPal about what was taken back before.
      await lease('another', c.t.clock.now + 60_000);
      const mine = await justBefore(
        c.t,
        /^SELECT \* FROM payments WHERE id = \? AND state = 'approved'/,
        async () => {
          await lease(null, null);
          assert.equal((await other.confirm(payment.id)).state, 'completed');
        },
        () => c.confirm(payment.id),
      );
      assert.equal(mine.body.payment?.state, 'completed', JSON.stringify(mine));
    } finally {
      other.close();
    }
    await c.booksAgree(1);
  });

  test('the other one goes on being at it: it is being checked', async () => {
    const payment = await c.approved();
    await c.t.deps.db.execute("UPDATE payments SET claim_token = 'another', claim_until = ?", [
      c.t.clock.now + 60_000,
    ]);
    c.t.deps.sleep = async () => {};
    assert.equal((await c.confirm(payment.id)).body.payment.state, 'capturing');
    assert.equal((await c.look(payment.id)).state, 'capturing');
    const staff = await staffWith(c.t, ['read']);
    const list = (await (await staff('GET', '/payments')).json()) as { payments: { state: string }[] };
    assert.deepEqual(
      list.payments.map(({ state }) => state),
      ['capturing'],
    );
    c.t.clock.advance(60_000);
    assert.equal((await c.confirm(payment.id)).body.payment.state, 'completed');
    await c.booksAgree(1);
  });

  test('one is kept waiting by PayPal for longer than its lease: the other takes over, one charge', async () => {
    const payment = await c.approved(CARD);
    const other = await anotherServer();
    const { fetch } = c.t.deps;
    let taken: string | undefined;
    c.t.deps.fetch = async (...call) => {
      if (taken === undefined && String(call[0]).endsWith('/capture')) {
        taken = 'meanwhile';
        c.t.clock.advance(121_000);
        taken = (await other.confirm(payment.id)).state;
      }
      return await fetch(...call);
    };
    other.deps.fetch = fetch;
    try {
      assert.equal((await c.confirm(payment.id)).body.payment.state, 'completed');
      assert.equal(taken, 'completed');
    } finally {
      other.close();
    }
    await c.booksAgree(1);
  });
});

describe('someone else acts at any moment of « Confirmer »', () => {
  /** `meanwhile` just before the nth thing that « Confirmer » asks of the database; false when it asks for less. */
  async function before(n: number, meanwhile: () => Promise<unknown>, id: string) {
    const { db } = c.t.deps;
    let asked = 0;
    const arrive = async () => {
      if (asked++ !== n) return;
      c.t.deps.db = db;
      await meanwhile();
      c.t.deps.db = counting;
    };
    const counting: Db = {
      async execute(sql, args) {
        await arrive();
        return await db.execute(sql, args);
      },
      async batch(statements, options) {
        await arrive();
        return await db.batch(statements, options);
      },
      close: () => db.close(),
    };
    c.t.deps.db = counting;
    // Whoever acts meanwhile waits for her in vain.
    c.t.deps.sleep = async () => {};
    const answer = await c.confirm(id);
    c.t.deps.db = db;
    return { answer, happened: asked > n };
  }
  type Act = (id: string) => Promise<unknown>;
  const acts: Record<string, [ends: string[], act: Act]> = {
    'a cheque pays all of it': [
      ['/problems/already-paid', 'completed'],
      async () => {
        const staff = await staffWith(c.t, ['record']);
        const body = { invoiceNumber: 'F-1', method: 'cheque', amountCents: TOTAL, receivedOn: '2026-11-20' };
        await staff('POST', '/recorded-payments', body);
      },
    ],
    'her e-mail on file becomes another': [
      ['/problems/invoice-not-in-file', 'completed'],
      () => c.t.deps.db.execute("UPDATE holders SET email = 'x@example.org', email_key = 'x@example.org'"),
    ],
    'a list brings another amount': [
      ['/problems/amount-changed', 'completed'],
      async () => {
        const files = await staffWith(c.t, ['import'], 'petits-bouleaux', 'text/csv');
        const hers = { first: 'Marie-Ève', last: 'Tremblay', email: 'marie@example.org' };
        const amounts = { premium: '100,00 $', tax: '0,00 $', total: '100,00 $', balance: '100,00 $' };
        await files('POST', '/imports', `${HEADER}\n${row({ ...hers, ...amounts })}\n`);
      },
    ],
    'she cancels in another tab': [
      ['/problems/payment-state', 'cancelled', 'completed'],
      (id) => c.marie.call('POST', `/payments/${id}/cancel`),
    ],
    'she confirms in another tab': [
      ['completed'],
      async (id) => {
        const other = await anotherServer();
        await other.confirm(id).finally(() => other.close());
      },
    ],
    'a restore stops the payments': [
      ['/problems/payments-stopped', 'completed', 'unknown'],
      async () => c.t.deps.db.batch(await stopAll(c.t.deps, { backupAt: 0, stoppedAt: c.t.clock.now })),
    ],
  };
  for (const [what, [expected, act]] of Object.entries(acts))
    test(`${what}: what she reads is true, and what is charged is owed`, async () => {
      const ends = new Set<string>();
      for (let n = 0; ; n++) {
        const payment = await c.approved();
        const { answer, happened } = await before(n, () => act(payment.id), payment.id);
        const { status, body } = answer;
        const said = `${what}, before ${n}: ${status} ${JSON.stringify(body)}`;
        assert.ok(status === 200 || status === 409 || body.type === '/problems/payments-stopped', said);
        assert.equal(c.captures().length, body.payment?.state === 'completed' ? 1 : 0, said);
        ends.add(body.type ?? body.payment.state);
        await c.close();
        c = await startCheckout();
        if (!happened) break;
      }
      assert.deepEqual([...ends].sort(), expected);
    });
});
