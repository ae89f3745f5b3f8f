// What someone signed in sees and what it costs to pay it: her own file by her e-mail, line by line.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Certificate, Quote } from '../../server/certificates/schemas.ts';
import { isGuardFailure } from '../../server/db/db.ts';
import { newId } from '../../server/deps.ts';
import { stillOwes } from '../../server/ledger/balance.ts';
import { type Entry, post } from '../../server/ledger/entries.ts';
import { addInvoice, startTestApp, type TestApp } from '../support/app.ts';
import { type Payer, signIn } from '../support/payer.ts';

type List = { foundBy: string; certificates: Certificate[] };

let t: TestApp;
before(async () => {
  t = await startTestApp();
});
after(() => t.close());

async function regroupementId(slug = 'petits-bouleaux'): Promise<string> {
  const { rows } = await t.deps.db.execute<{ id: string }>('SELECT id FROM regroupements WHERE slug = ?', [
    slug,
  ]);
  return rows[0]?.id ?? '';
}
async function list(payer: Payer): Promise<List> {
  const answer = await payer.call('GET', '/certificates');
  assert.equal(answer.status, 200);
  return (await answer.json()) as List;
}
async function quote(
  payer: Payer,
  invoiceIds: string[],
  amountCents?: number,
): Promise<[number, Quote & { type?: string }]> {
  const body = amountCents === undefined ? { invoiceIds } : { invoiceIds, amountCents };
  const answer = await payer.call('POST', '/quotes', body);
  return [answer.status, (await answer.json()) as Quote & { type?: string }];
}
/** A cheque of `cents` on the invoice. */
async function pay(invoiceId: string, cents: number, more: Partial<Entry> = {}): Promise<void> {
  await t.deps.db.batch(
    post(t.deps, {
      regroupementId: await regroupementId(),
      invoiceId,
      kind: 'payment',
      cents,
      source: `cheque:${newId(t.deps)}`,
      method: 'cheque',
      occurredAt: t.clock.now,
      ...more,
    }),
  );
}

describe('her own file, found by her e-mail', () => {
  test('she sees her certificate with every invoice, line by line', async () => {
    const old = await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Marie-Ève',
      lastName: 'L’Écuyer-Tremblay',
      email: 'Marie-Eve@Example.org ',
      certificate: 'PB-004512',
      invoice: 'PB-F-2025-0101',
      totalCents: 28_032,
      periodStart: '2025-04-01',
      dueOn: '2025-04-01',
    });
    await pay(old.invoiceId, 28_032);
    const { invoiceId } = await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Marie-Ève',
      lastName: 'L’Écuyer-Tremblay',
      holderId: old.holderId,
      certificate: 'PB-004512',
      invoice: 'PB-F-2026-0001',
      totalCents: 29_613,
      dueOn: '2026-04-01',
    });
    await t.deps.db.batch([
      { sql: 'DELETE FROM invoice_lines WHERE invoice_id = ?', args: [invoiceId] },
      ...(
        [
          ['PRIME', 26_250, null],
          ['TPA', 2_363, '0.09'],
          ['FADM', 1_000, null],
        ] as const
      ).map(([code, cents, rate], i) => ({
        sql: `INSERT INTO invoice_lines(invoice_id, revision, position, code, description, amount_cents, rate) VALUES (?, 1, ?, ?, ?, ?, ?)`,
        args: [invoiceId, i + 1, code, code, cents, rate],
      })),
    ]);
    const payer = await signIn(t, 'marie-eve@example.org');
    const { foundBy, certificates } = await list(payer);
    assert.equal(foundBy, 'email');
    assert.deepEqual(
      certificates.map((c) => [c.periodStart, c.level, c.holderName, c.balanceCents, c.invoices.length]),
      [
        ['2026-04-01', 'verified', 'Marie-Ève L’Écuyer-Tremblay', 29_613, 1],
        ['2025-04-01', 'verified', 'Marie-Ève L’Écuyer-Tremblay', 0, 1],
      ],
    );
    assert.deepEqual(certificates[0]?.invoices[0], {
      id: invoiceId,
      number: 'PB-F-2026-0001',
      kind: '',
      issuedOn: '2026-03-01',
      dueOn: '2026-04-01',
      overdue: true,
      periodStart: '2026-04-01',
      periodEnd: '2027-03-31',
      status: 'open',
      lines: [
        { code: 'PRIME', description: 'PRIME', amountCents: 26_250, rate: null },
        { code: 'TPA', description: 'TPA', amountCents: 2_363, rate: '0.09' },
        { code: 'FADM', description: 'FADM', amountCents: 1_000, rate: null },
      ],
      totalCents: 29_613,
      paidCents: 0,
      balanceCents: 29_613,
      payable: true,
      held: false,
    });
    const paid = certificates[1]?.invoices[0];
    assert.deepEqual(
      [paid?.paidCents, paid?.balanceCents, paid?.payable, paid?.overdue],
      [28_032, 0, false, false],
    );
  });

  test('an e-mail shared by two people shows both, and one that nobody has shows none', async () => {
    for (const [firstName, lastName, certificate] of [
      ['Gaëtane', 'Thériault', 'PB-004561'],
      ['Réal', 'Bérubé', 'PB-004568'],
    ] as const) {
      await addInvoice(t.deps, 'petits-bouleaux', {
        firstName,
        lastName,
        certificate,
        email: 'garderie@example.org',
        invoice: `F-${certificate}`,
        totalCents: 100,
      });
    }
    const shared = await list(await signIn(t, 'garderie@example.org'));
    assert.deepEqual(shared.certificates.map((c) => c.holderName).sort(), [
      'Gaëtane Thériault',
      'Réal Bérubé',
    ]);
    assert.deepEqual(await list(await signIn(t, 'personne@example.org')), {
      foundBy: 'none',
      certificates: [],
    });
  });

  test('a holder who has no e-mail is nobody’s', async () => {
    await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Oumou',
      lastName: 'Diallo Bâ',
      certificate: 'PB-9',
      invoice: 'F-9',
      totalCents: 100,
      email: null,
    });
    const { certificates } = await list(await signIn(t, 'oumou@example.org'));
    assert.deepEqual(certificates, []);
  });

  test('an invoice made while she looks shows at the next look, without signing in again (S34)', async () => {
    const payer = await signIn(t, 'later@example.org');
    assert.equal((await list(payer)).foundBy, 'none');
    await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Line',
      lastName: 'Gagné',
      email: 'later@example.org',
      certificate: 'PB-10',
      invoice: 'F-10',
      totalCents: 6_000,
    });
    assert.equal((await list(payer)).certificates[0]?.balanceCents, 6_000);
  });

  test('a credit shows as a credit; a change without an invoice is counted and changes nothing (S33)', async () => {
    const { certificateId } = await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Renée',
      lastName: 'Côté',
      email: 'renee@example.org',
      certificate: 'PB-11',
      invoice: 'F-11',
      totalCents: -25_343,
    });
    await t.deps.db.execute(
      `INSERT INTO endorsements(id, regroupement_id, certificate_id, effective_on, description, amount_cents, created_at, updated_at)
       VALUES (?, ?, ?, '2026-10-15', 'Changement d’adresse', 3500, 1, 1)`,
      [newId(t.deps), await regroupementId(), certificateId],
    );
    const payer = await signIn(t, 'renee@example.org');
    const [certificate] = (await list(payer)).certificates;
    assert.deepEqual(
      [certificate?.balanceCents, certificate?.creditCents, certificate?.endorsementsWithoutInvoice],
      [-25_343, 25_343, 1],
    );
    assert.equal(certificate?.invoices[0]?.payable, false);
    assert.deepEqual(
      (await quote(payer, [certificate?.invoices[0]?.id ?? ''])).map((a) =>
        typeof a === 'number' ? a : a.type,
      ),
      [409, '/problems/nothing-to-pay'],
    );
  });

  test('a cancelled invoice says what it said, and can never be paid', async () => {
    const { invoiceId } = await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Ginette',
      lastName: 'Cormier',
      email: 'ginette@example.org',
      certificate: 'PB-12',
      invoice: 'F-12',
      totalCents: 29_613,
    });
    await t.deps.db.execute("UPDATE invoices SET status = 'cancelled' WHERE id = ?", [invoiceId]);
    const payer = await signIn(t, 'ginette@example.org');
    const [certificate] = (await list(payer)).certificates;
    assert.deepEqual(
      [certificate?.balanceCents, certificate?.invoices[0]?.payable, certificate?.invoices[0]?.totalCents],
      [0, false, 29_613],
    );
    assert.equal((await quote(payer, [invoiceId]))[1].type, '/problems/nothing-to-pay');
  });
});

describe('what it costs to pay', () => {
  let payer: Payer;
  let a: string;
  let b: string;
  before(async () => {
    payer = await signIn(t, 'payer@example.org');
    const first = await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Sylvie',
      lastName: 'Tremblay',
      email: 'payer@example.org',
      certificate: 'PB-20',
      invoice: 'F-20',
      totalCents: 29_613,
    });
    const second = await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Sylvie',
      lastName: 'Tremblay',
      certificate: 'PB-20',
      invoice: 'F-21',
      totalCents: 6_000,
      dueOn: '2026-12-31',
    });
    [a, b] = [first.invoiceId, second.invoiceId];
  });

  test('the balance and the online fee, of one invoice or of several', async () => {
    await t.deps.db.execute(
      `UPDATE regroupements SET online_fee = '{"kind":"gross-up","basisPoints":290,"fixedCents":30}'`,
    );
    const amounts = ([, q]: [number, Quote]) => [
      q.subtotalCents,
      q.onlineFeeCents,
      q.totalCents,
      q.minimumCents,
    ];
    assert.deepEqual(amounts(await quote(payer, [a])), [29_613, 915, 30_528, null]);
    assert.deepEqual(amounts(await quote(payer, [b])), [6_000, 210, 6_210, null]);
    assert.deepEqual(amounts(await quote(payer, [b, a, b])), [35_613, 1_095, 36_708, null]);
    await t.deps.db.execute(`UPDATE regroupements SET online_fee = '{"kind":"none"}'`);
    assert.deepEqual(amounts(await quote(payer, [a])), [29_613, 0, 29_613, null]);
  });

  test('a part only where parts are allowed, and not below the least', async () => {
    const code = async (cents: number) => {
      const [status, body] = await quote(payer, [a], cents);
      return status === 200
        ? body.totalCents
        : (body as unknown as { errors: { pointer: string; code: string }[] }).errors[0];
    };
    assert.deepEqual(await code(10_000), { pointer: '/amountCents', code: 'not-allowed' });
    assert.equal(await code(29_613), 29_613);
    await t.deps.db.execute(`UPDATE regroupements SET instalments = '{"kind":"free","minimumCents":2500}'`);
    assert.equal(await code(10_000), 10_000);
    assert.deepEqual(await code(2_499), { pointer: '/amountCents', code: 'too-small' });
    assert.deepEqual(await code(29_614), { pointer: '/amountCents', code: 'too-large' });
    assert.equal((await quote(payer, [a]))[1].minimumCents, 2_500);
    await t.deps.db.execute(`UPDATE regroupements SET instalments = '{"kind":"none"}'`);
  });

  test('an invoice paid in part costs what is left; paid whole, it says so', async () => {
    await pay(b, 4_000);
    assert.equal((await quote(payer, [b]))[1].totalCents, 2_000);
    await pay(b, 2_000);
    assert.deepEqual(
      (await quote(payer, [b])).map((x) => (typeof x === 'number' ? x : x.type)),
      [409, '/problems/already-paid'],
    );
    await pay(b, 6_000, { kind: 'refund', source: 'refund:1' });
    assert.equal((await quote(payer, [b]))[1].totalCents, 6_000, 'refunded: owed again');
  });

  test('while a payment holds it, nobody starts another', async () => {
    const paymentId = await held(a, payer.accountId);
    assert.equal((await quote(payer, [a]))[1].type, '/problems/payment-in-progress');
    assert.equal((await list(payer)).certificates[0]?.invoices[0]?.held, true);
    const owes = async (cents: number, by: string) =>
      t.deps.db.batch([stillOwes(await regroupementId(), a, cents, by)]);
    await owes(29_613, paymentId);
    await assert.rejects(owes(29_613, 'another payment'), isGuardFailure);
    await assert.rejects(owes(29_612, paymentId), isGuardFailure);
    await t.deps.db.execute("UPDATE invoices SET status = 'cancelled' WHERE id = ?", [a]);
    await assert.rejects(owes(29_613, paymentId), isGuardFailure);
    await t.deps.db.execute("UPDATE invoices SET status = 'open' WHERE id = ?", [a]);
    await t.deps.db.execute('DELETE FROM invoice_holds');
  });

  test('an invoice of nobody, of somebody else, of another regroupement: the same « introuvable »', async () => {
    const other = await addInvoice(t.deps, 'la-farandole', {
      firstName: 'Sylvie',
      lastName: 'Tremblay',
      email: 'payer@example.org',
      certificate: 'PB-20',
      invoice: 'F-20',
      totalCents: 100,
    });
    const somebodys = await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Sylvie',
      lastName: 'Tremblay',
      email: 'other@example.org',
      certificate: 'PB-22',
      invoice: 'F-22',
      totalCents: 100,
    });
    const answers = [];
    for (const id of [newId(t.deps), other.invoiceId, somebodys.invoiceId]) {
      const answer = await payer.call('POST', '/quotes', { invoiceIds: [a, id] });
      const { requestId: _, ...body } = (await answer.json()) as Record<string, unknown>;
      answers.push({ status: answer.status, body });
    }
    assert.equal(answers[0]?.status, 404);
    assert.deepEqual(answers[1], answers[0]);
    assert.deepEqual(answers[2], answers[0]);
    assert.equal((await list(payer)).certificates.length, 1);
  });

  test('nonsense is refused by name of field, never a server error', async () => {
    for (const body of [
      {},
      { invoiceIds: [] },
      { invoiceIds: 'x' },
      { invoiceIds: ["' OR 1=1 --"] },
      { invoiceIds: [a], amountCents: 0 },
      { invoiceIds: [a], amountCents: 1.5 },
      { invoiceIds: [a], extra: 1 },
      { invoiceIds: Array(21).fill(a) },
      [],
      null,
    ]) {
      const answer = await payer.call('POST', '/quotes', body);
      assert.equal(answer.status, 400, JSON.stringify(body));
    }
    const unsigned = await t.call('POST', '/quotes', { invoiceIds: [a] });
    assert.equal(unsigned.status, 401);
    assert.equal((await t.call('GET', '/certificates')).status, 401);
  });

  test('a token of one regroupement opens nothing in another', async () => {
    const elsewhere = await t.app.request('https://pay.test/v1/regroupements/la-farandole/certificates', {
      headers: { Authorization: `Bearer ${payer.accessToken}` },
    });
    assert.equal(elsewhere.status, 401);
  });
});

describe('the ledger', () => {
  test('one outside fact posts once; another amount under the same reference is refused', async () => {
    const { invoiceId } = await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Zoé',
      lastName: 'Œuvrard',
      email: 'zoe@example.org',
      certificate: 'PB-30',
      invoice: 'F-30',
      totalCents: 10_000,
    });
    await pay(invoiceId, 4_000, { source: 'cheque:0412' });
    await pay(invoiceId, 4_000, { source: 'cheque:0412' });
    await assert.rejects(pay(invoiceId, 5_000, { source: 'cheque:0412' }), isGuardFailure);
    const payer = await signIn(t, 'zoe@example.org');
    assert.equal((await list(payer)).certificates[0]?.balanceCents, 6_000);
  });

  test('an adjustment changes what the invoice says; a payment changes what was paid', async () => {
    const { invoiceId } = await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Chloë',
      lastName: 'Dubé',
      email: 'chloe@example.org',
      certificate: 'PB-31',
      invoice: 'F-31',
      totalCents: 10_000,
    });
    await pay(invoiceId, -1_500, { kind: 'adjustment', source: 'adjustment:1' });
    await pay(invoiceId, 3_000);
    await pay(invoiceId, 90, { kind: 'online-fee', source: 'fee:1' });
    await pay(invoiceId, 1_090, { source: 'paypal:1' });
    const [certificate] = (await list(await signIn(t, 'chloe@example.org'))).certificates;
    const invoice = certificate?.invoices[0];
    assert.deepEqual([invoice?.totalCents, invoice?.paidCents, invoice?.balanceCents], [8_500, 4_000, 4_500]);
  });

  test('nothing posts on another regroupement’s invoice', async () => {
    const { invoiceId } = await addInvoice(t.deps, 'la-farandole', {
      firstName: 'Ève',
      lastName: 'Roy',
      certificate: '0000900',
      invoice: 'AF1',
      totalCents: 10_000,
    });
    await assert.rejects(pay(invoiceId, 1_000), isGuardFailure);
  });

  test('a payment of nothing, of a part of a cent, or below zero is a fault', async () => {
    for (const cents of [0, -1, 0.5, Number.NaN]) await assert.rejects(pay('any', cents), RangeError);
  });
});

/** A payment under way on that invoice; answers its id. */
async function held(invoiceId: string, accountId: string): Promise<string> {
  const id = newId(t.deps);
  await t.deps.db.batch([
    {
      sql: `INSERT INTO payments(id, regroupement_id, account_id, number, state, amount_cents, lang, idempotency_key, request_hash,
              nonce_hash, page, paypal_version, created_at, updated_at)
            VALUES (?1, ?2, ?3, ?1, 'capturing', 100, 'fr-CA', ?1, 'x', ?1, 'https://petits-bouleaux.test/payer', 1, 1, 1)`,
      args: [id, await regroupementId(), accountId],
    },
    {
      sql: 'INSERT INTO invoice_holds(invoice_id, payment_id, created_at) VALUES (?, ?, 1)',
      args: [invoiceId, id],
    },
  ]);
  return id;
}
