// The way to every screen, for what must hold on all of them (accessibility, looks, both languages).
import type { Screen } from '../../../widget/pay/journey/state.ts';
import { held, noFile, ok, problem } from './fake-api.ts';
import { certificate, invoice, paidUp, payment, planned, plans, second } from './samples.ts';
import { add, arrive, open, type Page, until } from './widget.ts';

type Prepare = NonNullable<Parameters<typeof open>[0]>;
const never = () => held(() => new Response()).handler;

/** Signed in; `prepare` sets her server up before. */
export async function signedIn(prepare: Prepare = () => {}): Promise<Page> {
  const page = await open(prepare);
  await page.signIn();
  return page;
}

/** Back from PayPal, at the screen of that heading. */
export async function back(payments: Parameters<typeof payment>[0], heading: string): Promise<Page> {
  const page = await signedIn((api) => {
    const one = payment(payments);
    api.payments = [one];
    api.open = one;
  });
  await page.at(heading);
  return page;
}

async function link(hash: string, prepare: Prepare = () => {}): Promise<Page> {
  return open(
    (api) => {
      arrive(hash);
      prepare(api);
    },
    { hosted: '' },
  );
}

/** By an e-mailed link that has a page of its own. */
async function linkAt(hash: string, heading: string): Promise<Page> {
  const page = await link(hash);
  await page.at(heading);
  return page;
}

/** « Mon compte », signed in. */
export async function account(prepare: Prepare = () => {}): Promise<Page> {
  const page = await signedIn(prepare);
  await page.at('Détail du montant à payer');
  await page.press('Mon compte');
  await page.reads('Où vous êtes connectée');
  await page.reads('Safari, iPhone');
  return page;
}

/** Its pages: what to press, and what is read there; a sentence alone is its first page. */
function accountPages(pages: Record<string, string | [string, string]>) {
  return Object.fromEntries(
    Object.entries(pages).map(([name, way]) => [
      name,
      {
        screen: 'account' as const,
        go: async () => {
          const page = await account();
          if (typeof way !== 'string') {
            await page.press(way[0]);
            await page.reads(way[1]);
          }
          return page;
        },
      },
    ]),
  );
}

/** « Confirmer » was pressed. */
export async function confirming(prepare: Prepare): Promise<Page> {
  const page = await signedIn((api) => {
    const one = payment();
    api.payments = [one];
    api.open = one;
    prepare(api);
  });
  await page.at('Dernière étape : confirmez votre paiement'.replace(' :', '\u00a0:'));
  await page.press('Confirmer');
  return page;
}

/** As the server tells it (server/certificates/not-payable.ts). */
export const paidByCheque = {
  invoiceNumber: 'PB-F-2026-0001',
  detail:
    'La facture PB-F-2026-0001 a déjà été payée par chèque le 20 novembre 2026. Ce paiement est annulé\u00a0: PayPal n’a rien pris.',
  detailEn:
    'Invoice PB-F-2026-0001 has already been paid by cheque on November 20, 2026. This payment is cancelled: PayPal took nothing.',
};

interface Way {
  screen: Screen;
  go(): Promise<Page>;
}

const ways: Readonly<Record<string, Way>> = {
  starting: {
    screen: 'starting',
    go: async () => {
      const page = await signedIn();
      await page.at('Détail du montant à payer');
      page.element.remove();
      const next = await add((api) => api.on('POST /sessions/refresh', never()));
      // Asked later than this test lasts, it would be answered, and the next test find a session.
      await until('the question', () => next.api.count('POST /sessions/refresh') === 1);
      return next;
    },
  },
  signIn: { screen: 'signIn', go: () => open() },
  'signIn, wrong password': {
    screen: 'signIn',
    go: async () => {
      const page = await signedIn((api) => api.on('POST /sessions', () => problem('sign-in-failed', 401)));
      await page.reads('Courriel ou mot de passe incorrect.');
      return page;
    },
  },
  signUp: {
    screen: 'signUp',
    go: async () => {
      const page = await open();
      await page.press('Création de compte');
      await page.at('Création de compte');
      return page;
    },
  },
  'signUp, fields to mend': {
    screen: 'signUp',
    go: async () => {
      const page = await open();
      await page.press('Création de compte');
      await page.at('Création de compte');
      page.type('Courriel', 'marie');
      await page.press('Créer votre compte');
      await page.reads('Corrigez 3 cases');
      return page;
    },
  },
  'signUp, a slip in the e-mail': {
    screen: 'signUp',
    go: async () => {
      const page = await open();
      await page.press('Création de compte');
      await page.at('Création de compte');
      page.type('Courriel', 'marie@gmial.com');
      page.box('Courriel').dispatchEvent(new Event('change'));
      await page.reads('Vouliez-vous écrire');
      return page;
    },
  },
  mailSent: {
    screen: 'mailSent',
    go: async () => {
      const page = await open();
      await page.press('Création de compte');
      await page.at('Création de compte');
      page.type('Nom', 'Marie-Ève L’Écuyer-Tremblay');
      page.type('Courriel', 'marie-eve@example.org');
      page.type('Mot de passe', 'une phrase bien longue');
      await page.press('Créer votre compte');
      await page.at('Vérifiez vos courriels');
      return page;
    },
  },
  activate: { screen: 'activate', go: () => link('#activer=abcdefghijklmnop') },
  'emailLink, a new password': {
    screen: 'emailLink',
    go: () => linkAt('#reinitialiser=abcdefghijklmnop', 'Nouveau mot de passe'),
  },
  'emailLink, undo a link': {
    screen: 'emailLink',
    go: () => linkAt('#delier=abcdefghijklmnop', 'Ce n’est pas vous?'),
  },
  'emailLink, a link undone': {
    screen: 'emailLink',
    go: async () => {
      const page = await linkAt('#delier=abcdefghijklmnop', 'Ce n’est pas vous?');
      await page.press('Défaire ce lien');
      await page.at('Le lien est défait');
      return page;
    },
  },
  'linkDead, checking': {
    screen: 'linkDead',
    go: () => link('#activer=abcdefghijklmnop', (api) => api.on('POST /activations/check', never())),
  },
  'linkDead, expired': {
    screen: 'linkDead',
    go: () =>
      link('#activer=abcdefghijklmnop', (api) =>
        api.on('POST /activations/check', () => problem('link-invalid', 410)),
      ),
  },
  'linkDead, used': {
    screen: 'linkDead',
    go: () =>
      link('#activer=abcdefghijklmnop', (api) =>
        api.on('POST /activations/check', () => problem('link-used', 410)),
      ),
  },
  forgot: {
    screen: 'forgot',
    go: async () => {
      const page = await open();
      await page.press('Mot de passe oublié?');
      await page.at('Mot de passe oublié');
      return page;
    },
  },
  search: { screen: 'search', go: () => signedIn((api) => api.on('GET /certificates', never())) },
  lookup: {
    screen: 'lookup',
    go: () => signedIn(noFile),
  },
  'lookup, not found': {
    screen: 'lookup',
    go: async () => {
      const page = await signedIn((api) => {
        noFile(api);
        api.on('POST /certificates/links', () => problem('lookup-not-found', 404));
      });
      await page.at('Recherche de votre facture');
      await page.reads('# de certificat');
      page.type('# de certificat', 'PB-009999');
      await page.press('Trouver ma facture');
      await page.reads('Toujours rien?');
      return page;
    },
  },
  proof: {
    screen: 'proof',
    go: () => awaited({ proof: 'code', challengeId: 'challenge-000000000001', expiresIn: 900 }),
  },
  'proof, by the staff': { screen: 'proof', go: () => awaited({ proof: 'approval' }) },
  'lookup, with the invoice’s secret': {
    screen: 'lookup',
    go: async () => {
      const page = await signedIn((api) => {
        api.linkPolicy = 'secret';
        noFile(api);
      });
      await page.reads('Code de la facture');
      return page;
    },
  },
  choose: {
    screen: 'choose',
    go: () =>
      signedIn((api) => {
        api.found = {
          foundBy: 'email',
          certificates: [certificate(), second, { ...paidUp, id: 'certificate-000003', number: 'PB-004533' }],
        };
      }),
  },
  detail: { screen: 'detail', go: () => signedIn() },
  'detail, before a new tax rate': {
    screen: 'detail',
    go: () =>
      signedIn((api) => {
        api.taxStep = { from: '2027-01-01', rate: '0.09975', totalCents: 30_791 };
      }),
  },
  'detail, several invoices and parts': {
    screen: 'detail',
    go: () =>
      signedIn((api) => {
        api.minimumCents = 2500;
        api.onlineFeeCents = 0;
        api.found = {
          foundBy: 'link',
          certificates: [
            certificate({
              balanceCents: 35_823,
              endorsementsWithoutInvoice: 1,
              invoices: [
                invoice({ paidCents: 10_000, balanceCents: 19_613 }),
                ...second.invoices,
                invoice({
                  id: 'invoice-0000000009',
                  number: 'PB-F-2025-0101',
                  paidCents: 29_613,
                  balanceCents: 0,
                  payable: false,
                  overdue: false,
                }),
              ],
            }),
          ],
        };
      }),
  },
  'detail, zero': {
    screen: 'detail',
    go: () =>
      signedIn((api) => {
        api.found = { foundBy: 'email', certificates: [paidUp] };
      }),
  },
  'detail, credit': {
    screen: 'detail',
    go: () =>
      signedIn((api) => {
        api.found = {
          foundBy: 'email',
          certificates: [{ ...paidUp, balanceCents: -2500, creditCents: 2500 }],
        };
      }),
  },
  'detail, a plan proposed': {
    screen: 'detail',
    go: async () => {
      const page = await signedIn((api) => {
        api.minimumCents = 2500;
        api.plans = plans;
      });
      await page.press('Payer en plusieurs fois');
      await page.reads('Rien n’est prélevé tout seul');
      return page;
    },
  },
  'detail, an instalment late': {
    screen: 'detail',
    go: () =>
      signedIn((api) => {
        api.minimumCents = 2500;
        api.found = { foundBy: 'email', certificates: [certificate({ invoices: [planned(1, true)] })] };
      }),
  },
  leaving: {
    screen: 'leaving',
    go: async () => {
      const page = await signedIn((api) => api.on('POST /payments', never()));
      await page.press('Effectuer un paiement');
      return page;
    },
  },
  returning: {
    screen: 'returning',
    go: async () => {
      const page = await open((api) => {
        arrive('?amisgest-pay=retour');
        api.payments = [payment()];
        api.on('GET /payments/:id', never());
      });
      await page.reads('Connectez-vous pour confirmer votre paiement.');
      await page.signIn();
      return page;
    },
  },
  confirm: {
    screen: 'confirm',
    go: () => back({}, 'Dernière étape\u00a0: confirmez votre paiement'),
  },
  changed: {
    screen: 'changed',
    go: () =>
      confirming((api) =>
        api.on('POST /payments/:id/confirm', () => problem('amount-changed', 409, { totalCents: 32_000 })),
      ),
  },
  unknown: { screen: 'unknown', go: () => back({ state: 'unknown' }, 'Vérification de votre paiement') },
  pending: {
    screen: 'pending',
    go: () => back({ state: 'pending' }, 'Paiement en vérification chez PayPal'),
  },
  declined: { screen: 'declined', go: () => back({ state: 'declined' }, 'Paiement refusé') },
  ended: {
    screen: 'ended',
    go: () =>
      confirming((api) =>
        api.on('POST /payments/:id/confirm', () => problem('already-paid', 409, paidByCheque)),
      ),
  },

  done: { screen: 'done', go: () => confirming(() => {}) },
  ...accountPages({
    account: 'Où vous êtes connectée',
    'account, name': ['Modifier mon nom', 'Enregistrer'],
    'account, e-mail': ['Modifier mon courriel', 'Recevoir le lien'],
    'account, password': ['Modifier mon mot de passe', 'Enregistrer'],
    'account, end': ['Supprimer mon compte', 'pour toujours'],
  }),
  'account, fields to mend': {
    screen: 'account',
    go: async () => {
      const page = await account();
      await page.press('Modifier mon courriel');
      await page.press('Recevoir le lien');
      await page.reads('Corrigez 2 cases');
      return page;
    },
  },
  'account, her data': {
    screen: 'account',
    go: async () => {
      const page = await account();
      await page.press('Voir mes renseignements');
      await page.reads('valides cinq minutes');
      return page;
    },
  },
  'account, new e-mail': { screen: 'emailLink', go: () => link('#courriel=abcdefghijklmnop') },
  'account, taken back': { screen: 'emailLink', go: () => link('#annuler-courriel=abcdefghijklmnop') },
  'account, dead link': {
    screen: 'emailLink',
    go: () =>
      link('#courriel=abcdefghijklmnop', (api) =>
        api.on('POST /email-changes/check', () => problem('link-used', 410)),
      ),
  },
  history: {
    screen: 'history',
    go: async () => {
      const page = await signedIn((api) => {
        api.payments = [
          payment({ state: 'approved' }),
          payment({ state: 'completed' }),
          payment({
            state: 'partly-refunded',
            refunds: [
              {
                number: 3,
                amountCents: 10_000,
                refundedAt: '2026-11-24T14:00:00.000Z',
                pdfUrl: 'https://pay.test/v1/receipts/r.pdf',
                htmlUrl: 'https://pay.test/v1/receipts/r.html',
              },
            ],
          }),
          payment({ state: 'cancelled' }),
        ];
        api.receipts = [
          {
            number: 'C-2026-0001',
            title: {
              'fr-CA': 'Reçu de paiement no C-2026-0001 – 50,00 $, chèque, 20 novembre 2026',
              'en-CA': 'Payment receipt no. C-2026-0001 – $50.00, cheque, November 20, 2026',
            },
            pdfUrl: 'https://pay.test/v1/receipts/c.pdf',
            htmlUrl: 'https://pay.test/v1/receipts/c.html',
          },
        ];
        api.years = [
          {
            year: 2026,
            pdfUrl: 'https://pay.test/v1/receipts/y.pdf',
            htmlUrl: 'https://pay.test/v1/receipts/y.html',
          },
        ];
      });
      await page.at('Détail du montant à payer');
      await page.press('Mes paiements');
      await page.at('Vos paiements');
      await page.reads('Complété');
      return page;
    },
  },
};

/** A search that still waits for a proof. */
async function awaited(answer: object): Promise<Page> {
  const page = await signedIn((api) => {
    noFile(api);
    api.on('POST /certificates/links', () => ok(answer, 202));
  });
  await page.reads('Trouver ma facture');
  page.type('# de certificat', 'PB-004512');
  await page.press('Trouver ma facture');
  await page.at('Une preuve de plus');
  return page;
}

/** Each opens a new widget and brings it to one screen, drawn; several for one screen where it has several faces. */
export const reach = Object.fromEntries(
  Object.entries(ways).map(([name, { screen, go }]): [string, Way] => [
    name,
    {
      screen,
      go: async () => {
        const page = await go();
        await until(`screen ${screen}, of ${name}`, () => page.screen === screen);
        await page.element.updateComplete;
        return page;
      },
    },
  ]),
);
