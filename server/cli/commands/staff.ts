// `staff`: the people of a regroupement's office. The first one who answers for it is invited here.
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { email, lang, line } from '../../fields.ts';
import { torontoDay } from '../../ledger/toronto.ts';
import { Problem } from '../../problems/problem.ts';
import { regroupementBySlug } from '../../regroupements/regroupements.ts';
import { invite, openInvitations } from '../../staff/people/invitations.ts';
import { members, removeMember } from '../../staff/people/memberships.ts';
import { staffByEmail } from '../../staff/people/users.ts';
import { ROLES } from '../../staff/roles.ts';
import { resetFactors } from '../../staff/sign-in/enrolment.ts';
import { asker, type Call, type Command, needed, Refused, Usage, withDatabase } from '../command.ts';

const ACTIONS = ['invite', 'list', 'remove', 'reset-factor'];

export const staffCommand: Command = {
  options: {
    email: { type: 'string' },
    name: { type: 'string' },
    role: { type: 'string' },
    'may-refund': { type: 'boolean' },
    'ends-on': { type: 'string' },
  },
  help: {
    fr: `staff invite <regroupement> --email X --role reader|office|owner – envoie une invitation, valide 7 jours; celle d’avant ne vaut plus.
  --role          reader (Lecture), office (Bureau) ou owner (Responsable)
  --name NOM      son nom, qu’elle peut corriger; sinon, le début du courriel
  --may-refund    avec office : elle peut rembourser
  --ends-on AAAA-MM-JJ  le dernier jour de son accès; jamais pour une responsable
staff list <regroupement> – les personnes, leur rôle, et les invitations qui attendent.
staff remove <regroupement> --email X – retire son accès tout de suite; jamais celui de la dernière responsable.
staff reset-factor <regroupement> --email X – efface ses clés d’accès, son application et ses codes, la déconnecte, et lui envoie un lien
  valide 1 heure pour en régler d’autres, avec son mot de passe. Assurez-vous d’abord que c’est bien elle qui le demande.
  --lang en       le message en anglais
  --json          un objet ou un tableau JSON`,
    en: `staff invite <regroupement> --email X --role reader|office|owner – sends an invitation, valid 7 days; the one before ends.
  --role          reader, office or owner
  --name NAME     her name, which she can correct; otherwise the beginning of the e-mail
  --may-refund    with office: she may refund
  --ends-on YYYY-MM-DD  the last day of her access; never an owner’s
staff list <regroupement> – the people, their roles, and the invitations that wait.
staff remove <regroupement> --email X – takes her access away at once; never that of the last owner.
staff reset-factor <regroupement> --email X – erases her passkeys, her app and her codes, signs her out, and sends her a link valid
  1 hour to set up others, with her password. First make sure that it is she who asks.
  --lang en       the message in English
  --json          a JSON object or array`,
  },
  async run(call) {
    const [action = '', slug, ...more] = call.positionals;
    const onlyInvite = ['name', 'role', 'may-refund', 'ends-on'].some(
      (name) => call.values[name] !== undefined,
    );
    if (
      !ACTIONS.includes(action) ||
      slug === undefined ||
      more.length > 0 ||
      (onlyInvite && action !== 'invite')
    )
      throw new Usage('staff invite, staff list, staff remove, staff reset-factor <regroupement>');
    const invited = action === 'invite' ? invitedIn(call) : null;
    const address = action === 'list' ? '' : needed(call, 'email');
    return withDatabase(async (deps) => {
      const { id } = await regroupementBySlug(deps, slug);
      if (action === 'list') return list(deps, id, call);
      if (invited !== null) {
        const { id: invitation, expiresAt } = await invite(deps, id, invited, asker());
        const until = new Date(expiresAt).toISOString();
        said(
          call,
          { invitation, expiresAt: until },
          `Invitation pour ${invited.email}, valide jusqu’au ${until}.`,
          `Invitation for ${invited.email}, valid until ${until}.`,
        );
        return 0;
      }
      const person = await staffByEmail(deps, address);
      if (person === undefined) throw nobody(call);
      const act = action === 'remove' ? removeMember : resetFactors;
      await act(deps, id, person.id, asker()).catch((error: unknown) => {
        throw error instanceof Problem && error.kind === 'not-found' ? nobody(call) : error;
      });
      if (action === 'remove') said(call, { removed: true }, 'Accès retiré.', 'Access taken away.');
      else
        said(
          call,
          { reset: true },
          `Effacés. Un lien valide 1 heure part à ${person.email}.`,
          `Erased. A link valid 1 hour leaves for ${person.email}.`,
        );
      return 0;
    });
  },
};

function nobody({ lang }: Call): Refused {
  return new Refused(
    lang === 'fr' ? 'Personne n’a accès ici avec ce courriel.' : 'Nobody has access here with this e-mail.',
  );
}

/** Throws Usage. */
function invitedIn(call: Call): Parameters<typeof invite>[2] {
  const role = ROLES.find((known) => known === needed(call, 'role'));
  if (role === undefined) throw new Usage(`--role ${ROLES.join('|')}`);
  const address = email.safeParse(needed(call, 'email'));
  if (!address.success) throw new Usage('--email x@example.org');
  const name = line(100).safeParse(call.values.name ?? address.data.split('@')[0]);
  if (!name.success) throw new Usage('--name …');
  const mayRefund = call.values['may-refund'] === true;
  if (mayRefund && role !== 'office') throw new Usage('--may-refund: --role office');
  const endsOn = z.iso.date().optional().safeParse(call.values['ends-on']);
  if (!endsOn.success || (endsOn.data !== undefined && endsOn.data < torontoDay(Date.now())))
    throw new Usage(
      call.lang === 'fr' ? '--ends-on : un jour à venir, AAAA-MM-JJ' : '--ends-on: a day to come, YYYY-MM-DD',
    );
  if (endsOn.data !== undefined && role === 'owner')
    throw new Usage(
      call.lang === 'fr'
        ? '--ends-on : jamais pour une responsable, qui pourrait être la dernière.'
        : '--ends-on: never for an owner, who might be the last one.',
    );
  return {
    name: name.data,
    email: address.data,
    role,
    mayRefund,
    endsOn: endsOn.data ?? null,
    lang: lang.parse(call.lang === 'fr' ? 'fr-CA' : 'en-CA'),
  };
}

async function list(deps: Deps, regroupementId: string, call: Call): Promise<number> {
  const people = (await members(deps, regroupementId)).map((one) => ({
    name: one.name,
    email: one.email,
    role: one.role,
    mayRefund: one.mayRefund,
    endsOn: one.endsOn,
    secondFactor: one.enrolled,
    lastSeenAt: one.lastSeenAt === null ? null : new Date(one.lastSeenAt).toISOString(),
  }));
  const invitations = (await openInvitations(deps, regroupementId)).map(({ expiresAt, ...one }) => ({
    ...one,
    expiresAt: new Date(expiresAt).toISOString(),
  }));
  if (call.json) {
    console.log(JSON.stringify({ people, invitations }));
    return 0;
  }
  const fr = call.lang === 'fr';
  for (const one of people)
    console.log(
      [
        one.role.padEnd(6),
        `${one.name} <${one.email}>`,
        one.mayRefund ? (fr ? 'peut rembourser' : 'may refund') : '',
        one.endsOn === null ? '' : `→ ${one.endsOn}`,
        one.secondFactor ? '' : fr ? 'sans second facteur' : 'no second factor',
        one.lastSeenAt ?? '',
      ].join('  '),
    );
  for (const one of invitations)
    console.log(
      `${one.role.padEnd(6)}  ${one.name} <${one.email}>  ${fr ? 'invitée →' : 'invited →'} ${one.expiresAt}`,
    );
  return 0;
}

function said(call: Call, result: object, fr: string, en: string): void {
  console.log(call.json ? JSON.stringify(result) : call.lang === 'fr' ? fr : en);
}
