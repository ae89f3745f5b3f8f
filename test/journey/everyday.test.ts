// What happens on ordinary days: a forgotten password, a link opened on the other device, no mouse, a part of the
// amount, a cheque that came first, the back button after paying.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { DEMO_PASSWORD } from '../../demo/data/accounts.ts';
import { openDb } from '../../server/db/open.ts';
import { post } from '../../server/ledger/entries.ts';
import type { Demo } from '../support/demo.ts';
import { compareBooks } from './compare-books.ts';
import { DESKTOP, linkIn, Person } from './person.ts';
import { withDemo } from './with-demo.ts';

const PASSWORD = 'une marmotte sous la galerie';

describe('on ordinary days', () => {
  let demo: Demo;
  let browser: Browser;
  withDemo((...given) => {
    [demo, browser] = given;
  });

  test('forgotten password: a new one from the phone; the old one and the other device’s session end', async () => {
    const email = 'marie-eve.lecuyer@example.org';
    const desk = await Person.arrive(browser, DESKTOP);
    await desk.goes(demo.site);
    await desk.signsIn(email, DEMO_PASSWORD);
    await desk.sees(/Total à payer|Vos certificats/);

    const phone = await Person.arrive(browser);
    await phone.goes(demo.site);
    await phone.clicks('Mot de passe oublié?');
    await phone.sees(/Vous recevrez un lien pour choisir un nouveau mot de passe/);
    await phone.types('Courriel', email);
    await phone.presses('Enter');
    await phone.sees(/Si un compte existe pour marie-eve\.lecuyer@example\.org/);
    const mail = await demo.mailTo(email, /^Nouveau mot de passe – /);
    await phone.goes(linkIn(mail.text));
    await phone.sees(/Vos autres appareils devront se reconnecter/);
    assert.ok(!phone.page.url().includes('#reinitialiser'), 'the secret is gone from the address');
    await phone.types('Nouveau mot de passe', 'court');
    await phone.presses('Enter');
    await phone.sees(/doit compter au moins 12 caractères/);
    await phone.types('Nouveau mot de passe', PASSWORD);
    await phone.presses('Enter');
    await phone.sees(/Total à payer|Vos certificats/);
    await demo.mailTo(email, /^Votre mot de passe a été changé/);

    await desk.page.reload();
    await desk.finds('textbox', 'Courriel');
    await desk.signsIn(email, DEMO_PASSWORD);
    await desk.sees(/Courriel ou mot de passe incorrect/);
    await desk.signsIn(email, PASSWORD);
    await desk.sees(/Total à payer|Vos certificats/);
    assert.deepEqual([...desk.complaints, ...phone.complaints], []);
  });

  test('signed up at a desk, activated on the phone; the desk goes on when she says so', async () => {
    const email = 'heloise.dubois@example.com';
    const desk = await Person.arrive(browser, DESKTOP);
    await desk.goes(`${demo.site}/la-farandole`);
    await desk.signsUp('Héloïse Dubois', email, PASSWORD);
    const phone = await Person.arrive(browser);
    // The hosted page is open there already: only the fragment of its address changes.
    await phone.goes(`${demo.api}/p/la-farandole`);
    await phone.sees(/Première visite/);
    await phone.goes(linkIn((await demo.mailTo(email, /^Activez votre compte/)).text));
    await phone.types('Mot de passe', PASSWORD);
    await phone.clicks('Activer mon compte');
    await phone.sees(/Recherche de votre facture/);
    await desk.clicks('J’ai activé mon compte : Se connecter');
    assert.equal(await desk.value('Courriel'), email, 'nothing she typed is lost');
    await desk.types('Mot de passe', PASSWORD);
    await desk.presses('Enter');
    await desk.sees(/Recherche de votre facture/);
    assert.deepEqual([...desk.complaints, ...phone.complaints], []);
  });

  test('she signs up again with the address she has an account for: the screen says the same, the e-mail tells', async () => {
    const email = 'garderie.ptitsloups@example.org';
    const gaetane = await Person.arrive(browser);
    await gaetane.goes(demo.site);
    await gaetane.signsUp('Gaétane Thériault', email, PASSWORD);
    const mail = await demo.mailTo(email, /^Vous avez déjà un compte de paiement – /);
    await gaetane.goes(linkIn(mail.text));
    await gaetane.signsIn(email, DEMO_PASSWORD);
    await gaetane.sees(/Vos certificats/);
    assert.deepEqual(gaetane.complaints, []);
  });

  test('without a mouse, in English: from signing in to the receipt by Tab, Space and Enter', async () => {
    const email = 'heather.macdougall@example.org';
    const heather = await Person.arrive(browser, DESKTOP);
    await heather.goes(`${demo.site}/outaouais-gatineau`);
    await heather.tabsTo('textbox', 'E-mail');
    await heather.page.keyboard.type(email);
    await heather.tabsTo('textbox', 'Password');
    await heather.page.keyboard.type(DEMO_PASSWORD);
    await heather.presses('Enter');
    await heather.sees(/Total to pay \$332\.26/);
    await heather.tabsTo('button', 'Make a payment');
    await heather.presses('Space');
    await heather.sees(/no real money moves/);
    await heather.paysByCard('4111 1111 1111 1111', 'en');
    await heather.sees(/not done yet/);
    await heather.tabsTo('button', 'Confirm');
    await heather.presses('Enter');
    await heather.sees(/Your payment is now complete\./);
    assert.deepEqual(await compareBooks(demo, email), [33_226]);
    assert.deepEqual(heather.complaints, []);
  });

  test('where instalments are allowed: a part now, the rest later', async () => {
    const email = 'eve.roy+garderie@example.com';
    const eve = await Person.arrive(browser);
    await eve.goes(`${demo.site}/la-farandole`);
    await eve.signsIn(email, DEMO_PASSWORD);
    await eve.sees(/Vos certificats/);
    await eve.clicks('Voir le détail du certificat 0000900, du 1er juillet 2026 au 30 juin 2027');
    await eve.sees(/Total à payer 337,90 \$/);
    await eve.clicks('Payer un autre montant (minimum 25,00 $)', 'DisclosureTriangle');
    await eve.types('Montant à payer', '24,99');
    await eve.clicks('Utiliser ce montant');
    await eve.sees(/dans les limites indiquées/);
    await eve.types('Montant à payer', '100,00 $');
    await eve.clicks('Utiliser ce montant');
    await eve.sees(/Total à payer 100,00 \$/);
    await eve.clicks('Effectuer un paiement');
    await eve.sees(/Simulation de PayPal.*100,00 \$/);
    await eve.paysByCard();
    await eve.clicks('Confirmer');
    await eve.sees(/Solde restant : 237,90 \$/);

    await eve.page.reload();
    await eve.sees(/Vos certificats/);
    await eve.clicks('Voir le détail du certificat 0000900, du 1er juillet 2026 au 30 juin 2027');
    await eve.sees(/Déjà payé.*100,00 \$.*Total à payer 237,90 \$/);
    await eve.clicks('Effectuer un paiement');
    await eve.sees(/Simulation de PayPal.*237,90 \$/);
    await eve.paysByCard();
    await eve.clicks('Confirmer');
    await eve.sees(/Solde restant : 0,00 \$/);
    assert.deepEqual((await compareBooks(demo, email)).sort(), [10_000, 23_790]);
    assert.deepEqual(eve.complaints, []);
  });

  test('her cheque was entered while she was at PayPal: told that it is paid, and nothing is taken', async () => {
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
    await enterCheque(demo, 'PB-F-2026-0003', 29_613);
    await sylvie.clicks('Confirmer');
    await sylvie.sees(
      /Déjà payée.*La facture PB-F-2026-0003 a déjà été payée par chèque le .*PayPal n’a rien pris/,
    );
    assert.deepEqual(await compareBooks(demo, email), []);
    assert.deepEqual(sylvie.complaints, []);
  });

  test('back button after paying, twice: PayPal takes nothing more, and she still reads that it is paid', async () => {
    const email = 'garderie.ptitsloups@example.org';
    const gaetane = await Person.arrive(browser);
    await gaetane.goes(demo.site);
    await gaetane.signsIn(email, DEMO_PASSWORD);
    await gaetane.sees(/Vos certificats/);
    await gaetane.clicks('Voir le détail du certificat PB-004568, du 1er avril 2026 au 31 mars 2027');
    await gaetane.sees(/Total à payer 305,28 \$/);
    await gaetane.clicks('Effectuer un paiement');
    await gaetane.sees(/Simulation de PayPal/);
    await gaetane.paysByCard();
    await gaetane.clicks('Confirmer');
    await gaetane.sees(/maintenant complété/);
    const paid = await compareBooks(demo, email);
    await gaetane.page.goBack();
    await gaetane.page.goBack();
    await gaetane.page.goForward();
    await gaetane.page.goForward();
    await gaetane.goes(demo.site);
    await gaetane.sees(/Vos certificats/);
    await gaetane.clicks('Mes paiements');
    await gaetane.sees(/Complété 305,28 \$/);
    assert.deepEqual(await compareBooks(demo, email), paid);
    assert.deepEqual(gaetane.complaints, []);
  });
});

/** A cheque that staff enter beside the running server. */
async function enterCheque(demo: Demo, invoiceNumber: string, cents: number): Promise<void> {
  const [invoice] = demo.rows<{ id: string; regroupement: string }>(
    'SELECT id, regroupement_id AS regroupement FROM invoices WHERE number = ?',
    invoiceNumber,
  );
  const db = await openDb(`file:${join(demo.dataDir, 'amisgest-pay.db')}`);
  try {
    const deps = { now: Date.now, randomBytes: (n: number) => new Uint8Array(randomBytes(n)) };
    await db.batch(
      post(deps, {
        regroupementId: invoice?.regroupement ?? '',
        invoiceId: invoice?.id ?? '',
        kind: 'payment',
        cents,
        source: 'cheque:0042',
        method: 'cheque',
        occurredAt: Date.now(),
      }),
    );
  } finally {
    db.close();
  }
}
