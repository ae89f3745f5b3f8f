// Whose the rows of a file are: the regroupement that was asked for, or one that a row names.
import { z } from 'zod';
import type { ImportDeps } from './import-deps.ts';
import { type Cells, plain } from './reading/columns/fields.ts';
import { FileRefused, type Refusal, refusal } from './refusal.ts';
import type { Row } from './rows/context.ts';

export type Tenant = Row['regroupement'];
export interface Tenants {
  named: Tenant;
  byName: ReadonlyMap<string, Tenant>;
}

/** All of them. Throws FileRefused when none has this slug. */
export async function tenantsOf(deps: ImportDeps, slug: string): Promise<Tenants> {
  const { rows } = await deps.db.execute<{
    id: string;
    slug: string;
    name: string;
    aliases: string;
    certificate_pattern: string | null;
    certificate_example: string;
    invoice_prefix: string | null;
  }>(
    'SELECT id, slug, name, aliases, certificate_pattern, certificate_example, invoice_prefix FROM regroupements',
  );
  const byName = new Map<string, Tenant>();
  let named: Tenant | undefined;
  for (const row of rows) {
    const tenant: Tenant = {
      id: row.id,
      slug: row.slug,
      certificatePattern: row.certificate_pattern,
      certificateExample: row.certificate_example,
      invoicePrefix: row.invoice_prefix,
    };
    if (row.slug === slug) named = tenant;
    const aliases = z.array(z.string()).parse(JSON.parse(row.aliases));
    for (const name of [row.slug, row.name, ...aliases]) byName.set(plain(name), tenant);
  }
  if (named === undefined) {
    throw new FileRefused(
      refusal(
        `Le regroupement « ${slug} » n’existe pas. Il y a : ${rows.map((row) => row.slug).join(', ') || 'aucun'}.`,
        `There is no association “${slug}”. There are: ${rows.map((row) => row.slug).join(', ') || 'none'}.`,
      ),
    );
  }
  return { named, byName };
}

/** What stands before the numbers of files, by the id of each regroupement that has set it. */
export function prefixesOf({ byName }: Tenants): Map<string, string> {
  return new Map(
    [...byName.values()].flatMap(({ id, invoicePrefix }): [string, string][] =>
      (invoicePrefix ?? '') === '' ? [] : [[id, invoicePrefix ?? '']],
    ),
  );
}

/** The regroupement that the row names, or the one that was asked for; null for a name that is no regroupement's. */
export function tenantOf(cells: Cells, tenants: Tenants): Tenant | null {
  const name = cells.regroupement ?? '';
  return name === '' ? tenants.named : (tenants.byName.get(plain(name)) ?? null);
}

export function unknownRegroupement(cells: Cells, title: string, slug: string): Refusal {
  const name = (cells.regroupement ?? '').slice(0, 120);
  return refusal(
    `« ${title} » : aucun regroupement d’ici ne s’appelle « ${name} ». Retirez ces lignes ou corrigez le nom; si c’est un autre nom de ${slug}, faites-le ajouter : regroupement set ${slug} --alias "${name}".`,
    `“${title}”: no association here is called “${name}”. Take these rows out or correct the name; if it is another name of ${slug}, have it added: regroupement set ${slug} --alias "${name}".`,
  );
}
