// The published procedure, S1 to S32, by a new person: on a phone in French, and at a desk in English.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import type { Demo } from '../support/demo.ts';
import { compareBooks } from './compare-books.ts';
import { DESKTOP, linkIn, Person } from './person.ts';
import { withDemo } from './with-demo.ts';

const PASSWORD = 'une marmotte sous la galerie';

describe('the procedure, from account to receipt', () => {
  let demo: Demo;
  let browser: Browser;
  withDemo((...given) => {
    [demo, browser] = given;
  });

  test('new RSG whose e-mail is in her file: her invoice is found by itself, and she pays it (phone, French)', async () => {
    const email = 'stremblay.garde@example.com';
    const sylvie = await Person.arrive(browser);
    await sylvie.goes(demo.site);
    await sylvie.sees(/Première visite/);
    await sylvie.signsUp('Sylvie Tremblay', email, PASSWORD);

    const mail = await demo.mailTo(email, /^Activez votre compte de paiement – Regroupement Petits-Bouleaux/);
    assert.doesNotMatch(
      mail.text,
      /Sylvie/,
      'nothing typed at sign-up is repeated before the address is proven',
    );
    const link = linkIn(mail.text);
    assert.ok(
      link.startsWith(`${demo.api}/p/petits-bouleaux#`),
      'the link opens our own page, its secret in the fragment',
    );
    await sylvie.goes(link);
    await sylvie.sees(/Activer mon compte/);
    await sylvie.types('Mot de passe', PASSWORD);
    await sylvie.clicks('Activer mon compte');

    const detail = await sylvie.sees(/Total à payer 305,28 \$/);
    assert.match(detail, /Prime – responsabilité civile 262,50 \$/);
    assert.match(detail, /Taxe sur les primes d’assurance \(9 %\) 23,63 \$/);
    assert.match(detail, /Frais d’administration 10,00 \$/);
    assert.match(detail, /Solde 296,13 \$/);
    assert.match(detail, /Frais en ligne 9,15 \$/);
    assert.match(detail, /Il n’est pas nécessaire d’avoir un compte PayPal/);
    for (const said of [
      /Visa ou Mastercard/,
      /« Payer par carte de crédit ou carte de débit Visa », vous pourrez .* sans créer de compte PayPal/,
      /Remplissez toutes les cases demandées, puis cliquez sur « Continuer »/,
      /PayPal affiche plutôt « Ouvrir un compte »/,
    ])
      assert.match(detail, said, 'what PayPal’s pages will say is told before');
    await sylvie.clicks('Effectuer un paiement');

    await sylvie.sees(/Simulation de PayPal.*305,28 \$/);
    await sylvie.paysByCard();
    const confirm = await sylvie.sees(/Dernière étape : confirmez votre paiement/);
    assert.match(confirm, /Votre paiement n’est pas encore fait/);
    assert.match(confirm, /305,28 \$/);
    assert.deepEqual(await demo.captures(), [], 'nothing is taken before « Confirmer »');
    assert.ok(!sylvie.page.url().includes('amisgest-pay='), 'the marker is gone from the address');
    await sylvie.clicks('Confirmer');

    const done = await sylvie.sees(/Votre paiement est maintenant complété\./);
    assert.match(done, /Nous avons reçu 305,28 \$/);
    assert.match(done, /Solde restant : 0,00 \$/);
    assert.deepEqual(await compareBooks(demo, email), [30_528]);
    const receipt = await demo.mailTo(email, /^Reçu – paiement de 305,28\u00a0\$/);
    assert.match(receipt.text, /PB-F-2026-0003/);
    await demo.mailTo(
      'assurances@petits-bouleaux.example.org',
      /^Paiement reçu – Sylvie Tremblay, certificat PB-004526/,
    );

    await sylvie.clicks('Mes paiements');
    await sylvie.sees(/Vos paiements.*Complété 305,28 \$/);
    const pdf = await sylvie.page.evaluate(async () => {
      const anchor = document
        .querySelector('amisgest-pay')
        ?.shadowRoot?.querySelector('a[href*="/v1/receipts/"]') as HTMLAnchorElement;
      return anchor.href;
    });
    const file = await fetch(pdf);
    assert.equal(file.headers.get('content-type'), 'application/pdf');
    assert.match(
      Buffer.from(await file.arrayBuffer())
        .subarray(0, 8)
        .toString('latin1'),
      /^%PDF-1\.7/,
    );
    await sylvie.clicks('Se déconnecter');
    await sylvie.finds('textbox', 'Courriel');
    assert.deepEqual(sylvie.complaints, []);
  });

  test('other e-mail: name, first name and # de certificat find the invoice; the link used twice says so', async () => {
    const email = 'asdaout.perso@example.com';
    const anne = await Person.arrive(browser, DESKTOP);
    await anne.goes(demo.site);
    await anne.signsUp('anne sophie daout', email, PASSWORD);
    const link = linkIn((await demo.mailTo(email, /^Activez/)).text);
    await anne.goes(link);
    await anne.types('Mot de passe', 'ce n’est pas celui-là');
    await anne.clicks('Activer mon compte');
    await anne.sees(/Ce n’est pas le mot de passe choisi/);
    await anne.types('Mot de passe', PASSWORD);
    await anne.clicks('Activer mon compte');

    await anne.sees(/Recherche de votre facture/);
    assert.notEqual(await anne.value('Nom'), '', 'what she already typed is there');
    await anne.types('Nom', 'Daout');
    await anne.types('Prénom', 'Anne Sophie');
    await anne.types('# de certificat', 'PB-4533');
    await anne.presses('Enter');
    await anne.sees(/Nous n’avons pas trouvé de facture avec ces renseignements/);
    assert.equal(await anne.value('# de certificat'), 'PB-4533', 'nothing is lost on a miss');
    await anne.types('# de certificat', 'no pb 004533');
    await anne.clicks('Trouver ma facture');
    await anne.sees(/Total à payer 305,28 \$/);
    await anne.clicks('Effectuer un paiement');
    await anne.sees(/Simulation de PayPal/);
    await anne.clicks('Se connecter à PayPal', 'link');
    await anne.types('Courriel', 'anne@example.org');
    await anne.types('Mot de passe', 'x');
    await anne.clicks('Continuer');
    await anne.clicks('Confirmer');
    await anne.sees(/Votre paiement est maintenant complété\./);
    assert.deepEqual(await compareBooks(demo, email), [30_528]);

    const again = await Person.arrive(browser);
    await again.goes(link);
    await again.sees(/Ce lien a déjà servi/);
    assert.deepEqual(anne.complaints, []);
  });

  test('in English, at the same steps, with what she typed kept when she switches', async () => {
    const email = 'siobhan@example.org';
    const siobhan = await Person.arrive(browser, DESKTOP);
    await siobhan.goes(`${demo.site}/la-farandole`);
    await siobhan.types('Courriel', 'typed before switching');
    await siobhan.clicks('English');
    await siobhan.sees(/First visit|First time/);
    assert.equal(await siobhan.value('E-mail'), 'typed before switching');
    await siobhan.goes(`${demo.site}/outaouais-gatineau`);
    await siobhan.clicks('Create an account');
    await siobhan.types('Name', 'Siobhán Ní Bhriain');
    await siobhan.types('E-mail', email);
    await siobhan.types('Password', PASSWORD);
    await siobhan.clicks('Create your account');
    const mail = await demo.mailTo(email, /^Activate your payment account/);
    await siobhan.goes(linkIn(mail.text));
    await siobhan.types('Password', PASSWORD);
    await siobhan.clicks('Activate my account');
    const detail = await siobhan.sees(/Total to pay \$332\.26/);
    assert.match(detail, /GST.*\$0\.75/);
    await siobhan.clicks('Make a payment');
    await siobhan.sees(/no real money moves/);
    await siobhan.paysByCard('5555 5555 5555 4444', 'en');
    await siobhan.clicks('Confirm');
    await siobhan.sees(/Your payment is now complete\./);
    assert.deepEqual(await compareBooks(demo, email), [33_226]);
    await demo.mailTo(email, /^Receipt – payment of \$332\.26/);
    assert.deepEqual(siobhan.complaints, []);
  });
});
