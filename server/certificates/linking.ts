// « Recherche de votre facture » (S16–S19): a certificate opened to an account by name and number, and undone by its
// holder. Whatever fails, the answer, its status and its work are the same (I6): nothing tells an unknown number
// from a wrong name, a closed file, another regroupement, or a policy that asks for more proof.
import { securityEvent } from '../accounts/security-log.ts';
import { guard, isGuardFailure } from '../db/db.ts';
import { type Deps, newId, newSecret } from '../deps.ts';
import { sha256 } from '../hash.ts';
import { Problem } from '../http/problem.ts';
import { enqueueMail } from '../mail/outbox.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';
import { certificatesOf } from './certificates.ts';
import { missed, notMissed, tryLookup } from './lookup-limits.ts';
import { type FileName, foldName, namesMatch } from './names.ts';
import { searchKeys } from './number.ts';
import type { Certificate, LinkRequest } from './schemas.ts';

export interface Seeker {
  regroupement: Regroupement;
  accountId: string;
  clientAddress: string;
}

/** How files say that a holder’s file or a certificate is no longer one (folded). */
const CLOSED = new Set(['closed', 'ferme', 'fermee', 'cancelled', 'annule', 'annulee']);

interface Candidate extends FileName {
  holderId: string;
  numberKey: string;
  email: string | null;
  emailKey: string | null;
  lang: string;
  holderStatus: string;
  status: string;
}

// Compared when the number is unknown, so that a miss costs what a wrong name costs.
const NOBODY: Candidate = {
  holderId: '',
  numberKey: '',
  firstName: 'Marie-Ève',
  lastName: 'L’Écuyer-Tremblay',
  usualName: '',
  email: null,
  emailKey: null,
  lang: 'fr-CA',
  holderStatus: '',
  status: '',
};

/**
 * Opens to the account, at level `pay`, every period of the certificates whose number and holder’s name were typed.
 * Asking again opens nothing more. A holder with another e-mail on file is told and can undo it.
 * Throws `lookup-not-found` on every miss, `too-many-requests` after too many.
 */
export async function openByNameAndNumber(
  deps: Deps,
  seeker: Seeker,
  typed: LinkRequest,
): Promise<Certificate[]> {
  await tryLookup(deps, seeker);
  const keys = searchKeys(typed.certificateNumber);
  const candidates = await candidatesFor(deps, seeker.regroupement.id, keys);
  const found = candidates.filter(
    (candidate) =>
      namesMatch(candidate, typed) &&
      candidate !== NOBODY &&
      !isClosed(candidate.holderStatus) &&
      !isClosed(candidate.status) &&
      seeker.regroupement.linkPolicy === 'name-and-number',
  );
  // The likelier reading of the number goes first; the other counts only where that one finds nobody.
  const key = keys.find((candidate) => found.some(({ numberKey }) => numberKey === candidate));
  const holders = new Map(
    found.filter(({ numberKey }) => numberKey === key).map((candidate) => [candidate.holderId, candidate]),
  );
  const opened: Candidate[] = [];
  for (const holder of holders.values()) if (await open(deps, seeker, holder)) opened.push(holder);
  if (opened.length === 0) {
    await missed(deps, seeker, keys[0]);
    throw new Problem('lookup-not-found');
  }
  await notMissed(deps, seeker);
  const { certificates } = await certificatesOf(
    deps,
    { regroupementId: seeker.regroupement.id, accountId: seeker.accountId },
    (reached) =>
      opened.some((one) => one.holderId === reached.holderId && one.numberKey === reached.numberKey),
  );
  return certificates;
}

// One row and one value whatever is found, so that the answer takes the driver as long for a miss as for a hit.
async function candidatesFor(
  deps: Deps,
  regroupementId: string,
  keys: readonly [string, string],
): Promise<Candidate[]> {
  const { rows } = await deps.db.execute<{ candidates: string }>(
    `SELECT json_group_array(json_object(
       'holderId', c.holder_id, 'numberKey', c.number_key, 'firstName', h.first_name, 'lastName', h.last_name,
       'usualName', h.usual_name, 'email', h.email, 'emailKey', h.email_key, 'lang', h.lang,
       'holderStatus', h.status, 'status', c.status)) AS candidates
     FROM certificates c JOIN holders h ON h.id = c.holder_id
     WHERE c.regroupement_id = ?1 AND c.number_key IN (?2, ?3) AND c.number_key <> ''`,
    [regroupementId, ...keys],
  );
  const candidates = JSON.parse(rows[0]?.candidates ?? '[]') as Candidate[];
  return candidates.length > 0 ? candidates : [NOBODY];
}

function isClosed(status: string): boolean {
  return CLOSED.has(foldName(status));
}

/** True when the account reaches this holder’s certificate from now on, or did already. False when the holder has undone it. */
async function open(deps: Deps, seeker: Seeker, holder: Candidate): Promise<boolean> {
  const { regroupement, accountId } = seeker;
  const known = await deps.db.execute<{ email: string; email_key: string; open: number; undone: number }>(
    `SELECT a.email, a.email_key,
       EXISTS (SELECT 1 FROM links WHERE account_id = a.id AND holder_id = ?3 AND number_key = ?4 AND undone_at IS NULL) AS open,
       EXISTS (SELECT 1 FROM links WHERE account_id = a.id AND holder_id = ?3 AND number_key = ?4 AND undone_at IS NOT NULL) AS undone
     FROM accounts a WHERE a.id = ?2 AND a.regroupement_id = ?1`,
    [regroupement.id, accountId, holder.holderId, holder.numberKey],
  );
  const account = known.rows[0];
  if (account === undefined) return false;
  if (account.open === 1 || account.email_key === holder.emailKey) return true;
  if (account.undone === 1) return false;
  const linkId = newId(deps);
  const undoToken = newSecret(deps);
  const now = deps.now();
  const told =
    holder.email === null
      ? []
      : [
          enqueueMail(deps, {
            regroupementId: regroupement.id,
            dedupeKey: `linked:${linkId}`,
            kind: 'linked',
            recipient: holder.email,
            lang: holder.lang === 'en-CA' ? 'en-CA' : 'fr-CA',
            payload: { accountEmailMasked: maskEmail(account.email), undoToken },
          }),
        ];
  try {
    await deps.db.batch([
      {
        sql: `INSERT INTO links(id, regroupement_id, account_id, holder_id, number_key, level, method, undo_token_hash, created_at)
              VALUES (?, ?, ?, ?, ?, 'pay', 'name-and-number', ?, ?) ON CONFLICT DO NOTHING`,
        args: [linkId, regroupement.id, accountId, holder.holderId, holder.numberKey, sha256(undoToken), now],
      },
      guard('EXISTS (SELECT 1 FROM links WHERE id = ?)', [linkId]),
      securityEvent(deps, regroupement.id, 'certificate-linked', accountId, { linkId }),
      ...told,
    ]);
  } catch (error) {
    // Two clicks at once: the other one opened it, and told the holder.
    if (!isGuardFailure(error)) throw error;
  }
  return true;
}

/** Enough for the holder to recognise someone she knows, too little to write to them. */
export function maskEmail(address: string): string {
  const at = address.lastIndexOf('@');
  return `${[...address][0] ?? ''}•••${address.slice(at)}`;
}
