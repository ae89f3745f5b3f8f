// Staff edit a file: who she is, how she is reached, whose she is. Nobody overwrites what somebody else has changed meanwhile: each
// change names the state that it was made from.
import { type Actor, audited } from '../../audit.ts';
import { sha256 } from '../../crypto.ts';
import { guard, isGuardFailure } from '../../db/db.ts';
import { sql } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { emailKey, type Lang } from '../../fields.ts';
import { Problem } from '../../problems/problem.ts';

/** What of a file staff may change. */
export interface Editable {
  firstName: string;
  lastName: string;
  usualName: string;
  email: string | null;
  lang: Lang;
  /** Her coordinating office. */
  officeId: string | null;
}

const FIELDS = ['firstName', 'lastName', 'usualName', 'email', 'lang', 'officeId'] as const;

/** Names the state of a file: another one as soon as anything of it that staff may change has changed, by whomever. */
export function versionOf(file: Editable): string {
  return sha256(JSON.stringify(FIELDS.map((field) => file[field]))).slice(0, 22);
}

/** What of the file can be changed, as it is. Throws `not-found`. */
export async function editable(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  id: string,
): Promise<Editable> {
  const { rows } = await deps.db.execute<Editable>(
    `SELECT first_name AS firstName, last_name AS lastName, usual_name AS usualName, email, lang, office_id AS officeId
     FROM holders WHERE id = ? AND regroupement_id = ?`,
    [id, regroupementId],
  );
  const [file] = rows;
  if (file === undefined) throw new Problem('not-found');
  return file;
}

/**
 * Changes the file from the state `version` on. Throws `not-found`; `changed-meanwhile` with `current`, what the file says now,
 * and its `version`; `validation` for a file without any name, or an office that is not the regroupement's.
 */
export async function changeHolder(
  deps: Deps,
  regroupementId: string,
  id: string,
  { version, by, ...given }: Partial<Editable> & { version: string; by: Actor },
): Promise<void> {
  const before = await editable(deps, regroupementId, id);
  if (versionOf(before) !== version) throw changedMeanwhile(before);
  const after: Editable = { ...before, ...given };
  const changed = FIELDS.filter((field) => before[field] !== after[field]);
  if (changed.length === 0) return;
  if (after.firstName === '' && after.lastName === '')
    throw new Problem('validation', { errors: [{ pointer: '/lastName', code: 'required' }] });
  const offices = await officesOf(deps, regroupementId);
  if (after.officeId !== null && !offices.has(after.officeId))
    throw new Problem('validation', { errors: [{ pointer: '/officeId', code: 'invalid' }] });
  try {
    await deps.db.batch([
      guard(
        `(SELECT (first_name, last_name, usual_name, email, lang, office_id) IS (?, ?, ?, ?, ?, ?) FROM holders
          WHERE id = ? AND regroupement_id = ?)`,
        [...FIELDS.map((field) => before[field]), id, regroupementId],
      ),
      sql`UPDATE holders SET first_name = ${after.firstName}, last_name = ${after.lastName}, usual_name = ${after.usualName},
            email = ${after.email}, email_key = ${after.email === null ? null : emailKey(after.email)}, lang = ${after.lang},
            office_id = ${after.officeId}, updated_at = ${deps.now()}
          WHERE id = ${id} AND regroupement_id = ${regroupementId}`,
      audited(deps, {
        regroupementId,
        actor: by,
        act: 'holder-changed',
        target: `holders:${id}`,
        before: { version },
        after: { version: versionOf(after), changed },
        // What she is called and how she is reached can be erased (I9).
        words: { before: readable(before, changed, offices), after: readable(after, changed, offices) },
      }),
    ]);
  } catch (error) {
    if (!isGuardFailure(error)) throw error;
    const now = await editable(deps, regroupementId, id);
    // The database may be asked twice.
    if (versionOf(now) !== versionOf(after)) throw changedMeanwhile(now);
  }
}

function changedMeanwhile(current: Editable): Problem {
  return new Problem('changed-meanwhile', { current, version: versionOf(current) });
}

/** The names of the regroupement's coordinating offices, by id. */
async function officesOf(deps: Pick<Deps, 'db'>, regroupementId: string): Promise<Map<string, string>> {
  const { rows } = await deps.db.execute<{ id: string; name: string }>(
    'SELECT id, name FROM coordinating_offices WHERE regroupement_id = ?',
    [regroupementId],
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** These fields as a person reads them: an office by its name. */
function readable(
  file: Editable,
  changed: readonly (keyof Editable)[],
  offices: ReadonlyMap<string, string>,
): Partial<Editable> {
  const office = offices.get(file.officeId ?? '') ?? null;
  return Object.fromEntries(changed.map((field) => [field, field === 'officeId' ? office : file[field]]));
}
