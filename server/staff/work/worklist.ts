// « À traiter »: everything that waits for a person, oldest first, in one list. Each kind is read where it stands, so that an
// item is gone once its cause is; what is kept here is who sees to it, and what somebody has called settled.
import { type Actor, audited } from '../../audit.ts';
import { sql } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import type { Lang } from '../../fields.ts';
import { Problem } from '../../problems/problem.ts';
import type { Regroupement } from '../../regroupements/regroupements.ts';
import { membershipOf } from '../people/memberships.ts';
import { type Facts, SETTLED_BY_HAND, SOURCES, WORK_KINDS, type WorkKind } from './sources.ts';

export interface WorkItem {
  /** `kind.id`. */
  id: string;
  kind: WorkKind;
  /** Since when it waits, in UTC milliseconds. */
  since: number;
  holderId: string | null;
  /** Whose file it is about; null where it is nobody's. */
  holderName: string | null;
  sentence: Readonly<Record<Lang, string>>;
  facts: Facts;
  assignedTo: { id: string; name: string } | null;
}
interface Row {
  id: string;
  since: number;
  holderId: string | null;
  holderName: string | null;
  facts: string;
  assignedId: string | null;
  assignedName: string | null;
}
interface Asked {
  kind?: WorkKind | undefined;
  /** The `next` of the page before. */
  after?: string | undefined;
  limit: number;
}

/** Nobody counts further. */
const MOST_COUNTED = 1_000;

/** A page of the list, and what asks for the next one. */
export async function worklist(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupement: Regroupement,
  { kind, after, limit }: Asked,
): Promise<{ items: WorkItem[]; next?: string }> {
  const from = after === undefined ? { since: -1, id: '' } : cursorOf(after);
  const kinds = kind === undefined ? WORK_KINDS : [kind];
  const read = await Promise.all(kinds.map((one) => itemsOf(deps, regroupement, one, { from, limit })));
  const items = read
    .flat()
    .toSorted((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1))
    .slice(0, limit);
  const last = items.at(-1);
  return { items, ...(last === undefined || items.length < limit ? {} : { next: cursor(last) }) };
}

/** How many wait, of each kind; `MOST_COUNTED`: that many or more. */
export async function workCounts(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupementId: string,
): Promise<Record<WorkKind, number>> {
  const counted = await Promise.all(
    WORK_KINDS.map(async (kind) => {
      const { rows } = await deps.db.execute<{ n: number }>(
        `SELECT count(*) AS n FROM (SELECT 1 FROM (${SOURCES[kind].sql}) x
           WHERE ${NOT_SETTLED} LIMIT ${MOST_COUNTED})`,
        [regroupementId, deps.now(), kind],
      );
      return [kind, rows[0]?.n ?? 0] as const;
    }),
  );
  return Object.fromEntries(counted) as Record<WorkKind, number>;
}

/**
 * Says who sees to it; null: nobody any more. Throws `not-found` for what does not wait, `validation` for somebody who does
 * not work here.
 */
export async function assignWork(
  deps: Deps,
  regroupement: Regroupement,
  id: string,
  to: string | null,
  by: Actor,
): Promise<WorkItem> {
  const item = await itemNamed(deps, regroupement, id);
  if (to !== null && (await membershipOf(deps, to, regroupement.id)) === undefined)
    throw new Problem('validation', { errors: [{ pointer: '/to', code: 'invalid' }] });
  if (item.assignedTo?.id === (to ?? undefined)) return item;
  const at = to === null ? null : deps.now();
  await deps.db.batch([
    sql`INSERT INTO worklist_marks(regroupement_id, item, assigned_to, assigned_at)
        VALUES (${regroupement.id}, ${id}, ${to}, ${at})
        ON CONFLICT DO UPDATE SET assigned_to = excluded.assigned_to, assigned_at = excluded.assigned_at`,
    audited(deps, {
      regroupementId: regroupement.id,
      actor: by,
      act: 'work-assigned',
      target: `worklist:${id}`,
      before: { assignedTo: item.assignedTo?.id ?? null },
      after: { assignedTo: to },
    }),
  ]);
  return await itemNamed(deps, regroupement, id);
}

/** Takes it off the list, where nothing else ends it. Throws `not-found`; `not-settled-by-hand` where an act does. */
export async function settleWork(
  deps: Deps,
  regroupement: Regroupement,
  id: string,
  by: Actor,
): Promise<void> {
  const { kind } = await itemNamed(deps, regroupement, id);
  if (!SETTLED_BY_HAND.includes(kind)) throw new Problem('not-settled-by-hand');
  const now = deps.now();
  await deps.db.batch([
    sql`INSERT INTO worklist_marks(regroupement_id, item, settled_by, settled_at)
        VALUES (${regroupement.id}, ${id}, ${by}, ${now})
        ON CONFLICT DO UPDATE SET settled_by = excluded.settled_by, settled_at = excluded.settled_at WHERE settled_at IS NULL`,
    audited(
      deps,
      {
        regroupementId: regroupement.id,
        actor: by,
        act: 'work-settled',
        target: `worklist:${id}`,
        before: { settled: false },
        after: { settled: true },
      },
      { ifChanged: true },
    ),
  ]);
}

// ?3: the kind.
const NOT_SETTLED = `NOT EXISTS (SELECT 1 FROM worklist_marks s
  WHERE s.regroupement_id = ?1 AND s.item = ?3 || '.' || x.id AND s.settled_at IS NOT NULL)`;

async function itemsOf(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupement: Regroupement,
  kind: WorkKind,
  { from, limit, only }: { from: { since: number; id: string }; limit: number; only?: string },
): Promise<WorkItem[]> {
  const source = SOURCES[kind];
  const { rows } = await deps.db.execute<Row>(
    `SELECT x.id, x.since, x.holderId, x.facts, u.id AS assignedId, u.name AS assignedName,
       trim(h.first_name || ' ' || h.last_name) AS holderName
     FROM (${source.sql}) x
     LEFT JOIN worklist_marks m ON m.regroupement_id = ?1 AND m.item = ?3 || '.' || x.id
     LEFT JOIN staff_users u ON u.id = m.assigned_to
     LEFT JOIN holders h ON h.id = x.holderId
     WHERE (x.since > ?4 OR (x.since = ?4 AND ?3 || '.' || x.id > ?5)) AND (?6 IS NULL OR x.id = ?6) AND ${NOT_SETTLED}
     ORDER BY x.since, x.id LIMIT ?7`,
    [regroupement.id, deps.now(), kind, from.since, from.id, only ?? null, limit],
  );
  return rows.map((row) => {
    const facts = JSON.parse(row.facts) as Facts;
    return {
      id: `${kind}.${row.id}`,
      kind,
      since: row.since,
      holderId: row.holderId,
      holderName: row.holderName,
      sentence: {
        'fr-CA': source.sentence(facts, 'fr-CA', regroupement),
        'en-CA': source.sentence(facts, 'en-CA', regroupement),
      },
      facts,
      assignedTo: row.assignedId === null ? null : { id: row.assignedId, name: row.assignedName ?? '' },
    };
  });
}

async function itemNamed(
  deps: Pick<Deps, 'db' | 'now'>,
  regroupement: Regroupement,
  id: string,
): Promise<WorkItem> {
  const [, named = '', only = ''] = /^([a-z-]+)\.(.+)$/.exec(id) ?? [];
  const kind = WORK_KINDS.find((one) => one === named);
  if (kind === undefined) throw new Problem('not-found');
  const [item] = await itemsOf(deps, regroupement, kind, { from: { since: -1, id: '' }, limit: 1, only });
  if (item === undefined) throw new Problem('not-found');
  return item;
}

function cursor({ since, id }: Pick<WorkItem, 'since' | 'id'>): string {
  return Buffer.from(JSON.stringify([since, id])).toString('base64url');
}

/** Throws `validation` for what is no cursor of ours. */
function cursorOf(after: string): { since: number; id: string } {
  try {
    const [since, id] = JSON.parse(Buffer.from(after, 'base64url').toString()) as unknown[];
    if (Number.isSafeInteger(since) && typeof id === 'string' && !id.includes('\0'))
      return { since: since as number, id };
  } catch {
    // As any other text that is none.
  }
  throw new Problem('validation', { errors: [{ pointer: '/after', code: 'invalid' }] });
}
