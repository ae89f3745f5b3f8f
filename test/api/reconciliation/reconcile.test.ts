// A day of PayPal's books beside ours, and money written down by staff.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { migrate } from '../../../server/db/migrate.ts';
import { importFile } from '../../../server/import/import-file.ts';
import { post } from '../../../server/ledger/entries.ts';
import { torontoDay } from '../../../server/ledger/toronto.ts';
import { recordPayment } from '../../../server/offline-payments/record.ts';
import { reverseRecorded } from '../../../server/offline-payments/reverse.ts';
import { recordedPayments } from '../../../server/offline-payments/store.ts';
import type { Problem } from '../../../server/problems/problem.ts';
import { reconcileDay, reconcileDue } from '../../../server/reconciliation/reconcile.ts';
import { addInvoice } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';

describe('the accountant’s day', () => {
  let c: Checkout;
  let id: string;
  beforeEach(async () => {
    c = await startCheckout();
    id = await regroupementId(c.t);
  });
  afterEach(() => c.close());
  const today = () => torontoDay(c.t.clock.now);
  const reconcile = (day = today()) => reconcileDay(c.t.deps, c.paypal, id, day);

  test('payments and refunds agree to the cent: gross, fee and net', async () => {
    await c.paid();
    const [capture] = c.standIn.books.captures.values();
    assert.ok(capture);
    c.standIn.books.refund(capture, 1_000, null);
    await c.webhooks();
    const report = await reconcile();
    const fee = c.standIn.books.feeCents(capture);
    assert.deepEqual(report.paypal, {
      count: 2,
      grossCents: TOTAL - 1_000,
      feeCents: fee,
      netCents: TOTAL - 1_000 - fee,
    });
    assert.deepEqual(report.ours, report.paypal);
    assert.equal(report.agrees, true);
    assert.deepEqual(report.differences, []);
  });

  test('a capture and a refund that nobody told us of are taken in', async () => {
    c.standIn.faults.addToWebhooks({ kind: 'lose' }, 10);
    const { body } = await c.start();
    await c.agree(body.approveUrl);
    const [order] = c.standIn.books.orders.values();
    assert.ok(order);
    const capture = c.standIn.books.capture(order);
    c.standIn.books.refund(capture, 500, null);
    const report = await reconcile();
    assert.equal(report.agrees, true);
    assert.equal(await c.owed(), 500);
    await c.booksAgree(1);
  });

  test('money that no row of ours knows is a difference, on the list once however often it is looked at', async () => {
    await fetch(`${c.url}/sales`, {
      method: 'POST',
      body: JSON.stringify({ clientId: 'client-petits-bouleaux', cents: 4_200, customId: 'not-ours' }),
    });
    for (let n = 0; n < 2; n++) {
      const { differences, agrees } = await reconcile();
      assert.equal(agrees, false);
      assert.deepEqual(
        differences.map(({ kind, paypalCents, ourCents }) => ({ kind, paypalCents, ourCents })),
        [{ kind: 'unknown-capture', paypalCents: 4_200, ourCents: null }],
      );
    }
    assert.equal((await c.rows('SELECT 1 FROM exceptions')).length, 1);
  });

  test('a payment that PayPal’s day does not show is a difference', async () => {
    await c.paid();
    c.standIn.books.captures.clear();
    const { differences } = await reconcile();
    assert.deepEqual(
      differences.map(({ kind, ourCents }) => ({ kind, ourCents })),
      [{ kind: 'missing-capture', ourCents: TOTAL }],
    );
  });

  test('more movements than fit on a page', async () => {
    for (let n = 0; n < 620; n++)
      c.standIn.books.sale(
        {
          clientId: 'client-petits-bouleaux',
          clientSecret: 'x',
          merchantId: 'x',
          name: 'x',
        },
        100 + n,
        {},
      );
    // Another merchant's sales are no business of ours: these were made under a merchant of their own.
    assert.equal((await reconcile()).paypal.count, 0);
    await c.start();
    const merchant = [...c.standIn.books.orders.values()].at(-1)?.merchant;
    assert.ok(merchant);
    for (let n = 0; n < 1_020; n++) c.standIn.books.sale(merchant, 100, {});
    const { paypal, differences } = await reconcile();
    assert.equal(paypal.count, 1_020);
    assert.equal(differences.length, 1_020);
  });

  test('the job looks at each day once PayPal’s record of it is whole, and again the days after', async () => {
    await c.paid();
    assert.equal(await reconcileDue(c.t.deps, c.paypal), 6, 'three past days of two regroupements');
    assert.equal(await reconcileDue(c.t.deps, c.paypal), 0);
    c.t.clock.advance(25 * 3_600_000);
    assert.ok((await reconcileDue(c.t.deps, c.paypal)) > 0);
    const [kept] = await c.rows<{ report: string }>(
      `SELECT report FROM reconciliations WHERE regroupement_id = '${id}' AND report LIKE '%"count":1%'`,
    );
    assert.equal(JSON.parse(kept?.report ?? '{}').agrees, true);
  });
});

describe('money that came otherwise', () => {
  let c: Checkout;
  let id: string;
  beforeEach(async () => {
    c = await startCheckout();
    id = await regroupementId(c.t);
  });
  afterEach(() => c.close());
  const cheque = (cents: number, key = 'cheque-key-1', more: object = {}) =>
    recordPayment(c.t.deps, id, {
      invoiceNumber: 'F-1',
      method: 'cheque',
      cents,
      receivedOn: '2026-11-20',
      reference: '0417',
      recordedBy: 'cli:test',
      idempotencyKey: key,
      ...more,
    });

  test('a cheque is posted on its day, once per key; corrected by a reversing entry, once', async () => {
    const first = await cheque(TOTAL);
    assert.equal((await cheque(TOTAL)).id, first.id);
    await assert.rejects(cheque(TOTAL - 1), { kind: 'idempotency-mismatch' });
    assert.equal(await c.owed(), 0);
    const [entry] = await c.rows<{ day: string; method: string }>(
      "SELECT day, method FROM ledger_entries WHERE kind = 'payment'",
    );
    assert.deepEqual({ ...entry }, { day: '2026-11-20', method: 'cheque' });
    const by = { recordedBy: 'cli:test', reference: 'sans provision' } as const;
    const [back, again] = await Promise.all([
      reverseRecorded(c.t.deps, id, first.id, by),
      reverseRecorded(c.t.deps, id, first.id, by),
    ]);
    assert.equal(back.id, again.id);
    assert.equal(await c.owed(), TOTAL);
    await assert.rejects(reverseRecorded(c.t.deps, id, back.id, by), { kind: 'reversal-final' });
    await assert.rejects(reverseRecorded(c.t.deps, id, 'nothing', by), { kind: 'not-found' });
  });

  test('a day to come, an unknown invoice, another regroupement’s: refused', async () => {
    await assert.rejects(cheque(100, 'k-future-1', { receivedOn: '2026-11-24' }), { kind: 'validation' });
    await assert.rejects(cheque(100, 'k-unknown-1', { invoiceNumber: 'F-9' }), { kind: 'not-found' });
    await addInvoice(c.t.deps, 'la-farandole', {
      firstName: 'X',
      lastName: 'Y',
      certificate: '0000001',
      invoice: 'G-1',
      totalCents: 100,
    });
    await assert.rejects(cheque(100, 'k-tenant-1', { invoiceNumber: 'G-1' }), { kind: 'not-found' });
  });

  test('between her approval and « Confirmer »: nothing is charged', async () => {
    const payment = await c.approved();
    await cheque(TOTAL);
    const { status, body } = await c.confirm(payment.id);
    assert.equal(status, 409);
    assert.match(body.type ?? '', /already-paid/);
    assert.equal(c.captures().length, 0);
  });

  test('while PayPal may be taking the money: not written down until that is settled', async () => {
    const payment = await c.approved();
    c.fault('capture', { kind: 'reset' }, 3);
    c.fault('get', { kind: '503' }, 3);
    assert.equal((await c.confirm(payment.id)).body.payment.state, 'unknown');
    await assert.rejects(cheque(TOTAL), { kind: 'payment-in-progress' });
    await c.look(payment.id);
    await assert.rejects(cheque(100), {
      kind: 'more-than-balance',
      extra: { owedCents: 0, doubts: ['more-than-balance'] },
    });
    await cheque(100, 'cheque-key-1', { evenSo: ['more-than-balance'] });
    assert.equal(await c.owed(), -100, 'a credit, as staff wrote it');
  });

  describe('the same cheque twice', () => {
    const again = (more: object = {}, cents = 10_000, key = `again-${Math.random()}`) =>
      cheque(cents, key, more);
    const duplicate = { kind: 'possible-duplicate' };
    beforeEach(() => cheque(10_000));

    for (const reference of [
      '0417',
      '417',
      ' 0417 ',
      '#0417',
      '# 417',
      'No 0417',
      'Chèque n° 417',
      'CHQ 0417',
      'ＣＨＱ　０４１７',
      'Chq417',
      'ch. 0417',
      'cheq 417',
      '417 (BNC)',
      '0417 – chèque',
      'Numéro du chèque : 417',
      '04\u200b17',
      '№ 0417',
      'chèque de Desjardins n o 417',
    ])
      test(`« ${reference} » is the cheque 0417`, async () => {
        await assert.rejects(again({ reference }), duplicate);
        assert.equal(await c.owed(), TOTAL - 10_000);
      });

    test('another number, another amount, another means is another payment', async () => {
      await again({}, 100);
      await again({ method: 'interac' }, 100);
      await again({ reference: '0418' });
      const more = await again({ reference: '4170', evenSo: ['more-than-balance'] });
      assert.deepEqual(more.evenSo, ['more-than-balance']);
      assert.equal(await c.owed(), TOTAL - 30_200);
    });

    test('within twelve months, either way', async () => {
      await assert.rejects(again({ receivedOn: '2025-11-20' }), duplicate);
      await again({ receivedOn: '2025-11-19' });
      c.t.clock.now = Date.parse('2027-12-01T17:00:00Z');
      await assert.rejects(again({ receivedOn: '2027-11-20' }), duplicate);
      await again({ receivedOn: '2027-11-21' }, 9_613);
    });

    test('a cheque has one number: refused on another invoice, and said where it is; another regroupement’s is another', async () => {
      for (const [slug, number, invoice] of [
        ['petits-bouleaux', 'PB-000002', 'F-2'],
        ['la-farandole', '0000002', 'G-2'],
      ] as const)
        await addInvoice(c.t.deps, slug, {
          firstName: 'X',
          lastName: 'Y',
          certificate: number,
          invoice,
          totalCents: 20_000,
        });
      const refused = await again({ invoiceNumber: 'F-2', receivedOn: '2026-11-22' }).then(
        () => assert.fail('taken'),
        (error: Problem) => error,
      );
      assert.equal(refused.kind, 'possible-duplicate');
      const [there, ...more] = refused.extra.alike as Record<string, unknown>[];
      assert.deepEqual(more, []);
      assert.deepEqual(
        { ...there, id: typeof there?.id },
        {
          id: 'string',
          invoiceNumber: 'F-1',
          amountCents: 10_000,
          receivedOn: '2026-11-20',
          reference: '0417',
          recordedBy: 'cli:test',
        },
      );
      const other = {
        invoiceNumber: 'G-2',
        method: 'cheque' as const,
        cents: 10_000,
        receivedOn: '2026-11-20',
      };
      await recordPayment(c.t.deps, await regroupementId(c.t, 'la-farandole'), {
        ...other,
        reference: '0417',
        recordedBy: 'cli:test',
        idempotencyKey: 'another-house',
      });
    });

    test('without a reference only the same invoice counts', async () => {
      await addInvoice(c.t.deps, 'petits-bouleaux', {
        firstName: 'X',
        lastName: 'Y',
        certificate: 'PB-000002',
        invoice: 'F-2',
        totalCents: 20_000,
      });
      const cash = { method: 'cash', reference: '' };
      await again(cash, 5_000);
      await again({ ...cash, invoiceNumber: 'F-2' }, 5_000);
      await assert.rejects(again(cash, 5_000), duplicate);
    });

    for (const reference of ['', '-', 'n/a', 'aucune', 'chèque', '000'])
      test(`« ${reference} » on the same invoice may be the cheque 0417`, async () => {
        await assert.rejects(again({ reference, receivedOn: '2026-11-22' }), duplicate);
        await again({ reference, evenSo: ['possible-duplicate'] });
        await assert.rejects(again({ reference: '9', evenSo: ['more-than-balance'] }), duplicate);
      });

    test('references without any digit are compared whole', async () => {
      await again({ method: 'interac', reference: 'CAabcdef' }, 500);
      await assert.rejects(again({ method: 'interac', reference: 'Virement : caABCDEF' }, 500), duplicate);
      await again({ method: 'interac', reference: 'CAabcdeg' }, 500);
    });

    test('one that was taken back is none', async () => {
      const [first] = await recordedPayments(c.t.deps, id);
      await reverseRecorded(c.t.deps, id, first?.id ?? '', { recordedBy: 'cli:test', reference: '0417' });
      await again();
      assert.equal(await c.owed(), TOTAL - 10_000);
      await assert.rejects(again(), duplicate, 'the second one counts');
    });

    test('confirmed by its name it is taken, and the row says so; another name does not help', async () => {
      await assert.rejects(again({ evenSo: ['more-than-balance'] }), duplicate);
      const second = await again({ evenSo: ['possible-duplicate', 'more-than-balance'] });
      assert.deepEqual(second.evenSo, ['possible-duplicate'], 'what stood, not what was said');
      const [listed] = await recordedPayments(c.t.deps, id);
      assert.deepEqual(
        [listed?.id, listed?.evenSo, listed?.recordedBy],
        [second.id, ['possible-duplicate'], 'cli:test'],
      );
      assert.deepEqual(
        (await c.rows<{ name: string }>('SELECT name FROM counters')).map(({ name }) => name),
        ['even-so:possible-duplicate'],
      );
    });

    test('more than is owed is refused too, both doubts need both names', async () => {
      await assert.rejects(again({ reference: '9' }, 19_614), { kind: 'more-than-balance' });
      await again({ reference: '9' }, 19_613);
      const refused = { kind: 'possible-duplicate', extra: { owedCents: 0 } };
      await assert.rejects(again({}, 10_000), (error: Problem) => {
        assert.deepEqual(error.extra.doubts, ['possible-duplicate', 'more-than-balance']);
        assert.equal(error.extra.owedCents, 0);
        return error.kind === refused.kind;
      });
      await assert.rejects(again({ evenSo: ['possible-duplicate'] }), { kind: 'more-than-balance' });
      await assert.rejects(again({ evenSo: ['more-than-balance'] }), duplicate);
      const both = await again({ evenSo: ['more-than-balance', 'possible-duplicate'] });
      assert.deepEqual(both.evenSo, ['possible-duplicate', 'more-than-balance']);
    });

    test('a cancelled invoice owes nothing', async () => {
      await c.t.deps.db.execute("UPDATE invoices SET status = 'cancelled' WHERE number = 'F-1'");
      await c.t.deps.db.batch(
        post(c.t.deps, {
          regroupementId: id,
          invoiceId: c.invoiceId,
          kind: 'adjustment',
          cents: -TOTAL,
          source: 'invoice-cancelled:F-1',
          occurredAt: c.t.clock.now,
        }),
      );
      await assert.rejects(again({ reference: '9' }, 1), { kind: 'more-than-balance' });
    });

    test('the same key is the same payment, whatever is confirmed', async () => {
      const first = await again({ reference: '77' }, 500, 'one-key');
      assert.equal(
        (await again({ reference: '77', evenSo: ['possible-duplicate'] }, 500, 'one-key')).id,
        first.id,
      );
    });

    test('twenty at once with keys of their own: one is written down', async () => {
      const all = await Promise.allSettled(
        Array.from({ length: 20 }, (_, n) => again({ reference: n % 2 === 0 ? '0500' : '#500' }, 2_000)),
      );
      assert.equal(all.filter(({ status }) => status === 'fulfilled').length, 1);
      for (const one of all)
        if (one.status === 'rejected') assert.equal((one.reason as Problem).kind, 'possible-duplicate');
      assert.equal(await c.owed(), TOTAL - 12_000);
    });

    test('those written down by an earlier version are compared too, and stay unchangeable', async () => {
      const { db } = c.t.deps;
      for (const sql of [
        'DROP INDEX recorded_payments_alike',
        'DROP INDEX recorded_payments_by_method',
        'DROP INDEX recorded_payments_doubtful',
        'DROP INDEX recorded_payments_by_reference',
        'ALTER TABLE recorded_payments DROP COLUMN reference_key',
        'ALTER TABLE recorded_payments DROP COLUMN even_so',
        'DROP INDEX allocations_by_certificate',
        'ALTER TABLE allocations DROP COLUMN certificate_id',
        "DELETE FROM schema_migrations WHERE name LIKE '0015%'",
      ])
        await db.execute(sql);
      assert.deepEqual(await migrate(db, c.t.clock.now), ['0015_same_cheque.sql']);
      await assert.rejects(again({ reference: '#417' }), duplicate);
      await assert.rejects(db.execute("UPDATE recorded_payments SET reference = ''"), /corrected by another/);
    });

    test('a payments file that brings the cheque again is told; one that brought it first is known', async () => {
      const bring = (row: string) =>
        importFile(c.t.deps, {
          by: 'cli:test',
          regroupement: 'petits-bouleaux',
          name: 'paiements.csv',
          bytes: new TextEncoder().encode(
            `No paiement;No facture;Montant;Mode;Référence;Date de paiement\r\n${row}\r\n`,
          ),
        });
      const twice = await bring('P-1;F-1;100,00;chèque;#417;2026-11-21');
      assert.equal(twice.accepted, 0);
      assert.match(twice.refused[0]?.reason ?? '', /déjà inscrit.*0417.*2026-11-20.*F-1/s);
      const other = await bring('P-2;F-1;50,00;chèque;0600;2026-11-21');
      assert.equal(other.accepted, 1);
      await assert.rejects(again({ reference: '0600', receivedOn: '2026-11-21' }, 5_000), duplicate);
      await again({ reference: '0601', receivedOn: '2026-11-22' }, 5_000);
      // Where the file does not say how it was paid, or either has no reference.
      const unsaid = await bring('P-3;F-1;100,00;;n° 417;2026-11-21');
      assert.match(unsaid.refused[0]?.reason ?? '', /déjà inscrit/);
      const bare = await bring('P-4;F-1;100,00;chèque;;2026-11-20');
      assert.match(bare.refused[0]?.reason ?? '', /déjà inscrit/);
      await again({ method: 'cash', reference: '', receivedOn: '2026-11-19' }, 700);
      const cash = await bring('P-5;F-1;7,00;comptant;;2026-11-19');
      assert.match(cash.refused[0]?.reason ?? '', /déjà inscrit : 7,00\s\$, le 2026-11-19/);
      assert.equal((await bring('P-6;F-1;7,00;comptant;;2026-11-21')).accepted, 1, 'another day');
      assert.equal((await bring('P-7;F-1;8,00;;;2026-11-21')).accepted, 1);
      await assert.rejects(
        again({ method: 'cash', reference: '', receivedOn: '2026-11-21' }, 800),
        duplicate,
      );
    });
  });
});
