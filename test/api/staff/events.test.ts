// What happened, one row a fact, in order: a page that polls and a program that copies miss nothing and see nothing twice.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { importFile } from '../../../server/import/import-file.ts';
import { type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';
import { search, signIn } from '../../support/payer.ts';
import { type Staff, staffWith } from '../../support/staff.ts';

interface Event {
  seq: number;
  kind: string;
  subject: string;
  facts: Record<string, unknown>;
}

describe('what is new', () => {
  let c: Checkout;
  let staff: Staff;
  let from: number;
  beforeEach(async () => {
    c = await startCheckout();
    staff = await staffWith(c.t, ['read', 'record', 'refund', 'links', 'invoice']);
    from = (await ask('')).next;
  });
  afterEach(() => c.close());
  const ask = async (query: string, by = staff): Promise<{ events: Event[]; next: number }> => {
    const answer = await by('GET', `/events${query}`);
    assert.equal(answer.status, 200, await answer.clone().text());
    return JSON.parse(await answer.text());
  };
  const kinds = async () => (await ask(`?after=${from}&limit=200`)).events.map(({ kind }) => kind);

  test('nothing, until something happens; the same question has the same answer', async () => {
    assert.deepEqual(await kinds(), []);
    await c.paid();
    const { events, next } = await ask(`?after=${from}`);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['payment.completed'],
    );
    assert.equal(events[0]?.facts.amountCents, TOTAL);
    assert.deepEqual((await ask(`?after=${from}`)).events, events);
    assert.deepEqual(await ask(`?after=${next}`), { events: [], next });
    assert.ok(!JSON.stringify(events).includes('Tremblay'));
  });

  test('money: paid, refunded, written down, given back; once each, though PayPal tells of it again', async () => {
    const payment = await c.paid();
    const refund = await staff('POST', `/payments/${payment.number}/refunds`, {
      amountCents: 100,
      reason: 'x',
    });
    assert.equal(refund.status, 201);
    await c.webhooks();
    const cheque = { invoiceNumber: 'F-1', method: 'cheque', amountCents: 100, receivedOn: '2026-11-20' };
    const written = await staff('POST', '/recorded-payments', { ...cheque, reference: '0417' });
    const { recorded } = JSON.parse(await written.text());
    const back = { reason: 'NSF', returnedOn: '2026-11-21', feeCents: 4_500 };
    assert.equal((await staff('POST', `/recorded-payments/${recorded.id}/reversal`, back)).status, 201);
    assert.deepEqual(await kinds(), [
      'payment.completed',
      'payment.refunded',
      'payment.recorded',
      'invoice.created',
      'payment.returned',
    ]);
  });

  test('a request to see a file, asked and answered; an exception, opened and closed', async () => {
    await c.t.deps.db.execute("UPDATE regroupements SET link_policy = 'approval'");
    await search(await signIn(c.t, 'paul@example.com'), 'Tremblay', 'Marie-Ève', 'PB-000001');
    const [request] = await c.rows<{ id: string }>('SELECT id FROM link_requests');
    await staff('POST', `/links/${request?.id}/refuse`);
    await c.t.deps.db.execute(
      `INSERT INTO exceptions(id, regroupement_id, dedupe_key, kind, detail, opened_at)
       SELECT 'exception-of-a-test', id, 'x', 'held', '{}', 1 FROM regroupements WHERE slug = 'petits-bouleaux'`,
    );
    await staff('POST', '/exceptions/exception-of-a-test/close', { note: 'x' });
    assert.deepEqual(await kinds(), [
      'link.requested',
      'link.decided',
      'exception.opened',
      'exception.closed',
    ]);
  });

  test('an import is one event, whatever it brings and changes', async () => {
    const bytes = new TextEncoder().encode(
      `Facture;Certificat;Nom;Prénom;Courriel;Date;Échéance;Début;Fin;Total;Solde
F-1;PB-000001;Tremblay;Marie-Ève;nouveau@example.org;2026-03-01;2026-05-01;2026-04-01;2027-03-31;300,00;300,00
F-2;PB-000002;Roy;Ève;eve@example.org;2026-03-01;2026-04-01;2026-04-01;2027-03-31;109,00;109,00\n`,
    );
    const report = await importFile(c.t.deps, {
      ...{ by: 'cli:test', regroupement: 'petits-bouleaux', name: 'x.csv', bytes },
    });
    assert.equal(report.imported, true, JSON.stringify(report.refused));
    const { events } = await ask(`?after=${from}`);
    assert.deepEqual(
      events.map(({ kind, facts }) => [kind, facts.rows]),
      [['import.completed', 2]],
    );
  });

  test('page after page; another regroupement’s staff see none; a number that is none is refused', async () => {
    for (let n = 1; n <= 5; n++)
      await c.t.deps.db.execute(`UPDATE holders SET usual_name = 'X${n}', updated_at = ${n}`);
    const seen: number[] = [];
    for (let after = from; ; ) {
      const page = await ask(`?after=${after}&limit=2`);
      if (page.events.length === 0) break;
      seen.push(...page.events.map(({ seq }) => seq));
      after = page.next;
    }
    assert.equal(seen.length, 5);
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    );
    const theirs = await staffWith(c.t, ['read'], 'la-farandole');
    assert.deepEqual(
      (await ask('?after=0', theirs)).events.filter(({ kind }) => kind === 'holder.changed'),
      [],
    );
    for (const wrong of ['-1', 'x', '1.5', '1e30'])
      assert.equal((await staff('GET', `/events?after=${wrong}`)).status, 400, wrong);
  });
});
