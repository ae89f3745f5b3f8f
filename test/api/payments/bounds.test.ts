// Bounds of our own: whatever the import takes can be found, shown and paid; the rest is refused where it is written,
// with its reason.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { importFile } from '../../../server/import/import-file.ts';
import { addInvoice, PAGE } from '../../support/app.ts';
import { CARD, type Checkout, startCheckout } from '../../support/checkout.ts';
import { HEADER, row } from '../../support/invoice-list.ts';
import { balance, quote, search, signIn } from '../../support/payer.ts';

describe('bounds', () => {
  let c: Checkout;
  beforeEach(async () => {
    c = await startCheckout({ onlineFee: { kind: 'gross-up', basisPoints: 290, fixedCents: 30 } });
  });
  afterEach(() => c.close());
  const bring = (...rows: string[]) =>
    importFile(c.t.deps, {
      by: 'cli:test',
      regroupement: 'petits-bouleaux',
      name: 'liste.csv',
      bytes: new TextEncoder().encode([HEADER, ...rows].join('\n')),
    });
  const large = (text: string) =>
    ({
      certificate: 'PB-2',
      invoice: 'F-2',
      premium: text,
      tax: '',
      fees: '',
      total: text,
      balance: text,
    }) as const;

  /** From the balance screen to the receipt; answers what PayPal took. */
  async function payEverything(email: string): Promise<number | undefined> {
    const payer = await signIn(c.t, email);
    const { certificates } = await balance(payer);
    const invoiceIds = certificates.flatMap(({ invoices }) => invoices.map(({ id }) => id));
    const [status, price] = await quote(payer, invoiceIds);
    assert.equal(status, 200);
    const started = await c.start(payer, { invoiceIds, expectedTotalCents: price.totalCents });
    assert.equal(started.status, 201, JSON.stringify(started.body));
    await c.approve(started.body.approveUrl, CARD);
    const done = await c.confirm(started.body.payment.id, price.totalCents, payer);
    assert.equal(done.body.payment.state, 'completed', JSON.stringify(done.body));
    assert.equal(done.body.payment.remainingCents, 0);
    assert.equal((await payer.call('GET', '/payments')).status, 200);
    await c.booksAgree(1);
    return c.captures()[0]?.amountCents;
  }

  test('an invoice of 100 000,01 $ is imported, shown and paid', async () => {
    const report = await bring(row(large('100 000,01 $')));
    assert.deepEqual(report.refused, []);
    assert.equal(await payEverything('g.roy@example.org'), 10_298_693, 'with its online fee');
  });

  test('an invoice of 10 000 000,00 $, the largest there is, is imported, shown and paid', async () => {
    const report = await bring(row(large('10 000 000,00 $')));
    assert.deepEqual(report.refused, []);
    assert.equal(await payEverything('g.roy@example.org'), 1_029_866_148);
  });

  test('more is refused at the import, with its reason and not as something that cannot be read', async () => {
    const report = await bring(row(large('10 000 000,01 $')));
    assert.equal(report.accepted, 0);
    assert.match(
      report.refused[0]?.reason ?? '',
      /« (Total|Prime) » : « 10.000.000,01.\$ » dépasse 10.000.000,00.\$/,
    );
  });

  test('forty certificates are paid at once, by « Tout payer »', async () => {
    const rows = Array.from({ length: 40 }, (_, i) =>
      row({ certificate: `PB-${100_000 + i}`, invoice: `A-${i}` }),
    );
    assert.deepEqual((await bring(...rows)).refused, []);
    assert.ok(((await payEverything('g.roy@example.org')) ?? 0) > 40 * 10_900);
    const [order] = c.standIn.books.orders.values();
    assert.equal(order?.unit.items?.length, 41, 'each on its line at PayPal, and the fee');
  });

  test('the longest numbers that are imported are searched for, paid, and written down for a cheque', async () => {
    const certificate = `PB-${'1'.repeat(61)}`;
    const invoice = `F-${'é'.repeat(58)}`;
    assert.deepEqual((await bring(row({ certificate, invoice }))).refused, []);
    const other = await signIn(c.t, 'autre@example.org');
    const found = await search(other, 'Roy', 'Ginette', certificate);
    assert.equal(found.status, 201, JSON.stringify(found.body));
    await payEverything('g.roy@example.org');
    const longer = await bring(row({ certificate: `${certificate}1` }), row({ invoice: `${invoice}é` }));
    assert.deepEqual(
      longer.refused.map(({ reason }) => reason),
      [
        `« # certificat » : « PB-${'1'.repeat(37)}… » est trop long (65 caractères; 64 au plus). Raccourcissez-le.`,
        `« No facture » : « F-${'é'.repeat(38)}… » est trop long (61 caractères; 60 au plus). Raccourcissez-le.`,
      ],
    );
  });

  test('a page whose address is full of campaigns and filters: she pays there, and comes back to it', async () => {
    const page = `${PAGE}?fbclid=${'a'.repeat(7_000)}`;
    const price = (await quote(c.marie, [c.invoiceId]))[1].totalCents;
    const { status, body } = await c.start(c.marie, { page, expectedTotalCents: price });
    assert.equal(status, 201, JSON.stringify(body));
    assert.equal(await c.approve(body.approveUrl), `${page}&amisgest-pay=retour`);
  });

  test('a regroupement and an invoice with long names: what PayPal shows is cut to what it takes', async () => {
    await c.t.deps.db.execute("UPDATE regroupements SET name = ? WHERE slug = 'petits-bouleaux'", [
      'É'.repeat(200),
    ]);
    await addInvoice(c.t.deps, 'petits-bouleaux', {
      firstName: 'Ada',
      lastName: 'Byron',
      email: 'ada@example.org',
      certificate: 'PB-9',
      invoice: '№'.repeat(60),
      totalCents: 1_000,
    });
    await payEverything('ada@example.org');
  });
});
