// Paying, against the PayPal stand-in over real HTTP: one order, one confirmation, one charge, whatever happens
// between; and the three books that agree afterwards.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { StandIn } from '../../../demo/paypal/stand-in.ts';
import { createApp } from '../../../server/app.ts';
import { sendDueMail } from '../../../server/mail/worker.ts';
import type { Payment } from '../../../server/payments/schemas.ts';
import { sweepPayments } from '../../../server/payments/sweep.ts';
import { PayPal } from '../../../server/paypal/client.ts';
import { checkReversals } from '../../../server/refunds/check-reversals.ts';
import { fromBrowser, PAGE, type TestApp } from '../../support/app.ts';
import { pay } from '../../support/books.ts';
import { type Checkout, startCheckout } from '../../support/checkout.ts';
import { type Payer, signIn } from '../../support/payer.ts';

const REFUSED_CARD = '4000 0000 0000 0002';
const SLOW_CARD = '5105 1051 0510 5100';

describe('paying', () => {
  let t: TestApp;
  let standIn: StandIn;
  let marie: Payer;
  let invoiceId: string;

  let c: Checkout;
  beforeEach(async () => {
    c = await startCheckout();
    ({ t, standIn, marie, invoiceId } = c);
  });
  afterEach(() => c.close());
  const start = (...given: Parameters<Checkout['start']>) => c.start(...given);
  const approve = (...given: Parameters<Checkout['approve']>) => c.approve(...given);
  const confirm = (...given: Parameters<Checkout['confirm']>) => c.confirm(...given);
  const look = (id: string) => c.look(id);
  const approved = (card?: string) => c.approved(card);
  const fault = (...given: Parameters<Checkout['fault']>) => c.fault(...given);
  const captures = () => c.captures();
  const owed = () => c.owed();
  const booksAgree = (charges: number) => c.booksAgree(charges);

  test('comes back to the very route of a site that keeps its routes after #', async () => {
    const { body } = await start(marie, { page: `${PAGE}?onglet=2&amisgest-pay=retour#/payer/assurances` });
    assert.equal(await approve(body.approveUrl), `${PAGE}?onglet=2&amisgest-pay=retour#/payer/assurances`);
  });

  test('from « Effectuer un paiement » to the receipt', async () => {
    const { status, body } = await start(marie, { page: `${PAGE}?onglet=2#haut` });
    assert.equal(status, 201);
    assert.equal(body.payment.state, 'created');
    assert.equal(await approve(body.approveUrl), `${PAGE}?onglet=2&amisgest-pay=retour`);
    assert.equal(captures().length, 0, 'nothing before « Confirmer »');
    const done = (await confirm(body.payment.id)).body.payment;
    assert.equal(done.state, 'completed');
    assert.equal(done.remainingCents, 0);
    assert.equal(done.receipt?.number, 1);
    assert.equal((await t.app.request(done.receipt?.htmlUrl ?? '')).status, 200);
    assert.equal(await owed(), 0);
    await booksAgree(1);
    assert.equal(
      (await confirm(body.payment.id)).body.payment.state,
      'completed',
      'again is the same answer',
    );
    await booksAgree(1);
  });

  test('twenty confirmations at once, through two servers: one charge', async () => {
    const payment = await approved();
    const other = fromBrowser(createApp(t.deps, new PayPal(t.deps)), t.deps);
    const there = async (path: string, init: RequestInit) => await other.request(path, init);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        i % 2 === 0
          ? confirm(payment.id).then((answer) => answer.body.payment?.state)
          : there(`https://pay.test/v1/regroupements/petits-bouleaux/payments/${payment.id}/confirm`, {
              method: 'POST',
              headers: { Authorization: `DPoP ${marie.accessToken}`, 'Content-Type': 'application/json' },
              body: JSON.stringify({ expectedTotalCents: 29_613 }),
            }).then(async (answer) => ((await answer.json()) as { payment?: Payment }).payment?.state),
      ),
    );
    assert.deepEqual(new Set(answers), new Set(['completed']));
    await booksAgree(1);
  });

  test('the same key is the same payment; the same thing again is the same order; another thing under the key is refused', async () => {
    const first = await start(marie, {}, 'the-same-key');
    const again = await start(marie, {}, 'the-same-key');
    const young = await start();
    assert.equal(again.body.payment.id, first.body.payment.id);
    assert.equal(young.body.payment.id, first.body.payment.id);
    assert.equal(standIn.books.orders.size, 1);
    const other = await start(marie, { lang: 'en-CA' }, 'the-same-key');
    assert.match(other.body.type ?? '', /idempotency-mismatch/);
  });

  test('a page that is not registered, another amount, someone else’s invoice: refused before any order', async () => {
    for (const page of [
      'https://evil.test/',
      'https://petits-bouleaux.test/ailleurs',
      'javascript:alert(1)',
      'https://petits-bouleaux.test@evil.test/payer',
      '/payer',
    ]) {
      assert.match((await start(marie, { page })).body.type ?? '', /page-refused/, page);
    }
    const amount = await start(marie, { expectedTotalCents: 100 });
    assert.match(amount.body.type ?? '', /amount-changed/);
    assert.equal(amount.body.totalCents, 29_613);
    const stranger = await signIn(t, 'stranger@example.org');
    assert.equal((await start(stranger)).status, 404);
    const neighbour = await signIn(t, 'marie@example.org', 'la-farandole');
    assert.equal((await start(neighbour, { page: 'https://la-farandole.test/payer' })).status, 404);
    assert.equal(standIn.books.orders.size, 0);
  });

  test('someone else cannot look at, confirm, cancel or retry her payment', async () => {
    const payment = await approved();
    for (const other of [
      await signIn(t, 'stranger@example.org'),
      await signIn(t, 'marie@example.org', 'la-farandole'),
    ]) {
      assert.equal((await other.call('GET', `/payments/${payment.id}`)).status, 404);
      assert.equal((await confirm(payment.id, 29_613, other)).status, 404);
      for (const act of ['cancel', 'retry'])
        assert.equal((await other.call('POST', `/payments/${payment.id}/${act}`)).status, 404);
    }
    const { rows } = await t.deps.db.execute("SELECT 1 FROM security_log WHERE event = 'payment-of-another'");
    assert.ok(rows.length > 0, 'whoever has the id of another’s payment got it somewhere: noted');
    await booksAgree(0);
  });

  test('confirming what PayPal has not approved takes nothing', async () => {
    const { body } = await start();
    assert.match((await confirm(body.payment.id)).body.type ?? '', /payment-state/);
    await booksAgree(0);
  });

  test('a refused card: told so, the invoice is free again, and another card pays with the same order', async () => {
    const payment = await approved(REFUSED_CARD);
    const refused = (await confirm(payment.id)).body.payment;
    assert.equal(refused.state, 'declined');
    assert.equal(refused.failure, 'INSTRUMENT_DECLINED');
    await booksAgree(0);
    const retry = (await (await marie.call('POST', `/payments/${payment.id}/retry`)).json()) as {
      approveUrl: string;
    };
    await approve(retry.approveUrl);
    assert.equal((await confirm(payment.id)).body.payment.state, 'completed');
    assert.equal(standIn.books.orders.size, 1);
    await booksAgree(1);
  });

  test('a cheque posted between the approval and « Confirmer »: nothing is charged', async () => {
    const payment = await approved();
    await pay(t, invoiceId, 29_613);
    assert.match((await confirm(payment.id)).body.type ?? '', /already-paid/);
    assert.equal((await look(payment.id)).state, 'cancelled');
    await booksAgree(0);
  });

  test('the amount changed between: nothing is charged, and the new amount is told', async () => {
    const payment = await approved();
    await pay(t, invoiceId, 10_000);
    const answer = await confirm(payment.id);
    assert.match(answer.body.type ?? '', /amount-changed/);
    assert.equal(answer.body.totalCents, 19_613);
    await booksAgree(0);
  });

  test('two people who may pay the same invoice confirm at once: one charge, the other is stopped', async () => {
    const other = await signIn(t, 'conjoint@example.org');
    await other.call('POST', '/certificates/links', {
      lastName: 'Tremblay',
      firstName: 'Marie-Ève',
      certificateNumber: 'PB-000001',
    });
    const mine = await approved();
    const theirs = await start(other);
    await approve(theirs.body.approveUrl);
    const answers = await Promise.all([confirm(mine.id), confirm(theirs.body.payment.id, 29_613, other)]);
    assert.equal(answers.filter((answer) => answer.body.payment?.state === 'completed').length, 1);
    assert.match(
      answers.find((answer) => answer.status === 409)?.body.type ?? '',
      /payment-in-progress|already-paid/,
    );
    await booksAgree(1);
  });

  test('the answer to the capture is lost: in doubt, held, then settled; one charge', async () => {
    const payment = await approved();
    fault('capture', { kind: 'reset' }, 3);
    fault('get', { kind: '503' }, 3);
    assert.equal((await confirm(payment.id)).body.payment.state, 'unknown');
    const again = await start();
    assert.match(again.body.type ?? '', /payment-in-progress/, 'she cannot pay it twice meanwhile');
    assert.equal((await look(payment.id)).state, 'completed');
    await booksAgree(1);
  });

  test('PayPal did nothing and did not answer: in doubt, then captured once by her recorded « Confirmer »', async () => {
    const payment = await approved();
    fault('capture', { kind: '500' }, 3);
    assert.equal((await confirm(payment.id)).body.payment.state, 'unknown');
    assert.equal(captures().length, 0);
    assert.equal((await look(payment.id)).state, 'completed');
    await booksAgree(1);
  });

  test('the process dies while capturing: the next one settles it from PayPal’s record', async () => {
    const payment = await approved();
    let reached: () => void = () => undefined;
    const capturing = new Promise<void>((resolve) => {
      reached = resolve;
    });
    // A process that never hears back: its call leaves, and then it is gone.
    const dying = new PayPal({
      ...t.deps,
      fetch: (input, init) => {
        const answer = t.deps.fetch(input, init);
        if (!String(input).endsWith('/capture')) return answer;
        answer.then(reached, reached);
        return new Promise(() => undefined);
      },
    });
    void fromBrowser(createApp(t.deps, dying), t.deps).request(
      `https://pay.test/v1/regroupements/petits-bouleaux/payments/${payment.id}/confirm`,
      {
        method: 'POST',
        headers: { Authorization: `DPoP ${marie.accessToken}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ expectedTotalCents: 29_613 }),
      },
    );
    await capturing;
    t.clock.advance(5 * 60_000);
    await sweepPayments(t.deps, new PayPal(t.deps), checkReversals);
    assert.equal((await look(payment.id)).state, 'completed');
    await booksAgree(1);
  });

  test('PayPal holds the money for review: pending, no receipt, nobody pays twice; then it turns out either way', async () => {
    const payment = await approved(SLOW_CARD);
    assert.equal((await confirm(payment.id)).body.payment.state, 'pending');
    assert.equal(await owed(), 29_613);
    assert.match((await start()).body.type ?? '', /payment-in-progress/);
    const [capture] = [...standIn.books.captures.keys()];
    standIn.books.resolvePending(capture ?? '', true);
    assert.equal((await look(payment.id)).state, 'completed');
    await booksAgree(1);
  });

  test('a held payment that PayPal denies: told so, by e-mail too, and the invoice is free again', async () => {
    const payment = await approved(SLOW_CARD);
    await confirm(payment.id);
    const [capture] = [...standIn.books.captures.keys()];
    standIn.books.resolvePending(capture ?? '', false);
    assert.equal((await look(payment.id)).state, 'failed');
    assert.equal(
      (await t.deps.db.execute("SELECT 1 FROM outbox WHERE kind = 'payment-failed'")).rows.length,
      1,
    );
    assert.equal((await start()).status, 201);
    await booksAgree(0);
  });

  test('PayPal took another amount than was asked: nothing is posted, the invoice stays held, staff are told', async () => {
    const payment = await approved();
    fault('capture', { kind: 'wrong-amount', cents: 100 });
    const after = (await confirm(payment.id)).body.payment;
    assert.equal(after.state, 'unknown');
    assert.equal((await look(payment.id)).state, 'unknown');
    assert.equal(await owed(), 29_613);
    await sendDueMail(t.deps);
    assert.deepEqual(
      t.outgoing.map((mail) => mail.subject.replace(/P-\w+/, 'P')),
      ['À vérifier – paiement P'],
    );
    assert.match((await start()).body.type ?? '', /payment-in-progress/);
  });

  test('approved and forgotten: one « Il reste une étape », never a charge, and the end is told', async () => {
    const payment = await approved();
    const paypal = new PayPal(t.deps);
    for (let i = 0; i < 5; i++) {
      t.clock.advance(11 * 60_000);
      await sweepPayments(t.deps, paypal, checkReversals);
    }
    const kinds = async () =>
      (await t.deps.db.execute<{ kind: string }>('SELECT kind FROM outbox')).rows.map((row) => row.kind);
    assert.deepEqual(await kinds(), ['unconfirmed']);
    await sendDueMail(t.deps);
    assert.match(t.outgoing[0]?.subject ?? '', /^Il reste une étape\u00a0: confirmez votre paiement$/);
    assert.match(t.outgoing[0]?.text ?? '', /296,13\u00a0\$.*https:\/\/pay\.test\/p\/petits-bouleaux\n/s);
    t.clock.advance(4 * 3_600_000);
    await sweepPayments(t.deps, paypal, checkReversals);
    const { rows } = await t.deps.db.execute<{ state: string }>('SELECT state FROM payments WHERE id = ?', [
      payment.id,
    ]);
    assert.equal(rows[0]?.state, 'expired');
    assert.deepEqual(await kinds(), ['unconfirmed', 'payment-expired']);
    await booksAgree(0);
  });

  test('PayPal is away when she starts: told so; the same key goes on later with the same payment', async () => {
    fault('create', { kind: '503' }, 3);
    const away = await start(marie, {}, 'one-attempt');
    assert.equal(away.status, 503);
    assert.match(away.body.type ?? '', /paypal-unavailable/);
    const back = await start(marie, {}, 'one-attempt');
    assert.equal(back.status, 201);
    assert.equal((await t.deps.db.execute('SELECT 1 FROM payments')).rows.length, 1);
  });

  test('a token that died early is asked for again; a wrong secret is a matter of configuration, not of hers', async () => {
    fault('create', { kind: '401' });
    assert.equal((await start()).status, 201);
    await t.deps.db.execute(
      "UPDATE regroupements SET paypal_client_id = 'nobody', paypal_version = 2 WHERE slug = 'petits-bouleaux'",
    );
    assert.match((await start(marie, { lang: 'en-CA' })).body.type ?? '', /payment-not-configured/);
  });

  test('PayPal refuses this order: that is not « not available », nor « not answering »', async () => {
    for (const issue of [
      'PAYER_CANNOT_PAY',
      'ITEM_TOTAL_MISMATCH',
      'COMPLIANCE_VIOLATION',
      'DUPLICATE_INVOICE_ID',
      'A_CODE_OF_NEXT_YEAR',
    ]) {
      fault('create', { kind: 'decline', issue });
      const { status, body } = await start();
      assert.deepEqual([status, body.type], [409, '/problems/paypal-refused'], issue);
    }
    fault('create', { kind: 'decline', issue: 'PAYEE_ACCOUNT_RESTRICTED' });
    assert.match((await start()).body.type ?? '', /payment-not-configured/);
    assert.equal((await start()).status, 201, 'the next one is taken');
  });

  test('she gives up: cancelled, and cannot be confirmed any more', async () => {
    const payment = await approved();
    assert.equal(
      ((await (await marie.call('POST', `/payments/${payment.id}/cancel`)).json()) as { payment: Payment })
        .payment.state,
      'cancelled',
    );
    assert.match((await confirm(payment.id)).body.type ?? '', /payment-state/);
    await booksAgree(0);
  });

  test('a way back that nobody asked for leads nowhere', async () => {
    for (const path of [
      '/v1/checkout/return',
      '/v1/checkout/return?n=guess&token=X',
      '/v1/checkout/cancel?n=%00',
    ]) {
      const answer = await t.app.request(`https://pay.test${path}`);
      assert.equal(answer.status, 404, path);
      assert.match(await answer.text(), /<main><h1>Nous ne retrouvons pas ce paiement/);
    }
  });
});
