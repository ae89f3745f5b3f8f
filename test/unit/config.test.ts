// The process's settings, as whoever sets it up may write them: taken as meant, or refused by name without being repeated.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigError, paypalTransactionUrl, readConfig, sdkUrl } from '../../server/config.ts';

const SOUND = {
  DATABASE_URL: 'file:/var/lib/pay/pay.db',
  PUBLIC_URL: 'https://pay.example.org',
  SMTP_URL: 'smtp://mail.example.org',
  MAIL_FROM: 'paiement@example.org',
  PAYPAL_BASE_URL: 'https://api-m.paypal.com',
  SECRET_KEY: 'a-key-of-at-least-thirty-two-characters',
};
const refusal = (change: Record<string, string>): string => {
  try {
    readConfig({ ...SOUND, ...change });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'taken';
};

describe('settings of the process', () => {
  test('sound ones are taken', () => {
    assert.equal(refusal({}), 'taken');
  });

  test('PayPal’s site for people goes with its API: live, sandbox, or a stand-in', () => {
    const of = (paypalBaseUrl: string) => [
      paypalTransactionUrl({ paypalBaseUrl }, '3C679'),
      sdkUrl({ paypalBaseUrl }),
    ];
    assert.deepEqual(of('https://api-m.paypal.com'), [
      'https://www.paypal.com/activity/payment/3C679',
      'https://www.paypal.com/web-sdk/v6/core',
    ]);
    assert.deepEqual(of('https://api-m.sandbox.paypal.com'), [
      'https://www.sandbox.paypal.com/activity/payment/3C679',
      'https://www.sandbox.paypal.com/web-sdk/v6/core',
    ]);
    assert.deepEqual(of('http://127.0.0.1:8787/demo/paypal'), [
      'http://127.0.0.1:8787/demo/paypal/activity/payment/3C679',
      'http://127.0.0.1:8787/demo/paypal/web-sdk/v6/core',
    ]);
  });

  test('no proxy is trusted unless it is said, and how many', () => {
    assert.equal(readConfig(SOUND).trustedProxies, 0);
    assert.equal(readConfig({ ...SOUND, TRUSTED_PROXIES: '2' }).trustedProxies, 2);
    for (const TRUSTED_PROXIES of ['-1', '1.5', '11', 'all', '0.0.0.0/0', '10.0.0.5,proxy.example.org'])
      assert.match(refusal({ TRUSTED_PROXIES }), /^TRUSTED_PROXIES is not valid/);
  });

  test('HOST is where it listens: everywhere, unless a proxy is trusted, which is called on this machine', () => {
    const host = (change: Record<string, string>) => readConfig({ ...SOUND, ...change }).host;
    assert.equal(host({}), undefined);
    assert.equal(host({ TRUSTED_PROXIES: '0' }), undefined);
    for (const TRUSTED_PROXIES of ['1', '127.0.0.1', '10.0.0.0/8'])
      assert.equal(host({ TRUSTED_PROXIES }), 'localhost', TRUSTED_PROXIES);
    assert.equal(host({ HOST: ' ', TRUSTED_PROXIES: '1' }), 'localhost');
    assert.equal(host({ HOST: '0.0.0.0', TRUSTED_PROXIES: '10.0.0.5' }), '0.0.0.0');
    assert.equal(host({ HOST: '0.0.0.0' }), '0.0.0.0');
    for (const HOST of ['pay.example.org', '*', '10.0.0.5:80'])
      assert.match(refusal({ HOST }), /^HOST is not valid: .*0\.0\.0\.0/, HOST);
  });

  test('a session of the staff ends after ten minutes to four hours without use', () => {
    for (const STAFF_IDLE_MINUTES of ['9', '241', '30.5', 'x'])
      assert.match(refusal({ STAFF_IDLE_MINUTES }), /^STAFF_IDLE_MINUTES is not valid/, STAFF_IDLE_MINUTES);
    assert.equal(refusal({ STAFF_IDLE_MINUTES: '240' }), 'taken');
  });

  test('a count of proxies is believed on the loopback only: elsewhere anybody could pass for one', () => {
    for (const HOST of ['localhost', '127.0.0.1', '::1', '[::1]', '127.0.0.2'])
      assert.equal(refusal({ HOST, TRUSTED_PROXIES: '1' }), 'taken', HOST);
    for (const HOST of ['0.0.0.0', '::', '10.0.0.5', '2001:db8::1'])
      assert.match(
        refusal({ HOST, TRUSTED_PROXIES: '1' }),
        /^TRUSTED_PROXIES is a number.*Name the proxies.*TRUSTED_PROXIES=10\.0\.0\.5/,
        HOST,
      );
  });

  test('PUBLIC_URL is a site that browsers can sign in on, whichever way it is written', () => {
    for (const written of [
      'HTTPS://Pay.Example.org/',
      ' https://pay.example.org ',
      'https://pay.example.org:443',
    ])
      assert.equal(
        readConfig({ ...SOUND, PUBLIC_URL: written }).publicUrl,
        'https://pay.example.org',
        written,
      );
    for (const here of ['http://localhost:8787', 'http://127.0.0.1:8787', 'http://[::1]:8787'])
      assert.equal(readConfig({ ...SOUND, PUBLIC_URL: here }).publicUrl, here);
    for (const wrong of [
      'http://pay.example.org',
      'https://pay.example.org/app',
      'https://pay.example.org?x=1',
      'https://pay.example.org#x',
      'https://user:hunter-two@pay.example.org',
      'http://localhost.example.org',
      'pay.example.org',
    ])
      assert.match(refusal({ PUBLIC_URL: wrong }), /^PUBLIC_URL is not valid: (?!.*hunter).+$/, wrong);
  });

  test('PAYPAL_BASE_URL and its script are reached in secret: without TLS on this machine only, where a stand-in is', () => {
    for (const name of ['PAYPAL_BASE_URL', 'PAYPAL_SDK_URL']) {
      for (const sound of [
        'https://api-m.sandbox.paypal.com',
        'http://localhost:8787/demo/paypal',
        'http://127.0.0.1:8787/demo/paypal/',
        'http://[::1]:8787',
      ])
        assert.equal(refusal({ [name]: sound }), 'taken', `${name} ${sound}`);
      for (const wrong of [
        'http://api-m.paypal.com',
        'HTTP://API-M.PAYPAL.COM/',
        'http://api-m.paypal.com:443',
        'http://localhost.paypal.com',
        'http://127.0.0.1.example.org',
        'http://localhost@api-m.paypal.com',
        'http://192.168.1.9:8787',
        'http://0.0.0.0:8787',
        'https://',
        'ftp://api-m.paypal.com',
      ])
        assert.match(refusal({ [name]: wrong }), new RegExp(`^${name} is not valid: .+$`), wrong);
    }
  });

  test('DATABASE_URL is a database that is there tomorrow, and bears no secret: it is told when it cannot be opened', () => {
    for (const sound of [
      'file:pay.db',
      'file:/srv/pay.db',
      'libsql://pay.example.org',
      'https://pay.example.org',
      'wss://pay.example.org',
      'http://127.0.0.1:8080',
      'ws://localhost:8080',
      'libsql://[::1]:8080?tls=0',
    ])
      assert.equal(refusal({ DATABASE_URL: sound }), 'taken', sound);
    for (const wrong of [
      'file:',
      'file:?mode=memory',
      'file::memory:',
      'postgres://db.example.org',
      'libsql://user:hunter-two@db.example.org',
      'https://hunter-two@db.example.org/x?tls=1',
      'libsql://db.example.org?authToken=hunter-two',
      'http://db.example.org:8080',
      'HTTP://db.example.org',
      'ws://10.0.0.5:8080',
      'libsql://db.example.org:8080?tls=0',
      'libsql://db.example.org:8080?tl%73=0',
      'http://127.0.0.1.example.org:8080',
      'http://127.0.0.1:8080\\@db.example.org',
      'http://',
    ])
      assert.match(refusal({ DATABASE_URL: wrong }), /^DATABASE_URL is not valid: (?!.*hunter).+$/, wrong);
  });

  test('SMTP_URL is a mail server and nothing else: what could switch encryption off has no place in it', () => {
    for (const sound of [
      'smtp://mail.example.org',
      'smtps://office%40example.org:p%20w@mail.example.org:465/',
      'smtp://127.0.0.1:2525',
      'smtp://[::1]',
    ])
      assert.equal(refusal({ SMTP_URL: sound }), 'taken', sound);
    for (const wrong of [
      'smtp://hunter-two@mail.example.org?ignoreTLS=true',
      'smtps://mail.example.org/?tls.rejectUnauthorized=false',
      'smtp://mail.example.org#x',
      'smtp://mail.example.org/hunter-two',
      'smtp://user:hunter-two%@mail.example.org',
      'smtp://:hunter-two@mail.example.org',
      'smtp://',
      'https://mail.example.org',
      'mail.example.org',
    ])
      assert.match(refusal({ SMTP_URL: wrong }), /^SMTP_URL is not valid: (?!.*hunter).+$/, wrong);
  });

  test('Node’s switch that believes any certificate is refused, but where all is on this machine', () => {
    const NODE_TLS_REJECT_UNAUTHORIZED = '0';
    assert.match(refusal({ NODE_TLS_REJECT_UNAUTHORIZED }), /^NODE_TLS_REJECT_UNAUTHORIZED is 0.*Remove it/);
    const here = { SMTP_URL: 'smtp://localhost', PAYPAL_BASE_URL: 'http://127.0.0.1:8787' };
    assert.equal(refusal({ ...here, NODE_TLS_REJECT_UNAUTHORIZED }), 'taken');
    assert.match(
      refusal({ ...here, DATABASE_URL: 'libsql://db.example.org', NODE_TLS_REJECT_UNAUTHORIZED }),
      /^NODE_TLS_REJECT_UNAUTHORIZED/,
    );
  });

  test('a new SECRET_KEY before the old one, with a space after the comma, leaves the old one what it was', () => {
    const { secretKeys } = readConfig({ ...SOUND, SECRET_KEY: `${'n'.repeat(40)}, ${SOUND.SECRET_KEY}` });
    assert.deepEqual(secretKeys, ['n'.repeat(40), SOUND.SECRET_KEY]);
  });

  test('METRICS_TOKEN is one that a header can carry', () => {
    for (const wrong of ['too short', 'hunter two, with spaces', 'un-jeton-accentué-è'])
      assert.match(refusal({ METRICS_TOKEN: wrong }), /^METRICS_TOKEN is not valid: (?!.*hunter).+$/, wrong);
  });

  test('what is blank is not there: no port by chance, no proxy by mistake', () => {
    const { port, trustedProxies } = readConfig({ ...SOUND, PORT: ' ', TRUSTED_PROXIES: ' ' });
    assert.deepEqual([port, trustedProxies], [8787, 0]);
    assert.equal(refusal({ MAIL_FROM: ' ' }), 'MAIL_FROM is missing');
  });
});
