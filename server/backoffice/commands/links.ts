// `links`: requests to link a file to an account, that wait for the staff's yes or no.
import { decideLink, pendingLinks } from '../../certificates/link-requests.ts';
import { regroupementBySlug } from '../../regroupements/regroupements.ts';
import { asker, type Command, Usage, withDatabase } from '../command.ts';

const DECISIONS = { approve: 'approved', refuse: 'refused' } as const;

export const linksCommand: Command = {
  options: {},
  help: {
    fr: `links pending <regroupement> – les demandes de lier un dossier à un compte, de la plus ancienne à la plus récente.
links approve <regroupement> <id> – ouvre le dossier à ce compte; les deux personnes en sont avisées.
links refuse <regroupement> <id> – le dossier reste fermé.
  --json  un objet ou un tableau JSON`,
    en: `links pending <regroupement> – requests to link a file to an account, oldest first.
links approve <regroupement> <id> – opens the file to that account; both people are told.
links refuse <regroupement> <id> – the file stays closed.
  --json  a JSON object or array`,
  },
  async run({ positionals, lang, json }) {
    const [action, slug, id, ...more] = positionals;
    const wellFormed = action === 'pending' ? id === undefined : id !== undefined;
    if (
      slug === undefined ||
      !wellFormed ||
      more.length > 0 ||
      (action !== 'pending' && action !== 'approve' && action !== 'refuse')
    )
      throw new Usage(
        lang === 'fr'
          ? 'links pending, links approve ou links refuse.'
          : 'links pending, links approve or links refuse.',
      );
    return withDatabase(async (deps) => {
      const regroupement = await regroupementBySlug(deps, slug);
      if (action !== 'pending') {
        const decision = DECISIONS[action];
        await decideLink(deps, regroupement.id, id ?? '', decision, asker());
        const words = {
          approved: { fr: 'Acceptée.', en: 'Approved.' },
          refused: { fr: 'Refusée.', en: 'Refused.' },
        };
        console.log(json ? JSON.stringify({ id, decision }) : words[decision][lang]);
        return 0;
      }
      const requests = await pendingLinks(deps, regroupement.id);
      if (json) console.log(JSON.stringify(requests));
      else
        for (const one of requests)
          console.log(
            [
              one.askedAt,
              one.id,
              `${one.accountName} <${one.accountEmail}>`,
              '→',
              one.certificateNumber,
              one.holderName,
              one.holderEmail ?? '–',
              one.undoneBefore ? (lang === 'fr' ? 'défait par l’assurée' : 'undone by the holder') : '',
            ].join('  '),
          );
      return 0;
    });
  },
};
