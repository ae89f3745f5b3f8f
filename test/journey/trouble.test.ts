// What can go wrong on the way, each with its screen and its sentence, and never a wrong amount or a second charge.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { DEMO_PASSWORD } from '../../demo/data/accounts.ts';
import { type Demo, until } from '../support/demo.ts';
import { compareBooks } from './compare-books.ts';
import { Person } from './person.ts';
import { withDemo } from './with-demo.ts';

const MARIE = 'marie-eve.lecuyer@example.org';

describe('trouble on the way', () => {
  let demo: Demo;
  let browser: Browser;
  let people: Person[];
  withDemo(
    (...given) => {
      [demo, browser] = given;
    },
    { each: true },
  );
  beforeEach(() => {
    people = [];
  });
  afterEach(() => {
    for (const person of people) assert.deepEqual(person.complaints, []);
  });

  async function someone(): Promise<Person> {
    const person = await Person.arrive(browser);
    people.push(person);
    return person;
  }

  async function marieAtHerInvoice(): Promise<Person> {
    const marie = await someone();
    await marie.goes(demo.site);
    await marie.signsIn(MARIE, DEMO_PASSWORD);
    await marie.sees(/Détail du montant à payer|Vos certificats/);
    if (/Vos certificats/.test(await marie.reads())) {
      await marie.clicks('Tout payer');
    }
    await marie.sees(/Total à payer 305,28 \$/);
    return marie;
  }
  async function marieBackFromPayPal(card?: string): Promise<Person> {
    const marie = await marieAtHerInvoice();
    await marie.clicks('Effectuer un paiement');
    await marie.sees(/Simulation de PayPal/);
    await marie.paysByCard(card);
    await marie.sees(/Votre paiement n’est pas encore fait/);
    assert.ok(marie.page.url().startsWith(`${demo.site}/`), 'back on the very page she left');
    return marie;
  }

  test('she gives up at PayPal: told that nothing was paid, and can start again', async () => {
    const marie = await marieAtHerInvoice();
    await marie.clicks('Effectuer un paiement');
    await marie.sees(/Simulation de PayPal/);
    await marie.clicks('Annuler et retourner chez Regroupement Petits-Bouleaux de l’Estuaire');
    await marie.sees(/Vous avez annulé le paiement\. Rien n’a été payé\./);
    assert.deepEqual(await demo.captures(), []);
    await marie.clicks('Effectuer un paiement');
    await marie.sees(/Simulation de PayPal/);
    await marie.paysByCard();
    await marie.clicks('Confirmer');
    await marie.sees(/maintenant complété/);
    assert.deepEqual(await compareBooks(demo, MARIE), [30_528]);
  });

  test('a bank takes 50,00 $ back, and gives it back: she reads each, what is owed, and whether it is disputed', async () => {
    const marie = await marieBackFromPayPal();
    await marie.clicks('Confirmer');
    await marie.sees(/maintenant complété/);
    const [capture] = await demo.captures();
    const outside = async (path: string, body: object = {}) =>
      (await (
        await fetch(`${demo.api}/demo/paypal${path}`, { method: 'POST', body: JSON.stringify(body) })
      ).json()) as { id: string };
    const payments = async (words: RegExp) => {
      await until(String(words), async () => {
        await marie.clicks('Mes factures');
        await marie.clicks('Mes paiements');
        return words.test(await marie.reads());
      });
    };
    const held = await outside(`/captures/${capture?.id}/dispute`, { hold: true });
    await payments(/Contesté chez PayPal[\s\S]*Solde restant : 0,00/);
    await outside(`/disputes/${held.id}/resolve`, { outcome: 'RESOLVED_SELLER_FAVOUR' });
    await payments(/Complété/);
    const reversal = await outside(`/captures/${capture?.id}/reverse`, { cents: 5_000 });
    await payments(/Repris en partie[\s\S]*Repris par PayPal : 50,00[\s\S]*Solde restant : 50,00/);
    await outside(`/reversals/${reversal.id}/return`);
    await payments(
      /Complété[\s\S]*Repris par PayPal : 50,00[\s\S]*Rendu par PayPal : 50,00[\s\S]*Solde restant : 0,00/,
    );
  });

  test('the words of « Mon compte » do not come: told so, and they are asked for again only when she says so', async () => {
    const marie = await marieAtHerInvoice();
    const asked = { 'fr-CA': 0, 'en-CA': 0 };
    marie.page.on('request', (request) => {
      const [, lang] = /(fr-CA|en-CA)\.account/.exec(request.url()) ?? [];
      if (lang) asked[lang as keyof typeof asked] += 1;
    });
    const network = await marie.page.createCDPSession();
    await network.send('Network.enable');
    await network.send('Network.setBlockedURLs', { urls: ['*-CA.account-*'] });
    await marie.clicks('Mon compte');
    await marie.sees(/Le service ne répond pas\. Réessayez dans quelques minutes/);
    assert.equal(asked['fr-CA'], 1);
    await network.send('Network.setBlockedURLs', { urls: ['*en-CA.account-*'] });
    await marie.clicks('Réessayer');
    await marie.sees(/Où vous êtes connectée/);
    assert.equal(asked['fr-CA'], 2);
    // Those of the other language do not come either: the page stays as she can read it.
    await marie.clicks('English');
    await marie.sees(/Français[\s\S]*Où vous êtes connectée/);
    await marie.clicks('Français');
    await marie.clicks('Mes paiements');
    await marie.sees(/Vos paiements/);
    assert.equal(asked['en-CA'], 1);
  });

  test('her card is refused: told so, and another card pays, once', async () => {
    const marie = await marieBackFromPayPal('4000 0000 0000 0002');
    await marie.clicks('Confirmer');
    await marie.sees(/PayPal a refusé ce mode de paiement\. Rien n’a été payé\./);
    await marie.clicks('Essayer un autre mode de paiement');
    await marie.sees(/Simulation de PayPal/);
    await marie.paysByCard('5555 5555 5555 4444');
    await marie.clicks('Confirmer');
    await marie.sees(/maintenant complété/);
    assert.deepEqual(await compareBooks(demo, MARIE), [30_528]);
  });

  test('she presses « Confirmer » twice, in two tabs at once: one charge, both tabs say it is paid', async () => {
    const marie = await marieBackFromPayPal();
    const hers = await marie.finds('button', 'Confirmer');
    const other = await marie.newTab();
    await other.goes(demo.site);
    await other.sees(/attend votre confirmation|n’est pas encore fait/);
    const twice = () =>
      hers.evaluate((button) => {
        (button as HTMLButtonElement).click();
        (button as HTMLButtonElement).click();
      });
    await Promise.all([twice(), other.clicks('Confirmer')]);
    await marie.sees(/maintenant complété/);
    await other.sees(/maintenant complété/);
    assert.deepEqual(await compareBooks(demo, MARIE), [30_528]);
  });

  test('she reloads, then comes back on another device: the payment waits for her « Confirmer » everywhere', async () => {
    const marie = await marieBackFromPayPal();
    await marie.page.reload();
    await marie.sees(/Votre paiement n’est pas encore fait/);
    const phone = await someone();
    await phone.goes(`${demo.api}/p/petits-bouleaux`);
    await phone.signsIn(MARIE, DEMO_PASSWORD);
    await phone.sees(/n’est pas encore fait|attend votre confirmation/);
    await phone.clicks('Confirmer');
    await phone.sees(/maintenant complété/);
    await marie.page.reload();
    assert.doesNotMatch(
      await marie.sees(/Vos certificats|Détail|solde|Se connecter/i),
      /n’est pas encore fait/,
    );
    assert.deepEqual(await compareBooks(demo, MARIE), [30_528]);
  });

  test('signed out while she was at PayPal: told what she comes back to, and confirms after signing in', async () => {
    const marie = await marieAtHerInvoice();
    await marie.clicks('Effectuer un paiement');
    await marie.sees(/Simulation de PayPal/);
    const cdp = await marie.page.createCDPSession();
    await cdp.send('Storage.clearDataForOrigin', { origin: demo.site, storageTypes: 'indexeddb' });
    await marie.paysByCard();
    await marie.sees(/Connectez-vous pour confirmer votre paiement/);
    await marie.signsIn(MARIE, DEMO_PASSWORD);
    await marie.sees(/Votre paiement n’est pas encore fait/);
    await marie.clicks('Confirmer');
    await marie.sees(/maintenant complété/);
    assert.deepEqual(await compareBooks(demo, MARIE), [30_528]);
  });

  test('the back button at PayPal: the widget is usable again, and nothing was paid', async () => {
    const marie = await marieAtHerInvoice();
    await marie.clicks('Effectuer un paiement');
    await marie.sees(/Simulation de PayPal/);
    await marie.page.goBack();
    await marie.finds('button', 'Effectuer un paiement');
    assert.deepEqual(await demo.captures(), []);
  });

  test('PayPal’s answer to the capture is lost: told not to pay again, then told it is paid; one charge', async () => {
    const marie = await marieBackFromPayPal();
    await demo.fault('capture', { kind: 'reset' }, 5);
    await demo.fault('get', { kind: '503' }, 5);
    await marie.clicks('Confirmer');
    await marie.sees(/Ne payez pas une deuxième fois/);
    await until('the payment to be settled', async () => /maintenant complété/.test(await marie.reads()));
    assert.deepEqual(await compareBooks(demo, MARIE), [30_528]);
  });

  test('the approval expires before she confirms: told that nothing was paid', async () => {
    const marie = await marieBackFromPayPal();
    const [order] = demo.rows<{ id: string }>('SELECT order_id AS id FROM payments');
    await fetch(`${demo.api}/demo/paypal/orders/${order?.id}/expire`, { method: 'POST' });
    await marie.clicks('Confirmer');
    await marie.sees(/L’autorisation de PayPal a expiré\. Rien n’a été payé\./);
    assert.deepEqual(await compareBooks(demo, MARIE), []);
  });

  test('PayPal does not answer when she starts: told so, nothing paid, and trying again works', async () => {
    const marie = await marieAtHerInvoice();
    await demo.fault('create', { kind: '503' }, 3);
    await marie.clicks('Effectuer un paiement');
    await marie.sees(/PayPal ne répond pas\. Rien n’a été payé/);
    await demo.fault('create', { kind: 'slow', ms: 50 });
    await marie.clicks('Effectuer un paiement');
    await marie.sees(/Simulation de PayPal/);
    assert.equal(demo.rows('SELECT id FROM payments').length, 1, 'the same attempt goes on');
  });

  test('zero balance: she reads why, and whom to contact; under one e-mail, two people’s certificates to choose from', async () => {
    const gaetane = await someone();
    await gaetane.goes(demo.site);
    await gaetane.signsIn('garderie.ptitsloups@example.org', DEMO_PASSWORD);
    await gaetane.sees(/Vos certificats/);
    await gaetane.clicks('Rien à payer (1)', 'DisclosureTriangle');
    await gaetane.clicks('Voir le détail du certificat PB-004561, du 1er avril 2026 au 31 mars 2027');
    const zero = await gaetane.sees(/Votre solde est de 0,00 \$/);
    assert.match(zero, /Vous attendez la facture d’un avenant/);
    assert.match(zero, /418 555-0123/);
  });

  test('several certificates: she pays everything at once, with one receipt', async () => {
    const email = 'eve.roy+garderie@example.com';
    const eve = await someone();
    await eve.goes(`${demo.site}/la-farandole`);
    await eve.signsIn(email, DEMO_PASSWORD);
    await eve.sees(/Vos certificats/);
    await eve.clicks('Tout payer');
    await eve.sees(/Total à payer 506,85 \$/);
    await eve.clicks('Effectuer un paiement');
    await eve.sees(/Simulation de PayPal.*506,85 \$/);
    await eve.paysByCard();
    await eve.clicks('Confirmer');
    await eve.sees(/maintenant complété/);
    assert.deepEqual(await compareBooks(demo, email), [50_685]);
    const receipt = await demo.mailTo(email, /^Reçu – paiement de 506,85/);
    assert.match(receipt.text, /AF000007/);
    assert.match(receipt.text, /AF000008/);
  });
});
