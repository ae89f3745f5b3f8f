// Reminders of instalments (BUREAU.md §6.7): one some days before each is due, one after it was missed, in her language. They go to whoever
// agreed to the plan, as long as that account reaches the invoice; otherwise to the holder's e-mail on file; where there is none, to the
// account that has seen the whole file the longest. What was paid and taken back
// (a bounced cheque, a refund) is reminded of anew.
import { reachedInvoices } from '../certificates/access.ts';
import type { Deps } from '../deps.ts';
import type { Lang } from '../fields.ts';
import { type InvoicePlan, readInvoices } from '../ledger/invoices.ts';
import { daysBefore, torontoDateTime, torontoDay } from '../ledger/toronto.ts';
import { enqueueMail } from '../mail/outbox.ts';

/** In Toronto: nobody is written to at night. */
const FROM = '08:00';
const BEFORE_DAYS = 3;
const AFTER_DAYS = 7;
/** Later nothing is said: the server was not running, or staff have it in hand. */
const UNTIL_DAYS = 37;
const AT_ONCE = 100;

interface Planned {
  planId: string;
  invoiceId: string;
  regroupementId: string;
  accountId: string | null;
  madeAt: number;
  holderId: string;
  email: string | null;
  lang: Lang;
  accountEmail: string | null;
  accountLang: Lang | null;
}

/** The job: writes the reminders that are due. The same one again changes nothing. */
export async function remindOfInstalments(deps: Deps): Promise<void> {
  if (torontoDateTime(deps.now()).time < FROM) return;
  const today = torontoDay(deps.now());
  const { rows } = await deps.db.execute<Planned>(
    `SELECT DISTINCT p.id AS planId, p.invoice_id AS invoiceId, p.regroupement_id AS regroupementId, p.account_id AS accountId,
       p.made_at AS madeAt, h.id AS holderId, h.email, h.lang, a.email AS accountEmail, a.lang AS accountLang
     FROM instalments s CROSS JOIN instalment_plans p ON p.id = s.plan_id CROSS JOIN invoices i ON i.id = p.invoice_id
     CROSS JOIN certificates c ON c.id = i.certificate_id CROSS JOIN holders h ON h.id = c.holder_id
     LEFT JOIN accounts a ON a.id = p.account_id
     WHERE s.due_on BETWEEN ? AND ? AND p.ended_at IS NULL AND i.status = 'open'`,
    [daysBefore(today, UNTIL_DAYS), daysBefore(today, -BEFORE_DAYS)],
  );
  for (const [regroupementId, planned] of Map.groupBy(rows, (row) => row.regroupementId))
    for (let i = 0; i < planned.length; i += AT_ONCE)
      await remind(deps, regroupementId, planned.slice(i, i + AT_ONCE), today);
}

async function remind(
  deps: Deps,
  regroupementId: string,
  planned: readonly Planned[],
  today: string,
): Promise<void> {
  const invoiceIds = planned.map(({ invoiceId }) => invoiceId);
  const invoices = await readInvoices(deps, regroupementId, '', { invoiceIds });
  for (const one of planned) {
    const invoice = invoices.find(({ id }) => id === one.invoiceId);
    // While somebody pays, nobody is asked to.
    if (invoice?.plan?.id !== one.planId || invoice.heldBy !== null) continue;
    const due = dueReminders(invoice.plan, torontoDay(one.madeAt), today);
    if (due.length === 0) continue;
    const to = await recipientOf(deps, one);
    await deps.db.batch(
      due.map(({ no, late, time }) =>
        enqueueMail(deps, {
          regroupementId,
          dedupeKey: `instalment:${one.planId}:${no}:${late ? 'after' : 'before'}:${time}`,
          kind: 'instalment',
          ...to,
          payload: { planId: one.planId, no, late },
        }),
      ),
    );
  }
}

async function recipientOf(deps: Deps, one: Planned): Promise<{ recipient: string; lang: Lang }> {
  const { accountId, accountEmail, accountLang, regroupementId, invoiceId } = one;
  if (accountId !== null && accountEmail !== null && accountLang !== null) {
    const reached = await reachedInvoices(deps, { regroupementId, accountId }, [invoiceId]);
    if (reached.has(invoiceId)) return { recipient: accountEmail, lang: accountLang };
  }
  if (one.email !== null) return { recipient: one.email, lang: one.lang };
  const { rows } = await deps.db.execute<{ recipient: string; lang: Lang }>(
    `SELECT a.email AS recipient, a.lang FROM links l JOIN accounts a ON a.id = l.account_id
     WHERE l.holder_id = ? AND +l.regroupement_id = ? AND l.undone_at IS NULL AND l.level = 'verified' AND a.erased_at IS NULL
     ORDER BY l.created_at LIMIT 1`,
    [one.holderId, regroupementId],
  );
  // Nobody is known: nothing is written.
  return rows[0] ?? { recipient: '', lang: one.lang };
}

/** Which of a plan's instalments are to be reminded of on this day; `time`: how often each was paid and taken back. */
function dueReminders(
  { instalments }: Pick<InvoicePlan, 'instalments'>,
  madeOn: string,
  today: string,
): { no: number; late: boolean; time: number }[] {
  return instalments.flatMap(({ dueOn, leftCents, reopened }, i) => {
    if (leftCents === 0) return [];
    const late = dueOn < today;
    // She has just agreed to it. What came back is told at once.
    const soon = today >= daysBefore(dueOn, BEFORE_DAYS) && (dueOn > madeOn || reopened > 0);
    const missed = today <= daysBefore(dueOn, -UNTIL_DAYS);
    const long = reopened > 0 || today >= daysBefore(dueOn, -AFTER_DAYS);
    return (late ? missed && long : soon) ? [{ no: i + 1, late, time: reopened }] : [];
  });
}
