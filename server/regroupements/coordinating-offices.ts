// Coordinating offices (« bureaux coordonnateurs », S39): each sets the administration fee of the persons it recognizes. What
// it does not set is the regroupement's.
import { type Actor, audited } from '../audit.ts';
import { sha256 } from '../crypto.ts';
import { guard, isGuardFailure, type Statement } from '../db/db.ts';
import { sql } from '../db/sql.ts';
import { type Deps, newId } from '../deps.ts';
import { line } from '../fields.ts';
import { Problem } from '../problems/problem.ts';
import { SETTINGS } from './setting-forms.ts';

export interface CoordinatingOffice {
  id: string;
  /** What the regroupement's files call it. */
  code: string;
  name: string;
  /** Null: the regroupement's. */
  adminFeeCents: number | null;
  /** Whether TPS and TVQ are due on the fee; null: as the regroupement says. */
  adminFeeTaxable: boolean | null;
}
/** What is set of an office; what is not given stays as it is. */
export type OfficeSettings = Partial<Omit<CoordinatingOffice, 'id' | 'code'>>;

/** The forms that an office's settings must fit. */
export const OFFICE_FORMS = {
  name: line(200),
  adminFeeCents: SETTINGS.adminFeeCents.form.nullable(),
  adminFeeTaxable: SETTINGS.adminFeeTaxable.form.nullable(),
} as const;

/** The fee that is charged with an invoice; 0 cents: none. */
export interface AdminFee {
  cents: number;
  taxable: boolean;
}

type Row = Omit<CoordinatingOffice, 'adminFeeTaxable'> & { adminFeeTaxable: number | null };
const COLUMNS = 'id, code, name, admin_fee_cents AS adminFeeCents, admin_fee_taxable AS adminFeeTaxable';

/** The regroupement's offices, by name. */
export async function coordinatingOffices(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
): Promise<CoordinatingOffice[]> {
  const { rows } = await deps.db.execute<Row>(
    `SELECT ${COLUMNS} FROM coordinating_offices WHERE regroupement_id = ? ORDER BY name, code`,
    [regroupementId],
  );
  return rows.map((row) => ({
    ...row,
    adminFeeTaxable: row.adminFeeTaxable === null ? null : row.adminFeeTaxable === 1,
  }));
}

/** The fee of an office's holders, or of those who have none. */
export async function adminFeeOf(
  deps: Pick<Deps, 'db'>,
  regroupementId: string,
  officeId: string | null,
): Promise<AdminFee> {
  const { rows } = await deps.db.execute<{ cents: number; taxable: number }>(
    `SELECT coalesce(o.admin_fee_cents, r.admin_fee_cents) AS cents, coalesce(o.admin_fee_taxable, r.admin_fee_taxable) AS taxable
     FROM regroupements r LEFT JOIN coordinating_offices o ON o.id = ?2 AND o.regroupement_id = r.id WHERE r.id = ?1`,
    [regroupementId, officeId],
  );
  const [fee] = rows;
  if (fee === undefined) throw new Error('a row refers to a regroupement that is not there');
  return { cents: fee.cents, taxable: fee.taxable === 1 };
}

/** Adds the office with this code, or changes what is given of it. A new one bears its code until it has a name. */
export async function saveOffice(
  deps: Pick<Deps, 'db' | 'now' | 'randomBytes'>,
  regroupementId: string,
  code: string,
  given: OfficeSettings,
  by: Actor,
  newOne = newId(deps),
): Promise<void> {
  const known = (await coordinatingOffices(deps, regroupementId)).find((office) => office.code === code);
  await deps.db.batch(saving(deps, regroupementId, { known, code, given, by, newOne }));
}

interface Saved {
  known: CoordinatingOffice | undefined;
  code: string;
  given: OfficeSettings;
  by: Actor;
  newOne: string;
}

function saving(
  deps: Pick<Deps, 'now' | 'randomBytes'>,
  regroupementId: string,
  { known, code, given, by, newOne }: Saved,
): Statement[] {
  const id = known?.id ?? newOne;
  const now = deps.now();
  const { id: _, ...before } = known ?? { id, code, name: code, adminFeeCents: null, adminFeeTaxable: null };
  const after = { ...before, ...given };
  return [
    sql`INSERT INTO coordinating_offices(id, regroupement_id, code, name, admin_fee_cents, admin_fee_taxable, created_at, updated_at)
        VALUES (${id}, ${regroupementId}, ${code}, ${after.name}, ${after.adminFeeCents}, ${bit(after.adminFeeTaxable)}, ${now}, ${now})
        ON CONFLICT(regroupement_id, code) DO UPDATE SET name = excluded.name, admin_fee_cents = excluded.admin_fee_cents,
          admin_fee_taxable = excluded.admin_fee_taxable, updated_at = excluded.updated_at`,
    audited(deps, {
      regroupementId,
      actor: by,
      act: 'office-set',
      target: `coordinating_offices:${id}`,
      before: known === undefined ? null : before,
      after,
    }),
  ];
}

/** Names the state of an office: another one as soon as something of it has changed. */
export function officeVersion({ name, adminFeeCents, adminFeeTaxable }: CoordinatingOffice): string {
  return sha256(JSON.stringify([name, adminFeeCents, adminFeeTaxable])).slice(0, 22);
}

/** Adds an office. Throws `validation` where another one has its code; nothing is done where it is there as it is given. */
export async function addOffice(
  deps: Pick<Deps, 'db' | 'now' | 'randomBytes'>,
  regroupementId: string,
  { code, ...given }: Omit<CoordinatingOffice, 'id'>,
  by: Actor,
): Promise<void> {
  const newOne = newId(deps);
  try {
    await deps.db.batch([
      guard('NOT EXISTS (SELECT 1 FROM coordinating_offices WHERE regroupement_id = ? AND code = ?)', [
        regroupementId,
        code,
      ]),
      ...saving(deps, regroupementId, { known: undefined, code, given, by, newOne }),
    ]);
  } catch (error) {
    if (!isGuardFailure(error)) throw error;
    const known = (await coordinatingOffices(deps, regroupementId)).find((office) => office.code === code);
    if (known === undefined || officeVersion(known) !== officeVersion({ ...known, ...given }))
      throw new Problem('validation', { errors: [{ pointer: '/code', code: 'taken' }] });
  }
}

/**
 * Changes an office from the state `version` on. Throws `not-found`; `changed-meanwhile` with `current`, what it is now, its
 * `version`, and `asked`, what was to be set.
 */
export async function changeOffice(
  deps: Pick<Deps, 'db' | 'now' | 'randomBytes'>,
  regroupementId: string,
  id: string,
  { version, by, given }: { version: string; by: Actor; given: OfficeSettings },
): Promise<void> {
  const find = async () => {
    const found = (await coordinatingOffices(deps, regroupementId)).find((office) => office.id === id);
    if (found === undefined) throw new Problem('not-found');
    return found;
  };
  const meanwhile = (current: CoordinatingOffice) =>
    new Problem('changed-meanwhile', { current, version: officeVersion(current), asked: given });
  const known = await find();
  if (officeVersion(known) !== version) throw meanwhile(known);
  const wanted = officeVersion({ ...known, ...given });
  if (wanted === version) return;
  try {
    await deps.db.batch([
      guard(
        `(SELECT (name, admin_fee_cents, admin_fee_taxable) IS (?, ?, ?) FROM coordinating_offices
          WHERE id = ? AND regroupement_id = ?)`,
        [known.name, known.adminFeeCents, bit(known.adminFeeTaxable), id, regroupementId],
      ),
      ...saving(deps, regroupementId, { known, code: known.code, given, by, newOne: id }),
    ]);
  } catch (error) {
    if (!isGuardFailure(error)) throw error;
    const now = await find();
    // The database may be asked twice.
    if (officeVersion(now) !== wanted) throw meanwhile(now);
  }
}

function bit(yes: boolean | null): number | null {
  return yes === null ? null : Number(yes);
}
