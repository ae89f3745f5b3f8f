// `accounts`: what the person in charge does when somebody asks in writing (Loi 25), or when an account is in wrong hands.
import { accountByEmail } from '../../accounts/accounts.ts';
import { securityEvent } from '../../accounts/security-log.ts';
import { endSessionsBut } from '../../accounts/sessions.ts';
import type { Deps } from '../../deps.ts';
import { eraseAccount } from '../../privacy/erase.ts';
import { herData } from '../../privacy/export.ts';
import { type Regroupement, regroupementBySlug } from '../../regroupements/regroupements.ts';
import { asker, type Call, type Command, needed, Usage, withDatabase } from '../command.ts';

const ACTIONS: Readonly<
  Record<string, (deps: Deps, of: Regroupement, id: string, call: Call) => Promise<void>>
> = {
  async export(deps, regroupement, id) {
    await deps.db.batch([securityEvent(deps, regroupement.id, 'data-exported', id, { by: asker() })]);
    console.log(JSON.stringify(await herData(deps, regroupement, id), null, 2));
  },
  async 'sign-out'(deps, regroupement, id, call) {
    await deps.db.batch([
      endSessionsBut({ regroupementId: regroupement.id, accountId: id }, null, 'ended-by-staff', deps.now()),
      securityEvent(deps, regroupement.id, 'sessions-ended-by-staff', id, { by: asker() }),
    ]);
    said(call, { signedOut: true }, 'Déconnectée partout.', 'Signed out everywhere.');
  },
  async erase(deps, regroupement, id, call) {
    await eraseAccount(deps, regroupement.id, id, 'staff');
    said(call, { erased: true }, 'Compte supprimé.', 'Account deleted.');
  },
};

export const accountsCommand: Command = {
  options: { email: { type: 'string' }, all: { type: 'boolean' } },
  help: {
    fr: `accounts export <regroupement> --email X – tout ce qui est gardé sur cette personne, en JSON.
accounts sign-out <regroupement> --email X – la déconnecte de tous ses appareils; --all au lieu de --email\u00a0: tout le monde.
accounts erase <regroupement> --email X – supprime son compte; ce que les livres doivent garder reste.
  --json  un objet JSON`,
    en: `accounts export <regroupement> --email X – all that is kept about this person, as JSON.
accounts sign-out <regroupement> --email X – signs her out of all her devices; --all instead of --email: everyone.
accounts erase <regroupement> --email X – deletes her account; what the books must keep stays.
  --json  a JSON object`,
  },
  async run(call) {
    const [action = '', slug, ...more] = call.positionals;
    const act = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
    const all = call.values.all === true;
    if (act === undefined || slug === undefined || more.length > 0 || (all && action !== 'sign-out'))
      throw new Usage('accounts export, accounts sign-out, accounts erase <regroupement> --email X');
    const email = all ? '' : needed(call, 'email');
    return withDatabase(async (deps) => {
      const regroupement = await regroupementBySlug(deps, slug);
      if (all) {
        await signOutAll(deps, regroupement.id);
        said(call, { signedOut: true }, 'Tout le monde est déconnecté.', 'Everyone is signed out.');
        return 0;
      }
      const account = await accountByEmail(deps, regroupement.id, email);
      if (account === undefined) {
        console.error(call.lang === 'fr' ? 'Aucun compte avec ce courriel.' : 'No account has this e-mail.');
        return 1;
      }
      await act(deps, regroupement, account.id, call);
      return 0;
    });
  },
};

async function signOutAll(deps: Deps, regroupementId: string): Promise<void> {
  await deps.db.batch([
    {
      sql: "UPDATE sessions SET ended_at = ?, end_reason = 'ended-by-staff' WHERE regroupement_id = ? AND ended_at IS NULL",
      args: [deps.now(), regroupementId],
    },
    securityEvent(deps, regroupementId, 'sessions-ended-by-staff', null, { by: asker() }),
  ]);
}

function said(call: Call, result: object, fr: string, en: string): void {
  console.log(call.json ? JSON.stringify(result) : call.lang === 'fr' ? fr : en);
}
