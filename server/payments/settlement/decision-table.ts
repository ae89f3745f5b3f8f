// The decisions of decide.ts as tables for people (S28–S32), made by deciding about an example of each thing that PayPal says.
import type { Capture, Order } from '../../paypal/wire.ts';
import { after, CAME, type State } from '../states.ts';
import { type Decision, decide, type Evidence } from './decide.ts';

/** The columns: states in which PayPal's record means the same. */
export const STATE_GROUPS: readonly { title: string; states: readonly State[] }[] = [
  { title: 'created', states: ['created'] },
  { title: 'approved', states: ['approved'] },
  { title: 'declined', states: ['declined'] },
  { title: 'capturing', states: ['capturing'] },
  { title: 'unknown', states: ['unknown'] },
  { title: 'pending', states: ['pending'] },
  { title: 'failed, expired, cancelled', states: ['failed', 'expired', 'cancelled'] },
  { title: 'paid, whatever came after', states: CAME },
];

const PAYMENT = { id: 'p', number: 'P-1', amountCents: 100, approvedAt: 0 };

function order(status: Order['status'], capture?: Partial<Capture>): Order {
  const amount = { currency_code: 'CAD', value: '1.00' };
  const captures =
    capture === undefined ? [] : [{ id: 'C1', status: 'COMPLETED' as const, amount, ...capture }];
  const unit = { custom_id: PAYMENT.id, invoice_id: PAYMENT.number, payments: { captures } };
  return { id: 'O1', status, purchase_units: [unit] };
}
const shows = (record: Order | 'gone' | 'no-answer'): Evidence => ({ from: 'record', record });
const refuses = (decision: Extract<Evidence, { from: 'refusal' }>['failure']['decision']): Evidence => ({
  from: 'refusal',
  failure: { decision, issue: undefined },
  record: order('APPROVED'),
});

/** PayPal's record of the order, read whatever the state. */
const RECORDS: readonly (readonly [string, Evidence])[] = [
  ['an order that waits for the payer', shows(order('CREATED'))],
  ['an order that the payer approved', shows(order('APPROVED'))],
  ['a void order', shows(order('VOIDED'))],
  ['the money, as asked', shows(order('COMPLETED', {}))],
  [
    'the money, held for a dispute',
    shows(order('COMPLETED', { status: 'PENDING', status_details: { reason: 'BUYER_COMPLAINT' } })),
  ],
  ['the money, not released yet', shows(order('COMPLETED', { status: 'PENDING' }))],
  ['a capture that was refused', shows(order('COMPLETED', { status: 'DECLINED' }))],
  [
    'money that is not as asked',
    shows(order('COMPLETED', { amount: { currency_code: 'USD', value: '1.00' } })),
  ],
  ['no such order', shows('gone')],
  ['nothing (no answer)', shows('no-answer')],
];

/** What comes up only once « Confirmer » was recorded. */
const CONFIRMED: readonly (readonly [string, Evidence])[] = [
  ['«\u00a0Confirmer\u00a0» was recorded this moment', { from: 'confirmation' }],
  ['before asking: payments are stopped', { from: 'obstacle', obstacle: 'payments-stopped' }],
  ['before asking: less is owed by now', { from: 'obstacle', obstacle: 'less-owed' }],
  ['before asking: a reversal is undecided', { from: 'obstacle', obstacle: 'reversal-undecided' }],
  ['asked: no capture in the answer', { from: 'capture', order: order('APPROVED') }],
  ['refused: this means of payment', refuses('declined')],
  ['refused: this order, or our account', refuses('refused')],
  ['refused: no such order', refuses('gone')],
  ['refused: our number was paid before', refuses('duplicate-invoice')],
  ['no definite answer', refuses('unknown')],
];

/** What PayPal's record of the order makes of a payment: a row a record, a column a state or some. */
export function recordTable(): { columns: string[]; rows: string[][] } {
  return table('PayPal’s record shows', RECORDS, STATE_GROUPS);
}

/** The same for what comes up when PayPal is asked for the money of a confirmed payment. */
export function confirmedTable(): { columns: string[]; rows: string[][] } {
  const unresolved = STATE_GROUPS.filter(({ title }) => title === 'capturing' || title === 'unknown');
  return table('known', CONFIRMED, unresolved);
}

function table(
  title: string,
  evidence: readonly (readonly [string, Evidence])[],
  groups: typeof STATE_GROUPS,
): { columns: string[]; rows: string[][] } {
  return {
    columns: [title, ...groups.map((group) => group.title)],
    rows: evidence.map(([name, known]) => [
      name,
      ...groups.map(({ states: [state = 'created'] }) =>
        decisionText(state, decide({ ...PAYMENT, state }, null, known)),
      ),
    ]),
  };
}

/** A decision in a few words: the state that it leads to, « – » where nothing changes, or what is done instead. */
export function decisionText(state: State, decision: Decision): string {
  switch (decision.kind) {
    case 'keep':
      return '–';
    case 'undecided':
      return 'ask again';
    case 'unapproved':
      return 'created';
    case 'capture':
      return decision.check ? 'check, then ask for the money' : 'ask for the money';
    case 'complete':
      return decision.capture.status === 'PENDING' ? 'disputed' : 'completed';
    case 'refused':
      return decision.tellPayer ? 'failed, e-mail' : 'failed';
    case 'expired':
      return decision.tellPayer ? 'expired, e-mail' : 'expired';
    case 'lost':
      return 'unknown';
    case 'park':
      return after(state, 'lost') === null ? 'for staff' : 'unknown, for staff';
    default:
      return decision.kind;
  }
}
