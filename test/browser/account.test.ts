// « Mon compte » under fat fingers and a bad line: nothing is done twice, nothing is said that is not so.
import { assert } from './support/assert.ts';
import { held, lost, ok, PASSWORD, problem } from './support/fake-api.ts';
import { account } from './support/reach.ts';
import { session } from './support/samples.ts';
import { arrive, clear, open, until } from './support/widget.ts';

const NEW = 'quatre loutres au soleil';

describe('« Mon compte »', () => {
  afterEach(clear);

  it('saves a name once for a double click, and shows it', async () => {
    const { handler, release } = held(() =>
      ok({ name: 'Marie Roy', email: 'marie-eve@example.org', lang: 'fr-CA' }),
    );
    const page = await account((api) => api.on('PATCH /me', handler));
    await page.press('Modifier mon nom');
    await until('box', () => page.root.querySelector('#name'));
    assert.same(page.box('Nom').value, 'Marie-Ève L’Écuyer-Tremblay');
    page.type('Nom', 'Marie Roy');
    await page.press('Enregistrer');
    await page.press('Enregistrer');
    release();
    await page.reads('C’est enregistré.');
    await page.reads('Marie Roy');
    assert.same(page.api.count('PATCH /me'), 1);
  });

  it('does not say that a password is changed when the line was lost, and lets her try again as typed', async () => {
    const page = await account((api) => api.on('POST /me/password', lost));
    await page.press('Modifier mon mot de passe');
    await until('box', () => page.root.querySelector('#currentPassword'));
    page.type('Mot de passe actuel', PASSWORD);
    page.type('Nouveau mot de passe', NEW);
    await page.press('Enregistrer');
    await page.reads('Le service ne répond pas');
    assert.same(page.box('Nouveau mot de passe').value, NEW);
    assert.same(page.root.activeElement?.id, 'notice', 'the focus is on what went wrong');
  });

  it('says while she types whether the password is long enough, and never that it is strong', async () => {
    const page = await account();
    await page.press('Modifier mon mot de passe');
    await until('box', () => page.root.querySelector('#password'));
    page.type('Nouveau mot de passe', 'onze lettre');
    await page.reads('Encore 1 caractère.');
    page.type('Nouveau mot de passe', 'douze lettres');
    await page.reads('Assez long.');
    // The server refuses this one: what stands beside its reason must not say otherwise.
    page.type('Nouveau mot de passe', 'Printemps2026!!!');
    await page.reads('Bonne longueur.');
  });

  it('keeps what she has typed when she changes the language', async () => {
    const page = await account();
    await page.press('Modifier mon courriel');
    await until('box', () => page.root.querySelector('#email'));
    page.type('Nouveau courriel', 'nouvelle@example.org');
    await page.press('English');
    await page.at('Change my e-mail');
    assert.same(page.box('New e-mail').value, 'nouvelle@example.org');
  });

  it('leads to the fields to mend, and says nothing of whose the other e-mail is', async () => {
    const page = await account();
    await page.press('Modifier mon courriel');
    await page.press('Recevoir le lien');
    await page.reads('Corrigez 2 cases');
    assert.same(page.root.activeElement?.id, 'summary');
    page.type('Nouveau courriel', 'nouvelle@example.org');
    page.type('Mot de passe actuel', 'pas le bon mot');
    await page.press('Recevoir le lien');
    await page.reads('Ce n’est pas votre mot de passe actuel');
    page.type('Mot de passe actuel', PASSWORD);
    await page.press('Recevoir le lien');
    await page.reads('Si l’adresse nouvelle@example.org peut être utilisée');
  });

  it('leads to the box of a password that is too long to be hers, wherever it is asked for', async () => {
    const tooLong = () =>
      problem('validation', 400, { errors: [{ pointer: '/password', code: 'too-long' }] });
    const page = await account((api) => {
      api.on('POST /me/email', tooLong);
      api.on('POST /me/erasure', tooLong);
    });
    for (const [way, button] of [
      ['Modifier mon courriel', 'Recevoir le lien'],
      ['Supprimer mon compte', 'Supprimer mon compte pour toujours'],
    ] as const) {
      await page.press(way);
      const box = await until('box', () => page.root.querySelector<HTMLInputElement>('#currentPassword'));
      if (way === 'Modifier mon courriel') page.type('Nouveau courriel', 'nouvelle@example.org');
      page.type('Mot de passe actuel', 'x'.repeat(257));
      await page.press(button);
      await page.reads('Ce n’est pas votre mot de passe actuel');
      page.root.querySelector<HTMLElement>('#summary a')?.click();
      assert.ok(page.root.activeElement === box, 'the summary leads to the box');
      await page.press('Retour');
      await page.reads('Où vous êtes connectée');
    }
  });

  it('ends one device, or all the others, and shows what is left', async () => {
    const page = await account((api) =>
      api.on('DELETE /me/sessions/b', () => new Response(null, { status: 204 })),
    );
    page.api.sessions = [session({ current: true }), session({ id: 'c' })];
    await page.press('Déconnecter Appareil non reconnu');
    await page.reads('Déconnexion faite.');
    await until('one less', () => !page.text.includes('Appareil non reconnu'));
    assert.same(page.find('Déconnecter tous les autres'), undefined);
  });

  it('takes her to the door when the session was ended elsewhere', async () => {
    const page = await account((api) => {
      api.on('POST /me/export-links', () => problem('unauthenticated', 401));
    });
    page.api.on('POST /sessions/refresh', () => problem('session-ended', 401));
    await page.press('Voir mes renseignements');
    await page.reads('Votre session a pris fin par sécurité');
  });

  it('does not end an account that has money under way, and says what to do', async () => {
    const page = await account((api) => api.on('POST /me/erasure', () => problem('account-in-use', 409)));
    await page.press('Supprimer mon compte');
    await until('box', () => page.root.querySelector('#currentPassword'));
    page.type('Mot de passe actuel', PASSWORD);
    await page.press('Supprimer mon compte pour toujours');
    await page.reads('Un de vos paiements, ou un remboursement, n’est pas terminé. Terminez ou annulez');
    assert.same(page.api.count('DELETE /sessions/current'), 0);
  });

  it('leaves nothing of hers behind when the account is gone', async () => {
    const page = await account();
    await page.press('Supprimer mon compte');
    await until('box', () => page.root.querySelector('#currentPassword'));
    page.type('Mot de passe actuel', PASSWORD);
    await page.press('Supprimer mon compte pour toujours');
    await page.reads('Votre compte est supprimé');
    assert.same(page.box('Courriel').value, '');
    assert.ok(!page.text.includes('marie-eve@example.org'), 'her e-mail is nowhere');
    assert.same(localStorage.length, 0);
  });

  it('does nothing by a link alone: a new e-mail takes her password', async () => {
    const page = await open(() => arrive('#courriel=abcdefghijklmnop'), { hosted: '' });
    await page.at('Votre nouveau courriel');
    assert.same(page.api.count('POST /email-changes/confirm'), 0);
    page.type('Mot de passe', 'pas le bon mot');
    await page.press('Confirmer ce courriel');
    await page.reads('Ce n’est pas le mot de passe du compte');
    page.type('Mot de passe', PASSWORD);
    await page.press('Confirmer ce courriel');
    await page.reads('Votre nouveau courriel est en place');
  });

  it('says that a link is dead, and offers the door', async () => {
    const page = await open(
      (api) => {
        arrive('#annuler-courriel=abcdefghijklmnop');
        api.on('POST /email-changes/undo/check', () => problem('link-invalid', 410));
      },
      { hosted: '' },
    );
    await page.reads('Ce lien n’est plus valide');
    await page.press('Se connecter');
    await until('the door', () => page.root.querySelector('#email'));
    await page.signIn();
    await page.press('Mon compte');
    await page.reads('Où vous êtes connectée');
  });

  it('a forgotten password: a new one by the e-mailed link, and she is in', async () => {
    const page = await open(() => arrive('#reinitialiser=abcdefghijklmnop'), { hosted: '' });
    await page.at('Nouveau mot de passe');
    await page.reads('Vos autres appareils devront se reconnecter.');
    page.type('Nouveau mot de passe', 'court');
    await page.press('Enregistrer');
    await page.reads('Le mot de passe doit compter au moins 12 caractères.');
    page.type('Nouveau mot de passe', PASSWORD);
    await page.press('Enregistrer');
    await page.reads('Votre mot de passe est changé.');
    await page.at('Détail du montant à payer');
    const { token, password } = page.api.last('POST /password-resets/complete').body;
    assert.same([token, password], ['abcdefghijklmnop', PASSWORD]);
  });

  for (const [hash, path, kind, words, way] of [
    [
      'reinitialiser',
      'password-resets',
      'link-invalid',
      'Demandez un nouveau courriel.',
      'Demander un nouveau courriel',
    ],
    [
      'reinitialiser',
      'password-resets',
      'link-used',
      'Si vous avez déjà changé votre mot de passe',
      'Se connecter',
    ],
    ['delier', 'link-undo', 'link-invalid', 'pour défaire ce lien.', undefined],
    ['delier', 'link-undo', 'link-used', 'Ce lien a déjà été défait.', undefined],
  ] as const) {
    it(`a dead link (#${hash}, ${kind}) says what to do next`, async () => {
      const page = await open(
        (api) => {
          arrive(`#${hash}=abcdefghijklmnop`);
          api.on(`POST /${path}/check`, () => problem(kind, 410));
        },
        { hosted: '' },
      );
      await page.at(kind === 'link-used' ? 'Ce lien a déjà servi' : 'Ce lien n’est plus valide');
      await page.reads(words);
      if (way === undefined) await page.reads('Joindre');
      else await page.press(way);
    });
  }
});
