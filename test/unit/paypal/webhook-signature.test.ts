// A webhook counts only if PayPal itself sent these very bytes to this regroupement's webhook, lately. What a stranger
// can bend of body and headers is bent here; certificates, in webhook-certificates.test.ts.
import assert from 'node:assert/strict';
import { constants } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { PayPal } from '../../../server/paypal/client.ts';
import { PayPalFailure } from '../../../server/paypal/errors.ts';
import { verifyAtPayPal } from '../../../server/paypal/webhook-signature.ts';
import { type Regroupement, regroupementBySlug } from '../../../server/regroupements/regroupements.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { BODY, DAY, HOOK, NOW, startCertificateHost } from '../../support/certificates/host.ts';

const OTHER_HOOK = '9XX86294D6297924Z';
const host = await startCertificateHost();
const { base, asked, certificates, headersOf, replaced, verdictOf } = host;
beforeEach(() => host.reset());
after(() => host.close());

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
