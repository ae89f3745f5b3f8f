// How to come to each screen and state of the office's page.
import { reachBooks } from '../bureau/reach-books.ts';
import { reachImports } from '../bureau/reach-imports.ts';
import { held, ok, problem } from './fake-api.ts';
import {
  allPayments,
  CODES,
  credited,
  EMAIL,
  found,
  holder,
  nearly,
  type OfficePage,
  openOffice,
  overview,
  planned,
  seen,
  settings,
  sound,
  tried,
  unverified,
  work,
  worklist,
} from './office.ts';
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
const meanwhile = {
  version: '2',
  current: {
    ...{ firstName: 'Marie-Ève', lastName: 'L’Écuyer', usualName: 'Éva Tremblay' },
    ...{ email: 'la-leur@example.org', lang: 'fr-CA', officeId: 'office-2' },
  },
};
const edited = () =>
  then(
    then(once(file(), 'Comptes liés'), (page) => page.press('Modifier'), 'Modifier le dossier'),
    async (page) => {
      await page.type('#edit-email', 'x');
      await page.press('Enregistrer');
    },
    'comme nom@exemple.ca',
  );
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

const changing = (prepare?: Parameters<typeof work>[1]) =>
  then(
    once(work('#utilisateurs', prepare), 'Ève Côté'),
    (page) => page.press('Modifier l’accès de Ève Côté'),
    'Plafond sans confirmation',
  );
const reviewed = (page: Promise<OfficePage>) =>
  then(
    page,
    async (there) => {
      there.get('#changing input[value=reader]').click();
      await there.press('Vérifier');
    },
    'Ce qui changera',
  );
const credit = (page: Promise<OfficePage>) =>
  then(
    page,
    async (there) => {
      await there.press('Note de crédit sur la facture PB-F-2026-0003');
      await there.type('#act-days', '214');
      await there.type('#act-reason', 'Fin du certificat');
      await there.press('Voir le résultat');
    },
    'Nouveau solde à payer',
  );
const withPlan = () =>
  file((api) => api.on('GET /holders/:id/overview', () => ok({ ...overview, holder: planned })));
const withCredit = () =>
  file((api) => api.on('GET /holders/:id/overview', () => ok({ ...overview, holder: credited })));

const pageTried = (answer: ReturnType<typeof never>, sentence: string) =>
  then(
    once(
      work('#essayer', (api) => api.on('POST /pages/try', answer)),
      'xn--garderie',
    ),
    async (page) => {
      await page.type('#try-address', 'petits-bouleaux.example/assurances/payer');
      await page.press('Essayer');
    },
    sentence,
  );

const section = (name: string, sentence: string, prepare?: Parameters<typeof work>[1]) =>
  once(work(`#parametres/${name}`, prepare), sentence);
const verifying = (prepare?: Parameters<typeof work>[1]) =>
  then(
    section('paypal', 'Numéro du webhook', prepare),
    (page) => page.press('Vérifier'),
    'Ce que PayPal répond',
  );

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
  'access over': () =>
    then(
      work('#recherche'),
      async (page) => {
        page.api.me = { ...page.api.me, memberships: [] };
        page.api.on('POST /search', () => problem('forbidden', 403));
        await page.type('#search', 'trem');
      },
      'Votre accès a pris fin',
    ),
  'two regroupements, to choose from': () =>
    then(
      work('#recherche', (api) => {
        const [one] = api.me.memberships;
        const name = 'Regroupement Outaouais-Gatineau des services éducatifs familiaux';
        if (one) api.me = { ...api.me, memberships: [one, { ...one, slug: 'outaouais-gatineau', name }] };
      }),
      async (page) => {
        await page.press('Menu');
        await page.unfold('Changer de regroupement');
      },
      'Outaouais',
    ),
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
      file((api) => api.on('GET /holders/:id/overview', never())),
      'Un instant',
    ),
  file: () => once(file(), 'Comptes liés'),
  'file, trouble': () =>
    once(
      file((api) => api.on('GET /holders/:id/overview', trouble)),
      'Réessayer',
    ),
  'file, open for a while': () =>
    then(
      once(file(), 'Comptes liés'),
      (page) => {
        page.later(40_000);
      },
      'Mis à jour il y a 40',
    ),
  'file, refreshed in vain': () =>
    then(
      once(file(), 'Comptes liés'),
      (page) => {
        page.api.on('GET /holders/:id/overview', trouble);
        return page.press('Actualiser');
      },
      'Numéro à donner',
    ),
  'file, empty': () =>
    once(
      file((api) => {
        const bare = { ...holder, closed: true, email: null, certificates: [], accounts: [] };
        const none = { reasons: [], payments: [], recorded: [], messages: [] };
        api.on('GET /holders/:id/overview', () => ok({ holder: bare, ...none }));
      }),
      'n’a aucun certificat',
    ),
  'file, to a reader': () =>
    once(
      file((api) => {
        const [own] = api.me.memberships;
        api.me = { ...api.me, memberships: own ? [{ ...own, role: 'reader' }] : [] };
      }),
      'Comptes liés',
    ),
  'file, a link to approve': () =>
    then(
      once(file(), 'Comptes liés'),
      (page) => page.press('Approuver la demande de Éva Tremblay'),
      'verra tout le dossier',
    ),
  'file, a link to undo': () =>
    then(
      once(file(), 'Comptes liés'),
      (page) => page.press('Défaire le lien de Jacinthe Bolduc-Saint-Pierre'),
      'ne verra plus ce dossier',
    ),
  'file, decided already': () =>
    then(
      once(
        file((api) => api.on('POST /links/:id/refuse', () => problem('already-decided', 409))),
        'Comptes liés',
      ),
      async (page) => {
        await page.press('Refuser la demande de Éva Tremblay');
        await page.press('Refuser');
      },
      'a déjà reçu une autre réponse',
    ),
  'file, an e-mail to send again': () =>
    then(
      once(file(), 'Courriels envoyés'),
      (page) => page.press('Renvoyer « Reçu » à marie-eve.lecuyer@example.org'),
      'tel quel',
    ),
  'file, a copy of her data': () =>
    then(
      once(file(), 'Comptes liés'),
      (page) => page.press('Copie de ses données'),
      'ne la remettez qu’à elle',
    ),
  'file, its history': () =>
    then(once(file(), 'Comptes liés'), (page) => page.unfold('Historique'), 'par Ève Côté'),
  'file, nothing done yet': () =>
    then(
      once(
        file((api) => api.on('GET /holders/:id/history', () => ok({ acts: [] }))),
        'Comptes liés',
      ),
      (page) => page.unfold('Historique'),
      'Rien n’a encore été fait',
    ),
  'file, edited': () =>
    then(once(file(), 'Comptes liés'), (page) => page.press('Modifier'), 'Le compte qui a cette adresse'),
  'file, edited, boxes to mend': edited,
  'file, edited, cancelled in the middle': () =>
    then(
      once(file(), 'Comptes liés'),
      async (page) => {
        await page.press('Modifier');
        await page.type('#edit-lastName', 'Côté');
        await page.press('Annuler');
      },
      'Quitter sans enregistrer',
    ),
  'file, edited by two': () =>
    then(
      once(
        file((api) => api.on('PATCH /holders/:id', () => problem('changed-meanwhile', 412, meanwhile))),
        'Comptes liés',
      ),
      async (page) => {
        await page.press('Modifier');
        await page.type('#edit-email', 'la-mienne@example.org');
        await page.type('#edit-usualName', 'Éva L’Écuyer-Tremblay-Bolduc-Saint-Pierre');
        await page.press('Enregistrer');
      },
      'Quelqu’un a modifié ce dossier',
    ),
  'file, as she sees it': () => once(work('#dossier/holder-1/apercu'), 'rien ne peut être payé d’ici'),
  'file, as nobody sees it': () =>
    once(
      work('#dossier/holder-1/apercu', (api) =>
        api.on('GET /holders/:id/as-seen', () => ok({ ...seen, reached: false, certificates: [] })),
      ),
      'personne ne voit ceci',
    ),
  'file, as she sees it, trouble': () =>
    once(
      work('#dossier/holder-1/apercu', (api) => api.on('GET /holders/:id/as-seen', trouble)),
      'Numéro à donner',
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
  'to do, more than a hundred': () =>
    once(
      work('#a-traiter', (api) => api.on('GET /worklist', () => ok({ ...worklist, next: 'after-8' }))),
      'Afficher la suite',
    ),
  'to do, changed meanwhile': () =>
    then(
      once(work('#a-traiter'), 'Double possible'),
      (page) => {
        const counts = { ...worklist.counts, exception: 1_200 };
        page.api.newest += 1;
        page.api.on('GET /worklist', () => ok({ ...worklist, counts }));
        document.dispatchEvent(new Event('visibilitychange'));
      },
      'La liste a changé',
    ),
  'to do, trouble': () =>
    once(
      work('#a-traiter', (api) => api.on('GET /worklist', trouble)),
      'Numéro à donner',
    ),
  payments: () => then(work('#paiements'), (page) => page.reads('0418'), '3 paiements'),
  'payments, what happened': () =>
    then(
      once(work('#paiements'), '0418'),
      (page) => {
        for (const one of page.root.querySelectorAll('details')) one.open = true;
      },
      'Transaction PayPal',
    ),
  'payments, none': () =>
    once(
      work('#paiements?outcome=under-way&method=paypal', (api) =>
        api.on('GET /all-payments', () => ok({ payments: [], total: { count: 0, cents: 0 } })),
      ),
      'Aucun paiement',
    ),
  'payments, of a great many': () =>
    once(
      work('#paiements', (api) =>
        api.on('GET /all-payments', () => ok({ ...allPayments, total: null, next: 'after-3' })),
      ),
      'Afficher la suite',
    ),
  'payments, days to mend': () =>
    then(
      once(work('#paiements'), '0418'),
      async (page) => {
        await page.type('#pay-from', '2026-11-20');
        await page.type('#pay-to', '2026-11-01');
        await page.press('Afficher');
      },
      'vient avant le premier',
    ),
  'payments, trouble': () =>
    once(
      work('#paiements', (api) => api.on('GET /all-payments', trouble)),
      'Numéro à donner',
    ),
  'users, the keys that somebody who left may know': () =>
    then(
      once(work('#utilisateurs'), 'Ève Côté'),
      async (page) => {
        await page.press('Retirer l’accès de Ève Côté');
        await page.press('Retirer l’accès');
      },
      'faite par Ève Côté',
    ),
  ...reachBooks,
  ...reachImports,
  users: () => once(work('#utilisateurs'), 'Ève Côté'),
  'users, an invitation sent again': () =>
    then(
      once(work('#utilisateurs'), 'expirée'),
      (page) => page.press('Renvoyer l’invitation de Jo Roy'),
      'L’invitation part vers jo@example.org',
    ),
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
  'users, changing an access': changing,
  'users, an access to mend': () =>
    then(
      changing(),
      async (page) => {
        await page.type('#change-ceiling', '1,234');
        await page.type('#change-ends', '2020-01-01');
        await page.press('Vérifier');
      },
      'Ce jour est passé',
    ),
  'users, an access reviewed': () => reviewed(changing()),
  'users, an access changed meanwhile': () =>
    then(
      reviewed(
        changing((api) =>
          api.on('PATCH /memberships/:id', () =>
            problem('changed-meanwhile', 412, {
              current: { role: 'office', mayRefund: true, refundCeilingCents: 20_000, endsOn: null },
              version: 'eve-2',
            }),
          ),
        ),
      ),
      (page) => page.press('Enregistrer'),
      'Quelqu’un a modifié cet accès entre-temps',
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
      file((api) => api.on('GET /holders/:id/overview', () => problem('unauthenticated', 401))),
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
  'profile, an alert chosen': () =>
    then(
      once(work('#profil'), 'Ordinateur du bureau'),
      async (page) => {
        await until('her alerts', () => page.root.querySelector('[aria-labelledby=alerts] select'));
        const box = page.get<HTMLSelectElement>('[aria-labelledby=alerts] select');
        box.selectedIndex = 1;
        box.dispatchEvent(new Event('change'));
      },
      'C’est enregistré',
    ),
  'profile, another factor': () =>
    then(work('#profil'), (page) => page.press('Ajouter un moyen'), 'Utiliser une application'),
  'profile, new codes': () =>
    then(work('#profil'), (page) => page.press('Faire dix nouveaux codes'), CODES[9] ?? ''),
  'profile, password': () =>
    then(work('#profil'), (page) => page.press('Changer mon mot de passe'), 'Mot de passe actuel'),
  'file, an invoice to cancel': () =>
    then(
      once(file(), 'Comptes liés'),
      (page) => page.press('Annuler la facture PB-F-2026-0004'),
      'devient un crédit',
    ),
  'file, a refund seen': () =>
    then(
      once(file(), 'Comptes liés'),
      async (page) => {
        await page.press('Rembourser le paiement PB-2026-000104');
        await page.type('#act-reason', 'Payée deux fois');
        await page.press('Voir le résultat');
      },
      'Son reçu de remboursement',
    ),
  'file, a credit note seen': () => credit(once(file(), 'Comptes liés')),
  'file, a credit note to mend': () =>
    then(
      once(file(), 'Comptes liés'),
      async (page) => {
        await page.press('Note de crédit sur la facture PB-F-2026-0003');
        await page.press('Voir le résultat');
      },
      'entre 1 et 365',
    ),
  'file, a credit': () => once(withCredit(), 'laissez-le au dossier'),
  'file, a credit to apply': () =>
    then(
      once(withCredit(), 'Comptes liés'),
      async (page) => {
        await page.press('Appliquer le crédit de la facture PB-F-2026-0004');
        await page.press('Voir le résultat');
      },
      'Ce que cela donne',
    ),
  'file, a plan of instalments': () => once(withPlan(), 'Mettre fin à l’entente'),
  'file, a plan seen': () =>
    then(
      once(file(), 'Comptes liés'),
      async (page) => {
        await page.press('Entente de versements pour la facture PB-F-2026-0003');
        await page.press('Voir le résultat');
      },
      'comme la RSG la verra',
    ),
  'file, a plan on her own dates, to mend': () =>
    then(
      once(withPlan(), 'Comptes liés'),
      async (page) => {
        await page.press('Changer l’entente de la facture PB-F-2026-0003');
        await page.type('#act-amount-0', 'x');
        await page.press('Voir le résultat');
      },
      'Montant du versement 4',
    ),
  'file, a plan to end': () =>
    then(
      once(withPlan(), 'Comptes liés'),
      (page) => page.press('Mettre fin à l’entente de la facture PB-F-2026-0003'),
      'sera dû en entier',
    ),
  deposits: () => once(work('#depots'), '13 novembre 2026'),
  'deposits, none': () =>
    once(
      work('#depots', (api) => api.on('GET /deposits', () => ok({ deposits: [] }))),
      'Aucun dépôt pour le moment',
    ),
  'deposits, one to open': () =>
    then(
      once(work('#depots'), '13 novembre 2026'),
      (page) => page.press('Ouvrir un dépôt'),
      'Tel que la banque',
    ),
  deposit: () => once(work('#depots/deposit-1'), 'Inscrire un chèque'),
  'deposit, a cheque typed': () =>
    then(
      once(work('#depots/deposit-1'), 'Inscrire un chèque'),
      async (page) => {
        await page.type('#entry-payer', 'PB-F-2026-0003');
        page.get('#entry-payer').dispatchEvent(new Event('change'));
      },
      'Ce chèque paie',
    ),
  'deposit, a cheque in doubt': () =>
    then(
      once(
        work('#depots/deposit-1', (api) =>
          api.on('POST /deposits/:id/cheques', () =>
            problem('more-than-balance', 409, { owedCents: 29_613, doubts: ['more-than-balance'] }),
          ),
        ),
        'Inscrire un chèque',
      ),
      async (page) => {
        await page.type('#entry-payer', 'PB-F-2026-0003');
        await page.type('#entry-amount', '400,00');
        await page.press('Inscrire le chèque');
      },
      'le surplus deviendrait un crédit',
    ),
  'trying a page': () => once(work('#essayer'), 'xn--garderie'),
  'trying a page, none registered': () =>
    once(
      work('#essayer', (api) => api.on('GET /pages', () => ok({ pages: [] }))),
      'Aucune page n’est enregistrée',
    ),
  'trying a page, no address': () =>
    then(
      once(work('#essayer'), 'xn--garderie'),
      async (page) => {
        page.api.on('POST /pages/try', () =>
          problem('validation', 400, { errors: [{ pointer: '/address', code: 'not-an-address' }] }),
        );
        await page.type('#try-address', 'ma page');
        await page.press('Essayer');
      },
      'sans mot de passe',
    ),
  'trying a page, on its way': () => pageTried(never(), 'Pages enregistrées'),
  'trying a page, much to mend': () => pageTried(() => ok(tried), 'points à corriger'),
  'trying a page, nearly registered': () => pageTried(() => ok(nearly), 'Voici la plus proche'),
  'trying a page, sound': () => pageTried(() => ok(sound), 'Tout est en ordre'),
  'trying a page, too often': () =>
    pageTried(
      () => problem('too-many-requests', 429, { requestId: 'x7', retryAfter: 30 }),
      'Réessayez dans 1 minute',
    ),
  'no such screen': () => once(work('#nulle-part'), 'Cet écran n’existe pas'),
  'settings, loading': () =>
    once(
      work('#parametres', (api) => api.on('GET /settings', never())),
      'Un instant',
    ),
  'settings, error': () =>
    once(
      work('#parametres', (api) => api.on('GET /settings', trouble)),
      'Réessayer',
    ),
  'settings, identity': () => section('identite', 'Numéro de TPS'),
  'settings, identity, to mend': () =>
    then(
      section('identite', 'Numéro de TPS'),
      async (page) => {
        await page.type('#set-name', '');
        await page.press('Enregistrer');
      },
      'Remplissez cette case',
    ),
  'settings, identity, saved': () =>
    then(
      section('identite', 'Numéro de TPS'),
      async (page) => {
        await page.type('#set-phone', '1');
        await page.press('Enregistrer');
      },
      'C’est enregistré',
    ),
  'settings, appearance': () => section('apparence', 'Sur cette couleur'),
  'settings, a picture to remove': () =>
    then(
      section('apparence', 'Sur cette couleur', (api) =>
        api.on('GET /settings', () => ok({ ...settings, logo: '0123456789abcdef' })),
      ),
      (page) => page.press('Retirer l’image'),
      'n’aura plus d’image',
    ),
  'settings, pages': () => section('pages', 'Adresses des pages'),
  'settings, a new key': () =>
    then(
      once(work('#parametres/cles'), 'Logiciel de comptabilité'),
      (page) => page.press('Faire une clé'),
      'Ce qu’il peut faire',
    ),
  'settings, keys': () => once(work('#parametres/cles'), 'Logiciel de comptabilité'),
  'settings, links': () => section('liens', 'restent ouverts'),
  'settings, payment': () => section('paiement', 'Versement le plus petit'),
  'settings, changed meanwhile': () =>
    then(
      section('paiement', 'Versement le plus petit', (api) =>
        api.on('PATCH /settings', () =>
          problem('changed-meanwhile', 412, {
            version: '2',
            current: { ...settings.settings, onlineFee: { kind: 'none' } },
          }),
        ),
      ),
      async (page) => {
        await page.type('#fee-amount', '0,40');
        await page.press('Enregistrer');
      },
      'Quelqu’un a modifié ceci entre-temps',
    ),
  'settings, offices': () => section('bureaux', 'BC de l’Estuaire'),
  'settings, an office': () =>
    then(
      section('bureaux', 'BC de l’Estuaire'),
      (page) => page.press('Modifier BC de l’Estuaire'),
      'Rien : ceux du regroupement.',
    ),
  'settings, files': () => section('fichiers', 'Forme des numéros'),
  'settings, PayPal': () => section('paypal', 'Numéro du webhook'),
  'settings, PayPal, none yet': () =>
    section('paypal', 'Aucun compte', (api) =>
      api.on('GET /settings', () => ok({ ...settings, paypal: null })),
    ),
  'settings, PayPal, verified': () => verifying(),
  'settings, PayPal, refused': () =>
    verifying((api) => api.on('POST /settings/paypal/verify', () => ok(unverified))),
};

/** Drawn, and nothing more to come. */
export async function settled(page: OfficePage): Promise<void> {
  await page.element.updateComplete;
  await until('drawn', () => page.root.querySelector('h1, h2, .waiting, .notice'));
}
