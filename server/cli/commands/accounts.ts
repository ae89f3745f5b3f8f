// `accounts`: what the person in charge does when somebody asks in writing (Loi 25), or when an account is in wrong hands.
import { accountByEmail } from '../../accounts/accounts.ts';
import { endAllSessions, endSessionsBut } from '../../accounts/sessions/sessions.ts';
import { audited } from '../../audit.ts';
import { candidatesFor, NOBODY } from '../../certificates/lookup/candidates.ts';
import { certificateKey } from '../../certificates/number.ts';
import type { Statement } from '../../db/db.ts';
import { sql } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { eraseAccount } from '../../privacy/erase.ts';
import { type AccountData, accountData, type HolderData, holderData } from '../../privacy/export.ts';
import { exportPage } from '../../privacy/export-page.ts';
import { type Regroupement, regroupementBySlug } from '../../regroupements/regroupements.ts';
import { securityEvent } from '../../security-log.ts';
import { asker, type Call, type Command, needed, Refused, Usage, withDatabase } from '../command.ts';
import { deliver, OUT_HELP, OUT_OPTIONS } from '../output-file.ts';

const ACTIONS: Readonly<
  Record<string, (deps: Deps, of: Regroupement, id: string, call: Call) => Promise<void>>
> = {
  async export(deps, regroupement, id, call) {
    await handOver(call, async () => {
      await deps.db.batch([securityEvent(deps, regroupement.id, 'data-exported', id, { by: asker() })]);
      const data = await accountData(deps, regroupement, id);
      return data === null ? null : { data, lang: data.account.lang };
    });
  },
  async 'sign-out'(deps, regroupement, id, call) {
    await deps.db.batch([
      signedOut(deps, regroupement.id, id),
      endSessionsBut({ regroupementId: regroupement.id, accountId: id }, null, 'ended-by-staff', deps.now()),
      securityEvent(deps, regroupement.id, 'sessions-ended-by-staff', id, { by: asker() }),
    ]);
    said(call, { signedOut: true }, 'Déconnectée partout.', 'Signed out everywhere.');
  },
  async erase(deps, regroupement, id, call) {
    await eraseAccount(deps, regroupement.id, id, { why: 'staff', by: asker() });
    said(call, { erased: true }, 'Compte supprimé.', 'Account deleted.');
  },
};

/** How a call names whom it is about, and which actions may be asked so. */
const WHOM: Readonly<Record<string, readonly string[]>> = {
  email: Object.keys(ACTIONS),
  certificate: ['export'],
  all: ['sign-out'],
};

export const accountsCommand: Command = {
  options: {
    email: { type: 'string' },
    certificate: { type: 'string' },
    period: { type: 'string' },
    all: { type: 'boolean' },
    html: { type: 'boolean' },
    ...OUT_OPTIONS,
  },
  help: {
    fr: `accounts export <regroupement> --email X – tout ce qui est gardé sur cette personne, en JSON.
  --certificate N      au lieu de --email, pour une personne au dossier qui n’a pas de compte : son dossier, et les comptes
                       qui y sont liés, leur courriel masqué. Assurez-vous d’abord que c’est bien elle qui demande
  --period AAAA-MM-JJ  le début de la période, si ce numéro a été celui de plusieurs personnes
  --html               une page à lire ou à imprimer, dans sa langue
${OUT_HELP.fr}
accounts sign-out <regroupement> --email X – la déconnecte de tous ses appareils; --all au lieu de --email\u00a0: tout le monde.
accounts erase <regroupement> --email X – supprime son compte; ce que les livres doivent garder reste. Un dossier d’assurance,
  avec ou sans compte, ne s’efface pas : il fait partie des livres, et se corrige dans vos fichiers.
  --json  un objet JSON`,
    en: `accounts export <regroupement> --email X – all that is kept about this person, as JSON.
  --certificate N      instead of --email, for someone on file who has no account: her file, and the accounts that are
                       linked to it, their e-mail masked. First make sure that it is she who asks
  --period YYYY-MM-DD  the start of the period, if this number was several people’s in turn
  --html               a page to read or print, in her language
${OUT_HELP.en}
accounts sign-out <regroupement> --email X – signs her out of all her devices; --all instead of --email: everyone.
accounts erase <regroupement> --email X – deletes her account; what the books must keep stays. An insurance file, with or
  without an account, is not erased: it is part of the books, and is corrected in your files.
  --json  a JSON object`,
  },
  async run(call) {
    const { values, lang } = call;
    const [action = '', slug, ...more] = call.positionals;
    const act = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
    const [whom = '', ...others] = Object.keys(WHOM).filter((name) => values[name] !== undefined);
    if (
      act === undefined ||
      slug === undefined ||
      more.length > 0 ||
      others.length > 0 ||
      !WHOM[whom]?.includes(action) ||
      ([values.html, values.out, values.force].some((asked) => asked !== undefined) && action !== 'export') ||
      (values.period !== undefined && whom !== 'certificate')
    )
      throw new Usage(
        `accounts export, accounts sign-out, accounts erase <regroupement> --email X ${lang === 'fr' ? 'ou' : 'or'} accounts export <regroupement> --certificate N`,
      );
    const named = whom === 'all' ? '' : needed(call, whom);
    return withDatabase(async (deps) => {
      const regroupement = await regroupementBySlug(deps, slug);
      if (whom === 'all') {
        await deps.db.batch([
          signedOut(deps, regroupement.id, null),
          endAllSessions(regroupement.id, 'ended-by-staff', deps.now()),
          securityEvent(deps, regroupement.id, 'sessions-ended-by-staff', null, { by: asker() }),
        ]);
        said(call, { signedOut: true }, 'Tout le monde est déconnecté.', 'Everyone is signed out.');
        return 0;
      }
      if (whom === 'certificate') {
        await exportFile(deps, regroupement, named, call);
        return 0;
      }
      const account = await accountByEmail(deps, regroupement.id, named);
      if (account === undefined)
        throw new Refused(lang === 'fr' ? 'Aucun compte avec ce courriel.' : 'No account has this e-mail.');
      await act(deps, regroupement, account.id, call);
      return 0;
    });
  },
};

/** Who is signed out, for the audit: one account, or all of the regroupement's. It stands before what ends the sessions. */
function signedOut(deps: Deps, regroupementId: string, accountId: string | null): Statement {
  const whose =
    accountId === null ? sql`regroupement_id = ${regroupementId}` : sql`account_id = ${accountId}`;
  return audited(deps, {
    regroupementId,
    actor: asker(),
    act: accountId === null ? 'everyone-signed-out' : 'account-signed-out',
    target: accountId === null ? `regroupements:${regroupementId}` : `accounts:${accountId}`,
    before: sql`SELECT json_object('sessions', count(*)) FROM sessions WHERE ${whose} AND ended_at IS NULL`,
    after: { sessions: 0 },
  });
}

async function exportFile(deps: Deps, regroupement: Regroupement, number: string, call: Call): Promise<void> {
  const key = certificateKey(number);
  const { period } = call.values;
  const found = (await candidatesFor(deps, regroupement.id, [key, key])).filter(
    (one) => one !== NOBODY && (period === undefined || one.periodStart === period),
  );
  const [holder] = found;
  if (holder === undefined)
    throw new Refused(
      call.lang === 'fr'
        ? 'Aucun dossier n’a ce numéro de certificat.'
        : 'No file has this certificate number.',
    );
  if (found.some(({ holderId }) => holderId !== holder.holderId))
    throw new Refused(
      [
        call.lang === 'fr'
          ? 'Ce numéro a été celui de plusieurs personnes. Dites laquelle :'
          : 'This number was several people’s in turn. Say whose:',
        ...found
          .toReversed()
          .map((one) => `  --period ${one.periodStart}  ${`${one.firstName} ${one.lastName}`.trim()}`),
      ].join('\n'),
    );
  await handOver(call, async () => {
    await deps.db.batch([
      securityEvent(deps, regroupement.id, 'data-exported', null, { holder: holder.holderId, by: asker() }),
    ]);
    return { data: await holderData(deps, regroupement, holder.holderId), lang: holder.lang };
  });
}

/** Hands over the copy, to be sent to her; it is made once there is a place for it. */
async function handOver(
  call: Call,
  make: () => Promise<{ data: AccountData | HolderData; lang: string } | null>,
): Promise<void> {
  await deliver(
    call,
    (async function* () {
      const made = await make();
      if (made === null) return;
      const page = () => String(exportPage(made.data, made.lang === 'en-CA' ? 'en-CA' : 'fr-CA'));
      yield `${call.values.html === true ? page() : JSON.stringify(made.data, null, 2)}\n`;
    })(),
  );
}

function said(call: Call, result: object, fr: string, en: string): void {
  console.log(call.json ? JSON.stringify(result) : call.lang === 'fr' ? fr : en);
}
