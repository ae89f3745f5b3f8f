// A file is changed by two people, looked at as she sees it, and tells what was done to it and what was sent about it.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { importFile } from '../../../server/import/import-file.ts';
import { saveOffice } from '../../../server/regroupements/coordinating-offices.ts';
import { createKey } from '../../../server/staff/api-keys.ts';
import { PUBLIC_URL } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';
import { signIn } from '../../support/payer.ts';
import { type Staff, staffWith } from '../../support/staff.ts';

describe('a file that staff work on', () => {
  let c: Checkout;
  let staff: Staff;
  let holder: string;
  let secret: string;
  beforeEach(async () => {
    c = await startCheckout({ onlineFee: { kind: 'fixed', cents: 100 } });
    staff = await staffWith(c.t, ['read', 'record', 'invoice']);
    const key = { name: 'bureau', scopes: ['invoice'], lifeMs: 9e9, by: 'cli:test' } as const;
    ({ secret } = await createKey(c.t.deps, await regroupementId(c.t), key));
    holder = (await c.rows<{ id: string }>('SELECT id FROM holders'))[0]?.id ?? '';
  });
  afterEach(() => c.close());

  const get = async (path: string, by = staff) => {
    const answer = await by('GET', `/holders/${holder}${path}`);
    assert.equal(answer.status, 200, await answer.clone().text());
    return JSON.parse(await answer.text());
  };
  const version = async (): Promise<string> => (await get('')).holder.version;
  async function patch(body: object, ifMatch?: string, slug = 'petits-bouleaux') {
    const answer = await c.t.app.request(`${PUBLIC_URL}/v1/backoffice/${slug}/holders/${holder}`, {
      method: 'PATCH',
      headers: {
        ...{ Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' },
        ...(ifMatch === undefined ? {} : { 'If-Match': ifMatch }),
      },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: JSON.parse(await answer.text()) };
  }

  test('changes from its version on; whoever comes second is shown what the first one wrote', async () => {
    const seen = await version();
    const changed = await patch({ lastName: 'Roy', email: 'eve@example.org' }, `"${seen}"`);
    assert.equal(changed.status, 200, JSON.stringify(changed.body));
    const { holder: file } = await get('');
    assert.deepEqual(
      [file.lastName, file.email, file.version],
      ['Roy', 'eve@example.org', changed.body.version],
    );
    const second = await patch({ lastName: 'Côté' }, seen);
    assert.deepEqual(
      [second.status, second.body.current.lastName, second.body.version],
      [412, 'Roy', changed.body.version],
    );
    assert.equal((await patch({ lastName: 'Côté' }, second.body.version)).status, 200);
  });

  test('two at one moment: one is written, the other is told', async () => {
    const seen = await version();
    const both = await Promise.all([patch({ usualName: 'A' }, seen), patch({ usualName: 'B' }, seen)]);
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 412]);
  });

  test('a file that came in meanwhile is somebody else too', async () => {
    const seen = await version();
    const bytes = new TextEncoder().encode(
      `Facture;Certificat;Nom;Prénom;Courriel;Date;Échéance;Début;Fin;Total;Solde
F-1;PB-000001;Tremblay;Marie-Ève;nouveau@example.org;2026-03-01;2026-04-01;2026-04-01;2027-03-31;296,13;296,13\n`,
    );
    const report = await importFile(c.t.deps, {
      ...{ by: 'cli:test', regroupement: 'petits-bouleaux', name: 'x.csv', bytes },
    });
    assert.equal(report.imported, true, JSON.stringify(report.refused));
    const late = await patch({ email: 'autre@example.org' }, seen);
    assert.deepEqual([late.status, late.body.current.email], [412, 'nouveau@example.org']);
  });

  test('her new e-mail opens her file, her old one no more', async () => {
    await patch({ email: 'nouveau@example.org' }, await version());
    const { certificates } = JSON.parse(await (await c.marie.call('GET', '/certificates')).text());
    assert.deepEqual(certificates, []);
  });

  test('refuses a change without its version, without any name, to another regroupement’s office, of nobody', async () => {
    assert.equal((await patch({ lastName: 'Roy' })).status, 428);
    const seen = await version();
    assert.equal((await patch({ firstName: '', lastName: '' }, seen)).status, 400);
    const elsewhere = await regroupementId(c.t, 'la-farandole');
    await saveOffice(c.t.deps, elsewhere, 'bc-x', { name: 'X' }, 'cli:test');
    const [office] = await c.rows<{ id: string }>('SELECT id FROM coordinating_offices');
    assert.equal((await patch({ officeId: office?.id }, seen)).status, 400);
    assert.equal((await patch({ status: 'fermé' }, seen)).status, 400);
    holder = 'nobody-of-this-name';
    assert.equal((await patch({ lastName: 'Roy' }, seen)).status, 404);
  });

  test('« Voir comme la RSG » is what she sees, with what paying comes to; nothing is changed by looking', async () => {
    const hers = async (path: string) => JSON.parse(await (await c.marie.call('GET', path)).text());
    const mine = await hers('/certificates');
    const seen = await get('/as-seen');
    assert.deepEqual(seen.certificates, mine.certificates);
    assert.deepEqual(
      [seen.reached, seen.quotes],
      [true, [{ invoiceId: c.invoiceId, onlineFeeCents: 100, totalCents: TOTAL + 100 }]],
    );
    const asked = await c.marie.call('POST', '/quotes', { invoiceIds: [c.invoiceId] });
    const quote = JSON.parse(await asked.text());
    const { id: certificateId } = mine.certificates[0];
    assert.deepEqual(seen.prices, [
      { certificateId: null, quote },
      { certificateId, quote },
    ]);
    assert.equal(seen.profile.slug, 'petits-bouleaux');
    assert.equal(seen.open, null);
    await c.approved(undefined, { expectedTotalCents: TOTAL + 100 });
    const waits = await get('/as-seen');
    assert.equal(waits.open.state, 'approved');
    assert.deepEqual(waits.open, (await hers('/payments')).open);
    assert.deepEqual(waits.certificates, (await hers('/certificates')).certificates);
    await patch({ email: null }, await version());
    assert.equal((await get('/as-seen')).reached, false);
  });

  test('tells what was done to it, by whom, newest first', async () => {
    const cheque = { invoiceNumber: 'F-1', method: 'cheque', amountCents: 100, receivedOn: '2026-11-20' };
    await staff('POST', '/recorded-payments', { ...cheque, reference: '0417' });
    await patch({ usualName: 'Roy' }, await version());
    const { acts } = await get('/history');
    assert.deepEqual(
      acts.map(({ act, actorName }: { act: string; actorName: string }) => [act, actorName]),
      [
        ['holder-changed', 'bureau'],
        ['payment-recorded', 'logiciel'],
      ],
    );
    const [{ before, after }] = acts;
    assert.deepEqual([before.usualName, after.usualName, after.changed], ['', 'Roy', ['usualName']]);
    const sealed = await c.rows<{ all: string }>(
      'SELECT coalesce(before, \'\') || after AS "all" FROM audit WHERE after IS NOT NULL',
    );
    assert.ok(
      sealed.every((row) => !row.all.includes('Roy')),
      'no name stands in the audit',
    );
    assert.deepEqual(
      acts.map(({ about }: { about: string | null }) => about),
      [null, 'F-1'],
    );
  });

  test('tells what came in for it, through PayPal and otherwise, and what went back', async () => {
    const other = { invoiceNumber: 'F-1', method: 'cheque', amountCents: 100, receivedOn: '2026-11-20' };
    const written = await staff('POST', '/recorded-payments', { ...other, reference: '0417' });
    const { recorded: row } = JSON.parse(await written.text());
    await staff('POST', `/recorded-payments/${row.id}/reversal`, { reason: 'erreur' });
    await c.paid({ expectedTotalCents: TOTAL + 100 });
    const { payments, recorded } = await get('/payments');
    assert.deepEqual(
      payments.map(({ state, invoices }: { state: string; invoices: { number: string }[] }) => [
        state,
        invoices[0]?.number,
      ]),
      [['completed', 'F-1']],
    );
    assert.deepEqual(
      recorded.map(({ reference, reverses }: { reference: string; reverses: string | null }) => [
        reference,
        reverses,
      ]),
      [
        ['erreur', row.id],
        ['0417', null],
      ],
    );
  });

  test('is read whole in one answer, the same as in its parts', async () => {
    await c.paid({ expectedTotalCents: TOTAL + 100 });
    const whole = await get('/overview');
    assert.equal(whole.payments.length, 1);
    assert.ok(whole.messages.length > 0);
    const parts = ['', '/balance-reasons', '/payments', '/messages'];
    const { instalments, ...rest } = whole;
    assert.equal(instalments, null, 'nothing may be paid in parts here');
    assert.deepEqual(rest, Object.assign({}, ...(await Promise.all(parts.map((path) => get(path))))));
  });

  test('asks the database as often for many payments as for one', async () => {
    const asked = async () => {
      const { db } = c.t.deps;
      const { execute } = db;
      let times = 0;
      Object.assign(db, {
        execute: (...given: Parameters<typeof execute>) => {
          times += 1;
          return execute.apply(db, given);
        },
      });
      const { payments } = await get('/payments');
      Object.assign(db, { execute });
      return { times, payments: payments.length };
    };
    const start = async () => {
      const { body } = await c.start(c.marie, { expectedTotalCents: TOTAL + 100 });
      await c.marie.call('POST', `/payments/${body.payment.id}/cancel`);
    };
    await start();
    // The first call of a key is noted.
    await asked();
    const one = await asked();
    for (let more = 3; more > 0; more -= 1) await start();
    const four = await asked();
    assert.deepEqual([one.payments, four.payments], [1, 4]);
    assert.equal(four.times, one.times);
  });

  test('names each link and request by the id that decides it, and what opened it', async () => {
    await c.t.deps.db.execute("UPDATE regroupements SET link_policy = 'approval'");
    const paul = await signIn(c.t, 'paul@example.org');
    const search = { lastName: 'Tremblay', firstName: 'Marie-Ève', certificateNumber: 'PB-000001' };
    await paul.call('POST', '/certificates/links', search);
    const links = await staffWith(c.t, ['links']);
    const accounts = async () => (await get('')).holder.accounts;
    const [own, request] = await accounts();
    assert.deepEqual([own.way, own.id, own.method, own.at], ['email', null, null, null]);
    assert.equal(request.way, 'waits');
    assert.equal((await links('POST', `/links/${request.id}/approve`)).status, 200);
    const link = (await accounts()).find(({ way }: { way: string }) => way === 'link');
    assert.deepEqual([link.level, link.method], ['verified', 'approval']);
    assert.equal((await links('POST', `/links/${link.id}/undo`)).status, 200);
    const undone = (await accounts()).find(({ way }: { way: string }) => way === 'undone');
    assert.deepEqual([undone.id, undone.email], [link.id, 'paul@example.org']);
    const { acts } = await get('/history');
    assert.deepEqual(
      acts.map(({ act, about }: { act: string; about: string }) => [act, about]),
      [
        ['link-undone', 'paul@example.org'],
        ['link-approved', 'paul@example.org'],
      ],
    );
    assert.ok(Date.parse(undone.at) > 0);
  });

  test('tells the e-mails to her, and their fate', async () => {
    await c.paid({ expectedTotalCents: TOTAL + 100 });
    const { messages } = await get('/messages');
    const receipt = messages.find(({ kind }: { kind: string }) => kind === 'receipt');
    assert.deepEqual(
      [receipt.recipient, receipt.state, receipt.sentAt],
      ['marie@example.org', 'waiting', null],
    );
    await c.t.deps.db.execute(
      "UPDATE outbox SET state = 'parked', last_error = 'EENVELOPE' WHERE kind = 'receipt'",
    );
    const after = (await get('/messages')).messages.find(({ kind }: { kind: string }) => kind === 'receipt');
    assert.deepEqual([after.state, after.why, after.canRetry], ['parked', 'EENVELOPE', true]);
    assert.equal((await staff('POST', `/messages/${after.id}/retry`)).status, 200);
    const [act] = (await get('/history')).acts;
    assert.deepEqual(
      [act.act, act.target, act.about],
      ['message-retried', `outbox:${after.id}`, 'marie@example.org'],
    );
  });

  test('is of one regroupement: another one’s staff find none of it', async () => {
    const theirs = await staffWith(c.t, ['read', 'invoice'], 'la-farandole');
    for (const path of ['/as-seen', '/history', '/messages', '/payments'])
      assert.equal((await theirs('GET', `/holders/${holder}${path}`)).status, 404, path);
  });
});
