// « Montant manuel » (S33–S39): the endorsement that has no invoice gets one, with the fee of her coordinating office, and she
// pays what the article says.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { seed } from '../../../demo/data/seed.ts';
import { importFile } from '../../../server/import/import-file.ts';
import { coordinatingOffices, saveOffice } from '../../../server/regroupements/coordinating-offices.ts';
import { regroupementById } from '../../../server/regroupements/regroupements.ts';
import { makeManualInvoice } from '../../../server/staff/files/endorsement-invoices.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';
import { signIn } from '../../support/payer.ts';
import { type Staff, staffWith } from '../../support/staff.ts';

const ENDORSEMENT = 'endorsement-of-marie';
const ONLINE = { onlineFee: { kind: 'gross-up', basisPoints: 290, fixedCents: 30 } };

interface Preview {
  number: string;
  lines: { code: string; description: string; amountCents: number; rate: string | null }[];
  totalCents: number;
  onlineFeeCents: number;
  onlineTotalCents: number;
  adminFeeCents: number;
  officeName: string | null;
  issuedOn: string;
  dueOn: string;
}

async function endorse(t: TestApp, id = ENDORSEMENT, amountCents = 3_500): Promise<void> {
  await t.deps.db.execute(
    `INSERT INTO endorsement_rows(id, regroupement_id, certificate_id, effective_on, description, amount_cents, created_at, updated_at)
     SELECT ?, regroupement_id, id, '2026-10-15', 'ajout d’une assistante', ?, 1, 1 FROM certificates LIMIT 1`,
    [id, amountCents],
  );
}

describe('a manual amount', () => {
  let c: Checkout;
  let staff: Staff;
  let id: string;
  beforeEach(async () => {
    c = await startCheckout(ONLINE);
    staff = await staffWith(c.t, ['read', 'invoice']);
    id = await regroupementId(c.t);
    await c.t.deps.db.execute('UPDATE regroupements SET admin_fee_cents = 1500');
    await saveOffice(c.t.deps, id, 'bc-1', { name: 'BC Les Mésanges', adminFeeCents: 1_000 }, 'cli:test');
    await c.t.deps.db.execute('UPDATE holders SET office_id = (SELECT id FROM coordinating_offices)');
    await endorse(c.t);
  });
  afterEach(() => c.close());

  const preview = async (body: object, of = ENDORSEMENT): Promise<Preview> => {
    const answer = await staff('POST', `/endorsements/${of}/invoice/preview`, body);
    const read = (await answer.json()) as { preview: Preview };
    assert.equal(answer.status, 200, JSON.stringify(read));
    return read.preview;
  };
  const make = async (body: object, of = ENDORSEMENT) => {
    const answer = await staff('POST', `/endorsements/${of}/invoice`, body);
    return { status: answer.status, body: await answer.json() };
  };
  const lines = ({ lines }: { lines: Preview['lines'] }) =>
    lines.map(({ code, amountCents }) => `${code} ${amountCents}`);

  test('once its invoice is cancelled, the endorsement waits again, and may be billed anew; each once a key', async () => {
    const first = await make({ amountCents: 5_000 });
    const { id: invoiceId } = first.body.invoice;
    const { version } = (await (await staff('GET', `/invoices/${invoiceId}`)).json()).invoice;
    const waits = async () =>
      ((await (await staff('GET', '/worklist?kind=endorsement')).json()) as { items: object[] }).items.length;
    assert.equal(await waits(), 0);
    const cancelled = await staff(
      'POST',
      `/invoices/${invoiceId}/cancel`,
      { reason: 'mauvais montant' },
      { 'If-Match': version },
    );
    assert.equal(cancelled.status, 200);
    assert.equal(await waits(), 1);
    const second = await make({ amountCents: 4_000 });
    assert.equal(second.status, 201, JSON.stringify(second.body));
    assert.deepEqual([second.body.invoice.number, await waits()], ['AV-2026-0002', 0]);
    assert.equal((await make({ amountCents: 4_000 })).status, 409, 'it has its invoice');
  });

  test('she who makes the invoice may cancel it at once, from the version that the answer names', async () => {
    const { invoice } = (await make({ amountCents: 5_000 })).body;
    const read = (await (await staff('GET', `/invoices/${invoice.id}`)).json()).invoice;
    assert.equal(invoice.version, read.version);
    const cancelled = await staff(
      'POST',
      `/invoices/${invoice.id}/cancel`,
      { reason: 'mauvais montant' },
      { 'If-Match': invoice.version },
    );
    assert.equal(cancelled.status, 200, await cancelled.text());
  });

  test('that a file has given another invoice meanwhile keeps it when the manual one is cancelled', async () => {
    const { id: invoiceId } = (await make({ amountCents: 5_000 })).body.invoice;
    await c.t.deps.db.execute('UPDATE endorsements SET invoice_id = ? WHERE id = ?', [
      c.invoiceId,
      ENDORSEMENT,
    ]);
    const { version } = (await (await staff('GET', `/invoices/${invoiceId}`)).json()).invoice;
    const why = { reason: 'en double' };
    const state = { 'If-Match': version };
    assert.equal((await staff('POST', `/invoices/${invoiceId}/cancel`, why, state)).status, 200);
    assert.equal((await make({ amountCents: 4_000 })).status, 409, 'it is not billed twice');
  });

  test('shows, line by line, what she will see: her office’s fee, the fee online, 62,10 $', async () => {
    const shown = await preview({ amountCents: 5_000 });
    assert.deepEqual(lines(shown), ['AVEN 5000', 'FADM 1000']);
    assert.equal(shown.lines[0]?.description, 'Avenant – ajout d’une assistante (taxe incluse)');
    const { totalCents, onlineFeeCents, onlineTotalCents, number, issuedOn, dueOn, officeName } = shown;
    assert.deepEqual([totalCents, onlineFeeCents, onlineTotalCents], [6_000, 210, 6_210]);
    assert.deepEqual(
      [number, issuedOn, dueOn, officeName],
      ['AV-2026-0001', '2026-11-23', '2026-12-23', 'BC Les Mésanges'],
    );
    assert.deepEqual(await c.rows('SELECT 1 FROM manual_invoices'), [], 'and nothing was made');
  });

  test('« Ne pas facturer de frais d’adm. »: no line of it, not even of zero', async () => {
    const shown = await preview({ amountCents: 5_000, noAdminFee: true });
    assert.deepEqual(lines(shown), ['AVEN 5000']);
    assert.deepEqual([shown.totalCents, shown.onlineTotalCents, shown.adminFeeCents], [5_000, 5_180, 1_000]);
  });

  test('the endorsement’s amount by default; the regroupement’s fee where the office has none; taxes on a taxable fee', async () => {
    await saveOffice(c.t.deps, id, 'bc-1', { adminFeeCents: null, adminFeeTaxable: true }, 'cli:test');
    const shown = await preview({});
    assert.deepEqual(lines(shown), ['AVEN 3500', 'FADM 1500', 'TPS 75', 'TVQ 150']);
    assert.deepEqual(
      shown.lines.slice(2).map(({ rate }) => rate),
      ['0.05', '0.09975'],
    );
  });

  test('an amount without the tax: the premium tax of the day, on its own line', async () => {
    await c.t.deps.db.execute('UPDATE regroupements SET manual_amount_with_tax = 0');
    assert.deepEqual(lines(await preview({ amountCents: 5_000 })), ['AVEN 5000', 'TPA 450', 'FADM 1000']);
    c.t.clock.now = Date.parse('2027-01-15T15:00:00Z');
    const { lines: after } = await preview({ amountCents: 5_000 });
    assert.deepEqual([after[1]?.amountCents, after[1]?.rate], [499, '0.09975']);
  });

  test('she sees it at her next load and pays 62,10 $; the books have every cent', async () => {
    const { status, body } = await make({ amountCents: 5_000 });
    assert.equal(status, 201, JSON.stringify(body));
    assert.deepEqual([body.invoice.number, body.invoice.balanceCents], ['AV-2026-0001', 6_000]);
    const seen = (await (await c.marie.call('GET', '/certificates')).json()) as {
      certificates: { endorsementsWithoutInvoice: number; invoices: { id: string; number: string }[] }[];
    };
    const [certificate] = seen.certificates;
    assert.equal(certificate?.endorsementsWithoutInvoice, 0);
    const invoice = certificate?.invoices.find(({ number }) => number === 'AV-2026-0001');
    const { body: started } = await c.start(c.marie, {
      invoiceIds: [invoice?.id],
      expectedTotalCents: 6_210,
    });
    await c.approve(started.approveUrl);
    const { body: paid } = await c.confirm(started.payment.id, 6_210);
    assert.equal(paid.payment.state, 'completed');
    await c.booksAgree(1);
    const [owed] = await c.rows<{ cents: number }>(
      `SELECT SUM(amount_cents) AS cents FROM ledger_entries WHERE invoice_id = '${invoice?.id}'`,
    );
    assert.equal(owed?.cents, 0);
  });

  test('once an endorsement, whoever asks again; once a key, with the same answer', async () => {
    assert.equal((await make({})).status, 201);
    const again = await make({});
    assert.deepEqual([again.status, again.body.invoiceNumber], [409, 'AV-2026-0001']);
    const refused = await staff('POST', `/endorsements/${ENDORSEMENT}/invoice/preview`, {});
    assert.equal(refused.status, 409);
    await endorse(c.t, 'another-endorsement');
    const raced = await Promise.all([make({}, 'another-endorsement'), make({}, 'another-endorsement')]);
    assert.deepEqual(raced.map(({ status }) => status).sort(), [201, 409]);
    assert.equal((await c.rows("SELECT 1 FROM invoices WHERE number LIKE 'AV-%'")).length, 2);
  });

  test('the same request again under its key is the same invoice; another one is refused', async () => {
    const regroupement = await regroupementById(c.t.deps, id);
    const ask = (noAdminFee: boolean) =>
      makeManualInvoice(c.t.deps, regroupement, ENDORSEMENT, {
        ...{ noAdminFee, by: 'cli:test', idempotencyKey: 'a key of the page' },
      });
    const first = await ask(false);
    assert.deepEqual(await ask(false), first);
    await assert.rejects(ask(true), { kind: 'idempotency-mismatch' });
  });

  test('a number that is taken is skipped; each year has its own', async () => {
    await c.t.deps.db.execute("UPDATE invoices SET number = 'av-2026-0001'");
    assert.equal((await make({})).body.invoice.number, 'AV-2026-0002');
    await endorse(c.t, 'endorsement-in-2027');
    c.t.clock.now = Date.parse('2027-01-15T15:00:00Z');
    assert.equal((await make({}, 'endorsement-in-2027')).body.invoice.number, 'AV-2027-0001');
  });

  test('refuses a day to come, a due day before it, no amount, a float; and what is nobody’s here', async () => {
    const codes = async (body: object) => {
      const answer = await staff('POST', `/endorsements/${ENDORSEMENT}/invoice`, body);
      assert.equal(answer.status, 400);
      return ((await answer.json()) as { errors: { pointer: string }[] }).errors.map(
        ({ pointer }) => pointer,
      );
    };
    assert.deepEqual(await codes({ issuedOn: '2026-11-24' }), ['/issuedOn']);
    assert.deepEqual(await codes({ dueOn: '2026-11-22' }), ['/dueOn']);
    assert.deepEqual(await codes({ amountCents: 0 }), ['/amountCents']);
    assert.deepEqual(await codes({ amountCents: 50.5 }), ['/amountCents']);
    await endorse(c.t, 'endorsement-of-zero', 0);
    assert.equal((await make({}, 'endorsement-of-zero')).status, 400);
    assert.equal((await make({}, 'no-endorsement-of-ours')).status, 404);
    const elsewhere = await staffWith(c.t, ['invoice'], 'la-farandole');
    assert.equal((await elsewhere('POST', `/endorsements/${ENDORSEMENT}/invoice`, {})).status, 404);
  });

  test('an issued invoice never changes with the fee', async () => {
    const { body } = await make({ amountCents: 5_000 });
    await saveOffice(c.t.deps, id, 'bc-1', { adminFeeCents: 9_900 }, 'cli:test');
    const file = await (await staff('GET', `/holders/${await holder()}`)).text();
    assert.match(file, /"totalCents":6000/);
    assert.equal(body.invoice.totalCents, 6_000);
  });
  const holder = async () => (await c.rows<{ id: string }>('SELECT id FROM holders'))[0]?.id;

  test('an endorsement’s invoice is hers: the earlier invoice stays as it was', async () => {
    await make({ amountCents: 5_000 });
    assert.equal(await c.owed(), TOTAL);
  });
});

describe('the demo’s article', () => {
  let t: TestApp;
  beforeEach(async () => {
    t = await startTestApp();
    // The demo brings its own.
    for (const table of ['paypal_accounts', 'regroupements']) await t.deps.db.execute(`DELETE FROM ${table}`);
    await seed(t.deps, 'https://petits-bouleaux.test');
  });
  afterEach(() => t.close());

  test('Gaëtane’s endorsement becomes an invoice of 60,00 $, 62,10 $ online, by the fee of her office', async () => {
    const staff = await staffWith(t, ['read', 'invoice']);
    const { rows } = await t.deps.db.execute<{ id: string }>(
      'SELECT id FROM endorsements WHERE invoice_id IS NULL',
    );
    assert.equal(rows.length, 1);
    const path = `/endorsements/${rows[0]?.id}/invoice`;
    const shown = await staff('POST', `${path}/preview`, { amountCents: 5_000 });
    const { preview } = (await shown.json()) as { preview: Preview };
    assert.deepEqual(
      [preview.officeName, preview.totalCents, preview.onlineTotalCents],
      ['BC Côte-des-Oyats', 6_000, 6_210],
    );
    assert.equal((await staff('POST', path, { amountCents: 5_000 })).status, 201);
    const gaetane = await signIn(t, 'garderie.ptitsloups@example.org');
    const seen = await (await gaetane.call('GET', '/certificates')).text();
    assert.match(seen, /"number":"AV-2026-0001"/);
  });

  test('the list’s column says whose office she is; one that is not known is refused, with the way out', async () => {
    const id = await regroupementId(t);
    const office = async () =>
      (
        await t.deps.db.execute<{ code: string | null }>(
          `SELECT o.code FROM holders h LEFT JOIN coordinating_offices o ON o.id = h.office_id
           WHERE h.regroupement_id = ? AND h.external_id = 'D008'`,
          [id],
        )
      ).rows[0]?.code;
    assert.equal(await office(), 'bc-pb2');
    assert.equal((await coordinatingOffices(t.deps, id)).length, 2);
    const file = (bc: string) =>
      new TextEncoder().encode(
        `dossier_id,bc_id,prenom,nom,statut\nD008,${bc},Gaëtane,Thériault-Nöel,actif\n`,
      );
    const bring = (bc: string) =>
      importFile(t.deps, { by: 'cli:test', regroupement: 'petits-bouleaux', name: 'x.csv', bytes: file(bc) });
    const moved = await bring('BC Les Mésanges');
    assert.deepEqual([moved.imported, moved.refused], [true, []]);
    assert.equal(await office(), 'bc-pb1');
    const unknown = await bring('bc-pb9');
    assert.equal(unknown.imported, false);
    assert.match(String(unknown.refused[0]?.reason), /bc-pb9.*offices set/);
    assert.equal(await office(), 'bc-pb1');
  });
});
