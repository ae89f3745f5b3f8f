// A certificate opened to an account: the link is written once a level, and whoever is on file there is told of it
// and can undo it, whatever proved it (I6).
import { sha256 } from '../../crypto.ts';
import { guard, isGuardFailure, type Statement } from '../../db/db.ts';
import { sql } from '../../db/sql.ts';
import { type Deps, newId, newSecret } from '../../deps.ts';
import type { Lang } from '../../fields.ts';
import { enqueueAsked, enqueueMail, type Mail } from '../../mail/outbox.ts';
import type { LinkPolicy } from '../../regroupements/regroupements.ts';
import { securityEvent } from '../../security-log.ts';
import type { AccessLevel } from '../access.ts';
import { forgetAnswer } from './link-undecided.ts';

/** What opened it: the regroupement's policy when it did. */
export type LinkMethod = LinkPolicy;

interface Holder {
  holderId: string;
  numberKey: string;
  email: string | null;
  emailKey: string | null;
  lang: string;
}

export interface Standing {
  /** The account’s e-mail. */
  email: string;
  emailKey: string;
  lang: Lang;
  /** What a link opens to it already. */
  level: AccessLevel | null;
  /** The holder closed a link of this account’s. */
  undone: boolean;
}

/** How this account stands to this holder’s certificate; the same statement where there is no holder. Null when it ended. */
export async function standingOf(
  deps: Pick<Deps, 'db'>,
  account: { regroupementId: string; accountId: string },
  holder: Pick<Holder, 'holderId' | 'numberKey'>,
): Promise<Standing | null> {
  const { rows } = await deps.db.execute<Omit<Standing, 'undone'> & { undone: number }>(
    `SELECT a.email, a.email_key AS emailKey, a.lang,
       (SELECT max(level) FROM links WHERE account_id = a.id AND holder_id = ?3 AND number_key = ?4 AND undone_at IS NULL) AS level,
       EXISTS (SELECT 1 FROM links WHERE account_id = a.id AND holder_id = ?3 AND number_key = ?4 AND undone_at IS NOT NULL) AS undone
     FROM accounts a WHERE a.id = ?2 AND a.regroupement_id = ?1 AND a.erased_at IS NULL`,
    [account.regroupementId, account.accountId, holder.holderId, holder.numberKey],
  );
  const [row] = rows;
  return row === undefined ? null : { ...row, undone: row.undone === 1 };
}

/** Whether the account is there already: as the holder herself, or by a link of that level. */
export function reaches(standing: Standing, holder: Holder, level: AccessLevel): boolean {
  return standing.emailKey === holder.emailKey || standing.level === 'verified' || standing.level === level;
}

/**
 * Opens the certificate at `level`, in one batch with `also`; a second time it changes nothing and tells nobody. `by` whom:
 * the network address of whoever searched, or staff. Whether there is an e-mail on file to tell is no business of theirs.
 */
export async function openLink(
  deps: Deps,
  account: { regroupementId: string; accountId: string },
  standing: Standing,
  holder: Holder,
  by: { level: AccessLevel; method: LinkMethod; clientAddress?: string },
  also: readonly Statement[] = [],
): Promise<void> {
  const { regroupementId, accountId } = account;
  const linkId = newId(deps);
  const undoToken = newSecret(deps);
  const notice: Mail<'linked'> = {
    regroupementId,
    dedupeKey: `linked:${linkId}`,
    kind: 'linked',
    recipient: holder.emailKey === standing.emailKey ? '' : (holder.email ?? ''),
    lang: holder.lang === 'en-CA' ? 'en-CA' : 'fr-CA',
    payload: { accountEmailMasked: maskEmail(standing.email), undoToken },
  };
  try {
    await deps.db.batch([
      ...also,
      sql`INSERT INTO links(id, regroupement_id, account_id, holder_id, number_key, level, method, undo_token_hash, created_at)
          SELECT ${linkId}, ${regroupementId}, ${accountId}, ${holder.holderId}, ${holder.numberKey}, ${by.level}, ${by.method},
            ${sha256(undoToken)}, ${deps.now()}
          WHERE EXISTS (SELECT 1 FROM accounts WHERE id = ${accountId} AND email_key = ${standing.emailKey})
            AND (${by.method} = 'approval' OR NOT EXISTS (SELECT 1 FROM links WHERE account_id = ${accountId}
                 AND holder_id = ${holder.holderId} AND number_key = ${holder.numberKey} AND undone_at IS NOT NULL))
          ON CONFLICT DO NOTHING`,
      guard('EXISTS (SELECT 1 FROM links WHERE id = ?)', [linkId]),
      securityEvent(deps, regroupementId, 'certificate-linked', accountId, { linkId, method: by.method }),
      forgetAnswer(account, holder.numberKey),
      by.clientAddress === undefined
        ? enqueueMail(deps, notice)
        : enqueueAsked(deps, notice, { by: by.clientAddress }),
    ]);
  } catch (error) {
    // Two clicks at once: the other one opened it, and told the holder. Or the account ended, or the holder closed it.
    if (!isGuardFailure(error)) throw error;
  }
}

/** Enough for the holder to recognise someone she knows, too little to write to them. */
export function maskEmail(address: string): string {
  const at = address.lastIndexOf('@');
  return `${[...address][0] ?? ''}•••${address.slice(at)}`;
}
