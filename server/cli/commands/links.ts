// `links`: requests to link a file to an account, that wait for the staff's yes or no; and the links that stand, which
// staff undo when the person on file calls.
import { type Decision, decideLink, pendingLinks } from '../../certificates/links/link-requests.ts';
import { openedLinks, undoLinkByStaff } from '../../certificates/links/link-undo.ts';
import type { Deps } from '../../deps.ts';
import { LINK_POLICIES, regroupementBySlug } from '../../regroupements/regroupements.ts';
import { asker, type Call, type Command, needed, Usage, withDatabase } from '../command.ts';

const METHODS = LINK_POLICIES.join('|');
const DECISIONS: Readonly<Record<string, Decision>> = { approve: 'approved', refuse: 'refused' };
const DONE = {
  approved: { fr: 'Acceptée.', en: 'Approved.' },
  refused: { fr: 'Refusée.', en: 'Refused.' },
  undone: { fr: 'Défait.', en: 'Undone.' },
};

export const linksCommand: Command = {
  options: { certificate: { type: 'string' }, method: { type: 'string' } },
  help: {
    fr: `links pending <regroupement> – les demandes de lier un dossier à un compte, de la plus ancienne à la plus récente.
links approve <regroupement> <id> – ouvre le dossier à ce compte; les deux personnes en sont avisées.
links refuse <regroupement> <id> – le dossier reste fermé.
links list <regroupement> --certificate N – les comptes liés à ce certificat.
links list <regroupement> --method ${METHODS} – les liens ouverts ainsi (au plus 1000).
links undo <regroupement> <id> – défait ce lien : le compte ne voit plus le certificat, et ne peut pas le lier de nouveau lui-même.
  --json  un objet ou un tableau JSON`,
    en: `links pending <regroupement> – requests to link a file to an account, oldest first.
links approve <regroupement> <id> – opens the file to that account; both people are told.
links refuse <regroupement> <id> – the file stays closed.
links list <regroupement> --certificate N – the accounts that are linked to that certificate.
links list <regroupement> --method ${METHODS} – the links that were opened so (1000 at most).
links undo <regroupement> <id> – undoes that link: the account sees the certificate no more, and cannot link it again by itself.
  --json  a JSON object or array`,
  },
  async run(call) {
    const { json, lang } = call;
    const [action = '', slug, id, ...more] = call.positionals;
    const shows = action === 'pending' || action === 'list';
    const known = shows || action === 'undo' || Object.hasOwn(DECISIONS, action);
    if (!known || slug === undefined || shows !== (id === undefined) || more.length > 0)
      throw new Usage(
        `links pending, links approve, links refuse, links list ${lang === 'fr' ? 'ou' : 'or'} links undo.`,
      );
    const of = action === 'list' ? listed(call) : null;
    return withDatabase(async (deps) => {
      const regroupement = await regroupementBySlug(deps, slug);
      if (id !== undefined) {
        const done = await act(deps, regroupement.id, action, id);
        console.log(json ? JSON.stringify(done) : DONE[done.decision ?? 'undone'][lang]);
        return 0;
      }
      const [list, lines] =
        of === null ? await pending(deps, regroupement.id, lang) : await opened(deps, regroupement.id, of);
      if (json) console.log(JSON.stringify(list));
      else for (const line of lines) console.log(line.join('  '));
      return 0;
    });
  },
};

/** Which links are asked for. Throws Usage. */
function listed(call: Call): Which {
  if (call.values.method === undefined) return { certificateNumber: needed(call, 'certificate') };
  const method = LINK_POLICIES.find((known) => known === call.values.method);
  if (method === undefined || call.values.certificate !== undefined)
    throw new Usage(
      call.lang === 'fr'
        ? `Il faut --certificate N ou --method ${METHODS}.`
        : `--certificate N or --method ${METHODS} is needed.`,
    );
  return { method };
}

async function act(
  deps: Deps,
  regroupementId: string,
  action: string,
  id: string,
): Promise<{ id: string; decision?: Decision; undone?: true }> {
  const decision = DECISIONS[action];
  if (decision === undefined) {
    await undoLinkByStaff(deps, regroupementId, id, asker());
    return { id, undone: true };
  }
  await decideLink(deps, regroupementId, id, decision, asker());
  return { id, decision };
}

type Which = Parameters<typeof openedLinks>[2];
type Listed = [list: object[], lines: string[][]];

async function pending(deps: Deps, regroupementId: string, lang: Call['lang']): Promise<Listed> {
  const requests = await pendingLinks(deps, regroupementId);
  return [
    requests,
    requests.map((one) => [
      one.askedAt,
      one.id,
      `${one.accountName} <${one.accountEmail}>`,
      '→',
      one.certificateNumber,
      one.holderName,
      one.holderEmail ?? '–',
      one.undoneBefore ? (lang === 'fr' ? 'défait par l’assurée' : 'undone by the holder') : '',
    ]),
  ];
}

async function opened(deps: Deps, regroupementId: string, of: Which): Promise<Listed> {
  const links = await openedLinks(deps, regroupementId, of);
  return [
    links,
    links.map((one) => [
      one.openedAt,
      one.id,
      `${one.accountName} <${one.accountEmail}>`,
      '→',
      one.certificateNumber,
      one.holderName,
      one.level,
      one.method,
    ]),
  ];
}
