// What concerns a person of the staff, on the record of each regroupement that she works for: ids and codes (I9).
import type { Statement } from '../../db/db.ts';
import { sql } from '../../db/sql.ts';
import { type Deps, newId } from '../../deps.ts';
import type { SecurityEvent } from '../../security-log.ts';

/**
 * The statement that records the event, to stand in the batch of what it records. `ifChanged`: only when the statement just
 * before it changed a row.
 */
export function staffEvent(
  deps: Pick<Deps, 'now' | 'randomBytes'>,
  staffId: string,
  event: SecurityEvent & `staff-${string}`,
  detail: Readonly<Record<string, string>> = {},
  { ifChanged = false } = {},
): Statement {
  return sql`INSERT INTO security_log(id, regroupement_id, at, event, detail)
    SELECT ${newId(deps)} || ':' || regroupement_id, regroupement_id, ${deps.now()}, ${event},
      ${JSON.stringify({ ...detail, staff: staffId })}
    FROM memberships WHERE staff_id = ${staffId} AND removed_at IS NULL AND ${{ sql: ifChanged ? 'changes() > 0' : 'true' }}
    ON CONFLICT DO NOTHING`;
}
