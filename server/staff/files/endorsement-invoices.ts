// « Montant manuel » (S34): staff type the amount of an endorsement, and that makes its invoice, once. She sees it at her next
// load. The preview is the same sum without a row.
import { type Actor, audited } from '../../audit.ts';
import { sha256 } from '../../crypto.ts';
import { guard, isGuardFailure, isUniqueViolation, type Statement } from '../../db/db.ts';
import { sql } from '../../db/sql.ts';
import { type Deps, newId } from '../../deps.ts';
import type { Lang } from '../../fields.ts';
import { post } from '../../ledger/entries.ts';
import { onlineFee } from '../../ledger/fees.ts';
import type { InvoiceLine } from '../../ledger/invoices.ts';
import { manualLines } from '../../ledger/manual-amount.ts';
import { MAX_CENTS, sum } from '../../ledger/money.ts';
import { daysBefore, noon, torontoDay, yearsBefore } from '../../ledger/toronto.ts';
import { Problem } from '../../problems/problem.ts';
import { adminFeeOf } from '../../regroupements/coordinating-offices.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';

/** What staff say; what they leave out is the endorsement's amount, today, and thirty days later. */
export interface ManualInvoiceRequest {
  amountCents?: number | undefined;
  /** Toronto days. */
  issuedOn?: string | undefined;
  dueOn?: string | undefined;
  /** « Ne pas facturer de frais d'adm. » (S38). */
  noAdminFee: boolean;
}

/** The invoice as she will see it. */
export interface ManualInvoice {
  /** In the preview: the number that it would bear now. */
  number: string;
  issuedOn: string;
  dueOn: string;
  lines: InvoiceLine[];
  totalCents: number;
  onlineFeeCents: number;
  /** What PayPal is asked for when she pays it online. */
  onlineTotalCents: number;
  /** The fee that is charged, or would be if it were not waived. */
  adminFeeCents: number;
  /** Whose fee it is; null: the regroupement's. */
  officeName: string | null;
}

interface Endorsement {
  id: string;
  certificateId: string;
  effectiveOn: string;
  description: string;
  amountCents: number;
  invoiceNumber: string | null;
  periodStart: string;
  periodEnd: string;
  lang: Lang;
  officeId: string | null;
  officeName: string | null;
}

const DUE_AFTER_DAYS = 30;
const LATEST_DUE_DAYS = 366;
/** A day before is a slip of the pen. */
const OLDEST_YEARS = 10;
/** How often something may come between a look and its batch. */
const TRIES = 5;

/** What the invoice would be now. Throws `not-found`, `endorsement-invoiced`, `validation`. */
export async function previewManualInvoice(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupement: Regroupement,
  endorsementId: string,
  request: ManualInvoiceRequest,
): Promise<ManualInvoice> {
  const endorsement = await readEndorsement(deps, regroupement.id, endorsementId);
  return await drawUp(deps, regroupement, endorsement, request);
}

/**
 * Makes the invoice, once an endorsement: invoice, lines, charge and the endorsement's mark in one batch. The same key
 * with the same request answers the same invoice. Throws as the preview, and `idempotency-mismatch`.
 */
export async function makeManualInvoice(
  deps: Deps,
  regroupement: Regroupement,
  endorsementId: string,
  request: ManualInvoiceRequest & { by: Actor; idempotencyKey: string },
): Promise<{ id: string; number: string }> {
  const { amountCents, issuedOn, dueOn, noAdminFee } = request;
  const hash = sha256(JSON.stringify([endorsementId, amountCents, issuedOn, dueOn, noAdminFee]));
  for (let attempt = 1; ; attempt++) {
    const known = await byKey(deps, regroupement.id, request.idempotencyKey, hash);
    if (known !== undefined) return known;
    const endorsement = await readEndorsement(deps, regroupement.id, endorsementId);
    const invoice = await drawUp(deps, regroupement, endorsement, request);
    const id = newId(deps);
    try {
      await deps.db.batch(statements(deps, regroupement.id, { ...request, hash, id, endorsement, invoice }));
      return { id, number: invoice.number };
    } catch (error) {
      // The number was taken, or somebody was faster with this endorsement, or with this key.
      if (!isUniqueViolation(error) && !isGuardFailure(error)) throw error;
      if (attempt === TRIES) throw new Problem('busy', { retryAfter: 1 });
    }
  }
}

function statements(
  deps: Deps,
  regroupementId: string,
  made: ManualInvoiceRequest & {
    by: Actor;
    idempotencyKey: string;
    hash: string;
    id: string;
    endorsement: Endorsement;
    invoice: ManualInvoice;
  },
): Statement[] {
  const { id, endorsement, invoice, by, hash, idempotencyKey, noAdminFee } = made;
  const now = deps.now();
  const { series, next } = partsOf(invoice.number);
  return [
    guard('EXISTS (SELECT 1 FROM endorsements WHERE id = ? AND regroupement_id = ? AND invoice_id IS NULL)', [
      endorsement.id,
      regroupementId,
    ]),
    sql`INSERT INTO invoice_rows(id, regroupement_id, certificate_id, number, kind, issued_on, due_on, period_start, period_end,
          no_admin_fee, manual_amount, created_at, updated_at)
        VALUES (${id}, ${regroupementId}, ${endorsement.certificateId}, ${invoice.number}, ${KIND[endorsement.lang]},
          ${invoice.issuedOn}, ${invoice.dueOn}, ${endorsement.periodStart}, ${endorsement.periodEnd}, ${Number(noAdminFee)}, 1,
          ${now}, ${now})`,
    ...invoice.lines.map(
      ({ code, description, amountCents, rate }, i) =>
        sql`INSERT INTO invoice_lines(invoice_id, revision, position, code, description, amount_cents, rate)
            VALUES (${id}, 1, ${i + 1}, ${code}, ${description}, ${amountCents}, ${rate})`,
    ),
    ...post(deps, {
      regroupementId,
      invoiceId: id,
      kind: 'charge',
      cents: invoice.totalCents,
      source: `invoice:${invoice.number}`,
      occurredAt: noon(invoice.issuedOn),
    }),
    sql`UPDATE endorsements SET invoice_id = ${id}, manual_amount = 1, updated_at = ${now} WHERE id = ${endorsement.id}`,
    sql`INSERT INTO manual_invoices(endorsement_id, invoice_id, regroupement_id, idempotency_key, request_hash, created_by, created_at)
        VALUES (${endorsement.id}, ${id}, ${regroupementId}, ${idempotencyKey}, ${hash}, ${by}, ${now})`,
    sql`INSERT INTO invoice_series(regroupement_id, name, next) VALUES (${regroupementId}, ${series}, ${next})
        ON CONFLICT DO UPDATE SET next = max(next, excluded.next)`,
    audited(deps, {
      regroupementId,
      actor: by,
      act: 'manual-invoice-made',
      target: `endorsements:${endorsement.id}`,
      before: { invoice: null },
      after: { invoice: id, number: invoice.number, totalCents: invoice.totalCents, noAdminFee },
    }),
  ];
}

const KIND: Readonly<Record<Lang, string>> = { 'fr-CA': 'avenant', 'en-CA': 'endorsement' };

async function drawUp(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupement: Regroupement,
  endorsement: Endorsement,
  { amountCents, issuedOn, dueOn, noAdminFee }: ManualInvoiceRequest,
): Promise<ManualInvoice> {
  if (endorsement.invoiceNumber !== null)
    throw new Problem('endorsement-invoiced', { invoiceNumber: endorsement.invoiceNumber });
  const today = torontoDay(deps.now());
  const issued = issuedOn ?? today;
  const due = dueOn ?? daysBefore(issued, -DUE_AFTER_DAYS);
  const cents = amountCents ?? endorsement.amountCents;
  const wrong = [
    cents < 1 ? { pointer: '/amountCents', code: 'too-small' } : null,
    cents > MAX_CENTS ? { pointer: '/amountCents', code: 'too-large' } : null,
    issued > today ? { pointer: '/issuedOn', code: 'in-the-future' } : null,
    issued < yearsBefore(today, OLDEST_YEARS) ? { pointer: '/issuedOn', code: 'too-old' } : null,
    due < issued ? { pointer: '/dueOn', code: 'too-old' } : null,
    due > daysBefore(issued, -LATEST_DUE_DAYS) ? { pointer: '/dueOn', code: 'in-the-future' } : null,
  ].filter((error) => error !== null);
  if (wrong.length > 0) throw new Problem('validation', { errors: wrong });
  const fee = await adminFeeOf(deps, regroupement.id, endorsement.officeId);
  const lines = manualLines({
    description: endorsement.description,
    cents,
    withTax: regroupement.manualAmountWithTax,
    issuedOn: issued,
    fee: noAdminFee ? null : fee,
    lang: endorsement.lang,
  });
  const totalCents = sum(lines.map((line) => line.amountCents));
  const onlineFeeCents = onlineFee(regroupement.onlineFee, totalCents);
  return {
    number: await nextNumber(deps, regroupement.id, issued.slice(0, 4)),
    issuedOn: issued,
    dueOn: due,
    lines,
    totalCents,
    onlineFeeCents,
    onlineTotalCents: totalCents + onlineFeeCents,
    adminFeeCents: fee.cents,
    officeName: endorsement.officeName,
  };
}

/** The first number of the year's series that no invoice bears, not even one that an import still hides. */
async function nextNumber(deps: Pick<Deps, 'db'>, regroupementId: string, year: string): Promise<string> {
  const series = `AV-${year}`;
  const { rows } = await deps.db.execute<{ next: number }>(
    'SELECT next FROM invoice_series WHERE regroupement_id = ? AND name = ?',
    [regroupementId, series],
  );
  for (let n = rows[0]?.next ?? 1; ; n++) {
    const number = `${series}-${String(n).padStart(4, '0')}`;
    const taken = await deps.db.execute(
      'SELECT 1 FROM invoice_rows WHERE regroupement_id = ? AND number_key = ?',
      [regroupementId, number],
    );
    if (taken.rows.length === 0) return number;
  }
}

function partsOf(number: string): { series: string; next: number } {
  const at = number.lastIndexOf('-');
  return { series: number.slice(0, at), next: Number(number.slice(at + 1)) + 1 };
}

async function readEndorsement(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  id: string,
): Promise<Endorsement> {
  const { rows } = await deps.db.execute<Endorsement>(
    `SELECT e.id, e.certificate_id AS certificateId, e.effective_on AS effectiveOn, e.description, e.amount_cents AS amountCents,
       (SELECT number FROM invoices WHERE id = e.invoice_id) AS invoiceNumber, c.period_start AS periodStart,
       c.period_end AS periodEnd, h.lang, h.office_id AS officeId, o.name AS officeName
     FROM endorsements e JOIN certificates c ON c.id = e.certificate_id JOIN holders h ON h.id = c.holder_id
     LEFT JOIN coordinating_offices o ON o.id = h.office_id
     WHERE e.id = ? AND e.regroupement_id = ?`,
    [id, regroupementId],
  );
  const [row] = rows;
  if (row === undefined) throw new Problem('not-found');
  return row;
}

async function byKey(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  key: string,
  hash: string,
): Promise<{ id: string; number: string } | undefined> {
  const { rows } = await deps.db.execute<{ id: string; number: string; hash: string }>(
    `SELECT i.id, i.number, m.request_hash AS hash FROM manual_invoices m JOIN invoices i ON i.id = m.invoice_id
     WHERE m.regroupement_id = ? AND m.idempotency_key = ?`,
    [regroupementId, key],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  if (row.hash !== hash) throw new Problem('idempotency-mismatch');
  return { id: row.id, number: row.number };
}
