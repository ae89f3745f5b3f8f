// « Entente de versements » (BUREAU.md §6.6): made by whoever pays, where the regroupement offers it, or by staff; changed by another one
// in its place; ended by staff. Nothing is charged by it: each instalment is paid as any part of an invoice is. It is over by itself
// once all is paid, or the invoice cancelled; a bounced cheque takes it up again (ledger/plans/standing.ts).
import { type Actor, audited } from '../audit.ts';
import { type Payer, payableInvoices, stillReaches } from '../certificates/access.ts';
import {
  asRead,
  notUnderWay,
  readStanding,
  refuseOther,
  refuseUnderWay,
  type Standing,
} from '../credits/state.ts';
import { sha256 } from '../crypto.ts';
import { guard, isGuardFailure, isUniqueViolation, type Statement } from '../db/db.ts';
import { sql } from '../db/sql.ts';
import { type Deps, newId } from '../deps.ts';
import type { Invoice } from '../ledger/invoices.ts';
import { against, type PlanRule, payersRule, proposals, staffsRule } from '../ledger/plans/rule.ts';
import type { Instalment } from '../ledger/plans/standing.ts';
import { followTaxRate } from '../ledger/premium-tax.ts';
import { torontoDay } from '../ledger/toronto.ts';
import { Problem } from '../problems/problem.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';

/** How often something may come between a look and its batch. */
const TRIES = 5;

/** A plan as it was agreed to. */
export interface Plan {
  id: string;
  /** Who agreed to it: `account` (whoever pays), or an actor of the office. */
  madeBy: string;
  madeAt: number;
  totalCents: number;
  instalments: Instalment[];
  endedAt: number | null;
  endedBy: string | null;
  /** Null: it is in force, or over by itself. */
  endedWhy: 'cancelled' | 'replaced' | null;
}

/** What staff see before they make one. */
export interface PlanPreview {
  instalments: Instalment[];
  balanceCents: number;
  minimumCents: number;
  /** The last day that the last one may have. */
  lastOn: string;
}

interface Making {
  regroupementId: string;
  instalments: readonly Instalment[];
  madeBy: string;
  accountId: string | null;
  idempotencyKey: string;
  hash: string;
}

/**
 * Whoever pays agrees to a plan for an invoice that she reaches, once a key. Throws `not-found`, `plan-not-offered`, `plan-exists`,
 * `payment-in-progress`, `idempotency-mismatch`; `validation` of what breaks the rule.
 */
export async function agreeToPlan(
  deps: Deps,
  { regroupement, accountId }: { regroupement: Regroupement; accountId: string },
  invoiceId: string,
  request: { instalments: readonly Instalment[]; idempotencyKey: string },
): Promise<void> {
  const payer: Payer = { regroupementId: regroupement.id, accountId };
  const making = drawn(regroupement.id, invoiceId, { ...request, madeBy: `account:${accountId}`, accountId });
  await once(deps, making, async () => {
    await payableInvoices(deps, payer, [invoiceId]);
    const standing = await current(deps, regroupement.id, invoiceId);
    await refuseUnderWay(deps, standing).catch((error: unknown) => {
      // What it says is for staff.
      throw error instanceof Problem ? new Problem('payment-in-progress') : error;
    });
    const { invoice } = standing;
    if (invoice.plan !== null) throw new Problem('plan-exists', { invoiceNumber: invoice.number });
    check(
      payersRule(regroupement.instalments, invoice, torontoDay(deps.now())),
      invoice,
      request.instalments,
    );
    return [stillReaches(payer, [invoiceId]), ...statements(deps, standing, making)];
  });
}

/** What staff ask for. */
export interface PlanAct {
  /** The state that it is asked from (`invoiceVersion`). */
  version: string;
  by: Actor;
}

/** The plan as it would be: as it was typed, or so many equal parts. Throws `not-found`, `plan-not-offered`, `validation`. */
export async function previewPlan(
  deps: Deps,
  regroupement: Regroupement,
  invoiceId: string,
  asked: { instalments: readonly Instalment[] } | { dates: number },
): Promise<PlanPreview> {
  const { invoice } = await current(deps, regroupement.id, invoiceId);
  const rule = staffsRule(regroupement.instalments, invoice, torontoDay(deps.now()));
  if ('instalments' in asked) check(rule, invoice, asked.instalments);
  if (rule === null) throw notOffered(invoice);
  const offered = proposals(rule);
  const instalments =
    'instalments' in asked ? asked.instalments : offered.find((plan) => plan.length === asked.dates);
  if (instalments === undefined)
    throw new Problem('validation', {
      errors: [{ pointer: '/dates', code: 'too-large' }],
      minimumCents: rule.minimumCents,
    });
  const { balanceCents, minimumCents, lastOn } = rule;
  return { instalments: [...instalments], balanceCents, minimumCents, lastOn };
}

/**
 * Staff make a plan, in the place of the one there is, once a key. Throws as the preview, and `changed-meanwhile`,
 * `payment-in-progress`, `payment-disputed`, `idempotency-mismatch`.
 */
export async function makePlan(
  deps: Deps,
  regroupement: Regroupement,
  invoiceId: string,
  request: PlanAct & { instalments: readonly Instalment[]; idempotencyKey: string },
): Promise<void> {
  const { instalments, idempotencyKey, by } = request;
  const making = drawn(regroupement.id, invoiceId, {
    ...{ instalments, idempotencyKey, madeBy: by, accountId: null },
  });
  await once(deps, making, async () => {
    const standing = await current(deps, regroupement.id, invoiceId);
    refuseOther(standing, request.version);
    await refuseUnderWay(deps, standing);
    const { invoice } = standing;
    check(staffsRule(regroupement.instalments, invoice, torontoDay(deps.now())), invoice, instalments);
    const dates = (plan: readonly Instalment[]) =>
      plan.map(({ dueOn, amountCents }) => `${dueOn} ${amountCents}`);
    return [
      ...statements(deps, standing, making),
      audited(deps, {
        regroupementId: regroupement.id,
        actor: by,
        act: 'plan-made',
        target: `invoices:${invoiceId}`,
        before: {
          invoice: invoiceId,
          plan: invoice.plan?.id ?? null,
          instalments: dates(invoice.plan?.instalments ?? []),
        },
        after: { invoice: invoiceId, balanceCents: invoice.balanceCents, instalments: dates(instalments) },
      }),
    ];
  });
}

/**
 * Staff end the plan of an invoice: the invoice is then due as it says. The same plan again stays ended. Throws `not-found`, where the
 * invoice has no such plan, and `changed-meanwhile`.
 */
export async function endPlan(
  deps: Deps,
  regroupementId: string,
  invoiceId: string,
  { planId, version, by }: PlanAct & { planId: string },
): Promise<void> {
  const { rows } = await deps.db.execute<{ why: string | null }>(
    'SELECT ended_why AS why FROM instalment_plans WHERE id = ? AND invoice_id = ? AND regroupement_id = ?',
    [planId, invoiceId, regroupementId],
  );
  const [plan] = rows;
  if (plan === undefined) throw new Problem('not-found');
  if (plan.why === 'cancelled') return;
  const standing = await readStanding(deps, regroupementId, invoiceId);
  refuseOther(standing, version);
  try {
    await deps.db.batch([
      guard('EXISTS (SELECT 1 FROM instalment_plans WHERE id = ? AND ended_at IS NULL)', [planId]),
      sql`UPDATE instalment_plans SET ended_at = ${deps.now()}, ended_by = ${by}, ended_why = 'cancelled' WHERE id = ${planId}`,
      audited(deps, {
        regroupementId,
        actor: by,
        act: 'plan-ended',
        target: `invoices:${invoiceId}`,
        before: { invoice: invoiceId, plan: planId },
        after: { invoice: invoiceId, plan: null, balanceCents: standing.invoice.balanceCents },
      }),
    ]);
  } catch (error) {
    if (!isGuardFailure(error)) throw error;
    // Somebody was faster: it is ended, or another one stands in its place.
    return endPlan(deps, regroupementId, invoiceId, { planId, version: '', by });
  }
}

/** The plans of an invoice, the newest first. */
export async function plansOf(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  invoiceId: string,
): Promise<Plan[]> {
  const { rows } = await deps.db.execute<Omit<Plan, 'instalments'> & { instalments: string }>(
    `SELECT p.id, iif(p.account_id IS NULL, p.made_by, 'account') AS madeBy, p.made_at AS madeAt, p.total_cents AS totalCents,
       p.ended_at AS endedAt, p.ended_by AS endedBy, p.ended_why AS endedWhy,
       (SELECT json_group_array(json(one)) FROM (SELECT json_object('dueOn', due_on, 'amountCents', amount_cents) AS one
         FROM instalments WHERE plan_id = p.id ORDER BY no)) AS instalments
     FROM instalment_plans p WHERE p.invoice_id = ? AND +p.regroupement_id = ? ORDER BY p.made_at DESC, p.rowid DESC`,
    [invoiceId, regroupementId],
  );
  return rows.map((row) => ({ ...row, instalments: JSON.parse(row.instalments) as Instalment[] }));
}

function drawn(
  regroupementId: string,
  invoiceId: string,
  of: Omit<Making, 'hash' | 'regroupementId'>,
): Making {
  const dates = of.instalments.map(({ dueOn, amountCents }) => [dueOn, amountCents]);
  return { ...of, regroupementId, hash: sha256(JSON.stringify([invoiceId, dates])) };
}

/** Writes what `draw` draws up, once a key. */
async function once(deps: Deps, making: Making, draw: () => Promise<Statement[]>): Promise<void> {
  const { regroupementId, madeBy, idempotencyKey, hash } = making;
  for (let attempt = 1; ; attempt++) {
    const { rows } = await deps.db.execute<{ hash: string }>(
      'SELECT request_hash AS hash FROM instalment_plans WHERE regroupement_id = ? AND made_by = ? AND idempotency_key = ?',
      [regroupementId, madeBy, idempotencyKey],
    );
    if (rows[0] !== undefined && rows[0].hash !== hash) throw new Problem('idempotency-mismatch');
    if (rows[0] !== undefined) return;
    try {
      await deps.db.batch(await draw());
      return;
    } catch (error) {
      // A payment began, or somebody was faster with this invoice, or with this key.
      if (!isGuardFailure(error) && !isUniqueViolation(error)) throw error;
      if (attempt === TRIES) throw new Problem('busy', { retryAfter: 1 });
    }
  }
}

/** The invoice at today's rate of tax (M6): what is agreed to is what she will pay. */
async function current(deps: Deps, regroupementId: string, invoiceId: string): Promise<Standing> {
  const standing = await readStanding(deps, regroupementId, invoiceId);
  const followed = await followTaxRate(deps, regroupementId, [standing.invoice]);
  return followed ? readStanding(deps, regroupementId, invoiceId) : standing;
}

function check(rule: PlanRule | null, invoice: Invoice, instalments: readonly Instalment[]): void {
  if (rule === null) throw notOffered(invoice);
  const errors = against(rule, instalments);
  const { lastOn, minimumCents, balanceCents } = rule;
  if (errors.length > 0) throw new Problem('validation', { errors, lastOn, minimumCents, balanceCents });
}

function notOffered(invoice: Invoice): Problem {
  if (invoice.status === 'cancelled')
    return new Problem('invoice-cancelled', { invoiceNumber: invoice.number });
  return new Problem(invoice.payable ? 'plan-not-offered' : 'nothing-to-pay', {
    invoiceNumber: invoice.number,
  });
}

function statements(deps: Deps, standing: Standing, making: Making): Statement[] {
  const { invoice, revision } = standing;
  const { regroupementId, madeBy, accountId, instalments, idempotencyKey, hash } = making;
  const id = newId(deps);
  const now = deps.now();
  return [
    notUnderWay(invoice.id),
    asRead(regroupementId, standing),
    // Another plan, made meanwhile, is not the one that may be replaced.
    guard('(SELECT id FROM instalment_plans WHERE invoice_id = ? AND ended_at IS NULL) IS ?', [
      invoice.id,
      invoice.plan?.id ?? null,
    ]),
    sql`UPDATE instalment_plans SET ended_at = ${now}, ended_by = ${madeBy}, ended_why = 'replaced'
        WHERE invoice_id = ${invoice.id} AND ended_at IS NULL`,
    sql`INSERT INTO instalment_plans(id, regroupement_id, invoice_id, revision, total_cents, account_id, made_by, made_at,
          idempotency_key, request_hash)
        SELECT ${id}, ${regroupementId}, ${invoice.id}, ${revision}, ${invoice.balanceCents}, ${accountId}, ${madeBy},
          max(${now}, coalesce(max(posted_at) + 1, 0)), ${idempotencyKey}, ${hash} FROM ledger_rows WHERE invoice_id = ${invoice.id}`,
    ...instalments.map(
      ({ dueOn, amountCents }, i) =>
        sql`INSERT INTO instalments(plan_id, no, due_on, amount_cents) VALUES (${id}, ${i + 1}, ${dueOn}, ${amountCents})`,
    ),
  ];
}
