// What a history is played on: a real libSQL file, the PayPal stand-in, three invoices that two people may pay; and the
// rules that hold at every moment, and once the world is quiet.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import type { Capture, Merchant } from '../../demo/paypal/books.ts';
import { createPayPalStandIn } from '../../demo/paypal/stand-in.ts';
import { sha256 } from '../../server/crypto.ts';
import type { Db, Row, Value } from '../../server/db/db.ts';
import type { Deps } from '../../server/deps.ts';
import { addInvoice, merchantIdOf, startTestApp } from '../support/app.ts';
import { ReusedDatabase } from './reused-database.ts';
import { FAIR, type Surroundings, type Weather } from './server.ts';
import { World } from './world.ts';

export const PAGE = 'https://petits-bouleaux.test/payer';
const START = Date.parse('2026-11-02T15:00:00Z');
const BASE = 'http://paypal.test';
/** To draw the receipts takes a third of a history's time, and what they say is frozen before: one history of so many does. */
const DRAWN_EVERY = 10;
// Nobody looks at the signatures here, and an elliptic curve signs ten times as fast as RSA.
const SIGNER = { certificate: '', key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey };

/** What each history of a process begins with, made once. */
export interface Template {
  database: ReusedDatabase;
  config: Deps['config'];
  regroupementId: string;
  accounts: string[];
  invoices: string[];
  invoiceNumbers: string[];
}

/** Makes the template: a regroupement, a holder with two certificates, two accounts that may pay. */
export async function makeTemplate(): Promise<Template> {
  const t = await startTestApp({ paypalBaseUrl: BASE, now: START });
  const { rows } = await t.deps.db.execute<{ id: string }>(
    "SELECT id FROM regroupements WHERE slug = 'petits-bouleaux'",
  );
  const regroupementId = rows[0]?.id ?? '';
  const invoices: string[] = [];
  const invoiceNumbers = ['F-1', 'F-2', 'F-3'];
  let holderId = '';
  for (const [i, invoice] of invoiceNumbers.entries()) {
    const made = await addInvoice(t.deps, 'petits-bouleaux', {
      firstName: 'Marie',
      lastName: 'Tremblay',
      email: 'marie@example.org',
      certificate: `PB-00000${i}`,
      invoice,
      totalCents: 10_000 + i * 7_777,
      ...(holderId === '' ? {} : { holderId }),
    });
    holderId = made.holderId;
    invoices.push(made.invoiceId);
  }
  const accounts = ['account-marie', 'account-paul'];
  for (const [i, id] of accounts.entries())
    await t.deps.db.execute(
      `INSERT INTO accounts(id, regroupement_id, name, email, email_key, password_hash, lang, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, '', 'fr-CA', 0, 0)`,
      [
        id,
        regroupementId,
        id,
        i === 0 ? 'marie@example.org' : 'paul@example.org',
        i === 0 ? 'marie@example.org' : 'paul@example.org',
      ],
    );
  // Paul pays for her, by name and number.
  await t.deps.db.execute(
    `INSERT INTO links(id, regroupement_id, account_id, holder_id, number_key, level, method, created_at)
     SELECT c.id, c.regroupement_id, 'account-paul', c.holder_id, c.number_key, 'pay', 'name-and-number', 0 FROM certificates c
     WHERE c.regroupement_id = ?`,
    [regroupementId],
  );
  const database = await ReusedDatabase.like(t.deps.db);
  const { config } = t.deps;
  await t.close();
  return { database, config, regroupementId, accounts, invoices, invoiceNumbers };
}

export class Stage {
  readonly start = START;
  readonly merchant: Merchant = {
    clientId: 'client-petits-bouleaux',
    clientSecret: 'secret-petits-bouleaux',
    merchantId: merchantIdOf('petits-bouleaux'),
    name: 'petits-bouleaux',
  };
  readonly world: World;
  readonly surroundings: Surroundings;
  readonly regroupementId: string;
  readonly accounts: readonly string[];
  readonly invoices: readonly string[];
  readonly invoiceNumbers: readonly string[];
  weather: Weather = FAIR;
  /** When she clicked on « Confirmer », by the payment that the click held. */
  readonly clicks = new Map<string, number>();
  readonly #db: Db;
  readonly #mails = new Map<string, number>();
  readonly #complaints: string[] = [];
  #captures = 0;

  private constructor(template: Template, seed: number, seen: Map<string, number>) {
    this.world = new World(seed, START);
    const { db } = template.database;
    this.#db = db;
    this.regroupementId = template.regroupementId;
    this.accounts = template.accounts;
    this.invoices = template.invoices;
    this.invoiceNumbers = template.invoiceNumbers;
    const standIn = createPayPalStandIn({
      now: () => this.world.now,
      randomBytes: (n) => this.world.dice.bytes(n),
      publicUrl: BASE,
      // PayPal's list of movements lags by up to three hours.
      reportingDelayMs: this.world.dice.pick([0, 600_000, 3 * 3_600_000]),
      merchants: [this.merchant],
      signer: SIGNER,
      webhooks: [{ id: 'WEBHOOK', clientId: 'client-petits-bouleaux', url: 'https://pay.test/webhook' }],
    });
    this.surroundings = {
      world: this.world,
      db,
      standIn,
      config: template.config,
      draws: seed % DRAWN_EVERY === 0,
      weather: () => this.weather,
      saw: (what) => seen.set(what, (seen.get(what) ?? 0) + 1),
      mailed: (key) => this.#mails.set(key, (this.#mails.get(key) ?? 0) + 1),
      complained: (line) => this.#complaints.push(line),
    };
  }

  static async set(template: Template, seed: number, seen: Map<string, number>): Promise<Stage> {
    await template.database.reset();
    return new Stage(template, seed, seen);
  }

  /** What holds at every moment: no error of ours, and nobody charged for what is paid already. */
  async check(): Promise<void> {
    if (this.#complaints.length > 0) throw new Error(`the server complained: ${this.#complaints[0]}`);
    const captures = [...this.surroundings.standIn.books.captures.values()];
    const fresh = captures.slice(this.#captures);
    this.#captures = captures.length;
    for (const capture of fresh) {
      this.surroundings.saw('capture');
      await this.#isFair(capture, captures);
    }
  }

  // At the instant of a charge: what PayPal keeps for an invoice, at least, and what else our books know of it, fit in it.
  async #isFair(capture: Capture, captures: readonly Capture[]): Promise<void> {
    const { books } = this.surroundings.standIn;
    const allocations = await this.#rows<{ payment_id: string; invoice_id: string; amount_cents: number }>(
      'SELECT payment_id, invoice_id, amount_cents FROM allocations',
    );
    // What came again since she clicked: nobody could know. Where the server died at it, since it was recorded.
    const [mine] = await this.#rows<{ confirmed_at: number }>(
      'SELECT confirmed_at FROM payments WHERE id = ?',
      [capture.order.unit.custom_id ?? ''],
    );
    const since = this.clicks.get(capture.order.unit.custom_id ?? '') ?? mine?.confirmed_at ?? 0;
    const again = (taken: Capture) =>
      [...books.returns.values()]
        .filter((one) => one.reversal.capture === taken && one.createdAt >= since)
        .reduce((sum, one) => sum + one.amountCents, 0);
    const of = new Map(captures.map((one) => [one.order.unit.custom_id ?? '', one]));
    for (const { invoice_id } of allocations.filter((one) => of.get(one.payment_id) === capture)) {
      const kept = allocations
        .filter((one) => one.invoice_id === invoice_id)
        .reduce((sum, one) => {
          const taken = of.get(one.payment_id);
          if (taken === undefined || taken.status === 'DECLINED') return sum;
          return sum + Math.max(0, one.amount_cents - books.backCents(taken) - again(taken));
        }, 0);
      const [invoice] = await this.#rows<{ charged: number; otherwise: number }>(
        `SELECT SUM(CASE WHEN kind IN ('charge', 'adjustment') AND payment_id IS NULL THEN amount_cents ELSE 0 END) AS charged,
           -SUM(CASE WHEN kind IN ('payment', 'refund') AND payment_id IS NULL THEN amount_cents ELSE 0 END) AS otherwise
         FROM ledger_entries WHERE invoice_id = ?`,
        [invoice_id],
      );
      assert.ok(
        kept + (invoice?.otherwise ?? 0) <= (invoice?.charged ?? 0),
        `charged twice: ${kept} online and ${invoice?.otherwise} otherwise for an invoice of ${invoice?.charged}`,
      );
    }
  }

  /** What holds once the world is quiet. */
  async agree(): Promise<void> {
    const { books } = this.surroundings.standIn;
    const taken = [...books.captures.values()].filter(({ status }) => status !== 'DECLINED');
    const payments = await this.#rows<{
      id: string;
      state: string;
      capture_id: string | null;
      amount_cents: number;
    }>('SELECT id, state, capture_id, amount_cents FROM payments');
    const open = payments.filter(({ state }) =>
      ['created', 'approved', 'capturing', 'unknown', 'pending', 'declined'].includes(state),
    );
    assert.deepEqual(open, [], 'every payment has come to its end');
    assert.equal((await this.#rows('SELECT 1 FROM invoice_holds')).length, 0, 'nothing stays held');

    // PayPal's books and ours, payment by payment, to the cent.
    const posted = new Map(
      (
        await this.#rows<{ id: string; cents: number }>(
          `SELECT payment_id AS id, -SUM(amount_cents) AS cents FROM ledger_entries
           WHERE payment_id IS NOT NULL AND kind IN ('payment', 'refund') GROUP BY payment_id`,
        )
      ).map((row) => [row.id, row.cents]),
    );
    const kept = new Map<string, number>();
    for (const capture of taken) {
      const id = capture.order.unit.custom_id ?? '';
      kept.set(id, (kept.get(id) ?? 0) + capture.amountCents - books.backCents(capture));
    }
    for (const id of new Set([...posted.keys(), ...kept.keys()]))
      assert.equal(posted.get(id) ?? 0, kept.get(id) ?? 0, `payment ${id}: ledger and PayPal`);

    // One receipt and its message for each capture, and none without; numbers without gaps.
    const receipts = await this.#rows<{ number: number; payment_id: string }>(
      'SELECT number, payment_id FROM receipts ORDER BY number',
    );
    assert.deepEqual(
      receipts.map(({ number }) => number),
      receipts.map((_, i) => i + 1),
      'receipts without gaps',
    );
    assert.deepEqual(
      receipts.map(({ payment_id }) => payment_id).sort(),
      taken.map((capture) => capture.order.unit.custom_id ?? '').sort(),
      'a receipt for each capture, and for nothing else',
    );
    const refundReceipts = await this.#rows<{ number: number }>(
      'SELECT number FROM refund_receipts ORDER BY number',
    );
    assert.deepEqual(
      refundReceipts.map(({ number }) => number),
      refundReceipts.map((_, i) => i + 1),
      'refund receipts without gaps',
    );
    assert.equal(refundReceipts.length, books.refunds.size, 'a receipt for each refund');
    const asked = [...books.refunds.values()].flatMap(({ customId }) =>
      customId === null ? [] : [customId],
    );
    assert.equal(new Set(asked).size, asked.length, 'staff’s refunds are made once');
    const unsent = await this.#rows("SELECT kind, state, last_error FROM outbox WHERE state <> 'sent'");
    assert.deepEqual(unsent, [], 'every message left');
    for (const row of await this.#rows<{ dedupe_key: string }>('SELECT dedupe_key FROM outbox')) {
      const key = sha256(row.dedupe_key);
      assert.ok((this.#mails.get(key) ?? 0) > 0, `${row.dedupe_key} was marked sent and never left`);
    }

    // In this world nothing is captured but by her « Confirmer », of what was asked.
    for (const kind of [
      'unexpected-capture',
      'mismatch',
      'duplicate-invoice',
      'missing-capture',
      'amount-differs',
      'unknown-capture',
      'unknown-refund',
      'reversed-beyond',
      'missing-refund',
      'fee-differs',
      'sums-differ',
    ]) {
      const found = await this.#rows('SELECT detail FROM exceptions WHERE kind = ?', [kind]);
      assert.deepEqual(found, [], `no ${kind}`);
    }
    await this.#lessWasOwedOnce(taken);
    const refunds = await this.#rows<{ state: string }>(
      "SELECT state FROM refunds WHERE state NOT IN ('completed', 'failed')",
    );
    assert.deepEqual(refunds, [], 'every refund has come to its end');
    const waiting = await this.#rows(
      "SELECT event_type, state, last_error FROM webhook_events WHERE state <> 'done'",
    );
    assert.deepEqual(waiting, [], 'every webhook was applied');
  }

  // The one way to it in this world: between her « Confirmer » and the capture a process died, or was very slow, and what was taken
  // back of an earlier payment came again before another process went on. If nothing was taken then, staff have nothing to do.
  async #lessWasOwedOnce(taken: readonly Capture[]): Promise<void> {
    const { books } = this.surroundings.standIn;
    const found = await this.#rows<{ payment_id: string; confirmed_at: number; closed_by: string | null }>(
      `SELECT e.payment_id, p.confirmed_at, e.closed_by FROM exceptions e JOIN payments p ON p.id = e.payment_id
       WHERE e.kind = 'less-owed'`,
    );
    for (const { payment_id, confirmed_at, closed_by } of found) {
      this.surroundings.saw('came again after a crash');
      const what = `payment ${payment_id}: less owed`;
      const wasTaken = taken.some(({ order }) => order.unit.custom_id === payment_id);
      assert.equal(closed_by, wasTaken ? null : 'paypal', `${what}, over by itself if nothing was taken`);
      const same = new Set(
        (
          await this.#rows<{ payment_id: string }>(
            `SELECT payment_id FROM allocations
             WHERE invoice_id IN (SELECT invoice_id FROM allocations WHERE payment_id = ?)`,
            [payment_id],
          )
        ).map((row) => row.payment_id),
      );
      const again = [...books.returns.values()].filter(
        ({ createdAt, reversal }) =>
          createdAt >= (this.clicks.get(payment_id) ?? confirmed_at) &&
          same.has(reversal.capture.order.unit.custom_id ?? ''),
      );
      assert.ok(again.length > 0, `${what}, because something came again after « Confirmer »`);
    }
  }

  async #rows<R = Row>(sql: string, args: readonly Value[] = []): Promise<R[]> {
    return (await this.#db.execute<R>(sql, args)).rows.map((row) => ({ ...row }));
  }
}
