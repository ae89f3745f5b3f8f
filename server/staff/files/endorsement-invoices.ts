// « Montant manuel » (S34): staff type the amount of an endorsement, and that makes its invoice, once. She sees it at her next
// load. The preview is the same sum without a row.
import { type Actor, audited } from '../../audit.ts';
import { sha256 } from '../../crypto.ts';
import { guard, isGuardFailure, isUniqueViolation, type Statement } from '../../db/db.ts';
import { sql } from '../../db/sql.ts';
import { type Deps, newId } from '../../deps.ts';
import type { Lang } from '../../fields.ts';
import { onlineFee } from '../../ledger/fees.ts';
import type { InvoiceLine } from '../../ledger/invoices.ts';
import { issue, nextNumber } from '../../ledger/issue.ts';
import { manualLines } from '../../ledger/manual-amount.ts';
import { MAX_CENTS, sum } from '../../ledger/money.ts';
import { daysBefore, torontoDay, yearsBefore } from '../../ledger/toronto.ts';
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
  return [
    guard('EXISTS (SELECT 1 FROM endorsements WHERE id = ? AND regroupement_id = ? AND invoice_id IS NULL)', [
      endorsement.id,
      regroupementId,
    ]),
    ...issue(deps, {
      id,
      regroupementId,
      certificateId: endorsement.certificateId,
      number: invoice.number,
      kind: KIND[endorsement.lang],
      issuedOn: invoice.issuedOn,
      dueOn: invoice.dueOn,
      periodStart: endorsement.periodStart,
      periodEnd: endorsement.periodEnd,
      lines: invoice.lines,
      noAdminFee,
      manualAmount: true,
    }),
    sql`UPDATE endorsements SET invoice_id = ${id}, manual_amount = 1, updated_at = ${now} WHERE id = ${endorsement.id}`,
    sql`INSERT INTO manual_invoices(endorsement_id, invoice_id, regroupement_id, idempotency_key, request_hash, created_by, created_at)
        VALUES (${endorsement.id}, ${id}, ${regroupementId}, ${idempotencyKey}, ${hash}, ${by}, ${now})`,
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
    number: await nextNumber(deps, regroupement.id, 'AV', issued.slice(0, 4)),
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
