// Who may see and pay what (S6, S15; I1, I6): the one place where that is decided. An account reaches a certificate because
// its verified e-mail is the holder’s e-mail on file (compared live, no row), or because a link opened it. Level
// `verified` is the whole file; level `pay` is what is left to pay, and what this account itself has paid.
import { guard, type Statement } from '../db/db.ts';
import { holdersWithEmail } from '../db/holders-with-email.ts';
import type { Deps } from '../deps.ts';
import { INVOICES_OF_C, type Invoice, readInvoices, type StoredInvoice } from '../ledger/invoices.ts';
import { Problem } from '../problems/problem.ts';

/** Whose request it is. */
export interface Payer {
  regroupementId: string;
  accountId: string;
}
export type AccessLevel = 'pay' | 'verified';

// One row a certificate and way in; ?1 = regroupement, ?2 = account. An account exists only once its e-mail is
// verified. CROSS JOIN keeps SQLite to this order: left to itself it walks all the regroupement's certificates.
const REACHED = `
  SELECT c.id AS certificate_id, 'verified' AS level, 1 AS by_email
  FROM accounts a
  CROSS JOIN holders h ON h.id IN ${holdersWithEmail('a.regroupement_id', '= a.email_key')} AND h.email_key = a.email_key
  CROSS JOIN certificates c ON c.holder_id = h.id AND +c.regroupement_id = a.regroupement_id
  WHERE a.id = ?2 AND a.regroupement_id = ?1
  UNION ALL
  SELECT c.id, l.level, 0
  FROM links l
  CROSS JOIN certificates c ON c.holder_id = l.holder_id AND c.regroupement_id = l.regroupement_id
    AND c.number_key = l.number_key
  WHERE l.account_id = ?2 AND l.regroupement_id = ?1 AND l.undone_at IS NULL`;

/** SQL: the number, as it was printed last, of the row's (`holder_id`, `number_key`); the key where it is on file no more. */
export function printedNumber(row: 'l' | 'r'): string {
  return `coalesce((SELECT c.number FROM certificates c WHERE c.holder_id = ${row}.holder_id AND c.number_key = ${row}.number_key
    ORDER BY c.period_start DESC LIMIT 1), ${row}.number_key)`;
}

export interface ReachedCertificate {
  id: string;
  holderId: string;
  numberKey: string;
  number: string;
  kind: string;
  firstName: string;
  lastName: string;
  periodStart: string;
  periodEnd: string;
  status: string;
  level: AccessLevel;
  byEmail: 0 | 1;
  endorsementsWithoutInvoice: number;
}

// ?1 and ?2 as above. max('pay', 'verified') is 'verified': the better of two ways in. JSON for the same reason as in
// readInvoices.
const reachedRows = (more = '') => `WITH reached AS (${REACHED})
  SELECT json_object(
    'id', c.id, 'holderId', c.holder_id, 'numberKey', c.number_key, 'number', c.number, 'kind', c.kind,
    'firstName', h.first_name, 'lastName', h.last_name, 'periodStart', c.period_start, 'periodEnd', c.period_end,
    'status', c.status, 'level', max(r.level), 'byEmail', max(r.by_email),
    'endorsementsWithoutInvoice',
      (SELECT COUNT(*) FROM endorsements WHERE certificate_id = c.id AND invoice_id IS NULL)${more}) AS certificate
  FROM reached r JOIN certificates c ON c.id = r.certificate_id JOIN holders h ON h.id = c.holder_id
  GROUP BY c.id
  ORDER BY c.period_start DESC, c.number`;

/** The certificates that this account reaches, newest period first. */
export async function reachedCertificates(
  deps: Pick<Deps, 'db'>,
  payer: Payer,
): Promise<ReachedCertificate[]> {
  const { rows } = await deps.db.execute<{ certificate: string }>(reachedRows(), [
    payer.regroupementId,
    payer.accountId,
  ]);
  return rows.map((row) => JSON.parse(row.certificate) as ReachedCertificate);
}

/** A certificate with all its invoices. */
export type ReachedFile = ReachedCertificate & { invoices: StoredInvoice[] };

/** SQL: every certificate that an account reaches, newest period first, as a JSON list of ReachedFile; ?1 and ?2 as above. */
export const REACHED_FILES = `(SELECT json_group_array(json(certificate)) FROM (${reachedRows(`, 'invoices', ${INVOICES_OF_C}`)}))`;

/** The certificates that this account reaches with all their invoices, newest period first. */
export async function reachedFiles(deps: Pick<Deps, 'db'>, payer: Payer): Promise<ReachedFile[]> {
  const { rows } = await deps.db.execute<{ files: string }>(`SELECT ${REACHED_FILES} AS files`, [
    payer.regroupementId,
    payer.accountId,
  ]);
  return JSON.parse(rows[0]?.files ?? '[]') as ReachedFile[];
}

/** Whether an invoice shows at this level: at `pay`, what is left to pay and what the account itself has paid. */
export function isShown(level: AccessLevel, invoice: Invoice): boolean {
  return level === 'verified' || invoice.payable || invoice.paidByAccount;
}

// ?3 = invoice ids, as JSON.
const REACHED_INVOICES = `WITH reached AS (${REACHED})
  SELECT i.id, max(r.level) AS level FROM reached r JOIN invoices i ON i.certificate_id = r.certificate_id
  WHERE i.regroupement_id = ?1 AND i.id IN (SELECT value FROM json_each(?3)) GROUP BY i.id`;

/** Which of these invoices this payer reaches, and at which level. */
export async function reachedInvoices(
  deps: Pick<Deps, 'db'>,
  payer: Payer,
  invoiceIds: readonly string[],
): Promise<Map<string, AccessLevel>> {
  const { rows } = await deps.db.execute<{ id: string; level: AccessLevel }>(REACHED_INVOICES, [
    payer.regroupementId,
    payer.accountId,
    JSON.stringify(invoiceIds),
  ]);
  return new Map(rows.map(({ id, level }) => [id, level]));
}

/** Fails its batch unless, at that point, the payer reaches each of these invoices. */
export function stillReaches(payer: Payer, invoiceIds: readonly string[]): Statement {
  return guard(`(SELECT count(*) FROM (${REACHED_INVOICES})) = json_array_length(?3)`, [
    payer.regroupementId,
    payer.accountId,
    JSON.stringify([...new Set(invoiceIds)]),
  ]);
}

/**
 * The invoices with these ids, in the order asked, each once: those that this payer may pay, with what may be told of
 * them. Their state is told, not judged (see quoteOf): one that someone else has paid meanwhile is here, with nothing
 * left. Throws `not-found` when any is not hers to see, in another regroupement, or not there.
 */
export async function payableInvoices(
  deps: Pick<Deps, 'db' | 'now'>,
  payer: Payer,
  invoiceIds: readonly string[],
): Promise<(Invoice & { level: AccessLevel })[]> {
  const ids = [...new Set(invoiceIds)];
  const reached = await reachedInvoices(deps, payer, ids);
  if (reached.size !== ids.length) throw new Problem('not-found');
  const invoices = await readInvoices(deps, payer.regroupementId, payer.accountId, { invoiceIds: ids });
  return ids.map((id) => {
    const invoice = invoices.find((candidate) => candidate.id === id);
    const level = reached.get(id);
    if (invoice === undefined || level === undefined) throw new Problem('not-found');
    return { ...invoice, level };
  });
}
