// The certificate that a webhook names decides whose word we take: where it may be fetched from, how, whose it must be
// and who must have signed it. All of that is what a stranger would bend first.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { after, beforeEach, describe, test } from 'node:test';
import { SigningCertificates, trustOfPayPal } from '../../../server/paypal/certificates.ts';
import {
  BODY,
  bundle,
  DAY,
  file,
  HOOK,
  MADE,
  NOW,
  startCertificateHost,
} from '../../support/certificates/host.ts';

const host = await startCertificateHost();
const { base, good, answers, asked, certificates, headersOf, served, verdictOf } = host;
beforeEach(() => host.reset());
after(() => host.close());

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
    answers.set('CERT-1', (response) => response.writeHead(302, { Location: `${base}CERT-2` }).end());
    answers.set('CERT-2', good);
    assert.equal(await verdictOf(headersOf(BODY)), 'unverifiable: certificate-unreachable');
    assert.equal(asked.length, 1);
  });
  test('sends without end: we stop at 64 kB', async () => {
    let sent = 0;
    answers.set('CERT-1', (response) => {
      const chunk = file('leaf.pem') + '#'.repeat(16_384);
      const more = () => {
        while (!response.destroyed && sent < 50_000_000) {
          sent += chunk.length;
          if (!response.write(chunk)) return response.once('drain', more);
        }
        return response.end();
      };
      more();
    });
    assert.equal(await verdictOf(headersOf(BODY)), 'unverifiable: certificate-unreachable');
    assert.ok(sent < 50_000_000, `${sent} bytes`);
  });
  test('is slow: we give up', { timeout: 5_000 }, async () => {
    answers.set('CERT-1', (response) => response.writeHead(200).write('-----BEGIN'));
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
    answers.set('CERT-1', (response) => response.writeHead(503).end());
    assert.match(await verdictOf(headersOf(BODY), BODY, HOOK, held), /^unverifiable/);
    answers.set('CERT-1', good);
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
    answers.set('CERT-1', bundle('expired', 'intermediate'));
    await held.keyAt(`${base}CERT-1`);
    now = expiry;
    await assert.rejects(held.keyAt(`${base}CERT-1`), { reason: 'certificate-dates', forged: true });
  });
  test('no more than thirty-two are kept, and forged addresses push none out', async () => {
    const held = certificates();
    for (let n = 0; n < 33; n++) {
      answers.set(`K-${n}`, good);
      await held.keyAt(`${base}K-${n}`);
    }
    for (let n = 0; n < 40; n++) await assert.rejects(held.keyAt(`${base}BAD-${n}`));
    asked.length = 0;
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
      answers.set(`FLOOD-${n}`, (response) => {
        waiting.push(response);
        if (waiting.length === 8) for (const one of waiting) one.writeHead(404).end();
      });
      return held.keyAt(`${base}FLOOD-${n}`).catch((error: { reason: string }) => error.reason);
    });
    const said = await Promise.all(reasons);
    assert.equal(said.filter((reason) => reason === 'busy').length, 32);
    assert.equal(asked.length, 8);
  });
});
