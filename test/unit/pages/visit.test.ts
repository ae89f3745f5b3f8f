// One page asked for across a network that means harm: real sockets to real servers on this machine, at addresses that names
// are said to have. What is allowed is what production allows.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTls } from 'node:https';
import { type AddressInfo, connect, createServer as createTcp, type Server, type Socket } from 'node:net';
import { after, describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { isPublic } from '../../../server/addresses.ts';
import type { Sites } from '../../../server/deps.ts';
import { BOUNDS, visit } from '../../../server/staff/pages/visit.ts';

const OUTSIDE = '93.184.216.34';
const certificate = (name: string) =>
  readFileSync(new URL(`../../support/certificates/${name}`, import.meta.url), 'utf8');
const open: Server[] = [];
after(() => {
  for (const server of open) {
    if ('closeAllConnections' in server) (server as ReturnType<typeof createServer>).closeAllConnections();
    server.close();
  }
});
async function listening(server: Server): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const site = (answer: RequestListener) => listening(createServer(answer));
const page =
  (html: string): RequestListener =>
  (_request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8').end(html);
  };

/** Every public address is the server at `port`; `names` says what the resolver answers, call after call. */
function network(port: number, names: Record<string, string[][]> = {}): Sites & { called: string[] } {
  const called: string[] = [];
  return {
    called,
    resolve: async (host) => names[host]?.shift() ?? (host === 'site.example' ? [OUTSIDE] : []),
    allows: isPublic,
    connect: (address, at) => {
      called.push(`${address}:${at}`);
      return connect({ host: '127.0.0.1', port });
    },
  };
}
const look = (sites: Sites, address = 'http://site.example/', bounds = {}) =>
  visit(sites, new URL(address), {
    mayVisit: ({ hostname }) => !hostname.endsWith('elsewhere.example'),
    agent: 'page-check',
    bounds: { ...BOUNDS, ...bounds },
  });
const trouble = async (...call: Parameters<typeof look>) => (await look(...call)).trouble;

describe('a page that answers', () => {
  test('is read, by one connection to the address of its name, with nothing of ours in the call', async () => {
    const seen: string[] = [];
    const port = await site((request, response) => {
      seen.push(...request.rawHeaders, request.url ?? '');
      page('<p>été')(request, response);
    });
    const sites = network(port);
    const { hops, page: came } = await look(sites, 'http://site.example/payer?a=1#x');
    assert.deepEqual(sites.called, [`${OUTSIDE}:80`]);
    assert.equal(came?.html, '<p>été');
    assert.deepEqual(
      hops.map(({ status }) => status),
      [200],
    );
    assert.ok(seen.includes('site.example') && seen.includes('page-check') && seen.includes('/payer?a=1'));
    assert.doesNotMatch(seen.join('\n'), /cookie|referer|authorization/i);
  });

  test('over TLS, its certificate is that of the name that was asked for', async () => {
    const usual = getCACertificates();
    setDefaultCACertificates([...usual, certificate('mail-root.pem')]);
    const names: (string | false | null)[] = [];
    const server = createTls(
      { key: certificate('mail.key'), cert: certificate('mail-other.pem') },
      page('sound'),
    );
    server.on('secureConnection', ({ servername }) => names.push(servername));
    const resolve = async () => [OUTSIDE];
    const sites = { ...network(await listening(server)), resolve };
    assert.equal((await look(sites, 'https://mail.example.org/')).page?.html, 'sound');
    assert.deepEqual(names, ['mail.example.org']);
    const other = await look(sites, 'https://site.example/');
    assert.deepEqual([other.trouble, other.detail], ['no-tls', 'ERR_TLS_CERT_ALTNAME_INVALID']);
    setDefaultCACertificates(usual);
  });

  test('in the writing that it says of itself', async () => {
    const bytes = Buffer.from('<meta charset="windows-1252"><p>\u0093x\u0094', 'latin1');
    const port = await site((_request, response) => {
      response.setHeader('Content-Type', 'text/html').end(bytes);
    });
    assert.match((await look(network(port))).page?.html ?? '', /“x”/);
  });
});

describe('redirects', () => {
  const to =
    (location: string, status = 302): RequestListener =>
    (request, response) => {
      if (request.url === '/end') page('here')(request, response);
      else response.writeHead(status, { Location: location }).end();
    };

  test('are shown hop by hop, and followed where they may be', async () => {
    const { hops, page: came } = await look(network(await site(to('/end', 308))));
    assert.deepEqual(hops, [
      { address: 'http://site.example/', status: 308 },
      { address: 'http://site.example/end', status: 200 },
    ]);
    assert.equal(came?.address, 'http://site.example/end');
  });

  test('to another site end there: it is shown, and never called', async () => {
    const sites = network(await site(to('https://www.elsewhere.example/payer')));
    const { hops, trouble: why } = await look(sites);
    assert.equal(why, 'leads-elsewhere');
    assert.deepEqual(hops.at(-1), { address: 'https://www.elsewhere.example/payer', status: null });
    assert.equal(sites.called.length, 1);
  });

  for (const location of [
    'http://169.254.169.254/latest/meta-data/',
    'http://127.0.0.1:8787/',
    'http://localhost/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://2130706433/',
    'http://0177.0.0.1/',
    'http://0x7f.1/',
    'http://127.1/',
    'http://10.0.0.7/',
    'http://inner.example/',
  ])
    test(`to ${location} are not followed, though the name were registered`, async () => {
      const sites = network(await site(to(location)), {
        localhost: [['127.0.0.1']],
        'inner.example': [['192.168.0.9']],
      });
      assert.equal(await trouble(sites), 'not-public');
      assert.equal(sites.called.length, 1);
    });

  for (const location of [
    'file:///etc/passwd',
    'gopher://site.example/',
    'http://user:secret@site.example/',
    'http://[',
    'javascript:1',
  ])
    test(`to ${location} lead nowhere`, async () => {
      assert.equal(await trouble(network(await site(to(location)))), 'leads-nowhere');
    });

  test('five are followed, a sixth is not', async () => {
    const count =
      (n: number): RequestListener =>
      (request, response) => {
        const at = Number(request.url?.slice(1) || 0);
        if (at === n) page('here')(request, response);
        else response.writeHead(301, { Location: `/${at + 1}` }).end();
      };
    assert.equal((await look(network(await site(count(5))))).page?.html, 'here');
    const { hops, trouble: why } = await look(network(await site(count(6))));
    assert.deepEqual([why, hops.length, hops.at(-1)?.status], ['many-redirects', 7, null]);
  });
});

describe('a name', () => {
  test('that is public now and inner a moment later leads to the public one alone', async () => {
    const sites = network(await site(page('here')), { 'site.example': [[OUTSIDE], ['127.0.0.1']] });
    assert.equal((await look(sites)).page?.html, 'here');
    assert.deepEqual(sites.called, [`${OUTSIDE}:80`]);
    assert.equal(await trouble(sites), 'not-public');
    assert.equal(sites.called.length, 1);
  });

  test('with one inner address among its public ones is not called at all', async () => {
    const sites = network(await site(page('here')), { 'site.example': [[OUTSIDE, '10.0.0.1']] });
    assert.equal(await trouble(sites), 'not-public');
    assert.deepEqual(sites.called, []);
  });

  test('that nobody knows, and an address where nobody listens', async () => {
    const closed = createTcp();
    const port = await listening(closed);
    closed.close();
    assert.equal(await trouble(network(port), 'http://nobody.example/'), 'no-name');
    const refused = await look(network(port));
    assert.deepEqual([refused.trouble, refused.detail], ['no-answer', 'ECONNREFUSED']);
  });

  test('whose first address does not answer is asked at the next', async () => {
    const port = await site(page('here'));
    const sites = network(port, { 'site.example': [['8.8.8.8', OUTSIDE]] });
    const dead = createTcp();
    const nobody = await listening(dead);
    dead.close();
    const connectTo = (address: string, at: number) =>
      address === '8.8.8.8' ? connect({ host: '127.0.0.1', port: nobody }) : sites.connect(address, at);
    assert.equal((await look({ ...sites, connect: connectTo })).page?.html, 'here');
  });
});

describe('no longer and no more than the bounds', () => {
  const drip = (head: string): Promise<number> => {
    const drops = (socket: Socket) => {
      socket.on('error', () => undefined).resume();
      socket.write(head);
      const timer = setInterval(() => head !== '' && socket.write('x'), 20);
      socket.on('close', () => clearInterval(timer));
    };
    return listening(createTcp(drops));
  };
  for (const [what, head] of [
    ['head', 'HTTP/1.1 200 OK\r\nX-Slow: '],
    ['body', 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>'],
    ['silence', ''],
  ] as const)
    test(`a ${what} that comes drop by drop`, async () => {
      assert.equal(await trouble(network(await drip(head)), undefined, { totalMs: 300 }), 'timeout');
    });

  test('a resolver that never answers, an address that never does', async () => {
    const sites = network(0);
    const never = { ...sites, resolve: () => new Promise<never>(() => undefined) };
    assert.equal(await trouble(never, undefined, { totalMs: 100 }), 'timeout');
  });

  test('a hundred megabytes: the beginning is read, and the rest is not waited for', async () => {
    let sent = 0;
    const port = await site((_request, response) => {
      response.setHeader('Content-Type', 'text/html');
      const more = () => {
        while (sent < 100e6 && !response.destroyed) {
          sent += 65_536;
          if (!response.write(Buffer.alloc(65_536, 'a'))) return;
        }
        response.end();
      };
      response.on('drain', more);
      more();
    });
    const { page: came } = await look(network(port));
    assert.deepEqual([came?.html.length, came?.whole], [BOUNDS.bodyBytes, false]);
    assert.ok(sent < 50e6, `${sent} bytes`);
  });

  test('a small body that unpacks to a hundred megabytes: its beginning', async () => {
    const bomb = gzipSync(Buffer.alloc(100e6, 'a'));
    const port = await site((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Encoding': 'gzip' }).end(bomb);
    });
    const { page: came } = await look(network(port));
    assert.deepEqual([came?.html.length, came?.whole], [BOUNDS.bodyBytes, false]);
  });

  const answers: readonly [what: string, head: string, why: string][] = [
    ['what is packed twice', 'Content-Type: text/html\r\nContent-Encoding: gzip, gzip\r\n\r\n', 'malformed'],
    [
      'what is said to be packed',
      'Content-Type: text/html\r\nContent-Encoding: gzip\r\n\r\nplain text',
      'malformed',
    ],
    ['a picture', 'Content-Type: image/png\r\n\r\n', 'not-html'],
    ['what says nothing of its type', '\r\n', 'not-html'],
    ['a head of 40 kB', `X: ${'x'.repeat(40_000)}\r\n\r\n`, 'malformed'],
  ];
  for (const [what, head, why] of answers)
    test(`${what}: no page`, async () => {
      const port = await listening(
        createTcp((socket) => {
          socket.on('error', () => undefined);
          socket.end(`HTTP/1.1 200 OK\r\n${head}`);
        }),
      );
      assert.equal(await trouble(network(port)), why);
    });

  test('what speaks no HTTP, what hangs up, and what is not there', async () => {
    const ssh = await listening(createTcp((socket) => void socket.end('SSH-2.0-OpenSSH_9\r\n')));
    assert.equal(await trouble(network(ssh)), 'malformed');
    const hangs = await listening(createTcp((socket) => void socket.destroy()));
    assert.equal(await trouble(network(hangs)), 'malformed');
    const missing = await look(
      network(await site((_request, response) => void response.writeHead(404).end())),
    );
    assert.deepEqual([missing.trouble, missing.detail], ['status', '404']);
  });
});
