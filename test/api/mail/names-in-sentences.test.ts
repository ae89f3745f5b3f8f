// The regroupement's name where a sentence names it: in its profile, its page and every message, by its own grammar or
// by the setting.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { enqueueMail, type Mail, type MailKind } from '../../../server/mail/outbox.ts';
import { sendDueMail } from '../../../server/mail/worker.ts';
import { PUBLIC_URL } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { type Checkout, startCheckout } from '../../support/checkout.ts';

describe('the regroupement’s name in a sentence', () => {
  let c: Checkout;
  beforeEach(async () => {
    c = await startCheckout();
  });
  afterEach(() => c.close());
  const called = (name: string, article: string | null = null) =>
    c.t.deps.db.execute('UPDATE regroupements SET name = ?, article = ?, phone = ? WHERE slug = ?', [
      name,
      article,
      '819 555-0164, poste 4',
      'petits-bouleaux',
    ]);
  const MESSAGES = [
    { kind: 'password-changed', payload: {} },
    { kind: 'email-change', payload: { token: 't'.repeat(43) } },
    { kind: 'email-changed', payload: { token: 't'.repeat(43) } },
    { kind: 'account-erased', payload: {} },
    { kind: 'account-ending', payload: { on: '2026-12-31' } },
    { kind: 'new-browser', payload: {} },
    { kind: 'linked', payload: { accountEmailMasked: 'm…@e…', undoToken: 'u'.repeat(43) } },
    { kind: 'link-code', payload: { accountEmailMasked: 'm…@e…', code: '12345678' } },
    { kind: 'link-undecided', payload: {} },
    { kind: 'link-approved', payload: {} },
  ] as const;
  async function written(lang: 'fr-CA' | 'en-CA' = 'fr-CA'): Promise<string> {
    await c.paid();
    const id = await regroupementId(c.t);
    await c.t.deps.db.batch(
      MESSAGES.map((message, i) =>
        enqueueMail(c.t.deps, {
          ...message,
          regroupementId: id,
          recipient: 'a@example.org',
          lang,
          dedupeKey: `${lang}${i}`,
        } as Mail<MailKind>),
      ),
    );
    assert.equal((await sendDueMail(c.t.deps)).failed, 0);
    return c.t.outgoing.map(({ subject, text }) => `${subject}\n${text}`).join('\n');
  }

  test('Regroupement: « avec le », « du », « au »', async () => {
    await called('Regroupement des Bouleaux');
    const words = await written();
    assert.match(words, /communiquez avec le Regroupement des Bouleaux/);
    assert.match(words, /chez le Regroupement des Bouleaux/);
    assert.match(words, /Prévenez aussi le Regroupement des Bouleaux/);
    assert.match(words, /Personne du Regroupement des Bouleaux/);
    assert.match(words, /^Le Regroupement des Bouleaux a accepté/m);
    assert.match(words, /Reçu – paiement de 296,13\u00a0\$ au Regroupement des Bouleaux/);
    assert.doesNotMatch(words, /\b(?:de|à|avec|chez|aussi) Regroupement/);
  });

  test('Alliance: « de l’ »; a setting where the name cannot tell', async () => {
    await called('Alliance des milieux');
    assert.match(await written(), /Personne de l’Alliance des milieux ne vous/);
    await called('Amis de la Côte', 'les');
    const { body } = await c.start(c.marie, {});
    assert.ok(body);
    const profile = (await (await c.t.call('GET', '')).json()) as {
      written: Record<string, Record<string, string>>;
      phoneUrl: string;
    };
    assert.deepEqual(profile.written, {
      'fr-CA': {
        organisme: 'les Amis de la Côte',
        Organisme: 'Les Amis de la Côte',
        du: 'des Amis de la Côte',
        telephone: '819 555-0164, poste 4',
      },
      'en-CA': {
        organisme: 'Amis de la Côte',
        Organisme: 'Amis de la Côte',
        du: 'of Amis de la Côte',
        telephone: '819-555-0164, ext. 4',
      },
    });
    assert.equal(profile.phoneUrl, 'tel:+18195550164');
  });

  test('English says the name as it is, and “ext. 4” in messages, on the hosted page and on a receipt', async () => {
    await called('Regroupement des Bouleaux');
    const words = await written('en-CA');
    assert.match(words, /contact Regroupement des Bouleaux\./);
    assert.match(words, /Nobody from Regroupement des Bouleaux will ask/);
    assert.match(words, /819-555-0164, ext\. 4/);
    const page = async (lang: string) =>
      await (await c.t.app.request(`${PUBLIC_URL}/p/petits-bouleaux?lang=${lang}`)).text();
    assert.match(await page('en-CA'), /<a href="tel:\+18195550164">819-555-0164, ext\. 4<\/a>/);
    assert.match(await page('fr-CA'), /<a href="tel:\+18195550164">819 555-0164, poste 4<\/a>/);
    assert.match(await page('fr-CA'), /en communiquant avec le Regroupement des Bouleaux\./);
  });
});
