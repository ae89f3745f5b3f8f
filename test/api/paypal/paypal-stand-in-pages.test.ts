// The payer's way through the stand-in's pages, without a script, as a browser sends its forms.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  makeOrder,
  orderBody,
  payByCard,
  type RunningStandIn,
  startStandIn,
} from '../../support/paypal-stand-in.ts';

describe('PayPal stand-in’s pages', () => {
  let paypal: RunningStandIn;
  before(async () => {
    paypal = await startStandIn();
  });
  after(() => paypal.close());

  const statusOf = async (id: string) => (await paypal.call('get', `/v2/checkout/orders/${id}`)).body.status;
  const open = async (path: string) => {
    const response = await fetch(`${paypal.url}${path}`, { redirect: 'manual' });
    return { status: response.status, headers: response.headers, html: await response.text() };
  };
  const post = (path: string, fields: Record<string, string> = {}) =>
    fetch(`${paypal.url}${path}`, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) });

  test('the first page names the merchant and the amount, offers two ways and a way back, and says it is not real', async () => {
    const id = await makeOrder(paypal, 'PAGE-1');
    const { status, headers, html } = await open(`/checkoutnow?token=${id}`);
    assert.equal(status, 200);
    assert.match(html, /<html lang="fr">/);
    assert.match(html, /Les Petits Bouleaux/);
    assert.match(html, /305,28\s\$/);
    assert.match(html, /aucun argent réel ne bouge/);
    assert.match(html, /Se connecter à PayPal/);
    assert.match(html, /Payer par carte de crédit ou carte de débit Visa/);
    assert.match(html, /Annuler et retourner chez Les Petits Bouleaux/);
    assert.doesNotMatch(html, /<script/);
    assert.match(headers.get('Content-Security-Policy') ?? '', /default-src 'none'/);
    // Its links are followed as they stand.
    for (const [, href = ''] of html.matchAll(/<a [^>]*href="([^"]+)"/g)) {
      const page = await (await fetch(href.replaceAll('&amp;', '&'))).text();
      assert.match(page, /aucun argent réel ne bouge/);
      assert.match(page, /<button>Continuer<\/button>/);
    }
    assert.equal(await statusOf(id), 'PAYER_ACTION_REQUIRED');
  });

  test('logging in approves, and goes back with token and PayerID beside what the address had', async () => {
    const id = await makeOrder(paypal, 'PAGE-2');
    const back = await post(`/checkoutnow/login?token=${id}`, { email: 'a@example.org', password: 'x' });
    assert.equal(back.status, 303);
    const target = new URL(back.headers.get('Location') ?? '');
    assert.equal(target.origin + target.pathname, 'https://pay.example.org/v1/checkout/return');
    assert.equal(target.searchParams.get('n'), 'abc');
    assert.equal(target.searchParams.get('token'), id);
    assert.match(target.searchParams.get('PayerID') ?? '', /^[2-9A-HJ-NP-Z]{13}$/);
    assert.equal(await statusOf(id), 'APPROVED');
  });

  test('cancelling goes back with the token, approves nothing, and she may change her mind', async () => {
    const id = await makeOrder(paypal, 'PAGE-3');
    const back = await post(`/checkoutnow/cancel?token=${id}`);
    assert.equal(back.status, 303);
    assert.equal(
      back.headers.get('Location'),
      `https://pay.example.org/v1/checkout/cancel?n=abc&token=${id}`,
    );
    assert.equal(await statusOf(id), 'PAYER_ACTION_REQUIRED');
    assert.equal((await payByCard(paypal, id)).status, 303);
  });

  test('a mistake is shown beside its field, with what was typed kept, and approves nothing', async () => {
    const id = await makeOrder(paypal, 'PAGE-4');
    const mistakes: [Record<string, string>, RegExp, string][] = [
      [{ number: '4111 1111 1111 1112' }, /n’est pas valide/, 'number'],
      [{ number: '3782 822463 10005' }, /n’est pas acceptée ici/, 'number'],
      [{ expiry: '13/30' }, /comme 12\/30/, 'expiry'],
      [{ expiry: '02/26' }, /est expirée/, 'expiry'],
      [{ cvv: '12' }, /3 chiffres/, 'cvv'],
      [{ surname: ' ' }, /Remplissez cette case/, 'surname'],
      [{ email: 'marie' }, /adresse courriel complète/, 'email'],
    ];
    for (const [fields, sentence, field] of mistakes) {
      const answer = await payByCard(paypal, id, undefined, fields);
      const html = await answer.text();
      assert.equal(answer.status, 422);
      assert.match(
        html,
        new RegExp(`id="${field}"[^>]*aria-invalid="true"\\s+aria-describedby="${field}-error"`),
      );
      assert.match(html, new RegExp(`id="${field}-error">[^<]*${sentence.source}`));
      assert.match(html, /value="H2X 1Y4"/);
    }
    const login = await post(`/checkoutnow/login?token=${id}`, { email: 'x' });
    assert.equal(login.status, 422);
    assert.equal(await statusOf(id), 'PAYER_ACTION_REQUIRED');
    // The card's last month still counts.
    assert.equal((await payByCard(paypal, id, undefined, { expiry: '03 / 2026' })).status, 303);
  });

  test('what is typed is shown as text, never as markup', async () => {
    const id = await makeOrder(paypal, 'PAGE-5');
    const answer = await payByCard(paypal, id, 'x', { givenName: '"><script>alert(1)</script>' });
    assert.doesNotMatch(await answer.text(), /<script/);
  });

  test('is in English when the order asks for it', async () => {
    const body = orderBody('PAGE-6');
    body.payment_source.paypal.experience_context.locale = 'en-CA';
    const made = await paypal.call('create', '/v2/checkout/orders', { body, requestId: 'order:PAGE-6' });
    const { html } = await open(`/checkoutnow?token=${made.body.id}`);
    assert.match(html, /<html lang="en">/);
    assert.match(html, /\$305\.28/);
    assert.match(html, /no real money moves/);
    assert.match(html, /Log in to PayPal/);
  });

  test('an unknown, an expired and a paid order each say so, and take no payment', async () => {
    const expired = await makeOrder(paypal, 'PAGE-7');
    await post(`/orders/${expired}/expire`);
    for (const token of ['', 'NONE', expired]) {
      const { status, html } = await open(`/checkoutnow?token=${token}`);
      assert.equal(status, 404);
      assert.match(html, /Cette page de paiement n’existe plus/);
      assert.equal((await payByCard(paypal, token)).status, 404);
    }
    const paid = await makeOrder(paypal, 'PAGE-8');
    await payByCard(paypal, paid);
    await paypal.call('capture', `/v2/checkout/orders/${paid}/capture`, { requestId: 'cap:PAGE-8' });
    const { status, html } = await open(`/checkoutnow?token=${paid}`);
    assert.equal(status, 409);
    assert.match(html, /Ce paiement est déjà fait/);
    assert.match(html, /href="https:\/\/pay\.example\.org\/v1\/checkout\/return/);
    assert.equal((await payByCard(paypal, paid)).status, 409);
    assert.equal((await post(`/checkoutnow/cancel?token=${paid}`)).status, 409);
  });

  test('the developers’ page shows the books, and no script can run in it', async () => {
    const id = await makeOrder(paypal, '<script>PAGE-9</script>');
    const { status, headers, html } = await open('');
    assert.equal(status, 200);
    assert.match(html, new RegExp(id));
    assert.doesNotMatch(html, /<script/);
    assert.match(headers.get('Content-Security-Policy') ?? '', /default-src 'none'/);
  });
});
