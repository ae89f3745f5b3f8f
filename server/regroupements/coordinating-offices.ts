// Coordinating offices (« bureaux coordonnateurs », S39): each sets the administration fee of the persons it recognizes. What
// it does not set is the regroupement's.
import { type Actor, audited } from '../audit.ts';
import { sql } from '../db/sql.ts';
import { type Deps, newId } from '../deps.ts';

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
  deps: Deps,
  regroupementId: string,
  code: string,
  given: OfficeSettings,
  by: Actor,
): Promise<void> {
  const known = (await coordinatingOffices(deps, regroupementId)).find((office) => office.code === code);
  const id = known?.id ?? newId(deps);
  const now = deps.now();
  const { id: _, ...before } = known ?? { id, code, name: code, adminFeeCents: null, adminFeeTaxable: null };
  const after = { ...before, ...given };
  await deps.db.batch([
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
  ]);
}

function bit(yes: boolean | null): number | null {
  return yes === null ? null : Number(yes);
}
