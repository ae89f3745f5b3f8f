// What stands between her and her mailbox opens every link before she does: some ask for the address, some run the page
// in a real browser. None of it may use a link up, or do what only her click should (I4).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { DEMO_PASSWORD } from '../../demo/data/accounts.ts';
import { BROWSER, withProof } from '../support/browser-key.ts';
import { type Demo, until } from '../support/demo.ts';
import { withDemo } from './with-demo.ts';

const MARIE = 'marie-eve.lecuyer@example.org';
const OTHER = 'marie-eve@nouvelle.example.org';
const NEW = 'personne.nouvelle@example.org';
/** Whatever a link could change. */
const TABLES = [
  'accounts',
  'sign_ups',
  'password_resets',
  'email_changes',
  'links',
  'link_challenges',
  'link_requests',
  'sessions',
  'payments',
  'outbox',
];
const CHECKS: Record<string, string> = {
  activer: '/activations/check',
  reinitialiser: '/password-resets/check',
  courriel: '/email-changes/check',
  'annuler-courriel': '/email-changes/undo/check',
  delier: '/link-undo/check',
};

describe('a scanner of e-mails', () => {
  let demo: Demo;
  let browser: Browser;
  let nonce = '';
  withDemo((...given) => {
    [demo, browser] = given;
  });

  async function call(path: string, body: object, accessToken?: string): Promise<Response> {
    const url = `${demo.api}/v1/regroupements/petits-bouleaux${path}`;
    const headers = await withProof(
      'POST',
      url,
      nonce,
      {
        'Content-Type': 'application/json',
        ...(accessToken === undefined ? {} : { Authorization: `DPoP ${accessToken}` }),
      },
      BROWSER,
    );
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    nonce = answer.headers.get('DPoP-Nonce') ?? nonce;
    return answer;
  }
  const signIn = async (email: string): Promise<string> => {
    await call('/sessions', {}); // brings the nonce
    const answer = await call('/sessions', { email, password: DEMO_PASSWORD });
    assert.equal(answer.status, 201, await answer.clone().text());
    return (await answer.json()).accessToken;
  };
  const linksOf = async () =>
    (await demo.mails()).flatMap(({ text, html }) => `${text} ${html}`.match(/https?:\/\/[^\s"<>]+/g) ?? []);
  const state = () => JSON.stringify(TABLES.map((table) => demo.rows(`SELECT * FROM ${table} ORDER BY 1`)));

  test('that asks for every link ever sent, or runs its page, changes nothing and uses nothing up', async () => {
    const marie = await signIn(MARIE);
    await call('/accounts', { name: 'Nouvelle', email: NEW, password: DEMO_PASSWORD, lang: 'fr-CA' });
    await call('/accounts', { name: 'Encore', email: MARIE, password: DEMO_PASSWORD, lang: 'fr-CA' });
    await call('/me/email', { email: OTHER, password: DEMO_PASSWORD }, marie);
    const confirm = await demo.mailTo(OTHER, /^Confirmez ce courriel/);
    const token = /#courriel=([\w-]+)/.exec(confirm.text)?.[1];
    const changed = await call('/email-changes/confirm', { token, password: DEMO_PASSWORD });
    const moved = (await changed.json()).accessToken;
    await call('/me/email', { email: MARIE, password: DEMO_PASSWORD }, moved);
    await call('/password-resets', { email: OTHER, lang: 'fr-CA' });
    // A certificate of somebody with an e-mail on file, opened by name and number: she is told.
    const [holder] = demo.rows<{ lastName: string; firstName: string; number: string }>(
      `SELECT h.last_name AS lastName, h.first_name AS firstName, c.number FROM holders h
       JOIN certificates c ON c.holder_id = h.id JOIN invoices i ON i.certificate_id = c.id
       JOIN regroupements r ON r.id = h.regroupement_id
       WHERE r.slug = 'petits-bouleaux' AND h.email IS NOT NULL AND h.email_key <> ? AND i.status = 'open'
         AND (SELECT SUM(amount_cents) FROM ledger_entries WHERE invoice_id = i.id) > 0 LIMIT 1`,
      MARIE,
    );
    const linked = await call(
      '/certificates/links',
      {
        lastName: holder?.lastName,
        firstName: holder?.firstName,
        certificateNumber: holder?.number,
      },
      moved,
    );
    assert.equal(linked.status, 201, await linked.text());
    // A row is marked once its message has left: nothing is under way any more, and the state below stands still.
    await until(
      'every message to have left',
      async () => demo.rows("SELECT 1 FROM outbox WHERE state = 'waiting'").length === 0,
    );
    const links = [...new Set(await linksOf())];
    const live = links.filter((link) => link.includes('#') && !link.includes(`=${token}`));
    assert.deepEqual(
      [...new Set(live.map((link) => link.split('#')[1]?.split('=')[0]))].sort(),
      Object.keys(CHECKS).sort(),
      'every kind of link was sent',
    );

    const before = state();
    for (const link of links) {
      await fetch(link, { method: 'HEAD' });
      await (await fetch(link)).text();
      const page = await browser.newPage();
      await page.goto(link, { waitUntil: 'networkidle0' });
      await page.close();
    }
    assert.equal(state(), before);
    for (const link of live) {
      const [kind = '', secret = ''] = link.split('#')[1]?.split('=') ?? [];
      const answer = await call(CHECKS[kind] ?? '', { token: secret });
      assert.equal(answer.status, 200, `${kind}: ${await answer.text()}`);
    }
  });
});
