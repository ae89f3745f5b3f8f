// « Paramètres »: each section is saved on its own, nothing is written over unseen, and the account that is paid only once PayPal
// bears it out.
import { assert } from '../support/assert.ts';
import { ok, problem } from '../support/fake-api.ts';
import { clearOffice, type OfficePage, settings, unverified, work } from '../support/office.ts';
import { until } from '../support/widget.ts';

const PATCH = 'PATCH /settings';
const VERIFY = 'POST /settings/paypal/verify';
const SAVE = 'PUT /settings/paypal';

async function section(name: string, prepare?: Parameters<typeof work>[1]): Promise<OfficePage> {
  const page = await work(`#parametres/${name}`, prepare);
  await until('its form', () => page.root.querySelector('form[id]') !== null);
  return page;
}
const told = (page: OfficePage) =>
  until('led to what became of it', () => page.focused === page.get('#told'));
const meanwhile = (given: Partial<typeof settings.settings>, version = 'settings-9') =>
  problem('changed-meanwhile', 412, { version, current: { ...settings.settings, ...given } });

describe('in the settings, she', () => {
  afterEach(clearOffice);

  it('changes two boxes: they alone are sent, from the version that she saw, and she is told', async () => {
    const page = await section('identite');
    assert.same(getComputedStyle(page.get('.local')).display, 'block', 'the sections are there to choose');
    await page.type('#set-phone', '418 555-0199');
    await page.type('#set-helpUrl', 'https://example.org/aide');
    page.get<HTMLSelectElement>('#set-article').value = 'le';
    await page.press('Enregistrer');
    await page.reads('C’est enregistré.');
    await told(page);
    const { body, headers } = page.api.last(PATCH);
    assert.same(body, { article: 'le', phone: '418 555-0199', helpUrl: 'https://example.org/aide' });
    assert.same(headers.get('If-Match'), 'settings-1');
    await page.type('#set-phone', '418 555-0100');
    await page.press('Enregistrer');
    await until('from the new one', () => page.api.last(PATCH).headers.get('If-Match') === 'settings-2');
  });

  it('is told of what is not right, in the page and by the server, at its box', async () => {
    const page = await section('identite');
    await page.type('#set-name', ' ');
    await page.press('Enregistrer');
    await page.reads('Remplissez cette case');
    assert.same(page.api.count(PATCH), 0);
    const errors = [{ pointer: '/name', code: 'taken' }];
    page.api.on(PATCH, () => problem('validation', 400, { errors }));
    await page.type('#set-name', 'La Farandole');
    await page.press('Enregistrer');
    await page.reads('C’est le nom d’un autre regroupement.');
    await until('its box', () => page.focused === page.get('#set-name'));
  });

  it('sees which programs have a key, until when, and revokes one: it is gone from the list, and she is told', async () => {
    const page = await work('#parametres/cles', (api) =>
      api.on('DELETE /keys/:id', () => new Response(null, { status: 204 })),
    );
    await page.reads('Logiciel de comptabilité du regroupement');
    await page.reads('read, record');
    await page.reads('30 novembre 2026');
    await page.press('Révoquer la clé Amisgest');
    await page.reads('Le programme qui s’en sert est arrêté tout de suite.');
    await page.press('Révoquer');
    await page.reads('La clé Amisgest n’ouvre plus rien.');
    await until('told', () => page.focused === page.get('#revoked'));
    assert.same(page.api.last('DELETE /keys/:id').path, '/keys/key-1');
    assert.same(page.root.querySelectorAll('.settings tbody tr').length, 1);
  });

  it('makes a key for a program: what it may do and for how long is hers to say; its secret is shown once', async () => {
    const page = await work('#parametres/cles');
    await page.reads('Logiciel de comptabilité du regroupement');
    await page.press('Faire une clé');
    await until('the dialog', () => page.root.querySelector('#new-key') !== null);
    const make = () => page.get<HTMLButtonElement>('#new-key button[type="submit"]').click();
    make();
    await until('the first box', () => page.focused === page.get('#key-name'));
    await page.type('#key-name', 'Comptabilité');
    make();
    await page.reads('Cochez au moins une case.');
    assert.same(page.api.count('POST /keys'), 0);
    for (const scope of ['read', 'import'])
      page.get<HTMLInputElement>(`[name="key-scope"][value="${scope}"]`).checked = true;
    page.get<HTMLSelectElement>('#key-days').value = '30';
    make();
    await page.reads('La clé Comptabilité est faite. Copiez-la maintenant');
    assert.same(page.api.last('POST /keys').body, {
      name: 'Comptabilité',
      scopes: ['read', 'import'],
      days: 30,
    });
    assert.same(page.get('#key-secret').textContent, `agp_${'x'.repeat(43)}`);
    await until('led there', () => page.focused === page.get('#key-made'));
    assert.same(page.api.count('GET /keys'), 2);
    await page.press('Faire une clé');
    assert.same(page.root.querySelector('#key-secret'), null, 'not shown again');
  });

  it('takes the picture away, once she says so: another change meanwhile stays, and there is none to see', async () => {
    const REMOVE = 'DELETE /settings/logo';
    const page = await section('apparence', (api) => {
      api.on('GET /settings', () => ok({ ...settings, logo: '0123456789abcdef' }));
      api.on(REMOVE, ({ headers }) =>
        headers.get('If-Match') === 'settings-1' ? meanwhile({ phone: '1' }) : ok(settings),
      );
    });
    await page.press('Retirer l’image');
    await page.reads('La page hébergée n’aura plus d’image');
    assert.same(page.api.count(REMOVE), 0);
    await page.press('Retirer l’image');
    await page.reads('L’image est retirée.');
    await told(page);
    assert.same(page.api.last(REMOVE).headers.get('If-Match'), 'settings-9');
    await page.reads('Il n’y en a pas.');
    assert.ok(!page.text.includes('Retirer l’image'), 'there is nothing to take away any more');
  });

  it('saves what somebody else has not touched, though they changed another setting meanwhile', async () => {
    const page = await section('liens', (api) =>
      api.on(PATCH, ({ headers }) =>
        headers.get('If-Match') === 'settings-1'
          ? meanwhile({ phone: '1' })
          : ok({ ...settings, version: 'settings-10' }),
      ),
    );
    await page.reads('Liens ouverts par le nom et le numéro seulement');
    page.get<HTMLSelectElement>('#set-linkPolicy').value = 'code';
    await page.press('Enregistrer');
    await page.reads('C’est enregistré.');
    assert.same(page.api.last(PATCH).headers.get('If-Match'), 'settings-9');
    assert.same(page.api.last(PATCH).body, { linkPolicy: 'code' });
  });

  it('chooses, box by box, about what they changed too: before, theirs, hers', async () => {
    const theirs = { onlineFee: { kind: 'none' as const }, premiumTaxPolicy: 'by-payment-date' as const };
    const page = await section('paiement', (api) =>
      api.on(PATCH, ({ headers }) =>
        headers.get('If-Match') === 'settings-1' ? meanwhile(theirs) : ok({ ...settings, version: 'x' }),
      ),
    );
    page.get<HTMLSelectElement>('#set-onlineFee').value = 'fixed';
    await page.type('#fee-amount', '2,50');
    page.get<HTMLSelectElement>('#set-instalments').value = 'free';
    await page.type('#least', '40');
    await page.press('Enregistrer');
    await page.reads('Quelqu’un a modifié ceci entre-temps');
    const rows = [...page.root.querySelectorAll('#conflict tbody tr')].map((row) =>
      [...row.children].map((cell) => cell.textContent?.replace(/\s+/g, ' ').trim().replace(/^.*: /, '')),
    );
    assert.same(rows, [
      ['Frais en ligne', '2,9 % + 0,30 $', 'Aucuns', '2,50 $'],
      [
        'Versements',
        'Toute la facture à la fois',
        'Toute la facture à la fois',
        'En partie, 40,00 $ au moins',
      ],
      [
        'Taxe sur les primes d’une facture impayée',
        'Celle de la facture',
        'Celle du jour du paiement',
        'Celle de la facture',
      ],
    ]);
    page.get('#conflict input[name=onlineFee]').click();
    await page.press('Enregistrer ce choix');
    await page.reads('C’est enregistré.');
    assert.same(page.api.last(PATCH).body, { instalments: { kind: 'free', minimumCents: 4_000 } });
    assert.same(page.api.last(PATCH).headers.get('If-Match'), 'settings-9');
  });

  it('leaves what she typed: she is asked first, in another section too, and it is still there', async () => {
    const page = await section('pages');
    await page.type('#set-pages', 'https://example.org/');
    location.hash = 'parametres/identite';
    await page.reads('Quitter sans enregistrer?');
    const gone = new Event('beforeunload', { cancelable: true });
    dispatchEvent(gone);
    assert.same(gone.defaultPrevented, true);
    await page.press('Annuler');
    assert.same(page.get<HTMLTextAreaElement>('#set-pages').value, 'https://example.org/');
    await page.press('Enregistrer');
    await page.reads('C’est enregistré.');
    assert.same(page.api.last(PATCH).body, { pages: ['https://example.org/'] });
    location.hash = 'parametres/identite';
    await page.reads('Téléphone');
    await until('its heading', () => page.focused === page.get('#section-title'));
  });

  it('sees what becomes of a colour while she types it, and is stopped at one that is none', async () => {
    const page = await section('apparence');
    await page.reads('les mots sont blancs');
    await page.type('#set-theme', '#ffe08a');
    await page.reads('les mots sont noirs');
    await page.reads('Elle y est foncée');
    await page.type('#set-theme', 'rouge');
    await page.press('Enregistrer');
    await page.reads('Écrivez # et six chiffres');
    await page.press('Enregistrer l’image');
    await page.reads('Choisissez d’abord un fichier.');
  });

  it('adds an office, and changes a fee from its version', async () => {
    const page = await section('bureaux');
    await page.reads('BC de l’Estuaire');
    await page.press('Ajouter un bureau');
    await page.type('#office-code', 'nord');
    await page.type('#office-name', 'BC du Nord');
    page.get('#office').querySelector('form')?.requestSubmit();
    await page.reads('Le bureau est enregistré.');
    assert.same(page.api.last('POST /coordinating-offices').body, {
      ...{ code: 'nord', name: 'BC du Nord', adminFeeCents: null, adminFeeTaxable: null },
    });
    await page.press('Modifier BC de l’Estuaire');
    await page.type('#office-fee', '12,50');
    page.get('#office').querySelector('form')?.requestSubmit();
    await until('sent', () => page.api.count('PATCH /coordinating-offices/:id') === 1);
    const { body, headers } = page.api.last('PATCH /coordinating-offices/:id');
    assert.same([body, headers.get('If-Match')], [{ adminFeeCents: 1_250 }, 'v1']);
  });

  it('has a wrong account of PayPal told line by line, and cannot save it; the right one she can', async () => {
    const page = await section('paypal', (api) => api.on(VERIFY, () => ok(unverified)));
    await page.type('#pp-client', 'AYnew');
    await page.press('Vérifier');
    await page.reads('Remplissez cette case');
    await page.type('#pp-secret', 'ELnew');
    await page.press('Vérifier');
    await page.reads('refusé par PayPal');
    await page.reads('Recopiez l’identifiant.');
    await page.reads('Rien n’a été enregistré');
    assert.ok(!page.text.includes('Enregistrer ce compte'), 'there is nothing to save');
  });

  it('saves the account that passes, once she has seen what is under way; what she types after is not verified', async () => {
    const page = await section('paypal');
    await page.type('#pp-webhook', 'WHNEW');
    await page.press('Vérifier');
    await page.reads('Paiements en cours sur le compte d’avant');
    await page.type('#pp-webhook', 'WHOTHER');
    await until('not verified', () => page.root.querySelector('.checks') === null);
    await page.press('Vérifier');
    await page.reads('Enregistrer ce compte');
    await page.press('Enregistrer ce compte');
    await page.reads('Le compte PayPal est enregistré.');
    const { body, headers } = page.api.last(SAVE);
    assert.same(body, { clientId: 'AYbouleaux', merchantId: 'PBBBBBBBBBBB2', webhookId: 'WHOTHER' });
    assert.same(headers.get('If-Match'), 'account-1');
  });
});
