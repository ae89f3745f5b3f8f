// What is counted by day instead of being told each time, for staff and for whoever watches the server (`/metrics`).
import type { Statement } from '../db/db.ts';
import type { Deps } from '../deps.ts';
import { torontoDay } from '../ledger/toronto.ts';

/** The statement that counts one more of these today. `name` says nothing of anybody. */
export function count(deps: Pick<Deps, 'now'>, regroupementId: string, name: string): Statement {
  return {
    sql: `INSERT INTO counters(regroupement_id, day, name, count) VALUES (?, ?, ?, 1)
          ON CONFLICT(regroupement_id, day, name) DO UPDATE SET count = count + 1`,
    args: [regroupementId, torontoDay(deps.now()), name],
  };
}
