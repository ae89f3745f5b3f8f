// « Recherche de votre facture »: a name and a certificate number open what is left to pay, and tell nothing else.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { newId } from '../../../server/deps.ts';
import { addInvoice, startTestApp, type TestApp } from '../../support/app.ts';
import { pay } from '../../support/books.ts';
import { balance, type Payer, search, signIn } from '../../support/payer.ts';
import { seen } from '../../support/sign-up.ts';

let t: TestApp;
before(async () => {
  t = await startTestApp();
});
after(() => t.close());

let people = 0;
/** Someone new, so that no limit of another test counts. */
async function someone(): Promise<Payer> {
  people++;
  return await signIn(t, `personne${people}@example.com`);
}

describe('finding her invoice by name and number', () => {
  before(async () => {
    await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Anne-Sophie',
      lastName: "D'Août",
      certificate: 'PB-004533',
      invoice: 'F-4',
      totalCents: 29_613,
    });
    await addInvoice(t.deps, 'la-farandole', {
      firstName: 'Oumou',
      lastName: 'Diallo Bâ',
      certificate: '0000077',
      invoice: 'AF-4',
      totalCents: 33_790,
    });
  });

  test('it opens what is left to pay on that certificate, and shows it from then on', async () => {
    const payer = await someone();
    const found = await search(payer, 'daout', 'anne sophie', 'pb 004533');
    assert.equal(found.status, 201);
    const [certificate] = found.body.certificates ?? [];
    assert.deepEqual(
      [
        certificate?.number,
        certificate?.level,
        certificate?.balanceCents,
        certificate?.invoices.map((i) => i.number),
      ],
      ['PB-004533', 'pay', 29_613, ['F-4']],
    );
    assert.deepEqual(await balance(payer), { foundBy: 'link', certificates: found.body.certificates });
    const quoted = await payer.call('POST', '/quotes', { invoiceIds: [certificate?.invoices[0]?.id] });
    assert.equal(quoted.status, 200);
  });

  test('everything in one field, fields swapped: found too; nothing typed: told which field', async () => {
    assert.equal((await search(await someone(), 'Anne-Sophie D’Août', '', 'PB-004533')).status, 201);
    assert.equal((await search(await someone(), 'Anne-Sophie', 'D’Août', '#PB-004533')).status, 201);
    const empty = await search(await someone(), ' ', '', 'PB-004533');
    assert.equal(empty.status, 400);
    assert.deepEqual((empty.body as { errors?: unknown }).errors, [
      { pointer: '/lastName', code: 'required' },
    ]);
  });

  test('the name on file is not repeated, nor what was paid by others, nor the state of her coverage', async () => {
    const { invoiceId, certificateId, holderId } = await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Geneviève',
      lastName: 'Lafrenière dit Lajoie',
      email: null,
      certificate: 'PB-50',
      invoice: 'F-50',
      totalCents: 10_000,
    });
    await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: '',
      lastName: '',
      holderId,
      certificate: 'PB-50',
      invoice: 'F-51',
      totalCents: -3_000,
    });
    await t.deps.db.execute("UPDATE certificates SET status = 'en vigueur' WHERE id = ?", [certificateId]);
    await t.deps.db.execute(
      `INSERT INTO endorsements(id, regroupement_id, certificate_id, effective_on, description, amount_cents, created_at, updated_at)
       SELECT ?, regroupement_id, id, '2026-10-15', 'x', 3500, 1, 1 FROM certificates WHERE id = ?`,
      [newId(t.deps), certificateId],
    );
    const payer = await someone();
    const [certificate] = (await search(payer, 'Lajoie', 'Genevieve', 'PB-50')).body.certificates ?? [];
    assert.deepEqual(
      [
        certificate?.holderName,
        certificate?.status,
        certificate?.endorsementsWithoutInvoice,
        certificate?.creditCents,
      ],
      [null, '', 0, 0],
    );
    assert.deepEqual(
      certificate?.invoices.map((i) => i.id),
      [invoiceId],
    );
    assert.ok(!JSON.stringify(certificate).includes('Genevi'));
  });

  test('once paid by someone else, it is no longer shown; once paid by her, it stays', async () => {
    const { invoiceId } = await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Cécile',
      lastName: 'Charlebois',
      certificate: 'PB-60',
      invoice: 'F-60',
      totalCents: 10_000,
    });
    const [her, other] = [await someone(), await someone()];
    for (const payer of [her, other]) await search(payer, 'Charlebois', 'Cécile', 'PB-60');
    await t.deps.db.batch([
      {
        sql: `INSERT INTO payments(id, regroupement_id, account_id, number, state, amount_cents, lang, idempotency_key, request_hash,
                nonce_hash, page, paypal_version, created_at, updated_at, completed_at)
              SELECT 'p60', regroupement_id, ?, 'P-60', 'completed', 10000, 'fr-CA', 'k', 'x', 'n60', 'https://x.test/', 1, 1, 1, 1
              FROM invoices WHERE id = ?`,
        args: [her.accountId, invoiceId],
      },
      {
        sql: "INSERT INTO allocations(payment_id, invoice_id, amount_cents, owed_cents) VALUES ('p60', ?, 10000, 10000)",
        args: [invoiceId],
      },
      {
        sql: `INSERT INTO ledger_entries(id, regroupement_id, invoice_id, kind, amount_cents, source, payment_id, day, occurred_at, posted_at)
              SELECT 'e60', regroupement_id, id, 'payment', -10000, 'paypal:60', 'p60', '2026-11-23', 1, 1 FROM invoices WHERE id = ?`,
        args: [invoiceId],
      },
    ]);
    const shown = async (payer: Payer) =>
      (await balance(payer)).certificates[0]?.invoices.map((i) => [i.number, i.balanceCents]);
    assert.deepEqual(await shown(her), [['F-60', 0]]);
    assert.deepEqual(await shown(other), []);
    const late = await other.call('POST', '/quotes', { invoiceIds: [invoiceId] });
    assert.equal(((await late.json()) as { type: string }).type, '/problems/already-paid');
  });

  test('a credit shows with the whole file, also of an invoice cancelled once paid; never to whoever may only pay', async () => {
    const known = {
      ...{ firstName: 'Odile', lastName: 'Caron', email: 'odile@example.org', certificate: 'PB-65' },
    };
    const { invoiceId } = await addInvoice(t.deps, 'petits-bouleaux', {
      ...known,
      invoice: 'F-65',
      totalCents: 6_000,
    });
    await addInvoice(t.deps, 'petits-bouleaux', { ...known, invoice: 'F-66', totalCents: 9_000 });
    await pay(t, invoiceId, 6_000);
    await pay(t, invoiceId, -6_000, { kind: 'adjustment', source: 'cancelled:F-65' });
    await t.deps.db.execute("UPDATE invoices SET status = 'cancelled' WHERE id = ?", [invoiceId]);
    const [hers] = (await balance(await signIn(t, 'odile@example.org'))).certificates;
    assert.deepEqual([hers?.creditCents, hers?.balanceCents], [6_000, 9_000]);
    const other = await signIn(t, 'ami-de-odile@example.org');
    await search(other, 'Caron', 'Odile', 'PB-65');
    const [theirs] = (await balance(other)).certificates;
    assert.deepEqual([theirs?.creditCents, theirs?.balanceCents], [0, 9_000]);
  });

  test('all the periods of that number and person open, and later renewals too', async () => {
    const old = await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Sylvie',
      lastName: 'Tremblay',
      certificate: 'PB-70',
      invoice: 'F-70',
      totalCents: 28_032,
      periodStart: '2025-04-01',
    });
    await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: '',
      lastName: '',
      holderId: old.holderId,
      certificate: 'PB-70',
      invoice: 'F-71',
      totalCents: 29_613,
    });
    const payer = await someone();
    const found = await search(payer, 'Tremblay', 'Sylvie', 'PB-70');
    assert.deepEqual(
      found.body.certificates?.map((c) => c.balanceCents),
      [29_613, 28_032],
    );
    await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: '',
      lastName: '',
      holderId: old.holderId,
      certificate: 'PB-70',
      invoice: 'F-72',
      totalCents: 30_000,
      periodStart: '2027-04-01',
    });
    assert.equal((await balance(payer)).certificates.length, 3);
  });

  test('a number that passed from one person to another: the name decides', async () => {
    await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Line',
      lastName: 'Gagné',
      certificate: 'PB-80',
      invoice: 'F-80',
      totalCents: 100,
      periodStart: '2025-04-01',
    });
    await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Ève',
      lastName: 'Roy',
      certificate: 'PB-80',
      invoice: 'F-81',
      totalCents: 200,
    });
    const payer = await someone();
    const found = await search(payer, 'Gagne', 'Line', 'PB-80');
    assert.deepEqual(
      found.body.certificates?.map((c) => c.balanceCents),
      [100],
    );
    assert.equal((await balance(payer)).certificates.length, 1);
  });

  test('her other certificate stays closed until its own number is given', async () => {
    const { holderId } = await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Ana-María',
      lastName: 'Peña Ibáñez',
      certificate: 'PB-85',
      invoice: 'F-85',
      totalCents: 100,
    });
    await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: '',
      lastName: '',
      holderId,
      certificate: 'PB-86',
      invoice: 'F-86',
      totalCents: 200,
    });
    const payer = await someone();
    await search(payer, 'Peña', 'Ana María', 'PB-85');
    const numbers = async () => (await balance(payer)).certificates.map((c) => c.number).sort();
    assert.deepEqual(await numbers(), ['PB-85']);
    await search(payer, 'Peña', 'Ana María', 'PB-86');
    assert.deepEqual(await numbers(), ['PB-85', 'PB-86']);
  });

  test('two people of one name are told apart by their number', async () => {
    for (const [certificate, totalCents] of [
      ['PB-90', 100],
      ['PB-91', 200],
    ] as const) {
      await addInvoice(t.deps, 'petits-bouleaux', {
        firstName: 'Nathalie',
        lastName: 'St-Pierre',
        certificate,
        invoice: `F-${certificate}`,
        totalCents,
      });
    }
    const found = await search(await someone(), 'Saint-Pierre', 'Nathalie', 'PB-91');
    assert.deepEqual(
      found.body.certificates?.map((c) => c.balanceCents),
      [200],
    );
  });

  test('every miss is the same answer: unknown number, wrong name, other regroupement, closed file, closed certificate', async () => {
    const closed = await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Ginette',
      lastName: 'Cormier',
      certificate: 'PB-99',
      invoice: 'F-99',
      totalCents: 100,
    });
    await t.deps.db.execute("UPDATE holders SET status = 'fermé' WHERE id = ?", [closed.holderId]);
    await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Lise',
      lastName: 'Cormier',
      certificate: 'PB-98',
      invoice: 'F-98',
      totalCents: 100,
    });
    await t.deps.db.execute("UPDATE certificates SET status = 'annulé' WHERE number = 'PB-98'");
    const answers = [];
    for (const [last, first, number] of [
      ['D’Août', 'Anne-Sophie', 'PB-004534'],
      ['Gagnon', 'Anne-Sophie', 'PB-004533'],
      ['Diallo', 'Oumou', '0000077'],
      ['Cormier', 'Ginette', 'PB-99'],
      ['Cormier', 'Lise', 'PB-98'],
      ['D’Août', 'Anne-Sophie', '#'],
    ] as const) {
      const typed = { lastName: last, firstName: first, certificateNumber: number };
      answers.push(await seen((await someone()).call('POST', '/certificates/links', typed)));
    }
    assert.equal(answers[0]?.status, 404);
    assert.match(answers[0]?.body ?? '', /"\/problems\/lookup-not-found"/);
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
  });

  test('neither the names nor the number searched for are kept in a log', async () => {
    await search(await someone(), 'Introuvable', 'Clémentine', 'ZZ-777');
    const { rows } = await t.deps.db.execute('SELECT * FROM security_log');
    for (const text of [JSON.stringify(rows), ...t.logged]) {
      assert.doesNotMatch(text, /ZZ.?777|Introuvable|Clémentine|PB.?004533/i);
    }
  });

  test('nonsense is refused by name of field, never a server error', async () => {
    const payer = await someone();
    for (const [body, pointer, code] of [
      [{ lastName: 'a'.repeat(201), firstName: '', certificateNumber: '1' }, '/lastName', 'too-long'],
      [{ lastName: 'Roy', firstName: 'E\u0000ve', certificateNumber: '1' }, '/firstName', 'invalid'],
      [{ lastName: 'Roy', firstName: 'Ève', certificateNumber: ' ' }, '/certificateNumber', 'required'],
      [{ lastName: 'Roy', firstName: 1, certificateNumber: '1' }, '/firstName', 'invalid'],
      [{ lastName: 'Roy', firstName: '', certificateNumber: '1', all: true }, '', 'unknown-field'],
    ] as const) {
      const answer = await payer.call('POST', '/certificates/links', body);
      assert.equal(answer.status, 400);
      assert.deepEqual(((await answer.json()) as { errors: unknown }).errors, [{ pointer, code }]);
    }
  });

  test('signed out, there is nothing to search', async () => {
    const answer = await t.call('POST', '/certificates/links', {
      lastName: 'a',
      firstName: 'b',
      certificateNumber: 'c',
    });
    assert.equal(answer.status, 401);
  });
});
