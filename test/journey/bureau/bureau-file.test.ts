// The call: « Pourquoi mon solde est à 0 $? » She looks for the file, reads the answer aloud, cures it; the RSG pays.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TOTP } from 'otpauth';
import type { Browser } from 'puppeteer-core';
import { DEMO_PASSWORD } from '../../../demo/data/accounts.ts';
import { DEMO_STAFF, DEMO_STAFF_PASSWORD } from '../../../demo/data/staff.ts';
import type { Demo } from '../../support/demo.ts';
import { typed } from '../../support/log-search.ts';
import { meetsNoBarrier } from '../barriers.ts';
import { compareBooks } from '../compare-books.ts';
import { DESKTOP, Person } from '../person.ts';
import { withDemo } from '../with-demo.ts';

describe('the office answers', () => {
  let demo: Demo;
  let browser: Browser;
  withDemo((...given) => {
    [demo, browser] = given;
  });

  /** One of the demo's people at the office's page, signed in. */
  async function atWork(role: 'reader' | 'office' | 'owner', size = DESKTOP): Promise<Person> {
    const who = DEMO_STAFF.find((one) => one.role === role);
    assert.ok(who);
    const person = await Person.arrive(browser, size);
    await person.goes(`${demo.site}/bureau/petits-bouleaux`);
    await person.types('Courriel', who.email);
    await person.types('Mot de passe', DEMO_STAFF_PASSWORD);
    await person.types('Code de votre application', new TOTP({ secret: who.totpSecret }).generate());
    await person.presses('Enter');
    await person.finds('combobox', 'Chercher un dossier');
    return person;
  }
  /** The next call whose address ends so is answered, and the answer is lost on its way. */
  async function losesAnswer({ page }: Person, end: string): Promise<void> {
    let lost = false;
    await page.setRequestInterception(true);
    page.on('request', async (request) => {
      if (!request.url().endsWith(end) || lost) return void request.continue();
      lost = true;
      const body = request.postData() ?? '';
      const answer = await fetch(request.url(), { method: 'POST', headers: request.headers(), body });
      assert.equal(answer.status, 201, await answer.text());
      await request.abort('connectionreset');
    });
  }
  async function opens(person: Person, words: string): Promise<void> {
    const field = await person.finds('combobox', 'Chercher un dossier');
    await field.evaluate((input) => (input as HTMLInputElement).select());
    typed.add(words);
    await field.type(words);
    await person.presses('Enter');
  }

  test('« mon solde est à 0 $ »: the answer, « Montant manuel », its preview; she pays 62,10 $, and today shows it', async () => {
    const email = 'garderie.ptitsloups@example.org';
    const gaetane = await Person.arrive(browser);
    await gaetane.goes(demo.site);
    await gaetane.signsIn(email, DEMO_PASSWORD);
    await gaetane.clicks('Rien à payer (1)', 'DisclosureTriangle');
    await gaetane.clicks('Voir le détail du certificat PB-004561, du 1er avril 2026 au 31 mars 2027');
    await gaetane.sees(/Votre solde est de 0,00 \$/);

    const benoit = await atWork('office');
    await opens(benoit, 'theriault noel');
    await benoit.sees(
      /Thériault-Nöel, Gaëtane.*L’avenant du 15 octobre 2026 \(35,00 \$\) n’a pas de facture : la RSG voit 0,00 \$\./,
    );
    await benoit.clicks('Montant manuel');
    await benoit.sees(
      /Ce que la RSG verra.*35,00 \$.*Frais d’administration 10,00 \$ .*Solde à payer 45,00 \$/,
    );
    await meetsNoBarrier(benoit);
    await benoit.types('Montant', '1,234');
    await benoit.sees(/Écrivez un montant comme 50,00/);
    await benoit.types('Montant', '50,00');
    await benoit.sees(/Solde à payer 60,00 \$ Frais en ligne 2,10 \$ Total en ligne 62,10 \$/);
    await benoit.clicks('Ne pas facturer de frais d’adm. (10,00 $)', 'checkbox');
    await benoit.sees(/Solde à payer 50,00 \$ .*Total en ligne 51,/);
    await benoit.clicks('Ne pas facturer de frais d’adm. (10,00 $)', 'checkbox');
    await benoit.sees(/Total en ligne 62,10 \$/);
    await losesAnswer(benoit, '/invoice');
    await benoit.clicks('Créer la facture');
    await benoit.sees(/La réponse s’est perdue : la facture est peut-être créée/);
    benoit.complaints.length = 0;
    await benoit.clicks('Vérifier si elle est créée');
    await benoit.sees(/La facture AV-2026-0001 est créée : 60,00 \$ ?\. La RSG la verra/);
    await benoit.sees(/Solde à payer 60,00 \$/);

    assert.equal(demo.rows("SELECT id FROM invoices WHERE number LIKE 'AV-%'").length, 1);

    await gaetane.page.reload();
    await gaetane.clicks('Voir le détail du certificat PB-004561, du 1er avril 2026 au 31 mars 2027');
    await gaetane.sees(/AV-2026-0001.*Total à payer 62,10 \$/);
    await gaetane.clicks('Effectuer un paiement');
    await gaetane.sees(/Simulation de PayPal.*62,10 \$/);
    await gaetane.paysByCard();
    await gaetane.clicks('Confirmer');
    await gaetane.sees(/maintenant complété/);

    await benoit.clicks('Aujourd’hui', 'link');
    await benoit.sees(
      /Encaissé par PayPal 62,10 \$.*Derniers paiements.*Gaëtane Thériault-Nöel.*AV-2026-0001 62,10 \$/,
    );
    await meetsNoBarrier(benoit);
    await benoit.clicks('Gaëtane Thériault-Nöel', 'link');
    await benoit.sees(/La facture AV-2026-0001 \(60,00 \$\) est payée/);
    assert.deepEqual(await compareBooks(demo, email), [6_210]);

    const [payment] = demo.rows<{ number: string }>('SELECT number FROM payments');
    await benoit.clicks(`Rembourser le paiement ${payment?.number}`);
    await benoit.sees(/Au plus 62,10 \$ ?, par PayPal/);
    await benoit.types('Montant', '10,00');
    await benoit.clicks('Rembourser');
    await benoit.sees(/Remplissez cette case/);
    await benoit.types('Raison', 'facturé en trop');
    await benoit.clicks('Rembourser');
    await benoit.sees(/C’est remboursé : 10,00 \$.*Remboursé en partie/);
    assert.deepEqual([...benoit.complaints, ...gaetane.complaints], []);
  });

  test('a cheque, the same again, its return with a fee; what waits for a person is taken up and settled', async () => {
    const rosalie = await atWork('owner');
    await opens(rosalie, 'berube');
    await rosalie.sees(/Bérubé, Réal.*Solde à payer 296,13 \$/);
    await rosalie.clicks('Encaisser la facture PB-F-2026-0009');
    await rosalie.sees(/Solde à payer : 296,13 \$/);
    await meetsNoBarrier(rosalie);
    await rosalie.types('Montant', '100,00');
    await rosalie.types('Numéro du chèque ou référence', '0417');
    await rosalie.clicks('Inscrire le paiement');
    await rosalie.sees(/C’est inscrit : 100,00 \$ ?sur la facture PB-F-2026-0009.*Chèque 0417/);
    await rosalie.sees(/Solde à payer 196,13 \$/);

    await rosalie.clicks('Encaisser la facture PB-F-2026-0009');
    await rosalie.types('Montant', '100,00');
    await rosalie.types('Numéro du chèque ou référence', '417');
    await rosalie.presses('Enter');
    await rosalie.sees(/Un paiement semblable est déjà inscrit : 100,00 \$.*référence 0417/);
    await rosalie.types('Numéro du chèque ou référence', '418');
    await rosalie.types('Montant', '200,00');
    await rosalie.clicks('Inscrire le paiement');
    await rosalie.sees(/Il reste 196,13 \$ à payer sur cette facture/);
    await meetsNoBarrier(rosalie);
    await rosalie.clicks('Inscrire quand même');
    await rosalie.sees(/C’est inscrit : 200,00 \$/);
    await rosalie.sees(/Crédit 3,87 \$/);

    await rosalie.clicks('Reprendre 200,00 $ sur la facture PB-F-2026-0009');
    await rosalie.clicks('Chèque retourné (NSF)', 'radio');
    await rosalie.types('Frais à facturer', '45,00');
    await meetsNoBarrier(rosalie);
    await rosalie.clicks('Reprendre le paiement');
    await rosalie.sees(
      /C’est repris : 200,00 \$.*Les frais sont sur la facture NSF-2026-0001.*Retourné \(NSF\)/,
    );
    await rosalie.sees(/Solde à payer 241,13 \$/);
    await meetsNoBarrier(rosalie);

    await rosalie.clicks('À traiter', 'link');
    await rosalie.sees(/Anomalie.*La taxe sur les primes d’assurance/);
    await meetsNoBarrier(rosalie);
    await rosalie.clicks('Je m’en occupe');
    await rosalie.sees(/Rosalie Bélanger s’en occupe/);
    await rosalie.clicks('Régler');
    await rosalie.clicks('Régler');
    await rosalie.sees(/Remplissez cette case/);
    await rosalie.types('Ce qui a été fait', 'Décidé avec le conseil.');
    await rosalie.presses('Enter');
    await rosalie.sees(/C’est réglé\./);
    assert.doesNotMatch(await rosalie.reads(), /La taxe sur les primes/);
    assert.deepEqual(rosalie.complaints, []);
  });
});
