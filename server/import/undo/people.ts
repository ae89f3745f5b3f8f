// What becomes of the holders, certificates and endorsements that an undone import made or changed.
import type { Db } from '../../db/db.ts';
import type { ImportContext } from '../rows/context.ts';
import { CHANGEABLE } from '../rows/targets.ts';
import type { Outcome } from './invoices.ts';
import type { Undone, WhyKept } from './report.ts';
import { restored } from './restored.ts';
import { refuseOthers, staying, type Touched } from './touched.ts';

type People = Exclude<Undone, 'invoices'>;

interface Known {
  id: string;
  number: string;
  regroupementId: string;
  linked: 0 | 1;
  now: Record<string, string | number | null>;
  /** What belongs to it. */
  invoices: string[];
  endorsements: string[];
  certificates: string[];
}

const NUMBER: Readonly<Record<People, string>> = {
  endorsements: "coalesce(z.external_id, '')",
  certificates: 'z.number',
  holders: "coalesce(z.external_id, '')",
};
const LINKED: Readonly<Record<People, string>> = {
  endorsements: 'EXISTS (SELECT 1 FROM manual_invoices WHERE endorsement_id = z.id)',
  certificates: `EXISTS (SELECT 1 FROM links WHERE holder_id = z.holder_id AND number_key = z.number_key AND undone_at IS NULL)
    OR EXISTS (SELECT 1 FROM allocations WHERE certificate_id = z.id)`,
  holders: `EXISTS (SELECT 1 FROM links WHERE holder_id = z.id AND undone_at IS NULL)
    OR EXISTS (SELECT 1 FROM link_requests WHERE holder_id = z.id)
    OR EXISTS (SELECT 1 FROM invoice_secrets WHERE holder_id = z.id)`,
};
const NONE = "json('[]')";
const of = (table: string, column: string) =>
  `(SELECT json_group_array(id) FROM ${table} WHERE ${column} = z.id)`;

/** Decides about rows of one table, and stages what of them goes back. Throws as `refuseOthers`. */
export async function undoPeople(
  ctx: ImportContext,
  staging: Db,
  target: People,
  rows: readonly Touched[],
  only: string | null,
): Promise<Outcome[]> {
  const known = await peopleNow(ctx, target, rows);
  refuseOthers(known.values(), only);
  const all = (field: 'invoices' | 'endorsements' | 'certificates') =>
    [...known.values()].flatMap((one) => one[field]);
  const stay = {
    invoices: await staying(staging, 'invoices', all('invoices')),
    endorsements: await staying(staging, 'endorsements', all('endorsements')),
    certificates: await staying(staging, 'certificates', all('certificates')),
  };
  return rows.flatMap((row): Outcome[] => {
    const one = known.get(row.id);
    if (one === undefined) return [];
    const { id, number } = one;
    if (row.made === 0) return [changedBack(ctx, target, row, one)];
    const belongs = (['invoices', 'endorsements', 'certificates'] as const).some((field) =>
      one[field].some((other) => stay[field].has(other)),
    );
    const why: WhyKept | null = belongs ? 'referred-to' : one.linked === 1 ? isLinked(target) : null;
    return [{ id, number, why, withdrawn: why === null, cents: 0 }];
  });
}

const isLinked = (target: People): WhyKept => (target === 'endorsements' ? 'referred-to' : 'linked');

function changedBack(ctx: ImportContext, target: People, row: Touched, { id, number, now }: Known): Outcome {
  const change = restored(now, row);
  if (change.any)
    ctx.write({ target, changes: true, data: { id, ...change.data, updated_at: ctx.deps.now() } });
  return { id, number, why: change.since() ? 'changed-since' : null, withdrawn: false, cents: 0 };
}

async function peopleNow(
  ctx: ImportContext,
  target: People,
  rows: readonly Touched[],
): Promise<Map<string, Known>> {
  // No view shows what a file last said of a holder.
  const values = (column: string) =>
    column === 'imported' ? '(SELECT imported FROM holder_rows WHERE rowid = z.rowid)' : `z.${column}`;
  const columns = CHANGEABLE[target].map((column) => `'${column}', ${values(column)}`).join(', ');
  const ofCertificate = target === 'certificates';
  const found = await ctx.deps.db.execute<{ found: string }>(
    `SELECT json_group_array(json_object('id', z.id, 'number', ${NUMBER[target]}, 'regroupementId', z.regroupement_id, 'linked', ${LINKED[target]},
       'now', json_object(${columns}), 'invoices', ${ofCertificate ? of('invoices', 'certificate_id') : NONE},
       'endorsements', ${ofCertificate ? of('endorsements', 'certificate_id') : NONE},
       'certificates', ${target === 'holders' ? of('certificates', 'holder_id') : NONE})) AS found
     FROM ${target} z WHERE z.id IN (SELECT value FROM json_each(?))`,
    [JSON.stringify(rows.map(({ id }) => id))],
  );
  const all = found.rows.flatMap((row) => JSON.parse(row.found) as Known[]);
  return new Map(all.map((one) => [one.id, one]));
}
