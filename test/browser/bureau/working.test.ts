// Working in the office's page: by the keyboard, in the middle of a call, after a lost answer, on a shared computer.
import { assert } from '../support/assert.ts';
import { lost, ok, problem } from '../support/fake-api.ts';
import { clearOffice, EMAIL, found, type OfficePage, openOffice, SLUG, work } from '../support/office.ts';
import { until } from '../support/widget.ts';

const searchBox = (page: OfficePage) => page.get<HTMLInputElement>('#search');
const chosen = (page: OfficePage) =>
  page.root.querySelector('[aria-selected=true] .who')?.textContent?.replace(/\s+/g, ' ').trim();
const submitSearch = (page: OfficePage) => (searchBox(page).form as HTMLFormElement).requestSubmit();

describe('in the office, she', () => {
  afterEach(clearOffice);

  it('looks for somebody with the keyboard alone: « / », a piece of a name, arrows, Enter', async () => {
    const page = await work('#profil');
    await page.at('Mon profil');
    page.key('/');
    await until('the field has the focus', () => page.focused === searchBox(page));
    await page.type('#search', 'trem');
    await page.reads('3 dossiers');
    assert.same(chosen(page), 'Tremblay, Sylvie');
    page.key('ArrowUp', searchBox(page));
    await until('the last one', () => chosen(page)?.startsWith('D’Août'));
    page.key('ArrowDown', searchBox(page));
    page.key('ArrowDown', searchBox(page));
    await until('the second one', () => chosen(page)?.startsWith('L’Écuyer'));
    assert.same(searchBox(page).getAttribute('aria-activedescendant'), 'result-1');
    submitSearch(page);
    await until('her file', () => location.hash === '#dossier/holder-2');
    await page.at('L’Écuyer-Tremblay, Marie-Ève');
    await until('the heading has the focus', () => page.focused === page.get('#title'));
  });

  it('presses Enter before the answer is there: the first of what she typed last opens', async () => {
    const page = await work('#recherche', (api) => {
      api.on('POST /search', ({ body }) => ok(body.text === 'tremblay' ? found(3) : found(0)));
    });
    await page.at('Recherche');
    await page.type('#search', 'tremblay');
    submitSearch(page);
    await until('her file', () => location.hash === '#dossier/holder-1');
  });

  it('types « / » in a field, or has turned the key off: it is a letter', async () => {
    const page = await work('#profil');
    await page.at('Mon profil');
    page.key('/', searchBox(page));
    page.get<HTMLInputElement>('section:last-child input[type=checkbox]').click();
    page.key('/');
    await page.element.updateComplete;
    assert.ok(page.focused !== searchBox(page), 'the focus stays');
  });

  it('meets an answer that was lost: the number to give, and « Réessayer » brings the file', async () => {
    let broken = true;
    const page = await work('#dossier/holder-1', (api) => {
      const { reasons } = { reasons: [] };
      api.on('GET /holders/:id/balance-reasons', () =>
        broken ? problem('internal', 500, { requestId: 'abc-123' }) : ok({ reasons }),
      );
    });
    await page.reads('Numéro à donner si vous appelez : abc-123');
    broken = false;
    await page.press('Réessayer');
    await page.reads('Il y a un solde à payer, et la RSG le voit');
  });

  it('signs in over her work when the session has ended, and the call goes on by itself', async () => {
    let ended = false;
    const page = await work('#utilisateurs', (api) => {
      api.on('POST /invitations', () => {
        if (!ended) return ok({ id: 'i', expiresAt: '2026-12-07T00:00:00.000Z' }, 201);
        return problem('unauthenticated', 401);
      });
      api.on('POST /sessions/refresh', () => (ended ? problem('session-ended', 401) : ok(api.tokens())));
    });
    await page.reads('Ève Côté');
    await page.press('Inviter une personne');
    await page.type('#invite-name', 'Jo Roy');
    await page.type('#invite-email', 'jo@example.org');
    ended = true;
    await page.press('Envoyer l’invitation');
    await page.reads('Reconnectez-vous');
    assert.same(page.get<HTMLInputElement>('#invite-name').value, 'Jo Roy');
    assert.same(page.get<HTMLInputElement>('#again-email').value, EMAIL);
    ended = false;
    await page.signIn('again-');
    await page.reads('L’invitation part vers jo@example.org');
    assert.same(page.api.last('POST /invitations').body.name, 'Jo Roy');
    await until('told', () => page.focused === page.get('#told'));
  });

  it('is asked for her second factor where it must be fresh; when she declines, the screen says why', async () => {
    const page = await work('#utilisateurs', (api) =>
      api.on('GET /memberships', () => problem('fresh-factor-needed', 403)),
    );
    await page.reads('Confirmez votre identité');
    await page.press('Annuler');
    await page.reads('Confirmez votre identité pour continuer.');
    await until('no dialog', () => page.root.querySelector('dialog') === null);
  });

  it('changes the language in the middle of a screen; what she reads and the window’s title follow', async () => {
    const page = await work('#dossier/holder-1');
    await page.reads('L’avenant du 15 octobre 2026');
    await page.press('English');
    await page.reads('The endorsement of October 15, 2026 ($35.00) has no invoice: the provider sees $0.00.');
    assert.same(document.documentElement.lang, 'en-CA');
    assert.ok(document.title.endsWith('– Office'), document.title);
  });

  it('works for two regroupements: the address says for which', async () => {
    const page = await work('', (api) => {
      api.me = {
        ...api.me,
        memberships: [
          ...api.me.memberships,
          {
            slug: 'la-farandole',
            name: 'La Farandole',
            role: 'reader',
            mayRefund: false,
            refundCeilingCents: 0,
            endsOn: null,
          },
        ],
      };
    });
    assert.same(
      [...page.get<HTMLSelectElement>('#switcher').options].map(({ value }) => value),
      [SLUG, 'la-farandole'],
    );
  });

  it('only reads: what is not hers to do is not there', async () => {
    const page = await work('#recherche', (api) => {
      const [one] = api.me.memberships;
      if (one) api.me = { ...api.me, memberships: [{ ...one, role: 'reader' }] };
    });
    await page.at('Recherche');
    assert.ok(!page.text.includes('Utilisateurs'), 'no menu entry');
  });

  it('signs in on a shared computer: nothing of it stays for the next page', async () => {
    const page = await openOffice();
    await page.reads('Ce poste est partagé');
    page.get<HTMLInputElement>('input[name=shared]').checked = true;
    await page.signIn();
    await until('the office', () => page.root.querySelector('nav'));
    assert.same(page.api.last('POST /sessions').body.shared, true);
    assert.same(localStorage.getItem(`${location.origin}/v1/staff`), null);
  });

  it('loses the connection at sign-in: she is told, and nothing she typed is gone', async () => {
    const page = await openOffice('', (api) => api.on('POST /sessions', lost));
    await page.signIn();
    await page.reads('Le serveur n’a pas répondu');
    assert.same(page.get<HTMLInputElement>('#email').value, EMAIL);
    await until('led to', () => page.focused === page.get('#sign-in-notice'));
  });
});
