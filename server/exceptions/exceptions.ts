// What a person must look at (S44, S45): kept on a list for staff, who are told once by e-mail; never settled by a guess.
import { type Actor, audited } from '../audit.ts';
import type { Statement } from '../db/db.ts';
import { sql } from '../db/sql.ts';
import { type Deps, newId } from '../deps.ts';
import { enqueueMail } from '../mail/outbox.ts';
import { afterRow, PAGE_SIZE } from '../next-page.ts';
import type { Regroupement } from '../regroupements/regroupements.ts';

export const EXCEPTION_KINDS = [
  /** PayPal's record is not what was asked: amount, currency, payee or payment. Nothing is posted. */
  'mismatch',
  /** She confirmed, PayPal's answer was lost, and less is owed since: nothing more is tried. */
  'less-owed',
  /** PayPal says that our number was paid under another order. */
  'duplicate-invoice',
  /** Money came for a payment that had ended otherwise (P3b); it is posted. */
  'unexpected-capture',
  /** Money on the PayPal account that no payment of ours knows. */
  'unknown-capture',
  /** A payment that our books call paid and PayPal's day does not show. */
  'missing-capture',
  /** A refund that our books have and PayPal's day does not show. */
  'missing-refund',
  /** Both know the payment or refund, with other amounts. */
  'amount-differs',
  /** Both know it, with another fee of PayPal's. */
  'fee-differs',
  /** A day's sums of one kind are not the same in PayPal's list, our rows and the ledger, and no movement tells why. */
  'sums-differ',
  /** Money that went back on PayPal's side and is not in our books. */
  'unknown-refund',
  'refund-failed',
  /** A bank or PayPal took the money back, or a part of it. */
  'reversed',
  /** A bank or PayPal took back more than was left of the payment; it is not posted. */
  'reversed-beyond',
  /** What had been taken back is there again. */
  'returned',
  'dispute',
  /** PayPal holds the money of a payment while its payer complains; nothing went back. */
  'held',
  /** PayPal told of something that its own record never confirmed; nothing is posted. */
  'unconfirmed-event',
  /** Too many searches of one certificate, or of the whole regroupement: someone may be guessing. */
  'lookup-alert',
  /** Unpaid invoices bear the premium tax of before a day on which its rate changes. */
  'premium-tax',
] as const;
export type ExceptionKind = (typeof EXCEPTION_KINDS)[number];

export interface ExceptionFacts {
  kind: ExceptionKind;
  /** What it is about; the same again is the same exception. */
  about: string;
  paymentId?: string;
  /** Ids and amounts for staff; nothing personal. */
  detail?: Readonly<Record<string, string | number | null>>;
}

/** The statements that put it on the list and tell staff; for the batch that found it. */
export function openException(
  deps: Pick<Deps, 'now' | 'randomBytes'>,
  regroupement: Pick<Regroupement, 'id' | 'email'>,
  facts: ExceptionFacts,
): Statement[] {
  const key = `${regroupement.id}:${facts.kind}:${facts.about}`;
  return [
    sql`INSERT INTO exceptions(id, regroupement_id, dedupe_key, kind, payment_id, detail, opened_at)
        VALUES (${newId(deps)}, ${regroupement.id}, ${key}, ${facts.kind}, ${facts.paymentId ?? null},
          ${JSON.stringify(facts.detail ?? {})}, ${deps.now()})
        ON CONFLICT(dedupe_key) DO NOTHING`,
    enqueueMail(deps, {
      regroupementId: regroupement.id,
      dedupeKey: `exception:${key}`,
      kind: 'exception',
      recipient: regroupement.email,
      lang: 'fr-CA',
      payload: { key },
    }),
  ];
}

/** The statements that close a payment's open ones of a kind: what they told of has ended by itself. */
export function closeFor(
  deps: Pick<Deps, 'now'>,
  paymentId: string,
  kind: ExceptionKind,
  note: string,
): Statement[] {
  return [
    {
      sql: `UPDATE exceptions SET closed_at = ?, closed_by = 'paypal', note = ?
            WHERE payment_id = ? AND kind = ? AND closed_at IS NULL`,
      args: [deps.now(), note, paymentId, kind],
    },
  ];
}

export interface ListedException {
  id: string;
  kind: ExceptionKind;
  paymentNumber: string | null;
  detail: Record<string, string | number | null>;
  openedAt: string;
  closedAt: string | null;
  note: string | null;
}

/** The regroupement's list, oldest first; from after the last of the page before. */
export async function listExceptions(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  options: { all?: boolean; after?: string | undefined } = {},
): Promise<ListedException[]> {
  const later = await afterRow(
    deps,
    ['exceptions', 'e', 'opened_at', 'oldest'],
    regroupementId,
    options.after,
  );
  const { rows } = await deps.db.execute<{
    id: string;
    kind: ExceptionKind;
    number: string | null;
    detail: string;
    opened_at: number;
    closed_at: number | null;
    note: string | null;
  }>(
    // Without a word SQLite may read what is closed as well: it does not know how little is open.
    `SELECT e.id, e.kind, p.number, e.detail, e.opened_at, e.closed_at, e.note
     FROM exceptions e ${options.all === true ? '' : 'INDEXED BY exceptions_open'}
     LEFT JOIN payments p ON p.id = e.payment_id
     WHERE e.regroupement_id = ? ${options.all === true ? '' : 'AND e.closed_at IS NULL'} ${later.sql}
     ORDER BY e.opened_at, e.id LIMIT ${PAGE_SIZE}`,
    [regroupementId, ...later.args],
  );
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    paymentNumber: row.number,
    detail: JSON.parse(row.detail) as ListedException['detail'],
    openedAt: new Date(row.opened_at).toISOString(),
    closedAt: row.closed_at === null ? null : new Date(row.closed_at).toISOString(),
    note: row.note,
  }));
}

/** Staff have dealt with it. False when it is not there or closed already. */
export async function closeException(
  deps: Pick<Deps, 'db' | 'now' | 'randomBytes'>,
  regroupementId: string,
  id: string,
  by: { name: Actor; note: string },
): Promise<boolean> {
  const [closed] = await deps.db.batch([
    {
      sql: 'UPDATE exceptions SET closed_at = ?, closed_by = ?, note = ? WHERE id = ? AND regroupement_id = ? AND closed_at IS NULL',
      args: [deps.now(), by.name, by.note, id, regroupementId],
    },
    audited(
      deps,
      {
        regroupementId,
        actor: by.name,
        act: 'exception-closed',
        target: `exceptions:${id}`,
        before: { closed: false },
        after: { closed: true },
        words: { reason: by.note },
      },
      { ifChanged: true },
    ),
  ]);
  return (closed?.changes ?? 0) > 0;
}
