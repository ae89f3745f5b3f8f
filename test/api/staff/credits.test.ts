// An invoice that is cancelled or credited after it was paid: what was paid stands as a credit, which goes back at PayPal or pays
// another invoice of hers; nothing is paid back twice, and the regroupement's next file undoes nothing.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { newId } from '../../../server/deps.ts';
import { today } from '../../../server/staff/work/today.ts';
import { addInvoice } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { CARD, type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';
import { importText, listOf, row } from '../../support/invoice-list.ts';
import { type Staff, staffWith } from '../../support/staff.ts';

// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the test looks at
type Answer = any;

describe('what staff take off an invoice', () => {
  let c: Checkout;
  let staff: Staff;
  let next: string;
  beforeEach(async () => {
    c = await startCheckout();
    staff = await staffWith(c.t, ['read', 'record', 'invoice', 'refund']);
    const { invoiceId } = await addInvoice(c.t.deps, 'petits-bouleaux', {
      ...{ firstName: 'Marie-Ève', lastName: 'Tremblay', email: 'marie@example.org' },
      ...{ certificate: 'PB-000001', invoice: 'F-2', totalCents: 20_000 },
    });
    next = invoiceId;
  });
  afterEach(() => c.close());

  const read = async (id: string): Promise<Answer> => (await staff('GET', `/invoices/${id}`)).json();
  const version = async (id: string): Promise<string> => (await read(id)).invoice.version;
  const act = async (id: string, what: string, body: object, headers: Record<string, string> = {}) => {
    const given = { 'If-Match': `"${await version(id)}"`, ...headers };
    const answer = await staff('POST', `/invoices/${id}/${what}`, body, given);
    return { status: answer.status, body: JSON.parse(await answer.text()) as Answer };
  };
  const cancel = (id = c.invoiceId, headers = {}) =>
    act(id, 'cancel', { reason: 'Garderie fermée' }, headers);
  const credit = (body: object, id = c.invoiceId) =>
    act(id, 'credit-notes', { reason: 'Résiliation', ...body });
  const apply = (body: object = {}, from = c.invoiceId, to = next) =>
    act(from, 'credit-transfer', { toInvoiceId: to, ...body });
  const refund = async (number: string, amountCents?: number) => {
    const body = { reason: 'Annulation', ...(amountCents === undefined ? {} : { amountCents }) };
    const answer = await staff('POST', `/payments/${number}/refunds`, body);
    return { status: answer.status, body: (await answer.json()) as Answer };
  };
  /** As somebody asks for it who looked too early. */
  const askRefund = (number: string, cents: number) =>
    c.t.deps.db.execute(
      `INSERT INTO refunds(id, regroupement_id, payment_id, amount_cents, origin, state, reason, asked_by, idempotency_key,
         created_at, updated_at)
       SELECT ?, regroupement_id, id, ?, 'staff', 'asked', '', 'cli:test', ?, 1, 1 FROM payments WHERE number = ?`,
      [newId(c.t.deps), cents, newId(c.t.deps), number],
    );
  const balance = async (id: string) => (await read(id)).invoice.balanceCents as number;
  const acts = () =>
    c.rows<{ act: string }>(
      "SELECT act FROM audit WHERE act GLOB 'invoice-*' OR act GLOB 'credit-*' ORDER BY seq",
    );
  const events = async (from = 0) =>
    (
      await c.rows<{ kind: string; number: string }>(
        `SELECT kind, facts ->> 'invoiceNumber' AS number FROM events WHERE kind GLOB 'invoice.*' AND seq > ${from} ORDER BY seq`,
      )
    ).map(({ kind, number }) => `${kind} ${number}`);
  const seen = async (): Promise<Answer> =>
    ((await (await c.marie.call('GET', '/certificates')).json()) as Answer).certificates[0];

  describe('cancelled', () => {
    test('nothing is owed of it; she and the office see that, once in the journal and in the events', async () => {
      const { status, body } = await cancel();
      assert.equal(status, 200, JSON.stringify(body));
      const { status: state, balanceCents, totalCents, payable } = body.invoice;
      assert.deepEqual([state, balanceCents, totalCents, payable], ['cancelled', 0, TOTAL, false]);
      assert.equal((await seen()).balanceCents, 20_000);
      assert.deepEqual(await acts(), [{ act: 'invoice-cancelled' }]);
      assert.deepEqual((await events()).slice(2), ['invoice.cancelled F-1']);
      const history = await (await staff('GET', `/holders/${body.holderId}/history`)).text();
      assert.match(history, /"act":"invoice-cancelled".*"about":"F-1","reason":"Garderie fermée"/);
      const copy: Answer = await (await c.marie.call('GET', '/me/export')).json();
      const { entries } = copy.files
        .flatMap((file: Answer) => file.invoices)
        .find((one: Answer) => one.number === 'F-1');
      assert.equal(entries.at(-1).reference, 'Garderie fermée', 'and why, in the copy of her data');
    });

    test('after it was paid: a credit, that goes back at PayPal', async () => {
      const { number } = await c.paid();
      const { body } = await cancel();
      assert.deepEqual([body.invoice.balanceCents, body.invoice.paidCents], [-TOTAL, TOTAL]);
      assert.equal((await seen()).creditCents, TOTAL);
      assert.equal((await refund(number)).status, 201);
      assert.equal(await balance(c.invoiceId), 0);
      await c.booksAgree(1);
    });

    test('not while she has agreed at PayPal, a payment is in doubt, or one is disputed', async () => {
      const payment = await c.approved();
      const refused = await cancel();
      assert.deepEqual([refused.status, refused.body.type.split('/').at(-1)], [409, 'payment-in-progress']);
      assert.match(refused.body.detail, /attend son «\u00a0Confirmer\u00a0»/);
      c.fault('capture', { kind: '500' }, 3);
      await c.confirm(payment.id);
      assert.equal((await cancel()).status, 409);
      await c.look(payment.id);
      await c.webhooks();
      const [capture] = c.captures();
      assert.ok(capture !== undefined);
      c.standIn.books.dispute(capture, { hold: true });
      await c.webhooks();
      const disputed = await cancel();
      assert.deepEqual([disputed.status, disputed.body.type.split('/').at(-1)], [409, 'payment-disputed']);
      assert.deepEqual(await acts(), []);
    });

    test('is not paid by a payment that was begun before', async () => {
      const { body } = await c.start();
      assert.equal((await cancel()).status, 200);
      await c.approve(body.approveUrl);
      const { status } = await c.confirm(body.payment.id);
      assert.equal(status, 409);
      assert.equal(c.captures().length, 0);
    });

    test('from the state that it was seen in, once a key', async () => {
      const headers = { 'If-Match': await version(c.invoiceId), 'Idempotency-Key': 'a key of the page' };
      const path = `/invoices/${c.invoiceId}/cancel`;
      const without = await staff('POST', path, { reason: 'x' });
      assert.equal(without.status, 428);
      const other = await staff('POST', path, { reason: 'x' }, { 'If-Match': 'another' });
      assert.equal(other.status, 412);
      const key = { ...headers, 'Idempotency-Key': newId(c.t.deps) };
      const all = await Promise.all([1, 2, 3].map(() => staff('POST', path, { reason: 'x' }, key)));
      assert.deepEqual(
        all.map((one) => one.status),
        [200, 200, 200],
      );
      assert.equal((await staff('POST', path, { reason: 'y' }, key)).status, 422);
      assert.equal((await cancel()).status, 409);
      assert.equal((await acts()).length, 1);
    });
  });

  describe('credited', () => {
    test('214 days of 365: the note is seen before it is made, numbered, and she reads it as a line', async () => {
      const path = `/invoices/${c.invoiceId}/credit-notes/preview`;
      const days = { days: 214, reason: 'Fin du certificat' };
      const { preview } = (await (await staff('POST', path, days)).json()) as Answer;
      const { status, body } = await credit(days);
      assert.equal(status, 201, JSON.stringify(body));
      const [note] = body.creditNotes;
      assert.deepEqual([preview.number, preview.amountCents], [note.number, note.amountCents]);
      assert.deepEqual([note.number, note.amountCents], ['CR-2026-0001', Math.round((TOTAL * 214) / 365)]);
      assert.deepEqual(body.invoice.lines, preview.invoiceLines);
      const [invoice] = (await seen()).invoices;
      const line = invoice.lines.find(({ code }: Answer) => code === 'CRED');
      assert.equal(line.description, 'Note de crédit CR-2026-0001 – Fin du certificat (214/365)');
      assert.equal(invoice.balanceCents, TOTAL - note.amountCents);
      assert.deepEqual(await acts(), [{ act: 'credit-note-made' }]);
      assert.deepEqual((await events()).slice(2), ['invoice.changed F-1']);
    });

    test('for all of an invoice: « Pourquoi ce solde » says that it was credited', async () => {
      await cancel(next);
      const { body } = await credit({ amountCents: TOTAL });
      assert.equal(body.invoice.balanceCents, 0);
      const { reasons } = (await (
        await staff('GET', `/holders/${body.holderId}/balance-reasons`)
      ).json()) as Answer;
      assert.deepEqual(reasons.map((one: Answer) => [one.code, one.sentence['fr-CA']]).slice(1, 2), [
        ['credited', 'La facture F-1 est créditée en entier\u00a0: il n’en reste rien à payer.'],
      ]);
    });

    test('never for more than was charged; two at once are two, or one is told to look again', async () => {
      const { status, body } = await credit({ amountCents: TOTAL + 1 });
      assert.deepEqual([status, body.errors[0]], [400, { pointer: '/amountCents', code: 'too-large' }]);
      const state = { 'If-Match': await version(c.invoiceId) };
      const path = `/invoices/${c.invoiceId}/credit-notes`;
      const half = { amountCents: 20_000, reason: 'x' };
      const both = await Promise.all([1, 2].map(() => staff('POST', path, half, state)));
      assert.deepEqual(both.map((one) => one.status).toSorted(), [201, 412]);
      assert.equal(await balance(c.invoiceId), TOTAL - 20_000);
      for (const wrong of [{ days: 0 }, { days: 400 }, { amountCents: 1, days: 1 }, {}])
        assert.equal((await credit(wrong)).status, 400, JSON.stringify(wrong));
    });

    test('the next file undoes neither a note nor a cancellation; where it says something new, staff decide', async () => {
      const list = (total: string, due = '2026-04-01') =>
        importText(
          c.t.deps,
          listOf(
            row({
              invoice: 'L-1',
              certificate: 'PB-000007',
              due,
              total,
              balance: total,
              premium: '',
              tax: '',
              fees: '',
            }),
            row({
              invoice: 'L-2',
              certificate: 'PB-000007',
              due,
              total,
              balance: total,
              premium: '',
              tax: '',
              fees: '',
            }),
          ),
        );
      await list('109,00 $');
      const ids = await c.rows<{ id: string }>(
        "SELECT id FROM invoices WHERE number GLOB 'L-*' ORDER BY number",
      );
      const [credited = '', cancelled = ''] = ids.map(({ id }) => id);
      assert.equal((await credit({ amountCents: 900 }, credited)).status, 201);
      assert.equal((await cancel(cancelled)).status, 200);
      const same = await list('109,00 $');
      assert.deepEqual([same.unchanged, same.conflicts], [2, []]);
      const later = await list('109,00 $', '2026-05-01');
      assert.deepEqual([later.accepted, later.conflicts], [2, []], 'the due day follows the file');
      const agreed = await list('100,00 $', '2026-05-01');
      assert.deepEqual(
        agreed.conflicts.map(({ invoice, ourBalanceCents }) => [invoice, ourBalanceCents]),
        [['L-2', 0]],
      );
      const other = await list('80,00 $', '2026-05-01');
      assert.equal(other.conflicts.length, 2);
      const left = async (id: string) => {
        const { status, balanceCents, dueOn } = (await read(id)).invoice;
        return [status, balanceCents, dueOn];
      };
      assert.deepEqual(await left(credited), ['open', 10_000, '2026-05-01']);
      assert.deepEqual(await left(cancelled), ['cancelled', 0, '2026-05-01']);
    });
  });

  describe('applied to another invoice', () => {
    test('pays it; no money has moved in any figure, and the sum is zero', async () => {
      const { number } = await c.paid();
      await cancel();
      const figures = (await today(c.t.deps, await regroupementId(c.t))).figures;
      const { status, body } = await apply();
      assert.equal(status, 201, JSON.stringify(body));
      assert.deepEqual([await balance(c.invoiceId), await balance(next)], [20_000 - TOTAL, 0]);
      const [transfer] = body.transfers;
      assert.deepEqual(
        [transfer.fromInvoiceNumber, transfer.toInvoiceNumber, transfer.amountCents],
        ['F-1', 'F-2', 20_000],
      );
      assert.deepEqual((await today(c.t.deps, await regroupementId(c.t))).figures, figures);
      const sheet = await (await staff('GET', '/export/payments?from=2026-01-01')).text();
      assert.equal(sheet.trim().split('\n').length, 2, 'its titles, and the payment');
      const [sum] = await c.rows<{ cents: number }>(
        "SELECT sum(amount_cents) AS cents FROM ledger_entries WHERE kind = 'credit'",
      );
      assert.equal(sum?.cents, 0);
      assert.equal((await acts()).at(-1)?.act, 'credit-applied');
      assert.deepEqual((await events()).slice(-2), ['invoice.changed F-1', 'invoice.changed F-2']);
      await c.booksAgree(1);
      assert.equal(
        (await refund(number)).body.leftCents,
        TOTAL - 20_000,
        'what pays F-2 does not go back too',
      );
      const rest = { reason: 'Annulation', amountCents: TOTAL - 20_000 };
      const key = { 'Idempotency-Key': 'a-refund-of-the-rest' };
      const path = `/payments/${number}/refunds`;
      assert.equal((await staff('POST', path, rest, key)).status, 201);
      assert.equal((await staff('POST', path, rest, key)).status, 201, 'its answer was lost');
      assert.equal(await balance(c.invoiceId), 0);
    });

    test('and back again once that one is cancelled too: then all of it can go back at PayPal', async () => {
      const { number } = await c.paid();
      await cancel();
      await apply();
      await cancel(next);
      assert.equal(await balance(next), -20_000);
      assert.equal((await apply({}, next, c.invoiceId)).status, 201);
      assert.deepEqual([await balance(c.invoiceId), await balance(next)], [-TOTAL, 0]);
      assert.equal((await refund(number)).status, 201);
      assert.equal(await balance(c.invoiceId), 0);
    });

    test('the database itself refuses a refund of it, whoever looked too early', async () => {
      const { number } = await c.paid();
      await cancel();
      await apply();
      await assert.rejects(askRefund(number, TOTAL), /guard_failed/);
      await askRefund(number, TOTAL - 20_000);
      assert.equal(
        (await apply({}, c.invoiceId, next)).status,
        409,
        'nor a transfer while money is on its way back',
      );
    });

    test('the refunds of two payments, asked at once, give back no more together than what is left of it', async () => {
      await c.t.deps.db.execute(
        `UPDATE regroupements SET instalments = '{"kind":"free","minimumCents":1000}'`,
      );
      const paid = async (amountCents: number) => {
        const { id, number } = await c.approved(CARD, { amountCents, expectedTotalCents: amountCents });
        assert.equal((await c.confirm(id, amountCents)).body.payment.state, 'completed');
        return number;
      };
      const first = await paid(15_000);
      const second = await paid(TOTAL - 15_000);
      await cancel();
      await apply();
      await askRefund(first, TOTAL - 20_000);
      await assert.rejects(askRefund(second, 1), /guard_failed/);
      await c.t.deps.db.execute("UPDATE refunds SET state = 'failed'");
      await askRefund(second, TOTAL - 20_000);
      await assert.rejects(askRefund(first, 1), /guard_failed/);
    });

    test('« Défaire » after the cheque that made the credit came back: seen first, once, and nothing is owed of what is cancelled', async () => {
      const cheque = { invoiceNumber: 'F-1', method: 'cheque', amountCents: TOTAL, receivedOn: '2026-11-20' };
      const { recorded } = (await (await staff('POST', '/recorded-payments', cheque)).json()) as Answer;
      await cancel();
      const [transfer] = (await apply()).body.transfers;
      const waiting = async () =>
        ((await (await staff('GET', '/worklist?kind=cancelled-owed')).json()) as Answer).items.map(
          (item: Answer) => [item.facts.invoiceNumber, item.facts.balanceCents],
        );
      assert.deepEqual(await waiting(), []);
      await staff('POST', `/recorded-payments/${recorded.id}/reversal`, { reason: 'NSF' });
      assert.deepEqual([await balance(c.invoiceId), await balance(next)], [20_000, 0]);
      assert.deepEqual(await waiting(), [['F-1', 20_000]], '« À traiter » says so');
      const [holder] = await c.rows<{ id: string }>('SELECT id FROM holders');
      const why = async () =>
        ((await (await staff('GET', `/holders/${holder?.id}/balance-reasons`)).json()) as Answer).reasons.map(
          (one: Answer) => [one.code, one.invoiceId],
        );
      assert.deepEqual((await why())[0], ['cancelled-owed', c.invoiceId], '« Pourquoi ce solde » too');
      const found = async () =>
        ((await (await staff('POST', '/search', { text: 'Tremblay' })).json()) as Answer).found[0];
      assert.equal((await found()).balanceCents, 20_000, 'and whoever looks her up sees that it is owed');
      const path = `/credit-transfers/${transfer.id}/undo`;
      const { preview } = (await (await staff('POST', `${path}/preview`)).json()) as Answer;
      assert.deepEqual(preview, {
        ...{ amountCents: 20_000, fromInvoiceNumber: 'F-1', fromBalanceCents: 0 },
        ...{ toInvoiceNumber: 'F-2', toBalanceCents: 20_000 },
      });
      const both = await Promise.all([1, 2].map(() => staff('POST', path)));
      assert.deepEqual(
        both.map(({ status }) => status),
        [200, 200],
      );
      assert.deepEqual([await balance(c.invoiceId), await balance(next)], [0, 20_000]);
      assert.deepEqual(await waiting(), []);
      const { transfers } = await read(c.invoiceId);
      assert.deepEqual(
        transfers.map(({ undoes, undone }: Answer) => [undoes, undone]),
        [
          [null, true],
          [transfer.id, false],
        ],
      );
      assert.deepEqual(
        (await acts()).map(({ act }) => act),
        ['invoice-cancelled', 'credit-applied', 'credit-transfer-undone'],
      );
      const undo = transfers[1].id;
      assert.equal(
        (await staff('POST', `/credit-transfers/${undo}/undo`)).status,
        409,
        'an undoing is final',
      );
      assert.equal((await staff('POST', `/credit-transfers/${newId(c.t.deps)}/undo`)).status, 404);
    });

    test('what went back another way is not undone too, nor what would leave a cancelled invoice owed', async () => {
      await c.paid();
      await cancel();
      const [first] = (await apply()).body.transfers;
      await cancel(next);
      await apply({}, next, c.invoiceId);
      const undo = async (id: string) =>
        ((await (await staff('POST', `/credit-transfers/${id}/undo`)).json()) as Answer).type
          ?.split('/')
          .at(-1);
      assert.equal(await undo(first.id), 'no-credit');
      const back = (await read(next)).transfers.at(-1);
      assert.equal(await undo(back.id), 'no-credit');
      assert.deepEqual([await balance(c.invoiceId), await balance(next)], [-TOTAL, 0]);
    });

    test('what the invoice that it paid has given on or back since is not undone: it would owe more than it is', async () => {
      await c.paid();
      await cancel();
      const { invoiceId: third } = await addInvoice(c.t.deps, 'petits-bouleaux', {
        ...{ firstName: 'Marie-Ève', lastName: 'Tremblay', email: 'marie@example.org' },
        ...{ certificate: 'PB-000001', invoice: 'F-3', totalCents: 20_000 },
      });
      const [first] = (await apply({ amountCents: 10_000 })).body.transfers;
      await credit({ amountCents: 15_000 }, next);
      await apply({}, next, c.invoiceId);
      await apply({ amountCents: 10_000 }, c.invoiceId, third);
      const { status, body } = await staff('POST', `/credit-transfers/${first.id}/undo`).then(
        async (answer) => ({ status: answer.status, body: (await answer.json()) as Answer }),
      );
      assert.deepEqual([status, body.type?.split('/').at(-1)], [409, 'no-credit'], JSON.stringify(body));
      const { invoice } = await read(next);
      assert.ok(invoice.balanceCents <= invoice.totalCents);
    });

    test('pays at the rate of the day on which it is applied, to the cent', async () => {
      await c.paid();
      await cancel();
      await c.t.deps.db.execute('DELETE FROM invoice_lines WHERE invoice_id = ?', [next]);
      for (const [position, code, cents, rate] of [
        [1, 'PRIME', 18_349, null],
        [2, 'TPA', 1_651, '0.09'],
      ] as const)
        await c.t.deps.db.execute(
          `INSERT INTO invoice_lines(invoice_id, revision, position, code, description, amount_cents, rate)
           SELECT id, revision, ?, ?, '', ?, ? FROM invoices WHERE id = ?`,
          [position, code, cents, rate, next],
        );
      await c.t.deps.db.execute("UPDATE regroupements SET premium_tax_policy = 'by-payment-date'");
      c.t.clock.advance(45 * 86_400_000);
      staff = await staffWith(c.t, ['read', 'record', 'invoice', 'refund']);
      const { status, body } = await apply();
      assert.equal(status, 201, JSON.stringify(body));
      // 9.975 % of 183,49 $ is 18,30 $.
      const { invoice } = await read(next);
      assert.deepEqual([invoice.totalCents, invoice.balanceCents], [18_349 + 1_830, 0]);
      assert.equal(body.transfers[0].amountCents, 18_349 + 1_830);
      assert.equal(await balance(c.invoiceId), 20_179 - TOTAL);
    });

    test('no more than there is, to an invoice of hers that owes it, once a key', async () => {
      await c.paid();
      await credit({ amountCents: 5_000 });
      const bob = await addInvoice(c.t.deps, 'petits-bouleaux', {
        ...{ firstName: 'Bob', lastName: 'Roy', certificate: 'PB-000002', invoice: 'F-9', totalCents: 5_000 },
      });
      const refusals = [
        await apply({ amountCents: 5_001 }),
        await apply({}, c.invoiceId, bob.invoiceId),
        await apply({}, c.invoiceId, c.invoiceId),
        await apply({}, next, c.invoiceId),
      ];
      assert.deepEqual(
        refusals.map(({ status, body }) => [
          status,
          body.errors?.[0]?.pointer ?? body.type.split('/').at(-1),
        ]),
        [
          [400, '/amountCents'],
          [400, '/toInvoiceId'],
          [400, '/toInvoiceId'],
          [409, 'no-credit'],
        ],
      );
      const state = { 'If-Match': await version(c.invoiceId), 'Idempotency-Key': 'a-key-of-the-page' };
      const body = { toInvoiceId: next };
      const path = `/invoices/${c.invoiceId}/credit-transfer`;
      const all = await Promise.all([1, 2].map(() => staff('POST', path, body, state)));
      assert.deepEqual(
        all.map((one) => one.status),
        [201, 201],
      );
      assert.deepEqual([await balance(c.invoiceId), await balance(next)], [0, 15_000]);
    });
  });

  test('nothing of it for a reader, nor for another regroupement', async () => {
    const reader = await staffWith(c.t, ['read', 'record']);
    const elsewhere = await staffWith(c.t, ['read', 'invoice'], 'la-farandole');
    const state = { 'If-Match': await version(c.invoiceId) };
    for (const [what, body] of [
      ['cancel', { reason: 'x' }],
      ['credit-notes', { amountCents: 1, reason: 'x' }],
      ['credit-notes/preview', { amountCents: 1, reason: 'x' }],
      ['credit-transfer', { toInvoiceId: next }],
    ] as const) {
      const path = `/invoices/${c.invoiceId}/${what}`;
      assert.equal((await reader('POST', path, body, state)).status, 403, what);
      assert.equal((await elsewhere('POST', path, body, state)).status, 404, what);
    }
    assert.equal((await elsewhere('GET', `/invoices/${c.invoiceId}`)).status, 404);
    assert.deepEqual(await acts(), []);
  });
});
