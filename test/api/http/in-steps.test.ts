// A process is ready before it has loaded what only the office and readers of the documentation call: nobody may notice.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createApp } from '../../../server/app.ts';
import { isLater } from '../../../server/app-in-steps.ts';
import { payersApp } from '../../../server/payers-app.ts';
import { PayPal } from '../../../server/paypal/client.ts';
import { type Listening, startListening } from '../../support/listening.ts';

describe('a server that was started this moment', () => {
  let server: Listening;
  before(async () => {
    server = await startListening();
  });
  after(() => server.stop());
  const ask = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);

  test('answers the office and whoever reads the documentation, all at once', async () => {
    const paths = ['/v1/staff/me', '/v1/backoffice/petits-bouleaux/today', '/openapi.json', '/docs'];
    const answers = await Promise.all(paths.map(ask));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [401, 401, 200, 200],
    );
    const spec = (await answers[2]?.json()) as { paths: object };
    const routes = createApp(server.deps).routes.filter(({ method }) => method !== 'ALL');
    assert.equal(
      Object.keys(spec.paths).length,
      new Set(routes.map(({ path }) => path.replace(/\{[^/]*\}/g, ''))).size,
      'the whole of it is described',
    );
  });

  test('knows no other address than the whole', async () => {
    for (const path of ['/nowhere', '/v1/staffed', '/v1/staff/nowhere', '/docs/nowhere', '/problems/nowhere'])
      assert.equal((await ask(path)).status, 404, path);
  });

  test('has from the start each route that is not loaded later', () => {
    const namesOf = (app: ReturnType<typeof createApp>) =>
      app.routes
        .filter(({ method, path }) => method !== 'ALL' && !isLater(path))
        .map(({ method, path }) => `${method} ${path}`);
    const first = payersApp(server.deps, new PayPal(server.deps));
    assert.deepEqual(namesOf(createApp(server.deps)), namesOf(first));
  });
});
