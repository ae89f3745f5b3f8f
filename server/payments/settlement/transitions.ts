// Moving a payment from one state to the next (S29–S32), on condition that nobody else did meanwhile.
import { guard, isGuardFailure, type Statement } from '../../db/db.ts';
import { type Deps, newId } from '../../deps.ts';
import { after, type Event, HOLDING } from '../states.ts';
import { readPayment, type StoredPayment, writtenPayment } from '../store.ts';
import { stillLeased } from './lease.ts';

/**
 * The statements that move a payment by `event`, in a batch that fails whole unless it is still in `payment.state`
 * at that point. Holds are released when the new state holds nothing. Throws when the table has no such transition.
 * `set` adds columns, e.g. `{ confirmed_at: now }`.
 */
export function transition(
  deps: Pick<Deps, 'now' | 'randomBytes'>,
  payment: Pick<StoredPayment, 'id' | 'state'>,
  event: Event,
  set: Readonly<Record<string, string | number | null>> = {},
  detail: Readonly<Record<string, string | number | boolean>> = {},
): Statement[] {
  const to = after(payment.state, event);
  if (to === null) throw new Error(`${event} has no place in ${payment.state}`);
  const now = deps.now();
  const columns = Object.keys(set);
  return [
    stillInState(payment),
    {
      sql: `UPDATE payments SET state = ?, updated_at = ?${columns.map((column) => `, ${column} = ?`).join('')} WHERE id = ?`,
      args: [to, now, ...columns.map((column) => set[column] ?? null), payment.id],
    },
    {
      sql: 'INSERT INTO payment_events(id, payment_id, at, event, from_state, to_state, detail) VALUES (?, ?, ?, ?, ?, ?, ?)',
      args: [newId(deps), payment.id, now, event, payment.state, to, JSON.stringify(detail)],
    },
    ...(HOLDING.includes(to)
      ? []
      : [{ sql: 'DELETE FROM invoice_holds WHERE payment_id = ?', args: [payment.id] }]),
  ];
}

/** The same for an event that may change nothing here: then the payment must only still be in `payment.state`. */
export function transitionOrStay(
  deps: Pick<Deps, 'now' | 'randomBytes'>,
  payment: Pick<StoredPayment, 'id' | 'state'>,
  event: Event,
): Statement[] {
  return after(payment.state, event) === null ? [stillInState(payment)] : transition(deps, payment, event);
}

/** Fails its batch unless the payment is still in the state in which it was read. */
export function stillInState(payment: Pick<StoredPayment, 'id' | 'state'>): Statement {
  return guard('EXISTS (SELECT 1 FROM payments WHERE id = ? AND state = ?)', [payment.id, payment.state]);
}

/**
 * Moves the payment by `event` now, with `also` in the same batch, and answers it as it then is. Where the event has no
 * place, nothing changes; where someone else was faster, their transition is the answer. `token` fences a writer that asked
 * for money, and ends its lease.
 */
export async function advance(
  deps: Deps,
  payment: StoredPayment,
  event: Event,
  more: {
    set?: Record<string, string | number | null>;
    detail?: Readonly<Record<string, string | boolean>>;
    also?: readonly Statement[];
    token?: string | undefined;
  } = {},
): Promise<StoredPayment> {
  if (after(payment.state, event) === null) return payment;
  const fence = more.token === undefined ? [] : [stillLeased(payment.id, more.token)];
  const leaseEnds = more.token === undefined ? {} : { claim_token: null, claim_until: null };
  try {
    return await writtenPayment(deps, payment.id, [
      ...fence,
      ...transition(deps, payment, event, { ...more.set, ...leaseEnds }, more.detail),
      ...(more.also ?? []),
    ]);
  } catch (error) {
    if (!isGuardFailure(error)) throw error;
    return readPayment(deps, payment.id);
  }
}
