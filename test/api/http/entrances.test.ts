// Every way in for a name, an address or a sentence: the same rule, whether she pastes it, a file brings it or staff write it.
// And what stood in the database before the rule: it reaches no header, no policy and no other site.
import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { createAccount } from '../../../server/accounts/accounts.ts';
import { rewriteKeptEmails } from '../../../server/db/kept-emails.ts';
import { importFile } from '../../../server/import/import-file.ts';
import { enqueueMail } from '../../../server/mail/outbox.ts';
import { smtpTransport } from '../../../server/mail/smtp.ts';
import { sendDueMail } from '../../../server/mail/worker.ts';
import { orderBody } from '../../../server/payments/paypal-order.ts';
import { regroupementBySlug, unusableSettings } from '../../../server/regroupements/regroupements.ts';
import { addInvoice, PUBLIC_URL, startTestApp, type TestApp } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { HEADER, row } from '../../support/invoice-list.ts';
import { EMAIL, join, newcomer, outcome, PASSWORD } from '../../support/sign-up.ts';
import { staffWith } from '../../support/staff.ts';

let t: TestApp;
beforeEach(async () => {
  t = await startTestApp();
});
afterEach(() => t.close());
const rows = async <R extends object>(sql: string) =>
  (await t.deps.db.execute<R & Record<string, string>>(sql)).rows;
const bring = (...lines: string[]) =>
  importFile(t.deps, {
    by: 'cli:test',
    regroupement: 'petits-bouleaux',
    name: 'liste.csv',
    bytes: new TextEncoder().encode(`${[HEADER, ...lines].join('\r\n')}\r\n`),
  });

/** Turns what follows around; what stands after it reads backwards. */
const TURNED = 'Marie-\u202eÈve\u202c Lécuyer\u200f';

describe('what she pastes', () => {
  test('opens, finds and changes her account as what she types does', async () => {
    const pasted = `\u202a${EMAIL.replace('@', '\u200b@\u00ad')}\u202c\u00a0`;
    const tokens = await join(t, { name: TURNED });
    assert.equal(tokens.me.name, 'Marie-Ève Lécuyer');
    const sessions = (email: string) => t.call('POST', '/sessions', { email, password: PASSWORD });
    assert.equal((await sessions(pasted)).status, 201);
    assert.equal((await sessions(EMAIL.replace('@', '＠'))).status, 201);
    assert.equal((await t.call('POST', '/password-resets', { email: pasted, lang: 'fr-CA' })).status, 202);
    const resets = await rows<{ recipient: string }>("SELECT recipient FROM outbox WHERE kind = 'reset'");
    assert.deepEqual(
      resets.map(({ recipient }) => recipient),
      [EMAIL],
    );
    const mine = (method: string, path: string, body: unknown) =>
      t.call(method, path, body, { Authorization: `DPoP ${tokens.accessToken}` });
    assert.equal((await (await mine('PATCH', '/me', { name: TURNED })).json()).name, 'Marie-Ève Lécuyer');
    assert.equal((await (await mine('PATCH', '/me', { name: 'علی‌رضا' })).json()).name, 'علی‌رضا');
    for (const name of ['Marie\u2028Ève', 'Marie\nÈve', '\u200b\u3164', 'a\u0085b'])
      assert.deepEqual(
        await outcome(mine('PATCH', '/me', { name })),
        [400, 'validation'],
        JSON.stringify(name),
      );
    const change = { email: '\ufeffnouvelle@example.org\u200e', password: PASSWORD };
    assert.equal((await mine('POST', '/me/email', change)).status, 202);
    assert.deepEqual(
      (await rows("SELECT recipient FROM outbox WHERE kind = 'email-change'")).map((mail) => mail.recipient),
      ['nouvelle@example.org'],
    );
  });

  test('two writings of one address are one account', async () => {
    await join(t);
    const twice = await t.call('POST', '/accounts', {
      ...newcomer,
      email: `\u2068${EMAIL.toUpperCase()}\u2069`,
    });
    assert.equal(twice.status, 202);
    const kinds = await rows("SELECT kind FROM outbox WHERE kind IN ('activate', 'exists') ORDER BY rowid");
    assert.deepEqual(
      kinds.map(({ kind }) => kind),
      ['activate', 'exists'],
    );
  });

  test('as a password is kept to the character', async () => {
    const regroupement = await regroupementBySlug(t.deps, 'petits-bouleaux');
    const password = 'trois castors\u200b sous la pluie ';
    await createAccount(t.deps, { regroupement, name: 'x', email: 'z@example.org', password, lang: 'fr-CA' });
    const status = async (typed: string) =>
      (await t.call('POST', '/sessions', { email: 'z@example.org', password: typed })).status;
    assert.equal(await status(password), 201);
    assert.equal(await status('trois castors sous la pluie '), 401);
    assert.equal(await status(password.trim()), 401);
  });
});

describe('an account of before, whose address is kept in another writing', () => {
  test('is hers still: she signs in by either writing, asks a reset, and finds her file', async () => {
    const regroupement = await regroupementBySlug(t.deps, 'petits-bouleaux');
    const email = 'marie@garderie-été.ca';
    const old = 'Marie@xn--garderie-t-j7ab.ca';
    const account = { regroupement, name: 'Marie Roy', email, password: PASSWORD, lang: 'fr-CA' } as const;
    await createAccount(t.deps, account);
    const name = { firstName: 'Marie', lastName: 'Roy' };
    const file = { certificate: 'PB-000001', invoice: 'F-1', totalCents: 100, email };
    await addInvoice(t.deps, 'petits-bouleaux', { ...name, ...file });
    for (const table of ['accounts', 'holders'])
      await t.deps.db.execute(`UPDATE ${table} SET email = ?1, email_key = lower(?1)`, [old]);
    await rewriteKeptEmails(t.deps.db);
    for (const written of [email, old, old.toUpperCase(), 'marie@garderie-e\u0301te\u0301.ca']) {
      const answer = await t.call('POST', '/sessions', { email: written, password: PASSWORD });
      assert.equal(answer.status, 201, written);
      const { accessToken } = (await answer.json()) as { accessToken: string };
      const found = await t.call('GET', '/certificates', undefined, { Authorization: `DPoP ${accessToken}` });
      assert.equal((await found.json()).foundBy, 'email');
    }
    assert.equal((await t.call('POST', '/password-resets', { email: old, lang: 'fr-CA' })).status, 202);
    assert.deepEqual(
      (await rows("SELECT recipient FROM outbox WHERE kind = 'reset'")).map((mail) => mail.recipient),
      ['Marie@garderie-été.ca'],
    );
  });
});

describe('what a file brings', () => {
  test('names without what turns them around, with the joiners that their script needs', async () => {
    const report = await bring(
      row({ first: '\u202eMarie-Ève\u202c', last: 'Lé\u00adcuyer\u200e' }),
      row({ invoice: 'F-2', certificate: 'PB-000002', first: 'علی‌رضا', last: '辻\u{e0100}', email: '' }),
    );
    assert.deepEqual(report.refused, []);
    const people = await rows('SELECT first_name, last_name FROM holders ORDER BY rowid');
    assert.deepEqual(
      people.map((one) => [one.first_name, one.last_name]),
      [
        ['Marie-Ève', 'Lécuyer'],
        ['علی‌رضا', '辻\u{e0100}'],
      ],
    );
  });

  test('no name with a line in it: refused with its row', async () => {
    for (const first of ['Marie\u2028Ève', 'Marie\u2029Ève', '"Marie\nÈve"', 'Marie\u0007']) {
      const report = await bring(row({ first }));
      assert.equal(report.imported, false);
      assert.match(
        report.refused[0]?.reason ?? '',
        /^« Prénom » : « Marie.* » contient un saut de ligne ou un caractère de contrôle/,
      );
    }
  });

  test('no address that sign-up would not take: left out, and told', async () => {
    for (const email of [
      'mailto:a@b.org',
      'a..b@example..org',
      'a@b',
      '<a@b.org>',
      'a@b.org.',
      'a b@c.org',
    ]) {
      const report = await bring(row({ email }));
      assert.deepEqual(report.refused, [], email);
      assert.match(
        report.warnings[0]?.message ?? '',
        /^« Courriel » : ce courriel n’est pas valide; il est laissé de côté/,
        email,
      );
    }
    const report = await bring(row({ email: '\u200eg.roy＠example.org\u00a0' }));
    assert.deepEqual([report.warnings, report.refused], [[], []]);
    assert.deepEqual(
      (await rows('SELECT email FROM holders')).map(({ email }) => email),
      ['g.roy@example.org'],
    );
  });
});

describe('what staff write', () => {
  test('a reference, a reason, a note: in one line that can be read', async () => {
    await addInvoice(t.deps, 'petits-bouleaux', {
      ...{ firstName: 'A', lastName: 'B', certificate: 'PB-000001', invoice: 'F-1', totalCents: 10_000 },
    });
    const staff = await staffWith(t, ['record', 'read']);
    const record = (reference: string) =>
      staff('POST', '/recorded-payments', {
        invoiceNumber: '\u200eF-1',
        method: 'cheque',
        amountCents: 100,
        receivedOn: '2026-11-20',
        reference,
      });
    const written = await record('\u202e0417\u202c');
    assert.equal(written.status, 201);
    assert.equal((await written.json()).recorded.reference, '0417');
    for (const reference of ['0417\n0418', '0417\u2028'.concat('x')])
      assert.deepEqual(await outcome(record(reference)), [400, 'validation'], JSON.stringify(reference));
  });
});

describe('settings that stood in the database before', () => {
  beforeEach(async () => {
    await t.deps.db.execute(
      `UPDATE regroupements SET name = ?, email = ?, privacy_email = ?, help_url = ?, theme = ?, pages = ? WHERE slug = 'petits-bouleaux'`,
      [
        'Bouleaux\r\nBcc: evil@example.org\u202e\u2028',
        'a@example.org\r\nBcc: evil@example.org',
        'mailto:a@b.org',
        'javascript:alert(1)',
        '{"accent":"red;}*{display:none}"}',
        JSON.stringify([
          'https://x;script-src-elem *',
          'https://*',
          'https://petits-bouleaux.test/payer',
          'https://a,b',
        ]),
      ],
    );
  });

  test('reach no policy and no page', async () => {
    const page = await t.app.request(`${PUBLIC_URL}/p/petits-bouleaux`);
    assert.equal(page.status, 200);
    const policy = page.headers.get('Content-Security-Policy') ?? '';
    assert.match(policy, /frame-ancestors 'self' https:\/\/petits-bouleaux\.test;/);
    assert.doesNotMatch(policy, /script-src-elem|\*/);
    assert.doesNotMatch(await page.text(), /display:none|javascript:|Bcc: evil@example\.org\r|\u202e/);
    const profile = await (await t.call('GET', '')).json();
    assert.equal(profile.helpUrl, null);
    assert.equal(profile.name, 'Bouleaux Bcc: evil@example.org');
    const other = await t.app.request(`${PUBLIC_URL}/v1/regroupements/petits-bouleaux`, {
      headers: { Origin: 'https://*' },
    });
    assert.equal(other.status, 403);
  });

  test('reach no header of an e-mail, nor PayPal, but as one line', async () => {
    let raw = '';
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      onData(stream, _session, done) {
        stream.setEncoding('utf8').on('data', (part: string) => {
          raw += part;
        });
        stream.on('end', () => done());
      },
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    t.deps.mail = smtpTransport(`smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`);
    try {
      const id = await regroupementId(t);
      const mail = {
        regroupementId: id,
        dedupeKey: 'x',
        kind: 'exists',
        lang: 'fr-CA',
        payload: {},
      } as const;
      await t.deps.db.batch([enqueueMail(t.deps, { ...mail, recipient: 'marie@garderie-été.ca' })]);
      assert.deepEqual(await sendDueMail(t.deps), { sent: 1, failed: 0 });
      const [headers = ''] = raw.split('\r\n\r\n');
      assert.doesNotMatch(headers, /^(bcc|reply-to):/im);
      assert.match(headers, /^To: marie@xn--garderie-t-j7ab\.ca$/m);
      const regroupement = await regroupementBySlug(t.deps, 'petits-bouleaux');
      const facts = {
        paymentId: 'p',
        number: 'P-1',
        lang: 'fr-CA',
        amountCents: 1,
        onlineFeeCents: 0,
        invoices: [],
      } as const;
      assert.doesNotMatch(JSON.stringify(orderBody(t.deps, regroupement, facts)), /\\[rn]|[\u2028\u202e]/);
    } finally {
      t.deps.mail.close();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    }
  });

  test('are named to staff; what is sound is not', async () => {
    assert.deepEqual(await unusableSettings(t.deps), [
      { slug: 'petits-bouleaux', settings: ['name', 'email', 'privacy_email', 'help_url', 'pages', 'theme'] },
    ]);
  });
});
