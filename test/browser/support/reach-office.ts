// How to come to each screen and state of the office's page.
import { held, ok, problem } from './fake-api.ts';
import { CODES, EMAIL, found, holder, type OfficePage, openOffice, work } from './office.ts';
import { until } from './widget.ts';

const TOKEN = 'abcdefghijklmnop';
const never = () => held(() => ok({})).handler;
const trouble = () => problem('internal', 500, { requestId: 'a7hX31MSFLD0DEmu2Rxy_y' });

/** The page, once it says so. */
async function once(page: Promise<OfficePage>, sentence: string): Promise<OfficePage> {
  const there = await page;
  await there.reads(sentence);
  return there;
}
async function then(
  page: Promise<OfficePage>,
  act: (page: OfficePage) => unknown,
  sentence: string,
): Promise<OfficePage> {
  const there = await page;
  await act(there);
  await there.reads(sentence);
  return there;
}
const file = (prepare?: Parameters<typeof work>[1]) => work('#dossier/holder-1', prepare);
const invitation = (prepare?: Parameters<typeof work>[1]) => openOffice(`#invitation=${TOKEN}`, prepare);
const looked = (words: string, prepare?: Parameters<typeof work>[1], address = '#recherche') =>
  then(work(address, prepare), (page) => page.type('#search', words), 'Bureau');
const enrolling = () =>
  then(
    invitation(),
    async (page) => {
      await page.type('#password', 'onze hérissons pressés');
      await page.press('Continuer');
    },
    'Ajoutez un second facteur',
  );
const app = () =>
  then(enrolling(), (page) => page.press('Utiliser une application'), 'Code que l’application affiche');

export const reachOffice: Readonly<Record<string, () => Promise<OfficePage>>> = {
  'sign-in': () => once(openOffice(), 'Se connecter'),
  'sign-in, fields to fill': () =>
    then(once(openOffice(), 'Se connecter'), (page) => page.press('Se connecter'), 'Remplissez cette case'),
  'sign-in, refused': () =>
    then(
      openOffice('', (api) => api.on('POST /sessions', () => problem('sign-in-failed', 401))),
      (page) => page.signIn(),
      'n’est pas le bon',
    ),
  'sign-in, too many tries': () =>
    then(
      openOffice('', (api) =>
        api.on('POST /sessions', () =>
          problem('too-many-requests', 429, { requestId: 'x7', retryAfter: 120 }),
        ),
      ),
      (page) => page.signIn(),
      'Réessayez dans 2 minutes',
    ),
  'sign-in, recovery code': () =>
    then(openOffice(), (page) => page.press('Utiliser un code de secours'), 'Un des dix codes'),
  forgot: () => then(openOffice(), (page) => page.press('Mot de passe oublié?'), 'Recevoir le lien'),
  'forgot, sent': () =>
    then(
      then(openOffice(), (page) => page.press('Mot de passe oublié?'), 'Recevoir le lien'),
      async (page) => {
        await page.type('#email', EMAIL);
        await page.press('Recevoir le lien');
      },
      'Si cette adresse a un accès',
    ),
  'new password': () => once(openOffice(`#mot-de-passe=${TOKEN}`), 'Choisissez votre nouveau mot de passe'),
  'new password, dead link': () =>
    once(
      openOffice(`#mot-de-passe=${TOKEN}`, (api) =>
        api.on('POST /password-resets/check', () => problem('link-invalid', 410)),
      ),
      'n’est plus valide',
    ),
  'second factor erased': () => once(openOffice(`#second-facteur=${TOKEN}`), 'a effacé votre second facteur'),
  'invitation, being checked': () =>
    once(
      invitation((api) => api.on('POST /invitations/check', never())),
      'Vérification du lien',
    ),
  invitation: () => once(invitation(), 'Bienvenue au bureau'),
  'invitation, of somebody known': () =>
    once(
      invitation((api) =>
        api.on('POST /invitations/check', () =>
          ok({
            slug: 's',
            regroupement: 'R',
            name: 'L',
            email: EMAIL,
            role: 'owner',
            endsOn: null,
            known: true,
          }),
        ),
      ),
      'Vous avez déjà un accès',
    ),
  'invitation, dead': () =>
    once(
      invitation((api) => api.on('POST /invitations/check', () => problem('link-invalid', 410))),
      'Demander une nouvelle invitation',
    ),
  'invitation, asked for again': () =>
    then(
      invitation((api) => api.on('POST /invitations/check', () => problem('link-used', 410))),
      (page) => page.press('Demander une nouvelle invitation'),
      'C’est demandé',
    ),
  'invitation, no answer': () =>
    once(
      invitation((api) => api.on('POST /invitations/check', trouble)),
      'Numéro à donner',
    ),
  'second factor, which': enrolling,
  'second factor, app': app,
  'second factor, codes': () =>
    then(
      app(),
      async (page) => {
        await page.type('#app-code', '123456');
        await page.press('Vérifier le code');
      },
      CODES[0] ?? '',
    ),
  'no access here': () =>
    then(openOffice('', undefined, 'la-farandole'), (page) => page.signIn(), 'Vous n’avez pas d’accès'),
  search: () => once(work('#recherche'), 'Une partie du nom suffit'),
  'search, found': async () => once(looked('trem'), 'D’Août, Anne-Sophie'),
  'search, twenty of many': async () =>
    once(
      looked('trem', (api) => {
        api.found = found(20, 201);
      }),
      'Plus de 200 : précisez',
    ),
  'search, nothing': async () =>
    once(
      looked('zzz', (api) => {
        api.found = found(0);
      }),
      'Aucun dossier',
    ),
  'search, trouble': async () =>
    once(
      looked('trem', (api) => api.on('POST /search', trouble)),
      'Numéro à donner',
    ),
  'search, over another screen': async () =>
    once(looked('trem', undefined, '#profil'), 'D’Août, Anne-Sophie'),
  'file, on its way': () =>
    once(
      file((api) => api.on('GET /holders/:id', never())),
      'Un instant',
    ),
  file: () => once(file(), 'Comptes liés'),
  'file, trouble': () =>
    once(
      file((api) => api.on('GET /holders/:id', trouble)),
      'Réessayer',
    ),
  'file, empty': () =>
    once(
      file((api) => {
        const bare = { ...holder, closed: true, email: null, certificates: [], accounts: [] };
        api.on('GET /holders/:id', () => ok({ holder: bare }));
        api.on('GET /holders/:id/balance-reasons', () => ok({ reasons: [] }));
      }),
      'n’a aucun certificat',
    ),
  'file, a cheque to write down': () =>
    then(
      once(file(), 'Comptes liés'),
      (page) => page.press('Encaisser la facture PB-F-2026-0003'),
      'Numéro du chèque',
    ),
  today: () => once(work('#aujourdhui'), 'Derniers paiements'),
  'today, on its way': () =>
    once(
      work('#aujourdhui', (api) => api.on('GET /today', never())),
      'Un instant',
    ),
  'today, trouble': () =>
    once(
      work('#aujourdhui', (api) => api.on('GET /today', trouble)),
      'Numéro à donner',
    ),
  'to do': () => once(work('#a-traiter'), 'Double possible'),
  'to do, nothing': () =>
    once(
      work('#a-traiter', (api) => api.on('GET /worklist', () => ok({ items: [], counts: {} }))),
      'Rien n’attend',
    ),
  'to do, trouble': () =>
    once(
      work('#a-traiter', (api) => api.on('GET /worklist', trouble)),
      'Numéro à donner',
    ),
  users: () => once(work('#utilisateurs'), 'Ève Côté'),
  'users, inviting': () =>
    then(
      once(work('#utilisateurs'), 'Ève Côté'),
      (page) => page.press('Inviter une personne'),
      'Langue du courriel',
    ),
  'users, taking access away': () =>
    then(
      once(work('#utilisateurs'), 'Ève Côté'),
      (page) => page.press('Retirer l’accès de Ève Côté'),
      'Son nom reste dans le journal',
    ),
  'users, last owner': () =>
    then(
      once(
        work('#utilisateurs', (api) => api.on('DELETE /memberships/:id', () => problem('last-owner', 409))),
        'Ève Côté',
      ),
      async (page) => {
        await page.press('Retirer l’accès de Lise Roy');
        await page.press('Retirer l’accès');
      },
      'dernière personne responsable',
    ),
  'identity to confirm': () =>
    once(
      work('#utilisateurs', (api) => {
        let asked = 0;
        api.on('GET /memberships', () => {
          asked += 1;
          return asked === 1 ? problem('fresh-factor-needed', 403) : ok(api.members);
        });
      }),
      'Confirmez votre identité',
    ),
  'session over': () =>
    once(
      file((api) => api.on('GET /holders/:id', () => problem('unauthenticated', 401))),
      'Reconnectez-vous',
    ),
  'session ending': () =>
    once(
      work('#profil', (api) => {
        api.endsIn = 60;
      }),
      'Votre session se termine bientôt',
    ),
  profile: () => once(work('#profil'), 'Ordinateur du bureau'),
  'profile, another factor': () =>
    then(work('#profil'), (page) => page.press('Ajouter un moyen'), 'Utiliser une application'),
  'profile, new codes': () =>
    then(work('#profil'), (page) => page.press('Faire dix nouveaux codes'), CODES[9] ?? ''),
  'profile, password': () =>
    then(work('#profil'), (page) => page.press('Changer mon mot de passe'), 'Mot de passe actuel'),
  'no such screen': () => once(work('#nulle-part'), 'Cet écran n’existe pas'),
};

/** Drawn, and nothing more to come. */
export async function settled(page: OfficePage): Promise<void> {
  await page.element.updateComplete;
  await until('drawn', () => page.root.querySelector('h1, h2, .waiting, .notice'));
}
