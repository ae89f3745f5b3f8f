// `offices`: the coordinating offices of a regroupement, and the administration fee of each (S39).
import { z } from 'zod';
import { line } from '../../fields.ts';
import { money } from '../../format.ts';
import {
  coordinatingOffices,
  type OfficeSettings,
  saveOffice,
} from '../../regroupements/coordinating-offices.ts';
import { regroupementBySlug } from '../../regroupements/regroupements.ts';
import { asker, type Call, type Command, Usage, withDatabase } from '../command.ts';
import { feeCents, yesNo } from '../forms.ts';

/** Takes back what the office has of its own: the association's is its again. */
const OWN = z.literal('-').transform(() => null);

export const officesCommand: Command = {
  options: {
    name: { type: 'string' },
    'admin-fee': { type: 'string' },
    'admin-fee-taxable': { type: 'string' },
  },
  help: {
    fr: `offices list <regroupement> – les bureaux coordonnateurs et leurs frais d’administration.
offices set <regroupement> <code> – en ajoute un ou le change. Le code est celui de la colonne du bureau dans vos fichiers de dossiers.
  --name NOM                   son nom
  --admin-fee MONTANT          ses frais d’administration; - : ceux du regroupement
  --admin-fee-taxable oui|non  la TPS et la TVQ sur ces frais; - : comme le regroupement
  --json                       un tableau JSON`,
    en: `offices list <regroupement> – the coordinating offices and their administration fees.
offices set <regroupement> <code> – adds one or changes it. The code is that of the office’s column in your files of holders.
  --name NAME                 its name
  --admin-fee AMOUNT          its administration fee; -: the association’s
  --admin-fee-taxable yes|no  GST and QST on that fee; -: as the association
  --json                      a JSON array`,
  },
  async run(call) {
    const [action, slug, code, ...more] = call.positionals;
    const shape = action === 'set' ? code !== undefined : action === 'list' && code === undefined;
    if (slug === undefined || !shape || more.length > 0)
      throw new Usage(call.lang === 'fr' ? 'offices list ou offices set.' : 'offices list or offices set.');
    return withDatabase(async (deps) => {
      const { id } = await regroupementBySlug(deps, slug);
      if (code !== undefined)
        await saveOffice(deps, id, fitting('code', line(40), code), settingsOf(call), asker());
      const offices = await coordinatingOffices(deps, id);
      if (call.json) console.log(JSON.stringify(offices));
      else
        for (const office of offices) {
          const fee =
            office.adminFeeCents === null
              ? '–'
              : money(office.adminFeeCents, call.lang === 'fr' ? 'fr-CA' : 'en-CA');
          console.log([office.code, office.name, fee].join('\t'));
        }
      return 0;
    });
  },
};

function settingsOf({ values }: Call): OfficeSettings {
  const { name, 'admin-fee': fee, 'admin-fee-taxable': taxable } = values;
  const bit = taxable === undefined ? undefined : fitting('admin-fee-taxable', OWN.or(yesNo), taxable);
  return {
    ...(name === undefined ? {} : { name: fitting('name', line(200), name) }),
    ...(fee === undefined ? {} : { adminFeeCents: fitting('admin-fee', OWN.or(feeCents), fee) }),
    ...(bit === undefined ? {} : { adminFeeTaxable: bit === null ? null : bit === 1 }),
  };
}

function fitting<T>(option: string, form: z.ZodType<T, unknown>, written: unknown): T {
  const read = form.safeParse(written);
  if (!read.success) throw new Usage(`--${option}: ${read.error.issues[0]?.message}`);
  return read.data;
}
