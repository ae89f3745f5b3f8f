// Whose certificate has the number that was typed, and whose name goes with it (S17). A search that finds nobody costs
// what a search that finds somebody costs (I6): the same statement, one row, one comparison of names at least.
import type { Deps } from '../../deps.ts';
import { type FileName, foldName, namesMatch } from '../names.ts';

export interface Candidate extends FileName {
  holderId: string;
  numberKey: string;
  /** As printed. */
  number: string;
  email: string | null;
  emailKey: string | null;
  lang: string;
  holderStatus: string;
  status: string;
  periodStart: string;
  secretHash: string | null;
}

/** Stands where nobody is: the same work is done on it, and nothing matches it. */
export const NOBODY: Candidate = {
  holderId: '',
  numberKey: '',
  number: '',
  firstName: 'Marie-Ève',
  lastName: 'L’Écuyer-Tremblay',
  usualName: '',
  email: null,
  emailKey: null,
  lang: 'fr-CA',
  holderStatus: '',
  status: '',
  periodStart: '',
  secretHash: null,
};

/** How files say that a holder’s file or a certificate is no longer one (folded). */
const CLOSED = new Set(['closed', 'ferme', 'fermee', 'cancelled', 'annule', 'annulee']);

/** The certificates with one of these numbers, newest period first; `[NOBODY]` when there is none. */
export async function candidatesFor(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  keys: readonly [string, string],
): Promise<Candidate[]> {
  // One row and one value whatever is found, so that the answer takes the driver as long for a miss as for a hit.
  const { rows } = await deps.db.execute<{ candidates: string }>(
    `SELECT json_group_array(json_object(
       'holderId', c.holder_id, 'numberKey', c.number_key, 'number', c.number, 'firstName', h.first_name,
       'lastName', h.last_name, 'usualName', h.usual_name, 'email', h.email, 'emailKey', h.email_key, 'lang', h.lang,
       'holderStatus', h.status, 'status', c.status, 'periodStart', c.period_start,
       'secretHash', s.secret_hash)) AS candidates
     FROM certificates c JOIN holders h ON h.id = c.holder_id
     LEFT JOIN invoice_secrets s ON s.regroupement_id = c.regroupement_id AND s.number_key = c.number_key
       AND s.holder_id = c.holder_id
     WHERE c.regroupement_id = ?1 AND c.number_key IN (?2, ?3) AND c.number_key <> ''`,
    [regroupementId, ...keys],
  );
  const candidates = JSON.parse(rows[0]?.candidates ?? '[]') as Candidate[];
  candidates.sort((a, b) => (a.periodStart < b.periodStart ? 1 : -1));
  return candidates.length > 0 ? candidates : [NOBODY];
}

/**
 * One candidate a holder whom the typed names and, where one is given, the secret fit. The likelier reading of the
 * number goes first; the other counts only where that one finds nobody.
 */
export function matching(
  candidates: readonly Candidate[],
  keys: readonly [string, string],
  typed: { firstName: string; lastName: string },
  secretHash: string | null,
): Candidate[] {
  const found = candidates.filter(
    (candidate) =>
      namesMatch(candidate, typed) &&
      candidate !== NOBODY &&
      !isClosed(candidate.holderStatus) &&
      !isClosed(candidate.status) &&
      (secretHash === null || candidate.secretHash === secretHash),
  );
  const key = keys.find((one) => found.some(({ numberKey }) => numberKey === one));
  const holders = new Map<string, Candidate>();
  for (const candidate of found)
    if (candidate.numberKey === key && !holders.has(candidate.holderId))
      holders.set(candidate.holderId, candidate);
  return [...holders.values()];
}

/** Who is on file under this id, as a link needs it; null when the holder's file or the certificate is closed. */
export async function holderOf(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  holderId: string,
  numberKey: string,
): Promise<Pick<Candidate, 'holderId' | 'numberKey' | 'email' | 'emailKey' | 'lang'> | null> {
  const { rows } = await deps.db.execute<{
    email: string | null;
    emailKey: string | null;
    lang: string;
    status: string;
    certificates: string;
  }>(
    `SELECT email, email_key AS emailKey, lang, status,
       (SELECT json_group_array(status) FROM certificates WHERE holder_id = h.id AND number_key = ?3) AS certificates
     FROM holders h WHERE id = ?1 AND regroupement_id = ?2`,
    [holderId, regroupementId, numberKey],
  );
  const [row] = rows;
  if (row === undefined || isClosed(row.status)) return null;
  const { email, emailKey, lang } = row;
  const closed = (JSON.parse(row.certificates) as string[]).every(isClosed);
  return closed ? null : { holderId, numberKey, email, emailKey, lang };
}

/** Whether this is how a file says that it, or a certificate, is no longer one. */
export function isClosed(status: string): boolean {
  return CLOSED.has(foldName(status));
}
