// A webhook counts only if PayPal itself sent these very bytes to this regroupement's webhook, lately. Everything that a
// stranger can bend (body, headers, certificate's address, certificate, chain) is bent here.
import assert from 'node:assert/strict';
import { constants, createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import {
  type CertificateTrust,
  SigningCertificates,
  trustOfPayPal,
} from '../../server/paypal/certificates.ts';
import { PayPal } from '../../server/paypal/client.ts';
import { PayPalFailure } from '../../server/paypal/errors.ts';
import { verifyAtPayPal, verifyWebhook } from '../../server/paypal/webhook-signature.ts';
import { type Regroupement, regroupementBySlug } from '../../server/regroupements/regroupements.ts';
import { startTestApp, type TestApp } from '../support/app.ts';

const file = (name: string) =>
  readFileSync(new URL(`../support/certificates/${name}`, import.meta.url), 'utf8');
const NAME = 'messageverificationcerts.paypal.com';
const HOOK = '4JH86294D6297924G';
const OTHER_HOOK = '9XX86294D6297924Z';
const DAY = 86_400_000;
/** The certificates were made some months before; two of them lasted a month. */
const MADE = new X509Certificate(file('leaf.pem')).validFromDate.getTime();
const NOW = MADE + 200 * DAY;
const BODY = Buffer.from(
  '{"id":"WH-1","event_type":"PAYMENT.CAPTURE.COMPLETED","resource":{"amount":{"value":"305.10","currency_code":"CAD"},"custom_id":"Zo\\u00e9 \\/ 1"}}',
);

// PayPal's certificate host: each path has its answer.
let answers: Record<string, string | ((response: ServerResponse) => void)> = {};
let asked: string[] = [];
const host = createServer((request, response) => {
  asked.push(request.url ?? '');
  const answer = answers[(request.url ?? '').replace('/v1/notifications/certs/', '')];
  if (typeof answer === 'function') return answer(response);
  response.writeHead(answer === undefined ? 404 : 200).end(answer);
});
let base = '';
before(async () => {
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(host.address() as AddressInfo).port}/v1/notifications/certs/`;
});
after(() => {
  host.close();
  host.closeAllConnections();
});
beforeEach(() => {
  answers = { 'CERT-1': file('leaf.pem') + file('intermediate.pem') };
  asked = [];
});

function certificates(trust: Partial<CertificateTrust> = {}, now: () => number = () => NOW) {
  return new SigningCertificates({
    trust: { bases: [base], name: NAME, roots: [file('root.pem')], ...trust },
    now,
    fetch,
    limitMs: 400,
  });
}

interface Bent {
  id?: string;
  time?: string;
  hook?: string;
  cert?: string;
  key?: string;
  algo?: string;
  padding?: number;
  hash?: string;
}
/** The headers that PayPal sends with this body. */
function headersOf(body: Uint8Array, bent: Bent = {}): Headers {
  const id = bent.id ?? '69cd13f0-d67a-11e5-baa3-778b53f4ae55';
  const time = bent.time ?? new Date(NOW - 1_000).toISOString();
  const signature = sign(
    bent.hash ?? 'RSA-SHA256',
    Buffer.from(`${id}|${time}|${bent.hook ?? HOOK}|${crc32(body)}`),
    {
      key: createPrivateKey(file(bent.key ?? 'leaf.key')),
      ...(bent.key === 'ec.key' ? {} : { padding: bent.padding ?? constants.RSA_PKCS1_PADDING }),
    },
  ).toString('base64');
  return new Headers({
    'PayPal-Transmission-Id': id,
    'PayPal-Transmission-Time': time,
    'PayPal-Transmission-Sig': signature,
    'PayPal-Cert-Url': bent.cert ?? `${base}CERT-1`,
    'PayPal-Auth-Algo': bent.algo ?? 'SHA256withRSA',
  });
}
function replaced(name: string, value: string): Headers {
  const headers = headersOf(BODY);
  headers.set(name, value);
  return headers;
}
/** « verified », or the verdict and its reason. */
async function verdictOf(headers: Headers, body: Uint8Array = BODY, hook = HOOK, held = certificates()) {
  const verdict = await verifyWebhook(headers, body, hook, { certificates: held, now: () => NOW });
  return verdict.verdict === 'verified' ? 'verified' : `${verdict.verdict}: ${verdict.reason}`;
}
/** The verdict when PayPal's host serves this bundle. */
function served(bundle: string, bent: Bent = {}, trust: Partial<CertificateTrust> = {}, now = () => NOW) {
  answers['CERT-1'] = bundle;
  return verdictOf(headersOf(BODY, bent), BODY, HOOK, certificates(trust, now));
}

describe('what PayPal sent is taken', () => {
  test('as it came', async () => assert.equal(await verdictOf(headersOf(BODY)), 'verified'));
  test('with bytes that are no text', async () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, n) => n % 256);
    assert.equal(await verdictOf(headersOf(bytes), bytes), 'verified');
  });
  test('with a time of another zone', async () => {
    const time = new Date(NOW - 4 * 3_600_000).toISOString().replace('Z', '-04:00');
    assert.equal(await verdictOf(headersOf(BODY, { time })), 'verified');
  });
  test('three days late, as PayPal tries', async () =>
    assert.equal(
      await verdictOf(headersOf(BODY, { time: new Date(NOW - 3 * DAY).toISOString() })),
      'verified',
    ));
});

describe('what another sent, or sent again, is refused', () => {
  test('a body that was changed by one digit', async () =>
    assert.equal(
      await verdictOf(headersOf(BODY), Buffer.from(BODY.toString().replace('305.10', '905.10'))),
      'forged: signature',
    ));
  test('a body that was cut', async () =>
    assert.equal(await verdictOf(headersOf(BODY), BODY.subarray(0, -1)), 'forged: signature'));
  test('a body that was read and written anew', async () => {
    const anew = Buffer.from(JSON.stringify(JSON.parse(BODY.toString())));
    assert.notDeepEqual(anew, BODY);
    assert.equal(await verdictOf(headersOf(BODY), anew), 'forged: signature');
  });
  test('the same body under another transmission id', async () =>
    assert.equal(
      await verdictOf(replaced('PayPal-Transmission-Id', '00000000-d67a-11e5-baa3-778b53f4ae55')),
      'forged: signature',
    ));
  test('an old one under a new time', async () =>
    assert.equal(
      await verdictOf(replaced('PayPal-Transmission-Time', new Date(NOW).toISOString())),
      'forged: signature',
    ));
  test('one of another regroupement', async () => {
    assert.equal(await verdictOf(headersOf(BODY, { hook: OTHER_HOOK })), 'forged: signature');
    assert.equal(await verdictOf(headersOf(BODY), BODY, OTHER_HOOK), 'forged: signature');
  });
  test('one that PayPal’s simulator made', async () =>
    assert.equal(await verdictOf(headersOf(BODY, { hook: 'WEBHOOK_ID' })), 'forged: signature'));
  test('more than four days old', async () =>
    assert.equal(
      await verdictOf(headersOf(BODY, { time: new Date(NOW - 4 * DAY - 1_000).toISOString() })),
      'forged: too-old',
    ));
  test('more than five minutes ahead', async () => {
    const ahead = (ms: number) =>
      verdictOf(headersOf(BODY, { time: new Date(NOW + 5 * 60_000 + ms).toISOString() }));
    assert.equal(await ahead(0), 'verified');
    assert.equal(await ahead(1_000), 'forged: in-the-future');
  });
  test('signed by a weaker or another method', async () => {
    assert.equal(await verdictOf(headersOf(BODY, { hash: 'RSA-SHA1' })), 'forged: signature');
    assert.equal(
      await verdictOf(headersOf(BODY, { padding: constants.RSA_PKCS1_PSS_PADDING })),
      'forged: signature',
    );
    for (const algo of ['SHA1withRSA', 'none', 'SHA256WITHRSA'])
      assert.equal(await verdictOf(headersOf(BODY, { algo })), 'forged: algorithm');
  });
  test('without one of its headers', async () => {
    for (const [name] of headersOf(BODY)) {
      const headers = headersOf(BODY);
      headers.delete(name);
      assert.equal(await verdictOf(headers), 'forged: header-missing', name);
    }
  });
  test('with headers that are too long or of the wrong kind', async () => {
    for (const [name, value] of [
      ['PayPal-Transmission-Id', 'a'.repeat(51)],
      ['PayPal-Transmission-Id', 'a|b'],
      ['PayPal-Transmission-Id', 'a, b'],
      ['PayPal-Transmission-Sig', 'A'.repeat(1025)],
      ['PayPal-Transmission-Sig', 'not base64'],
      ['PayPal-Transmission-Sig', ''],
      ['PayPal-Transmission-Time', 'yesterday'],
      ['PayPal-Transmission-Time', '2027-13-41T25:00:00Z'],
      ['PayPal-Transmission-Time', String(NOW)],
      ['PayPal-Cert-Url', base + 'a'.repeat(500)],
    ] as const)
      assert.equal(await verdictOf(replaced(name, value)), 'forged: header-malformed', `${name}: ${value}`);
  });
  test('a crude forgery makes us call no one', async () => {
    await verdictOf(replaced('PayPal-Auth-Algo', 'none'));
    await verdictOf(headersOf(BODY, { time: '2020-01-01T00:00:00Z' }));
    await verdictOf(headersOf(BODY), BODY, '');
    assert.deepEqual(asked, []);
  });
  test('nothing is taken while the regroupement has no webhook', async () => {
    for (const hook of ['', 'WEBHOOK_ID', 'a|b'])
      assert.equal(await verdictOf(headersOf(BODY, { hook }), BODY, hook), 'unverifiable: webhook-id-unset');
  });
});

describe('the certificate’s address cannot send us elsewhere', () => {
  const trust = trustOfPayPal('https://api-m.paypal.com');
  assert.ok(trust);
  const fetched: string[] = [];
  const recording = new SigningCertificates({
    trust,
    now: () => NOW,
    fetch: async (input) => {
      fetched.push(String(input));
      return new Response(null, { status: 503 });
    },
  });
  const folder = '/v1/notifications/certs/';
  for (const url of [
    `http://api.paypal.com${folder}CERT-1`,
    `https://api.paypal.com.evil.example${folder}CERT-1`,
    `https://evilapi.paypal.com${folder}CERT-1`,
    `https://www.paypal.com${folder}CERT-1`,
    `https://api.sandbox.paypal.com${folder}CERT-1`,
    `https://api.paypal.com@evil.example${folder}CERT-1`,
    `https://user:word@api.paypal.com${folder}CERT-1`,
    `https://api.paypal.com:8443${folder}CERT-1`,
    `https://api.paypal.com:443${folder}CERT-1`,
    `https://api.paypal.com\\@evil.example${folder}CERT-1`,
    `https:api.paypal.com${folder}CERT-1`,
    `//api.paypal.com${folder}CERT-1`,
    `https://evil.example/?${folder}CERT-1`,
    `https://api.paypal.com${folder}`,
    `https://api.paypal.com${folder}../../../v2/CERT-1`,
    `https://api.paypal.com${folder}%2e%2e/%2e%2e/CERT-1`,
    `https://api.paypal.com${folder}..`,
    `https://api.paypal.com${folder}a/CERT-1`,
    `https://api.paypal.com${folder}..%2fCERT-1`,
    `https://api.paypal.com${folder}CERT-1?next=https://evil.example`,
    `https://api.paypal.com${folder}CERT-1#x`,
    `https://api.paypal.com${folder}CERT-1;x`,
    `https://127.0.0.1${folder}CERT-1`,
    `https://[::1]${folder}CERT-1`,
    `https://169.254.169.254/latest/meta-data`,
    `https://api.paypal.com.${folder}CERT-1`,
    `https://\u0430pi.paypal.com${folder}CERT-1`,
    'file:///etc/passwd',
  ])
    test(url, async () => {
      // A header cannot hold every character; what holds it is asked all the same.
      const bent = {
        get: (name: string) => (name === 'PayPal-Cert-Url' ? url : headersOf(BODY).get(name)),
      } as Headers;
      assert.match(
        await verdictOf(bent, BODY, HOOK, recording),
        /^forged: (certificate-address|header-malformed)$/,
      );
      await assert.rejects(recording.keyAt(url), { reason: 'certificate-address', forged: true });
      assert.deepEqual(fetched, []);
    });

  test('PayPal’s own addresses are asked', async () => {
    for (const url of ['api', 'api-m'].map(
      (name) => `https://${name}.paypal.com${folder}CERT-360caa42-fca2`,
    )) {
      assert.equal(
        await verdictOf(headersOf(BODY, { cert: url }), BODY, HOOK, recording),
        'unverifiable: certificate-unreachable',
      );
      assert.equal(fetched.pop(), url);
    }
  });
  test('the sandbox has addresses and a name of its own; a stand-in has none of PayPal’s', () => {
    const sandbox = trustOfPayPal('https://api-m.sandbox.paypal.com');
    assert.equal(sandbox?.name, 'messageverificationcerts.sandbox.paypal.com');
    assert.ok(sandbox?.bases.every((url) => url.includes('.sandbox.paypal.com/')));
    for (const other of [
      'http://api-m.paypal.com',
      'https://api-m.paypal.com.evil.example',
      'https://api-m.paypal.com:8443',
      'http://127.0.0.1:8787/demo/paypal',
    ])
      assert.equal(trustOfPayPal(other), null, other);
  });
  test('a folder that is not one cannot be configured', () => {
    for (const url of ['https://pay.test/certs', 'https://pay.test/a/../certs/', 'https://PAY.test/certs/'])
      assert.throws(() => certificates({ bases: [url] }), RangeError);
  });
});

describe('the certificate’s host', () => {
  test('sends elsewhere: we do not follow', async () => {
    answers['CERT-1'] = (response) => response.writeHead(302, { Location: `${base}CERT-2` }).end();
    answers['CERT-2'] = file('leaf.pem') + file('intermediate.pem');
    assert.equal(await verdictOf(headersOf(BODY)), 'unverifiable: certificate-unreachable');
    assert.equal(asked.length, 1);
  });
  test('sends without end: we stop at 64 kB', async () => {
    let sent = 0;
    answers['CERT-1'] = (response) => {
      const chunk = file('leaf.pem') + '#'.repeat(16_384);
      const more = () => {
        while (!response.destroyed && sent < 50_000_000) {
          sent += chunk.length;
          if (!response.write(chunk)) return response.once('drain', more);
        }
        return response.end();
      };
      more();
    };
    assert.equal(await verdictOf(headersOf(BODY)), 'unverifiable: certificate-unreachable');
    assert.ok(sent < 50_000_000, `${sent} bytes`);
  });
  test('is slow: we give up', { timeout: 5_000 }, async () => {
    answers['CERT-1'] = (response) => response.writeHead(200).write('-----BEGIN');
    assert.equal(await verdictOf(headersOf(BODY)), 'unverifiable: certificate-unreachable');
  });
  test('does not know it, or is down: we could not tell', async () => {
    assert.equal(
      await verdictOf(headersOf(BODY, { cert: `${base}CERT-9` })),
      'unverifiable: certificate-unreachable',
    );
    const closed = 'http://127.0.0.1:1/v1/notifications/certs/';
    assert.equal(
      await verdictOf(
        headersOf(BODY, { cert: `${closed}CERT-1` }),
        BODY,
        HOOK,
        certificates({ bases: [closed] }),
      ),
      'unverifiable: certificate-unreachable',
    );
  });
  test('sends something else', async () => {
    for (const bundle of [
      '',
      '<html>',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      file('leaf.pem').repeat(11),
    ])
      assert.equal(await served(bundle), 'unverifiable: certificate-malformed');
  });
});

describe('only PayPal’s certificate, of an authority that we hold', () => {
  const bundle = (...names: string[]) => names.map((name) => file(`${name}.pem`)).join('');
  test('a bundle in any order after the first', async () =>
    assert.equal(await served(bundle('leaf', 'foreign-root', 'root', 'intermediate')), 'verified'));
  test('alone, its issuer known from our settings', async () => {
    assert.equal(await served(bundle('leaf')), 'unverifiable: certificate-untrusted');
    assert.equal(
      await served(bundle('leaf'), {}, { intermediates: [bundle('foreign-root', 'intermediate')] }),
      'verified',
    );
  });
  test('six issuers up to a root we hold, and not seven or more', async () => {
    assert.equal(await served(bundle('deep'), {}, { roots: [bundle('deep-2')] }), 'verified');
    for (const roots of [[bundle('deep-1')], [bundle('root')]])
      assert.equal(await served(bundle('deep'), {}, { roots }), 'unverifiable: certificate-untrusted');
  });
  for (const [what, names, verdict] of [
    ['of an authority we do not hold', ['foreign', 'foreign-root'], 'unverifiable: certificate-untrusted'],
    ['signed by itself', ['self-signed'], 'unverifiable: certificate-untrusted'],
    [
      'of an impostor that bears our authority’s name',
      ['of-impostor', 'impostor-intermediate'],
      'unverifiable: certificate-untrusted',
    ],
    [
      'of an impostor, the real one beside it',
      ['of-impostor', 'impostor-intermediate', 'intermediate', 'root'],
      'unverifiable: certificate-untrusted',
    ],
    [
      'signed with a site’s certificate',
      ['of-not-authority', 'not-authority', 'intermediate'],
      'unverifiable: certificate-untrusted',
    ],
    [
      'of an authority that is out of date',
      ['of-old-intermediate', 'old-intermediate'],
      'unverifiable: certificate-untrusted',
    ],
    [
      'that is an authority itself',
      ['leaf-authority', 'intermediate'],
      'unverifiable: certificate-untrusted',
    ],
    ['out of date', ['expired', 'intermediate'], 'forged: certificate-dates'],
    ['of another site', ['wrong-name', 'intermediate'], 'forged: certificate-name'],
    ['of any site of PayPal’s', ['wildcard', 'intermediate'], 'forged: certificate-name'],
    ['of PayPal’s sandbox', ['sandbox', 'intermediate'], 'forged: certificate-name'],
    ['of the authority itself, first in the bundle', ['intermediate', 'leaf'], 'forged: certificate-name'],
  ] as const)
    test(`a certificate ${what}`, async () => assert.equal(await served(bundle(...names)), verdict));

  test('a root that signed itself is no site', async () =>
    assert.equal(
      await served(bundle('self-signed'), {}, { roots: [bundle('self-signed')] }),
      'unverifiable: certificate-untrusted',
    ));
  test('an elliptic or a short key', async () => {
    assert.equal(await served(bundle('ec', 'intermediate'), { key: 'ec.key' }), 'forged: certificate-key');
    assert.equal(
      await served(bundle('weak', 'intermediate'), { key: 'weak.key' }),
      'forged: certificate-key',
    );
  });
  test('before its first day', async () =>
    assert.equal(
      await served(bundle('leaf', 'intermediate'), {}, {}, () => MADE - DAY),
      'forged: certificate-dates',
    ));
});

describe('a certificate is fetched once', () => {
  test('for fifty webhooks at once, and those that follow', async () => {
    const held = certificates();
    const verdicts = await Promise.all(
      Array.from({ length: 50 }, (_, n) => {
        const body = Buffer.from(`{"id":"WH-${n}"}`);
        return verdictOf(headersOf(body), body, HOOK, held);
      }),
    );
    assert.deepEqual(new Set(verdicts), new Set(['verified']));
    assert.equal(await verdictOf(headersOf(BODY), BODY, HOOK, held), 'verified');
    assert.equal(asked.length, 1);
  });
  test('and again after twelve hours, or when it failed', async () => {
    let now = NOW;
    const held = certificates({}, () => now);
    answers['CERT-1'] = (response) => response.writeHead(503).end();
    assert.match(await verdictOf(headersOf(BODY), BODY, HOOK, held), /^unverifiable/);
    answers['CERT-1'] = file('leaf.pem') + file('intermediate.pem');
    for (const [hours, times] of [
      [0, 2],
      [11, 2],
      [12, 3],
    ] as const) {
      now = NOW + hours * 3_600_000;
      assert.equal(await verdictOf(headersOf(BODY), BODY, HOOK, held), 'verified');
      assert.equal(asked.length, times);
    }
  });
  test('one that we hold is refused once its time is over', async () => {
    const expiry = new X509Certificate(file('expired.pem')).validToDate.getTime() + 1_000;
    let now = expiry - 6 * 3_600_000;
    const held = certificates({}, () => now);
    answers['CERT-1'] = file('expired.pem') + file('intermediate.pem');
    await held.keyAt(`${base}CERT-1`);
    now = expiry;
    await assert.rejects(held.keyAt(`${base}CERT-1`), { reason: 'certificate-dates', forged: true });
  });
  test('no more than thirty-two are kept, and forged addresses push none out', async () => {
    const held = certificates();
    const good = file('leaf.pem') + file('intermediate.pem');
    for (let n = 0; n < 33; n++) {
      answers[`K-${n}`] = good;
      await held.keyAt(`${base}K-${n}`);
    }
    for (let n = 0; n < 40; n++) await assert.rejects(held.keyAt(`${base}BAD-${n}`));
    asked = [];
    await held.keyAt(`${base}K-32`);
    await held.keyAt(`${base}K-1`);
    assert.deepEqual(asked, []);
    await held.keyAt(`${base}K-0`);
    assert.equal(asked.length, 1);
  });
  test('a flood of forged addresses makes eight requests at a time, and we say that we could not tell', async () => {
    const held = certificates();
    const waiting: ServerResponse[] = [];
    const reasons = Array.from({ length: 40 }, (_, n) => {
      answers[`FLOOD-${n}`] = (response) => {
        waiting.push(response);
        if (waiting.length === 8) for (const one of waiting) one.writeHead(404).end();
      };
      return held.keyAt(`${base}FLOOD-${n}`).catch((error: { reason: string }) => error.reason);
    });
    const said = await Promise.all(reasons);
    assert.equal(said.filter((reason) => reason === 'busy').length, 32);
    assert.equal(asked.length, 8);
  });
});

describe('asking PayPal when we could not tell', () => {
  let t: TestApp;
  let regroupement: Regroupement;
  let received: { path: string; body: Buffer; requestId: string | undefined }[] = [];
  let status = 200;
  let answer = 'SUCCESS';
  const paypalHost = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.setHeader('Content-Type', 'application/json');
      if (request.url === '/v1/oauth2/token') return response.end('{"access_token":"A","expires_in":30000}');
      const requestId = request.headers['paypal-request-id'];
      received.push({
        path: request.url ?? '',
        body: Buffer.concat(chunks),
        requestId: requestId === undefined ? undefined : String(requestId),
      });
      return response.writeHead(status).end(JSON.stringify({ verification_status: answer }));
    });
  });
  before(async () => {
    await new Promise<void>((resolve) => paypalHost.listen(0, '127.0.0.1', resolve));
    t = await startTestApp({
      paypalBaseUrl: `http://127.0.0.1:${(paypalHost.address() as AddressInfo).port}`,
    });
    regroupement = await regroupementBySlug(t.deps, 'petits-bouleaux');
  });
  after(async () => {
    paypalHost.close();
    paypalHost.closeAllConnections();
    await t.close();
  });
  beforeEach(() => {
    received = [];
    status = 200;
    answer = 'SUCCESS';
  });
  const ask = async (headers: Headers, body: Uint8Array = BODY) => {
    const options = { certificates: certificates(), now: () => NOW };
    const verdict = await verifyAtPayPal(new PayPal(t.deps), regroupement, headers, body, HOOK, options);
    return verdict.verdict === 'verified' ? 'verified' : `${verdict.verdict}: ${verdict.reason}`;
  };

  test('the body goes there byte by byte, with every header', async () => {
    assert.equal(await ask(headersOf(BODY)), 'verified');
    const [call] = received;
    assert.ok(call);
    assert.equal(call.path, '/v1/notifications/verify-webhook-signature');
    assert.equal(call.requestId, undefined);
    assert.ok(call.body.includes(BODY));
    const { webhook_event, transmission_sig, ...rest } = JSON.parse(call.body.toString());
    assert.deepEqual(webhook_event, JSON.parse(BODY.toString()));
    assert.equal(transmission_sig, headersOf(BODY).get('PayPal-Transmission-Sig'));
    assert.deepEqual(rest, {
      transmission_id: '69cd13f0-d67a-11e5-baa3-778b53f4ae55',
      transmission_time: new Date(NOW - 1_000).toISOString(),
      cert_url: `${base}CERT-1`,
      auth_algo: 'SHA256withRSA',
      webhook_id: HOOK,
    });
  });
  test('PayPal’s no is a no', async () => {
    answer = 'FAILURE';
    assert.equal(await ask(headersOf(BODY)), 'forged: signature');
  });
  test('no answer is no answer', async () => {
    status = 500;
    await assert.rejects(
      ask(headersOf(BODY)),
      (error) => error instanceof PayPalFailure && error.decision === 'unknown',
    );
    status = 200;
    answer = 'MAYBE';
    await assert.rejects(ask(headersOf(BODY)), PayPalFailure);
  });
  test('a body cannot change the question', async () => {
    for (const body of [
      `${BODY},"webhook_id":"${OTHER_HOOK}"`,
      `${BODY}}`,
      `[${BODY}]`,
      '"text"',
      'null',
      '',
      `\uFEFF${BODY}`,
    ])
      assert.equal(await ask(headersOf(BODY), Buffer.from(body)), 'forged: body-malformed', body);
    assert.equal(await ask(headersOf(BODY), Buffer.from([0x7b, 0xff, 0x7d])), 'forged: body-malformed');
    assert.deepEqual(received, []);
  });
  test('what is plainly forged is not even asked', async () => {
    assert.equal(
      await ask(replaced('PayPal-Cert-Url', 'https://evil.example/v1/notifications/certs/A')),
      'forged: certificate-address',
    );
    assert.equal(await ask(headersOf(BODY, { time: '2020-01-01T00:00:00Z' })), 'forged: too-old');
    assert.deepEqual(received, []);
  });
});
