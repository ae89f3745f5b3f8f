// The journey's rules, whatever happens in whatever order: thousands of random walks with a server that answers,
// refuses, or is lost.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { PROBLEMS } from '../../../server/problems/catalogue.ts';
import type { Certificate, Invoice, Payment, PaymentState, Quote } from '../../../widget/client/types.ts';
import { next, pollDelay } from '../../../widget/pay/journey/journey.ts';
import {
  type Action,
  type Answers,
  type JourneyEvent,
  SCREENS,
  type Screen,
  START,
  type State,
  type Task,
  type TaskName,
  type TaskResult,
} from '../../../widget/pay/journey/state.ts';

const SECRET = 'un secret de douze';
const me = { name: 'Sylvie Tremblay', email: 'sylvie@example.org', lang: 'fr-CA' as const };

function invoice(id: string, balanceCents: number, held = false): Invoice {
  return {
    id,
    number: id,
    kind: '',
    issuedOn: '2026-03-01',
    dueOn: '2026-04-01',
    overdue: false,
    periodStart: '2026-04-01',
    periodEnd: '2027-03-31',
    status: 'open',
    lines: [],
    totalCents: 1000,
    paidCents: 1000 - balanceCents,
    balanceCents,
    payable: balanceCents > 0,
    held,
    plan: null,
  };
}
function certificate(id: string, number: string, invoices: Invoice[]): Certificate {
  const balanceCents = invoices.reduce((sum, one) => sum + one.balanceCents, 0);
  return {
    id,
    number,
    kind: '',
    holderName: null,
    level: 'pay',
    periodStart: '2026-04-01',
    periodEnd: '2027-03-31',
    status: '',
    balanceCents,
    creditCents: 0,
    endorsementsWithoutInvoice: 0,
    invoices,
  };
}
function payment(state: PaymentState, id = 'p1'): Payment {
  return {
    id,
    number: 'P-1',
    state,
    totalCents: 1000,
    onlineFeeCents: 0,
    currency: 'CAD',
    createdAt: '2026-11-23T14:00:00Z',
    confirmedAt: null,
    completedAt: null,
    failure: null,
    stopped: null,
    invoices: [],
    remainingCents: null,
    captureId: null,
    receipt: null,
    refunds: [],
    takenBack: [],
    email: me.email,
  };
}

const STATES: readonly PaymentState[] = [
  'created',
  'approved',
  'capturing',
  'unknown',
  'pending',
  'declined',
  'completed',
  'failed',
  'expired',
  'cancelled',
  'partly-refunded',
  'refunded',
  'disputed',
  'partly-reversed',
  'reversed',
];
const paymentArb = fc.constantFrom(...STATES).map((state) => payment(state));
const FILES: readonly Certificate[][] = [
  [],
  [certificate('c1', 'A', [invoice('i1', 500)])],
  [certificate('c1', 'A', [invoice('i1', 0)])],
  [certificate('c1', 'A', [invoice('i1', 500), invoice('i2', 300)])],
  [certificate('c1', 'A', [invoice('i1', 500)]), certificate('c2', 'B', [invoice('i3', 200, true)])],
  [certificate('c1', 'A', [invoice('i1', 0)]), certificate('c2', 'A', [invoice('i3', 200)])],
];
const quoteOf = (task: Task): Quote => {
  const ids = task.do === 'quote' ? task.invoiceIds : [];
  const subtotalCents = ids.length * 500;
  return {
    invoices: ids.map((id) => invoice(id, 500)),
    subtotalCents,
    onlineFeeCents: 0,
    totalCents: subtotalCents,
    minimumCents: 100,
  };
};

/** How the server may answer each call. */
const answers: { [N in TaskName]: (task: Task) => fc.Arbitrary<Answers[N]> } = {
  resume: () => fc.constantFrom(null, { me, returnPage: null }),
  signIn: () => fc.constant({ me, returnPage: null }),
  signOut: () => fc.constant(null),
  signUp: () => fc.constant({ at: 0 }),
  resend: () => fc.constant({ at: 0 }),
  checkLink: () => fc.constant(null),
  activate: () => fc.constant({ me, returnPage: null }),
  forgot: () => fc.constant({ at: 0 }),
  search: () =>
    fc.record(
      {
        foundBy: fc.constantFrom('email', 'link', 'none'),
        certificates: fc.constantFrom(...FILES),
        open: fc.option(paymentArb, { freq: 3 }),
        proof: fc.constant({ proof: 'code' as const, challengeId: 'challenge', expiresIn: 60 }),
      },
      { requiredKeys: ['foundBy', 'certificates', 'open'] },
    ),
  lookup: () =>
    fc.constantFrom<Answers['lookup']>(
      ...FILES,
      { proof: 'approval' },
      { proof: 'code', challengeId: 'challenge', expiresIn: 900 },
    ),
  confirmLink: () => fc.constantFrom(...FILES),
  quote: (task) => fc.constant(quoteOf(task)),
  create: () => fc.constant({ payment: payment('created'), approveUrl: 'https://paypal.test/' }),
  leave: () => fc.constant(null),
  welcomeBack: () => fc.option(paymentArb.map((one) => ({ payment: one }))),
  read: () => paymentArb.map((one) => ({ payment: one })),
  confirm: () => paymentArb.map((one) => ({ payment: one })),
  cancel: () => paymentArb,
  reopen: () => fc.constant({ payment: payment('declined'), approveUrl: 'https://paypal.test/' }),
  history: () =>
    fc.array(paymentArb, { maxLength: 2 }).map((payments) => ({ payments, years: [], receipts: [] })),
};
const KINDS = [
  ...(Object.keys(PROBLEMS) as (keyof typeof PROBLEMS)[]),
  'offline',
  'aborted',
  'amount-changed',
  'amount-changed',
] as const;
const problemArb = fc.record({
  kind: fc.constantFrom(...KINDS),
  retryAfter: fc.nat(4000),
  extra: fc.constantFrom(
    {},
    { totalCents: 5 },
    { errors: [{ pointer: '/email', code: 'invalid' }] },
    { errors: [{ pointer: '/password', code: 'breached' }] },
    { errors: [{ pointer: '/amountCents', code: 'too-small' }] },
    { errors: [{ pointer: '/elsewhere', code: 'invalid' }] },
    { errors: 'nonsense' },
    { detail: 'La facture F-1 a été annulée.', detailEn: 'Invoice F-1 has been cancelled.' },
    { detail: 5, detailEn: null },
  ),
});

const words = fc.constantFrom('', ' ', 'sylvie@example.org', 'pas un courriel', 'Tremblay');
const actArb: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ type: fc.constant('signIn' as const), email: words, password: fc.constantFrom('', SECRET) }),
  fc.record({
    type: fc.constant('signUp' as const),
    name: words,
    email: words,
    password: fc.constantFrom('', 'court', SECRET),
  }),
  fc.record({ type: fc.constant('activate' as const), password: fc.constantFrom('', SECRET) }),
  fc.record({ type: fc.constant('forgot' as const), email: words }),
  fc.record({ type: fc.constant('typed' as const), email: words }),
  fc.record({
    type: fc.constant('lookup' as const),
    lastName: words,
    firstName: words,
    certificateNumber: words,
    invoiceSecret: words,
  }),
  fc.record({ type: fc.constant('confirmLink' as const), code: words }),
  fc.record({
    type: fc.constant('show' as const),
    screen: fc.constantFrom('signIn', 'signUp', 'forgot', 'lookup', 'choose', 'history', 'account'),
  }),
  fc.record({ type: fc.constant('choose' as const), certificateId: fc.constantFrom('c1', 'c2', 'none') }),
  fc.record({
    type: fc.constant('select' as const),
    invoiceIds: fc.constantFrom<readonly string[]>([], ['i1'], ['i1', 'i2']),
  }),
  fc.record({
    type: fc.constant('setAmount' as const),
    amountCents: fc.constantFrom(null, 50, 200, 99_999),
    typed: fc.constantFrom('', 'abc'),
  }),
  fc.record({ type: fc.constant('pay' as const), key: fc.uuid() }),
  fc.record({ type: fc.constant('resumePayment' as const), paymentId: fc.constantFrom('p1', 'p2') }),
  fc.constantFrom<Action>(
    { type: 'signOut' },
    { type: 'resend' },
    { type: 'payAll' },
    { type: 'confirm' },
    { type: 'cancelPayment' },
    { type: 'reopen' },
    { type: 'retry' },
    { type: 'home' },
  ),
);
const startArb = fc.record({
  type: fc.constant('start' as const),
  marker: fc.constantFrom(null, 'return' as const, 'cancel' as const),
  link: fc.option(
    fc.record({
      kind: fc.constantFrom('activate', 'reset', 'undo', 'email', 'emailUndo'),
      token: fc.constant('t'),
    }),
    { freq: 3 },
  ),
});

/** What a person would do there, so that walks get far. */
const SENSIBLE: Partial<Record<Screen, readonly Action[]>> = {
  signIn: [
    { type: 'signIn', email: me.email, password: SECRET },
    { type: 'show', screen: 'signUp' },
  ],
  signUp: [{ type: 'signUp', name: me.name, email: me.email, password: SECRET }],
  mailSent: [{ type: 'resend' }, { type: 'show', screen: 'signIn' }],
  activate: [{ type: 'activate', password: SECRET }],
  forgot: [{ type: 'forgot', email: me.email }],
  lookup: [
    { type: 'lookup', lastName: 'Tremblay', firstName: 'Sylvie', certificateNumber: 'A', invoiceSecret: '' },
  ],
  choose: [{ type: 'choose', certificateId: 'c1' }, { type: 'payAll' }],
  detail: [
    { type: 'pay', key: 'k1' },
    { type: 'pay', key: 'k2' },
    { type: 'setAmount', amountCents: 200, typed: '2' },
  ],
  confirm: [{ type: 'confirm' }, { type: 'confirm' }, { type: 'cancelPayment' }],
  declined: [{ type: 'reopen' }, { type: 'cancelPayment' }],
  ended: [{ type: 'home' }],
  done: [{ type: 'home' }],
};

/** Her next click, or what becomes of the call under way. */
type Step = (state: State) => JourneyEvent;
const stepArb: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: actArb.map((act) => () => act) },
  {
    weight: 4,
    arbitrary: fc.nat().map((n) => (state: State): JourneyEvent => {
      const acts = SENSIBLE[state.screen] ?? [];
      return acts[n % acts.length] ?? { type: 'poll' };
    }),
  },
  {
    weight: 5,
    arbitrary: fc
      .record({ seed: fc.nat(), problem: problemArb, fails: fc.nat(3).map((n) => n === 0) })
      .map((luck) => {
        return (state: State): JourneyEvent => {
          const { task } = state;
          if (task === null) return { type: 'poll' };
          // Nothing answers a leaving: she is away, and comes back.
          if (task.do === 'leave') return { type: 'cameBack', marker: 'return' };
          if (luck.fails) return { type: 'problem', task, problem: luck.problem };
          const [answer] = fc.sample(answers[task.do](task) as fc.Arbitrary<unknown>, {
            seed: luck.seed,
            numRuns: 1,
          });
          return { type: 'answer', task, answer } as TaskResult;
        };
      }),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom<JourneyEvent>(
        { type: 'poll' },
        { type: 'cameBack', marker: 'return' },
        { type: 'signedOutElsewhere' },
        { type: 'corrected', me: { ...me, name: 'Sylvie' } },
        { type: 'entered', me, returnPage: null, notice: { tone: 'success', key: 'mine.confirmed' } },
        { type: 'left', notice: { tone: 'success', key: 'mine.erased' } },
      )
      .map((event) => () => event),
  },
);

/** Walks, and looks at each move. */
function always(look: (after: State, before: State, event: JourneyEvent) => void): void {
  fc.assert(
    fc.property(startArb, fc.array(stepArb, { minLength: 60, maxLength: 60 }), (start, steps) => {
      let state = next(START, start as JourneyEvent);
      for (const step of steps) {
        const event = step(state);
        const after = next(state, event);
        look(after, state, event);
        state = after;
      }
    }),
    { numRuns: 2000 },
  );
}

describe('the journey', () => {
  test('has an answer to every event on every screen', () => {
    const seen = new Set<string>();
    // The rarest screen (a new amount at « Confirmer ») now and then escapes two thousand walks: walk on until it is met.
    for (let round = 0; round < 10 && seen.size < SCREENS.length; round++) {
      always((after) => {
        assert.ok(SCREENS.includes(after.screen));
        seen.add(after.screen);
      });
    }
    // Or the walks would prove nothing about the screens that they never reach.
    assert.deepEqual([...seen].sort(), [...SCREENS].sort());
  });

  test('shows « Mon compte » to whoever is signed in, and a link about an account to whoever follows one', () => {
    always(({ screen, me, link }) => {
      if (screen === 'account') assert.ok(me !== null);
      if (screen === 'emailLink') assert.ok(link !== null && link.kind !== 'activate');
    });
  });

  test('says « maintenant complété » only for a payment that the server called completed', () => {
    always(({ screen, payment: shown }) => {
      if (screen === 'done') assert.equal(shown?.state, 'completed');
    });
  });

  test('says « rien n’a été payé » only where the server’s state proves it', () => {
    always(({ notice, screen, payment: shown }, before) => {
      if (notice?.key === 'err.cancelled' && notice !== before.notice)
        assert.deepEqual([shown?.state, shown?.stopped], ['cancelled', null]);
      if (notice?.key === 'return.notApproved' && notice !== before.notice)
        assert.equal(shown?.state, 'created');
      if (screen === 'ended') {
        assert.ok(['failed', 'expired', 'cancelled'].includes(shown?.state ?? ''), String(shown?.state));
      }
      if (screen === 'declined') assert.equal(shown?.state, 'declined');
    });
  });

  test('never asks for money while another call is under way', () => {
    always(({ task }, before, event) => {
      const moved = task !== before.task && before.task !== null && task !== null;
      const isAct = !['answer', 'problem', 'cameBack', 'signedOutElsewhere'].includes(event.type);
      if (!moved || !isAct) return;
      assert.ok(
        ['search', 'quote', 'history', 'read', 'checkLink'].includes(before.task?.do ?? ''),
        `« ${event.type} » during ${before.task?.do}`,
      );
    });
  });

  test('confirms only what the server called approved, for the amount on the screen', () => {
    always(({ task, payment: shown }, before, event) => {
      if (task?.do !== 'confirm' || task === before.task) return;
      assert.ok(event.type === 'confirm' || event.type === 'retry');
      assert.equal(shown?.state, 'approved');
      assert.equal(task.expectedTotalCents, shown?.totalCents);
    });
  });

  test('pays the price that is on the screen, under one key for one wish', () => {
    always(({ task }, before, event) => {
      if (task?.do !== 'create' || task === before.task || event.type !== 'pay') return;
      assert.equal(task.attempt.expectedTotalCents, before.quote?.totalCents);
      const wish = ({ key: _key, ...rest }: typeof task.attempt) => JSON.stringify(rest);
      if (before.attempt !== null && wish(before.attempt) === wish(task.attempt)) {
        assert.equal(task.attempt.key, before.attempt.key);
      }
    });
  });

  test('after « Confirmer », a lost answer is « nous ne savons pas encore », asked again until it is known', () => {
    always((after, before, event) => {
      if (event.type !== 'problem' || before.task?.do !== 'confirm') return;
      if (!['offline', 'internal', 'busy', 'paypal-unavailable'].includes(event.problem.kind)) return;
      assert.equal(after.screen, 'unknown');
      assert.equal(after.task?.do, 'read');
    });
    const unknown: State = { ...START, screen: 'unknown', me, payment: payment('unknown') };
    let delay = 0;
    for (let polls = 0; polls < 40; polls += 1) {
      const now = pollDelay({ ...unknown, polls }) ?? 0;
      assert.ok(now >= delay && now <= 30_000);
      delay = now;
    }
  });

  test('keeps no password once the call is over', () => {
    always((after) => {
      const { task: _task, failed: _failed, ...kept } = after;
      assert.ok(!JSON.stringify(kept).includes(SECRET));
      if (after.task === null && after.failed === null) assert.ok(!JSON.stringify(after).includes(SECRET));
    });
  });

  test('knows nothing of her once she is signed out', () => {
    always((after, before) => {
      if (before.me === null || after.me !== null) return;
      const { me: _me, typed: _typed, ...rest } = START;
      const { notice: _notice, screen: _screen, marker: _marker, ...left } = after;
      for (const [name, value] of Object.entries(rest)) {
        if (name in left) assert.deepEqual(left[name as keyof typeof left], value, name);
      }
    });
  });

  test('does not hear an answer to a question that is no longer asked', () => {
    const asked: State = {
      ...START,
      screen: 'detail',
      me,
      task: { do: 'quote', invoiceIds: ['i1'], amountCents: null },
    };
    const old: Task = { do: 'quote', invoiceIds: ['i2'], amountCents: null };
    assert.equal(next(asked, { type: 'answer', task: old, answer: quoteOf(old) }), asked);
  });

  test('puts an open payment before her file, once; then it waits in sight', () => {
    const open = payment('approved');
    const found = { foundBy: 'email' as const, certificates: FILES[1] ?? [], open };
    const search = (state: State) => {
      const { task } = state;
      assert.equal(task?.do, 'search');
      return task?.do === 'search' ? next(state, { type: 'answer', task, answer: found }) : state;
    };
    const asked = next({ ...START, screen: 'search', me, failed: { do: 'search' } }, { type: 'retry' });
    const confirm = search(asked);
    assert.equal(confirm.screen, 'confirm');
    const later = search(next(confirm, { type: 'home' }));
    assert.equal(later.screen, 'detail');
    assert.equal(later.open, open);
  });
});
