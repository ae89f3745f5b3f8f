// A world in which nothing happens by itself: its clock, its dice and the order of everything that waits come from one
// seed, so that a history that goes wrong can be told again. Whatever touches the outside (a statement, a call, a
// message, a wait) stops at a gate; the world opens one gate at a time.
import { setImmediate as turn } from 'node:timers/promises';

/** Seeded dice (mulberry32). */
export class Dice {
  #state: number;
  constructor(seed: number) {
    this.#state = (seed ^ 0x9e3779b9) >>> 0;
  }
  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
  chance(p: number): boolean {
    return this.next() < p;
  }
  below(n: number): number {
    return Math.floor(this.next() * n);
  }
  pick<T>(list: readonly T[]): T {
    const one = list[this.below(list.length)];
    if (one === undefined) throw new RangeError('nothing to pick from');
    return one;
  }
  bytes(n: number): Uint8Array {
    return Uint8Array.from({ length: n }, () => this.below(256));
  }
}

/** One server process: alive until it crashes. What a dead one waited for never comes. */
export class Life {
  readonly name: string;
  alive = true;
  constructor(name: string) {
    this.name = name;
  }
}

interface HashQueue {
  life: Life | null;
  open(): void;
  /** Not before this instant. */
  at: number;
}

export class World {
  readonly dice: Dice;
  now: number;
  /** Steps taken, for the report. */
  steps = 0;
  #gates: HashQueue[] = [];
  #busy = 0;
  #begun = false;

  constructor(seed: number, start: number) {
    this.dice = new Dice(seed);
    this.now = start;
  }

  /** Waits for its turn, then does `work`. In a process that dies meanwhile nothing goes on. */
  async through<T>(life: Life | null, work: () => Promise<T> | T, at = this.now): Promise<T> {
    await new Promise<void>((open) => {
      this.#gates.push({ life, open, at });
    });
    this.#busy++;
    try {
      return await work();
    } finally {
      this.#busy--;
      // It was done, and whoever asked is gone: what follows never runs.
      if (life !== null && !life.alive) await new Promise<never>(() => undefined);
    }
  }

  /** Something goes on from here by itself; call it whenever one has been set going. */
  begin(): void {
    this.#begun = true;
  }

  /** Its waits are over, unanswered. */
  kill(life: Life): void {
    life.alive = false;
    this.#gates = this.#gates.filter((gate) => gate.life !== life);
  }

  /** Opens one gate: any that is due. False when there is none. Between steps the world is quiet, but for what was begun. */
  async step(): Promise<boolean> {
    if (this.#begun) await this.#quiet();
    this.#begun = false;
    const due = this.#gates.filter((gate) => gate.at <= this.now);
    if (due.length === 0) return false;
    const gate = this.dice.pick(due);
    this.#gates.splice(this.#gates.indexOf(gate), 1);
    this.steps++;
    gate.open();
    await this.#quiet();
    return true;
  }

  /** The next instant at which something waits to go on, or null. */
  nextAt(): number | null {
    return this.#gates.reduce<number | null>(
      (least, gate) => (least === null || gate.at < least ? gate.at : least),
      null,
    );
  }

  /** Everything that can go on goes on, waits included, until nothing waits. */
  async drain(): Promise<void> {
    for (;;) {
      while (await this.step());
      const next = this.nextAt();
      if (next === null) return;
      this.now = Math.max(this.now, next);
    }
  }

  // Code between two gates is promises only: it has run once none is left to go on, or, where work was under way that takes
  // turns of the event loop, once one is over that none was under way in.
  async #quiet(): Promise<void> {
    await promisesDone();
    if (this.#busy === 0) return;
    let worked: boolean;
    do {
      worked = this.#busy > 0;
      await turn();
    } while (worked || this.#busy > 0);
  }
}

// A tick comes when no promise can go on; a turn of the event loop costs more.
function promisesDone(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}
