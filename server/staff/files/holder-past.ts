// What was done to a file and by whom, and the e-mails that were sent about it.
import type { Deps } from '../../deps.ts';

export interface PastAct {
  at: number;
  actor: string;
  /** Whose name stands for it; null: a person's or key's that is not there any more, or the server. */
  actorName: string | null;
  act: string;
  target: string;
  before: unknown;
  after: unknown;
}
export interface SentMessage {
  id: string;
  kind: string;
  recipient: string;
  state: 'waiting' | 'sent' | 'parked';
  createdAt: number;
  sentAt: number | null;
  /** A code, never the message. */
  why: string | null;
}

const SHOWN = 200;

// ?1 regroupement, ?2 holder. Everything that an act of staff may have been done to.
const INVOICES = `SELECT i.id FROM certificates c JOIN invoices i ON i.certificate_id = c.id WHERE c.holder_id = ?2`;
const TARGETS = `SELECT 'holders:' || ?2
  UNION ALL SELECT 'endorsements:' || e.id FROM certificates c JOIN endorsements e ON e.certificate_id = c.id WHERE c.holder_id = ?2
  UNION ALL SELECT 'recorded_payments:' || p.id FROM recorded_payments p WHERE p.invoice_id IN (${INVOICES})
  UNION ALL SELECT 'payments:' || a.payment_id FROM allocations a WHERE a.invoice_id IN (${INVOICES})
  UNION ALL SELECT 'refunds:' || r.id FROM allocations a JOIN refunds r ON r.payment_id = a.payment_id WHERE a.invoice_id IN (${INVOICES})
  UNION ALL SELECT 'exceptions:' || x.id FROM allocations a JOIN exceptions x ON x.payment_id = a.payment_id WHERE a.invoice_id IN (${INVOICES})
  UNION ALL SELECT 'links:' || l.id FROM links l WHERE l.holder_id = ?2
  UNION ALL SELECT 'link_requests:' || q.id FROM link_requests q WHERE q.holder_id = ?2`;

/** The acts of staff and programs on a holder's file, newest first. */
export async function holderHistory(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  holderId: string,
): Promise<PastAct[]> {
  const { rows } = await deps.db.execute<
    Omit<PastAct, 'before' | 'after'> & { before: string | null; after: string | null }
  >(
    `SELECT a.at, a.actor, coalesce(u.name, k.name) AS actorName, a.act, a.target, a.before, a.after
     FROM audit a
     LEFT JOIN staff_users u ON u.id = substr(a.actor, 7) AND a.actor GLOB 'staff:*'
     LEFT JOIN api_keys k ON k.id = substr(a.actor, 5) AND a.actor GLOB 'key:*'
     WHERE a.target IN (${TARGETS}) AND +a.regroupement_id = ?1 ORDER BY a.seq DESC LIMIT ${SHOWN}`,
    [regroupementId, holderId],
  );
  const read = (state: string | null): unknown => (state === null ? null : JSON.parse(state));
  return rows.map((row) => ({ ...row, before: read(row.before), after: read(row.after) }));
}

/** The e-mails to these addresses, newest first; those of the office's own people apart. */
export async function messagesTo(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  addresses: readonly string[],
): Promise<SentMessage[]> {
  const { rows } = await deps.db.execute<SentMessage>(
    `SELECT id, kind, recipient, state, created_at AS createdAt, sent_at AS sentAt, last_error AS why FROM outbox
     WHERE regroupement_id = ? AND recipient <> '' AND lower(recipient) IN (SELECT value FROM json_each(?))
       AND kind NOT LIKE 'staff-%' ORDER BY created_at DESC, id LIMIT ${SHOWN}`,
    [regroupementId, JSON.stringify(addresses.map((address) => address.toLowerCase()))],
  );
  return rows;
}
