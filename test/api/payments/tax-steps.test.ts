// A new rate of the premium tax is told to each regroupement that it concerns: once ahead, once in the last week.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  closeException,
  type ListedException,
  listExceptions,
} from '../../../server/exceptions/exceptions.ts';
import { tellOfTaxSteps } from '../../../server/exceptions/tax-steps.ts';
import { sendDueMail } from '../../../server/mail/worker.ts';
import { createKey } from '../../../server/staff/api-keys.ts';
import { addInvoice, addRegroupement, PUBLIC_URL, startTestApp, type TestApp } from '../../support/app.ts';
import { pay, regroupementId } from '../../support/books.ts';
import { until } from '../../support/demo.ts';
import { startListening } from '../../support/listening.ts';

const LAUNCHER = fileURLToPath(new URL('../../../server/cli/amisgest-pay.js', import.meta.url));
const PREMIUM = 27_168;
const TAX = 2_445;
const RISE = 265;

type Books = Pick<TestApp, 'deps'>;
/** An unpaid invoice of 271,68 $ and its tax of 9 %, or another. */
async function invoice(
  { deps }: Books,
  slug: string,
  number: string,
  rate = '0.09',
  tax = TAX,
): Promise<string> {
  const { invoiceId } = await addInvoice(deps, slug, {
    firstName: 'Marie-Ève',
    lastName: 'Tremblay',
    certificate: `C-${number}`,
    invoice: number,
    totalCents: PREMIUM + tax,
  });
  await deps.db.batch([
    {
      sql: `UPDATE invoice_lines SET amount_cents = ${PREMIUM} WHERE code = 'PRIME' AND invoice_id = ?`,
      args: [invoiceId],
    },
    {
      sql: `INSERT INTO invoice_lines(invoice_id, revision, position, code, description, amount_cents, rate)
            VALUES (?, 1, 2, 'TPA', 'Taxe sur les primes', ?, ?)`,
      args: [invoiceId, tax, rate],
    },
  ]);
  return invoiceId;
}

describe('a new rate of the premium tax', () => {
  let t: TestApp;
  let id: string;
  beforeEach(async () => {
    t = await startTestApp({ now: Date.parse('2026-12-01T15:00:00Z') });
    id = await regroupementId(t);
  });
  afterEach(() => t.close());
  const at = (instant: string) => {
    t.clock.now = Date.parse(instant);
  };
  const tell = () => tellOfTaxSteps(t.deps);
  const open = () => listExceptions(t.deps, id);
  /** What left since the last time, by whom it went to. */
  async function mails() {
    const before = t.outgoing.length;
    assert.equal((await sendDueMail(t.deps)).failed, 0);
    return t.outgoing.slice(before);
  }
  const to = async () => (await mails()).map((mail) => mail.to);

  test('each regroupement that has unpaid invoices at the old rate is told: how many, how much, what to do', async () => {
    await invoice(t, 'petits-bouleaux', 'F-1');
    await invoice(t, 'petits-bouleaux', 'F-2');
    await invoice(t, 'petits-bouleaux', 'F-3', '0.09975', 2_710);
    const paid = await invoice(t, 'petits-bouleaux', 'F-4');
    await pay(t, paid, PREMIUM + TAX);
    assert.equal(await tell(), 1);
    const [mail, ...more] = await mails();
    assert.deepEqual(more, [], 'la-farandole has none');
    assert.equal(mail?.to, 'info@petits-bouleaux.test');
    assert.match(mail?.subject ?? '', /9,975\u00a0% à compter du 1er janvier 2027/);
    const text = (mail?.text ?? '').replaceAll('\u00a0', ' ');
    for (const words of [
      'La taxe sur les primes d’assurance est de 9 % sur ce qui est payé jusqu’au 31 décembre 2026, et de 9,975 % sur ce qui est payé à compter du 1er janvier 2027.',
      'Factures impayées qui portent l’ancien taux (compte du 1er décembre 2026) : 2',
      'Différence en tout, si leur solde était taxé à 9,975 % : 5,30 $',
      'as-invoiced : rien ne change.',
      'by-payment-date : la taxe suit le jour du paiement.',
      'Votre réglage actuel : as-invoiced.',
    ])
      assert.ok(text.includes(words), `${words}\nin\n${text}`);
    const lines = text.split('\n');
    for (const command of [
      'npx amisgest-pay tax petits-bouleaux --day 2027-01-01',
      'npx amisgest-pay regroupement set petits-bouleaux --premium-tax-policy as-invoiced',
      'npx amisgest-pay regroupement set petits-bouleaux --premium-tax-policy by-payment-date',
    ])
      assert.ok(lines.includes(command), `a line of its own: ${command}`);
    const [exception, ...others] = await open();
    assert.deepEqual(others, []);
    assert.equal(exception?.kind, 'premium-tax');
    assert.deepEqual(exception?.detail, {
      day: '2027-01-01',
      fromRate: '0.09',
      toRate: '0.09975',
      countedOn: '2026-12-01',
      invoices: 2,
      differenceCents: 2 * RISE,
    });
  });

  test('once, however often it is looked at, by however many processes, and again in the last week of December', async () => {
    await invoice(t, 'petits-bouleaux', 'F-1');
    await invoice(t, 'la-farandole', 'F-1');
    const round = () => Promise.all([tell(), tellOfTaxSteps({ ...t.deps }), tellOfTaxSteps({ ...t.deps })]);
    await round();
    await round();
    assert.deepEqual((await to()).sort(), ['info@la-farandole.test', 'info@petits-bouleaux.test']);
    const [first] = await open();
    assert.ok(first);
    await closeException(t.deps, id, first.id, { name: 'cli:test', note: 'vu' });
    at('2026-12-25T04:59:00Z');
    await round();
    assert.deepEqual(await to(), [], '24 December in Toronto');
    assert.deepEqual(await open(), [], 'closed is closed');
    at('2026-12-25T05:00:00Z');
    await round();
    at('2027-01-01T04:59:00Z');
    await round();
    assert.deepEqual((await to()).sort(), ['info@la-farandole.test', 'info@petits-bouleaux.test']);
    assert.equal((await open()).length, 1);
    at('2027-01-09T15:00:00Z');
    await round();
    assert.deepEqual(await to(), [], 'told twice, and never after');
  });

  test('added on 10 December: told then, and in the last week', async () => {
    await tell();
    at('2026-12-10T15:00:00Z');
    await addRegroupement(t.deps, 'les-mesanges', {});
    assert.equal(await tell(), 0, 'nothing unpaid yet');
    await invoice(t, 'les-mesanges', 'F-1');
    assert.equal(await tell(), 1);
    assert.equal(await tell(), 0);
    at('2026-12-27T15:00:00Z');
    assert.equal(await tell(), 1);
    assert.equal(await tell(), 0);
    assert.deepEqual(await to(), ['info@les-mesanges.test', 'info@les-mesanges.test']);
  });

  test('this version starts in the last week: one message, not two', async () => {
    await invoice(t, 'petits-bouleaux', 'F-1');
    at('2026-12-28T15:00:00Z');
    await tell();
    at('2026-12-30T15:00:00Z');
    await tell();
    assert.equal((await to()).length, 1);
  });

  test('down in the last week: told on its return of what still bears the old rate, where it stays so, once', async () => {
    await invoice(t, 'petits-bouleaux', 'F-1');
    await invoice(t, 'la-farandole', 'F-1');
    await t.deps.db.execute(
      "UPDATE regroupements SET premium_tax_policy = 'by-payment-date' WHERE slug = 'la-farandole'",
    );
    await tell();
    assert.equal((await to()).length, 2);
    at('2027-01-03T15:00:00Z');
    await tell();
    await tell();
    const [mail, ...more] = await mails();
    assert.deepEqual(more, [], 'whose invoices follow has nothing at the old rate');
    assert.equal(mail?.to, 'info@petits-bouleaux.test');
    assert.match(mail?.text ?? '', /compte du 3 janvier 2027\)\u00a0: 1/);
  });

  test('what it says is as true when it leaves late', async () => {
    await invoice(t, 'petits-bouleaux', 'F-1');
    at('2026-12-31T20:00:00Z');
    await tell();
    const send = t.deps.mail.send;
    t.deps.mail.send = () => Promise.reject(new Error('down'));
    await sendDueMail(t.deps);
    t.deps.mail.send = send;
    at('2027-01-02T20:00:00Z');
    const [late] = await mails();
    assert.doesNotMatch(late?.text ?? '', /sera|augmente|va /);
    assert.match(late?.text ?? '', /compte du 31 décembre 2026/);
  });

  test('the process dies between writing and sending: the next one sends it, once', async () => {
    await invoice(t, 'petits-bouleaux', 'F-1');
    const { batch } = t.deps.db;
    const dying = { ...t.deps, db: { ...t.deps.db, execute: t.deps.db.execute.bind(t.deps.db) } };
    dying.db.batch = async (statements) => {
      await batch.call(t.deps.db, statements);
      throw new Error('killed');
    };
    await assert.rejects(tellOfTaxSteps(dying), /killed/);
    await tell();
    assert.equal((await to()).length, 1);
    assert.equal((await open()).length, 1);
  });

  test('any step of any table', async () => {
    const rates = [
      { from: '0000-01-01', thousandths: 9_000 },
      { from: '2027-01-01', thousandths: 9_975 },
      { from: '2028-03-01', thousandths: 12_000 },
    ];
    await invoice(t, 'petits-bouleaux', 'F-1', '0.09975', 2_710);
    assert.equal(
      await tellOfTaxSteps(t.deps, rates),
      1,
      'the second step only: it is at the rate of the first',
    );
    assert.deepEqual(
      (await open()).map(({ detail }) => [detail.day, detail.differenceCents]),
      [['2028-03-01', 3_260 - 2_710]],
    );
    at('2028-02-23T15:00:00Z');
    assert.equal(await tellOfTaxSteps(t.deps, rates), 1);
    assert.match((await mails()).at(-1)?.text ?? '', /jusqu’au 29 février 2028, et de 12\u00a0%/);
  });

  test('staff read the same over HTTP and on the command line', async () => {
    await invoice(t, 'petits-bouleaux', 'F-1');
    await tell();
    const { secret } = await createKey(t.deps, id, {
      name: 'c',
      scopes: ['read'],
      lifeMs: 86_400_000,
      by: 'cli:test',
    });
    const answer = await t.app.request(`${PUBLIC_URL}/v1/backoffice/petits-bouleaux/exceptions`, {
      headers: { Authorization: `Bearer ${secret}` },
    });
    const { exceptions } = (await answer.json()) as {
      exceptions: (ListedException & { message: Record<'fr-CA' | 'en-CA', string> })[];
    };
    const message = exceptions[0]?.message;
    for (const text of [message?.['fr-CA'], message?.['en-CA']]) {
      assert.match(text ?? '', /--premium-tax-policy by-payment-date$/m);
      assert.match(text ?? '', /^npx amisgest-pay tax petits-bouleaux --day 2027-01-01$/m);
    }
    assert.match(message?.['en-CA'] ?? '', /is 9% on what is paid until December 31, 2026/);
    const cli = (...args: string[]) =>
      spawnSync(process.execPath, [LAUNCHER, ...args], {
        encoding: 'utf8',
        env: { PATH: process.env.PATH ?? '', DATABASE_URL: t.deps.config.databaseUrl },
      });
    const list = cli('exceptions', 'petits-bouleaux', '--lang', 'fr').stdout;
    assert.match(list, /premium-tax/);
    assert.match(list, /Différence en tout, si leur solde était taxé à 9,975\u00a0%\u00a0: 2,65\u00a0\$/);
    assert.match(list, /npx amisgest-pay regroupement set petits-bouleaux --premium-tax-policy as-invoiced/);
    const tax = cli('tax', 'petits-bouleaux', '--lang', 'fr').stdout;
    assert.match(tax, /F-1 {2}9\u00a0% → 9,975\u00a0% {2}24,45\u00a0\$ → 27,10\u00a0\$ {2}\+2,65\u00a0\$/);
    assert.match(tax, /1 facture, différence en tout : \+2,65\u00a0\$/);
    for (const [lang, words] of [
      [
        'fr',
        /--premium-tax-policy .*[\s\S]*as-invoiced \(celle de la facture[\s\S]*by-payment-date \(celle du jour/,
      ],
      [
        'en',
        /--premium-tax-policy .*[\s\S]*as-invoiced \(that of the invoice[\s\S]*by-payment-date \(that of the day/,
      ],
    ] as const)
      assert.match(cli('regroupement', '--help', '--lang', lang).stdout, words);
  });
});

test('a server that starts tells within seconds, and not again when it starts again', async () => {
  const first = await startListening(undefined, (deps) => invoice({ deps }, 'petits-bouleaux', 'F-1'));
  try {
    const rows = async () =>
      (await first.deps.db.execute("SELECT 1 FROM outbox WHERE kind = 'exception'")).rows.length;
    await until('the message', async () => (await rows()) > 0);
    assert.equal(await tellOfTaxSteps(first.deps), 0);
    assert.equal(await rows(), 1);
  } finally {
    await first.stop();
  }
});
