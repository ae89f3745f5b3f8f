// One history: people, staff, banks, several server processes and bad weather, in an order that the dice choose among what
// is possible at each moment. At the end the weather clears, and the three books must agree.
import { type Order, pends, type Reversal } from '../../demo/paypal/books.ts';
import { quote } from '../../server/certificates/quote.ts';
import type { Db } from '../../server/db/db.ts';
import { torontoDay } from '../../server/ledger/toronto.ts';
import { sendDueMail } from '../../server/mail/worker.ts';
import { RECORD_DOUBTS } from '../../server/offline-payments/doubts.ts';
import { recordPayment } from '../../server/offline-payments/record.ts';
import { reverseRecorded } from '../../server/offline-payments/reverse.ts';
import { cancelPayment, confirmPayment, retryPayment } from '../../server/payments/confirm.ts';
import { createPayment } from '../../server/payments/create.ts';
import { syncPayment } from '../../server/payments/settlement/sync.ts';
import { paymentsWhere, readPayment } from '../../server/payments/store.ts';
import { sweepPayments } from '../../server/payments/sweep.ts';
import { WebhookEvent } from '../../server/paypal-events/apply.ts';
import { applyDueEvents, keepEvent } from '../../server/paypal-events/inbox.ts';
import { Problem } from '../../server/problems/problem.ts';
import { reconcileDay, reconcileDue } from '../../server/reconciliation/reconcile.ts';
import { checkReversals } from '../../server/refunds/check-reversals.ts';
import { followDisputes } from '../../server/refunds/disputes.ts';
import { refundPayment } from '../../server/refunds/refunds.ts';
import { sweepRefunds } from '../../server/refunds/sweep.ts';
import { regroupementBySlug } from '../../server/regroupements/regroupements.ts';
import { PAGE, type Stage } from './fixture.ts';
import { FAIR, type Server, type Surroundings, startServer, type Weather } from './server.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const STEPS = 90;
const SERVERS = 2;

/** Bad, not hopeless: most calls still arrive. */
const STORM: Weather = { lostBefore: 0.06, lostAfter: 0.08, troubled: 0.06, mail: 0.15, crash: 0.004 };

interface Tab {
  accountId: string;
  key: string;
  invoiceIds: string[];
  paymentId: string | null;
  orderId: string | null;
  /** A call is on its way; in a process that died it never comes back, and she tries again. */
  waitingFor: Server | null;
  closed: boolean;
  /** She was told that nothing will be taken. */
  stopped: boolean;
}

function shares(one: Tab, other: Tab): boolean {
  return one.invoiceIds.some((id) => other.invoiceIds.includes(id));
}

/** Whether « Confirmer » refused so is refused for good. */
function isFinal({ kind, extra }: Problem): boolean {
  if (kind === 'payment-state') return !['created', 'approved', 'declined'].includes(String(extra.state));
  return kind !== 'payment-in-progress' && kind !== 'paypal-unavailable';
}

/** Plays one history on an empty stage. Throws when something went wrong; answers what was seen. */
export async function playHistory(stage: Stage): Promise<void> {
  const { world, surroundings: s } = stage;
  const { dice } = world;
  const history = new History(stage);
  // By chance alone it seldom comes so far.
  if (dice.chance(0.2)) await history.beginAgain();
  // Some histories are calm, so that more of them get far.
  stage.weather = dice.chance(0.2) ? FAIR : STORM;
  for (let n = 0; n < STEPS; n++) {
    history.act();
    const goOn = 1 + dice.below(12);
    for (let k = 0; k < goOn && (await world.step()); k++) await stage.check();
    if (dice.chance(0.3)) world.now += dice.pick([1_000, 5_000, MINUTE, 11 * MINUTE, 40 * MINUTE]);
    history.throwIfWrong();
    await stage.check();
  }
  s.saw('history');
  await history.clearUp();
  history.throwIfWrong();
  await stage.check();
  await stage.agree();
}

class History {
  readonly #stage: Stage;
  readonly #s: Surroundings;
  #servers: Server[] = [];
  #tabs: Tab[] = [];
  #wrong: unknown[] = [];
  #recorded: string[] = [];
  #keys = 0;
  #names = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#s = stage.surroundings;
    for (let n = 0; n < SERVERS; n++) this.#startServer();
  }

  throwIfWrong(): void {
    if (this.#wrong.length > 0) throw this.#wrong[0];
  }

  /** In fair weather: a bank took back what she paid, she reads that it is owed, and has agreed at PayPal to pay it again. */
  async beginAgain(): Promise<void> {
    const { world, invoices } = this.#stage;
    const { books } = this.#s.standIn;
    const invoiceIds = [world.dice.pick(invoices)];
    const first = this.#tabWith(invoiceIds);
    await this.#agreed(first);
    this.#confirm(first);
    await world.drain();
    await this.#stage.check();
    first.closed = true;
    for (const capture of books.captures.values()) books.reverse(capture, { reason: 'CHARGEBACK' });
    this.#deliver();
    await world.drain();
    for (const server of this.#servers) this.#jobs(server);
    await world.drain();
    await this.#agreed(this.#tabWith(invoiceIds));
    await this.#stage.check();
    this.throwIfWrong();
  }

  async #agreed(tab: Tab): Promise<void> {
    const { world } = this.#stage;
    this.#tabs.push(tab);
    this.#create(tab);
    await world.drain();
    const order = this.#s.standIn.books.orders.get(tab.orderId ?? '');
    if (order === undefined) throw new Error('no order in fair weather', { cause: this.#wrong[0] });
    this.#agree(order, 'accepted');
    this.#look(tab);
    await world.drain();
  }

  /** One act of someone, chosen among what is possible now. */
  act(): void {
    const { dice } = this.#stage.world;
    this.#servers = this.#servers.filter((server) => server.life.alive);
    while (this.#servers.length < SERVERS) this.#startServer();
    for (const tab of this.#tabs) if (tab.waitingFor?.life.alive === false) tab.waitingFor = null;
    const acts: (() => void)[] = [];
    const often = (times: number, act: () => void) => {
      for (let n = 0; n < times; n++) acts.push(act);
    };
    const { books } = this.#s.standIn;
    const open = this.#tabs.filter((tab) => !tab.closed);
    if (open.length < 4) often(4, () => this.#openTab());
    for (const tab of open) {
      if (tab.waitingFor !== null) {
        // A double click, a reload: the same call again while the first is on its way.
        if (tab.paymentId !== null) often(1, () => this.#confirm(tab));
        continue;
      }
      if (tab.orderId === null) {
        often(3, () => this.#create(tab));
        continue;
      }
      const order = books.orders.get(tab.orderId);
      if (order !== undefined && order.means === null && !books.isGone(order)) {
        often(6, () => this.#approve(order, tab));
      }
      if (order?.status === 'APPROVED' && !tab.stopped) often(6, () => this.#confirm(tab));
      often(1, () => this.#confirm(tab));
      often(1, () => this.#look(tab));
      often(1, () => this.#retry(tab));
      if (dice.chance(0.3)) often(1, () => this.#cancel(tab));
      // Whoever can pay nothing there any more mostly leaves, and begins anew.
      often(tab.stopped ? 4 : 1, () => {
        tab.closed = true;
      });
    }
    often(2, () => this.#jobs(dice.pick(this.#servers)));
    often(2, () => this.#deliver());
    often(1, () => this.#mail(dice.pick(this.#servers)));
    often(1, () => this.#cheque());
    if (this.#recorded.length > 0 && dice.chance(0.3)) often(1, () => this.#reverse());
    const done = [...books.captures.values()].filter(({ status }) => status === 'COMPLETED');
    if (done.length > 0) {
      often(1, () => this.#refund());
      if (dice.chance(0.3)) often(1, () => this.#outside(() => books.refund(dice.pick(done), null, null)));
      if (dice.chance(0.3))
        often(1, () =>
          this.#outside(() => {
            const capture = dice.pick(done);
            const left = capture.amountCents - books.refundedCents(capture);
            if (left > 1) books.refund(capture, 1 + dice.below(left - 1), null);
          }),
        );
    }
    this.#banks(often);
    const pending = [...books.captures.values()].filter(pends);
    if (pending.length > 0)
      often(2, () => this.#outside(() => books.resolvePending(dice.pick(pending).id, dice.chance(0.6))));
    if (dice.chance(0.1))
      often(1, () =>
        this.#s.standIn.faults.addToWebhooks(
          dice.pick([
            { kind: 'lose' },
            { kind: 'repeat', times: 3 },
            { kind: 'delay', ms: 20 * MINUTE },
            { kind: 'reorder' },
            { kind: 'bad-signature' },
          ] as const),
          1 + dice.below(3),
        ),
      );
    dice.pick(acts)();
  }

  // Banks, and PayPal for whoever complains: money is held, taken back in whole or in part, and given back.
  #banks(often: (times: number, act: () => void) => void): void {
    const { dice } = this.#stage.world;
    const { books } = this.#s.standIn;
    const came = [...books.captures.values()].filter(
      (one) => one.status !== 'DECLINED' && !pends(one) && books.backCents(one) < one.amountCents,
    );
    if (came.length > 0 && dice.chance(0.25))
      often(1, () => {
        const capture = dice.pick(came);
        const left = capture.amountCents - books.backCents(capture);
        const part = dice.chance(0.6) && left > 1 ? { cents: 1 + dice.below(left - 1) } : {};
        const reason = dice.chance(0.5) ? 'CHARGEBACK' : 'BUYER_COMPLAINT';
        this.#outside(() => books.reverse(capture, { ...part, reason }), 'taken back');
      });
    if (came.length > 0 && dice.chance(0.4))
      often(1, () => {
        const capture = dice.pick(came);
        const hold = dice.chance(0.5);
        const part = dice.chance(0.5) ? { cents: 1 + dice.below(capture.amountCents) } : {};
        this.#outside(() => books.dispute(capture, { hold, ...part }), hold ? 'held' : 'disputed');
      });
    const open = [...books.disputes.values()].filter(({ status }) => status === 'OPEN');
    if (open.length > 0)
      often(2, () => {
        const won = dice.chance(0.6);
        const outcome = won ? 'RESOLVED_SELLER_FAVOUR' : 'RESOLVED_BUYER_FAVOUR';
        this.#outside(() => books.resolve(dice.pick(open), outcome), won ? 'dispute won' : 'dispute lost');
      });
    const returned = new Set([...books.returns.values()].map(({ reversal }) => reversal));
    const away = [...books.reversals.values()].filter((one) => !returned.has(one));
    if (away.length > 0 && dice.chance(0.2))
      often(1, () => this.#outside(() => books.giveBack(dice.pick(away)), 'given back'));
    // The worst moment for it: she is about to pay the same again, and does, before anyone tells us.
    const paidAgain = this.#tabs
      .filter(({ closed, stopped, waitingFor }) => !closed && !stopped && waitingFor === null)
      .flatMap((tab) =>
        away.filter((one) => this.#paysAgain(tab, one)).map((reversal) => ({ tab, reversal })),
      );
    if (paidAgain.length > 0)
      often(6, () => {
        const { tab, reversal } = dice.pick(paidAgain);
        this.#outside(() => books.giveBack(reversal), 'given back before she confirms');
        // A complaint of what came again hides it from PayPal's record.
        if (dice.chance(0.25))
          this.#outside(() => books.dispute(reversal.capture, { hold: true }), 'held before she confirms');
        this.#stage.world.now += SECOND;
        this.#confirm(tab, 'confirm of what came again');
      });
    if (dice.chance(0.05))
      often(1, () => this.#outside(() => books.payOut(this.#stage.merchant, 1 + dice.below(9_999))));
  }

  #tabOf({ capture }: Reversal): Tab | undefined {
    return this.#tabs.find(({ paymentId }) => paymentId === capture.order.unit.custom_id);
  }

  #paysAgain(tab: Tab, reversal: Reversal): boolean {
    const earlier = this.#tabOf(reversal);
    const order = this.#s.standIn.books.orders.get(tab.orderId ?? '');
    return earlier !== undefined && tab !== earlier && order?.status === 'APPROVED' && shares(tab, earlier);
  }

  /** Fair weather, and time for every window to close: what is in doubt must find its end. */
  async clearUp(): Promise<void> {
    const { world } = this.#stage;
    const { books, faults } = this.#s.standIn;
    this.#stage.weather = FAIR;
    faults.clear();
    // The last processes of the storm are stopped hard, like the others.
    for (const server of this.#servers) world.kill(server.life);
    this.#servers = [];
    this.#startServer();
    const [server] = this.#servers;
    if (server === undefined) throw new Error('no server');
    for (let round = 0; round < 14; round++) {
      for (const capture of [...books.captures.values()])
        if (pends(capture)) books.resolvePending(capture.id, world.dice.chance(0.5));
      for (const dispute of [...books.disputes.values()])
        if (dispute.status === 'OPEN' && world.dice.chance(0.5))
          books.resolve(dispute, world.dice.chance(0.5) ? 'RESOLVED_SELLER_FAVOUR' : 'RESOLVED_BUYER_FAVOUR');
      this.#deliver();
      await world.drain();
      this.#jobs(server);
      await world.drain();
      this.#mail(server);
      await world.drain();
      world.now += round < 6 ? 11 * MINUTE : 5 * 60 * MINUTE;
      this.throwIfWrong();
    }
    world.now += 30 * 60 * MINUTE;
    this.#run(server, 'reconcile', async () => {
      await reconcileDue(server.deps, server.paypal);
    });
    await world.drain();
    for (let round = 0; round < 3; round++) {
      this.#jobs(server);
      await world.drain();
      this.#mail(server);
      await world.drain();
      world.now += 5 * 60 * MINUTE;
    }
    this.#run(server, 'every day compared', async () => {
      for (let at = this.#stage.start; at < world.now; at += 24 * 60 * MINUTE)
        await this.#compare(server, torontoDay(at));
    });
    await world.drain();
  }

  // PayPal's day, our rows and the ledger, kind by kind.
  async #compare(server: Server, day: string): Promise<void> {
    const report = await reconcileDay(server.deps, server.paypal, this.#stage.regroupementId, day);
    if (!report.agrees) throw new Error(`${day} does not agree: ${JSON.stringify(report)}`);
    const { paypal, ours, notOurs } = report;
    const same = paypal.grossCents === ours.grossCents && paypal.feeCents === ours.feeCents;
    if (!same || notOurs.count > 0)
      throw new Error(`${day} agrees, and should not: ${JSON.stringify(report)}`);
  }

  #startServer(): void {
    this.#servers.push(startServer(this.#s, `server-${++this.#names}`));
  }

  // Whatever a call comes to, it is a refusal that we know; anything else is a fault of ours.
  #run(server: Server, name: string, work: () => Promise<void>): void {
    this.#stage.world.begin();
    work().catch((error: unknown) => {
      if (error instanceof Problem && error.kind !== 'internal') {
        this.#s.saw(`refused: ${error.kind}`);
        return;
      }
      this.#wrong.push(new Error(`${name} on ${server.life.name} failed`, { cause: error }));
    });
  }

  #ofTab(tab: Tab, name: string, work: (server: Server) => Promise<void>): void {
    const server = this.#stage.world.dice.pick(this.#servers);
    tab.waitingFor = server;
    this.#run(server, name, () =>
      work(server).finally(() => {
        if (tab.waitingFor === server) tab.waitingFor = null;
      }),
    );
  }

  #openTab(): void {
    const { dice } = this.#stage.world;
    const { invoices } = this.#stage;
    const first = dice.pick(invoices);
    const second = dice.pick(invoices);
    this.#tabs.push(this.#tabWith(dice.chance(0.2) && first !== second ? [first, second] : [first]));
  }

  #tabWith(invoiceIds: string[]): Tab {
    const { dice } = this.#stage.world;
    const { accounts } = this.#stage;
    return {
      accountId: dice.pick(accounts),
      key: `key-${++this.#keys}-of-a-tab`,
      invoiceIds,
      paymentId: null,
      orderId: null,
      waitingFor: null,
      closed: false,
      stopped: false,
    };
  }

  #create(tab: Tab): void {
    this.#ofTab(tab, 'create', async (server) => {
      const regroupement = await regroupementBySlug(server.deps, 'petits-bouleaux');
      const payer = { regroupement, accountId: tab.accountId };
      try {
        const { totalCents } = await quote(server.deps, payer, tab.invoiceIds);
        const request = {
          invoiceIds: tab.invoiceIds,
          expectedTotalCents: totalCents,
          page: PAGE,
          lang: 'fr-CA' as const,
        };
        const payment = await createPayment(server.deps, server.paypal, payer, request, tab.key);
        tab.paymentId = payment.id;
        tab.orderId = payment.orderId;
        this.#s.saw('order');
      } catch (error) {
        // What she was shown has changed since: another try is another request.
        if (error instanceof Problem && error.kind !== 'paypal-unavailable')
          tab.key = `key-${++this.#keys}-of-a-tab`;
        throw error;
      }
    });
  }

  #approve(order: Order, tab: Tab): void {
    const { dice } = this.#stage.world;
    this.#agree(order, dice.chance(0.75) ? 'accepted' : dice.chance(0.5) ? 'declined' : 'pending');
    // She comes back through our server, or never does.
    if (dice.chance(0.6)) this.#look(tab);
  }

  #agree(order: Order, outcome: 'accepted' | 'declined' | 'pending'): void {
    const { books } = this.#s.standIn;
    books.approve(
      order,
      { id: 'PAYER', email: 'a@b.ca', givenName: 'A', surname: 'B' },
      { label: outcome, outcome },
    );
    this.#s.saw(`approved ${outcome}`);
  }

  #look(tab: Tab): void {
    this.#ofTab(tab, 'look', async (server) => {
      if (tab.paymentId !== null)
        await syncPayment(server.deps, server.paypal, checkReversals, tab.paymentId);
    });
  }

  /** `approved`: what is seen where the payment can be taken. */
  #confirm(tab: Tab, approved?: string): void {
    this.#s.saw(tab.waitingFor === null ? 'confirm' : 'confirm beside another call');
    this.#ofTab(tab, 'confirm', async (server) => {
      if (tab.paymentId === null) return;
      const regroupement = await regroupementBySlug(server.deps, 'petits-bouleaux');
      const payment = await readPayment(server.deps, tab.paymentId);
      if (approved !== undefined && payment.state === 'approved') this.#s.saw(approved);
      const deps = { ...server.deps, db: this.#noting(server.deps.db) };
      try {
        await confirmPayment(deps, server.paypal, checkReversals, regroupement, payment, payment.amountCents);
      } catch (error) {
        tab.stopped ||= error instanceof Problem && isFinal(error);
        throw error;
      }
    });
  }

  // What comes again between her click and the hold, nobody may know of.
  #noting(db: Db): Db {
    const clicked = this.#stage.world.now;
    return {
      ...db,
      batch: async (statements) => {
        const results = await db.batch(statements);
        for (const { sql, args } of statements)
          if (sql.includes('INTO invoice_holds')) this.#stage.clicks.set(String(args?.[1]), clicked);
        return results;
      },
    };
  }

  #retry(tab: Tab): void {
    this.#ofTab(tab, 'retry', async (server) => {
      if (tab.paymentId !== null)
        await retryPayment(server.deps, await readPayment(server.deps, tab.paymentId));
    });
  }

  #cancel(tab: Tab): void {
    this.#ofTab(tab, 'cancel', async (server) => {
      if (tab.paymentId !== null)
        await cancelPayment(server.deps, await readPayment(server.deps, tab.paymentId));
    });
  }

  #jobs(server: Server): void {
    this.#run(server, 'sweep', async () => {
      await sweepPayments(server.deps, server.paypal, checkReversals);
    });
    this.#run(server, 'refunds', async () => {
      await sweepRefunds(server.deps, server.paypal);
    });
    this.#run(server, 'webhooks', async () => {
      await applyDueEvents(server.deps, server.paypal);
    });
    this.#run(server, 'disputes', async () => {
      await followDisputes(server.deps, server.paypal);
    });
  }

  #mail(server: Server): void {
    this.#run(server, 'mail', async () => {
      await sendDueMail(server.deps);
    });
  }

  // What arrives with a sound signature is kept; the signature's own checks have their own tests.
  #deliver(): void {
    const { dice } = this.#stage.world;
    const server = dice.pick(this.#servers);
    const { deliveries } = this.#s.standIn;
    this.#run(server, 'deliver', async () => {
      await deliveries.deliverDue(async (_url, init) => {
        const headers = new Headers(init?.headers);
        if (headers.get('PAYPAL-TRANSMISSION-SIG') === 'AAAA') return new Response(null, { status: 400 });
        const text = new TextDecoder().decode(init?.body as Uint8Array);
        const event = WebhookEvent.parse(JSON.parse(text));
        await keepEvent(server.deps, this.#stage.regroupementId, event);
        this.#s.saw(`webhook ${event.event_type}`);
        return new Response(null, { status: 200 });
      });
    });
  }

  #cheque(): void {
    const { dice } = this.#stage.world;
    const server = dice.pick(this.#servers);
    const number = dice.pick(this.#stage.invoiceNumbers);
    this.#run(server, 'cheque', async () => {
      const recorded = await recordPayment(server.deps, this.#stage.regroupementId, {
        invoiceNumber: number,
        method: 'cheque',
        cents: 1 + dice.below(20_000),
        receivedOn: '2026-11-01',
        reference: '',
        recordedBy: 'cli:staff',
        idempotencyKey: `cheque-${++this.#keys}`,
        evenSo: RECORD_DOUBTS,
      });
      this.#recorded.push(recorded.id);
      this.#s.saw('cheque');
    });
  }

  #reverse(): void {
    const { dice } = this.#stage.world;
    const server = dice.pick(this.#servers);
    const id = dice.pick(this.#recorded);
    this.#run(server, 'reverse', async () => {
      await reverseRecorded(server.deps, this.#stage.regroupementId, id, {
        recordedBy: 'cli:staff',
        reference: 'x',
      });
      this.#s.saw('cheque taken back');
    });
  }

  #refund(): void {
    const { dice } = this.#stage.world;
    const server = dice.pick(this.#servers);
    const whole = dice.chance(0.5);
    const key = dice.chance(0.2) ? `refund-${this.#keys}` : `refund-${++this.#keys}`;
    this.#run(server, 'refund', async () => {
      const payments = await paymentsWhere(
        server.deps,
        "regroupement_id = ? AND state IN ('completed', 'partly-refunded', 'partly-reversed', 'disputed')",
        [this.#stage.regroupementId],
      );
      if (payments.length === 0) return;
      const payment = dice.pick(payments);
      await refundPayment(server.deps, server.paypal, payment, {
        cents: whole ? null : 1 + dice.below(payment.amountCents),
        reason: 'x',
        askedBy: 'cli:staff',
        idempotencyKey: key,
      });
      this.#s.saw('refund by staff');
    });
  }

  #outside(work: () => unknown, what = 'done on PayPal’s side'): void {
    try {
      if (work() === undefined && what === 'taken back') return;
      this.#s.saw(what);
    } catch {
      // PayPal refuses it.
    }
  }
}
