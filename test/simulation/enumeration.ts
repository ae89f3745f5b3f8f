// The enumeration attack (I6): many accounts try their neighbours' numbers with common names, for thirty days, against
// a regroupement of invented holders. Played on a model that takes its limits and its rule of names from the server;
// enumeration.test.ts holds the model against the server itself, answer by answer.
// `node test/simulation/enumeration.ts` prints what each policy lets through, with the limits and without.
import { HELD_MS, LOOKUP_LIMITS } from '../../server/certificates/lookup/lookup-limits.ts';
import { namesMatch } from '../../server/certificates/names.ts';
import type { Limit } from '../../server/limits.ts';
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

/**
 * What may be typed in one search, likeliest first. The rule of names takes first names beyond those on file, and all
 * names in one field in either order, so one search can try more than one person: three first names between two
 * surnames are six. « Marie » alone is also every « Marie-… » (NAMES §4.1-4).
 */
function likeliest(): Pick<Guess, 'first' | 'last'>[] {
  const byShare = (list: readonly (readonly [string, number])[]) =>
    list.toSorted(([, a], [, b]) => b - a).map(([name]) => name);
  const firsts = byShare(FIRST).filter((name) => !name.startsWith('Marie'));
  const lasts = byShare(LAST);
  const typed = [
    ...lasts.map((last) => ({ first: 'Marie', last })),
    ...inGroups(firsts, 4).flatMap((group) => lasts.map((last) => ({ first: group.join(' '), last }))),
    ...inGroups(firsts, 3).flatMap((group) =>
      inGroups(lasts, 2).map(([one = '', other = '']) => ({
        first: [one, ...group, other].join(' '),
        last: '',
      })),
    ),
  ];
  const likely = (names: Pick<Guess, 'first' | 'last'>) =>
    FIRST.flatMap(([first, a]) => LAST.map(([last, b]) => (fits({ first, last }, names) ? a * b : 0)));
  return typed
    .map((names) => ({ names, likely: likely(names).reduce((sum, share) => sum + share, 0) }))
    .sort((a, b) => b.likely - a.likely)
    .map(({ names }) => names);
}

function inGroups(names: readonly string[], size: number): string[][] {
  return Array.from({ length: Math.ceil(names.length / size) }, (_, n) =>
    names.slice(n * size, (n + 1) * size),
  );
}

/** The likeliest names on every number, then the next ones; over and over. */
export function* each(holders: readonly Holder[]): Generator<Guess, never> {
  const searches = likeliest();
  for (;;) for (const names of searches) for (const { number } of holders) yield { number, ...names };
}

/** The same names on every number, over and over: the best there is where no answer tells whether they were right. */
export function* again(
  holders: readonly Pick<Holder, 'number'>[],
  names: Pick<Guess, 'first' | 'last'> | undefined = likeliest()[0],
): Generator<Guess, never> {
  for (;;) for (const { number } of holders) yield { number, first: '', last: '', ...names };
}

export interface Attack {
  /** What they search for, one search after the other. */
  searches: Generator<Guess, never>;
  accounts: number;
  days: number;
  /** Searches that one account makes in a quarter of an hour when nothing stops it. */
  eagerness: number;
  /**
   * How long the attackers stop once a proof is asked for and searching tells nothing; 0 = they go on. Or they never
   * let it come so far: they know the regroupement's limits, and count with it.
   */
  pauseMs: number | 'careful';
  /** They look for one person, and have done when they have found her. */
  once?: boolean;
}
export interface Tally {
  /** Searches that were answered otherwise than with a wait. */
  searches: number;
  /** Certificates that a stranger saw. */
  opened: Set<string>;
  answers: Record<Answer['kind'], number>;
}

/** What all searches of a regroupement count against. */
const SHARED = ['regroupement', 'regroupementAWeek'] as const;

/** The arithmetic of server/limits.ts, without its database. */
class Tries {
  readonly #tat = new Map<string, number>();

  /** Seconds until there is a try; 0 = now. */
  wait(key: string, limit: Limit, now: number): number {
    const [tat, step] = [this.#tat.get(key) ?? 0, stepOf(limit)];
    if (Math.max(tat, now) + step - now <= limit.periodMs) return 0;
    return Math.max(1, Math.ceil((tat + step - limit.periodMs - now) / 1000));
  }
  take(key: string, limit: Limit, now: number): number {
    const wait = this.wait(key, limit, now);
    if (wait === 0) this.#tat.set(key, Math.max(this.#tat.get(key) ?? 0, now) + stepOf(limit));
    return wait;
  }
  giveBack(key: string, limit: Limit): void {
    this.#tat.set(key, (this.#tat.get(key) ?? 0) - stepOf(limit));
  }
  holdBack(key: string, limit: Limit, ms: number, now: number): void {
    const spent = now + limit.periodMs;
    if ((this.#tat.get(key) ?? 0) <= spent) this.#tat.set(key, spent + ms);
  }
}

function stepOf({ periodMs, burst }: Limit): number {
  return Math.ceil(periodMs / burst);
}

/** Plays the attack, quarter of an hour by quarter of an hour; whoever has to wait waits as long as told. */
export async function attack(
  { searches, accounts, days, eagerness, pauseMs, once = false }: Attack,
  defender: Defender,
  start = 0,
): Promise<Tally> {
  const tally: Tally = {
    searches: 0,
    opened: new Set(),
    answers: { opened: 0, missed: 0, awaits: 0, wait: 0 },
  };
  const free = Array<number>(accounts).fill(start);
  const next = (): Guess => searches.next().value;
  const counted = new Tries();
  const affordable = (now: number) =>
    SHARED.every((name) => counted.wait(name, LOOKUP_LIMITS[name], now) === 0);
  let guess = next();
  let paused = start;
  for (let now = start; now < start + days * DAY_MS; now += STEP_MS) {
    if (now < paused) continue;
    step: for (let account = 0; account < accounts; account++) {
      for (let n = 0; n < eagerness && (free[account] ?? 0) <= now; n++) {
        while (tally.opened.has(guess.number)) guess = next();
        if (pauseMs === 'careful' && !affordable(now)) break step;
        const answer = await defender.search(account, guess, now);
        tally.answers[answer.kind]++;
        if (answer.kind === 'wait') {
          free[account] = now + answer.seconds * 1_000;
          break;
        }
        tally.searches++;
        if (answer.kind === 'opened') tally.opened.add(guess.number);
        else for (const name of SHARED) counted.take(name, LOOKUP_LIMITS[name], now);
        if (once && tally.opened.size > 0) return tally;
        guess = next();
        if (answer.kind === 'awaits' && pauseMs !== 'careful' && pauseMs > 0) {
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
  readonly #tries = new Tries();
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
        const seconds = this.#tries.take(key, limit, now);
        if (seconds > 0) return { kind: 'wait', seconds };
      }
      for (const [key, limit, heldMs] of watched) {
        if (this.#tries.take(key, limit, now) === 0) continue;
        raised = true;
        this.#tries.holdBack(key, limit, heldMs, now);
      }
    }
    const proof = this.#policy === 'name-and-number' && raised ? 'code' : this.#policy;
    const codeLeft =
      proof === 'code' &&
      (!this.#limits || this.#tries.take(`k${guess.number}`, LOOKUP_LIMITS.codes, now) === 0);
    const holder = this.#holders.get(guess.number);
    if (holder === undefined || !fits(holder, guess))
      return { kind: proof === 'code' || proof === 'approval' ? 'awaits' : 'missed' };
    if (proof === 'name-and-number') {
      if (this.#limits) for (const [key, limit] of [...tries, ...watched]) this.#tries.giveBack(key, limit);
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
}

/** How long it may pay to wait until what was spent is back; the worst of these is what counts. */
const PAUSES = [
  'careful',
  STEP_MS,
  DAY_MS / 8,
  DAY_MS,
  3.5 * DAY_MS,
  4 * DAY_MS,
  5 * DAY_MS,
  7 * DAY_MS,
] as const;
const ADDRESSES = 200;
const MANY = { accounts: 1_000, days: 30, eagerness: 5 };

/** A regroupement, and what the attackers do there. */
type Plan = (dice: Dice) => Omit<Attack, 'pauseMs'> & { holders: readonly Holder[] };

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
  plan: Plan,
  pauseMs: Attack['pauseMs'] = 0,
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
async function worst(seeds: number, plan: Plan): Promise<Result> {
  const results = [];
  for (const pause of PAUSES) results.push(await average(seeds, 'name-and-number', true, plan, pause));
  return results.reduce((a, b) => (b.seen > a.seen ? b : a));
}

const KNOWN = { first: 'Clémentine', last: 'Beaurivage', hasEmail: true };
const POLICIES = ['name-and-number', 'code', 'secret', 'approval'] as const;

if (import.meta.main) {
  const rows: string[][] = [];
  for (const policy of POLICIES)
    for (const limits of [true, false]) {
      const many: Plan = (dice) => {
        const holders = holdersOf(dice, 3_000);
        return { ...MANY, holders, searches: policy === 'name-and-number' ? each(holders) : again(holders) };
      };
      // Requests to staff are the more, the more names are tried.
      const asking: Plan = (dice) => {
        const holders = holdersOf(dice, 3_000);
        return { ...MANY, holders, searches: each(holders) };
      };
      const result =
        policy === 'name-and-number' && limits
          ? await worst(100, many)
          : await average(1, policy, limits, many);
      const { requests } =
        policy === 'code' || policy === 'approval' ? await average(1, policy, limits, asking) : result;
      rows.push([
        policy,
        limits ? 'with' : 'without',
        Math.round(result.searches).toLocaleString('en-CA'),
        result.seen === 0 ? '0' : result.seen.toFixed(1),
        chance(result.chance),
        requests.toFixed(0),
      ]);
    }
  console.log(`1,000 accounts, ${ADDRESSES} addresses, 3,000 holders, 30 days\n`);
  print(['policy', 'limits', 'searches', 'files seen', 'chance of any', 'requests to staff'], rows);

  const named = [];
  for (const accounts of [1, 10, 1_000]) {
    const one: Plan = (dice) => {
      const holders = holdersOf(dice, 2_000);
      const target = Object.assign(dice.pick(holders), KNOWN);
      return { ...MANY, accounts, holders, searches: again(holders, nameOf(target)), once: true };
    };
    for (const [limits, result] of [
      ['with', await worst(100, one)],
      ['without', await average(20, 'name-and-number', false, one)],
    ] as const)
      named.push([String(accounts), limits, chance(result.chance)]);
  }
  console.log('\nname-and-number, one person known by name among 2,000 numbers, 30 days\n');
  print(['accounts', 'limits', 'chance'], named);

  const known = [];
  for (const policy of POLICIES) {
    const her: Plan = (dice) => {
      const holders = holdersOf(dice, 1).map((holder) => ({ ...holder, ...KNOWN }));
      return { ...MANY, holders, searches: again(holders, nameOf(KNOWN)), once: true };
    };
    const [with_, without] = [await average(1, policy, true, her), await average(1, policy, false, her)];
    known.push([policy, chance(with_.chance), chance(without.chance)]);
  }
  console.log('\none person known by name and number, with an e-mail on file, 1,000 accounts, 30 days\n');
  print(['policy', 'with limits', 'without'], known);
}

function nameOf({ first, last }: Pick<Holder, 'first' | 'last'>): Pick<Guess, 'first' | 'last'> {
  return { first, last };
}

function chance(p: number): string {
  return p === 0 ? '0' : p >= 0.005 ? `${Math.round(100 * p)} %` : p.toExponential(1);
}

function print(head: readonly string[], rows: readonly string[][]): void {
  for (const row of [head, head.map(() => '---'), ...rows]) console.log(`| ${row.join(' | ')} |`);
}
