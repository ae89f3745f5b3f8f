// The staff's lists, page after page: each row once, in its order, whatever happens between two pages.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addInvoice, startTestApp, type TestApp } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { signIn } from '../../support/payer.ts';
import { type Staff, staffWith } from '../../support/staff.ts';

/** More than two pages of a thousand; of each instant there are three. */
const MANY = 2_003;
const SERIES = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MANY})`;
const AT = '1000000 + i / 3';

interface List {
  path: string;
  /** Searched for by a body. */
  body?: object;
  /** The answer's field, and the field that names a row. */
  of: string;
  named: string;
  /** The first of the list. */
  first: 'oldest' | 'newest';
}
const LISTS: readonly List[] = [
  { path: '/payments?limit=200', of: 'payments', named: 'number', first: 'newest' },
  { path: '/payments?limit=150&state=completed', of: 'payments', named: 'number', first: 'newest' },
  { path: '/recorded-payments?', of: 'recorded', named: 'id', first: 'newest' },
  { path: '/exceptions?', of: 'exceptions', named: 'id', first: 'oldest' },
  { path: '/exceptions?all=true', of: 'exceptions', named: 'id', first: 'oldest' },
  { path: '/messages/parked?', of: 'messages', named: 'id', first: 'oldest' },
  { path: '/links?', of: 'requests', named: 'id', first: 'oldest' },
  {
    path: '/links/search?',
    body: { certificateNumber: 'PB-1' },
    of: 'links',
    named: 'id',
    first: 'oldest',
  },
];

describe('a list of the staff’s API', () => {
  let t: TestApp;
  let staff: Staff;
  before(async () => {
    t = await startTestApp();
    await fill(t);
    staff = await staffWith(t, ['read', 'links']);
  });
  after(() => t.close());

  async function page({ path, body, of, named }: List, next?: string) {
    const answer = await staff(
      body === undefined ? 'GET' : 'POST',
      next === undefined ? path : `${path}&after=${next}`,
      body,
    );
    assert.equal(answer.status, 200);
    const found = (await answer.json()) as Record<string, unknown> & { next?: string };
    const rows = found[of] as Record<string, string>[];
    return { names: rows.map((row) => row[named] ?? ''), next: found.next };
  }

  for (const list of LISTS)
    test(`${list.body === undefined ? 'GET' : 'POST'} ${list.path} is read to its end, each row once`, async () => {
      const names: string[] = [];
      let next: string | undefined;
      do {
        const one = await page(list, next);
        names.push(...one.names);
        next = one.next;
        t.clock.advance(60_000); // so many calls in a minute would be too many
      } while (next !== undefined);
      const numbers = names.map((name) => Number(name.replace(/\D/g, '')));
      assert.equal(new Set(numbers).size, MANY);
      // Of one instant, whichever comes first.
      const instants = numbers.map((n) => Math.floor(n / 3));
      const sorted = instants.toSorted((a, b) => (list.first === 'oldest' ? a - b : b - a));
      assert.deepEqual(instants, sorted);
    });

  test('of payments of every method reads both kinds to their end, newest first, and adds them up', async () => {
    const numbers: string[] = [];
    const instants: string[] = [];
    let after = '';
    for (;;) {
      const answer = await staff('GET', `/all-payments?limit=200${after}`);
      assert.equal(answer.status, 200);
      const { payments, total, next } = (await answer.json()) as {
        payments: {
          payment: { number: string; completedAt: string } | null;
          recorded: { id: string; recordedAt: string } | null;
        }[];
        total: unknown;
        next?: string;
      };
      for (const { payment, recorded } of payments) {
        numbers.push(payment?.number ?? recorded?.id ?? '');
        instants.push(payment?.completedAt ?? recorded?.recordedAt ?? '');
      }
      assert.deepEqual(total, { count: 2 * MANY, cents: 200 * MANY });
      if (next === undefined) break;
      after = `&after=${next}`;
      t.clock.advance(60_000);
    }
    assert.deepEqual([numbers.length, new Set(numbers).size], [2 * MANY, 2 * MANY]);
    assert.deepEqual(instants, instants.toSorted().toReversed());
    assert.equal((await staff('GET', '/all-payments?after=of-nobody-whatsoever')).status, 400);
    const other = await staffWith(t, ['read'], 'la-farandole');
    assert.deepEqual(await (await other('GET', '/all-payments')).json(), {
      payments: [],
      total: { count: 0, cents: 0 },
    });
  });

  for (const { path, body } of LISTS)
    test(`${path} after what is not on it is refused: an empty page would be taken for its end`, async () => {
      const answer = await staff(
        body === undefined ? 'GET' : 'POST',
        `${path}&after=of-nobody-whatsoever`,
        body,
      );
      assert.equal(answer.status, 400);
      const { errors } = (await answer.json()) as { errors: unknown };
      assert.deepEqual(errors, [{ pointer: '/after', code: 'unknown' }]);
    });

  test('that fits on one page says nothing of a next one', async () => {
    const other = await staffWith(t, ['read', 'links'], 'la-farandole');
    assert.deepEqual(await (await other('GET', '/payments')).json(), { payments: [] });
    assert.deepEqual(await (await other('GET', '/exceptions')).json(), { exceptions: [] });
    await t.deps.db.execute(
      `INSERT INTO exceptions(id, regroupement_id, dedupe_key, kind, opened_at) VALUES ('the-only-one', ?, 'x', 'held', 0)`,
      [await regroupementId(t, 'la-farandole')],
    );
    const { exceptions, next } = (await (await other('GET', '/exceptions')).json()) as {
      exceptions: { id: string }[];
      next?: string;
    };
    assert.deepEqual([exceptions.map(({ id }) => id), next], [['the-only-one'], undefined]);
  });

  test('goes on from where it was when what it had read is dealt with meanwhile', async () => {
    const list: List = { path: '/exceptions?', of: 'exceptions', named: 'id', first: 'oldest' };
    const { names, next } = await page(list);
    await t.deps.db.execute('UPDATE exceptions SET closed_at = 1 WHERE opened_at < 1000200');
    const second = await page(list, next);
    await t.deps.db.execute('UPDATE exceptions SET closed_at = NULL');
    assert.deepEqual(
      second.names.filter((name) => names.includes(name)),
      [],
    );
    assert.equal(names.length + second.names.length, 2_000);
  });

  test('shows nothing after a row of another regroupement', async () => {
    const id = await regroupementId(t, 'la-farandole');
    await t.deps.db.execute(
      `INSERT INTO exceptions(id, regroupement_id, dedupe_key, kind, opened_at) VALUES ('theirs-of-another-regroupement', ?, 'theirs', 'held', 0)`,
      [id],
    );
    const answer = await staff('GET', '/exceptions?after=theirs-of-another-regroupement');
    const { exceptions, errors } = (await answer.json()) as { exceptions?: unknown; errors: unknown };
    assert.deepEqual([answer.status, exceptions], [400, undefined]);
    // As of a row that is nowhere.
    assert.deepEqual(errors, [{ pointer: '/after', code: 'unknown' }]);
  });
});

async function fill(t: TestApp): Promise<void> {
  const { accountId } = await signIn(t, 'marie@example.org');
  const { holderId, invoiceId } = await addInvoice(t.deps, 'petits-bouleaux', {
    firstName: 'Marie',
    lastName: 'Roy',
    certificate: 'PB-1',
    invoice: 'F-1',
    totalCents: 100,
  });
  const r = `'${await regroupementId(t)}'`;
  await t.deps.db.batch(
    [
      `INSERT INTO payments(id, regroupement_id, account_id, number, state, amount_cents, lang, idempotency_key, request_hash,
         nonce_hash, page, paypal_version, created_at, updated_at, completed_at)
       ${SERIES} SELECT printf('p%024d', i), ${r}, '${accountId}', 'P-' || i, 'completed', 100, 'fr-CA', 'k' || i, '', 'n' || i, '', 1, ${AT}, 1, ${AT} FROM n`,
      `INSERT INTO recorded_payments(id, regroupement_id, invoice_id, method, amount_cents, received_on, recorded_by,
         idempotency_key, request_hash, recorded_at)
       ${SERIES} SELECT printf('recorded-%024d', i), ${r}, '${invoiceId}', 'cash', 100, '2026-01-01', 'x', 'k' || i, '', ${AT} FROM n`,
      `INSERT INTO exceptions(id, regroupement_id, dedupe_key, kind, opened_at)
       ${SERIES} SELECT printf('exception-%024d', i), ${r}, 'x' || i, 'refund-failed', ${AT} FROM n`,
      `INSERT INTO outbox(id, regroupement_id, dedupe_key, kind, recipient, lang, payload, state, next_at, created_at)
       ${SERIES} SELECT printf('message-%024d', i), ${r}, 'm' || i, 'receipt', 'x@example.org', 'fr-CA', '{}', 'parked', 1, ${AT} FROM n`,
      // Many accounts of one person's file: an account asks, and is linked, once.
      `INSERT INTO accounts(id, regroupement_id, name, email, email_key, password_hash, lang, created_at, updated_at)
       ${SERIES} SELECT 'a' || i, ${r}, 'x', 'x' || i, 'x' || i, '', 'fr-CA', 1, 1 FROM n`,
      `INSERT INTO link_requests(id, regroupement_id, account_id, holder_id, number_key, asked_at)
       ${SERIES} SELECT printf('request-%024d', i), ${r}, 'a' || i, '${holderId}', 'PB1', ${AT} FROM n`,
      `INSERT INTO links(id, regroupement_id, account_id, holder_id, number_key, level, method, created_at)
       ${SERIES} SELECT printf('link-%024d', i), ${r}, 'a' || i, '${holderId}', 'PB1', 'pay', 'name-and-number', ${AT} FROM n`,
    ].map((sql) => ({ sql })),
  );
}
