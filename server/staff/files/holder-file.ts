// What the office knows of a holder (S15, S33, S34): who she is, her certificates by period, what was invoiced and what was
// not, and which accounts reach it all.

import type { LinkMethod } from '../../certificates/links/links.ts';
import { isClosed } from '../../certificates/lookup/candidates.ts';
import type { Deps } from '../../deps.ts';
import type { Lang } from '../../fields.ts';
import { type Invoice, readInvoices } from '../../ledger/invoices.ts';
import { Problem } from '../../problems/problem.ts';

export interface HolderFile {
  id: string;
  firstName: string;
  lastName: string;
  usualName: string;
  email: string | null;
  lang: Lang;
  status: string;
  /** Her coordinating office; null: none is known. */
  officeId: string | null;
  officeName: string | null;
  closed: boolean;
  certificates: FileCertificate[];
  accounts: FileAccount[];
}
export interface FileCertificate {
  id: string;
  number: string;
  kind: string;
  status: string;
  closed: boolean;
  /** Days, the last one included. */
  periodStart: string;
  periodEnd: string;
  endorsements: Endorsement[];
  invoices: Invoice[];
}
interface Endorsement {
  id: string;
  effectiveOn: string;
  description: string;
  amountCents: number;
  /** Null: it changes no balance (M7). */
  invoiceId: string | null;
}
/** An account that reaches something of hers, or did, or asks to. */
export interface FileAccount {
  /** Of the link, or of the request for one; null: it is there by its e-mail. */
  id: string | null;
  name: string;
  email: string;
  /** By her e-mail on file, or a link; `undone`: the link was taken back; `waits`: staff have not answered. */
  way: 'email' | 'link' | 'undone' | 'waits';
  level: 'pay' | 'verified' | null;
  /** What opened the link. */
  method: LinkMethod | null;
  /** When it was linked, undone or asked for, UTC milliseconds. */
  at: number | null;
  /** Of a link: the certificate's number without spaces and case. */
  numberKey: string | null;
}

/** The file of a holder of this regroupement, newest period first. Throws `not-found`. */
export async function holderFile(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupementId: string,
  id: string,
): Promise<HolderFile> {
  const { rows } = await deps.db.execute<Omit<HolderFile, 'closed' | 'certificates' | 'accounts'>>(
    `SELECT id, first_name AS firstName, last_name AS lastName, usual_name AS usualName, email, lang, status, office_id AS officeId,
       (SELECT name FROM coordinating_offices WHERE id = office_id) AS officeName
     FROM holders WHERE id = ? AND regroupement_id = ?`,
    [id, regroupementId],
  );
  const [holder] = rows;
  if (holder === undefined) throw new Problem('not-found');
  return {
    ...holder,
    closed: isClosed(holder.status),
    certificates: await certificatesOf(deps, regroupementId, id),
    accounts: await accountsOf(deps, regroupementId, id),
  };
}

async function certificatesOf(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupementId: string,
  holderId: string,
): Promise<FileCertificate[]> {
  const { rows } = await deps.db.execute<
    Pick<FileCertificate, 'id' | 'number' | 'kind' | 'status' | 'periodStart' | 'periodEnd'>
  >(
    `SELECT id, number, kind, status, period_start AS periodStart, period_end AS periodEnd FROM certificates
     WHERE holder_id = ? AND +regroupement_id = ? ORDER BY period_start DESC, number`,
    [holderId, regroupementId],
  );
  const certificateIds = rows.map((row) => row.id);
  const { rows: endorsements } = await deps.db.execute<Endorsement & { certificateId: string }>(
    `SELECT id, certificate_id AS certificateId, effective_on AS effectiveOn, description, amount_cents AS amountCents,
       invoice_id AS invoiceId FROM endorsements
     WHERE certificate_id IN (SELECT value FROM json_each(?)) AND +regroupement_id = ? ORDER BY effective_on, id`,
    [JSON.stringify(certificateIds), regroupementId],
  );
  // No account is asked about.
  const invoices = await readInvoices(deps, regroupementId, '', { certificateIds });
  return rows.map((row) => ({
    ...row,
    closed: isClosed(row.status),
    endorsements: endorsements
      .filter(({ certificateId }) => certificateId === row.id)
      .map(({ certificateId: _, ...endorsement }) => endorsement),
    invoices: invoices.filter(({ certificateId }) => certificateId === row.id),
  }));
}

async function accountsOf(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  holderId: string,
): Promise<FileAccount[]> {
  const { rows } = await deps.db.execute<FileAccount>(
    `SELECT NULL AS id, a.name, a.email, 'email' AS way, 'verified' AS level, NULL AS method, NULL AS at, NULL AS numberKey
       FROM holders h
       JOIN accounts a ON a.regroupement_id = h.regroupement_id AND a.email_key = h.email_key
     WHERE h.id = ?2 AND h.regroupement_id = ?1
     UNION ALL
     SELECT l.id, a.name, a.email, iif(l.undone_at IS NULL, 'link', 'undone'), l.level, l.method,
         coalesce(l.undone_at, l.created_at), l.number_key FROM links l
       JOIN accounts a ON a.id = l.account_id WHERE l.holder_id = ?2 AND l.regroupement_id = ?1
     UNION ALL
     SELECT q.id, a.name, a.email, 'waits', NULL, NULL, q.asked_at, q.number_key FROM link_requests q
       JOIN accounts a ON a.id = q.account_id
     WHERE q.holder_id = ?2 AND q.regroupement_id = ?1 AND q.decision IS NULL LIMIT 100`,
    [regroupementId, holderId],
  );
  return rows;
}
