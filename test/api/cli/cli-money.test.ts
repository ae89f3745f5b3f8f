// Staff's commands about money, each a process of its own beside a server that runs, with PayPal's stand-in over HTTP.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Payment } from '../../../server/payments/schemas.ts';
import { type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';

const LAUNCHER = fileURLToPath(new URL('../../../server/cli/amisgest-pay.js', import.meta.url));

describe('staff’s commands', () => {
  let c: Checkout;
  let dataDir: string;
  let payment: Payment;
  before(async () => {
    c = await startCheckout();
    payment = await c.paid();
    dataDir = mkdtempSync(join(tmpdir(), 'amisgest-pay-cli-'));
    writeFileSync(
      join(dataDir, 'settings.env'),
      [
        `DATABASE_URL=${c.t.deps.config.databaseUrl}`,
        `PAYPAL_BASE_URL=${c.url}`,
        `SECRET_KEY=${c.t.deps.config.secretKeys[0]}`,
      ].join('\n'),
    );
  });
  after(async () => {
    await c.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  // Not spawnSync: the stand-in answers from this very process.
  const run = (...args: string[]) => runWith({}, ...args);
  const runWith = (env: NodeJS.ProcessEnv, ...args: string[]) =>
    new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
      const child = spawn(process.execPath, [LAUNCHER, ...args], {
        env: { PATH: process.env.PATH ?? '', DATA_DIR: dataDir, ...env },
      });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (text) => {
        stdout += text;
      });
      child.stderr.on('data', (text) => {
        stderr += text;
      });
      child.once('close', (status) => resolve({ status, stdout, stderr }));
    });
  const json = async (...args: string[]) => {
    const { status, stdout, stderr } = await run(...args, '--json');
    assert.doesNotMatch(stderr, /\n\s+at /, 'no stack');
    return { status, body: JSON.parse(stdout) };
  };
  // The demo's clock is its own: today, here, is the machine's.
  const today = () => new Date(c.t.clock.now).toISOString().slice(0, 10);

  test('what is not understood is told with the usage, exit 2', async () => {
    for (const args of [
      ['refund'],
      ['refund', 'petits-bouleaux'],
      ['refund', 'petits-bouleaux', 'P-1'],
      ['refund', 'petits-bouleaux', 'P-1', '--reason', 'x', '--amount', '1.234,5'],
      ['refund', 'petits-bouleaux', payment.number, '--reason', 'x', '--key', ''],
      ['payments', 'petits-bouleaux', '--state', 'complete'],
      ['record', 'petits-bouleaux', 'F-1', '--method', 'cheque', '--amount', '1', '--key', ' '],
      ['record', 'petits-bouleaux'],
      ['record', 'petits-bouleaux', 'F-1', '--method', 'barter', '--amount', '1'],
      ['record', 'petits-bouleaux', 'F-1', '--method', 'cheque', '--amount', '1', '--date', '1/2/26'],
      ['reconcile', '--day', 'hier'],
      ['exceptions'],
      ['exceptions', 'petits-bouleaux', '--close', 'x'],
      ['messages'],
      ['key', 'create', 'petits-bouleaux'],
      ['key', 'create', 'petits-bouleaux', '--name', 'x', '--scope', 'everything'],
      ['key', 'revoke', 'petits-bouleaux'],
      ['tax', 'petits-bouleaux', '--day', 'demain'],
    ]) {
      const { status, stderr } = await run(...args);
      assert.equal(status, 2, args.join(' '));
      assert.ok(stderr.length > 40 && !/\n\s+at /.test(stderr), args.join(' '));
    }
  });

  test('what is refused says why, exit 1', async () => {
    for (const args of [
      ['payments', 'personne'],
      ['refund', 'petits-bouleaux', 'P-NOBODY', '--reason', 'x'],
      ['refund', 'petits-bouleaux', payment.number, '--reason', 'x', '--amount', '9999'],
      ['release', 'petits-bouleaux', payment.number, '--reason', 'x'],
      ['record', 'petits-bouleaux', 'F-9', '--method', 'cheque', '--amount', '1'],
      ['record', 'petits-bouleaux', '--undo', 'nothing', '--reason', 'x'],
      ['key', 'revoke', 'petits-bouleaux', 'nothing'],
      ['messages', 'petits-bouleaux', '--retry', 'nothing'],
      ['exceptions', 'petits-bouleaux', '--close', 'nothing', '--note', 'x'],
    ]) {
      const { status, stderr } = await run(...args);
      assert.equal(status, 1, args.join(' '));
      assert.match(stderr, /^[^\n]+\n$/, 'one line');
    }
  });

  test('a day that cannot be is named, and so is the taking back of a reversal', async () => {
    const record = ['record', 'petits-bouleaux', 'F-1', '--method', 'cheque', '--amount', '1'];
    const late = await run(...record, '--date', '2999-01-01');
    assert.deepEqual([late.status, /receivedOn: in-the-future/.test(late.stderr)], [1, true], late.stderr);
    assert.match((await run(...record, '--date', '1999-01-01')).stderr, /receivedOn: too-old/);
    const evenSo = ['--even-so', 'more-than-balance', '--even-so', 'more-than-balance'];
    const { body } = await json(...record, '--reference', 'twice named', ...evenSo);
    assert.deepEqual(body.evenSo, ['more-than-balance']);
    const undo = ['record', 'petits-bouleaux', '--reason', 'x', '--undo'];
    const back = await json(...undo, body.id);
    const again = await run(...undo, back.body.id);
    assert.equal(again.status, 1);
    assert.match(again.stderr, /^Cette inscription en reprend une autre/);
    for (const cause of ['', ' ', 'POSSIBLE-DUPLICATE', 'possible-duplicate,more-than-balance'])
      assert.equal((await run(...record, '--even-so', cause)).status, 2, cause);
  });

  test('a cheque that the bank returned: owed again from its day, the fee on an invoice of its own', async () => {
    const record = [
      'record',
      'petits-bouleaux',
      'F-1',
      '--method',
      'cheque',
      '--amount',
      '1',
      '--reference',
      'nsf',
    ];
    const { body } = await json(...record, '--date', '2026-11-20', '--even-so', 'more-than-balance');
    const undo = ['record', 'petits-bouleaux', '--undo', body.id, '--reason', 'sans provision'];
    assert.match((await run(...undo, '--returned-on', '2026-11-19')).stderr, /returnedOn: too-old/);
    const back = await json(...undo, '--returned-on', '2026-11-21', '--fee', '45,00');
    assert.deepEqual(
      [back.body.returned, back.body.receivedOn, back.body.reverses],
      [true, '2026-11-21', body.id],
    );
    const [fee] = await c.rows<{ cents: number }>(
      `SELECT sum(amount_cents) AS cents FROM ledger_entries e JOIN invoices i ON i.id = e.invoice_id WHERE i.number = '${back.body.feeInvoiceNumber}'`,
    );
    assert.equal(fee?.cents, 4_500);
    const said = await run(...undo);
    assert.match(
      said.stdout,
      /^Chèque retourné \(NSF\) le 21 novembre 2026.*\nLes frais sont sur la facture NSF-/,
    );
  });

  test('refund, cheque and its correction, the day, the exceptions', async () => {
    const refund = [
      'refund',
      'petits-bouleaux',
      payment.number,
      '--reason',
      'x',
      '--amount',
      '62,10',
      '--key',
      'k1',
    ];
    const first = await json(...refund);
    assert.equal(first.status, 0);
    assert.equal(first.body.state, 'completed');
    assert.equal((await json(...refund)).body.id, first.body.id, 'the same key, once');
    assert.equal(await c.owed(), 6_210);
    const cheque = await json(
      'record',
      'petits-bouleaux',
      'F-1',
      '--method',
      'cheque',
      '--amount',
      '62.10',
      '--date',
      '2026-11-20',
    );
    assert.equal(cheque.body.amountCents, 6_210);
    assert.equal(await c.owed(), 0);
    const record = ['record', 'petits-bouleaux', 'F-1', '--method', 'cheque', '--amount', '62,10'];
    const twice = await run(...record, '--date', '2026-11-20');
    assert.equal(twice.status, 1);
    assert.match(
      twice.stderr,
      /^Un paiement semblable est déjà inscrit :\n {2}F-1, 62,10\u00a0\$, 2026-11-20, inscrit par cli:\S+, \S+\nCe montant dépasse le solde de la facture : 0,00\u00a0\$\.\n/,
    );
    assert.match(twice.stderr, /--even-so possible-duplicate --even-so more-than-balance$/m);
    assert.equal((await run(...record, '--even-so', 'possible-duplicate')).status, 1, 'one of the two');
    assert.equal((await run(...record, '--even-so', 'nonsense')).status, 2);
    assert.equal(await c.owed(), 0);
    const both = await json(...record, '--even-so', 'possible-duplicate', '--even-so', 'more-than-balance');
    assert.deepEqual(both.body.evenSo, ['possible-duplicate', 'more-than-balance']);
    const said = await run(
      'record',
      'petits-bouleaux',
      'F-1',
      '--method',
      'cash',
      '--amount',
      '5',
      '--lang',
      'en',
    );
    assert.match(
      said.stderr,
      /^This amount is more than what the invoice owes: -\$62\.10\.\nNothing is written down/,
    );
    const exported = await run('export', 'petits-bouleaux', 'payments', '--lang', 'fr');
    assert.match(exported.stdout, /Inscrit par;Inscrit malgré/);
    assert.match(exported.stdout, /;cli:[^;]+;"?possible doublon, plus que le solde"?\r\n/);
    const undoBoth = ['record', 'petits-bouleaux', '--undo', both.body.id, '--reason', 'deux fois'];
    assert.equal((await run(...undoBoth, '--fee', '45,00')).status, 2, 'a fee for a mistake');
    assert.equal((await run(...undoBoth, '--returned-on', 'hier')).status, 2);
    await json(...undoBoth);
    const undone = await json('record', 'petits-bouleaux', '--undo', cheque.body.id, '--reason', 'NSF');
    assert.equal(undone.body.reverses, cheque.body.id);
    assert.equal(await c.owed(), 6_210);
    // The refund was made at the machine's own time, the payment at the test's.
    const day = await json('reconcile', 'petits-bouleaux', '--day', today());
    assert.equal(day.body[0].differences.length, 0);
    assert.equal(day.status, 0);
    assert.ok(day.body[0].paypal.grossCents <= TOTAL);
    await fetch(`${c.url}/sales`, {
      method: 'POST',
      body: JSON.stringify({ clientId: 'client-petits-bouleaux', cents: 777 }),
    });
    assert.equal((await json('reconcile', 'petits-bouleaux', '--day', today())).status, 1);
    const [exception] = (await json('exceptions', 'petits-bouleaux')).body;
    assert.equal(exception.kind, 'unknown-capture');
    const left = await json('exceptions', 'petits-bouleaux', '--close', exception.id, '--note', 'don');
    assert.deepEqual(left.body, []);
  });

  test('PayPal’s secret goes nowhere without TLS: a setting that would send it so is named', async () => {
    const { status, stderr } = await runWith(
      { PAYPAL_BASE_URL: 'http://paypal.invalid' },
      'reconcile',
      'petits-bouleaux',
      '--day',
      today(),
    );
    assert.equal(status, 1);
    assert.equal(stderr, 'PAYPAL_BASE_URL is not valid: https, but on this machine\n');
  });

  test('PayPal does not answer a refund: not told as taken', async () => {
    c.fault('refund', { kind: '500' }, 3);
    const { status, stdout } = await run(
      'refund',
      'petits-bouleaux',
      payment.number,
      '--reason',
      'x',
      '--amount',
      '1',
    );
    assert.equal(status, 0);
    assert.match(stdout, /nous ne savons pas encore si 1,00\u00a0\$/);
  });

  test('a key is shown once, and ends when it is revoked', async () => {
    const made = await json('key', 'create', 'petits-bouleaux', '--name', 'comptable', '--scope', 'read');
    assert.match(made.body.secret, /^agp_/);
    const listed = await json('key', 'list', 'petits-bouleaux');
    assert.equal(listed.body[0].name, 'comptable');
    assert.ok(!JSON.stringify(listed.body).includes(made.body.secret));
    assert.equal((await run('key', 'revoke', 'petits-bouleaux', made.body.id)).status, 0);
    assert.equal((await json('key', 'list', 'petits-bouleaux')).body[0].revoked, true);
  });

  test('what was refunded, taken back, given back and held stands in the list of payments, in either language', async () => {
    const [capture] = c.standIn.books.captures.values();
    assert.ok(capture);
    const left = capture.amountCents - c.standIn.books.backCents(capture);
    const reversal = c.standIn.books.reverse(capture, { cents: 5_000, reason: 'BUYER_COMPLAINT' });
    assert.ok(reversal);
    const line = async (lang: string) => {
      await c.webhooks();
      return (await run('payments', 'petits-bouleaux', '--lang', lang)).stdout
        .split('\n')
        .find((one) => one.includes(payment.number));
    };
    assert.match((await line('fr')) ?? '', /partly-reversed.* {2}repris 50\.00$/);
    c.standIn.books.giveBack(reversal);
    c.standIn.books.tell({ type: 'PAYMENT.CAPTURE.REVERSED', capture });
    assert.match((await line('en')) ?? '', / {2}taken back 50\.00 {2}given back 50\.00$/);
    c.standIn.books.dispute(capture, { hold: true });
    assert.match((await line('fr')) ?? '', / {2}repris 50\.00 {2}rendu 50\.00 {2}retenu$/);
    const { body } = await json('payments', 'petits-bouleaux');
    const one = body.find(({ number }: Payment) => number === payment.number);
    assert.deepEqual(
      [one.amountCents - one.refundedCents, one.takenBackCents, one.givenBackCents],
      [left, 5_000, 5_000],
    );
    assert.equal(one.state, 'disputed');
    assert.notEqual(one.heldAt, null);
    assert.equal(/remboursé/.test((await line('fr')) ?? ''), one.refundedCents > 0);
    for (const lang of ['fr', 'en'])
      assert.match(
        (await run('payments', '--help', '--lang', lang)).stdout,
        lang === 'fr' ? /remboursé.*repris.*rendu/s : /refunded.*taken back.*given back/s,
      );
  });
});
