// « Paramètres »: an owner sets what the command line sets, and nothing is written over unseen; the account that is paid is
// changed only once PayPal bears it out.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { decrypt } from '../../../server/crypto.ts';
import { regroupementBySlug } from '../../../server/regroupements/regroupements.ts';
import { createKey, SCOPES } from '../../../server/staff/api-keys.ts';
import { merchantIdOf, PAGE, PUBLIC_URL } from '../../support/app.ts';
import { type Checkout, startCheckout, TOTAL } from '../../support/checkout.ts';
import { type Answer, callStaff, joinOffice, type OfficePerson, PASSWORD } from '../../support/office.ts';
import { signIn } from '../../support/payer.ts';

const SLUG = 'petits-bouleaux';
const ADDRESS = `${PUBLIC_URL}/v1/paypal/webhooks/${SLUG}`;
const NEW = { clientId: 'client-new', secret: 'secret-new', merchantId: 'NEWNEWNEW2222', webhookId: 'WHNEW' };

describe('settings', () => {
  let c: Checkout;
  let owner: OfficePerson;
  before(async () => {
    c = await startCheckout();
    owner = await joinOffice(c.t, { email: 'owner@example.org', role: 'owner' });
    const { merchants } = c;
    merchants.push({
      clientId: NEW.clientId,
      clientSecret: NEW.secret,
      merchantId: NEW.merchantId,
      name: 'new',
    });
    c.standIn.deliveries.subscriptions.push({ id: NEW.webhookId, clientId: NEW.clientId, url: ADDRESS });
  });
  after(() => c.close());

  async function call(method: string, path: string, body?: unknown, version?: string, who = owner) {
    c.t.clock.advance(500);
    const raw = body instanceof Uint8Array;
    const answer = await c.t.app.request(`${PUBLIC_URL}/v1/backoffice/${SLUG}${path}`, {
      method,
      headers: {
        Authorization: `DPoP ${who.accessToken}`,
        'Content-Type': raw ? 'application/octet-stream' : 'application/json',
        ...(version === undefined ? {} : { 'If-Match': version }),
      },
      ...(body === undefined ? {} : { body: raw ? (body as BodyInit) : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      etag: answer.headers.get('ETag'),
      text,
      body: JSON.parse(text) as Answer,
    };
  }
  /** Her token is good for ten minutes, her second factor for five. */
  async function fresh() {
    const { email, code } = owner;
    const given = { email, password: PASSWORD, code: code(), shared: false };
    const again = await callStaff(c.t, 'POST', '/sessions', given);
    assert.equal(again.status, 201, JSON.stringify(again.body));
    owner = { ...owner, accessToken: again.body.accessToken };
  }
  const read = async () => (await call('GET', '/settings')).body;
  const acts = async () =>
    await c.rows<{ act: string; actor: string; before: string; after: string }>(
      "SELECT act, actor, before, after FROM audit WHERE act IN ('settings-changed', 'office-set') ORDER BY seq",
    );

  test('are read with their version, and changed from it: one act, with what was and what is; the same again is none', async () => {
    const first = await call('GET', '/settings');
    assert.equal(first.status, 200);
    assert.equal(first.etag, `"${first.body.version}"`);
    assert.ok(!first.text.includes('secret'), first.text);
    const given = {
      phone: '418 555-0199',
      theme: { accent: '#2c6e49' },
      instalments: { kind: 'free', minimumCents: 2_500 },
    };
    const none = await call('PATCH', '/settings', given);
    assert.equal(none.status, 428);
    assert.equal(none.body.type, '/problems/version-needed');
    const count = (await acts()).length;
    const done = await call('PATCH', '/settings', given, first.etag ?? '');
    assert.equal(done.status, 200, done.text);
    assert.deepEqual({ ...done.body.settings, ...given }, done.body.settings);
    assert.equal(done.body.settings.name, first.body.settings.name, 'and nothing else');
    const same = await call('PATCH', '/settings', given, done.body.version);
    assert.equal(same.body.version, done.body.version);
    const made = (await acts()).slice(count);
    assert.equal(made.length, 1);
    assert.equal(made[0]?.actor, `staff:${owner.id}`);
    assert.deepEqual(JSON.parse(made[0]?.before ?? ''), {
      ...{ phone: '418 555-0123', theme: '{}', instalments: '{"kind":"none"}' },
    });
    assert.deepEqual(Object.keys(JSON.parse(made[0]?.after ?? '')).sort(), ['instalments', 'phone', 'theme']);
  });

  test('two owners change them at once: one is told what it is now, and nothing of the other is lost', async () => {
    const { version } = await read();
    const both = await Promise.all([
      call('PATCH', '/settings', { address: '1, rue Un' }, version),
      call('PATCH', '/settings', { address: '2, rue Deux' }, version),
    ]);
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 412]);
    const [won, lost] = both.toSorted((a, b) => a.status - b.status).map(({ body }) => body);
    assert.equal(lost.type, '/problems/changed-meanwhile');
    assert.ok(lost.title && lost.titleEn);
    assert.equal(lost.current.address, won.settings.address);
    assert.ok(lost.asked.address !== won.settings.address);
    const again = await call('PATCH', '/settings', lost.asked, lost.version);
    assert.equal(again.body.settings.address, lost.asked.address);
  });

  test('what does not fit its form is refused by its name, in both languages, and nothing is written', async () => {
    const { version } = await read();
    const wrong: [object, string, string][] = [
      [{ email: 'x' }, '/email', 'invalid'],
      [{ name: '' }, '/name', 'required'],
      [{ theme: { accent: 'red' } }, '/theme/accent', 'invalid'],
      [{ pages: ['https://ok.test/', 'http://evil.test/'] }, '/pages/1', 'invalid'],
      [{ helpUrl: 'javascript:alert(1)' }, '/helpUrl', 'invalid'],
      [{ certificatePattern: '(a+)+' }, '/certificatePattern', 'invalid'],
      [{ certificatePattern: '(a|a)'.repeat(20) }, '/certificatePattern', 'invalid'],
      [{ adminFeeCents: -1 }, '/adminFeeCents', 'too-small'],
      [
        { onlineFee: { kind: 'gross-up', basisPoints: 10_000, fixedCents: 0 } },
        '/onlineFee/basisPoints',
        'too-long',
      ],
      [{ instalments: { kind: 'free', minimumCents: 2_000_000_000 } }, '/instalments', 'too-large'],
      [{ name: 'Regroupement la-farandole' }, '/name', 'taken'],
      [{ aliases: ['Bouleaux', 'La Farandole'] }, '/aliases/1', 'taken'],
      [{ paypalSecret: 'x' }, '', 'unknown-field'],
    ];
    for (const [given, pointer, code] of wrong) {
      const answer = await call('PATCH', '/settings', given, version);
      assert.equal(answer.status, 400, `${JSON.stringify(given)}: ${answer.text}`);
      assert.deepEqual(answer.body.errors[0], { pointer, code }, JSON.stringify(given));
      assert.ok(answer.body.title && answer.body.titleEn);
    }
    assert.equal((await read()).version, version);
  });

  test('only an owner reads or writes them, no key does; pages and the link policy ask her who she is again', async () => {
    const { id } = await regroupementBySlug(c.t.deps, SLUG);
    const { secret } = await createKey(c.t.deps, id, {
      ...{ name: 'x', scopes: SCOPES, lifeMs: 86_400_000, by: 'cli:test' },
    });
    const byKey = await c.t.app.request(`${PUBLIC_URL}/v1/backoffice/${SLUG}/settings`, {
      headers: { Authorization: `Bearer ${secret}` },
    });
    assert.equal(byKey.status, 403);
    const office = await joinOffice(c.t, { email: 'office@example.org', role: 'office' });
    assert.equal((await call('GET', '/settings', undefined, undefined, office)).status, 403);
    assert.equal((await call('PATCH', '/settings', { phone: '1' }, 'x', office)).status, 403);
    await fresh();
    const pages = [PAGE, 'https://bouleaux.example.org/payer'];
    const notices = async () => (await c.rows("SELECT 1 FROM outbox WHERE kind = 'staff-notice'")).length;
    const before = await notices();
    const changed = await call('PATCH', '/settings', { pages, linkPolicy: 'code' }, (await read()).version);
    assert.deepEqual(changed.body.settings.pages, pages, changed.text);
    c.t.clock.advance(301_000);
    const { version } = await read();
    for (const given of [{ pages: [] }, { linkPolicy: 'name-and-number' }]) {
      const stale = await call('PATCH', '/settings', given, version);
      assert.equal(stale.body.type, '/problems/fresh-factor-needed');
    }
    assert.equal((await call('PATCH', '/settings', { phone: '418 555-0100' }, version)).status, 200);
    assert.equal(await notices(), before + 1, 'the owners are told of the pages, once');
  });

  test('the picture: what is one is shown on the hosted page, anything else is refused', async () => {
    await fresh();
    const { version } = await read();
    const text = new TextEncoder().encode('no picture');
    assert.deepEqual((await call('POST', '/settings/logo', text, version)).body.errors, [
      { pointer: '/logo', code: 'no-picture' },
    ]);
    const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>');
    assert.equal((await call('POST', '/settings/logo', svg)).status, 428);
    const done = await call('POST', '/settings/logo', svg, version);
    assert.match(done.body.logo, /^[0-9a-f]{16}|[\w-]{16}$/);
    assert.equal((await call('POST', '/settings/logo', text, version)).status, 400);
    const page = await (await c.t.app.request(`${PUBLIC_URL}/p/${SLUG}`)).text();
    assert.ok(page.includes(done.body.logo));
  });

  test('the picture is taken away, once: the hosted page has none, and the audit says which there was', async () => {
    await fresh();
    const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>');
    const { body: had } = await call('POST', '/settings/logo', svg, (await read()).version);
    const count = (await acts()).length;
    assert.equal((await call('DELETE', '/settings/logo')).status, 428);
    assert.equal((await call('DELETE', '/settings/logo', undefined, 'another')).status, 412);
    const gone = await call('DELETE', '/settings/logo', undefined, had.version);
    assert.deepEqual([gone.status, gone.body.logo], [200, null]);
    assert.notEqual(gone.body.version, had.version);
    const again = await call('DELETE', '/settings/logo', undefined, gone.body.version);
    assert.deepEqual([again.status, again.body.version], [200, gone.body.version]);
    const told = await acts();
    assert.equal(told.length, count + 1);
    const page = await (await c.t.app.request(`${PUBLIC_URL}/p/${SLUG}`)).text();
    assert.ok(!page.includes(`/p/${SLUG}/logo`));
    assert.equal((await c.t.app.request(`${PUBLIC_URL}/p/${SLUG}/logo`)).status, 404);
  });

  test('offices and their fees: added once, changed from their version', async () => {
    const given = { code: 'BC-1', name: 'Bureau un', adminFeeCents: 1_000, adminFeeTaxable: true };
    const count = (await acts()).length;
    assert.equal((await call('POST', '/coordinating-offices', given)).status, 201);
    const again = await call('POST', '/coordinating-offices', given);
    assert.equal(again.status, 201);
    assert.equal(again.body.offices.length, 1);
    assert.equal((await acts()).length, count + 1);
    const other = await call('POST', '/coordinating-offices', { ...given, name: 'Autre' });
    assert.deepEqual(other.body.errors, [{ pointer: '/code', code: 'taken' }]);
    const [office] = again.body.offices;
    const at = `/coordinating-offices/${office.id}`;
    assert.equal((await call('PATCH', at, { name: 'X' })).status, 428);
    const changed = await call('PATCH', at, { adminFeeCents: null }, office.version);
    assert.equal(changed.body.offices[0].adminFeeCents, null);
    const late = await call('PATCH', at, { name: 'X' }, office.version);
    assert.equal(late.status, 412);
    assert.equal(late.body.current.adminFeeCents, null);
    assert.deepEqual(late.body.asked, { name: 'X' });
  });

  describe('the account that is paid', () => {
    const verify = async (given: object) => {
      await fresh();
      return await call('POST', '/settings/paypal/verify', given);
    };
    const reds = (body: Answer) =>
      body.lines.flatMap((one: Answer) => (one.fault === null ? [] : [`${one.check}: ${one.fault}`]));
    const account = async () => (await regroupementBySlug(c.t.deps, SLUG)).paypal;

    test('each line that is not right is red and says its cure; nothing is saved, whatever is red', async () => {
      const before = await account();
      const skipped = ['order', 'merchant', 'webhook', 'events', 'transactions', 'balances'];
      const wrong: [object, string[]][] = [
        [{ ...NEW, secret: 'wrong' }, ['credentials: refused', ...skipped.map((one) => `${one}: not-asked`)]],
        [{ ...NEW, merchantId: 'ANTHER2222222' }, ['merchant: another']],
        [{ ...NEW, webhookId: 'WHOTHER' }, ['webhook: unknown', 'events: not-asked']],
      ];
      for (const [given, expected] of wrong) {
        c.t.clock.advance(60_000);
        const { body, text } = await verify(given);
        assert.equal(body.passes, false);
        assert.deepEqual(reds(body), expected, text);
        for (const one of body.lines)
          assert.equal(one.cure === null, one.fault === null, 'each red line has its cure');
        const { version } = (await read()).paypal;
        const refused = await call('PUT', '/settings/paypal', given, version);
        assert.equal(refused.status, 422, refused.text);
        assert.deepEqual(reds(refused.body), expected);
        assert.ok(!`${text}${refused.text}`.includes('secret-new'));
      }
      const faults = [
        ['create', '403', 'order: refused'],
        ['list-webhooks', '403', 'webhook: refused'],
        ['transactions', '403', 'transactions: refused'],
        ['balances', '403', 'balances: refused'],
      ] as const;
      for (const [operation, kind, expected] of faults) {
        c.t.clock.advance(60_000);
        c.fault(operation, { kind });
        assert.equal(reds((await verify(NEW)).body)[0], expected);
      }
      const hook = c.standIn.deliveries.subscriptions.at(-1);
      assert.ok(hook);
      Object.assign(hook, { url: 'https://elsewhere.test/', events: ['PAYMENT.CAPTURE.COMPLETED'] });
      assert.deepEqual(reds((await verify(NEW)).body), ['webhook: another', 'events: missing']);
      Object.assign(hook, { url: ADDRESS, events: ['*'] });
      assert.deepEqual(await account(), before);
    });

    test('the right one is saved, encrypted; what is under way ends on the old one, and is counted', async () => {
      const marie = await signIn(c.t, 'marie@example.org');
      const under = (await c.start(marie)).body;
      await c.approve(under.approveUrl);
      c.t.clock.advance(60_000);
      await fresh();
      const { clientId: _, ...rest } = NEW;
      const { secret: _s, ...open } = NEW;
      const without = await call('POST', '/settings/paypal/verify', open);
      assert.deepEqual(without.body.errors, [{ pointer: '/secret', code: 'required' }]);
      assert.equal((await call('POST', '/settings/paypal/verify', rest)).status, 400);
      const seen = await call('POST', '/settings/paypal/verify', NEW);
      assert.deepEqual(reds(seen.body), [], seen.text);
      assert.deepEqual(seen.body.underWay, { payments: 1, cents: TOTAL });
      const count = (await acts()).length;
      const { version } = (await read()).paypal;
      assert.equal((await call('PUT', '/settings/paypal', NEW)).status, 428);
      assert.equal((await call('PUT', '/settings/paypal', NEW, 'another')).status, 412);
      const saved = await call('PUT', '/settings/paypal', NEW, version);
      assert.equal(saved.status, 200, saved.text);
      const now = await account();
      const { id } = await regroupementBySlug(c.t.deps, SLUG);
      assert.equal(decrypt(c.t.deps, `paypal-secret:${id}`, now?.encryptedSecret ?? ''), NEW.secret);
      const [act] = (await acts()).slice(count);
      assert.equal(JSON.parse(act?.after ?? '').paypal_secret, '•••');
      assert.deepEqual((await read()).paypal, {
        ...{ clientId: NEW.clientId, merchantId: NEW.merchantId, webhookId: NEW.webhookId },
        version: (await read()).paypal.version,
      });
      const everywhere = [...c.t.logged, JSON.stringify(await c.rows('SELECT * FROM audit'))].join('\n');
      assert.ok(!everywhere.includes(NEW.secret), 'no log and no audit has it');
      const done = await c.confirm(under.payment.id, TOTAL, marie);
      assert.equal(done.body.payment.state, 'completed', JSON.stringify(done.body));
      const [capture] = [...c.standIn.books.captures.values()];
      assert.equal(capture?.order.merchant.merchantId, merchantIdOf(SLUG), 'paid on the old account');
      assert.equal([...c.standIn.books.captures.values()].length, 1, 'and no trial order was ever captured');
    });

    test('another secret of the same account is saved without the rest being said anew', async () => {
      c.t.clock.advance(600_000);
      await fresh();
      const { secret: _, ...same } = NEW;
      const { version } = (await read()).paypal;
      const before = (await acts()).length;
      const saved = await call('PUT', '/settings/paypal', same, version);
      assert.equal(saved.status, 200, saved.text);
      assert.deepEqual(saved.body.underWay, { payments: 0, cents: 0 });
      assert.equal((await acts()).length, before, 'nothing changed: no act');
    });
  });
});
