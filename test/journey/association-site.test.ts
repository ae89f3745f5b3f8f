// Her association's own site: the way back to it after the e-mail and PayPal, and what its scripts do to every call.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { DEMO_PASSWORD } from '../../demo/data/accounts.ts';
import type { Demo } from '../support/demo.ts';
import { linkIn, Person } from './person.ts';
import { withDemo } from './with-demo.ts';

const PASSWORD = 'une marmotte sous la galerie';
const BACK = 'Retourner sur le site du Regroupement Petits-Bouleaux de l’Estuaire';

describe('her association’s site', () => {
  let demo: Demo;
  let browser: Browser;
  withDemo((...given) => {
    [demo, browser] = given;
  });

  test('from its page by the e-mail to the payment page, to PayPal and back: the way back is there, and leads there', async () => {
    const email = 'stremblay.garde@example.com';
    const sylvie = await Person.arrive(browser);
    await sylvie.goes(demo.site);
    await sylvie.signsUp('Sylvie Tremblay', email, PASSWORD);
    await sylvie.goes(linkIn((await demo.mailTo(email, /^Activez/)).text));
    await sylvie.types('Mot de passe', PASSWORD);
    await sylvie.clicks('Activer mon compte');
    await sylvie.sees(/Total à payer 305,28 \$/);
    await sylvie.clicks('Effectuer un paiement');
    await sylvie.sees(/Simulation de PayPal/);
    await sylvie.paysByCard();
    await sylvie.sees(/Votre paiement n’est pas encore fait/);
    await sylvie.finds('link', BACK);
    await sylvie.clicks('Confirmer');
    await sylvie.sees(/Votre paiement est maintenant complété/);
    await sylvie.clicks(BACK, 'link');
    await sylvie.sees(/À ne pas manquer/);
    assert.equal(sylvie.page.url(), `${demo.site}/`);
    assert.deepEqual(sylvie.complaints, []);
  });

  test('its scripts add headers of their own to every call: the browser asks the API, which takes them', async () => {
    const marie = await Person.arrive(browser);
    await marie.page.evaluateOnNewDocument(() => {
      const { fetch } = window;
      window.fetch = (input, init) => {
        const headers = new Headers(init?.headers);
        headers.set('X-Requested-With', 'XMLHttpRequest');
        headers.set('X-Csrf-Token', 'of the site');
        return fetch(input, { ...init, headers });
      };
    });
    const sent: string[] = [];
    marie.page.on('request', (request) => {
      if (request.url().startsWith(demo.api) && request.headers()['x-csrf-token'])
        sent.push(request.method());
    });
    await marie.goes(demo.site);
    await marie.signsIn('marie-eve.lecuyer@example.org', DEMO_PASSWORD);
    await marie.sees(/Total à payer 305,28 \$/);
    assert.ok(sent.includes('GET') && sent.includes('POST'), 'the calls carried them');
    assert.deepEqual(marie.complaints, []);
  });
});
