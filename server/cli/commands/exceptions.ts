// `exceptions`: what needs a person.

import { closeException, listExceptions } from '../../exceptions/exceptions.ts';
import { money } from '../../format.ts';
import { exceptionText } from '../../mail/exception-words.ts';
import { regroupementBySlug } from '../../regroupements/regroupements.ts';
import { asker, type Command, needed, onlyRegroupement, withDatabase } from '../command.ts';

export const exceptionsCommand: Command = {
  options: { all: { type: 'boolean' }, close: { type: 'string' }, note: { type: 'string' } },
  help: {
    fr: `exceptions <regroupement> – ce qui demande une personne, du plus ancien au plus récent.
  La note sur un paiement se lit dans la copie que la personne qui a payé peut demander de ses renseignements.
  --all                     aussi ce qui est réglé
  --close ID --note TEXTE   c’est réglé
  --json                    un tableau JSON`,
    en: `exceptions <regroupement> – what needs a person, oldest first.
  The note about a payment can be read in the copy that its payer may ask for of her data.
  --all                   also what is dealt with
  --close ID --note TEXT  it is dealt with
  --json                  a JSON array`,
  },
  async run(call) {
    const { values, lang, json } = call;
    const slug = onlyRegroupement(call);
    const close = typeof values.close === 'string' ? values.close : undefined;
    const note = close === undefined ? '' : needed(call, 'note');
    return withDatabase(async (deps) => {
      const regroupement = await regroupementBySlug(deps, slug);
      const { id } = regroupement;
      const locale = lang === 'fr' ? 'fr-CA' : 'en-CA';
      if (close !== undefined && !(await closeException(deps, id, close, { name: asker(), note }))) {
        console.error(
          lang === 'fr' ? 'Il n’y a rien d’ouvert sous cet ID.' : 'Nothing is open under this ID.',
        );
        return 1;
      }
      const list = await listExceptions(deps, id, { all: values.all === true });
      if (json) console.log(JSON.stringify(list));
      else
        for (const one of list)
          console.log(
            [
              one.openedAt,
              one.id,
              one.kind.padEnd(18),
              one.paymentNumber ?? '',
              typeof one.detail.amountCents === 'number' ? money(one.detail.amountCents, locale) : '',
              one.note ?? '',
              // The others are each about one payment; this one asks for a choice.
              ...(one.kind === 'premium-tax'
                ? [`\n${exceptionText(regroupement, one, locale).replace(/^/gm, '    ')}`]
                : []),
            ].join('  '),
          );
      return 0;
    });
  },
};
