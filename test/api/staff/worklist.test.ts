// « À traiter »: each thing that waits for a person, with whose it is and what to do; gone once it is done.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import readWorkbook from 'read-excel-file/universal';
import { importFile } from '../../../server/import/import-file.ts';
import { PUBLIC_URL } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';
import { joinOffice, type OfficePerson } from '../../support/office.ts';
import { search, signIn } from '../../support/payer.ts';
import { type Staff, staffWith } from '../../support/staff.ts';

const DAY = 86_400_000;
interface Item {
  id: string;
  kind: string;
  since: string;
  holderId: string | null;
  holderName: string | null;
  sentence: { 'fr-CA': string; 'en-CA': string };
  facts: Record<string, unknown>;
  assignedTo: { id: string; name: string } | null;
}
interface List {
  items: Item[];
  counts: Record<string, number>;
  next?: string;
}

describe('what waits for a person', () => {
  let c: Checkout;
  let staff: Staff;
  let id: string;
  beforeEach(async () => {
    c = await startCheckout();
    staff = await staffWith(c.t, ['read', 'record', 'invoice', 'links']);
    id = await regroupementId(c.t);
  });
  afterEach(() => c.close());

  const list = async (query = '', by = staff): Promise<List> => {
    const answer = await by('GET', `/worklist${query}`);
    assert.equal(answer.status, 200, await answer.clone().text());
    return (await answer.json()) as List;
  };
  const only = async (kind: string): Promise<Item> => {
    const { items, counts } = await list();
    assert.deepEqual(
      items.map((item) => item.kind),
      [kind],
    );
    assert.equal(counts[kind], 1);
    assert.deepEqual((await list(`?kind=${kind}`)).items, items);
    const [item] = items;
    assert.ok(item !== undefined);
    return item;
  };
  const french = ({ sentence }: Item) => sentence['fr-CA'].replaceAll('\u00a0', ' ');
  const cheque = async (amountCents: number, evenSo: string[] = []) => {
    const day = { method: 'cheque', receivedOn: '2026-11-20', reference: '0417' };
    const body = { invoiceNumber: 'F-1', amountCents, evenSo, ...day };
    const answer = await staff('POST', '/recorded-payments', body);
    assert.equal(answer.status, 201);
    return ((await answer.json()) as { recorded: { id: string } }).recorded.id;
  };
  async function endorse(endorsement: string, at = c.t.clock.now): Promise<void> {
    await c.t.deps.db.execute(
      `INSERT INTO endorsement_rows(id, regroupement_id, certificate_id, effective_on, description, amount_cents, created_at, updated_at)
       SELECT ?, regroupement_id, id, '2026-10-15', 'Ajout', 3500, ?, 1 FROM certificates LIMIT 1`,
      [endorsement, at],
    );
  }

  test('is nothing when nothing waits', async () => {
    const { items, counts } = await list();
    assert.deepEqual(items, []);
    assert.ok(Object.values(counts).every((n) => n === 0));
  });

  test('is a file too, for whoever works it off on paper: what each line is, whose, and what is to be done', async () => {
    await endorse('endorsement-of-marie');
    const file = async (query = '') => {
      const answer = await staff('GET', `/worklist.csv${query}`);
      assert.equal(answer.headers.get('Content-Type'), 'text/csv; charset=utf-8');
      return [answer.headers.get('Content-Disposition'), (await answer.text()).split('\r\n')] as const;
    };
    const [name, [titles, row, ...rest]] = await file();
    assert.equal(name, 'attachment; filename="petits-bouleaux-a-traiter.csv"');
    assert.equal(titles, 'Depuis;Nature;Personne;À faire;S’en occupe');
    assert.match(row ?? '', /^\d{4}-\d\d-\d\d;Avenant sans facture;Marie-Ève Tremblay;.*n’a pas de facture/);
    assert.deepEqual(rest, ['']);
    const [, english] = await file('?lang=en');
    assert.match(english[1] ?? '', /,Endorsement without invoice,Marie-Ève Tremblay,/);
  });

  test('is a workbook too, and what a name would have a spreadsheet work out stays text', async () => {
    await endorse('endorsement-of-marie');
    await c.t.deps.db.execute("UPDATE holder_rows SET first_name = '=1+1'");
    const answer = await staff('GET', '/worklist.xlsx?lang=en');
    assert.equal(
      answer.headers.get('Content-Disposition'),
      'attachment; filename="petits-bouleaux-to-do.xlsx"',
    );
    const [sheet] = await readWorkbook(await answer.arrayBuffer());
    assert.equal(sheet?.sheet, 'To do');
    const [titles, row, ...rest] = sheet?.data ?? [];
    assert.deepEqual(titles, ['Since', 'Nature', 'Person', 'What to do', 'Taken care of by']);
    assert.deepEqual(row?.slice(1, 3), ['Endorsement without invoice', "'=1+1 Tremblay"]);
    assert.deepEqual(rest, []);
  });

  test('an endorsement without an invoice, until it has one', async () => {
    await endorse('endorsement-of-marie');
    const item = await only('endorsement');
    assert.equal(item.holderName, 'Marie-Ève Tremblay');
    assert.equal(item.since, new Date(c.t.clock.now).toISOString());
    assert.equal(
      french(item),
      'L’avenant du 15 octobre 2026 (35,00 $) n’a pas de facture : créez-la par un montant manuel.',
    );
    assert.equal((await staff('POST', `/endorsements/${item.facts.endorsementId}/invoice`, {})).status, 201);
    assert.deepEqual((await list()).items, []);
  });

  test('a payment that she has not confirmed for an hour', async () => {
    const payment = await c.approved();
    assert.deepEqual((await list()).items, [], 'not yet');
    c.t.clock.advance(3_600_001);
    const item = await only('unconfirmed');
    assert.deepEqual([item.holderName, item.facts.paymentNumber], ['Marie-Ève Tremblay', payment.number]);
    assert.equal(
      french(item),
      'Un paiement de 296,13 $ attend son « Confirmer » : appelez-la, rien n’est payé.',
    );
    const later = await signIn(c.t, 'marie@example.org');
    assert.equal((await c.confirm(payment.id, TOTAL, later)).body.payment.state, 'completed');
    assert.deepEqual((await list()).items, []);
  });

  test('a request to see a file, until it is answered', async () => {
    await c.t.deps.db.execute("UPDATE regroupements SET link_policy = 'approval'");
    const paul = await signIn(c.t, 'paul@example.com');
    await search(paul, 'Tremblay', 'Marie-Ève', 'PB-000001');
    const item = await only('link-request');
    assert.match(french(item), /\(paul@example.com\) demande à voir ce dossier/);
    const request = item.id.replace('link-request.', '');
    assert.equal((await staff('POST', `/links/${request}/approve`)).status, 200);
    assert.deepEqual((await list()).items, []);
  });

  test('an exception about her payment; an e-mail that could not leave', async () => {
    const payment = await c.paid();
    await c.t.deps.db.execute(
      `INSERT INTO exceptions(id, regroupement_id, dedupe_key, kind, payment_id, detail, opened_at)
       VALUES ('exception-about-marie', ?, 'x', 'missing-capture', ?, '{}', ?)`,
      [id, payment.id, c.t.clock.now],
    );
    const item = await only('exception');
    assert.deepEqual([item.holderName, item.facts.paymentNumber], ['Marie-Ève Tremblay', payment.number]);
    assert.ok(item.sentence['en-CA'].length > 20);
    assert.equal((await staff('POST', '/exceptions/exception-about-marie/close', { note: 'x' })).status, 200);
    await c.t.deps.db.execute("UPDATE outbox SET state = 'parked' WHERE kind = 'receipt'");
    const message = await only('message');
    assert.match(french(message), /^Un courriel à marie@example.org n’est pas parti/);
    assert.equal((await staff('POST', `/messages/${message.facts.messageId}/retry`)).status, 200);
    assert.deepEqual((await list()).items, []);
  });

  test('a credit, once it is thirty days old; a credit that came, went and came again is as old as the last time', async () => {
    await cheque(TOTAL + 2_000, ['more-than-balance']);
    assert.deepEqual((await list()).items, []);
    c.t.clock.advance(30 * DAY + 1);
    const item = await only('credit');
    assert.match(french(item), /^Un crédit de 20,00 \$ sur la facture F-1 attend depuis plus de 30 jours/);
    const adjust = async (cents: number, source: string) => {
      await c.t.deps.db.execute(
        `INSERT INTO ledger_entries(id, regroupement_id, invoice_id, kind, amount_cents, source, day, occurred_at, posted_at)
         VALUES (?1, ?2, ?3, 'adjustment', ?4, ?1, '2026-12-24', ?5, ?5)`,
        [source, id, c.invoiceId, cents, c.t.clock.now],
      );
    };
    await adjust(2_000, 'charged-again');
    assert.deepEqual((await list()).items, [], 'no credit any more');
    await adjust(-500, 'credited-again');
    assert.deepEqual((await list()).items, [], 'a new one');
    c.t.clock.advance(30 * DAY + 1);
    assert.equal((await list()).counts.credit, 1);
  });

  test('a payment written down though it looks like another: until it is taken back, or settled', async () => {
    await cheque(1_000);
    const first = await cheque(1_000, ['possible-duplicate']);
    const item = await only('possible-duplicate');
    assert.equal(item.id, `possible-duplicate.${first}`);
    assert.equal((await staff('POST', `/worklist/${item.id}/settle`, {})).status, 200);
    assert.deepEqual((await list()).items, []);
    const second = await cheque(1_000, ['possible-duplicate']);
    await only('possible-duplicate');
    assert.equal((await staff('POST', `/recorded-payments/${second}/reversal`, { reason: 'x' })).status, 201);
    assert.deepEqual((await list()).items, []);
  });

  test('what a file says is left to pay and is not, until both agree', async () => {
    await cheque(1_000);
    const file = (balance: string) =>
      new TextEncoder().encode(
        `Facture;Certificat;Nom;Prénom;Courriel;Date;Échéance;Début;Fin;Total;Solde
F-1;PB-000001;Tremblay;Marie-Ève;marie@example.org;2026-03-01;2026-04-01;2026-04-01;2027-03-31;296,13;${balance}
F-2;PB-000002;Roy;Ève;eve@example.org;2026-03-01;2026-04-01;2026-04-01;2027-03-31;109,00;109,00\n`,
      );
    const report = await importFile(c.t.deps, {
      ...{ by: 'cli:test', regroupement: 'petits-bouleaux', name: 'x.csv', bytes: file('296,13') },
    });
    assert.deepEqual([report.imported, report.conflicts.length], [true, 1], JSON.stringify(report.refused));
    const item = await only('import-conflict');
    assert.equal(
      french(item),
      'Facture F-1 : le fichier dit un solde de 296,13 $, ici il est de 286,13 $. Inscrivez ce qui manque, ou corrigez le fichier.',
    );
    assert.equal((await staff('POST', `/worklist/${item.id}/settle`, {})).status, 200);
    assert.deepEqual((await list()).items, []);
  });

  test('page after page, oldest first, each once, of all kinds', async () => {
    for (let n = 0; n < 7; n++) await endorse(`endorsement-number-${n}`, c.t.clock.now - (n % 3) * DAY);
    await c.approved();
    c.t.clock.advance(2 * DAY);
    const all = (await list()).items;
    assert.equal(all.length, 8);
    assert.deepEqual(
      all.map(({ since }) => since),
      all.map(({ since }) => since).toSorted(),
    );
    const seen: Item[] = [];
    for (let next = ''; ; ) {
      const page = await list(`?limit=3${next === '' ? '' : `&after=${next}`}`);
      seen.push(...page.items);
      if (page.next === undefined) break;
      next = page.next;
    }
    assert.deepEqual(seen, all);
    assert.equal((await staff('GET', '/worklist?after=not-a-cursor-of-ours')).status, 400);
  });

  test('« Je m’en occupe »: hers until she lets go; a colleague’s; nobody else’s', async () => {
    await endorse('endorsement-of-marie');
    const item = 'endorsement.endorsement-of-marie';
    const lise = await joinOffice(c.t, { email: 'lise@example.org', role: 'office' });
    const zoe = await joinOffice(c.t, { email: 'zoe@example.org', role: 'reader', slug: 'la-farandole' });
    const as = async (who: OfficePerson, body: object) => {
      const answer = await c.t.app.request(
        `${PUBLIC_URL}/v1/backoffice/petits-bouleaux/worklist/${item}/assign`,
        {
          method: 'POST',
          headers: { Authorization: `DPoP ${who.accessToken}`, 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
        },
      );
      return answer.status;
    };
    assert.equal(await as(lise, {}), 200);
    assert.deepEqual((await list()).items[0]?.assignedTo, { id: lise.id, name: 'Lise Roy' });
    assert.equal(await as(lise, { to: zoe.id }), 400, 'she works elsewhere');
    assert.equal(await as(lise, { to: null }), 200);
    assert.equal((await list()).items[0]?.assignedTo, null);
    const path = `/worklist/${item}/assign`;
    assert.equal((await staff('POST', path, {})).status, 400, 'a program sees to nothing');
    assert.equal((await staff('POST', path, { to: lise.id })).status, 200);
    assert.equal(
      (await staff('POST', '/worklist/endorsement.of-nobody/assign', { to: lise.id })).status,
      404,
    );
    assert.equal((await staff('POST', `/worklist/${item}/settle`, {})).status, 409);
  });

  test('is of one regroupement: another one’s staff find nothing of it', async () => {
    await endorse('endorsement-of-marie');
    await cheque(TOTAL + 2_000, ['more-than-balance']);
    c.t.clock.advance(31 * DAY);
    assert.equal((await list()).items.length, 2);
    const theirs = await staffWith(c.t, ['read', 'record'], 'la-farandole');
    assert.deepEqual((await list('', theirs)).items, []);
    const path = '/worklist/endorsement.endorsement-of-marie/settle';
    assert.equal((await theirs('POST', path, {})).status, 404);
  });
});
