// Which plans of instalments there may be: four dates at most, from today on, in order, each of at least what the regroupement takes, and
// together the balance to the cent; and those that are proposed. Pure.
import type { Invoice } from '../invoices.ts';
import { sum } from '../money.ts';
import type { Instalments } from '../policies.ts';
import { daysBefore } from '../toronto.ts';
import { type Instalment, spread } from './standing.ts';

/** As many dates as a plan may have. */
export const MOST_DATES = 4;
/** So far ahead, in days, staff may put the last one. */
const FARTHEST_DAYS = 366;
/** Dates that are proposed lie at least so many days apart. */
const APART_DAYS = 14;

/** What a plan must keep to. */
export interface PlanRule {
  /** Toronto days. */
  today: string;
  lastOn: string;
  minimumCents: number;
  /** What the amounts add up to. */
  balanceCents: number;
}

type Of = Pick<Invoice, 'balanceCents' | 'dueOn' | 'periodEnd' | 'payable'>;

/** The rule for whoever pays; null where the regroupement offers no plan for this invoice today. */
export function payersRule(policy: Instalments, invoice: Of, today: string): PlanRule | null {
  if (policy.kind === 'none' || policy.planDays === undefined || !invoice.payable) return null;
  const last = daysBefore(invoice.dueOn, -policy.planDays);
  const lastOn = last < invoice.periodEnd ? last : invoice.periodEnd;
  return lastOn <= today ? null : ruleOf(policy.minimumCents, invoice, today, lastOn);
}

/** The rule for staff, who may go further; null where nothing may be paid in parts. */
export function staffsRule(policy: Instalments, invoice: Of, today: string): PlanRule | null {
  if (policy.kind === 'none' || !invoice.payable) return null;
  return ruleOf(policy.minimumCents, invoice, today, daysBefore(today, -FARTHEST_DAYS));
}

function ruleOf(minimumCents: number, { balanceCents }: Of, today: string, lastOn: string): PlanRule {
  return { today, lastOn, minimumCents: Math.min(minimumCents, balanceCents), balanceCents };
}

/** What stands against a plan, by JSON pointer; nothing: it may be. */
export function against(
  { today, lastOn, minimumCents, balanceCents }: PlanRule,
  instalments: readonly Instalment[],
): { pointer: string; code: string }[] {
  const errors = instalments.flatMap(({ dueOn, amountCents }, i) => {
    const day = dayError(dueOn, instalments[i - 1]?.dueOn, today, lastOn);
    return [
      ...(day === null ? [] : [{ pointer: `/instalments/${i}/dueOn`, code: day }]),
      ...(amountCents < minimumCents
        ? [{ pointer: `/instalments/${i}/amountCents`, code: 'too-small' }]
        : []),
    ];
  });
  if (errors.length > 0) return errors;
  const all = sum(instalments.map(({ amountCents }) => amountCents));
  return all === balanceCents
    ? []
    : [{ pointer: '/instalments', code: all < balanceCents ? 'too-small' : 'too-large' }];
}

function dayError(dueOn: string, before: string | undefined, today: string, lastOn: string): string | null {
  if (dueOn < today) return 'too-old';
  if (dueOn > lastOn) return 'too-late';
  return before !== undefined && dueOn <= before ? 'out-of-order' : null;
}

/** The plan of so many equal parts that is proposed: today, then month after month, closer together where time is short. */
function proposed(rule: PlanRule, dates: number): Instalment[] | null {
  const { today, lastOn, minimumCents, balanceCents } = rule;
  const days = Array.from({ length: dates }, (_, n) => monthsAfter(today, n));
  if ((days.at(-1) ?? today) > lastOn) {
    const most = Math.floor(daysBetween(today, lastOn) / (dates - 1));
    if (most < APART_DAYS) return null;
    for (let n = 1; n < dates; n++) days[n] = daysBefore(today, -n * most);
  }
  // The first ones have the cent that does not divide.
  const parts = spread(balanceCents, Array<number>(dates).fill(1)).toSorted((a, b) => b - a);
  if ((parts.at(-1) ?? 0) < Math.max(1, minimumCents)) return null;
  return days.map((dueOn, n) => ({ dueOn, amountCents: parts[n] ?? 0 }));
}

/** Every plan that is proposed, of two dates first. */
export function proposals(rule: PlanRule | null): Instalment[][] {
  if (rule === null) return [];
  return Array.from({ length: MOST_DATES - 1 }, (_, n) => proposed(rule, n + 2) ?? []).filter(
    (plan) => plan.length > 0,
  );
}

/** The same day so many months later; the month's last where it has no such day. */
function monthsAfter(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}
