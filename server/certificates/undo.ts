// « Ce n’est pas moi »: the holder on file undoes a link that someone’s search opened. The link in her
// e-mail acts only on a click that POSTs (I4); looking at it changes nothing.
import { securityEvent } from '../accounts/security-log.ts';
import type { Deps } from '../deps.ts';
import { sha256 } from '../hash.ts';
import { Problem } from '../http/problem.ts';
import { refuseRequests } from './link-requests.ts';

const LIVES_MS = 90 * 24 * 60 * 60_000;

interface LinkRow {
  id: string;
  account_id: string;
  undone_at: number | null;
}

/** Throws `link-invalid` (unknown, too old) or `link-used` unless this token can still undo its link. */
export async function checkUndo(deps: Deps, regroupementId: string, token: string): Promise<LinkRow> {
  const { rows } = await deps.db.execute<LinkRow>(
    'SELECT id, account_id, undone_at FROM links WHERE undo_token_hash = ? AND regroupement_id = ? AND created_at > ?',
    [sha256(token), regroupementId, deps.now() - LIVES_MS],
  );
  const link = rows[0];
  if (link === undefined) throw new Problem('link-invalid');
  if (link.undone_at !== null) throw new Problem('link-used');
  return link;
}

/** Closes the account’s links to that certificate; only staff can open it to that account again. Throws as `checkUndo`. */
export async function undoLink(deps: Deps, regroupementId: string, token: string): Promise<void> {
  const link = await checkUndo(deps, regroupementId, token);
  const now = deps.now();
  await deps.db.batch([
    {
      // With the link of the other level, if there is one: « ce n’est pas moi » is about the account.
      sql: `UPDATE links SET undone_at = ?1 WHERE regroupement_id = ?2 AND undone_at IS NULL
            AND (account_id, holder_id, number_key) IN (SELECT account_id, holder_id, number_key FROM links WHERE id = ?3)`,
      args: [now, regroupementId, link.id],
    },
    refuseRequests(deps, { regroupementId, linkId: link.id, by: 'holder' }),
    securityEvent(deps, regroupementId, 'certificate-link-undone', link.account_id, { linkId: link.id }),
  ]);
}
