// The register of confidentiality incidents that a regroupement must keep (P-39.1, s. 3.8; Regulation respecting
// confidentiality incidents, s. 7 and 8), and the security log beside it. Both are only added to, until their time is over.
import { type Actor, audited } from '../audit.ts';
import { sql } from '../db/sql.ts';
import { type Deps, newId } from '../deps.ts';
import { Problem } from '../problems/problem.ts';

export interface Incident {
  id: string;
  /** Toronto days; `occurredUntil` where it was a period. */
  occurredOn: string;
  occurredUntil: string | null;
  knownOn: string;
  /** Which personal information, or why that is not known. */
  information: string;
  /** What happened. */
  what: string;
  /** How many people, as far as is known. */
  persons: number;
  /** A risk of serious injury: the Commission and the people must be told. */
  serious: boolean;
  /** What that was judged by: how sensitive it is, what could be done with it, how likely. */
  risk: string;
  /** Toronto days on which the notices left. */
  commissionToldOn: string | null;
  personsToldOn: string | null;
  /** How; whether publicly, and why. */
  told: string;
  measures: string;
  /** The row that this one corrects. */
  corrects: string | null;
  recordedBy: string;
  recordedAt: string;
}

/** Writes an incident down, or the correction of one. Throws `not-found` when it corrects nothing of this register. */
export async function recordIncident(
  deps: Deps,
  regroupementId: string,
  given: Omit<Incident, 'id' | 'recordedAt' | 'recordedBy'> & { recordedBy: Actor },
): Promise<string> {
  const id = newId(deps);
  const insert = sql`INSERT INTO incidents(id, regroupement_id, occurred_on, occurred_until, known_on, information, what, persons,
      serious, risk, commission_told_on, persons_told_on, told, measures, corrects, recorded_by, recorded_at)
    SELECT ${id}, ${regroupementId}, ${given.occurredOn}, ${given.occurredUntil}, ${given.knownOn}, ${given.information},
      ${given.what}, ${given.persons}, ${given.serious ? 1 : 0}, ${given.risk}, ${given.commissionToldOn},
      ${given.personsToldOn}, ${given.told}, ${given.measures}, ${given.corrects}, ${given.recordedBy}, ${deps.now()}
    WHERE ${given.corrects} IS NULL
      OR EXISTS (SELECT 1 FROM incidents WHERE id = ${given.corrects} AND regroupement_id = ${regroupementId})
    ON CONFLICT DO NOTHING`;
  const act = {
    regroupementId,
    actor: given.recordedBy,
    act: 'incident-recorded',
    target: `incidents:${id}`,
    before: null,
    after: { serious: given.serious, persons: given.persons, corrects: given.corrects },
  } as const;
  const [written] = await deps.db.batch([insert, audited(deps, act, { ifChanged: true })]);
  if (written?.changes === 0) throw new Problem('not-found');
  return id;
}

/** The register, oldest first; a correction stands after what it corrects. */
export async function incidentsOf(deps: Pick<Deps, 'db'>, regroupementId: string): Promise<Incident[]> {
  const { rows } = await deps.db.execute<
    Omit<Incident, 'serious' | 'recordedAt'> & { serious: number; recordedAt: number }
  >(
    `SELECT id, occurred_on AS occurredOn, occurred_until AS occurredUntil, known_on AS knownOn, information, what, persons,
       serious, risk, commission_told_on AS commissionToldOn, persons_told_on AS personsToldOn, told, measures, corrects,
       recorded_by AS recordedBy, recorded_at AS recordedAt
     FROM incidents WHERE regroupement_id = ? ORDER BY recorded_at, rowid`,
    [regroupementId],
  );
  return rows.map((row) => ({
    ...row,
    serious: row.serious === 1,
    recordedAt: new Date(row.recordedAt).toISOString(),
  }));
}

export interface LoggedEvent {
  at: string;
  event: string;
  account: string | null;
  detail: Record<string, string>;
}

const PAGE = 1_000;

/** The security log from one instant to another (ms, the end not included), oldest first, page by page. */
export async function* securityEvents(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  from: number,
  to: number,
): AsyncGenerator<LoggedEvent> {
  let [at, rowid] = [from, 0];
  for (;;) {
    const { rows } = await deps.db.execute<{
      rowid: number;
      at: number;
      event: string;
      account: string | null;
      detail: string;
    }>(
      `SELECT rowid, at, event, account_id AS account, detail FROM security_log
       WHERE regroupement_id = ?1 AND at < ?2 AND (at, rowid) > (?3, ?4) ORDER BY at, rowid LIMIT ${PAGE}`,
      [regroupementId, to, at, rowid],
    );
    for (const row of rows)
      yield {
        at: new Date(row.at).toISOString(),
        event: row.event,
        account: row.account,
        detail: JSON.parse(row.detail) as Record<string, string>,
      };
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    [at, rowid] = [last.at, last.rowid];
  }
}
