// « Dépôt »: cheques that are taken to the bank together (BUREAU.md §6.4). It is opened with what the slip says, each cheque is
// written down as it is typed, and it closes once they are the slip's total, to the cent.
import { type Actor, audited } from '../audit.ts';
import { sha256 } from '../crypto.ts';
import { guard, isGuardFailure, isUniqueViolation } from '../db/db.ts';
import { sql } from '../db/sql.ts';
import { type Deps, newId } from '../deps.ts';
import { torontoDay, yearsBefore } from '../ledger/toronto.ts';
import { afterRow } from '../next-page.ts';
import { Problem } from '../problems/problem.ts';

export interface Deposit {
  id: string;
  /** The slip's, a Toronto day. */
  day: string;
  slipCents: number;
  /** What was written down in it, less what was a mistake. */
  totalCents: number;
  /** How many cheques that is; one for several invoices is one. */
  cheques: number;
  openedBy: string;
  openedAt: number;
  closedBy: string | null;
  closedAt: number | null;
}

/** A slip of the keyboard, as for a cheque. */
const OLDEST_YEARS = 10;
/** How often something may come between a look and its batch. */
const TRIES = 5;

// Of a deposit `d`. What the bank gave back later was in it all the same.
const COUNTED = `FROM recorded_payments p WHERE p.deposit_id = d.id
  AND NOT EXISTS (SELECT 1 FROM recorded_payments b WHERE b.reverses = p.id AND b.returned = 0)`;
const TOTAL = `(SELECT coalesce(sum(p.amount_cents), 0) ${COUNTED})`;
const COLUMNS = `d.id, d.day, d.slip_cents AS slipCents, ${TOTAL} AS totalCents,
  (SELECT count(DISTINCT coalesce(p.group_id, p.id)) ${COUNTED}) AS cheques,
  d.opened_by AS openedBy, d.opened_at AS openedAt, d.closed_by AS closedBy, d.closed_at AS closedAt FROM deposits d`;

/** The deposits, newest first; from after the last of the page before. */
export async function deposits(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<Deposit[]> {
  const earlier = await afterRow(deps, ['deposits', 'd', 'opened_at', 'newest'], regroupementId, after);
  const { rows } = await deps.db.execute<Deposit>(
    `SELECT ${COLUMNS} WHERE d.regroupement_id = ? ${earlier.sql} ORDER BY d.opened_at DESC, d.rowid DESC LIMIT ?`,
    [regroupementId, ...earlier.args, limit],
  );
  return rows;
}

/** Throws `not-found`. */
export async function depositById(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  id: string,
): Promise<Deposit> {
  const { rows } = await deps.db.execute<Deposit>(
    `SELECT ${COLUMNS} WHERE d.id = ? AND d.regroupement_id = ?`,
    [id, regroupementId],
  );
  const [row] = rows;
  if (row === undefined) throw new Problem('not-found');
  return row;
}

/** Opens one, once a key; answers its id. Throws `validation` of a day to come or long ago, `idempotency-mismatch`. */
export async function openDeposit(
  deps: Deps,
  regroupementId: string,
  {
    day,
    slipCents,
    by,
    idempotencyKey,
  }: { day: string; slipCents: number; by: Actor; idempotencyKey: string },
): Promise<string> {
  const today = torontoDay(deps.now());
  const code = day > today ? 'in-the-future' : day < yearsBefore(today, OLDEST_YEARS) ? 'too-old' : null;
  if (code !== null) throw new Problem('validation', { errors: [{ pointer: '/day', code }] });
  const hash = sha256(JSON.stringify([day, slipCents]));
  const known = async () => {
    const { rows } = await deps.db.execute<{ id: string; hash: string }>(
      'SELECT id, request_hash AS hash FROM deposits WHERE regroupement_id = ? AND idempotency_key = ?',
      [regroupementId, idempotencyKey],
    );
    if (rows[0] !== undefined && rows[0].hash !== hash) throw new Problem('idempotency-mismatch');
    return rows[0]?.id;
  };
  const before = await known();
  if (before !== undefined) return before;
  const id = newId(deps);
  try {
    await deps.db.batch([
      sql`INSERT INTO deposits(id, regroupement_id, day, slip_cents, opened_by, opened_at, idempotency_key, request_hash)
          VALUES (${id}, ${regroupementId}, ${day}, ${slipCents}, ${by}, ${deps.now()}, ${idempotencyKey}, ${hash})`,
      audited(deps, {
        ...{ regroupementId, actor: by, act: 'deposit-opened', target: `deposits:${id}` },
        before: null,
        after: { day, slipCents },
      }),
    ]);
    return id;
  } catch (error) {
    const theirs = isUniqueViolation(error) ? await known() : undefined;
    if (theirs === undefined) throw error;
    return theirs;
  }
}

/**
 * Closes one: nothing is written down in it any more. `slipCents`: what the slip says, where it was mistyped. Closed
 * already, it stays so. Throws `not-found`, `deposit-differs` (with `slipCents` and `totalCents`) where the cheques are
 * not the slip's total.
 */
export async function closeDeposit(
  deps: Deps,
  regroupementId: string,
  id: string,
  { slipCents: corrected, by }: { slipCents?: number | undefined; by: Actor },
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { closedAt, totalCents, ...deposit } = await depositById(deps, regroupementId, id);
    if (closedAt !== null) return;
    const slipCents = corrected ?? deposit.slipCents;
    if (slipCents !== totalCents) throw new Problem('deposit-differs', { slipCents, totalCents });
    try {
      await deps.db.batch([
        guard(`(SELECT ${TOTAL} FROM deposits d WHERE d.id = ? AND d.closed_at IS NULL) = ?`, [
          id,
          totalCents,
        ]),
        sql`UPDATE deposits SET slip_cents = ${slipCents}, closed_by = ${by}, closed_at = ${deps.now()} WHERE id = ${id}`,
        audited(deps, {
          ...{ regroupementId, actor: by, act: 'deposit-closed', target: `deposits:${id}` },
          before: { slipCents: deposit.slipCents, closed: false },
          after: { slipCents, closed: true, cheques: deposit.cheques },
        }),
      ]);
      return;
    } catch (error) {
      // A cheque came in between, or somebody closed it.
      if (!isGuardFailure(error)) throw error;
      if (attempt === TRIES) throw new Problem('busy', { retryAfter: 1 });
    }
  }
}
