// « Mon compte », as she uses it in a browser: her name, her e-mail there and back, her password, her data, the end.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { DEMO_PASSWORD } from '../../demo/data/accounts.ts';
import type { Demo } from '../support/demo.ts';
import { DESKTOP, linkIn, Person } from './person.ts';
import { withDemo } from './with-demo.ts';

const EMAIL = 'marie-eve.lecuyer@example.org';
const OTHER = 'marie-eve@nouvelle.example.org';
const PASSWORD = 'une marmotte sous la galerie';

describe('her own account', () => {
  let demo: Demo;
  let browser: Browser;
  withDemo((...given) => {
    [demo, browser] = given;
  });

  const arrives = async (email: string, password: string, size?: typeof DESKTOP): Promise<Person> => {
    const person = await Person.arrive(browser, size);
    await person.goes(demo.site);
    await person.signsIn(email, password);
    await person.sees(/Total à payer|Vos certificats/);
    return person;
  };

  test('the hosted page works under either of the machine’s names', async () => {
    const person = await Person.arrive(browser);
    await person.goes(`${demo.site}/p/petits-bouleaux`);
    await person.signsIn(EMAIL, DEMO_PASSWORD);
    await person.sees(/Total à payer|Vos certificats/);
  });

  test('name, password, other device, data, e-mail, and the end of it', async () => {
    const desk = await arrives(EMAIL, DEMO_PASSWORD, DESKTOP);
    const phone = await arrives(EMAIL, DEMO_PASSWORD);
    await phone.clicks('Mon compte');
    await phone.sees(/Où vous êtes connectée[\s\S]*cet appareil/);

    await phone.clicks('Modifier mon nom');
    await phone.types('Nom', 'Marie-Ève Tremblay');
    await phone.presses('Enter');
    await phone.sees(/C’est enregistré\.[\s\S]*Marie-Ève Tremblay/);

    await phone.clicks('Modifier mon mot de passe');
    await phone.types('Mot de passe actuel', 'pas le bon mot');
    await phone.types('Nouveau mot de passe', 'court');
    await phone.sees(/Encore 7 caractères/);
    await phone.types('Nouveau mot de passe', PASSWORD);
    await phone.sees(/Bonne longueur/);
    await phone.clicks('Enregistrer');
    await phone.sees(/Ce n’est pas votre mot de passe actuel/);
    await phone.types('Mot de passe actuel', DEMO_PASSWORD);
    await phone.types('Nouveau mot de passe', 'Printemps2026!');
    await phone.clicks('Enregistrer');
    await phone.sees(/Ce mot de passe est facile à deviner\. Ajoutez un mot ou deux\./);
    await phone.types('Nouveau mot de passe', PASSWORD);
    await phone.clicks('Enregistrer');
    await phone.sees(/Votre mot de passe est changé/);
    await desk.page.reload();
    await desk.finds('textbox', 'Courriel');

    await phone.clicks('Voir mes renseignements');
    await phone.sees(/valides cinq minutes/);
    const href = await phone.page.evaluate(
      () =>
        [...(document.querySelector('amisgest-pay')?.shadowRoot?.querySelectorAll('a') ?? [])].find((a) =>
          a.href.endsWith('.json'),
        )?.href,
    );
    const data = (await (await fetch(href ?? '')).json()) as { account: { name: string } };
    assert.equal(data.account.name, 'Marie-Ève Tremblay');

    await phone.clicks('Modifier mon courriel');
    await phone.types('Nouveau courriel', OTHER);
    await phone.types('Mot de passe actuel', PASSWORD);
    await phone.clicks('Recevoir le lien');
    await phone.sees(/marie-eve@nouvelle\.example\.org peut être utilisée/);
    const mail = await demo.mailTo(OTHER, /^Confirmez ce courriel – /);
    await phone.goes(linkIn(mail.text));
    await phone.sees(/Votre nouveau courriel/);
    assert.ok(!phone.page.url().includes('#courriel'), 'the secret is gone from the address');
    await phone.types('Mot de passe', PASSWORD);
    await phone.presses('Enter');
    await phone.sees(/Votre nouveau courriel est en place/);

    const told = await demo.mailTo(EMAIL, /^Le courriel de votre compte a changé/);
    const old = await Person.arrive(browser);
    await old.goes(linkIn(told.text));
    await old.sees(/Reprendre votre compte/);
    await old.types('Nouveau mot de passe', 'la marmotte est revenue chez elle');
    await old.clicks('Reprendre mon compte');
    await old.sees(/Votre compte est de nouveau à vous/);
    await old.goes(linkIn(told.text));
    await old.sees(/n’est plus valide, ou il a déjà servi/);

    const last = await arrives(EMAIL, 'la marmotte est revenue chez elle');
    await last.clicks('Mon compte');
    await last.clicks('English');
    await last.sees(/Where you are signed in/);
    await last.clicks('Delete my account');
    await last.types('Current password', 'la marmotte est revenue chez elle');
    await last.clicks('Delete my account for good');
    await last.sees(/Your account is deleted/);
    await demo.mailTo(EMAIL, /^Your account is deleted/);
    await last.clicks('Français');
    await last.signsIn(EMAIL, 'la marmotte est revenue chez elle');
    await last.sees(/Courriel ou mot de passe incorrect/);
    assert.deepEqual([...desk.complaints, ...phone.complaints, ...old.complaints, ...last.complaints], []);
  });
});
