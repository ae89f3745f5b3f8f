// What someone signed in sees of her own file, found by her verified e-mail, line by line.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Db } from '../../../server/db/db.ts';
import { newId } from '../../../server/deps.ts';
import { addInvoice, startTestApp, type TestApp } from '../../support/app.ts';
import { pay, regroupementId } from '../../support/books.ts';
import { balance, quote, signIn } from '../../support/payer.ts';

let t: TestApp;
before(async () => {
  t = await startTestApp();
});
after(() => t.close());

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
    await pay(t, old.invoiceId, 28_032);
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
    const { foundBy, certificates } = await balance(payer);
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
      plan: null,
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
    const shared = await balance(await signIn(t, 'garderie@example.org'));
    assert.deepEqual(shared.certificates.map((c) => c.holderName).sort(), [
      'Gaëtane Thériault',
      'Réal Bérubé',
    ]);
    assert.deepEqual(await balance(await signIn(t, 'personne@example.org')), {
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
    const { certificates } = await balance(await signIn(t, 'oumou@example.org'));
    assert.deepEqual(certificates, []);
  });

  test('an invoice made while she looks shows at the next look, without signing in again (S34)', async () => {
    const payer = await signIn(t, 'later@example.org');
    assert.equal((await balance(payer)).foundBy, 'none');
    await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Line',
      lastName: 'Gagné',
      email: 'later@example.org',
      certificate: 'PB-10',
      invoice: 'F-10',
      totalCents: 6_000,
    });
    assert.equal((await balance(payer)).certificates[0]?.balanceCents, 6_000);
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
      [newId(t.deps), await regroupementId(t), certificateId],
    );
    const payer = await signIn(t, 'renee@example.org');
    const [certificate] = (await balance(payer)).certificates;
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
    const [certificate] = (await balance(payer)).certificates;
    assert.deepEqual(
      [certificate?.balanceCents, certificate?.invoices[0]?.payable, certificate?.invoices[0]?.totalCents],
      [0, false, 29_613],
    );
    assert.equal((await quote(payer, [invoiceId]))[1].type, '/problems/invoice-cancelled');
  });

  test('each look asks the database once: over a network, each time is one to wait for', async () => {
    const payer = await signIn(t, 'marie-eve@example.org');
    const { db } = t.deps;
    let asked = 0;
    const counting: Db = {
      execute(...given) {
        asked++;
        return db.execute(...given);
      },
      batch(...given) {
        asked++;
        return db.batch(...given);
      },
      close: () => db.close(),
    };
    t.deps.db = counting;
    // The first one reads the keys that sign tokens, too.
    await balance(payer);
    asked = 0;
    await balance(payer);
    t.deps.db = db;
    assert.equal(asked, 1);
  });
});
