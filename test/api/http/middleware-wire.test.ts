// The edge as it hears bytes: what fetch would not send, sent over a socket to a server that listens.
import assert from 'node:assert/strict';
import { type AddressInfo, connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { createAdaptorServer } from '@hono/node-server';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { until } from '../../support/demo.ts';
import { type Listening, startListening } from '../../support/listening.ts';

/** Sends these bytes and nothing more; answers what was said until the server hung up, or `enough` had been. */
function said(port: number, bytes: string, enough: RegExp = /^$/): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
      if (enough.test(heard)) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.once('close', () => resolve(heard));
    socket.write(bytes);
  });
}

describe('the server’s process, over a socket', { timeout: 30_000 }, () => {
  let server: Listening;
  before(async () => {
    server = await startListening();
  });
  after(async () => {
    await server?.stop();
  });

  test('TRACE, and methods that nobody has, are not found: under a policy, in the words of every refusal', async () => {
    for (const method of ['TRACE', 'PROPFIND', 'QUERY', 'PURGE'])
      for (const path of ['/healthz', '/p/petits-bouleaux', '/v1/regroupements/petits-bouleaux/sessions']) {
        const answer = await said(
          server.port,
          `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
        );
        assert.match(answer, /^HTTP\/1\.1 404 /, `${method} ${path}`);
        assert.match(answer, /\r\ncontent-security-policy: default-src 'none'/i, `${method} ${path}`);
        assert.match(answer, /problems\/not-found/, `${method} ${path}`);
      }
  });
});

describe('an upload over a socket', { timeout: 30_000 }, () => {
  const CHUNKED = 'Host: x\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n';
  let t: TestApp;
  let server: ReturnType<typeof createAdaptorServer>;
  let port: number;
  before(async () => {
    t = await startTestApp();
    server = createAdaptorServer({ fetch: t.app.fetch });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  after(async () => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await t.close();
  });

  test('that breaks off is no fault of ours: nothing wakes whoever watches the log', async () => {
    const started = t.logged.length;
    const calls = [
      '/v1/regroupements/petits-bouleaux/sessions',
      '/v1/paypal/webhooks/petits-bouleaux',
    ].flatMap((path) =>
      ['Content-Length: 60000', 'Transfer-Encoding: chunked'].map((length) => [path, length]),
    );
    const open = calls.map(([path, length]) => {
      const socket = connect(port, '127.0.0.1');
      socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${length}\r\n\r\n`);
      return socket;
    });
    // The server has those calls once it has answered a later one.
    await said(port, 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    for (const socket of open) socket.destroy();
    const posts = () => t.logged.slice(started).filter((line) => line.includes('"method":"POST"'));
    await until('all to be over', async () => posts().length === calls.length);
    for (const line of posts()) assert.match(line, /"status":400/);
    assert.doesNotMatch(t.logged.slice(started).join('\n'), /"level":"error"/);
  });

  test('without a key is refused before it is read: nobody makes us hold 10 MB for the asking', async () => {
    // The body has not begun, and never will: an answer now is one that did not wait for it.
    for (const slug of ['petits-bouleaux', 'nobody'])
      assert.match(
        await said(port, `POST /v1/backoffice/${slug}/imports HTTP/1.1\r\n${CHUNKED}`, /"requestId"/),
        slug === 'nobody' ? /^HTTP\/1\.1 404 / : /^HTTP\/1\.1 401 /,
      );
  });
});
