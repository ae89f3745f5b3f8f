// I9: what the server writes down of its work names nobody. Whole journeys, good and bad, then a search of every line.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as inside } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { DEMO_ACCOUNTS, DEMO_PASSWORD } from '../../../demo/data/accounts.ts';
import { REGROUPEMENTS } from '../../../demo/data/regroupements.ts';
import type { Tokens } from '../../../server/accounts/sessions/sessions.ts';
import type { Value } from '../../../server/db/db.ts';
import { sendDueMail } from '../../../server/mail/worker.ts';
import { reconcileDay } from '../../../server/reconciliation/reconcile.ts';
import { regroupementBySlug } from '../../../server/regroupements/regroupements.ts';
import { createKey } from '../../../server/staff/api-keys.ts';
import { PUBLIC_URL } from '../../support/app.ts';
import { type Checkout, startCheckout } from '../../support/checkout.ts';
import { startDemo, until } from '../../support/demo.ts';
import { typed } from '../../support/log-search.ts';
import { EMAIL, join, newcomer, newestLink, PASSWORD } from '../../support/sign-up.ts';

describe('the log', () => {
  let c: Checkout;
  /** What must stand in no line, by what it is. */
  const secrets: Record<string, string> = {
    'her e-mail': EMAIL,
    'her e-mail, encoded': encodeURIComponent(EMAIL),
    'her other e-mail': 'autre-courriel@example.org',
    'the holder’s e-mail': 'marie@example.org',
    'her name': newcomer.name,
    'the holder’s name': 'Marie-Ève',
    'a password': PASSWORD,
    'a certificate number': 'PB-000001',
    'a guessed number': 'PB-004242',
    'PayPal’s secret': 'secret-petits-bouleaux',
    'her address of the network': '203.0.113.9',
  };
  before(async () => {
    c = await startCheckout();
    const { t } = c;
    const from = { 'X-Forwarded-For': secrets['her address of the network'] ?? '' };
    const tokens = await join(t);
    Object.assign(secrets, {
      'an access token': tokens.accessToken,
      'its signature': tokens.accessToken.split('.')[2],
      'a refresh token': tokens.refreshToken,
    });
    const authorization = { Authorization: `DPoP ${tokens.accessToken}`, ...from };
    await t.call('POST', '/sessions', { email: EMAIL, password: 'une autre phrase de passe' }, from);
    await t.call('POST', '/sessions', { email: EMAIL, password: PASSWORD }, from);
    await t.call('POST', '/sessions', { email: `${EMAIL}\n{"level":"error"}`, password: PASSWORD }, from);
    await t.call('GET', `/me?email=${EMAIL}`, undefined, { Authorization: `DPoP ${tokens.accessToken}x` });
    const miss = { lastName: 'Tremblay', firstName: 'Marie-Ève', certificateNumber: 'PB-004242' };
    await t.call('POST', '/certificates/links', miss, authorization);
    await t.call('POST', '/certificates/links', { ...miss, certificateNumber: 'PB-000001' }, authorization);
    await t.call('POST', '/password-resets', { email: EMAIL, lang: 'fr-CA' }, from);
    await sendDueMail(t.deps);
    secrets['a reset link'] = await newestLink(t, 'reset').catch(() => 'sent and forgotten');
    // Her own account: another e-mail there and back, a password, her data, a list of invoices; at last its end.
    const other = secrets['her other e-mail'] ?? '';
    await t.call('PATCH', '/me', { name: newcomer.name }, authorization);
    await t.call('POST', '/me/email', { email: other, password: 'une autre phrase de passe' }, authorization);
    await t.call('POST', '/me/email', { email: other, password: PASSWORD }, authorization);
    const confirm = await newestLink(t, 'email-change', other);
    await t.call('POST', '/email-changes/confirm', { token: confirm, password: PASSWORD }, from);
    const undo = await newestLink(t, 'email-changed');
    const back = await t.call('POST', '/email-changes/undo', { token: undo, password: PASSWORD }, from);
    const { accessToken } = (await back.json()) as Tokens;
    const again = { Authorization: `DPoP ${accessToken}`, ...from };
    const links = await (await t.call('POST', '/me/export-links', undefined, again)).json();
    await t.app.request(links.htmlUrl);
    await t.call('POST', '/me/password', { currentPassword: PASSWORD, password: PASSWORD }, again);
    await t.call('POST', '/me/erasure', { password: PASSWORD }, again);
    await sendDueMail(t.deps);
    Object.assign(secrets, {
      'a link to a new e-mail': confirm,
      'a link back to the old one': undo,
      'a link to her data': new URL(links.htmlUrl).pathname.split('/').at(-1)?.slice(0, 60),
    });
    await t.call('POST', '/payments', { nonsense: EMAIL }, authorization);
    await t.app.request(`${PUBLIC_URL}/v1/regroupements/${EMAIL}/me`);
    await t.app.request(`${PUBLIC_URL}/p/${EMAIL}?courriel=${EMAIL}`);
    // Money: a decline, a fault, a payment, its refund, the day.
    c.fault('capture', { kind: 'decline' });
    const declined = await c.approved();
    await c.confirm(declined.id);
    const paid = await c.paid();
    const { id } = await regroupementBySlug(t.deps, 'petits-bouleaux');
    const key = await createKey(t.deps, id, {
      name: 'x',
      scopes: ['read', 'refund', 'import'],
      lifeMs: 86_400_000,
      by: 'cli:test',
    });
    secrets['a staff key'] = key.secret;
    const staff = (path: string, init: RequestInit = {}) =>
      t.app.request(`${PUBLIC_URL}/v1/backoffice/petits-bouleaux${path}`, {
        ...init,
        headers: {
          Authorization: `Bearer ${key.secret}`,
          'Content-Type': 'application/json',
          'Idempotency-Key': 'a-key-of-the-staff-01',
        },
      });
    await staff(`/payments/${paid.number}/refunds`, {
      method: 'POST',
      body: '{"amountCents":1000,"reason":"Marie-Ève"}',
    });
    await staff('/payments?state=nonsense');
    await staff(`/imports?name=${EMAIL}`, {
      method: 'POST',
      body: 'Certificat;Nom;Courriel\nPB-000001;Marie-Ève;marie@example.org\n',
    });
    await reconcileDay(t.deps, c.paypal, id, '2026-11-22').catch(() => undefined);
    await t.app.request(`${PUBLIC_URL}/v1/paypal/webhooks/petits-bouleaux`, {
      method: 'POST',
      body: `{"id":"WH-1","resource":{"email":"${EMAIL}"}}`,
    });
  });
  after(() => c.close());

  test('was written: the journey left its lines', () => {
    assert.ok(c.t.logged.length > 20, `${c.t.logged.length} lines`);
    for (const line of c.t.logged) assert.doesNotThrow(() => JSON.parse(line), 'one JSON object a line');
  });

  test('names nobody, and gives no secret away', () => {
    const lines = c.t.logged.join('\n').toLowerCase();
    for (const [what, text] of Object.entries(secrets)) {
      assert.ok(text.length > 4, what);
      const at = lines.indexOf(text.toLowerCase());
      assert.equal(at, -1, `${what} stands in: ${lines.slice(Math.max(0, at - 120), at + 80)}`);
    }
  });
});

describe('the log, when something goes wrong', () => {
  const HERS = {
    'her name': 'Marie-Ève Tremblay',
    'her e-mail': 'marie@example.org',
    'her number': 'PB-000001',
    'a password': PASSWORD,
  };
  const said = Object.values(HERS).join(' ');
  let c: Checkout;
  before(async () => {
    c = await startCheckout();
  });
  after(() => c.close());

  /** What was logged by `work`; nothing of hers is in it. */
  async function logged(work: () => Promise<unknown>): Promise<string> {
    c.t.logged.length = 0;
    await work();
    const lines = c.t.logged.join('\n');
    for (const line of c.t.logged) assert.doesNotThrow(() => JSON.parse(line), 'one JSON object a line');
    for (const [what, text] of Object.entries(HERS))
      for (const word of text.split(' ').filter(({ length }) => length > 4))
        assert.ok(!lines.includes(word), `${what} stands in: ${lines}`);
    return lines;
  }

  test('at PayPal: refusals, pages and nonsense that name her', async () => {
    const real = c.t.deps.fetch;
    const answers = [
      () =>
        Response.json(
          { name: said, message: said, debug_id: said, details: [{ issue: said }] },
          { status: 422 },
        ),
      () => Response.json({ name: 'Bad', details: [{ issue: 'X', description: said }] }, { status: 400 }),
      () => new Response(`${said} <html>`, { status: 200 }),
      () => new Response(said, { status: 500, headers: { 'PayPal-Debug-Id': 'marie@example.org' } }),
      () => Promise.reject(new TypeError('fetch failed', { cause: new Error(said) })),
    ];
    try {
      for (const answer of answers) {
        c.t.deps.fetch = async (input, init) =>
          String(input).endsWith('/oauth2/token') ? real(input, init) : answer();
        const lines = await logged(() => c.start());
        assert.match(lines, /paypal-failure/);
      }
    } finally {
      c.t.deps.fetch = real;
    }
  });

  test('in the database: whichever statement fails, and rows that cannot be read', async () => {
    const { deps } = c.t;
    const { db } = deps;
    const routes: [string, string, object?][] = [
      ['POST', '/accounts', { ...newcomer, name: 'Marie-Ève Tremblay', email: 'marie@example.org' }],
      ['POST', '/sessions', { email: 'marie@example.org', password: PASSWORD }],
      ['POST', '/password-resets', { email: 'marie@example.org', lang: 'fr-CA' }],
      ['PATCH', '/me', { name: 'Marie-Ève Tremblay' }],
      ['POST', '/me/email', { email: 'marie@example.org', password: PASSWORD }],
      [
        ...(['POST', '/certificates/links'] as const),
        { lastName: 'Tremblay', firstName: 'Marie-Ève', certificateNumber: 'PB-000001' },
      ],
      ['GET', '/certificates'],
      ['GET', '/me/export'],
    ];
    let faults = 0;
    for (const [method, path, body] of routes) {
      for (let failing = 1; failing < 40; failing += 1) {
        let asked = 0;
        const fails = (args: readonly Value[] = []) => {
          asked += 1;
          // As a server words it, with the statement; its values are bound, and asked for in vain here.
          return asked === failing
            ? db.execute('SELECT * FROM no_such_table WHERE a IN (?1)', [args[0] ?? null])
            : null;
        };
        deps.db = {
          execute: async (sql, args) => (await fails(args)) ?? (await db.execute(sql, args)),
          batch: async (statements) => (await fails(statements[0]?.args)) ?? (await db.batch(statements)),
          close: () => {},
        } as typeof db;
        await logged(async () => {
          await c.marie.call(method, path, body);
          deps.db = db;
        });
        faults += c.t.logged.filter((line) => line.includes('"unexpected"')).length;
        if (asked < failing) break;
      }
    }
    deps.db = db;
    assert.ok(faults > 50, `${faults}`);

    const paid = await c.paid();
    assert.equal(paid.state, 'completed');
    await db.execute("UPDATE outbox SET payload = ?, state = 'waiting' WHERE kind = 'receipt'", [
      `${said} {`,
    ]);
    assert.match(await logged(() => sendDueMail(deps)), /mail-compose/);
    await db.execute("UPDATE regroupements SET theme = ? WHERE slug = 'petits-bouleaux'", [said]);
    assert.match(await logged(() => c.marie.call('GET', '/me')), /unexpected/);
    await db.execute("UPDATE regroupements SET theme = '{}' WHERE slug = 'petits-bouleaux'");
  });

  test('in our own work: an error of any make, whatever it quotes, is told by its class, its code and its place', async () => {
    class MailRefused extends Error {
      code = 'EENVELOPE';
      rejected = [said];
    }
    const own = new MailRefused(`550 <${said}>\n    at ${said}`, { cause: new TypeError(said) });
    const around: Error & { code?: string } = new RangeError(said);
    around.code = said;
    around.cause = around;
    for (const error of [own, around, said, { message: said }])
      await logged(async () => c.t.deps.log.error('job', { job: 'x' }, error));
    const line = await logged(async () => c.t.deps.log.error('job', { job: 'x' }, own));
    const { error } = JSON.parse(line) as { error: string };
    assert.match(error, /^MailRefused EENVELOPE\n {4}at .*log-privacy\.test\.ts:\d+/);
    assert.match(error, /\ncaused by TypeError\n {4}at .*log-privacy\.test\.ts:\d+/);
  });

  test('in the database: what it says of a statement helps whoever mends it', async () => {
    const failed = c.t.deps.db.execute('SELECT ?1 FROM no_such_table', [said]);
    const error = await failed.catch((error: unknown) => error);
    assert.match(
      await logged(async () => c.t.deps.log.error('job', { job: 'x' }, error)),
      /DatabaseError SQLITE_\w+: .*no such table: no_such_table/,
    );
  });

  test('in what is sent: no JSON, another type, too much', async () => {
    const send = (body: BodyInit, type = 'application/json') =>
      c.t.app.request(`${PUBLIC_URL}/v1/regroupements/petits-bouleaux/sessions`, {
        method: 'POST',
        headers: {
          'Content-Type': type,
          Authorization: `DPoP ${said.normalize('NFKD').replace(/[^ -~]/g, '')}`,
        },
        body,
      });
    await logged(async () => {
      for (const body of [
        said,
        `{"email":"${said}`,
        `{"${said}":1}`,
        new TextEncoder().encode(said).slice(1),
      ])
        assert.equal((await send(body)).status, 400);
      await send(said, said.normalize('NFKD').replace(/[^ -~]/g, ''));
      assert.equal((await send(said.repeat(2_000))).status, 413);
    });
  });
});

// Every journey in a browser ends so: this is what makes them a search of the log of a real process.
describe('the demo of the journeys', () => {
  const folder = mkdtempSync(inside(tmpdir(), 'amisgest-pay-said-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('cannot end well when its server said a word too many, on either way out', async (t) => {
    const said = inside(folder, 'said');
    const mouth = inside(folder, 'mouth.mjs');
    writeFileSync(
      mouth,
      `import { existsSync, readFileSync, rmSync } from 'node:fs';
       setInterval(() => {
         if (!existsSync(process.env.SAID)) return;
         const [first, ...others] = JSON.parse(readFileSync(process.env.SAID, 'utf8'));
         console.error(first);
         for (const line of others) console.log(line);
         rmSync(process.env.SAID);
       }, 20).unref();`,
    );
    const secretKey = 'une cle de chiffrement bien assez longue';
    const demo = await startDemo({
      NODE_OPTIONS: `--import=${pathToFileURL(mouth)}`,
      SAID: said,
      SECRET_KEY: secretKey,
    });
    t.after(() => demo.stop().catch(() => {}));
    const [{ email, name }] = DEMO_ACCOUNTS;
    await fetch(`${demo.api}/v1/regroupements/petits-bouleaux/password-resets`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email, lang: 'fr-CA' }),
    });
    const { text } = await demo.mailTo(email, /mot de passe/);
    const [holder] = demo.rows<{ name: string; number: string; invoice: string }>(
      `SELECT h.last_name AS name, c.number, i.number AS invoice FROM holders h
       JOIN certificates c ON c.holder_id = h.id JOIN invoices i ON i.certificate_id = c.id WHERE h.last_name = 'Cormier'`,
    );
    assert.ok(holder);
    typed.add('ce que Marie a tapé');
    const lines = [
      name,
      email,
      holder.name,
      holder.number,
      holder.invoice,
      /#reinitialiser=([\w-]+)/.exec(text)?.[1] ?? '',
      DEMO_PASSWORD,
      REGROUPEMENTS[0].paypal.clientSecret,
      secretKey,
      'ce que Marie a tapé',
      'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIx.c2ln',
      '203.0.113.9',
    ];
    writeFileSync(said, JSON.stringify(lines));
    await until('it to be said', async () => !existsSync(said));
    await assert.rejects(demo.stop(), ({ message }: Error) => {
      for (const line of lines) assert.ok(message.includes(`stands in: ${line}`), `found: ${line}`);
      return true;
    });
  });
});
