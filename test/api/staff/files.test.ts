// « Pourquoi mon solde est à 0 $? »: the file, and the sentence that answers on the telephone.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { addInvoice } from '../../support/app.ts';
import { type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';
import { type Staff, staffWith } from '../../support/staff.ts';

interface Reason {
  code: string;
  sentence: { 'fr-CA': string; 'en-CA': string };
  invoiceId: string | null;
  endorsementId: string | null;
}

describe('a holder’s file', () => {
  let c: Checkout;
  let staff: Staff;
  let holder: string;
  beforeEach(async () => {
    c = await startCheckout();
    staff = await staffWith(c.t, ['read', 'record']);
    const [row] = await c.rows<{ id: string }>('SELECT id FROM holders');
    holder = row?.id ?? '';
  });
  afterEach(() => c.close());
  const reasons = async (of = holder): Promise<Reason[]> => {
    const answer = await staff('GET', `/holders/${of}/balance-reasons`);
    assert.equal(answer.status, 200);
    return ((await answer.json()) as { reasons: Reason[] }).reasons;
  };
  const french = async () =>
    (await reasons()).map(({ sentence }) => sentence['fr-CA'].replaceAll('\u00a0', ' '));
  async function endorse(amountCents: number, effectiveOn: string): Promise<void> {
    await c.t.deps.db.execute(
      `INSERT INTO endorsements(id, regroupement_id, certificate_id, effective_on, description, amount_cents, created_at, updated_at)
       SELECT 'endorsement', regroupement_id, id, ?, 'Ajout', ?, 1, 1 FROM certificates`,
      [effectiveOn, amountCents],
    );
  }
  const cheque = async (amountCents: number, evenSo: string[] = []) => {
    const day = { method: 'cheque', receivedOn: '2026-11-20', reference: '0417' };
    const body = { invoiceNumber: 'F-1', amountCents, evenSo, ...day };
    assert.equal((await staff('POST', '/recorded-payments', body)).status, 201);
  };

  test('shows who she is, her certificates by period, invoices line by line, and who reaches it', async () => {
    await endorse(3_500, '2026-10-15');
    const answer = await staff('GET', `/holders/${holder}`);
    const { holder: file } = (await answer.json()) as {
      holder: {
        firstName: string;
        closed: boolean;
        certificates: {
          number: string;
          invoices: { number: string; balanceCents: number; lines: object[] }[];
          endorsements: { amountCents: number; invoiceId: null }[];
        }[];
        accounts: { email: string; way: string; level: string }[];
      };
    };
    assert.deepEqual([file.firstName, file.closed], ['Marie-Ève', false]);
    const [certificate] = file.certificates;
    assert.deepEqual(
      certificate?.invoices.map(({ number, balanceCents }) => [number, balanceCents]),
      [['F-1', TOTAL]],
    );
    assert.deepEqual(
      certificate?.endorsements.map(({ amountCents, invoiceId }) => [amountCents, invoiceId]),
      [[3_500, null]],
    );
    assert.deepEqual(
      file.accounts.map(({ email, way, level }) => [email, way, level]),
      [['marie@example.org', 'email', 'verified']],
    );
  });

  test('is handed to her as a copy, in her language, when she asks: a page to print or JSON, and the record says who took it', async () => {
    await cheque(1_000);
    const page = await staff('GET', `/holders/${holder}/copy`);
    assert.equal(page.status, 200);
    assert.equal(page.headers.get('Content-Disposition'), 'attachment; filename="renseignements.html"');
    assert.equal(page.headers.get('Cache-Control'), 'private, no-store');
    assert.match(page.headers.get('Content-Security-Policy') ?? '', /default-src 'none'/);
    const text = await page.text();
    for (const held of ['Tremblay', 'marie@example.org', 'F-1', '0417']) assert.ok(text.includes(held), held);
    assert.doesNotMatch(text, /<script/);
    const json = await staff('GET', `/holders/${holder}/copy?format=json`);
    const { files } = (await json.json()) as { files: { holder: { lastName: string } }[] };
    assert.deepEqual(
      files.map((one) => one.holder.lastName),
      ['Tremblay'],
    );
    await c.t.deps.db.execute("UPDATE holder_rows SET lang = 'en-CA'");
    const english = await staff('GET', `/holders/${holder}/copy`);
    assert.equal(english.headers.get('Content-Disposition'), 'attachment; filename="information.html"');
    assert.match(await english.text(), /<html lang="en-CA"/);
    const taken = await c.rows<{ detail: string }>(
      "SELECT detail FROM security_log WHERE event = 'data-exported'",
    );
    assert.deepEqual(
      taken.map(({ detail }) => JSON.parse(detail).holder),
      [holder, holder, holder],
    );
    assert.match(taken[0]?.detail ?? '', /"by":"key:/);
    const other = await staffWith(c.t, ['read'], 'la-farandole');
    assert.equal((await other('GET', `/holders/${holder}/copy`)).status, 404);
  });

  test('is nobody else’s: another regroupement’s staff find none', async () => {
    const theirs = await staffWith(c.t, ['read'], 'la-farandole');
    assert.equal((await theirs('GET', `/holders/${holder}`)).status, 404);
    assert.equal((await theirs('GET', `/holders/${holder}/balance-reasons`)).status, 404);
    assert.equal((await staff('GET', '/holders/nobody-of-this-name')).status, 404);
  });

  test('says nothing while she owes something that she can see and pay', async () => {
    assert.deepEqual(await reasons(), []);
  });

  test('an endorsement without an invoice is the answer, whatever else holds, in both languages', async () => {
    await cheque(TOTAL);
    await endorse(3_500, '2026-10-15');
    const [first, second] = await reasons();
    assert.equal(
      first?.sentence['fr-CA'].replaceAll('\u00a0', ' '),
      'L’avenant du 15 octobre 2026 (35,00 $) n’a pas de facture : la RSG voit 0,00 $.',
    );
    assert.equal(
      first?.sentence['en-CA'],
      'The endorsement of October 15, 2026 ($35.00) has no invoice: the provider sees $0.00.',
    );
    assert.equal(first?.endorsementId, 'endorsement', 'what the button cures');
    assert.equal(second?.code, 'paid');
  });

  test('what is paid is no answer while she owes something else, and the sum that she sees is that', async () => {
    await addInvoice(c.t.deps, 'petits-bouleaux', {
      ...{
        firstName: 'Marie-Ève',
        lastName: 'Tremblay',
        certificate: 'PB-000001',
        invoice: 'F-2',
        totalCents: 6_000,
      },
    });
    await cheque(TOTAL);
    assert.deepEqual(await french(), []);
    await endorse(3_500, '2026-10-15');
    assert.deepEqual(await french(), [
      'L’avenant du 15 octobre 2026 (35,00 $) n’a pas de facture : la RSG voit seulement 60,00 $.',
    ]);
  });

  test('paid, with the day; more than paid; cancelled', async () => {
    await cheque(TOTAL);
    assert.deepEqual(await french(), ['La facture F-1 (296,13 $) est payée depuis le 20 novembre 2026.']);
    await cheque(2_000, ['more-than-balance', 'possible-duplicate']);
    assert.deepEqual(await french(), ['La facture F-1 a un crédit de 20,00 $.']);
    await c.t.deps.db.execute("UPDATE invoices SET status = 'cancelled'");
    assert.equal((await reasons())[0]?.code, 'credit', 'money of hers stays to be seen to');
  });

  test('a payment that is under way', async () => {
    const payment = await c.approved();
    c.fault('capture', { kind: 'pending', reason: 'PENDING_REVIEW' });
    await c.confirm(payment.id);
    assert.deepEqual(await french(), [
      'Un paiement de la facture F-1 est en cours : il faut attendre sa fin.',
    ]);
  });

  test('no invoice this period; a closed file; no account; an account whose link was undone', async () => {
    const { holderId, invoiceId } = await addInvoice(c.t.deps, 'petits-bouleaux', {
      ...{ firstName: 'Anne', lastName: 'Roy', certificate: 'PB-9', invoice: 'F-9', totalCents: 100 },
    });
    assert.deepEqual(
      (await reasons(holderId)).map(({ code }) => code),
      ['no-account'],
    );
    const inFull = await (await staff('GET', `/invoices/${invoiceId}`)).json();
    const { version } = (inFull as { invoice: { version: string } }).invoice;
    const biller = await staffWith(c.t, ['invoice']);
    const cancelled = await biller(
      'POST',
      `/invoices/${invoiceId}/cancel`,
      { reason: 'x' },
      { 'If-Match': version },
    );
    assert.equal(cancelled.status, 200);
    await c.t.deps.db.execute("UPDATE holders SET status = 'Fermé' WHERE id = ?", [holderId]);
    assert.deepEqual(
      (await reasons(holderId)).map(({ code }) => code),
      ['cancelled', 'no-invoice-this-period', 'file-closed', 'no-account'],
    );
    await c.t.deps.db.execute(
      `INSERT INTO links(id, regroupement_id, account_id, holder_id, number_key, level, method, undo_token_hash, created_at, undone_at)
       SELECT 'x', regroupement_id, ?, id, 'PB9', 'pay', 'name-and-number', 'x', 1, 2 FROM holders WHERE id = ?`,
      [c.marie.accountId, holderId],
    );
    const last = (await reasons(holderId)).at(-1);
    assert.equal(
      last?.sentence['fr-CA'].replaceAll('\u00a0', ' '),
      'Son compte, m•••@example.org, n’est pas lié à ce certificat (PB-9) : le lien a été défait.',
    );
  });
});
