// The staff's API, below /v1/backoffice/{regroupement}/coordinating-offices: the coordinating offices (« bureaux coordonnateurs »)
// and their fees (S39). Invoices that are made keep the fee they were made with.
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { line } from '../../fields.ts';
import { describe, validate } from '../../http/validate.ts';
import {
  addOffice,
  changeOffice,
  coordinatingOffices,
  OFFICE_FORMS,
  officeVersion,
} from '../../regroupements/coordinating-offices.ts';
import { actor, type StaffEnv, staffGuard } from '../permission.ts';
import { Id, IfMatch, versionIn } from '../schemas.ts';

const tags: [string] = ['backoffice'];
const fee = OFFICE_FORMS.adminFeeCents.describe('null: the association’s');
const taxable = OFFICE_FORMS.adminFeeTaxable.describe('null: as the association says');
const NewOffice = z.strictObject({
  code: line(40).describe('what the column of the office says in the files of holders; it never changes'),
  name: OFFICE_FORMS.name,
  adminFeeCents: fee.default(null),
  adminFeeTaxable: taxable.default(null),
});
const Changes = z.strictObject({
  name: OFFICE_FORMS.name.optional(),
  adminFeeCents: fee.optional(),
  adminFeeTaxable: taxable.optional(),
});
const Office = z
  .object({
    id: z.string(),
    code: z.string(),
    name: z.string(),
    adminFeeCents: fee,
    adminFeeTaxable: taxable,
    version: z.string().describe('names this state of it, for a change of it'),
  })
  .meta({ ref: 'CoordinatingOffice' });
const Offices = z.object({ offices: z.array(Office) });

export function officeRoutes(deps: Deps) {
  const all = async (regroupementId: string): Promise<z.infer<typeof Offices>> => {
    const offices = await coordinatingOffices(deps, regroupementId);
    return { offices: offices.map((office) => ({ ...office, version: officeVersion(office) })) };
  };
  return new Hono<StaffEnv>()
    .get(
      '/coordinating-offices',
      describe({
        summary: 'The coordinating offices and their administration fees, by name',
        tags,
        staff: true,
        ok: { status: 200, description: 'The offices', schema: Offices },
        problems: ['forbidden', 'too-many-requests'],
      }),
      staffGuard(deps, 'read'),
      async (c) => c.json(await all(c.get('regroupement').id), 200),
    )
    .post(
      '/coordinating-offices',
      describe({
        summary: 'Add a coordinating office; asked again for the same one, nothing is added',
        tags,
        staff: true,
        ok: { status: 201, description: 'The offices as they are now', schema: Offices },
        problems: ['forbidden', 'too-many-requests'],
      }),
      staffGuard(deps, 'settings'),
      validate('json', NewOffice),
      async (c) => {
        const { id } = c.get('regroupement');
        await addOffice(deps, id, c.req.valid('json'), actor(c));
        return c.json(await all(id), 201);
      },
    )
    .patch(
      '/coordinating-offices/:id',
      describe({
        summary: 'Change a coordinating office, from the state that its version names',
        tags,
        staff: true,
        ok: { status: 200, description: 'The offices as they are now', schema: Offices },
        problems: ['forbidden', 'not-found', 'version-needed', 'changed-meanwhile', 'too-many-requests'],
      }),
      staffGuard(deps, 'settings'),
      validate('param', Id),
      validate('header', IfMatch),
      validate('json', Changes),
      async (c) => {
        const version = versionIn(c.req.valid('header'));
        const { id } = c.get('regroupement');
        const given = Object.fromEntries(
          Object.entries(c.req.valid('json')).filter(([, value]) => value !== undefined),
        );
        await changeOffice(deps, id, c.req.valid('param').id, { version, by: actor(c), given });
        return c.json(await all(id), 200);
      },
    );
}
