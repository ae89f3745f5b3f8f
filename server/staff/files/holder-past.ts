// What was done to a file and by whom, and the e-mails that were sent about it.
import type { Deps } from '../../deps.ts';
import { SECRET_KINDS } from '../../mail/outbox.ts';
import { actsWhere, type PastAct } from '../../operations/audit-log.ts';

interface SentMessage {
  id: string;
  kind: string;
  recipient: string;
  state: 'waiting' | 'sent' | 'parked';
  createdAt: number;
  sentAt: number | null;
  /** A code, never the message. */
  why: string | null;
  /** It was given up, and what it bore did not die with it. */
  canRetry: boolean;
}

const SHOWN = 200;

// The e-mails to these addresses; those of the office's own people apart.
const TO_THEM = `o.regroupement_id = ?1 AND o.recipient <> '' AND lower(o.recipient) IN (SELECT value FROM json_each(?3))
  AND o.kind NOT LIKE 'staff-%'`;

// ?1 regroupement, ?2 holder, ?3 addresses, as JSON. Everything that an act of staff may have been done to.
const INVOICES = `SELECT i.id FROM certificates c JOIN invoices i ON i.certificate_id = c.id WHERE c.holder_id = ?2`;
const TARGETS = `SELECT 'holders:' || ?2
  UNION ALL SELECT 'endorsements:' || e.id FROM certificates c JOIN endorsements e ON e.certificate_id = c.id WHERE c.holder_id = ?2
  UNION ALL SELECT 'invoices:' || i.id FROM certificates c JOIN invoices i ON i.certificate_id = c.id WHERE c.holder_id = ?2
  UNION ALL SELECT 'recorded_payments:' || p.id FROM recorded_payments p WHERE p.invoice_id IN (${INVOICES})
  UNION ALL SELECT 'payments:' || a.payment_id FROM allocations a WHERE a.invoice_id IN (${INVOICES})
  UNION ALL SELECT 'refunds:' || r.id FROM allocations a JOIN refunds r ON r.payment_id = a.payment_id WHERE a.invoice_id IN (${INVOICES})
  UNION ALL SELECT 'exceptions:' || x.id FROM allocations a JOIN exceptions x ON x.payment_id = a.payment_id WHERE a.invoice_id IN (${INVOICES})
  UNION ALL SELECT 'links:' || l.id FROM links l WHERE l.holder_id = ?2
  UNION ALL SELECT 'link_requests:' || q.id FROM link_requests q WHERE q.holder_id = ?2
  UNION ALL SELECT 'outbox:' || o.id FROM outbox o WHERE ${TO_THEM}`;

const folded = (addresses: readonly string[]) =>
  JSON.stringify(addresses.map((address) => address.toLowerCase()));

/** The acts of staff and programs on a holder's file, and on the e-mails to these addresses, newest first. */
export async function holderHistory(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  holderId: string,
  addresses: readonly string[],
): Promise<PastAct[]> {
  return await actsWhere(
    deps,
    {
      sql: `a.target IN (${TARGETS}) AND +a.regroupement_id = ?1`,
      args: [regroupementId, holderId, folded(addresses)],
    },
    { newestFirst: true, limit: SHOWN },
  );
}

/** The e-mails to these addresses, newest first; those of the office's own people apart. */
export async function messagesTo(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  addresses: readonly string[],
): Promise<SentMessage[]> {
  const { rows } = await deps.db.execute<Omit<SentMessage, 'canRetry'> & { canRetry: number }>(
    `SELECT o.id, o.kind, o.recipient, o.state, o.created_at AS createdAt, o.sent_at AS sentAt, o.last_error AS why,
       o.state = 'parked' AND o.kind NOT IN (SELECT value FROM json_each(?2)) AS canRetry
     FROM outbox o WHERE ${TO_THEM} ORDER BY o.created_at DESC, o.id LIMIT ${SHOWN}`,
    [regroupementId, JSON.stringify(SECRET_KINDS), folded(addresses)],
  );
  return rows.map((row) => ({ ...row, canRetry: row.canRetry === 1 }));
}
