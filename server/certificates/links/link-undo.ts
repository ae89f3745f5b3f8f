// « Ce n’est pas moi »: the holder on file undoes a link that someone’s search opened. The link in her
// e-mail acts only on a click that POSTs (I4); looking at it changes nothing. The regroupement can do it for her: she may
// have no e-mail on file, or no longer that message.
import { type Actor, audited } from '../../audit.ts';
import { sha256 } from '../../crypto.ts';
import type { Deps } from '../../deps.ts';
import { afterRow, PAGE_SIZE } from '../../next-page.ts';
import { Problem } from '../../problems/problem.ts';
import { securityEvent } from '../../security-log.ts';
import { type AccessLevel, printedNumber } from '../access.ts';
import { certificateKey } from '../number.ts';
import { refuseRequests } from './link-requests.ts';
import type { LinkMethod } from './links.ts';

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
  await close(deps, regroupementId, await checkUndo(deps, regroupementId, token), 'holder');
}

/** The same by its id, at the staff's; done before, it changes nothing. Throws `not-found`. */
export async function undoLinkByStaff(
  deps: Deps,
  regroupementId: string,
  id: string,
  by: Actor,
): Promise<void> {
  const { rows } = await deps.db.execute<LinkRow>(
    'SELECT id, account_id, undone_at FROM links WHERE id = ? AND regroupement_id = ?',
    [id, regroupementId],
  );
  const [link] = rows;
  if (link === undefined) throw new Problem('not-found');
  if (link.undone_at === null) await close(deps, regroupementId, link, by);
}

async function close(deps: Deps, regroupementId: string, link: LinkRow, by: Actor | 'holder'): Promise<void> {
  await deps.db.batch([
    {
      // With the link of the other level, if there is one: « ce n’est pas moi » is about the account.
      sql: `UPDATE links SET undone_at = ?1 WHERE regroupement_id = ?2 AND undone_at IS NULL
            AND (account_id, holder_id, number_key) IN (SELECT account_id, holder_id, number_key FROM links WHERE id = ?3)`,
      args: [deps.now(), regroupementId, link.id],
    },
    securityEvent(
      deps,
      regroupementId,
      'certificate-link-undone',
      link.account_id,
      { linkId: link.id, by },
      { ifChanged: true },
    ),
    ...(by === 'holder'
      ? []
      : [
          audited(
            deps,
            {
              regroupementId,
              actor: by,
              act: 'link-undone',
              target: `links:${link.id}`,
              before: { undone: false },
              after: { undone: true },
            },
            { ifChanged: true },
          ),
        ]),
    refuseRequests(deps, { regroupementId, linkId: link.id, by }),
  ]);
}

export interface OpenedLink {
  id: string;
  accountName: string;
  accountEmail: string;
  holderName: string;
  certificateNumber: string;
  level: AccessLevel;
  method: LinkMethod;
  openedAt: string;
}

/** The links that are open to the certificates of this number, or that were opened so, oldest first; from after the last of the page before. */
export async function openedLinks(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  of: { certificateNumber: string } | { method: LinkMethod },
  after?: string,
): Promise<OpenedLink[]> {
  const later = await afterRow(deps, ['links', 'l', 'created_at', 'oldest'], regroupementId, after);
  const [column, value] =
    'method' in of ? ['method', of.method] : ['number_key', certificateKey(of.certificateNumber)];
  const { rows } = await deps.db.execute<Omit<OpenedLink, 'openedAt'> & { openedAt: number }>(
    `SELECT l.id, a.name AS accountName, a.email AS accountEmail, trim(h.first_name || ' ' || h.last_name) AS holderName,
       ${printedNumber('l')} AS certificateNumber, l.level, l.method, l.created_at AS openedAt
     FROM links l JOIN accounts a ON a.id = l.account_id JOIN holders h ON h.id = l.holder_id
     WHERE l.regroupement_id = ? AND l.${column} = ? AND l.undone_at IS NULL ${later.sql}
     ORDER BY l.created_at, l.id LIMIT ${PAGE_SIZE}`,
    [regroupementId, value, ...later.args],
  );
  return rows.map((row) => ({ ...row, openedAt: new Date(row.openedAt).toISOString() }));
}

/** How many links stand that a name and a number opened: a stricter policy leaves them open. */
export async function openedByNameAlone(deps: Pick<Deps, 'db'>, regroupementId: string): Promise<number> {
  const { rows } = await deps.db.execute<{ n: number }>(
    "SELECT count(*) AS n FROM links WHERE regroupement_id = ? AND method = 'name-and-number' AND undone_at IS NULL",
    [regroupementId],
  );
  return rows[0]?.n ?? 0;
}
