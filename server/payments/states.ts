// One payment's life as a table (S22–S32): what each event makes of each state. Pure and total; an event that has no place in
// a state changes nothing, and `after` answers null. Nothing is captured without a recorded « Confirmer ».
export const STATES = [
  'created',
  'approved',
  'capturing',
  'pending',
  'unknown',
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
] as const;
export type State = (typeof STATES)[number];

export const EVENTS = [
  /** PayPal's record says that the payer agreed. */
  'approved',
  /** PayPal's record says that the payer must choose how to pay. */
  'unapproved',
  /** « Confirmer », recorded with the invoice held (P2). */
  'confirmed',
  /** PayPal's record says COMPLETED. */
  'captured',
  'pending',
  /** The means was refused; the order can still be paid otherwise. */
  'declined',
  /** No definite answer. */
  'lost',
  /** PayPal refuses this order for good, and its record shows no capture. */
  'refused',
  /** PayPal does not know the order any more, and no capture was made. */
  'expired',
  /** The payer, or what was found before capturing, stopped it. */
  'cancelled',
  /** Staff looked at PayPal's site and let the invoice go (audited). */
  'released',
  'partly-refunded',
  'refunded',
  /** The payer complains of what was taken: PayPal may hold the money, and nothing went back yet. */
  'disputed',
  /** A part was taken back by a bank or by PayPal. */
  'partly-reversed',
  /** All that was left was taken back. */
  'reversed',
  /** What was held or taken back is there again, whole: a dispute won, a chargeback lifted. */
  'restored',
] as const;
export type Event = (typeof EVENTS)[number];

type Row = Partial<Record<Event, State>>;

// Only money that came can be disputed: PayPal's record may show that first. P3b: what turns up after an end is taken
// in, never ignored.
const CAME_IN: Row = { captured: 'completed', disputed: 'disputed' };
const UNCONFIRMED_END: Row = { expired: 'expired', cancelled: 'cancelled', refused: 'failed' };
// Money that came can be held, go back in parts, and come again, in any order: the sums say which of these it is.
const SETTLED: Row = {
  'partly-refunded': 'partly-refunded',
  refunded: 'refunded',
  disputed: 'disputed',
  'partly-reversed': 'partly-reversed',
  reversed: 'reversed',
};
const RESTORED: Row = { ...SETTLED, restored: 'completed' };

const TABLE: Readonly<Record<State, Row>> = {
  created: { ...UNCONFIRMED_END, ...CAME_IN, approved: 'approved' },
  approved: { ...UNCONFIRMED_END, ...CAME_IN, unapproved: 'created', confirmed: 'capturing' },
  capturing: {
    ...CAME_IN,
    pending: 'pending',
    declined: 'declined',
    lost: 'unknown',
    refused: 'failed',
    expired: 'expired',
    cancelled: 'cancelled',
    released: 'cancelled',
  },
  unknown: {
    ...CAME_IN,
    pending: 'pending',
    declined: 'declined',
    refused: 'failed',
    expired: 'expired',
    released: 'cancelled',
  },
  pending: { ...CAME_IN, refused: 'failed', released: 'cancelled' },
  declined: { ...UNCONFIRMED_END, ...CAME_IN, unapproved: 'created' },
  completed: SETTLED,
  'partly-refunded': SETTLED,
  refunded: SETTLED,
  disputed: RESTORED,
  'partly-reversed': RESTORED,
  reversed: RESTORED,
  failed: CAME_IN,
  expired: CAME_IN,
  cancelled: CAME_IN,
};

/** The state that `event` leads to, or null when it has no place there. */
export function after(state: State, event: Event): State | null {
  return TABLE[state][event] ?? null;
}

/** The table as people read it: a row a state, a column an event, « – » where the event changes nothing. */
export function stateTable(): { columns: string[]; rows: string[][] } {
  return {
    columns: ['state', ...EVENTS],
    rows: STATES.map((state) => [state, ...EVENTS.map((event) => after(state, event) ?? '–')]),
  };
}

/** The states of a payment whose money came, whatever became of it after. */
export const CAME = [
  'completed',
  'partly-refunded',
  'refunded',
  'disputed',
  'partly-reversed',
  'reversed',
] as const;
export type CameState = (typeof CAME)[number];

/** What became of the money, in cents; `held`: PayPal holds it for a dispute, or its payer complains there. */
export interface Standing {
  amountCents: number;
  refundedCents: number;
  /** Taken back, less what came again. */
  reversedCents: number;
  held: boolean;
}

/** The state that these sums make, and the event that leads to it. */
export function standingOf({ amountCents, refundedCents, reversedCents, held }: Standing): {
  state: CameState;
  event: Event;
} {
  const left = amountCents - refundedCents - reversedCents;
  if (reversedCents > 0) return left > 0 ? same('partly-reversed') : same('reversed');
  if (held) return same('disputed');
  if (refundedCents > 0) return left > 0 ? same('partly-refunded') : same('refunded');
  return { state: 'completed', event: 'restored' };
}

function same<S extends CameState & Event>(state: S): { state: S; event: S } {
  return { state, event: state };
}

/** These hold the invoice: nobody else may take money for it. */
export const HOLDING: readonly State[] = ['capturing', 'unknown', 'pending'];
/** These need the payer, or PayPal, before they end. */
export const OPEN: readonly State[] = ['created', 'approved', 'declined', ...HOLDING];
