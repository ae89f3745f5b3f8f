// « Essayer ma page » as it is asked for: the bounds are tried in test/unit/pages, who may ask in api/http/isolation.
import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { isPublic } from '../../../server/addresses.ts';
import { PUBLIC_URL, startTestApp, type TestApp } from '../../support/app.ts';
import { type Staff, staffWith } from '../../support/staff.ts';

interface Tried {
  address: string;
  hops: { address: string; status: number | null }[];
  checks: { check: string; state: string; params: Record<string, string>; title: string; titleEn: string }[];
}
const PAGE = 'http://localhost/payer';
const SNIPPET = `<script type="module" src="${PUBLIC_URL}/v1/amisgest-pay.js"></script><amisgest-pay regroupement="petits-bouleaux"></amisgest-pay>`;

describe('a page that is tried', () => {
  let t: TestApp;
  let staff: Staff;
  let server: Server;
  let answer: RequestListener;
  let asked = 0;
  before(async () => {
    server = createServer((request, response) => {
      asked += 1;
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    t = await startTestApp({
      sites: {
        resolve: async (host) => (host === 'localhost' ? ['93.184.216.34'] : ['10.0.0.1']),
        allows: isPublic,
        connect: () => connect({ host: '127.0.0.1', port }),
      },
    });
    await t.deps.db.execute("UPDATE regroupements SET pages = ? WHERE slug = 'petits-bouleaux'", [
      JSON.stringify([PAGE, 'https://inner.test/payer']),
    ]);
    staff = await staffWith(t, ['read', 'record']);
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await t.close();
  });
  const html =
    (body: string): RequestListener =>
    (_request, response) => {
      response.setHeader('Content-Type', 'text/html').end(body);
    };
  async function tried(address: string): Promise<Tried> {
    t.clock.advance(60_000);
    const response = await staff('POST', '/pages/try', { address });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return JSON.parse(text);
  }
  const states = ({ checks }: Tried) => checks.map(({ check, state }) => `${check} ${state}`);

  test('is one of the registered ones, which are told', async () => {
    assert.deepEqual(await (await staff('GET', '/pages')).json(), {
      pages: [PAGE, 'https://inner.test/payer'],
    });
  });

  test('with all in its place: every line is green, in both languages', async () => {
    answer = html(SNIPPET);
    const found = await tried(`${PAGE}#top`);
    assert.deepEqual(
      [found.address, found.hops, states(found)],
      [
        PAGE,
        [{ address: PAGE, status: 200 }],
        ['registered good', 'answers good', 'script good', 'tag good', 'policy good', 'mixed good'],
      ],
    );
    assert.equal(found.checks[0]?.title, 'Cette adresse est enregistrée.');
    assert.equal(found.checks[0]?.titleEn, 'This address is registered.');
  });

  test('says by whom it is asked for, and leaves a line in the log without its address', async () => {
    let agent: string | undefined;
    answer = (request, response) => {
      agent = request.headers['user-agent'];
      html('')(request, response);
    };
    await tried(PAGE);
    assert.equal(agent, `amisgest-pay-page-check/1 (+${PUBLIC_URL}/embed)`);
    const line = t.logged.findLast((text) => text.includes('page-tried')) ?? '';
    assert.match(line, /"outcome":"page","hops":1/);
    assert.ok(!line.includes('localhost'));
  });

  test('at an address that is not registered is not asked for: the nearest one is told', async () => {
    const before = asked;
    const found = await tried('localhost./payer');
    assert.deepEqual(states(found), ['registered bad']);
    assert.deepEqual(found.checks[0]?.params, { why: 'nearly', nearest: PAGE, differences: 'dot scheme' });
    for (const address of ['https://evil.test/', `${PUBLIC_URL}/metrics`, 'http://169.254.169.254/'])
      assert.deepEqual(states(await tried(address)), ['registered bad'], address);
    assert.equal(asked, before);
  });

  test('whose name leads inside is not called', async () => {
    const found = await tried('https://inner.test/payer');
    assert.deepEqual(states(found), ['registered good', 'answers bad']);
    assert.equal(found.checks[1]?.params.why, 'not-public');
  });

  test('that leads where it is not registered: the hop is shown, and the nearest one told', async () => {
    answer = (_request, response) => {
      response.writeHead(301, { Location: 'https://www.inner.test/payer' }).end();
    };
    const found = await tried(PAGE);
    assert.deepEqual(found.hops.at(-1), { address: 'https://www.inner.test/payer', status: null });
    assert.deepEqual(found.checks[1]?.params, {
      ...{ why: 'leads-elsewhere', address: 'https://www.inner.test/payer' },
      nearest: 'https://inner.test/payer',
    });
  });

  test('that leads to a page of the site where the payment may not stand is told as that one', async () => {
    answer = (request, response) => {
      if (request.url === '/') html(SNIPPET)(request, response);
      else response.writeHead(302, { Location: '/' }).end();
    };
    const found = await tried(PAGE);
    assert.deepEqual(found.checks[0]?.params, { why: 'nearly', nearest: PAGE, differences: 'path' });
  });

  test('that asks programs to go away is neither green nor red', async () => {
    answer = (_request, response) => void response.writeHead(403).end();
    assert.deepEqual(states(await tried(PAGE)), ['registered good', 'answers unknown']);
  });

  test('must be an address, without a password', async () => {
    for (const address of [
      '',
      'file:///etc/passwd',
      'http://user:secret@localhost/payer',
      'a b',
      'javascript:alert(1)',
    ]) {
      const response = await staff('POST', '/pages/try', { address });
      assert.equal(response.status, 400, address);
      assert.equal((await response.json()).errors[0].pointer, '/address');
    }
  });

  test('twenty times in ten minutes, whoever of the regroupement asks; then with a wait', async () => {
    t.clock.advance(3_600_000);
    const other = await staffWith(t, ['record']);
    const statuses: number[] = [];
    for (let n = 0; n < 21; n += 1) {
      const response = await (n % 2 ? staff : other)('POST', '/pages/try', { address: 'https://evil.test/' });
      statuses.push(response.status);
      if (n === 20) assert.equal(response.headers.get('Retry-After'), '30');
    }
    assert.deepEqual(statuses, [...Array(20).fill(200), 429]);
    const neighbour = await staffWith(t, ['record'], 'la-farandole');
    assert.equal((await neighbour('POST', '/pages/try', { address: 'https://evil.test/' })).status, 200);
  });
});
