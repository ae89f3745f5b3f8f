// « Annuler » an invoice: what it charged is taken off, and what was paid of it stands as a credit. Its number stays, and the
// regroupement's file does not open it again (import/rows/invoice-writes.ts).
import { type Actor, audited } from '../audit.ts';
import { sha256 } from '../crypto.ts';
import { isGuardFailure, isUniqueViolation, type Statement } from '../db/db.ts';
import { sql } from '../db/sql.ts';
import type { Deps } from '../deps.ts';
import { post } from '../ledger/entries.ts';
import { Problem } from '../problems/problem.ts';
import {
  asRead,
  madeByKey,
  notUnderWay,
  readStanding,
  refuseOther,
  refuseUnderWay,
  revise,
} from './state.ts';

/** How often something may come between a look and its batch. */
const TRIES = 5;

/** What staff ask for of an invoice. */
export interface InvoiceAct {
  /** The state that it is asked from (`invoiceVersion`). */
  version: string;
  by: Actor;
  idempotencyKey: string;
}

/**
 * Cancels the invoice, once a key. Throws `not-found`, `changed-meanwhile`, `invoice-cancelled`, `payment-in-progress`,
 * `payment-disputed`, `idempotency-mismatch`.
 */
export async function cancelInvoice(
  deps: Deps,
  regroupementId: string,
  invoiceId: string,
  act: InvoiceAct & { reason: string },
): Promise<void> {
  const hash = sha256(JSON.stringify([invoiceId, act.reason]));
  for (let attempt = 1; ; attempt++) {
    if ((await madeByKey(deps, 'cancellations', regroupementId, { ...act, hash })) !== undefined) return;
    const standing = await readStanding(deps, regroupementId, invoiceId);
    const { invoice } = standing;
    if (invoice.status === 'cancelled')
      throw new Problem('invoice-cancelled', { invoiceNumber: invoice.number });
    refuseOther(standing, act.version);
    await refuseUnderWay(deps, standing);
    const charged = { regroupementId, invoiceId, occurredAt: deps.now() };
    try {
      await deps.db.batch([
        notUnderWay(invoiceId),
        asRead(regroupementId, standing),
        sql`INSERT INTO cancellations(invoice_id, regroupement_id, amount_cents, reason, cancelled_by, cancelled_at,
              idempotency_key, request_hash)
            VALUES (${invoiceId}, ${regroupementId}, ${invoice.totalCents}, ${act.reason}, ${act.by}, ${deps.now()},
              ${act.idempotencyKey}, ${hash})`,
        // A revision of its own, so that an import that has read the one before stops.
        ...revise(deps, standing, invoice.lines, 'cancelled'),
        ...(invoice.totalCents === 0
          ? []
          : post(deps, {
              ...charged,
              kind: 'adjustment',
              cents: -invoice.totalCents,
              source: `cancelled:${invoiceId}`,
            })),
        ...freeEndorsement(deps, invoiceId),
        audited(deps, {
          regroupementId,
          actor: act.by,
          act: 'invoice-cancelled',
          target: `invoices:${invoiceId}`,
          before: { invoice: invoiceId, status: 'open', balanceCents: invoice.balanceCents },
          after: {
            invoice: invoiceId,
            status: 'cancelled',
            balanceCents: invoice.balanceCents - invoice.totalCents,
          },
          words: { reason: act.reason },
        }),
      ]);
      return;
    } catch (error) {
      // A payment began, or somebody was faster with this invoice, or with this key.
      if (!isGuardFailure(error) && !isUniqueViolation(error)) throw error;
      if (attempt === TRIES) throw new Problem('busy', { retryAfter: 1 });
    }
  }
}

/** An endorsement whose invoice was made by « Montant manuel » waits for another one. */
function freeEndorsement(deps: Pick<Deps, 'now'>, invoiceId: string): Statement[] {
  const now = deps.now();
  return [
    sql`UPDATE endorsements SET invoice_id = NULL, manual_amount = 0, updated_at = ${now}
        WHERE invoice_id = ${invoiceId}
          AND id IN (SELECT endorsement_id FROM manual_invoices WHERE invoice_id = ${invoiceId} AND freed_at IS NULL)`,
    sql`UPDATE manual_invoices SET freed_at = ${now} WHERE invoice_id = ${invoiceId} AND freed_at IS NULL`,
  ];
}
