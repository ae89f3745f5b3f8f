// A new rate of the premium tax is told to each regroupement that has unpaid invoices at the old one: once as soon as
// there are any, once in the last week before. Whoever was down in that week, or had none then, is told once afterwards
// of what still bears the old rate. The row of `exceptions` is what makes it once.
import type { Deps } from '../deps.ts';
import { taxChanges } from '../ledger/premium-tax.ts';
import { PREMIUM_TAX_RATES, type RateStep, rateSteps, rateText } from '../ledger/rates.ts';
import { daysBefore, torontoDay } from '../ledger/toronto.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import { openException } from './exceptions.ts';

const LAST_DAYS = 7;
/** Its place in the exception’s key. */
type NoticeKind = 'announced' | 'last-week' | 'in-force';

/** The job. Answers how many were told. Several processes may do it at once. */
export async function tellOfTaxSteps(deps: Deps, rates = PREMIUM_TAX_RATES): Promise<number> {
  const today = torontoDay(deps.now());
  const steps = rateSteps(rates);
  const current = steps.findLast(({ day }) => day <= today);
  let count = 0;
  for (const step of steps) {
    if (step.day <= today && step !== current) continue;
    const notice = noticeFor(step, today);
    for (const regroupement of await notYetTold(deps, step, notice)) {
      // Taken one by one: a regroupement may have thousands of invoices.
      const changes = await taxChanges(deps, regroupement.id, step.day, rates);
      if (changes.length === 0) continue;
      await deps.db.batch(
        openException(deps, regroupement, {
          kind: 'premium-tax',
          about: `${step.day}:${notice}`,
          detail: {
            day: step.day,
            fromRate: rateText(step.fromRate),
            toRate: rateText(step.toRate),
            countedOn: today,
            invoices: changes.length,
            differenceCents: changes.reduce((sum, { differenceCents }) => sum + differenceCents, 0),
          },
        }),
      );
      count++;
    }
  }
  return count;
}

function noticeFor({ day }: RateStep, today: string): NoticeKind {
  if (today >= day) return 'in-force';
  return today >= daysBefore(day, LAST_DAYS) ? 'last-week' : 'announced';
}

/** Whom this notice concerns. After the day only those whose invoices stay as they are: the others follow it. */
async function notYetTold(
  deps: Pick<Deps, 'db'>,
  step: RateStep,
  notice: NoticeKind,
): Promise<Pick<Regroupement, 'id' | 'email'>[]> {
  const { rows } = await deps.db.execute<Pick<Regroupement, 'id' | 'email'>>(
    `SELECT r.id, r.email FROM regroupements r
     WHERE (?2 <> 'in-force' OR r.premium_tax_policy = 'as-invoiced')
       AND NOT EXISTS (SELECT 1 FROM exceptions WHERE dedupe_key = r.id || ':premium-tax:' || ?1 || ':' || ?2)
       AND NOT EXISTS (SELECT 1 FROM exceptions
         WHERE ?2 = 'in-force' AND dedupe_key = r.id || ':premium-tax:' || ?1 || ':last-week')
     ORDER BY r.slug`,
    [step.day, notice],
  );
  return rows;
}
