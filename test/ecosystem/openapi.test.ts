// /openapi.json before its own judges, and a client that is made of it.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { PAGE, PUBLIC_URL } from '../support/app.ts';
import { type Checkout, startCheckout } from '../support/checkout.ts';
import { FOLDER, judge } from './judge.ts';

type Pay = (given: object) => Promise<{ state: string } | undefined>;

describe('the description of the API', () => {
  let c: Checkout;
  const file = join(FOLDER, 'openapi.json');
  before(async () => {
    c = await startCheckout();
    writeFileSync(file, await (await c.t.app.request(`${PUBLIC_URL}/openapi.json`)).text());
  });
  after(() => c.close());

  test('Redocly has nothing to say of it', async () => {
    const { said } = await judge('@redocly/cli/bin/cli.js', ['lint', file, '--format=json']);
    assert.deepEqual(JSON.parse(said.slice(said.indexOf('{'), said.lastIndexOf('}') + 1)).problems, []);
  });

  test('nor has Spectral', async () => {
    const args = ['lint', file, '--ruleset', 'spectral.yaml', '--fail-severity', 'hint'];
    const { content, said } = await judge('@stoplight/spectral-cli/dist/index.js', args);
    assert.ok(content, said);
  });

  test('a client made by openapi-typescript compiles, and pays an invoice', async () => {
    const args = [file, '-o', 'projects/client/api.d.ts'];
    const made = await judge('openapi-typescript/bin/cli.js', args);
    assert.ok(made.content, made.said);
    const compiled = await judge('typescript/bin/tsc', [
      '-p',
      'projects/client',
      '--allowImportingTsExtensions',
    ]);
    assert.ok(compiled.content, compiled.said);
    const { payFirstInvoice } = (await import(join(FOLDER, 'projects/client/pay.ts'))) as {
      payFirstInvoice: Pay;
    };
    const payment = await payFirstInvoice({
      baseUrl: PUBLIC_URL,
      accessToken: c.marie.accessToken,
      page: PAGE,
      fetch: async (request: Request) =>
        await c.t.app.request(request.url, {
          method: request.method,
          headers: { ...Object.fromEntries(request.headers), Origin: new URL(PAGE).origin },
          ...(request.method === 'GET' ? {} : { body: await request.text() }),
        }),
      approve: (url: string) => c.approve(url),
    });
    assert.equal(payment?.state, 'completed');
    await c.booksAgree(1);
  });
});
