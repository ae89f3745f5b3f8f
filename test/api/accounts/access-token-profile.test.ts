// Access tokens as the standard has them (RFC 9068, RFC 9449), in the eyes of a resource server that is not ours.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import * as oauth from 'oauth4webapi';
import { PUBLIC_URL, startTestApp, type TestApp } from '../../support/app.ts';
import { regroupementId } from '../../support/books.ts';
import { BROWSER } from '../../support/browser-key.ts';
import { type Payer, signIn, signInAgain } from '../../support/payer.ts';

let t: TestApp;
beforeEach(async () => {
  t = await startTestApp();
});
afterEach(() => t.close());

/** What oauth4webapi finds in her token and her browser's proof, or throws. */
async function judged({ accessToken }: Pick<Payer, 'accessToken'>, audience: string) {
  const url = `${PUBLIC_URL}/v1/regroupements/petits-bouleaux/certificates`;
  const iat = Math.floor(t.clock.now / 1000);
  const proof = await BROWSER.proof({ method: 'GET', url, nonce: 'x', accessToken }, { claims: { iat } });
  const request = new Request(url, { headers: { Authorization: `DPoP ${accessToken}`, DPoP: proof } });
  const server = { issuer: PUBLIC_URL, jwks_uri: `${PUBLIC_URL}/.well-known/jwks.json` };
  return await oauth.validateJwtAccessToken(server, request, audience, {
    requireDPoP: true,
    [oauth.clockSkew]: iat - Math.floor(Date.now() / 1000),
    [oauth.customFetch]: async (address) => await t.app.request(address),
  });
}

test('a token is one of RFC 9068, bound to her browser, and each is another', async () => {
  const payer = await signIn(t, 'marie@example.org');
  const audience = await regroupementId(t, 'petits-bouleaux');
  const first = await judged(payer, audience);
  assert.equal(first.sub, payer.accountId);
  assert.equal(first.client_id, 'amisgest-pay');
  const second = await judged(await signInAgain(t, payer.accountId), audience);
  assert.notEqual(first.jti, second.jti);
});

test('another audience, and a token that is altered, are refused by it too', async () => {
  const payer = await signIn(t, 'marie@example.org');
  await assert.rejects(judged(payer, await regroupementId(t, 'la-farandole')), /"aud"/);
  const [header, , signature] = payer.accessToken.split('.');
  const [, body] = (await signIn(t, 'ana@example.org')).accessToken.split('.');
  const altered = { accessToken: [header, body, signature].join('.') };
  await assert.rejects(judged(altered, await regroupementId(t, 'petits-bouleaux')), /signature/);
});
