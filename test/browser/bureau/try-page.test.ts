// « Essayer ma page », by keyboard: an address typed or chosen, and each red line with its cure.
import { assert } from '../support/assert.ts';
import { ok } from '../support/fake-api.ts';
import { clearOffice, nearly, sound, tried, work } from '../support/office.ts';
import { until } from '../support/widget.ts';

const TRY = 'POST /pages/try';

describe('trying a page', () => {
  afterEach(clearOffice);

  it('says line by line what is the matter, what to do, and where the redirects lead; the focus goes there', async () => {
    const page = await work('#essayer', (api) => api.on(TRY, () => ok(tried)));
    await page.reads('xn--garderie');
    page.get<HTMLFormElement>('.try form').requestSubmit();
    await page.reads('Remplissez cette case');
    assert.same(page.api.count(TRY), 0);
    await page.type('#try-address', ' www.petits-bouleaux.example/assurances/payer ');
    page.get<HTMLFormElement>('.try form').requestSubmit();
    await page.reads('3 points à corriger');
    assert.same(page.api.last(TRY).body, { address: 'www.petits-bouleaux.example/assurances/payer' });
    await until('the focus', () => page.focused?.id === 'found');
    await page.reads('attend un consentement (« text/plain »)');
    await page.reads('La balise porte un autre nom : « la-farandole »');
    await page.reads('Écrivez regroupement="petits-bouleaux", en minuscules.');
    await page.reads('Ajoutez https://pay.example.org à connect-src, dans la balise <meta');
    const hops = [...page.root.querySelectorAll('.hops li')].map((one) => one.textContent?.trim());
    assert.same(
      hops.map((hop) => hop?.endsWith('301') || hop?.endsWith('200')),
      [true, true],
    );
    page.element.lang = 'en-CA';
    await page.reads('The tag carries another name: “la-farandole”');
  });

  it('offers the nearest address that is registered, and tries it', async () => {
    const page = await work('#essayer', (api) => api.on(TRY, () => ok(nearly)));
    await page.reads('xn--garderie');
    await page.type('#try-address', nearly.address);
    await page.press('Essayer');
    await page.reads('l’une a www., l’autre non; l’une commence par http, l’autre par https');
    page.api.on(TRY, () => ok(sound));
    page.get('.checks button').click();
    await page.reads('Tout est en ordre');
    assert.same(page.api.last(TRY).body, { address: sound.address });
    assert.same(page.get<HTMLInputElement>('#try-address').value, sound.address);
  });

  it('is for those who may, and words that it does not know are the server’s', async () => {
    const reader = await work('#essayer', (api) => {
      const [own] = api.me.memberships;
      api.me = { ...api.me, memberships: own ? [{ ...own, role: 'reader' }] : [] };
    });
    await reader.reads('Cet écran n’existe pas');
    clearOffice();
    const page = await work('#essayer', (api) =>
      api.on(TRY, () =>
        ok({
          ...sound,
          checks: [
            { check: 'script', state: 'bad', params: { why: 'new' }, title: 'Du neuf.', titleEn: 'New.' },
          ],
        }),
      ),
    );
    await page.reads('xn--garderie');
    page.get('.pages button').click();
    await page.reads('Du neuf.');
  });
});
