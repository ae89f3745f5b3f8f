// Where the server listens and whose X-Forwarded-For it believes, by real sockets: a proxy that it trusts calls from one
// address of this machine, a stranger who found the port from another.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { dpopNonce } from '../../../server/accounts/sessions/dpop.ts';
import { ConfigError } from '../../../server/config.ts';
import { BROWSER } from '../../support/browser-key.ts';
import { type Listening, startListening } from '../../support/listening.ts';

const PROXY = '127.0.0.1';
const STRANGER = '127.0.0.2';
const PATH = '/v1/regroupements/petits-bouleaux/sessions';

/** Guesses a password from a socket of `from`, saying who asks; answers the status. */
async function guess(
  { port, deps }: Listening,
  from: string,
  email: string,
  headers: Record<string, string>,
) {
  const nonce = dpopNonce(deps);
  const DPoP = await BROWSER.proof({ method: 'POST', url: `https://pay.test${PATH}`, nonce });
  return await new Promise<number>((resolve, reject) => {
    const call = request(
      {
        host: PROXY,
        localAddress: from,
        port,
        path: PATH,
        method: 'POST',
        headers: { 'Content-Type': 'application/json', DPoP, ...headers },
      },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    );
    call.on('error', reject);
    call.end(JSON.stringify({ email, password: 'not the password' }));
  });
}

const reached = (host: string, port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, host);
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });

describe('a server on every address, behind a proxy that it knows by name', () => {
  let server: Listening;
  before(async () => {
    server = await startListening(undefined, undefined, { HOST: '0.0.0.0', TRUSTED_PROXIES: PROXY });
  });
  after(() => server.stop());

  test('a stranger who reaches the port has one address, whoever she says she is: 160 guesses come to 429', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 160; n++) {
      const own = `203.0.113.${n}`;
      const said = { 'X-Forwarded-For': own, Forwarded: `for=${own}`, 'X-Real-IP': own };
      statuses.push(await guess(server, STRANGER, 'marie@example.org', said));
    }
    assert.equal(statuses.filter((status) => status === 401).length, 10);
    assert.equal(statuses.filter((status) => status === 429).length, 150);
  });

  test('the proxy’s callers have each their own, and only X-Forwarded-For says so', async () => {
    for (let n = 0; n < 12; n++)
      assert.equal(
        await guess(server, PROXY, 'lise@example.org', { 'X-Forwarded-For': `198.51.100.${n}` }),
        401,
      );
    const said = (n: number) => ({ Forwarded: `for=198.51.100.${n}`, 'X-Real-IP': `198.51.100.${n}` });
    const statuses: number[] = [];
    for (let n = 0; n < 12; n++) statuses.push(await guess(server, PROXY, 'lise@example.org', said(n)));
    assert.deepEqual(statuses.slice(10), [429, 429]);
  });

  test('several headers are one list, and its last entry counts', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 12; n++) {
      const forged = [`198.51.100.${n}`, '203.0.113.200'] as unknown as string;
      statuses.push(await guess(server, PROXY, 'rose@example.org', { 'X-Forwarded-For': forged }));
    }
    assert.deepEqual(statuses.slice(10), [429, 429]);
  });
});

describe('a server behind a proxy on its own machine', () => {
  test('TRUSTED_PROXIES=1 is called there, by either family, and from nowhere else', async () => {
    const server = await startListening(undefined, undefined, { HOST: '', TRUSTED_PROXIES: '1' });
    try {
      for (const host of ['127.0.0.1', '::1', 'localhost']) assert.ok(await reached(host, server.port), host);
      assert.equal(await reached(STRANGER, server.port), false);
    } finally {
      await server.stop();
    }
  });

  test('HOST is one address, or, where it is not said and no proxy trusted, every one', async () => {
    for (const [HOST, there, notThere] of [
      ['127.0.0.2', ['127.0.0.2'], ['127.0.0.1', '::1']],
      ['::1', ['::1'], ['127.0.0.1']],
      ['', ['127.0.0.1', '127.0.0.2', '::1'], []],
    ] as const) {
      const server = await startListening(undefined, undefined, { HOST });
      try {
        for (const host of there) assert.ok(await reached(host, server.port), `${HOST}: ${host}`);
        for (const host of notThere) assert.ok(!(await reached(host, server.port)), `${HOST}: not ${host}`);
      } finally {
        await server.stop();
      }
    }
  });

  test('an address that this machine does not have is told by the setting’s name', async () => {
    // Of the block that documents use (RFC 5737): nobody has it.
    await assert.rejects(
      startListening(undefined, undefined, { HOST: '192.0.2.1' }),
      (error) =>
        error instanceof ConfigError && /^HOST is not an address.*192\.0\.2\.1\. Set it/.test(error.message),
    );
  });
});
