// Working in the office's page: by the keyboard, in the middle of a call, after a lost answer, on a shared computer.
import { assert } from '../support/assert.ts';
import { held, lost, ok, problem } from '../support/fake-api.ts';
import {
  clearOffice,
  EMAIL,
  figures,
  found,
  type OfficePage,
  openOffice,
  overview,
  SLUG,
  work,
  worklist,
} from '../support/office.ts';
import { until } from '../support/widget.ts';

const searchBox = (page: OfficePage) => page.get<HTMLInputElement>('#search');
const chosen = (page: OfficePage) =>
  page.root.querySelector('[aria-selected=true] .who')?.textContent?.replace(/\s+/g, ' ').trim();
const submitSearch = (page: OfficePage) => (searchBox(page).form as HTMLFormElement).requestSubmit();

const link = (page: OfficePage, text: string) =>
  [...page.root.querySelectorAll('main a')].find(
    (one) => one.textContent?.replace(/[\s\u00a0]+/g, ' ').trim() === text,
  );

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
    assert.same(
      [...page.root.querySelectorAll('[role=option] .badges')].map((one) =>
        one.textContent?.replace(/[\s\u00a0]+/g, ' ').trim(),
      ),
      ['doit 296,13 $', '0,00 $', 'dossier fermé crédit de 25,00 $'],
    );
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

  it('types a name before the screen is there: the focus stays where she types', async () => {
    const page = await work('#aujourdhui');
    await page.at('Aujourd’hui');
    await until('the heading has the focus', () => page.focused === page.get('#title'));
    addEventListener('hashchange', () => searchBox(page).focus(), { once: true });
    location.hash = '#profil';
    await page.at('Mon profil');
    await page.reads('Ordinateur du bureau');
    assert.same(page.focused, searchBox(page));
  });

  it('meets an answer that was lost: the number to give, and « Réessayer » brings the file', async () => {
    let broken = true;
    const page = await work('#dossier/holder-1', (api) => {
      api.on('GET /holders/:id/overview', () =>
        broken ? problem('internal', 500, { requestId: 'abc-123' }) : ok({ ...overview, reasons: [] }),
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

  it('is in the middle of a form when her session will soon end: she is told over it, goes on, and types on', async () => {
    const page = await work('#utilisateurs');
    await page.press('Inviter une personne');
    await page.type('#invite-name', 'Jo Roy');
    const box = page.get<HTMLInputElement>('#invite-name');
    box.focus();
    // What asks by itself is refused once, and what the session is renewed to is short.
    page.api.endsIn = 60;
    page.api.on('GET /events', () => {
      page.api.on('GET /events', () => ok({ events: [], next: 41 }));
      return problem('unauthenticated', 401);
    });
    const asked = page.api.count('GET /events');
    document.dispatchEvent(new Event('visibilitychange'));
    await until('renewed, and asked again', () => page.api.count('GET /events') === asked + 2);
    await until('the warning', () => page.root.querySelector('#ending[open]'));
    page.api.endsIn = 1_800;
    await page.press('Rester connectée');
    await until('no warning', () => page.root.querySelector('#ending') === null);
    assert.same([page.focused, box.value], [box, 'Jo Roy']);
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

  it('arrives at what happened today, and sees in the menu how many things wait', async () => {
    const page = await work();
    await page.at('Aujourd’hui');
    await page.reads('À traiter (9)');
    await page.reads('À jour à l’instant');
    assert.same(link(page, '9')?.getAttribute('href'), '#a-traiter');
    assert.same(link(page, '1 paiement')?.getAttribute('href'), '#paiements?outcome=under-way');
    assert.same(page.api.count('GET /worklist'), 0);
    assert.same(page.api.count('GET /today'), 1);
  });

  it('comes back to the page after something happened: figures and number are new, whatever screen she is at', async () => {
    const page = await work();
    await page.reads('À traiter (9)');
    await until('the cursor is read', () => page.api.count('GET /events') === 1);
    page.api.newest += 1;
    page.api.on('GET /today', () => ok({ ...figures, waiting: 10 }));
    document.dispatchEvent(new Event('visibilitychange'));
    await page.reads('À traiter (10)');
    await page.press('Mon profil');
    await page.at('Mon profil');
    page.api.newest += 1;
    page.api.on('GET /worklist', () =>
      ok({ items: [], counts: { ...worklist.counts, exception: 1_200 }, next: undefined }),
    );
    document.dispatchEvent(new Event('visibilitychange'));
    await page.reads('À traiter (1 208)');
    // Nothing is new: the cursor alone is asked.
    const [today, list] = [page.api.count('GET /today'), page.api.count('GET /worklist')];
    document.dispatchEvent(new Event('visibilitychange'));
    await until('asked', () => page.api.count('GET /events') === 4);
    assert.same([page.api.count('GET /today'), page.api.count('GET /worklist')], [today, list]);
  });

  it('leaves the page while a screen is on its way to her: nothing more is asked by what she left', async () => {
    const page = await work('#nulle-part');
    await page.at('Cet écran n’existe pas');
    location.hash = '#profil';
    dispatchEvent(new HashChangeEvent('hashchange'));
    page.element.remove();
    document.body.append(page.element);
    await page.at('Mon profil');
    await page.reads('À traiter (9)');
    assert.same([page.api.count('GET /events'), page.api.count('GET /me/sessions')], [1, 1]);
  });

  it('leaves the page while it is asked what is new: how many things wait is not asked after that', async () => {
    const answer = () => ok({ events: [], next: 41 });
    const events = held(answer);
    const page = await work('#profil', (api) => api.on('GET /events', events.handler));
    await until('asked', () => page.api.count('GET /events') === 1);
    page.element.remove();
    page.api.on('GET /events', answer);
    events.release();
    document.body.append(page.element);
    await page.at('Mon profil');
    await page.reads('À traiter (9)');
    assert.same(page.api.count('GET /worklist'), 1);
  });

  it('leaves the page while she is being let in: what waited for that opens nothing more', async () => {
    const let_in = held(() => ok(page.api.me));
    const page = await openOffice('', (api) => api.on('GET /me', let_in.handler));
    await page.signIn();
    await until('asked', () => page.api.count('GET /me') === 1);
    page.element.remove();
    page.api.on('GET /me', () => ok(page.api.me));
    document.body.append(page.element);
    await page.at('Aujourd’hui');
    let_in.release();
    await page.press('Mon profil');
    await page.at('Mon profil');
    await page.reads('À traiter (9)');
    assert.same([page.api.count('GET /today'), page.api.count('GET /events')], [1, 1]);
  });

  it('leaves the page while it asks whether to leave a form: her answer opens nothing more', async () => {
    const page = await work('#utilisateurs');
    await page.reads('Ève Côté');
    await page.press('Inviter une personne');
    location.hash = '#profil';
    await page.reads('Quitter sans enregistrer');
    page.element.remove();
    document.body.append(page.element);
    await page.reads('Ève Côté');
    await page.press('Quitter sans enregistrer');
    await until('no question', () => page.root.querySelector('#question') === null);
    await page.press('Recherche');
    await page.at('Recherche');
    assert.same(page.api.count('GET /me/sessions'), 0);
  });

  it('works off more than a hundred things: « Afficher la suite » leads to the next ones', async () => {
    const [one] = worklist.items;
    const hundred = (from: number) =>
      Array.from({ length: 100 }, (_, i) => ({
        ...one,
        id: `exception.${from + i}`,
        holderName: `Personne ${from + i}`,
      }));
    const page = await work('#a-traiter', (api) =>
      api.on('GET /worklist', ({ path }) =>
        path.includes('after=n100')
          ? ok({ items: hundred(101), counts: { exception: 200 } })
          : ok({ items: hundred(1), counts: { exception: 200 }, next: 'n100' }),
      ),
    );
    await page.reads('Les 100 plus anciens, de 200.');
    await page.press('Afficher la suite');
    await page.reads('Personne 200');
    await until('the first of them', () => page.focused?.textContent?.includes('Personne 101'));
    assert.ok(!page.text.includes('Afficher la suite'), 'there are no more');
  });

  it('looks at one kind of what waits: the address keeps it, its count and its file are of that kind', async () => {
    const page = await work('#a-traiter', (api) => {
      api.on('GET /worklist', ({ path }) => {
        const kind = new URLSearchParams(path.split('?')[1]).get('kind');
        return ok({ ...worklist, items: worklist.items.filter((one) => kind === null || one.kind === kind) });
      });
      api.on('GET /worklist.csv', () => new Response('x'));
    });
    await page.reads('Double possible (1)');
    await page.press('Crédit (1)');
    await until('the address', () => location.hash === '#a-traiter?kind=credit');
    await until('that one alone', () => page.root.querySelectorAll('.work li').length === 1);
    assert.same(link(page, 'Crédit (1)')?.getAttribute('aria-current'), 'true');
    await page.press('Exporter (CSV)');
    await page.reads('La liste est téléchargée');
    assert.same(page.api.last('GET /worklist.csv').path, '/worklist.csv?lang=fr&kind=credit');
    await page.press('Tout (9)');
    await until('all of it', () => page.root.querySelectorAll('.work li').length === 9);
  });

  it('says which e-mails she wants; what could not be kept is told, and the box says what holds', async () => {
    const page = await work('#profil');
    const boxes = () => page.root.querySelectorAll<HTMLSelectElement>('[aria-labelledby=alerts] select');
    await until('a box each', () => boxes().length === 2);
    const [payments, exceptions] = boxes();
    assert.ok(payments && exceptions, 'a box each');
    const choose = (box: HTMLSelectElement, option: string) => {
      box.selectedIndex = [...box.options].findIndex(({ label }) => label === option);
      box.dispatchEvent(new Event('change'));
    };
    choose(payments, 'À chaque paiement');
    await page.reads('C’est enregistré');
    const kept = { slug: SLUG, payments: 'each', exceptions: 'daily' };
    assert.same(page.api.last('PUT /me/alerts').body, kept);
    page.api.on('PUT /me/alerts', () => problem('internal', 500, { requestId: 'r-1' }));
    choose(exceptions, 'Tout de suite');
    await page.reads('Numéro à donner');
    await until('as it is', () => exceptions.value === 'daily');
  });

  const boxes = (page: OfficePage) =>
    [...page.root.querySelectorAll('#changing tbody tr')].map((row) =>
      [...row.children].map((cell) => cell.textContent?.replace(/[\s\u00a0]+/g, ' ').trim()),
    );

  it('changes what a colleague may do: she reads before and after, and only then it is saved', async () => {
    const page = await work('#utilisateurs');
    await page.press('Modifier l’accès de Ève Côté');
    await page.type('#change-ceiling', '1,234');
    await page.type('#change-ends', '2020-01-01');
    await page.press('Vérifier');
    await page.reads('Écrivez un montant comme 500,00.');
    await until('the first one', () => page.focused === page.get('#change-ceiling'));
    await page.type('#change-ceiling', '200');
    await page.type('#change-ends', '');
    await page.press('Vérifier');
    await until('led to what will change', () => page.focused === page.get('#change-review'));
    assert.same(boxes(page), [
      ['Plafond sans confirmation d’identité', '500,00 $', '200,00 $'],
      ['Dernier jour de l’accès', '31 mars 2027', 'aucun'],
    ]);
    await page.press('Revenir');
    await until('her own words', () => page.get<HTMLInputElement>('#change-ceiling').value === '200,00');
    page.get('#changing input[value=owner]').click();
    await page.press('Vérifier');
    await page.reads('Les personnes responsables en seront averties par courriel.');
    assert.same(page.api.count('PATCH /memberships/:id'), 0);
    await page.press('Enregistrer');
    await page.reads('L’accès de Ève Côté est modifié');
    await until('told', () => page.focused === page.get('#told'));
    const { body, headers, path } = page.api.last('PATCH /memberships/:id');
    assert.same(body, { role: 'owner', mayRefund: false, refundCeilingCents: 20_000, endsOn: null });
    assert.same([path, headers.get('If-Match')], ['/memberships/staff-2', 'eve-1']);
  });

  it('changes what another owner has changed meanwhile: she is shown how it is now, and what she left alone stays theirs', async () => {
    const page = await work('#utilisateurs', (api) =>
      api.on('PATCH /memberships/:id', ({ headers }) => {
        const current = { role: 'office', mayRefund: true, refundCeilingCents: 20_000, endsOn: null };
        return headers.get('If-Match') === 'eve-1'
          ? problem('changed-meanwhile', 412, { current, version: 'eve-2' })
          : new Response(null, { status: 204 });
      }),
    );
    await page.press('Modifier l’accès de Ève Côté');
    await page.type('#change-ceiling', '100,00');
    await page.press('Vérifier');
    await page.press('Enregistrer');
    await page.reads('Quelqu’un a modifié cet accès entre-temps');
    await until('led there', () => page.focused === page.get('#change-meanwhile'));
    assert.same(boxes(page), [['Plafond sans confirmation d’identité', '200,00 $', '100,00 $']]);
    await page.press('Enregistrer');
    await page.reads('L’accès de Ève Côté est modifié');
    assert.same(page.api.last('PATCH /memberships/:id').body, { refundCeilingCents: 10_000 });
  });

  it('lowers her own role: refused where she is the last owner; with another one, what is not hers any more is gone', async () => {
    const page = await work('#utilisateurs', (api) =>
      api.on('PATCH /memberships/:id', () => problem('last-owner', 409)),
    );
    const lowers = async () => {
      await page.press('Modifier l’accès de Lise Roy');
      page.get('#changing input[value=office]').click();
      await page.press('Vérifier');
      await page.reads('C’est votre propre accès');
      await page.press('Enregistrer');
    };
    await lowers();
    await page.reads('dernière personne responsable');
    await page.press('Revenir');
    await page.press('Annuler');
    await until('no dialog', () => page.root.querySelector('dialog') === null);
    const { me } = page.api;
    page.api.me = { ...me, memberships: me.memberships.map((one) => ({ ...one, role: 'office' })) };
    page.api.on('PATCH /memberships/:id', () => new Response(null, { status: 204 }));
    await lowers();
    await page.at('Aujourd’hui');
    assert.ok(!page.text.includes('Utilisateurs'), 'no menu entry');
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
      [...page.root.querySelectorAll<HTMLAnchorElement>('.switcher a')].map(({ pathname }) => pathname),
      [`/bureau/${SLUG}`, '/bureau/la-farandole'],
    );
    await page.unfold('Changer de regroupement');
    const [here, there] = page.root.querySelectorAll<HTMLElement>('.switcher a');
    assert.same(here?.getAttribute('aria-current'), 'true');
    assert.ok(there && there.scrollWidth <= there.clientWidth, 'its whole name can be read');
    // Her access here ends while she works: she is told so, and where she still works.
    page.api.me = { ...page.api.me, memberships: page.api.me.memberships.slice(1) };
    page.api.on('POST /search', () => problem('forbidden', 403));
    await page.type('#search', 'trem');
    await page.at('Votre accès a pris fin');
    await page.reads('Vous n’avez plus accès à Regroupement Petits-Bouleaux de l’Estuaire.');
    await until('led there', () => page.focused === page.get('#title'));
    assert.same(page.get<HTMLAnchorElement>('.choices a').pathname, '/bureau/la-farandole');
  });

  it('takes a colleague’s access away: the keys that she may know stand there, hers first, each to revoke', async () => {
    const page = await work('#utilisateurs');
    await page.reads('Ève Côté');
    await page.press('Retirer l’accès de Ève Côté');
    await page.press('Retirer l’accès');
    await page.reads('Amisgest faite par Ève Côté');
    assert.same(
      [...page.root.querySelectorAll('[aria-labelledby=keys] tbody th')].map((one) =>
        one.textContent?.trim().replace(/\s+/g, ' '),
      ),
      ['Amisgest faite par Ève Côté', 'Logiciel de comptabilité du regroupement'],
    );
    await page.press('Révoquer la clé Amisgest');
    await page.reads('Le programme qui s’en sert est arrêté tout de suite.');
    await page.press('Révoquer');
    await page.reads('La clé Amisgest n’ouvre plus rien.');
    await until('told', () => page.focused === page.get('#revoked'));
    assert.same(page.api.last('DELETE /keys/:id').path, '/keys/key-1');
  });

  it('only reads: what is not hers to do is not there', async () => {
    const page = await work('#recherche', (api) => {
      const [one] = api.me.memberships;
      if (one) api.me = { ...api.me, memberships: [{ ...one, role: 'reader' }] };
    });
    await page.at('Recherche');
    await page.reads('Lecture seule : rien ne se change d’ici.');
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

  it('chooses a passkey among the e-mail’s suggestions: she is in, and has typed nothing', async function (this: {
    skip(): void;
  }) {
    // The engine under this test's WebKit has none.
    if (navigator.credentials === undefined) return this.skip();
    const bytes = () => new Uint8Array([1, 2, 3]).buffer;
    const chosen = {
      ...{ id: 'key-1', rawId: bytes(), type: 'public-key', authenticatorAttachment: 'platform' },
      response: { authenticatorData: bytes(), clientDataJSON: bytes(), signature: bytes(), userHandle: null },
      getClientExtensionResults: () => ({}),
    };
    // What a browser does once she has chosen; no test can reach its own list of suggestions.
    const real = navigator.credentials.get;
    const known = window.PublicKeyCredential;
    const asked: unknown[] = [];
    navigator.credentials.get = async (options?: CredentialRequestOptions) => {
      asked.push(options?.mediation);
      return chosen as unknown as Credential;
    };
    window.PublicKeyCredential = Object.assign(() => undefined, {
      isConditionalMediationAvailable: async () => true,
    }) as unknown as typeof PublicKeyCredential;
    try {
      const page = await openOffice('', (api) =>
        api.on('POST /sessions/options', () =>
          ok({ options: { challenge: 'AAAA', rpId: 'localhost', userVerification: 'required' } }),
        ),
      );
      await until('the office', () => page.root.querySelector('nav'));
      assert.same(asked, ['conditional']);
      assert.same((page.api.last('POST /sessions').body.passkey as { id: string }).id, 'key-1');
    } finally {
      navigator.credentials.get = real;
      window.PublicKeyCredential = known;
    }
  });

  it('has a browser that cannot suggest passkeys: she signs in as ever, and sees nothing of it', async () => {
    const page = await openOffice('', (api) =>
      api.on('POST /sessions/options', () => problem('too-many-requests', 429, { retryAfter: 60 })),
    );
    await page.reads('Se connecter');
    await page.signIn();
    await until('the office', () => page.root.querySelector('nav'));
  });

  it('loses the connection at sign-in: she is told, and nothing she typed is gone', async () => {
    const page = await openOffice('', (api) => api.on('POST /sessions', lost));
    await page.signIn();
    await page.reads('Le serveur n’a pas répondu');
    assert.same(page.get<HTMLInputElement>('#email').value, EMAIL);
    await until('led to', () => page.focused === page.get('#sign-in-notice'));
  });
});
