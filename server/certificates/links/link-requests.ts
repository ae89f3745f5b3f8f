// Matches that wait for the staff's yes or no: written by a search, decided on the command line or the staff's API.
import { type Actor, audited } from '../../audit.ts';
import { guard, isGuardFailure, type Statement } from '../../db/db.ts';
import { sql } from '../../db/sql.ts';
import { type Deps, newId } from '../../deps.ts';
import type { Lang } from '../../fields.ts';
import { enqueueAsked, enqueueMail, type Mail } from '../../mail/outbox.ts';
import { afterRow, PAGE_SIZE } from '../../next-page.ts';
import { Problem } from '../../problems/problem.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';
import { securityEvent } from '../../security-log.ts';
import { printedNumber } from '../access.ts';
import { type Candidate, holderOf } from '../lookup/candidates.ts';
import type { Seeker } from '../lookup/lookup-limits.ts';
import { openLink, reaches, standingOf } from './links.ts';

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
/** Eight o’clock in Toronto, or seven: when reminders leave. */
const MORNING = 12 * HOUR;
export type Decision = 'approved' | 'refused';

export interface PendingLink {
  id: string;
  accountName: string;
  accountEmail: string;
  holderName: string;
  holderEmail: string | null;
  certificateNumber: string;
  askedAt: string;
  /** The holder closed a link of this account’s before. */
  undoneBefore: boolean;
}

/**
 * The statements that put a match on the staff's list, once, and tell them, once a day; the same statements put nothing
 * there, and a row that is no message in the line, when there is nothing to tell.
 */
export function requestApproval(
  deps: Pick<Deps, 'now' | 'randomBytes' | 'config'>,
  { regroupement, accountId, clientAddress }: Seeker,
  holder: Pick<Candidate, 'holderId' | 'numberKey'>,
  only: boolean,
): Statement[] {
  const now = deps.now();
  return [
    sql`INSERT INTO link_requests(id, regroupement_id, account_id, holder_id, number_key, asked_at)
        SELECT ${newId(deps)}, ${regroupement.id}, ${accountId}, ${holder.holderId}, ${holder.numberKey}, ${now}
        WHERE ${only ? 1 : 0} = 1 ON CONFLICT DO NOTHING`,
    enqueueAsked(deps, toStaff(regroupement, `${Math.floor(now / DAY)}`), { by: clientAddress, only }),
  ];
}

function toStaff(regroupement: Pick<Regroupement, 'id' | 'email'>, when: string): Mail<'link-requests'> {
  return {
    regroupementId: regroupement.id,
    dedupeKey: `link-requests:${regroupement.id}:${when}`,
    kind: 'link-requests',
    recipient: regroupement.email,
    lang: 'fr-CA',
    payload: {},
  };
}

/**
 * Tells staff, in the morning, of requests that wait since the day before: of those that came with or before the newest,
 * once. A day's first one only is told at once.
 */
export async function remindOfRequests(deps: Deps): Promise<void> {
  const morning = Math.floor((deps.now() - MORNING) / DAY) * DAY + MORNING;
  const { rows } = await deps.db.execute<Pick<Regroupement, 'id' | 'email'> & { newest: number }>(
    `SELECT r.id, r.email, max(q.asked_at) AS newest FROM link_requests q JOIN regroupements r ON r.id = q.regroupement_id
     WHERE q.decision IS NULL AND q.asked_at < ? GROUP BY r.id`,
    [morning],
  );
  if (rows.length > 0)
    await deps.db.batch(
      rows.map(({ newest, ...regroupement }) => enqueueMail(deps, toStaff(regroupement, `until-${newest}`))),
    );
}

/**
 * The statement that refuses what an account still asks for a certificate whose holder closed it: a list that staff
 * read before must open nothing.
 */
export function refuseRequests(
  deps: Pick<Deps, 'now'>,
  link: { regroupementId: string; linkId: string; by: string },
): Statement {
  return {
    sql: `UPDATE link_requests SET decision = 'refused', decided_at = ?, decided_by = ?
          WHERE regroupement_id = ? AND decision IS NULL
            AND (account_id, holder_id, number_key) IN (SELECT account_id, holder_id, number_key FROM links WHERE id = ?)`,
    args: [deps.now(), link.by, link.regroupementId, link.linkId],
  };
}

/** What waits for a decision, oldest first; from after the last of the page before. */
export async function pendingLinks(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  after?: string,
): Promise<PendingLink[]> {
  const later = await afterRow(deps, ['link_requests', 'r', 'asked_at', 'oldest'], regroupementId, after);
  const { rows } = await deps.db.execute<
    Omit<PendingLink, 'askedAt' | 'undoneBefore'> & { askedAt: number; undoneBefore: number }
  >(
    `SELECT r.id, a.name AS accountName, a.email AS accountEmail, trim(h.first_name || ' ' || h.last_name) AS holderName,
       h.email AS holderEmail,
       ${printedNumber('r')} AS certificateNumber, r.asked_at AS askedAt,
       EXISTS (SELECT 1 FROM links l WHERE l.account_id = r.account_id AND l.holder_id = r.holder_id
               AND l.number_key = r.number_key AND l.undone_at IS NOT NULL) AS undoneBefore
     FROM link_requests r JOIN accounts a ON a.id = r.account_id JOIN holders h ON h.id = r.holder_id
     WHERE r.regroupement_id = ? AND r.decision IS NULL ${later.sql}
     ORDER BY r.asked_at, r.id LIMIT ${PAGE_SIZE}`,
    [regroupementId, ...later.args],
  );
  return rows.map((row) => ({
    ...row,
    askedAt: new Date(row.askedAt).toISOString(),
    undoneBefore: row.undoneBefore === 1,
  }));
}

/**
 * Decides. A yes opens the whole file, tells the holder on file and the one who asked; a no is told by the answer that
 * everyone gets who waits (answers.ts). The same decision again changes nothing.
 * Throws `not-found`, or `already-decided` the other way.
 */
export async function decideLink(
  deps: Deps,
  regroupementId: string,
  id: string,
  decision: Decision,
  by: Actor,
): Promise<void> {
  const { rows } = await deps.db.execute<{
    account_id: string;
    holder_id: string;
    number_key: string;
    decision: Decision | null;
    email: string;
    lang: Lang;
  }>(
    `SELECT r.account_id, r.holder_id, r.number_key, r.decision, a.email, a.lang
     FROM link_requests r JOIN accounts a ON a.id = r.account_id WHERE r.id = ? AND r.regroupement_id = ?`,
    [id, regroupementId],
  );
  const [request] = rows;
  if (request === undefined) throw new Problem('not-found');
  if (request.decision === decision) return;
  if (request.decision !== null) throw new Problem('already-decided');
  const decided: Statement[] = [
    {
      sql: `UPDATE link_requests SET decision = ?, decided_at = ?, decided_by = ?
            WHERE id = ? AND regroupement_id = ? AND decision IS NULL`,
      args: [decision, deps.now(), by, id, regroupementId],
    },
    audited(
      deps,
      {
        regroupementId,
        actor: by,
        act: `link-${decision}`,
        target: `link_requests:${id}`,
        before: { decision: null },
        after: { decision },
      },
      { ifChanged: true },
    ),
    guard('EXISTS (SELECT 1 FROM link_requests WHERE id = ? AND decision = ?)', [id, decision]),
    securityEvent(deps, regroupementId, `link-${decision}`, request.account_id, { request: id, by }),
  ];
  if (decision === 'approved') {
    decided.push(
      enqueueMail(deps, {
        regroupementId,
        dedupeKey: `link-approved:${id}`,
        kind: 'link-approved',
        recipient: request.email,
        lang: request.lang,
        payload: {},
      }),
    );
    const account = { regroupementId, accountId: request.account_id };
    const holder = await holderOf(deps, regroupementId, request.holder_id, request.number_key);
    const standing = holder === null ? null : await standingOf(deps, account, holder);
    if (holder === null || standing === null) throw new Problem('not-found');
    if (!reaches(standing, holder, 'verified')) {
      await openLink(deps, account, standing, holder, { level: 'verified', method: 'approval' }, decided);
      return settled();
    }
  }
  try {
    await deps.db.batch(decided);
  } catch (error) {
    if (!isGuardFailure(error)) throw error;
  }
  return settled();

  // Two of the staff at once: the first decided.
  async function settled(): Promise<void> {
    const { rows } = await deps.db.execute<{ decision: Decision | null }>(
      'SELECT decision FROM link_requests WHERE id = ?',
      [id],
    );
    if (rows[0]?.decision !== decision) throw new Problem('already-decided');
  }
}
