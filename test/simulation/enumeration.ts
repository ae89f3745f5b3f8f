// The enumeration attack (I6): many accounts try their neighbours' numbers with common names, for thirty days, against
// a regroupement of invented holders. Played on a model that takes its limits and its rule of names from the server;
// enumeration.test.ts holds the model against the server itself, answer by answer.
// `node test/simulation/enumeration.ts` prints what each policy lets through, with the limits and without.
import { HELD_MS, LOOKUP_LIMITS } from '../../server/certificates/lookup-limits.ts';
import { namesMatch } from '../../server/certificates/names.ts';
import type { Limit } from '../../server/http/limits.ts';
import type { LinkPolicy } from '../../server/regroupements/regroupements.ts';
import { Dice } from './world.ts';

/** Percent of women who bear it: close to Québec's commonest, which is all that a guesser needs. */
const FIRST = Object.entries({
  Sylvie: 2.6,
  Nathalie: 2.4,
  Julie: 2.2,
  Isabelle: 2.2,
  Chantal: 1.8,
  Mélanie: 1.7,
  Annie: 1.6,
  Johanne: 1.6,
  Caroline: 1.5,
  Manon: 1.4,
  Louise: 1.3,
  Josée: 1.2,
  'Marie-Ève': 1.2,
  'Marie-Claude': 1.1,
  'Marie-Josée': 1,
  'Marie-France': 0.5,
  'Marie-Hélène': 0.5,
  Geneviève: 0.8,
  Lucie: 1,
  Marie: 0.6,
});
const LAST = Object.entries({
  Tremblay: 1.08,
  Gagnon: 0.79,
  Roy: 0.75,
  Côté: 0.69,
  Bouchard: 0.53,
  Gauthier: 0.52,
  Morin: 0.5,
  Lavoie: 0.46,
  Fortin: 0.45,
  Gagné: 0.45,
  Ouellet: 0.44,
  Pelletier: 0.43,
  Bélanger: 0.43,
  Lévesque: 0.43,
  Bergeron: 0.42,
});
const RARE = ['Zénobie', 'Quintal-Ouimet'] as const;

const STEP_MS = 15 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** What one code, or one printed secret, is worth to whoever guesses at it. */
const FIVE_CODES = 5 / 10 ** 8;
const ONE_SECRET = 2 ** -45;

export interface Holder {
  number: string;
  first: string;
  last: string;
  hasEmail: boolean;
}
export interface Guess {
  number: string;
  first: string;
  last: string;
}
export type Answer = { kind: 'opened' | 'missed' | 'awaits' } | { kind: 'wait'; seconds: number };

/** Who answers the searches: the model, or the server. */
export interface Defender {
  search(account: number, guess: Guess, now: number): Answer | Promise<Answer>;
}

/** As many invented holders as asked for, their numbers in one series; two of three have an e-mail on file. */
export function holdersOf(dice: Dice, count: number): Holder[] {
  return Array.from({ length: count }, (_, n) => ({
    number: `PB-${String(4_000 + n).padStart(6, '0')}`,
    first: drawn(dice, FIRST) ?? RARE[0],
    last: drawn(dice, LAST) ?? RARE[1],
    hasEmail: dice.chance(2 / 3),
  }));
}

function drawn(dice: Dice, shares: readonly (readonly [string, number])[]): string | undefined {
  let at = dice.next() * 100;
  return shares.find(([, percent]) => {
    at -= percent;
    return at < 0;
  })?.[0];
}

const same = new Map<string, boolean>();
/** The server's own rule, remembered. */
function fits(holder: Pick<Holder, 'first' | 'last'>, guess: Pick<Guess, 'first' | 'last'>): boolean {
  const key = `${holder.first}|${holder.last}|${guess.first}|${guess.last}`;
  const known = same.get(key);
  if (known !== undefined) return known;
  const match = namesMatch(
    { firstName: holder.first, lastName: holder.last, usualName: '' },
    { firstName: guess.first, lastName: guess.last },
  );
  same.set(key, match);
  return match;
}

/** What the attackers try, likeliest first: one pair of names on every number, then the next pair; over and over. */
function* guesses(holders: readonly Holder[]): Generator<Guess, never> {
  const pairs = FIRST.flatMap(([first]) =>
    LAST.map(([last, lastShare]) => {
      // « Marie » alone is also every « Marie-… » (NAMES §4.1-4): the best guess there is.
      const share = FIRST.filter(([other]) => fits({ first: other, last }, { first, last }));
      return { first, last, likely: lastShare * share.reduce((sum, [, percent]) => sum + percent, 0) };
    }),
  ).sort((a, b) => b.likely - a.likely);
  for (;;)
    for (const { first, last } of pairs) for (const { number } of holders) yield { number, first, last };
}

export interface Attack {
  holders: readonly Holder[];
  accounts: number;
  days: number;
  /** Searches that one account makes in a quarter of an hour when nothing stops it. */
  eagerness: number;
  /** How long the attackers stop once a proof is asked for and searching tells nothing; 0 = they go on. */
  pauseMs: number;
  /** Only this name is tried: someone whom they know, on each number in turn. */
  target?: Pick<Guess, 'first' | 'last'>;
}
export interface Tally {
  /** Searches that were answered otherwise than with a wait. */
  searches: number;
  /** Certificates that a stranger saw. */
  opened: Set<string>;
  answers: Record<Answer['kind'], number>;
}

/** Plays the attack, quarter of an hour by quarter of an hour; whoever has to wait waits as long as told. */
export async function attack(
  { holders, accounts, days, eagerness, pauseMs, target }: Attack,
  defender: Defender,
  start = 0,
): Promise<Tally> {
  const tally: Tally = {
    searches: 0,
    opened: new Set(),
    answers: { opened: 0, missed: 0, awaits: 0, wait: 0 },
  };
  const free = Array<number>(accounts).fill(start);
  const source = guesses(holders);
  let at = 0;
  const next = (): Guess => {
    const number = holders[at++ % holders.length]?.number ?? '';
    return target === undefined ? source.next().value : { ...target, number };
  };
  let guess = next();
  let paused = start;
  for (let now = start; now < start + days * DAY_MS; now += STEP_MS) {
    if (now < paused) continue;
    step: for (let account = 0; account < accounts; account++) {
      for (let n = 0; n < eagerness && (free[account] ?? 0) <= now; n++) {
        while (tally.opened.has(guess.number)) guess = next();
        const answer = await defender.search(account, guess, now);
        tally.answers[answer.kind]++;
        if (answer.kind === 'wait') {
          free[account] = now + answer.seconds * 1_000;
          break;
        }
        tally.searches++;
        if (answer.kind === 'opened') tally.opened.add(guess.number);
        if (target !== undefined && tally.opened.size > 0) return tally;
        guess = next();
        if (answer.kind === 'awaits' && pauseMs > 0) {
          paused = now + pauseMs;
          break step;
        }
      }
    }
  }
  return tally;
}

/** The server as far as this attack sees it: its limits, its rule of names, its policies. */
export class Model implements Defender {
  /** Files that a lucky guess of a code or of a secret would have opened, on average. */
  expected = 0;
  /** Requests that strangers put before the staff. */
  requests = new Set<string>();
  readonly #tat = new Map<string, number>();
  readonly #holders: Map<string, Holder>;
  readonly #policy: LinkPolicy;
  readonly #limits: boolean;
  readonly #addressOf: (account: number) => number;

  constructor(
    holders: readonly Holder[],
    policy: LinkPolicy,
    limits: boolean,
    addressOf: (account: number) => number,
  ) {
    this.#holders = new Map(holders.map((holder) => [holder.number, holder]));
    this.#policy = policy;
    this.#limits = limits;
    this.#addressOf = addressOf;
  }

  search(account: number, guess: Guess, now: number): Answer {
    const address = this.#addressOf(account);
    const tries = [
      [`a${account}`, LOOKUP_LIMITS.account],
      [`A${account}`, LOOKUP_LIMITS.accountADay],
      [`i${address}`, LOOKUP_LIMITS.address],
      [`I${address}`, LOOKUP_LIMITS.addressADay],
    ] as const;
    const watched = [
      [`c${guess.number}`, LOOKUP_LIMITS.certificate, HELD_MS.certificate],
      ['r', LOOKUP_LIMITS.regroupement, HELD_MS.regroupement],
      ['R', LOOKUP_LIMITS.regroupementAWeek, HELD_MS.regroupementAWeek],
    ] as const;
    let raised = false;
    if (this.#limits) {
      for (const [key, limit] of tries) {
        const seconds = this.#take(key, limit, now);
        if (seconds > 0) return { kind: 'wait', seconds };
      }
      for (const [key, limit, heldMs] of watched) {
        if (this.#take(key, limit, now) === 0) continue;
        raised = true;
        const spent = now + limit.periodMs;
        if ((this.#tat.get(key) ?? 0) <= spent) this.#tat.set(key, spent + heldMs);
      }
    }
    const proof = this.#policy === 'name-and-number' && raised ? 'code' : this.#policy;
    const codeLeft =
      proof === 'code' && (!this.#limits || this.#take(`k${guess.number}`, LOOKUP_LIMITS.codes, now) === 0);
    const holder = this.#holders.get(guess.number);
    if (holder === undefined || !fits(holder, guess))
      return { kind: proof === 'code' || proof === 'approval' ? 'awaits' : 'missed' };
    if (proof === 'name-and-number') {
      if (this.#limits)
        for (const [key, limit] of [...tries, ...watched])
          this.#tat.set(key, (this.#tat.get(key) ?? 0) - Math.ceil(limit.periodMs / limit.burst));
      return { kind: 'opened' };
    }
    if (proof === 'secret') {
      this.expected += ONE_SECRET;
      return { kind: 'missed' };
    }
    if (proof === 'code' && holder.hasEmail && codeLeft) this.expected += FIVE_CODES;
    else this.requests.add(guess.number);
    return { kind: 'awaits' };
  }

  // The arithmetic of server/http/limits.ts, without its database.
  #take(key: string, limit: Limit, now: number): number {
    const step = Math.ceil(limit.periodMs / limit.burst);
    const tat = this.#tat.get(key) ?? 0;
    const next = Math.max(tat, now) + step;
    if (next - now > limit.periodMs)
      return Math.max(1, Math.ceil((tat + step - limit.periodMs - now) / 1000));
    this.#tat.set(key, next);
    return 0;
  }
}

/** How long it may pay to wait until what was spent is back; the worst of these is what counts. */
const PAUSES_MS = [STEP_MS, DAY_MS / 8, DAY_MS, 3.5 * DAY_MS, 4 * DAY_MS, 5 * DAY_MS, 7 * DAY_MS];
const ADDRESSES = 200;

interface Result {
  searches: number;
  seen: number;
  chance: number;
  requests: number;
}

/** The same attack on many regroupements, on average. */
async function average(
  seeds: number,
  policy: LinkPolicy,
  limits: boolean,
  plan: (dice: Dice) => Omit<Attack, 'pauseMs'>,
  pauseMs: number,
): Promise<Result> {
  const sum: Result = { searches: 0, seen: 0, chance: 0, requests: 0 };
  for (let seed = 1; seed <= seeds; seed++) {
    const what = plan(new Dice(seed));
    const model = new Model(what.holders, policy, limits, (account) => account % ADDRESSES);
    const { searches, opened } = await attack({ ...what, pauseMs }, model);
    sum.searches += searches / seeds;
    sum.seen += opened.size / seeds;
    sum.chance += (opened.size > 0 ? 1 : 1 - Math.exp(-model.expected)) / seeds;
    sum.requests += model.requests.size / seeds;
  }
  return sum;
}

/** The pause with which the attackers see most. */
async function worst(seeds: number, plan: (dice: Dice) => Omit<Attack, 'pauseMs'>): Promise<Result> {
  const results = [];
  for (const pause of PAUSES_MS) results.push(await average(seeds, 'name-and-number', true, plan, pause));
  return results.reduce((a, b) => (b.seen > a.seen ? b : a));
}

if (import.meta.main) {
  const many = (dice: Dice) => ({ holders: holdersOf(dice, 3_000), accounts: 1_000, days: 30, eagerness: 5 });
  const rows: string[][] = [];
  for (const policy of ['name-and-number', 'code', 'secret', 'approval'] as const)
    for (const limits of [true, false]) {
      const result =
        policy === 'name-and-number' && limits
          ? await worst(100, many)
          : await average(1, policy, limits, many, 0);
      rows.push([
        policy,
        limits ? 'with' : 'without',
        Math.round(result.searches).toLocaleString('en-CA'),
        result.seen.toFixed(1),
        chance(result.chance),
        result.requests.toFixed(0),
      ]);
    }
  console.log(`1,000 accounts, ${ADDRESSES} addresses, 3,000 holders, 30 days\n`);
  print(['policy', 'limits', 'searches', 'files seen', 'chance of any', 'requests to staff'], rows);

  const known = [];
  for (const accounts of [1, 10, 1_000]) {
    const one = (dice: Dice) => {
      const holders = holdersOf(dice, 2_000);
      const target = Object.assign(dice.pick(holders), { first: 'Clémentine', last: 'Beaurivage' });
      return { holders, accounts, days: 30, eagerness: 5, target };
    };
    for (const [limits, result] of [
      ['with', await worst(100, one)],
      ['without', await average(20, 'name-and-number', false, one, 0)],
    ] as const)
      known.push([String(accounts), limits, chance(result.chance)]);
  }
  console.log('\nname-and-number, one person known by name among 2,000 numbers, 30 days\n');
  print(['accounts', 'limits', 'chance'], known);
}

function chance(p: number): string {
  return p === 0 ? '0' : p >= 0.005 ? `${Math.round(100 * p)} %` : p.toExponential(1);
}

function print(head: readonly string[], rows: readonly string[][]): void {
  for (const row of [head, head.map(() => '---'), ...rows]) console.log(`| ${row.join(' | ')} |`);
}
