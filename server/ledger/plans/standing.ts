// What is left of each instalment of a plan: the amounts agreed to, and what has moved on the invoice since. Pure, and never stored, so
// that a cheque that bounces or a refund puts back what is owed by itself.
import { sum } from '../money.ts';

/** A day and an amount agreed to. */
export interface Instalment {
  /** Toronto day. */
  dueOn: string;
  amountCents: number;
}

/** One as it stands. */
export interface InstalmentStanding extends Instalment {
  /** Of it, still to pay. */
  leftCents: number;
  /** How often it was paid, and its money taken back. */
  reopened: number;
}

/** An entry of the ledger since the plan was made, signed as it changes the balance. */
export type Movement = readonly [kind: string, cents: number];

/** What she has to pay next. */
export interface NextInstalment extends Instalment {
  /** The day is over in Toronto. */
  late: boolean;
}

/**
 * The instalments as they stand when the invoice owes `balanceCents`. Money covers the earliest first, whatever is paid, and is
 * taken back from the latest first. Any other change of what is owed (another rate of tax, a credit note, another amount in
 * the regroupement's file) is spread over what is left, in proportion, to the cent; once nothing is left, onto the last one.
 * Together they owe the balance, or nothing where that is a credit.
 */
export function standingOf(
  agreed: readonly Instalment[],
  movements: readonly Movement[],
  balanceCents: number,
): InstalmentStanding[] {
  const plan = new Standing(agreed);
  for (const [kind, cents] of movements) plan.move(kind, cents);
  // An entry that the clock of another process has dated before the plan.
  plan.move('payment', balanceCents - plan.owed);
  return plan.instalments;
}

/**
 * What is to be paid next: all that has fallen due, or else the first that is left; at least `minimumCents`, below which
 * nothing is taken. Null when nothing is left.
 */
export function nextInstalment(
  instalments: readonly InstalmentStanding[],
  minimumCents: number,
  today: string,
): NextInstalment | null {
  const open = instalments.filter(({ leftCents }) => leftCents > 0);
  const [first] = open;
  if (first === undefined) return null;
  const due = open.filter(({ dueOn }) => dueOn <= today || dueOn === first.dueOn);
  const all = sum(open.map(({ leftCents }) => leftCents));
  const cents = Math.max(minimumCents, sum(due.map(({ leftCents }) => leftCents)));
  return { dueOn: first.dueOn, amountCents: Math.min(all, cents), late: first.dueOn < today };
}

/** So many cents in parts, each in proportion to its weight; to the cent, whatever their number. */
export function spread(cents: number, weights: readonly number[]): number[] {
  const whole = BigInt(sum(weights));
  let weight = 0n;
  let before = 0;
  return weights.map((one) => {
    weight += BigInt(one);
    // Half up, of what has been given out so far: the parts add up.
    const until = Number((2n * BigInt(cents) * weight + whole) / (2n * whole));
    const part = until - before;
    before = until;
    return part;
  });
}

class Standing {
  readonly instalments: InstalmentStanding[];
  /** Paid beyond all of them. */
  #ahead = 0;

  constructor(agreed: readonly Instalment[]) {
    this.instalments = agreed.map((one) => ({ ...one, leftCents: one.amountCents, reopened: 0 }));
  }

  get owed(): number {
    return sum(this.instalments.map(({ leftCents }) => leftCents)) - this.#ahead;
  }

  move(kind: string, cents: number): void {
    const money = kind === 'payment' || kind === 'refund' || kind === 'credit';
    if (cents < 0) {
      if (money) this.#paid(-cents);
      else this.#lowered(-cents);
    } else if (cents > 0) {
      const left = this.#fromAhead(cents);
      this.#raised(money ? this.#takenBack(left) : left);
    }
  }

  #paid(cents: number): void {
    let rest = cents;
    for (const one of this.instalments) {
      const part = Math.min(rest, one.leftCents);
      one.leftCents -= part;
      rest -= part;
    }
    this.#ahead += rest;
  }

  #fromAhead(cents: number): number {
    const part = Math.min(cents, this.#ahead);
    this.#ahead -= part;
    return cents - part;
  }

  /** Answers what no instalment had been paid with: it was paid before there was a plan. */
  #takenBack(cents: number): number {
    let rest = cents;
    for (const one of this.instalments.toReversed()) {
      const part = Math.min(rest, one.amountCents - one.leftCents);
      if (part > 0 && one.leftCents === 0) one.reopened++;
      one.leftCents += part;
      rest -= part;
    }
    return rest;
  }

  #raised(cents: number): void {
    if (cents === 0) return;
    const open = this.#open();
    const last = this.instalments.at(-1);
    if (open.length > 0) {
      this.#change(open, cents, 1);
    } else if (last !== undefined) {
      last.amountCents += cents;
      last.leftCents = cents;
      last.reopened++;
    }
  }

  #lowered(cents: number): void {
    const open = this.#open();
    const part = Math.min(cents, sum(open.map(({ leftCents }) => leftCents)));
    if (part > 0) this.#change(open, part, -1);
    this.#ahead += cents - part;
  }

  #open(): InstalmentStanding[] {
    return this.instalments.filter(({ leftCents }) => leftCents > 0);
  }

  #change(open: readonly InstalmentStanding[], cents: number, sign: 1 | -1): void {
    const parts = spread(
      cents,
      open.map(({ leftCents }) => leftCents),
    );
    for (const [i, one] of open.entries()) {
      const part = sign * (parts[i] ?? 0);
      one.leftCents += part;
      one.amountCents += part;
    }
  }
}
