// A file in the office's page: edited by two, its links decided, its e-mails sent again, and looked at as the RSG sees it.
import { assert } from '../support/assert.ts';
import { lost, ok, problem } from '../support/fake-api.ts';
import { clearOffice, type OfficePage, overview, seen, work } from '../support/office.ts';
import { payment } from '../support/samples.ts';
import { until } from '../support/widget.ts';

const EDIT = 'PATCH /holders/:id';
const meanwhile = {
  version: '2',
  current: {
    ...{ firstName: 'Marie-Ève', lastName: 'L’Écuyer', usualName: 'Éva Tremblay' },
    ...{ email: 'la-leur@example.org', lang: 'fr-CA', officeId: 'office-1' },
  },
};

async function file(prepare?: Parameters<typeof work>[1]): Promise<OfficePage> {
  const page = await work('#dossier/holder-1', prepare);
  await page.reads('Comptes liés');
  return page;
}
const told = (page: OfficePage) =>
  until('led to what became of it', () => page.focused === page.get('#told'));

describe('a file, she', () => {
  afterEach(clearOffice);

  it('edits: what she changed is sent, from the version that she saw, and she is told', async () => {
    const page = await file();
    await page.press('Modifier');
    await until('the first box', () => page.focused === page.get('#edit-lastName'));
    await page.type('#edit-usualName', 'Éva');
    page.get<HTMLSelectElement>('#edit-lang').value = 'en-CA';
    await page.press('Enregistrer');
    await page.reads('Le dossier est enregistré');
    await told(page);
    const { body, headers } = page.api.last(EDIT);
    assert.same(body, { usualName: 'Éva', lang: 'en-CA' });
    assert.same(headers.get('If-Match'), '1');
    assert.same(page.api.count('GET /holders/:id/overview'), 2);
  });

  it('edits what somebody else has changed meanwhile: before, theirs, hers, and she chooses field by field', async () => {
    let asked = 0;
    const page = await file((api) => {
      api.on(EDIT, () => {
        asked += 1;
        return asked === 1 ? problem('changed-meanwhile', 412, meanwhile) : ok({ version: '3' });
      });
    });
    await page.press('Modifier');
    await page.type('#edit-email', 'la-mienne@example.org');
    await page.type('#edit-usualName', 'Éva');
    await page.press('Enregistrer');
    await page.reads('Quelqu’un a modifié ce dossier entre-temps');
    const rows = [...page.root.querySelectorAll('#conflict tbody tr')].map((row) =>
      [...row.children].map((cell) => cell.textContent?.replace(/\s+/g, ' ').trim().replace(/^.*: /, '')),
    );
    assert.same(rows, [
      ['Nom', 'L’Écuyer-Tremblay', 'L’Écuyer', 'L’Écuyer-Tremblay'],
      ['Nom usuel', 'Éva Tremblay', 'Éva Tremblay', 'Éva'],
      [
        'Courriel au dossier',
        'marie-eve.lecuyer@example.org',
        'la-leur@example.org',
        'la-mienne@example.org',
      ],
    ]);
    page.get('#conflict input[name=email]').click();
    await page.press('Enregistrer ce choix');
    await page.reads('Le dossier est enregistré');
    await told(page);
    const { body, headers } = page.api.last(EDIT);
    // Theirs stay where she chose them, or had not touched the box.
    assert.same(body, { usualName: 'Éva' });
    assert.same(headers.get('If-Match'), '2');
  });

  it('loses the answer to her edit, and saves again: it is done once, and nothing is asked of her', async () => {
    const page = await file((api) => api.on(EDIT, lost));
    await page.press('Modifier');
    await page.type('#edit-email', 'la-mienne@example.org');
    await page.press('Enregistrer');
    await page.reads('Le serveur n’a pas répondu');
    const current = { ...overview.holder, email: 'la-mienne@example.org' };
    page.api.on(EDIT, () => problem('changed-meanwhile', 412, { version: '2', current }));
    await page.press('Enregistrer');
    await page.reads('Le dossier est enregistré');
  });

  it('leaves in the middle of an edit: she is asked first, and what she typed is still there', async () => {
    const page = await file();
    await page.press('Modifier');
    await page.type('#edit-lastName', 'Côté');
    location.hash = 'profil';
    await page.reads('Quitter sans enregistrer?');
    await page.press('Annuler');
    await until('back', () => location.hash === '#dossier/holder-1');
    assert.same(page.get<HTMLInputElement>('#edit-lastName').value, 'Côté');
    await page.type('#edit-lastName', 'L’Écuyer-Tremblay');
    await page.press('Annuler');
    await until('nothing to lose, nothing to ask', () => page.root.querySelector('#edit-form') === null);
    await until('where she began', () => page.focused === page.get('#edit-open'));
  });

  it('types no name, and an e-mail that is none: each box says so, and nothing is sent', async () => {
    const page = await file();
    await page.press('Modifier');
    for (const box of ['#edit-lastName', '#edit-firstName']) await page.type(box, ' ');
    await page.type('#edit-email', 'x');
    await page.press('Enregistrer');
    await page.reads('Écrivez au moins un nom ou un prénom.');
    await page.reads('Écrivez une adresse courriel');
    await until('the first one', () => page.focused === page.get('#edit-lastName'));
    assert.same(page.api.count(EDIT), 0);
  });

  it('reads of a file whose invoice came in as paid: nothing is recorded here, and what the list said', async () => {
    const page = await file((api) =>
      api.on('GET /holders/:id/overview', () => ok({ ...overview, payments: [], recorded: [] })),
    );
    await page.reads('Aucun paiement n’est inscrit ici. Selon vos listes, 296,13 $ étaient déjà payés.');
  });

  it('takes a copy of her data, once she has said that it is she who asks; what is refused is said', async () => {
    let refused = true;
    const page = await file((api) => {
      api.on('GET /holders/:id/copy', () =>
        refused ? problem('too-many-requests', 429, { retryAfter: 60 }) : new Response('<!doctype html>'),
      );
    });
    await page.press('Copie de ses données');
    await page.reads('ne la remettez qu’à elle');
    await page.press('Annuler');
    assert.same(page.api.count('GET /holders/:id/copy'), 0);
    await page.press('Copie de ses données');
    await page.reads('ne la remettez qu’à elle');
    location.hash = 'dossier/holder-1/apercu';
    await until(
      'no question of the screen that she left',
      () => page.root.querySelector('#question') === null,
    );
    location.hash = 'dossier/holder-1';
    await page.reads('Comptes liés');
    await page.press('Copie de ses données');
    await page.press('Télécharger la copie');
    await page.reads('Trop d’essais');
    refused = false;
    await page.press('Copie de ses données');
    await page.press('Télécharger la copie');
    await page.reads('La copie est téléchargée.');
    await told(page);
  });

  it('approves a link and undoes another, once asked; the list is read anew and she is told', async () => {
    const page = await file();
    await page.press('Approuver la demande de Éva Tremblay');
    await page.press('Approuver');
    await page.reads('La demande de Éva Tremblay est approuvée');
    await told(page);
    assert.same(page.api.last('POST /links/:id/approve').path, '/links/request-1/approve');
    await page.press('Défaire le lien de Jacinthe Bolduc-Saint-Pierre');
    await page.press('Annuler');
    assert.same(page.api.count('POST /links/:id/undo'), 0);
    await page.press('Défaire le lien de Jacinthe Bolduc-Saint-Pierre');
    await page.press('Défaire le lien');
    await page.reads('Le lien de Jacinthe Bolduc-Saint-Pierre est défait');
    await told(page);
    assert.same(page.api.last('POST /links/:id/undo').path, '/links/link-1/undo');
  });

  it('lets go an invoice that a payment in doubt holds: with a reason, and the file then says so', async () => {
    const { payments: known } = overview;
    const inState = (state: (typeof known)[number]['state']) =>
      ok({ ...overview, payments: known.map((one) => ({ ...one, state })) });
    const page = await file((api) => api.on('GET /holders/:id/overview', () => inState('unknown')));
    const release = 'POST /payments/:id/release';
    page.api.on(release, ({ body }) => {
      if (body.reason !== 'jamais faite, selon PayPal') return problem('validation', 400);
      page.api.on('GET /holders/:id/overview', () => inState('cancelled'));
      return ok({ payment: {} });
    });
    await page.press('Libérer le paiement PB-2026-000104');
    await page.reads('Faites-le seulement si le site de PayPal montre que ce paiement n’a pas été fait');
    await page.press('Libérer la facture');
    await page.reads('Remplissez cette case');
    assert.same(page.api.count(release), 0);
    await page.type('#act-reason', 'jamais faite, selon PayPal');
    await page.press('Libérer la facture');
    await page.reads('Le paiement PB-2026-000104 est libéré : sa facture peut être payée.');
    await told(page);
    await until('no longer offered', () => !page.text.includes('Libérer'));
  });

  it('sends an e-mail again; one whose link died with it has no such button', async () => {
    const page = await file();
    await page.reads('Son lien ou son code est mort avec lui');
    const buttons = [...page.root.querySelectorAll('button')].filter(
      (button) => button.textContent?.trim() === 'Renvoyer',
    );
    assert.same(buttons.length, 1);
    await page.press('Renvoyer « Reçu » à marie-eve.lecuyer@example.org');
    await page.press('Renvoyer');
    await page.reads('Le courriel repart à marie-eve.lecuyer@example.org');
    await told(page);
  });

  it('reads what was done, each with what was and what is; it is asked for when she opens it', async () => {
    const page = await file();
    assert.same(page.api.count('GET /holders/:id/history'), 0);
    await page.unfold('Historique');
    await page.reads('ancienne@example.org →devient marie-eve.lecuyer@example.org');
    await page.reads('50,00 $ inscrits sur la facture PB-F-2026-0003');
    await page.reads('par la ligne de commande (lise)');
    await page.reads('Reste du paiement306,13 $ →devient 296,13 $');
  });

  it('sees it as the RSG does: her own screen, every button off, no link that leads anywhere', async () => {
    const page = await work('#dossier/holder-1');
    await page.press('Voir comme la RSG');
    await page.reads('Aperçu : rien ne peut être payé d’ici.');
    const seen = await until('her screen', () => page.root.querySelector('.as-seen')?.shadowRoot);
    const text = () => (seen.textContent ?? '').replace(/[\s\u00a0]+/g, ' ');
    await until('what she pays', () => text().includes('Total à payer 306,13 $'));
    const pay = [...seen.querySelectorAll('button')].find(
      (button) => button.textContent?.trim() === 'Effectuer un paiement',
    );
    assert.ok(pay?.disabled, 'the button that pays');
    assert.same(seen.querySelectorAll('button:enabled, input:enabled, a[href]').length, 0);
    const which = page.get<HTMLSelectElement>('#which');
    which.value = 'certificate-2';
    which.dispatchEvent(new Event('change'));
    await until('a certificate without invoice', () => text().includes('Votre solde est de 0,00 $'));
    page.element.lang = 'en-CA';
    await until('in English', () => text().includes('Your balance is $0.00'));
    await page.press('Back to the file');
    await page.at('L’Écuyer-Tremblay, Marie-Ève');
    await until('the heading has the focus', () => page.focused === page.get('#title'));
  });

  it('sees it while a payment waits for the RSG: so does the page that she is shown', async () => {
    const open = payment({ state: 'approved', totalCents: 30_613 });
    const page = await work('#dossier/holder-1/apercu', (api) =>
      api.on('GET /holders/:id/as-seen', () => ok({ ...seen, open })),
    );
    const root = await until('her screen', () => page.root.querySelector('.as-seen')?.shadowRoot);
    await until('what waits', () =>
      (root.textContent ?? '')
        .replace(/[\s\u00a0]+/g, ' ')
        .includes('Un paiement de 306,13 $ attend votre confirmation.'),
    );
    assert.same(root.querySelectorAll('button:enabled').length, 0);
  });

  it('has it open while others work: it says how old it is, and is read anew when she asks', async () => {
    const page = await file();
    page.later(40_000);
    await page.reads('Mis à jour il y a 40');
    page.api.on('GET /holders/:id/overview', () => ok({ ...overview, messages: [] }));
    await page.press('Actualiser');
    await page.reads('Aucun courriel n’est encore parti');
    await page.reads('À jour à l’instant');
    page.api.on('GET /holders/:id/overview', lost);
    await page.press('Actualiser');
    await page.reads('Le serveur n’a pas répondu');
    assert.ok(page.text.includes('Aucun courriel n’est encore parti'), 'an older state is better than none');
  });
});
