// `tax`: the unpaid invoices whose premium tax would be another on a later day (M6).
import { z } from 'zod';
import { money, percent } from '../../format.ts';
import { taxChanges } from '../../ledger/premium-tax.ts';
import { regroupementBySlug } from '../../regroupements/regroupements.ts';
import { type Command, onlyRegroupement, Usage, withDatabase } from '../command.ts';

export const taxCommand: Command = {
  options: { day: { type: 'string' } },
  help: {
    fr: `tax <regroupement> --day AAAA-MM-JJ – les factures impayées dont la taxe sur les primes changerait si elles étaient payées ce jour-là (2027-01-01 sinon).
  --json  un tableau JSON`,
    en: `tax <regroupement> --day YYYY-MM-DD – the unpaid invoices whose tax on premiums would change if they were paid that day (2027-01-01 otherwise).
  --json  a JSON array`,
  },
  async run(call) {
    const { values, lang, json } = call;
    const slug = onlyRegroupement(call);
    const day = z.iso.date().safeParse(values.day ?? '2027-01-01');
    if (!day.success)
      throw new Usage(lang === 'fr' ? 'La date s’écrit 2027-01-01.' : 'Write the date like 2027-01-01.');
    return withDatabase(async (deps) => {
      const { id } = await regroupementBySlug(deps, slug);
      const changes = await taxChanges(deps, id, day.data);
      const locale = lang === 'fr' ? 'fr-CA' : 'en-CA';
      if (json) console.log(JSON.stringify(changes));
      else
        for (const one of changes)
          console.log(
            [
              one.invoiceNumber,
              `${percent(String(one.fromRate / 100_000), locale)} → ${percent(String(one.toRate / 100_000), locale)}`,
              `${money(one.taxCents, locale)} → ${money(one.newTaxCents, locale)}`,
              `+${money(one.differenceCents, locale)}`,
            ].join('  '),
          );
      return 0;
    });
  },
};
