// `checkout="popup"`: PayPal in a window of its own, and the redirect wherever that cannot be; one order either way.
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { DEMO_PASSWORD } from '../../demo/data/accounts.ts';
import { type Demo, until } from '../support/demo.ts';
import { compareBooks } from './compare-books.ts';
import { Person } from './person.ts';
import { withDemo } from './with-demo.ts';

const MARIE = 'marie-eve.lecuyer@example.org';

describe('PayPal in a window of its own', () => {
  let demo: Demo;
  let browser: Browser;
  let marie: Person;
  withDemo(
    (...given) => {
      [demo, browser] = given;
    },
    { each: true },
  );
  afterEach(() => assert.deepEqual(marie.complaints, []));

  /** At her invoice, on a page of the kind; `window`: PayPal's script is there and has a card of its own. */
  async function atHerInvoice(window = true): Promise<void> {
    marie = await Person.arrive(browser);
    await marie.goes(`${demo.site}/?checkout=popup`);
    await marie.signsIn(MARIE, DEMO_PASSWORD);
    await marie.sees(/Total à payer 305,28 \$/);
    if (window) await marie.sees(/Vous payez dans une fenêtre de PayPal/);
  }
  async function inTheWindow(open: () => Promise<void>): Promise<Person> {
    const popup = new Promise<Person>((resolve) =>
      marie.page.once('popup', (page) => page && resolve(new Person(page))),
    );
    await open();
    const person = await popup;
    await person.sees(/Simulation de PayPal/);
    return person;
  }
  const orders = () =>
    demo.rows<{ order_id: string }>('SELECT order_id FROM payments WHERE order_id IS NOT NULL');

  async function confirms(): Promise<void> {
    await marie.sees(/Votre paiement n’est pas encore fait/);
    assert.deepEqual(await demo.captures(), [], 'nothing before « Confirmer »');
    await marie.clicks('Confirmer');
    await marie.sees(/maintenant complété/);
    assert.deepEqual(await compareBooks(demo, MARIE), [30_528]);
    assert.equal(orders().length, 1, 'one order');
  }

  test('she pays by card in the window, the page stays, and she confirms on it', async () => {
    await atHerInvoice();
    const window = await inTheWindow(() => marie.clicks('Effectuer un paiement'));
    await marie.sees(/Terminez dans la fenêtre de PayPal/);
    await window.paysByCard();
    await confirms();
  });

  test('« Payer par carte, sans compte PayPal » opens the card itself', async () => {
    await atHerInvoice();
    const window = await inTheWindow(() => marie.clicks('Payer par carte, sans compte PayPal'));
    await window.finds('textbox', 'Numéro de carte');
    await window.page.close();
    await marie.sees(/Vous avez annulé le paiement\. Rien n’a été payé\./);
    assert.deepEqual(await demo.captures(), []);
  });

  test('she closes the window, is told that nothing was paid, and tries again', async () => {
    await atHerInvoice();
    const first = await inTheWindow(() => marie.clicks('Effectuer un paiement'));
    await first.clicks('Annuler et retourner chez Regroupement Petits-Bouleaux de l’Estuaire');
    await marie.sees(/Vous avez annulé le paiement\. Rien n’a été payé\./);
    const second = await inTheWindow(() => marie.clicks('Effectuer un paiement'));
    await second.paysByCard();
    await marie.sees(/Votre paiement n’est pas encore fait/);
    await marie.clicks('Confirmer');
    await marie.sees(/maintenant complété/);
    assert.deepEqual(await compareBooks(demo, MARIE), [30_528]);
  });

  for (const [what, fault] of [
    ['PayPal’s script is blocked', '503'],
    ['PayPal is not to be had in a window', 'ineligible'],
  ] as const) {
    test(`${what}: the redirect serves her, with one order`, async () => {
      marie = await Person.arrive(browser);
      await demo.fault('sdk', { kind: fault });
      await atHerInvoice(false);
      await until('the script to be asked for', async () => (await faults()).sdk === undefined);
      await marie.sees(/Le site de paiement sécurisé de PayPal va s’ouvrir/);
      await marie.clicks('Effectuer un paiement');
      await marie.sees(/Simulation de PayPal/);
      await marie.paysByCard();
      await confirms();
    });
  }
  const faults = async () =>
    (await (await fetch(`${demo.api}/demo/paypal/faults`)).json()) as Record<string, unknown>;

  test('the browser opens no window: the redirect takes over with the same order', async () => {
    await demo.fault('sdk', { kind: 'popup-blocked' });
    await atHerInvoice();
    await marie.clicks('Effectuer un paiement');
    await marie.sees(/Simulation de PayPal/);
    await marie.paysByCard();
    await confirms();
  });

  test('PayPal’s window never tells how it ended: she says that she is done, and the server looks', async () => {
    await demo.fault('sdk', { kind: 'silent' });
    await atHerInvoice();
    const window = await inTheWindow(() => marie.clicks('Effectuer un paiement'));
    await window.paysByCard();
    await marie.clicks('J’ai terminé chez PayPal');
    await confirms();
  });

  test('the order cannot be made: the window closes, she is told, nothing is paid', async () => {
    await atHerInvoice();
    await demo.fault('create', { kind: '500' }, 5);
    const closed = new Promise<void>((resolve) =>
      marie.page.once('popup', (page) => page?.once('close', () => resolve())),
    );
    await marie.clicks('Effectuer un paiement');
    await closed;
    await marie.sees(/Rien n’a été payé|ne répond pas|n’est pas disponible/);
    assert.deepEqual(await demo.captures(), []);
  });
});
