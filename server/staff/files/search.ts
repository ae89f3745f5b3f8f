// One field, one Enter: a file by a piece of a name without accents, an e-mail, a certificate's, an invoice's or a payment's
// number. Whole numbers first, then last names that begin so, then the rest.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { foldName } from '../../certificates/names.ts';
import { certificateKey } from '../../certificates/number.ts';
import type { Statement } from '../../db/db.ts';
import { sql } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { balanceOf } from '../../ledger/balance.ts';

/** As many are shown; beyond `MOST`, « précisez ». */
const SHOWN = 20;
export const MOST = 200;
const FOLDED_AT_ONCE = 500;
/** Nobody types more; each is a look at every file. */
const MOST_WORDS = 6;

export interface Found {
  holderId: string;
  firstName: string;
  lastName: string;
  usualName: string;
  status: string;
  certificateNumbers: string[];
  /** What is owed on her open invoices, in cents. */
  balanceCents: number;
}

/** The files that fit what was typed, best first, and how many do (`MOST` + 1: more than that). */
export async function searchFiles(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  typed: string,
): Promise<{ found: Found[]; total: number }> {
  const words = foldName(typed)
    .split(' ')
    .filter((word) => word !== '')
    .slice(0, MOST_WORDS);
  if (words.length === 0) return { found: [], total: 0 };
  await foldStale(deps, regroupementId);
  const exact = await byNumber(deps, regroupementId, typed);
  const begins = ` ${words[0]}`;
  const ask = sql`SELECT holder_id AS id FROM file_search
    WHERE regroupement_id = ${regroupementId} AND ${allOf(words)}
    ORDER BY folded LIKE ${`${begins}%`} DESC, folded LIKE ${`%${begins}%`} DESC, folded, holder_id
    LIMIT ${MOST + 1}`;
  const { rows } = await deps.db.execute<{ id: string }>(ask.sql, ask.args);
  const ids = [...new Set([...exact, ...rows.map(({ id }) => id)])];
  return {
    found: await shown(deps, regroupementId, ids.slice(0, SHOWN)),
    total: Math.min(ids.length, MOST + 1),
  };
}

// A folded word has letters and digits only: nothing in it means anything to LIKE.
function allOf(words: readonly string[]): Statement {
  return words.map((word) => sql`folded LIKE ${`%${word}%`}`).reduce((all, one) => sql`${all} AND ${one}`);
}

/** Whose number it is, whole: certificate, invoice, payment (ours or PayPal's). */
async function byNumber(deps: Pick<Deps, 'db'>, regroupementId: string, typed: string): Promise<string[]> {
  const number = typed.trim().toUpperCase();
  const { rows } = await deps.db.execute<{ id: string }>(
    `SELECT holder_id AS id FROM certificates WHERE regroupement_id = ?1 AND number_key = ?2 AND ?2 <> ''
     UNION SELECT c.holder_id FROM invoices i JOIN certificates c ON c.id = i.certificate_id
       WHERE i.regroupement_id = ?1 AND i.number_key = replace(?3, ' ', '')
     UNION SELECT c.holder_id FROM payments p JOIN allocations a ON a.payment_id = p.id
       JOIN invoices i ON i.id = a.invoice_id JOIN certificates c ON c.id = i.certificate_id
       WHERE p.regroupement_id = ?1 AND (p.number = ?3 OR p.capture_id = ?3 OR p.order_id = ?3)
     LIMIT ${SHOWN}`,
    [regroupementId, certificateKey(typed), number],
  );
  return rows.map(({ id }) => id);
}

async function shown(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  ids: readonly string[],
): Promise<Found[]> {
  const { rows } = await deps.db.execute<Omit<Found, 'certificateNumbers'> & { certificateNumbers: string }>(
    `SELECT h.id AS holderId, h.first_name AS firstName, h.last_name AS lastName, h.usual_name AS usualName, h.status,
       (SELECT json_group_array(number) FROM (SELECT number FROM certificates WHERE holder_id = h.id
          GROUP BY number_key ORDER BY max(period_start) DESC LIMIT 5)) AS certificateNumbers,
       (SELECT COALESCE(SUM(${balanceOf('i.id', '?1')}), 0) FROM certificates c JOIN invoices i ON i.certificate_id = c.id
          WHERE c.holder_id = h.id AND i.status = 'open') AS balanceCents
     FROM json_each(?2) asked JOIN holders h ON h.id = asked.value WHERE h.regroupement_id = ?1 ORDER BY asked.key`,
    [regroupementId, JSON.stringify(ids)],
  );
  return rows.map((row) => ({ ...row, certificateNumbers: JSON.parse(row.certificateNumbers) as string[] }));
}

interface Stale {
  id: string;
  revision: number;
  names: string;
  numbers: string;
}

/** Writes anew what changed since the last search. After a large import that takes a moment, and nobody else waits for it. */
async function foldStale(deps: Pick<Deps, 'db'>, regroupementId: string): Promise<void> {
  for (;;) {
    // Certificates that an import still hides too: they come into sight without a change.
    const { rows } = await deps.db.execute<Stale>(
      `SELECT s.holder_id AS id, s.revision,
         json_array(h.last_name, h.first_name, h.usual_name, h.email, h.external_id) AS names,
         (SELECT json_group_array(DISTINCT number_key) FROM certificate_rows WHERE holder_id = h.id) AS numbers
       FROM file_search s JOIN holders h ON h.id = s.holder_id
       WHERE s.regroupement_id = ? AND s.folded IS NULL LIMIT ${FOLDED_AT_ONCE}`,
      [regroupementId],
    );
    if (rows.length === 0) return;
    await deps.db.execute(
      `UPDATE file_search SET folded = w.value ->> '$[2]' FROM json_each(?) w
       WHERE holder_id = w.value ->> '$[0]' AND revision = w.value ->> '$[1]'`,
      [JSON.stringify(rows.map(({ id, revision, ...text }) => [id, revision, foldedOf(text)]))],
    );
    await nextTurn();
  }
}

/** ` roy marie eve …`: each word after a space, the last name first. */
function foldedOf({ names, numbers }: Pick<Stale, 'names' | 'numbers'>): string {
  const all = [...(JSON.parse(names) as (string | null)[]), ...(JSON.parse(numbers) as string[])];
  return ` ${all
    .map((text) => foldName(text ?? ''))
    .filter((text) => text !== '')
    .join(' ')}`;
}
