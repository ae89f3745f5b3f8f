// Between her approval at PayPal and « Confirmer » the staff go on working: whatever they did, nothing is taken, and she
// reads what it was, in both languages, no more of it than is hers to know.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { post } from '../../../server/ledger/entries.ts';
import { sendDueMail } from '../../../server/mail/worker.ts';
import { recordPayment } from '../../../server/offline-payments/record.ts';
import type { Payment } from '../../../server/payments/schemas.ts';
import { sweepPayments } from '../../../server/payments/sweep.ts';
import { checkReversals } from '../../../server/refunds/check-reversals.ts';
import { addInvoice } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { CARD, type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';
import { HEADER, row } from '../../support/invoice-list.ts';
import { justBefore } from '../../support/just-before.ts';
import { balance, type Payer, search, signIn } from '../../support/payer.ts';
import { type Staff, staffWith } from '../../support/staff.ts';

interface Refused {
  type: string;
  detail: string;
  detailEn: string;
  invoiceNumber?: string;
  method?: string;
  paidOn?: string;
  yours?: boolean;
}
const NOTHING = 'Ce paiement est annulé\u00a0: PayPal n’a rien pris.';
const NOTHING_EN = 'This payment is cancelled: PayPal took nothing.';

describe('she has agreed at PayPal; meanwhile', () => {
  let c: Checkout;
  let staff: Staff;
  let files: Staff;
  beforeEach(async () => {
    c = await startCheckout();
    staff = await staffWith(c.t, ['read', 'record', 'links']);
    files = await staffWith(c.t, ['import'], 'petits-bouleaux', 'text/csv');
  });
  afterEach(() => c.close());

  const list = async (more: Parameters<typeof row>[0]) => {
    const lines = { premium: more?.total ?? '', tax: '0,00 $' };
    const report = await files('POST', '/imports', `${HEADER}\n${row({ ...lines, ...more })}\n`);
    assert.equal(report.status, 200, await report.clone().text());
  };
  const hers = { first: 'Marie-Ève', last: 'Tremblay', email: 'marie@example.org' };
  const cheque = async (more: object = {}) => {
    const body = { invoiceNumber: 'F-1', method: 'cheque', amountCents: TOTAL, receivedOn: '2026-11-20' };
    assert.equal((await staff('POST', '/recorded-payments', { ...body, ...more })).status, 201);
  };
  /** A signed-in account that opened Marie's certificate by its name and number. */
  const friend = async (): Promise<Payer> => {
    const payer = await signIn(c.t, 'conjoint@example.org');
    assert.equal((await search(payer, 'Tremblay', 'Marie-Ève', 'PB-000001')).status, 201);
    return payer;
  };
  const agreed = async (payer: Payer, more: object = {}): Promise<Payment> => {
    const { body } = await c.start(payer, more);
    await c.approve(body.approveUrl, CARD);
    return body.payment;
  };
  /** « Confirmer »: refused, nothing taken, and what is read then and afterwards is the same. */
  const refused = async (payment: Payment, payer = c.marie): Promise<Refused> => {
    const { status, body } = await c.confirm(payment.id, payment.totalCents, payer);
    assert.equal(status, 409, JSON.stringify(body));
    assert.equal(c.captures().length, 0);
    const problem = body as unknown as Refused;
    const after = (await (await payer.call('GET', `/payments/${payment.id}`)).json()) as { payment: Payment };
    assert.equal(after.payment.state, 'cancelled');
    assert.equal(`/problems/${after.payment.failure}`, problem.type);
    const { detail, detailEn, invoiceNumber } = problem;
    assert.deepEqual(after.payment.stopped, { detail, detailEn, invoiceNumber });
    return problem;
  };

  test('a cheque pays it: when and how', async () => {
    const payment = await agreed(c.marie);
    await cheque();
    const { type, detail, detailEn, ...facts } = await refused(payment);
    assert.equal(type, '/problems/already-paid');
    assert.equal(detail, `La facture F-1 a déjà été payée par chèque le 20 novembre 2026. ${NOTHING}`);
    assert.equal(detailEn, `Invoice F-1 has already been paid by cheque on November 20, 2026. ${NOTHING_EN}`);
    assert.deepEqual(
      [facts.invoiceNumber, facts.method, facts.paidOn, facts.yours],
      ['F-1', 'cheque', '2026-11-20', false],
    );
  });

  for (const [method, words] of [
    ['interac', 'par virement Interac le 20 novembre 2026'],
    ['debit', 'par prélèvement le 20 novembre 2026'],
    ['cash', 'comptant le 20 novembre 2026'],
  ] as const)
    test(`${method} pays it`, async () => {
      const payment = await agreed(c.marie);
      await cheque({ method });
      assert.match(
        (await refused(payment)).detail,
        new RegExp(`^La facture F-1 a déjà été payée ${words}\\.`),
      );
    });

  test('paid by two means: the day, and neither means', async () => {
    const payment = await agreed(c.marie);
    await cheque({ method: 'interac', amountCents: 10_000 });
    await cheque({ method: 'cash', amountCents: TOTAL - 10_000, receivedOn: '2026-11-21' });
    const { detail, detailEn, method } = await refused(payment);
    assert.equal(detail, `La facture F-1 a déjà été payée le 21 novembre 2026. ${NOTHING}`);
    assert.equal(detailEn, `Invoice F-1 has already been paid on November 21, 2026. ${NOTHING_EN}`);
    assert.equal(method, undefined);
  });

  test('a part by a cheque, then the invoice falls below that: paid, by cheque', async () => {
    const payment = await agreed(c.marie);
    await cheque({ amountCents: 15_000 });
    await list({ ...hers, total: '100,00 $', balance: '0,00 $' });
    assert.equal(await c.owed(), -5_000);
    assert.match((await refused(payment)).detail, /^La facture F-1 a déjà été payée par chèque le 20/);
  });

  test('cancelled and open again before she confirms: it is paid, once', async () => {
    const payment = await agreed(c.marie);
    await list({ ...hers, total: '296,13 $', balance: '0,00 $', status: 'annulée' });
    await list({ ...hers, total: '296,13 $', balance: '296,13 $' });
    assert.equal((await c.confirm(payment.id)).body.payment.state, 'completed');
    await c.booksAgree(1);
  });

  test('paid and refunded before, brought to nothing now: nothing to pay, and not « déjà payée »', async () => {
    const paid = await c.paid();
    const office = await staffWith(c.t, ['refund']);
    assert.equal((await office('POST', `/payments/${paid.number}/refunds`, { reason: 'x' })).status, 201);
    const { body } = await c.start(c.marie, {});
    await c.approve(body.approveUrl, CARD);
    await list({ ...hers, total: '0,00 $', balance: '0,00 $' });
    const after = await c.confirm(body.payment.id);
    assert.equal(after.body.type, '/problems/nothing-to-pay');
    assert.equal(c.captures().length, 1);
  });

  test('a cheque while PayPal may be taking the money: staff are told what to do', async () => {
    const payment = await agreed(c.marie);
    c.fault('capture', { kind: '500' }, 3);
    c.fault('get', { kind: '500' }, 3);
    assert.equal((await c.confirm(payment.id)).body.payment.state, 'unknown');
    const answer = await staff('POST', '/recorded-payments', {
      ...{ invoiceNumber: 'F-1', method: 'cheque', amountCents: 99_999, receivedOn: '2026-11-20' },
      evenSo: ['more-than-balance'],
    });
    const { type, detail, detailEn } = (await answer.json()) as Refused;
    assert.equal(type, '/problems/payment-in-progress');
    assert.match(detail, /libérez-le s’il n’est pas fait chez PayPal/);
    assert.match(detailEn, /release it/);
  });

  test('a cheque that was taken back is not how it was paid', async () => {
    const payment = await agreed(c.marie);
    await cheque({ method: 'interac' });
    const second = await staff('POST', '/recorded-payments', {
      ...{ invoiceNumber: 'F-1', method: 'cheque', amountCents: 100, receivedOn: '2026-11-21' },
      evenSo: ['more-than-balance'],
    });
    const { recorded } = (await second.json()) as { recorded: { id: string } };
    await staff('POST', `/recorded-payments/${recorded.id}/reversal`, { reason: 'erreur' });
    assert.match((await refused(payment)).detail, /Interac le 20 novembre 2026/);
  });

  test('someone else pays it online', async () => {
    const other = await friend();
    const hers = await agreed(c.marie);
    const theirs = await agreed(other);
    assert.equal((await c.confirm(theirs.id, TOTAL, other)).body.payment.state, 'completed');
    const { status, body } = await c.confirm(hers.id);
    assert.equal(status, 409);
    const { detail, detailEn } = body as unknown as Refused;
    assert.equal(
      detail,
      `La facture F-1 a déjà été payée en ligne le 23 novembre 2026, avec un autre compte. ${NOTHING}`,
    );
    assert.match(detailEn, /online on November 23, 2026, with another account\./);
    await c.booksAgree(1);
  });

  test('she pays it herself, in another tab', async () => {
    const first = await agreed(c.marie);
    const second = await agreed(c.marie, { lang: 'en-CA' });
    assert.equal((await c.confirm(second.id)).body.payment.state, 'completed');
    const { body } = await c.confirm(first.id);
    assert.match((body as unknown as Refused).detail, /en ligne le 23 novembre 2026, avec votre compte\./);
    assert.equal((await c.confirm(second.id)).body.payment.state, 'completed', 'and that one stays paid');
    await c.booksAgree(1);
  });

  test('a list cancels it', async () => {
    const payment = await agreed(c.marie);
    await list({ ...hers, total: '296,13 $', balance: '0,00 $', status: 'annulée' });
    const { type, detail, detailEn } = await refused(payment);
    assert.equal(type, '/problems/invoice-cancelled');
    assert.equal(
      detail,
      `La facture F-1 a été annulée. ${NOTHING} Pour toute question, communiquez avec votre regroupement.`,
    );
    assert.match(detailEn, /^Invoice F-1 has been cancelled\. .* contact your association\.$/);
  });

  test('a list changes its amount', async () => {
    const payment = await agreed(c.marie);
    await list({ ...hers, total: '320,00 $', balance: '320,00 $' });
    const { status, body } = await c.confirm(payment.id);
    assert.deepEqual([status, body.type, body.totalCents], [409, '/problems/amount-changed', 32_000]);
    assert.equal(c.captures().length, 0);
    assert.match((await c.look(payment.id)).stopped?.detail ?? '', /^Le total à payer a changé\. /);
  });

  test('a list brings it down to nothing', async () => {
    const payment = await agreed(c.marie);
    await list({ ...hers, total: '0,00 $', balance: '0,00 $' });
    const { type, detail } = await refused(payment);
    assert.equal(type, '/problems/nothing-to-pay');
    assert.equal(detail, `La facture F-1 n’a plus rien à payer. ${NOTHING}`);
  });

  test('it goes to somebody else: no longer hers, and nothing of what it is now', async () => {
    const payment = await agreed(c.marie);
    const { certificateId } = await addInvoice(c.t.deps, 'petits-bouleaux', {
      ...{ firstName: 'Renée', lastName: 'Gagnon', email: 'renee@example.org' },
      ...{ certificate: 'PB-777777', invoice: 'F-2', totalCents: 100 },
    });
    await c.t.deps.db.execute("UPDATE invoices SET certificate_id = ? WHERE number = 'F-1'", [certificateId]);
    await cheque();
    const { type, detail, ...facts } = await refused(payment);
    assert.equal(type, '/problems/invoice-not-in-file');
    assert.equal(
      detail,
      `La facture F-1 n’est plus dans votre dossier. ${NOTHING} Pour toute question, communiquez avec votre regroupement.`,
    );
    assert.deepEqual([facts.method, facts.paidOn], [undefined, undefined]);
    const known = await (await c.marie.call('GET', `/payments/${payment.id}`)).text();
    assert.doesNotMatch(known, /777777|Gagnon/, 'whose it is now is not hers to know');
    assert.match(known, /PB-000001/);
  });

  test('it goes to another certificate of hers', async () => {
    const payment = await agreed(c.marie);
    const { certificateId } = await addInvoice(c.t.deps, 'petits-bouleaux', {
      ...{ firstName: 'Marie-Ève', lastName: 'Tremblay', email: 'marie@example.org' },
      ...{ certificate: 'PB-000009', invoice: 'F-9', totalCents: 100 },
    });
    await c.t.deps.db.execute("UPDATE invoices SET certificate_id = ? WHERE number = 'F-1'", [certificateId]);
    const { type, detail } = await refused(payment);
    assert.equal(type, '/problems/invoice-changed');
    assert.equal(
      detail,
      `La facture F-1 est maintenant à un autre certificat. ${NOTHING} Vérifiez-la dans vos factures avant de la payer.`,
    );
    // Started again, it is a payment of what is so now.
    const again = await agreed(c.marie);
    assert.notEqual(again.id, payment.id);
    assert.equal((await c.confirm(again.id)).body.payment.state, 'completed');
  });

  test('her link is undone', async () => {
    const payer = await friend();
    const payment = await agreed(payer);
    const [link] = await c.rows<{ id: string }>('SELECT id FROM links');
    assert.equal((await staff('POST', `/links/${link?.id}/undo`)).status, 200);
    await cheque();
    const { type, detail } = await refused(payment, payer);
    assert.equal(type, '/problems/invoice-not-in-file');
    assert.doesNotMatch(detail, /payée|chèque/);
  });

  test('her e-mail on file becomes another', async () => {
    const payment = await agreed(c.marie);
    await c.t.deps.db.execute("UPDATE holders SET email = 'x@example.org', email_key = 'x@example.org'");
    assert.equal((await refused(payment)).type, '/problems/invoice-not-in-file');
  });

  test('whoever may only pay is told that it is paid, not how', async () => {
    const payer = await friend();
    const payment = await agreed(payer);
    await cheque();
    const { type, detail, method, paidOn } = await refused(payment, payer);
    assert.equal(type, '/problems/already-paid');
    assert.equal(detail, `La facture F-1 a déjà été payée. ${NOTHING}`);
    assert.deepEqual([method, paidOn], [undefined, undefined]);
  });

  test('her regroupement takes no such part any more', async () => {
    await c.t.deps.db.execute(`UPDATE regroupements SET instalments = '{"kind":"free","minimumCents":2500}'`);
    const payment = await agreed(c.marie, { amountCents: 10_000, expectedTotalCents: 10_000 });
    await c.t.deps.db.execute(
      `UPDATE regroupements SET instalments = '{"kind":"free","minimumCents":20000}'`,
    );
    const { type, detail } = await refused(payment);
    assert.equal(type, '/problems/part-not-allowed');
    assert.match(
      detail,
      /^La facture F-1 ne peut plus être payée en partie pour ce montant\. .*Choisissez un autre montant\.$/,
    );
  });

  test('of two invoices paid together, the one that it is about is named', async () => {
    const { invoiceId } = await addInvoice(c.t.deps, 'petits-bouleaux', {
      ...{ firstName: 'Marie-Ève', lastName: 'Tremblay', email: 'marie@example.org' },
      ...{ certificate: 'PB-000001', invoice: 'F-2', totalCents: 5_000 },
    });
    const both = { invoiceIds: [c.invoiceId, invoiceId], expectedTotalCents: TOTAL + 5_000 };
    const payment = await agreed(c.marie, both);
    await cheque({ invoiceNumber: 'F-2', amountCents: 5_000 });
    const { detail, invoiceNumber } = await refused(payment);
    assert.equal(invoiceNumber, 'F-2');
    assert.match(detail, /^La facture F-2 a déjà été payée par chèque/);
    const late = await c.start(c.marie, both);
    assert.match(
      (late.body as unknown as Refused).detail,
      /^La facture F-2 a déjà été payée par chèque le 20 novembre 2026\.$/,
    );
  });

  test('another payment holds it: nothing ends, she may confirm once that one is over', async () => {
    const other = await friend();
    const hers = await agreed(c.marie);
    const theirs = await agreed(other);
    c.fault('capture', { kind: '500' }, 3);
    c.fault('get', { kind: '500' }, 3);
    assert.equal((await c.confirm(theirs.id, TOTAL, other)).body.payment.state, 'unknown');
    const { status, body } = await c.confirm(hers.id);
    assert.deepEqual([status, body.type], [409, '/problems/payment-in-progress']);
    assert.equal((await c.look(hers.id)).state, 'approved');
  });

  for (const [what, sql] of [
    ['her link is undone', 'UPDATE links SET undone_at = 1'],
    ['it goes to another certificate', "UPDATE invoices SET certificate_id = 'cert-9' WHERE number = 'F-1'"],
    ['it is cancelled', "UPDATE invoices SET status = 'cancelled' WHERE number = 'F-1'"],
  ] as const)
    test(`${what} between the last look and the hold: nothing is taken`, async () => {
      await c.t.deps.db.execute(
        `INSERT INTO certificates(id, regroupement_id, holder_id, number, number_key, period_start, period_end, created_at, updated_at)
         SELECT 'cert-9', regroupement_id, holder_id, 'PB-000009', 'PB000009', period_start, period_end, 1, 1 FROM certificates LIMIT 1`,
      );
      const payer = await friend();
      const payment = await agreed(payer);
      const { status } = await justBefore(
        c.t,
        /INSERT INTO invoice_holds/,
        () => c.t.deps.db.execute(sql),
        () => c.confirm(payment.id, TOTAL, payer),
      );
      assert.equal(status, 409);
      assert.equal(c.captures().length, 0);
    });

  test('a payment that was taken is never called untaken, whatever amount is asked for', async () => {
    const payment = await c.paid();
    const { status, body } = await c.confirm(payment.id, 1);
    assert.deepEqual([status, body.payment.state], [200, 'completed']);
  });

  test('the reminder « Il reste une étape » is not sent about what cannot be paid: why is', async () => {
    const payment = await agreed(c.marie);
    await cheque();
    for (let n = 0; n < 4; n++) {
      c.t.clock.advance(11 * 60_000);
      await sweepPayments(c.t.deps, c.paypal, checkReversals);
    }
    await sendDueMail(c.t.deps);
    assert.deepEqual(
      c.t.outgoing.map(({ subject }) => subject.replaceAll('\u00a0', ' ')),
      ['Votre paiement n’a pas été fait', 'Reçu – paiement de 296,13 $ au Regroupement petits-bouleaux'],
    );
    const text = c.t.outgoing[0]?.text ?? '';
    assert.match(
      text,
      /La facture F-1 a déjà été payée par chèque le 20 novembre 2026\. Ce paiement est annulé/,
    );
    assert.doesNotMatch(text, /recommencer/);
    const [row] = await c.rows<{ state: string }>(`SELECT state FROM payments WHERE id = '${payment.id}'`);
    assert.equal(row?.state, 'cancelled');
  });

  test('a payment that staff let go is not said to have taken nothing', async () => {
    const payment = await c.approved();
    c.fault('capture', { kind: '500' }, 3);
    c.fault('get', { kind: '500' }, 3);
    await c.confirm(payment.id);
    const refund = await staffWith(c.t, ['refund']);
    const released = await refund('POST', `/payments/${payment.number}/release`, {
      reason: 'absent chez PayPal',
    });
    assert.equal(released.status, 200);
    const { stopped } = await c.look(payment.id);
    assert.match(
      stopped?.detail ?? '',
      /^Votre regroupement a mis fin à ce paiement\. .*communiquez avec lui\.$/,
    );
    assert.doesNotMatch(stopped?.detail ?? '', /rien/);
  });

  test('« Confirmer », no answer, then less is owed: nobody says that PayPal took something else', async () => {
    const payment = await c.approved();
    c.fault('capture', { kind: '503' }, 3);
    c.fault('get', { kind: '503' }, 3);
    assert.equal((await c.confirm(payment.id)).body.payment.state, 'unknown');
    await c.t.deps.db.batch(
      post(c.t.deps, {
        ...{ regroupementId: await regroupementId(c.t), invoiceId: c.invoiceId, kind: 'adjustment' },
        ...{ cents: -100, source: 'correction:F-1', occurredAt: c.t.clock.now },
      }),
    );
    c.standIn.faults.clear();
    const seen = await c.look(payment.id);
    assert.deepEqual([seen.state, seen.failure], ['unknown', 'less-owed']);
    assert.equal(c.captures().length, 0);
    assert.deepEqual(
      (await c.rows<{ kind: string }>('SELECT kind FROM exceptions')).map(({ kind }) => kind),
      ['less-owed'],
    );
    await sendDueMail(c.t.deps);
    assert.match(
      c.t.outgoing[0]?.text ?? '',
      /il reste maintenant moins que ce montant à payer sur la facture/,
    );
    const hers = await (await c.marie.call('GET', '/me/export')).text();
    assert.doesNotMatch(hers, /ce que PayPal a pris|mismatch/);

    // PayPal's window closes with nothing taken: nothing is left for staff to explain.
    c.t.clock.now += 7 * 3_600_000;
    await sweepPayments(c.t.deps, c.paypal, checkReversals);
    assert.deepEqual(await c.rows('SELECT p.state, e.closed_by, e.note FROM exceptions e, payments p'), [
      { state: 'expired', closed_by: 'paypal', note: 'NOT-TAKEN' },
    ]);
  });

  test('« Confirmer », no answer, then two ask for the money again: the slower one tells staff of nothing', async () => {
    const payment = await c.approved();
    c.fault('capture', { kind: '503' }, 3);
    c.fault('get', { kind: '503' }, 3);
    assert.equal((await c.confirm(payment.id)).body.payment.state, 'unknown');
    c.standIn.faults.clear();
    const seen = await justBefore(
      c.t,
      /AS moved/,
      async () => {
        // Longer than it may take: another may ask.
        c.t.clock.advance(130_000);
        assert.equal((await c.look(payment.id)).state, 'completed');
      },
      () => c.look(payment.id),
    );
    assert.equal(seen.state, 'completed');
    assert.equal(c.captures().length, 1);
    assert.deepEqual(await c.rows('SELECT kind FROM exceptions'), []);
  });

  test('before an order is made the same causes are told, and no order is', async () => {
    await balance(c.marie);
    await list({ ...hers, total: '296,13 $', balance: '0,00 $', status: 'annulée' });
    const cancelled = (await c.start()).body as unknown as Refused;
    assert.deepEqual(
      [cancelled.type, cancelled.detail],
      [
        '/problems/invoice-cancelled',
        'La facture F-1 a été annulée. Pour toute question, communiquez avec votre regroupement.',
      ],
    );
    assert.equal(c.standIn.books.orders.size, 0);
  });

  test('an amount list that only called it paid tells neither day nor means', async () => {
    await list({ ...hers, invoice: 'F-7', total: '100,00 $', balance: '0,00 $' });
    const [{ id } = { id: '' }] = await c.rows<{ id: string }>(
      "SELECT id FROM invoices WHERE number = 'F-7'",
    );
    const { type, detail } = (await c.start(c.marie, { invoiceIds: [id] })).body as unknown as Refused;
    assert.deepEqual([type, detail], ['/problems/already-paid', 'La facture F-7 a déjà été payée.']);
  });

  test('recorded money of another regroupement is not how hers was paid', async () => {
    const payment = await agreed(c.marie);
    await addInvoice(c.t.deps, 'la-farandole', {
      ...{ firstName: 'X', lastName: 'Y', certificate: '0000001', invoice: 'F-1', totalCents: TOTAL },
    });
    await recordPayment(c.t.deps, await regroupementId(c.t, 'la-farandole'), {
      ...{ invoiceNumber: 'F-1', method: 'cash', cents: TOTAL, receivedOn: '2026-11-22', reference: '' },
      ...{ recordedBy: 'cli:test', idempotencyKey: 'their-own-money' },
    });
    assert.equal((await c.confirm(payment.id)).body.payment.state, 'completed');
  });
});
