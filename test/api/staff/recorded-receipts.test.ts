// The receipt of a cheque: numbered without holes, the same for ever, e-mailed to her who has an address, and annulled by a
// document of its own once the cheque is taken back.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { newId } from '../../../server/deps.ts';
import { sendDueMail } from '../../../server/mail/worker.ts';
import { addInvoice, PUBLIC_URL, startTestApp, type TestApp } from '../../support/app.ts';
import { signIn } from '../../support/payer.ts';
import { mailbox } from '../../support/sign-up.ts';
import { type Staff, staffWith } from '../../support/staff.ts';

// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the test looks at
type Answer = any;
const SLUG = 'petits-bouleaux';
const EVE = 'eve@example.org';

describe('the receipt of a cheque', () => {
  let t: TestApp;
  let staff: Staff;
  let office: Staff;
  before(async () => {
    t = await startTestApp();
    staff = await staffWith(t, ['read', 'record']);
    office = await staffWith(t, ['read', 'invoice']);
    const eve = { firstName: 'Ève', lastName: 'Roy', email: EVE, certificate: 'PB-000001' };
    await addInvoice(t.deps, SLUG, { ...eve, invoice: 'F-1', totalCents: 10_000 });
    await addInvoice(t.deps, SLUG, { ...eve, invoice: 'F-2', totalCents: 5_000 });
    await addInvoice(t.deps, SLUG, {
      ...{ firstName: 'Léa', lastName: 'Côté', certificate: 'PB-000002', invoice: 'F-3', totalCents: 7_500 },
    });
  });
  after(() => t.close());

  const ask = async (path: string, body: object, key = newId(t.deps)): Promise<Answer> => {
    const answer = await staff('POST', path, body, { 'Idempotency-Key': key });
    const read = JSON.parse(await answer.text()) as Answer;
    assert.equal(answer.status, 201, JSON.stringify(read));
    return read;
  };
  const read = async (answer: Response): Promise<Answer> => {
    assert.equal(answer.status, 200);
    return await answer.json();
  };
  const open = async (slipCents: number): Promise<string> =>
    (await ask('/deposits', { day: '2026-11-20', slipCents })).deposit.id;
  const cheque = (deposit: string, invoices: Record<string, number>, reference: string, key?: string) =>
    ask(
      `/deposits/${deposit}/cheques`,
      {
        invoices: Object.entries(invoices).map(([invoiceNumber, amountCents]) => ({
          invoiceNumber,
          amountCents,
        })),
        reference,
      },
      key,
    );
  const receipts = async (recordedId: string): Promise<Answer[]> =>
    (await read(await staff('GET', `/recorded-payments/${recordedId}/receipts`))).receipts;
  const page = async (url: string) => {
    const answer = await t.app.request(url);
    const html = (await answer.text()).replaceAll('\u00a0', ' ');
    return { status: answer.status, html, text: html.replace(/<[^>]+>/g, '') };
  };
  const issued = async () =>
    (
      await t.deps.db.execute<{ number: string }>(
        `SELECT series || '-' || year || '-' || number AS number FROM recorded_receipts r ORDER BY r.series, r.number`,
      )
    ).rows.map(({ number }) => number);

  test('of one cheque for several invoices is one, with its lines; she has it by e-mail and in « Mes paiements »', async () => {
    const deposit = await open(20_000);
    const { rows } = await cheque(deposit, { 'F-1': 10_000, 'F-2': 4_000 }, '0417', 'the-key-of-eve');
    assert.deepEqual(
      rows.map((row: Answer) => row.receiptNumber),
      ['C-2026-0001', 'C-2026-0001'],
    );
    await cheque(deposit, { 'F-1': 10_000, 'F-2': 4_000 }, '0417', 'the-key-of-eve');
    assert.deepEqual(await issued(), ['C-2026-1'], 'asked for again, it is the same one');
    const [receipt] = await receipts(rows[1].id);
    const { text } = await page(receipt.htmlUrl);
    for (const words of [
      'Reçu de paiement no C-2026-0001',
      'Ève Roy (eve@example.org)',
      'Facture F-1, certificat PB-000001',
      'Facture F-2, certificat PB-000001',
      '0417',
      '20 novembre 2026',
      '140,00 $',
      '10,00 $',
    ])
      assert.ok(text.includes(words), `${words} in ${text}`);
    const [mail] = (await mailbox(t, EVE)).filter(({ kind }) => kind === 'recorded-receipt');
    assert.ok(mail !== undefined);
    const eve = await signIn(t, EVE);
    const hers = (await read(await eve.call('GET', '/receipts'))).receipts as Answer[];
    assert.deepEqual(
      hers.map(({ number }) => number),
      ['C-2026-0001'],
    );
    assert.match(
      hers[0].title['fr-CA'].replaceAll('\u00a0', ' '),
      /C-2026-0001 – 140,00 \$, chèque, 20 novembre 2026/,
    );
    const stranger = await signIn(t, 'autre@example.org');
    assert.deepEqual((await read(await stranger.call('GET', '/receipts'))).receipts, []);
  });

  test('never changes: the same bytes a year later, whatever becomes of her name and of the association’s', async () => {
    const { rows } = await t.deps.db.execute<{ id: string }>(
      "SELECT recorded_id AS id FROM recorded_receipts WHERE series = 'C' AND number = 1",
    );
    const bytes = async () => {
      const [receipt] = await receipts(rows[0]?.id ?? '');
      const answer = await t.app.request(receipt.pdfUrl);
      return Buffer.from(await answer.arrayBuffer()).toString('base64');
    };
    const first = await bytes();
    await t.deps.db.execute("UPDATE holders SET last_name = 'Autrement' WHERE email = ?", [EVE]);
    await t.deps.db.execute(
      "UPDATE regroupements SET phone = '418 555-0000', address = 'Ailleurs' WHERE slug = ?",
      [SLUG],
    );
    t.clock.advance(60_000);
    assert.equal(await bytes(), first);
    await assert.rejects(t.deps.db.execute("UPDATE recorded_receipts SET document = '{}'"), /never changes/);
    await assert.rejects(t.deps.db.execute('DELETE FROM recorded_receipts'), /never changes/);
  });

  test('taken back, it is annulled by another document, which says which, when and why; she is told', async () => {
    const deposit = await open(20_000);
    const { rows } = await cheque(deposit, { 'F-3': 7_500 }, '12');
    assert.deepEqual(
      (await mailbox(t, '')).map(({ kind }) => kind),
      [],
      'Léa has no address',
    );
    const { recorded } = await ask(`/recorded-payments/${rows[0].id}/reversal`, {
      reason: 'Mauvaise facture',
    });
    assert.equal(recorded.receiptNumber, 'CA-2026-0001');
    const [first, annulment, ...more] = await receipts(rows[0].id);
    assert.deepEqual([first.number, annulment.number, more], ['C-2026-0002', 'CA-2026-0001', []]);
    assert.deepEqual(await receipts(recorded.id).then((all) => all.map(({ number }) => number)), [
      'C-2026-0002',
      'CA-2026-0001',
    ]);
    const { text } = await page(annulment.htmlUrl);
    assert.ok(text.includes('Annulation du reçu no C-2026-0002'), text);
    assert.ok(
      text.includes('Le reçu no C-2026-0002 est annulé le 23 novembre 2026 : erreur de saisie.'),
      text,
    );
    assert.ok(!text.includes('Mauvaise facture'), 'what staff write for themselves stays with them');
    // The one of two invoices, by the bank.
    const { rows: all } = await t.deps.db.execute<{ id: string }>(
      "SELECT recorded_id AS id FROM recorded_receipts WHERE series = 'C' AND number = 1",
    );
    const id = all[0]?.id ?? '';
    const back = { reason: 'NSF', returnedOn: '2026-11-21', feeCents: 0 };
    await ask(`/recorded-payments/${id}/reversal`, back);
    await ask(`/recorded-payments/${id}/reversal`, back);
    assert.deepEqual(await issued(), ['C-2026-1', 'C-2026-2', 'CA-2026-1', 'CA-2026-2']);
    const told = (await mailbox(t, EVE)).filter(({ kind }) => kind === 'receipt-cancelled');
    assert.equal(told.length, 1);
    const eve = await signIn(t, 'deux@example.org');
    assert.deepEqual((await read(await eve.call('GET', '/receipts'))).receipts, []);
    const [, bank] = await receipts(id);
    const { text: said } = await page(bank.htmlUrl);
    assert.ok(
      said.includes(
        'Le reçu no C-2026-0001 est annulé : paiement retourné par la banque le 21 novembre 2026 (NSF).',
      ),
      said,
    );
    assert.ok(said.includes('140,00 $'));
  });

  test('forty cheques of a slip have forty numbers, also of some at once; one reversed leaves the others’', async () => {
    const from = (await issued()).length;
    const people = Array.from({ length: 40 }, (_, n) => n + 1);
    for (const n of people)
      await addInvoice(t.deps, SLUG, {
        ...{ firstName: 'Anne', lastName: `Essai${n}`, email: n % 2 === 0 ? `anne${n}@example.org` : null },
        ...{ certificate: `PB-9000${n}`, invoice: `Q-${n}`, totalCents: 10_000 + n },
      });
    const slip = people.reduce((all, n) => all + 10_000 + n, 0);
    const deposit = await open(slip);
    for (const n of people.slice(0, 30)) await cheque(deposit, { [`Q-${n}`]: 10_000 + n }, String(700 + n));
    await Promise.all(
      people.slice(30).map((n) => cheque(deposit, { [`Q-${n}`]: 10_000 + n }, String(700 + n))),
    );
    const numbers = (await issued()).filter((one) => one.startsWith('C-'));
    assert.deepEqual(
      numbers,
      Array.from({ length: 42 }, (_, n) => `C-2026-${n + 1}`),
      'no hole, no number twice',
    );
    assert.equal((await issued()).length, from + 40);
    const answer = await staff('POST', `/deposits/${deposit}/close`, {});
    const { deposit: closed, rows } = await read(answer);
    assert.deepEqual([closed.totalCents, closed.cheques, closed.closedAt !== null], [slip, 40, true]);
    const seventh = rows.find((row: Answer) => row.reference === '707');
    await ask(`/recorded-payments/${seventh.id}/reversal`, {
      reason: 'NSF',
      returnedOn: '2026-11-23',
      feeCents: 2_000,
    });
    const after = await read(await staff('GET', `/deposits/${deposit}`));
    assert.deepEqual(
      after.rows.filter((row: Answer) => row.reversedBy !== null).map((row: Answer) => row.reference),
      ['707'],
    );
    assert.deepEqual((await issued()).at(-1), 'CA-2026-3');
    const printed = await page(
      `${(await read(await staff('GET', `/deposits/${deposit}/receipts`))).htmlUrl}`,
    );
    assert.equal(printed.status, 200);
    assert.equal(
      printed.html.match(/<h1>Reçu de paiement no C-2026-\d{4}<\/h1>/g)?.length,
      39,
      'those that stand, on paper',
    );
    const left = await t.deps.db.execute<{ n: number }>(
      "SELECT count(*) AS n FROM outbox WHERE kind = 'recorded-receipt' AND recipient LIKE 'anne%'",
    );
    assert.equal(left.rows[0]?.n, 20, 'to those who have an address');
    const ours = await page(`${PUBLIC_URL}/v1/receipts/x.y.z.html`);
    assert.equal(ours.status, 410);
  });

  test('for a cancelled invoice says that nothing was paid before, and no tax', async () => {
    const { invoiceId } = await addInvoice(t.deps, SLUG, {
      ...{ firstName: 'Ida', lastName: 'Roy', certificate: 'PB-000010', invoice: 'X-1', totalCents: 10_900 },
    });
    const office = await staffWith(t, ['read', 'invoice']);
    const { invoice } = await read(await office('GET', `/invoices/${invoiceId}`));
    const state = { 'If-Match': invoice.version };
    const cancelled = await office('POST', `/invoices/${invoiceId}/cancel`, { reason: 'Fermée' }, state);
    assert.equal(cancelled.status, 200);
    const { recorded } = await ask('/recorded-payments', {
      ...{ invoiceNumber: 'X-1', method: 'cheque', amountCents: 5_000, receivedOn: '2026-11-20' },
      evenSo: ['more-than-balance'],
    });
    const { rows } = await t.deps.db.execute<{ document: string }>(
      'SELECT document FROM recorded_receipts WHERE recorded_id = ?',
      [recorded.id],
    );
    const [paid] = JSON.parse(rows[0]?.document ?? '').invoices;
    assert.deepEqual([paid.paidBeforeCents, paid.remainingCents, paid.taxCents], [0, -5_000, 0]);
  });

  test('of what was written twice: its annulment does not say that anything is left to pay', async () => {
    const zoe = { firstName: 'Fée', lastName: 'Roy', email: 'fee@example.org', certificate: 'PB-000011' };
    await addInvoice(t.deps, SLUG, { ...zoe, invoice: 'W-1', totalCents: 6_000 });
    const pay = (evenSo: string[]) =>
      ask('/recorded-payments', {
        ...{ invoiceNumber: 'W-1', method: 'cheque', amountCents: 6_000, receivedOn: '2026-11-20', evenSo },
      });
    const told = async () => {
      t.outgoing.splice(0);
      await sendDueMail(t.deps);
      const mail = t.outgoing.find(({ subject }) => subject.startsWith('Annulation'));
      return (mail?.text ?? '').replaceAll('\u00a0', ' ');
    };
    const { recorded: first } = await pay([]);
    const { recorded: twice } = await pay(['possible-duplicate', 'more-than-balance']);
    await ask(`/recorded-payments/${twice.id}/reversal`, { reason: 'Deux fois' });
    const text = await told();
    assert.match(text, /L’annulation est jointe à ce courriel\. Une question/);
    assert.doesNotMatch(text, /reste à payer/);
    await ask(`/recorded-payments/${first.id}/reversal`, { reason: 'Mauvais dossier' });
    assert.match(await told(), /Il reste 60,00 \$ à payer/);
  });

  /** An invoice of 10,000 and its tax, where the other helper makes one line. */
  const taxed = async (number: string, certificate: string): Promise<string> => {
    const { invoiceId } = await addInvoice(t.deps, SLUG, {
      ...{ firstName: 'Zoé', lastName: 'Roy', certificate, invoice: number, totalCents: 10_900 },
    });
    await t.deps.db.execute('DELETE FROM invoice_lines WHERE invoice_id = ?', [invoiceId]);
    for (const [position, code, cents, rate] of [
      [1, 'PRIME', 10_000, null],
      [2, 'TPA', 900, '0.09'],
    ] as const)
      await t.deps.db.execute(
        `INSERT INTO invoice_lines(invoice_id, revision, position, code, description, amount_cents, rate)
         SELECT id, revision, ?, ?, '', ?, ? FROM invoices WHERE id = ?`,
        [position, code, cents, rate, invoiceId],
      );
    return invoiceId;
  };
  /** Of each receipt that stands: the tax in it, and what it left to pay. */
  const parts = async (number: string) =>
    (
      await t.deps.db.execute<{ tax: number; left: number }>(
        `SELECT document ->> '$.invoices[0].taxCents' AS tax, document ->> '$.invoices[0].remainingCents' AS left
         FROM recorded_receipts r WHERE series = 'C' AND document ->> '$.invoices[0].number' = ?
           AND NOT EXISTS (SELECT 1 FROM recorded_receipts x WHERE x.cancels = r.id) ORDER BY number`,
        [number],
      )
    ).rows;
  const taxes = async (number: string) => (await parts(number)).reduce((all, { tax }) => all + tax, 0);
  const taxOf = (lines: Answer[]) =>
    lines.filter(({ code }) => code === 'TPA').reduce((all, { amountCents }) => all + amountCents, 0);
  const shown = async (id: string): Promise<Answer> =>
    (await read(await staff('GET', `/invoices/${id}`))).invoice;

  test('says the tax in each part so that the parts make the whole', async () => {
    await taxed('T-1', 'PB-000009');
    const deposit = await open(10_900);
    for (const [n, cents] of [3_633, 3_633, 3_634].entries())
      await cheque(deposit, { 'T-1': cents }, `55${n}`);
    assert.deepEqual(
      (await parts('T-1')).map(({ tax, left }) => [tax, left]),
      [
        [300, 7_267],
        [300, 3_634],
        [300, 0],
      ],
    );
  });

  test('the parts make the whole also where a credit note changed the invoice between them', async () => {
    const id = await taxed('T-2', 'PB-000010');
    const deposit = await open(10_900);
    await cheque(deposit, { 'T-2': 5_007 }, '560');
    t.clock.advance(1_000);
    const { version } = await shown(id);
    const credit = await office(
      'POST',
      `/invoices/${id}/credit-notes`,
      { amountCents: 3_333, reason: 'Absence' },
      { 'If-Match': version, 'Idempotency-Key': newId(t.deps) },
    );
    assert.equal(credit.status, 201, await credit.text());
    const { balanceCents } = await shown(id);
    await cheque(deposit, { 'T-2': 1_001 }, '561');
    t.clock.advance(1_000);
    await cheque(deposit, { 'T-2': balanceCents - 1_001 }, '562');
    const { lines } = await shown(id);
    assert.notEqual(taxOf(lines), 900, 'the note took tax off too');
    assert.equal(await taxes('T-2'), taxOf(lines));
  });

  test('and where a cheque between them came back', async () => {
    const id = await taxed('T-3', 'PB-000011');
    const deposit = await open(10_900);
    const first = await cheque(deposit, { 'T-3': 1_000 }, '570');
    t.clock.advance(1_000);
    await cheque(deposit, { 'T-3': 1_002 }, '571');
    t.clock.advance(1_000);
    await ask(`/recorded-payments/${first.rows[0].id}/reversal`, { reason: 'Mauvaise facture' });
    t.clock.advance(1_000);
    await cheque(deposit, { 'T-3': 3_333 }, '572');
    t.clock.advance(1_000);
    await cheque(deposit, { 'T-3': (await shown(id)).balanceCents }, '573');
    assert.deepEqual([(await parts('T-3')).at(-1)?.left, await taxes('T-3')], [0, 900]);
  });
});
