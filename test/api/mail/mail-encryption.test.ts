// Mail beyond this machine goes over TLS or waits: by a real mail server with each kind of certificate, and with somebody
// in between who takes STARTTLS away. The server is at 0.0.0.0, which is this machine, and which nothing takes for it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { type AddressInfo, connect, createServer } from 'node:net';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { createMailbox } from '../../../demo/mailbox/mailbox.ts';
import { enqueueMail } from '../../../server/mail/outbox.ts';
import { parkedMessages } from '../../../server/mail/parked.ts';
import { smtpTransport } from '../../../server/mail/smtp.ts';
import { sendDueMail } from '../../../server/mail/worker.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { file } from '../../support/certificates/host.ts';

const LINK = 'secret-of-the-link-000';
const PASSWORD = 'hunter two';

const certificate = (cert: string, key = 'mail') => ({ cert: file(`${cert}.pem`), key: file(`${key}.key`) });

interface Relay {
  port: number;
  /** Whether each message came over TLS, and who had signed in. */
  received: { secure: boolean; user: string }[];
  close(): Promise<void>;
}

async function startRelay(options: SMTPServerOptions): Promise<Relay> {
  const received: Relay['received'] = [];
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    ...options,
    onAuth({ username, password }, _session, done) {
      done(password === PASSWORD ? null : new Error('no'), { user: username ?? '' });
    },
    async onData(stream, session, done) {
      for await (const _ of stream);
      received.push({ secure: session.secure, user: String(session.user) });
      done();
    },
  });
  // Whom nobody believes is hung up on.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', () => resolve()));
  const { port } = server.server.address() as AddressInfo;
  return { port, received, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Somebody between us and the relay: changes what is said, and keeps what we say. */
async function startBetween(relay: Relay, changed: (answer: string) => string) {
  let heard = '';
  const server = createServer((ours) => {
    const theirs = connect(relay.port, '127.0.0.1');
    ours.on('data', (said) => {
      heard += said;
      theirs.write(said);
    });
    theirs.on('data', (answer) => ours.write(changed(answer.toString('latin1')), 'latin1'));
    for (const [one, other] of [
      [ours, theirs],
      [theirs, ours],
    ] as const) {
      one.on('close', () => other.destroy());
      one.on('error', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    heard: () => heard,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

describe('a mail server that is not on this machine', () => {
  const usual = getCACertificates('default');
  let t: TestApp;
  const open: { close(): unknown }[] = [];
  before(() => setDefaultCACertificates([...usual, file('mail-root.pem')]));
  after(() => setDefaultCACertificates(usual));
  beforeEach(async () => {
    t = await startTestApp();
    await t.deps.db.batch([
      enqueueMail(t.deps, {
        regroupementId: await regroupementId(t),
        dedupeKey: 'one',
        kind: 'activate',
        recipient: 'rsg@example.org',
        lang: 'fr-CA',
        payload: { token: LINK },
      }),
    ]);
  });
  afterEach(async () => {
    t.deps.mail.close();
    for (const one of open.splice(0)) await one.close();
    await t.close();
  });

  const relay = async (options: SMTPServerOptions) => {
    const started = await startRelay(options);
    open.push(started);
    return started;
  };
  const through = (port: number, { scheme = 'smtp', host = '0.0.0.0' } = {}) => {
    t.deps.mail.close();
    t.deps.mail = smtpTransport(`${scheme}://office:${encodeURIComponent(PASSWORD)}@${host}:${port}`);
  };
  const sent = async () => (await sendDueMail(t.deps)).sent === 1;
  const row = async () =>
    (
      await t.deps.db.execute<{ state: string; why: string | null }>(
        'SELECT state, last_error AS why FROM outbox',
      )
    ).rows[0];

  test('with STARTTLS, or TLS from the first byte: the password and the message go inside', async () => {
    for (const secure of [false, true]) {
      const good = await relay({ ...certificate('mail'), secure });
      through(good.port, { scheme: secure ? 'smtps' : 'smtp' });
      assert.ok(await sent());
      assert.deepEqual(good.received, [{ secure: true, user: 'office' }]);
      await t.deps.db.execute("UPDATE outbox SET state = 'waiting', payload = ?", [
        JSON.stringify({ token: LINK }),
      ]);
    }
  });

  test('which speaks in clear only: neither password nor link are said, the message waits, and why is told', async () => {
    const clear = await relay({ disabledCommands: ['STARTTLS'] });
    const between = await startBetween(clear, (answer) => answer);
    open.push(between);
    through(between.port);
    assert.equal(await sent(), false);
    assert.deepEqual(await row(), { state: 'waiting', why: 'no-encryption' });
    assert.match(between.heard(), /^EHLO \S+\r\nSTARTTLS\r\n/);
    assert.doesNotMatch(between.heard(), /AUTH|MAIL FROM|rsg@|secret/);
    assert.ok(t.logged.some((line) => /"mail-not-sent".*"why":"no-encryption"/.test(line)));
  });

  const strips: [how: string, changed: (answer: string) => string][] = [
    [
      'leaves STARTTLS out of what the server offers, and refuses it',
      (a) => a.replace(/STARTTLS/g, 'XXXXXXXA').replace(/^220 .*ready.*$/im, '454 no'),
    ],
    ['says that the server knows no EHLO', (a) => a.replace(/^250[- ].*$/s, '502 what?\r\n')],
    ['answers STARTTLS with an error', (a) => a.replace(/^220 .*TLS.*$/im, '454 TLS not available')],
    [
      'says more in clear behind the answer to STARTTLS',
      (a) => a.replace(/^(220 .*TLS.*\r\n)$/im, '$1250 AUTH PLAIN\r\n'),
    ],
  ];
  for (const [how, changed] of strips) {
    test(`and somebody in between who ${how}: nothing is said in clear`, async () => {
      const good = await relay(certificate('mail'));
      const between = await startBetween(good, changed);
      open.push(between);
      through(between.port);
      await sendDueMail(t.deps);
      assert.doesNotMatch(between.heard(), /AUTH|MAIL FROM|rsg@|secret/);
      assert.ok(good.received.every(({ secure }) => secure));
      if (good.received.length === 0) {
        assert.equal((await row())?.state, 'waiting');
        // Gone again: what waited leaves, over TLS.
        through(good.port);
        t.clock.advance(60_000);
        assert.ok(await sent());
        assert.deepEqual(good.received, [{ secure: true, user: 'office' }]);
      }
    });
  }

  const refused: [what: string, options: SMTPServerOptions, why: RegExp][] = [
    ['whose certificate is over', certificate('mail-over'), /^certificate-refused CERT_HAS_EXPIRED$/],
    [
      'whose certificate is another’s',
      certificate('mail-other'),
      /^certificate-refused ERR_TLS_CERT_ALTNAME_INVALID$/,
    ],
    [
      'that signed its certificate itself',
      certificate('self-signed', 'leaf'),
      /^certificate-refused DEPTH_ZERO_SELF_SIGNED_CERT$/,
    ],
    ['whose authority nobody knows', certificate('leaf', 'leaf'), /^certificate-refused UNABLE_TO_/],
    [
      'that speaks TLS 1.1 at most',
      {
        ...certificate('mail'),
        minVersion: 'TLSv1',
        maxVersion: 'TLSv1.1',
        ciphers: 'DEFAULT@SECLEVEL=0',
      } as SMTPServerOptions,
      /^no-encryption$/,
    ],
  ];
  for (const [what, options, why] of refused) {
    test(`one ${what} is told nothing, and staff are told why`, async () => {
      for (const scheme of ['smtp', 'smtps']) {
        const bad = await relay({ ...options, secure: scheme === 'smtps' });
        through(bad.port, { scheme });
        await t.deps.db.execute("UPDATE outbox SET state = 'waiting', next_at = 0, attempts = 11");
        assert.equal(await sent(), false);
        assert.deepEqual(bad.received, []);
        const [parked] = await parkedMessages(t.deps, await regroupementId(t));
        assert.match(parked?.why ?? '', why);
      }
    });
  }

  test('the list of what could not leave says in words what is to be mended, and by whom', async () => {
    const listed = (why: string, lang: string) => {
      const launcher = fileURLToPath(new URL('../../../server/cli/amisgest-pay.js', import.meta.url));
      const env = { PATH: process.env.PATH ?? '', DATABASE_URL: t.deps.config.databaseUrl };
      return t.deps.db.execute("UPDATE outbox SET state = 'parked', last_error = ?", [why]).then(
        () =>
          spawnSync(process.execPath, [launcher, 'messages', 'petits-bouleaux', '--lang', lang], {
            encoding: 'utf8',
            env,
          }).stdout,
      );
    };
    assert.match(
      await listed('no-encryption', 'fr'),
      /no-encryption: aucune connexion chiffrée \(STARTTLS ou smtps\) n’a pu s’établir/,
    );
    assert.match(
      await listed('certificate-refused CERT_HAS_EXPIRED', 'en'),
      /CERT_HAS_EXPIRED: the mail server’s certificate/,
    );
    assert.match(await listed('EENVELOPE 550', 'en'), /EENVELOPE 550\n$/);
  });

  test('on this machine it may speak in clear, or with a certificate of its own making', async () => {
    for (const host of ['localhost', '127.0.0.1', '127.0.0.2']) {
      for (const options of [{ disabledCommands: ['STARTTLS'] }, certificate('self-signed', 'leaf')]) {
        const own = await relay(options);
        through(own.port, { host });
        assert.ok(await sent(), host);
        await t.deps.db.execute("UPDATE outbox SET state = 'waiting', payload = ?", [
          JSON.stringify({ token: LINK }),
        ]);
      }
    }
  });

  test('whatever else would have switched it off in the address does not', async () => {
    const clear = await relay({ disabledCommands: ['STARTTLS'] });
    for (const options of [
      'ignoreTLS=true',
      'requireTLS=false',
      'opportunisticTLS=true',
      'host=127.0.0.1',
      'tls.rejectUnauthorized=false',
    ]) {
      t.deps.mail.close();
      t.deps.mail = smtpTransport(`smtp://0.0.0.0:${clear.port}?${options}`);
      await t.deps.db.execute('UPDATE outbox SET next_at = 0');
      assert.equal(await sent(), false, options);
    }
    assert.deepEqual(clear.received, []);
  });

  test('the demo’s mailbox passes on no more than that either', async () => {
    const clear = await relay({ disabledCommands: ['STARTTLS'] });
    const mailbox = await createMailbox({ relayUrl: `smtp://0.0.0.0:${clear.port}` });
    open.push(mailbox);
    t.deps.mail.close();
    t.deps.mail = smtpTransport(mailbox.smtpUrl);
    assert.equal(await sent(), false);
    assert.deepEqual(clear.received, []);
  });
});
