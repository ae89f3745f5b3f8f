// What PayPal's record of an order means for its payment: every record that PayPal can show, in every state.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type Decision,
  decide,
  type Evidence,
  type OrderRecord,
} from '../../../server/payments/settlement/decide.ts';
import {
  confirmedTable,
  decisionText,
  recordTable,
  STATE_GROUPS,
} from '../../../server/payments/settlement/decision-table.ts';
import { after, CAME, EVENTS, type Event, STATES, type State } from '../../../server/payments/states.ts';
import { DECISION_BY_ISSUE, type Decision as Refusal } from '../../../server/paypal/issues.ts';
import type { Capture, Order } from '../../../server/paypal/wire.ts';

const MERCHANT = 'MERCHANT1';
const PAYMENT = { id: 'payment-of-marie', number: 'P-23456789AB', amountCents: 29_613, approvedAt: 1_000 };
const AMOUNT = { currency_code: 'CAD', value: '296.13' };

// The columns as a person reads them; « ended »: failed, expired, cancelled; « paid »: completed, and whatever came after.
const COLUMNS: Record<string, readonly State[]> = {
  created: ['created'],
  approved: ['approved'],
  declined: ['declined'],
  capturing: ['capturing'],
  unknown: ['unknown'],
  pending: ['pending'],
  ended: ['failed', 'expired', 'cancelled'],
  paid: ['completed', 'partly-refunded', 'refunded', 'disputed', 'partly-reversed', 'reversed'],
};

// « – »: nothing changes. « ask »: PayPal is asked for the money; « check »: after a look at what may have changed.
const EXPECTED = `
  PayPal shows     | created   | approved  | declined  | capturing  | unknown   | pending   | ended     | paid
  waits for payer  | –         | created   | –         | declined   | declined  | –         | –         | –
  approved         | approved  | –         | –         | check      | check     | –         | –         | –
  void             | failed+   | failed+   | failed+   | failed     | failed+   | failed+   | –         | –
  money            | completed | completed | completed | completed  | completed | completed | completed | –
  held             | disputed  | disputed  | disputed  | disputed   | disputed  | disputed  | disputed  | –
  money to come    | –         | –         | –         | pending    | pending   | –         | ask again | –
  capture refused  | failed+   | failed+   | failed+   | failed     | failed+   | failed+   | –         | –
  not as asked     | staff     | staff     | staff     | unknown!   | staff     | staff     | staff     | –
  no such order    | expired+  | expired+  | expired+  | ask        | ask       | –         | –         | –
  no answer        | ask again | ask again | ask again | unknown    | –         | –         | ask again | ask again

  confirmed now    | –         | –         | –         | ask        | –         | –         | –         | –
  payments stopped | –         | –         | –         | unknown    | –         | –         | –         | –
  less owed        | staff     | staff     | staff     | unknown!   | staff     | staff     | staff     | –
  undecided return | –         | –         | –         | –          | –         | –         | –         | –

  asked: waits     | –         | –         | –         | unknown    | –         | –         | –         | –
  asked: void      | failed+   | failed+   | failed+   | failed     | failed+   | failed+   | –         | –
  asked: money     | completed | completed | completed | completed  | completed | completed | completed | –
  asked: held      | disputed  | disputed  | disputed  | disputed   | disputed  | disputed  | disputed  | –
  asked: to come   | –         | –         | –         | pending    | pending   | –         | ask again | –
  asked: refused   | failed+   | failed+   | failed+   | failed     | failed+   | failed+   | –         | –
  asked: not so    | staff     | staff     | staff     | unknown!   | staff     | staff     | staff     | –

  refused: means   | –         | –         | –         | declined   | declined  | –         | –         | –
  refused: gone    | expired+  | expired+  | expired+  | expired+   | expired+  | –         | –         | –
  refused: order   | failed+   | failed+   | failed+   | failed     | failed+   | failed+   | –         | –
  refused: number  | staff     | staff     | staff     | unknown!   | staff     | staff     | staff     | –
  refused: unclear | –         | –         | –         | unknown    | –         | –         | –         | –
`;
const WORDS: Record<string, string> = {
  'failed+': 'failed, e-mail',
  'expired+': 'expired, e-mail',
  'unknown!': 'unknown, for staff',
  staff: 'for staff',
  ask: 'ask for the money',
  check: 'check, then ask for the money',
};

const TAKEN = ['COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED'] as const;
const REASONS = [undefined, 'CHARGEBACK', 'BUYER_COMPLAINT', 'REFUNDED', 'PENDING_REVIEW', 'OTHER'] as const;
const isComplaint = (reason: string | undefined) => reason === 'CHARGEBACK' || reason === 'BUYER_COMPLAINT';
const ORDER_STATUSES = [
  'CREATED',
  'SAVED',
  'APPROVED',
  'VOIDED',
  'COMPLETED',
  'PAYER_ACTION_REQUIRED',
] as const;
const CAPTURE_STATUSES = [...TAKEN, 'PENDING', 'DECLINED', 'FAILED'] as const;

type Unit = NonNullable<Order['purchase_units']>[number];
const orderWith = (status: Order['status'], captures: Capture[], unit: Partial<Unit> = {}): Order => ({
  id: 'ORDER1',
  status,
  purchase_units: [{ custom_id: PAYMENT.id, invoice_id: PAYMENT.number, payments: { captures }, ...unit }],
});
const captureWith = (status: Capture['status'], reason?: string, more: Partial<Capture> = {}): Capture => ({
  id: 'CAPTURE1',
  status,
  amount: AMOUNT,
  ...(reason === undefined ? {} : { status_details: { reason } }),
  ...more,
});
const declinedBefore = captureWith('DECLINED', undefined, { id: 'CAPTURE0' });

// Each of these alone is not what was asked for.
const WRONG_CAPTURES: Partial<Capture>[] = [
  { amount: { currency_code: 'CAD', value: '296.12' } },
  { amount: { currency_code: 'CAD', value: 'a lot' } },
  { amount: { currency_code: 'USD', value: '296.13' } },
  { custom_id: 'payment-of-somebody-else' },
  { invoice_id: 'P-BA98765432' },
];
const WRONG_UNITS: Partial<Unit>[] = [
  { custom_id: 'payment-of-somebody-else' },
  { invoice_id: 'P-BA98765432' },
  { payee: { merchant_id: 'MERCHANT2' } },
];

/** Every order that PayPal can show, by what a person would call it. */
function orders(): Map<string, Order[]> {
  const found = new Map<string, Order[]>();
  const add = (name: string, ...some: Order[]) => found.set(name, [...(found.get(name) ?? []), ...some]);
  for (const status of ORDER_STATUSES) {
    const without = status === 'APPROVED' ? 'approved' : status === 'VOIDED' ? 'void' : 'waits';
    add(without, orderWith(status, []), { id: 'ORDER1', status });
    for (const capture of CAPTURE_STATUSES)
      for (const reason of REASONS) {
        const tries = (more: Partial<Capture> = {}) => {
          const last = captureWith(capture, reason, more);
          return [[last], [declinedBefore, last]];
        };
        const refused = capture === 'DECLINED' || capture === 'FAILED';
        const pending = isComplaint(reason) ? 'held' : 'to come';
        const name = refused ? 'refused' : capture === 'PENDING' ? pending : 'money';
        for (const captures of tries())
          add(
            name,
            orderWith(status, captures),
            orderWith(status, captures, { payee: { merchant_id: MERCHANT } }),
          );
        for (const captures of tries({ custom_id: PAYMENT.id, invoice_id: PAYMENT.number }))
          add(name, orderWith(status, captures, { custom_id: 'of-the-unit', invoice_id: 'of-the-unit' }));
        for (const wrong of WRONG_CAPTURES)
          add('not so', ...tries(wrong).map((captures) => orderWith(status, captures)));
        for (const wrong of WRONG_UNITS)
          add('not so', ...tries().map((captures) => orderWith(status, captures, wrong)));
      }
  }
  return found;
}

const REFUSALS: Record<string, readonly Refusal[]> = {
  'refused: means': ['declined', 'not-approved'],
  'refused: gone': ['gone'],
  'refused: order': ['refused', 'configuration'],
  'refused: number': ['duplicate-invoice'],
  'refused: unclear': ['unknown', 'unavailable', 'already-captured', 'already-refunded', 'not-now'],
};

/** What is known when a decision is due, by the rows of the table. */
function evidence(): Map<string, Evidence[]> {
  const all = orders();
  const of = (name: string) => all.get(name) ?? [];
  const read = (record: OrderRecord): Evidence => ({ from: 'record', record });
  const asked = (order: Order): Evidence => ({ from: 'capture', order });
  const refusal = (decision: Refusal, record: OrderRecord): Evidence => ({
    from: 'refusal',
    failure: { decision, issue: 'SOME_ISSUE' },
    record,
  });
  const anyRefusal = Object.values(REFUSALS).flat();
  const afterRefusal = (name: string) =>
    of(name).flatMap((order) => anyRefusal.map((decision) => refusal(decision, order)));
  // A record without a capture that could have taken the money proves the refusal, and so does none at all.
  const proofs: OrderRecord[] = ['gone', ...['waits', 'approved', 'void', 'refused'].flatMap(of)];
  return new Map<string, Evidence[]>([
    ['waits for payer', of('waits').map(read)],
    ['approved', of('approved').map(read)],
    ['void', of('void').map(read)],
    ['money', of('money').map(read)],
    ['held', of('held').map(read)],
    ['money to come', of('to come').map(read)],
    ['capture refused', of('refused').map(read)],
    ['not as asked', of('not so').map(read)],
    ['no such order', [read('gone')]],
    ['no answer', [read('no-answer')]],
    ['confirmed now', [{ from: 'confirmation' }]],
    ['payments stopped', [{ from: 'obstacle', obstacle: 'payments-stopped' }]],
    ['less owed', [{ from: 'obstacle', obstacle: 'less-owed' }]],
    ['undecided return', [{ from: 'obstacle', obstacle: 'reversal-undecided' }]],
    ['asked: waits', [...of('waits'), ...of('approved')].map(asked)],
    ['asked: void', of('void').map(asked)],
    ['asked: money', [...of('money').map(asked), ...afterRefusal('money')]],
    ['asked: held', [...of('held').map(asked), ...afterRefusal('held')]],
    ['asked: to come', [...of('to come').map(asked), ...afterRefusal('to come')]],
    ['asked: refused', of('refused').map(asked)],
    ['asked: not so', [...of('not so').map(asked), ...afterRefusal('not so')]],
    ...Object.entries(REFUSALS).map(([row, decisions]): [string, Evidence[]] => [
      row,
      decisions.flatMap((decision) => proofs.map((record) => refusal(decision, record))),
    ]),
    ['refused: no answer', anyRefusal.map((decision) => refusal(decision, 'no-answer'))],
  ]);
}

function tableOf(text: string): { row: string; cells: Map<string, string> }[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const [head = [], ...rows] = lines.map((line) => line.split('|').map((cell) => cell.trim()));
  return rows.map(([row = '', ...cells]) => ({
    row,
    cells: new Map(cells.map((cell, n) => [head[n + 1] ?? '', WORDS[cell] ?? cell])),
  }));
}

const decided = (state: State, known: Evidence): Decision => decide({ ...PAYMENT, state }, MERCHANT, known);
const everything = [...evidence().values()].flat();

describe('what PayPal’s record means', () => {
  const known = evidence();
  // What PayPal answered to a request of which the record cannot be read afterwards is as good as no answer.
  const expected = [
    ...tableOf(EXPECTED),
    ...tableOf(EXPECTED)
      .filter(({ row }) => row === 'refused: unclear')
      .map((row) => ({ ...row, row: 'refused: no answer' })),
  ];
  test('the table names every state once, and everything that may be known', () => {
    assert.deepEqual(Object.values(COLUMNS).flat().sort(), [...STATES].sort());
    assert.deepEqual(expected.map(({ row }) => row).sort(), [...known.keys()].sort());
    assert.deepEqual(
      [...new Set(Object.values(REFUSALS).flat())].sort(),
      [...new Set([...DECISION_BY_ISSUE.values(), 'unavailable'])].sort(),
    );
  });
  for (const { row, cells } of expected)
    test(row, () => {
      const some = known.get(row) ?? [];
      assert.ok(some.length > 0);
      for (const [column, words] of cells)
        for (const state of COLUMNS[column] ?? [])
          for (const one of some) {
            const seen = decisionText(state, decided(state, one));
            if (seen !== words) assert.equal(seen, words, `${state}: ${JSON.stringify(one)}`);
          }
    });

  test('a decision leads only where the table of states allows', () => {
    for (const state of STATES)
      for (const one of everything) {
        const decision = decided(state, one);
        const event = decision.kind === 'complete' ? 'captured' : decision.kind;
        if ((EVENTS as readonly string[]).includes(event))
          assert.notEqual(after(state, event as Event), null, `${state}: ${event}`);
      }
  });

  test('PayPal is asked for money only once it was confirmed, and never again for the same answer', () => {
    for (const state of STATES)
      for (const one of everything) {
        if (decided(state, one).kind !== 'capture') continue;
        assert.ok(state === 'capturing' || state === 'unknown', state);
        assert.ok(one.from === 'record' || one.from === 'confirmation', one.from);
      }
  });

  test('money that came is decided upon once: whatever PayPal’s order shows after, it stays paid', () => {
    for (const state of CAME)
      for (const one of everything) assert.ok(['keep', 'undecided'].includes(decided(state, one).kind));
  });

  test('the reason is PayPal’s issue, or else what the refusal was taken for', () => {
    const refusal = (decision: Refusal, issue?: string): Evidence => ({
      from: 'refusal',
      failure: { decision, issue },
      record: orderWith('APPROVED', []),
    });
    const issueOf = (decision: Decision) => ('issue' in decision ? decision.issue : undefined);
    assert.equal(issueOf(decided('capturing', refusal('declined', 'CARD_EXPIRED'))), 'CARD_EXPIRED');
    assert.equal(issueOf(decided('capturing', refusal('refused'))), 'refused');
    const gone: Evidence = { from: 'record', record: orderWith('VOIDED', []) };
    assert.equal(issueOf(decided('unknown', gone)), 'VOIDED');
    const again: Evidence = { from: 'record', record: orderWith('CREATED', []) };
    assert.equal(issueOf(decided('unknown', again)), 'ORDER_NOT_APPROVED');
  });

  test('who never agreed at PayPal is not written to about an order that is over', () => {
    const gone: Evidence = { from: 'record', record: 'gone' };
    const decision = decide({ ...PAYMENT, approvedAt: null, state: 'created' }, MERCHANT, gone);
    assert.deepEqual(decision, { kind: 'expired', tellPayer: false });
  });

  test('staff are told of which capture is not as asked', () => {
    const wrong = captureWith('COMPLETED', undefined, { amount: { currency_code: 'CAD', value: '1.00' } });
    const decision = decided('capturing', { from: 'capture', order: orderWith('COMPLETED', [wrong]) });
    assert.deepEqual(decision, { kind: 'park', reason: 'mismatch', captureId: 'CAPTURE1' });
  });

  test('an account whose merchant id is not known takes any payee', () => {
    const order = orderWith('COMPLETED', [captureWith('COMPLETED')], { payee: { merchant_id: 'MERCHANT2' } });
    const known: Evidence = { from: 'record', record: order };
    assert.equal(decide({ ...PAYMENT, state: 'capturing' }, null, known).kind, 'complete');
  });
});

describe('the tables on /docs', () => {
  test('say what is decided, in each state of a column alike', () => {
    assert.deepEqual(STATE_GROUPS.flatMap(({ states }) => [...states]).sort(), [...STATES].sort());
    for (const { states } of STATE_GROUPS)
      for (const one of everything)
        assert.equal(new Set(states.map((state) => decisionText(state, decided(state, one)))).size, 1);
    const rows = tableOf(EXPECTED);
    const shown = (from: number, count: number) =>
      rows.slice(from, from + count).map(({ cells }) => [...cells.values()]);
    assert.deepEqual(
      recordTable().rows.map(([, ...cells]) => cells),
      shown(0, 10),
    );
    const names = ['confirmed now', 'payments stopped', 'less owed', 'undecided return', 'asked: waits'];
    const refused = [
      'refused: means',
      'refused: order',
      'refused: gone',
      'refused: number',
      'refused: unclear',
    ];
    assert.deepEqual(
      confirmedTable().rows.map(([, ...cells]) => cells),
      [...names, ...refused].map((name) => {
        const cells = rows.find(({ row }) => row === name)?.cells;
        return [cells?.get('capturing'), cells?.get('unknown')];
      }),
    );
  });
});
