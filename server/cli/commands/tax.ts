// `tax`: the unpaid invoices whose premium tax would be another on a later day (M6).
import { z } from 'zod';
import { money, percent } from '../../format.ts';
import { taxChanges } from '../../ledger/premium-tax.ts';
import { rateSteps, rateText } from '../../ledger/rates.ts';
import { torontoDay } from '../../ledger/toronto.ts';
import { regroupementBySlug } from '../../regroupements/regroupements.ts';
import { type Command, onlyRegroupement, Usage, withDatabase } from '../command.ts';

export const taxCommand: Command = {
  options: { day: { type: 'string' } },
  help: {
    fr: `tax <regroupement> --day AAAA-MM-JJ – les factures impayées dont la taxe sur les primes changerait si elles étaient payées ce jour-là (sinon, le jour du prochain changement de taux, ou du dernier).
  Ce qui est demandé ce jour-là dépend du réglage --premium-tax-policy : voir regroupement --help
  --json  un tableau JSON`,
    en: `tax <regroupement> --day YYYY-MM-DD – the unpaid invoices whose tax on premiums would change if they were paid that day (otherwise the day of the next change of rate, or of the last one).
  What is asked for on that day depends on the setting --premium-tax-policy: see regroupement --help
  --json  a JSON array`,
  },
  async run(call) {
    const { values, lang, json } = call;
    const slug = onlyRegroupement(call);
    return withDatabase(async (deps) => {
      const { id } = await regroupementBySlug(deps, slug);
      const steps = rateSteps().map((step) => step.day);
      const next = steps.find((step) => step > torontoDay(deps.now())) ?? steps.at(-1);
      const day = z.iso.date().safeParse(values.day ?? next);
      if (!day.success)
        throw new Usage(lang === 'fr' ? 'La date s’écrit 2027-01-01.' : 'Write the date like 2027-01-01.');
      const changes = await taxChanges(deps, id, day.data);
      const locale = lang === 'fr' ? 'fr-CA' : 'en-CA';
      const signed = (cents: number) => `${cents > 0 ? '+' : ''}${money(cents, locale)}`;
      const rate = (thousandths: number) => percent(rateText(thousandths), locale);
      if (json) console.log(JSON.stringify(changes));
      else {
        for (const one of changes)
          console.log(
            [
              one.invoiceNumber,
              `${rate(one.fromRate)} → ${rate(one.toRate)}`,
              `${money(one.taxCents, locale)} → ${money(one.newTaxCents, locale)}`,
              signed(one.differenceCents),
            ].join('  '),
          );
        const all = signed(changes.reduce((sum, { differenceCents }) => sum + differenceCents, 0));
        console.log(
          lang === 'fr'
            ? `${changes.length} facture${changes.length > 1 ? 's' : ''}, différence en tout : ${all}`
            : `${changes.length} invoice${changes.length === 1 ? '' : 's'}, difference in all: ${all}`,
        );
      }
      return 0;
    });
  },
};
