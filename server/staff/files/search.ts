// One field, one Enter: a file by a piece of a name without accents, an e-mail, a certificate's, an invoice's or a payment's
// number. Whole numbers first, then last names that begin so, then the rest.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isClosed } from '../../certificates/lookup/candidates.ts';
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
/** A regroupement of so many files has its texts indexed; below, to look through them is faster. */
const INDEXED_FROM = 20_000;
const INDEXED_AT_ONCE = 100;
/** Nobody types more; each is a look at every file. */
const MOST_WORDS = 6;

export interface Found {
  holderId: string;
  firstName: string;
  lastName: string;
  usualName: string;
  status: string;
  closed: boolean;
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
  const ids = new Set(await byNumber(deps, regroupementId, typed));
  for (const look of [beginning, containing]) {
    if (ids.size > MOST) break;
    for (const id of await look(deps, regroupementId, words)) ids.add(id);
  }
  return {
    found: await shown(deps, regroupementId, [...ids].slice(0, SHOWN)),
    total: Math.min(ids.size, MOST + 1),
  };
}

// A folded word has letters and digits only: nothing in it means anything to LIKE.
function allOf(patterns: readonly string[]): Statement {
  return patterns
    .map((pattern) => sql`s.folded LIKE ${pattern}`)
    .reduce((all, one) => sql`${all} AND ${one}`, sql`s.folded IS NOT NULL`);
}
const anywhere = (word: string) => `%${word}%`;
const AT_MOST = { sql: `LIMIT ${MOST + 1}` };

/** Last names that begin with the first word, in their order: by the index, which has each text whole. */
async function beginning(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  [first = '', ...others]: readonly string[],
): Promise<string[]> {
  const parts = [0, 1].map(
    (indexed) => sql`SELECT s.holder_id AS id, s.folded FROM file_search s
      WHERE s.regroupement_id = ${regroupementId} AND s.indexed = ${indexed} AND s.folded >= ${` ${first}`}
        AND s.folded < ${` ${first}\u{10ffff}`} AND ${allOf(others.map(anywhere))} ORDER BY s.folded ${AT_MOST}`,
  );
  return await together(deps, parts, sql`folded, id`);
}

/** Texts with all the words in them, those first in which a word begins with the first one. */
async function containing(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  words: readonly string[],
): Promise<string[]> {
  const order = sql`folded LIKE ${`% ${words[0]}%`} DESC, folded, id`;
  // What is not indexed is looked through: fewer than INDEXED_FROM, or what has just changed.
  const rest = sql`SELECT s.holder_id AS id, s.folded FROM file_search s
    WHERE s.regroupement_id = ${regroupementId} AND s.indexed = 0 AND ${allOf(words.map(anywhere))}
    ORDER BY ${order} ${AT_MOST}`;
  const indexed = await amongIndexed(deps, regroupementId, words);
  return await together(deps, indexed === null ? [rest] : [rest, indexed], order);
}

/** The ids in order, in one value: rows take the driver longer to hand over than to find. */
async function together(
  { db }: Pick<Deps, 'db'>,
  parts: readonly Statement[],
  order: Statement,
): Promise<string[]> {
  const all = parts
    .map((part) => sql`SELECT id, folded FROM (${part})`)
    .reduce((some, one) => sql`${some} UNION ALL ${one}`);
  const ask = sql`SELECT json_group_array(id) AS ids FROM (SELECT id FROM (${all}) ORDER BY ${order} ${AT_MOST})`;
  const { rows } = await db.execute<{ ids: string }>(ask.sql, ask.args);
  return JSON.parse(rows[0]?.ids ?? '[]') as string[];
}

/**
 * The statement that finds them by the trigrams of the words, which lead to few texts that do not have them; null where there is
 * nothing to be found so. Two letters find where a word begins with them, of which the space before makes a trigram; one letter
 * narrows only what others find.
 */
async function amongIndexed(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  words: readonly string[],
): Promise<Statement | null> {
  const pieces = words.map((word) => ([...word].length === 2 ? ` ${word}` : word));
  const trigrams = new Set(pieces.flatMap(trigramsOf));
  if (trigrams.size === 0 || !(await isIndexed(deps, regroupementId))) return null;
  const match = [...trigrams].map((trigram) => `"${trigram}"`).join(' AND ');
  return sql`SELECT s.holder_id AS id, s.folded FROM file_trigrams t CROSS JOIN file_search s ON s.no = t.rowid
    WHERE t.file_trigrams MATCH ${match} AND s.regroupement_id = ${regroupementId} AND s.indexed = 1
      AND ${allOf(pieces.map(anywhere))} ${AT_MOST}`;
}

/** Of the others nothing is in the index, which would be looked through in vain. */
async function isIndexed({ db }: Pick<Deps, 'db'>, regroupementId: string): Promise<boolean> {
  const { rows } = await db.execute(
    'SELECT 1 FROM file_search WHERE regroupement_id = ? AND indexed = 1 LIMIT 1',
    [regroupementId],
  );
  return rows.length > 0;
}

function trigramsOf(piece: string): string[] {
  const letters = [...piece];
  return letters.slice(2).map((_, i) => letters.slice(i, i + 3).join(''));
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
  const { rows } = await deps.db.execute<
    Omit<Found, 'certificateNumbers' | 'closed'> & { certificateNumbers: string }
  >(
    `SELECT h.id AS holderId, h.first_name AS firstName, h.last_name AS lastName, h.usual_name AS usualName, h.status,
       (SELECT json_group_array(number) FROM (SELECT number FROM certificates WHERE holder_id = h.id
          GROUP BY number_key ORDER BY max(period_start) DESC LIMIT 5)) AS certificateNumbers,
       (SELECT COALESCE(SUM(${balanceOf('i.id', '?1')}), 0) FROM certificates c JOIN invoices i ON i.certificate_id = c.id
          WHERE c.holder_id = h.id AND (i.status = 'open' OR ${balanceOf('i.id', '?1')} > 0)) AS balanceCents
     FROM json_each(?2) asked JOIN holders h ON h.id = asked.value WHERE h.regroupement_id = ?1 ORDER BY asked.key`,
    [regroupementId, JSON.stringify(ids)],
  );
  return rows.map((row) => ({
    ...row,
    closed: isClosed(row.status),
    certificateNumbers: JSON.parse(row.certificateNumbers) as string[],
  }));
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
         (SELECT json_group_array(DISTINCT number_key) FROM certificate_rows
          WHERE holder_id = h.id AND coalesce(import_no, 0) >= 0) AS numbers
       FROM file_search s CROSS JOIN holders h ON h.id = s.holder_id
       WHERE s.regroupement_id = ? AND s.indexed = 0 AND s.folded IS NULL
         AND s.import_no < coalesce((SELECT min(no) FROM hidden_imports WHERE no > 0), ${Number.MAX_SAFE_INTEGER}) LIMIT ${FOLDED_AT_ONCE}`,
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

/** A round of the job: what changed is written anew, and indexed where a regroupement has INDEXED_FROM files or more. */
export async function indexFiles(deps: Pick<Deps, 'db'>): Promise<void> {
  const { rows } = await deps.db.execute<{ id: string }>('SELECT id FROM regroupements');
  for (const { id } of rows) {
    await foldStale(deps, id);
    if (await isLarge(deps, id)) await indexRest(deps, id);
  }
}

async function isLarge({ db }: Pick<Deps, 'db'>, regroupementId: string): Promise<boolean> {
  const { rows } = await db.execute<{ n: number }>(
    'SELECT count(*) AS n FROM (SELECT 1 FROM file_search WHERE regroupement_id = ? LIMIT ?)',
    [regroupementId, INDEXED_FROM],
  );
  return (rows[0]?.n ?? 0) >= INDEXED_FROM;
}

async function indexRest({ db }: Pick<Deps, 'db'>, regroupementId: string): Promise<void> {
  for (;;) {
    const { rows } = await db.execute<{ no: number }>(
      `SELECT no FROM file_search WHERE regroupement_id = ? AND indexed = 0 AND folded > '' LIMIT ${INDEXED_AT_ONCE}`,
      [regroupementId],
    );
    if (rows.length === 0) return;
    // What changed meanwhile is not among them any more, or will be again.
    const these = sql`no IN (SELECT value FROM json_each(${JSON.stringify(rows.map(({ no }) => no))}))
      AND indexed = 0 AND folded IS NOT NULL`;
    await db.batch([
      sql`INSERT INTO file_trigrams(rowid, folded) SELECT no, folded FROM file_search WHERE ${these}`,
      sql`UPDATE file_search SET indexed = 1 WHERE ${these}`,
    ]);
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
