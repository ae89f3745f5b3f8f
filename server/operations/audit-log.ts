// The audit as people read it: what was said in words beside what is kept for good, and who it was by name.
import { type Actor, audited } from '../audit.ts';
import { CSV_MARK, csvLine } from '../csv.ts';
import type { Value } from '../db/db.ts';
import { sql } from '../db/sql.ts';
import type { Deps } from '../deps.ts';
import { torontoBounds } from '../ledger/toronto.ts';

type Facts = Record<string, unknown>;

export interface PastAct {
  seq: number;
  /** UTC milliseconds. */
  at: number;
  actor: string;
  /** Whose name stands for it; null: a person's or key's that is not there any more, or the server. */
  actorName: string | null;
  act: string;
  target: string;
  /** The number of the invoice or payment that it is about, the address of the e-mail or account, or the name of the colleague or key; null: nothing of these, or not any more. */
  about: string | null;
  /** In the words of whoever acted; null: none were asked for, or they are erased. */
  reason: string | null;
  before: Facts | null;
  after: Facts | null;
  requestId: string | null;
}

interface ActRow extends Omit<PastAct, 'reason' | 'before' | 'after'> {
  before: string | null;
  after: string | null;
  words: string | null;
}

// Of an act `a`: the number of its invoice or payment, the address of its e-mail or of the account that it links, or the name of the
// colleague or key.
const rest = (table: string) =>
  `iif(a.target GLOB '${table}:*', substr(a.target, ${table.length + 2}), NULL)`;
const accountOf = (table: string) =>
  `(SELECT nullif(b.email, '') FROM ${table} x JOIN accounts b ON b.id = x.account_id WHERE x.id = ${rest(table)})`;
const ABOUT = `coalesce(
  (SELECT number FROM invoices WHERE id = coalesce(a.after ->> 'invoice', a.before ->> 'invoice')),
  (SELECT number FROM payments WHERE id = coalesce(a.after ->> 'payment', ${rest('payments')})),
  (SELECT nullif(recipient, '') FROM outbox WHERE id = ${rest('outbox')}),
  ${accountOf('links')}, ${accountOf('link_requests')},
  (SELECT name FROM staff_users WHERE id = ${rest('staff_users')}), (SELECT name FROM api_keys WHERE id = ${rest('api_keys')}))`;

/** The acts `where` says so (of the audit's row, `a`), as many as `limit`, in the order of their numbers or against it. */
export async function actsWhere(
  deps: Pick<Deps, 'db'>,
  where: { sql: string; args: readonly Value[] },
  { newestFirst, limit }: { newestFirst: boolean; limit: number },
): Promise<PastAct[]> {
  const { rows } = await deps.db.execute<ActRow & Record<string, string | number | null>>(
    `SELECT a.seq, a.at, a.actor, coalesce(u.name, k.name) AS actorName, a.act, a.target, a.before, a.after, w.words,
       a.request_id AS requestId, ${ABOUT} AS about
     FROM audit a LEFT JOIN audit_words w ON w.seq = a.seq
     LEFT JOIN staff_users u ON u.id = substr(a.actor, 7) AND a.actor GLOB 'staff:*'
     LEFT JOIN api_keys k ON k.id = substr(a.actor, 5) AND a.actor GLOB 'key:*'
     WHERE ${where.sql} ORDER BY a.seq${newestFirst ? ' DESC' : ''} LIMIT ${limit}`,
    where.args,
  );
  return rows.map(({ words: text, before, after, ...row }) => {
    const words = JSON.parse(text ?? '{}') as { reason?: string; before?: Facts; after?: Facts };
    return {
      ...row,
      reason: words.reason ?? null,
      before: together(before, words.before),
      after: together(after, words.after),
    };
  });
}

function together(kept: string | null, words: Facts | undefined): Facts | null {
  if (kept === null) return words ?? null;
  return { ...(JSON.parse(kept) as Facts), ...words };
}

const AT_ONCE = 500;
const TITLES = [
  'no',
  'at',
  'actor',
  'name',
  'act',
  'target',
  'about',
  'reason',
  'before',
  'after',
  'request',
];

/** The regroupement's acts of these Toronto days, oldest first, as CSV for Excel or as JSON, page by page. */
export async function* exportedAudit(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  {
    format,
    lang,
    range,
  }: { format: 'csv' | 'json'; lang: 'fr' | 'en'; range: { from?: string; to?: string } },
): AsyncGenerator<string> {
  const from = range.from === undefined ? 0 : torontoBounds(range.from).from;
  const to = range.to === undefined ? Number.MAX_SAFE_INTEGER : torontoBounds(range.to).to;
  yield format === 'csv' ? CSV_MARK + csvLine(TITLES, lang) : '[';
  for (let after = 0, any = false; ; any = true) {
    const where = 'a.regroupement_id = ? AND a.seq > ? AND a.at >= ? AND a.at < ?';
    const acts = await actsWhere(
      deps,
      { sql: where, args: [regroupementId, after, from, to] },
      { newestFirst: false, limit: AT_ONCE },
    );
    const last = acts.at(-1);
    if (last === undefined) break;
    after = last.seq;
    const told = acts.map((act) => ({ ...act, at: new Date(act.at).toISOString() }));
    yield format === 'csv'
      ? told.map((act) => csvLine(cellsOf(act), lang)).join('')
      : told.map((act, i) => (any || i > 0 ? ',\n' : '\n') + JSON.stringify(act)).join('');
  }
  if (format === 'json') yield '\n]\n';
}

function cellsOf(act: Omit<PastAct, 'at'> & { at: string }): (string | number | null)[] {
  const { seq, at, actor, actorName, act: what, target, about, reason, before, after, requestId } = act;
  const facts = (one: Facts | null) => (one === null ? null : JSON.stringify(one));
  return [seq, at, actor, actorName, what, target, about, reason, facts(before), facts(after), requestId];
}

/** Erases what is said in words of the acts on this target (`table:id`); the acts stay. Answers of how many. */
export async function eraseWords(
  deps: Pick<Deps, 'db' | 'now' | 'randomBytes'>,
  regroupementId: string,
  target: string,
  by: Actor,
): Promise<number> {
  const { rows } = await deps.db.execute<{ n: number }>(
    `SELECT count(*) AS n FROM audit a JOIN audit_words w ON w.seq = a.seq
     WHERE a.target = ? AND +a.regroupement_id = ?`,
    [target, regroupementId],
  );
  const [erased] = await deps.db.batch([
    sql`DELETE FROM audit_words WHERE seq IN
          (SELECT seq FROM audit WHERE target = ${target} AND +regroupement_id = ${regroupementId})`,
    audited(
      deps,
      {
        regroupementId,
        actor: by,
        act: 'audit-words-erased',
        target,
        before: { acts: rows[0]?.n ?? 0 },
        after: { acts: 0 },
      },
      { ifChanged: true },
    ),
  ]);
  return erased?.changes ?? 0;
}
