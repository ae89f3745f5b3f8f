// Plans of instalments: agreed to where the regroupement offers them, paid one by one by the ordinary part payment, over two rates of
// the premium tax; what a bounced cheque, a refund and a credit note make of them; and the messages that remind of them.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { z } from 'zod';
import type { Invoice, Quote } from '../../../server/certificates/schemas.ts';
import { remindOfInstalments } from '../../../server/instalments/reminders.ts';
import { sendDueMail } from '../../../server/mail/worker.ts';
import type { InvoiceInFull } from '../../../server/staff/books/invoice-in-full.ts';
import { today } from '../../../server/staff/work/today.ts';
import { regroupementId } from '../../support/books.ts';
import { type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';
import { justBefore } from '../../support/just-before.ts';
import { type Payer, signIn, signInAgain } from '../../support/payer.ts';
import { type Staff, staffWith } from '../../support/staff.ts';

const PREMIUM = 27_168;
const TAX = 2_445; // 9 %
const OFFERED = { kind: 'free', minimumCents: 2_500, planDays: 120 };
type Answer = Record<string, unknown> & { type?: string; errors?: { pointer: string; code: string }[] };

let c: Checkout;
let staff: Staff;
beforeEach(async () => {
  c = await startCheckout();
  staff = await staffWith(c.t, ['read', 'record', 'invoice', 'refund']);
  at('2026-12-01T15:00:00Z');
  await set('instalments', JSON.stringify(OFFERED));
  await c.t.deps.db.execute("UPDATE invoice_rows SET due_on = '2026-12-31', period_end = '2027-03-31'");
});
afterEach(() => c.close());

const at = (instant: string) => {
  c.t.clock.now = Date.parse(instant);
};
const set = async (column: string, value: string) =>
  c.t.deps.db.execute(`UPDATE regroupements SET ${column} = ? WHERE id = ?`, [
    value,
    await regroupementId(c.t, 'petits-bouleaux'),
  ]);
/** Marie, signed in at this hour. */
const her = (): Promise<Payer> => signInAgain(c.t, c.marie.accountId);
const herQuote = async (amountCents?: number): Promise<Quote> => {
  const answer = await (await her()).call('POST', '/quotes', { invoiceIds: [c.invoiceId], amountCents });
  assert.equal(answer.status, 200);
  return (await answer.json()) as Quote;
};
const seen = async (): Promise<Invoice> => {
  const { invoices } = await herQuote();
  return invoices[0] as Invoice;
};
const left = (invoice: Invoice) => invoice.plan?.instalments.map(({ leftCents }) => leftCents);
let keys = 0;
const agree = async (
  instalments: unknown,
  payer?: Payer,
  key = `a-plan-${++keys}`,
): Promise<{ status: number; body: Answer & { invoice: Invoice } }> => {
  const path = `/invoices/${c.invoiceId}/plan`;
  const answer = await (payer ?? (await her())).call(
    'POST',
    path,
    { instalments },
    { 'Idempotency-Key': key },
  );
  return { status: answer.status, body: (await answer.json()) as Answer & { invoice: Invoice } };
};
/** Agrees to the four that are proposed. */
const four = async () => {
  const { status, body } = await agree((await herQuote()).plans?.at(-1));
  assert.equal(status, 201, JSON.stringify(body));
  c.t.clock.advance(1_000);
  return body.invoice;
};
/** Pays what falls due, and « Confirmer ». */
async function paysNext(): Promise<{ number: string; cents: number }> {
  const { plan } = await seen();
  const amountCents = plan?.next?.amountCents ?? 0;
  const { totalCents: expectedTotalCents } = await herQuote(amountCents);
  const { body } = await c.start(await her(), { amountCents, expectedTotalCents });
  assert.ok(body.approveUrl, JSON.stringify(body));
  await c.approve(body.approveUrl);
  const { body: paid } = await c.confirm(body.payment.id, expectedTotalCents, await her());
  assert.equal(paid.payment?.state, 'completed', JSON.stringify(paid));
  return { number: paid.payment.number, cents: amountCents };
}
const cheque = async (amountCents: number): Promise<string> => {
  const body = { invoiceNumber: 'F-1', method: 'cheque', amountCents, receivedOn: '2026-12-01' };
  const answer = (await (await staff('POST', '/recorded-payments', body)).json()) as {
    recorded: { id: string };
  };
  return answer.recorded.id;
};
type Full = z.infer<typeof InvoiceInFull>;
const full = async (): Promise<Full> => (await staff('GET', `/invoices/${c.invoiceId}`)).json();
const act = async (what: string, body: object, headers: Record<string, string> = {}) => {
  const { version } = (await full()).invoice;
  const answer = await staff('POST', `/invoices/${c.invoiceId}/${what}`, body, {
    ...{ 'If-Match': `"${version}"` },
    ...headers,
  });
  return { status: answer.status, body: (await answer.json()) as Answer & Full };
};

describe('whoever pays', () => {
  test('is offered two, three or four dates; agrees to four, is charged nothing, and pays them one by one', async () => {
    const { plans } = await herQuote();
    assert.deepEqual(
      plans?.map((plan) => plan.length),
      [2, 3, 4],
    );
    const { plan, balanceCents } = await four();
    assert.deepEqual(
      plan?.instalments.map(({ dueOn, amountCents }) => [dueOn, amountCents]),
      [
        ['2026-12-01', 7_404],
        ['2027-01-01', 7_403],
        ['2027-02-01', 7_403],
        ['2027-03-01', 7_403],
      ],
    );
    assert.equal(balanceCents, TOTAL);
    assert.equal(c.captures().length, 0);
    assert.equal((await herQuote()).plans, undefined, 'there is one now');
    assert.deepEqual(plan?.next, { dueOn: '2026-12-01', amountCents: 7_404, late: false });
    await paysNext();
    at('2027-01-20T15:00:00Z');
    const invoice = await seen();
    assert.deepEqual(invoice.plan?.next, { dueOn: '2027-01-01', amountCents: 7_403, late: true });
    assert.deepEqual([left(invoice), invoice.overdue], [[0, 7_403, 7_403, 7_403], true]);
    const { totalCents } = await herQuote(invoice.balanceCents);
    assert.equal(totalCents, TOTAL - 7_404, 'she may pay all of it');
    const copy = (await (await (await her()).call('GET', '/me/export')).json()) as {
      files: { invoices: { plans: unknown[] }[] }[];
    };
    assert.equal(copy.files[0]?.invoices[0]?.plans.length, 1, 'in the copy of her data');
  });

  test('is late for the office once a date is missed, before the invoice’s own day or after it', async () => {
    const { plan } = await four();
    const days = plan?.instalments.map(({ dueOn }) => dueOn) ?? [];
    const overdue = async () => (await today(c.t.deps, await regroupementId(c.t))).overdue;
    assert.deepEqual(await overdue(), { count: 0, cents: 0 });
    at(`${days[1]}T15:00:00Z`);
    assert.deepEqual(await overdue(), { count: 1, cents: TOTAL }, 'the first was missed');
    await paysNext();
    at('2027-01-15T15:00:00Z');
    assert.ok('2027-01-15' < (days[2] ?? ''));
    assert.deepEqual(await overdue(), { count: 0, cents: 0 }, 'kept, though the invoice’s day is over');
  });

  test('once a key; another plan beside it, or by the same key, is refused', async () => {
    const plans = (await herQuote()).plans ?? [];
    const marie = await her();
    for (let i = 0; i < 2; i++) assert.equal((await agree(plans[0], marie, 'the-same-key')).status, 201);
    const other = await agree(plans[1], marie, 'the-same-key');
    assert.deepEqual([other.status, other.body.type?.split('/').at(-1)], [422, 'idempotency-mismatch']);
    const beside = await agree(plans[1]);
    assert.deepEqual([beside.status, beside.body.type?.split('/').at(-1)], [409, 'plan-exists']);
    assert.equal((await c.rows('SELECT * FROM instalment_plans')).length, 1);
  });

  test('in two tabs at the same moment makes one plan, and puts none in the place of staff’s', async () => {
    const plans = (await herQuote()).plans ?? [];
    const marie = await her();
    const late = await justBefore(
      c.t,
      /INSERT INTO instalment_plans/,
      async () => assert.equal((await agree(plans[0], marie)).status, 201),
      () => agree(plans[1], marie),
    );
    assert.deepEqual([late.status, late.body.type?.split('/').at(-1)], [409, 'plan-exists']);
    assert.equal((await c.rows('SELECT * FROM instalment_plans')).length, 1);
  });

  test('may choose other days and amounts within the rule, and no others', async () => {
    const errors = async (...plan: [string, number][]) => {
      const { body } = await agree(plan.map(([dueOn, amountCents]) => ({ dueOn, amountCents })));
      return body.errors?.map(({ pointer, code }) => `${pointer} ${code}`);
    };
    assert.deepEqual(await errors(['2026-11-30', 20_000], ['2027-04-01', 9_613]), [
      '/instalments/0/dueOn too-old',
      '/instalments/1/dueOn too-late',
    ]);
    assert.deepEqual(await errors(['2026-12-10', 20_000], ['2026-12-11', TOTAL - 20_001]), [
      '/instalments too-small',
    ]);
    assert.deepEqual(await errors(['2027-03-31', TOTAL]), ['/instalments too-short'], 'put off, not spread');
    assert.equal((await errors(...Array<[string, number]>(5).fill(['2026-12-10', 5_000])))?.length, 1);
    assert.equal(await errors(['2026-12-10', 20_000], ['2027-03-31', 9_613]), undefined);
  });

  test('is offered none, and may not, where the regroupement offers none, or somebody is paying', async () => {
    const plan = (await herQuote()).plans?.[0];
    const { body } = await c.start(await her());
    await c.approve(body.approveUrl);
    const busy = await agree(plan);
    assert.deepEqual([busy.status, busy.body.type?.split('/').at(-1)], [409, 'payment-in-progress']);
    assert.equal(busy.body.detail, undefined, 'nothing of what is for staff');
    await (await her()).call('POST', `/payments/${body.payment.id}/cancel`);
    await set('instalments', '{"kind":"free","minimumCents":2500}');
    assert.equal((await herQuote()).plans, undefined);
    const refused = await agree(plan);
    assert.deepEqual([refused.status, refused.body.type?.split('/').at(-1)], [409, 'plan-not-offered']);
    const stranger = await signIn(c.t, 'autre@example.org');
    assert.equal((await agree(plan, stranger)).status, 404);
  });
});

describe('what becomes of a plan', () => {
  test('a cheque that bounces is owed again at its own day; a refund too', async () => {
    await four();
    const first = await cheque(7_404);
    c.t.clock.advance(1_000);
    await cheque(7_403);
    assert.deepEqual(left(await seen()), [0, 0, 7_403, 7_403]);
    c.t.clock.advance(1_000);
    await staff('POST', `/recorded-payments/${first}/reversal`, { reason: 'NSF', returnedOn: '2026-12-01' });
    const invoice = (await full()).invoice;
    assert.deepEqual(left(invoice), [1, 7_403, 7_403, 7_403]);
  });

  test('a credit note spreads over what is left; cancelled, there is none; parts no longer allowed, neither', async () => {
    await four();
    c.t.clock.advance(1_000);
    assert.equal((await act('credit-notes', { amountCents: 9_613, reason: 'Erreur' })).status, 201);
    assert.deepEqual(left(await seen()), [5_001, 4_999, 5_000, 5_000]);
    await set('instalments', '{"kind":"none"}');
    assert.equal((await seen()).plan, null);
    await set('instalments', JSON.stringify(OFFERED));
    const { body } = await act('cancel', { reason: 'Garderie fermée' });
    assert.deepEqual([body.invoice.plan, body.invoice.status], [null, 'cancelled']);
    assert.equal(body.plans.length, 1, 'it is still told that there was one');
  });
});

describe('staff', () => {
  test('see a plan before they make it, change it, and end it, each from the state that they saw', async () => {
    const { body } = await act('plan/preview', { dates: 3 });
    const { preview } = body as unknown as { preview: { instalments: object[]; lastOn: string } };
    assert.deepEqual([preview.instalments.length, preview.lastOn], [3, '2027-12-02']);
    const made = await act(
      'plan',
      { instalments: preview.instalments },
      { 'Idempotency-Key': 'plan-of-staff' },
    );
    assert.equal(made.status, 201);
    const stale = await act('plan', { instalments: preview.instalments }, { 'If-Match': 'another' });
    assert.deepEqual([stale.status, stale.body.type?.split('/').at(-1)], [412, 'changed-meanwhile']);
    // Beyond what she may choose herself.
    const other = [
      { dueOn: '2026-12-15', amountCents: 20_000 },
      { dueOn: '2027-06-15', amountCents: 9_613 },
    ];
    const changed = await act('plan', { instalments: other });
    assert.deepEqual(
      changed.body.plans.map(({ endedWhy, instalments }) => [endedWhy, instalments.length]),
      [
        [null, 2],
        ['replaced', 3],
      ],
    );
    assert.equal((await seen()).plan?.next?.amountCents, 20_000);
    const planId = changed.body.plans[0]?.id;
    for (let i = 0; i < 2; i++) {
      const ended = await act('plan/cancel', { planId });
      assert.deepEqual([ended.status, ended.body.invoice.plan], [200, null]);
    }
    const acts = await c.rows<{ act: string }>("SELECT act FROM audit WHERE act GLOB 'plan-*' ORDER BY seq");
    assert.deepEqual(
      acts.map((one) => one.act),
      ['plan-made', 'plan-made', 'plan-ended'],
    );
  });

  test('of two at once, one makes it; a plan of hers is changed as one of theirs is', async () => {
    await four();
    const plan = { instalments: [{ dueOn: '2026-12-20', amountCents: TOTAL }] };
    const { version } = (await full()).invoice;
    const both = await Promise.all(
      [1, 2].map(() => staff('POST', `/invoices/${c.invoiceId}/plan`, plan, { 'If-Match': version })),
    );
    assert.deepEqual(both.map(({ status }) => status).sort(), [201, 412]);
    assert.deepEqual(
      (await full()).plans.map(({ madeBy, endedWhy }) => [madeBy.split(':')[0], endedWhy]),
      [
        ['key', null],
        ['account', 'replaced'],
      ],
    );
  });
});

describe('four instalments over 31 December 2026, the tax following the day of payment', () => {
  beforeEach(async () => {
    await set('premium_tax_policy', 'by-payment-date');
    await c.t.deps.db.batch([
      { sql: `UPDATE invoice_lines SET amount_cents = ${PREMIUM} WHERE code = 'PRIME'`, args: [] },
      {
        sql: `INSERT INTO invoice_lines(invoice_id, revision, position, code, description, amount_cents, rate)
              VALUES (?, 1, 2, 'TPA', 'Taxe sur les primes (9 %)', ${TAX}, '0.09')`,
        args: [c.invoiceId],
      },
    ]);
  });
  /** The premium tax in all that she has paid so far, in cents, by the year of her summaries. */
  const taxes = async (): Promise<Record<string, number>> => {
    const { years } = (await (await (await her()).call('GET', '/payments')).json()) as {
      years: { year: number; htmlUrl: string }[];
    };
    const found: Record<string, number> = {};
    for (const { year, htmlUrl } of years) {
      const page = (await (await c.t.app.request(htmlUrl)).text()).replace(/<[^>]+>|\s/g, ' ');
      const [, tax = ''] = /taxe sur les primes d’assurance +([−-]?[\d,]+)/.exec(page) ?? [];
      found[year] = Math.round(Number(tax.replace('−', '-').replace(',', '.')) * 100);
    }
    return found;
  };
  const taxSoFar = async () => Object.values(await taxes()).reduce((sum, cents) => sum + cents, 0);
  /** Does it; answers what of premium tax is in it. */
  const taxIn = async (movement: () => Promise<unknown>) => {
    const before = await taxSoFar();
    await movement();
    return (await taxSoFar()) - before;
  };
  const taxOfInvoice = async () =>
    (await full()).invoice.lines
      .filter(({ code }) => code === 'TPA')
      .reduce((sum, one) => sum + one.amountCents, 0);

  test('each movement’s cents; together they are the tax, to the cent', async () => {
    await four();
    const paid: number[] = [];
    const tax: number[] = [];
    for (const day of ['2026-12-01', '2027-01-01', '2027-02-01', '2027-03-01']) {
      at(`${day}T16:00:00Z`);
      tax.push(await taxIn(async () => paid.push((await paysNext()).cents)));
    }
    assert.deepEqual(paid, [7_404, 7_469, 7_470, 7_469]);
    assert.deepEqual(tax, [611, 678, 677, 678]);
    assert.deepEqual(await taxes(), { 2026: 611, 2027: 2_033 });
    assert.equal(await taxOfInvoice(), 2_644);
    assert.equal((await full()).invoice.balanceCents, 0);
  });

  test('by cheque and online in turn: the summary and the receipts agree, and together they are the tax, to the cent', async () => {
    await four();
    const tax: number[] = [];
    for (const [day, byCheque] of [
      ['2026-12-01', true],
      ['2027-01-01', false],
      ['2027-02-01', true],
      ['2027-03-01', false],
    ] as const) {
      at(`${day}T16:00:00Z`);
      tax.push(
        await taxIn(async () => {
          if (!byCheque) return await paysNext();
          const amountCents = (await seen()).plan?.next?.amountCents ?? 0;
          const body = { invoiceNumber: 'F-1', method: 'cheque', amountCents, receivedOn: day };
          assert.equal((await staff('POST', '/recorded-payments', body)).status, 201);
        }),
      );
    }
    const { rows } = await c.t.deps.db.execute<{ tax: number }>(
      "SELECT document ->> '$.invoices[0].taxCents' AS tax FROM recorded_receipts ORDER BY number",
    );
    assert.deepEqual(
      rows.map((row) => row.tax),
      [tax[0], tax[2]],
    );
    assert.equal((await full()).invoice.balanceCents, 0);
    assert.equal(
      tax.reduce((all, one) => all + one, 0),
      await taxOfInvoice(),
    );
    assert.deepEqual(await taxes(), { 2026: tax[0], 2027: (await taxOfInvoice()) - (tax[0] ?? 0) });
  });

  for (const [what, second, dues, expected, whole] of [
    ['before any other', false, [7_470, 7_470, 7_469, 7_469], [611, -611, 1_355, 678, 677], 2_710],
    ['after the second', true, [0, 7_404, 7_470, 7_469], [611, 678, -611, 651, 658, 657], 2_644],
  ] as const)
    test(`one paid before and refunded after, ${what}: its tax goes back whole, and nothing of a cent stays`, async () => {
      await four();
      const tax: number[] = [];
      let first = '';
      tax.push(
        await taxIn(async () => {
          first = (await paysNext()).number;
        }),
      );
      if (second) {
        at('2027-01-01T16:00:00Z');
        tax.push(await taxIn(paysNext));
      }
      at('2027-01-10T15:00:00Z');
      const why = { reason: 'Carte d’une autre' };
      tax.push(
        await taxIn(async () =>
          assert.equal((await staff('POST', `/payments/${first}/refunds`, why)).status, 201),
        ),
      );
      at('2027-01-10T16:00:00Z');
      const owed = left(await seen());
      for (const day of ['2027-01-10', '2027-02-01', '2027-03-01']) {
        at(`${day}T17:00:00Z`);
        tax.push(await taxIn(paysNext));
      }
      assert.deepEqual([owed, tax, await taxOfInvoice()], [dues, expected, whole]);
      assert.equal((await full()).invoice.balanceCents, 0);
    });
});

describe('reminders', () => {
  const reminders = async () => {
    await remindOfInstalments(c.t.deps);
    await sendDueMail(c.t.deps);
    return c.t.outgoing
      .splice(0)
      .filter(({ subject }) => /versement|instalment/.test(subject))
      .map(({ to, subject, text }) => [
        to,
        subject.split(' – ')[0],
        /\$?\d+[,.]\d\d(\u00a0\$)?/.exec(text)?.[0],
      ]);
  };
  const soon = 'Rappel de votre prochain versement';
  const missed = 'Un versement était attendu';

  test('one before each is due, one when it was missed, once each, by day; none once it is paid', async () => {
    await four();
    at('2026-12-02T15:00:00Z');
    assert.deepEqual(await reminders(), [], 'she has just agreed to the first');
    at('2026-12-08T10:00:00Z');
    assert.deepEqual(await reminders(), [], 'five in the morning');
    at('2026-12-08T15:00:00Z');
    assert.deepEqual(await reminders(), [['marie@example.org', missed, '74,04\u00a0$']]);
    assert.deepEqual(await reminders(), [], 'once');
    await paysNext();
    at('2026-12-29T15:00:00Z');
    assert.deepEqual(await reminders(), [['marie@example.org', soon, '74,03\u00a0$']]);
    await c.t.deps.db.execute("UPDATE accounts SET lang = 'en-CA'");
    await paysNext();
    at('2027-01-29T15:00:00Z');
    assert.deepEqual(await reminders(), [
      ['marie@example.org', 'Reminder of your next instalment', '$74.03'],
    ]);
    const { messages } = (await (await (await her()).call('GET', '/me/export')).json()) as {
      messages: { kind: string }[];
    };
    assert.equal(messages.filter(({ kind }) => kind === 'instalment').length, 3);
  });

  test('begin again once a cheque bounces; a plan of staff’s is reminded of at the e-mail on file', async () => {
    const plan = { instalments: [{ dueOn: '2026-12-02', amountCents: TOTAL }] };
    assert.equal((await act('plan', plan)).status, 201);
    c.t.clock.advance(1_000);
    const id = await cheque(TOTAL);
    at('2026-12-03T15:00:00Z');
    assert.deepEqual(await reminders(), []);
    await staff('POST', `/recorded-payments/${id}/reversal`, { reason: 'NSF', returnedOn: '2026-12-02' });
    assert.deepEqual(await reminders(), [['marie@example.org', missed, '296,13\u00a0$']]);
    assert.deepEqual(await reminders(), []);
  });

  test('go, where the file has no e-mail, to the account that has seen the whole file the longest', async () => {
    await c.t.deps.db.execute('UPDATE holder_rows SET email = NULL, email_key = NULL');
    for (const [email, level, at] of [
      ['pay@example.org', 'pay', 1],
      ['second@example.org', 'verified', 3],
      ['first@example.org', 'verified', 2],
    ] as const) {
      const { accountId } = await signIn(c.t, email);
      await c.t.deps.db.execute(
        `INSERT INTO links(id, regroupement_id, account_id, holder_id, number_key, level, method, created_at)
         SELECT ?1, regroupement_id, ?2, id, 'X', ?3, 'approval', ?4 FROM holders LIMIT 1`,
        [`link-of-${email}`, accountId, level, at],
      );
    }
    const plan = { instalments: [{ dueOn: '2026-12-04', amountCents: TOTAL }] };
    assert.equal((await act('plan', plan)).status, 201);
    at('2026-12-02T15:00:00Z');
    assert.deepEqual(await reminders(), [['first@example.org', soon, '296,13\u00a0$']]);
    await c.t.deps.db.execute("UPDATE links SET undone_at = 5 WHERE id = 'link-of-first@example.org'");
    at('2026-12-12T15:00:00Z');
    assert.deepEqual(await reminders(), [['second@example.org', missed, '296,13\u00a0$']]);
  });

  test('go to nobody whose account no longer reaches the invoice, nor of a plan that was ended', async () => {
    await c.t.deps.db.execute('UPDATE holder_rows SET email = NULL, email_key = NULL');
    const staffPlan = { instalments: [{ dueOn: '2026-12-04', amountCents: TOTAL }] };
    assert.equal((await act('plan', staffPlan)).status, 201);
    at('2026-12-02T15:00:00Z');
    assert.deepEqual(await reminders(), [], 'nobody to write to');
    await c.t.deps.db.execute(
      "UPDATE holder_rows SET email = 'marie@example.org', email_key = 'marie@example.org'",
    );
    await act('plan/cancel', { planId: (await full()).plans[0]?.id });
    assert.deepEqual(await reminders(), []);
  });
});
